//! What must hold between any two events, whatever was asked and whatever is broken.
//!
//! [`check`] looks at a whole run as it stands; `log_checker` looks at what it has said. Neither changes anything.

mod balancing;
mod capacity;
mod platform;
mod services;

mod metrics;

use std::collections::{BTreeMap, BTreeSet};

use crate::sim::command::LaunchType;
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::task::Task;
use crate::sim::data_plane::DataPlane;
use crate::sim::data_plane::host::{Host, Ledger, Power};
use crate::sim::data_plane::task_truth::{ContainerState, Ground, Phase, TaskTruth};
use crate::sim::data_plane::usage::UsageLine;
use crate::sim::engine::Sim;
use crate::sim::ids::{InstanceId, TaskId};
use crate::sim::model::container_instance::{ContainerInstance, ContainerInstanceStatus};
use crate::sim::model::task::{DesiredStatus, HealthStatus, StopCode, TaskStatus};
use crate::sim::neighbours::checked;
use crate::sim::time::Millis;
use crate::sim::tuning::Tuning;

/// Says the first thing that is not as it must be.
pub fn check(sim: &Sim) -> Result<(), String> {
    let now_ms = sim.now_ms();
    must(sim.next_event_at().is_none_or(|at_ms| at_ms >= now_ms), || "an event is due in the past".to_string())?;
    belief(&sim.control, now_ms, sim.tuning())?;
    truth(&sim.data)?;
    checked::check(sim)?;
    metrics::check(sim)?;
    platform::network(&sim.control, &sim.neighbours.network)?;
    platform::disks(&sim.data, now_ms, sim.tuning())?;
    platform::connections(&sim.data, now_ms)?;
    capacity::check(sim)?;
    balancing::check(sim)?;
    let next = sim.control.tasks.next_id();
    must(sim.data.tasks.ids().all(|task| task < next), || "containers of a task that was never placed".to_string())
}

