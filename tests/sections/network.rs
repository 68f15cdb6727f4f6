//! Network modes, interfaces, load balancers, discovery, draining (ecs.md §9).

use ecs_playground::sim::command::balancing::{
    BalancingCommand, DnsRecordType, LoadBalancer, ServiceConnectConfiguration, ServiceConnectService, ServiceRegistry,
    SetTraffic, TrafficSegment,
};
use ecs_playground::sim::command::platform::{AccountSetting, PlatformCommand, PutAccountSetting};
use ecs_playground::sim::command::services::{ServicesCommand, StopServiceDeployment, StopType};
use ecs_playground::sim::command::{Command, CreateService, RunTask, UpdateService};
use ecs_playground::sim::fault::{AppTarget, Fault};
use ecs_playground::sim::ids::InstanceId;
use ecs_playground::sim::model::task::TaskStatus;
use ecs_playground::sim::model::task_definition::NetworkMode;
use ecs_playground::sim::neighbours::traffic::Loss;
use ecs_playground::sim::observation::Kind;
use ecs_playground::sim::observation::balancing::BalancingFact;
use ecs_playground::sim::time::{MINUTE, SECOND};

use crate::common::scenario::{Run, SERVERS, definition, service, update};
use crate::lives::{Kept, cluster, entered, first_task, known, path, spent};
use crate::refused;

#[test]
fn section_9_1_each_mode_has_its_own_ports() {
    let port = |host: &str| format!(", portMappings = [{{ containerPort = 80{host} }}]");
    let address = |mode: &str, host: &str, kind: &str| {
        let definition = definition("web", &port(host)).replace("\"bridge\"", &format!("\"{mode}\""));
        let group =
            format!("[[setup]]\ncommand = \"CreateTargetGroup\"\nrequest = {{ name = \"web\", target_type = \"{kind}\" }}\n");
        let balanced = "load_balancers = [{ target_group = \"web\", container_name = \"web\", container_port = 80 }]";
        let (run, task) = first_task(&format!("{SERVERS}{definition}{group}{}", service("web", 1, balanced)));
        let target = known(&run, task).target.clone().expect("it is registered");
        target.registrations[0].address.port
    };
    let dynamic = address("bridge", "", "instance");
    assert!((32_768..=60_999).contains(&dynamic), "{dynamic}");
    assert_eq!(address("bridge", ", hostPort = 8080", "instance"), 8_080);
    assert_eq!(address("host", "", "instance"), 80);
    assert_eq!(address("awsvpc", "", "ip"), 80);
}

/// How many `awsvpc` tasks a server of this type takes.
fn takes(kind: &str, trunking: bool) -> usize {
    let tiny =
        definition("web", "").replace("\"bridge\"", "\"awsvpc\"").replace("cpu = 256, memory = 512", "cpu = 0, memory = 6");
    let mut run = Run::begin(&tiny, 4);
    if trunking {
        let on = PutAccountSetting { name: AccountSetting::AwsvpcTrunking, value: "enabled".to_string() };
        run.give(Command::Platform(PlatformCommand::PutAccountSetting(on)));
    }
    run.launch(kind, "us-east-1a", 1).until(6 * MINUTE);
    for _ in 0..13 {
        run.give(Command::RunTask(RunTask { task_definition: "web".to_string(), count: 10, ..RunTask::default() }));
    }
    run.times(|kind| matches!(kind, Kind::TaskPlaced { .. })).len()
}

