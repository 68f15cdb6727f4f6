//! The services round ECS, each with a picture of its own.

pub mod image_registry;
