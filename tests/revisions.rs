//! Service revisions: what the tasks of a deployment are started with belongs to the deployment, and a roll-back brings it back
//! (ecs.md §1.3, §3.7, §3.9, §4.3, §4.5).

mod common;

use common::scenario::{Run, definition, deploy, service, update};
use ecs_playground::session::view::deployments;
use ecs_playground::sim::command::balancing::{DnsRecordType, LoadBalancer, ServiceRegistry};
use ecs_playground::sim::command::platform::{AwsvpcConfiguration, NetworkConfiguration, PublicIp};
use ecs_playground::sim::command::services::{ServicesCommand, StopServiceDeployment, StopType};
use ecs_playground::sim::command::{Command, LaunchType, UpdateService};
use ecs_playground::sim::control_plane::service::Service;
use ecs_playground::sim::control_plane::task::Task;
use ecs_playground::sim::ids::TaskId;
use ecs_playground::sim::model::capacity_provider::CapacityProviderStrategyItem;
use ecs_playground::sim::model::deployment::RolloutState;
use ecs_playground::sim::time::{MINUTE, SECOND};

const PROVIDERS: &str = "[[setup]]\ncommand = \"PutClusterCapacityProviders\"\nrequest = { capacity_providers = [\"FARGATE\", \"FARGATE_SPOT\"], default_capacity_provider_strategy = [] }\n";
const BREAKER: &str = "deployment_configuration = { deployment_circuit_breaker = { enable = true, rollback = true } }\n";
const IN_A: &str = "network_configuration = { awsvpc_configuration = { subnets = [\"subnet-a\"] } }\n";

/// A service `web` on Fargate in `subnet-a`, `next` for its next deployment, and a `subnet-b`.
fn on_fargate(count: u32, rest: &str) -> String {
    let mut text = String::new();
    for (zone, number) in [("a", 1), ("b", 2)] {
        text.push_str(&format!(
            "[[subnets]]\nsubnet_id = \"subnet-{zone}\"\navailability_zone = \"us-east-1{zone}\"\ncidr_block = \"10.0.{number}.0/24\"\n"
        ));
    }
    for family in ["web", "next"] {
        text.push_str(&format!(
            "[[task_definitions]]\nfamily = \"{family}\"\nnetworkMode = \"awsvpc\"\nrequiresCompatibilities = [\"FARGATE\"]\ncpu = \"256\"\nmemory = \"512\"\ncontainerDefinitions = [{{ name = \"web\", image = \"{family}:1\", portMappings = [{{ containerPort = 80 }}] }}]\n"
        ));
    }
    format!("{text}{PROVIDERS}{}", service("web", count, rest))
}

fn web(run: &Run) -> &Service {
    &run.sim.belief().services[run.service("web")]
}

fn tasks(run: &Run) -> Vec<(TaskId, &Task)> {
    run.tasks("web").into_iter().map(|task| (task, &run.sim.belief().tasks[task])).collect()
}

/// Families of the wanted tasks with what is asked of each, in order.
fn by_family<T: Ord>(run: &Run, ask: impl Fn(&Task) -> T) -> Vec<(String, T)> {
    let family = |task: &Task| run.sim.belief().definitions[task.definition].definition.family.to_string();
    let mut all: Vec<_> = tasks(run).into_iter().map(|(_, task)| (family(task), ask(task))).collect();
    all.sort();
    all
}

fn subnet(task: &Task) -> String {
    task.network.as_ref().map_or_else(String::new, |network| network.subnet.to_string())
}

fn next_in_b() -> Command {
    let awsvpc_configuration = AwsvpcConfiguration {
        subnets: vec!["subnet-b".into()],
        security_groups: Vec::new(),
        assign_public_ip: PublicIp::Enabled,
    };
    Command::UpdateService(UpdateService {
        task_definition: Some("next".to_string()),
        network_configuration: Some(NetworkConfiguration { awsvpc_configuration }),
        ..update("web")
    })
}

fn roll_back() -> Command {
    let request = StopServiceDeployment { service: "web".to_string(), stop_type: StopType::Rollback };
    Command::Services(ServicesCommand::StopServiceDeployment(request))
}

/// Lets time pass by the second until something is so.
fn until(run: &mut Run, what: &str, is: impl Fn(&Run) -> bool) {
    let end_ms = run.sim.now_ms() + 10 * MINUTE;
    while !is(run) {
        let next_ms = run.sim.now_ms() + SECOND;
        assert!(next_ms < end_ms, "never: {what}");
        run.until(next_ms);
    }
}

