//! The life of a task (ecs.md §2.1–2.6).

use std::collections::BTreeSet;

use ecs_playground::import::task_definition::task_definition_from_json;
use ecs_playground::sim::command::balancing::ServiceConnectConfiguration;
use ecs_playground::sim::command::{Command, UpdateService};
use ecs_playground::sim::data_plane::task_truth::Phase;
use ecs_playground::sim::fault::{AppTarget, Fault};
use ecs_playground::sim::ids::TaskId;
use ecs_playground::sim::model::start_error::StartError;
use ecs_playground::sim::model::task::{DesiredStatus, TaskStatus};
use ecs_playground::sim::observation::{Kind, ServiceEvent};
use ecs_playground::sim::time::{HOUR, MINUTE, Millis, SECOND};

use crate::common::chaos::Chaos;
use crate::common::scenario::{Run, SERVERS, definition, service, update, web};
use crate::lives::{
    Kept, PROVIDER, cluster, container_end, entered, exited, failing, first_task, known, path, scaled_in, spent, stop, stopped,
};

#[test]
fn section_2_1_each_kind_of_task_goes_through_its_own_states() {
    let life = |scenario: &str| {
        let (run, task) = scaled_in(scenario);
        path(&run, task)
    };
    assert_eq!(life(&cluster(Kept::Bridge, false)), "PENDING RUNNING STOPPING STOPPED");
    assert_eq!(life(&cluster(Kept::Bridge, true)), "PENDING ACTIVATING RUNNING DEACTIVATING STOPPING STOPPED");
    assert_eq!(life(&cluster(Kept::Awsvpc, false)), "PROVISIONING PENDING RUNNING STOPPING DEPROVISIONING STOPPED");
    assert_eq!(
        life(&cluster(Kept::Awsvpc, true)),
        "PROVISIONING PENDING ACTIVATING RUNNING DEACTIVATING STOPPING DEPROVISIONING STOPPED"
    );
    assert_eq!(life(&cluster(Kept::Fargate, false)), "PROVISIONING PENDING ACTIVATING RUNNING STOPPING DEPROVISIONING STOPPED");
    assert_eq!(
        life(&cluster(Kept::Fargate, true)),
        "PROVISIONING PENDING ACTIVATING RUNNING DEACTIVATING STOPPING DEPROVISIONING STOPPED"
    );
    let strategy = "capacity_provider_strategy = [{ capacity_provider = \"web-cp\", weight = 1 }]";
    let waits = format!("{}{PROVIDER}{}", definition("web", ""), service("web", 1, strategy));
    assert_eq!(life(&waits), "PROVISIONING PENDING RUNNING STOPPING STOPPED");
}

/// The service of `scenario` is found by name.
fn by_name(scenario: &str, how: &str) -> String {
    let memory = scenario.replace("networkMode = \"bridge\"", "networkMode = \"bridge\"\nmemory = \"512\"");
    memory.replace("desired_count = 1", &format!("desired_count = 1\n{how}"))
}

const CONNECT: &str = "service_connect_configuration = { enabled = true, namespace = \"shop\" }";
const REGISTRY: &str = "service_registries = [{ dns_record_type = \"A\" }]";

#[test]
fn section_2_1_tasks_that_are_found_by_name_are_activating_and_deactivating() {
    let life = |scenario: &str| {
        let (run, task) = scaled_in(scenario);
        path(&run, task)
    };
    let bridge = "PENDING ACTIVATING RUNNING DEACTIVATING STOPPING STOPPED";
    assert_eq!(life(&by_name(&cluster(Kept::Bridge, false), CONNECT)), bridge);
    assert_eq!(life(&by_name(&cluster(Kept::Bridge, true), CONNECT)), bridge);
    let awsvpc = "PROVISIONING PENDING ACTIVATING RUNNING DEACTIVATING STOPPING DEPROVISIONING STOPPED";
    assert_eq!(life(&by_name(&cluster(Kept::Awsvpc, false), REGISTRY)), awsvpc);
    assert_eq!(life(&by_name(&cluster(Kept::Fargate, false), REGISTRY)), awsvpc);
    assert_eq!(life(&by_name(&cluster(Kept::Fargate, false), CONNECT)), awsvpc);
}

