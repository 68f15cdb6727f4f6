//! Which facts a learner's log names, and by which ids programs find the things they are about.

use crate::explain::{balancing, capacity, metrics, platform, services};
use crate::sim::command::Command;
use crate::sim::ids::{DecisionId, FaultId, InstanceId, ServiceId, TaskDefinitionId, TaskId};
use crate::sim::model::task::{HealthStatus, TaskStatus};
use crate::sim::observation::{Kind, Place};
use crate::sim::time::Millis;

/// SIGTERM, handled: the end that was asked for.
const TERMINATED: i32 = 143;
/// A connection that was not there for as long as that was missed.
pub(super) const MOMENT_MS: Millis = 30_000;

/// Would a learner's log name it? The rest are the small steps between, and answers that only repeat a command.
pub fn is_headline(kind: &Kind) -> bool {
    match kind {
        Kind::CommandGiven(command) => match &**command {
            // The fault itself is named instead.
            Command::InjectFault(_) | Command::HealFault { .. } => false,
            Command::RegisterTaskDefinition(_)
            | Command::CreateService(_)
            | Command::UpdateService(_)
            | Command::DeleteService { .. }
            | Command::RunTask(_)
            | Command::StopTask { .. }
            | Command::LaunchInstances(_)
            | Command::UpdateContainerInstancesState { .. }
            | Command::DeregisterContainerInstance { .. }
            | Command::TerminateInstances { .. }
            | Command::Services(_)
            | Command::Balancing(_)
            | Command::Capacity(_)
            | Command::Metrics(_)
            | Command::Platform(_) => true,
        },
        Kind::CommandRefused { .. }
        | Kind::FaultInjected { .. }
        | Kind::FaultHealed { .. }
        | Kind::PowerLost { .. }
        | Kind::InstanceTerminated { .. }
        | Kind::SpotNoticeGiven { .. }
        | Kind::AgentStopped { .. }
        | Kind::AgentGaveUpConnection { .. }
        | Kind::TaskQueuedByAgent { .. }
        | Kind::ImagePullFailed { .. }
        | Kind::ContainerCreateFailed { .. }
        | Kind::ContainerKilled { .. }
        | Kind::AppHung { .. }
        | Kind::AppRecovered { .. }
        | Kind::MessagesLost { .. }
        | Kind::MessagesPassAgain { .. }
        | Kind::InstanceRegistered { .. }
        | Kind::InstanceStatusChanged { .. }
        | Kind::InstanceDeregistered { .. }
        | Kind::TaskPlaced { .. }
        | Kind::PlacementFailed { .. }
        | Kind::TaskStopDecided { .. }
        | Kind::TaskStopped { .. }
        | Kind::ServiceThrottled { .. }
        | Kind::ServiceEvent { .. } => true,
        Kind::InstanceLaunched { .. }
        | Kind::Booted { .. }
        | Kind::AgentStarted { .. }
        | Kind::ImagePullStarted { .. }
        | Kind::ImagePullFinished { .. }
        | Kind::ContainerStarted { .. }
        | Kind::TaskDefinitionRegistered { .. }
        | Kind::ServiceCreated { .. }
        | Kind::ServiceUpdated { .. }
        | Kind::ServiceDeleted { .. }
        | Kind::DesiredCountChanged { .. } => false,
        // A connection that an agent renews is no incident; one that was closed for another reason has its own headline.
        Kind::AgentConnected { away_ms, .. } => *away_ms > MOMENT_MS,
        Kind::AgentDisconnected { silent_for_ms, .. } => *silent_for_ms > MOMENT_MS,
        Kind::ContainerExited { exit_code, .. } => *exit_code != TERMINATED,
        Kind::TaskStatusChanged { to, .. } => *to == TaskStatus::Running,
        Kind::HealthCheckTurned { health, .. } | Kind::TaskHealthChanged { health, .. } => *health == HealthStatus::Unhealthy,
        Kind::Services(fact) => services::is_headline(fact),
        Kind::Balancing(fact) => balancing::is_headline(fact),
        Kind::Capacity(fact) => capacity::is_headline(fact),
        Kind::Metrics(fact) => metrics::is_headline(fact),
        Kind::Platform(fact) => platform::is_headline(fact),
    }
}

