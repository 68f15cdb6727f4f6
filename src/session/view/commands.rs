//! The Commands tab: what has been asked of the cluster on this recording, by whom and when.

use std::rc::Rc;

use crate::explain::words;
use crate::session::choice;
use crate::session::frame::{CommandRow, CommandsView, Tone};
use crate::session::intent::Intent;
use crate::session::view::Shown;
use crate::sim::observation::{Kind, Observation};
use crate::sim::time;

/// The list gets no longer than this.
const MOST_ROWS: usize = 200;

/// The list, newest first; what lies ahead on the recording included.
pub fn commands(shown: &Shown) -> CommandsView {
    let log = shown.timeline.whole_log();
    let given = |observation: &&Observation| matches!(observation.kind, Kind::CommandGiven(_));
    let total = log.iter().filter(given).count();
    let newest = log.iter().rev().filter(given).take(MOST_ROWS);
    CommandsView { rows: newest.map(|command| row(shown, command)).collect(), hidden: total.saturating_sub(MOST_ROWS) as u64 }
}

fn row(shown: &Shown, observation: &Observation) -> CommandRow {
    let timeline = shown.timeline;
    let by_learner =
        matches!(&observation.kind, Kind::CommandGiven(command) if timeline.is_by_learner(observation.at_ms, command));
    let words = words::sentence(timeline.sim(), observation);
    let label = words.strip_prefix("You: ").unwrap_or(&words);
    let refused = refusal(timeline.whole_log(), observation);
    let time: Rc<str> = Rc::from(time::clock(observation.at_ms));
    let mut jump = choice(format!("Go to {time}"), Intent::Seek(observation.at_ms));
    shown.lock(&mut jump);
    CommandRow {
        by: if by_learner { "You" } else { "Scenario" },
        label: Rc::from(label),
        tone: if refused.is_some() { Tone::Warning } else { Tone::Neutral },
        refused,
        ahead: observation.at_ms > timeline.now_ms(),
        time,
        jump,
    }
}

/// A refusal follows what it refuses.
fn refusal(log: &[Observation], command: &Observation) -> Option<Rc<str>> {
    let Kind::CommandRefused { code, message } = &log.get(command.id.0 as usize)?.kind else { return None };
    Some(Rc::from(format!("{code}: {message}")))
}
