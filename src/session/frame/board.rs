//! The control plane with its services and the shelf, and the zones.

use std::rc::Rc;

use crate::session::frame::{Badge, Choice, GhostView, Hue, RibbonView, ServerView, ZoneMap};
use crate::sim::ids::{ServiceId, TaskId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlPlaneView {
    /// Of very many those that are not steady first, and not all.
    pub services: Vec<Rc<ServiceView>>,
    pub hidden_services: usize,
    /// Tasks that the control plane wants but has not placed, or that wait to start: the shelf.
    pub waiting: Vec<Rc<WaitingView>>,
    /// Prediction: the shelf slot "nowhere yet" is a target for ghosts.
    pub ghosts: Vec<GhostView>,
    pub selected: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceView {
    pub id: ServiceId,
    pub name: Rc<str>,
    pub hue: Hue,
    /// `REPLICA` or `DAEMON`.
    pub kind: Rc<str>,
    /// `EC2`, `FARGATE`, `FARGATE_SPOT`.
    pub launch_type: Rc<str>,
    pub desired: u32,
    /// As believed.
    pub running: u32,
    pub pending: u32,
    /// As is true, when it differs from `running`.
    pub truly_running: Option<u32>,
    /// `steady state`, `2 waiting`.
    pub state: Badge,
    /// While a deployment is under way, and after one that failed.
    pub ribbon: Option<Rc<RibbonView>>,
    /// Change of the desired count by one, where allowed.
    pub fewer: Option<Choice>,
    pub more: Option<Choice>,
    pub selected: bool,
}

/// A task that waits, with the reason on a chip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingView {
    /// `None` while the service has not even been able to create the task (plain EC2 launch type): then `service` tells whose.
    pub task: Option<TaskId>,
    pub service: Option<ServiceId>,
    /// `batch · e41c`, or `web × 3`.
    pub name: Rc<str>,
    pub hue: Hue,
    /// `Closest server i-03be: agent not connected`.
    pub reason: Rc<str>,
    /// Since when, as a span: `41 s`.
    pub waiting_for: Rc<str>,
    /// How many tasks this chip stands for.
    pub count: u32,
    pub selected: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneView {
    pub index: u32,
    pub name: Rc<str>,
    /// As believed.
    pub task_count: u32,
    /// Names of faults that strike the whole zone: `network cut`.
    pub faults: Vec<FaultBadge>,
    /// Of very many only those that need a look.
    pub servers: Vec<Rc<ServerView>>,
    /// All of them, where there are very many.
    pub map: Option<Rc<ZoneMap>>,
    pub selected: bool,
}

/// A fault drawn on what it strikes, numbered in causal order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultBadge {
    pub number: u32,
    pub label: Rc<str>,
    pub heal: Option<Choice>,
}
