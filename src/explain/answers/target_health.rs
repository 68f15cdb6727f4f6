//! Why the target of a task is healthy or not, or drains: what the load balancer found, and what ECS has heard of it (ecs.md §6.2, §9.5).

use crate::explain::explanation::{Explanation, Grid};
use crate::explain::names::{count, task_name};
use crate::sim::control_plane::service::Service;
use crate::sim::control_plane::task::{Registration, Task};
use crate::sim::data_plane::answers::Reply;
use crate::sim::engine::Sim;
use crate::sim::ids::TaskId;
use crate::sim::model::target::{TargetReason, TargetState};
use crate::sim::neighbours::target_group::{Target, TargetGroup};
use crate::sim::time::{Millis, clock, span};

/// The state that most needs an answer, of all its target groups, at the load balancer; as ECS last heard where that has forgotten it.
pub(super) fn worst(sim: &Sim, task: TaskId) -> Option<TargetState> {
    let states = registrations(sim, task).map(|each| truly(sim, task, each).map_or(each.state, |(_, target)| target.state));
    states.max_by_key(|state| match state {
        TargetState::Healthy => 0,
        TargetState::Unused => 1,
        TargetState::Initial => 2,
        TargetState::Draining => 3,
        TargetState::Unhealthy => 4,
    })
}

/// `unhealthy`: how the question calls it.
pub(super) fn word(sim: &Sim, task: TaskId) -> &'static str {
    worst(sim, task).map_or("no target", TargetState::name)
}

fn registrations(sim: &Sim, task: TaskId) -> impl Iterator<Item = &Registration> {
    let target = sim.belief().tasks.get(task).and_then(|known| known.target.as_ref());
    target.into_iter().flat_map(|target| &target.registrations)
}

/// The target at the load balancer itself.
fn truly<'a>(sim: &'a Sim, task: TaskId, registration: &Registration) -> Option<(&'a TargetGroup, &'a Target)> {
    let group = sim.neighbours().balancer.groups.get(registration.target_group)?;
    Some((group, group.targets.get(&task)?))
}

/// The answer.
pub(super) fn why(sim: &Sim, id: TaskId) -> Option<Explanation> {
    let task = sim.belief().tasks.get(id)?;
    let state = worst(sim, id)?;
    let in_it = registrations(sim, id).filter_map(|each| truly(sim, id, each)).find(|(_, target)| target.state == state);
    let service = task.service.and_then(|(service, _)| sim.belief().services.get(service));
    let of = Some(in_it.map_or(task.newest, |(_, target)| target.turned_by));
    let sentence = match in_it {
        None => "The load balancer has forgotten it: its deregistration delay is over.".to_owned(),
        Some((group, target)) => match state {
            TargetState::Unhealthy => unhealthy(sim, id, task, service, (group, target)),
            TargetState::Draining => draining(task, group, target),
            TargetState::Initial => initial(sim, id, group, target),
            TargetState::Healthy => format!(
                "Its health checks pass: {} answers with a code in the matcher every {}.",
                group.settings.path,
                span(group.settings.interval_ms)
            ),
            TargetState::Unused if target.reason == Some(TargetReason::InvalidState) => format!(
                "EC2 has stopped its server at {} (Target.InvalidState: Target is in the stopped state), so the load balancer neither \
                 checks it nor sends it requests. {}",
                clock(target.since_ms),
                heard(sim, task, service)
            ),
            TargetState::Unused => "It is no target any more; ECS is about to hear of it.".to_owned(),
        },
    };
    let grids = vec![groups_grid(sim, id)];
    Some(Explanation {
        title: format!("{} is {}", task_name(sim, id), state.name()),
        sentence,
        grids,
        of,
        ..Explanation::default()
    })
}

fn unhealthy(sim: &Sim, id: TaskId, task: &Task, service: Option<&Service>, (group, target): (&TargetGroup, &Target)) -> String {
    let settings = &group.settings;
    let found = target.reason.map_or_else(|| "no answer".to_owned(), |reason| reason.description());
    let heard = heard(sim, task, service);
    format!(
        "Since {} the load balancer finds it unhealthy: {} in a row failed ({found}), one every {} at {}. In truth {}. {heard} It is healthy \
         again after {} that pass in a row.",
        clock(target.since_ms),
        count(u64::from(settings.unhealthy_threshold), "health check"),
        span(settings.interval_ms),
        settings.path,
        what_is_true(sim, id, target),
        count(u64::from(settings.healthy_threshold), "check")
    )
}

