//! The nouns of ECS as data, with total transitions: what control plane, data plane and neighbours have in common.
//!
//! Nothing here knows who uses it, and nothing here decides. Start reading at [`task_definition`].

pub mod agent_configuration;
pub mod alarm;
pub mod bandwidth;
pub mod capability;
pub mod capacity_provider;
pub mod container_definition;
pub mod container_instance;
pub mod deployment;
pub mod ebs_volume;
pub mod expression;
pub mod expression_parser;
pub mod expression_value;
pub mod fargate_size;
pub mod instance_type;
pub mod lifecycle_hook;
pub mod metric;
pub mod needs;
pub mod placement;
pub mod start_error;
pub mod target;
pub mod task;
pub mod task_definition;
pub mod volume;
pub mod zone;
