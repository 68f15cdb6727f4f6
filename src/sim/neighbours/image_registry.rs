//! The image registry: fast, slow or failing.

use std::collections::BTreeMap;

use crate::sim::ids::{FaultId, ObservationId};
use crate::sim::time::{HOUR, Millis};

/// An agent gives a pull two hours (ecs.md §2.3).
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
    troubles: BTreeMap<FaultId, (RegistryTrouble, ObservationId)>,
}

impl ImageRegistry {
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
