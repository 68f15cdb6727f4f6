//! What keeps services as they should be (ecs.md §3.7–3.12), and rollouts as they go in real accounts (§4.3, §4.4, §4.8).

use std::collections::BTreeMap;

use ecs_playground::explain::words::sentence;
use ecs_playground::sim::command::capacity::{CapacityCommand, PutClusterCapacityProviders};
use ecs_playground::sim::command::services::{ServicesCommand, UpdateTaskProtection};
use ecs_playground::sim::command::{Command, CreateService, InstanceStatusRequest, LaunchType, RunTask, UpdateService};
use ecs_playground::sim::fault::Fault;
use ecs_playground::sim::ids::{InstanceId, TaskId};
use ecs_playground::sim::model::capacity_provider::CapacityProviderStrategyItem;
use ecs_playground::sim::model::deployment::ZoneRebalancing;
use ecs_playground::sim::model::task::TaskStatus;
use ecs_playground::sim::observation::services::ServicesFact;
use ecs_playground::sim::observation::{Kind, ServiceEvent};
use ecs_playground::sim::time::{HOUR, MINUTE, SECOND};

use crate::common::scenario::{Run, SERVERS, definition, deploy, is_placed, service, update, web_and_next};
use crate::daemons::daemon as daemons;
use crate::lives::{Kept, PROVIDER, cluster, known, stop};
use crate::refused;

fn item(name: &str, base: u32, weight: u32) -> CapacityProviderStrategyItem {
    CapacityProviderStrategyItem { capacity_provider: name.to_string(), base, weight }
}

fn by_strategy(name: &str, desired_count: u32, strategy: Vec<CapacityProviderStrategyItem>) -> Command {
    Command::CreateService(CreateService {
        service_name: name.to_string(),
        task_definition: "web".to_string(),
        desired_count,
        capacity_provider_strategy: Some(strategy),
        ..CreateService::default()
    })
}

/// A cluster with both Fargate providers.
fn both_fargates() -> Run {
    let scenario = cluster(Kept::Fargate, false).replace("desired_count = 1", "desired_count = 0");
    let mut run = Run::begin(&scenario, 4);
    let names = ["FARGATE", "FARGATE_SPOT"].map(str::to_string).to_vec();
    let put = PutClusterCapacityProviders { capacity_providers: names, default_capacity_provider_strategy: Vec::new() };
    run.give(Command::Capacity(CapacityCommand::PutClusterCapacityProviders(put)));
    run
}

fn kinds(run: &Run, name: &str) -> (usize, usize) {
    let of = |kind| run.tasks(name).iter().filter(|task| known(run, **task).launch_type == kind).count();
    (of(LaunchType::Fargate), of(LaunchType::FargateSpot))
}

#[test]
fn section_3_7_base_2_then_1_to_3_makes_4_and_6_of_10() {
    let mut run = both_fargates();
    run.give(by_strategy("split", 10, vec![item("FARGATE", 2, 1), item("FARGATE_SPOT", 0, 3)])).until(2 * MINUTE);
    assert_eq!(kinds(&run, "split"), (4, 6));
    run.give(by_strategy("based", 3, vec![item("FARGATE", 2, 0), item("FARGATE_SPOT", 0, 1)])).until(4 * MINUTE);
    assert_eq!(kinds(&run, "based"), (2, 1), "weight 0 gets its base alone");
}

/// The other way round than it was divided: the base on FARGATE goes last (ecs.md §8.4: a base on FARGATE keeps a service up).
#[test]
fn section_3_7_and_8_4_scale_in_keeps_the_base_and_the_weights() {
    let mut run = both_fargates();
    run.give(by_strategy("split", 10, vec![item("FARGATE", 2, 1), item("FARGATE_SPOT", 0, 3)])).until(3 * MINUTE);
    for (minute, desired, expected) in [(4, 9, (4, 5)), (6, 6, (3, 3)), (8, 3, (2, 1)), (10, 2, (2, 0)), (12, 1, (1, 0))] {
        run.scale("split", desired).until((minute + 1) * MINUTE);
        assert_eq!(kinds(&run, "split"), expected, "{desired} wanted");
    }
}

