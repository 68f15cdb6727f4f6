//! What opens under the timeline: charts of the run, and the commands given in it.

use std::rc::Rc;

use crate::session::frame::{Choice, Hue, Tone};
use crate::sim::time::Millis;

/// What can be open there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BottomTab {
    Charts,
    Commands,
}

/// What is open there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BottomView {
    Charts(Rc<ChartsView>),
    Commands(Rc<CommandsView>),
}

/// Small charts over the same span of time, and their table twin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartsView {
    pub begin_ms: Millis,
    pub now_ms: Millis,
    pub end_ms: Millis,
    pub charts: Vec<ChartView>,
    /// Instants with the words of each chart there, oldest first.
    pub rows: Vec<(Rc<str>, Vec<Rc<str>>)>,
}

/// One chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartView {
    /// `Running`.
    pub title: &'static str,
    /// The exact value at the instant being looked at: `9 of 10`.
    pub value: Rc<str>,
    /// What stands beside it: `longest 41 s`.
    pub note: Rc<str>,
    pub hue: Hue,
    pub lines: Vec<ChartLine>,
    /// The highest value that the chart has room for; at least 1.
    pub top: u64,
}

/// One line of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartLine {
    /// `desired 10`.
    pub label: Rc<str>,
    pub style: LineStyle,
    /// Oldest first; there is a gap where there is no value.
    pub points: Vec<(Millis, Option<u64>)>,
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineStyle {
    /// What the chart is about: a line over a filled ground.
    Filled,
    /// What it is measured against.
    Dashed,
    /// What is really so, beside what is believed.
    Thin,
    /// What CloudWatch has published: a minute each, late.
    Stepped,
}

/// The commands of the recording, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandsView {
    pub rows: Vec<CommandRow>,
    /// Earlier ones that are not listed.
    pub hidden: u64,
}

/// One command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandRow {
    /// `1:36.0`.
    pub time: Rc<str>,
    /// `You` or `Scenario`.
    pub by: &'static str,
    pub label: Rc<str>,
    /// The service refused it, in these words.
    pub refused: Option<Rc<str>>,
    pub tone: Tone,
    /// Lies ahead of the instant being looked at.
    pub ahead: bool,
    /// Goes to its instant.
    pub jump: Choice,
}
