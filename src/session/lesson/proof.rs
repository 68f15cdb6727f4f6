//! What a unit must prove about itself on every build. Each failed proof is one sentence for its author.

use std::rc::Rc;

use crate::course::prose::{Prose, count_words};
use crate::course::query::Scene;
use crate::course::unit::{Ask, Exercise, Question, StepKind, Unit};
use crate::session::lesson::answer_key::{Key, Put, Reply};
use crate::session::lesson::hints;
use crate::session::lesson::rehearsal::Rehearsal;
use crate::session::lesson::stage::Stage;
use crate::session::lesson::{Answer, LessonRun};
use crate::sim::tuning::Tuning;

/// At most so many words on a card at a time.
pub const MOST_WORDS: usize = 60;

/// Everything the unit fails to prove; nothing when it is sound.
pub fn failures(unit: &Rc<Unit>) -> Vec<String> {
    let mut failures = order(unit);
    if failures.is_empty() {
        failures = Walk::through(unit, Tuning::default()).failures;
    }
    if unit.mutations.is_empty() {
        failures.push("the unit names no change of the engine that it would notice (`breaks`)".to_string());
    }
    for mutation in &unit.mutations {
        if Walk::through(unit, mutation.tuning()).failures.is_empty() {
            failures.push(format!("the unit does not notice {mutation:?}"));
        }
    }
    failures
}

/// A prediction is followed by its run, the run by what was seen; the end is the end.
fn order(unit: &Unit) -> Vec<String> {
    let mut failures = Vec::new();
    let kinds: Vec<&StepKind> = unit.steps.iter().map(|step| &step.kind).collect();
    for (index, kind) in kinds.iter().enumerate() {
        let next = kinds.get(index + 1);
        let fits = match kind {
            StepKind::Predict(_) => matches!(next, Some(StepKind::Run(_))),
            StepKind::Run(_) => matches!(next, Some(StepKind::Report(_) | StepKind::Explain(_))),
            StepKind::Done => next.is_none(),
            StepKind::Situation | StepKind::Report(_) | StepKind::Explain(_) | StepKind::Do(_) => next.is_some(),
        };
        if !fits {
            failures.push(format!("step {index} (“{}”) is not followed by what must follow it", unit.steps[index].title));
        }
        if matches!(kind, StepKind::Do(_)) && unit.steps[index].scenario.is_none() {
            failures
                .push(format!("step {index} (“{}”) needs a scenario, so that it can be begun again", unit.steps[index].title));
        }
    }
    if !kinds.iter().any(|kind| matches!(kind, StepKind::Do(_))) {
        failures.push("there is nothing to do".to_string());
    }
    failures
}

/// A walk through all steps, with the reference solution where there is something to do.
struct Walk {
    unit: Rc<Unit>,
    rehearsal: Rehearsal,
    failures: Vec<String>,
}

impl Walk {
    fn through(unit: &Rc<Unit>, tuning: Tuning) -> Self {
        let rehearsal = Rehearsal::begin(unit.clone(), tuning);
        let mut walk = Self { unit: unit.clone(), rehearsal, failures: Vec::new() };
        while !walk.rehearsal.lesson.is_done() {
            let step = walk.rehearsal.lesson.step();
            walk.check_step(step);
            if walk.rehearsal.lesson.step() == step {
                walk.fail("the walk does not get beyond this step");
                return walk;
            }
        }
        walk.check_card(walk.unit.steps.len() - 1);
        walk
    }

    fn fail(&mut self, what: impl std::fmt::Display) {
        let step = self.rehearsal.lesson.step();
        self.failures.push(format!("step {step} (“{}”): {what}", self.unit.steps[step].title));
    }

