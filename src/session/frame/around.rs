//! What stands round the servers on the board: deployments as ribbons, load balancers, capacity, alarms, quotas, cost.

use std::rc::Rc;

use crate::session::frame::{Badge, Tone};
use crate::session::intent::Subject;

/// One of the services round ECS, or one thing that binds: a card on the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeighbourView {
    pub key: Rc<str>,
    pub sort: NeighbourSort,
    /// `web`.
    pub title: Rc<str>,
    /// What is selected with it.
    pub subject: Option<Subject>,
    pub badge: Option<Badge>,
    pub figures: Vec<FigureView>,
    pub gauges: Vec<GaugeView>,
    /// What it waits for, or the one thing to know about it.
    pub line: Option<Rc<str>>,
    pub selected: bool,
}

/// What kind of thing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NeighbourSort {
    LoadBalancer,
    CapacityProvider,
    AutoScalingGroup,
    ServiceScaling,
    Alarm,
    Subnet,
    Quota,
    Cost,
    Discovery,
}

impl NeighbourSort {
    /// `Target group`.
    pub fn words(self) -> &'static str {
        match self {
            Self::LoadBalancer => "Target group",
            Self::CapacityProvider => "Capacity provider",
            Self::AutoScalingGroup => "Auto Scaling group",
            Self::ServiceScaling => "Service auto scaling",
            Self::Alarm => "Alarm",
            Self::Subnet => "Subnet",
            Self::Quota => "Quota",
            Self::Cost => "Cost",
            Self::Discovery => "Service discovery",
        }
    }
}

/// One number with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureView {
    pub name: &'static str,
    pub value: Rc<str>,
    pub tone: Tone,
}

/// A whole in parts: targets by state, servers between minimum and maximum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GaugeView {
    pub name: &'static str,
    /// In words: `3 healthy, 1 draining`.
    pub words: Rc<str>,
    /// Sizes with their tones, from the left.
    pub parts: Vec<(u64, Tone)>,
    /// The length of the whole; at least 1.
    pub total: u64,
    /// A line across it: where the target or the limit lies.
    pub mark: Option<u64>,
}

/// A deployment in a service's row: the old revision and the new one, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RibbonView {
    /// `IN_PROGRESS`, `ROLLBACK_IN_PROGRESS` …
    pub state: Badge,
    /// Old first, the new one last.
    pub revisions: Vec<RevisionView>,
    /// The stage of its life cycle, or what it waits for.
    pub line: Option<Rc<str>>,
    /// Failed tasks against the threshold of the circuit breaker.
    pub breaker: Option<(u32, u32)>,
}

/// One revision of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionView {
    /// `web:2`.
    pub name: Rc<str>,
    /// `PRIMARY` or `ACTIVE`.
    pub role: &'static str,
    pub desired: u32,
    pub running: u32,
    pub pending: u32,
    pub failed: u32,
    /// Its share of the requests, in thousandths, where a load balancer divides them.
    pub traffic_permille: Option<u32>,
    pub newest: bool,
}
