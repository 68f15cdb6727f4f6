//! A fact that happened: when, to whom, and the fact that caused it.
//!
//! Observations are past tense, complete in themselves and never taken back. The causes may cross from truth to belief:
//! they are the narrator's knowledge, which no rule of the simulator reads.

use std::rc::Rc;

use balancing::BalancingFact;
use capacity::CapacityFact;
use metrics::MetricsFact;
use platform::PlatformFact;
use services::ServicesFact;

use crate::sim::command::{Command, LaunchType};
use crate::sim::decision::DecisionSummary;
use crate::sim::fault::Fault;
use crate::sim::ids::{
    DecisionId, DeploymentId, FaultId, InstanceId, ObservationId, ServiceId, TaskDefinitionId, TaskId, ZoneId,
};
use crate::sim::model::container_instance::ContainerInstanceStatus;
use crate::sim::model::target::TargetReason;
use crate::sim::model::task::{HealthStatus, StopCode, TaskStatus};
use crate::sim::time::Millis;

pub mod balancing;
pub mod capacity;
pub mod metrics;
pub mod platform;
pub mod services;

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Observation {
    pub id: ObservationId,
    pub at_ms: Millis,
    pub cause: Option<ObservationId>,
    pub kind: Kind,
}

/// Where a fact belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Someone outside asked or did something.
    Outside,
    /// It really happened on a host.
    Truth,
    /// On the road between.
    Wire,
    /// The control plane learned or decided it.
    Belief,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    // Outside
    CommandGiven(Rc<Command>),
    CommandRefused {
        code: &'static str,
        message: Rc<str>,
    },
    FaultInjected {
        fault: FaultId,
        what: Rc<Fault>,
    },
    FaultHealed {
        fault: FaultId,
        what: Rc<Fault>,
    },

    // Truth: hosts and agents
    InstanceLaunched {
        instance: InstanceId,
    },
    PowerLost {
        instance: InstanceId,
    },
    Booted {
        instance: InstanceId,
    },
    InstanceTerminated {
        instance: InstanceId,
    },
    SpotNoticeGiven {
        instance: InstanceId,
    },
    AgentStarted {
        instance: InstanceId,
    },
    AgentStopped {
        instance: InstanceId,
    },
    AgentGaveUpConnection {
        instance: InstanceId,
    },

    // Truth: tasks
    TaskQueuedByAgent {
        task: TaskId,
        instance: InstanceId,
    },
    ImagePullStarted {
        task: TaskId,
        image: Rc<str>,
    },
    ImagePullFinished {
        task: TaskId,
        image: Rc<str>,
        cached: bool,
    },
    ImagePullFailed {
        task: TaskId,
        image: Rc<str>,
        attempt: u32,
    },
    ContainerCreateFailed {
        task: TaskId,
        container: Rc<str>,
    },
    ContainerStarted {
        task: TaskId,
        container: Rc<str>,
    },
    ContainerExited {
        task: TaskId,
        container: Rc<str>,
        exit_code: i32,
        out_of_memory: bool,
    },
    ContainerKilled {
        task: TaskId,
        container: Rc<str>,
    },
    AppHung {
        task: TaskId,
    },
    AppRecovered {
        task: TaskId,
    },
    HealthCheckTurned {
        task: TaskId,
        health: HealthStatus,
    },

    // Wire
    MessagesLost {
        instance: InstanceId,
    },
    MessagesPassAgain {
        instance: InstanceId,
    },

    // Belief: instances
    InstanceRegistered {
        instance: InstanceId,
    },
    AgentConnected {
        instance: InstanceId,
        /// How long it was marked disconnected.
        away_ms: Millis,
    },
    AgentDisconnected {
        instance: InstanceId,
        silent_for_ms: Millis,
    },
    InstanceStatusChanged {
        instance: InstanceId,
        status: ContainerInstanceStatus,
    },
    InstanceDeregistered {
        instance: InstanceId,
    },

    // Belief: tasks
    TaskDefinitionRegistered {
        definition: TaskDefinitionId,
    },
    TaskPlaced {
        task: TaskId,
        place: Place,
        decision: DecisionId,
        summary: DecisionSummary,
    },
    PlacementFailed {
        group: Rc<str>,
        service: Option<ServiceId>,
        definition: TaskDefinitionId,
        decision: DecisionId,
        summary: DecisionSummary,
    },
    TaskStatusChanged {
        task: TaskId,
        from: TaskStatus,
        to: TaskStatus,
    },
    TaskHealthChanged {
        task: TaskId,
        health: HealthStatus,
    },
    TaskStopDecided {
        task: TaskId,
        code: StopCode,
        reason: Rc<str>,
    },
    TaskStopped {
        task: TaskId,
        code: StopCode,
        reason: Rc<str>,
        exit_code: Option<i32>,
        detail: Option<Rc<str>>,
    },

    // Belief: services
    ServiceCreated {
        service: ServiceId,
    },
    ServiceUpdated {
        service: ServiceId,
    },
    ServiceDeleted {
        service: ServiceId,
    },
    DesiredCountChanged {
        service: ServiceId,
        from: u32,
        to: u32,
    },
    ServiceThrottled {
        service: ServiceId,
        until_ms: Millis,
    },
    ServiceEvent {
        service: ServiceId,
        event: Rc<ServiceEvent>,
    },

    // What a first look does without, by topic
    Services(Rc<ServicesFact>),
    Balancing(Rc<BalancingFact>),
    Capacity(Rc<CapacityFact>),
    Metrics(Rc<MetricsFact>),
    Platform(Rc<PlatformFact>),
}

