//! Tasks without a server of yours.

use std::rc::Rc;

use crate::session::frame::{Badge, Hue};
use crate::sim::ids::TaskId;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FargateView {
    pub tasks: Vec<Rc<FargateTaskView>>,
    /// `3 tasks · no servers of yours`.
    pub line: Rc<str>,
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
    /// The difference between belief and truth, when there is one.
    pub note: Option<Rc<str>>,
    pub selected: bool,
}