/// What the fact is about, by field name and full id, for logs that programs read.
pub fn ids(kind: &Kind) -> Vec<(&'static str, String)> {
    match kind {
        Kind::CommandGiven(command) => ids_of_command(command),
        Kind::CommandRefused { .. } => Vec::new(),
        Kind::FaultInjected { fault: id, .. } | Kind::FaultHealed { fault: id, .. } => vec![fault(*id)],
        Kind::InstanceLaunched { instance: id }
        | Kind::PowerLost { instance: id }
        | Kind::Booted { instance: id }
        | Kind::InstanceTerminated { instance: id }
        | Kind::SpotNoticeGiven { instance: id }
        | Kind::AgentStarted { instance: id }
        | Kind::AgentStopped { instance: id }
        | Kind::AgentGaveUpConnection { instance: id }
        | Kind::MessagesLost { instance: id }
        | Kind::MessagesPassAgain { instance: id }
        | Kind::InstanceRegistered { instance: id }
        | Kind::AgentConnected { instance: id, .. }
        | Kind::AgentDisconnected { instance: id, .. }
        | Kind::InstanceStatusChanged { instance: id, .. }
        | Kind::InstanceDeregistered { instance: id } => vec![instance(*id)],
        Kind::TaskQueuedByAgent { task: id, instance: on } => vec![task(*id), instance(*on)],
        Kind::ImagePullStarted { task: id, .. }
        | Kind::ImagePullFinished { task: id, .. }
        | Kind::ImagePullFailed { task: id, .. }
        | Kind::ContainerCreateFailed { task: id, .. }
        | Kind::ContainerStarted { task: id, .. }
        | Kind::ContainerExited { task: id, .. }
        | Kind::ContainerKilled { task: id, .. }
        | Kind::AppHung { task: id }
        | Kind::AppRecovered { task: id }
        | Kind::HealthCheckTurned { task: id, .. }
        | Kind::TaskStatusChanged { task: id, .. }
        | Kind::TaskHealthChanged { task: id, .. }
        | Kind::TaskStopDecided { task: id, .. }
        | Kind::TaskStopped { task: id, .. } => vec![task(*id)],
        Kind::TaskDefinitionRegistered { definition: id } => vec![definition(*id)],
        Kind::TaskPlaced { task: id, place: Place::Instance(on), decision: by, .. } => {
            vec![task(*id), instance(*on), decision(*by)]
        }
        Kind::TaskPlaced { task: id, place: Place::Fargate { .. }, decision: by, .. } => vec![task(*id), decision(*by)],
        Kind::PlacementFailed { service: of, definition: what, decision: by, .. } => {
            of.map(service).into_iter().chain([definition(*what), decision(*by)]).collect()
        }
        Kind::ServiceCreated { service: id }
        | Kind::ServiceUpdated { service: id }
        | Kind::ServiceDeleted { service: id }
        | Kind::DesiredCountChanged { service: id, .. }
        | Kind::ServiceThrottled { service: id, .. }
        | Kind::ServiceEvent { service: id, .. } => vec![service(*id)],
        Kind::Services(fact) => services::ids(fact),
        Kind::Balancing(fact) => balancing::ids(fact),
        Kind::Capacity(fact) => capacity::ids(fact),
        Kind::Metrics(fact) => metrics::ids(fact),
        Kind::Platform(fact) => platform::ids(fact),
    }
}

fn ids_of_command(command: &Command) -> Vec<(&'static str, String)> {
    match command {
        Command::StopTask { task: id, .. } => vec![task(*id)],
        Command::UpdateContainerInstancesState { instance: id, .. }
        | Command::DeregisterContainerInstance { instance: id }
        | Command::TerminateInstances { instance: id } => vec![instance(*id)],
        Command::HealFault { fault: id } => vec![fault(*id)],
        Command::CreateService(request) => vec![("service_name", request.service_name.clone())],
        Command::UpdateService(request) => vec![("service_name", request.service.clone())],
        Command::DeleteService { service: name } => vec![("service_name", name.clone())],
        Command::RegisterTaskDefinition(_) | Command::RunTask(_) | Command::LaunchInstances(_) | Command::InjectFault(_) => {
            Vec::new()
        }
        Command::Services(command) => services::ids_of_command(command),
        Command::Balancing(command) => balancing::ids_of_command(command),
        Command::Capacity(command) => capacity::ids_of_command(command),
        Command::Metrics(command) => metrics::ids_of_command(command),
        Command::Platform(command) => platform::ids_of_command(command),
    }
}

fn instance(id: InstanceId) -> (&'static str, String) {
    ("instance", id.ec2_instance_id())
}

fn task(id: TaskId) -> (&'static str, String) {
    ("task", id.arn_id())
}

fn service(id: ServiceId) -> (&'static str, String) {
    ("service", id.0.to_string())
}

fn definition(id: TaskDefinitionId) -> (&'static str, String) {
    ("task_definition", id.0.to_string())
}

fn decision(id: DecisionId) -> (&'static str, String) {
    ("decision", id.0.to_string())
}

fn fault(id: FaultId) -> (&'static str, String) {
    ("fault", id.0.to_string())
}
