//! The quotas of ecs.md §13, each reached and then exceeded by one, with the error of the service.

mod common;

use std::fmt::Write as _;

use common::scenario::{Run, SERVERS, definition, service, update, web};
use ecs_playground::import::scenario::Scenario;
use ecs_playground::import::task_definition::task_definition_from_json;
use ecs_playground::sim::command::balancing::{DnsRecordType, ServiceConnectConfiguration, ServiceRegistry};
use ecs_playground::sim::command::capacity::{CapacityCommand, PutClusterCapacityProviders, UpdateCapacityProvider};
use ecs_playground::sim::command::platform::{AccountSetting, PlatformCommand, PutAccountSetting};
use ecs_playground::sim::command::services::{ServicesCommand, StartTask, UpdateTaskProtection};
use ecs_playground::sim::command::{Command, CreateService, LaunchInstances, RunTask, UpdateService};
use ecs_playground::sim::control_plane::api_rates::ApiCategory;
use ecs_playground::sim::ids::InstanceId;
use ecs_playground::sim::invariants;
use ecs_playground::sim::model::capacity_provider::CapacityProviderStrategyItem;
use ecs_playground::sim::model::task::TaskStatus;
use ecs_playground::sim::time::{MINUTE, SECOND};
use ecs_playground::sim::tuning::Tuning;
use ecs_playground::sim::tuning::platform::PlatformTuning;

/// Asks for something that must be refused: the exception and its message.
fn refused(run: &mut Run, command: &Command) -> (&'static str, String) {
    let refusal = run.sim.apply(command, &mut run.log).expect_err("it is over the quota");
    (refusal.code, refusal.message)
}

fn create(name: &str) -> Command {
    Command::CreateService(CreateService {
        service_name: name.to_string(),
        task_definition: "web".to_string(),
        ..CreateService::default()
    })
}

fn launch(count: u32, attributes: usize) -> Command {
    let attributes = (0..attributes).map(|index| (format!("rack-{index}"), None)).collect();
    Command::LaunchInstances(LaunchInstances {
        instance_type: "m5.large".to_string(),
        zone: "us-east-1a".to_string(),
        count,
        spot: false,
        ecs_enable_spot_instance_draining: false,
        attributes,
    })
}

fn run_task(count: u32) -> Command {
    Command::RunTask(RunTask { task_definition: "web".to_string(), count, ..RunTask::default() })
}

#[test]
fn section_13_services_per_cluster() {
    let mut run = Run::begin(&definition("web", ""), 1);
    for number in 1..=5_000 {
        run.give(create(&format!("s{number}")));
    }
    let message = "The maximum number of services for this cluster (5000) has been reached.".to_string();
    assert_eq!(refused(&mut run, &create("one-more")), ("ClientException", message));
    run.give(Command::DeleteService { service: "s17".to_string() });
    assert!(run.sim.apply(&create("one-more"), &mut Vec::new()).is_err(), "it is still DRAINING");
    run.until(30 * SECOND).give(create("one-more"));
}

#[test]
fn section_13_container_instances_per_cluster() {
    let mut run = Run::begin(&definition("web", ""), 1);
    run.give(launch(5_000, 0));
    assert_eq!(refused(&mut run, &launch(1, 0)).0, "InstanceLimitExceeded");
}

#[test]
fn section_13_custom_attributes_per_resource() {
    let mut run = Run::begin(&definition("web", ""), 1);
    run.give(launch(1, 10));
    let message = "You can apply up to 10 custom attributes for each resource.".to_string();
    assert_eq!(refused(&mut run, &launch(1, 11)), ("AttributeLimitExceededException", message));
}

#[test]
fn section_13_tasks_per_service() {
    let mut run = Run::begin(&web(1), 1);
    let count = |desired_count| Command::UpdateService(UpdateService { desired_count: Some(desired_count), ..update("web") });
    run.give(count(5_000));
    let expected = ("InvalidParameterException", "A service has at most 5,000 tasks.".to_string());
    assert_eq!(refused(&mut run, &count(5_001)), expected);
    let Command::CreateService(request) = create("next") else { panic!("it creates a service") };
    assert_eq!(refused(&mut run, &Command::CreateService(CreateService { desired_count: 5_001, ..request })), expected);
}