    /// Checks one step and leaves it.
    fn check_step(&mut self, step: usize) {
        let unit = self.unit.clone();
        self.check_card(step);
        match &unit.steps[step].kind {
            StepKind::Situation | StepKind::Done => self.rehearsal.answer(&Answer::Continue),
            StepKind::Predict(question) => self.predict(question),
            StepKind::Run(_) => self.rehearsal.run_on(),
            StepKind::Report(question) => self.report(question),
            StepKind::Explain(explanation) => {
                for claim in &explanation.claims {
                    if !claim.holds(&scene(&self.rehearsal)) {
                        self.fail(format!("the explanation rests on {claim:?}, which is not so"));
                    }
                }
                if explanation.why.is_some() && self.rehearsal.why.take().is_none() {
                    self.fail("there is no task to show in the Why panel");
                }
                self.rehearsal.answer(&Answer::Continue);
            }
            StepKind::Do(exercise) => self.exercise(exercise),
        }
    }

    /// Words and numbers of the card and of whatever it may say next.
    fn check_card(&mut self, step: usize) {
        let unit = self.unit.clone();
        let step = &unit.steps[step];
        let mut whole = String::new();
        for prose in &step.text {
            self.check_prose(prose);
            whole = format!("{whole} {}", prose.render(&scene(&self.rehearsal)));
        }
        self.check_words("the card", &whole);
        let shown: String = self.rehearsal.lesson.text.join(" ");
        if shown.trim() != whole.trim() {
            self.fail("the card does not show the numbers of the run");
        }
    }

    /// Every query has an answer on this run, and the text is short enough.
    fn check_prose(&mut self, prose: &Prose) {
        let scene = scene(&self.rehearsal);
        let unanswered: Vec<String> = prose.unanswered(&scene).map(|query| format!("{query:?}")).collect();
        let text = prose.render(&scene);
        for query in unanswered {
            self.fail(format!("{query} has no answer on this run"));
        }
        self.check_words("a text", &text);
    }

    fn check_words(&mut self, what: &str, text: &str) {
        let words = count_words(text);
        if words > MOST_WORDS {
            self.fail(format!("{what} has {words} words, more than {MOST_WORDS}: {text}"));
        }
    }

    /// Commits to something, runs, and sees that the right answer would have been taken as right.
    fn predict(&mut self, question: &Question) {
        self.refuse_haste(question);
        let before = self.rehearsal.clone();
        self.reply(&Reply::empty(&question.ask), &question.ask);
        self.rehearsal.answer(&Answer::Commit);
        if self.outcome_is_known() {
            self.fail("the outcome is known before the run is over");
        }
        let mut ahead = self.rehearsal.clone();
        ahead.run_on();
        let key = self.check_key(question, &ahead);
        if let Some(right) = key.right_reply() {
            let mut knowing = Self { unit: self.unit.clone(), rehearsal: before, failures: Vec::new() };
            knowing.reply(&right, &question.ask);
            knowing.rehearsal.answer(&Answer::Commit);
            knowing.rehearsal.run_on();
            let verdict = knowing.rehearsal.lesson.prediction.and_then(|prediction| prediction.verdict);
            if !verdict.is_some_and(|verdict| verdict.right) {
                self.fail("the right prediction is not taken as right");
            }
        }
    }

    fn outcome_is_known(&self) -> bool {
        self.rehearsal.lesson.prediction.as_ref().is_none_or(|prediction| prediction.verdict.is_some())
    }

    /// Nothing happens on a commitment that is not complete.
    fn refuse_haste(&mut self, question: &Question) {
        if Reply::empty(&question.ask).missing().is_some() {
            let step = self.rehearsal.lesson.step();
            self.rehearsal.answer(&Answer::Commit);
            if self.rehearsal.lesson.step() != step {
                self.fail("an incomplete prediction is accepted");
            }
        }
    }

    fn report(&mut self, question: &Question) {
        let key = self.check_key(question, &self.rehearsal.clone());
        let right = key.right_reply().unwrap_or(Reply::empty(&question.ask));
        self.reply(&right, &question.ask);
        self.rehearsal.answer(&Answer::Commit);
        if !matches!(&self.rehearsal.lesson.stage, Stage::Reported(_, _, verdict) if verdict.right) {
            self.fail("the right report is not taken as right");
        }
        self.rehearsal.answer(&Answer::Continue);
    }

