//! The worked examples of ecs.md, each named after its section.

use super::*;
use crate::sim::decision::{Score, TieBreak};
use crate::sim::model::container_instance::ContainerInstanceStatus;
use crate::sim::model::task_definition::NetworkMode;

#[test]
fn section_1_3_default_ports_are_reserved_and_at_most_100_fit() {
    let mut registry = cluster([sized(1, 1, 100, 100)]);
    let group = registry.group("service:web");
    let ssh = Needs { tcp_ports: vec![22], ..Needs::default() };
    assert_eq!(agreed(&registry, &request(&ssh, group, &[])).unwrap_err().run_task_failure(), "RESOURCE:PORTS");
    let many = Needs { tcp_ports: (1_000..1_094).collect(), ..Needs::default() };
    let one_more = Needs { udp_ports: vec![53], ..Needs::default() };
    run(&mut registry, &request(&many, group, &[]), 1, 1);
    assert_eq!(agreed(&registry, &request(&one_more, group, &[])).unwrap_err().run_task_failure(), "RESOURCE:PORTS");
    registry.release(InstanceId(1), TaskId(1), &many, group);
    assert_eq!(registry.get(InstanceId(1)).unwrap().tcp_ports, ContainerInstance::RESERVED_TCP_PORTS);
    run(&mut registry, &request(&one_more, group, &[]), 2, 1);
}

#[test]
fn section_1_3_placement_takes_the_memory_reservation_unless_the_task_has_its_own() {
    let mut definition = definition(NetworkMode::Bridge, &[]);
    assert_eq!(Needs::of(&definition), Needs::of_size(100, 200));
    (definition.cpu_units, definition.memory_mib) = (Some(512), Some(1_024));
    assert_eq!(Needs::of(&definition), Needs::of_size(512, 1_024));
}

#[test]
fn section_2_6_a_stopping_task_frees_its_place_at_once() {
    let mut registry = cluster([sized(1, 1, 100, 100)]);
    let (group, needs) = (registry.group("service:web"), Needs::of_size(100, 100));
    let ask = request(&needs, group, &[]);
    run(&mut registry, &ask, 1, 1);
    assert!(agreed(&registry, &ask).is_err());
    registry.release(InstanceId(1), TaskId(1), &needs, group);
    assert_eq!(run(&mut registry, &ask, 2, 1), [1]);
}

#[test]
fn section_3_2_constraints_bind_and_strategies_are_best_effort() {
    let mut registry = cluster([sized(1, 1, 100, 100), sized(2, 2, 300, 300)]);
    let (group, needs, chain) = (registry.group("service:web"), Needs::of_size(100, 100), [spread_zones()]);
    let ask = request(&needs, group, &chain);
    assert_eq!(run(&mut registry, &ask, 1, 4), [1, 2, 2, 2], "uneven rather than not at all");
    let constraints = [member_of("ecs.availability-zone", "us-east-1a")];
    assert!(agreed(&registry, &PlacementRequest { constraints: &constraints, ..ask }).is_err());
}

#[test]
fn section_3_3_draining_instances_are_no_candidates_and_disconnected_ones_say_agent() {
    let mut registry = cluster([sized(1, 1, 100, 100), sized(2, 1, 100, 100)]);
    let (group, needs) = (registry.group("service:web"), Needs::of_size(10, 10));
    let ask = request(&needs, group, &[]);
    registry.set_status(InstanceId(1), ContainerInstanceStatus::Draining);
    assert_eq!(agreed(&registry, &ask).unwrap(), InstanceId(2));
    registry.set_agent_connected(InstanceId(2), false, 5);
    let failure = agreed(&registry, &ask).unwrap_err();
    assert_eq!(failure.summary.closest, Some((InstanceId(2), crate::sim::decision::Reason::Agent)));
    registry.set_agent_connected(InstanceId(2), true, 9);
    assert_eq!(agreed(&registry, &ask).unwrap(), InstanceId(2));
}

#[test]
fn section_3_3_the_closest_fails_least_then_has_most_left_then_the_lowest_id() {
    let mut registry = cluster([sized(1, 1, 10, 10), sized(2, 1, 40, 500), sized(3, 1, 60, 500), sized(4, 1, 60, 500)]);
    let (group, needs) = (registry.group("service:web"), Needs::of_size(100, 100));
    let failure = agreed(&registry, &request(&needs, group, &[])).unwrap_err();
    assert_eq!(failure.summary.closest, Some((InstanceId(3), crate::sim::decision::Reason::Cpu)));
}

