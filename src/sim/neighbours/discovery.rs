//! Service discovery: a name that resolves to tasks, and clients that keep the answer (ecs.md §9.4).

use std::rc::Rc;

use crate::sim::command::balancing::{DnsRecordType, ServiceRegistry};
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::engine::Sim;
use crate::sim::ids::TaskId;
use crate::sim::model::target::Address;
use crate::sim::model::task::HealthStatus;
use crate::sim::model::task_definition::{NetworkMode, TaskDefinition};
use crate::sim::neighbours::balancing_commands::{check_port, parameter};
use crate::sim::neighbours::event::BalancingEvent;
use crate::sim::neighbours::health_checks::later;
use crate::sim::neighbours::traffic::{self, Destination};
use crate::sim::random::{Concern, Stream};

/// Route 53 answers with at most so many records (ecs.md §9.4).
/// Ledger: discovery.records.
const MOST_RECORDS: usize = 8;

/// What `serviceRegistries` of a service says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Registry {
    pub dns_record_type: DnsRecordType,
    /// With SRV records: the container and the port it listens on.
    pub container: Option<(Rc<str>, u16)>,
}

/// Reads `serviceRegistries` of a service that runs `definition`.
/// Ledger: discovery.registries.
pub(crate) fn read(asked: &[ServiceRegistry], definition: &TaskDefinition) -> Result<Option<Rc<Registry>>, Refusal> {
    let (Some(first), true) = (asked.first(), asked.len() < 2) else {
        return if asked.is_empty() { Ok(None) } else { Err(parameter("service registries can have at most 1 items.")) };
    };
    let container = match (first.dns_record_type, &first.container_name, first.container_port) {
        (DnsRecordType::A, None, None) => None,
        (DnsRecordType::Srv, Some(name), Some(port)) => Some((Rc::from(name.as_str()), port)),
        (DnsRecordType::A | DnsRecordType::Srv, _, _) => {
            return Err(parameter(
                "A containerName and containerPort combination is required for SRV records, and only for them.",
            ));
        }
    };
    let registry = Registry { dns_record_type: first.dns_record_type, container };
    registry.check(definition)?;
    Ok(Some(Rc::new(registry)))
}

impl Registry {
    /// Can tasks of this definition be found by it (ecs.md §9.4)?
    pub(crate) fn check(&self, definition: &TaskDefinition) -> Answer {
        let mode = definition.network_mode;
        let possible = match mode {
            NetworkMode::Awsvpc => true,
            NetworkMode::Bridge | NetworkMode::Host => self.dns_record_type == DnsRecordType::Srv,
            NetworkMode::None => false,
        };
        if !possible {
            let message = format!(
                "Service discovery with {} records does not support the {} network mode.",
                self.dns_record_type.name(),
                mode.name()
            );
            return Err(parameter(&message));
        }
        self.container.as_ref().map_or(Ok(()), |(name, port)| check_port(definition, name, *port))
    }
}

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
    let known = |task: &TaskId| &sim.control.tasks[*task];
    let tasks = sim.control.services[service].tasks.iter().copied();
    let running = tasks.filter(|task| known(task).is_running() && registry_of(sim, *task).is_some());
    let (mut healthy, sick): (Vec<TaskId>, Vec<TaskId>) = running.partition(|task| known(task).health != HealthStatus::Unhealthy);
    if healthy.is_empty() {
        healthy = sick;
    }
    let mut chance = Stream::of(sim.fx.seed, Concern::Discovery, &[index as u64, sim.fx.now_ms]);
    while healthy.len() > MOST_RECORDS {
        healthy.remove(chance.below(healthy.len() as u64) as usize);
    }
    healthy.into_iter().filter_map(|task| Some((task, address(sim, task, registry_of(sim, task)?)))).collect()
}

/// What a task is registered with: the registry of its revision.
/// Ledger: target.named.
fn registry_of(sim: &Sim, task: TaskId) -> Option<&Registry> {
    sim.control.revision_of(&sim.control.tasks[task])?.registry.as_deref()
}

/// The port that an SRV record names; with an A record, the port that its first container with one listens on.
fn address(sim: &Sim, task: TaskId, registry: &Registry) -> Address {
    let known = &sim.control.tasks[task];
    let containers = &sim.control.definitions[known.definition].definition.containers;
    let first = || containers.iter().flat_map(|each| &each.port_mappings).map(|mapping| mapping.container_port).next();
    let container_port = registry.container.as_ref().map(|(_, port)| *port).or_else(first).unwrap_or(80);
    Address { instance: known.instance, port: container_port, container_port }
}
