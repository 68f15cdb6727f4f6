//! What stands round the servers on the board: load balancers, capacity, alarms, subnets, discovery.

use std::rc::Rc;

use crate::session::frame::{Badge, Tone};
use crate::session::intent::Subject;

/// One of the services round ECS: a card on the board.
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
    Listener,
    LoadBalancer,
    Discovery,
    CapacityProvider,
    AutoScalingGroup,
    Subnet,
    ServiceScaling,
    Alarm,
}

impl NeighbourSort {
    /// `Target group`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Listener => "Listener",
            Self::LoadBalancer => "Target group",
            Self::Discovery => "Service discovery",
            Self::CapacityProvider => "Capacity provider",
            Self::AutoScalingGroup => "Auto Scaling group",
            Self::Subnet => "Subnet",
            Self::ServiceScaling => "Service auto scaling",
            Self::Alarm => "Alarm",
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
