//! Load balancing: target groups, their settings, and services behind them.

use std::rc::Rc;

use crate::session::forms::{
    Filled, FormKind, NONE, definition_names, field, fixed, form, number, options, or_none, pick, text, traffic,
};
use crate::session::frame::{Asked, Control, FieldView, FormView};
use crate::sim::command::balancing::{
    AdvancedConfiguration, BalancingCommand, CreateListener, CreateTargetGroup, LoadBalancer, ModifyTargetGroup,
    ModifyTargetGroupAttributes, TargetGroupTuple, TargetType,
};
use crate::sim::command::{Command, CreateService, LaunchType};
use crate::sim::engine::Sim;
use crate::sim::ids::TargetGroupId;
use crate::sim::model::task_definition::NetworkMode;
use crate::sim::neighbours::balancer::Listener;
use crate::sim::neighbours::target_group::TargetGroup;
use crate::sim::time::SECOND;

/// What can be asked for.
pub fn forms(sim: &Sim) -> Vec<FormView> {
    [traffic::form_of(sim), serve_form(sim), Some(create_form()), listener_form(sim)].into_iter().flatten().collect()
}

fn serve_form(sim: &Sim) -> Option<FormView> {
    let groups = pick(group_names(sim))?;
    let mut fields = vec![
        field("task_definition", "Task definition", definition_names(sim)?),
        field("target_group", "Target group", groups),
        field("name", "Name of the service", text("web-behind")),
        field("desired_count", "Desired count", number(2, 0, 5_000, 1, "")),
        field("grace_period", "Health check grace period", number(0, 0, 7_200, 30, "s")),
    ];
    if let Some(listeners) = listener_names(sim).filter(|_| group_names(sim).len() > 1) {
        let shifting = |field: FieldView| FieldView { only_if: Some(Asked::Unless("alternate", NONE)), ..field };
        fields.push(field("alternate", "Other group, to shift traffic to", or_none(group_names(sim), "None", None)));
        fields.push(shifting(field("listener", "By the weights of the listener", listeners)));
    }
    let line = "Tasks register with the target group when they run; requests reach them once they are healthy there.";
    Some(form(FormKind::ServeBehind, "A service behind a load balancer", line, "Create service", fields))
}

fn group_names(sim: &Sim) -> Vec<Rc<str>> {
    sim.neighbours().balancer.groups.iter().map(|(_, group)| group.name.clone()).collect()
}

fn listener_names(sim: &Sim) -> Option<Control> {
    pick(sim.neighbours().balancer.listeners.iter().map(|listener| listener.name.clone()))
}

fn listener_form(sim: &Sim) -> Option<FormView> {
    let fields = [vec![field("name", "Name", text("production"))], weights(sim, &[])?].concat();
    let line = "A listener divides its requests among target groups by weight.";
    Some(form(FormKind::CreateListener, "A listener", line, "Create listener", fields))
}

/// What can be changed about a listener.
pub fn weights_form(sim: &Sim, listener: &Listener) -> Option<FormView> {
    let fields = [vec![field("listener", "Listener", fixed(&listener.name))], weights(sim, &listener.weights)?].concat();
    let changed = form(FormKind::ModifyListener, "Weights", "", "Set weights", fields);
    Some(FormView { of: listener.name.clone(), ..changed })
}

/// One target group or two, each with its weight.
fn weights(sim: &Sim, present: &[(TargetGroupId, u32)]) -> Option<Vec<FieldView>> {
    let name = |at: usize| Some(&*sim.neighbours().balancer.groups.get(present.get(at)?.0)?.name);
    let weight = |at: usize, usual: u32| number(u64::from(present.get(at).map_or(usual, |(_, weight)| *weight)), 0, 999, 10, "");
    let mut first = pick(group_names(sim))?;
    if let (Control::Pick { value, .. }, Some(name)) = (&mut first, name(0)) {
        *value = Rc::from(name);
    }
    let second = field("second_weight", "Weight of the second", weight(1, 0));
    Some(vec![
        field("first", "First target group", first),
        field("first_weight", "Weight of the first", weight(0, 100)),
        field("second", "Second target group", or_none(group_names(sim), "None", name(1))),
        FieldView { only_if: Some(Asked::Unless("second", NONE)), ..second },
    ])
}

fn listener(name: String, filled: &Filled) -> CreateListener {
    let first = TargetGroupTuple { target_group: filled.text("first"), weight: filled.number("first_weight") };
    let second = filled.chosen("second");
    let second = second.map(|target_group| TargetGroupTuple { target_group, weight: filled.number("second_weight") });
    CreateListener { name, target_groups: [first].into_iter().chain(second).collect() }
}

/// `CreateListener`.
pub fn create_listener(filled: &Filled) -> Vec<Command> {
    vec![Command::Balancing(BalancingCommand::CreateListener(listener(filled.text("name"), filled)))]
}

/// `ModifyListener`.
pub fn modify_listener(filled: &Filled) -> Vec<Command> {
    vec![Command::Balancing(BalancingCommand::ModifyListener(listener(filled.text("listener"), filled)))]
}

