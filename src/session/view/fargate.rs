//! The Fargate lane: tasks without a server of yours.

use std::rc::Rc;

use crate::explain::names;
use crate::session::frame::{Badge, FargateTaskView, FargateView, Frame, Tone};
use crate::session::intent::{LaunchMode, Lens, Subject};
use crate::session::launch_mode;
use crate::session::view::server_state::badge;
use crate::session::view::totals::count_of;
use crate::session::view::{Shown, hue, keep};
use crate::sim::command::LaunchType;
use crate::sim::control_plane::task::Task;
use crate::sim::engine::Sim;
use crate::sim::ids::TaskId;
use crate::sim::model::task::{HealthStatus, TaskStatus};

/// The lane, when there is anything to put on it.
pub fn lane(shown: &Shown, old: Option<&Frame>) -> Option<FargateView> {
    let sim = shown.timeline.sim();
    let on_fargate =
        sim.belief().tasks.iter().filter(|(_, task)| task.is_on_fargate() && task.last_status != TaskStatus::Stopped);
    let before = old.and_then(|frame| frame.fargate.as_ref());
    let tasks: Vec<_> = on_fargate
        .map(|(id, task)| {
            let old_task = before.and_then(|lane| lane.tasks.iter().find(|view| view.task == id));
            keep(old_task, capsule(shown, id, task))
        })
        .collect();
    if tasks.is_empty() && launch_mode::mode_of(sim) == LaunchMode::Ec2 {
        return None;
    }
    let line = format!("{} · no servers of yours", count_of(tasks.len() as u64, "task"));
    Some(FargateView { tasks, line: Rc::from(line) })
}

fn capsule(shown: &Shown, id: TaskId, task: &Task) -> FargateTaskView {
    let sim = shown.timeline.sim();
    let definition = &sim.belief().definitions[task.definition].definition;
    FargateTaskView {
        task: id,
        name: Rc::from(names::task_name(sim, id)),
        hue: hue::of_task(sim, id),
        status: status(task),
        size: Rc::from(size(definition.cpu_units(), definition.memory_to_reserve_mib())),
        zone: sim.belief().zone_name(task.zone).clone(),
        spot: task.launch_type == LaunchType::FargateSpot,
        note: note(sim, id, task).filter(|_| shown.lens != Lens::Knows).map(Rc::from),
        selected: shown.selection == Some(Subject::Task(id)),
    }
}

/// `0.5 vCPU · 1 GB`.
pub fn size(cpu_units: u32, memory_mib: u32) -> String {
    let hundredths = cpu_units * 100 / 1_024;
    let cpu = match (hundredths / 100, hundredths % 100) {
        (whole, 0) => format!("{whole}"),
        (whole, part) if part % 10 == 0 => format!("{whole}.{}", part / 10),
        (whole, part) => format!("{whole}.{part:02}"),
    };
    let memory = match (memory_mib / 1_024, memory_mib % 1_024) {
        (whole, 0) => format!("{whole}"),
        (whole, part) => format!("{whole}.{}", part * 10 / 1_024),
    };
    format!("{cpu} vCPU · {memory} GB")
}

/// The status of a task as believed.
pub fn status(task: &Task) -> Badge {
    let unhealthy = task.health == HealthStatus::Unhealthy && task.is_running();
    let tone = match task.last_status {
        _ if unhealthy => Tone::Bad,
        TaskStatus::Running => Tone::Good,
        TaskStatus::Stopped => Tone::Neutral,
        TaskStatus::Provisioning
        | TaskStatus::Pending
        | TaskStatus::Activating
        | TaskStatus::Deactivating
        | TaskStatus::Stopping
        | TaskStatus::Deprovisioning => Tone::Moving,
    };
    let title = if unhealthy { "RUNNING, but its container health checks fail." } else { task.last_status.meaning() };
    badge(if unhealthy { "UNHEALTHY" } else { task.last_status.name() }, tone, title)
}

fn note(sim: &Sim, id: TaskId, task: &Task) -> Option<String> {
    let truth = sim.truth().tasks.get(id)?;
    let alive = truth.containers.iter().any(|container| container.state.is_alive());
    if task.is_running() && !alive {
        Some("Its host is gone; ECS has not been told yet.".to_string())
    } else if truth.hung {
        Some("The app does not answer.".to_string())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_the_service_writes_them() {
        assert_eq!(size(256, 512), "0.25 vCPU · 0.5 GB");
        assert_eq!(size(512, 1_024), "0.5 vCPU · 1 GB");
        assert_eq!(size(4_096, 30_720), "4 vCPU · 30 GB");
    }
}