/// Where a task was placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    Instance(InstanceId),
    Fargate { zone: ZoneId, launch_type: LaunchType },
}

/// What a service says in its event list (ecs.md §5); `text` gives the service's own words.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ServiceEvent {
    SteadyState,
    StartedTasks {
        tasks: Vec<TaskId>,
        replaced_unhealthy: u32,
    },
    StoppedRunningTasks {
        tasks: Vec<TaskId>,
    },
    StoppedPendingTasks {
        count: u32,
    },
    FailedContainerHealthChecks {
        task: TaskId,
    },
    DeploymentCompleted {
        deployment: DeploymentId,
    },
    /// The whole sentence after the service's name, from the placement failure.
    UnableToPlace {
        text: Rc<str>,
    },
    RegisteredTargets {
        count: u32,
        target_group: Rc<str>,
    },
    DeregisteredTargets {
        count: u32,
        target_group: Rc<str>,
    },
    BegunDraining {
        count: u32,
    },
    /// `instance` is `None` on Fargate.
    TargetUnhealthy {
        task: TaskId,
        instance: Option<InstanceId>,
        port: u16,
        target_group: Rc<str>,
        reason: TargetReason,
    },
    UnableToStartConsistently,
    /// The account starts tasks on Fargate too fast.
    OperationsThrottled,
    /// Only some of the tasks of a deployment found a place.
    CouldNotLaunch {
        count: u32,
        deployment: DeploymentId,
    },
    BlockedByDeploymentConfiguration,
    DeploymentFailed {
        deployment: DeploymentId,
        why: FailedBecause,
    },
    RollingBack {
        deployment: DeploymentId,
    },
    ScaleInHeldByProtection {
        deployment: DeploymentId,
        count: u32,
    },
    /// Zones and how many tasks each has.
    NotZoneBalanced {
        zones: Vec<(Rc<str>, u32)>,
    },
    StartedToRebalance {
        zone: Rc<str>,
        task: TaskId,
    },
    StoppedToRebalance {
        zone: Rc<str>,
        task: TaskId,
    },
    ZoneBalanced {
        zones: Vec<(Rc<str>, u32)>,
    },
    StoppedRebalancing,
}

/// Why a deployment failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailedBecause {
    TasksFailedToStart,
    AlarmDetected,
    /// A lifecycle hook has failed, or was not done in its time.
    HookFailed,
    /// A stage, or the whole, has taken too long.
    TimedOut,
}

impl FailedBecause {
    /// As the event says it.
    pub fn words(self) -> &'static str {
        match self {
            Self::TasksFailedToStart => "tasks failed to start",
            Self::AlarmDetected => "alarm detected",
            Self::HookFailed => "hook execution failure(s) detected",
            Self::TimedOut => "timed out",
        }
    }
}

