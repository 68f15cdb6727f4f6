//! Placement strategies by a plain reading (ecs.md §3.5): each keeps the instances with the least score, in order of the chain.
//!
//! It must never look at feasibility; `filter` did. Start reading at [`keep_best`].

use std::collections::BTreeMap;

use crate::sim::control_plane::registry::Registry;
use crate::sim::decision::{DefaultStrategy, Score};
use crate::sim::ids::GroupId;
use crate::sim::model::container_instance::ContainerInstance;
use crate::sim::model::placement::{BinPackResource, PlacementStrategy, SpreadField};

/// The attribute that every instance has and that `spread` knows best.
const ZONE_ATTRIBUTE: &str = "ecs.availability-zone";

/// One strategy of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// `random`: prefers none, and breaks the last tie by chance instead of by id (ecs.md §18.2).
    Random,
    /// `spread` over zones.
    SpreadZones,
    /// `spread` over instances.
    SpreadInstances,
    /// `spread` over the values of another attribute; instances without a value are one place.
    SpreadAttribute(&'a str),
    /// `binpack`.
    BinPack(BinPackResource),
}

impl<'a> Step<'a> {
    fn of(strategy: &'a PlacementStrategy) -> Self {
        match strategy {
            PlacementStrategy::Random => Self::Random,
            PlacementStrategy::Spread { field: SpreadField::InstanceId } => Self::SpreadInstances,
            PlacementStrategy::Spread { field: SpreadField::Attribute(name) } if **name == *ZONE_ATTRIBUTE => Self::SpreadZones,
            PlacementStrategy::Spread { field: SpreadField::Attribute(name) } => Self::SpreadAttribute(name),
            PlacementStrategy::BinPack { resource } => Self::BinPack(*resource),
        }
    }

    /// The strategy as a caller would have given it.
    pub fn strategy(self) -> PlacementStrategy {
        let attribute = |name: &str| PlacementStrategy::Spread { field: SpreadField::Attribute(name.into()) };
        match self {
            Self::Random => PlacementStrategy::Random,
            Self::SpreadZones => attribute(ZONE_ATTRIBUTE),
            Self::SpreadInstances => PlacementStrategy::Spread { field: SpreadField::InstanceId },
            Self::SpreadAttribute(name) => attribute(name),
            Self::BinPack(resource) => PlacementStrategy::BinPack { resource },
        }
    }
}

/// The chain: what was given, or else the default (ecs.md §3.5).
/// Ledger: placement.default-run-task, placement.default-service.
pub fn chain(strategies: &[PlacementStrategy], default: DefaultStrategy) -> impl Iterator<Item = Step<'_>> + Clone {
    const SERVICE: &[Step<'static>] = &[Step::SpreadZones, Step::SpreadInstances];
    const RUN_TASK: &[Step<'static>] = &[Step::Random];
    let defaults = match (strategies.is_empty(), default) {
        (false, _) => &[],
        (true, DefaultStrategy::Service) => SERVICE,
        (true, DefaultStrategy::RunTask) => RUN_TASK,
    };
    strategies.iter().map(Step::of).chain(defaults.iter().copied())
}

/// Tasks of a group by value of an attribute.
pub type ByValue<'a> = BTreeMap<Option<&'a str>, u32>;

/// The value that tells places apart; nothing when the attribute is missing or has none.
pub fn value_of<'a>(instance: &'a ContainerInstance, attribute: &str) -> Option<&'a str> {
    instance.attribute(attribute).flatten()
}

/// Counts the tasks of a group by value of an attribute of their instances.
pub fn tasks_by_value<'a>(registry: &'a Registry, group: GroupId, attribute: &str) -> ByValue<'a> {
    let mut counts = ByValue::new();
    for id in registry.group_counts(group).present().iter() {
        let instance = registry.get(id).expect("counted instances are registered");
        *counts.entry(value_of(instance, attribute)).or_default() += registry.tasks_on(group, id);
    }
    counts
}

/// The score of every instance for one strategy, in the order given; the least is best.
pub fn scores(registry: &Registry, group: GroupId, step: Step, instances: &[&ContainerInstance]) -> Vec<Score> {
    let by_value = match step {
        Step::SpreadAttribute(name) => tasks_by_value(registry, group, name),
        Step::Random | Step::SpreadZones | Step::SpreadInstances | Step::BinPack(_) => ByValue::new(),
    };
    let score = |instance: &&ContainerInstance| match step {
        Step::Random => Score::Unscored,
        Step::SpreadZones => Score::Tasks(registry.tasks_in_zone(group, instance.zone)),
        Step::SpreadInstances => Score::Tasks(registry.tasks_on(group, instance.id)),
        Step::SpreadAttribute(name) => Score::Tasks(by_value.get(&value_of(instance, name)).copied().unwrap_or(0)),
        Step::BinPack(BinPackResource::Cpu) => Score::CpuUnits(instance.remaining_cpu_units),
        Step::BinPack(BinPackResource::Memory) => Score::MemoryMib(instance.remaining_memory_mib),
    };
    instances.iter().map(score).collect()
}

/// Keeps the instances with the least score.
pub fn keep_best(registry: &Registry, group: GroupId, step: Step, instances: &mut Vec<&ContainerInstance>) {
    if step == Step::Random {
        return;
    }
    let scores = scores(registry, group, step, instances);
    let best = scores.iter().min().copied();
    let mut score = scores.iter();
    instances.retain(|_| score.next().copied() == best);
}
