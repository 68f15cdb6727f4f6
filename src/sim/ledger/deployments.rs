//! The ledger: deployments.

use super::Entry;

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
];