impl ServiceEvent {
    /// The text of `DescribeServices`, ecs.md §5, with the row number of the template.
    pub fn text(&self, service: &str) -> String {
        match self {
            Self::SteadyState => format!("(service {service}) has reached a steady state."),
            Self::StartedTasks { tasks, replaced_unhealthy: 0 } => {
                format!("(service {service}) has started {} tasks: {}.", tasks.len(), names(tasks))
            }
            Self::StartedTasks { tasks, replaced_unhealthy } => format!(
                "(service {service}) has started {} tasks: {}. Amazon ECS replaced {replaced_unhealthy} tasks due to an unhealthy status.",
                tasks.len(),
                names(tasks)
            ),
            Self::StoppedRunningTasks { tasks } => {
                format!("(service {service}) has stopped {} running tasks: {}.", tasks.len(), names(tasks))
            }
            Self::StoppedPendingTasks { count } => format!("(service {service}) has stopped {count} pending tasks."),
            Self::FailedContainerHealthChecks { task } => {
                format!("(service {service}) (task {}) failed container health checks.", task.arn_id())
            }
            Self::DeploymentCompleted { deployment } => {
                format!("(service {service}) (deployment {}) deployment completed.", deployment.ecs_svc())
            }
            Self::RegisteredTargets { count, target_group } => {
                format!("(service {service}) registered {count} targets in (target-group {target_group})")
            }
            Self::DeregisteredTargets { count, target_group } => {
                format!("(service {service}) deregistered {count} targets in (target-group {target_group})")
            }
            Self::BegunDraining { count } => format!("(service {service}) has begun draining connections on {count} tasks."),
            Self::TargetUnhealthy { task, instance, port, target_group, reason } => {
                let instance = instance.map_or(String::new(), |id| format!(" (instance {})", id.ec2_instance_id()));
                let (task, reason) = (task.arn_id(), reason.description());
                // Event 9 ends in a full stop, event 10 does not (ecs.md §5).
                let stop = if instance.is_empty() { "." } else { "" };
                format!(
                    "(service {service}) (task {task}){instance} (port {port}) is unhealthy in (target-group {target_group}) due to (reason {reason}){stop}"
                )
            }
            Self::UnableToPlace { text } => format!("(service {service}) {text}"),
            Self::UnableToStartConsistently => format!(
                "(service {service}) is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
            ),
            Self::OperationsThrottled => format!("(service {service}) operations are being throttled. Will try again later."),
            Self::CouldNotLaunch { count, deployment } => {
                format!("(service {service}) could not launch {count} tasks for deployment {}.", deployment.ecs_svc())
            }
            Self::BlockedByDeploymentConfiguration => format!(
                "(service {service}) was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again."
            ),
            Self::DeploymentFailed { deployment, why } => {
                format!("(service {service}) (deployment {}) deployment failed: {}.", deployment.ecs_svc(), why.words())
            }
            Self::RollingBack { deployment } => {
                format!("(service {service}) rolling back to deployment {}.", deployment.ecs_svc())
            }
            Self::ScaleInHeldByProtection { deployment, count } => format!(
                "(service {service}) was unable to reach steady state because (taskSet {}) was unable to scale in due to (reason {count} tasks under protection)",
                deployment.ecs_svc()
            ),
            Self::NotZoneBalanced { zones } => {
                format!("(service {service}) is not AZ balanced with {}. AZ Rebalancing in progress.", by_zone(zones))
            }
            Self::StartedToRebalance { zone, task } => {
                format!("(service {service}) has started 1 tasks in {zone} to AZ Rebalance: (task {}).", task.arn_id())
            }
            Self::StoppedToRebalance { zone, task } => format!(
                "(service {service}) has stopped 1 running tasks in {zone} due to AZ rebalancing: (task {}).",
                task.arn_id()
            ),
            Self::ZoneBalanced { zones } => format!("(service {service}) is AZ balanced with {}.", by_zone(zones)),
            Self::StoppedRebalancing => format!("(service {service}) stopped AZ Rebalancing."),
        }
    }
}

fn by_zone(zones: &[(Rc<str>, u32)]) -> String {
    zones.iter().map(|(zone, count)| format!("{count} tasks in {zone}")).collect::<Vec<_>>().join(", ")
}

fn names(tasks: &[TaskId]) -> String {
    tasks.iter().map(|task| format!("(task {})", task.arn_id())).collect::<Vec<_>>().join(" ")
}

impl Kind {
    /// Where the fact belongs.
    pub fn side(&self) -> Side {
        match self {
            Kind::CommandGiven(_) | Kind::CommandRefused { .. } | Kind::FaultInjected { .. } | Kind::FaultHealed { .. } => {
                Side::Outside
            }
            Kind::InstanceLaunched { .. }
            | Kind::PowerLost { .. }
            | Kind::Booted { .. }
            | Kind::InstanceTerminated { .. }
            | Kind::SpotNoticeGiven { .. }
            | Kind::AgentStarted { .. }
            | Kind::AgentStopped { .. }
            | Kind::AgentGaveUpConnection { .. }
            | Kind::TaskQueuedByAgent { .. }
            | Kind::ImagePullStarted { .. }
            | Kind::ImagePullFinished { .. }
            | Kind::ImagePullFailed { .. }
            | Kind::ContainerCreateFailed { .. }
            | Kind::ContainerStarted { .. }
            | Kind::ContainerExited { .. }
            | Kind::ContainerKilled { .. }
            | Kind::AppHung { .. }
            | Kind::AppRecovered { .. }
            | Kind::HealthCheckTurned { .. } => Side::Truth,
            Kind::MessagesLost { .. } | Kind::MessagesPassAgain { .. } => Side::Wire,
            Kind::InstanceRegistered { .. }
            | Kind::AgentConnected { .. }
            | Kind::AgentDisconnected { .. }
            | Kind::InstanceStatusChanged { .. }
            | Kind::InstanceDeregistered { .. }
            | Kind::TaskDefinitionRegistered { .. }
            | Kind::TaskPlaced { .. }
            | Kind::PlacementFailed { .. }
            | Kind::TaskStatusChanged { .. }
            | Kind::TaskHealthChanged { .. }
            | Kind::TaskStopDecided { .. }
            | Kind::TaskStopped { .. }
            | Kind::ServiceCreated { .. }
            | Kind::ServiceUpdated { .. }
            | Kind::ServiceDeleted { .. }
            | Kind::DesiredCountChanged { .. }
            | Kind::ServiceThrottled { .. }
            | Kind::ServiceEvent { .. } => Side::Belief,
            Kind::Services(fact) => fact.side(),
            Kind::Balancing(fact) => fact.side(),
            Kind::Capacity(fact) => fact.side(),
            Kind::Metrics(fact) => fact.side(),
            Kind::Platform(fact) => fact.side(),
        }
    }
}
