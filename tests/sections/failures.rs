//! Restarts in place, and the words of every end (ecs.md §2.7–2.9).

use ecs_playground::import::task_definition::task_definition_from_json;
use ecs_playground::sim::command::Command;
use ecs_playground::sim::command::capacity::CapacityCommand;
use ecs_playground::sim::command::platform::{AwsvpcConfiguration, NetworkConfiguration};
use ecs_playground::sim::data_plane::host::Power;
use ecs_playground::sim::fault::{AppTarget, Fault};
use ecs_playground::sim::ids::{FaultId, InstanceId, TaskId};
use ecs_playground::sim::model::start_error::StartError;
use ecs_playground::sim::model::task::TaskStatus;
use ecs_playground::sim::observation::Kind;
use ecs_playground::sim::observation::capacity::CapacityFact;
use ecs_playground::sim::time::{HOUR, MINUTE, Millis, SECOND};

use crate::common::scenario::{Run, deploy, is_placed, update, web};
use crate::lives::{Kept, cluster, container_end, exited, failing, first_task, known, path, scaled_in, stop, stopped};
use crate::refused;

fn with_policy(policy: &str) -> String {
    web(1).replace("memory = 512", &format!("memory = 512, restartPolicy = {{ enabled = true{policy} }}"))
}

fn exit(run: &mut Run, task: TaskId, code: i32) {
    run.inject(Fault::ContainerExit { target: AppTarget::Task(task), code });
}

#[test]
fn section_2_7_a_container_that_has_run_for_its_period_is_started_again_in_place() {
    for (policy, seconds) in [(", restartAttemptPeriod = 60", 60), ("", 300)] {
        let mut run = Run::begin(&with_policy(policy), 4);
        run.until(MINUTE);
        let task = run.tasks("web")[0];
        let started = run.first("the start", |kind| matches!(kind, Kind::ContainerStarted { .. }));
        run.until(started + seconds * SECOND);
        exit(&mut run, task, 1);
        run.until(started + seconds * SECOND + 30 * SECOND);
        assert_eq!(path(&run, task), "PENDING RUNNING", "the task does not notice");
        let starts = run.times(|kind| matches!(kind, Kind::ContainerStarted { .. }));
        assert_eq!(starts.len(), 2, "the same container");
        run.until(starts[1] + seconds * SECOND - SECOND);
        exit(&mut run, task, 1);
        run.until(starts[1] + seconds * SECOND + MINUTE);
        assert_eq!(stopped(&run, task).0, "EssentialContainerExited", "one restart a period");
    }
}

#[test]
fn section_2_7_ignored_codes_and_stops_are_not_restarted() {
    let mut run = Run::begin(&with_policy(", restartAttemptPeriod = 60, ignoredExitCodes = [0, 3]"), 4);
    run.until(5 * MINUTE);
    let first = run.tasks("web")[0];
    exit(&mut run, first, 3);
    run.until(10 * MINUTE);
    assert_eq!(stopped(&run, first).0, "EssentialContainerExited");
    let second = run.tasks("web")[0];
    run.give(stop(second, None)).until(12 * MINUTE);
    assert_eq!(path(&run, second), "PENDING RUNNING STOPPING STOPPED");
    let restarts = run.times(|kind| matches!(kind, Kind::ContainerStarted { task, .. } if *task == second));
    assert_eq!(restarts.len(), 1);
}

#[test]
fn section_2_7_the_bounds_of_a_policy() {
    let with = |policy: &str| {
        task_definition_from_json(
            &format!("{{\"family\":\"web\",\"containerDefinitions\":[{{\"name\":\"web\",\"image\":\"web:1\",\"memory\":64,\"restartPolicy\":{{\"enabled\":true,{policy}}}}}]}}"),
            1,
        )
        .is_ok()
    };
    for (seconds, accepted) in [(59, false), (60, true), (1_800, true), (1_801, false)] {
        assert_eq!(with(&format!("\"restartAttemptPeriod\":{seconds}")), accepted, "{seconds}");
    }
    let codes = |count: usize| format!("\"ignoredExitCodes\":{:?}", (0..count).collect::<Vec<_>>());
    assert!(with(&codes(50)) && !with(&codes(51)));
}

