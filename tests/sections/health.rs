//! Health and what each detector knows of it, when (ecs.md §6).

use ecs_playground::import::task_definition::task_definition_from_json;
use ecs_playground::sim::command::balancing::{BalancingCommand, CreateTargetGroup};
use ecs_playground::sim::command::capacity::CapacityCommand;
use ecs_playground::sim::command::{Command, LaunchInstances};
use ecs_playground::sim::control_plane::instance_health::HealthCheckState;
use ecs_playground::sim::fault::{Direction, Fault, NetworkTarget};
use ecs_playground::sim::ids::{InstanceId, TaskId};
use ecs_playground::sim::model::container_definition::HealthCheck;
use ecs_playground::sim::model::start_error::StartError;
use ecs_playground::sim::model::target::{TargetReason, TargetState};
use ecs_playground::sim::model::task::{HealthStatus, TaskStatus};
use ecs_playground::sim::observation::Kind;
use ecs_playground::sim::observation::balancing::BalancingFact;
use ecs_playground::sim::time::{HOUR, MINUTE, Millis, SECOND};

use crate::common::scenario::{Run, SERVERS, definition, service, web};
use crate::lives::{Kept, cluster, entered, first_task, known, stopped};
use crate::refused;

fn checked(check: &str) -> String {
    web(1).replace("memory = 512", &format!("memory = 512, healthCheck = {{ command = [\"CMD-SHELL\", \"true\"]{check} }}"))
}

fn health_check(check: &str) -> Option<HealthCheck> {
    let text = format!(
        "{{\"family\":\"web\",\"containerDefinitions\":[{{\"name\":\"web\",\"image\":\"web:1\",\"memory\":64,\"healthCheck\":{{\"command\":[\"CMD-SHELL\",\"true\"]{check}}}}}]}}"
    );
    let imported = task_definition_from_json(&text, 1).ok()?;
    imported.definition.containers[0].health_check.clone()
}

#[test]
fn section_6_1_ranges_of_a_check() {
    for (field, low, high) in [("interval", 5, 300), ("timeout", 2, 60), ("retries", 1, 10), ("startPeriod", 0, 300)] {
        let with = |value: i64| health_check(&format!(",\"{field}\":{value}")).is_some();
        assert!(with(low) && with(high), "{field}");
        assert!(!with(low - 1) && !with(high + 1), "{field}");
    }
}

/// Instants at which the health of the containers turned, after the app began to hang.
fn turns_after_hanging(check: &str, hangs_ms: Millis) -> Millis {
    let (mut run, task) = first_task(&checked(check));
    run.until(hangs_ms).inject(Fault::AppHang { task }).until(20 * MINUTE);
    let unhealthy = |kind: &Kind| matches!(kind, Kind::HealthCheckTurned { health: HealthStatus::Unhealthy, .. });
    run.first("UNHEALTHY", unhealthy) - hangs_ms
}

#[test]
fn section_6_1_the_defaults_take_90_to_125_seconds_and_other_numbers_their_own() {
    // At worst interval + retries × interval (+ timeout): the app hangs right after a check. Else less by what has gone by of the interval.
    let worst = |check: &str, interval: u64| {
        (0..interval).map(|second| turns_after_hanging(check, 3 * MINUTE + second * SECOND)).max().expect("some")
    };
    let usual = worst("", 30);
    assert!((90 * SECOND..=125 * SECOND).contains(&usual), "{usual}");
    let quick = worst(", interval = 5, timeout = 2, retries = 2", 5);
    assert!((10 * SECOND..=17 * SECOND).contains(&quick), "{quick}");
    let patient = turns_after_hanging(", retries = 10", 3 * MINUTE);
    assert!((9 * 30 * SECOND..=11 * 35 * SECOND).contains(&patient), "{patient}");
}

#[test]
fn section_6_1_failures_in_the_start_period_do_not_count() {
    let turned = |check: &str| {
        let mut run = Run::begin(&checked(check).replace("desired_count = 1", "desired_count = 0"), 4);
        run.inject(Fault::StartFailure { family: "web".to_string(), error: StartError::HealthCheckCommandMissing });
        run.scale("web", 1).until(12 * MINUTE);
        let started = run.first("the start", |kind| matches!(kind, Kind::ContainerStarted { .. }));
        run.first("UNHEALTHY", |kind| matches!(kind, Kind::HealthCheckTurned { .. })) - started
    };
    let without = turned(", interval = 10, timeout = 2, retries = 2");
    let with = turned(", interval = 10, timeout = 2, retries = 2, startPeriod = 120");
    assert!(without < 40 * SECOND, "{without}");
    assert!((130 * SECOND..170 * SECOND).contains(&with), "{with}");
}

