//! What someone asks of the load balancer, with the errors that it answers (ecs.md §6.2).

use std::ops::RangeInclusive;
use std::rc::Rc;

use crate::sim::command::balancing::{
    AdvancedConfiguration, BalancingCommand, CreateTargetGroup, LoadBalancer, ModifyTargetGroup, ModifyTargetGroupAttributes,
    TargetType,
};
use crate::sim::command::{CreateService, UpdateService};
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::control_plane::blue_green::weigh_primary;
use crate::sim::control_plane::quotas;
use crate::sim::control_plane::service_load_balancer::{AlternateRoute, ServiceLoadBalancer, check_routes};
use crate::sim::control_plane::service_revision::ServiceRevision;
use crate::sim::engine::Sim;
use crate::sim::ids::TargetGroupId;
use crate::sim::model::deployment::DeploymentStrategy;
use crate::sim::model::task_definition::{NetworkMode, TaskDefinition};
use crate::sim::neighbours::discovery::Registry;
use crate::sim::neighbours::target_group::{Settings, TargetGroup};
use crate::sim::neighbours::traffic_commands;
use crate::sim::neighbours::{connect, discovery};
use crate::sim::observation::Kind;
use crate::sim::observation::balancing::BalancingFact;
use crate::sim::time::{Millis, SECOND};
use crate::sim::tuning::balancing::BalancingTuning;

/// Target groups of one service (ecs.md §9.3).
/// Ledger: quota.api.
const MOST_TARGET_GROUPS: usize = 5;

/// Does what is asked.
pub(crate) fn obey(sim: &mut Sim, command: &BalancingCommand) -> Answer {
    match command {
        BalancingCommand::CreateTargetGroup(request) => create_target_group(sim, request),
        BalancingCommand::ModifyTargetGroup(request) => modify_target_group(sim, request),
        BalancingCommand::ModifyTargetGroupAttributes(request) => modify_attributes(sim, request),
        BalancingCommand::CreateListener(request) => traffic_commands::create_listener(sim, request),
        BalancingCommand::ModifyListener(request) => traffic_commands::modify_listener(sim, request),
        BalancingCommand::SetTraffic(request) => traffic_commands::set_traffic(sim, request),
    }
}

// Ledger: target.in-use.
fn create_target_group(sim: &mut Sim, request: &CreateTargetGroup) -> Answer {
    if request.name.is_empty() || request.name.len() > 32 {
        return Err(invalid("Target group name must be from 1 to 32 characters"));
    }
    if sim.neighbours.balancer.group_named(&request.name).is_some() {
        let message = format!("A target group with the same name '{}' exists, but with different settings", request.name);
        return Err(Refusal::new("DuplicateTargetGroupName", message));
    }
    let settings = settings(request, &sim.fx.tuning.balancing)?;
    let id = sim.neighbours.balancer.groups.next_id();
    let group = TargetGroup::new(Rc::from(request.name.as_str()), Rc::from(id.arn(&request.name)), settings);
    let now_ms = sim.fx.now_ms;
    sim.neighbours.balancer.groups.insert(group);
    sim.neighbours.balancer.since_ms.get_or_insert(now_ms);
    sim.fx.lead(Kind::Balancing(BalancingFact::TargetGroupCreated { target_group: id }.into()));
    Ok(())
}

fn settings(request: &CreateTargetGroup, usual: &BalancingTuning) -> Result<Settings, Refusal> {
    let seconds = |value: Option<u32>, usual_ms: Millis| value.map_or(usual_ms, |seconds| Millis::from(seconds) * SECOND);
    let settings = Settings {
        target_type: request.target_type,
        interval_ms: seconds(request.health_check_interval_seconds, usual.check_interval_ms),
        timeout_ms: seconds(request.health_check_timeout_seconds, usual.check_timeout_ms),
        healthy_threshold: request.healthy_threshold_count.unwrap_or(usual.healthy_threshold),
        unhealthy_threshold: request.unhealthy_threshold_count.unwrap_or(usual.unhealthy_threshold),
        path: Rc::from(request.health_check_path.as_deref().unwrap_or("/")),
        matcher: matcher(request.matcher.as_deref().unwrap_or("200"))?,
        deregistration_delay_ms: seconds(request.deregistration_delay_timeout_seconds, usual.deregistration_delay_ms),
        slow_start_ms: seconds(request.slow_start_duration_seconds, 0),
    };
    check(&settings)?;
    Ok(settings)
}