fn connects(namespace: &str) -> Option<Box<ServiceConnectConfiguration>> {
    let namespace = namespace.to_string();
    Some(Box::new(ServiceConnectConfiguration { enabled: true, namespace, services: Vec::new() }))
}

/// A task definition that Service Connect and service discovery can do with.
fn found() -> String {
    let text = definition("web", ", portMappings = [{ containerPort = 80 }]");
    text.replace("containerDefinitions", "memory = \"600\"\ncontainerDefinitions")
}

#[test]
fn section_13_tasks_of_a_service_that_is_found_by_name() {
    let text = "A service with service discovery or Service Connect has at most 1,000 tasks.";
    let expected = ("InvalidParameterException", text.to_string());
    let registry = ServiceRegistry {
        dns_record_type: DnsRecordType::Srv,
        container_name: Some("web".to_string()),
        container_port: Some(80),
    };
    let Command::CreateService(plain) = create("web") else { panic!("it creates a service") };
    let by_name = CreateService { service_registries: vec![registry.clone()], ..plain.clone() };
    let by_proxy = CreateService { service_connect_configuration: connects("shop"), ..plain.clone() };
    for found_by in [by_name, by_proxy] {
        let mut run = Run::begin(&found(), 1);
        let with = |desired_count| Command::CreateService(CreateService { desired_count, ..found_by.clone() });
        assert_eq!(refused(&mut run, &with(1_001)), expected);
        run.give(with(1_000));
        let count = |desired_count| Command::UpdateService(UpdateService { desired_count: Some(desired_count), ..update("web") });
        assert_eq!(refused(&mut run, &count(1_001)), expected);
    }
    // The larger service cannot be made one that is found.
    let mut run = Run::begin(&found(), 1);
    run.give(Command::CreateService(CreateService { desired_count: 1_001, ..plain }));
    let joins = UpdateService { service_connect_configuration: connects("shop"), ..update("web") };
    assert_eq!(refused(&mut run, &Command::UpdateService(joins)), expected);
    let registers = UpdateService { service_registries: Some(vec![registry]), ..update("web") };
    assert_eq!(refused(&mut run, &Command::UpdateService(registers)), expected);
}

#[test]
fn section_13_services_per_namespace() {
    let mut run = Run::begin(&found(), 1);
    let member = |number: u32, namespace: &str| {
        let Command::CreateService(request) = create(&format!("s{number}")) else { panic!("it creates a service") };
        Command::CreateService(CreateService { service_connect_configuration: connects(namespace), ..request })
    };
    for number in 1..=300 {
        run.give(member(number, "shop"));
    }
    let message = "The maximum number of services for namespace shop (300) has been reached.".to_string();
    assert_eq!(refused(&mut run, &member(301, "shop")), ("ClientException", message));
    run.give(member(301, "other"));
    // One that is in it already may change.
    run.give(Command::UpdateService(UpdateService { service_connect_configuration: connects("shop"), ..update("s7") }));
}

#[test]
fn section_13_run_task_count() {
    let mut run = Run::begin(&web(0), 1);
    run.give(run_task(10));
    let expected = ("InvalidParameterException", "Count must be between 1 and 10.".to_string());
    assert_eq!(refused(&mut run, &run_task(11)), expected);
    assert_eq!(refused(&mut run, &run_task(0)), expected);
}

fn registered(containers: usize, padding: usize) -> Result<(), String> {
    let mut list = String::new();
    for index in 0..containers {
        let comma = if index == 0 { "" } else { "," };
        write!(list, "{comma}{{\"name\":\"c{index}\",\"image\":\"web:1\",\"memory\":64}}").expect("a text takes it");
    }
    let text = format!("{{\"family\":\"web\",\"containerDefinitions\":[{list}],\"padding\":\"{}\"}}", "x".repeat(padding));
    task_definition_from_json(&text, 1).map(|_| ()).map_err(|errors| errors[0].message.clone())
}