#[test]
fn section_6_1_a_success_in_the_start_period_makes_it_healthy_at_once() {
    let (run, task) = first_task(&checked(", interval = 10, startPeriod = 300"));
    assert_eq!(known(&run, task).health, HealthStatus::Healthy);
    let healthy = run.first("HEALTHY", |kind| matches!(kind, Kind::TaskHealthChanged { .. }));
    assert!(healthy - entered(&run, task, TaskStatus::Running) < 40 * SECOND);
}

#[test]
fn section_6_1_a_success_in_the_start_period_ends_it() {
    let (mut run, task) = first_task(&checked(", interval = 5, timeout = 2, retries = 2, startPeriod = 300"));
    assert!(known(&run, task).health == HealthStatus::Healthy);
    run.inject(Fault::AppHang { task }).until(4 * MINUTE);
    let unhealthy = |kind: &Kind| matches!(kind, Kind::HealthCheckTurned { health: HealthStatus::Unhealthy, .. });
    assert_eq!(run.times(unhealthy).len(), 1, "from then on failures count");
}

#[test]
fn section_6_1_health_of_a_task_is_that_of_its_essential_containers() {
    let health = |containers: &str| {
        let definition =
            format!("[[task_definitions]]\nfamily = \"web\"\nnetworkMode = \"bridge\"\ncontainerDefinitions = [{containers}]\n");
        let (run, task) = first_task(&format!("{SERVERS}{definition}{}", service("web", 1, "")));
        known(&run, task).health
    };
    let container = |name: &str, rest: &str| format!("{{ name = \"{name}\", image = \"web:1\", cpu = 32, memory = 32{rest} }}");
    let check = ", healthCheck = { command = [\"CMD-SHELL\", \"true\"], interval = 5, timeout = 2 }";
    // Its first check comes after five minutes: not yet known.
    let late = ", healthCheck = { command = [\"CMD-SHELL\", \"true\"], interval = 300 }";
    assert_eq!(health(&container("a", "")), HealthStatus::Unknown, "no check anywhere");
    assert_eq!(health(&format!("{}, {}", container("a", check), container("b", check))), HealthStatus::Healthy);
    assert_eq!(health(&format!("{}, {}", container("a", check), container("b", late))), HealthStatus::Unknown);
    let not_essential = format!("essential = false{late}");
    assert_eq!(
        health(&format!("{}, {}", container("a", check), container("b", &format!(", {not_essential}")))),
        HealthStatus::Healthy,
        "others are ignored"
    );
}

#[test]
fn section_6_1_a_silent_agent_leaves_the_health_as_last_heard() {
    let (mut run, task) = first_task(&checked(", interval = 5, timeout = 2, retries = 2"));
    let instance = known(&run, task).instance.expect("on a server");
    run.inject(Fault::NetworkCut { target: NetworkTarget::Instance(instance), direction: Direction::Both });
    run.inject(Fault::AppHang { task }).until(HOUR);
    assert_eq!(known(&run, task).health, HealthStatus::Healthy);
    assert_eq!(known(&run, task).last_status, TaskStatus::Running);
    let fault = run.sim.faults().active().next().expect("the cut").0;
    run.give(Command::HealFault { fault }).until(HOUR + 5 * MINUTE);
    assert_eq!(stopped(&run, task).1, "Task failed container health checks");
}

fn group(change: impl FnOnce(&mut CreateTargetGroup)) -> Command {
    let mut request = CreateTargetGroup { name: "other".to_string(), ..CreateTargetGroup::default() };
    change(&mut request);
    Command::Balancing(BalancingCommand::CreateTargetGroup(request))
}

