//! Which task goes: the last column of the table in ecs.md §3.5, and its defaults.

use std::collections::BTreeSet;

use super::*;
use crate::sim::control_plane::scheduler::choose_to_stop;

/// Tasks by instance: task 10 × instance + 1, 2, 3 …
fn filled(instances: &[(u32, u32, u32)]) -> (Registry, GroupId, Vec<(TaskId, InstanceId)>) {
    let mut registry = cluster(instances.iter().map(|(id, zone, _)| sized(*id, *zone, 100 * id, 100 * id)));
    let (group, needs) = (registry.group("service:web"), Needs::of_size(10, 10));
    let mut tasks = Vec::new();
    for (id, _, count) in instances {
        for number in 1..=*count {
            let placed = (TaskId(id * 10 + number), InstanceId(*id));
            registry.reserve(placed.1, placed.0, &needs, group);
            tasks.push(placed);
        }
    }
    (registry, group, tasks)
}

/// Every task that some draw stops.
fn check(instances: &[(u32, u32, u32)], strategies: &[PlacementStrategy], expected: &[u32]) {
    let (registry, group, tasks) = filled(instances);
    let backwards: Vec<_> = tasks.iter().rev().copied().collect();
    let mut stopped = BTreeSet::new();
    for key in 0..200 {
        let choose = |tasks| choose_to_stop(&registry, group, tasks, strategies, DefaultStrategy::Service, (1, key));
        let task = choose(&tasks).unwrap();
        assert_eq!(choose(&backwards), Some(task), "the order of the candidates does not matter");
        stopped.insert(task.0);
    }
    assert_eq!(stopped.into_iter().collect::<Vec<_>>(), expected, "{strategies:?}");
}

#[test]
fn section_3_5_scale_in_a_service_without_strategies_takes_from_the_fullest_zone_then_instance() {
    check(&[(1, 1, 2), (2, 2, 1), (3, 2, 2)], &[], &[31, 32]);
}

#[test]
fn section_3_5_scale_in_spread_takes_from_the_fullest_place_and_draws_within() {
    check(&[(1, 1, 1), (2, 2, 1), (3, 2, 1)], &[spread_zones()], &[21, 31]);
    check(&[(1, 1, 2), (2, 2, 1), (3, 2, 1)], &[spread_instances()], &[11, 12]);
    check(&[(1, 1, 1), (2, 2, 2)], &[spread("rack")], &[11, 21, 22]);
}

#[test]
fn section_3_5_scale_in_binpack_takes_from_the_instance_with_most_left() {
    check(&[(1, 1, 1), (2, 1, 1), (3, 1, 2)], &[binpack_memory()], &[31, 32]);
    check(&[(1, 1, 3), (2, 1, 1), (3, 2, 2)], &[spread_zones(), binpack_cpu()], &[21]);
}

#[test]
fn section_3_5_scale_in_random_takes_any() {
    check(&[(1, 1, 1), (2, 1, 2)], &[PlacementStrategy::Random], &[11, 21, 22]);
}

#[test]
fn nothing_to_choose_from_and_instances_that_are_gone() {
    let (mut registry, group, tasks) = filled(&[(1, 1, 1), (2, 1, 1)]);
    let choose = |registry: &Registry, tasks: &[_]| choose_to_stop(registry, group, tasks, &[], DefaultStrategy::Service, (1, 1));
    assert_eq!(choose(&registry, &[]), None);
    registry.deregister(InstanceId(1));
    assert_eq!(choose(&registry, &tasks), Some(TaskId(21)));
}
