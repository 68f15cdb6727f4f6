//! An explanation as data: a sentence, a table of servers and rules, the steps of the strategies.
//!
//! Plain text and ids; whoever draws it adds buttons and colours.

use crate::explain::kinds::Tone;
use crate::sim::ids::{InstanceId, ObservationId};
use crate::sim::time::Millis;

/// Why something is as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// `web · e41c is on i-0a1f`.
    pub title: String,
    /// The answer in one sentence.
    pub sentence: String,
    /// Each server against each rule.
    pub table: Option<Table>,
    /// The strategy chain, step by step.
    pub steps: Vec<Step>,
    /// Numbers side by side.
    pub grids: Vec<Grid>,
    /// How one server was taken from those that were equally good.
    pub tie_break: Option<String>,
    /// What the real service prints.
    pub service_text: Option<String>,
    /// The fact whose causes belong to the answer, where there is one.
    pub of: Option<ObservationId>,
}

/// A small table with a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    pub title: String,
    /// One sentence over it; empty where it needs none.
    pub line: String,
    pub heads: Vec<&'static str>,
    /// The first cell of a row is its name.
    pub rows: Vec<Vec<String>>,
}

/// Servers against rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Column heads after the server's name: `agent`, `CPU 1,024`, `memory 6,144 MiB`.
    pub rules: Vec<String>,
    /// The most telling servers first.
    pub rows: Vec<Row>,
    /// `and 92 more: 92 fail on memory`.
    pub more: Option<String>,
}

/// One server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub instance: InstanceId,
    /// `i-0a1f`.
    pub name: String,
    /// One for each rule of the table.
    pub cells: Vec<Cell>,
    pub outcome: Outcome,
}

/// What became of one server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    Chosen,
    /// Does not fit, but comes closest.
    Closest,
    /// Fits, but another was preferred.
    Feasible,
    Rejected,
}

/// One rule against one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What the server has: `4,401 MiB left`.
    pub text: String,
    /// `None`: not looked at, because the rule does not apply.
    pub pass: Option<bool>,
}

/// One strategy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// `spread(attribute:ecs.availability-zone)`.
    pub name: String,
    /// `Fewest tasks of web: us-east-1b has 1, us-east-1a has 2`.
    pub sentence: String,
    /// Server, score, kept?
    pub scores: Vec<(String, String, bool)>,
}

/// One link of a chain of causes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// From 1, the first cause.
    pub number: u32,
    pub at_ms: Millis,
    pub text: String,
    pub observation: ObservationId,
    pub tone: Tone,
}
