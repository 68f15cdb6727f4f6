//! The future of the services round ECS, each with a vocabulary of its own.

use std::rc::Rc;

use crate::sim::ids::{CapacityProviderId, DeploymentId, InstanceId, ServiceId, TargetGroupId, TaskId};
use crate::sim::model::alarm::AlarmState;
use crate::sim::model::lifecycle_hook::HookAnswer;
use crate::sim::model::target::Address;
use crate::sim::neighbours::balancer::SetBy;

/// Something that will happen at one of them.
#[derive(Clone, Debug, Hash)]
pub enum NeighbourEvent {
    Balancing(BalancingEvent),
    Capacity(CapacityEvent),
    Metrics(MetricsEvent),
    Platform(PlatformEvent),
    Lambda(LambdaEvent),
}

/// At a load balancer, its clients, or service discovery.
#[derive(Clone, Debug, Hash)]
pub enum BalancingEvent {
    /// ECS registers a task as a target.
    RegisterTarget { target_group: TargetGroupId, task: TaskId, address: Address },
    /// ECS deregisters a target.
    DeregisterTarget { target_group: TargetGroupId, task: TaskId },
    /// New targets are checked for the first time.
    FirstCheck { target_group: TargetGroupId },
    /// Every target of a group is checked. `turn` tells a stale timer.
    CheckTargets { target_group: TargetGroupId, turn: u32 },
    /// Health checks that were not answered have timed out.
    ChecksTimeOut { target_group: TargetGroupId, tasks: Vec<TaskId> },
    /// The deregistration delay of a target is over.
    DrainingOver { target_group: TargetGroupId, task: TaskId },
    /// Slow-starting targets of a group get a larger share.
    TargetsWarmUp { target_group: TargetGroupId },
    /// A listener shares requests among target groups by these weights from now on.
    WeightsSet { listener: Rc<str>, weights: Vec<(TargetGroupId, u32)>, set_by: SetBy },
    /// The next rate of a source of requests is due.
    TrafficChanges { flow: u32, turn: u32 },
    /// The answer of discovery that a client keeps has expired.
    NameExpires { flow: u32, turn: u32 },
    /// ECS pushes the tasks of an endpoint to the proxies of a source.
    EndpointsPushed { flow: u32, turn: u32 },
    /// Their proxies try requests that were refused at other tasks.
    RequestsRetried { flow: u32, turn: u32 },
    /// They have counted too many failures of a task.
    OutlierDetected { flow: u32, turn: u32, task: TaskId },
    /// The name of a task has been taken away, and its requests have been answered.
    NameDrained { task: TaskId },
    /// An app is ready.
    AppReady { task: TaskId },
    /// ECS hears how the targets of a group stand that have changed.
    ReportTargets { target_group: TargetGroupId },
}

/// At an auto scaling group, or at the part of ECS that scales one.
#[derive(Clone, Debug, Hash)]
pub enum CapacityEvent {
    /// The group brings what it has to what is desired.
    GroupActs { group: Rc<str> },
    /// The group's report arrives at ECS.
    GroupReported { group: Rc<str> },
    /// The group looks at the status checks of its instances.
    HealthChecks { group: Rc<str> },
    /// ECS is told that an instance shall go: a lifecycle hook waits for its answer.
    HookReached { group: Rc<str>, instance: InstanceId },
    /// ECS looks whether the instance has been drained.
    DrainLook { group: Rc<str>, instance: InstanceId },
    /// The lifecycle hook waits no longer.
    HookTimesOut { group: Rc<str>, instance: InstanceId },
    /// ECS tries to place what waits for a provider.
    PlaceWaiting { provider: CapacityProviderId },
    /// The metric of a provider is due.
    Reservation { provider: CapacityProviderId },
    /// CloudWatch has looked at a value of the metric; the alarm calls the scaling policy.
    Alarm { provider: CapacityProviderId, desired: u32, direction: ScalingDirection },
    /// ECS sets or lifts scale-in protection.
    ProtectionSet { group: Rc<str>, instances: Rc<[(InstanceId, bool)]> },
}

/// Which of the two alarms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScalingDirection {
    Out,
    In,
}

/// At CloudWatch or Application Auto Scaling.
#[derive(Clone, Debug, Hash)]
pub enum MetricsEvent {
    /// The Fargate platform says what its tasks use.
    FargateTelemetry,
    MinuteEnds,
    /// The datapoints of the minute that ended last can be read.
    DatapointsPublished,
    /// An alarm has turned: ECS is told.
    AlarmReported {
        alarm: Rc<str>,
        state: AlarmState,
    },
    /// Alarms with scaling policies are in ALARM.
    PoliciesTriggered,
    /// A scalable target has been registered, or its bounds changed.
    BoundsChanged {
        service: ServiceId,
    },
}

/// In the network of the account, or at Fargate's own capacity.
#[derive(Clone, Debug, Hash)]
pub enum PlatformEvent {
    /// From now on IAM answers otherwise when the role of a family is asked for.
    RoleChanged {
        family: Rc<str>,
    },
    /// ECS asks for the network interface of a task in its subnet, or deletes it.
    InterfaceWanted {
        task: TaskId,
    },
    InterfaceGone {
        task: TaskId,
    },
    /// ECS has asked EC2 for the trunk network interface of an instance, and EC2 answers.
    TrunkWanted {
        instance: InstanceId,
    },
}

/// At Lambda, or between it and ECS.
#[derive(Clone, Debug, Hash)]
pub enum LambdaEvent {
    /// ECS invokes the function of a hook.
    Invoked { call: HookCall, function: Rc<str>, invocation: u32 },
    /// The function has ended, or could not be run.
    Ended { call: HookCall, answer: HookAnswer },
    /// ECS asks again.
    CallBack { call: HookCall },
}

/// For which hook of which deployment a function is invoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HookCall {
    pub service: ServiceId,
    pub deployment: DeploymentId,
    /// Its number among the hooks that the deployment has begun.
    pub number: u32,
}
