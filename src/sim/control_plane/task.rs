//! A task as the control plane believes it to be.

use std::rc::Rc;

use crate::sim::command::LaunchType;
use crate::sim::command::platform::PublicIp;
use crate::sim::control_plane::circuit_breaker::Failure;
use crate::sim::ids::{
    CapacityProviderId, DecisionId, DeploymentId, GroupId, InstanceId, ObservationId, ServiceId, TargetGroupId, TaskDefinitionId,
    ZoneId,
};
use crate::sim::message::ContainerExit;
use crate::sim::model::target::{Address, TargetReason, TargetState};
use crate::sim::model::task::{DesiredStatus, HealthStatus, StatusTimes, StopCode, TaskStatus};
use crate::sim::time::Millis;

/// One task, as believed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Task {
    pub definition: TaskDefinitionId,
    pub group: GroupId,
    /// `startedBy`: the service and its deployment, for a service task.
    pub service: Option<(ServiceId, DeploymentId)>,
    pub launch_type: LaunchType,
    /// The capacity provider that a strategy chose.
    pub capacity_provider: Option<CapacityProviderId>,
    /// Means nothing while it waits for capacity.
    pub zone: ZoneId,
    /// `None` on Fargate, and while it waits for capacity.
    pub instance: Option<InstanceId>,
    pub last_status: TaskStatus,
    pub desired_status: DesiredStatus,
    /// Where its interface gets its address, when the caller named subnets.
    pub network: Option<TaskNetwork>,
    /// Last heard.
    pub health: HealthStatus,
    /// Its target in a target group, once registered.
    pub target: Option<BelievedTarget>,
    /// Cloud Map or Service Connect knows it.
    pub named: bool,
    /// It has counted as healthy once.
    pub proved: bool,
    /// Until when neither scale-in nor a deployment stops it, and what said so.
    pub protection: Option<(Millis, ObservationId)>,
    pub times: StatusTimes,
    pub stopped: Option<Stopped>,
    pub exits: Vec<ContainerExit>,
    /// The decision that placed it.
    pub decision: DecisionId,
    /// The observation of that decision.
    pub placed_by: ObservationId,
    /// The newest fact about it: the cause of what is done because of it.
    pub newest: ObservationId,
    /// Stable key for chance.
    pub key: u64,
    /// Its number within its group, from 1.
    pub ordinal: u32,
}

/// A task's target as the load balancer last reported it; with several target groups, the worst of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BelievedTarget {
    pub state: TargetState,
    pub since_ms: Millis,
    /// Each target group, and how the target stands there.
    pub registrations: Vec<Registration>,
}

/// One target in one target group, as last reported.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Registration {
    pub target_group: TargetGroupId,
    /// The ARN of the group.
    pub arn: Rc<str>,
    pub address: Address,
    pub state: TargetState,
    pub reason: Option<TargetReason>,
}

/// The subnet chosen for a task.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TaskNetwork {
    pub subnet: Rc<str>,
    pub public_ip: PublicIp,
}

/// Why a task ended or is about to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stopped {
    pub code: StopCode,
    pub reason: Rc<str>,
    /// The observation of the decision.
    pub decided_by: ObservationId,
    /// What counts against its deployment once it is STOPPED.
    pub failure: Option<Failure>,
}

impl Task {
    /// True while the service counts on it.
    pub fn is_wanted(&self) -> bool {
        self.desired_status == DesiredStatus::Running
    }

    /// True when it belongs to this deployment of this service.
    pub fn is_of(&self, service: ServiceId, deployment: DeploymentId) -> bool {
        self.service == Some((service, deployment))
    }

    /// True when its load balancer has found it unhealthy.
    pub fn target_is_unhealthy(&self) -> bool {
        self.target.as_ref().is_some_and(|target| target.state == TargetState::Unhealthy)
    }

    /// True when its load balancer has found it healthy.
    pub fn target_is_healthy(&self) -> bool {
        self.target.as_ref().is_some_and(|target| target.state == TargetState::Healthy)
    }

    /// True while scale-in and deployments leave it alone (ecs.md §3.12).
    pub fn is_protected(&self, now_ms: Millis) -> bool {
        self.protection.is_some_and(|(until_ms, _)| now_ms < until_ms)
    }

    /// Where a target group has found it unhealthy.
    pub fn failed_registration(&self) -> Option<&Registration> {
        let mut registrations = self.target.iter().flat_map(|target| &target.registrations);
        registrations.find(|each| each.state == TargetState::Unhealthy)
    }

    /// True when it runs on capacity that AWS manages, or will.
    pub fn is_on_fargate(&self) -> bool {
        self.launch_type != LaunchType::Ec2
    }

    /// True while it is PROVISIONING without an instance: its capacity provider has no room yet (ecs.md §3.1).
    pub fn waits_for_capacity(&self) -> bool {
        self.is_wanted() && self.instance.is_none() && !self.is_on_fargate()
    }

    /// True when it is believed to run.
    pub fn is_running(&self) -> bool {
        self.last_status == TaskStatus::Running
    }

    /// True when it has not come to RUNNING yet.
    pub fn is_starting(&self) -> bool {
        self.last_status < TaskStatus::Running
    }

    /// When it was placed.
    pub fn placed_at_ms(&self) -> Millis {
        let first = [TaskStatus::Provisioning, TaskStatus::Pending].into_iter().find_map(|status| self.times.entered(status));
        first.expect("a task begins in one of these")
    }

    /// How long it has been RUNNING.
    pub fn running_for(&self, now_ms: Millis) -> Option<Millis> {
        self.times.entered(TaskStatus::Running).filter(|_| self.is_running()).map(|since| now_ms - since)
    }
}