#[test]
fn section_3_4_distinct_instance_counts_the_group_by_desired_status() {
    let mut registry = cluster([sized(1, 1, 100, 100), sized(2, 1, 100, 100)]);
    let (group, other, needs) = (registry.group("service:web"), registry.group("service:db"), Needs::of_size(10, 10));
    let ask = PlacementRequest { constraints: &[PlacementConstraint::DistinctInstance], ..request(&needs, group, &[]) };
    assert_eq!(run(&mut registry, &PlacementRequest { group: other, ..ask }, 10, 2), [1, 2]);
    assert_eq!(run(&mut registry, &ask, 1, 2), [1, 2]);
    assert!(agreed(&registry, &ask).is_err());
    registry.release(InstanceId(2), TaskId(2), &needs, group);
    assert_eq!(run(&mut registry, &ask, 3, 1), [2], "a task being stopped no longer blocks");
}

#[test]
fn section_3_4_expressions_see_type_group_and_custom_attributes() {
    let mut registry = cluster([
        instance_of("m5.large", 1, 1),
        instance_of("t3.micro", 2, 1),
        instance_of("t3.micro", 3, 1).with_attributes([("disk".into(), Some("ssd".into()))]),
    ]);
    let (web, db, needs) = (registry.group("service:web"), registry.group("service:db"), Needs::of_size(10, 10));
    let where_to = |registry: &Registry, constraints: &[PlacementConstraint]| {
        agreed(registry, &PlacementRequest { constraints, ..request(&needs, db, &[]) }).map(|id| id.0).ok()
    };
    assert_eq!(where_to(&registry, &[member_of("ecs.instance-type", "t3.micro")]), Some(2));
    let both = [member_of("ecs.instance-type", "t3.micro"), member_of("disk", "ssd")];
    assert_eq!(where_to(&registry, &both), Some(3), "constraints are combined");
    let beside_web = TextTest::Compare(Relation::Equal, "service:web".into());
    let beside_web = Rc::new(Expression::Condition(Condition::TaskGroup(beside_web)));
    let beside_web = [PlacementConstraint::MemberOf(beside_web)];
    assert_eq!(where_to(&registry, &beside_web), None);
    registry.reserve(InstanceId(2), TaskId(1), &needs, web);
    assert_eq!(where_to(&registry, &beside_web), Some(2));
}

#[test]
fn section_3_5_worked_chain_spread_zones_then_binpack_memory() {
    let mut registry = cluster([sized(1, 1, 100, 1_000), sized(2, 2, 100, 3_010), sized(3, 2, 100, 900)]);
    let (group, one, needs) = (registry.group("service:web"), Needs::of_size(0, 0), Needs::of_size(10, 10));
    for (task, instance) in [(1, 1), (2, 1)] {
        registry.reserve(InstanceId(instance), TaskId(task), &one, group);
    }
    registry.reserve(InstanceId(2), TaskId(3), &needs, group);
    let chain = [spread_zones(), binpack_memory()];
    let decision = decide_in_full(&registry, &request(&needs, group, &chain));
    let tasks = |id, count| (InstanceId(id), Score::Tasks(count));
    assert_eq!(decision.chain[0].scores, [tasks(1, 2), tasks(2, 1), tasks(3, 1)]);
    assert_eq!(decision.chain[0].survivors, [InstanceId(2), InstanceId(3)]);
    let left = |id, memory| (InstanceId(id), Score::MemoryMib(memory));
    assert_eq!(decision.chain[1].scores, [left(2, 3_000), left(3, 900)]);
    assert_eq!(decision.tie_break, TieBreak::NotNeeded);
    assert_eq!(agreed(&registry, &request(&needs, group, &chain)).unwrap(), InstanceId(3));
}

#[test]
fn section_3_5_a_service_without_strategies_spreads_over_zones_then_instances() {
    let mut registry = cluster((1..=6).map(|id| sized(id, id.div_ceil(2), 100, 100)));
    let (group, other, needs) = (registry.group("service:web"), registry.group("service:db"), Needs::of_size(1, 1));
    run(&mut registry, &request(&needs, other, &[]), 100, 1);
    assert_eq!(run(&mut registry, &request(&needs, group, &[]), 1, 8), [1, 3, 5, 2, 4, 6, 1, 3]);
}

#[test]
fn section_3_5_run_task_without_strategies_is_random_over_what_fits() {
    let mut registry = cluster((1..=4).map(|id| sized(id, 1, if id == 3 { 5 } else { 100 }, 100)));
    let (group, needs) = (registry.group("family:job"), Needs::of_size(10, 10));
    let mut hits = [0_u32; 5];
    for key in 0..900 {
        let ask = PlacementRequest { default: DefaultStrategy::RunTask, chance: (7, key), ..request(&needs, group, &[]) };
        hits[agreed(&registry, &ask).unwrap().0 as usize] += 1;
    }
    assert_eq!(hits[3], 0);
    assert!([1, 2, 4].into_iter().all(|id| (240..=360).contains(&hits[id])), "{hits:?}");
}

