//! One sentence for each fact, for someone who has never seen ECS, in the words of ECS.
//!
//! A sentence says what happened, never what it means for something else: that is for [`super::why`] and the chain of causes.
//! Start reading at [`sentence`].

pub use crate::explain::headline::{ids, is_headline};
pub use crate::explain::kinds::{About, Tone, kind_name, subject, tone};
use crate::explain::names::{
    definition_name, instance_name, launch_type_words, reason_words, service_name, task_name, zone_name,
};
pub use crate::explain::requests::command_label;
use crate::explain::troubles::fault_label;
use crate::explain::{balancing, capacity, metrics, platform, services};
use crate::sim::decision::DecisionSummary;
use crate::sim::engine::Sim;
use crate::sim::ids::{InstanceId, ServiceId, TaskDefinitionId, TaskId};
use crate::sim::model::container_instance::ContainerInstanceStatus;
use crate::sim::model::task::{HealthStatus, StopCode, TaskStatus};
use crate::sim::observation::{Kind, Observation, Place};
use crate::sim::time::{Millis, clock, span};

/// What happened, in one sentence. Service events come out verbatim.
pub fn sentence(sim: &Sim, observation: &Observation) -> String {
    let task = |id: &TaskId| task_name(sim, *id);
    let server = |id: &InstanceId| instance_name(*id);
    match &observation.kind {
        Kind::CommandGiven(command) => format!("You: {}", command_label(sim, command)),
        Kind::CommandRefused { code, message } => format!("Refused: {code}: {message}"),
        Kind::FaultInjected { what, .. } => format!("Fault: {}", fault_label(sim, what)),
        Kind::FaultHealed { what, .. } => format!("Healed: {}", fault_label(sim, what)),
        Kind::InstanceLaunched { instance } => format!("EC2 launches server {}{}", server(instance), server_kind(sim, *instance)),
        Kind::PowerLost { instance } => format!("{} loses power; everything on it stops", server(instance)),
        Kind::Booted { instance } => format!("{} has booted", server(instance)),
        Kind::InstanceTerminated { instance } => format!("EC2 has terminated {} for good", server(instance)),
        Kind::SpotNoticeGiven { instance } => format!(
            "EC2 gives notice: it takes Spot server {} back in {}. {}",
            server(instance),
            span(sim.tuning().spot_notice_ms),
            drained_by(sim, *instance)
        ),
        Kind::AgentStarted { instance } => format!("The ECS agent on {} starts", server(instance)),
        Kind::AgentStopped { instance } => format!("The ECS agent on {} stops; its containers go on", server(instance)),
        Kind::AgentGaveUpConnection { instance } => {
            format!("The agent on {} has heard nothing for too long and closes its connection to connect anew", server(instance))
        }
        Kind::TaskQueuedByAgent { task: id, instance } => {
            format!("{} waits in the agent's queue on {}: no room there yet", task(id), server(instance))
        }
        Kind::ImagePullStarted { task: id, image } => format!("Pulling image {image} for {}", task(id)),
        Kind::ImagePullFinished { task: id, image, cached: true } => format!("Image {image} for {} is on disk already", task(id)),
        Kind::ImagePullFinished { task: id, image, cached: false } => format!("Image {image} for {} has been pulled", task(id)),
        Kind::ImagePullFailed { task: id, image, attempt } => {
            format!("Pulling image {image} for {} fails (attempt {attempt} of {})", task(id), sim.tuning().pull_attempts)
        }
        Kind::ContainerCreateFailed { task: id, container } => {
            format!("Container {container} of {} cannot be created: no space left on disk", task(id))
        }
        Kind::ContainerStarted { task: id, container } => format!("Container {container} of {} runs", task(id)),
        Kind::ContainerExited { task: id, container, out_of_memory: true, exit_code } => {
            format!("Container {container} of {} is killed for using too much memory (exit code {exit_code})", task(id))
        }
        Kind::ContainerExited { task: id, container, out_of_memory: false, exit_code } => {
            format!("Container {container} of {} exited with code {exit_code}", task(id))
        }
        Kind::ContainerKilled { task: id, container } => {
            format!("Container {container} of {} did not end in time after SIGTERM and gets SIGKILL", task(id))
        }
        Kind::AppHung { task: id } => format!("The app in {} hangs: its process lives but does not answer", task(id)),
        Kind::AppRecovered { task: id } => format!("The app in {} answers again", task(id)),
        Kind::HealthCheckTurned { task: id, health } => health_check_turned(&task(id), *health),
        Kind::MessagesLost { instance } => format!("Messages between {} and ECS get lost", server(instance)),
        Kind::MessagesPassAgain { instance } => format!("Messages between {} and ECS pass again", server(instance)),
        Kind::InstanceRegistered { instance } => {
            format!("{} has joined the cluster as a container instance{}", server(instance), server_kind(sim, *instance))
        }
        Kind::AgentConnected { instance, .. } => format!("ECS hears from the agent of {} again: connected", server(instance)),
        Kind::AgentDisconnected { instance, silent_for_ms } => agent_disconnected(&server(instance), *silent_for_ms),
        Kind::InstanceStatusChanged { instance, status } => instance_status(&server(instance), *status),
        Kind::InstanceDeregistered { instance } => {
            format!("{} is deregistered: it is no part of the cluster any more", server(instance))
        }
        Kind::TaskDefinitionRegistered { definition } => registered(sim, *definition),
        Kind::TaskPlaced { task: id, place, summary, .. } => placed(sim, &task(id), *place, summary),
        Kind::PlacementFailed { service, definition, summary, .. } => placement_failed(sim, *service, *definition, summary),
        Kind::TaskStatusChanged { task: id, to, .. } => format!("{} is {}", task(id), status_words(sim, *id, *to)),
        Kind::TaskHealthChanged { task: id, health } => format!("ECS learns that {} is {}", task(id), health.name()),
        Kind::TaskStopDecided { task: id, code, reason } => stop_decided(&task(id), *code, reason),
        Kind::TaskStopped { task: id, code, reason, exit_code, detail } => {
            stopped(&task(id), *code, reason, *exit_code, detail.as_deref())
        }
        Kind::ServiceCreated { service } => format!("Service {} is created", service_name(sim, *service)),
        Kind::ServiceUpdated { service } => format!("Service {} is updated", service_name(sim, *service)),
        Kind::ServiceDeleted { service } => format!("Service {} is deleted; its tasks wind down", service_name(sim, *service)),
        Kind::DesiredCountChanged { service, from, to } => {
            format!("Service {} now wants {to} instead of {from} tasks", service_name(sim, *service))
        }
        Kind::ServiceThrottled { service, until_ms } => format!(
            "Tasks of {} keep failing to start: ECS waits until {} before the next attempt",
            service_name(sim, *service),
            clock(*until_ms)
        ),
        Kind::ServiceEvent { service, event } => event.text(&service_name(sim, *service)),
        Kind::Services(fact) => services::sentence(sim, fact),
        Kind::Balancing(fact) => balancing::sentence(sim, fact),
        Kind::Capacity(fact) => capacity::sentence(sim, fact),
        Kind::Metrics(fact) => metrics::sentence(sim, fact),
        Kind::Platform(fact) => platform::sentence(sim, fact),
    }
}

