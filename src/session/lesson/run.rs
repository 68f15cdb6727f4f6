//! One walk of one learner through one unit.
//!
//! The session opens [`LessonRun::scenario`], calls [`LessonRun::restarted`], then [`LessonRun::answer`] for each gesture and
//! [`LessonRun::observe`] after whatever changed the run or let time pass. All three return what the session is to do.

use std::rc::Rc;

use crate::course::goal::Tracker;
use crate::course::moves::Player;
use crate::course::query::{Mark, Scene, placed};
use crate::course::unit::{Exercise, Explanation, Step, StepKind, Unit};
use crate::import::scenario::Scenario;
use crate::session::lesson::answer_key::{Key, Put, Reply, Verdict};
use crate::session::lesson::stage::{Doing, Running, Stage};
use crate::session::lesson::{Answer, LessonEffect};
use crate::sim::engine::Sim;
use crate::sim::time::Millis;

/// A unit and how far the learner has come. A clone is cheap.
#[derive(Clone, Debug)]
pub struct LessonRun {
    pub(super) unit: Rc<Unit>,
    pub(super) step: usize,
    scenario: Rc<Scenario>,
    pub(super) stage: Stage,
    /// What `placed` and `elapsed` count from: the commitment, or the beginning of the goals.
    pub(super) mark: Mark,
    /// The card's text, with its numbers as they were when the step began.
    pub(super) text: Vec<Rc<str>>,
    /// The last prediction, from its commitment on.
    pub(super) prediction: Option<Prediction>,
}

/// A prediction the learner has committed to.
#[derive(Clone, Debug)]
pub(super) struct Prediction {
    pub step: usize,
    pub reply: Reply,
    /// Present once the run is over.
    pub verdict: Option<Verdict>,
}

impl LessonRun {
    /// At the beginning; open [`Self::scenario`] and call [`Self::restarted`].
    pub fn start(unit: Rc<Unit>) -> Self {
        let scenario = first_scenario(&unit);
        Self { unit, step: 0, scenario, stage: Stage::Opening, mark: Mark::default(), text: Vec::new(), prediction: None }
    }

    /// The unit.
    pub fn unit(&self) -> &Rc<Unit> {
        &self.unit
    }

    /// The scenario that the learner's run begins from.
    pub fn scenario(&self) -> &Rc<Scenario> {
        &self.scenario
    }

    /// The number of the current step, from 0.
    pub fn step(&self) -> usize {
        self.step
    }

    /// The scenario has been opened: begins the step.
    pub fn restarted(&mut self, sim: &Sim) -> Vec<LessonEffect> {
        self.enter(sim)
    }

    /// A gesture of the learner. One that means nothing here changes nothing.
    pub fn answer(&mut self, sim: &Sim, answer: &Answer) -> Vec<LessonEffect> {
        match answer {
            Answer::Continue if self.may_continue() => self.go_to(self.step + 1, sim),
            Answer::Continue => Vec::new(),
            Answer::PlaceGhost { ghost, instance } => {
                let put = instance.map_or(Put::Nowhere, Put::On);
                self.reply_with(|reply| {
                    if let Reply::Ghosts(puts) = reply
                        && let Some(slot) = (*ghost as usize).checked_sub(1).and_then(|index| puts.get_mut(index))
                    {
                        *slot = put;
                    }
                })
            }
            Answer::Choose(chosen) => self.reply_with(|reply| {
                if let Reply::Option(option) = reply {
                    *option = Some(*chosen);
                }
            }),
            Answer::SetNumber(number) => self.reply_with(|reply| {
                if let Reply::Number(value) = reply {
                    *value = *number;
                }
            }),
            Answer::Commit => self.commit(sim),
            Answer::Hint => {
                if let Stage::Doing(doing) = &mut self.stage {
                    doing.hints = (doing.hints + 1).min(3);
                }
                Vec::new()
            }
            Answer::ShowMe => self.show_me(sim),
            Answer::AgainStep => self.reopen(self.step),
            Answer::Again => self.reopen(0),
        }
    }

    /// Takes note of the run. To be called after everything that changed it, and after each event, or at least each frame, that
    /// passed; never beyond [`Self::next_stop_ms`] in one go.
    pub fn observe(&mut self, sim: &Sim) -> Vec<LessonEffect> {
        let scene = Scene { sim, since: self.mark };
        let unit = self.unit.clone();
        match (&mut self.stage, &unit.steps[self.step].kind) {
            (Stage::Running(running), StepKind::Run(run)) => {
                let mut effects = running.observe(run, &scene);
                if running.is_over(run, &scene) {
                    self.settle(sim);
                    effects.extend(self.go_to(self.step + 1, sim));
                }
                effects
            }
            (Stage::Doing(doing), _) => doing.observe(&scene),
            (
                Stage::Opening
                | Stage::Reading
                | Stage::Predicting(_)
                | Stage::Running(_)
                | Stage::Reporting(..)
                | Stage::Reported(..),
                _,
            ) => Vec::new(),
        }
    }

