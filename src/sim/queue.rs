//! The simulator's own future: events in order of time, equal times in order of insertion.
//!
//! A hierarchical timer wheel, because a heap's cost grows with the cluster: four levels of 256 slots, a slot of the lowest level
//! being one millisecond and a slot of each other level all of the level below. An event lies at the lowest level whose slots tell
//! its time from the wheel's. Slots are first in, first out, and a slot is dealt out to the levels below before anything can be
//! put there directly, so equal times keep their order. It must never look into an event. Start reading at [`Queue::pop_until`].

use crate::sim::event::Event;
use crate::sim::ids::ObservationId;
use crate::sim::time::Millis;

/// An event that will happen, and the observation that caused it.
#[derive(Clone, Debug, Hash)]
pub struct Scheduled {
    pub at_ms: Millis,
    sequence: u64,
    pub cause: Option<ObservationId>,
    pub event: Event,
}

/// Everything that will happen as things stand.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Never later than the present: what is pushed later than this finds its place.
    wheel_ms: Millis,
    /// [`SLOTS`] for each level, then one for what is beyond the highest (49 days).
    slots: Vec<Slot>,
    /// For each level, which of its slots hold anything.
    occupied: [[u64; SLOTS / 64]; LEVELS],
    nodes: Vec<Node>,
    /// The first of the nodes that hold nothing.
    free: u32,
    len: usize,
    sequence: u64,
}

/// An event in its slot; the next one is behind it.
#[derive(Clone, Debug)]
struct Node {
    scheduled: Option<Scheduled>,
    next: u32,
}

/// The first and the last node of a list.
#[derive(Clone, Copy, Debug)]
struct Slot {
    first: u32,
    last: u32,
}

const LEVELS: usize = 4;
const SLOTS: usize = 256;
const SLOT_BITS: u32 = SLOTS.ilog2();
/// The slot beyond all levels.
const BEYOND: usize = LEVELS * SLOTS;
/// No node.
const NONE: u32 = u32::MAX;
const EMPTY: Slot = Slot { first: NONE, last: NONE };

impl Default for Queue {
    fn default() -> Self {
        Self {
            wheel_ms: 0,
            slots: vec![EMPTY; BEYOND + 1],
            occupied: Default::default(),
            nodes: Vec::new(),
            free: NONE,
            len: 0,
            sequence: 0,
        }
    }
}

impl Queue {
    /// Adds an event. Nothing can be added before what has been taken out.
    pub fn push(&mut self, at_ms: Millis, cause: Option<ObservationId>, event: Event) {
        debug_assert!(at_ms >= self.wheel_ms, "the past is over");
        self.sequence += 1;
        self.len += 1;
        let scheduled = Some(Scheduled { at_ms, sequence: self.sequence, cause, event });
        let node = match self.nodes.get_mut(self.free as usize) {
            Some(node) => {
                node.scheduled = scheduled;
                std::mem::replace(&mut self.free, node.next)
            }
            None => {
                self.nodes.push(Node { scheduled, next: NONE });
                self.nodes.len() as u32 - 1
            }
        };
        self.put(node, at_ms);
    }

    /// The instant of the next event.
    pub fn next_at(&self) -> Option<Millis> {
        match self.first_slot()? {
            (0, slot) => Some(self.begin_of(0, slot)),
            (level, slot) => self.earliest_in(level * SLOTS + slot),
        }
    }

    /// Takes the next event out if it is due at `until_ms` or before.
    pub fn pop_until(&mut self, until_ms: Millis) -> Option<Scheduled> {
        loop {
            let (level, slot) = self.first_slot()?;
            let begin_ms = self.begin_of(level, slot);
            if level == 0 {
                return if begin_ms <= until_ms { Some(self.pop_first(slot, begin_ms)) } else { None };
            }
            // The wheel turns only if something is due: until then an earlier event may still come.
            let is_due = begin_ms | low_bits(level) <= until_ms && level < LEVELS
                || begin_ms <= until_ms && self.earliest_in(level * SLOTS + slot)? <= until_ms;
            if !is_due {
                return None;
            }
            self.deal_out(level, slot);
        }
    }

    /// Everything that waits, earliest first.
    pub fn in_order(&self) -> Vec<&Scheduled> {
        let mut waiting: Vec<_> = self.nodes.iter().filter_map(|node| node.scheduled.as_ref()).collect();
        waiting.sort_by_key(|scheduled| (scheduled.at_ms, scheduled.sequence));
        waiting
    }

    /// How many events wait.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True when nothing will ever happen again.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The level and the slot of the next event; level [`LEVELS`], slot 0 when all are beyond.
    fn first_slot(&self) -> Option<(usize, usize)> {
        for (level, occupied) in self.occupied.iter().enumerate() {
            for (word, bits) in occupied.iter().enumerate() {
                if *bits != 0 {
                    return Some((level, word * 64 + bits.trailing_zeros() as usize));
                }
            }
        }
        (self.slots[BEYOND].first != NONE).then_some((LEVELS, 0))
    }

    /// When a slot begins, seen from the wheel's time. What is beyond may be as early as the end of the highest level.
    fn begin_of(&self, level: usize, slot: usize) -> Millis {
        if level == LEVELS {
            return (self.wheel_ms | low_bits(LEVELS)) + 1;
        }
        (self.wheel_ms & !low_bits(level + 1)) | (slot as u64) << (level as u32 * SLOT_BITS)
    }

