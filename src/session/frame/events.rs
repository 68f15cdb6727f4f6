//! The Events tab.

use std::rc::Rc;

use crate::session::frame::Tone;
use crate::session::intent::Subject;
use crate::sim::ids::ObservationId;

/// The Events tab, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventsView {
    /// At most a few hundred.
    pub rows: Vec<Rc<EventRow>>,
    pub total: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    pub observation: ObservationId,
    /// `1:36.0`.
    pub time: Rc<str>,
    /// Where it happened: `truth`, `wire`, `ECS`, `service event`, `you`.
    pub side: Rc<str>,
    pub text: Rc<str>,
    pub tone: Tone,
    pub subject: Option<Subject>,
    /// A service event in the service's own words.
    pub verbatim: bool,
    pub selected: bool,
}
