//! Where tasks go (ecs.md §3.1–3.6), asked through the API. The worked examples of the scheduler itself are beside it.

use std::collections::BTreeMap;

use ecs_playground::import::placement_text;
use ecs_playground::sim::command::services::{ServicesCommand, StartTask};
use ecs_playground::sim::command::{Command, InstanceStatusRequest, LaunchType, RunTask};
use ecs_playground::sim::fault::{AppTarget, Direction, Fault, NetworkTarget};
use ecs_playground::sim::ids::{InstanceId, TaskId};
use ecs_playground::sim::model::placement::PlacementConstraint;
use ecs_playground::sim::model::task::TaskStatus;
use ecs_playground::sim::observation::services::ServicesFact;
use ecs_playground::sim::observation::{Kind, Place};
use ecs_playground::sim::time::{HOUR, MINUTE, SECOND};

use crate::common::scenario::{Run, SERVERS, definition, is_placed, service, update};
use crate::lives::{Kept, PROVIDER, cluster, known};
use crate::refused;

/// One `m5.large` in zone a and one in zone b.
const TWO: &str = "servers = [{ type = \"m5.large\", zone = \"us-east-1a\" }, { type = \"m5.large\", zone = \"us-east-1b\" }]\n";

fn run_task(family: &str, count: u32) -> RunTask {
    RunTask { task_definition: family.to_string(), count, ..RunTask::default() }
}

/// What RunTask answers of each task it could not place.
fn failures(run: &mut Run, request: RunTask) -> Vec<String> {
    let before = run.log.len();
    run.give(Command::RunTask(request));
    run.log[before..].iter().filter_map(|observation| reason(&observation.kind)).collect()
}

fn reason(kind: &Kind) -> Option<String> {
    let Kind::PlacementFailed { summary, .. } = kind else { return None };
    Some(summary.closest.map_or("none".to_string(), |(_, reason)| reason.run_task_failure().to_string()))
}

fn places(run: &Run) -> Vec<u32> {
    let place = |kind: &Kind| match kind {
        Kind::TaskPlaced { place: Place::Instance(instance), .. } => Some(instance.0),
        _ => None,
    };
    run.log.iter().filter_map(|observation| place(&observation.kind)).collect()
}

#[test]
fn section_6_3_run_task_meets_agent_while_the_only_agent_is_away() {
    let mut run = Run::begin(&format!("{}{}", SERVERS.replace("count = 3", "count = 1"), definition("web", "")), 4);
    run.until(30 * MINUTE);
    while run.sim.belief().registry.iter().all(|known| known.agent_connected) {
        run.sim.advance_one(36 * MINUTE, &mut run.log).expect("it opens a new connection by then");
    }
    assert_eq!(failures(&mut run, run_task("web", 1)), ["AGENT"]);
    let seconds_later = run.sim.now_ms() + 6 * SECOND;
    run.until(seconds_later);
    assert!(failures(&mut run, run_task("web", 1)).is_empty());
}

#[test]
fn section_3_1_run_task_tries_once_and_a_service_for_ever() {
    let scenario = format!("{}{}", definition("web", ""), service("web", 1, ""));
    let mut run = Run::begin(&scenario, 1);
    assert_eq!(failures(&mut run, run_task("web", 2)), ["none", "none"], "no server, HTTP 200");
    run.until(HOUR);
    assert!(run.times(is_placed).is_empty());
    run.launch("m5.large", "us-east-1a", 1).until(HOUR + 5 * MINUTE);
    assert_eq!(run.times(is_placed).len(), 1, "the service alone has tried again");
}

fn start_on(instances: &[u32]) -> Command {
    let container_instances = instances.iter().map(|instance| InstanceId(*instance)).collect();
    let request = StartTask { task_definition: "web".to_string(), container_instances, group: None, network_configuration: None };
    Command::Services(ServicesCommand::StartTask(request))
}

#[test]
fn section_3_1_start_task_goes_where_the_caller_says_and_nowhere_else() {
    let mut run = Run::begin(&format!("{TWO}{}", definition("web", "").replace("memory = 512", "memory = 5000")), 1);
    run.until(SECOND).give(start_on(&[2, 1, 2]));
    assert_eq!(places(&run), [2, 1]);
    let failed: Vec<String> = run.log.iter().filter_map(|observation| reason(&observation.kind)).collect();
    assert_eq!(failed, ["RESOURCE:MEMORY"], "it tries once");
    for count in [0, 11] {
        assert_eq!(refused(&mut run, &start_on(&vec![1; count])).0, "InvalidParameterException");
    }
    run.until(HOUR);
    assert_eq!(places(&run), [2, 1]);
}

