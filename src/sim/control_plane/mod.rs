//! The belief: what has been reported, and every decision taken from it. It must never name the data plane.
//!
//! Start reading at [`registry`] for what is believed and at [`scheduler`] for how a task finds its instance.

pub mod registry;
pub mod scheduler;