#[test]
fn section_6_2_ranges_of_a_target_group() {
    type Field = fn(&mut CreateTargetGroup, u32);
    let fields: [(&str, Field, u32, u32); 6] = [
        ("interval", |group, value| group.health_check_interval_seconds = Some(value), 6, 300),
        ("timeout", |group, value| group.health_check_timeout_seconds = Some(value), 2, 29),
        ("healthy", |group, value| group.healthy_threshold_count = Some(value), 2, 10),
        ("unhealthy", |group, value| group.unhealthy_threshold_count = Some(value), 2, 10),
        ("delay", |group, value| group.deregistration_delay_timeout_seconds = Some(value), 0, 3_600),
        ("slow start", |group, value| group.slow_start_duration_seconds = Some(value), 30, 900),
    ];
    for (name, set, low, high) in fields {
        for (value, accepted) in [(low, true), (high, true), (high + 1, false)] {
            let mut run = Run::begin(&web(1), 4);
            let answer = run.sim.apply(&group(|group| set(group, value)), &mut run.log);
            assert_eq!(answer.is_ok(), accepted, "{name} {value}");
        }
    }
    // The timeout has its whole range only below a long interval, and the interval its only above a short timeout.
    for (interval, timeout, accepted) in [(300, 120, true), (300, 121, false), (5, 4, true), (5, 5, false), (4, 2, false)] {
        let mut run = Run::begin(&web(1), 4);
        let asked = group(|group| {
            (group.health_check_interval_seconds, group.health_check_timeout_seconds) = (Some(interval), Some(timeout));
        });
        assert_eq!(run.sim.apply(&asked, &mut run.log).is_ok(), accepted, "{interval} {timeout}");
    }
    let mut run = Run::begin(&web(1), 4);
    for (name, set, low) in
        [("interval", fields[0].1, 5), ("timeout", fields[1].1, 2), ("healthy", fields[2].1, 2), ("slow", fields[5].1, 30)]
    {
        let (_, message) = refused(&mut run, &group(|group| set(group, low - 1)));
        assert!(message.contains("between"), "{name}: {message}");
    }
}

fn turns(run: &Run, wanted: TargetState) -> Vec<Millis> {
    run.times(|kind| matches!(kind, Kind::Balancing(fact) if matches!(&**fact, BalancingFact::TargetTurned { state, .. } if *state == wanted)))
}

#[test]
fn section_6_2_a_new_target_needs_one_success_and_one_that_was_unhealthy_its_threshold() {
    // Alone in its service with a maximum of 100 and a minimum of 100, so that it is kept though it fails.
    let scenario =
        cluster(Kept::Bridge, true).replace("desired_count = 1", "desired_count = 1\nhealth_check_grace_period_seconds = 3600");
    let (mut run, task) = first_task(&scenario);
    let registered = run.first(
        "registered",
        |kind| matches!(kind, Kind::Balancing(fact) if matches!(**fact, BalancingFact::TargetRegistered { .. })),
    );
    let healthy = turns(&run, TargetState::Healthy)[0];
    assert!(healthy - registered < 5 * SECOND, "one check: {}", healthy - registered);
    run.inject(Fault::AppHang { task }).until(6 * MINUTE);
    let unhealthy = turns(&run, TargetState::Unhealthy)[0] - 3 * MINUTE;
    assert!((35 * SECOND..=65 * SECOND).contains(&unhealthy), "two checks of 30 s and a timeout: {unhealthy}");
    let fault = run.sim.faults().active().next().expect("it hangs").0;
    run.give(Command::HealFault { fault }).until(12 * MINUTE);
    let again = turns(&run, TargetState::Healthy)[1] - 6 * MINUTE;
    assert!((4 * 30 * SECOND..=5 * 30 * SECOND).contains(&again), "five checks: {again}");
}