/// The ranges of ecs.md §6.2.
fn check(settings: &Settings) -> Answer {
    let within = |what: &str, value: u64, range: RangeInclusive<u64>| match range.contains(&value) {
        true => Ok(()),
        false => Err(invalid(&format!("{what} '{value}' must be between '{}' and '{}'", range.start(), range.end()))),
    };
    within("Health check interval", settings.interval_ms / SECOND, 5..=300)?;
    within("Health check timeout", settings.timeout_ms / SECOND, 2..=120)?;
    within("Healthy threshold count", u64::from(settings.healthy_threshold), 2..=10)?;
    within("Unhealthy threshold count", u64::from(settings.unhealthy_threshold), 2..=10)?;
    within("deregistration_delay.timeout_seconds", settings.deregistration_delay_ms / SECOND, 0..=3_600)?;
    if settings.slow_start_ms > 0 {
        within("slow_start.duration_seconds", settings.slow_start_ms / SECOND, 30..=900)?;
    }
    if settings.timeout_ms >= settings.interval_ms {
        return Err(invalid("Health check interval must be greater than the timeout"));
    }
    Ok(())
}

/// Reads `200`, `200,204` or `200-299`.
fn matcher(text: &str) -> Result<Vec<(u16, u16)>, Refusal> {
    let wrong = || invalid(&format!("Health check matcher HTTP code '{text}' must be within '200-499'"));
    let code = |text: &str| text.trim().parse().ok().filter(|code| (200..=499).contains(code)).ok_or_else(wrong);
    let range = |text: &str| match text.split_once('-') {
        Some((low, high)) => Ok((code(low)?, code(high)?)),
        None => code(text).map(|code| (code, code)),
    };
    text.split(',').map(range).collect()
}

fn modify_target_group(sim: &mut Sim, request: &ModifyTargetGroup) -> Answer {
    let id = wanted_group(sim, &request.target_group)?;
    let mut settings = sim.neighbours.balancer.groups[id].settings.clone();
    let set =
        |field: &mut Millis, seconds: Option<u32>| *field = seconds.map_or(*field, |seconds| Millis::from(seconds) * SECOND);
    set(&mut settings.interval_ms, request.health_check_interval_seconds);
    set(&mut settings.timeout_ms, request.health_check_timeout_seconds);
    settings.healthy_threshold = request.healthy_threshold_count.unwrap_or(settings.healthy_threshold);
    settings.unhealthy_threshold = request.unhealthy_threshold_count.unwrap_or(settings.unhealthy_threshold);
    if let Some(path) = &request.health_check_path {
        settings.path = Rc::from(path.as_str());
    }
    if let Some(text) = &request.matcher {
        settings.matcher = matcher(text)?;
    }
    modified(sim, id, settings)
}

fn modify_attributes(sim: &mut Sim, request: &ModifyTargetGroupAttributes) -> Answer {
    let id = wanted_group(sim, &request.target_group)?;
    let mut settings = sim.neighbours.balancer.groups[id].settings.clone();
    let set =
        |field: &mut Millis, seconds: Option<u32>| *field = seconds.map_or(*field, |seconds| Millis::from(seconds) * SECOND);
    set(&mut settings.deregistration_delay_ms, request.deregistration_delay_timeout_seconds);
    set(&mut settings.slow_start_ms, request.slow_start_duration_seconds);
    modified(sim, id, settings)
}

fn modified(sim: &mut Sim, id: TargetGroupId, settings: Settings) -> Answer {
    check(&settings)?;
    sim.neighbours.balancer.groups.get_mut(id).expect("the group exists").settings = settings;
    sim.fx.lead(Kind::Balancing(BalancingFact::TargetGroupModified { target_group: id }.into()));
    Ok(())
}

