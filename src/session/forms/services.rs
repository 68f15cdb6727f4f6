//! Services beyond their deployments: settings, networks, where their tasks run; tasks that are protected; revisions that are retired.

use std::rc::Rc;

use crate::explain::names;
use crate::session::forms::{
    Filled, FormKind, NONE, connect, definition_names, discovery, field, fixed, form, number, or_none, pick, switch, text,
};
use crate::session::frame::{Asked, Control, FieldView, FormView};
use crate::sim::command::platform::{AwsvpcConfiguration, NetworkConfiguration, PublicIp};
use crate::sim::command::services::{ServicesCommand, StartTask, UpdateTaskProtection};
use crate::sim::command::{Command, CreateService, SchedulingStrategy, UpdateService};
use crate::sim::control_plane::definition::DefinitionStatus;
use crate::sim::control_plane::service::{Service, ServiceStatus};
use crate::sim::engine::Sim;
use crate::sim::ids::{CapacityProviderId, InstanceId, TaskId};
use crate::sim::model::capacity_provider::CapacityProviderStrategyItem;
use crate::sim::model::deployment::ZoneRebalancing;
use crate::sim::model::task_definition::NetworkMode;
use crate::sim::time::SECOND;

/// What can be asked for.
pub fn forms(sim: &Sim) -> Vec<FormView> {
    [daemon_form(sim), retire_form(sim)].into_iter().flatten().collect()
}

fn daemon_form(sim: &Sim) -> Option<FormView> {
    let fields =
        vec![field("name", "Name", text("everywhere")), field("task_definition", "Task definition", definition_names(sim)?)];
    let line = "One task on every server, those that come later included.";
    Some(form(FormKind::CreateDaemon, "A DAEMON service", line, "Create daemon", fields))
}

fn retire_form(sim: &Sim) -> Option<FormView> {
    let definitions = sim.belief().definitions.iter();
    let active = definitions.filter(|(_, entry)| entry.status == DefinitionStatus::Active);
    let fields = vec![field("revision", "Revision", pick(active.map(|(_, entry)| Rc::from(entry.definition.name())))?)];
    let line = "What uses it goes on; nothing new may use it.";
    Some(form(FormKind::Deregister, "Retire a revision", line, "Deregister", fields))
}

/// What can be changed about a service.
pub fn forms_of(sim: &Sim, service: &Service) -> Vec<FormView> {
    if service.status != ServiceStatus::Active {
        return Vec::new();
    }
    let forms = [
        Some(settings_form(service)),
        providers_form(sim, service),
        network_form(sim, service),
        connect::form_of(sim, service),
        discovery::form_of(sim, service),
    ];
    forms.into_iter().flatten().map(|form| FormView { of: service.name.clone(), ..form }).collect()
}

fn settings_form(service: &Service) -> FormView {
    let percent = |value| number(u64::from(value), 0, 400, 10, "%");
    let fields = vec![
        field("service", "Service", fixed(&service.name)),
        field("minimum_healthy_percent", "Minimum healthy percent", percent(service.minimum_healthy_percent)),
        field("maximum_percent", "Maximum percent", percent(service.maximum_percent)),
        field("grace_period", "Health check grace period", number(service.grace_period_ms / SECOND, 0, 7_200, 30, "s")),
        field("rebalancing", "Availability zone rebalancing", switch(service.zone_rebalancing == ZoneRebalancing::Enabled)),
        field("force", "Force a new deployment", switch(false)),
    ];
    form(FormKind::ServiceSettings, "Settings", "", "Update service", fields)
}

/// Providers by name: those of the cluster, and the two of Fargate.
fn provider_names(sim: &Sim) -> Vec<Rc<str>> {
    let capacity = &sim.belief().capacity;
    let own = capacity.providers.values().map(|provider| provider.name.clone());
    own.chain([CapacityProviderId::FARGATE, CapacityProviderId::FARGATE_SPOT].map(|id| capacity.name(id))).collect()
}

