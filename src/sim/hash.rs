//! A fixed hash of runs: the same number on the host and in the browser, in every build.
//!
//! Nothing here may depend on the width of a pointer or on the hasher of the standard library, which promises nothing.
//! Start reading at [`Sim::state_hash`] and [`hash_observations`].

use std::hash::{Hash, Hasher};

use crate::sim::decision::DecisionSummary;
use crate::sim::engine::Sim;
use crate::sim::observation::Observation;
use crate::sim::random;

/// Folds words of 64 bits; every width of integer is widened to that first.
#[derive(Clone, Debug)]
pub struct Fold(u64);

impl Fold {
    /// Goes on from an earlier hash; 0 to begin.
    pub fn from(hash: u64) -> Self {
        Self(hash)
    }

    fn word(&mut self, word: u64) {
        self.0 = random::mix(&[self.0, word]);
    }
}

impl Hasher for Fold {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.word(bytes.len() as u64);
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.word(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.word(u64::from(number));
    }

    fn write_u16(&mut self, number: u16) {
        self.word(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.word(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.word(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.word(number as u64);
    }

    fn write_i32(&mut self, number: i32) {
        self.word(i64::from(number) as u64);
    }

    fn write_i64(&mut self, number: i64) {
        self.word(number as u64);
    }

    /// The number of an enum's variant comes this way.
    fn write_isize(&mut self, number: isize) {
        self.word(number as i64 as u64);
    }
}

impl Hash for DecisionSummary {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let Self { candidates, provider, feasible, default, chosen, closest, refusal } = self;
        (candidates, provider, feasible, default, chosen, closest, refusal).hash(hasher);
    }
}

/// The hash of a log that goes on: hashing it in one piece or in many gives the same number.
pub fn hash_observations(hash: u64, observations: &[Observation]) -> u64 {
    observations.iter().fold(hash, |hash, observation| {
        let mut fold = Fold::from(hash);
        observation.hash(&mut fold);
        fold.finish()
    })
}

impl Sim {
    /// The hash of everything: truth, belief, wire, the future, the time and the length of the log.
    pub fn state_hash(&self) -> u64 {
        let mut fold = Fold::from(self.world_hash());
        (self.fx.now_ms, self.observed()).hash(&mut fold);
        fold.finish()
    }

    /// The hash of the world without the time and the length of the log: what a refused command leaves as it was.
    pub fn world_hash(&self) -> u64 {
        let mut fold = Fold::from(self.fx.seed);
        self.control.fold(&mut fold);
        self.data.hash(&mut fold);
        self.faults.hash(&mut fold);
        self.neighbours.hash(&mut fold);
        self.fx.wire.hash(&mut fold);
        self.fx.queue.in_order().hash(&mut fold);
        fold.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash_of(thing: impl Hash) -> u64 {
        let mut fold = Fold::from(0);
        thing.hash(&mut fold);
        fold.finish()
    }

    #[test]
    fn the_width_of_a_number_does_not_matter_and_its_value_does() {
        assert_eq!(hash_of(7_usize), hash_of(7_u64));
        assert_eq!(hash_of(-7_isize), hash_of(-7_i64));
        assert_ne!(hash_of(7_u64), hash_of(8_u64));
        assert_ne!(hash_of(("ab", "c")), hash_of(("a", "bc")));
    }

    /// Written down once: a change of the function would make every committed hash meaningless.
    #[test]
    fn the_function_is_fixed() {
        assert_eq!(hash_of((1_u32, "web", Some(-1_i32))), 16_253_604_886_583_292_502);
    }
}
