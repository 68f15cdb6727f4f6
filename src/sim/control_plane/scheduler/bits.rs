//! A set of container instances as bits, in order of id: the first bit set is the lowest id.
//!
//! It knows nothing of what the members mean. Sets of different length may meet: what is missing is absent.

use crate::sim::ids::InstanceId;

/// A set of instances.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
}

/// Where an id is in the words.
fn place_of(id: InstanceId) -> (usize, u64) {
    let slot = id.0 as usize - 1;
    (slot / 64, 1 << (slot % 64))
}

fn id_at(word: usize, bit: u32) -> InstanceId {
    InstanceId((word * 64) as u32 + bit + 1)
}

impl Bits {
    /// No member.
    pub const EMPTY: Self = Self { words: Vec::new() };

    /// Makes the instance a member or not; true when that changed anything.
    pub fn set(&mut self, id: InstanceId, member: bool) -> bool {
        let (word, mask) = place_of(id);
        if word >= self.words.len() {
            if !member {
                return false;
            }
            self.words.resize(word + 1, 0);
        }
        let old = self.words[word];
        self.words[word] = if member { old | mask } else { old & !mask };
        old != self.words[word]
    }

    /// The instance is a member.
    pub fn contains(&self, id: InstanceId) -> bool {
        let (word, mask) = place_of(id);
        self.words.get(word).is_some_and(|bits| bits & mask != 0)
    }

    /// The lowest id.
    pub fn first(&self) -> Option<InstanceId> {
        let word = self.words.iter().position(|bits| *bits != 0)?;
        Some(id_at(word, self.words[word].trailing_zeros()))
    }

    /// True when there is no member.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|bits| *bits == 0)
    }

    /// How many members there are.
    pub fn count(&self) -> u32 {
        self.words.iter().map(|bits| bits.count_ones()).sum()
    }

    /// The member with `rank` members of lower id, `skip` ids left out of account. `skip` is a multiple of 64.
    pub fn select(&self, rank: u32, skip: u32) -> Option<InstanceId> {
        let mut left = rank;
        for (word, bits) in self.words.iter().enumerate().skip(skip as usize / 64) {
            let here = bits.count_ones();
            if left < here {
                let rest = (0..left).fold(*bits, |rest, _| rest & (rest - 1));
                return Some(id_at(word, rest.trailing_zeros()));
            }
            left -= here;
        }
        None
    }

    /// The members by rising id.
    pub fn iter(&self) -> impl Iterator<Item = InstanceId> + '_ {
        self.words.iter().enumerate().flat_map(|(word, bits)| {
            let mut rest = *bits;
            std::iter::from_fn(move || {
                (rest != 0).then(|| {
                    let bit = rest.trailing_zeros();
                    rest &= rest - 1;
                    id_at(word, bit)
                })
            })
        })
    }

    /// The two have a member in common.
    pub fn meets(&self, other: &Bits) -> bool {
        self.words.iter().zip(&other.words).any(|(mine, other)| mine & other != 0)
    }

    /// Some member is not in the other.
    pub fn exceeds(&self, other: &Bits) -> bool {
        let common = self.words.len().min(other.words.len());
        self.words.iter().zip(&other.words).any(|(mine, other)| mine & !other != 0)
            || self.words[common..].iter().any(|bits| *bits != 0)
    }

    /// Keeps what is also in the other.
    pub fn keep(&mut self, other: &Bits) {
        self.words.truncate(other.words.len());
        self.words.iter_mut().zip(&other.words).for_each(|(mine, other)| *mine &= other);
    }

    /// Takes out what is in the other.
    pub fn take_out(&mut self, other: &Bits) {
        self.words.iter_mut().zip(&other.words).for_each(|(mine, other)| *mine &= !other);
    }

    /// Adds what is in the other.
    pub fn add(&mut self, other: &Bits) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        self.words.iter_mut().zip(&other.words).for_each(|(mine, other)| *mine |= other);
    }

    /// Keeps the members that pass.
    pub fn retain(&mut self, mut passes: impl FnMut(InstanceId) -> bool) {
        for (word, bits) in self.words.iter_mut().enumerate() {
            let mut rest = *bits;
            while rest != 0 {
                let bit = rest.trailing_zeros();
                rest &= rest - 1;
                if !passes(id_at(word, bit)) {
                    *bits &= !(1 << bit);
                }
            }
        }
    }
}

impl FromIterator<InstanceId> for Bits {
    fn from_iter<I: IntoIterator<Item = InstanceId>>(ids: I) -> Self {
        let mut bits = Self::default();
        ids.into_iter().for_each(|id| {
            bits.set(id, true);
        });
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(ids: &[u32]) -> Bits {
        ids.iter().map(|id| InstanceId(*id)).collect()
    }

    fn ids(bits: &Bits) -> Vec<u32> {
        bits.iter().map(|id| id.0).collect()
    }

    #[test]
    fn members_are_found_by_rank_and_in_order_of_id() {
        let bits = of(&[300, 1, 64, 65]);
        assert_eq!(ids(&bits), [1, 64, 65, 300]);
        assert_eq!(bits.count(), 4);
        assert_eq!(bits.first(), Some(InstanceId(1)));
        for (rank, id) in [1, 64, 65, 300].into_iter().enumerate() {
            assert_eq!(bits.select(rank as u32, 0), Some(InstanceId(id)));
        }
        assert_eq!(bits.select(4, 0), None);
        assert_eq!(bits.select(0, 64), Some(InstanceId(65)));
        assert!(bits.contains(InstanceId(300)) && !bits.contains(InstanceId(2)) && !bits.contains(InstanceId(9_000)));
    }

    #[test]
    fn sets_of_different_length_meet_as_if_padded() {
        let (short, long) = (of(&[1, 2]), of(&[2, 200]));
        assert!(short.meets(&long) && long.exceeds(&short) && short.exceeds(&long));
        assert!(!of(&[2]).exceeds(&long) && !of(&[1]).meets(&long));
        let mut kept = long.clone();
        kept.keep(&short);
        assert_eq!(ids(&kept), [2]);
        let mut rest = long.clone();
        rest.take_out(&short);
        assert_eq!(ids(&rest), [200]);
        let mut both = short.clone();
        both.add(&long);
        assert_eq!(ids(&both), [1, 2, 200]);
        both.retain(|id| id.0 != 2);
        assert_eq!(ids(&both), [1, 200]);
    }

    #[test]
    fn setting_tells_whether_anything_changed() {
        let mut bits = Bits::default();
        assert!(!bits.set(InstanceId(70), false));
        assert!(bits.set(InstanceId(70), true));
        assert!(!bits.set(InstanceId(70), true));
        assert!(bits.set(InstanceId(70), false));
        assert!(bits.is_empty() && bits.first().is_none());
    }
}