#[test]
fn section_13_containers_per_task_definition() {
    assert_eq!(registered(10, 0), Ok(()));
    assert_eq!(registered(11, 0), Err("Too many containers. A task definition has at most 10.".to_string()));
}

#[test]
fn section_13_size_of_a_task_definition() {
    let frame =
        "{\"family\":\"web\",\"containerDefinitions\":[{\"name\":\"c0\",\"image\":\"web:1\",\"memory\":64}],\"padding\":\"\"}"
            .len();
    assert_eq!(registered(1, 65_536 - frame), Ok(()));
    assert_eq!(registered(1, 65_537 - frame), Err("Actual length: '65537'. Max allowed length is '65536' bytes.".to_string()));
}

/// Target groups by name, and the part of a service that names the first of them.
fn balanced(groups: usize, used: usize) -> String {
    let mut text = SERVERS.to_string();
    text += &definition("web", ", portMappings = [{ containerPort = 80 }]");
    for number in 0..groups {
        write!(text, "[[setup]]\ncommand = \"CreateTargetGroup\"\nrequest = {{ name = \"t{number}\" }}\n").expect("a text");
    }
    let each = |number| format!("{{ target_group = \"t{number}\", container_name = \"web\", container_port = 80 }}");
    let list: Vec<String> = (0..used).map(each).collect();
    text + &service("web", 1, &format!("load_balancers = [{}]", list.join(", ")))
}

/// Why a scenario does not begin.
fn begins(text: &str) -> Result<(), String> {
    let text = format!("title = \"test\"\nsentence = \"\"\n{text}");
    let scenario = Scenario::parse(&text).map_err(|errors| errors[0].to_string())?;
    scenario.begin(Some(1), ecs_playground::sim::tuning::Tuning::default(), &mut Vec::new()).map(|_| ())
}

#[test]
fn section_13_target_groups_per_service() {
    assert_eq!(begins(&balanced(6, 5)), Ok(()));
    let error = begins(&balanced(6, 6)).expect_err("six are too many");
    assert!(error.contains("load balancers can have at most 5 items."), "{error}");
}

/// Capacity providers on groups that have nothing and get nothing.
fn providers(count: usize) -> String {
    let mut text = definition("web", "");
    let mut names = Vec::new();
    for number in 0..count {
        write!(
            text,
            "[[setup]]\ncommand = \"CreateAutoScalingGroup\"\nrequest = {{ auto_scaling_group_name = \"g{number}\", min_size = 0, max_size = 0, instance_types = [\"m5.large\"] }}\n\
             [[setup]]\ncommand = \"CreateCapacityProvider\"\nrequest = {{ name = \"p{number}\", auto_scaling_group_provider = {{ auto_scaling_group = \"g{number}\", managed_scaling = {{ status = \"ENABLED\" }} }} }}\n"
        )
        .expect("a text takes it");
        names.push(format!("\"p{number}\""));
    }
    text + &format!(
        "[[setup]]\ncommand = \"PutClusterCapacityProviders\"\nrequest = {{ capacity_providers = [{}], default_capacity_provider_strategy = [] }}\n",
        names.join(", ")
    )
}

#[test]
fn section_13_capacity_providers_per_cluster() {
    assert_eq!(begins(&providers(20)), Ok(()));
    let error = begins(&providers(21)).expect_err("21 are too many");
    assert!(error.contains("A cluster can have at most 20 capacity providers."), "{error}");
}

