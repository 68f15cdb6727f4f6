//! The guided mode: the open unit, and what it asks of the session.

use std::rc::Rc;

use crate::session::lesson::{Answer, LessonEffect, LessonRun};
use crate::session::timeline::Timeline;
use crate::session::{Question, Session, library};
use crate::sim::time::Millis;
use crate::sim::tuning::Tuning;

impl Session {
    /// Opens a unit at its first step.
    pub(super) fn open_unit(&mut self, id: &str) {
        let Some(unit) = library::unit(id) else { return };
        let run = LessonRun::start(unit);
        self.scenario_id = Rc::from(id);
        self.restart_with(run);
    }

    fn restart_with(&mut self, run: LessonRun) {
        let timeline = Timeline::open(run.scenario().clone(), None, Tuning::default());
        self.begin_run(timeline);
        self.playing = false;
        self.touched = true;
        self.lesson = Some(run);
        let effects = self.with_lesson(|lesson, timeline| lesson.restarted(timeline.sim()));
        self.carry_out(effects);
    }

    /// A gesture inside the unit.
    pub(super) fn answer(&mut self, answer: &Answer) {
        let effects = self.with_lesson(|lesson, timeline| lesson.answer(timeline.sim(), answer));
        self.carry_out(effects);
    }

    /// The unit takes note of what has changed.
    pub(super) fn tell_lesson(&mut self) {
        let effects = self.with_lesson(|lesson, timeline| lesson.observe(timeline.sim()));
        self.carry_out(effects);
    }

    /// After going about in time the goals are counted again, from where they began to where the learner is.
    pub(super) fn recount_goals(&mut self) {
        let here_ms = self.timeline.now_ms();
        let Some(from_ms) = self.lesson.as_ref().and_then(LessonRun::counted_from_ms) else { return };
        self.timeline.seek(from_ms.min(here_ms));
        let _ = self.with_lesson(|lesson, timeline| {
            lesson.rewind(timeline.sim());
            Vec::new()
        });
        while self.timeline.now_ms() < here_ms {
            let next_ms = self.timeline.next_change_ms().unwrap_or(here_ms).max(self.timeline.now_ms() + 1);
            let stop_ms = self.lesson_stop_ms().unwrap_or(here_ms);
            self.timeline.advance_to(next_ms.min(stop_ms).min(here_ms));
            // What it would ask for has been done already: it is on the recording.
            let _ = self.with_lesson(|lesson, timeline| lesson.observe(timeline.sim()));
        }
    }

    /// Lets time pass for the unit: it is told after each event, and may stop the clock.
    pub(super) fn run_lesson_to(&mut self, to_ms: Millis) {
        while self.timeline.now_ms() < to_ms {
            let next_ms = self.timeline.next_change_ms().unwrap_or(to_ms).max(self.timeline.now_ms() + 1);
            let stop_ms = self.lesson_stop_ms().unwrap_or(to_ms);
            self.timeline.advance_to(next_ms.min(stop_ms).min(to_ms));
            let was_playing = self.playing;
            self.tell_lesson();
            if was_playing && !self.playing {
                return;
            }
        }
    }

    fn lesson_stop_ms(&self) -> Option<Millis> {
        let now_ms = self.timeline.now_ms();
        self.lesson.as_ref()?.next_stop_ms(now_ms).map(|stop_ms| stop_ms.max(now_ms + 1))
    }

    fn with_lesson(&mut self, ask: impl FnOnce(&mut LessonRun, &Timeline) -> Vec<LessonEffect>) -> Vec<LessonEffect> {
        match &mut self.lesson {
            Some(lesson) => ask(lesson, &self.timeline),
            None => Vec::new(),
        }
    }

    fn carry_out(&mut self, effects: Vec<LessonEffect>) {
        for effect in effects {
            match effect {
                LessonEffect::Restart(_) => {
                    if let Some(lesson) = self.lesson.take() {
                        self.restart_with(lesson);
                    }
                }
                LessonEffect::Act(action) => self.act_for_lesson(&action),
                LessonEffect::Play { speed } => (self.playing, self.speed) = (true, speed),
                LessonEffect::Pause => self.playing = false,
                LessonEffect::AskWhy(task) => {
                    self.question = Some(Question::Task(task));
                    self.why_brought_up += 1;
                }
            }
        }
    }

    fn act_for_lesson(&mut self, action: &crate::import::action::Action) {
        if let Ok(command) = action.resolve(self.timeline.sim()) {
            self.act(&[command]);
        }
    }
}
