//! Facts about services: deployments and their life-cycle, task protection.

use std::rc::Rc;

use crate::sim::ids::{DeploymentId, InstanceId, ServiceId, TaskDefinitionId, TaskId};
use crate::sim::model::deployment::LifecycleStage;
use crate::sim::model::lifecycle_hook::{HookAnswer, TimeoutAction};
use crate::sim::observation::Side;
use crate::sim::time::Millis;

/// One fact of this topic.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ServicesFact {
    DeploymentStarted {
        service: ServiceId,
        deployment: DeploymentId,
        definition: TaskDefinitionId,
    },
    /// For the circuit breaker.
    DeploymentFailureCounted {
        service: ServiceId,
        deployment: DeploymentId,
        failures: u32,
        threshold: u32,
    },
    LifecycleStageEntered {
        service: ServiceId,
        deployment: DeploymentId,
        stage: LifecycleStage,
    },
    /// A hook holds the deployment until someone decides, or until an instant.
    DeploymentPaused {
        service: ServiceId,
        deployment: DeploymentId,
        stage: LifecycleStage,
        until_ms: Millis,
    },
    /// ECS invokes the function of a hook, and not for the first time when the number is more than 1.
    HookInvoked {
        service: ServiceId,
        deployment: DeploymentId,
        stage: LifecycleStage,
        function: Rc<str>,
        invocation: u32,
    },
    /// What it hears from that function.
    HookAnswered {
        service: ServiceId,
        deployment: DeploymentId,
        stage: LifecycleStage,
        function: Rc<str>,
        answer: HookAnswer,
    },
    /// A hook has not ended in its time.
    HookTimedOut {
        service: ServiceId,
        deployment: DeploymentId,
        stage: LifecycleStage,
        action: TimeoutAction,
    },
    /// So many tenths of a per cent of the traffic of a listener go to the newer revision.
    TrafficShifted {
        service: ServiceId,
        deployment: DeploymentId,
        listener: Listener,
        permille: u32,
    },
    /// Until an instant, or not any more.
    TaskProtectionSet {
        task: TaskId,
        until_ms: Option<Millis>,
    },
    /// A failure in the answer of `UpdateTaskProtection`.
    TaskProtectionFailed {
        task: TaskId,
        reason: &'static str,
    },
    /// A failure in the answer of `StartTask`: it was not tried there.
    StartTaskFailed {
        instance: InstanceId,
        reason: &'static str,
    },
    TaskDefinitionDeregistered {
        definition: TaskDefinitionId,
    },
}

/// Whose traffic is shifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Listener {
    Test,
    Production,
}

impl ServicesFact {
    /// Where the fact belongs.
    pub fn side(&self) -> Side {
        match self {
            Self::DeploymentStarted { .. }
            | Self::DeploymentFailureCounted { .. }
            | Self::LifecycleStageEntered { .. }
            | Self::DeploymentPaused { .. }
            | Self::HookInvoked { .. }
            | Self::HookAnswered { .. }
            | Self::HookTimedOut { .. }
            | Self::TrafficShifted { .. }
            | Self::TaskProtectionSet { .. }
            | Self::TaskProtectionFailed { .. }
            | Self::StartTaskFailed { .. }
            | Self::TaskDefinitionDeregistered { .. } => Side::Belief,
        }
    }
}
