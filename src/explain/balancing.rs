//! Load balancing: target groups, traffic, discovery — commands and facts in plain words.

use std::rc::Rc;

use crate::explain::kinds::{About, Tone};
use crate::explain::names::{service_name, task_name};
use crate::sim::command::balancing::{BalancingCommand, CreateListener, SetTraffic};
use crate::sim::engine::Sim;
use crate::sim::ids::{TargetGroupId, TaskId};
use crate::sim::model::target::{TargetReason, TargetState};
use crate::sim::neighbours::traffic::Loss;
use crate::sim::observation::balancing::BalancingFact;
use crate::sim::time::clock;

/// What someone asks for, as a button, the undo label or the log says it.
pub fn label(_: &Sim, command: &BalancingCommand) -> String {
    match command {
        BalancingCommand::CreateTargetGroup(request) => format!("Create target group {}", request.name),
        BalancingCommand::ModifyTargetGroup(request) => format!("Change target group {}", request.target_group),
        BalancingCommand::ModifyTargetGroupAttributes(request) => {
            format!("Change attributes of target group {}", request.target_group)
        }
        BalancingCommand::CreateListener(request) => format!("Create listener {}{}", request.name, weights(request)),
        BalancingCommand::ModifyListener(request) => format!("Change listener {}{}", request.name, weights(request)),
        BalancingCommand::SetTraffic(request) => set_traffic(request),
    }
}

/// `of web`; the names of some flows begin so.
fn of_flow(flow: &str) -> String {
    if flow.starts_with("of ") { flow.to_owned() } else { format!("of {flow}") }
}

/// What happened, in one sentence.
pub fn sentence(sim: &Sim, fact: &BalancingFact) -> String {
    let group = |id: &TargetGroupId| group_name(sim, *id);
    match fact {
        BalancingFact::TargetGroupCreated { target_group } => created(sim, *target_group),
        BalancingFact::TargetGroupModified { target_group } => format!("Target group {} is changed", group(target_group)),
        BalancingFact::TargetRegistered { target_group, task } => {
            format!("The load balancer registers {} in {}: initial", task_name(sim, *task), group(target_group))
        }
        BalancingFact::TargetTurned { target_group, task, state, reason } => {
            turned(&task_name(sim, *task), &group(target_group), *state, *reason)
        }
        BalancingFact::ListenerWeighted { listener } => shares(sim, listener),
        BalancingFact::TrafficSet { flow } => format!("Clients {flow} change what they send"),
        BalancingFact::RequestsFailing { flow, loss, mrps } => {
            format!("Requests {} are lost, {} a second: {}", of_flow(flow), per_second(*mrps), loss_words(*loss))
        }
        BalancingFact::RequestsServed { flow, lost_requests } => {
            format!("All requests {} are answered; {lost_requests} have been lost so far", of_flow(flow))
        }
        BalancingFact::EndpointCreated { service, endpoint } => {
            format!(
                "Service Connect endpoint {endpoint} of {} exists: tasks that start from now on can call it",
                service_name(sim, *service)
            )
        }
        BalancingFact::OutlierEjected { flow, task, until_ms } => {
            format!(
                "The proxies {} leave {} alone until {}: too many of its requests have failed",
                of_flow(flow),
                task_name(sim, *task),
                clock(*until_ms)
            )
        }
        BalancingFact::TargetHealthLearned { target_group, task, state } => {
            format!("ECS learns that {} is {} in {}", task_name(sim, *task), state.name(), group(target_group))
        }
    }
}

/// The name of a target group.
pub(crate) fn group_name(sim: &Sim, id: TargetGroupId) -> Rc<str> {
    match sim.neighbours().balancer.groups.get(id) {
        Some(group) => group.name.clone(),
        None => Rc::from(format!("target group {}", id.0)),
    }
}

fn weights(request: &CreateListener) -> String {
    let parts: Vec<String> = request.target_groups.iter().map(|each| format!("{} {}", each.target_group, each.weight)).collect();
    format!(": {}", parts.join(", "))
}

fn shares(sim: &Sim, listener: &str) -> String {
    let weights = sim.neighbours().balancer.weights_of(listener);
    let parts: Vec<String> = weights.iter().map(|(group, weight)| format!("{} {weight}", group_name(sim, *group))).collect();
    format!("Listener {listener} shares requests by weight: {}", parts.join(", "))
}

