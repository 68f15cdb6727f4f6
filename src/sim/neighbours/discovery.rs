//! Service discovery: a name that resolves to tasks, and clients that keep the answer (ecs.md §9.4).

use crate::sim::engine::Sim;
use crate::sim::ids::TaskId;
use crate::sim::model::target::Address;
use crate::sim::model::task::HealthStatus;
use crate::sim::neighbours::event::BalancingEvent;
use crate::sim::neighbours::health_checks::later;
use crate::sim::neighbours::traffic::{self, Destination};
use crate::sim::random::{Concern, Stream};

/// Route 53 answers with at most so many records (ecs.md §9.4).
const MOST_RECORDS: usize = 8;

/// A client asks for a name, and again when the time to live of the answer is over.
pub(crate) fn resolve(sim: &mut Sim, index: usize, turn: u32) {
    let flow = &sim.neighbours.traffic.flows[index];
    let Destination::Name { service, ttl_ms } = flow.to.clone() else { return };
    if flow.turn != turn {
        return;
    }
    let answer = answer(sim, &service, index);
    sim.neighbours.traffic.flows[index].answer = answer;
    traffic::reroute(sim, index);
    sim.fx.by_the_clock(|fx| later(fx, ttl_ms, BalancingEvent::NameExpires { flow: index as u32, turn }));
}

/// Ledger: discovery.records. Up to eight healthy tasks by chance; when none is healthy, up to eight unhealthy ones. ECS pushes the
/// health of its tasks, so that discovery knows no more than ECS does.
fn answer(sim: &Sim, service: &str, index: usize) -> Vec<(TaskId, Address)> {
    let Some(service) = sim.control.service_named(service) else { return Vec::new() };
    let tasks = &sim.control.services[service].tasks;
    let running = tasks.iter().copied().filter(|task| sim.control.tasks[*task].is_running());
    let (mut healthy, sick): (Vec<TaskId>, Vec<TaskId>) =
        running.partition(|task| sim.control.tasks[*task].health != HealthStatus::Unhealthy);
    if healthy.is_empty() {
        healthy = sick;
    }
    let mut chance = Stream::of(sim.fx.seed, Concern::Discovery, &[index as u64, sim.fx.now_ms]);
    while healthy.len() > MOST_RECORDS {
        healthy.remove(chance.below(healthy.len() as u64) as usize);
    }
    healthy.into_iter().map(|task| (task, address(sim, task))).collect()
}

/// The port that its first container with one listens on.
fn address(sim: &Sim, task: TaskId) -> Address {
    let known = &sim.control.tasks[task];
    let containers = &sim.control.definitions[known.definition].definition.containers;
    let port = containers.iter().flat_map(|each| &each.port_mappings).map(|mapping| mapping.container_port).next();
    let container_port = port.unwrap_or(80);
    Address { instance: known.instance, port: container_port, container_port }
}