#[test]
fn section_9_2_interfaces_of_every_type_with_and_without_trunking() {
    let table: [(&str, usize, usize); 7] = [
        ("a1.medium", 1, 10),
        ("c6g.medium m6g.medium", 1, 4),
        ("c5.large m5.large r5.large m6g.large m6i.large m7g.large", 2, 10),
        ("c5.xlarge m5.xlarge r5.xlarge m6i.xlarge", 3, 20),
        ("c5.2xlarge m5.2xlarge r5.2xlarge p3.2xlarge", 3, 40),
        ("c5.4xlarge m5.4xlarge r5.4xlarge c6g.4xlarge c5.9xlarge m5.8xlarge m5.12xlarge", 7, 60),
        ("m5.16xlarge m5.24xlarge", 14, 120),
    ];
    for (kinds, without, with) in table {
        for kind in kinds.split(' ') {
            assert_eq!((takes(kind, false), takes(kind, true)), (without, with), "{kind}");
        }
    }
    assert_eq!((takes("c6g.large", false), takes("c6g.large", true)), (2, 10), "as the other types of its size");
    for kind in ["t3.medium", "t4g.medium"] {
        assert_eq!((takes(kind, false), takes(kind, true)), (2, 2), "{kind} has no trunk");
    }
}

#[test]
fn section_9_2_a_server_with_a_trunk_registers_first() {
    let awsvpc = definition("web", "").replace("\"bridge\"", "\"awsvpc\"");
    let mut run = Run::begin(&awsvpc, 4);
    let on = PutAccountSetting { name: AccountSetting::AwsvpcTrunking, value: "enabled".to_string() };
    run.give(Command::Platform(PlatformCommand::PutAccountSetting(on)));
    run.launch("m5.large", "us-east-1a", 1);
    while run.sim.belief().registry.is_empty() {
        run.sim.advance_one(6 * MINUTE, &mut run.log).expect("it registers");
    }
    let status = |run: &Run| run.sim.belief().registry.get(InstanceId(1)).unwrap().status.name();
    assert_eq!(status(&run), "REGISTERING");
    run.until(run.sim.now_ms() + MINUTE);
    assert_eq!(status(&run), "ACTIVE");
}

fn balanced_by(groups: &[&str]) -> Command {
    let load_balancers = groups.iter().map(|group| LoadBalancer {
        target_group: (*group).to_string(),
        container_name: "web".to_string(),
        container_port: 80,
        advanced_configuration: None,
    });
    Command::CreateService(CreateService {
        service_name: "other".to_string(),
        task_definition: "web".to_string(),
        desired_count: 1,
        load_balancers: load_balancers.collect(),
        ..CreateService::default()
    })
}

#[test]
fn section_9_3_at_most_five_target_groups_of_the_type_of_the_network_mode() {
    for (kept, right, wrong) in [(Kept::Bridge, "instance", "ip"), (Kept::Awsvpc, "ip", "instance")] {
        let mut groups = String::new();
        for number in 1..=6 {
            groups.push_str(&format!(
                "[[setup]]\ncommand = \"CreateTargetGroup\"\nrequest = {{ name = \"g{number}\", target_type = \"{right}\" }}\n"
            ));
        }
        groups.push_str(&format!(
            "[[setup]]\ncommand = \"CreateTargetGroup\"\nrequest = {{ name = \"wrong\", target_type = \"{wrong}\" }}\n"
        ));
        let scenario = cluster(kept, true).replace("[[services]]", &format!("{groups}[[services]]"));
        let (mut run, _) = first_task(&scenario);
        assert_eq!(refused(&mut run, &balanced_by(&["g1", "g2", "g3", "g4", "g5", "g6"])).0, "InvalidParameterException");
        assert_eq!(refused(&mut run, &balanced_by(&["wrong"])).0, "InvalidParameterException");
        run.give(balanced_by(&["g1", "g2", "g3", "g4", "g5"])).until(6 * MINUTE);
        let task = run.tasks("other")[0];
        assert_eq!(known(&run, task).target.as_ref().expect("it is registered").registrations.len(), 5);
    }
}

