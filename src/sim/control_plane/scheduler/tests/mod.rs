//! Tests of the placement engine: worked examples by section of ecs.md, every small cluster, and random histories.

mod brute_force;
mod conformance;
mod failures;
mod properties;
mod scale_in;

use std::rc::Rc;

use super::needs::Needs;
use super::{PlacementFailure, PlacementRequest, decide_in_full, place, place_plainly};
use crate::sim::control_plane::registry::Registry;
use crate::sim::decision::{Decision, DefaultStrategy};
use crate::sim::ids::{GroupId, InstanceId, TaskId, ZoneId};
use crate::sim::model::container_definition::{ContainerDefinition, PortMapping, Protocol};
use crate::sim::model::container_instance::ContainerInstance;
use crate::sim::model::expression::{Condition, Expression, Relation, TextTest};
use crate::sim::model::instance_type::InstanceType;
use crate::sim::model::placement::{BinPackResource, PlacementConstraint, PlacementStrategy, SpreadField};
use crate::sim::model::task_definition::{NetworkMode, RuntimePlatform, TaskDefinition};

/// Zones 1, 2, 3 …
const ZONES: [&str; 4] = ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d"];

fn instance_of(kind: &str, id: u32, zone: u32) -> ContainerInstance {
    let name: Rc<str> = ZONES[zone as usize - 1].into();
    let kind = InstanceType::named(kind).expect("the type is offered");
    ContainerInstance::new(InstanceId(id), kind, ZoneId(zone), &name, 0)
}

/// An instance with so much CPU and memory, all of it free.
fn sized(id: u32, zone: u32, cpu_units: u32, memory_mib: u32) -> ContainerInstance {
    let mut instance = instance_of("m5.large", id, zone);
    (instance.registered_cpu_units, instance.remaining_cpu_units) = (cpu_units, cpu_units);
    (instance.registered_memory_mib, instance.remaining_memory_mib) = (memory_mib, memory_mib);
    instance
}

fn cluster(instances: impl IntoIterator<Item = ContainerInstance>) -> Registry {
    let mut registry = Registry::default();
    instances.into_iter().for_each(|instance| registry.register(instance));
    registry
}

fn spread(attribute: &str) -> PlacementStrategy {
    PlacementStrategy::Spread { field: SpreadField::Attribute(attribute.into()) }
}

fn spread_zones() -> PlacementStrategy {
    spread("ecs.availability-zone")
}

fn spread_instances() -> PlacementStrategy {
    PlacementStrategy::Spread { field: SpreadField::InstanceId }
}

fn binpack_memory() -> PlacementStrategy {
    PlacementStrategy::BinPack { resource: BinPackResource::Memory }
}

fn binpack_cpu() -> PlacementStrategy {
    PlacementStrategy::BinPack { resource: BinPackResource::Cpu }
}

/// `memberOf: attribute:NAME == VALUE`
fn member_of(name: &str, value: &str) -> PlacementConstraint {
    let test = TextTest::Compare(Relation::Equal, value.into());
    let condition = Condition::Attribute { name: name.into(), test };
    PlacementConstraint::MemberOf(Rc::new(Expression::Condition(condition)))
}

/// A container of 100 CPU units and 200 MiB with TCP ports, on the container and on the instance.
fn container(ports: &[(u16, u16)]) -> ContainerDefinition {
    let mapping = |(container_port, host_port): &(u16, u16)| PortMapping {
        container_port: *container_port,
        host_port: *host_port,
        protocol: Protocol::Tcp,
    };
    ContainerDefinition {
        name: "app".into(),
        image: "app".into(),
        cpu_units: 100,
        memory_mib: Some(300),
        memory_reservation_mib: Some(200),
        essential: true,
        port_mappings: ports.iter().map(mapping).collect(),
        health_check: None,
        depends_on: Vec::new(),
        gpu_count: 0,
        start_timeout_ms: None,
        stop_timeout_ms: None,
        restart_policy: None,
        mount_points: Vec::new(),
        log_driver: None,
        log_limit_kib: None,
    }
}

/// A task definition with that container.
fn definition(network_mode: NetworkMode, ports: &[(u16, u16)]) -> TaskDefinition {
    TaskDefinition {
        family: "app".into(),
        revision: 1,
        network_mode,
        cpu_units: None,
        memory_mib: None,
        requires_compatibilities: Vec::new(),
        containers: vec![container(ports)],
        volumes: Vec::new(),
        placement_constraints: Vec::new(),
        requires_attributes: Vec::new(),
        ephemeral_storage_gib: None,
        runtime: RuntimePlatform::default(),
    }
}

/// A request for a task of a service without anything special.
fn request<'a>(needs: &'a Needs, group: GroupId, strategies: &'a [PlacementStrategy]) -> PlacementRequest<'a> {
    PlacementRequest {
        needs,
        group,
        constraints: &[],
        strategies,
        default: DefaultStrategy::Service,
        zones: None,
        provider: None,
        chance: (1, 1),
    }
}

/// Where all three ways to decide agree that the task goes.
fn agreed(registry: &Registry, request: &PlacementRequest) -> Result<InstanceId, PlacementFailure> {
    let (fast, plain, full) = (place(registry, request), place_plainly(registry, request), decide_in_full(registry, request));
    agree(request, &fast.map(|found| found.instance), &plain.map(|found| found.instance), &full);
    let summary = fast.map_or_else(|failure| failure.summary, |found| found.summary);
    assert_eq!(summary.chosen, full.winner);
    fast.map(|found| found.instance)
}

fn agree(
    request: &PlacementRequest,
    fast: &Result<InstanceId, PlacementFailure>,
    plain: &Result<InstanceId, PlacementFailure>,
    full: &Decision,
) {
    let closest = |result: &Result<InstanceId, PlacementFailure>| result.err().and_then(|failure| failure.summary.closest);
    assert_eq!(fast.ok(), plain.ok(), "index against scan for {request:?}");
    assert_eq!(plain.ok(), full.winner, "scan against record for {request:?}");
    assert_eq!(closest(fast), closest(plain), "closest of {request:?}");
    assert_eq!(closest(plain), full.closest, "closest of {request:?}");
    let feasible = full.rows.iter().filter(|row| row.is_feasible()).count();
    assert_eq!(feasible > 0, full.winner.is_some(), "record of {request:?}");
}

/// Places and reserves `count` tasks numbered from `first`; the ids of their instances.
fn run(registry: &mut Registry, request: &PlacementRequest, first: u32, count: u32) -> Vec<u32> {
    (first..first + count)
        .map(|task| {
            let instance = agreed(registry, request).expect("there is room");
            registry.reserve(instance, TaskId(task), request.needs, request.group);
            registry.check().unwrap();
            instance.0
        })
        .collect()
}
