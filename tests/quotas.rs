//! The quotas of ecs.md §13, each reached and then exceeded by one, with the error of the service.

mod common;

use std::fmt::Write as _;

use common::scenario::{Run, SERVERS, definition, service, update, web};
use ecs_playground::import::scenario::Scenario;
use ecs_playground::import::task_definition::task_definition_from_json;
use ecs_playground::sim::command::balancing::{DnsRecordType, ServiceConnectConfiguration, ServiceRegistry};
use ecs_playground::sim::command::{Command, CreateService, LaunchInstances, RunTask, UpdateService};
use ecs_playground::sim::model::capacity_provider::CapacityProviderStrategyItem;
use ecs_playground::sim::model::task::TaskStatus;
use ecs_playground::sim::time::{MINUTE, SECOND};

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
