//! Capacity: auto scaling groups with a capacity provider each, managed scaling, and services that use them.

use std::rc::Rc;

use crate::session::forms::{
    Filled, FormKind, NONE, definition_names, field, fixed, form, number, options, or_none, pick, switch, text,
};
use crate::session::frame::{Asked, Control, FieldView, FormView};
use crate::sim::command::capacity::{
    AutoScalingGroupProvider, CapacityCommand, CreateAutoScalingGroup, CreateCapacityProvider, ManagedScalingRequest,
    PutClusterCapacityProviders, UpdateCapacityProvider,
};
use crate::sim::command::{Command, CreateService, LaunchInstances};
use crate::sim::control_plane::capacity::CapacityProvider;
use crate::sim::engine::Sim;
use crate::sim::ids::CapacityProviderId;
use crate::sim::model::capacity_provider::{CapacityProviderStrategyItem, Setting};
use crate::sim::model::instance_type::INSTANCE_TYPES;
use crate::sim::time::SECOND;

/// What can be asked for.
pub fn forms(sim: &Sim) -> Vec<FormView> {
    [serve_form(sim), create_form(), default_form(sim), launch_form(sim)].into_iter().flatten().collect()
}

fn create_form() -> Option<FormView> {
    const SCALING: &[&str] = &["on"];
    let only = |field: FieldView| FieldView { only_if: Some(Asked::If("scaling", SCALING)), ..field };
    let fields = vec![
        field("name", "Name", text("spare")),
        field("type", "Instance type", instance_types()),
        field("min", "Minimum size", number(0, 0, 5_000, 1, "")),
        field("max", "Maximum size", number(10, 0, 5_000, 1, "")),
        field("spot", "Spot instances", number(0, 0, 100, 10, "%")),
        field("scaling", "Managed scaling", options(&[("on", "On"), ("off", "Off: nothing scales")])),
        only(field("target", "Target capacity", number(100, 1, 100, 10, "%"))),
        only(field("warmup", "Instance warm-up", number(300, 0, 10_000, 30, "s"))),
        only(field("protection", "Managed termination protection", options(&[("off", "Off"), ("on", "On")]))),
        field("draining", "Managed draining", options(&[("on", "On"), ("off", "Off")])),
    ];
    let line = "An Auto Scaling group and a capacity provider of the same name on it. Services use it by their strategy.";
    Some(form(FormKind::CreateCapacity, "A capacity provider", line, "Create", fields))
}

fn instance_types() -> Control {
    let options = INSTANCE_TYPES.iter().map(|kind| (Rc::from(kind.name), Rc::from(kind.name))).collect();
    Control::Pick { value: Rc::from("m5.large"), options }
}

/// What services without a launch type and tasks run by hand use.
fn default_form(sim: &Sim) -> Option<FormView> {
    let capacity = &sim.belief().capacity;
    let names =
        || [CapacityProviderId::FARGATE, CapacityProviderId::FARGATE_SPOT].into_iter().chain(capacity.providers.keys().copied());
    let names = || names().map(|id| capacity.name(id));
    let known = |at: usize| capacity.default_strategy.get(at);
    let provider = |at: usize| or_none(names(), "None", known(at).map(|item| item.capacity_provider.as_str()));
    let weight = |at: usize| number(u64::from(known(at).map_or(1, |item| item.weight)), 0, 1_000, 1, "");
    let unless = |key, field: FieldView| FieldView { only_if: Some(Asked::Unless(key, NONE)), ..field };
    let base = number(u64::from(known(0).map_or(0, |item| item.base)), 0, 1_000, 1, "");
    let fields = vec![
        field("first", "First provider", provider(0)),
        unless("first", field("first_base", "Base of the first", base)),
        unless("first", field("first_weight", "Weight of the first", weight(0))),
        unless("first", field("second", "Second provider", provider(1))),
        unless("second", field("second_weight", "Weight of the second", weight(1))),
    ];
    let line = "For services and tasks that name neither a launch type nor a strategy.";
    Some(form(FormKind::DefaultStrategy, "Default strategy of the cluster", line, "Set default", fields))
}

