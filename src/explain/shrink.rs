//! Asking for less: a new revision that fits what the best server has left.

use crate::explain::candidates::{Ask, Candidate, Sort, would_fit};
use crate::explain::fixes::Wanter;
use crate::explain::names::number;
use crate::explain::question::Question;
use crate::sim::decision::{Decision, Rule};
use crate::sim::engine::Sim;
use crate::sim::model::container_definition::ContainerDefinition;
use crate::sim::model::container_instance::ContainerInstance;
use crate::sim::model::needs::Needs;
use crate::sim::model::task_definition::TaskDefinition;

/// Docker starts no container with less (ecs.md §1.3).
const LEAST_MEMORY_MIB: u32 = 6;
/// Least task-level CPU on EC2 (ecs.md §1.3).
const LEAST_TASK_CPU_UNITS: u32 = 128;

/// A revision that fits the server where the least has to be given up; nothing when more than half would be.
pub(crate) fn ask_for_less(sim: &Sim, question: &Question, decision: &Decision, wanter: Wanter) -> Option<Candidate> {
    let needs = &question.needs;
    let only_resources = |rule: Rule| matches!(rule, Rule::Cpu | Rule::Memory);
    let (_, cpu_units, memory_mib) = decision
        .rows
        .iter()
        .filter(|row| row.checks.iter().all(|check| check.pass || only_resources(check.rule)))
        .filter_map(|row| sim.belief().registry.get(row.instance))
        .map(|known| given_up(needs, known))
        .min()?;
    if cpu_units * 2 < needs.cpu_units || memory_mib * 2 < needs.memory_mib {
        return None;
    }
    let smaller = smaller(&question.task_definition, cpu_units, memory_mib)?;
    let mut asked = question.clone();
    asked.needs = Needs::of(&smaller).into();
    let label = label(needs, cpu_units, memory_mib);
    would_fit(&asked, &sim.belief().registry)
        .then(|| wanter.asking(sim, Sort::AskForLess, label, Ask::Definition(Box::new(smaller))))
}

/// What must be given up to fit, in permille of both resources together, and what is left to ask for.
fn given_up(needs: &Needs, known: &ContainerInstance) -> (u64, u32, u32) {
    let cpu_units = needs.cpu_units.min(known.remaining_cpu_units);
    let memory_mib = needs.memory_mib.min(known.remaining_memory_mib);
    let part = |less: u32, of: u32| u64::from(less) * 1_000 / u64::from(of.max(1));
    (
        part(needs.cpu_units - cpu_units, needs.cpu_units) + part(needs.memory_mib - memory_mib, needs.memory_mib),
        cpu_units,
        memory_mib,
    )
}

fn label(needs: &Needs, cpu_units: u32, memory_mib: u32) -> String {
    let cpu = (cpu_units < needs.cpu_units).then(|| format!("{} CPU units", number(u64::from(cpu_units))));
    let memory = (memory_mib < needs.memory_mib).then(|| format!("{} MiB", number(u64::from(memory_mib))));
    let parts: Vec<String> = cpu.into_iter().chain(memory).collect();
    format!("Ask for {} or less", parts.join(" and "))
}

/// The same task with no more than this; nothing where the parts cannot be made smaller without guessing.
fn smaller(definition: &TaskDefinition, cpu_units: u32, memory_mib: u32) -> Option<TaskDefinition> {
    // A Fargate task has one of a few sizes; the room left on a server is hardly ever one of them.
    if definition.launches_on_fargate() {
        return None;
    }
    let mut smaller = definition.clone();
    if cpu_units < definition.cpu_units() {
        shrink_cpu(&mut smaller, cpu_units)?;
    }
    if memory_mib < definition.memory_to_reserve_mib() {
        shrink_memory(&mut smaller, memory_mib)?;
    }
    Some(smaller)
}

fn shrink_cpu(definition: &mut TaskDefinition, cpu_units: u32) -> Option<()> {
    if definition.cpu_units.is_some() {
        if cpu_units < LEAST_TASK_CPU_UNITS {
            return None;
        }
        definition.cpu_units = Some(cpu_units);
    }
    let sum: u32 = definition.containers.iter().map(|container| container.cpu_units).sum();
    let too_much = sum.saturating_sub(cpu_units);
    let largest = definition.containers.iter_mut().max_by_key(|container| container.cpu_units)?;
    largest.cpu_units = largest.cpu_units.checked_sub(too_much)?;
    Some(())
}

fn shrink_memory(definition: &mut TaskDefinition, memory_mib: u32) -> Option<()> {
    if definition.memory_mib.is_some() {
        definition.memory_mib = Some(memory_mib);
    }
    let sum: u32 = definition.containers.iter().map(ContainerDefinition::memory_to_reserve_mib).sum();
    let too_much = sum.saturating_sub(memory_mib);
    let largest = definition.containers.iter_mut().max_by_key(|container| container.memory_to_reserve_mib())?;
    let left = largest.memory_to_reserve_mib().checked_sub(too_much)?;
    if too_much > 0 {
        if left < LEAST_MEMORY_MIB {
            return None;
        }
        match &mut largest.memory_reservation_mib {
            Some(reservation) => *reservation = left,
            None => largest.memory_mib = Some(left),
        }
    }
    // A hard limit above the task's own says nothing any more.
    for container in &mut definition.containers {
        container.memory_mib = container.memory_mib.map(|limit| definition.memory_mib.map_or(limit, |task| limit.min(task)));
    }
    Some(())
}
