//! Instances of one zone ordered by what remains of one resource, in blocks that keep the maximum of the other.
//!
//! `binpack` asks for the least remaining that still fits. Ordered on one resource alone, a search would walk over every
//! instance that lacks the other; a block whose maximum is too small is skipped whole. It must never decide what fits beyond
//! these two numbers: the caller's `accept` does.

use std::rc::Rc;

use crate::sim::ids::InstanceId;

/// Entries a block holds at most.
const BLOCK: usize = 32;
/// Neighbours that together hold no more than this become one.
const MERGE: usize = BLOCK / 2;

/// What remains of the ordering resource, then the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u64);

impl Key {
    fn of(remaining: u32, id: InstanceId) -> Self {
        Self(u64::from(remaining) << 32 | u64::from(id.0))
    }

    fn parts(self) -> (u32, InstanceId) {
        ((self.0 >> 32) as u32, InstanceId(self.0 as u32))
    }
}

#[derive(Clone, Debug)]
struct Block {
    len: usize,
    keys: [Key; BLOCK],
    others: [u32; BLOCK],
}

/// The order of one zone on one resource.
#[derive(Clone, Debug, Default)]
pub struct Order {
    blocks: Vec<Rc<Block>>,
    /// The first key of each block.
    firsts: Vec<Key>,
    /// The maximum of the other resource in each block.
    maxima: Vec<u32>,
}

impl Block {
    fn empty() -> Self {
        Self { len: 0, keys: [Key(0); BLOCK], others: [0; BLOCK] }
    }

    fn insert(&mut self, at: usize, key: Key, other: u32) {
        self.keys.copy_within(at..self.len, at + 1);
        self.others.copy_within(at..self.len, at + 1);
        self.keys[at] = key;
        self.others[at] = other;
        self.len += 1;
    }

    fn remove(&mut self, at: usize) -> u32 {
        let other = self.others[at];
        self.keys.copy_within(at + 1..self.len, at);
        self.others.copy_within(at + 1..self.len, at);
        self.len -= 1;
        other
    }

    fn keys(&self) -> &[Key] {
        &self.keys[..self.len]
    }

    fn maximum(&self) -> u32 {
        self.others[..self.len].iter().copied().max().unwrap_or(0)
    }

    /// Moves the entries from `at` on to the end of another block.
    fn move_to(&mut self, at: usize, to: &mut Block) {
        let moved = self.len - at;
        to.keys[to.len..to.len + moved].copy_from_slice(&self.keys[at..self.len]);
        to.others[to.len..to.len + moved].copy_from_slice(&self.others[at..self.len]);
        to.len += moved;
        self.len = at;
    }
}

impl Order {
    /// Adds an instance with what remains of the ordering resource and of the other.
    pub fn insert(&mut self, id: InstanceId, remaining: u32, other: u32) {
        let key = Key::of(remaining, id);
        if self.blocks.is_empty() {
            self.open(0, Block::empty());
        }
        let mut index = self.block_of(key);
        if self.blocks[index].len == BLOCK {
            let mut upper = Block::empty();
            Rc::make_mut(&mut self.blocks[index]).move_to(BLOCK / 2, &mut upper);
            self.note(index);
            self.open(index + 1, upper);
            index = self.block_of(key);
        }
        let block = Rc::make_mut(&mut self.blocks[index]);
        let at = block.keys().partition_point(|each| *each < key);
        block.insert(at, key, other);
        self.firsts[index] = block.keys[0];
        self.maxima[index] = self.maxima[index].max(other);
    }

    /// Removes an instance; `remaining` is what it was inserted with.
    pub fn remove(&mut self, id: InstanceId, remaining: u32) {
        let key = Key::of(remaining, id);
        let index = self.block_of(key);
        let block = Rc::make_mut(&mut self.blocks[index]);
        let at = block.keys().binary_search(&key).expect("the order holds every instance of its zone that takes tasks");
        let other = block.remove(at);
        if block.len == 0 {
            self.close(index);
            return;
        }
        self.firsts[index] = block.keys[0];
        if other == self.maxima[index] {
            self.maxima[index] = block.maximum();
        }
        if index + 1 < self.blocks.len() && self.blocks[index].len + self.blocks[index + 1].len <= MERGE {
            let mut upper = self.blocks[index + 1].clone();
            Rc::make_mut(&mut upper).move_to(0, Rc::make_mut(&mut self.blocks[index]));
            self.close(index + 1);
            self.note(index);
        }
    }

    /// The accepted instance with the least remaining that is at least `need`, of those with `need_other` of the other;
    /// equal ones by lowest id. With it comes what remains.
    pub fn least(&self, need: u32, need_other: u32, accept: impl FnMut(InstanceId) -> bool) -> Option<(u32, InstanceId)> {
        self.walk(need, need_other, accept).next()
    }