fn launch_form(sim: &Sim) -> Option<FormView> {
    let fields = vec![
        field("type", "Instance type", instance_types()),
        field("zone", "Zone", pick(sim.belief().zones.iter().map(|zone| zone.name.clone()))?),
        field("count", "Count", number(1, 1, 20, 1, "")),
        field("spot", "Spot", switch(true)),
        field("drains", "Drain at the notice (ECS_ENABLE_SPOT_INSTANCE_DRAINING)", switch(false)),
        field("attribute", "Attribute (name=value, or nothing)", text("")),
    ];
    let line = "Spot servers cost less, and EC2 can take them back with two minutes' notice.";
    Some(form(FormKind::LaunchServers, "Spot servers, servers with attributes", line, "Launch", fields))
}

fn serve_form(sim: &Sim) -> Option<FormView> {
    let providers = pick(sim.belief().capacity.providers.values().map(|provider| provider.name.clone()))?;
    let fields = vec![
        field("name", "Name of the service", text("batch")),
        field("task_definition", "Task definition", definition_names(sim)?),
        field("provider", "Capacity provider", providers),
        field("desired_count", "Desired count", number(4, 0, 5_000, 1, "")),
    ];
    let line = "Its tasks wait in PROVISIONING while the provider has no room; that is what managed scaling counts.";
    Some(form(FormKind::ServeOnCapacity, "A service on a capacity provider", line, "Create service", fields))
}

/// What can be changed about a provider.
pub fn scaling_form(provider: &CapacityProvider) -> FormView {
    let scaling = &provider.scaling;
    let on_off = |on: bool| options(if on { &[("on", "On"), ("off", "Off")] } else { &[("off", "Off"), ("on", "On")] });
    let step = |value| number(u64::from(value), 1, 10_000, 1, "");
    let fields = vec![
        field("name", "Capacity provider", fixed(&provider.name)),
        field("scaling", "Managed scaling", on_off(scaling.status.is_on())),
        field("target", "Target capacity", number(u64::from(scaling.target_capacity), 1, 100, 10, "%")),
        field("warmup", "Instance warm-up", number(scaling.instance_warmup_period_ms / SECOND, 0, 10_000, 30, "s")),
        field("least_step", "Smallest step", step(scaling.minimum_scaling_step_size)),
        field("most_step", "Largest step", step(scaling.maximum_scaling_step_size)),
        field("protection", "Managed termination protection", on_off(provider.termination_protection.is_on())),
        field("draining", "Managed draining", on_off(provider.draining.is_on())),
    ];
    FormView { of: provider.name.clone(), ..form(FormKind::ChangeScaling, "Managed scaling", "", "Change", fields) }
}

fn setting(filled: &Filled, key: &str) -> Setting {
    if filled.text(key) == "on" { Setting::Enabled } else { Setting::Disabled }
}

fn managed(filled: &Filled) -> ManagedScalingRequest {
    ManagedScalingRequest {
        status: Some(setting(filled, "scaling")),
        target_capacity: filled.asked("target"),
        instance_warmup_period: filled.asked("warmup"),
        minimum_scaling_step_size: filled.asked("least_step"),
        maximum_scaling_step_size: filled.asked("most_step"),
    }
}

