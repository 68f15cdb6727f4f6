//! Load balancing: target groups, their settings, and services behind them.

use crate::session::forms::{Filled, FormKind, definition_names, field, form, number, options, pick, text};
use crate::session::frame::FormView;
use crate::sim::command::balancing::{
    BalancingCommand, CreateTargetGroup, LoadBalancer, ModifyTargetGroup, ModifyTargetGroupAttributes, SetTraffic, TargetType,
    TrafficSegment,
};
use crate::sim::command::{Command, CreateService, LaunchType};
use crate::sim::engine::Sim;
use crate::sim::model::task_definition::NetworkMode;
use crate::sim::neighbours::target_group::TargetGroup;
use crate::sim::time::SECOND;

/// What can be asked for.
pub fn forms(sim: &Sim) -> Vec<FormView> {
    [traffic_form(sim), serve_form(sim), Some(create_form())].into_iter().flatten().collect()
}

fn traffic_form(sim: &Sim) -> Option<FormView> {
    let groups = pick(sim.neighbours().balancer.groups.iter().map(|(_, group)| group.name.clone()))?;
    let fields = vec![
        field("target_group", "Target group", groups),
        field("rate", "Requests", number(100, 0, 100_000, 50, "a second")),
        field("spike", "Then a spike of", number(0, 0, 100_000, 50, "a second")),
        field("spike_after", "The spike comes after", number(60, 1, 3_600, 30, "s")),
        field("spike_length", "It lasts", number(60, 1, 3_600, 30, "s")),
    ];
    let line = "Requests come as a steady flow; a spike of 0 is none.";
    Some(form(FormKind::SetTraffic, "Traffic", line, "Send requests", fields))
}

/// `SetTraffic`: a rate, and a spike upon it where one is asked for.
pub fn traffic(filled: &Filled) -> Vec<Command> {
    let segment = |after_seconds, rate: u32| TrafficSegment { after_seconds, milli_requests_per_second: u64::from(rate) * 1_000 };
    let (rate, spike) = (filled.number("rate"), filled.number("spike"));
    let mut segments = vec![segment(0, rate)];
    if spike > 0 {
        let (after, length) = (filled.number("spike_after"), filled.number("spike_length"));
        segments.extend([segment(after, spike), segment(after + length, rate)]);
    }
    let group = filled.text("target_group");
    let request = SetTraffic { name: format!("of {group}"), target_group: Some(group), segments, ..SetTraffic::default() };
    vec![Command::Balancing(BalancingCommand::SetTraffic(request))]
}

fn serve_form(sim: &Sim) -> Option<FormView> {
    let groups = pick(sim.neighbours().balancer.groups.iter().map(|(_, group)| group.name.clone()))?;
    let fields = vec![
        field("task_definition", "Task definition", definition_names(sim)?),
        field("target_group", "Target group", groups),
        field("name", "Name of the service", text("web-behind")),
        field("desired_count", "Desired count", number(2, 0, 5_000, 1, "")),
        field("grace_period", "Health check grace period", number(0, 0, 7_200, 30, "s")),
    ];
    let line = "Tasks register with the target group when they run; requests reach them once they are healthy there.";
    Some(form(FormKind::ServeBehind, "A service behind a load balancer", line, "Create service", fields))
}

fn create_form() -> FormView {
    let fields = vec![
        field("name", "Name", text("web")),
        field("target_type", "Targets are", options(&[("instance", "instances"), ("ip", "addresses")])),
        field("interval", "Health check interval", number(10, 5, 300, 5, "s")),
        field("unhealthy_threshold", "Unhealthy after", number(2, 2, 10, 1, "failures")),
        field("healthy_threshold", "Healthy again after", number(5, 2, 10, 1, "successes")),
        field("deregistration_delay", "Deregistration delay", number(30, 0, 3_600, 30, "s")),
    ];
    let line = "Instances and their ports for tasks in bridge or host mode, addresses for awsvpc.";
    form(FormKind::CreateTargetGroup, "A target group", line, "Create target group", fields)
}

/// What can be changed about a target group.
pub fn modify_form(group: &TargetGroup) -> FormView {
    let settings = &group.settings;
    let seconds = |value_ms: u64, least, most, step| number(value_ms / SECOND, least, most, step, "s");
    let fields = vec![
        field("target_group", "Target group", pick([group.name.clone()]).expect("one of one")),
        field("interval", "Health check interval", seconds(settings.interval_ms, 5, 300, 5)),
        field("unhealthy_threshold", "Unhealthy after", number(u64::from(settings.unhealthy_threshold), 2, 10, 1, "failures")),
        field("healthy_threshold", "Healthy again after", number(u64::from(settings.healthy_threshold), 2, 10, 1, "successes")),
        field("deregistration_delay", "Deregistration delay", seconds(settings.deregistration_delay_ms, 0, 3_600, 30)),
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
        deregistration_delay_timeout_seconds: filled.asked("deregistration_delay"),
        ..CreateTargetGroup::default()
    }))]
}

/// `ModifyTargetGroup` and `ModifyTargetGroupAttributes`.
pub fn modify(filled: &Filled) -> Vec<Command> {
    let target_group = filled.text("target_group");
    let attributes = ModifyTargetGroupAttributes {
        target_group: target_group.clone(),
        deregistration_delay_timeout_seconds: filled.asked("deregistration_delay"),
        ..ModifyTargetGroupAttributes::default()
    };
    let checks = ModifyTargetGroup {
        target_group,
        health_check_interval_seconds: filled.asked("interval"),
        health_check_timeout_seconds: filled.asked("interval").map(|interval| interval.saturating_sub(1).min(5)),
        healthy_threshold_count: filled.asked("healthy_threshold"),
        unhealthy_threshold_count: filled.asked("unhealthy_threshold"),
        ..ModifyTargetGroup::default()
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
        advanced_configuration: None,
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
