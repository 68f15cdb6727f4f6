//! Load balancers and traffic on the host: captured runs, capacity, and what an hour of many target groups costs.

mod common;

use common::scenario::{Run, balanced, send};
use ecs_playground::sim::command::Command;
use ecs_playground::sim::command::balancing::{BalancingCommand, SetTraffic, TrafficSegment};
use ecs_playground::sim::data_plane::task_truth::Phase;
use ecs_playground::sim::fault::{Fault, NetworkTarget};
use ecs_playground::sim::invariants;
use ecs_playground::sim::model::target::TargetState;
use ecs_playground::sim::neighbours::traffic::Loss;
use ecs_playground::sim::observation::Kind;
use ecs_playground::sim::observation::balancing::BalancingFact;
use ecs_playground::sim::observation::platform::PlatformFact;
use ecs_playground::sim::time::{HOUR, MINUTE, Millis, SECOND};

fn turned(kind: &Kind, wanted: TargetState) -> bool {
    matches!(kind, Kind::Balancing(fact) if matches!(&**fact, BalancingFact::TargetTurned { state, .. } if *state == wanted))
}

/// ecs.md §6.2: interval times threshold after the last good check, and the timeout.
#[test]
fn section_6_2_time_to_unhealthy() {
    for seed in 0..20 {
        let mut run = Run::begin(&balanced("m5.large", "", "unhealthy_threshold_count = 2"), seed);
        run.until(120_000);
        let task = run.tasks("web")[0];
        run.inject(Fault::AppHang { task });
        run.until(240_000);
        let unhealthy_ms = run.first("the target never turned", |kind| turned(kind, TargetState::Unhealthy)) - 120_000;
        assert!((35_000..=65_000).contains(&unhealthy_ms), "seed {seed}: {unhealthy_ms}");
    }
}

/// ecs.md §2.4: SIGTERM comes when the deregistration delay is over, not before.
#[test]
fn section_2_4_drain_before_sigterm() {
    for (delay_ms, attribute) in [(0, 0), (30_000, 30), (300_000, 300)] {
        let group = format!("deregistration_delay_timeout_seconds = {attribute}");
        let mut run = Run::begin(&balanced("m5.large", "", &group), 1);
        run.until(120_000).scale("web", 1).until(600_000);
        let drains_ms: Millis = run.first("draining", |kind| turned(kind, TargetState::Draining));
        let unused_ms: Millis = run.first("unused", |kind| turned(kind, TargetState::Unused));
        let exited_ms = run.first("the end", |kind| matches!(kind, Kind::ContainerExited { .. }));
        assert_eq!(unused_ms - drains_ms, delay_ms);
        assert!(exited_ms > unused_ms && exited_ms < unused_ms + 20_000);
    }
}

/// ecs.md §10: a container bursts over its share while there is idle CPU; 20 ms a request on 2 vCPU are 100 requests a second.
#[test]
fn section_10_capacity_is_the_server_not_the_reservation() {
    let app = "cpu_percent = 0\nrequest_cpu_us = 20000";
    for (mrps, loses) in [(50_000, false), (180_000, false), (260_000, true)] {
        let mut run = Run::begin(&balanced("m5.large", app, "health_check_timeout_seconds = 20"), 1);
        run.until(120_000);
        send(&mut run, mrps);
        run.until(121_000);
        let flow = run.sim.flow("shop").expect("the clients send");
        assert_eq!(flow.losing().contains_key(&Loss::Overload), loses, "{mrps}: {:?}", flow.routes());
        let task = run.tasks("web")[0];
        let (cpu_units, _) = run.sim.usage_of(task).expect("it runs");
        assert!(cpu_units > 256, "{mrps}: more than it reserved, {cpu_units}");
    }
}

/// The scheduler still sees a server with room: starved of network, and nothing in the belief says so.
#[test]
fn section_10_bandwidth_is_invisible_to_placement() {
    let mut run = Run::begin(&balanced("t3.micro", "cpu_percent = 0\nrequest_cpu_us = 10\nresponse_kib = 100", ""), 1);
    run.until(120_000);
    send(&mut run, 200_000);
    run.until(125_000);
    let losing = run.sim.flow("shop").expect("the clients send").losing();
    // 128 Mbit/s carry about 156 answers of 100 KiB a second.
    assert!((35_000..=50_000).contains(&losing[&Loss::Overload]), "{losing:?}");
    let known = run.sim.belief().registry.iter().next().expect("a server");
    assert!(known.remaining_cpu_units > 1_000);
}

