//! Health of services with a load balancer, as reported: what the scheduler makes of targets it is told about (ecs.md §3.9, §4.2).

use std::rc::Rc;

use crate::sim::command::{Command, CreateService, LaunchInstances, UpdateService};
use crate::sim::control_plane::task::{BelievedTarget, Registration};
use crate::sim::engine::{Beginning, Sim};
use crate::sim::ids::{ServiceId, TargetGroupId, TaskId};
use crate::sim::model::alarm::AlarmState;
use crate::sim::model::container_definition::{ContainerDefinition, HealthCheck};
use crate::sim::model::deployment::{DeploymentAlarms, DeploymentConfiguration, RolloutState};
use crate::sim::model::target::{Address, TargetState};
use crate::sim::model::task::{HealthStatus, TaskStatus};
use crate::sim::model::task_definition::{NetworkMode, RuntimePlatform, TaskDefinition};
use crate::sim::observation::{Kind, Observation};
use crate::sim::time::{MINUTE, SECOND};
use crate::sim::tuning::Tuning;

const WEB: ServiceId = ServiceId(1);

fn container(checked: Option<HealthCheck>) -> ContainerDefinition {
    ContainerDefinition {
        name: Rc::from("web"),
        image: Rc::from("web:1"),
        cpu_units: 64,
        memory_mib: Some(64),
        memory_reservation_mib: None,
        essential: true,
        port_mappings: Vec::new(),
        health_check: checked,
        depends_on: Vec::new(),
        gpu_count: 0,
        start_timeout_ms: None,
        stop_timeout_ms: None,
        restart_policy: None,
        mount_points: Vec::new(),
        log_driver: None,
        log_limit_kib: None,
    }
}

fn begin(request: CreateService) -> (Sim, Vec<Observation>) {
    let zones = vec!["us-east-1a".to_string()];
    let mut sim = Sim::new(Beginning { seed: 3, zones, apps: Default::default(), tuning: Tuning::default() });
    let mut log = Vec::new();
    sim.equip();
    let launch = LaunchInstances {
        instance_type: "m5.2xlarge".into(),
        zone: "us-east-1a".into(),
        count: 1,
        spot: false,
        ecs_enable_spot_instance_draining: false,
        attributes: Vec::new(),
    };
    sim.begin_with_instance(&launch, &mut log).unwrap();
    sim.advance_to(SECOND, &mut log);
    let definition = TaskDefinition {
        family: Rc::from("web"),
        revision: 0,
        network_mode: NetworkMode::Bridge,
        cpu_units: None,
        memory_mib: None,
        requires_compatibilities: Vec::new(),
        containers: vec![container(None)],
        volumes: Vec::new(),
        placement_constraints: Vec::new(),
        requires_attributes: Vec::new(),
        ephemeral_storage_gib: None,
        runtime: RuntimePlatform::default(),
    };
    sim.register_task_definition(&definition, &mut log).unwrap();
    let request = CreateService { service_name: "web".into(), task_definition: "web".into(), ..request };
    sim.create_service(&request, &mut log).unwrap();
    sim.advance_to(30 * SECOND, &mut log);
    (sim, log)
}

fn tasks(sim: &Sim) -> Vec<TaskId> {
    sim.control.services[WEB].tasks.iter().copied().collect()
}

fn report(sim: &mut Sim, task: TaskId, state: TargetState) {
    let since_ms = sim.now_ms();
    let arn = Rc::from("arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/0123456789abcdef");
    let address = Address { instance: None, port: 80, container_port: 80 };
    let registrations = vec![Registration { target_group: TargetGroupId(1), arn, address, state, reason: None }];
    let target = BelievedTarget { state, since_ms, registrations };
    sim.control.tasks.get_mut(task).unwrap().target = Some(target);
    sim.control.wake_service_of(task);
}

fn steady(desired_count: u32, maximum_percent: Option<u32>) -> (Sim, Vec<Observation>) {
    let (mut sim, mut log) = begin(CreateService { desired_count, maximum_percent, ..CreateService::default() });
    for task in tasks(&sim) {
        report(&mut sim, task, TargetState::Healthy);
    }
    sim.advance_to(MINUTE, &mut log);
    (sim, log)
}

#[test]
fn section_4_2_with_a_load_balancer_a_task_is_healthy_when_its_target_is() {
    let (mut sim, _) = begin(CreateService { desired_count: 1, ..CreateService::default() });
    let task = tasks(&sim)[0];
    let counts = |sim: &Sim| sim.control.counts_as_healthy(&sim.fx, &sim.control.tasks[task]);
    assert!(!counts(&sim), "not before forty seconds without a check");
    report(&mut sim, task, TargetState::Initial);
    assert!(!counts(&sim));
    report(&mut sim, task, TargetState::Healthy);
    assert!(counts(&sim), "at once with a healthy target");
    report(&mut sim, task, TargetState::Unhealthy);
    assert!(!counts(&sim));
}

#[test]
fn section_4_2_with_both_checks_both_must_pass() {
    let (mut sim, _) = begin(CreateService { desired_count: 1, ..CreateService::default() });
    let task = tasks(&sim)[0];
    let mut definition = (*sim.control.definitions[sim.control.services[WEB].revision().definition].definition).clone();
    let command = vec![Rc::from("CMD-SHELL"), Rc::from("true")];
    let check = HealthCheck { command, interval_ms: 30_000, timeout_ms: 5_000, retries: 3, start_period_ms: 0 };
    definition.containers = vec![container(Some(check))];
    let id = sim.control.services[WEB].revision().definition;
    *sim.control.definitions.get_mut(id).unwrap() = crate::sim::control_plane::definition::Definition::of(definition);
    report(&mut sim, task, TargetState::Healthy);
    let counts = |sim: &Sim| sim.control.counts_as_healthy(&sim.fx, &sim.control.tasks[task]);
    assert!(!counts(&sim), "the container check has not passed");
    sim.control.tasks.get_mut(task).unwrap().health = HealthStatus::Healthy;
    assert!(counts(&sim));
    report(&mut sim, task, TargetState::Initial);
    assert!(!counts(&sim), "the target has not passed");
}