fn set_traffic(request: &SetTraffic) -> String {
    let to = request.target_group.as_ref().or(request.listener.as_ref()).or(request.service.as_ref());
    let first = request.segments.first().map_or(0, |segment| segment.milli_requests_per_second);
    let to = to.map(String::as_str).unwrap_or_default();
    format!("Clients {} send {} requests a second to {to}", request.name, per_second(first))
}

/// Thousandths of a request a second: `12`, `1.5`.
pub(crate) fn per_second(mrps: u64) -> String {
    match mrps % 1_000 {
        0 => super::names::number(mrps / 1_000),
        rest => format!("{}.{}", super::names::number(mrps / 1_000), rest / 100),
    }
}

/// What a client gets instead of an answer, and why.
pub(crate) fn loss_words(loss: Loss) -> &'static str {
    match loss {
        Loss::NoTarget => "503, there is no target to send them to",
        Loss::Refused => "502, nobody listens at the target",
        Loss::Timeout => "504, the target does not answer",
        Loss::NotReady => "503, the app is not ready yet",
        Loss::UnknownEndpoint => "the name does not resolve for tasks that started before the endpoint was made",
        Loss::Overload => "the targets get more than they can answer",
        Loss::CutOff => "502, the target ended with requests in its hands",
    }
}

fn created(sim: &Sim, id: TargetGroupId) -> String {
    let Some(group) = sim.neighbours().balancer.groups.get(id) else { return format!("Target group {} is created", id.0) };
    let settings = &group.settings;
    format!(
        "Target group {} is created: a check every {} s, unhealthy after {} failures, healthy again after {} successes, deregistration delay {} s",
        group.name,
        settings.interval_ms / 1_000,
        settings.unhealthy_threshold,
        settings.healthy_threshold,
        settings.deregistration_delay_ms / 1_000
    )
}

fn turned(task: &str, group: &str, state: TargetState, reason: Option<TargetReason>) -> String {
    let because = reason.map(|reason| format!(" ({}: {})", reason.name(), reason.description())).unwrap_or_default();
    match state {
        TargetState::Healthy => format!("The load balancer finds {task} healthy in {group}: it gets requests"),
        TargetState::Unhealthy => format!("The load balancer finds {task} unhealthy in {group}{because}"),
        TargetState::Draining => format!("The load balancer drains {task} in {group}: no new requests, open ones may finish"),
        TargetState::Unused if reason == Some(TargetReason::InvalidState) => {
            format!("The load balancer does not use {task} in {group}{because}: no check, no request")
        }
        TargetState::Unused => format!("{task} is no target of {group} any more: its deregistration delay is over"),
        TargetState::Initial => format!("{task} is initial in {group}{because}"),
    }
}

/// A stable name of the kind of fact, for logs that programs read.
pub fn kind_name(fact: &BalancingFact) -> &'static str {
    match fact {
        BalancingFact::TargetGroupCreated { .. } => "TargetGroupCreated",
        BalancingFact::TargetGroupModified { .. } => "TargetGroupModified",
        BalancingFact::TargetRegistered { .. } => "TargetRegistered",
        BalancingFact::TargetTurned { .. } => "TargetTurned",
        BalancingFact::EndpointCreated { .. } => "EndpointCreated",
        BalancingFact::OutlierEjected { .. } => "OutlierEjected",
        BalancingFact::TargetHealthLearned { .. } => "TargetHealthLearned",
        BalancingFact::ListenerWeighted { .. } => "ListenerWeighted",
        BalancingFact::TrafficSet { .. } => "TrafficSet",
        BalancingFact::RequestsFailing { .. } => "RequestsFailing",
        BalancingFact::RequestsServed { .. } => "RequestsServed",
    }
}

/// What the fact means for the learner.
pub fn tone(fact: &BalancingFact) -> Tone {
    match fact {
        BalancingFact::TargetGroupCreated { .. }
        | BalancingFact::TargetGroupModified { .. }
        | BalancingFact::ListenerWeighted { .. }
        | BalancingFact::EndpointCreated { .. }
        | BalancingFact::TrafficSet { .. } => Tone::Neutral,
        BalancingFact::OutlierEjected { .. } => Tone::Warning,
        BalancingFact::RequestsFailing { .. } => Tone::Bad,
        BalancingFact::RequestsServed { .. } => Tone::Good,
        BalancingFact::TargetRegistered { .. } => Tone::Moving,
        BalancingFact::TargetTurned { state, .. } | BalancingFact::TargetHealthLearned { state, .. } => match state {
            TargetState::Healthy => Tone::Good,
            TargetState::Unhealthy => Tone::Bad,
            TargetState::Initial | TargetState::Draining | TargetState::Unused => Tone::Moving,
        },
    }
}