fn must(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

fn belief(control: &ControlPlane, now_ms: Millis, tuning: &Tuning) -> Result<(), String> {
    control.registry.check()?;
    for (id, task) in control.tasks.iter() {
        task_is_legal(control, id, task, now_ms).map_err(|what| format!("task {}: {what}: {task:?}", id.0))?;
    }
    for instance in control.registry.iter() {
        instance_adds_up(control, instance).map_err(|what| format!("instance {}: {what}", instance.id.0))?;
    }
    services::check(control, now_ms, tuning)?;
    fargate_adds_up(control)?;
    platform::belief(control, now_ms, tuning)
}

fn task_is_legal(control: &ControlPlane, id: TaskId, task: &Task, now_ms: Millis) -> Result<(), String> {
    let wanted = task.desired_status == DesiredStatus::Running;
    must(wanted == task.stopped.is_none(), || "desired status and stop reason disagree".to_string())?;
    must(!wanted || task.last_status <= TaskStatus::Running, || "wanted and beyond RUNNING".to_string())?;
    must(wanted || task.last_status > TaskStatus::Running, || "not wanted and not yet stopping".to_string())?;
    let entered: Vec<Millis> = TaskStatus::ALL.into_iter().filter_map(|status| task.times.entered(status)).collect();
    must(entered.is_sorted() && entered.last().is_some_and(|last| *last <= now_ms), || "times out of order".to_string())?;
    must(task.times.entered(task.last_status).is_some(), || "its status was never entered".to_string())?;
    let later = TaskStatus::ALL.into_iter().filter(|status| *status > task.last_status);
    must(later.into_iter().all(|status| task.times.entered(status).is_none()), || "a later status was entered".to_string())?;
    let definition = &control.definitions[task.definition];
    must(task.health == HealthStatus::Unknown || definition.has_health_check(), || "health without a check".to_string())?;
    let ran = task.times.entered(TaskStatus::Running).is_some();
    must(task.health == HealthStatus::Unknown || ran, || "health before it ran".to_string())?;
    let enters = |status| task.times.entered(status).is_some();
    let on_fargate = task.launch_type != LaunchType::Ec2;
    let never_placed = task.instance.is_none() && !on_fargate;
    must(!on_fargate || task.instance.is_none(), || "launch type and instance disagree".to_string())?;
    must(!never_placed || task.capacity_provider.is_some(), || "without a place it waits for no provider".to_string())?;
    must(!never_placed || !enters(TaskStatus::Pending), || "it went on without a place".to_string())?;
    let has_interface = on_fargate || definition.needs.enis > 0 || task.capacity_provider.is_some();
    must(has_interface || !(enters(TaskStatus::Provisioning) || enters(TaskStatus::Deprovisioning)), || {
        "provisioned without a network interface".to_string()
    })?;
    if let Some(stopped) = &task.stopped {
        let legal = match stopped.code {
            StopCode::TaskFailedToStart => !ran,
            StopCode::SpotInterruption => task.launch_type == LaunchType::FargateSpot,
            StopCode::ServiceSchedulerInitiated => task.service.is_some(),
            StopCode::EssentialContainerExited => ran,
            StopCode::UserInitiated | StopCode::TerminationNotice => true,
        };
        must(legal, || "an impossible stop code".to_string())?;
        must(!stopped.reason.is_empty(), || "stopped without a reason".to_string())?;
    }
    let Some(instance) = task.instance else { return Ok(()) };
    let registered = control.registry.get(instance).is_some();
    must(!wanted || registered, || "wanted on an instance that is gone".to_string())?;
    let assigned = control.agents.get(instance).is_some_and(|link| link.tasks.contains(&id));
    must(assigned == (task.last_status != TaskStatus::Stopped), || "its agent's list does not agree".to_string())
}

fn instance_adds_up(control: &ControlPlane, instance: &ContainerInstance) -> Result<(), String> {
    let Some(link) = control.agents.get(instance.id) else {
        let leaves = instance.status == ContainerInstanceStatus::Deregistering && instance.tasks.is_empty();
        return must(leaves && !instance.agent_connected, || "nothing is known of its agent".to_string());
    };
    must(link.disconnected_by.is_some() != instance.agent_connected, || "two opinions of its connection".to_string())?;
    must(instance.disconnected_since_ms.is_some() != instance.agent_connected, || "two opinions of its silence".to_string())?;
    let wanted: Vec<(TaskId, &Task)> =
        control.tasks.iter().filter(|(_, task)| task.is_wanted() && task.instance == Some(instance.id)).collect();
    let placed: BTreeSet<TaskId> = instance.tasks.iter().map(|placed| placed.task).collect();
    must(placed == wanted.iter().map(|(id, _)| *id).collect(), || "tasks placed and tasks wanted differ".to_string())?;
    let needs: Vec<_> = wanted.iter().map(|(_, task)| &control.definitions[task.definition].needs).collect();
    let cpu: u32 = needs.iter().map(|needs| needs.cpu_units).sum();
    let memory: u32 = needs.iter().map(|needs| needs.memory_mib).sum();
    let interfaces: u32 = needs.iter().map(|needs| u32::from(needs.enis)).sum();
    let gpus: u32 = needs.iter().map(|needs| u32::from(needs.gpus)).sum();
    let ports: usize = needs.iter().map(|needs| needs.tcp_ports.len() + needs.udp_ports.len()).sum();
    must(instance.registered_cpu_units == instance.remaining_cpu_units + cpu, || "CPU does not add up".to_string())?;
    must(instance.registered_memory_mib == instance.remaining_memory_mib + memory, || "memory does not add up".to_string())?;
    must(instance.registered_enis == instance.free_enis + interfaces, || "network interfaces do not add up".to_string())?;
    must(u32::from(instance.instance_type.gpus) == instance.free_gpus + gpus, || "GPUs do not add up".to_string())?;
    let reserved = ContainerInstance::RESERVED_TCP_PORTS.len() + ports;
    must(instance.tcp_ports.len() + instance.udp_ports.len() == reserved, || "ports do not add up".to_string())?;
    let tasks = || link.tasks.iter().map(|task| &control.tasks[*task]);
    let running = tasks().filter(|task| task.is_running()).count() as u32;
    let pending = tasks().filter(|task| task.is_starting()).count() as u32;
    must((instance.running_tasks, instance.pending_tasks) == (running, pending), || "task counts are stale".to_string())
}

fn fargate_adds_up(control: &ControlPlane) -> Result<(), String> {
    let mut counted = BTreeMap::new();
    for (_, task) in control.tasks.iter().filter(|(_, task)| task.is_wanted() && task.is_on_fargate()) {
        *counted.entry((task.group, task.launch_type, task.zone)).or_insert(0) += 1;
    }
    let kept: BTreeMap<_, _> =
        control.fargate_zones.iter().filter(|(_, count)| **count > 0).map(|(key, count)| (*key, *count)).collect();
    must(kept == counted, || format!("Fargate tasks by zone: {kept:?}, counted {counted:?}"))
}

fn truth(data: &DataPlane) -> Result<(), String> {
    for (id, host) in data.hosts.iter() {
        host_is_sound(data, id, host).map_err(|what| format!("host {}: {what}", id.0))?;
    }
    for (id, task) in data.tasks.iter() {
        containers_agree(data, task).map_err(|what| format!("task {}: {what}: {:?} {:?}", id.0, task.phase, task.containers))?;
    }
    let counting = data.tasks.iter().filter(|(_, task)| task.used_since_ms.is_some()).count() as u64;
    let counted: u64 = data.usage.lines().iter().map(UsageLine::running).sum();
    must(counting == counted, || format!("{counting} tasks are used, {counted} are on the bill"))?;
    platform::truth(data)
}

fn host_is_sound(data: &DataPlane, id: InstanceId, host: &Host) -> Result<(), String> {
    let powered = host.power == Power::On;
    must(powered || !host.agent.running, || "an agent without power".to_string())?;
    must(host.agent.running || !host.agent.connected, || "connected without an agent".to_string())?;
    must(host.agent_stops.is_empty() || !host.agent.running, || "an agent that a fault holds".to_string())?;
    must((host.power == Power::Terminated) == host.terminated_at_ms.is_some(), || "no time of termination".to_string())?;
    must(host.stopped_at_ms.is_none() || host.power == Power::Off, || "stopped and yet on".to_string())?;
    must(!data.zone_has_failed(host.zone) || matches!(host.power, Power::Off | Power::Terminated), || {
        "power in a failed zone".to_string()
    })?;
    must(host.outages.is_empty() || matches!(host.power, Power::Off | Power::Terminated), || "power in an outage".to_string())?;
    let here: Vec<(TaskId, &TaskTruth)> = data.tasks.iter().filter(|(_, task)| task.ground == Ground::Host(id)).collect();
    must(host.tasks == here.iter().map(|(task, _)| *task).collect(), || "its list of tasks is wrong".to_string())?;
    let mut expected = Ledger::of(host.instance_type);
    for (_, task) in here.iter().filter(|(_, task)| matches!(task.phase, Phase::Starting | Phase::Running | Phase::Ending)) {
        expected.take(&task.payload.needs);
    }
    must(host.ledger == expected, || format!("its ledger has {:?}, should have {expected:?}", host.ledger))?;
    must(host.ledger.cpu_units >= 0 && host.ledger.memory_mib >= 0, || "it has given more than it has".to_string())?;
    let queued: BTreeSet<TaskId> = here.iter().filter(|(_, task)| task.phase == Phase::Queued).map(|(task, _)| *task).collect();
    must(queued.len() == host.waiting.len() && queued == host.waiting.iter().copied().collect(), || {
        "its queue is wrong".to_string()
    })?;
    let head_fits = host.waiting.front().is_some_and(|task| host.ledger.fits(&data.tasks[*task].payload.needs));
    must(!(host.agent.running && head_fits), || "the head of its queue waits for nothing".to_string())?;
    must(powered || here.iter().all(|(_, task)| !task.has_a_process()), || "a process without power".to_string())
}

fn containers_agree(data: &DataPlane, task: &TaskTruth) -> Result<(), String> {
    let all = |holds: fn(ContainerState) -> bool| task.containers.iter().all(|container| holds(container.state));
    let begun = |state| matches!(state, ContainerState::Running | ContainerState::Exited(_));
    let legal = match task.phase {
        Phase::Queued => all(|state| state == ContainerState::Fresh),
        Phase::Starting => all(|state| !matches!(state, ContainerState::Ending | ContainerState::NeverRan)),
        Phase::Running => task
            .containers
            .iter()
            .all(|container| begun(container.state) || (container.restarts > 0 && container.state == ContainerState::Creating)),
        // What others need is asked to end after them, by an agent that runs.
        Phase::Ending => task.containers.iter().enumerate().all(|(index, container)| {
            let waits = container.state == ContainerState::Running && (task.is_needed(index) || !data.is_watched(task.ground));
            waits || container.state == ContainerState::Ending || container.state.is_over()
        }),
        Phase::Ended => all(ContainerState::is_over),
    };
    must(legal, || "phase and containers disagree".to_string())?;
    let watched = match task.ground {
        Ground::Host(host) => data.hosts[host].has_agent(),
        Ground::Fargate => true,
    };
    let essential_over = (0..task.containers.len())
        .any(|index| task.container_definition(index).essential && task.containers[index].state.is_over());
    must(!(watched && essential_over && task.phase < Phase::Ending), || "nobody reacts to an essential end".to_string())?;
    must(!(watched && task.phase == Phase::Ending && task.all_over()), || "nobody notices the end".to_string())?;
    must((task.phase >= Phase::Ending) == task.stop.is_some(), || "an end without a reason".to_string())
}