#[test]
fn section_13_tasks_provisioning_per_cluster() {
    let mut run = Run::begin(&providers(1), 1);
    let Command::CreateService(request) = create("web") else { panic!("it creates a service") };
    let item = CapacityProviderStrategyItem { capacity_provider: "p0".into(), base: 0, weight: 1 };
    run.give(Command::CreateService(CreateService {
        desired_count: 501,
        capacity_provider_strategy: Some(vec![item]),
        ..request
    }));
    run.until(5 * MINUTE);
    let waiting =
        |run: &Run| run.sim.belief().tasks.iter().filter(|(_, task)| task.last_status == TaskStatus::Provisioning).count();
    assert_eq!(waiting(&run), 500);
    let event =
        "(service web) was unable to place tasks in your cluster because the tasks provisioning capacity limit was exceeded.";
    let said = run.times(|kind| {
        matches!(kind, ecs_playground::sim::observation::Kind::ServiceEvent { event: said, .. } if said.text("web") == event)
    });
    assert_eq!(said.len(), 1, "event 22, once");
    run.scale("web", 500).until(6 * MINUTE);
    assert_eq!(waiting(&run), 500);
}

#[test]
fn section_13_subnets_and_security_groups_of_a_network_configuration() {
    let subnets = |count: usize| {
        let mut text = SERVERS.to_string();
        text += "[[task_definitions]]\nfamily = \"web\"\nnetworkMode = \"awsvpc\"\ncontainerDefinitions = [{ name = \"web\", image = \"web:1\", memory = 64 }]\n";
        for number in 0..count {
            write!(
                text,
                "[[setup]]\ncommand = \"CreateSubnet\"\nrequest = {{ subnet_id = \"subnet-{number}\", availability_zone = \"us-east-1a\", cidr_block = \"10.0.{number}.0/28\" }}\n"
            )
            .expect("a text takes it");
        }
        let names: Vec<String> = (0..count).map(|number| format!("\"subnet-{number}\"")).collect();
        let network = format!("network_configuration = {{ awsvpc_configuration = {{ subnets = [{}] }} }}", names.join(", "));
        text + &service("web", 1, &network)
    };
    assert_eq!(begins(&subnets(16)), Ok(()));
    let error = begins(&subnets(17)).expect_err("17 are too many");
    assert!(error.contains("subnets can have at most 16 items."), "{error}");
    let groups = |count: usize| {
        let names: Vec<String> = (0..count).map(|number| format!("\"sg-{number}\"")).collect();
        subnets(1).replace("subnets = [", &format!("security_groups = [{}], subnets = [", names.join(", ")))
    };
    assert_eq!(begins(&groups(5)), Ok(()));
    let error = begins(&groups(6)).expect_err("six are too many");
    assert!(error.contains("security groups can have at most 5 items."), "{error}");
}

/// The six ports that are reserved on every server (22, 2375, 2376, 51678 to 51680) count: 94 are left.
#[test]
fn section_13_reserved_ports_per_instance() {
    let ports = |from: u32, to: u32| -> String {
        (from..to).map(|port| format!("{{ containerPort = {port}, hostPort = {port} }}, ")).collect()
    };
    let text = format!(
        "servers = [{{ type = \"m5.2xlarge\", zone = \"us-east-1a\", count = 1 }}]\n{}{}{}",
        definition("many", &format!(", portMappings = [{}]", ports(1_000, 1_093))),
        definition("one", &format!(", portMappings = [{}]", ports(2_000, 2_001))),
        definition("two", &format!(", portMappings = [{}]", ports(3_000, 3_001))),
    );
    let mut run = Run::begin(&text, 1);
    for family in ["many", "one", "two"] {
        run.give(Command::RunTask(RunTask { task_definition: family.to_string(), count: 1, ..RunTask::default() }));
    }
    let placed: Vec<&str> = run
        .sim
        .belief()
        .tasks
        .iter()
        .map(|(_, task)| &*run.sim.belief().definitions[task.definition].definition.family)
        .collect();
    assert_eq!(placed, ["many", "one"]);
}