    fn earliest_in(&self, slot: usize) -> Option<Millis> {
        let mut node = self.slots[slot].first;
        let instants = std::iter::from_fn(|| {
            let Node { scheduled, next } = self.nodes.get(node as usize)?;
            node = *next;
            scheduled.as_ref().map(|scheduled| scheduled.at_ms)
        });
        instants.min()
    }

    /// Turns the wheel to the millisecond of a slot and takes out its first event.
    fn pop_first(&mut self, slot: usize, at_ms: Millis) -> Scheduled {
        self.wheel_ms = at_ms;
        let number = self.slots[slot].first;
        let node = &mut self.nodes[number as usize];
        let scheduled = node.scheduled.take().expect("a node in a slot holds an event");
        self.slots[slot].first = node.next;
        if node.next == NONE {
            self.occupied[0][slot / 64] &= !(1 << (slot % 64));
        }
        node.next = self.free;
        self.free = number;
        self.len -= 1;
        scheduled
    }

    /// Turns the wheel to the begin of a slot and puts its events, in order, where they now belong.
    fn deal_out(&mut self, level: usize, slot: usize) {
        let index = level * SLOTS + slot;
        if level == LEVELS {
            let earliest_ms = self.earliest_in(index).expect("something is beyond");
            self.wheel_ms = earliest_ms & !low_bits(LEVELS);
        } else {
            self.wheel_ms = self.begin_of(level, slot);
            self.occupied[level][slot / 64] &= !(1 << (slot % 64));
        }
        let mut number = std::mem::replace(&mut self.slots[index], EMPTY).first;
        while let Some(node) = self.nodes.get(number as usize) {
            let (next, at_ms) = (node.next, node.scheduled.as_ref().expect("a node in a slot holds an event").at_ms);
            self.put(number, at_ms);
            number = next;
        }
    }

    /// Puts a node at the end of the slot of its time.
    fn put(&mut self, number: u32, at_ms: Millis) {
        let differing = at_ms ^ self.wheel_ms;
        let level = (0..LEVELS).find(|level| differing <= low_bits(level + 1)).unwrap_or(LEVELS);
        let mut index = BEYOND;
        if level < LEVELS {
            let slot = (at_ms >> (level as u32 * SLOT_BITS)) as usize % SLOTS;
            self.occupied[level][slot / 64] |= 1 << (slot % 64);
            index = level * SLOTS + slot;
        }
        self.nodes[number as usize].next = NONE;
        let Slot { first, last } = &mut self.slots[index];
        if *first == NONE {
            *first = number;
        } else {
            self.nodes[*last as usize].next = number;
        }
        *last = number;
    }
}

/// A mask of the bits of a time that the levels below `level` tell apart.
fn low_bits(level: usize) -> u64 {
    (1 << (level as u32 * SLOT_BITS)) - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::event::ControlTimer;
    use crate::sim::ids::TaskId;
    use crate::sim::random::{Concern, Stream};

    fn push(queue: &mut Queue, at_ms: Millis, number: u32) {
        queue.push(at_ms, None, Event::Control(ControlTimer::Forget(TaskId(number))));
    }

    fn number(scheduled: &Scheduled) -> u32 {
        let Event::Control(ControlTimer::Forget(task)) = scheduled.event else { panic!("only these were pushed") };
        task.0
    }

    /// Spans of all levels and beyond, and looks ahead that find nothing due.
    #[test]
    fn events_come_in_order_of_time_and_then_of_insertion() {
        let mut stream = Stream::of(1, Concern::Placement, &[]);
        let mut queue = Queue::default();
        let mut waiting: Vec<(Millis, u32)> = Vec::new();
        let mut now_ms = 0;
        for round in 0..60_000 {
            if stream.percent(if round < 30_000 { 55 } else { 45 }) {
                let spans = [1, 3, 300, 70_000, 20_000_000, 5_000_000_000, 1 << 36];
                let span_ms = spans[stream.below(7) as usize];
                let at_ms = now_ms + stream.below(span_ms);
                push(&mut queue, at_ms, round);
                waiting.push((at_ms, round));
            } else {
                let until_ms = now_ms + (1 << stream.below(34));
                let first = waiting.iter().copied().min();
                assert_eq!(queue.next_at(), first.map(|(at_ms, _)| at_ms));
                let popped = queue.pop_until(until_ms).map(|scheduled| (scheduled.at_ms, number(&scheduled)));
                assert_eq!(popped, first.filter(|(at_ms, _)| *at_ms <= until_ms));
                if let Some(popped) = popped {
                    now_ms = popped.0;
                    waiting.retain(|each| *each != popped);
                } else if stream.percent(10) {
                    now_ms = until_ms;
                }
            }
            assert_eq!(queue.len(), waiting.len());
        }
        waiting.sort_unstable();
        let in_order: Vec<_> = queue.in_order().into_iter().map(|each| (each.at_ms, number(each))).collect();
        assert_eq!(in_order, waiting);
    }

    #[test]
    fn a_copy_goes_its_own_way() {
        let mut queue = Queue::default();
        (1..=5).for_each(|at| push(&mut queue, u64::from(at) * 1_000, at));
        let mut copy = queue.clone();
        assert_eq!(queue.pop_until(9_000).map(|each| number(&each)), Some(1));
        push(&mut copy, 500, 9);
        assert_eq!(copy.pop_until(9_000).map(|each| number(&each)), Some(9));
        assert_eq!(queue.pop_until(9_000).map(|each| number(&each)), Some(2));
        assert_eq!(copy.pop_until(900).map(|each| number(&each)), None);
    }
}
