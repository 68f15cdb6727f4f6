//! `healthStatus` of a container instance as ECS believes it (ecs.md §6.5).
//!
//! It rests on what the agent has said and is as late as that. On EC2 nobody acts on it.

use crate::sim::control_plane::ControlPlane;
use crate::sim::ids::InstanceId;
use crate::sim::time::Millis;
use crate::sim::tuning::Tuning;

/// API26:InstanceHealthCheckState, the worse the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HealthCheckState {
    Ok,
    /// It has registered, and nothing more has been heard.
    Initializing,
    /// A check is overdue.
    InsufficientData,
    Impaired,
}

impl HealthCheckState {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Ok, Self::Initializing, Self::InsufficientData, Self::Impaired];

    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Initializing => "INITIALIZING",
            Self::InsufficientData => "INSUFFICIENT_DATA",
            Self::Impaired => "IMPAIRED",
        }
    }
}

/// The checks of one container instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InstanceHealth {
    /// `CONTAINER_RUNTIME`: does Docker answer the agent?
    pub container_runtime: HealthCheckState,
    /// `AGENT_CONNECTIVITY`: does the agent answer ECS?
    pub agent_connectivity: HealthCheckState,
}

impl InstanceHealth {
    /// `overallStatus`: the worst of the checks.
    pub fn overall_status(self) -> HealthCheckState {
        self.container_runtime.max(self.agent_connectivity)
    }
}

impl ControlPlane {
    /// The health of a container instance at `now_ms` (milliseconds of simulated time); `None` when it is not registered.
    /// Ledger: instance.health.
    pub fn instance_health(&self, tuning: &Tuning, instance: InstanceId, now_ms: Millis) -> Option<InstanceHealth> {
        let known = self.registry.get(instance)?;
        let heard_at_ms = self.registry.last_heard_at_ms(instance)?;
        let both = |state| InstanceHealth { container_runtime: state, agent_connectivity: state };
        Some(if !known.agent_connected {
            InstanceHealth {
                container_runtime: HealthCheckState::InsufficientData,
                agent_connectivity: HealthCheckState::Impaired,
            }
        } else if now_ms - heard_at_ms > tuning.heartbeat_period_ms {
            both(HealthCheckState::InsufficientData)
        } else if heard_at_ms == known.registered_at_ms {
            both(HealthCheckState::Initializing)
        } else {
            both(HealthCheckState::Ok)
        })
    }
}
