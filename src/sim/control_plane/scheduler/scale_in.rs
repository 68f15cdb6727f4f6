//! Which task goes when there are too many (ecs.md §3.5): the strategies that placed them, read the other way round.
//!
//! It must never stop anything. Start reading at [`choose_to_stop`].

use super::strategy::{ByValue, Step, chain, tasks_by_value, value_of};
use crate::sim::control_plane::registry::Registry;
use crate::sim::decision::DefaultStrategy;
use crate::sim::ids::{GroupId, InstanceId, TaskId};
use crate::sim::model::placement::{BinPackResource, PlacementStrategy};
use crate::sim::random::{Concern, Stream};

/// The candidate that scale-in stops: `spread` takes from the fullest place, `binpack` from the instance with most left, and what
/// is then equal is drawn. Stop it (and release it) before asking for the next. `None` when there is no candidate.
///
/// Counts are of the whole group, as the registry has them; a task whose instance is no longer registered counts as in the
/// emptiest place.
/// Ledger: placement.scale-in.
pub fn choose_to_stop(
    registry: &Registry,
    group: GroupId,
    candidates: &[(TaskId, InstanceId)],
    strategies: &[PlacementStrategy],
    default: DefaultStrategy,
    chance: (u64, u64),
) -> Option<TaskId> {
    let mut left = candidates.to_vec();
    for step in chain(strategies, default) {
        let weights = weights(registry, group, step, left.iter().map(|(_, instance)| *instance));
        keep_most(&mut left, weights);
    }
    draw(left.iter().map(|(task, _)| *task).collect(), chance)
}

/// How much each step wants a task of this instance to go.
fn weights(registry: &Registry, group: GroupId, step: Step, instances: impl Iterator<Item = InstanceId>) -> Vec<u32> {
    let by_value = match step {
        Step::SpreadAttribute(name) => tasks_by_value(registry, group, name),
        Step::Random | Step::SpreadZones | Step::SpreadInstances | Step::BinPack(_) => ByValue::new(),
    };
    let weight = |id: InstanceId| {
        let instance = registry.get(id)?;
        Some(match step {
            Step::Random => 0,
            Step::SpreadZones => registry.tasks_in_zone(group, instance.zone),
            Step::SpreadInstances => registry.tasks_on(group, id),
            Step::SpreadAttribute(name) => by_value.get(&value_of(instance, name)).copied().unwrap_or(0),
            Step::BinPack(BinPackResource::Cpu) => instance.remaining_cpu_units,
            Step::BinPack(BinPackResource::Memory) => instance.remaining_memory_mib,
        })
    };
    instances.map(|id| weight(id).unwrap_or(0)).collect()
}

fn keep_most<T>(left: &mut Vec<T>, weights: Vec<u32>) {
    let most = weights.iter().max().copied();
    let mut weight = weights.into_iter();
    left.retain(|_| weight.next() == most);
}

fn draw(mut tasks: Vec<TaskId>, (seed, key): (u64, u64)) -> Option<TaskId> {
    tasks.sort_unstable();
    let bound = tasks.len() as u64;
    (bound > 0).then(|| tasks[Stream::of(seed, Concern::ScaleIn, &[key]).below(bound) as usize])
}
