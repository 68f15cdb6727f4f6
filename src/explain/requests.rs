//! Commands in plain words.

use crate::explain::names::{count, definition_name, instance_name, launch_type_words, task_name};
use crate::explain::troubles::{fault_label, heal_label};
use crate::explain::{balancing, capacity, metrics, platform, services};
use crate::sim::command::{
    Command, CreateService, InstanceStatusRequest, LaunchInstances, LaunchType, RunTask, SchedulingStrategy, UpdateService,
};
use crate::sim::engine::Sim;
use crate::sim::model::capacity_provider::CapacityProviderStrategyItem;

/// What someone asks for, as a button, the undo label or the log says it: `Create service web: 3 tasks of nginx on EC2`.
pub fn command_label(sim: &Sim, command: &Command) -> String {
    match command {
        Command::RegisterTaskDefinition(definition) => format!("Register task definition {}", definition.family),
        Command::CreateService(request) => create_service(sim, request),
        Command::UpdateService(request) => update_service(sim, request),
        Command::DeleteService { service } => format!("Delete service {service}"),
        Command::RunTask(request) => run_task(sim, request),
        Command::StopTask { task, .. } => format!("Stop task {}", task_name(sim, *task)),
        Command::LaunchInstances(request) => launch_instances(request),
        Command::UpdateContainerInstancesState { instance, status: InstanceStatusRequest::Draining } => {
            format!("Drain {}", instance_name(*instance))
        }
        Command::UpdateContainerInstancesState { instance, status: InstanceStatusRequest::Active } => {
            format!("Make {} ACTIVE again", instance_name(*instance))
        }
        Command::DeregisterContainerInstance { instance } => format!("Deregister {}", instance_name(*instance)),
        Command::TerminateInstances { instance } => format!("Terminate {}", instance_name(*instance)),
        Command::InjectFault(fault) => fault_label(sim, fault),
        Command::HealFault { fault } => match sim.faults().get(*fault) {
            Some(active) => heal_label(sim, &active.what),
            None => format!("Heal fault {}", fault.0),
        },
        Command::Services(command) => services::label(sim, command),
        Command::Balancing(command) => balancing::label(sim, command),
        Command::Capacity(command) => capacity::label(sim, command),
        Command::Metrics(command) => metrics::label(sim, command),
        Command::Platform(command) => platform::label(sim, command),
    }
}

/// `nginx` as given, or the revision that it means now: `nginx:2`.
fn wanted_definition(sim: &Sim, name: &str) -> String {
    sim.belief().definition_named(name).map_or_else(|| name.to_owned(), |id| definition_name(sim, id))
}

fn create_service(sim: &Sim, request: &CreateService) -> String {
    let (name, definition) = (&request.service_name, wanted_definition(sim, &request.task_definition));
    match request.scheduling_strategy {
        SchedulingStrategy::Replica => format!(
            "Create service {name}: {} of {definition} {}{}{}",
            count(u64::from(request.desired_count), "task"),
            where_to(sim, request.capacity_provider_strategy.as_deref(), request.launch_type),
            request
                .service_connect_configuration
                .as_ref()
                .map_or_else(String::new, |asked| format!(", {}", services::connect_words(asked))),
            match request.service_registries.as_slice() {
                [] => String::new(),
                registries => format!(", {}", services::registry_words(registries)),
            }
        ),
        SchedulingStrategy::Daemon => format!("Create DAEMON service {name}: one task of {definition} on every server"),
    }
}

/// `on EC2`, or the strategy that says where.
fn where_to(sim: &Sim, strategy: Option<&[CapacityProviderStrategyItem]>, launch_type: LaunchType) -> String {
    let default = &sim.belief().capacity.default_strategy;
    match strategy.map(|items| if items.is_empty() { default } else { items }).and_then(capacity::strategy_words) {
        Some(words) => format!("by capacity provider strategy {words}"),
        None => format!("on {}", launch_type_words(launch_type)),
    }
}

fn update_service(sim: &Sim, request: &UpdateService) -> String {
    let mut changes = Vec::new();
    if let Some(desired) = request.desired_count {
        changes.push(format!("desired count {desired}"));
    }
    if let Some(name) = &request.task_definition {
        changes.push(format!("task definition {}", wanted_definition(sim, name)));
    }
    if let Some(launch_type) = request.launch_type {
        changes.push(format!("run on {}", launch_type_words(launch_type)));
    }
    if let Some(items) = &request.capacity_provider_strategy {
        let words = capacity::strategy_words(items).unwrap_or_else(|| "of the cluster".to_owned());
        changes.push(format!("capacity provider strategy {words}"));
    }
    if let Some(strategies) = &request.placement_strategy {
        changes.push(format!("placement strategy {}", listed(strategies)));
    }
    if let Some(constraints) = &request.placement_constraints {
        changes.push(format!("placement constraints {}", listed(constraints)));
    }
    changes.extend(services::changed_settings(request));
    if changes.is_empty() {
        return format!("Update service {} without a change", request.service);
    }
    format!("Update service {}: {}", request.service, changes.join(", "))
}

fn listed<T: ToString>(items: &[T]) -> String {
    if items.is_empty() { "none".to_owned() } else { items.iter().map(T::to_string).collect::<Vec<_>>().join(", ") }
}

fn run_task(sim: &Sim, request: &RunTask) -> String {
    let definition = wanted_definition(sim, &request.task_definition);
    format!(
        "Run {} of {definition} {}",
        count(u64::from(request.count), "task"),
        where_to(sim, request.capacity_provider_strategy.as_deref(), request.launch_type)
    )
}

fn launch_instances(request: &LaunchInstances) -> String {
    let spot = if request.spot { " (Spot)" } else { "" };
    format!("Launch {} {}{spot} in {}", request.count, request.instance_type, request.zone)
}
