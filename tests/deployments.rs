//! Deployments by the book: the tables of ecs.md §4 measured on runs, each test named after its section.

mod common;

use std::collections::BTreeMap;

use common::scenario::{Run, SERVERS, definition, deploy, service, update, web, web_and_next};
use ecs_playground::sim::command::{Command, UpdateService};
use ecs_playground::sim::ids::TaskId;
use ecs_playground::sim::model::deployment::{DeploymentStatus, RolloutState};
use ecs_playground::sim::model::task::TaskStatus;
use ecs_playground::sim::observation::{Kind, ServiceEvent};
use ecs_playground::sim::time::{MINUTE, Millis, SECOND};

const HEALTH_CHECK: &str = ", healthCheck = { command = [\"CMD-SHELL\", \"true\"], interval = 5, timeout = 2, retries = 2 }";

/// A service of two definitions, `web` and `next`, with room for everything.
fn rollout(count: u32, minimum: u32, maximum: u32, check: &str) -> String {
    let rest = format!("minimum_healthy_percent = {minimum}\nmaximum_percent = {maximum}");
    web_and_next(count, check, &rest)
}

/// How many tasks each look started and stopped, and the extremes of the run.
struct Rollout {
    /// `+n` tasks started, `-n` stopped, in the order of the events.
    moves: Vec<i32>,
    fewest_running: usize,
    most: usize,
    run: Run,
}

fn watch(scenario: &str) -> Rollout {
    let mut run = Run::begin(scenario, 4);
    run.until(2 * MINUTE);
    let before = run.log.len();
    run.give(deploy("next"));
    let count = |run: &Run, holds: fn(TaskStatus) -> bool| {
        run.tasks("web").iter().filter(|task| holds(run.sim.belief().tasks[**task].last_status)).count()
    };
    let (mut fewest_running, mut most) = (usize::MAX, 0);
    while run.sim.now_ms() < 8 * MINUTE && run.sim.advance_one(8 * MINUTE, &mut run.log).is_some() {
        fewest_running = fewest_running.min(count(&run, |status| status == TaskStatus::Running));
        most = most.max(count(&run, |_| true));
    }
    let moves = run.log[before..].iter().filter_map(|observation| moved(&observation.kind)).collect();
    Rollout { moves, fewest_running, most, run }
}

fn moved(kind: &Kind) -> Option<i32> {
    let Kind::ServiceEvent { event, .. } = kind else { return None };
    match &**event {
        ServiceEvent::StartedTasks { tasks, .. } => Some(tasks.len() as i32),
        ServiceEvent::StoppedRunningTasks { tasks } => Some(-(tasks.len() as i32)),
        ServiceEvent::StoppedPendingTasks { count } => Some(-(*count as i32)),
        _ => None,
    }
}

fn completed(rollout: &Rollout, count: usize) {
    let belief = rollout.run.sim.belief();
    let service = &belief.services[rollout.run.service("web")];
    assert_eq!(service.deployments.len(), 1, "{:?}", rollout.moves);
    assert_eq!(service.primary().rollout_state, RolloutState::Completed);
    assert_eq!(service.tasks.len(), count);
    assert!(service.tasks.iter().all(|task| belief.tasks[*task].definition == service.revision().definition));
}

#[test]
fn section_4_1_desired_4_min_100_max_200_starts_4_then_stops_4() {
    let rollout = watch(&rollout(4, 100, 200, HEALTH_CHECK));
    assert_eq!(rollout.moves[0], 4);
    assert!(rollout.moves[1..].iter().all(|moved| *moved < 0), "{:?}", rollout.moves);
    assert_eq!(rollout.moves.iter().sum::<i32>(), 0);
    assert_eq!((rollout.fewest_running, rollout.most), (4, 8));
    completed(&rollout, 4);
}

#[test]
fn section_4_1_desired_4_min_50_max_100_stops_2_starts_2_twice() {
    let rollout = watch(&rollout(4, 50, 100, ""));
    assert_eq!(rollout.moves, [-2, 2, -2, 2]);
    assert_eq!((rollout.fewest_running, rollout.most), (2, 4));
    completed(&rollout, 4);
}

#[test]
fn section_4_1_desired_4_min_50_max_200_stops_2_and_starts_4_at_once() {
    let rollout = watch(&rollout(4, 50, 200, ""));
    assert_eq!(rollout.moves, [4, -2, -2]);
    assert!(rollout.fewest_running >= 2 && rollout.most <= 8);
    completed(&rollout, 4);
}

#[test]
fn section_4_1_desired_1_min_100_max_200_runs_1_then_2_then_1() {
    let rollout = watch(&rollout(1, 100, 200, ""));
    assert_eq!(rollout.moves, [1, -1]);
    assert_eq!((rollout.fewest_running, rollout.most), (1, 2));
    completed(&rollout, 1);
}