#[test]
fn section_6_2_the_fast_numbers_of_the_guide() {
    let quick = "health_check_interval_seconds = 5, health_check_timeout_seconds = 4, healthy_threshold_count = 2, deregistration_delay_timeout_seconds = 5";
    let scenario = cluster(Kept::Bridge, true)
        .replace("deregistration_delay_timeout_seconds = 20", quick)
        .replace("desired_count = 1", "desired_count = 1\nhealth_check_grace_period_seconds = 3600")
        .replace("portMappings", "stopTimeout = 2, portMappings");
    let (mut run, task) = first_task(&format!("{scenario}[apps.web]\nignores_sigterm = true\n"));
    // Two failures 5 s apart give it up, two successes 5 s apart take it back; the defaults take six times as long.
    let hung_ms = run.sim.now_ms();
    run.inject(Fault::AppHang { task }).until(4 * MINUTE);
    let unhealthy = turns(&run, TargetState::Unhealthy)[0] - hung_ms;
    assert!((9 * SECOND..=14 * SECOND).contains(&unhealthy), "two checks of 5 s and a timeout of 4 s: {unhealthy}");
    let (fault, healed_ms) = (run.sim.faults().active().next().expect("it hangs").0, run.sim.now_ms());
    run.give(Command::HealFault { fault }).until(5 * MINUTE);
    let again = turns(&run, TargetState::Healthy)[1] - healed_ms;
    assert!((5 * SECOND..=10 * SECOND).contains(&again), "two checks: {again}");
    run.scale("web", 0).until(8 * MINUTE);
    let gone = entered(&run, task, TaskStatus::Stopped) - entered(&run, task, TaskStatus::Deactivating);
    assert!((7 * SECOND..=30 * SECOND).contains(&gone), "5 s of draining, 2 s to SIGKILL and two looks: {gone}");
}

#[test]
fn section_6_2_a_target_goes_from_initial_to_unused() {
    let (mut run, task) = first_task(&cluster(Kept::Bridge, true));
    run.scale("web", 0).until(6 * MINUTE);
    let states: Vec<&str> = run
        .log
        .iter()
        .filter_map(|observation| match &observation.kind {
            Kind::Balancing(fact) => match &**fact {
                BalancingFact::TargetTurned { task: of, state, .. } if *of == task => Some(state.name()),
                _ => None,
            },
            _ => None,
        })
        .collect();
    assert_eq!(states, ["healthy", "draining", "unused"]);
}

#[test]
fn section_6_2_a_target_on_a_stopped_server_is_unused_where_targets_are_instances() {
    let turned = |run: &Run, task: TaskId| -> Vec<(&'static str, Option<&'static str>)> {
        let turns = run.log.iter().filter_map(|observation| match &observation.kind {
            Kind::Balancing(fact) => match &**fact {
                BalancingFact::TargetTurned { task: of, state, reason, .. } if *of == task => {
                    Some((state.name(), reason.map(TargetReason::name)))
                }
                _ => None,
            },
            _ => None,
        });
        turns.collect()
    };
    for (kept, known_after_ms) in [(Kept::Bridge, 0), (Kept::Awsvpc, 30 * SECOND)] {
        let (mut run, task) = first_task(&cluster(kept, true));
        let instance = known(&run, task).instance.expect("on a server");
        run.give(Command::Capacity(CapacityCommand::StopInstances { instance })).until(15 * MINUTE);
        let out = match kept {
            Kept::Bridge => ("unused", Some("Target.InvalidState")),
            Kept::Awsvpc | Kept::Fargate => ("unhealthy", Some("Target.Timeout")),
        };
        assert_eq!(turned(&run, task)[..2], [("healthy", None), out]);
        let turns = run.times(|kind| match kind {
            Kind::Balancing(fact) => matches!(**fact, BalancingFact::TargetTurned { task: of, .. } if of == task),
            _ => false,
        });
        assert!((known_after_ms..=known_after_ms + 40 * SECOND).contains(&(turns[1] - 3 * MINUTE)), "{kept:?}: {turns:?}");
        let says = run.said("due to (reason Target is in the stopped state)").len();
        assert_eq!(
            (says, run.said("due to (reason Request timed out)").len()),
            if kept == Kept::Bridge { (1, 0) } else { (0, 1) }
        );
        assert_eq!(known(&run, task).last_status, TaskStatus::Stopping, "drained, and nobody is there to stop it");
        assert_ne!(run.tasks("web"), [task], "it is replaced");
        run.give(Command::Capacity(CapacityCommand::StartInstances { instance })).until(20 * MINUTE);
        assert_eq!(known(&run, task).last_status, TaskStatus::Stopped);
    }
    // Back before ECS has moved on, it is a target as a new one is.
    let (mut run, task) = first_task(&cluster(Kept::Bridge, true));
    let instance = known(&run, task).instance.expect("on a server");
    run.give(Command::Capacity(CapacityCommand::StopInstances { instance }));
    run.give(Command::Capacity(CapacityCommand::StartInstances { instance }));
    let initial = ("initial", Some("Elb.InitialHealthChecking"));
    assert_eq!(turned(&run, task), [("healthy", None), ("unused", Some("Target.InvalidState")), initial]);
}

