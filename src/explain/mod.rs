//! Explanation: what happened, why, and what would help, in the words of ECS and the numbers of the run.
//!
//! It reads a [`Sim`](crate::sim::engine::Sim) and never changes the one it was given; a fix is tried on a clone. It knows
//! nothing of the session or the page, which turn its plain structs into what is drawn.
//! Start reading at [`words`] (one sentence a fact), then [`why`] (tables and steps), [`answers`] (all other questions) and [`fixes`] (what would help).

pub mod answers;
mod awaiting_capacity;
mod balancing;
mod candidates;
pub(crate) mod capacity;
mod capacity_fixes;
pub mod causes;
mod cures;
mod disk_fixes;
mod endings;
pub mod explanation;
pub mod fixes;
pub mod functions;
pub mod glossary;
pub mod headline;
pub mod kinds;
mod metrics;
pub mod names;
mod platform;
pub mod question;
pub mod refusals;
mod repairs;
pub mod requests;
mod servers;
mod services;
mod shrink;
pub mod silent_agents;
pub mod starting;
mod starting_fixes;
pub mod steps;
pub mod table;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod troubles;
mod ways_out;
pub mod why;
pub mod words;