#[test]
fn section_2_1_and_2_4_a_task_with_service_connect_alone_is_deactivating_at_once_and_serves_on() {
    let (mut run, task) = first_task(&by_name(&cluster(Kept::Bridge, false), CONNECT));
    let asked_ms = run.sim.now_ms();
    run.give(stop(task, None));
    assert_eq!(known(&run, task).last_status, TaskStatus::Deactivating);
    run.until(asked_ms + 4 * SECOND);
    assert_eq!(run.sim.truth().tasks.get(task).map(|truth| truth.phase), Some(Phase::Running));
    run.until(asked_ms + 6 * SECOND);
    assert_eq!(entered(&run, task, TaskStatus::Stopping), asked_ms + 5 * SECOND);
}

/// Tasks from before are not found by the name, and end as they always did.
#[test]
fn section_2_1_a_task_from_before_the_name_ends_without_deactivating() {
    let (mut run, old) = first_task(&by_name(&cluster(Kept::Bridge, false), ""));
    let joins = ServiceConnectConfiguration { enabled: true, namespace: "shop".to_string(), services: Vec::new() };
    run.give(Command::UpdateService(UpdateService { service_connect_configuration: Some(Box::new(joins)), ..update("web") }))
        .until(6 * MINUTE);
    assert_eq!(path(&run, old), "PENDING RUNNING STOPPING STOPPED");
    let new = run.tasks("web")[0];
    run.scale("web", 0).until(8 * MINUTE);
    assert_eq!(path(&run, new), "PENDING ACTIVATING RUNNING DEACTIVATING STOPPING STOPPED");
}

#[test]
fn section_2_1_a_task_that_fails_before_running_is_only_deprovisioned() {
    let life = |kept| {
        let (run, task) = failing(&cluster(kept, false), StartError::ImageNotFound);
        assert_eq!(stopped(&run, task).0, "TaskFailedToStart");
        path(&run, task)
    };
    assert_eq!(life(Kept::Bridge), "PENDING STOPPED");
    assert_eq!(life(Kept::Awsvpc), "PROVISIONING PENDING DEPROVISIONING STOPPED");
    assert_eq!(life(Kept::Fargate), "PROVISIONING PENDING ACTIVATING DEPROVISIONING STOPPED");
}

#[test]
fn section_2_1_a_task_whose_essential_container_exits_is_not_stopping() {
    let life = |kept, balanced| {
        let (run, task) = exited(&cluster(kept, balanced), 1);
        assert_eq!(stopped(&run, task).0, "EssentialContainerExited");
        path(&run, task)
    };
    assert_eq!(life(Kept::Bridge, false), "PENDING RUNNING STOPPED");
    assert_eq!(life(Kept::Bridge, true), "PENDING ACTIVATING RUNNING STOPPED");
    assert_eq!(life(Kept::Awsvpc, false), "PROVISIONING PENDING RUNNING DEPROVISIONING STOPPED");
    assert_eq!(life(Kept::Fargate, false), "PROVISIONING PENDING ACTIVATING RUNNING DEPROVISIONING STOPPED");
}

#[test]
fn section_2_1_a_stopped_task_can_be_described_for_an_hour() {
    let (mut run, task) = scaled_in(&web(1));
    let stopped_ms = entered(&run, task, TaskStatus::Stopped);
    assert_eq!(known(&run, task).desired_status, DesiredStatus::Stopped);
    run.until(stopped_ms + HOUR - SECOND);
    assert!(run.sim.belief().tasks.get(task).is_some());
    run.until(stopped_ms + HOUR + MINUTE);
    assert!(run.sim.belief().tasks.get(task).is_none());
}

#[test]
fn section_2_1_behind_two_target_groups_a_task_waits_for_the_slower_one() {
    let other = "[[setup]]\ncommand = \"CreateTargetGroup\"\nrequest = { name = \"other\", deregistration_delay_timeout_seconds = 120 }\n[[services]]";
    let two = "load_balancers = [{ target_group = \"other\", container_name = \"web\", container_port = 80 }, ";
    let scenario = cluster(Kept::Bridge, true).replace("[[services]]", other).replace("load_balancers = [", two);
    let (run, task) = scaled_in(&scenario);
    let deactivating_ms = spent(&run, task, TaskStatus::Deactivating);
    assert!((120 * SECOND..140 * SECOND).contains(&deactivating_ms), "20 s and 120 s: {deactivating_ms}");
}

