//! What comes in from outside: texts people bring, checked the way the service checks them and turned into the simulator's nouns.
//!
//! A floor above `sim`, of which it uses `model` only. It must never touch a running simulation, `session` or `ui`.
//! Start reading at [`task_definition`].

mod container_rules;
mod findings;
mod json_places;
mod quantity;
pub mod task_definition;
pub mod task_definition_input;
mod task_definition_notes;
mod task_definition_rules;
mod whole_rules;

pub use findings::{FieldError, Note};
pub use quantity::Quantity;
