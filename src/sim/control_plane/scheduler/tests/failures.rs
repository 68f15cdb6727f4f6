//! Every reason a placement can fail for, with the exact words of the service.

use super::*;
use crate::sim::control_plane::scheduler::needs::RequiredAttribute;
use crate::sim::control_plane::scheduler::{Obstacle, obstacle};
use crate::sim::decision::{Check, Reason, Rule, Value};
use crate::sim::ids::CapacityProviderId;
use crate::sim::model::container_instance::ContainerInstanceStatus;

/// One m5.large in zone 1 that runs one task of the group.
fn one_instance() -> (Registry, GroupId) {
    let mut registry = cluster([instance_of("m5.large", 7, 1)]);
    let group = registry.group("service:web");
    let needs = Needs { tcp_ports: vec![80], udp_ports: vec![53], ..Needs::of_size(1_024, 4_096) };
    registry.reserve(InstanceId(7), TaskId(1), &needs, group);
    (registry, group)
}

fn check(request: &PlacementRequest, registry: &Registry, run_task: &str, event: &str) {
    let failure = agreed(registry, request).unwrap_err();
    assert_eq!(failure.run_task_failure(), run_task);
    let id = InstanceId(7).container_instance_id();
    assert_eq!(
        failure.service_event("web"),
        format!(
            "(service web) was unable to place a task because no container instance met all of its requirements. \
             The closest matching (container-instance {id}) {event}. \
             For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
        )
    );
}

fn check_needs(needs: Needs, run_task: &str, event: &str) {
    let (registry, group) = one_instance();
    check(&request(&needs, group, &[]), &registry, run_task, event);
}

#[test]
fn resources_that_are_short() {
    check_needs(Needs::of_size(1_025, 1), "RESOURCE:CPU", "has insufficient CPU units available");
    check_needs(Needs::of_size(1, 4_000), "RESOURCE:MEMORY", "has insufficient memory available");
    let taken = "is already using a port required by your task";
    check_needs(Needs { tcp_ports: vec![80], ..Needs::default() }, "RESOURCE:PORTS", taken);
    check_needs(Needs { udp_ports: vec![53], ..Needs::default() }, "RESOURCE:PORTS", taken);
    check_needs(Needs { enis: 3, ..Needs::default() }, "RESOURCE:ENI", "encountered error \"RESOURCE:ENI\"");
    check_needs(Needs { gpus: 1, ..Needs::default() }, "RESOURCE:GPU", "encountered error \"RESOURCE:GPU\"");
}

#[test]
fn attributes_that_are_missing_or_other() {
    let event = "is missing an attribute required by your task";
    let required = |name: &str, value: Option<&str>| Needs {
        attributes: vec![RequiredAttribute { name: name.into(), value: value.map(Into::into) }],
        ..Needs::default()
    };
    check_needs(required("disk", None), "ATTRIBUTE", event);
    check_needs(required("ecs.cpu-architecture", Some("arm64")), "ATTRIBUTE", event);
    let (registry, group) = one_instance();
    assert!(agreed(&registry, &request(&required("ecs.cpu-architecture", Some("x86_64")), group, &[])).is_ok());
    assert!(agreed(&registry, &request(&required("ecs.capability.efs", None), group, &[])).is_ok());
}

#[test]
fn an_agent_that_is_disconnected() {
    let (mut registry, group) = one_instance();
    registry.set_agent_connected(InstanceId(7), false, 10);
    let needs = Needs::default();
    check(&request(&needs, group, &[]), &registry, "AGENT", "doesn't have the agent connected");
}

#[test]
fn subnets_in_another_zone() {
    let (registry, group) = one_instance();
    let needs = Needs::default();
    let ask = PlacementRequest { zones: Some(&[ZoneId(2)]), ..request(&needs, group, &[]) };
    check(&ask, &registry, "LOCATION", "is missing an attribute required by your task");
}

#[test]
fn constraints_that_do_not_hold() {
    let (registry, group) = one_instance();
    let needs = Needs::default();
    let distinct = [PlacementConstraint::DistinctInstance];
    let ask = PlacementRequest { constraints: &distinct, ..request(&needs, group, &[]) };
    let text = "DistinctInstance placement constraint unsatisfied";
    check(&ask, &registry, text, &format!("encountered error \"{text}\""));
    let member = [member_of("disk", "ssd")];
    let ask = PlacementRequest { constraints: &member, ..ask };
    let text = "MemberOf placement constraint unsatisfied";
    check(&ask, &registry, text, &format!("encountered error \"{text}\""));
    let decision = decide_in_full(&registry, &ask);
    let expected = Check {
        rule: Rule::MemberOf(0),
        need: Value::Expression("attribute:disk == ssd".into()),
        have: Value::Expression("attribute:disk == ssd".into()),
        pass: false,
    };
    assert_eq!(decision.rows[0].checks.last(), Some(&expected));
}

