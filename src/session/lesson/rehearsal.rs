//! A unit walked through without a page: what the session does for a lesson, reduced to the run itself.

use std::rc::Rc;

use crate::course::moves::{Move, Player};
use crate::course::opening;
use crate::course::query::Scene;
use crate::course::unit::Unit;
use crate::session::lesson::stage::Stage;
use crate::session::lesson::{Answer, LessonEffect, LessonRun};
use crate::sim::engine::Sim;
use crate::sim::ids::TaskId;
use crate::sim::time::{HOUR, Millis};
use crate::sim::tuning::Tuning;

/// A learner without a page.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    pub lesson: LessonRun,
    pub sim: Sim,
    /// What the Why panel was last opened for.
    pub why: Option<TaskId>,
    tuning: Tuning,
}

/// How an attempt at the goals ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub met: bool,
    /// Moves that were made.
    pub made: usize,
}

impl Rehearsal {
    /// At the first step of a unit.
    pub fn begin(unit: Rc<Unit>, tuning: Tuning) -> Self {
        let lesson = LessonRun::start(unit);
        let sim = opening::open(lesson.scenario(), tuning.clone());
        let mut rehearsal = Self { lesson, sim, why: None, tuning };
        let effects = rehearsal.lesson.restarted(&rehearsal.sim);
        rehearsal.carry_out(effects);
        rehearsal
    }

    /// A gesture, and what it leads to at once.
    pub fn answer(&mut self, answer: &Answer) {
        let effects = self.lesson.answer(&self.sim, answer);
        self.carry_out(effects);
    }

    /// Lets the run that was committed to take its course.
    pub fn run_on(&mut self) {
        while matches!(self.lesson.stage, Stage::Running(_)) {
            self.step_to(self.sim.now_ms() + HOUR);
        }
    }

    /// Makes moves as a learner would and lets time pass, until the goals are met or the time is over.
    pub fn attempt(&mut self, moves: Rc<[Move]>, for_ms: Millis) -> Attempt {
        let end_ms = self.sim.now_ms() + for_ms;
        let mut player = Player::new(moves, self.sim.now_ms());
        while self.sim.now_ms() < end_ms && !self.lesson.goals_are_met() {
            let since = self.lesson.mark;
            while let Some(made) = player.due(&Scene { sim: &self.sim, since }) {
                self.carry_out(vec![LessonEffect::Act(made.action)]);
            }
            self.step_to(player.next_stop_ms(self.sim.now_ms()).map_or(end_ms, |stop| stop.min(end_ms)));
        }
        Attempt { met: self.lesson.goals_are_met(), made: player.made() }
    }

    /// To the next event, or the next instant that the lesson waits for, but not beyond `limit_ms`.
    fn step_to(&mut self, limit_ms: Millis) {
        let stops = [self.sim.next_event_at(), self.lesson.next_stop_ms(self.sim.now_ms())];
        let next_ms = stops.into_iter().flatten().min().map_or(limit_ms, |next| next.min(limit_ms));
        self.sim.advance_to(next_ms, &mut Vec::new());
        let effects = self.lesson.observe(&self.sim);
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<LessonEffect>) {
        for effect in effects {
            match effect {
                LessonEffect::Restart(scenario) => {
                    self.sim = opening::open(&scenario, self.tuning.clone());
                    let effects = self.lesson.restarted(&self.sim);
                    self.carry_out(effects);
                }
                LessonEffect::Act(action) => {
                    if let Ok(command) = action.resolve(&self.sim) {
                        // A refusal changes nothing; a unit that rests on one does not meet its goals.
                        let _ = self.sim.apply(&command, &mut Vec::new());
                    }
                    let effects = self.lesson.observe(&self.sim);
                    self.carry_out(effects);
                }
                LessonEffect::AskWhy(task) => self.why = Some(task),
                LessonEffect::Play { .. } | LessonEffect::Pause => {}
            }
        }
    }
}
