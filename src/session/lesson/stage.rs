//! Where in its step a learner is, and what a run and an exercise do while time passes.

use crate::course::goal::Tracker;
use crate::course::moves::{Move, Player};
use crate::course::query::{Mark, Scene};
use crate::course::unit::{Exercise, Run};
use crate::session::lesson::LessonEffect;
use crate::session::lesson::answer_key::{Key, Reply, Verdict};
use crate::sim::engine::Sim;
use crate::sim::time::Millis;

/// Where in its step the learner is.
#[derive(Clone, Debug)]
pub enum Stage {
    /// The session has been asked to open a scenario.
    Opening,
    Reading,
    /// A prediction is asked for.
    Predicting(Reply),
    Running(Running),
    /// A report is asked for; the key was computed when the run was over.
    Reporting(Reply, Key),
    Reported(Reply, Key, Verdict),
    Doing(Doing),
}

/// A run that is going.
#[derive(Clone, Debug)]
pub struct Running {
    player: Player,
    /// Since when what it waits for holds.
    until_ms: Option<Millis>,
    /// When the moment that matters began.
    slow_ms: Option<Millis>,
    /// It is over already.
    fast_again: bool,
}

/// Goals being worked on.
#[derive(Clone, Debug)]
pub struct Doing {
    pub tracker: Tracker,
    /// The reference solution, while it is being shown.
    pub show: Option<Player>,
    /// What was shown last.
    pub shown: Option<Move>,
    pub hints: usize,
    /// The session has been asked to pause because the goals are met.
    pub met: bool,
}

impl Running {
    pub fn begin(run: &Run, sim: &Sim) -> Self {
        Self { player: Player::new(run.moves.clone(), sim.now_ms()), until_ms: None, slow_ms: None, fast_again: false }
    }

    pub fn observe(&mut self, run: &Run, scene: &Scene) -> Vec<LessonEffect> {
        let now_ms = scene.sim.now_ms();
        let mut effects = Vec::new();
        while let Some(made) = self.player.due(scene) {
            effects.push(LessonEffect::Act(made.action));
        }
        if let Some(slow) = &run.slow {
            if self.slow_ms.is_none() && slow.when.holds(scene) {
                self.slow_ms = Some(now_ms);
                effects.push(LessonEffect::Play { speed: slow.speed });
            }
            if !self.fast_again && self.slow_ms.is_some_and(|since| now_ms >= since + slow.for_ms) {
                self.fast_again = true;
                effects.push(LessonEffect::Play { speed: run.speed });
            }
        }
        if self.player.is_over() && run.until.holds(scene) {
            self.until_ms.get_or_insert(now_ms);
        }
        effects
    }

    pub fn is_over(&self, run: &Run, scene: &Scene) -> bool {
        let now_ms = scene.sim.now_ms();
        now_ms >= scene.since.at_ms + run.at_most_ms || self.until_ms.is_some_and(|since| now_ms >= since + run.settle_ms)
    }

    pub fn next_stop_ms(&self, run: &Run, mark: Mark, now_ms: Millis) -> Option<Millis> {
        let slow = run.slow.as_ref().and_then(|slow| Some(self.slow_ms? + slow.for_ms));
        let settled = self.until_ms.map(|since| since + run.settle_ms);
        let stops = [self.player.next_stop_ms(now_ms), slow, settled, Some(mark.at_ms + run.at_most_ms)];
        stops.into_iter().flatten().filter(|at_ms| *at_ms > now_ms).min()
    }

    /// How far it has come, in permille of the longest it may take.
    pub fn permille(run: &Run, mark: Mark, now_ms: Millis) -> u16 {
        let passed = now_ms.saturating_sub(mark.at_ms).min(run.at_most_ms);
        (passed * 1_000 / run.at_most_ms.max(1)) as u16
    }
}

impl Doing {
    pub fn begin(exercise: &Exercise, scene: &Scene) -> Self {
        let mut tracker = Tracker::begin(exercise.goals.clone(), scene.since);
        tracker.observe(scene);
        Self { tracker, show: None, shown: None, hints: 0, met: false }
    }

    pub fn observe(&mut self, scene: &Scene) -> Vec<LessonEffect> {
        self.tracker.observe(scene);
        let mut effects = Vec::new();
        if let Some(show) = &mut self.show {
            // One at a time: the next may wait for what this one does.
            if let Some(made) = show.due(scene) {
                effects.push(LessonEffect::Act(made.action.clone()));
                self.shown = Some(made);
            }
            if show.is_over() {
                self.show = None;
            }
        }
        if self.tracker.is_met() && !self.met {
            self.met = true;
            effects.push(LessonEffect::Pause);
        }
        effects
    }
}