/// A quiet hour of health checks and constant traffic says nothing and loses nothing.
#[test]
fn an_hour_of_checks_and_constant_traffic_is_silent() {
    let groups = 20;
    let mut text = String::from("servers = [{ type = \"m5.4xlarge\", zone = \"us-east-1a\", count = 4 }]\n");
    text.push_str("[[task_definitions]]\nfamily = \"web\"\nnetworkMode = \"bridge\"\ncontainerDefinitions = [{ name = \"web\", image = \"web:1\", cpu = 128, memory = 128, portMappings = [{ containerPort = 80, hostPort = 0 }] }]\n");
    for number in 0..groups {
        text.push_str(&format!("[[setup]]\ncommand = \"CreateTargetGroup\"\nrequest = {{ name = \"g{number}\" }}\n"));
    }
    for number in 0..groups {
        text.push_str(&format!("[[services]]\nname = \"s{number}\"\ntask_definition = \"web\"\ndesired_count = 10\nload_balancers = [{{ target_group = \"g{number}\", container_name = \"web\", container_port = 80 }}]\n"));
    }
    let mut run = Run::begin(&text, 1);
    run.until(5 * MINUTE);
    for number in 0..groups {
        run.give(Command::Balancing(BalancingCommand::SetTraffic(SetTraffic {
            name: format!("c{number}"),
            target_group: Some(format!("g{number}")),
            segments: vec![TrafficSegment { after_seconds: 0, milli_requests_per_second: 10_000 }],
            ..SetTraffic::default()
        })));
    }
    let said = run.log.len();
    run.until(5 * MINUTE + HOUR);
    let healthy: usize = run.sim.neighbours().balancer.groups.iter().map(|(_, group)| group.count(TargetState::Healthy)).sum();
    // Agents open a new connection every half hour, which has nothing to do with targets.
    let renewed = |kind: &Kind| matches!(kind, Kind::Platform(fact) if matches!(**fact, PlatformFact::ConnectionRenewed { .. }));
    let of_agents = |kind: &Kind| matches!(kind, Kind::AgentDisconnected { .. } | Kind::AgentConnected { .. }) || renewed(kind);
    let others = run.log[said..].iter().filter(|observation| !of_agents(&observation.kind)).count();
    assert_eq!((healthy, others), (groups * 10, 0));
    let counts = run.sim.flow("c0").expect("the clients send").counts_at(run.sim.now_ms());
    assert_eq!((counts.offered / 1_000_000, counts.served, counts.lost_requests()), (36_000, counts.offered, 0));
}

/// A target is too busy to answer at the very round in which another becomes healthy and takes half of its load: the failure, known
/// when the timeout is over, is forgotten at the next check that passes.
#[test]
fn section_6_2_a_check_that_timed_out_is_followed_by_others() {
    let app = "cpu_percent = 0\nrequest_cpu_us = 20000\nready_after = \"60s\"";
    let group = "healthy_threshold_count = 2, unhealthy_threshold_count = 2, health_check_interval_seconds = 10";
    let text = balanced("m5.large", app, group)
        .replace("desired_count = 2", "desired_count = 1\nhealth_check_grace_period_seconds = 300");
    let play = |overload_at_ms: Option<Millis>| {
        let mut run = Run::begin(&text, 1);
        run.until(120_000).scale("web", 2);
        if let Some(at_ms) = overload_at_ms {
            run.until(at_ms);
            send(&mut run, 190_000);
        }
        run
    };
    let mut quiet = play(None);
    quiet.until(600_000);
    let second_ms = quiet.times(|kind| turned(kind, TargetState::Healthy))[1];

    let mut run = play(Some(second_ms - SECOND));
    let failures = |run: &Run| {
        let groups = &run.sim.neighbours().balancer.groups;
        groups.iter().flat_map(|(_, group)| group.targets.values()).map(|target| target.failures).max()
    };
    run.until(second_ms + 8 * SECOND);
    assert_eq!((healthy(&run), failures(&run)), (2, Some(1)));
    invariants::check(&run.sim).unwrap();
    run.until(second_ms + 25 * SECOND);
    assert_eq!((healthy(&run), failures(&run)), (2, Some(0)));
}

