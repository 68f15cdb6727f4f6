//! The image registry: fast, slow or failing.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::sim::data_plane::task_truth::Ground;
use crate::sim::ids::{FaultId, ObservationId};
use crate::sim::time::{HOUR, Millis, SECOND};
use crate::sim::tuning::Tuning;

/// An agent gives a pull two hours (ecs.md §2.3).
/// Ledger: limits.
const LONGEST_PULL_MS: Millis = 2 * HOUR;

/// What is wrong with the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegistryTrouble {
    /// Pulls take this many times as long.
    Slow { factor: u32 },
    /// Pulls fail.
    Failing,
}

/// The registry images are pulled from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ImageRegistry {
    /// Compressed size in MiB of images someone has said something of.
    sizes: BTreeMap<Rc<str>, u32>,
    troubles: BTreeMap<FaultId, (RegistryTrouble, ObservationId)>,
}

impl ImageRegistry {
    /// An image is there, or is replaced.
    pub fn put(&mut self, image: &str, size_mib: u32) {
        self.sizes.insert(Rc::from(image), size_mib);
    }

    /// What a pull of it brings through the network.
    pub fn size_mib(&self, image: &str, tuning: &Tuning) -> u32 {
        self.sizes.get(image).copied().unwrap_or(tuning.platform.image_size_mib)
    }

    /// What it takes on a disk.
    pub fn unpacked_mib(&self, image: &str, tuning: &Tuning) -> u64 {
        u64::from(self.size_mib(image, tuning)) * tuning.platform.unpacked_percent / 100
    }

    /// What a pull takes longer than that of a small image.
    // Ledger: image.size
    pub(crate) fn extra_ms(&self, image: &str, ground: Ground, tuning: &Tuning) -> Millis {
        let more_mib = u64::from(self.size_mib(image, tuning).saturating_sub(tuning.platform.image_size_mib));
        let mib_per_second = match ground {
            Ground::Host(_) => tuning.platform.pull_mib_per_second,
            Ground::Fargate => tuning.platform.fargate_pull_mib_per_second,
        };
        more_mib * SECOND / mib_per_second
    }

    /// Something goes wrong.
    pub fn trouble(&mut self, fault: FaultId, trouble: RegistryTrouble, because: ObservationId) {
        self.troubles.insert(fault, (trouble, because));
    }

    /// It is put right.
    pub fn heal(&mut self, fault: FaultId) {
        self.troubles.remove(&fault);
    }

    /// How long a pull takes now that takes `usual_ms` on a good day.
    pub fn pull_ms(&self, usual_ms: Millis) -> Millis {
        self.troubles.values().fold(usual_ms, |length_ms, (trouble, _)| match trouble {
            RegistryTrouble::Slow { factor } => (length_ms * u64::from(*factor)).min(LONGEST_PULL_MS),
            RegistryTrouble::Failing => length_ms,
        })
    }

    /// What made pulls fail, if they do.
    pub fn failing(&self) -> Option<ObservationId> {
        self.troubles.values().find(|(trouble, _)| *trouble == RegistryTrouble::Failing).map(|(_, because)| *because)
    }
}