fn only(provider: &str) -> Option<Vec<CapacityProviderStrategyItem>> {
    Some(vec![CapacityProviderStrategyItem { capacity_provider: provider.to_string(), base: 0, weight: 1 }])
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(family, subnet)| (family.to_string(), subnet.to_string())).collect()
}

#[test]
fn section_4_5_the_breaker_brings_the_network_of_the_older_revision_back_with_its_task_definition() {
    let crashes = "[apps.next]\nruns_for = \"5s\"\nexit_code = 1\n";
    let scenario = on_fargate(1, &format!("launch_type = \"FARGATE\"\n{IN_A}{BREAKER}"));
    let mut run = Run::begin(&format!("{scenario}{crashes}"), 4);
    run.until(4 * MINUTE);
    let (before, deployment) = (web(&run).revision().clone(), web(&run).deployment);
    run.give(next_in_b()).until(4 * MINUTE + 30 * SECOND);
    assert_eq!(by_family(&run, subnet), pairs(&[("next", "subnet-b"), ("web", "subnet-a")]));
    until(&mut run, "a roll-back", |run| !run.said("rolling back to deployment").is_empty());
    let settled_ms = run.sim.now_ms() + 10 * MINUTE;
    run.until(settled_ms);
    assert_eq!((web(&run).revision(), web(&run).deployment), (&before, deployment));
    assert_eq!(web(&run).primary().rollout_state, RolloutState::Completed);
    run.scale("web", 2).until(settled_ms + 5 * MINUTE);
    assert_eq!(by_family(&run, subnet), pairs(&[("web", "subnet-a"), ("web", "subnet-a")]));
}

#[test]
fn section_3_9_a_lost_task_of_the_older_revision_comes_back_with_the_settings_of_its_own() {
    let mut run = Run::begin(&on_fargate(2, &format!("launch_type = \"FARGATE\"\n{IN_A}")), 5);
    run.until(4 * MINUTE).give(next_in_b());
    let older = tasks(&run)[0].0;
    run.give(Command::StopTask { task: older, reason: None }).until(4 * MINUTE + 20 * SECOND);
    assert_eq!(by_family(&run, subnet), pairs(&[("next", "subnet-b"), ("web", "subnet-a"), ("web", "subnet-a")]));
    assert!(tasks(&run).iter().all(|(task, _)| *task != older), "another one in its place");
    run.until(12 * MINUTE);
    assert_eq!(by_family(&run, subnet), pairs(&[("next", "subnet-b"), ("next", "subnet-b")]));
}

#[test]
fn section_3_7_another_strategy_belongs_to_the_newest_revision_without_a_deployment_and_a_roll_back_restores_the_older() {
    let strategy = "capacity_provider_strategy = [{ capacity_provider = \"FARGATE\", weight = 1 }]\n";
    let mut run = Run::begin(&on_fargate(1, &format!("{strategy}{IN_A}")), 6);
    run.until(4 * MINUTE);
    let first = web(&run).deployment;
    let place = |run: &Run| by_family(run, |task| task.launch_type);
    run.give(Command::UpdateService(UpdateService { capacity_provider_strategy: only("FARGATE_SPOT"), ..update("web") }));
    run.scale("web", 2).until(8 * MINUTE);
    assert_eq!(web(&run).deployment, first, "no new deployment");
    let web_on = |kind| ("web".to_string(), kind);
    assert_eq!(place(&run), [web_on(LaunchType::Fargate), web_on(LaunchType::FargateSpot)], "only the new one is elsewhere");
    let spot = web(&run).revision().clone();
    run.give(Command::UpdateService(UpdateService {
        task_definition: Some("next".to_string()),
        capacity_provider_strategy: only("FARGATE"),
        ..update("web")
    }));
    assert!(web(&run).revision().capacity_provider_strategy.iter().all(|item| item.capacity_provider == "FARGATE"));
    run.until(8 * MINUTE + 30 * SECOND).give(roll_back()).until(16 * MINUTE);
    assert_eq!((web(&run).deployment, web(&run).revision()), (first, &spot));
    let before: Vec<TaskId> = run.tasks("web");
    run.scale("web", 3).until(20 * MINUTE);
    let new: Vec<LaunchType> =
        tasks(&run).into_iter().filter(|(task, _)| !before.contains(task)).map(|(_, task)| task.launch_type).collect();
    assert_eq!(new, [LaunchType::FargateSpot]);
}