/// The graph of ecs.md §2.1. A state may be skipped where its kind of task does not show it, or by an end that comes early.
fn is_in_the_graph(from: TaskStatus, to: TaskStatus) -> bool {
    use TaskStatus::{Activating, Deactivating, Deprovisioning, Pending, Provisioning, Running, Stopped, Stopping};
    let ends = [Deactivating, Stopping, Deprovisioning, Stopped];
    match from {
        Provisioning => to == Pending || ends[1..].contains(&to),
        Pending => [Activating, Running].contains(&to) || ends[1..].contains(&to),
        Activating => to == Running || ends.contains(&to),
        Running => ends.contains(&to),
        Deactivating => ends[1..].contains(&to),
        Stopping => ends[2..].contains(&to),
        Deprovisioning => to == Stopped,
        Stopped => false,
    }
}

#[test]
fn section_2_1_whatever_happens_no_task_leaves_the_graph() {
    let mut seen = BTreeSet::new();
    for seed in 0..30 {
        let mut chaos = Chaos::new(seed, u64::MAX);
        let mut log = Vec::new();
        let mut sim = chaos.begin(&mut log);
        for _ in 0..60 {
            let until_ms = sim.now_ms() + chaos.gap_ms();
            sim.advance_to(until_ms, &mut log);
            let command = chaos.command(&sim);
            let _ = sim.apply(&command, &mut log);
        }
        for observation in &log {
            if let Kind::TaskStatusChanged { from, to, .. } = observation.kind {
                assert!(is_in_the_graph(from, to), "seed {seed}: {} to {}", from.name(), to.name());
                seen.insert((from, to));
            }
        }
    }
    use TaskStatus::{Activating, Deactivating, Deprovisioning, Pending, Provisioning, Running, Stopped, Stopping};
    let walked = [
        (Provisioning, Pending),
        (Pending, Activating),
        (Pending, Running),
        (Activating, Running),
        (Running, Deactivating),
        (Running, Stopping),
        (Running, Deprovisioning),
        (Running, Stopped),
        (Deactivating, Stopping),
        (Stopping, Deprovisioning),
        (Stopping, Stopped),
        (Deprovisioning, Stopped),
        (Pending, Deprovisioning),
        (Pending, Stopped),
    ];
    let missing: Vec<_> = walked.iter().filter(|step| !seen.contains(*step)).collect();
    assert!(missing.is_empty(), "never walked: {missing:?}");
}

/// Two containers; the image of the second is large.
fn pair(rest_of_second: &str) -> String {
    format!(
        "{SERVERS}[images.\"big:1\"]\nsize_mib = 2000\n[[task_definitions]]\nfamily = \"web\"\nnetworkMode = \"bridge\"\ncontainerDefinitions = [{{ name = \"web\", image = \"web:1\", cpu = 64, memory = 64 }}, {{ name = \"second\", image = \"big:1\", cpu = 64, memory = 64{rest_of_second} }}]\n{}",
        service("web", 1, "")
    )
}

fn container_started(run: &Run, name: &str) -> Millis {
    run.first(name, |kind| matches!(kind, Kind::ContainerStarted { container, .. } if &**container == name))
}

fn container_ended(run: &Run, name: &str) -> Millis {
    run.first(name, |kind| matches!(kind, Kind::ContainerExited { container, .. } if &**container == name))
}

#[test]
fn section_2_2_on_a_server_everything_before_running_shows_as_pending() {
    let mut run = Run::begin(&pair(""), 4);
    while run.times(|kind| matches!(kind, Kind::ImagePullStarted { .. })).len() < 2 {
        run.sim.advance_one(MINUTE, &mut run.log).expect("it is pulled");
    }
    let task = run.tasks("web")[0];
    assert_eq!(known(&run, task).last_status, TaskStatus::Pending, "pulling");
    run.until(30 * SECOND);
    assert!(container_started(&run, "web") < 30 * SECOND, "one of two runs");
    assert_eq!(known(&run, task).last_status, TaskStatus::Pending, "the least advanced container counts");
    run.until(5 * MINUTE);
    assert!(entered(&run, task, TaskStatus::Running) >= container_started(&run, "second"));
    assert_eq!(path(&run, task), "PENDING RUNNING");
}