#[test]
fn section_4_1_desired_1_min_0_max_100_stops_then_starts_with_an_outage() {
    let rollout = watch(&rollout(1, 0, 100, ""));
    assert_eq!(rollout.moves, [-1, 1]);
    assert_eq!((rollout.fewest_running, rollout.most), (0, 1));
    completed(&rollout, 1);
}

#[test]
fn section_4_1_desired_2_min_75_cannot_stop_any_before_starting() {
    let rollout = watch(&rollout(2, 75, 150, ""));
    assert_eq!(rollout.moves, [1, -1, 1, -1]);
    assert_eq!((rollout.fewest_running, rollout.most), (2, 3));
    completed(&rollout, 2);
}

#[test]
fn section_4_1_desired_3_max_125_cannot_start_any() {
    let rollout = watch(&rollout(3, 100, 125, ""));
    assert!(rollout.moves.is_empty(), "{:?}", rollout.moves);
    assert_eq!(rollout.run.said("because of the service deployment configuration").len(), 1);
    let service = &rollout.run.sim.belief().services[rollout.run.service("web")];
    assert_eq!(service.primary().rollout_state, RolloutState::InProgress);
    assert!(service.is_blocked());
}

#[test]
fn section_4_1_desired_10_min_50_max_150_goes_in_batches() {
    let rollout = watch(&rollout(10, 50, 150, ""));
    assert_eq!(rollout.moves, [5, -5, 5, -5]);
    assert!(rollout.fewest_running >= 5 && rollout.most == 15, "{:?}", rollout.moves);
    completed(&rollout, 10);
}

#[test]
fn section_4_1_desired_5_min_100_max_100_is_a_deadlock_and_says_so() {
    let rollout = watch(&rollout(5, 100, 100, ""));
    assert!(rollout.moves.is_empty(), "{:?}", rollout.moves);
    assert_eq!(rollout.run.said("was unable to stop or start tasks during a deployment").len(), 1);
}

/// Placement to the instant at which the first deployment is completed, beside the instant of RUNNING and HEALTHY.
fn settled(scenario: &str) -> (Millis, Millis, Option<Millis>) {
    let mut run = Run::begin(scenario, 6);
    run.until(3 * MINUTE);
    let task = run.tasks("web")[0];
    let running_ms = run.sim.belief().tasks[task].times.entered(TaskStatus::Running).expect("it runs");
    let healthy = run.times(|kind| matches!(kind, Kind::TaskHealthChanged { task: of, .. } if *of == task));
    (run.said("deployment completed")[0], running_ms, healthy.first().copied())
}

#[test]
fn section_4_2_without_checks_a_task_is_healthy_after_forty_seconds_of_running() {
    let (completed_ms, running_ms, _) = settled(&web(1));
    assert!((40 * SECOND..=50 * SECOND).contains(&(completed_ms - running_ms)), "{}", completed_ms - running_ms);
}

#[test]
fn section_4_2_with_a_container_health_check_it_is_healthy_when_that_says_so() {
    let scenario = format!("{SERVERS}{}{}", definition("web", HEALTH_CHECK), service("web", 1, ""));
    let (completed_ms, running_ms, healthy_ms) = settled(&scenario);
    let healthy_ms = healthy_ms.expect("it is checked");
    assert!(completed_ms >= healthy_ms && completed_ms - healthy_ms <= 10 * SECOND);
    assert!(completed_ms - running_ms < 40 * SECOND);
}

#[test]
fn section_4_3_the_latest_deployment_wins_and_several_are_active_at_once() {
    let third = definition("third", HEALTH_CHECK);
    let mut run = Run::begin(&format!("{}{third}", rollout(4, 100, 200, HEALTH_CHECK)), 4);
    run.until(MINUTE).give(deploy("next")).until(MINUTE + 15 * SECOND);
    run.give(Command::UpdateService(UpdateService { task_definition: Some("third".to_string()), ..update("web") }));
    let id = run.service("web");
    let statuses = |run: &Run| run.sim.belief().services[id].deployments.iter().map(|each| each.status).collect::<Vec<_>>();
    assert_eq!(statuses(&run), [DeploymentStatus::Primary, DeploymentStatus::Active, DeploymentStatus::Active]);
    let reason = run.sim.belief().services[id].primary().rollout_state_reason();
    let name = run.sim.belief().services[id].primary().id.ecs_svc();
    assert_eq!(reason, format!("ECS deployment {name} in progress."));
    run.until(6 * MINUTE);
    assert_eq!(statuses(&run), [DeploymentStatus::Primary]);
    let primary = run.sim.belief().services[id].primary();
    assert_eq!(primary.rollout_state_reason(), format!("ECS deployment {name} completed."));
    assert_eq!(run.sim.belief().deployment_counts(id, primary.id), (4, 0));
    let families: BTreeMap<&str, usize> = run.tasks("web").iter().fold(BTreeMap::new(), |mut families, task| {
        let belief = run.sim.belief();
        *families.entry(&*belief.definitions[belief.tasks[*task].definition].definition.family).or_default() += 1;
        families
    });
    assert_eq!(families, BTreeMap::from([("third", 4)]));
}