#[test]
fn section_9_3_registered_while_activating_and_deregistered_while_deactivating() {
    let (mut run, task) = first_task(&cluster(Kept::Fargate, true));
    let registered = run.first(
        "registered",
        |kind| matches!(kind, Kind::Balancing(fact) if matches!(**fact, BalancingFact::TargetRegistered { .. })),
    );
    let begun = known(&run, task).placed_at_ms();
    assert!(registered >= entered(&run, task, TaskStatus::Activating));
    assert!((20 * SECOND..=60 * SECOND).contains(&(registered - begun)), "41 s in one trace: {}", registered - begun);
    run.scale("web", 0).until(6 * MINUTE);
    let draining = run.first("draining", |kind| matches!(kind, Kind::Balancing(fact) if matches!(&**fact, BalancingFact::TargetTurned { state, .. } if state.name() == "draining")));
    assert!(draining >= entered(&run, task, TaskStatus::Deactivating));
    assert!(draining <= entered(&run, task, TaskStatus::Stopping));
}

/// Clients that find `web` by its name.
fn by_name(run: &mut Run, ttl: Option<u32>) {
    run.give(Command::Balancing(BalancingCommand::SetTraffic(SetTraffic {
        name: "clients".to_string(),
        service: Some("web".to_string()),
        dns_ttl_seconds: ttl,
        segments: vec![TrafficSegment { after_seconds: 0, milli_requests_per_second: 10_000 }],
        ..SetTraffic::default()
    })));
}

fn answered(run: &Run) -> Vec<ecs_playground::sim::ids::TaskId> {
    run.sim.flow("clients").expect("the clients").answer.iter().map(|(task, _)| *task).collect()
}

fn discovered(count: u32) -> Run {
    let check = ", portMappings = [{ containerPort = 80 }], healthCheck = { command = [\"CMD-SHELL\", \"true\"], interval = 5, timeout = 2, retries = 2 }";
    let awsvpc =
        definition("web", check).replace("\"bridge\"", "\"awsvpc\"").replace("cpu = 256, memory = 512", "cpu = 32, memory = 32");
    let servers = SERVERS.replace("m5.2xlarge", "m5.4xlarge");
    // A long grace period keeps unhealthy tasks where they are.
    let rest = "health_check_grace_period_seconds = 3600\nservice_registries = [{ dns_record_type = \"A\" }]";
    let mut run = Run::begin(&format!("{servers}{awsvpc}{}", service("web", count, rest)), 4);
    run.until(3 * MINUTE);
    run
}

#[test]
fn section_9_4_a_name_answers_with_eight_healthy_tasks_at_most() {
    let mut run = discovered(12);
    by_name(&mut run, Some(60));
    let first = answered(&run);
    assert_eq!(first.len(), 8);
    run.until(run.sim.now_ms() + 59 * SECOND);
    assert_eq!(answered(&run), first, "kept for its time to live");
    run.until(run.sim.now_ms() + 3 * SECOND);
    assert_ne!(answered(&run), first, "eight others by chance");
}

#[test]
fn section_9_4_unhealthy_tasks_only_when_none_is_healthy() {
    let mut run = discovered(3);
    let tasks = run.tasks("web");
    run.inject(Fault::AppHang { task: tasks[0] }).until(5 * MINUTE);
    by_name(&mut run, Some(10));
    assert_eq!(answered(&run), tasks[1..], "ECS has told Cloud Map");
    run.inject(Fault::AppHang { task: tasks[1] }).inject(Fault::AppHang { task: tasks[2] }).until(8 * MINUTE);
    assert_eq!(answered(&run), tasks, "better than nothing");
}

#[test]
fn section_9_4_clients_keep_an_answer_for_sixty_seconds() {
    let mut run = discovered(2);
    by_name(&mut run, None);
    let before = answered(&run);
    let now_ms = run.sim.now_ms();
    run.scale("web", 0).until(now_ms + 55 * SECOND);
    assert_eq!(answered(&run), before, "a name outlives its tasks");
    assert!(run.tasks("web").is_empty());
    run.until(run.sim.now_ms() + 10 * SECOND);
    assert!(answered(&run).is_empty());
}