/// What ECS makes of a target that gets no requests.
fn heard(sim: &Sim, task: &Task, service: Option<&Service>) -> String {
    match task.target.as_ref().map(|believed| believed.state) {
        Some(TargetState::Unhealthy) => follows(sim, task, service),
        Some(other) => format!("ECS has not heard of it yet: it still believes {}.", other.name()),
        None => "ECS does not know it as a target.".to_owned(),
    }
}

/// What a client would get from it now.
fn what_is_true(sim: &Sim, id: TaskId, target: &Target) -> String {
    match sim.truth().reply_of(id, target.address, sim.now_ms()) {
        Reply::Status { code, after_ms } => {
            match sim.truth().ready_at(id, target.address).filter(|ready| *ready > sim.now_ms()) {
                Some(ready_ms) => format!("its app answers with {code} until it is ready, at {}", clock(ready_ms)),
                None => format!("its app answers with {code} after {after_ms} ms"),
            }
        }
        Reply::Refused => "nobody listens on its port".to_owned(),
        Reply::Silence => "nothing answers at all".to_owned(),
    }
}

/// What ECS does about a target that it knows to be unhealthy (ecs.md §3.9, §4.2).
fn follows(sim: &Sim, task: &Task, service: Option<&Service>) -> String {
    let Some(service) = service else { return "ECS knows, and does nothing: the task belongs to no service.".to_owned() };
    let graced = task.running_for(sim.now_ms()).filter(|running_ms| *running_ms < service.grace_period_ms);
    match graced {
        Some(running_ms) => format!(
            "ECS knows, but ignores it for {} more: its grace period is {} from the start of the task.",
            span(service.grace_period_ms - running_ms),
            span(service.grace_period_ms)
        ),
        None => "ECS knows: it starts a replacement, waits until that is healthy, and then stops this one.".to_owned(),
    }
}

fn draining(task: &Task, group: &TargetGroup, target: &Target) -> String {
    let decided = task.stopped.as_ref().map_or_else(String::new, |stopped| format!(" ({})", stopped.reason));
    format!(
        "ECS has decided to stop the task{decided} and has deregistered it. The load balancer sends it no new requests and lets open ones \
         finish for the deregistration delay of {}, until {}. Only then does the task get SIGTERM; until then it is DEACTIVATING.",
        span(group.settings.deregistration_delay_ms),
        clock(target.since_ms + group.settings.deregistration_delay_ms)
    )
}

fn initial(sim: &Sim, id: TaskId, group: &TargetGroup, target: &Target) -> String {
    let failed = match target.failures {
        0 => "Its first health check has not been answered yet".to_owned(),
        failures => format!(
            "{} failed so far, and {} in a row make it unhealthy",
            if failures == 1 { "1 health check has".to_owned() } else { format!("{failures} health checks have") },
            group.settings.unhealthy_threshold
        ),
    };
    format!(
        "It was registered at {}. {failed}. In truth {}. A new target is healthy after one check that passes.",
        clock(target.since_ms),
        what_is_true(sim, id, target)
    )
}

fn groups_grid(sim: &Sim, id: TaskId) -> Grid {
    let row = |each: &Registration| {
        let (name, state, since): (String, &str, Option<Millis>) = match truly(sim, id, each) {
            Some((group, target)) => (group.name.to_string(), target.state.name(), Some(target.since_ms)),
            None => (each.arn.to_string(), "gone", None),
        };
        vec![name, state.to_owned(), since.map_or_else(|| "–".to_owned(), clock), each.state.name().to_owned()]
    };
    Grid {
        title: "Target groups".to_owned(),
        line: "What the load balancer finds, and what ECS has heard of it.".to_owned(),
        heads: vec!["Target group", "state", "since", "ECS knows"],
        rows: registrations(sim, id).map(row).collect(),
    }
}
