//! Whether one instance has what a task needs (ecs.md §3.3), rule by rule.
//!
//! It must never compare instances with each other; `strategy` does. Start reading at [`fits`].

use std::rc::Rc;

use super::PlacementRequest;
use super::constraint;
use super::needs::{Needs, RequiredAttribute};
use crate::sim::control_plane::registry::Registry;
use crate::sim::decision::{Check, Reason, Rule, Value};
use crate::sim::ids::InstanceId;
use crate::sim::model::container_instance::{ContainerInstance, ContainerInstanceStatus};
use crate::sim::model::placement::PlacementConstraint;

/// The instance takes tasks and has room and attributes for this one. Zones and constraints belong to the request.
/// Ledger: placement.filter.
pub fn fits(instance: &ContainerInstance, needs: &Needs) -> bool {
    instance.takes_tasks()
        && instance.remaining_cpu_units >= needs.cpu_units
        && instance.remaining_memory_mib >= needs.memory_mib
        && (needs.is_plain() || has_the_rest(instance, needs))
}

fn has_the_rest(instance: &ContainerInstance, needs: &Needs) -> bool {
    instance.free_enis >= u32::from(needs.enis)
        && instance.free_gpus >= u32::from(needs.gpus)
        && tcp_ports_free(instance, needs)
        && udp_ports_free(instance, needs)
        && needs.attributes.iter().all(|required| has_attribute(instance, required))
}

fn tcp_ports_free(instance: &ContainerInstance, needs: &Needs) -> bool {
    needs.tcp_ports.is_empty()
        || (room_for_ports(instance, needs) && taken(&instance.tcp_ports, &needs.tcp_ports).next().is_none())
}

fn udp_ports_free(instance: &ContainerInstance, needs: &Needs) -> bool {
    needs.udp_ports.is_empty()
        || (room_for_ports(instance, needs) && taken(&instance.udp_ports, &needs.udp_ports).next().is_none())
}

// Ledger: network.ports.
fn room_for_ports(instance: &ContainerInstance, needs: &Needs) -> bool {
    let reserved = instance.tcp_ports.len() + instance.udp_ports.len();
    reserved + needs.tcp_ports.len() + needs.udp_ports.len() <= ContainerInstance::MAX_RESERVED_PORTS
}

fn taken<'a>(ports: &'a [u16], needed: &'a [u16]) -> impl Iterator<Item = u16> + 'a {
    needed.iter().copied().filter(|port| ports.binary_search(port).is_ok())
}

fn has_attribute(instance: &ContainerInstance, required: &RequiredAttribute) -> bool {
    match (instance.attribute(&required.name), &required.value) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(value), Some(wanted)) => value == Some(&**wanted),
    }
}

/// The rules that a request asks about, in their order.
/// Ledger: placement.filter-order, placement.subnets.
fn rules(request: &PlacementRequest) -> impl Iterator<Item = Rule> {
    let needs = request.needs;
    let constraints = request.constraints.iter().enumerate().map(|(number, constraint)| match constraint {
        PlacementConstraint::DistinctInstance => Rule::DistinctInstance,
        PlacementConstraint::MemberOf(_) => Rule::MemberOf(number as u8),
    });
    [
        (Rule::Status, true),
        (Rule::Agent, true),
        (Rule::Attributes, !needs.attributes.is_empty()),
        (Rule::Cpu, true),
        (Rule::Memory, true),
        (Rule::PortsTcp, !needs.tcp_ports.is_empty()),
        (Rule::PortsUdp, !needs.udp_ports.is_empty()),
        (Rule::Eni, needs.enis > 0),
        (Rule::Gpu, needs.gpus > 0),
        (Rule::Zone, request.zones.is_some()),
    ]
    .into_iter()
    .filter_map(|(rule, applies)| applies.then_some(rule))
    .chain(constraints)
}

fn passes(registry: &Registry, request: &PlacementRequest, instance: &ContainerInstance, rule: Rule) -> bool {
    let needs = request.needs;
    match rule {
        Rule::Status => instance.status == ContainerInstanceStatus::Active,
        Rule::Agent => instance.agent_connected,
        Rule::Attributes => needs.attributes.iter().all(|required| has_attribute(instance, required)),
        Rule::Cpu => instance.remaining_cpu_units >= needs.cpu_units,
        Rule::Memory => instance.remaining_memory_mib >= needs.memory_mib,
        Rule::PortsTcp => tcp_ports_free(instance, needs),
        Rule::PortsUdp => udp_ports_free(instance, needs),
        Rule::Eni => instance.free_enis >= u32::from(needs.enis),
        Rule::Gpu => instance.free_gpus >= u32::from(needs.gpus),
        Rule::Zone => request.zones.is_none_or(|zones| zones.contains(&instance.zone)),
        Rule::DistinctInstance => registry.tasks_on(request.group, instance.id) == 0,
        Rule::MemberOf(number) => constraint::holds(registry, request.group, &request.constraints[usize::from(number)], instance),
    }
}