fn registries(service: &str, asked: Vec<ServiceRegistry>) -> Command {
    Command::UpdateService(UpdateService { service_registries: Some(asked), ..update(service) })
}

fn srv(container_name: &str, container_port: u16) -> ServiceRegistry {
    let container_name = Some(container_name.to_string());
    ServiceRegistry { dns_record_type: DnsRecordType::Srv, container_name, container_port: Some(container_port) }
}

#[test]
fn section_9_4_only_awsvpc_can_have_a_records() {
    let port = ", portMappings = [{ containerPort = 80 }]";
    for (mode, by_address, by_port) in
        [("bridge", false, true), ("host", false, true), ("awsvpc", true, true), ("none", false, false)]
    {
        let ports = if mode == "none" { "" } else { port };
        let scenario = format!("{SERVERS}{}{}", definition("web", ports).replace("bridge", mode), service("web", 1, ""));
        for (registry, accepted) in [(ServiceRegistry::default(), by_address), (srv("web", 80), by_port)] {
            let mut run = Run::begin(&scenario, 4);
            let name = registry.dns_record_type.name();
            let answer = run.sim.apply(&registries("web", vec![registry]), &mut run.log);
            assert_eq!(
                answer.as_ref().map_err(|refusal| refusal.code),
                if accepted { Ok(&()) } else { Err("InvalidParameterException") },
                "{mode} {name}"
            );
        }
    }
    let mut run = Run::begin(&format!("{SERVERS}{}{}", definition("web", port), service("web", 1, "")), 4);
    let mut refuses = |asked: Vec<ServiceRegistry>, says: &str| {
        let (code, message) = refused(&mut run, &registries("web", asked));
        assert_eq!(code, "InvalidParameterException");
        assert!(message.contains(says), "{message}");
    };
    refuses(vec![srv("web", 80), srv("web", 80)], "at most 1 items");
    refuses(vec![srv("api", 80)], "The container api does not exist");
    refuses(vec![srv("web", 81)], "did not have a container port 81");
    refuses(vec![ServiceRegistry { container_port: None, ..srv("web", 80) }], "combination is required");
    refuses(vec![ServiceRegistry { dns_record_type: DnsRecordType::A, ..srv("web", 80) }], "only for them");
    // A registry that is there has to do for the next task definition too.
    run.give(registries("web", vec![srv("web", 80)]));
    let mut silent = (*run.sim.belief().definitions.iter().next().expect("one is registered").1.definition).clone();
    silent.family = "silent".into();
    silent.containers[0].port_mappings.clear();
    run.give(Command::RegisterTaskDefinition(Box::new(silent)));
    let moved = Command::UpdateService(UpdateService { task_definition: Some("silent".to_string()), ..update("web") });
    assert!(refused(&mut run, &moved).1.contains("did not have a container port 80"));
}

#[test]
fn section_9_4_only_a_service_with_a_registry_is_found_and_a_change_starts_a_deployment() {
    let ports = ", portMappings = [{ containerPort = 80 }]";
    let mut run = Run::begin(&format!("{SERVERS}{}{}", definition("web", ports), service("web", 2, "")), 4);
    run.until(3 * MINUTE);
    let before = run.tasks("web");
    by_name(&mut run, Some(1));
    run.until(4 * MINUTE);
    assert!(answered(&run).is_empty(), "nobody has registered its tasks");
    let deployment = |run: &Run| run.sim.belief().services[run.service("web")].deployment;
    let first = deployment(&run);
    run.give(registries("web", vec![srv("web", 80)])).until(4 * MINUTE + 5 * SECOND);
    let second = deployment(&run);
    assert_ne!(first, second, "ecs.md §1.3");
    assert!(answered(&run).iter().all(|task| !before.contains(task)), "tasks from before are not registered");
    run.until(8 * MINUTE);
    assert_eq!(answered(&run), run.tasks("web"));
    assert!(run.tasks("web").iter().all(|task| !before.contains(task)));
    run.give(registries("web", vec![srv("web", 80)]));
    assert_eq!(deployment(&run), second, "the same list is no change");
    run.give(registries("web", Vec::new())).until(12 * MINUTE);
    assert_ne!(deployment(&run), second);
    assert!(answered(&run).is_empty());
}

