//! Numbers of ecs.md measured on runs: each test names the section it holds the simulator to.

mod common;

use common::scenario::{Run, SERVERS, definition, is_placed, service, web, web_and_next};
use ecs_playground::sim::command::Command;
use ecs_playground::sim::fault::{AppTarget, Direction, Fault, NetworkTarget};
use ecs_playground::sim::ids::{InstanceId, TaskId};
use ecs_playground::sim::model::task::{HealthStatus, TaskStatus};
use ecs_playground::sim::observation::Kind;
use ecs_playground::sim::time::{HOUR, MINUTE, Millis, SECOND};

const SEEDS: std::ops::Range<u64> = 0..12;

fn fargate(count: u32) -> String {
    let definition = "[[task_definitions]]\nfamily = \"web\"\nnetworkMode = \"awsvpc\"\nrequiresCompatibilities = [\"FARGATE\", \"EC2\"]\ncpu = \"256\"\nmemory = \"512\"\ncontainerDefinitions = [{ name = \"web\", image = \"web:1\" }]\n";
    format!("{SERVERS}{definition}{}", service("web", count, "launch_type = \"FARGATE\""))
}

fn status_at(run: &Run, task: TaskId, status: TaskStatus) -> Millis {
    run.sim.belief().tasks[task].times.entered(status).unwrap_or_else(|| panic!("{status:?} was never entered"))
}

fn in_range(what: &str, seconds: std::ops::RangeInclusive<u64>, length_ms: Millis) {
    let (low_ms, high_ms) = (seconds.start() * SECOND, seconds.end() * SECOND);
    assert!((low_ms..=high_ms).contains(&length_ms), "{what} took {length_ms} ms, not {seconds:?} s");
}

fn is_disconnected(kind: &Kind) -> bool {
    matches!(kind, Kind::AgentDisconnected { .. })
}