/// Who drains a Spot server that has notice, if anyone does (ecs.md §6.3, §7.6).
fn drained_by(sim: &Sim, instance: InstanceId) -> &'static str {
    let hook = sim.neighbours().auto_scaling.groups.values().any(|group| group.hook && group.members.contains_key(&instance));
    match (sim.truth().hosts.get(instance).is_some_and(|host| host.spot_draining), hook) {
        (_, true) => "Managed draining drains it",
        (true, false) => "Its agent drains it (ECS_ENABLE_SPOT_INSTANCE_DRAINING)",
        (false, false) => "Nobody drains it: ECS_ENABLE_SPOT_INSTANCE_DRAINING is off",
    }
}

fn server_kind(sim: &Sim, instance: InstanceId) -> String {
    match sim.truth().hosts.get(instance) {
        Some(host) => format!(" ({} in {})", host.instance_type.name, zone_name(sim, host.zone)),
        None => String::new(),
    }
}

fn health_check_turned(task: &str, health: HealthStatus) -> String {
    match health {
        HealthStatus::Healthy => format!("The health check of {task} passes; ECS will be told"),
        HealthStatus::Unhealthy => format!("The health check of {task} has failed too often: UNHEALTHY; ECS will be told"),
        HealthStatus::Unknown => format!("The health of {task} is not known"),
    }
}

fn agent_disconnected(server: &str, silent_for_ms: Millis) -> String {
    if silent_for_ms < 30_000 {
        return format!("ECS marks the agent of {server} disconnected: its connection was closed");
    }
    format!("ECS marks the agent of {server} disconnected: nothing heard for {}", span(silent_for_ms))
}