#[test]
fn section_3_9_a_failing_target_is_kept_until_its_replacement_is_healthy() {
    let (mut sim, mut log) = steady(2, None);
    let failing = tasks(&sim)[0];
    report(&mut sim, failing, TargetState::Unhealthy);
    sim.advance_to(MINUTE + 30 * SECOND, &mut log);
    assert_eq!(tasks(&sim).len(), 3, "the replacement comes first");
    let new = tasks(&sim)[2];
    assert_eq!(sim.control.tasks[new].last_status, TaskStatus::Running);
    report(&mut sim, new, TargetState::Healthy);
    sim.advance_to(MINUTE + 45 * SECOND, &mut log);
    assert!(!tasks(&sim).contains(&failing) && tasks(&sim).len() == 2);
    let reason = &sim.control.tasks[failing].stopped.as_ref().unwrap().reason;
    assert!(reason.starts_with("Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:"), "{reason}");
    let replaced = |kind: &Kind| matches!(kind, Kind::ServiceEvent { event, .. } if event.text("web").contains("Amazon ECS replaced 1 tasks due to an unhealthy status."));
    assert!(log.iter().any(|observation| replaced(&observation.kind)));
}

#[test]
fn section_3_9_without_room_one_failing_task_is_stopped_first() {
    let (mut sim, mut log) = steady(2, Some(100));
    let before = tasks(&sim);
    for task in &before {
        report(&mut sim, *task, TargetState::Unhealthy);
    }
    sim.advance_to(MINUTE + 11 * SECOND, &mut log);
    let left = tasks(&sim).into_iter().filter(|task| before.contains(task)).count();
    assert_eq!(left, 1, "one at a time");
}

#[test]
fn section_4_2_failing_checks_do_not_count_within_the_grace_period() {
    let request = CreateService { desired_count: 1, health_check_grace_period_seconds: 120, ..CreateService::default() };
    let (mut sim, mut log) = begin(request);
    let task = tasks(&sim)[0];
    report(&mut sim, task, TargetState::Unhealthy);
    sim.advance_to(2 * MINUTE, &mut log);
    assert_eq!(tasks(&sim), [task], "still within the grace period");
    assert_eq!(sim.control.tasks[task].last_status, TaskStatus::Running);
    sim.advance_to(2 * MINUTE + 30 * SECOND, &mut log);
    assert_eq!(tasks(&sim).len(), 2, "now it is replaced");
}

/// A service of two tasks that watches the alarms `old` and `errors`; `old` rings already. Its second deployment begins.
fn watched() -> (Sim, Vec<Observation>) {
    let alarms = DeploymentAlarms { alarm_names: vec![Rc::from("old"), Rc::from("errors")], enable: true, rollback: true };
    let configuration = DeploymentConfiguration { alarms, ..DeploymentConfiguration::default() };
    let request =
        CreateService { desired_count: 2, deployment_configuration: Some(Box::new(configuration)), ..CreateService::default() };
    let (mut sim, mut log) = begin(request);
    sim.advance_to(10 * MINUTE, &mut log);
    sim.control.alarms.insert(Rc::from("old"), AlarmState::Alarm);
    let again = UpdateService { service: "web".into(), force_new_deployment: true, ..UpdateService::default() };
    sim.apply(&Command::UpdateService(again), &mut log).unwrap();
    (sim, log)
}

fn said(log: &[Observation], words: &str) -> Option<u64> {
    let says = |kind: &Kind| matches!(kind, Kind::ServiceEvent { event, .. } if event.text("web").contains(words));
    log.iter().rev().find(|observation| says(&observation.kind)).map(|observation| observation.at_ms)
}

#[test]
fn section_4_6_an_alarm_that_rang_before_is_ignored_and_the_bake_time_comes_before_completed() {
    let (mut sim, mut log) = watched();
    sim.advance_to(20 * MINUTE, &mut log);
    assert_eq!(sim.control.services[WEB].primary().rollout_state, RolloutState::Completed);
    let (stopped_ms, completed_ms) = (said(&log, "has stopped").unwrap(), said(&log, "deployment completed").unwrap());
    assert!((4 * MINUTE..5 * MINUTE).contains(&(completed_ms - stopped_ms)), "{}", completed_ms - stopped_ms);
}

#[test]
fn section_4_6_an_alarm_during_the_bake_time_fails_the_deployment_and_it_goes_back() {
    let (mut sim, mut log) = watched();
    let first = sim.control.services[WEB].completed.as_ref().unwrap().0;
    sim.advance_to(13 * MINUTE, &mut log);
    sim.control.alarms.insert(Rc::from("errors"), AlarmState::Alarm);
    sim.advance_to(13 * MINUTE + 15 * SECOND, &mut log);
    assert!(said(&log, "deployment failed: alarm detected.").is_some());
    assert_eq!(sim.control.services[WEB].deployment, first);
    let reasons = sim.control.services[WEB].deployments.iter().map(|deployment| deployment.rollout_state_reason());
    let failed = "ECS deployment failed: alarm detected";
    let back = format!("{failed}: rolling back to deploymentId {}.", first.ecs_svc());
    assert_eq!(reasons.collect::<Vec<_>>(), [back, format!("{failed}.")]);
    sim.advance_to(30 * MINUTE, &mut log);
    assert_eq!(sim.control.services[WEB].primary().rollout_state, RolloutState::Completed);
}