/// Whom the fact is about.
pub fn subject(fact: &BalancingFact) -> Option<About> {
    if let BalancingFact::EndpointCreated { service, .. } = fact {
        return Some(About::Service(*service));
    }
    task_of(fact).map(About::Task)
}

fn task_of(fact: &BalancingFact) -> Option<TaskId> {
    match fact {
        BalancingFact::TargetGroupCreated { .. }
        | BalancingFact::TargetGroupModified { .. }
        | BalancingFact::ListenerWeighted { .. }
        | BalancingFact::TrafficSet { .. }
        | BalancingFact::EndpointCreated { .. }
        | BalancingFact::RequestsFailing { .. }
        | BalancingFact::RequestsServed { .. } => None,
        BalancingFact::OutlierEjected { task, .. }
        | BalancingFact::TargetRegistered { task, .. }
        | BalancingFact::TargetTurned { task, .. }
        | BalancingFact::TargetHealthLearned { task, .. } => Some(*task),
    }
}

/// Whom the command is about.
pub fn subject_of_command(command: &BalancingCommand) -> Option<About> {
    match command {
        BalancingCommand::CreateTargetGroup(_)
        | BalancingCommand::ModifyTargetGroup(_)
        | BalancingCommand::ModifyTargetGroupAttributes(_)
        | BalancingCommand::CreateListener(_)
        | BalancingCommand::ModifyListener(_)
        | BalancingCommand::SetTraffic(_) => None,
    }
}

/// Would a learner's log name it?
pub fn is_headline(fact: &BalancingFact) -> bool {
    match fact {
        BalancingFact::TargetTurned { state, .. } => *state == TargetState::Healthy || *state == TargetState::Unhealthy,
        BalancingFact::TargetHealthLearned { state, .. } => *state == TargetState::Unhealthy,
        BalancingFact::TargetGroupCreated { .. }
        | BalancingFact::TargetGroupModified { .. }
        | BalancingFact::TargetRegistered { .. }
        | BalancingFact::TrafficSet { .. } => false,
        BalancingFact::ListenerWeighted { .. }
        | BalancingFact::EndpointCreated { .. }
        | BalancingFact::OutlierEjected { .. }
        | BalancingFact::RequestsFailing { .. }
        | BalancingFact::RequestsServed { .. } => true,
    }
}

/// What the fact is about, by field name and full id, for logs that programs read.
pub fn ids(fact: &BalancingFact) -> Vec<(&'static str, String)> {
    let group = match fact {
        BalancingFact::TargetGroupCreated { target_group }
        | BalancingFact::TargetGroupModified { target_group }
        | BalancingFact::TargetRegistered { target_group, .. }
        | BalancingFact::TargetTurned { target_group, .. }
        | BalancingFact::TargetHealthLearned { target_group, .. } => *target_group,
        BalancingFact::ListenerWeighted { listener: name }
        | BalancingFact::TrafficSet { flow: name }
        | BalancingFact::RequestsFailing { flow: name, .. }
        | BalancingFact::RequestsServed { flow: name, .. } => return vec![("name", name.to_string())],
        BalancingFact::EndpointCreated { service, endpoint } => {
            return vec![("service", service.0.to_string()), ("endpoint", endpoint.to_string())];
        }
        BalancingFact::OutlierEjected { flow, task, .. } => return vec![("name", flow.to_string()), ("task", task.arn_id())],
    };
    let task = task_of(fact).map(|task| ("task", task.arn_id()));
    [("target_group", group.0.to_string())].into_iter().chain(task).collect()
}

/// The same for a command.
pub fn ids_of_command(command: &BalancingCommand) -> Vec<(&'static str, String)> {
    let name = match command {
        BalancingCommand::CreateTargetGroup(request) => &request.name,
        BalancingCommand::ModifyTargetGroup(request) => &request.target_group,
        BalancingCommand::ModifyTargetGroupAttributes(request) => &request.target_group,
        BalancingCommand::CreateListener(request) | BalancingCommand::ModifyListener(request) => {
            return vec![("listener", request.name.clone())];
        }
        BalancingCommand::SetTraffic(request) => return vec![("traffic", request.name.clone())],
    };
    vec![("target_group", name.clone())]
}