fn instance_status(server: &str, status: ContainerInstanceStatus) -> String {
    match status {
        ContainerInstanceStatus::Active => format!("{server} is ACTIVE: it takes tasks"),
        ContainerInstanceStatus::Draining => {
            format!("{server} is DRAINING: it takes no new tasks, and services move theirs elsewhere")
        }
        ContainerInstanceStatus::Deregistering => {
            format!("{server} is DEREGISTERING: its tasks are given up, and its trunk network interface is being deleted")
        }
        ContainerInstanceStatus::RegistrationFailed => {
            format!("{server} is REGISTRATION_FAILED: without its trunk network interface it takes no tasks")
        }
        ContainerInstanceStatus::Registering | ContainerInstanceStatus::Inactive => format!("{server} is {}", status.name()),
    }
}

fn registered(sim: &Sim, definition: TaskDefinitionId) -> String {
    let name = definition_name(sim, definition);
    match sim.belief().definitions.get(definition) {
        Some(entry) => format!(
            "Task definition {name} is registered: {} CPU units and {} MiB of memory a task",
            super::names::number(u64::from(entry.needs.cpu_units)),
            super::names::number(u64::from(entry.needs.memory_mib))
        ),
        None => format!("Task definition {name} is registered"),
    }
}

fn placed(sim: &Sim, task: &str, place: Place, summary: &DecisionSummary) -> String {
    match place {
        Place::Instance(instance) => format!("{task} placed on {}{}", instance_name(instance), of_how_many(summary)),
        Place::Fargate { zone, launch_type } => {
            format!("{task} placed on {} in {}", launch_type_words(launch_type), zone_name(sim, zone))
        }
    }
}

fn of_how_many(summary: &DecisionSummary) -> String {
    match (summary.feasible, summary.candidates) {
        (_, 0 | 1) => String::new(),
        (Some(feasible), candidates) => {
            format!(" ({feasible} of {candidates} servers {} room)", if feasible == 1 { "has" } else { "have" })
        }
        (None, candidates) => format!(" (of {candidates} servers)"),
    }
}

fn placement_failed(sim: &Sim, service: Option<ServiceId>, definition: TaskDefinitionId, summary: &DecisionSummary) -> String {
    let definition = definition_name(sim, definition);
    let what = match service {
        Some(service) => format!("No server can take another task of {} ({definition})", service_name(sim, service)),
        None => format!("No server can take a task of {definition} (a standalone one)"),
    };
    if let Some(refusal) = summary.refusal {
        return match service {
            Some(service) => {
                format!("Service {} cannot start another task of {definition}: {}", service_name(sim, service), refusal.reason())
            }
            None => format!("RunTask cannot start a task of {definition}: {}", refusal.reason()),
        };
    }
    match summary.closest {
        Some((instance, reason)) => format!("{what}; closest is {}: {}", instance_name(instance), reason_words(reason)),
        None => match (summary.provider, summary.candidates) {
            (None, _) => format!("{what}: the cluster has no ACTIVE container instance"),
            (Some(provider), 0) => {
                format!("{what}: EMPTY CAPACITY PROVIDER, {} has no container instance", sim.belief().capacity.name(provider))
            }
            (Some(provider), _) => {
                format!(
                    "{what}: NO ACTIVE INSTANCES, those of capacity provider {} take no tasks",
                    sim.belief().capacity.name(provider)
                )
            }
        },
    }
}

fn status_words(sim: &Sim, task: TaskId, status: TaskStatus) -> String {
    let place = sim.belief().tasks.get(task).and_then(|known| known.instance).map(instance_name);
    match (status, place) {
        (TaskStatus::Running, Some(server)) => format!("RUNNING on {server}"),
        (
            TaskStatus::Provisioning
            | TaskStatus::Pending
            | TaskStatus::Activating
            | TaskStatus::Running
            | TaskStatus::Deactivating
            | TaskStatus::Stopping
            | TaskStatus::Deprovisioning
            | TaskStatus::Stopped,
            _,
        ) => status.name().to_owned(),
    }
}

fn stop_decided(task: &str, code: StopCode, reason: &str) -> String {
    match code {
        StopCode::TaskFailedToStart => format!("ECS gives {task} up: {reason}"),
        StopCode::EssentialContainerExited => format!("ECS learns that {task} has ended: {reason}"),
        StopCode::UserInitiated => format!("{task} shall stop: {reason}"),
        StopCode::ServiceSchedulerInitiated | StopCode::SpotInterruption | StopCode::TerminationNotice => {
            format!("ECS decides to stop {task}: {reason}")
        }
    }
}

fn stopped(task: &str, code: StopCode, reason: &str, exit_code: Option<i32>, detail: Option<&str>) -> String {
    let code_words = exit_code.map(|number| format!(", exit code {number}")).unwrap_or_default();
    let detail_words = detail.map(|text| format!(". {text}")).unwrap_or_default();
    format!("{task} has STOPPED ({}): {reason}{code_words}{detail_words}", code.name())
}
