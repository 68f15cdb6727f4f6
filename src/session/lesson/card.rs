//! The lesson as the page draws it.

use std::rc::Rc;

use crate::course::goal::Standing;
use crate::course::query::Scene;
use crate::course::unit::{Ask, Question, StepKind};
use crate::session::frame::{CardKind, CardView, Choice, GoalState, GoalView, LessonStep, LessonView, OptionView, RailState};
use crate::session::intent::Intent;
use crate::session::lesson::answer_key::{Key, Reply, Verdict};
use crate::session::lesson::board::HueOf;
use crate::session::lesson::hints;
use crate::session::lesson::stage::{Doing, Running, Stage};
use crate::session::lesson::{Answer, LessonRun};
use crate::sim::engine::Sim;

impl LessonRun {
    /// The lesson at this instant.
    pub fn view(&self, sim: &Sim, hue: HueOf) -> LessonView {
        let scene = Scene { sim, since: self.mark };
        let doing = if let Stage::Doing(doing) = &self.stage { Some(doing) } else { None };
        let again = match doing {
            Some(_) => choice("Start this step again", Answer::AgainStep),
            None => choice("Start this unit again", Answer::Again),
        };
        LessonView {
            part: self.unit.part.clone(),
            title: self.unit.title.clone(),
            steps: self.rail(),
            card: self.card(&scene, hue),
            goals: doing.map_or_else(Vec::new, |doing| goals(doing, &scene)),
            hints: self.hints(doing, &scene),
            more_hints: doing.filter(|doing| doing.hints < hints::COUNT).map(|doing| next_hint(doing.hints)),
            show_me: doing.map(show_me),
            again,
            leave: Choice { label: Rc::from("Leave"), intent: Intent::LeaveUnit, refused: None },
        }
    }

    fn rail(&self) -> Vec<LessonStep> {
        let state = |index: usize| match index.cmp(&self.step) {
            std::cmp::Ordering::Less => RailState::Passed,
            std::cmp::Ordering::Equal => RailState::Current,
            std::cmp::Ordering::Greater => RailState::Ahead,
        };
        let steps = self.unit.steps.iter().enumerate();
        steps.map(|(index, step)| LessonStep { title: step.title.clone(), state: state(index) }).collect()
    }

    fn hints(&self, doing: Option<&Doing>, scene: &Scene) -> Vec<Rc<str>> {
        match (doing, self.exercise()) {
            (Some(doing), Some(exercise)) => hints::hints(exercise, doing.hints, scene),
            (Some(_) | None, _) => Vec::new(),
        }
    }

    fn card(&self, scene: &Scene, hue: HueOf) -> CardView {
        let mut text = self.text.clone();
        let (kind, go_on) = match &self.stage {
            Stage::Opening => (CardKind::Reading, None),
            Stage::Reading => (self.reading(), self.may_continue().then(|| choice("Continue", Answer::Continue))),
            Stage::Predicting(reply) => (self.asking(reply, None, scene, hue), Some(commit("Commit and run", reply))),
            Stage::Running(_) => (self.running(scene), None),
            Stage::Reporting(reply, _) => (self.asking(reply, None, scene, hue), Some(commit("Send report", reply))),
            Stage::Reported(reply, key, verdict) => {
                let kind = self.reported(reply, key, verdict, scene, hue, &mut text);
                (kind, self.may_continue().then(|| choice("Continue", Answer::Continue)))
            }
            Stage::Doing(doing) => {
                text.extend(doing.shown.as_ref().map(|shown| Rc::from(format!("Shown: {}", hints::sentence(shown, scene.sim)))));
                let refused = (!doing.tracker.is_met()).then(|| Rc::from("The goals below are not met yet."));
                (CardKind::Doing, Some(Choice { refused, ..choice("Continue", Answer::Continue) }))
            }
        };
        CardView { text, kind, go_on }
    }

    /// An explanation also says how the prediction turned out.
    fn reading(&self) -> CardKind {
        let verdict = self.prediction.as_ref().and_then(|prediction| prediction.verdict.as_ref());
        match (&self.step_now().kind, verdict) {
            (StepKind::Explain(_), Some(verdict)) => CardKind::Feedback { right: verdict.right, text: verdict.text.clone() },
            (StepKind::Done, _) => CardKind::Done,
            (
                StepKind::Situation
                | StepKind::Predict(_)
                | StepKind::Run(_)
                | StepKind::Report(_)
                | StepKind::Explain(_)
                | StepKind::Do(_),
                _,
            ) => CardKind::Reading,
        }
    }