#[test]
fn section_3_6_start_task_on_an_instance_that_is_missing_inactive_or_silent() {
    let mut run = Run::begin(&format!("{TWO}{}", definition("web", "")), 1);
    run.until(SECOND);
    run.give(Command::DeregisterContainerInstance { instance: InstanceId(2) });
    // Some fail, the others start: the call itself is answered with 200.
    run.give(start_on(&[7, 1, 2, 1]));
    let failed: Vec<(InstanceId, &str)> = run
        .log
        .iter()
        .filter_map(|observation| match &observation.kind {
            Kind::Services(fact) => match &**fact {
                ServicesFact::StartTaskFailed { instance, reason } => Some((*instance, *reason)),
                _ => None,
            },
            _ => None,
        })
        .collect();
    assert_eq!(failed, [(InstanceId(7), "MISSING"), (InstanceId(2), "INACTIVE")]);
    assert_eq!(places(&run), [1, 1]);
    run.inject(Fault::AgentStop { instance: InstanceId(1) }).until(MINUTE).give(start_on(&[1]));
    let failed: Vec<String> = run.log.iter().filter_map(|observation| reason(&observation.kind)).collect();
    assert_eq!(failed, ["AGENT"]);
}

#[test]
fn section_3_1_with_managed_scaling_a_task_waits_and_the_cluster_default_decides() {
    let provider = PROVIDER.replace("desired_capacity = 2", "desired_capacity = 0").replace(
        "default_capacity_provider_strategy = []",
        "default_capacity_provider_strategy = [{ capacity_provider = \"web-cp\", weight = 1 }]",
    );
    let mut run = Run::begin(&format!("{}{provider}", definition("web", "")), 1);
    assert_eq!(failures(&mut run, run_task("web", 1)), ["none"], "the launch type EC2 was named");
    let by_default = RunTask { capacity_provider_strategy: Some(Vec::new()), ..run_task("web", 1) };
    assert!(failures(&mut run, by_default).is_empty());
    assert_eq!(known(&run, TaskId(1)).last_status, TaskStatus::Provisioning);
    run.until(10 * MINUTE);
    assert_eq!(known(&run, TaskId(1)).last_status, TaskStatus::Running, "servers came for it");
}

#[test]
fn section_3_1_a_daemon_never_launches_a_server() {
    let provider = PROVIDER.replace("desired_capacity = 2", "desired_capacity = 0");
    let daemon = "[[services]]\nname = \"web\"\ntask_definition = \"web\"\nscheduling_strategy = \"DAEMON\"\n";
    let mut run = Run::begin(&format!("{}{provider}{daemon}", definition("web", "")), 1);
    run.until(HOUR);
    assert!(run.times(|kind| matches!(kind, Kind::InstanceLaunched { .. })).is_empty());
    assert!(run.tasks("web").is_empty());
}

#[test]
fn section_3_1_run_task_takes_one_to_ten_tasks_ten_constraints_and_five_strategies() {
    let mut run = Run::begin(&format!("{TWO}{}", definition("web", "")), 1);
    let too_many = ("InvalidParameterException", "Count must be between 1 and 10.".to_string());
    assert_eq!(refused(&mut run, &Command::RunTask(run_task("web", 0))), too_many);
    assert_eq!(refused(&mut run, &Command::RunTask(run_task("web", 11))), too_many);
    let spread = placement_text::strategy("spread(instanceId)").unwrap();
    let strategies = |count: usize| RunTask { placement_strategy: vec![spread.clone(); count], ..run_task("web", 1) };
    let constraints = |count: usize| RunTask {
        placement_constraints: vec![PlacementConstraint::DistinctInstance; count],
        ..run_task("web", 1)
    };
    assert_eq!(refused(&mut run, &Command::RunTask(strategies(6))).0, "InvalidParameterException");
    assert_eq!(refused(&mut run, &Command::RunTask(constraints(11))).0, "InvalidParameterException");
    let more = ecs_playground::sim::command::UpdateService { placement_strategy: Some(vec![spread.clone(); 6]), ..update("web") };
    let mut served = Run::begin(&format!("{TWO}{}{}", definition("web", ""), service("web", 1, "")), 1);
    assert_eq!(refused(&mut served, &Command::UpdateService(more)).0, "InvalidParameterException");
    run.give(Command::RunTask(strategies(5))).give(Command::RunTask(constraints(10)));
    run.give(Command::RunTask(run_task("web", 10)));
}

