//! What each kind of fact is, apart from its words: its name, its tone, whom it is about, whether a log names it.

use std::rc::Rc;

use crate::explain::headline::MOMENT_MS;
use crate::explain::{balancing, capacity, metrics, platform, services};
use crate::sim::command::Command;
use crate::sim::fault::{Fault, NetworkTarget, Struck};
use crate::sim::ids::{InstanceId, ServiceId, TaskId};
use crate::sim::model::container_instance::ContainerInstanceStatus;
use crate::sim::model::task::{HealthStatus, StopCode, TaskStatus};
use crate::sim::observation::{Kind, ServiceEvent};

/// What a fact means for the learner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tone {
    /// As it should be.
    Good,
    /// On its way.
    Moving,
    /// Needs a look.
    Warning,
    /// Broken.
    Bad,
    /// Nothing to judge.
    Neutral,
}

/// Whom a fact is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    Instance(InstanceId),
    Task(TaskId),
    Service(ServiceId),
    /// By name.
    Zone(Rc<str>),
    ImageRegistry,
    ControlPlane,
}

/// SIGTERM, handled: the end that was asked for.
const TERMINATED: i32 = 143;

/// A stable name of the kind, for logs that programs read.
pub fn kind_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::CommandGiven(_) => "CommandGiven",
        Kind::CommandRefused { .. } => "CommandRefused",
        Kind::FaultInjected { .. } => "FaultInjected",
        Kind::FaultHealed { .. } => "FaultHealed",
        Kind::InstanceLaunched { .. } => "InstanceLaunched",
        Kind::PowerLost { .. } => "PowerLost",
        Kind::Booted { .. } => "Booted",
        Kind::InstanceTerminated { .. } => "InstanceTerminated",
        Kind::SpotNoticeGiven { .. } => "SpotNoticeGiven",
        Kind::AgentStarted { .. } => "AgentStarted",
        Kind::AgentStopped { .. } => "AgentStopped",
        Kind::AgentGaveUpConnection { .. } => "AgentGaveUpConnection",
        Kind::TaskQueuedByAgent { .. } => "TaskQueuedByAgent",
        Kind::ImagePullStarted { .. } => "ImagePullStarted",
        Kind::ImagePullFinished { .. } => "ImagePullFinished",
        Kind::ImagePullFailed { .. } => "ImagePullFailed",
        Kind::ContainerCreateFailed { .. } => "ContainerCreateFailed",
        Kind::ContainerStarted { .. } => "ContainerStarted",
        Kind::ContainerExited { .. } => "ContainerExited",
        Kind::ContainerKilled { .. } => "ContainerKilled",
        Kind::AppHung { .. } => "AppHung",
        Kind::AppRecovered { .. } => "AppRecovered",
        Kind::HealthCheckTurned { .. } => "HealthCheckTurned",
        Kind::MessagesLost { .. } => "MessagesLost",
        Kind::MessagesPassAgain { .. } => "MessagesPassAgain",
        Kind::InstanceRegistered { .. } => "InstanceRegistered",
        Kind::AgentConnected { .. } => "AgentConnected",
        Kind::AgentDisconnected { .. } => "AgentDisconnected",
        Kind::InstanceStatusChanged { .. } => "InstanceStatusChanged",
        Kind::InstanceDeregistered { .. } => "InstanceDeregistered",
        Kind::TaskDefinitionRegistered { .. } => "TaskDefinitionRegistered",
        Kind::TaskPlaced { .. } => "TaskPlaced",
        Kind::PlacementFailed { .. } => "PlacementFailed",
        Kind::TaskStatusChanged { .. } => "TaskStatusChanged",
        Kind::TaskHealthChanged { .. } => "TaskHealthChanged",
        Kind::TaskStopDecided { .. } => "TaskStopDecided",
        Kind::TaskStopped { .. } => "TaskStopped",
        Kind::ServiceCreated { .. } => "ServiceCreated",
        Kind::ServiceUpdated { .. } => "ServiceUpdated",
        Kind::ServiceDeleted { .. } => "ServiceDeleted",
        Kind::DesiredCountChanged { .. } => "DesiredCountChanged",
        Kind::ServiceThrottled { .. } => "ServiceThrottled",
        Kind::ServiceEvent { .. } => "ServiceEvent",
        Kind::Services(fact) => services::kind_name(fact),
        Kind::Balancing(fact) => balancing::kind_name(fact),
        Kind::Capacity(fact) => capacity::kind_name(fact),
        Kind::Metrics(fact) => metrics::kind_name(fact),
        Kind::Platform(fact) => platform::kind_name(fact),
    }
}