#[test]
fn section_9_5_a_target_drains_for_its_delay_before_sigterm() {
    for seconds in [0, 5, 30, 300] {
        let delay = format!("deregistration_delay_timeout_seconds = {seconds}");
        let scenario = cluster(Kept::Fargate, true).replace("deregistration_delay_timeout_seconds = 20", &delay);
        let (mut run, task) = first_task(&scenario);
        run.scale("web", 0).until(15 * MINUTE);
        let drained = spent(&run, task, TaskStatus::Deactivating);
        let least = seconds * SECOND;
        assert!((least..=least + 20 * SECOND).contains(&drained), "{seconds}: {drained}");
        assert!(path(&run, task).ends_with("DEACTIVATING STOPPING DEPROVISIONING STOPPED"));
    }
}

#[test]
fn section_9_5_a_short_delay_makes_a_deployment_minutes_shorter() {
    let length = |seconds: u32| {
        let delay = format!("deregistration_delay_timeout_seconds = {seconds}");
        let scenario = cluster(Kept::Fargate, true)
            .replace("deregistration_delay_timeout_seconds = 20", &delay)
            .replace("desired_count = 1", "desired_count = 2\nminimum_healthy_percent = 50\nmaximum_percent = 100\navailability_zone_rebalancing = \"DISABLED\"");
        let (mut run, _) = first_task(&scenario);
        let begun = run.sim.now_ms();
        run.give(Command::UpdateService(ecs_playground::sim::command::UpdateService {
            force_new_deployment: true,
            ..crate::common::scenario::update("web")
        }));
        let old = run.tasks("web");
        run.until(40 * MINUTE);
        old.iter().map(|task| entered(&run, *task, TaskStatus::Stopped)).max().unwrap() - begun
    };
    let (short, usual) = (length(5), length(300));
    assert!(usual - short > 4 * MINUTE, "{short} {usual}");
}

/// `web` calls `api` through Service Connect; `api` comes later.
fn connected(webs: u32) -> Run {
    let limited = |family: &str, rest: &str| {
        definition(family, rest).replace("containerDefinitions", "memory = \"600\"\ncontainerDefinitions")
    };
    let client = "service_connect_configuration = { enabled = true, namespace = \"shop\" }";
    let port = ", portMappings = [{ containerPort = 80, hostPort = 0 }]";
    let scenario = format!("{SERVERS}{}{}{}", limited("web", ""), limited("api", port), service("web", webs, client));
    let mut run = Run::begin(&scenario, 4);
    run.until(MINUTE);
    run
}

fn endpoint(name: &str) -> Option<Box<ServiceConnectConfiguration>> {
    let services = vec![ServiceConnectService { discovery_name: name.to_string(), container_port: 80 }];
    Some(Box::new(ServiceConnectConfiguration { enabled: true, namespace: "shop".to_string(), services }))
}

fn create_api(run: &mut Run, desired_count: u32) {
    run.give(Command::CreateService(CreateService {
        service_name: "api".to_string(),
        task_definition: "api".to_string(),
        desired_count,
        service_connect_configuration: endpoint("api"),
        ..CreateService::default()
    }));
    let now_ms = run.sim.now_ms();
    run.until(now_ms + MINUTE);
}

fn call_api(run: &mut Run, milli_requests_per_second: u64) {
    run.give(Command::Balancing(BalancingCommand::SetTraffic(SetTraffic {
        name: "calls".to_string(),
        client: Some("web".to_string()),
        service: Some("api".to_string()),
        segments: vec![TrafficSegment { after_seconds: 0, milli_requests_per_second }],
        ..SetTraffic::default()
    })));
}