/// ecs.md §3.5: zones are counted apart for FARGATE and FARGATE_SPOT, in scale-in as well.
#[test]
fn section_3_5_scale_in_counts_zones_for_each_kind_of_capacity() {
    let mut run = both_fargates();
    run.give(by_strategy("split", 8, vec![item("FARGATE", 0, 1), item("FARGATE_SPOT", 0, 1)])).until(3 * MINUTE);
    run.scale("split", 4).until(6 * MINUTE);
    assert_eq!(kinds(&run, "split"), (2, 2));
    for kind in [LaunchType::Fargate, LaunchType::FargateSpot] {
        let mut zones: Vec<_> = run
            .tasks("split")
            .iter()
            .map(|task| known(&run, *task))
            .filter(|task| task.launch_type == kind)
            .map(|task| task.zone)
            .collect();
        zones.dedup();
        assert_eq!(zones.len(), 2, "{kind:?} in two zones");
    }
}

/// What an older strategy has left behind goes first: the present one does not want it.
#[test]
fn section_3_7_scale_in_takes_what_the_strategy_does_not_name_first() {
    let mut run = both_fargates();
    run.give(by_strategy("split", 3, vec![item("FARGATE", 0, 1)])).until(2 * MINUTE);
    let other = UpdateService {
        capacity_provider_strategy: Some(vec![item("FARGATE_SPOT", 0, 1)]),
        desired_count: Some(5),
        ..update("split")
    };
    run.give(Command::UpdateService(other)).until(4 * MINUTE);
    assert_eq!(kinds(&run, "split"), (3, 2));
    run.scale("split", 3).until(7 * MINUTE);
    assert_eq!(kinds(&run, "split"), (1, 2));
}

#[test]
fn section_3_7_a_new_strategy_governs_new_tasks_and_starts_no_deployment() {
    let mut run = both_fargates();
    run.give(by_strategy("split", 2, vec![item("FARGATE", 0, 1)])).until(2 * MINUTE);
    let (before, deployment) = (run.tasks("split"), run.sim.belief().services[run.service("split")].deployment);
    let other = UpdateService {
        capacity_provider_strategy: Some(vec![item("FARGATE_SPOT", 0, 1)]),
        desired_count: Some(3),
        ..update("split")
    };
    run.give(Command::UpdateService(other)).until(6 * MINUTE);
    assert_eq!(run.sim.belief().services[run.service("split")].deployment, deployment);
    assert!(before.iter().all(|task| run.tasks("split").contains(task)), "old tasks stay where they are");
    assert_eq!(kinds(&run, "split"), (2, 1));
}

#[test]
fn section_3_7_what_a_strategy_may_not_be() {
    let mut run = both_fargates();
    for strategy in [
        vec![item("FARGATE", 0, 0), item("FARGATE_SPOT", 0, 0)],
        vec![item("FARGATE", 1, 1), item("FARGATE_SPOT", 1, 1)],
        vec![item("FARGATE", 0, 1_001)],
        vec![item("FARGATE", 100_001, 1)],
        vec![item("FARGATE", 0, 1); 21],
        vec![item("nobody", 0, 1)],
    ] {
        let (code, _) = refused(&mut run, &by_strategy("split", 1, strategy.clone()));
        assert_eq!(code, "InvalidParameterException", "{strategy:?}");
    }
    run.give(by_strategy("most", 1, vec![item("FARGATE", 100_000, 1_000)]));
    let both = PROVIDER.replace("[\"web-cp\"]", "[\"web-cp\", \"FARGATE\"]");
    let mut run = Run::begin(&format!("{}{both}", cluster(Kept::Fargate, false).split("[[services]]").next().unwrap()), 4);
    let (_, message) = refused(&mut run, &by_strategy("mixed", 1, vec![item("web-cp", 0, 1), item("FARGATE", 0, 1)]));
    assert!(message.contains("cannot contain a mix of capacity providers using Auto Scaling groups and Fargate"), "{message}");
}