#[test]
fn section_2_8_essential_container_exited_whatever_its_code() {
    for code in [0, 1, 139] {
        let (run, task) = exited(&web(1), code);
        assert_eq!(stopped(&run, task), ("EssentialContainerExited", "Essential container in task exited".to_string()));
    }
}

#[test]
fn section_2_8_the_scheduler_says_why_it_stops_a_task() {
    let (run, task) = scaled_in(&web(1));
    let deployment = run.sim.belief().services[run.service("web")].deployment.ecs_svc();
    let scaling = format!("Scaling activity initiated by (deployment {deployment})");
    assert_eq!(stopped(&run, task), ("ServiceSchedulerInitiated", scaling));

    let check = "memory = 512, healthCheck = { command = [\"CMD-SHELL\", \"true\"], interval = 5, timeout = 2, retries = 2 }";
    let (mut run, task) = first_task(&web(1).replace("memory = 512", check));
    run.inject(Fault::AppHang { task }).until(6 * MINUTE);
    assert_eq!(stopped(&run, task), ("ServiceSchedulerInitiated", "Task failed container health checks".to_string()));

    let (mut run, task) = first_task(&cluster(Kept::Bridge, true));
    run.inject(Fault::AppHang { task }).until(10 * MINUTE);
    let arn = run.sim.neighbours().balancer.groups.iter().next().expect("the target group").1.arn.clone();
    let failed = format!("Task failed ELB health checks in (target-group {arn})");
    assert_eq!(stopped(&run, task), ("ServiceSchedulerInitiated", failed));
    assert!(arn.starts_with("arn:aws:elasticloadbalancing:"));
}

#[test]
fn section_2_8_rebalancing_has_words_of_its_own() {
    let run = super::services::rebalanced();
    let deployment = run.sim.belief().services[run.service("web")].deployment.ecs_svc();
    let reason = format!("Availability-zone rebalancing initiated by (deployment {deployment})");
    let moved = run.times(|kind| matches!(kind, Kind::TaskStopped { reason: of, .. } if **of == *reason));
    assert!(!moved.is_empty());
}

#[test]
fn section_2_8_stop_task_gives_the_callers_reason_or_a_usual_one() {
    for (asked, said) in [(None, "Task stopped by user"), (Some("rolling the kernel"), "rolling the kernel")] {
        let (mut run, task) = first_task(&web(1));
        run.give(stop(task, asked)).until(5 * MINUTE);
        assert_eq!(stopped(&run, task), ("UserInitiated", said.to_string()));
    }
}

#[test]
fn section_2_8_a_start_that_fails_says_so_on_a_server_and_what_failed_on_fargate() {
    let (run, task) = failing(&cluster(Kept::Bridge, false), StartError::LogGroupMissing);
    assert_eq!(stopped(&run, task), ("TaskFailedToStart", "Task failed to start".to_string()));
    let (run, task) = failing(&cluster(Kept::Fargate, false), StartError::EcrUnreachable);
    let (code, reason) = stopped(&run, task);
    assert_eq!(code, "TaskFailedToStart");
    assert!(reason.starts_with("ResourceInitializationError: "), "{reason}");
}

#[test]
fn section_2_8_a_network_interface_that_does_not_come_in_time() {
    let (run, task) = failing(&cluster(Kept::Fargate, false), StartError::InterfaceTimeout);
    let reason = "Timeout waiting for network interface provisioning to complete.".to_string();
    assert_eq!(stopped(&run, task), ("TaskFailedToStart", reason));
    assert_eq!(path(&run, task), "PROVISIONING DEPROVISIONING STOPPED");
    let placed = run.first("its placement", |kind| matches!(kind, Kind::TaskPlaced { task: of, .. } if *of == task));
    let gone = run.first("its end", |kind| matches!(kind, Kind::TaskStopped { task: of, .. } if *of == task));
    assert!((3 * MINUTE..4 * MINUTE).contains(&(gone - placed)), "{}", gone - placed);
    let last = run.last("its end", |kind| matches!(kind, Kind::TaskStopped { .. }));
    assert!(run.chain(last).iter().any(|kind| matches!(kind, Kind::FaultInjected { .. })), "caused by the fault");
    // On a server, and once the fault is healed, it does come.
    let (run, task) = failing(&cluster(Kept::Bridge, false), StartError::InterfaceTimeout);
    assert_eq!(known(&run, task).last_status, TaskStatus::Running);
    let (mut run, _) = failing(&cluster(Kept::Fargate, false), StartError::InterfaceTimeout);
    let fault = run.sim.faults().active().next().expect("the fault").0;
    run.give(Command::HealFault { fault }).until(40 * MINUTE);
    assert_eq!(known(&run, run.tasks("web")[0]).last_status, TaskStatus::Running);
}

