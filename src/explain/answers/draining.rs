//! What a DRAINING server waits for, task by task (ecs.md §7.6, §14 #24).

use crate::explain::answers::newest;
use crate::explain::explanation::{Explanation, Grid};
use crate::explain::names::{count, instance_name, reason_words, service_name, task_name};
use crate::sim::command::SchedulingStrategy;
use crate::sim::control_plane::service::Service;
use crate::sim::control_plane::task::Task;
use crate::sim::engine::Sim;
use crate::sim::ids::{InstanceId, TaskId};
use crate::sim::model::container_instance::ContainerInstanceStatus;
use crate::sim::neighbours::auto_scaling_group::MemberState;
use crate::sim::observation::{Kind, Observation};
use crate::sim::time::{clock, span};

/// A table of tasks gets no longer than this.
const MOST_TASKS: usize = 20;

/// Is the server being drained?
pub(crate) fn is_draining(sim: &Sim, id: InstanceId) -> bool {
    sim.belief().registry.get(id).is_some_and(|known| known.status == ContainerInstanceStatus::Draining)
}

/// Tasks that ECS still counts on it.
pub(crate) fn left_on(sim: &Sim, id: InstanceId) -> Vec<TaskId> {
    sim.belief().agent(id).into_iter().flat_map(|link| link.tasks.iter().copied()).collect()
}

/// The answer.
pub(super) fn why(sim: &Sim, log: &[Observation], id: InstanceId) -> Option<Explanation> {
    if !is_draining(sim, id) {
        return None;
    }
    let tasks = left_on(sim, id);
    let waits: Vec<(TaskId, String)> = tasks.iter().map(|task| (*task, what_it_waits_for(sim, *task))).collect();
    let first = waits.iter().find(|(task, _)| !is_daemon(sim, *task)).or(waits.first());
    let first = first.map_or_else(
        || "No task is left on it: it is drained.".to_owned(),
        |(task, what)| {
            format!(
                "{} {} left on it. {} waits for {what}.",
                count(tasks.len() as u64, "task"),
                are(tasks.len()),
                task_name(sim, *task)
            )
        },
    );
    let groups = sim.neighbours().auto_scaling.groups.values();
    let held = groups.filter_map(|group| group.members.get(&id)).any(|member| member.state == MemberState::TerminatingWait);
    let then = match held {
        true => format!(
            " Managed draining holds the termination of the server until none is left, {} at most.",
            span(sim.tuning().capacity.drain_longest_ms)
        ),
        false => {
            " The server takes no new tasks, and stays DRAINING until someone makes it ACTIVE again or deregisters it.".to_owned()
        }
    };
    let row = |(task, what): &(TaskId, String)| {
        let service = sim.belief().tasks.get(*task).and_then(|known| known.service);
        let of = service.map_or_else(|| "no service".to_owned(), |(service, _)| service_name(sim, service));
        vec![task_name(sim, *task), of, what.clone()]
    };
    let grid = Grid {
        title: "What is left on it".to_owned(),
        line: match tasks.len().saturating_sub(MOST_TASKS) {
            0 => String::new(),
            more => format!("{more} more are not listed."),
        },
        heads: vec!["Task", "of", "waits for"],
        rows: waits.iter().take(MOST_TASKS).map(row).collect(),
    };
    let drained = |kind: &Kind| matches!(kind, Kind::InstanceStatusChanged { instance, status } if *instance == id && *status == ContainerInstanceStatus::Draining);
    Some(Explanation {
        title: format!("{} is DRAINING", instance_name(id)),
        sentence: format!("{first}{then}"),
        grids: if tasks.is_empty() { Vec::new() } else { vec![grid] },
        of: newest(log, drained).map(|fact| fact.id),
        ..Explanation::default()
    })
}

fn are(tasks: usize) -> &'static str {
    if tasks == 1 { "is" } else { "are" }
}

fn service_of<'a>(sim: &'a Sim, task: &Task) -> Option<&'a Service> {
    sim.belief().services.get(task.service?.0)
}

fn is_daemon(sim: &Sim, id: TaskId) -> bool {
    let service = sim.belief().tasks.get(id).and_then(|task| service_of(sim, task));
    service.is_some_and(|service| service.scheduling_strategy == SchedulingStrategy::Daemon)
}

fn what_it_waits_for(sim: &Sim, id: TaskId) -> String {
    let Some(task) = sim.belief().tasks.get(id) else { return "its end".to_owned() };
    if !task.is_wanted() {
        return format!("its end: it is being stopped ({})", task.last_status.name());
    }
    let Some(service) = service_of(sim, task) else {
        return "its own end: it belongs to no service, so ECS does not move it; stop it or let it finish".to_owned();
    };
    if is_daemon(sim, id) {
        return "the others: a daemon is stopped last".to_owned();
    }
    if let Some((until_ms, _)) = task.protection.filter(|(until_ms, _)| sim.now_ms() < *until_ms) {
        return format!("the end of its protection, at {}", clock(until_ms));
    }
    match service.waiting.as_ref() {
        Some(waiting) => {
            let why = waiting.summary.closest.map_or(String::new(), |(_, reason)| format!(" ({})", reason_words(reason)));
            format!("a place elsewhere for the task that is to replace it, and there is none{why}")
        }
        None if service.room(service.maximum(), service.tasks.len() as u32) == 0
            && service.minimum() >= service.desired_count =>
        {
            format!("room to start another: {} may exist and {} must stay healthy", service.maximum(), service.minimum())
        }
        None => "the task that replaces it: it is stopped when that one counts as healthy".to_owned(),
    }
}