#[test]
fn section_3_9_an_unhealthy_task_is_replaced_in_the_same_look_and_by_its_own_revision() {
    let check = ", healthCheck = { command = [\"CMD-SHELL\", \"true\"], interval = 5, timeout = 2, retries = 2 }";
    // `next` never starts, so that the rollout stands still with both old tasks.
    let scenario = web_and_next(2, check, "");
    let mut run = Run::begin(&scenario, 4);
    run.until(2 * MINUTE);
    run.inject(Fault::StartFailure {
        family: "next".to_string(),
        error: ecs_playground::sim::model::start_error::StartError::ImageNotFound,
    });
    run.give(deploy("next")).until(4 * MINUTE);
    let sick = run.tasks("web")[0];
    run.inject(Fault::AppHang { task: sick }).until(7 * MINUTE);
    let stopped_ms = run.first("the stop", |kind| matches!(kind, Kind::TaskStopDecided { task, .. } if *task == sick));
    let of_web = |task: TaskId| {
        let belief = run.sim.belief();
        &*belief.definitions[belief.tasks[task].definition].definition.family == "web"
    };
    let replacement = run.tasks("web").into_iter().filter(|task| of_web(*task)).max().unwrap();
    assert!(replacement > sick, "an old task is replaced by an old one");
    assert!(known(&run, replacement).placed_at_ms().abs_diff(stopped_ms) <= 10 * SECOND + 200);
}

#[test]
fn section_3_9_with_room_the_replacement_starts_in_the_look_that_stops() {
    let check = ", healthCheck = { command = [\"CMD-SHELL\", \"true\"], interval = 5, timeout = 2, retries = 2 }";
    let mut run = Run::begin(&format!("{SERVERS}{}{}", definition("web", check), service("web", 2, "")), 4);
    run.until(2 * MINUTE);
    let sick = run.tasks("web")[0];
    run.inject(Fault::AppHang { task: sick }).until(6 * MINUTE);
    let at = run.said("failed container health checks.");
    let started = run.said("Amazon ECS replaced 1 tasks due to an unhealthy status.");
    let stopped = run.said("has stopped 1 running tasks");
    assert_eq!((at.len(), &started, &stopped), (1, &at, &at), "start, reason and stop within the same look");
    let order: Vec<&ServiceEvent> = run
        .log
        .iter()
        .filter(|observation| observation.at_ms == at[0])
        .filter_map(|observation| match &observation.kind {
            Kind::ServiceEvent { event, .. } => Some(&**event),
            _ => None,
        })
        .collect();
    assert!(matches!(
        order[..],
        [
            ServiceEvent::StartedTasks { .. },
            ServiceEvent::FailedContainerHealthChecks { .. },
            ServiceEvent::StoppedRunningTasks { .. }
        ]
    ));
}

/// Three zones, one of them joined late: the service is uneven and rebalances.
pub fn rebalanced() -> Run {
    let servers = "servers = [{ type = \"m5.large\", zone = \"us-east-1a\" }, { type = \"m5.large\", zone = \"us-east-1b\" }]\n";
    let mut run = Run::begin(&format!("{servers}{}{}", definition("web", ""), service("web", 6, "")), 4);
    run.until(3 * MINUTE);
    run.launch("m5.large", "us-east-1c", 1).until(20 * MINUTE);
    run
}