    /// The next instant at which [`Self::observe`] must be called, whatever happens until then.
    pub fn next_stop_ms(&self, now_ms: Millis) -> Option<Millis> {
        match (&self.stage, &self.step_now().kind) {
            (Stage::Running(running), StepKind::Run(run)) => running.next_stop_ms(run, self.mark, now_ms),
            (Stage::Doing(doing), _) => {
                let show = doing.show.as_ref().and_then(|show| show.next_stop_ms(now_ms));
                [doing.tracker.next_stop_ms(now_ms), show].into_iter().flatten().min()
            }
            (
                Stage::Opening
                | Stage::Reading
                | Stage::Predicting(_)
                | Stage::Running(_)
                | Stage::Reporting(..)
                | Stage::Reported(..),
                _,
            ) => None,
        }
    }

    /// While goals are being worked on: the instant from which they are counted. After a seek, undo or redo the session goes
    /// there, calls [`Self::rewind`], then runs to where the learner is and calls [`Self::observe`] on the way, as always, but
    /// carries out none of what it returns.
    pub fn counted_from_ms(&self) -> Option<Millis> {
        if let Stage::Doing(doing) = &self.stage { Some(doing.tracker.mark().at_ms) } else { None }
    }

    /// Forgets what has been counted. A demonstration that is going ends.
    pub fn rewind(&mut self, sim: &Sim) {
        let goals = self.exercise().map(|exercise| exercise.goals.clone());
        let (Stage::Doing(doing), Some(goals)) = (&mut self.stage, goals) else { return };
        let mark = if sim.now_ms() < doing.tracker.mark().at_ms { Mark::now(sim) } else { doing.tracker.mark() };
        (doing.tracker, doing.show, doing.shown, doing.met) = (Tracker::begin(goals, mark), None, None, false);
        self.mark = mark;
        doing.tracker.observe(&Scene { sim, since: mark });
    }

    /// A prediction is asked for: nothing may happen before it is committed, or the run would give it away.
    pub fn is_predicting(&self) -> bool {
        matches!(self.stage, Stage::Predicting(_))
    }

    /// The learner has reached the last step.
    pub fn is_done(&self) -> bool {
        matches!(self.step_now().kind, StepKind::Done) && !matches!(self.stage, Stage::Opening)
    }

    /// The goals of the current step are met.
    pub fn goals_are_met(&self) -> bool {
        matches!(&self.stage, Stage::Doing(doing) if doing.tracker.is_met())
    }

    pub(super) fn step_now(&self) -> &Step {
        &self.unit.steps[self.step]
    }

    pub(super) fn exercise(&self) -> Option<&Exercise> {
        if let StepKind::Do(exercise) = &self.step_now().kind { Some(exercise) } else { None }
    }

    /// May the learner leave this step?
    pub(super) fn may_continue(&self) -> bool {
        let last = self.step + 1 == self.unit.steps.len();
        match &self.stage {
            Stage::Reading | Stage::Reported(..) => !last,
            Stage::Doing(doing) => !last && doing.tracker.is_met(),
            Stage::Opening | Stage::Predicting(_) | Stage::Running(_) | Stage::Reporting(..) => false,
        }
    }

    fn reply_with(&mut self, change: impl FnOnce(&mut Reply)) -> Vec<LessonEffect> {
        match &mut self.stage {
            Stage::Predicting(reply) | Stage::Reporting(reply, _) => change(reply),
            Stage::Opening | Stage::Reading | Stage::Running(_) | Stage::Reported(..) | Stage::Doing(_) => {}
        }
        Vec::new()
    }

    fn commit(&mut self, sim: &Sim) -> Vec<LessonEffect> {
        let scene = Scene { sim, since: self.mark };
        match (&self.stage, &self.step_now().kind) {
            (Stage::Predicting(reply), StepKind::Predict(_)) if reply.missing().is_none() => {
                self.prediction = Some(Prediction { step: self.step, reply: reply.clone(), verdict: None });
                self.go_to(self.step + 1, sim)
            }
            (Stage::Reporting(reply, key), StepKind::Report(question)) if reply.missing().is_none() => {
                let verdict = key.judge(question, reply, &scene);
                self.stage = Stage::Reported(reply.clone(), key.clone(), verdict);
                Vec::new()
            }
            (
                Stage::Opening
                | Stage::Reading
                | Stage::Predicting(_)
                | Stage::Running(_)
                | Stage::Reporting(..)
                | Stage::Reported(..)
                | Stage::Doing(_),
                _,
            ) => Vec::new(),
        }
    }