#[test]
fn section_3_2_strategies_are_best_effort_and_constraints_binding() {
    let strategy = "placement_strategy = [\"spread(attribute:ecs.availability-zone)\"]";
    let scenario =
        format!("{TWO}{}{}", definition("web", "").replace("memory = 512", "memory = 2000"), service("web", 5, strategy));
    let mut run = Run::begin(&scenario, 1);
    run.give(Command::UpdateContainerInstancesState { instance: InstanceId(2), status: InstanceStatusRequest::Draining });
    run.until(MINUTE);
    assert_eq!(places(&run), [1, 1, 1], "all in one zone rather than nowhere, as far as memory goes");
    let constraint = "placement_constraints = [\"memberOf(attribute:ecs.availability-zone == us-east-1c)\"]";
    let bound = format!("{TWO}{}{}", definition("web", ""), service("web", 2, constraint));
    let mut run = Run::begin(&bound, 1);
    run.until(10 * MINUTE);
    assert!(places(&run).is_empty());
    assert_eq!(run.said("was unable to place a task").len(), 1);
}

#[test]
fn section_3_3_each_obstacle_is_named_and_a_free_port_is_none() {
    let port = |mapping: &str| format!(", portMappings = [{{ {mapping} }}]");
    let scenario = format!(
        "{TWO}{}{}{}{}{}",
        definition("static", &port("containerPort = 80, hostPort = 80")),
        definition("udp", &port("containerPort = 80, hostPort = 80, protocol = \"udp\"")),
        definition("dynamic", &port("containerPort = 80, hostPort = 0")),
        definition("host", &port("containerPort = 90")).replace("\"bridge\"", "\"host\""),
        definition("eni", &port("containerPort = 80")).replace("\"bridge\"", "\"awsvpc\""),
    );
    let mut run = Run::begin(&scenario.replace("cpu = 256", "cpu = 32"), 1);
    run.until(SECOND);
    assert_eq!(failures(&mut run, run_task("static", 3)), ["RESOURCE:PORTS"], "once on each server");
    assert!(failures(&mut run, run_task("udp", 2)).is_empty(), "tcp and udp apart");
    assert!(failures(&mut run, run_task("dynamic", 5)).is_empty(), "never in conflict");
    assert_eq!(failures(&mut run, run_task("host", 3)), ["RESOURCE:PORTS"], "one copy for each port of a server");
    assert_eq!(failures(&mut run, run_task("eni", 5)), ["RESOURCE:ENI"], "each has its own interface; two a server");
}

#[test]
fn section_3_4_distinct_instance_looks_at_the_desired_status() {
    let constraint = "placement_constraints = [\"distinctInstance\"]";
    let scenario = format!("{TWO}{}{}[apps.web]\nignores_sigterm = true\n", definition("web", ""), service("web", 2, constraint));
    let mut run = Run::begin(&scenario, 1);
    run.until(2 * MINUTE);
    assert_eq!(places(&run), [1, 2]);
    let old = run.tasks("web")[0];
    let there = known(&run, old).instance;
    run.give(Command::StopTask { task: old, reason: None }).until(2 * MINUTE + 20 * SECOND);
    let new = *run.tasks("web").last().unwrap();
    assert_eq!(known(&run, new).instance, there);
    assert_eq!(known(&run, new).last_status, TaskStatus::Running);
    assert_eq!(known(&run, old).last_status, TaskStatus::Stopping, "two of them run there for a while");
}

