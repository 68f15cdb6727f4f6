//! The ledger: balancing.

use super::Entry;

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
];