fn redeploy(run: &mut Run, service: &str) {
    run.give(Command::UpdateService(UpdateService { force_new_deployment: true, ..update(service) }));
    let now_ms = run.sim.now_ms();
    run.until(now_ms + 2 * MINUTE);
}

fn losing(run: &Run) -> Vec<(Loss, u64)> {
    run.sim.flow("calls").expect("it sends").losing().into_iter().collect()
}

/// Whole requests lost to each cause so far.
fn lost(run: &Run) -> Vec<(Loss, u64)> {
    let counts = run.sim.flow("calls").expect("it sends").counts_at(run.sim.now_ms());
    assert_eq!(counts.offered, counts.served + counts.lost.values().sum::<u64>());
    counts.lost.into_iter().map(|(loss, count)| (loss, count / 1_000_000)).filter(|(_, count)| *count > 0).collect()
}

#[test]
fn section_9_4_service_connect_clients_know_the_endpoints_that_were_there_when_they_started() {
    let mut run = connected(2);
    create_api(&mut run, 1);
    call_api(&mut run, 6_000);
    run.until(3 * MINUTE);
    assert_eq!(losing(&run), [(Loss::UnknownEndpoint, 6_000)]);
    redeploy(&mut run, "api");
    assert_eq!(losing(&run), [(Loss::UnknownEndpoint, 6_000)], "a new task behind the name is no help");
    run.scale("web", 3).until(6 * MINUTE);
    assert_eq!(losing(&run), [(Loss::UnknownEndpoint, 4_000)], "one of three clients is new");
    redeploy(&mut run, "web");
    assert_eq!(losing(&run), []);
}

#[test]
fn section_9_4_service_connect_pushes_new_tasks_to_clients_that_know_the_name() {
    let mut run = connected(1);
    create_api(&mut run, 1);
    redeploy(&mut run, "web");
    call_api(&mut run, 6_000);
    let called = |run: &Run| run.sim.flow("calls").expect("it sends").routes().len();
    run.until(5 * MINUTE);
    assert_eq!(called(&run), 1);
    run.scale("api", 3);
    let end_ms = run.sim.now_ms() + 2 * MINUTE;
    while run.sim.now_ms() < end_ms && called(&run) < 3 {
        let next_ms = run.sim.now_ms() + SECOND;
        run.until(next_ms);
    }
    let newest = run.tasks("api").iter().map(|task| entered(&run, *task, TaskStatus::Running)).max().expect("they run");
    let lag_ms = run.sim.now_ms() - newest;
    assert!(lag_ms <= 14 * SECOND, "{lag_ms}");
    assert_eq!(lost(&run), []);
}

#[test]
fn section_9_4_service_connect_tries_a_refused_request_again_elsewhere() {
    let mut run = connected(1);
    create_api(&mut run, 2);
    redeploy(&mut run, "web");
    call_api(&mut run, 50_000);
    run.until(5 * MINUTE);
    let target = AppTarget::Task(run.tasks("api")[0]);
    run.inject(Fault::ContainerExit { target, code: 1 }).until(6 * MINUTE);
    assert!(lost(&run).iter().all(|(loss, count)| *loss == Loss::CutOff && *count <= 3), "{:?}", lost(&run));
    run.scale("api", 1).until(7 * MINUTE);
    let before = lost(&run);
    run.scale("api", 2).until(8 * MINUTE).scale("api", 1).until(9 * MINUTE);
    assert_eq!(lost(&run), before, "the proxy of a task that ECS stops has drained");
}

