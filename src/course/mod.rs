//! The course: units as data, and what they are made of. A unit has no code of its own; if one needs something that is missing
//! here, the format grows.
//!
//! A floor above `import` and `sim`. It must never name `session` or `ui`: it says what a unit is and how its conditions are
//! evaluated; `session::lesson` walks a learner through it. Start reading at [`unit`], then [`query`].

pub mod amount;
pub mod condition;
pub mod goal;
pub mod moves;
pub mod mutation;
pub mod opening;
pub mod prose;
pub mod query;
mod query_names;
pub mod query_text;
pub mod unit;
pub mod unit_input;
mod unit_reader;
