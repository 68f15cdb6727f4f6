//! The ledger: metrics.

use super::Entry;

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
];