/// The target group of that name.
pub(crate) fn wanted_group(sim: &Sim, name: &str) -> Result<TargetGroupId, Refusal> {
    let found = sim.neighbours.balancer.group_named(name);
    found.ok_or_else(|| Refusal::new("TargetGroupNotFound", format!("Target groups '{name}' not found")))
}

pub(crate) fn invalid(message: &str) -> Refusal {
    Refusal::new("ValidationError", message)
}

/// `CreateService` with load balancers.
pub(crate) fn create_service(sim: &mut Sim, request: &CreateService) -> Answer {
    let load_balancers = resolve(sim, &request.load_balancers, &request.task_definition)?;
    let strategy = request.deployment_configuration.as_ref().map_or(DeploymentStrategy::Rolling, |asked| asked.strategy);
    check_routes(&sim.control, None, strategy, &load_balancers)?;
    let id = sim.control.services.next_id();
    let definition = sim.control.wanted_definition(&request.task_definition)?;
    if let Some(asked) = &request.service_connect_configuration {
        connect::check(sim, None, definition, asked)?;
    }
    let registry = discovery::read(&request.service_registries, &sim.control.definitions[definition].definition)?;
    let connects = request.service_connect_configuration.as_ref().is_some_and(|asked| asked.enabled);
    quotas::check_found(request.desired_count, registry.is_some() || connects)?;
    sim.control.create_service(&mut sim.fx, request)?;
    weigh_primary(&mut sim.fx, &[], &load_balancers);
    let service = sim.control.services.get_mut(id).expect("just created");
    let revision = Rc::make_mut(&mut service.primary_mut().revision);
    revision.load_balancers = load_balancers;
    revision.registry = registry;
    revision.connect = request.service_connect_configuration.as_deref().and_then(connect::member);
    connect::make_endpoint(sim, id);
    Ok(())
}

/// `UpdateService`, with load balancers or without.
pub(crate) fn update_service(sim: &mut Sim, request: &UpdateService) -> Answer {
    let id = sim.control.wanted_service(&request.service)?;
    let service = &sim.control.services[id];
    let now = service.primary().revision.clone();
    let definition = &sim.control.definitions[now.definition].definition;
    let current = format!("{}:{}", definition.family, definition.revision);
    let name = request.task_definition.as_ref().unwrap_or(&current);
    let known = &now.load_balancers;
    let strategy = request.deployment_configuration.as_ref().map_or(service.strategy(), |asked| asked.strategy);
    let load_balancers = request.load_balancers.as_ref().map(|wanted| resolve(sim, wanted, name)).transpose()?;
    let load_balancers: Vec<_> = match load_balancers {
        Some(wanted) => wanted.into_iter().map(|each| each.in_roles_of(known)).collect(),
        None => known.clone(),
    };
    check_routes(&sim.control, Some(id), strategy, &load_balancers)?;
    let connect = match request.service_connect_configuration.as_deref() {
        Some(asked) => {
            connect::check(sim, Some(id), sim.control.wanted_definition(name)?, asked)?;
            connect::member(asked)
        }
        None => now.connect.clone(),
    };
    let registry = registry_after(sim, now.registry.as_ref(), request, name)?;
    let desired_count = request.desired_count.unwrap_or(sim.control.services[id].desired_count);
    let wanted = ServiceRevision { load_balancers, registry, connect, ..(*now).clone() };
    quotas::check_found(desired_count, wanted.is_named())?;
    sim.control.update_service(&mut sim.fx, request, wanted)?;
    connect::make_endpoint(sim, id);
    weigh_primary(&mut sim.fx, known, &sim.control.services[id].revision().load_balancers);
    Ok(())
}

/// The registry of a service after the update; one that stays has to do for the new task definition too.
fn registry_after(
    sim: &Sim,
    now: Option<&Rc<Registry>>,
    request: &UpdateService,
    name: &str,
) -> Result<Option<Rc<Registry>>, Refusal> {
    if request.service_registries.is_none() && now.is_none() {
        return Ok(None);
    }
    let Some(definition) = sim.control.definition_named(name) else { return Ok(now.cloned()) };
    let definition = &sim.control.definitions[definition].definition;
    match &request.service_registries {
        Some(asked) => discovery::read(asked, definition),
        None => now.map(|registry| registry.check(definition).map(|()| registry.clone())).transpose(),
    }
}

