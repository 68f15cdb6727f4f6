//! Facts about services: deployments and their life-cycle, task protection.

use crate::sim::ids::{DeploymentId, ServiceId, TaskDefinitionId};
use crate::sim::observation::Side;

/// One fact of this topic.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ServicesFact {
    DeploymentStarted { service: ServiceId, deployment: DeploymentId, definition: TaskDefinitionId },
}

impl ServicesFact {
    /// Where the fact belongs.
    pub fn side(&self) -> Side {
        match self {
            Self::DeploymentStarted { .. } => Side::Belief,
        }
    }
}