/// Placement to RUNNING of every task of the first two minutes.
fn starts(scenario: &str) -> Vec<Millis> {
    SEEDS
        .flat_map(|seed| {
            let mut run = Run::begin(scenario, seed);
            run.until(2 * MINUTE);
            let tasks = run.tasks("web");
            tasks
                .into_iter()
                .map(|task| status_at(&run, task, TaskStatus::Running) - run.sim.belief().tasks[task].placed_at_ms())
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn section_2_5_a_bridge_task_runs_after_two_to_ten_seconds() {
    for length_ms in starts(&web(3)) {
        in_range("bridge start", 2..=10, length_ms);
    }
}

#[test]
fn section_2_5_an_awsvpc_task_waits_for_its_interface_first() {
    let scenario = fargate(2).replace("launch_type = \"FARGATE\"", "");
    for length_ms in starts(&scenario) {
        in_range("awsvpc start", 13..=25, length_ms);
    }
}

#[test]
fn section_2_5_a_fargate_task_runs_after_about_half_a_minute() {
    let all = starts(&fargate(3));
    for length_ms in &all {
        in_range("Fargate start", 15..=41, *length_ms);
    }
    let mut sorted = all;
    sorted.sort_unstable();
    in_range("median Fargate start", 20..=30, sorted[sorted.len() / 2]);
}

#[test]
fn section_2_5_a_cached_image_is_pulled_in_a_moment() {
    let mut run = Run::begin(&web(1), 3);
    run.until(70 * SECOND);
    let task = run.tasks("web")[0];
    run.inject(Fault::ContainerExit { target: AppTarget::Task(task), code: 1 }).until(2 * MINUTE);
    let again = run.tasks("web")[0];
    in_range(
        "start with the image on disk",
        1..=5,
        status_at(&run, again, TaskStatus::Running) - run.sim.belief().tasks[again].placed_at_ms(),
    );
}

#[test]
fn section_2_5_fargate_takes_about_22_seconds_to_deprovision() {
    for seed in SEEDS {
        let mut run = Run::begin(&fargate(1), seed);
        run.until(2 * MINUTE);
        let task = run.tasks("web")[0];
        run.scale("web", 0).until(4 * MINUTE);
        in_range("deprovisioning", 20..=24, run.sim.belief().tasks[task].times.spent(TaskStatus::Deprovisioning).unwrap());
    }
}

fn is_exit(kind: &Kind) -> bool {
    matches!(kind, Kind::ContainerExited { .. })
}

#[test]
fn section_12_4_a_fargate_task_that_hears_sigterm_has_ended_about_12_seconds_after_stopping() {
    for seed in SEEDS {
        let mut run = Run::begin(&fargate(1), seed);
        run.until(2 * MINUTE);
        let task = run.tasks("web")[0];
        run.scale("web", 0).until(3 * MINUTE);
        in_range("stopping to the end", 9..=15, run.first("the end", is_exit) - status_at(&run, task, TaskStatus::Stopping));
    }
}

#[test]
fn section_12_4_ecs_knows_ten_seconds_later_that_a_fargate_container_has_ended() {
    let mut run = Run::begin(&fargate(1), 3);
    run.until(2 * MINUTE);
    let task = run.tasks("web")[0];
    run.inject(Fault::ContainerExit { target: AppTarget::Task(task), code: 1 }).until(3 * MINUTE);
    let ended_ms = run.first("the end", is_exit);
    in_range("the end to ECS knowing", 10..=10, status_at(&run, task, TaskStatus::Deprovisioning) - ended_ms);
    in_range("the end to STOPPED", 22..=24, status_at(&run, task, TaskStatus::Stopped) - ended_ms);
}

#[test]
fn section_2_3_sigkill_comes_thirty_seconds_after_sigterm() {
    let scenario = format!("{}[apps.web]\nignores_sigterm = true\n", web(1));
    let mut run = Run::begin(&scenario, 4);
    run.until(MINUTE);
    let task = run.tasks("web")[0];
    run.give(Command::StopTask { task, reason: None }).until(2 * MINUTE);
    let killed = run.first("SIGKILL", |kind| matches!(kind, Kind::ContainerKilled { .. }));
    in_range("SIGTERM to SIGKILL", 30..=31, killed - status_at(&run, task, TaskStatus::Stopping));
}

#[test]
fn section_2_6_the_room_of_a_stopping_task_is_free_for_placement_at_once_and_on_the_server_later() {
    let scenario = format!(
        "servers = [{{ type = \"t3.small\", zone = \"us-east-1a\" }}]\n{}{}[apps.web]\nignores_sigterm = true\n",
        definition("web", "").replace("memory = 512", "memory = 1500"),
        service("web", 1, "")
    );
    let mut run = Run::begin(&scenario, 5);
    run.until(MINUTE);
    let old = run.tasks("web")[0];
    run.give(Command::StopTask { task: old, reason: None }).until(3 * MINUTE);
    let new = run.tasks("web")[0];
    let (placed_ms, stopped_ms) = (run.sim.belief().tasks[new].placed_at_ms(), status_at(&run, old, TaskStatus::Stopped));
    assert!(placed_ms + 15 * SECOND < stopped_ms, "placed at {placed_ms}, the old one STOPPED at {stopped_ms}");
    assert!(status_at(&run, new, TaskStatus::Running) > stopped_ms);
    run.first("the queue", |kind| matches!(kind, Kind::TaskQueuedByAgent { task, .. } if *task == new));
}

#[test]
fn section_2_6_when_the_head_of_the_queue_is_stopped_those_behind_it_start() {
    let scenario = format!(
        "servers = [{{ type = \"t3.small\", zone = \"us-east-1a\" }}]\n{}{}{}{}[apps.web]\nignores_sigterm = true\n",
        definition("web", "").replace("memory = 512", "memory = 1200"),
        definition("small", "").replace("memory = 512", "memory = 64"),
        service("web", 1, ""),
        service("small", 0, "")
    );
    let mut run = Run::begin(&scenario, 5);
    run.until(MINUTE);
    let old = run.tasks("web")[0];
    run.give(Command::StopTask { task: old, reason: None }).until(MINUTE + 5 * SECOND);
    run.scale("small", 1).until(MINUTE + 18 * SECOND);
    let (head, behind) = (run.tasks("web")[0], run.tasks("small")[0]);
    assert_eq!(run.sim.truth().hosts[InstanceId(1)].waiting, [head, behind]);
    run.scale("web", 0).until(2 * MINUTE);
    assert!(status_at(&run, behind, TaskStatus::Running) < status_at(&run, old, TaskStatus::Stopped));
}

#[test]
fn section_3_9_a_missing_task_is_replaced_at_the_next_look_of_ten_seconds() {
    for seed in SEEDS {
        let mut run = Run::begin(&web(3), seed);
        run.until(70 * SECOND);
        let placed = run.times(is_placed).len();
        let task = run.tasks("web")[0];
        run.inject(Fault::ContainerExit { target: AppTarget::Task(task), code: 1 }).until(2 * MINUTE);
        let times = run.times(is_placed);
        assert_eq!(times.len(), placed + 1);
        assert!(times[placed] - 70 * SECOND <= 10 * SECOND + 200, "replaced at {}", times[placed]);
    }
}

#[test]
fn section_4_2_a_task_without_checks_counts_after_forty_seconds_of_running() {
    for seed in SEEDS {
        let mut run = Run::begin(&web(2), seed);
        run.until(3 * MINUTE);
        let last = run.tasks("web").into_iter().map(|task| status_at(&run, task, TaskStatus::Running)).max().unwrap();
        in_range("RUNNING to steady state", 40..=51, run.steady()[0] - last);
    }
}

#[test]
fn section_4_2_a_checked_task_counts_as_soon_as_it_is_known_to_be_healthy() {
    let check = ", healthCheck = { command = [\"CMD-SHELL\", \"true\"], interval = 5, timeout = 2, retries = 3 }";
    let scenario = web(2).replace("memory = 512", &format!("memory = 512{check}"));
    for seed in SEEDS {
        let mut run = Run::begin(&scenario, seed);
        run.until(3 * MINUTE);
        let last = run.tasks("web").into_iter().map(|task| status_at(&run, task, TaskStatus::Running)).max().unwrap();
        in_range("RUNNING to steady state", 4..=38, run.steady()[0] - last);
    }
}

#[test]
fn section_6_1_a_hanging_app_is_found_after_three_checks_and_known_with_the_next_telemetry() {
    let check = ", healthCheck = { command = [\"CMD-SHELL\", \"true\"] }";
    let scenario = web(1).replace("memory = 512", &format!("memory = 512{check}"));
    for seed in SEEDS {
        let mut run = Run::begin(&scenario, seed);
        run.until(2 * MINUTE);
        let task = run.tasks("web")[0];
        run.inject(Fault::AppHang { task }).until(6 * MINUTE);
        let unhealthy = |kind: &Kind| matches!(kind, Kind::HealthCheckTurned { health: HealthStatus::Unhealthy, .. });
        let known = |kind: &Kind| matches!(kind, Kind::TaskHealthChanged { health: HealthStatus::Unhealthy, .. });
        let (found_ms, known_ms) = (run.first("UNHEALTHY", unhealthy), run.first("its report", known));
        in_range("hanging to UNHEALTHY", 70..=125, found_ms - 2 * MINUTE);
        in_range("UNHEALTHY to its report", 0..=21, known_ms - found_ms);
        let decided = run.first("the stop", |kind| matches!(kind, Kind::TaskStopDecided { .. }));
        in_range("report to replacement", 0..=10, decided - known_ms);
    }
}

#[test]
fn section_6_1_health_on_fargate_is_reported_too() {
    let check = "{ name = \"web\", image = \"web:1\", healthCheck = { command = [\"CMD-SHELL\", \"true\"] } }";
    let scenario = fargate(1).replace("{ name = \"web\", image = \"web:1\" }", check);
    let mut run = Run::begin(&scenario, 1);
    run.until(3 * MINUTE);
    let task = run.tasks("web")[0];
    assert_eq!(run.sim.belief().tasks[task].health, HealthStatus::Healthy);
    assert_eq!(run.steady().len(), 1);
}

#[test]
fn section_6_3_a_cut_of_half_a_minute_is_noticed_by_nobody() {
    for seed in SEEDS {
        let mut run = Run::begin(&web(3), seed);
        let target = NetworkTarget::Instance(InstanceId(2));
        run.until(2 * MINUTE).inject(Fault::NetworkCut { target, direction: Direction::Both }).until(150 * SECOND);
        let fault = run.sim.faults().active().next().unwrap().0;
        run.give(Command::HealFault { fault }).until(10 * MINUTE);
        assert!(run.times(is_disconnected).is_empty());
        assert!(run.times(|kind| matches!(kind, Kind::AgentGaveUpConnection { .. })).is_empty());
    }
}

#[test]
fn section_6_3_a_silent_agent_is_marked_within_a_few_minutes_and_gives_up_itself_after_one_or_two() {
    for seed in SEEDS {
        let mut run = Run::begin(&web(3), seed);
        let target = NetworkTarget::Instance(InstanceId(2));
        run.until(2 * MINUTE).inject(Fault::NetworkCut { target, direction: Direction::Both }).until(10 * MINUTE);
        let marked_ms = run.first("the disconnection", is_disconnected);
        in_range("cut to disconnected", 65..=180, marked_ms - 2 * MINUTE);
        let gave_up_ms = run.first("giving up", |kind| matches!(kind, Kind::AgentGaveUpConnection { .. }));
        in_range("cut to giving up", 30..=121, gave_up_ms - 2 * MINUTE);
    }
}

#[test]
fn section_6_4_a_silent_server_keeps_its_tasks_and_gets_no_new_ones() {
    let mut run = Run::begin(&web(3), 6);
    let target = NetworkTarget::Instance(InstanceId(2));
    run.until(2 * MINUTE).inject(Fault::NetworkCut { target, direction: Direction::Both }).until(10 * MINUTE);
    let before = run.tasks("web");
    run.scale("web", 9).until(HOUR);
    let on_silent = |task: &TaskId| run.sim.belief().tasks[*task].instance == Some(InstanceId(2));
    assert_eq!(run.tasks("web").iter().filter(|task| on_silent(task)).count(), 1);
    assert!(before.iter().all(|task| run.sim.belief().tasks[*task].last_status == TaskStatus::Running));
    assert_eq!(run.tasks("web").len(), 9);
}

#[test]
fn section_6_4_an_agent_that_is_back_connects_within_its_back_off() {
    for seed in SEEDS {
        let mut run = Run::begin(&web(3), seed);
        let target = NetworkTarget::Instance(InstanceId(2));
        run.until(2 * MINUTE).inject(Fault::NetworkCut { target, direction: Direction::Both }).until(20 * MINUTE);
        let fault = run.sim.faults().active().next().unwrap().0;
        run.give(Command::HealFault { fault }).until(30 * MINUTE);
        let back_ms = run.first("the return", |kind| matches!(kind, Kind::AgentConnected { .. }));
        in_range("healed to connected", 0..=145, back_ms - 20 * MINUTE);
    }
}

#[test]
fn section_16_one_way_through_the_network_takes_a_moment() {
    let mut gaps = Vec::new();
    for seed in SEEDS {
        let mut run = Run::begin(&web(1), seed);
        run.until(2 * MINUTE);
        let started = run.first("the container", |kind| matches!(kind, Kind::ContainerStarted { .. }));
        gaps.push(status_at(&run, run.tasks("web")[0], TaskStatus::Running) - started);
    }
    assert!(gaps.iter().all(|gap_ms| (15..=120).contains(gap_ms)), "{gaps:?}");
}

#[test]
fn section_16_an_instance_registers_a_minute_or_two_after_its_launch() {
    for seed in SEEDS {
        let mut run = Run::begin(&web(1), seed);
        run.until(10 * SECOND).launch("m5.large", "us-east-1b", 1).until(5 * MINUTE);
        let registered = run.times(|kind| matches!(kind, Kind::InstanceRegistered { .. }));
        in_range("boot to registration", 40..=161, registered[3] - 10 * SECOND);
    }
}

#[test]
fn section_3_10_the_throttle_begins_with_the_fourth_failure_and_doubles_up_to_27_minutes() {
    let mut run = Run::begin(&web(1), 8);
    run.inject(Fault::RegistryFailure).until(5 * HOUR);
    let waits: Vec<Millis> = run
        .log
        .iter()
        .filter_map(|observation| match &observation.kind {
            Kind::ServiceThrottled { until_ms, .. } => Some((until_ms - observation.at_ms) / SECOND),
            _ => None,
        })
        .collect();
    assert_eq!(waits[..7], [30, 60, 120, 240, 480, 960, 1620]);
    assert!(waits.len() > 9 && waits[7..].iter().all(|wait| *wait == 1620), "{waits:?}");
    let first_wait = run.first("the throttle", |kind| matches!(kind, Kind::ServiceThrottled { .. }));
    assert_eq!(run.times(is_placed).iter().filter(|at| **at < first_wait).count(), 4);
    let words = "is unable to consistently start tasks successfully";
    assert_eq!(run.said(words), [first_wait]);
    // ecs.md §5: again when it has not resolved in six hours, with the next attempt that fails.
    run.until(13 * HOUR);
    let gaps: Vec<Millis> = run.said(words).windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(gaps.len(), 2, "{gaps:?}");
    assert!(gaps.iter().all(|gap_ms| (6 * HOUR..6 * HOUR + 30 * MINUTE).contains(gap_ms)), "{gaps:?}");
}

#[test]
fn section_3_10_many_tasks_failing_together_make_the_wait_no_longer() {
    let mut run = Run::begin(&web(10), 8);
    run.inject(Fault::RegistryFailure).until(7 * MINUTE);
    let until = run.times(|kind| matches!(kind, Kind::ServiceThrottled { .. }));
    assert_eq!(until.len(), 3, "{until:?}");
}

#[test]
fn section_3_10_a_crash_after_running_is_never_throttled() {
    let scenario = format!("{}[apps.web]\nruns_for = \"5s\"\nexit_code = 1\n", web(2));
    let mut run = Run::begin(&scenario, 9);
    run.until(HOUR);
    assert!(run.times(|kind| matches!(kind, Kind::ServiceThrottled { .. })).is_empty());
    assert!(run.times(is_placed).len() > 300);
}

#[test]
fn section_3_10_an_update_lifts_the_throttle() {
    let mut run = Run::begin(&web(1), 8);
    run.inject(Fault::RegistryFailure).until(HOUR);
    let fault = run.sim.faults().active().next().unwrap().0;
    run.give(Command::HealFault { fault }).scale("web", 2).until(HOUR + 20 * SECOND);
    assert_eq!(run.tasks("web").len(), 2);
}

#[test]
fn section_4_1_a_rollout_never_exceeds_the_maximum_nor_falls_below_the_minimum() {
    // desired, minimum and maximum per cent; fewest running and most starting and running (the table of §4.1).
    for (desired, minimum, maximum, fewest, most) in [
        (4, 100, 200, 4, 8),
        (4, 50, 100, 2, 4),
        (1, 100, 200, 1, 2),
        (1, 0, 100, 0, 1),
        (10, 50, 150, 5, 15),
        (3, 100, 125, 3, 3),
    ] {
        let rest = format!("minimum_healthy_percent = {minimum}\nmaximum_percent = {maximum}");
        let scenario = web_and_next(desired, "", &rest);
        let mut run = Run::begin(&scenario, 10);
        run.until(2 * MINUTE);
        let mut update = ecs_playground::sim::command::UpdateService { service: "web".into(), ..Default::default() };
        update.task_definition = Some("next".into());
        run.give(Command::UpdateService(update));
        let (mut least, mut greatest) = (u32::MAX, 0);
        while run.sim.advance_one(15 * MINUTE, &mut run.log).is_some() {
            let belief = run.sim.belief();
            let running = belief.tasks.iter().filter(|(_, task)| task.is_wanted() && task.is_running()).count() as u32;
            (least, greatest) = (least.min(running), greatest.max(belief.services[run.service("web")].tasks.len() as u32));
        }
        assert_eq!((least, greatest), (fewest, most), "desired {desired}, {minimum} to {maximum} per cent");
        let done = run.said("deployment completed").len() == 2;
        assert_eq!(done, most > fewest, "desired {desired}, {minimum} to {maximum} per cent");
        assert_eq!(run.said("was unable to stop or start tasks").len(), usize::from(most == fewest));
    }
}

#[test]
fn section_5_identical_events_are_said_once() {
    let scenario = web(1).replace("memory = 512", "memory = 100000");
    let mut run = Run::begin(&scenario, 1);
    run.until(2 * HOUR);
    assert_eq!(run.said("was unable to place a task").len(), 1);
}

#[test]
fn section_7_6_a_drained_instance_keeps_its_tasks_until_the_replacements_are_healthy() {
    let mut run = Run::begin(&web(3), 11);
    run.until(2 * MINUTE);
    let status = ecs_playground::sim::command::InstanceStatusRequest::Draining;
    run.give(Command::UpdateContainerInstancesState { instance: InstanceId(1), status }).until(6 * MINUTE);
    let stopped = run.first("the stop", |kind| matches!(kind, Kind::TaskStopDecided { .. }));
    let replacement = *run.tasks("web").last().unwrap();
    assert!(stopped >= status_at(&run, replacement, TaskStatus::Running) + 40 * SECOND);
    assert!(run.tasks("web").iter().all(|task| run.sim.belief().tasks[*task].instance != Some(InstanceId(1))));
}

#[test]
fn section_8_4_spot_on_fargate_asks_at_once_and_spot_on_ec2_gives_two_minutes() {
    let scenario = web(2).replace("count = 3", "count = 3, spot = true");
    let mut run = Run::begin(&scenario, 12);
    run.until(MINUTE).inject(Fault::SpotInterruption { instance: InstanceId(1) }).until(5 * MINUTE);
    let gone = run.first("the end", |kind| matches!(kind, Kind::InstanceTerminated { .. }));
    assert_eq!(gone, 3 * MINUTE);
    let ended = run.times(|kind| matches!(kind, Kind::ContainerExited { .. }));
    assert!(ended.is_empty(), "nothing asks the containers of a server: {ended:?}");

    let mut run = Run::begin(&fargate(1).replace("\"FARGATE\"\n", "\"FARGATE_SPOT\"\n"), 12);
    run.until(2 * MINUTE);
    let task = run.tasks("web")[0];
    run.inject(Fault::FargateSpotInterruption { task }).until(5 * MINUTE);
    in_range("the notice to STOPPING", 0..=1, status_at(&run, task, TaskStatus::Stopping) - 2 * MINUTE);
    in_range("the notice to the end", 0..=4, run.first("the end", is_exit) - 2 * MINUTE);
}