#[test]
fn section_2_8_no_address_for_the_network_interface() {
    let subnet = "subnets = [{ subnet_id = \"tiny\", availability_zone = \"us-east-1a\", cidr_block = \"10.0.1.0/28\" }]\n";
    let network = NetworkConfiguration {
        awsvpc_configuration: AwsvpcConfiguration { subnets: vec!["tiny".into()], ..AwsvpcConfiguration::default() },
    };
    let scenario = format!("{subnet}{}", cluster(Kept::Fargate, false).replace("desired_count = 1", "desired_count = 0"));
    let mut run = Run::begin(&scenario, 4);
    let moved = ecs_playground::sim::command::UpdateService {
        network_configuration: Some(network),
        desired_count: Some(16),
        ..update("web")
    };
    run.give(Command::UpdateService(moved)).until(3 * MINUTE);
    let failed = run.times(|kind| matches!(kind, Kind::TaskStopped { code, reason, .. } if code.name() == "TaskFailedToStart" && reason.ends_with("in subnet 'tiny': InsufficientFreeAddressesInSubnet")));
    assert!(!failed.is_empty());
    let running = run.tasks("web").iter().filter(|task| known(&run, **task).last_status == TaskStatus::Running).count();
    assert_eq!(running, 11, "a /28 has eleven addresses");
}

#[test]
fn section_2_8_spot_interruption_and_the_loss_of_an_instance() {
    let (mut run, task) = first_task(&cluster(Kept::Fargate, false).replace("\"FARGATE\"\n", "\"FARGATE_SPOT\"\n"));
    run.inject(Fault::FargateSpotInterruption { task }).until(6 * MINUTE);
    assert_eq!(stopped(&run, task), ("SpotInterruption", "Your Spot Task was interrupted.".to_string()));

    let (mut run, task) = first_task(&web(1));
    let instance = known(&run, task).instance.expect("on a server");
    run.give(Command::TerminateInstances { instance }).until(6 * MINUTE);
    let gone = format!("Host EC2 (instance {}) terminated.", instance.ec2_instance_id());
    assert_eq!(stopped(&run, task), ("TerminationNotice", gone));

    let (mut run, task) = first_task(&web(1));
    let instance = known(&run, task).instance.expect("on a server");
    run.give(Command::Capacity(CapacityCommand::StopInstances { instance })).until(HOUR);
    let server = run.sim.belief().registry.get(instance).expect("it is not deregistered (ecs.md §6.4)");
    assert_eq!((server.status.name(), server.agent_connected), ("ACTIVE", false));
    assert_eq!(known(&run, task).last_status.name(), "RUNNING", "a zombie");
    assert!(!run.sim.truth().tasks.get(task).is_some_and(|truth| truth.has_a_process()));
    run.give(Command::Capacity(CapacityCommand::StartInstances { instance })).until(HOUR + 6 * MINUTE);
    let gone = format!("Host EC2 (instance {}) stopped.", instance.ec2_instance_id());
    assert_eq!(stopped(&run, task), ("TerminationNotice", gone));
    assert!(run.sim.belief().registry.get(instance).is_some_and(|server| server.agent_connected));
    assert_ne!(run.tasks("web"), [task]);

    let (mut run, task) = first_task(&web(1));
    let instance = known(&run, task).instance.expect("on a server");
    run.give(Command::DeregisterContainerInstance { instance }).until(6 * MINUTE);
    assert_eq!(stopped(&run, task).1, "Container instance deregistration forced by user");
    assert_eq!(run.sim.belief().registry.iter().filter(|each| each.id == instance).count(), 0);
    assert!(run.sim.truth().hosts[InstanceId(instance.0)].tasks.contains(&task), "its containers run on (ecs.md §6.4)");
}