/// What the fact means for the learner.
pub fn tone(kind: &Kind) -> Tone {
    match kind {
        Kind::CommandGiven(_)
        | Kind::InstanceLaunched { .. }
        | Kind::TaskDefinitionRegistered { .. }
        | Kind::ServiceCreated { .. }
        | Kind::ServiceUpdated { .. }
        | Kind::ServiceDeleted { .. }
        | Kind::DesiredCountChanged { .. } => Tone::Neutral,
        Kind::FaultInjected { .. }
        | Kind::PowerLost { .. }
        | Kind::ImagePullFailed { .. }
        | Kind::ContainerCreateFailed { .. }
        | Kind::ContainerKilled { .. }
        | Kind::AppHung { .. }
        | Kind::MessagesLost { .. }
        | Kind::PlacementFailed { .. } => Tone::Bad,
        Kind::AgentDisconnected { silent_for_ms, .. } if *silent_for_ms > MOMENT_MS => Tone::Bad,
        Kind::CommandRefused { .. }
        | Kind::InstanceTerminated { .. }
        | Kind::SpotNoticeGiven { .. }
        | Kind::AgentStopped { .. }
        | Kind::AgentGaveUpConnection { .. }
        | Kind::AgentDisconnected { .. }
        | Kind::TaskQueuedByAgent { .. }
        | Kind::InstanceDeregistered { .. }
        | Kind::ServiceThrottled { .. } => Tone::Warning,
        Kind::FaultHealed { .. }
        | Kind::ContainerStarted { .. }
        | Kind::AppRecovered { .. }
        | Kind::MessagesPassAgain { .. }
        | Kind::InstanceRegistered { .. }
        | Kind::AgentConnected { .. } => Tone::Good,
        Kind::Booted { .. }
        | Kind::AgentStarted { .. }
        | Kind::ImagePullStarted { .. }
        | Kind::ImagePullFinished { .. }
        | Kind::TaskPlaced { .. } => Tone::Moving,
        Kind::ContainerExited { exit_code, .. } => match exit_code {
            0 => Tone::Neutral,
            &TERMINATED => Tone::Moving,
            _ => Tone::Bad,
        },
        Kind::HealthCheckTurned { health, .. } | Kind::TaskHealthChanged { health, .. } => tone_of_health(*health),
        Kind::InstanceStatusChanged { status, .. } => tone_of_status(*status),
        Kind::TaskStatusChanged { to, .. } => match to {
            TaskStatus::Running => Tone::Good,
            TaskStatus::Provisioning
            | TaskStatus::Pending
            | TaskStatus::Activating
            | TaskStatus::Deactivating
            | TaskStatus::Stopping
            | TaskStatus::Deprovisioning => Tone::Moving,
            TaskStatus::Stopped => Tone::Neutral,
        },
        Kind::TaskStopDecided { code, .. } | Kind::TaskStopped { code, .. } => tone_of_stop(*code),
        Kind::ServiceEvent { event, .. } => tone_of_event(event),
        Kind::Services(fact) => services::tone(fact),
        Kind::Balancing(fact) => balancing::tone(fact),
        Kind::Capacity(fact) => capacity::tone(fact),
        Kind::Metrics(fact) => metrics::tone(fact),
        Kind::Platform(fact) => platform::tone(fact),
    }
}

fn tone_of_health(health: HealthStatus) -> Tone {
    match health {
        HealthStatus::Healthy => Tone::Good,
        HealthStatus::Unhealthy => Tone::Bad,
        HealthStatus::Unknown => Tone::Neutral,
    }
}

fn tone_of_status(status: ContainerInstanceStatus) -> Tone {
    match status {
        ContainerInstanceStatus::Active => Tone::Good,
        ContainerInstanceStatus::Draining | ContainerInstanceStatus::Inactive => Tone::Warning,
        ContainerInstanceStatus::Registering | ContainerInstanceStatus::Deregistering => Tone::Moving,
        ContainerInstanceStatus::RegistrationFailed => Tone::Bad,
    }
}

fn tone_of_stop(code: StopCode) -> Tone {
    match code {
        StopCode::TaskFailedToStart | StopCode::EssentialContainerExited | StopCode::TerminationNotice => Tone::Bad,
        StopCode::SpotInterruption => Tone::Warning,
        StopCode::UserInitiated | StopCode::ServiceSchedulerInitiated => Tone::Neutral,
    }
}

fn tone_of_event(event: &ServiceEvent) -> Tone {
    match event {
        ServiceEvent::SteadyState | ServiceEvent::DeploymentCompleted { .. } | ServiceEvent::ZoneBalanced { .. } => Tone::Good,
        ServiceEvent::StartedTasks { .. }
        | ServiceEvent::StartedToRebalance { .. }
        | ServiceEvent::RegisteredTargets { .. }
        | ServiceEvent::DeregisteredTargets { .. }
        | ServiceEvent::BegunDraining { .. } => Tone::Moving,
        ServiceEvent::StoppedRunningTasks { .. }
        | ServiceEvent::StoppedPendingTasks { .. }
        | ServiceEvent::StoppedToRebalance { .. } => Tone::Neutral,
        ServiceEvent::RollingBack { .. }
        | ServiceEvent::ScaleInHeldByProtection { .. }
        | ServiceEvent::NotZoneBalanced { .. }
        | ServiceEvent::StoppedRebalancing => Tone::Warning,
        ServiceEvent::FailedContainerHealthChecks { .. }
        | ServiceEvent::DeploymentFailed { .. }
        | ServiceEvent::TargetUnhealthy { .. }
        | ServiceEvent::UnableToPlace { .. } => Tone::Bad,
        ServiceEvent::UnableToStartConsistently
        | ServiceEvent::OperationsThrottled
        | ServiceEvent::CouldNotLaunch { .. }
        | ServiceEvent::BlockedByDeploymentConfiguration => Tone::Warning,
    }
}

