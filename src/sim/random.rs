//! Chance, fixed by name: one stream per concern and entity, derived from the seed by stable keys,
//! so that a fault or another strategy does not shift what happens to anything else.
//!
//! Draws are of `u64` only; distributions are tables of whole numbers, so that host and browser agree to the last bit.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};

use crate::sim::time::Millis;

/// What a stream of chance is for. The number is part of every recording: append, never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Concern {
    Placement = 1,
    ScaleIn = 2,
    ReconcilePhase = 3,
    WireDelay = 4,
    WireLoss = 5,
    HeartbeatPhase = 6,
    AgentPatience = 7,
    AgentBackoff = 8,
    StartDelay = 9,
    Pull = 10,
    ContainerStart = 11,
    ContainerStop = 12,
    FargateStart = 13,
    FargateStop = 14,
    Boot = 15,
    Usage = 16,
    NetworkInterface = 17,
    AppExit = 18,
    TelemetryPhase = 19,
    TargetCheck = 30,
    TargetReport = 31,
    Discovery = 32,
    GroupReaction = 70,
    CapacityAlarm = 71,
    FargateHost = 90,
    RoleChange = 91,
    PlannedReconnect = 92,
}

/// Mixes keys into one well spread number (SplitMix64's finaliser over a running sum).
pub fn mix(keys: &[u64]) -> u64 {
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    for key in keys {
        state = finalise(state.wrapping_add(*key).wrapping_add(0x9e37_79b9_7f4a_7c15));
    }
    state
}

fn finalise(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// A text as a key.
pub fn key_of(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// A stream of chance for one concern of one entity.
pub struct Stream(Xoshiro256PlusPlus);

impl Stream {
    /// The stream for `concern` of the entity that `keys` name. Equal arguments give the same draws for ever.
    pub fn of(seed: u64, concern: Concern, keys: &[u64]) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(mix(&[seed, concern as u64, mix(keys)])))
    }

    /// A whole number from 0 to `bound - 1`. `bound` must not be 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// A whole number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// True `percent` times in a hundred.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A span drawn from a distribution given by its quantiles, equally spaced from the least to the greatest, in milliseconds.
    pub fn from_quantiles(&mut self, quantiles: &[Millis]) -> Millis {
        let last = quantiles.len() as u64 - 1;
        let position = self.below(last * 1_000);
        let (index, part) = ((position / 1_000) as usize, position % 1_000);
        let (low, high) = (quantiles[index], quantiles[index + 1]);
        low + (high - low) * part / 1_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_keys_draw_equal_numbers_and_other_keys_do_not() {
        let draw = |entity: u64| Stream::of(7, Concern::Pull, &[entity]).below(u64::MAX);
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn quantiles_bound_the_draw_and_their_middle_is_the_median() {
        let mut stream = Stream::of(1, Concern::Pull, &[]);
        let mut draws: Vec<_> = (0..999).map(|_| stream.from_quantiles(&[10, 20, 100])).collect();
        draws.sort_unstable();
        assert!(draws[0] >= 10 && draws[998] <= 100);
        assert!((19..=22).contains(&draws[499]), "{}", draws[499]);
    }
}
