//! Random histories of a cluster: the registry stays consistent and index, scan and record agree.

use proptest::prelude::*;

use super::*;
use crate::sim::control_plane::scheduler::needs::RequiredAttribute;
use crate::sim::model::container_instance::ContainerInstanceStatus;

/// Ids cross several words of a set.
const MAX_ID: u32 = 150;
const TYPES: [&str; 4] = ["t3.micro", "m5.large", "m5.xlarge", "p3.2xlarge"];

#[derive(Clone, Debug)]
enum Step {
    Register { id: u32, kind: usize, zone: u32, rack: Option<u8> },
    Deregister(u32),
    SetStatus(u32, usize),
    SetConnected(u32, bool),
    PutAttribute(u32, u8),
    DeleteAttribute(u32),
    Place { needs: usize, group: usize, chain: Vec<usize>, constraints: Vec<usize>, zones: Option<u32>, key: u64 },
    Release(usize),
    Stop { group: usize, chain: Vec<usize>, key: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    let id = 1..=MAX_ID;
    let chain = || prop::collection::vec(0..6_usize, 0..3);
    prop_oneof![
        6 => (id.clone(), 0..TYPES.len(), 1..=3_u32, prop::option::of(0..2_u8))
            .prop_map(|(id, kind, zone, rack)| Step::Register { id, kind, zone, rack }),
        1 => id.clone().prop_map(Step::Deregister),
        1 => (id.clone(), 0..6_usize).prop_map(|(id, status)| Step::SetStatus(id, status)),
        1 => (id.clone(), any::<bool>()).prop_map(|(id, connected)| Step::SetConnected(id, connected)),
        1 => (id.clone(), 0..2_u8).prop_map(|(id, rack)| Step::PutAttribute(id, rack)),
        1 => id.prop_map(Step::DeleteAttribute),
        24 => (0..8_usize, 0..2_usize, chain(), prop::collection::vec(0..4_usize, 0..2), prop::option::of(1..=3_u32), any::<u64>())
            .prop_map(|(needs, group, chain, constraints, zones, key)| {
                Step::Place { needs, group, chain, constraints, zones, key }
            }),
        6 => any::<prop::sample::Index>().prop_map(|at| Step::Release(at.index(1_000_000))),
        2 => (0..2_usize, chain(), any::<u64>()).prop_map(|(group, chain, key)| Step::Stop { group, chain, key }),
    ]
}

/// A few kinds of task; every rule of the filter matters to one of them.
fn needs_of(number: usize) -> Needs {
    let rack = RequiredAttribute { name: "rack".into(), value: Some("r1".into()) };
    match number {
        0 => Needs::of_size(256, 300),
        1 => Needs::of_size(900, 200),
        2 => Needs::of_size(100, 3_000),
        3 => Needs { tcp_ports: vec![80], ..Needs::of_size(100, 100) },
        4 => Needs { udp_ports: vec![53, 54], ..Needs::of_size(100, 100) },
        5 => Needs { enis: 1, ..Needs::of_size(128, 128) },
        6 => Needs { gpus: 1, ..Needs::of_size(100, 100) },
        _ => Needs { attributes: vec![rack], ..Needs::of_size(100, 100) },
    }
}

fn strategy_of(number: usize) -> PlacementStrategy {
    match number {
        0 => PlacementStrategy::Random,
        1 => spread_zones(),
        2 => spread_instances(),
        3 => spread("rack"),
        4 => binpack_cpu(),
        _ => binpack_memory(),
    }
}

fn constraint_of(number: usize) -> PlacementConstraint {
    let few_tasks = Condition::RunningTasksCount(Relation::Less, 2);
    match number {
        0 => PlacementConstraint::DistinctInstance,
        1 => member_of("rack", "r0"),
        2 => member_of("ecs.instance-type", "m5.xlarge"),
        _ => PlacementConstraint::MemberOf(Rc::new(Expression::Condition(few_tasks))),
    }
}

struct History {
    registry: Registry,
    groups: Vec<GroupId>,
    placed: Vec<(TaskId, InstanceId, Needs, GroupId)>,
    next_task: u32,
}

impl History {
    fn new() -> Self {
        let mut registry = Registry::default();
        let groups = ["service:web", "service:db"].map(|name| registry.group(name)).to_vec();
        Self { registry, groups, placed: Vec::new(), next_task: 1 }
    }