#[test]
fn section_9_4_service_connect_leaves_a_silent_task_alone_longer_each_time() {
    let mut run = connected(1);
    create_api(&mut run, 2);
    redeploy(&mut run, "web");
    call_api(&mut run, 10_000);
    run.until(5 * MINUTE);
    let task = run.tasks("api")[0];
    run.inject(Fault::AppHang { task }).until(25 * MINUTE);
    let ejected: Vec<(u64, u64)> = run
        .log
        .iter()
        .filter_map(|fact| match &fact.kind {
            Kind::Balancing(of) => match &**of {
                BalancingFact::OutlierEjected { until_ms, .. } => Some((fact.at_ms, until_ms - fact.at_ms)),
                _ => None,
            },
            _ => None,
        })
        .collect();
    // Five failures at five a second, each known after fifteen seconds.
    assert_eq!(ejected[0].0, 5 * MINUTE + 16 * SECOND);
    let lengths: Vec<u64> = ejected.iter().map(|(_, length_ms)| length_ms / SECOND).collect();
    assert_eq!(lengths[..4], [30, 60, 90, 120]);
    assert!(lengths.iter().all(|length| *length <= 300), "{lengths:?}");
    assert!(lost(&run).iter().all(|(loss, _)| *loss == Loss::Timeout), "{:?}", lost(&run));
}

#[test]
fn section_9_4_an_endpoint_belongs_to_the_revision_and_a_roll_back_brings_it_back_to_its_callers() {
    let mut run = connected(1);
    create_api(&mut run, 1);
    redeploy(&mut run, "web");
    call_api(&mut run, 6_000);
    run.until(5 * MINUTE);
    let served = |run: &Run| run.sim.endpoint_of(run.service("api")).expect("it has an endpoint").clone();
    let before = served(&run);
    let rename = Command::UpdateService(UpdateService { service_connect_configuration: endpoint("orders"), ..update("api") });
    run.give(rename.clone()).until(5 * MINUTE + 30 * SECOND);
    assert_eq!((&*served(&run).discovery_name, losing(&run)), ("orders", Vec::new()), "older tasks serve the older name");
    let stop = StopServiceDeployment { service: "api".to_string(), stop_type: StopType::Rollback };
    run.give(Command::Services(ServicesCommand::StopServiceDeployment(stop))).until(10 * MINUTE);
    assert_eq!((served(&run), losing(&run)), (before, Vec::new()));
    assert_eq!(run.sim.belief().services[run.service("api")].deployments.len(), 1);
    run.give(rename).until(20 * MINUTE);
    assert_eq!(losing(&run), [(Loss::UnknownEndpoint, 6_000)], "nobody serves the older name any more");
}

#[test]
fn section_9_4_service_connect_what_it_requires() {
    let mut run = connected(1);
    create_api(&mut run, 1);
    let create = |definition: &str, name: &str| {
        Command::CreateService(CreateService {
            service_name: "other".to_string(),
            task_definition: definition.to_string(),
            desired_count: 1,
            service_connect_configuration: endpoint(name),
            ..CreateService::default()
        })
    };
    assert!(refused(&mut run, &create("api", "api")).1.contains("has an endpoint of this name already"));
    for (family, mode, memory, says) in
        [("stuck", "host", Some(600), "bridge or awsvpc"), ("loose", "bridge", None, "requires a task memory limit")]
    {
        let mut known = (*run.sim.belief().definitions.iter().next().expect("one is registered").1.definition).clone();
        known.family = family.into();
        known.network_mode = if mode == "host" { NetworkMode::Host } else { NetworkMode::Bridge };
        known.memory_mib = memory;
        run.give(Command::RegisterTaskDefinition(Box::new(known)));
        assert!(refused(&mut run, &create(family, family)).1.contains(says), "{family}");
    }
    let leaves = ServiceConnectConfiguration { enabled: false, namespace: String::new(), services: Vec::new() };
    let before = run.sim.belief().services[run.service("api")].deployment;
    run.give(Command::UpdateService(UpdateService { service_connect_configuration: Some(Box::new(leaves)), ..update("api") }));
    assert_ne!(run.sim.belief().services[run.service("api")].deployment, before, "another configuration is another deployment");
    assert!(run.sim.belief().services[run.service("api")].revision().connect.is_none());
}
