//! The ledger: platform.

use super::Entry;

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
];