/// Whom the fact is about; nothing for a command that creates what it is about, or is about nothing on the board.
pub fn subject(kind: &Kind) -> Option<About> {
    match kind {
        Kind::CommandGiven(command) => subject_of_command(command),
        Kind::CommandRefused { .. } | Kind::TaskDefinitionRegistered { .. } => None,
        Kind::FaultInjected { what, .. } | Kind::FaultHealed { what, .. } => subject_of_fault(what),
        Kind::PlacementFailed { service, .. } => Some(service.map_or(About::ControlPlane, About::Service)),
        Kind::InstanceLaunched { instance }
        | Kind::PowerLost { instance }
        | Kind::Booted { instance }
        | Kind::InstanceTerminated { instance }
        | Kind::SpotNoticeGiven { instance }
        | Kind::AgentStarted { instance }
        | Kind::AgentStopped { instance }
        | Kind::AgentGaveUpConnection { instance }
        | Kind::MessagesLost { instance }
        | Kind::MessagesPassAgain { instance }
        | Kind::InstanceRegistered { instance }
        | Kind::AgentConnected { instance, .. }
        | Kind::AgentDisconnected { instance, .. }
        | Kind::InstanceStatusChanged { instance, .. }
        | Kind::InstanceDeregistered { instance } => Some(About::Instance(*instance)),
        Kind::TaskQueuedByAgent { task, .. }
        | Kind::ImagePullStarted { task, .. }
        | Kind::ImagePullFinished { task, .. }
        | Kind::ImagePullFailed { task, .. }
        | Kind::ContainerCreateFailed { task, .. }
        | Kind::ContainerStarted { task, .. }
        | Kind::ContainerExited { task, .. }
        | Kind::ContainerKilled { task, .. }
        | Kind::AppHung { task }
        | Kind::AppRecovered { task }
        | Kind::HealthCheckTurned { task, .. }
        | Kind::TaskPlaced { task, .. }
        | Kind::TaskStatusChanged { task, .. }
        | Kind::TaskHealthChanged { task, .. }
        | Kind::TaskStopDecided { task, .. }
        | Kind::TaskStopped { task, .. } => Some(About::Task(*task)),
        Kind::ServiceCreated { service }
        | Kind::ServiceUpdated { service }
        | Kind::ServiceDeleted { service }
        | Kind::DesiredCountChanged { service, .. }
        | Kind::ServiceThrottled { service, .. }
        | Kind::ServiceEvent { service, .. } => Some(About::Service(*service)),
        Kind::Services(fact) => services::subject(fact),
        Kind::Balancing(fact) => balancing::subject(fact),
        Kind::Capacity(fact) => capacity::subject(fact),
        Kind::Metrics(fact) => metrics::subject(fact),
        Kind::Platform(fact) => platform::subject(fact),
    }
}

fn subject_of_command(command: &Command) -> Option<About> {
    match command {
        Command::StopTask { task, .. } => Some(About::Task(*task)),
        Command::UpdateContainerInstancesState { instance, .. }
        | Command::DeregisterContainerInstance { instance }
        | Command::TerminateInstances { instance } => Some(About::Instance(*instance)),
        Command::InjectFault(fault) => subject_of_fault(fault),
        Command::LaunchInstances(launch) => Some(About::Zone(Rc::from(launch.zone.as_str()))),
        Command::RegisterTaskDefinition(_)
        | Command::CreateService(_)
        | Command::UpdateService(_)
        | Command::DeleteService { .. }
        | Command::RunTask(_)
        | Command::HealFault { .. } => None,
        Command::Services(command) => services::subject_of_command(command),
        Command::Balancing(command) => balancing::subject_of_command(command),
        Command::Capacity(command) => capacity::subject_of_command(command),
        Command::Metrics(command) => metrics::subject_of_command(command),
        Command::Platform(command) => platform::subject_of_command(command),
    }
}

/// What a fault strikes; nothing when it strikes a whole family.
pub fn subject_of_fault(fault: &Fault) -> Option<About> {
    Some(match fault.struck() {
        Struck::Task(task) => About::Task(task),
        Struck::Server(instance) => About::Instance(instance),
        Struck::AgentRoad(target) | Struck::ClientRoad(target) => match target {
            NetworkTarget::Instance(instance) => About::Instance(*instance),
            NetworkTarget::Zone(zone) => About::Zone(Rc::from(zone.as_str())),
        },
        Struck::Zone(zone) => About::Zone(Rc::from(zone)),
        Struck::ImageRegistry => About::ImageRegistry,
        Struck::Family(_) => return None,
    })
}
