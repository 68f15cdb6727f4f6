//! The Fargate lane: tasks without a server of yours, the quotas they meet, and what AWS runs underneath.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::explain::names;
use crate::session::frame::{Badge, FargateHostView, FargateTaskView, FargateView, Frame, GaugeView, MicroMachineView, Tone};
use crate::session::intent::{LaunchMode, Lens, Subject};
use crate::session::launch_mode;
use crate::session::view::server_state::badge;
use crate::session::view::totals::{count_of, grouped};
use crate::session::view::{Shown, hue, keep};
use crate::sim::command::LaunchType;
use crate::sim::control_plane::fargate::VcpuQuota;
use crate::sim::control_plane::task::Task;
use crate::sim::data_plane::fargate::FargateHost;
use crate::sim::data_plane::task_truth::{Phase, TaskTruth};
use crate::sim::engine::Sim;
use crate::sim::ids::TaskId;
use crate::sim::message::ReportedStatus;
use crate::sim::model::task::{HealthStatus, TaskStatus};
use crate::sim::time::SECOND;

/// CPU units of one vCPU.
const UNITS_OF_A_VCPU: u64 = 1_024;
/// The smallest task of Fargate.
const LEAST_UNITS: u64 = 256;

/// The lane, when there is anything to put on it.
pub fn lane(shown: &Shown, old: Option<&Frame>) -> Option<Rc<FargateView>> {
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
    Some(keep(before, FargateView { tasks, line: Rc::from(line), quotas: quotas(sim), hosts: hosts(shown) }))
}

/// The quota of Spot is shown once something runs there.
fn quotas(sim: &Sim) -> Vec<GaugeView> {
    let account = &sim.belief().fargate;
    let spot = (account.spot.used_cpu_units > 0).then(|| quota("Spot vCPU quota", account.spot));
    [quota("vCPU quota", account.on_demand)].into_iter().chain(spot).chain([launches(sim)]).collect()
}

fn quota(name: &'static str, quota: VcpuQuota) -> GaugeView {
    let (used, total) = (u64::from(quota.used_cpu_units), u64::from(quota.vcpus) * UNITS_OF_A_VCPU);
    let tone = if used + LEAST_UNITS > total { Tone::Bad } else { Tone::Neutral };
    GaugeView {
        name,
        words: Rc::from(format!("{} of {} used", vcpus(used), grouped(u64::from(quota.vcpus)))),
        parts: vec![(used, tone)],
        total: total.max(1),
        mark: None,
    }
}

/// The bucket as it stands now: the control plane refills it only when it takes from it.
fn launches(sim: &Sim) -> GaugeView {
    let (tuning, bucket) = (&sim.tuning().platform, sim.belief().fargate.launches);
    let (most, a_second) = (u64::from(tuning.fargate_launch_burst), u64::from(tuning.fargate_launches_per_second));
    let gained = (sim.now_ms() - bucket.refilled_at_ms) * a_second * 1_000 / SECOND;
    let left = ((bucket.milli_tasks + gained) / 1_000).min(most);
    GaugeView {
        name: "Launches at once",
        words: Rc::from(format!("{left} of {most}, {a_second} more each second")),
        parts: vec![(left, if left == 0 { Tone::Bad } else { Tone::Good })],
        total: most.max(1),
        mark: None,
    }
}

/// The micro virtual machines of the account by the host they really lie on.
fn hosts(shown: &Shown) -> Vec<FargateHostView> {
    let sim = shown.timeline.sim();
    let mut hosts: BTreeMap<FargateHost, Vec<MicroMachineView>> = BTreeMap::new();
    for (task, truth) in sim.truth().tasks.iter() {
        if let Some(host) = truth.fargate_host {
            hosts.entry(host).or_default().push(machine(shown, task, truth));
        }
    }
    let view = |(host, machines): (FargateHost, Vec<MicroMachineView>)| FargateHostView {
        name: Rc::from(format!("Host {}", host.number)),
        zone: sim.belief().zone_name(host.zone).clone(),
        machines,
    };
    hosts.into_iter().map(view).collect()
}

fn machine(shown: &Shown, task: TaskId, truth: &TaskTruth) -> MicroMachineView {
    let sim = shown.timeline.sim();
    let definition = &truth.payload.definition;
    MicroMachineView {
        task,
        name: Rc::from(names::task_name(sim, task)),
        hue: hue::of_task(sim, task),
        size: Rc::from(size(definition.cpu_units(), definition.memory_to_reserve_mib())),
        phase: phase(truth),
        selected: shown.selection == Some(Subject::Task(task)),
    }
}

fn phase(truth: &TaskTruth) -> &'static str {
    match (truth.phase, truth.fargate) {
        (Phase::Queued | Phase::Starting, None) => "gets its network interface",
        (Phase::Queued | Phase::Starting, Some(ReportedStatus::Pending)) => "the micro-VM boots",
        (Phase::Queued | Phase::Starting, Some(_)) => "pulls its image and starts",
        (Phase::Running, _) => "its containers run",
        (Phase::Ending, _) => "its containers end",
        (Phase::Ended, _) => "its network interface is taken away",
    }
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
        protected: task.is_protected(sim.now_ms()),
        note: note(sim, id, task).filter(|_| shown.lens != Lens::Knows).map(Rc::from),
        selected: shown.selection == Some(Subject::Task(id)),
    }
}

/// `0.5 vCPU · 1 GB`.
pub fn size(cpu_units: u32, memory_mib: u32) -> String {
    let memory = match (memory_mib / 1_024, memory_mib % 1_024) {
        (whole, 0) => format!("{whole}"),
        (whole, part) => format!("{whole}.{}", part * 10 / 1_024),
    };
    format!("{} vCPU · {memory} GB", vcpus(u64::from(cpu_units)))
}

/// `0.25`, `0.5`, `4`.
fn vcpus(cpu_units: u64) -> String {
    let hundredths = cpu_units * 100 / UNITS_OF_A_VCPU;
    match (hundredths / 100, hundredths % 100) {
        (whole, 0) => format!("{whole}"),
        (whole, part) if part % 10 == 0 => format!("{whole}.{}", part / 10),
        (whole, part) => format!("{whole}.{part:02}"),
    }
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