#[test]
fn section_13_start_task_instances() {
    let mut run = Run::begin(&web(0), 1);
    let start = |count: u32| {
        Command::Services(ServicesCommand::StartTask(StartTask {
            task_definition: "web".to_string(),
            container_instances: (1..=count).map(InstanceId).collect(),
            group: None,
            network_configuration: None,
        }))
    };
    run.give(start(10));
    let message = "Between 1 and 10 container instances must be specified.".to_string();
    assert_eq!(refused(&mut run, &start(11)), ("InvalidParameterException", message));
}

#[test]
fn section_13_tags_per_resource() {
    let tagged = |count: usize| {
        let tags: Vec<String> = (0..count).map(|number| format!("{{\"key\":\"k{number}\",\"value\":\"v\"}}")).collect();
        let text = format!(
            "{{\"family\":\"web\",\"tags\":[{}],\"containerDefinitions\":[{{\"name\":\"c\",\"image\":\"web:1\",\"memory\":64}}]}}",
            tags.join(",")
        );
        task_definition_from_json(&text, 1).map(|_| ()).map_err(|errors| errors[0].to_string())
    };
    assert_eq!(tagged(50), Ok(()));
    let error = tagged(51).expect_err("51 are too many");
    assert!(error.ends_with("tags: Too many tags: 51. A resource has at most 50."), "{error}");
}

/// A cluster in which a call of every category can be made over and over, a minute after its beginning.
fn called(tuning: Tuning) -> Run {
    let text = format!("{SERVERS}{}{}", providers(1), service("web", 1, ""));
    let mut run = Run::tuned(&text, 1, tuning);
    run.until(MINUTE);
    run
}

/// A call of a category that is accepted whenever there is one in its bucket.
fn call(run: &Run, category: ApiCategory) -> Command {
    let capacity = |command| Command::Capacity(command);
    match category {
        ApiCategory::ClusterModify => capacity(CapacityCommand::PutClusterCapacityProviders(PutClusterCapacityProviders {
            capacity_providers: vec!["p0".to_string()],
            default_capacity_provider_strategy: Vec::new(),
        })),
        ApiCategory::ClusterResourceModify => run_task(1),
        ApiCategory::ServiceModify => Command::UpdateService(UpdateService { desired_count: Some(1), ..update("web") }),
        ApiCategory::TaskDefinitionModify => {
            let (_, newest) = run.sim.belief().definitions.iter().last().expect("there is one");
            Command::RegisterTaskDefinition(Box::new((*newest.definition).clone()))
        }
        ApiCategory::CapacityProviderModify => capacity(CapacityCommand::UpdateCapacityProvider(UpdateCapacityProvider {
            name: "p0".to_string(),
            managed_scaling: None,
            managed_termination_protection: None,
            managed_draining: None,
        })),
        ApiCategory::TaskProtection => Command::Services(ServicesCommand::UpdateTaskProtection(UpdateTaskProtection {
            tasks: run.tasks("web"),
            protection_enabled: true,
            expires_in_minutes: None,
        })),
        ApiCategory::SettingModify => Command::Platform(PlatformCommand::PutAccountSetting(PutAccountSetting {
            name: AccountSetting::AwsvpcTrunking,
            value: "enabled".to_string(),
        })),
    }
}

/// How many calls of a category are accepted at one instant; the next is throttled.
fn accepted(run: &mut Run, category: ApiCategory) -> u64 {
    let command = call(run, category);
    for calls in 0..1_000 {
        invariants::check(&run.sim).unwrap_or_else(|what| panic!("{what}"));
        match run.sim.apply(&command, &mut run.log) {
            Ok(()) => {}
            Err(refusal) => {
                assert_eq!((refusal.code, &*refusal.message), ("ThrottlingException", "Rate exceeded"));
                return calls;
            }
        }
    }
    panic!("{category:?} is never throttled");
}

