//! What must hold of load balancers after every event.

use std::collections::BTreeMap;

use crate::sim::command::balancing::DnsRecordType;
use crate::sim::engine::Sim;
use crate::sim::ids::TaskId;
use crate::sim::model::target::TargetState;
use crate::sim::model::task::TaskStatus;
use crate::sim::neighbours::health_checks::would_all_pass;
use crate::sim::neighbours::target_group::{Target, TargetGroup};
use crate::sim::neighbours::traffic::{Destination, Flow};

/// Says the first thing that is not as it must be.
pub(crate) fn check(sim: &Sim) -> Result<(), String> {
    for (id, group) in sim.neighbours.balancer.groups.iter() {
        for (task, target) in &group.targets {
            target_is_sound(sim, group, target).map_err(|what| format!("target {} in {}: {what}", task.0, group.name))?;
            must(*task < sim.control.tasks.next_id(), "a target that is no task")?;
        }
        let checking = group.turn % 2 == 1;
        must(checking || group.targets.is_empty(), "targets that nobody checks")?;
        must(!group.all_pass() || would_all_pass(sim, id), "a target that would not pass, unchecked")?;
    }
    for flow in &sim.neighbours.traffic.flows {
        requests_add_up(flow, sim.now_ms()).map_err(|what| format!("requests of {}: {what}", flow.name))?;
    }
    loads_add_up(sim)?;
    for (id, service) in sim.control.services.iter() {
        for registry in service.revisions().filter_map(|revision| revision.registry.as_ref()) {
            let names_a_port = registry.dns_record_type == DnsRecordType::Srv;
            must(names_a_port == registry.container.is_some(), "a registry whose records are incomplete")
                .map_err(|what| format!("service {}: {what}", id.0))?;
        }
    }
    for (id, task) in sim.control.tasks.iter() {
        // Tasks of a revision without a load balancer run on until they are replaced.
        let balanced = sim.control.revision_of(task).is_some_and(|revision| !revision.load_balancers.is_empty());
        let running = task.is_running() && balanced;
        must(!running || task.target.is_some(), "a RUNNING task whose target is not registered")?;
        must(!(balanced && task.is_running() && sim.control.awaits_registration(id)), "a RUNNING task that is not registered")?;
        let waits = task.last_status == TaskStatus::Deactivating;
        must(!waits || task.target.is_some() || task.named, "DEACTIVATING without a target or a name")
            .map_err(|what| format!("task {}: {what}", id.0))?;
    }
    Ok(())
}

/// What was sent is what was answered and what was lost, to the millionth of a request.
fn requests_add_up(flow: &Flow, now_ms: u64) -> Result<(), String> {
    let counts = flow.counts_at(now_ms);
    let routed: u64 = flow.routes().iter().map(|route| route.offered_mrps).sum();
    // A listener goes on sending its share to a group without targets: that part is lost.
    let partly = flow.routes().is_empty() || matches!(flow.to, Destination::Listener(_));
    let whole = routed + flow.proxies.unknown_mrps;
    must(whole == flow.offered_mrps || (partly && whole < flow.offered_mrps), "the shares of the targets are not the whole")?;
    must(flow.routes().iter().all(|route| route.served_mrps <= route.offered_mrps), "more answered than sent")?;
    must(counts.offered == counts.served + counts.lost.values().sum::<u64>(), "counts do not add up")
}

fn loads_add_up(sim: &Sim) -> Result<(), String> {
    let mut offered: BTreeMap<TaskId, u64> = BTreeMap::new();
    for route in sim.neighbours.traffic.flows.iter().flat_map(|flow| flow.routes()).filter(|route| route.offered_mrps > 0) {
        *offered.entry(route.task).or_insert(0) += route.offered_mrps;
    }
    let loads: BTreeMap<TaskId, u64> = sim.data.loads.iter().map(|(task, load)| (task, load.offered_mrps)).collect();
    must(offered == loads, "the loads of the tasks are not what is sent to them")
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