#[test]
fn section_3_11_one_task_moves_at_a_time_and_starts_before_another_stops() {
    let run = rebalanced();
    let mut zones: BTreeMap<u32, usize> = BTreeMap::new();
    for task in run.tasks("web") {
        *zones.entry(known(&run, task).zone.0).or_default() += 1;
    }
    assert_eq!(zones.into_values().collect::<Vec<_>>(), [2, 2, 2]);
    let said = |part: &str| run.said(part);
    assert_eq!(
        said("is not AZ balanced with 3 tasks in us-east-1a, 3 tasks in us-east-1b, 0 tasks in us-east-1c. AZ Rebalancing in progress.").len(),
        1
    );
    let (started, stopped) =
        (said("has started 1 tasks in us-east-1c to AZ Rebalance: (task "), said("due to AZ rebalancing: (task "));
    assert_eq!((started.len(), stopped.len()), (2, 2));
    assert!(started[0] + 40 * SECOND <= stopped[0], "until it is RUNNING and healthy");
    assert!(stopped[0] <= started[1], "one at a time");
    assert_eq!(said("is AZ balanced with 2 tasks in us-east-1a, 2 tasks in us-east-1b, 2 tasks in us-east-1c.").len(), 1);
    let fewest = run.times(|kind| matches!(kind, Kind::TaskStopDecided { .. })).len();
    assert_eq!(fewest, 2);
}

#[test]
fn section_3_11_on_by_default_where_it_can_be() {
    let rebalancing = |rest: &str| {
        let run = Run::begin(&format!("{SERVERS}{}{}", definition("web", ""), service("web", 1, rest)), 4);
        run.sim.belief().services[run.service("web")].zone_rebalancing == ZoneRebalancing::Enabled
    };
    assert!(rebalancing(""));
    assert!(rebalancing("placement_strategy = [\"spread(attribute:ecs.availability-zone)\", \"binpack(memory)\"]"));
    assert!(!rebalancing("maximum_percent = 100"));
    assert!(!rebalancing("placement_strategy = [\"binpack(memory)\"]"));
    assert!(!rebalancing("placement_constraints = [\"memberOf(attribute:ecs.availability-zone == us-east-1a)\"]"));
    assert!(!rebalancing("availability_zone_rebalancing = \"DISABLED\""));
    let daemon = Run::begin(&daemons(""), 4);
    assert_eq!(daemon.sim.belief().services[daemon.service("web")].zone_rebalancing, ZoneRebalancing::Disabled);
}

#[test]
fn section_3_11_an_emptier_zone_without_a_place_does_not_keep_others_from_being_filled() {
    let servers =
        "servers = [{ type = \"m5.large\", zone = \"us-east-1a\", count = 2 }, { type = \"m5.large\", zone = \"us-east-1b\" }]\n";
    let mut run = Run::begin(&format!("{servers}{}{}", definition("web", ""), service("web", 4, "")), 4);
    let drain = |status| Command::UpdateContainerInstancesState { instance: InstanceId(3), status };
    run.until(2 * MINUTE).give(drain(InstanceStatusRequest::Draining)).until(10 * MINUTE);
    assert_eq!(run.said("stopped AZ Rebalancing").len(), 1, "nothing but a draining server in the other zone");
    run.launch("m5.large", "us-east-1c", 1);
    run.until(30 * MINUTE);
    let in_zone = |zone: u32| run.tasks("web").iter().filter(|task| known(&run, **task).zone.0 == zone).count();
    assert_eq!((in_zone(1), in_zone(2), in_zone(3)), (2, 0, 2));
}

#[test]
fn section_3_11_it_launches_no_server() {
    let servers = "servers = [{ type = \"m5.large\", zone = \"us-east-1a\", count = 2 }]\n";
    let mut run = Run::begin(&format!("{servers}{}{}", definition("web", ""), service("web", 4, "")), 4);
    run.until(HOUR);
    assert_eq!(run.times(|kind| matches!(kind, Kind::InstanceLaunched { .. })).len(), 2);
    assert_eq!(run.tasks("web").len(), 4);
    assert!(run.said("Rebalancing").is_empty(), "zones without a server are no zones of the service");
}