#[test]
fn section_3_6_no_instances_or_none_active() {
    let (mut registry, group) = one_instance();
    registry.set_status(InstanceId(7), ContainerInstanceStatus::Draining);
    let needs = Needs::default();
    let ask = request(&needs, group, &[]);
    let expect = |registry: &Registry| {
        let failure = agreed(registry, &ask).unwrap_err();
        assert_eq!(failure.run_task_failure(), "No Container Instances were found in your cluster.");
        assert_eq!(
            failure.service_event("web"),
            "(service web) was unable to place a task because no container instance met all of its requirements. \
             Reason: No Container Instances were found in your cluster. \
             For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
        );
    };
    expect(&registry);
    registry.deregister(InstanceId(7));
    registry.check().unwrap();
    expect(&registry);
}

#[test]
fn section_3_6_a_capacity_provider_without_instances_or_without_active_ones() {
    let provider = Some(CapacityProviderId(5));
    let mut registry = cluster([instance_of("m5.large", 7, 1), instance_of("m5.large", 8, 1)]);
    let group = registry.group("service:web");
    let needs = Needs::default();
    let ask = PlacementRequest { provider, ..request(&needs, group, &[]) };
    let expect = |registry: &Registry, reason: &str| {
        let failure = agreed(registry, &ask).unwrap_err();
        assert_eq!(failure.run_task_failure(), reason);
        let event = "(service web) was unable to place a task because no container instance met all of its requirements. \
             Reason: No Container Instances were found in your capacity provider. \
             For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";
        assert_eq!(failure.service_event("web"), event);
    };
    expect(&registry, "EMPTY CAPACITY PROVIDER");
    registry.set_provider(InstanceId(7), provider);
    assert_eq!(agreed(&registry, &ask).expect("it has room"), InstanceId(7));
    registry.set_status(InstanceId(7), ContainerInstanceStatus::Draining);
    expect(&registry, "NO ACTIVE INSTANCES");
    registry.deregister(InstanceId(7));
    expect(&registry, "EMPTY CAPACITY PROVIDER");
}

#[test]
fn section_3_6_obstacles_on_one_named_instance() {
    let (mut registry, group) = one_instance();
    let (small, large) = (Needs::of_size(1, 1), Needs::of_size(2_000, 1));
    let on = |registry: &Registry, needs, id| obstacle(registry, &request(needs, group, &[]), InstanceId(id));
    assert_eq!(on(&registry, &small, 7), None);
    assert_eq!(on(&registry, &large, 7), Some(Obstacle::Broken(Reason::Cpu)));
    assert_eq!(on(&registry, &small, 8), Some(Obstacle::Missing));
    registry.set_status(InstanceId(7), ContainerInstanceStatus::Draining);
    assert_eq!(on(&registry, &small, 7), Some(Obstacle::NotActive(ContainerInstanceStatus::Draining)));
}

#[test]
fn the_record_says_what_was_asked_for_and_what_was_there() {
    let (registry, group) = one_instance();
    let needs = Needs { tcp_ports: vec![80, 443], ..Needs::of_size(2_000, 1_000) };
    let decision = decide_in_full(&registry, &request(&needs, group, &[]));
    let check = |rule, need, have, pass| Check { rule, need, have, pass };
    let active = Value::Status(ContainerInstanceStatus::Active);
    assert_eq!(
        decision.rows[0].checks,
        [
            check(Rule::Status, active.clone(), active, true),
            check(Rule::Agent, Value::Is(true), Value::Is(true), true),
            check(Rule::Cpu, Value::CpuUnits(2_000), Value::CpuUnits(1_024), false),
            check(Rule::Memory, Value::MemoryMib(1_000), Value::MemoryMib(3_889), true),
            check(Rule::PortsTcp, Value::Ports(vec![80, 443]), Value::Ports(vec![80]), false),
        ]
    );
    assert_eq!((decision.winner, decision.closest), (None, Some((InstanceId(7), Reason::Cpu))));
}
