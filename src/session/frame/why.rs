//! The Why tab: a decision rule by rule, what would change it, and what led to it.

use std::rc::Rc;

use crate::session::Question;
use crate::session::frame::{Choice, TableView, Tone};
use crate::sim::ids::{InstanceId, ObservationId};
use crate::sim::time::Millis;

/// The Why tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyView {
    /// `batch · e41c is waiting`.
    pub title: Rc<str>,
    /// One sentence.
    pub sentence: Rc<str>,
    pub table: Option<WhyTable>,
    /// The strategy chain, step by step.
    pub steps: Vec<WhyStep>,
    /// Numbers side by side.
    pub grids: Vec<TableView>,
    /// The text the real service prints.
    pub service_text: Option<Rc<str>>,
    /// Smallest changes that would place it; applied, each one works.
    pub fixes: Vec<Choice>,
    /// From the first cause to the effect.
    pub causes: Vec<CauseView>,
    /// The middle of a long chain.
    pub folded: Option<Folded>,
    pub about: Question,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyTable {
    /// Column heads after the server's name: `agent`, `CPU 1,024`, `memory 6,144`.
    pub rules: Vec<Rc<str>>,
    pub rows: Vec<WhyRow>,
    /// `and 92 more that fail on memory`.
    pub more: Option<Rc<str>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyRow {
    pub instance: InstanceId,
    pub name: Rc<str>,
    pub cells: Vec<WhyCell>,
    pub outcome: RowOutcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOutcome {
    Chosen,
    /// Fits, but another was preferred.
    Feasible,
    /// Does not fit, but comes closest.
    Closest,
    Rejected,
}

/// One rule against one server: the number or word found, and pass or fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyCell {
    pub text: Rc<str>,
    /// `None`: not looked at, because the rule does not apply.
    pub pass: Option<bool>,
}

/// One step of the strategy chain: who was left, with what score, and who survived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyStep {
    /// `spread(attribute:ecs.availability-zone)`.
    pub name: Rc<str>,
    /// `fewest tasks of web: us-east-1b has 1, us-east-1a has 2`.
    pub sentence: Rc<str>,
    /// Server, score, kept?
    pub scores: Vec<(Rc<str>, Rc<str>, bool)>,
}

/// Links of a chain that are folded away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded {
    /// The place of the first, and the one after the last.
    pub from: usize,
    pub to: usize,
    /// `85 more of the same kinds`.
    pub words: Rc<str>,
}

/// One link of the chain of causes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseView {
    pub number: u32,
    pub at_ms: Millis,
    /// `1:36.0`.
    pub time: Rc<str>,
    pub text: Rc<str>,
    pub observation: ObservationId,
    pub tone: Tone,
}