#[test]
fn section_6_3_a_silent_socket_is_closed_after_one_or_two_minutes() {
    let mut lengths = Vec::new();
    for second in 0..30 {
        let (mut run, task) = first_task(&web(1));
        let (instance, cut_ms) = (known(&run, task).instance.expect("on a server"), 3 * MINUTE + second * SECOND);
        // What the agent hears stops; what it says still arrives.
        let target = NetworkTarget::Instance(instance);
        run.until(cut_ms).inject(Fault::NetworkCut { target, direction: Direction::ToAgent }).until(6 * MINUTE);
        lengths.push(run.first("giving up", |kind| matches!(kind, Kind::AgentGaveUpConnection { .. })) - cut_ms);
    }
    // 60 s and up to 60 more since it last heard, which was up to 30 s before.
    let (shortest, longest) = (lengths.iter().min().expect("some"), lengths.iter().max().expect("some"));
    assert!(*shortest >= 30 * SECOND && *longest >= 60 * SECOND && *longest <= 121 * SECOND, "{lengths:?}");
    assert!(longest - shortest >= 25 * SECOND, "heartbeats come every 30 s: {lengths:?}");
}

/// Looks at the run after every event from here on, until `until_ms`.
fn step(run: &mut Run, until_ms: Millis, mut look: impl FnMut(&Run)) {
    while run.sim.advance_one(until_ms, &mut run.log).is_some() {
        look(run);
    }
}

#[test]
fn section_6_3_telemetry_leaves_every_twenty_seconds() {
    let (mut run, task) = first_task(&web(1));
    let instance = known(&run, task).instance.expect("on a server");
    // Nothing else is said meanwhile but answers to the heartbeats, every thirty seconds.
    let mut heard = Vec::new();
    step(&mut run, 13 * MINUTE, |run| heard.push(run.sim.belief().registry.last_heard_at_ms(instance).expect("registered")));
    heard.dedup();
    let every = |period_ms: Millis| {
        let follows = |from: &&Millis| {
            let awaited = heard.iter().filter(|at| at.abs_diff(**from + period_ms) <= 105).count();
            **from + period_ms > 13 * MINUTE - SECOND || awaited > 0
        };
        heard.iter().filter(follows).count()
    };
    let minutes = 10;
    assert!(heard.len().abs_diff(minutes * 3 + minutes * 2) <= 2, "{} messages in ten minutes", heard.len());
    assert!(every(20 * SECOND) >= minutes * 3 - 1, "{heard:?}");
}

#[test]
fn section_6_3_attempts_to_connect_begin_at_a_quarter_of_a_second_grow_by_half_and_end_at_two_minutes() {
    let (mut run, task) = first_task(&web(1));
    let instance = known(&run, task).instance.expect("on a server");
    run.inject(Fault::NetworkCut { target: NetworkTarget::Instance(instance), direction: Direction::Both });
    let mut attempts: Vec<(Millis, Millis)> = Vec::new();
    step(&mut run, HOUR, |run| {
        let agent = &run.sim.truth().hosts[instance].agent;
        if !agent.connected && attempts.last().is_none_or(|(_, next_ms)| *next_ms != agent.backoff_ms) {
            attempts.push((run.sim.now_ms(), agent.backoff_ms));
        }
    });
    let waits: Vec<Millis> = attempts.iter().map(|(_, next_ms)| *next_ms).collect();
    // The first attempt is made at once; 250 ms are waited after it, and the wait after the next is half as long again.
    assert_eq!(waits[..5], [375, 562, 843, 1_264, 1_896]);
    assert_eq!(waits.last(), Some(&(120 * SECOND)));
    let first = attempts[1].0 - attempts[0].0;
    assert!((250..=301).contains(&first), "250 ms and up to a fifth more: {first}");
    for three in attempts.windows(3) {
        let (waited, planned) = (three[2].0 - three[1].0, three[0].1);
        assert!((planned..=planned + planned / 5 + 1).contains(&waited), "{waited} instead of {planned}");
    }
}

