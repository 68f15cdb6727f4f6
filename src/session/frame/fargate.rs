//! Tasks without a server of yours, and what AWS runs underneath.

use std::rc::Rc;

use crate::session::frame::{Badge, GaugeView, Hue};
use crate::sim::ids::TaskId;

/// The Fargate lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FargateView {
    pub tasks: Vec<Rc<FargateTaskView>>,
    /// `3 tasks · no servers of yours`.
    pub line: Rc<str>,
    /// What the account uses of its quotas, and how many tasks it may still start at once.
    pub quotas: Vec<GaugeView>,
    /// The hosts of AWS that tasks really lie on: nothing that ECS or the account can see.
    pub hosts: Vec<FargateHostView>,
}

/// A free-standing task: a capsule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FargateTaskView {
    pub task: TaskId,
    /// `web · e41c`.
    pub name: Rc<str>,
    pub hue: Hue,
    pub status: Badge,
    /// `0.5 vCPU · 1 GB`.
    pub size: Rc<str>,
    pub zone: Rc<str>,
    pub spot: bool,
    /// Scale-in and deployments leave it alone.
    pub protected: bool,
    /// The difference between belief and truth, when there is one.
    pub note: Option<Rc<str>>,
    pub selected: bool,
}

/// One bare-metal host of AWS, with those of its micro virtual machines that are yours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FargateHostView {
    /// `Host 17`.
    pub name: Rc<str>,
    pub zone: Rc<str>,
    pub machines: Vec<MicroMachineView>,
}

/// One micro virtual machine: it carries one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MicroMachineView {
    pub task: TaskId,
    /// `web · e41c`.
    pub name: Rc<str>,
    pub hue: Hue,
    /// `0.5 vCPU · 1 GB`.
    pub size: Rc<str>,
    /// How far it has come, in truth: `pulls its image`.
    pub phase: &'static str,
    pub selected: bool,
}