fn protect(tasks: &[TaskId], on: bool, minutes: Option<u32>) -> Command {
    let request = UpdateTaskProtection { tasks: tasks.to_vec(), protection_enabled: on, expires_in_minutes: minutes };
    Command::Services(ServicesCommand::UpdateTaskProtection(request))
}

#[test]
fn section_3_12_protection_holds_off_scale_in_but_no_failure() {
    let check = ", healthCheck = { command = [\"CMD-SHELL\", \"true\"], interval = 5, timeout = 2, retries = 2 }";
    let begin = || {
        let scenario = format!("{SERVERS}{}{}", definition("web", check), service("web", 1, ""))
            .replace("count = 3", "count = 3, spot = true");
        let mut run = Run::begin(&scenario, 4);
        run.until(2 * MINUTE);
        let task = run.tasks("web")[0];
        run.give(protect(&[task], true, None));
        (run, task)
    };
    let ends = |what: &str, fault: fn(TaskId, InstanceId) -> Command| {
        let (mut run, task) = begin();
        let instance = known(&run, task).instance.expect("on a server");
        run.give(fault(task, instance)).until(10 * MINUTE);
        assert_eq!(known(&run, task).last_status, TaskStatus::Stopped, "{what}");
    };
    ends("StopTask", |task, _| stop(task, None));
    ends("health checks", |task, _| Command::InjectFault(Fault::AppHang { task }));
    ends("host loss", |_, instance| Command::TerminateInstances { instance });
    ends("Spot", |_, instance| Command::InjectFault(Fault::SpotInterruption { instance }));
    let (mut run, task) = begin();
    run.scale("web", 0).until(10 * MINUTE);
    assert_eq!(known(&run, task).last_status, TaskStatus::Running, "scale-in");
    run.give(protect(&[task], false, None)).until(12 * MINUTE);
    assert_eq!(known(&run, task).last_status, TaskStatus::Stopped);
}

/// Tasks whose protection has failed, and the reasons.
fn unprotected(run: &Run) -> Vec<(TaskId, &'static str)> {
    let failures = run.log.iter().filter_map(|observation| match &observation.kind {
        Kind::Services(fact) => match &**fact {
            ServicesFact::TaskProtectionFailed { task, reason } => Some((*task, *reason)),
            _ => None,
        },
        _ => None,
    });
    failures.collect()
}

/// ecs.md §3.6: what cannot be protected is a failure in the answer, the rest is protected.
#[test]
fn section_3_6_and_3_12_a_task_that_cannot_be_protected_is_a_failure_in_the_answer() {
    let mut run = Run::begin(&format!("{SERVERS}{}{}", definition("web", ""), service("web", 3, "")), 4);
    run.until(2 * MINUTE).give(Command::RunTask(RunTask { task_definition: "web".to_string(), count: 1, ..RunTask::default() }));
    let tasks = run.tasks("web");
    let alone = run.sim.belief().tasks.ids().find(|task| !tasks.contains(task)).expect("RunTask has placed it");
    run.give(stop(tasks[2], None));
    let asked = [TaskId(9_999), tasks[0], alone, tasks[2], tasks[1]];
    run.give(protect(&asked, true, None));
    assert_eq!(unprotected(&run), [(TaskId(9_999), "MISSING"), (alone, "TASK_NOT_VALID"), (tasks[2], "TASK_NOT_VALID")]);
    let protected = |task: &TaskId| run.sim.belief().tasks.get(*task).is_some_and(|task| task.is_protected(run.sim.now_ms()));
    assert_eq!(asked.map(|task| protected(&task)), [false, true, false, false, true]);
}

