//! A goal: a condition over state and time, and how far a run has come with it.
//!
//! A tracker is told the state after every change (and at the instants it asks for); between two tellings a condition is taken
//! to be as it was. Start reading at [`Tracker::observe`].

use std::rc::Rc;

use crate::course::condition::Condition;
use crate::course::prose::Prose;
use crate::course::query::{Mark, Scene};
use crate::sim::time::{Millis, SECOND, span};

/// One goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    pub text: Prose,
    pub condition: Condition,
    pub over: Over,
    /// It counts only from the moment all goals before it are met.
    pub then: bool,
    /// It must be met within this time of the beginning.
    pub within_ms: Option<Millis>,
}

/// When the condition must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Once is enough.
    Eventually,
    /// Without a break for this long.
    For(Millis),
    /// From beginning to end.
    Always,
    /// At no instant.
    Never,
}

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    NotYet,
    /// On the way, or kept so far.
    Partly,
    Met,
    /// Cannot be met any more.
    Violated,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Progress {
    /// It counts already.
    begun: bool,
    /// Since when the condition holds.
    held_since_ms: Option<Millis>,
    met: bool,
    /// The number that mattered when it became impossible to meet.
    violated: Option<Rc<str>>,
}

impl Progress {
    fn is_settled(&self) -> bool {
        self.met || self.violated.is_some()
    }
}

/// How far a run has come with the goals of a step.
#[derive(Clone, Debug)]
pub struct Tracker {
    goals: Rc<[Goal]>,
    progress: Vec<Progress>,
    mark: Mark,
}

impl Tracker {
    /// Counts from the present moment.
    pub fn begin(goals: Rc<[Goal]>, mark: Mark) -> Self {
        Self { progress: vec![Progress::default(); goals.len()], goals, mark }
    }

    /// Where it counts from.
    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// Takes note of the state.
    pub fn observe(&mut self, scene: &Scene) {
        let now_ms = scene.sim.now_ms();
        let mut all_before = true;
        for (goal, progress) in self.goals.iter().zip(&mut self.progress) {
            progress.begun |= all_before || !goal.then;
            if progress.begun && !progress.is_settled() {
                step(goal, progress, scene);
                let late = goal.within_ms.is_some_and(|within| now_ms > self.mark.at_ms + within);
                if late && !progress.met && !goal.is_kept() {
                    progress.violated = Some(Rc::from("too late"));
                }
            }
            all_before &= progress.met || (goal.is_kept() && progress.violated.is_none());
        }
    }

    /// Everything to be met is met and everything to be kept is kept.
    pub fn is_met(&self) -> bool {
        let mut pairs = self.goals.iter().zip(&self.progress);
        pairs.all(|(goal, progress)| if goal.is_kept() { progress.violated.is_none() } else { progress.met })
    }

    /// Some goal cannot be met any more.
    pub fn is_violated(&self) -> bool {
        self.progress.iter().any(|progress| progress.violated.is_some())
    }

    /// The next instant at which time alone changes something.
    pub fn next_stop_ms(&self, now_ms: Millis) -> Option<Millis> {
        let pairs = self.goals.iter().zip(&self.progress).filter(|(_, progress)| !progress.is_settled());
        pairs
            .flat_map(|(goal, progress)| {
                let held = match goal.over {
                    Over::For(length) => progress.held_since_ms.map(|since| since + length),
                    Over::Eventually | Over::Always | Over::Never => None,
                };
                [held, goal.within_ms.map(|within| self.mark.at_ms + within + 1)]
            })
            .flatten()
            .filter(|at_ms| *at_ms > now_ms)
            .min()
    }

    /// How each goal stands, and the number that matters.
    pub fn standings(&self, scene: &Scene) -> Vec<(&Goal, Standing, String)> {
        let all_met = self.is_met();
        let pairs = self.goals.iter().zip(&self.progress);
        pairs
            .map(|(goal, progress)| (goal, standing(goal, progress, scene, all_met), number(goal, progress, scene, self.mark)))
            .collect()
    }
}

impl Goal {
    /// It is something to keep, not something to reach.
    pub fn is_kept(&self) -> bool {
        match self.over {
            Over::Always | Over::Never => true,
            Over::Eventually | Over::For(_) => false,
        }
    }
}

fn step(goal: &Goal, progress: &mut Progress, scene: &Scene) {
    let (holds, now_ms) = (goal.condition.holds(scene), scene.sim.now_ms());
    let violated = match goal.over {
        Over::Eventually => {
            progress.met |= holds;
            false
        }
        Over::For(length) => {
            progress.met |= progress.held_since_ms.is_some_and(|since| now_ms >= since + length);
            progress.held_since_ms = if holds { progress.held_since_ms.or(Some(now_ms)) } else { None };
            false
        }
        Over::Always => !holds,
        Over::Never => holds,
    };
    if violated {
        progress.violated = Some(Rc::from(goal.condition.number(scene)));
    }
}

fn standing(goal: &Goal, progress: &Progress, scene: &Scene, all_met: bool) -> Standing {
    if progress.violated.is_some() {
        return Standing::Violated;
    }
    if progress.met || (goal.is_kept() && all_met) {
        return Standing::Met;
    }
    let on_the_way = goal.is_kept() || progress.held_since_ms.is_some() || goal.condition.count_held(scene) > 0;
    if progress.begun && on_the_way { Standing::Partly } else { Standing::NotYet }
}

fn number(goal: &Goal, progress: &Progress, scene: &Scene, mark: Mark) -> String {
    if let Some(number) = &progress.violated {
        return number.to_string();
    }
    match (goal.over, progress.held_since_ms, goal.within_ms) {
        (Over::For(length), _, _) if progress.met => format!("held {}", span(length)),
        (Over::Eventually, _, _) if progress.met => "reached".to_string(),
        (Over::For(length), Some(since), _) => left(since + length, scene),
        (Over::Eventually | Over::For(_), _, Some(within)) => left(mark.at_ms + within, scene),
        (Over::Eventually | Over::For(_) | Over::Always | Over::Never, _, _) => goal.condition.number(scene),
    }
}

/// Whole seconds: a countdown that shows tenths is hard to read.
fn left(until_ms: Millis, scene: &Scene) -> String {
    let seconds = until_ms.saturating_sub(scene.sim.now_ms()).div_ceil(SECOND);
    if seconds < 10 { format!("{seconds} s left") } else { format!("{} left", span(seconds * SECOND)) }
}