    /// The key, computed from the run: exactly one option, a number within its range, tasks that landed.
    fn check_key(&mut self, question: &Question, after: &Rehearsal) -> Key {
        let ahead = scene(after);
        let key = Key::of(&question.ask, &ahead);
        let sound = match (&key, &question.ask) {
            (Key::Options(keys), _) => keys.len() > 1 && keys.iter().filter(|right| **right).count() == 1,
            (Key::Number(number), Ask::Number(asked)) => number.is_some_and(|key| (asked.least..=asked.most).contains(&key)),
            (Key::Places { servers, missing }, _) => servers.len() + missing > 0,
            (Key::Number(_), Ask::Ghosts { .. } | Ask::Options(_)) => false,
        };
        if !sound {
            self.fail(format!("the run gives no single right answer: {key:?}"));
        }
        let pictures = options(question).flat_map(|option| std::iter::once(&option.text).chain(&option.picture));
        for prose in [&question.right, &question.wrong].into_iter().chain(pictures) {
            let words = prose.render(&ahead);
            let unanswered = prose.unanswered(&ahead).count();
            if unanswered > 0 {
                self.fail(format!("a number has no answer on this run: {words}"));
            }
            self.check_words("a feedback", &words);
        }
        key
    }

    fn reply(&mut self, reply: &Reply, ask: &Ask) {
        match (reply, ask) {
            (Reply::Ghosts(puts), _) => {
                for (index, put) in puts.iter().enumerate() {
                    let instance = if let Put::On(instance) = put { Some(*instance) } else { None };
                    self.rehearsal.answer(&Answer::PlaceGhost { ghost: index as u32 + 1, instance });
                }
            }
            (Reply::Option(chosen), _) => self.rehearsal.answer(&Answer::Choose(chosen.unwrap_or(0))),
            (Reply::Number(number), _) => self.rehearsal.answer(&Answer::SetNumber(*number)),
        }
    }

    /// Proofs 1 to 5, and the demonstration.
    fn exercise(&mut self, exercise: &Exercise) {
        let limit_ms = self.unit.time_limit_ms;
        for goal in exercise.goals.iter() {
            self.check_prose(&goal.text);
        }
        self.check_prose(&exercise.nudge);
        self.check_prose(&exercise.pointer);
        let start = self.rehearsal.clone();
        let exact = hints::hints(exercise, hints::COUNT, &scene(&start)).pop().unwrap_or_default();
        self.check_words("the exact hint", &exact);
        if start.lesson.goals_are_met() {
            self.fail("the starting state meets the goals");
        }
        if start.clone().attempt(Rc::from([]), limit_ms).met {
            self.fail("doing nothing meets the goals");
        }
        if exercise.decoys.len() < 2 {
            self.fail("fewer than two decoys");
        }
        for decoy in &exercise.decoys {
            let attempt = start.clone().attempt(decoy.moves.clone(), limit_ms);
            if attempt.met || attempt.made < decoy.moves.len() {
                self.fail(format!("the decoy “{}” meets the goals or does not come to its end: {attempt:?}", decoy.name));
            }
        }
        for (name, moves) in [("the exact hint", &exercise.exact), ("the reference solution", &exercise.solution)] {
            let attempt = start.clone().attempt(moves.clone(), limit_ms);
            if !attempt.met || attempt.made < moves.len() {
                self.fail(format!("{name} does not meet the goals, or meets them too early: {attempt:?}"));
            }
        }
        self.rehearsal.answer(&Answer::ShowMe);
        if !self.rehearsal.attempt(Rc::from([]), limit_ms).met {
            self.fail("“Show me” does not meet the goals");
        }
        self.rehearsal.answer(&Answer::Continue);
    }
}

fn scene(rehearsal: &Rehearsal) -> Scene<'_> {
    let LessonRun { mark, .. } = rehearsal.lesson;
    Scene { sim: &rehearsal.sim, since: mark }
}

fn options(question: &Question) -> impl Iterator<Item = &crate::course::unit::OptionText> {
    match &question.ask {
        Ask::Options(options) => options.iter(),
        Ask::Ghosts { .. } | Ask::Number(_) => [].iter(),
    }
}