    fn show_me(&mut self, sim: &Sim) -> Vec<LessonEffect> {
        let Some((solution, speed)) = self.exercise().map(|exercise| (exercise.solution.clone(), exercise.speed)) else {
            return Vec::new();
        };
        let Stage::Doing(doing) = &mut self.stage else { return Vec::new() };
        if doing.tracker.is_violated() || doing.tracker.is_met() {
            return Vec::new();
        }
        doing.show = Some(Player::new(solution, sim.now_ms()));
        let mut effects = vec![LessonEffect::Play { speed }];
        effects.extend(self.observe(sim));
        effects
    }

    fn go_to(&mut self, step: usize, sim: &Sim) -> Vec<LessonEffect> {
        self.step = step;
        self.begin_step(sim)
    }

    /// Goes back to the newest step, this one or before, that opens a scenario of its own, or to the first.
    fn reopen(&mut self, step: usize) -> Vec<LessonEffect> {
        let own = self.unit.steps[..=step].iter().rposition(|step| step.scenario.is_some());
        self.step = own.unwrap_or(0);
        self.scenario = self.step_now().scenario.clone().unwrap_or_else(|| self.unit.scenario.clone());
        (self.stage, self.prediction) = (Stage::Opening, None);
        vec![LessonEffect::Restart(self.scenario.clone())]
    }

    /// Opens the step's own scenario first, if it has one.
    fn begin_step(&mut self, sim: &Sim) -> Vec<LessonEffect> {
        match self.step_now().scenario.clone() {
            Some(scenario) => {
                self.scenario = scenario.clone();
                self.stage = Stage::Opening;
                vec![LessonEffect::Restart(scenario)]
            }
            None => self.enter(sim),
        }
    }

    fn enter(&mut self, sim: &Sim) -> Vec<LessonEffect> {
        let unit = self.unit.clone();
        let step = &unit.steps[self.step];
        let begins = match &step.kind {
            StepKind::Run(_) | StepKind::Do(_) => true,
            StepKind::Situation | StepKind::Predict(_) | StepKind::Report(_) | StepKind::Explain(_) | StepKind::Done => false,
        };
        if begins || step.scenario.is_some() || self.step == 0 {
            self.mark = Mark::now(sim);
        }
        let scene = Scene { sim, since: self.mark };
        self.text = step.text.iter().map(|prose| Rc::from(prose.render(&scene))).collect();
        match &step.kind {
            StepKind::Situation | StepKind::Done => self.read(Vec::new()),
            StepKind::Explain(explanation) => self.read(why(explanation, &scene)),
            StepKind::Predict(question) => {
                self.prediction = None;
                self.stage = Stage::Predicting(Reply::empty(&question.ask));
                vec![LessonEffect::Pause]
            }
            StepKind::Report(question) => {
                self.stage = Stage::Reporting(Reply::empty(&question.ask), Key::of(&question.ask, &scene));
                vec![LessonEffect::Pause]
            }
            StepKind::Run(run) => {
                self.stage = Stage::Running(Running::begin(run, sim));
                let mut effects = vec![LessonEffect::Play { speed: run.speed }];
                effects.extend(self.observe(sim));
                effects
            }
            StepKind::Do(exercise) => {
                self.prediction = None;
                self.stage = Stage::Doing(Doing::begin(exercise, &scene));
                vec![LessonEffect::Play { speed: exercise.speed }]
            }
        }
    }

    fn read(&mut self, more: Vec<LessonEffect>) -> Vec<LessonEffect> {
        self.stage = Stage::Reading;
        let mut effects = vec![LessonEffect::Pause];
        effects.extend(more);
        effects
    }

    /// The run is over: now, and not before, the prediction has an outcome.
    fn settle(&mut self, sim: &Sim) {
        let scene = Scene { sim, since: self.mark };
        let Some(prediction) = &mut self.prediction else { return };
        let StepKind::Predict(question) = &self.unit.steps[prediction.step].kind else { return };
        prediction.verdict = Some(Key::of(&question.ask, &scene).judge(question, &prediction.reply, &scene));
    }
}

fn first_scenario(unit: &Unit) -> Rc<Scenario> {
    unit.steps.first().and_then(|step| step.scenario.clone()).unwrap_or_else(|| unit.scenario.clone())
}

fn why(explanation: &Explanation, scene: &Scene) -> Vec<LessonEffect> {
    let task = explanation.why.as_ref().and_then(|pointer| {
        let (task, _) = placed(scene, &pointer.service)?.nth((pointer.placed as usize).checked_sub(1)?)?;
        Some(LessonEffect::AskWhy(task))
    });
    task.into_iter().collect()
}
