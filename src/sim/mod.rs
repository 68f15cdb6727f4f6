//! The deterministic simulator: truth, belief and the wire between them.
//!
//! Same version, scenario, seed and commands: the same observations and the same state hash, on the host and in the browser.
//! Nothing here reads a clock, draws a float, walks a hash map or names the browser. Start reading at `engine`.
#![deny(clippy::float_arithmetic, clippy::disallowed_types)]

pub mod command;
pub mod fault;
pub mod ids;
pub mod model;
pub mod random;
pub mod table;
pub mod time;
