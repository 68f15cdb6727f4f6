//! What comes in from outside: texts people bring, checked the way the service checks them and turned into the simulator's nouns.
//!
//! A floor above `sim`, of which it uses `model` only. It must never touch a running simulation, `session` or `ui`.
//! Start reading at [`task_definition`].

pub mod action;
mod container_rules;
pub mod duration;
mod findings;
mod from_value;
mod json_places;
pub mod located;
pub mod long_run;
pub mod opening;
pub mod placement_text;
mod quantity;
pub mod scenario;
pub mod scenario_input;
pub mod task_definition;
pub mod task_definition_input;
mod task_definition_notes;
mod task_definition_rules;
pub mod toml_error;
mod whole_rules;

pub use findings::{FieldError, Note};
pub use quantity::Quantity;