#[test]
fn section_6_3_an_agent_opens_a_new_connection_every_half_hour_and_is_away_for_seconds() {
    let (mut run, task) = first_task(&web(1));
    let instance = known(&run, task).instance.expect("on a server");
    let placed = run.log.len();
    run.until(5 * HOUR);
    let of_it = |kind: &Kind| matches!(kind, Kind::AgentDisconnected { instance: of, .. } | Kind::AgentConnected { instance: of, .. } if *of == instance);
    let turns = run.times(of_it);
    assert!((8..=10).contains(&(turns.len() / 2)) && turns.len() % 2 == 0, "about two an hour: {turns:?}");
    for pair in turns.chunks(2) {
        assert!((SECOND..6 * SECOND).contains(&(pair[1] - pair[0])), "away for seconds: {pair:?}");
    }
    for pair in turns.windows(3).step_by(2) {
        let lasted = pair[2] - pair[1];
        assert!((29 * MINUTE + 59 * SECOND..=35 * MINUTE + SECOND).contains(&lasted), "30 min and up to five more: {lasted}");
    }
    let spans: std::collections::BTreeSet<_> = turns.windows(3).step_by(2).map(|pair| (pair[2] - pair[1]) / SECOND).collect();
    assert!(spans.len() > 4, "drawn anew each time: {spans:?}");
    let mut since = run.log[placed..].iter().map(|observation| &observation.kind);
    assert!(
        !since.any(|kind| matches!(kind, Kind::TaskStatusChanged { .. } | Kind::TaskStopDecided { .. })),
        "nothing else happens"
    );
    assert_eq!(known(&run, task).last_status, TaskStatus::Running);
}

#[test]
fn section_6_4_the_load_balancer_is_the_second_detector() {
    let (mut run, task) = first_task(&cluster(Kept::Bridge, true));
    let instance = known(&run, task).instance.expect("on a server");
    run.inject(Fault::NetworkCut { target: NetworkTarget::Instance(instance), direction: Direction::Both });
    run.inject(Fault::AppHang { task }).until(20 * MINUTE);
    let new = run.tasks("web")[0];
    assert_ne!(new, task);
    assert_ne!(known(&run, new).instance, Some(instance), "the silent server gets nothing new");
    let last = known(&run, task).last_status;
    assert!(
        matches!(last, TaskStatus::Deactivating | TaskStatus::Stopping),
        "asked to stop, and nobody answers: {}",
        last.name()
    );
    let fault = run.sim.faults().active().next().expect("the cut").0;
    run.give(Command::HealFault { fault }).until(30 * MINUTE);
    assert_eq!(known(&run, task).last_status, TaskStatus::Stopped, "stopped when the agent is back");
}

#[test]
fn section_6_4_terminated_while_connected_or_while_silent() {
    let (mut run, task) = first_task(&web(1));
    let instance = known(&run, task).instance.expect("on a server");
    run.give(Command::TerminateInstances { instance }).until(4 * MINUTE);
    assert!(run.sim.belief().registry.get(instance).is_none(), "deregistered by itself");
    assert_eq!(run.tasks("web").len(), 1);

    let (mut run, task) = first_task(&web(1));
    let instance = known(&run, task).instance.expect("on a server");
    run.inject(Fault::NetworkCut { target: NetworkTarget::Instance(instance), direction: Direction::Both }).until(10 * MINUTE);
    run.give(Command::TerminateInstances { instance }).until(3 * HOUR);
    assert!(run.sim.belief().registry.get(instance).is_some_and(|known| !known.agent_connected), "still there");
    assert_eq!(known(&run, task).last_status, TaskStatus::Running, "a zombie");
    assert_eq!(run.tasks("web"), [task]);
    run.give(Command::DeregisterContainerInstance { instance }).until(3 * HOUR + 2 * MINUTE);
    assert_eq!(stopped(&run, task).1, "Container instance deregistration forced by user");
    assert_ne!(run.tasks("web"), [task]);
}

#[test]
fn section_6_5_on_ec2_the_health_of_an_instance_is_not_acted_on() {
    // A disk that is full, an agent that is silent: ECS neither drains nor replaces the server.
    let (mut run, task) = first_task(&web(1));
    let instance = known(&run, task).instance.expect("on a server");
    run.inject(Fault::DiskFull { instance }).inject(Fault::AgentStop { instance }).until(2 * HOUR);
    let server = run.sim.belief().registry.get(instance).expect("it stays registered");
    assert_eq!(server.status.name(), "ACTIVE");
    assert_eq!(run.tasks("web"), [task]);
    assert!(run.times(|kind| matches!(kind, Kind::InstanceTerminated { .. })).is_empty());
}

