//! The nouns of ECS as data, with total transitions. No module here decides anything.

pub mod instance_type;
pub mod zone;