#[test]
fn section_6_4_what_ec2_answers_about_stopping_and_starting() {
    let server = "{ type = \"m5.large\", zone = \"us-east-1a\"";
    let mut run = Run::begin(&format!("servers = [{server} }}, {server}, spot = true }}]\n"), 1);
    let stop = |instance: u32| Command::Capacity(CapacityCommand::StopInstances { instance: InstanceId(instance) });
    let start = |instance: u32| Command::Capacity(CapacityCommand::StartInstances { instance: InstanceId(instance) });
    assert_eq!(refused(&mut run, &stop(9)).0, "InvalidInstanceID.NotFound");
    assert_eq!(refused(&mut run, &start(9)).0, "InvalidInstanceID.NotFound");
    assert_eq!(refused(&mut run, &stop(2)).0, "UnsupportedOperation", "a Spot instance");
    run.give(start(1)).give(stop(1)).give(stop(1));
    assert_eq!(
        run.times(|kind| matches!(kind, Kind::Capacity(fact) if matches!(**fact, CapacityFact::InstanceStopped { .. }))).len(),
        1
    );
    // A stop outlasts the loss and the return of power, and an outage outlasts the stop.
    run.inject(Fault::ServerDeath { instance: InstanceId(1) }).give(Command::HealFault { fault: FaultId(1) });
    run.until(10 * MINUTE);
    assert_eq!(run.sim.truth().hosts[InstanceId(1)].power, Power::Off);
    run.inject(Fault::ServerDeath { instance: InstanceId(1) }).give(start(1)).until(20 * MINUTE);
    assert_eq!(run.sim.truth().hosts[InstanceId(1)].power, Power::Off);
    run.give(Command::HealFault { fault: FaultId(2) }).until(30 * MINUTE);
    assert_eq!(run.sim.truth().hosts[InstanceId(1)].power, Power::On);
    run.give(Command::TerminateInstances { instance: InstanceId(1) });
    assert_eq!(refused(&mut run, &stop(1)).0, "IncorrectInstanceState");
    assert_eq!(refused(&mut run, &start(1)).0, "IncorrectInstanceState");
}

#[test]
fn section_2_9_a_task_stopped_before_its_pull_begins_says_so() {
    let ended = |kept: Kept, stopped_after_ms: Millis| {
        let mut run = Run::begin(&cluster(kept, false).replace("desired_count = 1", "desired_count = 0"), 4);
        run.until(3 * MINUTE).scale("web", 1).until(3 * MINUTE + 15 * SECOND);
        let placed_ms = run.first("a task is placed", is_placed);
        let mut again = Run::begin(&cluster(kept, false).replace("desired_count = 1", "desired_count = 0"), 4);
        again.until(3 * MINUTE).scale("web", 1).until(placed_ms + stopped_after_ms);
        again.give(stop(TaskId(1), None)).until(8 * MINUTE);
        container_end(&again, TaskId(1))
    };
    let words = format!(
        "TaskStoppedBeforePullBeginError: Task stopped before image pull could begin for task: arn:aws:ecs:us-east-1:111122223333:task/default/{}",
        TaskId(1).arn_id()
    );
    assert_eq!(ended(Kept::Bridge, 0), (None, words));
    assert_eq!(ended(Kept::Bridge, 3 * SECOND), (None, String::new()), "its pull is under way");
    assert_eq!(ended(Kept::Fargate, 0), (None, String::new()), "Fargate has another agent");
}

#[test]
fn section_2_9_each_error_has_the_words_of_the_agent() {
    for (error, begins) in [
        (
            StartError::NoRouteToRegistry,
            "CannotPullContainerError: Error response from daemon: Get \"https://registry-1.docker.io/v2/\": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
        ),
        (StartError::EcrAccessDenied, "CannotPullECRContainerError: AccessDeniedException: User: arn:aws:sts::"),
        (
            StartError::LogGroupMissing,
            "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.",
        ),
        (
            StartError::EntrypointNotFound,
            "CannotStartContainerError: Error response from daemon: failed to create task for container: OCI runtime create failed: unable to start container process: exec: \"/app/start\": executable file not found in $PATH",
        ),
        (
            StartError::SecretNotFound,
            "ResourceInitializationError: pull command failed: unable to pull secrets or registry auth: execution resource retrieval failed: ",
        ),
        (StartError::CreateTimeout, "DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s"),
        (
            StartError::ImageNotFound,
            "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref web:1: unexpected status from HEAD request: 404 Not Found: web:1: not found",
        ),
        (
            StartError::TooManyRequests,
            "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref web:1: 429 Too Many Requests - Server message: toomanyrequests: ",
        ),
        (
            StartError::CopyFailed,
            "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: unexpected EOF",
        ),
    ] {
        let (run, task) = failing(&web(1), error);
        let (code, reason) = container_end(&run, task);
        assert!(reason.starts_with(begins), "{error:?}: {reason}");
        assert_eq!(code, None, "it never ran");
        assert_eq!(known(&run, task).last_status, TaskStatus::Stopped);
    }
    let (run, task) = failing(&cluster(Kept::Fargate, false), StartError::StartTimeout);
    let timed_out = "ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 1m";
    assert_eq!(stopped(&run, task), ("TaskFailedToStart", timed_out.to_string()));
}

