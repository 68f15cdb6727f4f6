//! Money: dated prices over what has been used. Whole nano-dollars; no rule of the simulator reads them.
//!
//! [`prices`] is the table, [`meter`] what a run has cost so far and costs now, [`comparison`] what the same work would have cost
//! elsewhere. Start reading at [`meter::Meter::of`].

pub mod comparison;
pub mod load_balancer;
pub mod meter;
pub mod prices;

/// Money in nano-dollars: a task-second of the smallest Fargate size is some 3,400 of them.
pub type NanoDollars = u64;

/// One dollar.
pub const DOLLAR: NanoDollars = 1_000_000_000;
/// One micro-dollar, in which prices are written.
pub const MICRO: NanoDollars = 1_000;