#[test]
fn section_2_2_an_essential_container_takes_the_others_along() {
    let mut run = Run::begin(&pair(""), 4);
    run.until(5 * MINUTE);
    let task = run.tasks("web")[0];
    run.inject(Fault::ContainerExit { target: AppTarget::Task(task), code: 0 }).until(7 * MINUTE);
    let ended = run.times(|kind| matches!(kind, Kind::ContainerExited { task: of, .. } if *of == task));
    assert_eq!(ended.len(), 2);
    assert_eq!(stopped(&run, task), ("EssentialContainerExited", "Essential container in task exited".to_string()));
}

/// `app` waits for `db` (HEALTHY), `migrate` (SUCCESS) and `seed` (COMPLETE); these wait for `db` (START).
pub fn ordered(rest_of_db: &str) -> String {
    format!(
        "{SERVERS}[[task_definitions]]\nfamily = \"web\"\nnetworkMode = \"bridge\"\ncontainerDefinitions = [\n\
         {{ name = \"app\", image = \"app:1\", cpu = 64, memory = 64, dependsOn = [{{ containerName = \"db\", condition = \"HEALTHY\" }}, {{ containerName = \"migrate\", condition = \"SUCCESS\" }}, {{ containerName = \"seed\", condition = \"COMPLETE\" }}] }},\n\
         {{ name = \"migrate\", image = \"migrate:1\", cpu = 64, memory = 64, essential = false, dependsOn = [{{ containerName = \"db\", condition = \"START\" }}] }},\n\
         {{ name = \"seed\", image = \"seed:1\", cpu = 64, memory = 64, essential = false, dependsOn = [{{ containerName = \"db\", condition = \"START\" }}] }},\n\
         {{ name = \"db\", image = \"db:1\", cpu = 64, memory = 64, healthCheck = {{ command = [\"CMD-SHELL\", \"true\"], interval = 5, timeout = 2, retries = 3 }}{rest_of_db} }}]\n{}",
        service("web", 1, "")
    )
}

#[test]
fn section_2_2_depends_on_orders_the_start_and_the_end_the_other_way_round() {
    let mut run = Run::begin(&ordered(""), 4);
    run.until(2 * MINUTE);
    let task = run.tasks("web")[0];
    let (db, migrate, seed, app) = (
        container_started(&run, "db"),
        container_started(&run, "migrate"),
        container_started(&run, "seed"),
        container_started(&run, "app"),
    );
    let healthy = run.first("HEALTHY", |kind| matches!(kind, Kind::HealthCheckTurned { .. }));
    assert!(db < migrate && db < seed, "START");
    assert!(app > container_ended(&run, "migrate") && app > container_ended(&run, "seed"), "SUCCESS and COMPLETE");
    assert!(app > healthy, "HEALTHY");
    assert_eq!(known(&run, task).last_status, TaskStatus::Running, "containers that are not essential may end");
    run.give(stop(task, None)).until(4 * MINUTE);
    assert!(container_ended(&run, "app") <= container_ended(&run, "db"), "what others need ends last");
    assert!(container_ended(&run, "db") - container_ended(&run, "app") >= 300, "and is asked to only then");
}

#[test]
fn section_2_2_success_fails_by_the_exit_code_and_complete_does_not() {
    let failing = format!("{}[apps.web]\nawaited_exit_code = 3\n", ordered(""));
    let mut run = Run::begin(&failing, 4);
    run.until(MINUTE);
    let task = TaskId(1);
    assert_eq!(stopped(&run, task), ("TaskFailedToStart", "Task failed to start".to_string()));
    let exits = &known(&run, task).exits;
    let of = |name: &str| exits.iter().find(|exit| &*exit.container == name).expect("it is told");
    assert_eq!(of("migrate").exit_code, Some(3));
    assert_eq!(of("app").exit_code, None, "it has never run");
    assert!(of("app").reason.as_ref().is_some_and(|reason| reason.starts_with("TaskDependencyError: ")));

    let mut run = Run::begin(&failing.replace("SUCCESS", "COMPLETE"), 4);
    run.until(MINUTE);
    assert_eq!(run.tasks("web"), [task]);
    assert_eq!(known(&run, task).last_status, TaskStatus::Running);
    assert!(container_started(&run, "app") > container_ended(&run, "migrate"));
}