/// A DAEMON service has no strategy.
fn providers_form(sim: &Sim, service: &Service) -> Option<FormView> {
    if service.scheduling_strategy == SchedulingStrategy::Daemon {
        return None;
    }
    let known = |at: usize| service.revision().capacity_provider_strategy.get(at);
    let number_of = |at: usize, read: fn(&CapacityProviderStrategyItem) -> u32, usual: u32| {
        number(u64::from(known(at).map_or(usual, read)), 0, 1_000, 1, "")
    };
    let provider =
        |at: usize, words: &str| or_none(provider_names(sim), words, known(at).map(|item| item.capacity_provider.as_str()));
    let second = |field: FieldView| FieldView { only_if: Some(Asked::Unless("second", NONE)), ..field };
    let first = |field: FieldView| FieldView { only_if: Some(Asked::Unless("first", NONE)), ..field };
    let fields = vec![
        field("service", "Service", fixed(&service.name)),
        field("first", "First provider", provider(0, "the cluster's default")),
        first(field("first_base", "Base of the first", number_of(0, |item| item.base, 0))),
        first(field("first_weight", "Weight of the first", number_of(0, |item| item.weight, 1))),
        first(field("second", "Second provider", provider(1, "no other"))),
        second(field("second_weight", "Weight of the second", number_of(1, |item| item.weight, 1))),
    ];
    let line = "The base goes to the first provider; the rest is divided by weight. Starts a new deployment.";
    Some(form(FormKind::ProviderStrategy, "Capacity provider strategy", line, "Change strategy", fields))
}

/// Only tasks in `awsvpc` mode have interfaces of their own.
fn network_form(sim: &Sim, service: &Service) -> Option<FormView> {
    let definition = &sim.belief().definitions[service.revision().definition].definition;
    if definition.network_mode != NetworkMode::Awsvpc || sim.neighbours().network.subnets().next().is_none() {
        return None;
    }
    let chosen = service.revision().network.as_ref();
    let is_chosen = |name: &Rc<str>| chosen.is_none_or(|network| network.subnets.contains(name));
    let mut fields = vec![field("service", "Service", fixed(&service.name))];
    let subnets: Vec<Rc<str>> = sim.neighbours().network.subnets().map(|(name, _)| name.clone()).collect();
    let listed: Vec<&str> = subnets.iter().filter(|name| is_chosen(name)).map(|name| &**name).collect();
    fields.push(field("subnets", "Subnets, with commas between", text(&listed.join(", "))));
    let public = chosen.is_some_and(|network| network.assign_public_ip == PublicIp::Enabled);
    fields.push(field("public", "A public address too", switch(public)));
    let line = "Its tasks get an address in one of these subnets. Starts a new deployment.";
    Some(form(FormKind::ServiceNetwork, "Network", line, "Change network", fields))
}

/// Protection of a task of a service.
pub fn protection_form(sim: &Sim, id: TaskId) -> Option<FormView> {
    let task = sim.belief().tasks.get(id).filter(|task| task.service.is_some() && task.is_wanted())?;
    let protected = task.is_protected(sim.now_ms());
    let name: Rc<str> = Rc::from(names::task_name(sim, id));
    let fields = vec![
        field("task", "Task", Control::Fixed(Rc::from(id.0.to_string()))),
        field("protected", "Protected", switch(!protected)),
        field("minutes", "Expires in", number(u64::from(sim.tuning().services.protection_minutes), 1, 2_880, 10, "min")),
    ];
    let line = "Scale-in and deployments leave a protected task alone; nothing else does.";
    Some(FormView { of: name, ..form(FormKind::ProtectTask, "Protection", line, "Set protection", fields) })
}

/// A task on a server that someone has chosen.
pub fn start_form(sim: &Sim, id: InstanceId) -> Option<FormView> {
    sim.belief().registry.get(id)?;
    let fields = vec![
        field("instance", "Server", Control::Fixed(Rc::from(id.0.to_string()))),
        field("task_definition", "Task definition", definition_names(sim)?),
    ];
    let line = "StartTask: no strategy and no scheduler; only the room is looked at.";
    Some(FormView { of: Rc::from(id.short()), ..form(FormKind::StartTask, "Start a task here", line, "Start task", fields) })
}

