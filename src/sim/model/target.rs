//! The health of a target in a target group (ecs.md §6.2).

use crate::sim::ids::InstanceId;

/// Where a target is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// `None` on Fargate.
    pub instance: Option<InstanceId>,
    /// As the load balancer calls it.
    pub port: u16,
    /// Inside the container.
    pub container_port: u16,
}

/// `TargetHealth.State`.
/// Ledger: target.states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetState {
    Initial,
    Healthy,
    Unhealthy,
    Unused,
    Draining,
}

impl TargetState {
    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
            Self::Unused => "unused",
            Self::Draining => "draining",
        }
    }
}

/// `TargetHealth.Reason`, with what the description adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetReason {
    RegistrationInProgress,
    InitialHealthChecking,
    ResponseCodeMismatch(u16),
    Timeout,
    FailedHealthChecks,
    DeregistrationInProgress,
    NotRegistered,
    /// EC2 has stopped its instance.
    InvalidState,
}

impl TargetReason {
    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::RegistrationInProgress => "Elb.RegistrationInProgress",
            Self::InitialHealthChecking => "Elb.InitialHealthChecking",
            Self::ResponseCodeMismatch(_) => "Target.ResponseCodeMismatch",
            Self::Timeout => "Target.Timeout",
            Self::FailedHealthChecks => "Target.FailedHealthChecks",
            Self::DeregistrationInProgress => "Target.DeregistrationInProgress",
            Self::NotRegistered => "Target.NotRegistered",
            Self::InvalidState => "Target.InvalidState",
        }
    }

    /// What a service event says of it: `due to (reason …)` (ecs.md §5, rows 9 and 10).
    pub fn description(self) -> String {
        match self {
            Self::RegistrationInProgress => "Target registration is in progress".to_string(),
            Self::InitialHealthChecking => "Initial health checks in progress".to_string(),
            Self::ResponseCodeMismatch(code) => format!("Health checks failed with these codes: [{code}]"),
            Self::Timeout => "Request timed out".to_string(),
            Self::FailedHealthChecks => "Health checks failed".to_string(),
            Self::DeregistrationInProgress => "Target deregistration is in progress".to_string(),
            Self::NotRegistered => "Target is not registered to the target group".to_string(),
            Self::InvalidState => "Target is in the stopped state".to_string(),
        }
    }
}