#[test]
fn section_3_5_spread_over_any_attribute_takes_missing_values_as_one_place() {
    let rack = |id, rack: &str| sized(id, 1, 100, 100).with_attributes([("rack".into(), Some(rack.into()))]);
    let mut registry = cluster([rack(1, "r1"), rack(2, "r1"), rack(3, "r2"), sized(4, 1, 100, 100), sized(5, 1, 100, 100)]);
    let (group, needs, chain) = (registry.group("service:web"), Needs::of_size(10, 10), [spread("rack"), spread_instances()]);
    assert_eq!(run(&mut registry, &request(&needs, group, &chain), 1, 6), [1, 3, 4, 2, 5, 3]);
}

#[test]
fn section_3_5_binpack_takes_the_least_left_that_still_fits() {
    let mut registry = cluster([sized(1, 1, 100, 300), sized(2, 1, 100, 40), sized(3, 1, 5, 60), sized(4, 1, 100, 80)]);
    let (group, needs, chain) = (registry.group("service:web"), Needs::of_size(10, 50), [binpack_memory()]);
    assert_eq!(run(&mut registry, &request(&needs, group, &chain), 1, 2), [4, 1]);
    let chain = [binpack_cpu()];
    assert_eq!(run(&mut registry, &request(&needs, group, &chain), 3, 1), [1]);
}

#[test]
fn section_9_1_ports_by_network_mode() {
    let check = |mode, ports: &[(u16, u16)], expected: &[u32]| {
        let mut registry = cluster([instance_of("m5.xlarge", 1, 1), instance_of("m5.xlarge", 2, 1)]);
        let (group, needs) = (registry.group("service:web"), Needs::of(&definition(mode, ports)));
        let ask = request(&needs, group, &[]);
        let placed: Vec<u32> = (1..=3)
            .map_while(|task| {
                let instance = agreed(&registry, &ask).ok()?;
                registry.reserve(instance, TaskId(task), &needs, group);
                Some(instance.0)
            })
            .collect();
        assert_eq!(placed, expected, "{mode:?} {ports:?}");
    };
    check(NetworkMode::Bridge, &[(80, 8_080)], &[1, 2]);
    check(NetworkMode::Bridge, &[(80, 0)], &[1, 2, 1]);
    check(NetworkMode::Host, &[(80, 0)], &[1, 2]);
    check(NetworkMode::Awsvpc, &[(80, 80)], &[1, 2, 1]);
    check(NetworkMode::None, &[(80, 80)], &[1, 2, 1]);
}

#[test]
fn section_9_2_an_m5_large_has_interfaces_for_two_tasks() {
    let mut registry = cluster([instance_of("m5.large", 1, 1)]);
    let (group, needs) = (registry.group("service:web"), Needs::of(&definition(NetworkMode::Awsvpc, &[])));
    let ask = request(&needs, group, &[]);
    run(&mut registry, &ask, 1, 2);
    assert_eq!(agreed(&registry, &ask).unwrap_err().run_task_failure(), "RESOURCE:ENI");
}

#[test]
fn section_10_registered_memory_not_nominal_is_what_is_placed_on() {
    let mut registry = cluster([instance_of("m5.large", 1, 1)]);
    let (group, whole) = (registry.group("service:web"), Needs::of_size(0, 8_192));
    assert_eq!(agreed(&registry, &request(&whole, group, &[])).unwrap_err().run_task_failure(), "RESOURCE:MEMORY");
    assert!(agreed(&registry, &request(&Needs::of_size(0, 7_985), group, &[])).is_ok());
}

#[test]
fn section_18_2_random_in_a_chain_breaks_only_the_last_tie() {
    let mut registry = cluster([sized(1, 1, 100, 100), sized(2, 1, 100, 50), sized(3, 1, 100, 50)]);
    let (group, needs, chain) =
        (registry.group("service:web"), Needs::of_size(1, 1), [PlacementStrategy::Random, binpack_memory()]);
    let ids: Vec<u32> = (0..40)
        .map(|key| agreed(&registry, &PlacementRequest { chance: (3, key), ..request(&needs, group, &chain) }).unwrap().0)
        .collect();
    assert!(ids.contains(&2) && ids.contains(&3) && !ids.contains(&1), "{ids:?}");
}
