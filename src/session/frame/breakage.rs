//! What can be broken, and what is.

use std::rc::Rc;

use crate::session::frame::Choice;
use crate::session::intent::Subject;

/// Break something, by target, and what is broken now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakageView {
    pub groups: Vec<FaultGroup>,
    pub active: Vec<ActiveFault>,
}

/// Faults for one kind of target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultGroup {
    /// `Task`, `Server`, `Zone`, `Network`, `Image registry`.
    pub title: Rc<str>,
    /// Targets to choose from: label; the first is the selected or most telling one.
    pub targets: Vec<FaultTarget>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultTarget {
    /// `web · e41c`, `i-0a1f`, `us-east-1b`.
    pub label: Rc<str>,
    pub subject: Option<Subject>,
    /// What can be done to it: `Container exits with code 1`, `Out of memory` …
    pub faults: Vec<Choice>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveFault {
    pub label: Rc<str>,
    pub since: Rc<str>,
    pub heal: Choice,
}
