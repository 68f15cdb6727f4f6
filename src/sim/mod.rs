//! The deterministic simulator: truth, belief and the wire between them.
//!
//! Same version, scenario, seed and commands: the same observations and the same state hash, on the host and in the browser.
//! Nothing here reads a clock, draws a float, walks a hash map or names the browser. Start reading at `engine`.
#![deny(clippy::float_arithmetic, clippy::disallowed_types)]

pub mod command;
pub mod control_plane;
pub mod data_plane;
pub mod decision;
pub mod effects;
pub mod engine;
pub mod event;
pub mod fault;
pub mod faults;
pub mod hash;
pub mod ids;
pub mod invariants;
pub mod later;
pub mod ledger;
pub mod log_checker;
pub mod message;
pub mod model;
pub mod neighbours;
pub mod observation;
pub mod queue;
pub mod random;
pub mod shared;
pub mod table;
pub mod time;
pub mod tuning;
pub mod wire;