    fn apply(&mut self, step: &Step) {
        match step {
            Step::Register { id, kind, zone, rack } => {
                let attribute = rack.map(|number| ("rack".into(), Some(format!("r{number}").into())));
                self.forget_tasks_of(InstanceId(*id));
                self.registry.register(instance_of(TYPES[*kind], *id, *zone).with_attributes(attribute));
            }
            Step::Deregister(id) => {
                self.registry.deregister(InstanceId(*id));
                let gone = self.placed.iter().find(|(_, on, ..)| on.0 == *id).cloned();
                if let Some((task, instance, needs, group)) = gone {
                    self.registry.release(instance, task, &needs, group);
                }
                self.forget_tasks_of(InstanceId(*id));
            }
            Step::SetStatus(id, status) => {
                self.registry.set_status(InstanceId(*id), ContainerInstanceStatus::ALL[*status]);
            }
            Step::SetConnected(id, connected) => {
                self.registry.set_agent_connected(InstanceId(*id), *connected, 5);
            }
            Step::PutAttribute(id, rack) => {
                self.registry.put_attribute(InstanceId(*id), "rack".into(), Some(format!("r{rack}").into()));
            }
            Step::DeleteAttribute(id) => {
                self.registry.delete_attribute(InstanceId(*id), "rack");
            }
            Step::Place { .. } => self.place(step),
            Step::Release(at) => {
                if !self.placed.is_empty() {
                    let (task, instance, needs, group) = self.placed.swap_remove(at % self.placed.len());
                    self.registry.release(instance, task, &needs, group);
                }
            }
            Step::Stop { group, chain, key } => self.stop(self.groups[*group], chain, *key),
        }
    }

    fn place(&mut self, step: &Step) {
        let Step::Place { needs, group, chain, constraints, zones, key } = step else { unreachable!() };
        let (needs, group) = (needs_of(*needs), self.groups[*group]);
        let strategies: Vec<_> = chain.iter().map(|number| strategy_of(*number)).collect();
        let constraints: Vec<_> = constraints.iter().map(|number| constraint_of(*number)).collect();
        let zones: Option<Vec<ZoneId>> = zones.map(|zone| vec![ZoneId(zone), ZoneId(zone % 3 + 1)]);
        let default = if key % 2 == 0 { DefaultStrategy::Service } else { DefaultStrategy::RunTask };
        let ask = PlacementRequest {
            constraints: &constraints,
            default,
            zones: zones.as_deref(),
            chance: (1, *key),
            ..request(&needs, group, &strategies)
        };
        if let Ok(instance) = agreed(&self.registry, &ask) {
            let task = TaskId(self.next_task);
            self.next_task += 1;
            self.registry.reserve(instance, task, &needs, group);
            let tasks = self.registry.get(instance).unwrap().tasks.len() as u32;
            self.registry.set_task_counts(instance, tasks, 0);
            self.placed.push((task, instance, needs, group));
        }
    }

    fn stop(&mut self, group: GroupId, chain: &[usize], key: u64) {
        let of_group = self.placed.iter().filter(|(_, _, _, of)| *of == group);
        let candidates: Vec<_> = of_group.map(|(task, instance, ..)| (*task, *instance)).collect();
        let strategies: Vec<_> = chain.iter().map(|number| strategy_of(*number)).collect();
        let chosen = crate::sim::control_plane::scheduler::choose_to_stop(
            &self.registry,
            group,
            &candidates,
            &strategies,
            DefaultStrategy::Service,
            (1, key),
        );
        assert_eq!(chosen.is_some(), !candidates.is_empty());
        if let Some(at) = self.placed.iter().position(|(task, ..)| Some(*task) == chosen) {
            let (task, instance, needs, group) = self.placed.swap_remove(at);
            self.registry.release(instance, task, &needs, group);
        }
    }

    fn forget_tasks_of(&mut self, id: InstanceId) {
        self.placed.retain(|(_, instance, ..)| *instance != id);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_keeps_the_registry_consistent_and_the_three_ways_agreed(steps in prop::collection::vec(step(), 1..250)) {
        let mut history = History::new();
        for step in &steps {
            history.apply(step);
            if let Err(problem) = history.registry.check() {
                panic!("after {step:?}: {problem}");
            }
        }
        let kept: usize = history.registry.iter().map(|instance| instance.tasks.len()).sum();
        prop_assert_eq!(kept, history.placed.len());
    }

    #[test]
    fn a_snapshot_does_not_notice_what_happens_later(steps in prop::collection::vec(step(), 20..120)) {
        let (before, after) = steps.split_at(steps.len() / 2);
        let mut history = History::new();
        before.iter().for_each(|step| history.apply(step));
        let snapshot = history.registry.clone();
        let said = format!("{snapshot:?}");
        after.iter().for_each(|step| history.apply(step));
        prop_assert_eq!(said, format!("{snapshot:?}"));
        prop_assert!(snapshot.check().is_ok());
    }
}

#[test]
fn more_shapes_than_the_index_keeps_change_no_answer() {
    let mut registry = cluster([5_000, 3, 70, 1].map(|id| sized(id, id % 3 + 1, 1_000, 100_000)));
    let group = registry.group("service:web");
    for task in 1..=200 {
        let needs = Needs::of_size(1 + task % 90, 10);
        let strategies = [strategy_of(task as usize % 6)];
        let ask = PlacementRequest { chance: (1, u64::from(task)), ..request(&needs, group, &strategies) };
        if let Ok(instance) = agreed(&registry, &ask) {
            registry.reserve(instance, TaskId(task), &needs, group);
        }
        registry.check().unwrap();
    }
    let placed: usize = registry.iter().map(|instance| instance.tasks.len()).sum();
    assert!((60..200).contains(&placed), "full after {placed}");
}
