//! How many tasks of one group are where: in each zone and on each instance.
//!
//! Instances are also kept as sets by their count, so that "the fewest" is the first set that meets the candidates.
//! An instance without a task of the group is in no set, so instances come and go without any group noticing.

use std::rc::Rc;

use super::bits::Bits;
use crate::sim::ids::{InstanceId, ZoneId};
use crate::sim::random;

/// The counts of one group.
#[derive(Clone, Debug)]
pub struct GroupCounts {
    /// `service:web`.
    pub name: Rc<str>,
    /// The name as a key of chance.
    pub key: u64,
    /// Tasks by number of the zone.
    zones: Vec<u32>,
    on: Vec<u16>,
    /// Instances with at least one.
    present: Bits,
    /// Instances with exactly 1, 2, 3 … and how many those are.
    levels: Vec<(u32, Bits)>,
}

impl GroupCounts {
    /// A group without tasks.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            key: random::key_of(name),
            zones: Vec::new(),
            on: Vec::new(),
            present: Bits::default(),
            levels: Vec::new(),
        }
    }

    /// Tasks of the group on the instances of a zone.
    pub fn in_zone(&self, zone: ZoneId) -> u32 {
        self.zones.get(zone.0 as usize).copied().unwrap_or(0)
    }

    /// Tasks of the group on an instance.
    pub fn on(&self, id: InstanceId) -> u32 {
        self.on.get(id.0 as usize - 1).copied().map_or(0, u32::from)
    }

    /// Instances with at least one task of the group.
    pub fn present(&self) -> &Bits {
        &self.present
    }

    /// One task more on an instance of this zone.
    pub fn add(&mut self, id: InstanceId, zone: ZoneId) {
        count(&mut self.zones, zone, 1);
        let slot = id.0 as usize - 1;
        if self.on.len() <= slot {
            self.on.resize(slot + 1, 0);
        }
        self.move_level(id, self.on[slot], self.on[slot] + 1);
    }

    /// One task less on an instance. Panics when there is none, which is a bug of the caller.
    pub fn take(&mut self, id: InstanceId, zone: ZoneId) {
        count(&mut self.zones, zone, -1);
        let count = self.on[id.0 as usize - 1];
        self.move_level(id, count, count.checked_sub(1).expect("the instance has a task of the group"));
    }

    fn move_level(&mut self, id: InstanceId, from: u16, to: u16) {
        self.on[id.0 as usize - 1] = to;
        if from > 0 {
            let (len, bits) = &mut self.levels[usize::from(from) - 1];
            bits.set(id, false);
            *len -= 1;
        }
        if to > 0 {
            let level = usize::from(to) - 1;
            if self.levels.len() <= level {
                self.levels.resize(level + 1, Default::default());
            }
            let (len, bits) = &mut self.levels[level];
            bits.set(id, true);
            *len += 1;
        }
        if from == 0 || to == 0 {
            self.present.set(id, to > 0);
        }
    }

    /// Keeps the candidates with the fewest tasks of the group.
    pub fn keep_fewest(&self, candidates: &mut Bits) {
        if candidates.exceeds(&self.present) {
            candidates.take_out(&self.present);
            return;
        }
        let fewest = self.levels.iter().find(|(len, bits)| *len > 0 && candidates.meets(bits));
        if let Some((_, bits)) = fewest {
            candidates.keep(bits);
        }
    }

    /// Counts and sets agree with each other and with what a recount says: tasks by instance and by number of the zone.
    pub fn check(&self, by_instance: &[(InstanceId, u32)], by_zone: &[u32]) -> Result<(), String> {
        let name = &self.name;
        let present: Vec<InstanceId> = by_instance.iter().map(|(id, _)| *id).collect();
        if self.present.iter().ne(present.iter().copied()) {
            return Err(format!("{name}: the set of its instances is wrong"));
        }
        for (id, count) in by_instance {
            let level_holds = self.levels.get(*count as usize - 1).is_some_and(|(_, bits)| bits.contains(*id));
            if self.on(*id) != *count || !level_holds {
                return Err(format!("{name}: {id:?} should count {count}"));
            }
        }
        let in_levels: u32 = self.levels.iter().map(|(_, bits)| bits.count()).sum();
        let noted: u32 = self.levels.iter().map(|(len, _)| *len).sum();
        if in_levels as usize != by_instance.len() || noted != in_levels {
            return Err(format!("{name}: {in_levels} instances by count, noted {noted}, should be {}", by_instance.len()));
        }
        let counted = |zone: usize| self.zones.get(zone).copied().unwrap_or(0);
        let zones = by_zone.len().max(self.zones.len());
        if (0..zones).any(|zone| counted(zone) != by_zone.get(zone).copied().unwrap_or(0)) {
            return Err(format!("{name}: zones count {:?}, should be {by_zone:?}", self.zones));
        }
        Ok(())
    }
}

/// Adds to the count of a zone or takes from it. Panics when it would fall below 0, which is a bug of the caller.
fn count(counts: &mut Vec<u32>, zone: ZoneId, delta: i32) {
    let zone = zone.0 as usize;
    if counts.len() <= zone {
        counts.resize(zone + 1, 0);
    }
    counts[zone] = counts[zone].checked_add_signed(delta).expect("a zone never has less than no task");
}