#[test]
fn section_3_6_more_protected_tasks_than_wanted_block_the_next_one() {
    let mut run = Run::begin(&format!("{SERVERS}{}{}", definition("web", ""), service("web", 3, "")), 4);
    run.until(2 * MINUTE);
    let tasks = run.tasks("web");
    run.give(protect(&tasks[..2], true, None)).scale("web", 2).until(3 * MINUTE);
    let left = run.tasks("web");
    assert_eq!(left, tasks[..2], "the one that is not protected has gone");
    run.give(protect(&left[..1], true, None)).scale("web", 1).until(4 * MINUTE);
    assert_eq!(unprotected(&run), [], "two of two may be protected");
    run.give(protect(&left[..1], true, Some(600)));
    assert_eq!(unprotected(&run), [(left[0], "DEPLOYMENT_BLOCKED")], "two of one are too many: not even renewed");
    let words = run.log.iter().map(|observation| sentence(&run.sim, observation));
    assert!(words.filter(|words| words.contains("(DEPLOYMENT_BLOCKED): its service has more protected tasks")).count() == 1);
    run.give(protect(&left[1..], false, None)).give(protect(&left[..1], true, Some(600))).until(10 * MINUTE);
    assert_eq!((unprotected(&run).len(), run.tasks("web")), (1, left[..1].to_vec()), "protection can always end");
}

#[test]
fn section_3_12_two_hours_unless_another_span_is_given() {
    for (minutes, until) in [(None, 120), (Some(1), 1), (Some(2_880), 2_880)] {
        let mut run = Run::begin(&format!("{SERVERS}{}{}", definition("web", ""), service("web", 1, "")), 4);
        run.until(2 * MINUTE);
        let task = run.tasks("web")[0];
        run.give(protect(&[task], true, minutes)).scale("web", 0).until(2 * MINUTE + until * MINUTE - SECOND);
        assert_eq!(run.tasks("web"), [task], "{minutes:?}");
        run.until(2 * MINUTE + until * MINUTE + MINUTE);
        assert!(run.tasks("web").is_empty(), "{minutes:?}");
    }
}

#[test]
fn section_4_2_the_grace_period_has_31_bits_and_is_0_when_not_given() {
    let with = |seconds| UpdateService { health_check_grace_period_seconds: Some(seconds), ..update("web") };
    let mut run = Run::begin(&format!("{SERVERS}{}{}", definition("web", ""), service("web", 1, "")), 4);
    assert_eq!(run.sim.belief().services[run.service("web")].grace_period_ms, 0);
    run.give(Command::UpdateService(with(2_147_483_647)));
    assert_eq!(refused(&mut run, &Command::UpdateService(with(2_147_483_648))).0, "InvalidParameterException");
}

#[test]
fn section_4_5_a_healthy_task_sets_the_count_back_unless_it_is_told_not_to() {
    let check = ", healthCheck = { command = [\"CMD-SHELL\", \"true\"], interval = 5, timeout = 2, retries = 2 }";
    let failed = |resets: bool| {
        let breaker = format!(
            "deployment_configuration = {{ deployment_circuit_breaker = {{ enable = true, rollback = false, reset_on_healthy_task = {resets} }} }}"
        );
        let scenario = web_and_next(1, check, &breaker);
        let mut run = Run::begin(&scenario, 4);
        run.until(2 * MINUTE);
        // The old task is protected: the rollout goes on for two hours, whatever becomes of the new ones.
        let old = run.tasks("web");
        run.give(protect(&old, true, None));
        run.give(deploy("next"));
        for _ in 0..4 {
            run.until(run.sim.now_ms() + 2 * MINUTE);
            if let Some(new) = run.tasks("web").into_iter().find(|task| !old.contains(task)) {
                run.inject(Fault::AppHang { task: new });
            }
        }
        run.until(run.sim.now_ms() + 2 * MINUTE);
        run.said("deployment failed: tasks failed to start.").len()
    };
    assert_eq!((failed(true), failed(false)), (0, 1));
}

