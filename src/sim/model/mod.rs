//! The nouns of ECS as data, with total transitions. No module here decides anything. Start reading at [`task_definition`].

pub mod capability;
pub mod container_definition;
pub mod expression;
pub mod expression_parser;
pub mod expression_value;
pub mod fargate_size;
pub mod instance_type;
pub mod placement;
pub mod task_definition;
pub mod volume;
pub mod zone;