#[test]
fn section_1_3_a_registry_belongs_to_the_revision_and_goes_with_it() {
    let mut run = Run::begin(&on_fargate(1, &format!("launch_type = \"FARGATE\"\n{IN_A}")), 7);
    let registries = |records: Vec<ServiceRegistry>| {
        Command::UpdateService(UpdateService { service_registries: Some(records), ..update("web") })
    };
    let a = ServiceRegistry { dns_record_type: DnsRecordType::A, container_name: None, container_port: None };
    let named = |run: &Run| tasks(run).iter().map(|(_, task)| task.named).collect::<Vec<_>>();
    run.until(4 * MINUTE).give(registries(vec![a]));
    until(&mut run, "a task that is found", |run| named(run).contains(&true));
    assert_eq!(named(&run), [false, true], "each as its revision says");
    run.give(roll_back()).until(10 * MINUTE);
    assert!(web(&run).revision().registry.is_none());
    assert_eq!(named(&run), [false]);
    let a = ServiceRegistry { dns_record_type: DnsRecordType::A, container_name: None, container_port: None };
    run.give(registries(vec![a])).until(20 * MINUTE);
    let with = web(&run).revision().clone();
    assert_eq!((with.registry.is_some(), named(&run)), (true, vec![true]));
    run.give(registries(Vec::new())).until(20 * MINUTE + 30 * SECOND);
    assert!(web(&run).revision().registry.is_none());
    run.give(roll_back()).until(30 * MINUTE);
    assert_eq!((web(&run).revision(), named(&run)), (&with, vec![true]));
}

#[test]
fn section_4_3_a_task_of_the_older_revision_knows_nothing_of_the_load_balancers_of_the_newer() {
    let group = "[[setup]]\ncommand = \"CreateTargetGroup\"\nrequest = { name = \"blue\" }\n";
    let server = "servers = [{ type = \"m5.large\", zone = \"us-east-1a\", count = 2 }]\n";
    let ports = ", portMappings = [{ containerPort = 80, hostPort = 0 }]";
    let scenario = format!("{server}{}{}{group}{}", definition("web", ports), definition("next", ports), service("web", 2, ""));
    let mut run = Run::begin(&scenario, 8);
    let balanced = LoadBalancer {
        target_group: "blue".to_string(),
        container_name: "web".to_string(),
        container_port: 80,
        advanced_configuration: None,
    };
    let with = UpdateService { load_balancers: Some(vec![balanced]), ..update("web") };
    run.until(3 * MINUTE).give(Command::UpdateService(with));
    let older = run.tasks("web");
    run.give(Command::StopTask { task: older[0], reason: None });
    let first = web(&run).deployments[1].id;
    let of = |run: &Run, wanted| {
        let of_it = tasks(run).into_iter().filter(|(_, task)| task.service.is_some_and(|(_, of)| of == wanted));
        of_it.map(|(_, task)| (task.is_running(), task.target.is_some())).collect::<Vec<_>>()
    };
    until(&mut run, "another one in its place", |run| of(run, first).len() == 2);
    until(&mut run, "all of them run", |run| of(run, first).iter().all(|(runs, _)| *runs));
    assert_eq!(of(&run, first), [(true, false); 2], "one of them is new, and runs without a target");
    let now_ms = run.sim.now_ms();
    run.until(now_ms + 10 * MINUTE);
    assert_eq!(of(&run, web(&run).deployment), [(true, true); 2]);
}

#[test]
fn section_1_3_the_page_shows_the_settings_of_each_revision() {
    let mut run = Run::begin(&on_fargate(1, &format!("launch_type = \"FARGATE\"\n{IN_A}")), 9);
    run.until(4 * MINUTE).give(next_in_b()).until(4 * MINUTE + 20 * SECOND);
    let id = run.service("web");
    let shown = |deployment| {
        let view = deployments::details(&run.sim, id, deployment).expect("the service has it");
        let wanted = view.facts.into_iter().filter(|fact| ["subnets", "assignPublicIp"].contains(&&*fact.name));
        wanted.map(|fact| fact.believed.to_string()).collect::<Vec<_>>()
    };
    let known: Vec<_> = web(&run).deployments.iter().map(|each| shown(each.id)).collect();
    assert_eq!(known, [["subnet-b", "ENABLED"], ["subnet-a", "DISABLED"]]);
}

#[test]
fn section_1_3_an_update_that_changes_nothing_of_the_revision_leaves_it_alone() {
    let mut run = Run::begin(&on_fargate(1, &format!("launch_type = \"FARGATE\"\n{IN_A}")), 10);
    run.until(4 * MINUTE);
    let (before, first) = (web(&run).revision().clone(), web(&run).deployment);
    let same = NetworkConfiguration { awsvpc_configuration: (**before.network.as_ref().expect("awsvpc")).clone() };
    run.give(Command::UpdateService(UpdateService { network_configuration: Some(same), ..update("web") })).give(deploy("web"));
    assert_eq!((web(&run).revision(), web(&run).deployment), (&before, first));
}
