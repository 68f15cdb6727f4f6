//! The timeline: where the run is, what has happened in it, and who may move it.

use std::rc::Rc;

use crate::session::frame::{Hue, Tone};
use crate::sim::time::Millis;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockView {
    pub now_ms: Millis,
    /// `1:33.4`.
    pub label: Rc<str>,
    pub playing: bool,
    /// Simulated seconds a wall second: 1 to 600.
    pub speed: u32,
    pub speeds: Rc<Vec<u32>>,
    /// The instant at which the run begins: the left end of the timeline.
    pub begin_ms: Millis,
    /// The furthest instant that has been run: the right end of the timeline.
    pub end_ms: Millis,
    /// Why time stands still and nothing can be changed now: a prediction is asked for.
    pub locked: Option<&'static str>,
    /// Ticks of the timeline: at most a few hundred, already thinned.
    pub ticks: Rc<Vec<Tick>>,
    pub can_undo: bool,
    pub can_redo: bool,
    /// What undo would take back: `Server i-0a1f dies`.
    pub undo_label: Option<Rc<str>>,
}

/// A mark on the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    pub at_ms: Millis,
    pub tone: Tone,
    /// `network cut`.
    pub label: Rc<str>,
    pub hue: Option<Hue>,
}
