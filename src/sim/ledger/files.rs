//! The ledger: files.

use super::Fidelity::Simplified;
use super::{Entry, rule};

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    rule("import.validation", Simplified, "ecs.md §1.3, §8.1",
        "A task definition from outside is checked as RegisterTaskDefinition checks it",
        "Messages follow the service where they are known. Fields that change nothing in the simulation are kept and listed."),
];