#[test]
fn section_2_9_a_missing_image_is_missing_for_those_who_name_it() {
    for (image, starts) in [("web:1", false), ("web:2", true)] {
        let (mut run, _) = failing(&web(1), StartError::ImageNotFound);
        let belief = run.sim.belief();
        let mut next = (*belief.definitions[belief.definition_named("web").expect("it is registered")].definition).clone();
        next.containers[0].image = image.into();
        run.give(Command::RegisterTaskDefinition(Box::new(next))).give(deploy("web:2"));
        run.until(run.sim.now_ms() + 10 * MINUTE);
        let runs = |task: &TaskId| known(&run, *task).last_status == TaskStatus::Running;
        assert_eq!(run.tasks("web").iter().any(runs), starts, "{image}");
    }
}

#[test]
fn section_2_9_a_full_disk_keeps_containers_from_being_created() {
    let mut run = Run::begin(&web(1).replace("desired_count = 1", "desired_count = 0").replace("count = 3", "count = 1"), 4);
    run.inject(Fault::DiskFull { instance: InstanceId(1) }).scale("web", 1).until(MINUTE);
    assert!(container_end(&run, TaskId(1)).1.starts_with("CannotCreateContainerError: "));
}

#[test]
fn section_2_9_exit_codes_tell_how_a_container_ended() {
    let (run, task) = scaled_in(&web(1));
    assert_eq!(container_end(&run, task).0, Some(143), "SIGTERM, handled");
    let (run, task) = scaled_in(&format!("{}[apps.web]\nignores_sigterm = true\n", web(1)));
    assert_eq!(container_end(&run, task).0, Some(137), "SIGKILL after the stop timeout");
    let (mut run, task) = first_task(&web(1));
    run.inject(Fault::OutOfMemory { target: AppTarget::Task(task) }).until(5 * MINUTE);
    let out_of_memory = "OutOfMemoryError: Container killed due to memory usage".to_string();
    assert_eq!(container_end(&run, task), (Some(137), out_of_memory));
    for code in [0, 1, 125, 126, 127, 139] {
        let (run, task) = exited(&web(1), code);
        assert_eq!(container_end(&run, task).0, Some(code));
    }
}

#[test]
fn section_2_9_without_a_route_each_attempt_waits_for_an_answer() {
    let scenario = cluster(Kept::Bridge, false).replace("desired_count = 1", "desired_count = 0");
    let mut run = Run::begin(&scenario, 4);
    run.until(3 * MINUTE);
    run.inject(Fault::StartFailure { family: "web".to_string(), error: StartError::NoRouteToRegistry });
    run.scale("web", 1).until(4 * MINUTE);
    let failed = run.times(|kind| matches!(kind, Kind::ImagePullFailed { .. }));
    let placed = run.first("its placement", |kind| matches!(kind, Kind::TaskPlaced { .. }));
    assert!(failed[0] - placed >= 15 * SECOND, "{failed:?}");
    // Back-offs of 1.1 and 2.2 s between them.
    assert_eq!([failed[1] - failed[0], failed[2] - failed[1]], [16_100, 17_200]);
    // The route is there in the middle of an attempt: the next one pulls, and the task starts.
    let fault = run.sim.faults().active().next().expect("the fault").0;
    let waiting = failed.last().expect("it fails") + 10 * SECOND;
    run.until(waiting).give(Command::HealFault { fault }).until(6 * MINUTE);
    assert_eq!(known(&run, TaskId(1)).last_status, TaskStatus::Running);
}
