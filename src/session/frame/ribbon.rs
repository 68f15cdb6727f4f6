//! A deployment in its service's row.

use std::rc::Rc;

use crate::session::frame::{Badge, Choice};
use crate::session::intent::Subject;

/// The old revision and the new one, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RibbonView {
    /// `Deployment of web`.
    pub name: Rc<str>,
    /// `IN_PROGRESS`, `ROLLBACK_IN_PROGRESS` …
    pub state: Badge,
    /// Old first, the new one last.
    pub revisions: Vec<RevisionView>,
    /// Where it stands in its life cycle, if it goes through one.
    pub stage: Option<StageView>,
    /// Since when, or in the service's words why it is what it is.
    pub line: Rc<str>,
    /// What it waits for until when: `bakes for 1:20 more`.
    pub wait: Option<Rc<str>>,
    /// Failed tasks against the threshold of the circuit breaker.
    pub breaker: Option<(u32, u32)>,
    /// What can be decided about it now.
    pub controls: Vec<Choice>,
}

/// One revision of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionView {
    /// `web:2`.
    pub name: Rc<str>,
    /// The deployment, to be looked at.
    pub subject: Subject,
    pub selected: bool,
    /// `PRIMARY` or `ACTIVE`.
    pub role: &'static str,
    pub desired: u32,
    pub running: u32,
    pub pending: u32,
    pub failed: u32,
    /// Its share of the requests, in thousandths, where there are any or a listener divides them.
    pub traffic_permille: Option<u32>,
    pub newest: bool,
}

/// A stage of the life cycle of a service deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageView {
    /// `PRODUCTION_TRAFFIC_SHIFT`.
    pub word: &'static str,
    /// From 1.
    pub number: u32,
    pub of: u32,
    /// A hook holds it until someone decides.
    pub held: bool,
}