#[test]
fn section_4_4_ways_out_of_the_port_conflict_that_help_and_that_do_not() {
    let port = ", portMappings = [{ containerPort = 80, hostPort = 80 }]";
    let one = "servers = [{ type = \"m5.large\", zone = \"us-east-1a\" }]\n";
    let scenario = format!("{one}{}{}{}", definition("web", port), definition("next", port), service("web", 1, ""));
    let begin = || {
        let mut run = Run::begin(&scenario, 4);
        run.until(2 * MINUTE);
        run.give(deploy("next"));
        run.until(4 * MINUTE);
        assert_eq!(run.said("is already using a port required by your task.").len(), 1);
        assert_eq!(families(&run), ["web"]);
        run
    };
    let mut run = begin();
    let old = run.tasks("web")[0];
    run.give(stop(old, None)).until(6 * MINUTE);
    assert_eq!(families(&run), ["web"], "the old deployment starts another one of its own at once");
    assert_ne!(run.tasks("web"), [old]);
    let lower = UpdateService { maximum_percent: Some(100), minimum_healthy_percent: Some(0), ..update("web") };
    assert_eq!(
        refused(&mut run, &Command::UpdateService(lower.clone())).1,
        "Availability Zone Rebalancing does not support maximumPercent <= 100%"
    );
    run.give(Command::Services(ServicesCommand::DeregisterTaskDefinition { task_definition: "web:1".to_string() }));
    let task = run.tasks("web")[0];
    run.give(stop(task, None)).until(9 * MINUTE);
    assert_eq!(families(&run), ["web"], "nor does this help");
    run.scale("web", 0).until(11 * MINUTE).scale("web", 1).until(13 * MINUTE);
    assert_eq!(families(&run), ["next"], "0, wait, 1");

    let mut run = begin();
    let off = UpdateService { availability_zone_rebalancing: Some(ZoneRebalancing::Disabled), ..lower };
    run.give(Command::UpdateService(off)).until(7 * MINUTE);
    assert_eq!(families(&run), ["next"], "0 and 100 without rebalancing");
}

fn families(run: &Run) -> Vec<String> {
    let belief = run.sim.belief();
    let family = |task: &TaskId| belief.definitions[belief.tasks[*task].definition].definition.family.to_string();
    run.tasks("web").iter().map(family).collect()
}

#[test]
fn section_4_8_the_events_of_a_rollout_with_a_load_balancer_in_their_order() {
    let mut run = Run::begin(&cluster(Kept::Fargate, true), 4);
    run.until(5 * MINUTE);
    let (at, before) = (run.sim.now_ms(), run.log.len());
    run.give(Command::UpdateService(UpdateService { force_new_deployment: true, ..update("web") }));
    let (mut fewest, mut most) = (usize::MAX, 0);
    while run.sim.advance_one(12 * MINUTE, &mut run.log).is_some() {
        let running = run.tasks("web").iter().filter(|task| known(&run, **task).last_status == TaskStatus::Running).count();
        (fewest, most) = (fewest.min(running), most.max(running));
    }
    assert_eq!((fewest, most), (1, 2), "1, 2, 1");
    let said: Vec<(u64, String)> = run.log[before..]
        .iter()
        .filter_map(|observation| match &observation.kind {
            Kind::ServiceEvent { event, .. } => Some(((observation.at_ms - at) / SECOND, event.text("web"))),
            _ => None,
        })
        .collect();
    let parts = [
        "has started 1 tasks",
        "registered 1 targets in (target-group ",
        "has stopped 1 running tasks",
        "has begun draining connections on 1 tasks.",
        "deregistered 1 targets in (target-group ",
        "deployment completed.",
        "has reached a steady state.",
    ];
    assert_eq!(said.len(), parts.len(), "{said:#?}");
    for ((_, text), part) in said.iter().zip(parts) {
        assert!(text.contains(part), "{text} is not {part}");
    }
    let began = said[0].0;
    let after = |index: usize| said[index].0 - began;
    // 41, 51, 61 s in the captured run.
    assert!((20..=60).contains(&after(1)), "registered after {}", after(1));
    assert!((8..=31).contains(&(after(2) - after(1))), "stopped {} s after that", after(2) - after(1));
    assert_eq!(after(3) - after(2), 10);
    assert!(run.times(is_placed).len() == 2);
}