    /// The accepted instances with exactly `remaining` left, by id.
    pub fn equal(
        &self,
        remaining: u32,
        need_other: u32,
        accept: impl FnMut(InstanceId) -> bool,
    ) -> impl Iterator<Item = InstanceId> {
        self.walk(remaining, need_other, accept).take_while(move |(left, _)| *left == remaining).map(|(_, id)| id)
    }

    fn walk(
        &self,
        need: u32,
        need_other: u32,
        mut accept: impl FnMut(InstanceId) -> bool,
    ) -> impl Iterator<Item = (u32, InstanceId)> {
        let from = Key::of(need, InstanceId(0));
        let start = self.firsts.partition_point(|first| *first <= from).saturating_sub(1);
        (start..self.blocks.len())
            .filter(move |index| self.maxima[*index] >= need_other)
            .flat_map(move |index| {
                let block = &*self.blocks[index];
                let skip = if index == start { block.keys().partition_point(|key| *key < from) } else { 0 };
                (skip..block.len).filter(move |at| block.others[*at] >= need_other).map(|at| block.keys[at].parts())
            })
            .filter(move |(_, id)| accept(*id))
    }

    /// Every entry in order: what remains, the id, what remains of the other.
    pub fn iter(&self) -> impl Iterator<Item = (u32, InstanceId, u32)> + '_ {
        self.blocks.iter().flat_map(|block| {
            (0..block.len).map(|at| {
                let (remaining, id) = block.keys[at].parts();
                (remaining, id, block.others[at])
            })
        })
    }

    /// What is noted of each block agrees with its entries, which are in order.
    pub fn check(&self) -> Result<(), String> {
        for (index, block) in self.blocks.iter().enumerate() {
            if block.len == 0 || self.firsts[index] != block.keys[0] || self.maxima[index] != block.maximum() {
                return Err(format!("block {index} of an order is not as noted"));
            }
        }
        let keys: Vec<Key> = self.blocks.iter().flat_map(|block| block.keys().iter().copied()).collect();
        if keys.is_sorted_by(|a, b| a < b) { Ok(()) } else { Err("an order is out of order".into()) }
    }

    fn block_of(&self, key: Key) -> usize {
        self.firsts.partition_point(|first| *first <= key).saturating_sub(1)
    }

    fn note(&mut self, index: usize) {
        self.firsts[index] = self.blocks[index].keys[0];
        self.maxima[index] = self.blocks[index].maximum();
    }

    fn open(&mut self, index: usize, block: Block) {
        self.firsts.insert(index, block.keys[0]);
        self.maxima.insert(index, block.maximum());
        self.blocks.insert(index, Rc::new(block));
    }

    fn close(&mut self, index: usize) {
        self.blocks.remove(index);
        self.firsts.remove(index);
        self.maxima.remove(index);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::random::{Concern, Stream};

    /// What the order must answer, by looking at every entry.
    fn least_of(entries: &[(u32, u32, u32)], need: u32, need_other: u32) -> Option<(u32, InstanceId)> {
        let fit = entries.iter().filter(|(_, remaining, other)| *remaining >= need && *other >= need_other);
        fit.map(|(id, remaining, _)| (*remaining, InstanceId(*id))).min()
    }

    #[test]
    fn churn_keeps_the_order_and_its_answers() {
        let mut stream = Stream::of(1, Concern::Placement, &[]);
        let mut entries: Vec<(u32, u32, u32)> = Vec::new();
        let mut order = Order::default();
        for round in 0..4_000_u32 {
            let grow = if round < 1_500 { 70 } else { 40 };
            if entries.is_empty() || stream.percent(grow) {
                let entry = (round + 1, stream.below(200) as u32, stream.below(50) as u32);
                order.insert(InstanceId(entry.0), entry.1, entry.2);
                entries.push(entry);
            } else {
                let entry = entries.swap_remove(stream.below(entries.len() as u64) as usize);
                order.remove(InstanceId(entry.0), entry.1);
            }
            order.check().unwrap();
            let (need, need_other) = (stream.below(220) as u32, stream.below(55) as u32);
            assert_eq!(order.least(need, need_other, |_| true), least_of(&entries, need, need_other));
        }
        assert_eq!(order.iter().count(), entries.len());
    }

    #[test]
    fn equal_ones_come_by_id_and_only_those_accepted() {
        let mut order = Order::default();
        for (id, remaining) in [(5, 10), (2, 10), (9, 10), (1, 20), (3, 9)] {
            order.insert(InstanceId(id), remaining, 7);
        }
        let ids: Vec<u32> = order.equal(10, 7, |id| id.0 != 5).map(|id| id.0).collect();
        assert_eq!(ids, [2, 9]);
        assert_eq!(order.equal(10, 8, |_| true).count(), 0);
        assert_eq!(order.least(11, 0, |_| true), Some((20, InstanceId(1))));
    }
}
