//! The nouns of ECS as data: what control plane, data plane and neighbours have in common.
//!
//! Nothing here knows who uses it, and nothing here decides. Start reading at [`task_definition`].

pub mod capability;
pub mod container_definition;
pub mod expression;
pub mod expression_parser;
pub mod expression_value;
pub mod fargate_size;
pub mod placement;
pub mod task_definition;
pub mod volume;