#[test]
fn section_2_2_the_start_timeout_of_a_dependency_bounds_the_wait() {
    let mut run = Run::begin(&ordered(", startTimeout = 20").replace("desired_count = 1", "desired_count = 0"), 4);
    run.inject(Fault::StartFailure { family: "web".to_string(), error: StartError::HealthCheckCommandMissing });
    run.scale("web", 1).until(3 * MINUTE);
    let task = TaskId(1);
    let gave_up = entered(&run, task, TaskStatus::Stopped) - container_started(&run, "db");
    assert!((20 * SECOND..30 * SECOND).contains(&gave_up), "{gave_up}");
    assert_eq!(stopped(&run, task), ("TaskFailedToStart", "Task failed to start".to_string()));
    let reasons: Vec<_> = known(&run, task).exits.iter().filter_map(|exit| exit.reason.as_deref()).collect();
    assert!(reasons.iter().any(|reason| reason.starts_with("TaskDependencyError: ")), "{reasons:?}");
}

#[test]
fn section_2_3_the_stop_timeout_of_a_container_wins() {
    let deaf = "[apps.web]\nignores_sigterm = true\n";
    for (rest, seconds) in [("", 30), (", stopTimeout = 5", 5), (", stopTimeout = 90", 90)] {
        let (mut run, task) = first_task(&format!("{}{deaf}", web(1).replace("memory = 512", &format!("memory = 512{rest}"))));
        run.give(stop(task, None)).until(6 * MINUTE);
        let stopping_ms = spent(&run, task, TaskStatus::Stopping);
        assert!((seconds * SECOND..seconds * SECOND + SECOND).contains(&stopping_ms), "{rest}: {stopping_ms}");
        assert_eq!(container_end(&run, task).0, Some(137));
    }
    let on_fargate = |seconds| {
        task_definition_from_json(
            &format!(
                "{{\"family\":\"web\",\"networkMode\":\"awsvpc\",\"requiresCompatibilities\":[\"FARGATE\"],\"cpu\":\"256\",\"memory\":\"512\",\"containerDefinitions\":[{{\"name\":\"web\",\"image\":\"web:1\",\"stopTimeout\":{seconds}}}]}}"
            ),
            1,
        )
    };
    assert!(on_fargate(120).is_ok());
    let refused = on_fargate(121).unwrap_err();
    assert!(refused[0].to_string().contains("must have a container stop timeout of less than 120 seconds"), "{}", refused[0]);
}

#[test]
fn section_2_3_creating_may_take_four_minutes_and_starting_three() {
    for (error, minutes, text) in [
        (StartError::CreateTimeout, 4, "DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s"),
        (StartError::StartTimeout, 3, "DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s"),
    ] {
        let (run, task) = failing(&web(1), error);
        let pulled = run.first("the pull", |kind| matches!(kind, Kind::ImagePullFinished { task: of, .. } if *of == task));
        let took_ms = entered(&run, task, TaskStatus::Stopped) - pulled;
        assert!((minutes * MINUTE..minutes * MINUTE + 3 * SECOND).contains(&took_ms), "{took_ms}");
        assert_eq!(container_end(&run, task).1, text);
    }
}

#[test]
fn section_2_3_a_pull_is_tried_five_times_with_waits_that_double_to_five_seconds() {
    for kept in [Kept::Bridge, Kept::Fargate] {
        let (run, task) = failing(&cluster(kept, false), StartError::ImageNotFound);
        let tried = run.times(|kind| matches!(kind, Kind::ImagePullFailed { task: of, .. } if *of == task));
        let waits: Vec<Millis> = tried.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(waits, [1_100, 2_200, 4_400, 5_000]);
    }
}