#[test]
fn section_1_3_what_starts_a_deployment_and_what_does_not() {
    let mut run = Run::begin(&rollout(2, 100, 200, ""), 4);
    run.until(2 * MINUTE);
    let id = run.service("web");
    let first = run.sim.belief().services[id].deployment;
    let quiet = [
        UpdateService { desired_count: Some(3), ..update("web") },
        UpdateService { minimum_healthy_percent: Some(50), maximum_percent: Some(150), ..update("web") },
        UpdateService { placement_strategy: Some(Vec::new()), placement_constraints: Some(Vec::new()), ..update("web") },
        UpdateService { health_check_grace_period_seconds: Some(30), ..update("web") },
        UpdateService { deployment_configuration: Some(Box::default()), ..update("web") },
        UpdateService { task_definition: Some("web".to_string()), ..update("web") },
    ];
    for request in quiet {
        run.give(Command::UpdateService(request));
        assert_eq!(run.sim.belief().services[id].deployment, first);
    }
    let before: Vec<TaskId> = run.until(4 * MINUTE).tasks("web");
    run.give(Command::UpdateService(UpdateService { force_new_deployment: true, ..update("web") }));
    assert_ne!(run.sim.belief().services[id].deployment, first);
    run.until(8 * MINUTE);
    assert!(run.tasks("web").iter().all(|task| !before.contains(task)), "every task is replaced");
    assert_eq!(run.tasks("web").len(), 3);
}

const FARGATE: &str = "launch_type = \"FARGATE\"\n";

/// A service of one task on Fargate, with its next revision.
fn on_fargate(rest: &str) -> String {
    let one = |family: &str| {
        format!(
            "[[task_definitions]]\nfamily = \"{family}\"\nnetworkMode = \"awsvpc\"\nrequiresCompatibilities = [\"FARGATE\"]\ncpu = \"256\"\nmemory = \"512\"\ncontainerDefinitions = [{{ name = \"{family}\", image = \"{family}:1\" }}]\n"
        )
    };
    format!("{}{}{}", one("web"), one("next"), service("web", 1, &format!("{FARGATE}{rest}")))
}

fn ended(run: &Run, task: TaskId) -> Millis {
    run.first("the end of a task", |kind| matches!(kind, Kind::TaskStopped { task: of, .. } if *of == task))
}

#[test]
fn section_4_1_without_room_the_next_task_waits_until_the_old_one_is_stopped() {
    let without_room = "minimum_healthy_percent = 0\nmaximum_percent = 100\navailability_zone_rebalancing = \"DISABLED\"";
    for seed in 1..=20 {
        let mut run = Run::begin(&on_fargate(without_room), seed);
        run.until(3 * MINUTE);
        let old = run.tasks("web")[0];
        run.give(deploy("next")).until(8 * MINUTE);
        let started_ms = run.said("has started 1 tasks")[1];
        let waited_ms = started_ms - ended(&run, old);
        assert!((10 * SECOND..=20 * SECOND).contains(&waited_ms), "seed {seed}: {waited_ms}");
    }
}

#[test]
fn section_4_1_with_room_a_stopped_task_is_replaced_in_the_next_look() {
    let mut run = Run::begin(&on_fargate(""), 4);
    run.until(3 * MINUTE);
    let old = run.tasks("web")[0];
    run.give(Command::StopTask { task: old, reason: None }).until(5 * MINUTE);
    let started_ms = run.said("has started 1 tasks")[1];
    assert!(started_ms <= 3 * MINUTE + 10 * SECOND && started_ms < ended(&run, old));
}

#[test]
fn section_4_3_a_deployment_is_completed_when_its_last_old_task_is_stopped() {
    let mut run = Run::begin(&on_fargate(""), 4);
    run.until(3 * MINUTE);
    let old = run.tasks("web")[0];
    run.give(deploy("next")).until(8 * MINUTE);
    let (completed_ms, ended_ms) = (run.said("deployment completed")[1], ended(&run, old));
    assert!((ended_ms..=ended_ms + 10 * SECOND).contains(&completed_ms), "{completed_ms} and {ended_ms}");
}

#[test]
fn section_4_4_an_update_to_more_of_the_next_revision_wants_no_more_of_the_old() {
    let mut run = Run::begin(&on_fargate(""), 4);
    run.until(3 * MINUTE).scale("web", 0).until(5 * MINUTE);
    run.give(Command::UpdateService(UpdateService {
        task_definition: Some("next".to_string()),
        desired_count: Some(2),
        ..update("web")
    }));
    run.until(9 * MINUTE);
    let family = |task: &TaskId| {
        let belief = run.sim.belief();
        belief.definitions[belief.tasks[*task].definition].definition.family.to_string()
    };
    let later = run.times(|kind| matches!(kind, Kind::TaskPlaced { .. }));
    assert_eq!(later.len(), 3, "one of the old revision, two of the next");
    assert_eq!(run.tasks("web").iter().map(family).collect::<Vec<_>>(), ["next", "next"]);
}
