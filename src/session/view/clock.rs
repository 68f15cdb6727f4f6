//! The time bar: where one is, how far one has been, and what happened when.

use std::rc::Rc;

use crate::explain::{headline, kinds};
use crate::session::frame::{ClockView, Tick};
use crate::session::later::later;
use crate::session::timeline::Timeline;
use crate::session::view::Shown;
use crate::session::{SPEEDS, events};
use crate::sim::observation::{Observation, Side};
use crate::sim::time;

/// So many ticks at most.
const MOST_TICKS: usize = 120;

/// Ticks of a run, made anew only when something telling has happened.
#[derive(Default)]
pub struct TickCache {
    of: (usize, u32),
    ticks: Rc<Vec<Tick>>,
    speeds: Option<Rc<Vec<u32>>>,
}

/// The time bar.
pub fn clock(shown: &Shown, cache: &mut TickCache) -> ClockView {
    let timeline = shown.timeline;
    let of = (timeline.whole_log().len(), timeline.forks());
    if let Some(later) = later().filter(|_| cache.of != of) {
        cache.of = of;
        let ticks = (later.ticks)(timeline);
        if ticks != *cache.ticks {
            cache.ticks = Rc::new(ticks);
        }
    }
    let speeds = cache.speeds.get_or_insert_with(|| Rc::new(SPEEDS.to_vec()));
    ClockView {
        now_ms: timeline.now_ms(),
        label: Rc::from(time::clock(timeline.now_ms())),
        playing: shown.playing,
        speed: shown.speed,
        speeds: speeds.clone(),
        begin_ms: timeline.begin_ms(),
        end_ms: timeline.end_ms(),
        locked: shown.locked,
        ticks: cache.ticks.clone(),
        can_undo: timeline.undo_label().is_some(),
        can_redo: timeline.can_redo(),
        undo_label: timeline.undo_label().cloned(),
    }
}

/// What someone did, and what went wrong: these make ticks. Good news is what the rest of the line means.
fn is_tick(observation: &Observation) -> bool {
    let kind = &observation.kind;
    headline::is_headline(kind)
        && (kind.side() == Side::Outside || matches!(kinds::tone(kind), kinds::Tone::Bad | kinds::Tone::Warning))
}

/// The marks on the timeline; a first look has nothing to mark.
pub fn ticks(timeline: &Timeline) -> Vec<Tick> {
    let telling: Vec<&Observation> = timeline.whole_log().iter().filter(|observation| is_tick(observation)).collect();
    let every = telling.len().div_ceil(MOST_TICKS).max(1);
    let tick = |observation: &&Observation| Tick {
        at_ms: observation.at_ms,
        tone: events::tone(kinds::tone(&observation.kind)),
        label: Rc::from(events::words(timeline, observation)),
        hue: None,
    };
    telling.iter().step_by(every).map(tick).collect()
}