#[test]
fn section_3_4_the_worked_expression_and_the_built_in_attributes() {
    let servers = "servers = [{ type = \"m5.large\", zone = \"us-east-1a\" }, { type = \"t3.large\", zone = \"us-east-1a\" }, { type = \"t3.large\", zone = \"us-east-1b\" }]\n";
    let scenario = format!(
        "{servers}{}{}{}",
        definition("web", ""),
        definition("side", ""),
        service("web", 1, "placement_constraints = [\"memberOf(attribute:ecs.availability-zone == us-east-1b)\"]")
    );
    let mut run = Run::begin(&scenario, 1);
    run.until(MINUTE);
    let by = |text: &str| RunTask {
        placement_constraints: vec![PlacementConstraint::parse("memberOf", Some(text)).unwrap()],
        ..run_task("side", 1)
    };
    run.give(Command::RunTask(by("attribute:ecs.instance-type =~ t3.* and task:group == service:web")));
    assert_eq!(places(&run).last(), Some(&3));
    for attribute in [
        "ecs.ami-id",
        "ecs.availability-zone",
        "ecs.instance-type",
        "ecs.os-type",
        "ecs.os-family",
        "ecs.cpu-architecture",
        "ecs.vpc-id",
        "ecs.subnet-id",
    ] {
        assert!(failures(&mut run, by(&format!("attribute:{attribute} exists"))).is_empty(), "{attribute}");
    }
    assert!(failures(&mut run, by("attribute:ecs.os-type == linux")).is_empty());
    assert_eq!(failures(&mut run, by("attribute:ecs.outpost-arn exists")).len(), 1);
    let long = format!("attribute:rack == {}", "x".repeat(2_000));
    assert!(PlacementConstraint::parse("memberOf", Some(&long)).is_err(), "at most 2,000 characters");
}

#[test]
fn section_3_4_fargate_takes_neither_constraints_nor_strategies() {
    let mut run = Run::begin(&cluster(Kept::Fargate, false), 1);
    let asked = [
        RunTask { placement_constraints: vec![PlacementConstraint::DistinctInstance], ..run_task("web", 1) },
        RunTask { placement_strategy: placement_text::strategies(&["random".to_string()]).unwrap(), ..run_task("web", 1) },
    ];
    for request in asked {
        let request = RunTask { launch_type: LaunchType::Fargate, ..request };
        let message = "Placement strategies and constraints are not supported with FARGATE launch type.".to_string();
        assert_eq!(refused(&mut run, &Command::RunTask(request)), ("InvalidParameterException", message));
    }
}

/// How many tasks of `web` each server has.
fn on_servers(run: &Run) -> BTreeMap<u32, usize> {
    let mut counts = BTreeMap::new();
    for task in run.tasks("web") {
        *counts.entry(known(run, task).instance.expect("placed").0).or_default() += 1;
    }
    counts
}

const FOUR: &str = "servers = [{ type = \"m5.large\", zone = \"us-east-1a\", count = 2 }, { type = \"m5.large\", zone = \"us-east-1b\", count = 2 }]\n";

fn placed_by(strategy: &str, count: u32) -> Run {
    let rest = if strategy.is_empty() { String::new() } else { format!("placement_strategy = [{strategy}]") };
    let definition = definition("web", "").replace("cpu = 256, memory = 512", "cpu = 100, memory = 1000");
    let mut run = Run::begin(&format!("{FOUR}{definition}{}", service("web", count, &rest)), 1);
    run.until(2 * MINUTE);
    run
}

#[test]
fn section_3_5_each_strategy_fills_the_cluster_its_own_way() {
    let counts = |strategy: &str, count| on_servers(&placed_by(strategy, count)).into_values().collect::<Vec<_>>();
    assert_eq!(counts("", 6), [2, 1, 2, 1], "the default: zones, then servers");
    assert_eq!(counts("\"spread(instanceId)\"", 8), [2, 2, 2, 2]);
    assert_eq!(counts("\"binpack(memory)\"", 8), [7, 1], "7,985 MiB hold seven of 1,000");
    assert_eq!(counts("\"binpack(cpu)\"", 8), [7, 1]);
    assert_eq!(counts("\"spread(attribute:ecs.availability-zone)\", \"binpack(memory)\"", 8), [4, 4], "AZ balanced binpack");
    let random = placed_by("\"random\"", 12);
    assert_eq!(on_servers(&random).values().sum::<usize>(), 12);
    assert_ne!(on_servers(&random).into_values().collect::<Vec<_>>(), [3, 3, 3, 3]);
}

#[test]
fn section_3_5_scale_in_goes_by_the_same_strategies() {
    let left = |strategy: &str, from, to| {
        let mut run = placed_by(strategy, from);
        run.scale("web", to).until(4 * MINUTE);
        on_servers(&run).into_values().collect::<Vec<_>>()
    };
    assert_eq!(left("", 8, 4), [1, 1, 1, 1], "from the zone, then the server with most");
    assert_eq!(left("\"spread(instanceId)\"", 8, 4), [1, 1, 1, 1]);
    assert_eq!(left("\"binpack(memory)\"", 8, 7), [7], "from the server with most left");
}

