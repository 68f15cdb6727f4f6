//! Capacity: auto scaling groups with a capacity provider each, managed scaling, and services that use them.

use crate::session::forms::{Filled, FormKind, definition_names, field, form, number, options, pick, text};
use crate::session::frame::{Control, FieldView, FormView};
use crate::sim::command::capacity::{
    AutoScalingGroupProvider, CapacityCommand, CreateAutoScalingGroup, CreateCapacityProvider, ManagedScalingRequest,
    PutClusterCapacityProviders, UpdateCapacityProvider,
};
use crate::sim::command::{Command, CreateService};
use crate::sim::control_plane::capacity::CapacityProvider;
use crate::sim::engine::Sim;
use crate::sim::model::capacity_provider::{CapacityProviderStrategyItem, Setting};
use crate::sim::model::instance_type::INSTANCE_TYPES;
use crate::sim::time::SECOND;

/// What can be asked for.
pub fn forms(sim: &Sim) -> Vec<FormView> {
    [serve_form(sim), create_form()].into_iter().flatten().collect()
}

fn create_form() -> Option<FormView> {
    let kinds = pick(INSTANCE_TYPES.iter().map(|kind| kind.name.into()))?;
    let kind = match kinds {
        Control::Pick { options, .. } => Control::Pick { value: "m5.large".into(), options },
        other => other,
    };
    const SCALING: &[&str] = &["on"];
    let only = |field: FieldView| FieldView { only_if: Some(("scaling", SCALING)), ..field };
    let fields = vec![
        field("name", "Name", text("spare")),
        field("type", "Instance type", kind),
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
    let on_first = [("on", "On"), ("off", "Off")];
    let off_first = [("off", "Off"), ("on", "On")];
    let fields = vec![
        field("name", "Capacity provider", pick([provider.name.clone()]).expect("one of one")),
        field("scaling", "Managed scaling", options(if scaling.status.is_on() { &on_first } else { &off_first })),
        field("target", "Target capacity", number(u64::from(scaling.target_capacity), 1, 100, 10, "%")),
        field("warmup", "Instance warm-up", number(scaling.instance_warmup_period_ms / SECOND, 0, 10_000, 30, "s")),
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
        ..ManagedScalingRequest::default()
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
        managed_termination_protection: None,
        managed_draining: None,
    }))]
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