/// Every rule of the request holds.
pub fn is_feasible(registry: &Registry, request: &PlacementRequest, instance: &ContainerInstance) -> bool {
    fits(instance, request.needs)
        && is_of_the_provider(request, instance)
        && request.zones.is_none_or(|zones| zones.contains(&instance.zone))
        && request.constraints.iter().all(|each| constraint::holds(registry, request.group, each, instance))
}

/// Instances of other providers are no candidates at all.
pub fn is_of_the_provider(request: &PlacementRequest, instance: &ContainerInstance) -> bool {
    request.provider.is_none_or(|provider| instance.capacity_provider == Some(provider))
}

/// The first obstacle to a task on this instance; `None` when it can be placed there or is not a candidate at all.
pub fn first_obstacle(registry: &Registry, request: &PlacementRequest, instance: &ContainerInstance) -> Option<Reason> {
    rules(request).find(|rule| !passes(registry, request, instance, *rule)).and_then(Rule::reason)
}

/// Every rule applied to one instance, with what was asked for and what it has.
pub fn checks(registry: &Registry, request: &PlacementRequest, instance: &ContainerInstance) -> Vec<Check> {
    rules(request)
        .map(|rule| {
            let (need, have) = compared(registry, request, instance, rule);
            Check { rule, need, have, pass: passes(registry, request, instance, rule) }
        })
        .collect()
}

fn compared(registry: &Registry, request: &PlacementRequest, instance: &ContainerInstance, rule: Rule) -> (Value, Value) {
    let needs = request.needs;
    match rule {
        Rule::Status => (Value::Status(ContainerInstanceStatus::Active), Value::Status(instance.status)),
        Rule::Agent => (Value::Is(true), Value::Is(instance.agent_connected)),
        Rule::Attributes => {
            let missing = needs.attributes.iter().filter(|required| !has_attribute(instance, required));
            (names(needs.attributes.iter()), names(missing))
        }
        Rule::Cpu => (Value::CpuUnits(needs.cpu_units), Value::CpuUnits(instance.remaining_cpu_units)),
        Rule::Memory => (Value::MemoryMib(needs.memory_mib), Value::MemoryMib(instance.remaining_memory_mib)),
        Rule::PortsTcp => ports(&needs.tcp_ports, &instance.tcp_ports),
        Rule::PortsUdp => ports(&needs.udp_ports, &instance.udp_ports),
        Rule::Eni => (Value::Count(u32::from(needs.enis)), Value::Count(instance.free_enis)),
        Rule::Gpu => (Value::Count(u32::from(needs.gpus)), Value::Count(instance.free_gpus)),
        Rule::Zone => {
            let zones = request.zones.unwrap_or_default().to_vec();
            (Value::Zones(zones), Value::Zones(vec![instance.zone]))
        }
        Rule::DistinctInstance => constraint::compared(registry, request.group, &PlacementConstraint::DistinctInstance, instance),
        Rule::MemberOf(number) => {
            constraint::compared(registry, request.group, &request.constraints[usize::from(number)], instance)
        }
    }
}

fn ports(needed: &[u16], reserved: &[u16]) -> (Value, Value) {
    (Value::Ports(needed.to_vec()), Value::Ports(taken(reserved, needed).collect()))
}

fn names<'a>(attributes: impl Iterator<Item = &'a RequiredAttribute>) -> Value {
    let name = |required: &RequiredAttribute| match &required.value {
        Some(value) => format!("{}={value}", required.name).into(),
        None => required.name.clone(),
    };
    Value::Attributes(attributes.map(name).collect::<Vec<Rc<str>>>())
}

/// The candidate that came closest when none fits (ecs.md §3.3): fewest failed checks, then the largest part of what is needed
/// left in the first failing dimension, then the lowest id. Instances that are not ACTIVE are no candidates.
/// Ledger: placement.closest.
pub fn closest(registry: &Registry, request: &PlacementRequest) -> Option<(InstanceId, Reason)> {
    registry
        .iter()
        .filter(|instance| instance.status == ContainerInstanceStatus::Active && is_of_the_provider(request, instance))
        .filter_map(|instance| {
            let mut failed = rules(request).filter(|rule| !passes(registry, request, instance, *rule));
            let first = failed.next()?;
            let distance = (failed.count(), u64::MAX - part_left(request.needs, instance, first), instance.id);
            Some((distance, first.reason()?))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|((_, _, id), reason)| (id, reason))
}

/// What is left in the dimension of a rule as a part of what is needed, in 2⁻³². Rules without a dimension have nothing left.
fn part_left(needs: &Needs, instance: &ContainerInstance, rule: Rule) -> u64 {
    let (left, need) = match rule {
        Rule::Cpu => (instance.remaining_cpu_units, needs.cpu_units),
        Rule::Memory => (instance.remaining_memory_mib, needs.memory_mib),
        Rule::Eni => (instance.free_enis, u32::from(needs.enis)),
        Rule::Gpu => (instance.free_gpus, u32::from(needs.gpus)),
        Rule::Status
        | Rule::Agent
        | Rule::Attributes
        | Rule::PortsTcp
        | Rule::PortsUdp
        | Rule::Zone
        | Rule::DistinctInstance
        | Rule::MemberOf(_) => (0, 1),
    };
    (u64::from(left) << 32) / u64::from(need)
}
