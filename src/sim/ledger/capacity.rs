//! The ledger: capacity.

use super::Entry;

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
];