/// ecs.md §6.2, §6.4: agent and task are perfectly well, and the service replaces the task all the same.
#[test]
fn section_6_4_clients_cut_off_are_a_false_alarm() {
    let group = "health_check_interval_seconds = 10, deregistration_delay_timeout_seconds = 5";
    let mut run = Run::begin(&balanced("m5.large", "", group), 1);
    run.until(2 * MINUTE);
    send(&mut run, 10_000);
    let task = run.tasks("web")[0];
    let instance = run.sim.belief().tasks[task].instance.expect("it is on a server");
    let target = NetworkTarget::Instance(instance);
    run.inject(Fault::ClientNetworkCut { target: target.clone() }).until(2 * MINUTE + SECOND);
    let losing = |run: &Run| run.sim.flow("shop").expect("the clients send").losing();
    assert_eq!(losing(&run).get(&Loss::Timeout), Some(&5_000), "every second request");
    run.until(2 * MINUTE + 26 * SECOND);
    assert_eq!(losing(&run).len(), 0, "the load balancer has given it up");
    let truth = &run.sim.truth().tasks[task];
    assert!(truth.phase == Phase::Running && !truth.hung && run.sim.belief().registry.get(instance).unwrap().agent_connected);
    run.until(6 * MINUTE);
    let decided = run.last("the end of the task", |kind| {
        matches!(kind, Kind::TaskStopDecided { task: of, reason, .. } if *of == task && reason.starts_with("Task failed ELB health checks"))
    });
    assert!(run.chain(decided).iter().any(|kind| matches!(kind, Kind::FaultInjected { .. })), "{:?}", run.chain(decided));
    assert!(run.sim.truth().hosts[instance].has_agent());
    // What is placed there meanwhile fails in the same way; healed, everything answers.
    let fault = run.sim.faults().active().next().expect("it is in force").0;
    run.give(Command::HealFault { fault }).until(10 * MINUTE);
    assert_eq!((losing(&run).len(), healthy(&run)), (0, 2));
}

fn healthy(run: &Run) -> usize {
    run.sim.neighbours().balancer.groups.iter().map(|(_, group)| group.count(TargetState::Healthy)).sum()
}

/// A zone cut off from clients takes its Fargate tasks along, and two cuts need two cures.
#[test]
fn section_6_4_a_zone_cut_off_from_clients_loses_its_fargate_tasks_too() {
    let text = r#"zones = ["us-east-1a", "us-east-1b"]
[[task_definitions]]
family = "web"
networkMode = "awsvpc"
requiresCompatibilities = ["FARGATE"]
cpu = "256"
memory = "512"
containerDefinitions = [{ name = "web", image = "web:1", portMappings = [{ containerPort = 80 }] }]
[[setup]]
command = "CreateTargetGroup"
request = { name = "web", target_type = "ip" }
[[services]]
name = "web"
task_definition = "web"
desired_count = 2
launch_type = "FARGATE"
load_balancers = [{ target_group = "web", container_name = "web", container_port = 80 }]
"#;
    let mut run = Run::begin(text, 1);
    run.until(3 * MINUTE);
    send(&mut run, 10_000);
    let losing = |run: &Run| run.sim.flow("shop").expect("the clients send").losing();
    assert_eq!((healthy(&run), losing(&run).len()), (2, 0));
    let zone = || NetworkTarget::Zone("us-east-1a".to_string());
    run.inject(Fault::ClientNetworkCut { target: zone() }).inject(Fault::ClientNetworkCut { target: zone() });
    assert_eq!(losing(&run).get(&Loss::Timeout), Some(&5_000));
    let faults: Vec<_> = run.sim.faults().active().map(|(fault, _)| fault).collect();
    run.give(Command::HealFault { fault: faults[0] });
    assert_eq!(losing(&run).get(&Loss::Timeout), Some(&5_000), "the other one is still there");
    run.give(Command::HealFault { fault: faults[1] });
    assert_eq!(losing(&run).len(), 0);
    let gone = Fault::ClientNetworkCut { target: NetworkTarget::Zone("us-east-1z".to_string()) };
    assert!(run.sim.apply(&Command::InjectFault(gone), &mut run.log).is_err());
}