/// The group, the provider, and the cluster told of it.
pub fn create(sim: &Sim, filled: &Filled) -> Vec<Command> {
    let name = filled.text("name");
    let protects = setting(filled, "protection");
    let group = CreateAutoScalingGroup {
        auto_scaling_group_name: name.clone(),
        min_size: filled.number("min"),
        max_size: filled.number("max"),
        desired_capacity: None,
        instance_types: vec![filled.text("type")],
        availability_zones: Vec::new(),
        spot_percentage: filled.number("spot"),
        new_instances_protected_from_scale_in: protects.is_on(),
        capacity_rebalance: false,
        health_check_grace_period: None,
        ecs_enable_spot_instance_draining: false,
    };
    let provider = CreateCapacityProvider {
        name: name.clone(),
        auto_scaling_group_provider: AutoScalingGroupProvider {
            auto_scaling_group: name.clone(),
            managed_scaling: Some(managed(filled)),
            managed_termination_protection: Some(protects),
            managed_draining: Some(setting(filled, "draining")),
        },
    };
    let capacity = &sim.belief().capacity;
    let mut all: Vec<String> = capacity.associated.iter().map(|id| capacity.name(*id).to_string()).collect();
    all.push(name);
    let cluster = PutClusterCapacityProviders {
        capacity_providers: all,
        default_capacity_provider_strategy: capacity.default_strategy.to_vec(),
    };
    vec![
        Command::Capacity(CapacityCommand::CreateAutoScalingGroup(group)),
        Command::Capacity(CapacityCommand::CreateCapacityProvider(provider)),
        Command::Capacity(CapacityCommand::PutClusterCapacityProviders(cluster)),
    ]
}

/// `UpdateCapacityProvider`.
pub fn change(filled: &Filled) -> Vec<Command> {
    vec![Command::Capacity(CapacityCommand::UpdateCapacityProvider(UpdateCapacityProvider {
        name: filled.text("name"),
        managed_scaling: Some(managed(filled)),
        managed_termination_protection: Some(setting(filled, "protection")),
        managed_draining: Some(setting(filled, "draining")),
    }))]
}

/// `PutClusterCapacityProviders` with those that the cluster has, the ones named included.
pub fn default_strategy(sim: &Sim, filled: &Filled) -> Vec<Command> {
    let item = |name: &str, base: &str, weight: &str| {
        filled.chosen(name).map(|capacity_provider| CapacityProviderStrategyItem {
            capacity_provider,
            base: filled.number(base),
            weight: filled.number(weight),
        })
    };
    let first = item("first", "first_base", "first_weight");
    let strategy: Vec<_> = first.into_iter().chain(item("second", "", "second_weight")).collect();
    let capacity = &sim.belief().capacity;
    let mut capacity_providers: Vec<String> = capacity.associated.iter().map(|id| capacity.name(*id).to_string()).collect();
    for item in &strategy {
        if !capacity_providers.contains(&item.capacity_provider) {
            capacity_providers.push(item.capacity_provider.clone());
        }
    }
    let request = PutClusterCapacityProviders { capacity_providers, default_capacity_provider_strategy: strategy };
    vec![Command::Capacity(CapacityCommand::PutClusterCapacityProviders(request))]
}

/// `LaunchInstances`.
pub fn launch(filled: &Filled) -> Vec<Command> {
    let attribute = filled.text("attribute");
    let attribute = (!attribute.is_empty()).then(|| match attribute.split_once('=') {
        Some((name, value)) => (name.trim().to_string(), Some(value.trim().to_string())),
        None => (attribute.clone(), None),
    });
    vec![Command::LaunchInstances(LaunchInstances {
        instance_type: filled.text("type"),
        zone: filled.text("zone"),
        count: filled.number("count"),
        spot: filled.is_on("spot"),
        ecs_enable_spot_instance_draining: filled.is_on("drains"),
        attributes: attribute.into_iter().collect(),
    })]
}

/// `CreateService` with a capacity provider strategy.
pub fn serve(filled: &Filled) -> Vec<Command> {
    let item = CapacityProviderStrategyItem { capacity_provider: filled.text("provider"), base: 0, weight: 1 };
    vec![Command::CreateService(CreateService {
        service_name: filled.text("name"),
        task_definition: filled.text("task_definition"),
        desired_count: filled.number("desired_count"),
        capacity_provider_strategy: Some(vec![item]),
        ..CreateService::default()
    })]
}