fn create_form() -> FormView {
    let fields = vec![
        field("name", "Name", text("web")),
        field("target_type", "Targets are", options(&[("instance", "instances"), ("ip", "addresses")])),
        field("interval", "Health check interval", number(10, 5, 300, 5, "s")),
        field("unhealthy_threshold", "Unhealthy after", number(2, 2, 10, 1, "failures")),
        field("healthy_threshold", "Healthy again after", number(5, 2, 10, 1, "successes")),
        field("path", "Health check path", text("/")),
        field("deregistration_delay", "Deregistration delay", number(30, 0, 3_600, 30, "s")),
        field("slow_start", "Slow start", number(0, 0, 900, 30, "s")),
    ];
    let line = "Instances and their ports for tasks in bridge or host mode, addresses for awsvpc.";
    form(FormKind::CreateTargetGroup, "A target group", line, "Create target group", fields)
}

/// As the API takes it: `200`, `200,204`, `200-299`.
fn codes(ranges: &[(u16, u16)]) -> String {
    let words = ranges.iter().map(|(low, high)| if low == high { low.to_string() } else { format!("{low}-{high}") });
    words.collect::<Vec<_>>().join(",")
}

/// What can be changed about a target group.
pub fn modify_form(group: &TargetGroup) -> FormView {
    let settings = &group.settings;
    let seconds = |value_ms: u64, least, most, step| number(value_ms / SECOND, least, most, step, "s");
    let fields = vec![
        field("target_group", "Target group", fixed(&group.name)),
        field("interval", "Health check interval", seconds(settings.interval_ms, 5, 300, 5)),
        field("unhealthy_threshold", "Unhealthy after", number(u64::from(settings.unhealthy_threshold), 2, 10, 1, "failures")),
        field("healthy_threshold", "Healthy again after", number(u64::from(settings.healthy_threshold), 2, 10, 1, "successes")),
        field("path", "Health check path", text(&settings.path)),
        field("matcher", "Codes that count as healthy", text(&codes(&settings.matcher))),
        field("deregistration_delay", "Deregistration delay", seconds(settings.deregistration_delay_ms, 0, 3_600, 30)),
        field("slow_start", "Slow start", seconds(settings.slow_start_ms, 0, 900, 30)),
    ];
    let changed = form(FormKind::ModifyTargetGroup, "Health checks and draining", "", "Change", fields);
    FormView { of: group.name.clone(), ..changed }
}

/// `CreateTargetGroup`.
pub fn create(filled: &Filled) -> Vec<Command> {
    vec![Command::Balancing(BalancingCommand::CreateTargetGroup(CreateTargetGroup {
        name: filled.text("name"),
        target_type: if filled.text("target_type") == "ip" { TargetType::Ip } else { TargetType::Instance },
        health_check_interval_seconds: filled.asked("interval"),
        health_check_timeout_seconds: filled.asked("interval").map(|interval| interval.saturating_sub(1).min(5)),
        healthy_threshold_count: filled.asked("healthy_threshold"),
        unhealthy_threshold_count: filled.asked("unhealthy_threshold"),
        health_check_path: Some(filled.text("path")),
        deregistration_delay_timeout_seconds: filled.asked("deregistration_delay"),
        slow_start_duration_seconds: filled.asked("slow_start"),
        ..CreateTargetGroup::default()
    }))]
}

/// `ModifyTargetGroup` and `ModifyTargetGroupAttributes`.
pub fn modify(filled: &Filled) -> Vec<Command> {
    let target_group = filled.text("target_group");
    let attributes = ModifyTargetGroupAttributes {
        target_group: target_group.clone(),
        deregistration_delay_timeout_seconds: filled.asked("deregistration_delay"),
        slow_start_duration_seconds: filled.asked("slow_start"),
    };
    let checks = ModifyTargetGroup {
        target_group,
        health_check_interval_seconds: filled.asked("interval"),
        health_check_timeout_seconds: filled.asked("interval").map(|interval| interval.saturating_sub(1).min(5)),
        healthy_threshold_count: filled.asked("healthy_threshold"),
        unhealthy_threshold_count: filled.asked("unhealthy_threshold"),
        health_check_path: Some(filled.text("path")),
        matcher: Some(filled.text("matcher")),
    };
    vec![
        Command::Balancing(BalancingCommand::ModifyTargetGroup(checks)),
        Command::Balancing(BalancingCommand::ModifyTargetGroupAttributes(attributes)),
    ]
}

/// `CreateService` with its load balancer: the first port of the task definition is the target.
pub fn serve(sim: &Sim, filled: &Filled) -> Result<Vec<Command>, String> {
    let family = filled.text("task_definition");
    let id = sim.belief().definition_named(&family).ok_or_else(|| format!("There is no task definition {family}."))?;
    let definition = &sim.belief().definitions[id].definition;
    let port = definition.containers.iter().find_map(|container| Some((container, container.port_mappings.first()?)));
    let (container, port) = port.ok_or_else(|| format!("No container of {family} has a port that requests could come to."))?;
    let on_fargate = definition.launches_on_fargate() && definition.network_mode == NetworkMode::Awsvpc;
    let load_balancer = LoadBalancer {
        target_group: filled.text("target_group"),
        container_name: container.name.to_string(),
        container_port: port.container_port,
        advanced_configuration: filled.chosen("alternate").map(|alternate_target_group| AdvancedConfiguration {
            alternate_target_group,
            production_listener_rule: filled.text("listener"),
            test_listener_rule: None,
        }),
    };
    Ok(vec![Command::CreateService(CreateService {
        service_name: filled.text("name"),
        task_definition: family,
        desired_count: filled.number("desired_count"),
        launch_type: if on_fargate { LaunchType::Fargate } else { LaunchType::Ec2 },
        load_balancers: vec![load_balancer],
        health_check_grace_period_seconds: filled.number("grace_period"),
        ..CreateService::default()
    })])
}