#[test]
fn section_13_buckets_of_the_api() {
    let buckets = [
        (ApiCategory::ClusterModify, 20, 1),
        (ApiCategory::ClusterResourceModify, 100, 40),
        (ApiCategory::ServiceModify, 50, 5),
        (ApiCategory::TaskDefinitionModify, 20, 1),
        (ApiCategory::CapacityProviderModify, 10, 1),
        (ApiCategory::TaskProtection, 200, 80),
        (ApiCategory::SettingModify, 10, 1),
    ];
    assert_eq!(buckets.map(|(category, ..)| category), ApiCategory::ALL);
    // One run for all: an empty bucket takes nothing from the others.
    let mut run = called(Tuning::default());
    for (category, burst, _) in buckets {
        assert_eq!(accepted(&mut run, category), burst, "{category:?} at once");
    }
    let begin_ms = run.sim.now_ms();
    for second in 1..=3 {
        run.until(begin_ms + second * SECOND);
        for (category, _, rate) in buckets {
            assert_eq!(accepted(&mut run, category), rate, "{category:?} in second {second}");
        }
    }
    // Not a whole call in a part of its time, and no more than the burst after any time.
    run.until(begin_ms + 3 * SECOND + 199);
    assert_eq!(accepted(&mut run, ApiCategory::ServiceModify), 0);
    run.until(begin_ms + 3 * SECOND + 200);
    assert_eq!(accepted(&mut run, ApiCategory::ServiceModify), 1);
    run.until(begin_ms + 30 * MINUTE);
    for (category, burst, _) in buckets {
        assert_eq!(accepted(&mut run, category), burst, "{category:?} is full again");
    }
}

#[test]
fn section_13_what_costs_no_call() {
    let mut run = Run::begin(&format!("{SERVERS}{}", definition("web", "")), 1);
    for number in 0..60 {
        // Before the clock runs: the furniture of a scenario.
        run.give(create(&format!("s{number}")));
    }
    run.until(MINUTE);
    let calls = accepted(&mut run, ApiCategory::ClusterResourceModify);
    assert_eq!(calls, 100, "what the scheduler starts is not counted");
    for _ in 0..60 {
        // EC2 has buckets of its own.
        run.give(launch(1, 0));
        // Refused for another reason.
        let nobody = Command::DeleteService { service: "nobody".to_string() };
        assert_eq!(refused(&mut run, &nobody).0, "ServiceNotFoundException");
    }
    run.give(Command::DeleteService { service: "s0".to_string() });
}

#[test]
fn section_13_buckets_of_an_account_with_higher_quotas() {
    let platform = PlatformTuning { api_rate_factor: 3, ..PlatformTuning::default() };
    let mut run = called(Tuning { platform, ..Tuning::default() });
    assert_eq!(accepted(&mut run, ApiCategory::TaskDefinitionModify), 60);
    let next_ms = run.sim.now_ms() + SECOND;
    run.until(next_ms);
    assert_eq!(accepted(&mut run, ApiCategory::TaskDefinitionModify), 3);
}

#[test]
fn section_13_buckets_belong_to_the_run() {
    let mut trunk = called(Tuning::default());
    accepted(&mut trunk, ApiCategory::TaskDefinitionModify);
    let half_ms = trunk.sim.now_ms() + 500;
    trunk.until(half_ms);
    // A branch finds the bucket as it was, and leaves that of the trunk alone.
    let mut branch = Run { sim: trunk.sim.clone(), log: Vec::new() };
    branch.until(half_ms + 500);
    assert_eq!(accepted(&mut branch, ApiCategory::TaskDefinitionModify), 1);
    assert_eq!(accepted(&mut trunk, ApiCategory::TaskDefinitionModify), 0);
    trunk.until(half_ms + 500);
    assert_eq!(accepted(&mut trunk, ApiCategory::TaskDefinitionModify), 1);
    assert_eq!(trunk.sim.world_hash(), branch.sim.world_hash());
    // What is in the bucket is part of the state: a call that changed nothing else does.
    let before = trunk.sim.world_hash();
    let again = call(&trunk, ApiCategory::SettingModify);
    trunk.give(again.clone());
    let once = trunk.sim.world_hash();
    trunk.give(again);
    assert!(before != once && once != trunk.sim.world_hash());
}
