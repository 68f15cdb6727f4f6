//! Actions in order: the reference solution, a decoy, the exact hint, what a run begins with. Each waits for its time and for
//! its condition, so that it can be played on a run that is not exactly the author's.

use std::rc::Rc;

use crate::course::condition::Condition;
use crate::course::query::Scene;
use crate::import::action::Action;
use crate::sim::time::Millis;

/// One action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// How long after the move before, or after the beginning.
    pub wait_ms: Millis,
    /// What must be so as well.
    pub when: Option<Condition>,
    pub action: Action,
    /// How a hint leads in to it: `When they all run:`
    pub say: Option<Rc<str>>,
}

/// Plays moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Player {
    moves: Rc<[Move]>,
    next: usize,
    last_at_ms: Millis,
}

impl Player {
    /// Ready for the first of `moves`.
    pub fn new(moves: Rc<[Move]>, now_ms: Millis) -> Self {
        Self { moves, next: 0, last_at_ms: now_ms }
    }

    /// The next move, when it is due; it then counts as made.
    pub fn due(&mut self, scene: &Scene) -> Option<Move> {
        let next = self.moves.get(self.next)?;
        let now_ms = scene.sim.now_ms();
        let due = now_ms >= self.last_at_ms + next.wait_ms && next.when.as_ref().is_none_or(|when| when.holds(scene));
        if !due {
            return None;
        }
        let made = next.clone();
        (self.next, self.last_at_ms) = (self.next + 1, now_ms);
        Some(made)
    }

    /// The instant the next move waits for, if it is yet to come.
    pub fn next_stop_ms(&self, now_ms: Millis) -> Option<Millis> {
        let at_ms = self.last_at_ms + self.moves.get(self.next)?.wait_ms;
        (at_ms > now_ms).then_some(at_ms)
    }

    /// Every move has been made.
    pub fn is_over(&self) -> bool {
        self.next == self.moves.len()
    }

    /// Moves made so far.
    pub fn made(&self) -> usize {
        self.next
    }
}