fn resolve(sim: &Sim, wanted: &[LoadBalancer], task_definition: &str) -> Result<Vec<ServiceLoadBalancer>, Refusal> {
    if wanted.len() > MOST_TARGET_GROUPS {
        return Err(parameter("load balancers can have at most 5 items."));
    }
    wanted.iter().map(|each| resolve_one(sim, task_definition, each)).collect()
}

fn resolve_one(sim: &Sim, task_definition: &str, wanted: &LoadBalancer) -> Result<ServiceLoadBalancer, Refusal> {
    let id = wanted_group(sim, &wanted.target_group)
        .map_err(|_| parameter(&format!("The specified target group {} does not exist.", wanted.target_group)))?;
    let group = &sim.neighbours.balancer.groups[id];
    let Some(definition) = sim.control.definition_named(task_definition) else {
        return Err(Refusal::new("ClientException", format!("TaskDefinition not found: {task_definition}.")));
    };
    let definition = &sim.control.definitions[definition].definition;
    let (name, port) = (wanted.container_name.as_str(), wanted.container_port);
    check_port(definition, name, port)?;
    let fitting = match definition.network_mode {
        NetworkMode::Awsvpc => TargetType::Ip,
        NetworkMode::Bridge | NetworkMode::Host | NetworkMode::None => TargetType::Instance,
    };
    if group.settings.target_type != fitting {
        let (kind, mode) = (type_name(group.settings.target_type), definition.network_mode.name());
        let message = format!(
            "The provided target group {} has target type {kind}, which is incompatible with the {mode} network mode specified in the task definition.",
            group.arn
        );
        return Err(parameter(&message));
    }
    let advanced = match &wanted.advanced_configuration {
        None => None,
        Some(asked) => Some(Rc::new(alternate_route(sim, asked, group.settings.target_type)?)),
    };
    Ok(ServiceLoadBalancer { target_group: id, arn: group.arn.clone(), container_port: port, advanced })
}

/// Has the task definition this container, and does it listen on the port?
pub(crate) fn check_port(definition: &TaskDefinition, name: &str, port: u16) -> Answer {
    let container = definition
        .container(name)
        .ok_or_else(|| parameter(&format!("The container {name} does not exist in the task definition.")))?;
    match container.port_mappings.iter().any(|mapping| mapping.container_port == port) {
        true => Ok(()),
        false => Err(parameter(&format!("The container {name} did not have a container port {port} defined."))),
    }
}

fn alternate_route(sim: &Sim, asked: &AdvancedConfiguration, fitting: TargetType) -> Result<AlternateRoute, Refusal> {
    let name = &asked.alternate_target_group;
    let missing = |_| parameter(&format!("The specified target group {name} does not exist."));
    let target_group = wanted_group(sim, name).map_err(missing)?;
    let group = &sim.neighbours.balancer.groups[target_group];
    if group.settings.target_type != fitting {
        return Err(parameter("The two target groups must have the same target type."));
    }
    let listener = |name: &String| {
        let found = sim.neighbours.balancer.listeners.iter().find(|each| *each.name == **name);
        found.map(|each| each.name.clone()).ok_or_else(|| parameter(&format!("The listener rule {name} does not exist.")))
    };
    Ok(AlternateRoute {
        target_group,
        arn: group.arn.clone(),
        production_listener: listener(&asked.production_listener_rule)?,
        test_listener: asked.test_listener_rule.as_ref().map(listener).transpose()?,
    })
}

fn type_name(target_type: TargetType) -> &'static str {
    match target_type {
        TargetType::Instance => "instance",
        TargetType::Ip => "ip",
    }
}

pub(crate) fn parameter(message: &str) -> Refusal {
    Refusal::new("InvalidParameterException", message)
}