#[test]
fn section_3_5_fargate_spreads_each_kind_of_capacity_for_itself() {
    let strategy = "capacity_provider_strategy = [{ capacity_provider = \"FARGATE\", weight = 1 }, { capacity_provider = \"FARGATE_SPOT\", weight = 1 }]";
    let providers = "[[setup]]\ncommand = \"PutClusterCapacityProviders\"\nrequest = { capacity_providers = [\"FARGATE\", \"FARGATE_SPOT\"], default_capacity_provider_strategy = [] }\n";
    let scenario = format!(
        "{}{providers}{}",
        cluster(Kept::Fargate, false).split("[[services]]").next().unwrap(),
        service("web", 2, strategy)
    );
    let mut run = Run::begin(&scenario, 1);
    run.until(MINUTE);
    let zones: Vec<u32> = run.tasks("web").iter().map(|task| known(&run, *task).zone.0).collect();
    assert_eq!(zones, [1, 1], "each begins with the first zone: uneven in all");
}

#[test]
fn section_3_6_run_task_says_what_is_missing() {
    let big = |family: &str, cpu: u32, memory: u32| {
        definition(family, "").replace("cpu = 256, memory = 512", &format!("cpu = {cpu}, memory = {memory}"))
    };
    let gpu = definition("gpu", ", resourceRequirements = [{ type = \"GPU\", value = \"1\" }]");
    let awsvpc = definition("eni", "").replace("\"bridge\"", "\"awsvpc\"");
    let subnet = "subnets = [{ subnet_id = \"subnet-c\", availability_zone = \"us-east-1c\", cidr_block = \"10.0.1.0/24\" }]\n";
    let scenario =
        format!("{subnet}{TWO}{}{}{gpu}{awsvpc}{}", big("cpu", 4_096, 64), big("memory", 64, 20_000), definition("web", ""));
    let mut run = Run::begin(&scenario, 1);
    run.until(SECOND);
    assert_eq!(failures(&mut run, run_task("cpu", 1)), ["RESOURCE:CPU"]);
    assert_eq!(failures(&mut run, run_task("memory", 1)), ["RESOURCE:MEMORY"]);
    assert_eq!(failures(&mut run, run_task("gpu", 1)), ["RESOURCE:GPU"]);
    let away = ecs_playground::sim::command::platform::NetworkConfiguration {
        awsvpc_configuration: ecs_playground::sim::command::platform::AwsvpcConfiguration {
            subnets: vec!["subnet-c".into()],
            ..Default::default()
        },
    };
    assert_eq!(failures(&mut run, RunTask { network_configuration: Some(away), ..run_task("eni", 1) }), ["LOCATION"]);
    let nowhere = PlacementConstraint::parse("memberOf", Some("attribute:rack == r1")).unwrap();
    assert_eq!(
        failures(&mut run, RunTask { placement_constraints: vec![nowhere], ..run_task("web", 1) }),
        ["MemberOf placement constraint unsatisfied"]
    );
    for instance in [1, 2] {
        run.inject(Fault::NetworkCut { target: NetworkTarget::Instance(InstanceId(instance)), direction: Direction::Both });
    }
    run.until(10 * MINUTE);
    assert_eq!(failures(&mut run, run_task("web", 1)), ["AGENT"]);
    let standalone = run.times(is_placed).len();
    assert_eq!(standalone, 0);
}

#[test]
fn section_3_9_a_standalone_task_is_never_replaced_or_stopped_for_its_health() {
    let check = ", healthCheck = { command = [\"CMD-SHELL\", \"true\"], interval = 5, timeout = 2, retries = 2 }";
    let mut run = Run::begin(&format!("{SERVERS}{}", definition("web", check)), 1);
    run.until(SECOND).give(Command::RunTask(run_task("web", 1))).until(MINUTE);
    let task = TaskId(1);
    run.inject(Fault::AppHang { task }).until(HOUR);
    assert_eq!(known(&run, task).last_status, TaskStatus::Running);
    assert_eq!(known(&run, task).health, ecs_playground::sim::model::task::HealthStatus::Unhealthy);
    run.inject(Fault::ContainerExit { target: AppTarget::Task(task), code: 1 }).until(HOUR + MINUTE);
    assert_eq!(run.times(is_placed).len(), 1, "nor when it has ended");
}