#[test]
fn section_2_4_events_of_a_stop_come_ten_seconds_apart_and_sigterm_after_the_drain() {
    let (mut run, task) = first_task(&cluster(Kept::Bridge, true));
    run.scale("web", 0).until(6 * MINUTE);
    let one = |what: &str| {
        let said = run.said(what);
        assert_eq!(said.len(), 1, "{what}");
        said[0]
    };
    let (stopped_ms, draining_ms, deregistered_ms) =
        (one("has stopped 1 running tasks"), one("has begun draining connections on 1 tasks"), one("deregistered 1 targets"));
    assert!((9 * SECOND..=11 * SECOND).contains(&(draining_ms - stopped_ms)), "{stopped_ms} {draining_ms}");
    assert!((9 * SECOND..=11 * SECOND).contains(&(deregistered_ms - draining_ms)), "{draining_ms} {deregistered_ms}");
    assert_eq!(entered(&run, task, TaskStatus::Deactivating), stopped_ms, "the event marks the decision");
    // The deregistration delay of this target group is 20 s, and the deregistration comes with the next look.
    let drained_ms = spent(&run, task, TaskStatus::Deactivating);
    assert!((20 * SECOND..=40 * SECOND).contains(&drained_ms), "{drained_ms}");
    let exited_ms = run.first("the exit", |kind| matches!(kind, Kind::ContainerExited { .. }));
    assert!(exited_ms > entered(&run, task, TaskStatus::Stopping));
    assert_eq!(container_end(&run, task).0, Some(143), "it handles SIGTERM");
}

#[test]
fn section_2_4_the_decision_fixes_code_and_reason() {
    let (mut run, task) = first_task(&format!("{}[apps.web]\nignores_sigterm = true\n", web(1)));
    run.give(stop(task, Some("maintenance window"))).until(3 * MINUTE + SECOND);
    assert_eq!(known(&run, task).last_status, TaskStatus::Stopping);
    run.give(stop(task, Some("another reason"))).scale("web", 0).until(6 * MINUTE);
    assert_eq!(stopped(&run, task), ("UserInitiated", "maintenance window".to_string()));
}

#[test]
fn section_2_5_an_exit_is_known_at_once_and_an_interface_takes_twelve_seconds_to_go() {
    let took = |kept| {
        let (run, task) = exited(&cluster(kept, false), 0);
        let exited_ms = run.first("the exit", |kind| matches!(kind, Kind::ContainerExited { .. }));
        entered(&run, task, TaskStatus::Stopped) - exited_ms
    };
    assert!(took(Kept::Bridge) < SECOND);
    assert!((11 * SECOND..=15 * SECOND).contains(&took(Kept::Awsvpc)));
    assert!((22 * SECOND..=37 * SECOND).contains(&took(Kept::Fargate)));
}

#[test]
fn section_2_5_a_large_image_and_a_start_order_make_a_minute_of_it() {
    let total = |scenario: &str| {
        let (run, task) = first_task(scenario);
        let begun = known(&run, task).placed_at_ms();
        entered(&run, task, TaskStatus::Running) - begun
    };
    let large = format!("{}[images.\"web:1\"]\nsize_mib = 500\n", cluster(Kept::Fargate, false));
    let length_ms = total(&large);
    assert!((57 * SECOND..=102 * SECOND).contains(&length_ms), "{length_ms}");
    let sidecar = "[{ name = \"proxy\", image = \"proxy:1\" }, { name = \"web\", image = \"web:1\", dependsOn = [{ containerName = \"proxy\", condition = \"START\" }] }]";
    let start = cluster(Kept::Fargate, false);
    let (before, after) = start.split_once("containerDefinitions = ").unwrap();
    let with_sidecar = format!("{before}containerDefinitions = {sidecar}\n{}", after.split_once('\n').unwrap().1);
    let length_ms = total(&with_sidecar);
    assert!((30 * SECOND..=102 * SECOND).contains(&length_ms), "{length_ms}");
}

#[test]
fn section_2_6_a_task_on_fargate_never_waits_in_a_queue() {
    let (mut run, task) = first_task(&format!("{}[apps.web]\nignores_sigterm = true\n", cluster(Kept::Fargate, false)));
    run.give(stop(task, None)).until(6 * MINUTE);
    assert!(run.times(|kind| matches!(kind, Kind::TaskQueuedByAgent { .. })).is_empty());
    assert_eq!(known(&run, run.tasks("web")[0]).last_status, TaskStatus::Running);
    let started = run
        .times(|kind| matches!(kind, Kind::ServiceEvent { event, .. } if matches!(**event, ServiceEvent::StartedTasks { .. })));
    assert_eq!(started.len(), 2);
}