    fn running(&self, scene: &Scene) -> CardKind {
        match &self.step_now().kind {
            StepKind::Run(run) => CardKind::Running(Running::permille(run, self.mark, scene.sim.now_ms())),
            StepKind::Situation
            | StepKind::Predict(_)
            | StepKind::Report(_)
            | StepKind::Explain(_)
            | StepKind::Do(_)
            | StepKind::Done => CardKind::Reading,
        }
    }

    fn question(&self) -> Option<&Question> {
        match &self.step_now().kind {
            StepKind::Predict(question) | StepKind::Report(question) => Some(question),
            StepKind::Situation | StepKind::Run(_) | StepKind::Explain(_) | StepKind::Do(_) | StepKind::Done => None,
        }
    }

    /// `key` only after the answer is in.
    fn asking(&self, reply: &Reply, key: Option<&Key>, scene: &Scene, hue: HueOf) -> CardKind {
        match (self.question().map(|question| &question.ask), reply) {
            (Some(Ask::Ghosts { .. }), Reply::Ghosts(puts)) => CardKind::Ghosts(self.ghost_choices(puts, scene.sim, hue)),
            (Some(Ask::Options(options)), Reply::Option(chosen)) => {
                let view = |(index, option): (usize, &crate::course::unit::OptionText)| {
                    let label: Rc<str> = Rc::from(option.text.render(scene));
                    OptionView {
                        choice: Choice { label: label.clone(), ..choice("", Answer::Choose(index as u32)) },
                        label,
                        chosen: *chosen == Some(index as u32),
                        right: key.and_then(|key| key.option(index)),
                    }
                };
                CardKind::Options(options.iter().enumerate().map(view).collect())
            }
            (Some(Ask::Number(asked)), Reply::Number(value)) => {
                let asked_for = matches!(self.step_now().kind, StepKind::Predict(_));
                let name = if asked_for { "Your prediction" } else { "What you saw" };
                CardKind::Number { name, value: *value, unit: asked.unit.clone(), least: asked.least, most: asked.most }
            }
            (Some(_) | None, _) => CardKind::Reading,
        }
    }

    /// Options keep standing, marked; anything else gives way to the feedback.
    fn reported(
        &self,
        reply: &Reply,
        key: &Key,
        verdict: &Verdict,
        scene: &Scene,
        hue: HueOf,
        text: &mut Vec<Rc<str>>,
    ) -> CardKind {
        match reply {
            Reply::Option(_) => {
                text.push(verdict.text.clone());
                self.asking(reply, Some(key), scene, hue)
            }
            Reply::Ghosts(_) | Reply::Number(_) => CardKind::Feedback { right: verdict.right, text: verdict.text.clone() },
        }
    }
}

fn choice(label: &str, answer: Answer) -> Choice {
    Choice { label: Rc::from(label), intent: Intent::Lesson(answer), refused: None }
}

fn commit(label: &str, reply: &Reply) -> Choice {
    Choice { refused: reply.missing().map(Rc::from), ..choice(label, Answer::Commit) }
}

fn next_hint(shown: usize) -> Choice {
    let label = match shown {
        0 => "A nudge",
        1 => "Where to look",
        _ => "Exactly what to do",
    };
    choice(label, Answer::Hint)
}

fn show_me(doing: &Doing) -> Choice {
    let refused = if doing.tracker.is_violated() {
        Some("A goal cannot be met any more; start this step again first.")
    } else if doing.show.is_some() {
        Some("The solution is being shown.")
    } else if doing.tracker.is_met() {
        Some("The goals are met.")
    } else {
        None
    };
    Choice { refused: refused.map(Rc::from), ..choice("Show me", Answer::ShowMe) }
}

fn goals(doing: &Doing, scene: &Scene) -> Vec<GoalView> {
    let view = |(goal, standing, number): (&crate::course::goal::Goal, Standing, String)| GoalView {
        text: Rc::from(goal.text.render(scene)),
        state: match standing {
            Standing::NotYet => GoalState::NotYet,
            Standing::Partly => GoalState::Partly,
            Standing::Met => GoalState::Met,
            Standing::Violated => GoalState::Violated,
        },
        number: Rc::from(number),
    };
    doing.tracker.standings(scene).into_iter().map(view).collect()
}
