//! The event log as the page lists it: telling observations, newest first.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::explain::kinds::{self, About};
use crate::explain::{headline, words};
use crate::session::frame::{EventRow, Tone};
use crate::session::intent::Subject;
use crate::session::timeline::Timeline;
use crate::sim::engine::Sim;
use crate::sim::observation::{Kind, Observation, Side};
use crate::sim::time;

/// The page lists so many.
const MOST_ROWS: usize = 300;

/// Rows in words, made when something happens, while its names are still known.
#[derive(Clone, Debug, Default)]
pub struct EventList {
    rows: VecDeque<Rc<EventRow>>,
    /// Observations looked at so far.
    read: usize,
    forks: u32,
    total: u64,
}

impl EventList {
    /// Catches up with the run, wherever it has been moved to.
    pub fn follow(&mut self, timeline: &Timeline) {
        let log = timeline.log();
        if log.len() < self.read || self.forks != timeline.forks() {
            *self = Self { forks: timeline.forks(), ..Self::default() };
        }
        for observation in &log[self.read..] {
            if headline::is_headline(&observation.kind) {
                self.total += 1;
                self.rows.push_front(Rc::new(row(timeline, observation)));
            }
        }
        self.rows.truncate(MOST_ROWS);
        self.read = log.len();
    }

    /// Newest first.
    pub fn rows(&self) -> impl Iterator<Item = &Rc<EventRow>> {
        self.rows.iter()
    }

    /// How many there have been.
    pub fn total(&self) -> u64 {
        self.total
    }
}

/// What happened, in one sentence that tells the learner's commands from those of the scenario.
pub fn words(timeline: &Timeline, observation: &Observation) -> String {
    let words = words::sentence(timeline.sim(), observation);
    match (&observation.kind, words.strip_prefix("You: ")) {
        (Kind::CommandGiven(command), Some(request)) if !timeline.is_by_learner(observation.at_ms, command) => {
            format!("Scenario: {request}")
        }
        _ => words,
    }
}

fn row(timeline: &Timeline, observation: &Observation) -> EventRow {
    let sim = timeline.sim();
    let words = words(timeline, observation);
    let verbatim = matches!(observation.kind, Kind::ServiceEvent { .. });
    EventRow {
        observation: observation.id,
        time: Rc::from(time::clock(observation.at_ms)),
        side: Rc::from(match (verbatim, observation.kind.side()) {
            (true, _) => "service event",
            (false, Side::Outside) if words.starts_with("Scenario: ") => "scenario",
            (false, Side::Outside) => "you",
            (false, Side::Truth) => "truth",
            (false, Side::Wire) => "wire",
            (false, Side::Belief) => "ECS",
        }),
        text: Rc::from(words),
        tone: tone(kinds::tone(&observation.kind)),
        subject: kinds::subject(&observation.kind).and_then(|about| subject(sim, &about)),
        verbatim,
        selected: false,
    }
}

/// A tone of the explanation as the page draws it.
pub fn tone(tone: kinds::Tone) -> Tone {
    match tone {
        kinds::Tone::Good => Tone::Good,
        kinds::Tone::Moving => Tone::Moving,
        kinds::Tone::Warning => Tone::Warning,
        kinds::Tone::Bad => Tone::Bad,
        kinds::Tone::Neutral => Tone::Neutral,
    }
}

/// What a fact is about, as something that can be selected.
pub fn subject(sim: &Sim, about: &About) -> Option<Subject> {
    match about {
        About::Instance(instance) => Some(Subject::Instance(*instance)),
        About::Task(task) => Some(Subject::Task(*task)),
        About::Service(service) => Some(Subject::Service(*service)),
        About::Zone(name) => sim.belief().zone_named(name).map(|zone| Subject::Zone(zone.0 - 1)),
        About::ImageRegistry => Some(Subject::ImageRegistry),
        About::ControlPlane => Some(Subject::ControlPlane),
    }
}
