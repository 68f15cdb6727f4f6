//! What must hold of load balancers after every event.

use crate::sim::engine::Sim;
use crate::sim::model::target::TargetState;
use crate::sim::model::task::TaskStatus;
use crate::sim::neighbours::target_group::{Target, TargetGroup};

/// Says the first thing that is not as it must be.
pub(crate) fn check(sim: &Sim) -> Result<(), String> {
    for (_, group) in sim.neighbours.balancer.groups.iter() {
        for (task, target) in &group.targets {
            target_is_sound(sim, group, target).map_err(|what| format!("target {} in {}: {what}", task.0, group.name))?;
            must(*task < sim.control.tasks.next_id(), "a target that is no task")?;
        }
        let checking = group.turn % 2 == 1;
        must(checking || group.targets.is_empty(), "targets that nobody checks")?;
    }
    for (id, task) in sim.control.tasks.iter() {
        let balanced = task.service.is_some_and(|(service, _)| !sim.control.services[service].load_balancers.is_empty());
        let running = task.is_running() && balanced;
        must(!running || task.target.is_some(), "a RUNNING task whose target is not registered")?;
        let waits = task.last_status == TaskStatus::Deactivating;
        must(!waits || task.target.is_some(), "DEACTIVATING without a target")
            .map_err(|what| format!("task {}: {what}", id.0))?;
    }
    Ok(())
}

fn target_is_sound(sim: &Sim, group: &TargetGroup, target: &Target) -> Result<(), String> {
    let settings = &group.settings;
    must(target.failures < settings.unhealthy_threshold.max(10), "too many failures for its state")?;
    must(target.since_ms <= sim.now_ms(), "it turned in the future")?;
    let longest_ms = 3_600_000;
    let draining = target.state == TargetState::Draining;
    must(!draining || sim.now_ms() - target.since_ms <= longest_ms, "it drains longer than any delay")
}

fn must(holds: bool, what: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what.to_string()) }
}
