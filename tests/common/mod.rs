//! What the tests of the simulator share.

#![allow(dead_code, reason = "each test binary uses its part")]

pub mod chaos;
pub mod scenario;
