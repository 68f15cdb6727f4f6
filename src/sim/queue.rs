//! The simulator's own future: events in order of time, equal times in order of insertion.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::sim::event::Event;
use crate::sim::ids::ObservationId;
use crate::sim::time::Millis;

/// An event that will happen, and the observation that caused it.
#[expect(clippy::derived_hash_with_manual_eq, reason = "equal sequence numbers are one and the same event")]
#[derive(Clone, Debug, Hash)]
pub struct Scheduled {
    pub at_ms: Millis,
    sequence: u64,
    pub cause: Option<ObservationId>,
    pub event: Event,
}

/// Everything that will happen as things stand.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    heap: BinaryHeap<Scheduled>,
    sequence: u64,
}

impl Queue {
    /// Adds an event.
    pub fn push(&mut self, at_ms: Millis, cause: Option<ObservationId>, event: Event) {
        self.sequence += 1;
        self.heap.push(Scheduled { at_ms, sequence: self.sequence, cause, event });
    }

    /// The instant of the next event.
    pub fn next_at(&self) -> Option<Millis> {
        self.heap.peek().map(|scheduled| scheduled.at_ms)
    }

    /// Takes the next event out if it is due at `until_ms` or before.
    pub fn pop_until(&mut self, until_ms: Millis) -> Option<Scheduled> {
        if self.next_at()? <= until_ms { self.heap.pop() } else { None }
    }

    /// Everything that waits, earliest first.
    pub fn in_order(&self) -> Vec<&Scheduled> {
        let mut waiting: Vec<_> = self.heap.iter().collect();
        waiting.sort_by_key(|scheduled| (scheduled.at_ms, scheduled.sequence));
        waiting
    }

    /// How many events wait.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// True when nothing will ever happen again.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
}

impl PartialEq for Scheduled {
    fn eq(&self, other: &Self) -> bool {
        (self.at_ms, self.sequence) == (other.at_ms, other.sequence)
    }
}

impl Eq for Scheduled {}

impl PartialOrd for Scheduled {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Scheduled {
    /// Reversed, because `BinaryHeap` gives the greatest first.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at_ms, other.sequence).cmp(&(self.at_ms, self.sequence))
    }
}
