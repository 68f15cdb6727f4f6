//! A goal: a condition over state and time, and how far a run has come with it.
//!
//! A tracker is told the state after every change (and at the instants it asks for); between two tellings a condition is taken
//! to be as it was. Start reading at [`Tracker::observe`].

use std::rc::Rc;

use crate::course::condition::Condition;
use crate::course::prose::Prose;
use crate::course::query::{Mark, Scene};
use crate::sim::time::{Millis, span};

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

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Progress {
    /// Since when the condition holds.
    held_since_ms: Option<Millis>,
    met: bool,
    violated: bool,
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
            let late = goal.within_ms.is_some_and(|within| now_ms > self.mark.at_ms + within);
            if !progress.met && !progress.violated && (all_before || !goal.then) {
                step(goal, progress, goal.condition.holds(scene), now_ms);
                progress.violated |= late && !progress.met;
            }
            all_before &= progress.met || (goal.is_kept() && !progress.violated);
        }
    }

    /// Everything to be met is met and everything to be kept is kept.
    pub fn is_met(&self) -> bool {
        let mut pairs = self.goals.iter().zip(&self.progress);
        pairs.all(|(goal, progress)| if goal.is_kept() { !progress.violated } else { progress.met })
    }

    /// Some goal cannot be met any more.
    pub fn is_violated(&self) -> bool {
        self.progress.iter().any(|progress| progress.violated)
    }

    /// The next instant at which time alone changes something.
    pub fn next_stop_ms(&self, now_ms: Millis) -> Option<Millis> {
        let pairs = self.goals.iter().zip(&self.progress).filter(|(_, progress)| !progress.met && !progress.violated);
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

fn step(goal: &Goal, progress: &mut Progress, holds: bool, now_ms: Millis) {
    match goal.over {
        Over::Eventually => progress.met |= holds,
        Over::For(length) => {
            progress.met |= progress.held_since_ms.is_some_and(|since| now_ms >= since + length);
            progress.held_since_ms = if holds { progress.held_since_ms.or(Some(now_ms)) } else { None };
        }
        Over::Always => progress.violated |= !holds,
        Over::Never => progress.violated |= holds,
    }
}

fn standing(goal: &Goal, progress: &Progress, scene: &Scene, all_met: bool) -> Standing {
    if progress.violated {
        return Standing::Violated;
    }
    if progress.met || (goal.is_kept() && all_met) {
        return Standing::Met;
    }
    if goal.is_kept() || progress.held_since_ms.is_some() || goal.condition.count_held(scene) > 0 {
        return Standing::Partly;
    }
    Standing::NotYet
}

fn number(goal: &Goal, progress: &Progress, scene: &Scene, mark: Mark) -> String {
    let now_ms = scene.sim.now_ms();
    let left = |until_ms: Millis| format!("{} left", span(until_ms.saturating_sub(now_ms)));
    match (goal.over, progress.held_since_ms, goal.within_ms) {
        (Over::For(length), Some(since), _) if !progress.met => left(since + length),
        (_, _, Some(within)) if !progress.met && !progress.violated => left(mark.at_ms + within),
        (Over::Eventually | Over::For(_) | Over::Always | Over::Never, _, _) => goal.condition.number(scene),
    }
}
