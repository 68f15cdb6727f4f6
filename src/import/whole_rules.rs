//! What the service refuses about a task definition as a whole: names, ports, volumes and dependencies between its parts.
//!
//! It looks at the finished definition and changes nothing. Start reading at [`check`].

use std::collections::BTreeSet;
use std::rc::Rc;

use super::findings::Findings;
use crate::sim::model::container_definition::{ContainerCondition, ContainerDefinition, Protocol};
use crate::sim::model::task_definition::TaskDefinition;

/// Refuses what only shows when all parts are seen together.
/// Ledger: import.validation.
pub(super) fn check(definition: &TaskDefinition, findings: &mut Findings) {
    let containers = &definition.containers;
    if !containers.is_empty() && !containers.iter().any(|each| each.essential) {
        let message = "Task definition does not have any essential container.";
        findings.refuse("containerDefinitions", message);
    }
    let sum: u64 = containers.iter().map(|each| u64::from(each.cpu_units)).sum();
    if definition.cpu_units.is_some_and(|of_task| sum > u64::from(of_task)) {
        let message = "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.";
        findings.refuse("cpu", message);
    }
    unique_names(definition, findings);
    unique_host_ports(definition, findings);
    known_volumes(definition, findings);
    possible_dependencies(definition, findings);
}

fn unique_names(definition: &TaskDefinition, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for (index, container) in definition.containers.iter().enumerate() {
        if !container.name.is_empty() && !seen.insert(&container.name) {
            let message = format!("Container names must be unique. '{}' is used more than once.", container.name);
            findings.refuse(format!("containerDefinitions[{index}].name"), message);
        }
    }
    let mut seen = BTreeSet::new();
    for (index, volume) in definition.volumes.iter().enumerate() {
        if !volume.name.is_empty() && !seen.insert(&volume.name) {
            let message = format!("Volume names must be unique. '{}' is used more than once.", volume.name);
            findings.refuse(format!("volumes[{index}].name"), message);
        }
    }
}

/// Two containers of one task can never have the same port, in any network mode.
fn unique_host_ports(definition: &TaskDefinition, findings: &mut Findings) {
    let mut seen: BTreeSet<(Protocol, u16)> = BTreeSet::new();
    for (index, container) in definition.containers.iter().enumerate() {
        for mapping in &container.port_mappings {
            let is_fixed = mapping.host_port != 0;
            if is_fixed && !seen.insert((mapping.protocol, mapping.host_port)) {
                let message = format!(
                    "Invalid 'portMappings' setting for container '{}'. Host port {}/{} is used more than once.",
                    container.name,
                    mapping.host_port,
                    mapping.protocol.name()
                );
                findings.refuse(format!("containerDefinitions[{index}].portMappings"), message);
            }
        }
    }
}

fn known_volumes(definition: &TaskDefinition, findings: &mut Findings) {
    for (index, container) in definition.containers.iter().enumerate() {
        for (point_index, point) in container.mount_points.iter().enumerate() {
            if !definition.volumes.iter().any(|volume| volume.name == point.source_volume) {
                findings.refuse(
                    format!("containerDefinitions[{index}].mountPoints[{point_index}].sourceVolume"),
                    format!("Unknown volume '{}'.", point.source_volume),
                );
            }
        }
    }
}

fn possible_dependencies(definition: &TaskDefinition, findings: &mut Findings) {
    for (index, container) in definition.containers.iter().enumerate() {
        for (position, dependency) in container.depends_on.iter().enumerate() {
            let target = definition.container(&dependency.container);
            if let Some(message) = refused_dependency(&dependency.container, target, dependency.condition) {
                let path = format!("containerDefinitions[{index}].dependsOn[{position}]");
                findings.refuse(path, message);
            }
        }
    }
    if let Some(cycle) = dependency_cycle(definition) {
        let first = definition.containers.iter().position(|each| each.name == cycle[0]);
        let index = first.expect("a cycle is made of containers");
        let message = format!("Container dependsOn contains a cycle: {}.", cycle.join(" -> "));
        findings.refuse(format!("containerDefinitions[{index}].dependsOn"), message);
    }
}

fn refused_dependency(name: &str, target: Option<&ContainerDefinition>, condition: ContainerCondition) -> Option<String> {
    let Some(target) = target else {
        return Some(format!("Cannot depend on container '{name}' because it does not exist."));
    };
    match condition {
        ContainerCondition::Start => None,
        ContainerCondition::Complete | ContainerCondition::Success => target
            .essential
            .then(|| "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container".to_owned()),
        ContainerCondition::Healthy => target
            .health_check
            .is_none()
            .then(|| "A dependency container with HEALTHY condition must have health check configured".to_owned()),
    }
}

/// Follows first unvisited dependencies; returns the names of a cycle, its first one repeated at the end.
fn dependency_cycle(definition: &TaskDefinition) -> Option<Vec<Rc<str>>> {
    let mut finished = BTreeSet::new();
    let starts = definition.containers.iter();
    starts.into_iter().find_map(|start| {
        let mut trail = Vec::new();
        cycle_from(definition, start, &mut trail, &mut finished)
    })
}

fn cycle_from(
    definition: &TaskDefinition,
    at: &ContainerDefinition,
    trail: &mut Vec<Rc<str>>,
    finished: &mut BTreeSet<Rc<str>>,
) -> Option<Vec<Rc<str>>> {
    if let Some(begin) = trail.iter().position(|name| *name == at.name) {
        let mut cycle = trail[begin..].to_vec();
        cycle.push(at.name.clone());
        return Some(cycle);
    }
    if finished.contains(&at.name) {
        return None;
    }
    trail.push(at.name.clone());
    let targets = at.depends_on.iter().filter_map(|each| definition.container(&each.container));
    for target in targets {
        if let Some(cycle) = cycle_from(definition, target, trail, finished) {
            return Some(cycle);
        }
    }
    trail.pop();
    finished.insert(at.name.clone());
    None
}