#[test]
fn section_6_5_the_health_of_an_instance_is_the_worst_of_its_checks_and_late() {
    let (mut run, task) = first_task(&web(1));
    let instance = known(&run, task).instance.expect("on a server");
    let health = |run: &Run| run.sim.belief().instance_health(run.sim.tuning(), instance, run.sim.now_ms()).expect("registered");
    assert_eq!(health(&run).overall_status(), HealthCheckState::Ok);
    run.inject(Fault::NetworkCut { target: NetworkTarget::Instance(instance), direction: Direction::Both });
    // In this order, the later the worse: at first nobody has noticed anything.
    let mut seen = Vec::new();
    for second in 0..5 * 60 {
        run.until(3 * MINUTE + second * SECOND);
        let now = health(&run).overall_status();
        if seen.last().is_none_or(|(last, _)| *last != now) {
            seen.push((now, second));
        }
    }
    let states: Vec<_> = seen.iter().map(|(state, _)| *state).collect();
    assert_eq!(states, [HealthCheckState::Ok, HealthCheckState::InsufficientData, HealthCheckState::Impaired]);
    assert!((1..=31).contains(&seen[1].1) && (65..=126).contains(&seen[2].1), "{seen:?}");
    let checks = health(&run);
    assert_eq!(checks.agent_connectivity.name(), "IMPAIRED");
    assert_eq!(checks.container_runtime.name(), "INSUFFICIENT_DATA", "nobody has said that Docker fails");
    // Nobody acts on it, and it mends itself with the connection.
    run.until(HOUR);
    assert_eq!(run.tasks("web"), [task]);
    let fault = run.sim.faults().active().next().expect("the cut").0;
    run.give(Command::HealFault { fault }).until(HOUR + 5 * MINUTE);
    assert_eq!(health(&run).overall_status().name(), "OK");

    // A server that joins is INITIALIZING until its first answer.
    let mut run = Run::begin(&definition("web", ""), 7);
    run.give(Command::LaunchInstances(launch_in_zone_a(false)));
    while run.sim.belief().registry.is_empty() {
        let next = run.sim.now_ms() + 10;
        run.until(next);
    }
    let health =
        |run: &Run| run.sim.belief().instance_health(run.sim.tuning(), InstanceId(1), run.sim.now_ms()).expect("registered");
    assert_eq!(health(&run).overall_status(), HealthCheckState::Initializing);
    let answered = run.sim.now_ms() + 31 * SECOND;
    run.until(answered);
    assert_eq!(health(&run).overall_status(), HealthCheckState::Ok);
}

fn launch_in_zone_a(spot: bool) -> LaunchInstances {
    LaunchInstances {
        instance_type: "m5.large".into(),
        zone: "us-east-1a".into(),
        count: 1,
        spot,
        ecs_enable_spot_instance_draining: false,
        attributes: Vec::new(),
    }
}

#[test]
fn section_6_6_a_server_joins_a_minute_or_two_after_its_launch_and_spot_gives_two_minutes() {
    let mut delays = Vec::new();
    for seed in 0..8 {
        let mut run = Run::begin(&definition("web", ""), seed);
        run.give(Command::LaunchInstances(launch_in_zone_a(true))).until(5 * MINUTE);
        let launched = run.first("the launch", |kind| matches!(kind, Kind::InstanceLaunched { .. }));
        delays.push(run.first("the registration", |kind| matches!(kind, Kind::InstanceRegistered { .. })) - launched);
        run.inject(Fault::SpotInterruption { instance: InstanceId(1) }).until(10 * MINUTE);
        assert_eq!(run.first("the end", |kind| matches!(kind, Kind::InstanceTerminated { .. })), 7 * MINUTE);
    }
    // 10–30 s to run and 30–60 s to register, with what a slow day adds.
    assert!(delays.iter().all(|delay| (40 * SECOND..=161 * SECOND).contains(delay)), "{delays:?}");
    delays.sort_unstable();
    assert!((40 * SECOND..=100 * SECOND).contains(&delays[4]), "{delays:?}");
}
