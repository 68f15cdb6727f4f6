//! Every cluster of up to four instances with little room, every chain of up to two strategies, three kinds of task in mixed
//! order: index, scan and record agree on each placement.

use super::*;
use crate::sim::random::{Concern, Stream};

/// CPU units and MiB that an instance may have.
const ROOM: [(u32, u32); 4] = [(1, 1), (2, 1), (1, 3), (3, 3)];
/// CPU units and MiB of the kinds of task.
const KINDS: [(u32, u32); 3] = [(1, 1), (2, 1), (1, 2)];
const ZONE_COUNT: u32 = 2;

/// Every chain of none, one or two different strategies.
fn chains() -> Vec<Vec<PlacementStrategy>> {
    let single = [PlacementStrategy::Random, spread_zones(), spread_instances(), spread("rack"), binpack_cpu(), binpack_memory()];
    let mut chains = vec![Vec::new()];
    for first in &single {
        chains.push(vec![first.clone()]);
        let others = single.iter().filter(|second| *second != first);
        chains.extend(others.map(|second| vec![first.clone(), second.clone()]));
    }
    chains
}

/// Every cluster of so many instances: room and zone of each in turn; instances of odd room have a rack.
fn clusters(instances: u32) -> impl Iterator<Item = Vec<ContainerInstance>> {
    let states = ROOM.len() as u32 * ZONE_COUNT;
    (0..states.pow(instances)).map(move |number| {
        let instance = |id: u32| {
            let state = number / states.pow(id - 1) % states;
            let (cpu, memory) = ROOM[(state / ZONE_COUNT) as usize];
            let instance = sized(id, state % ZONE_COUNT + 1, cpu, memory);
            let rack = (state / ZONE_COUNT % 2 == 1).then(|| ("rack".into(), Some("r1".into())));
            instance.with_attributes(rack)
        };
        (1..=instances).map(instance).collect()
    })
}

/// Places tasks of drawn kinds until two in a row find no room; one release on the way.
fn play(mut registry: Registry, strategies: &[PlacementStrategy], default: DefaultStrategy, number: u64) -> u32 {
    let group = registry.group("service:web");
    let mut stream = Stream::of(number, Concern::Usage, &[]);
    let distinct = [PlacementConstraint::DistinctInstance];
    let constraints: &[PlacementConstraint] = if number % 4 == 3 { &distinct } else { &[] };
    let (mut placed, mut failed, mut task) = (Vec::new(), 0, 0);
    while failed < 2 {
        task += 1;
        let (cpu, memory) = KINDS[stream.below(KINDS.len() as u64) as usize];
        let needs = Needs::of_size(cpu, memory);
        let chance = (number, u64::from(task));
        let ask = PlacementRequest { constraints, default, chance, ..request(&needs, group, strategies) };
        match agreed(&registry, &ask) {
            Ok(instance) => {
                registry.reserve(instance, TaskId(task), &needs, group);
                placed.push((instance, TaskId(task), needs));
            }
            Err(_) => failed += 1,
        }
        if task == 3
            && let Some((instance, task, needs)) = placed.pop()
        {
            registry.release(instance, task, &needs, group);
        }
    }
    registry.check().unwrap();
    task
}

fn play_all(instances: u32) -> u64 {
    let chains = chains();
    let (mut number, mut placements) = (0, 0);
    for cluster_of in clusters(instances) {
        let registry = cluster(cluster_of);
        // Four instances make 4,096 clusters: each meets an eighth of the chains, all chains meet hundreds of clusters.
        let stride = if instances < 4 { 1 } else { 8 };
        let chains = chains.iter().skip(number as usize % stride).step_by(stride);
        for strategies in chains {
            let default = if number % 2 == 0 { DefaultStrategy::Service } else { DefaultStrategy::RunTask };
            placements += u64::from(play(registry.clone(), strategies, default, number));
            number += 1;
        }
    }
    placements
}

#[test]
fn no_instance_and_one() {
    assert_eq!(play_all(0), 2 * 37);
    assert!(play_all(1) > 8 * 37 * 2);
}

#[test]
fn every_two() {
    assert!(play_all(2) > 64 * 37 * 3);
}

#[test]
fn every_three() {
    assert!(play_all(3) > 512 * 37 * 3);
}

#[test]
fn every_four() {
    assert!(play_all(4) > 4_096 * 4 * 3);
}