/// `StartTask`.
pub fn start(filled: &Filled) -> Result<Vec<Command>, String> {
    let instance = filled.text("instance").parse().map(InstanceId).map_err(|_| "There is no such server.".to_string())?;
    Ok(vec![Command::Services(ServicesCommand::StartTask(StartTask {
        task_definition: filled.text("task_definition"),
        container_instances: vec![instance],
        group: None,
        network_configuration: None,
    }))])
}

/// `CreateService` with `schedulingStrategy` `DAEMON`.
pub fn daemon(filled: &Filled) -> Vec<Command> {
    vec![Command::CreateService(CreateService {
        service_name: filled.text("name"),
        task_definition: filled.text("task_definition"),
        scheduling_strategy: SchedulingStrategy::Daemon,
        ..CreateService::default()
    })]
}

/// `DeregisterTaskDefinition`.
pub fn retire(filled: &Filled) -> Vec<Command> {
    vec![Command::Services(ServicesCommand::DeregisterTaskDefinition { task_definition: filled.text("revision") })]
}

fn update(filled: &Filled) -> UpdateService {
    UpdateService { service: filled.text("service"), ..UpdateService::default() }
}

/// `UpdateService` with what its settings are.
pub fn settings(filled: &Filled) -> Vec<Command> {
    let rebalancing = if filled.is_on("rebalancing") { ZoneRebalancing::Enabled } else { ZoneRebalancing::Disabled };
    vec![Command::UpdateService(UpdateService {
        minimum_healthy_percent: filled.asked("minimum_healthy_percent"),
        maximum_percent: filled.asked("maximum_percent"),
        health_check_grace_period_seconds: filled.asked("grace_period"),
        availability_zone_rebalancing: Some(rebalancing),
        force_new_deployment: filled.is_on("force"),
        ..update(filled)
    })]
}

/// `UpdateService` with `capacityProviderStrategy`; none goes back to the cluster's default.
pub fn providers(filled: &Filled) -> Vec<Command> {
    let item = |name: &str, base, weight| {
        filled.chosen(name).map(|capacity_provider| CapacityProviderStrategyItem {
            capacity_provider,
            base: filled.number(base),
            weight: filled.number(weight),
        })
    };
    let first = item("first", "first_base", "first_weight");
    let second = item("second", "", "second_weight");
    vec![Command::UpdateService(UpdateService {
        capacity_provider_strategy: Some(first.into_iter().chain(second).collect()),
        ..update(filled)
    })]
}

/// `UpdateService` with `networkConfiguration`.
pub fn network(filled: &Filled) -> Vec<Command> {
    let listed = filled.text("subnets");
    let subnets = listed.split(',').map(str::trim).filter(|name| !name.is_empty()).map(Rc::from).collect();
    let assign_public_ip = if filled.is_on("public") { PublicIp::Enabled } else { PublicIp::Disabled };
    let awsvpc_configuration = AwsvpcConfiguration { subnets, assign_public_ip, ..AwsvpcConfiguration::default() };
    vec![Command::UpdateService(UpdateService {
        network_configuration: Some(NetworkConfiguration { awsvpc_configuration }),
        ..update(filled)
    })]
}

/// `UpdateTaskProtection`.
pub fn protect(filled: &Filled) -> Result<Vec<Command>, String> {
    let task = filled.text("task").parse().map(TaskId).map_err(|_| "There is no such task.".to_string())?;
    let protection_enabled = filled.is_on("protected");
    Ok(vec![Command::Services(ServicesCommand::UpdateTaskProtection(UpdateTaskProtection {
        tasks: vec![task],
        protection_enabled,
        expires_in_minutes: filled.asked("minutes").filter(|_| protection_enabled),
    }))])
}
