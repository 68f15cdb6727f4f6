//! Deployments that shift traffic, by the book: every stage, strategy and way back of ecs.md §4.7, with two target groups behind a
//! production and a test listener.

mod common;

use common::scenario::{Run, deploy, update};
use ecs_playground::sim::command::balancing::{
    AdvancedConfiguration, BalancingCommand, LoadBalancer, ModifyTargetGroupAttributes, SetTraffic, TrafficSegment,
};
use ecs_playground::sim::command::services::{
    ContinueAction, ContinueServiceDeployment, ServicesCommand, StopServiceDeployment, StopType,
};
use ecs_playground::sim::command::{Command, UpdateService};
use ecs_playground::sim::control_plane::service_deployment::ServiceDeploymentStatus;
use ecs_playground::sim::model::deployment::{DeploymentConfiguration, LifecycleStage, RolloutState};
use ecs_playground::sim::model::lifecycle_hook::HookTargetType;
use ecs_playground::sim::model::task::TaskStatus;
use ecs_playground::sim::observation::Kind;
use ecs_playground::sim::observation::balancing::BalancingFact;
use ecs_playground::sim::observation::services::{Listener, ServicesFact};
use ecs_playground::sim::time::{HOUR, MINUTE, Millis, SECOND};

const ROUTE: &str =
    "{ alternate_target_group = \"green\", production_listener_rule = \"production\", test_listener_rule = \"test\" }";

fn scenario(server: &str, configuration: &str, load_balancer: &str) -> String {
    let mut text = format!("servers = [{{ type = \"{server}\", zone = \"us-east-1a\", count = 2 }}]\n");
    for family in ["web", "next", "third"] {
        text.push_str(&format!(
            "[[task_definitions]]\nfamily = \"{family}\"\nnetworkMode = \"bridge\"\ncontainerDefinitions = [{{ name = \"web\", image = \"{family}:1\", cpu = 256, memory = 512, portMappings = [{{ containerPort = 80, hostPort = 0 }}, {{ containerPort = 81, hostPort = 0 }}] }}]\n"
        ));
    }
    for group in ["blue", "green", "other"] {
        text.push_str(&format!(
            "[[setup]]\ncommand = \"CreateTargetGroup\"\nrequest = {{ name = \"{group}\", deregistration_delay_timeout_seconds = 5 }}\n"
        ));
    }
    for listener in ["production", "test", "extra"] {
        text.push_str(&format!(
            "[[setup]]\ncommand = \"CreateListener\"\nrequest = {{ name = \"{listener}\", target_groups = [{{ target_group = \"blue\", weight = 1 }}] }}\n"
        ));
    }
    text.push_str(&format!(
        "[[services]]\nname = \"web\"\ntask_definition = \"web\"\ndesired_count = 2\nload_balancers = [{load_balancer}]\ndeployment_configuration = {{ {configuration} }}\n"
    ));
    text
}

fn route(advanced: &str) -> String {
    format!("{{ target_group = \"blue\", container_name = \"web\", container_port = 80, advanced_configuration = {advanced} }}")
}

/// Two tasks of `web` in `blue`, deployed as `configuration` says, under constant requests to the production listener.
fn begin(configuration: &str) -> Run {
    let mut run = Run::begin(&scenario("m5.large", configuration, &route(ROUTE)), 4);
    run.until(2 * MINUTE).give(Command::Balancing(BalancingCommand::SetTraffic(SetTraffic {
        name: "shop".to_string(),
        listener: Some("production".to_string()),
        segments: vec![TrafficSegment { after_seconds: 0, milli_requests_per_second: 10_000 }],
        ..SetTraffic::default()
    })));
    run
}

fn stop() -> Command {
    let request = StopServiceDeployment { service: "web".to_string(), stop_type: StopType::Rollback };
    Command::Services(ServicesCommand::StopServiceDeployment(request))
}

fn go_on(action: ContinueAction) -> Command {
    let request = ContinueServiceDeployment { service: "web".to_string(), action };
    Command::Services(ServicesCommand::ContinueServiceDeployment(request))
}

/// Weights of a listener by the names of its groups, without those that get nothing.
fn weights(run: &Run, listener: &str) -> Vec<(String, u32)> {
    let balancer = &run.sim.neighbours().balancer;
    let named = |(group, weight): &(_, u32)| (balancer.groups[*group].name.to_string(), *weight);
    balancer.weights_of(listener).iter().filter(|(_, weight)| *weight > 0).map(named).collect()
}

fn all_to(group: &str) -> Vec<(String, u32)> {
    vec![(group.to_string(), 999)]
}

/// Running tasks of a family.
fn running(run: &Run, family: &str) -> usize {
    let belief = run.sim.belief();
    let is = |task: &&_| {
        let task = &belief.tasks[**task];
        task.last_status == TaskStatus::Running && *belief.definitions[task.definition].definition.family == *family
    };
    run.tasks("web").iter().filter(is).count()
}

/// Which families have targets in a group.
fn families_in(run: &Run, group: &str) -> Vec<String> {
    let balancer = &run.sim.neighbours().balancer;
    let belief = run.sim.belief();
    let group = &balancer.groups[balancer.group_named(group).expect("the group exists")];
    let family = |task| belief.definitions[belief.tasks[task].definition].definition.family.to_string();
    group.targets.keys().map(|task| family(*task)).collect()
}

fn stage(run: &Run) -> LifecycleStage {
    run.sim.belief().services[run.service("web")].service_deployment.as_ref().expect("it goes through stages").lifecycle_stage
}

fn status(run: &Run) -> ServiceDeploymentStatus {
    run.sim.belief().services[run.service("web")].service_deployment.as_ref().expect("it goes through stages").status
}

fn until_stage(run: &mut Run, wanted: LifecycleStage) {
    let end_ms = run.sim.now_ms() + 2 * HOUR;
    while stage(run) != wanted {
        assert!(run.sim.advance_one(end_ms, &mut run.log).is_some(), "{} never came", wanted.name());
    }
}

/// Shares of the newer revision with their instants.
fn shifts(run: &Run, wanted: Listener) -> Vec<(Millis, u32)> {
    let of = |kind: &Kind| match kind {
        Kind::Services(fact) => match &**fact {
            ServicesFact::TrafficShifted { listener, permille, .. } if *listener == wanted => Some(*permille),
            _ => None,
        },
        _ => None,
    };
    run.log.iter().filter_map(|observation| Some((observation.at_ms, of(&observation.kind)?))).collect()
}

fn lost(run: &Run) -> u64 {
    run.sim.flow("shop").expect("the clients send").counts_at(run.sim.now_ms()).lost_requests()
}

#[test]
fn section_4_7_what_stands_and_who_gets_the_traffic_at_the_end_of_each_stage() {
    let mut run = begin("strategy = \"BLUE_GREEN\", bake_time_in_minutes = 3");
    run.give(deploy("next"));
    let mut seen = Vec::new();
    for now in LifecycleStage::ALL {
        until_stage(&mut run, now);
        let last_ms = run.sim.now_ms() + if now.next().is_none() { MINUTE } else { HOUR };
        let mut stands = None;
        // What stood before the event that led to the next stage.
        while stage(&run) == now {
            let shifted = (shifts(&run, Listener::Test).len(), shifts(&run, Listener::Production).len());
            stands = Some((now.name(), running(&run, "web"), running(&run, "next"), shifted));
            if run.sim.advance_one(last_ms, &mut run.log).is_none() {
                break;
            }
        }
        seen.extend(stands);
    }
    // Name, older and newer tasks that run, and whether test and production traffic have moved.
    assert_eq!(
        seen,
        [
            ("RECONCILE_SERVICE", 2, 0, (0, 0)),
            ("PRE_SCALE_UP", 2, 0, (0, 0)),
            ("SCALE_UP", 2, 2, (0, 0)),
            ("POST_SCALE_UP", 2, 2, (0, 0)),
            ("TEST_TRAFFIC_SHIFT", 2, 2, (0, 0)),
            ("POST_TEST_TRAFFIC_SHIFT", 2, 2, (1, 0)),
            ("PRE_PRODUCTION_TRAFFIC_SHIFT", 2, 2, (1, 0)),
            ("PRODUCTION_TRAFFIC_SHIFT", 2, 2, (1, 0)),
            ("POST_PRODUCTION_TRAFFIC_SHIFT", 2, 2, (1, 1)),
            ("BAKE_TIME", 2, 2, (1, 1)),
            ("CLEAN_UP", 0, 2, (1, 1)),
        ]
    );
    assert_eq!((status(&run), lost(&run)), (ServiceDeploymentStatus::Successful, 0));
    assert_eq!((weights(&run, "production"), weights(&run, "test")), (all_to("green"), all_to("green")));
    assert_eq!((families_in(&run, "blue"), families_in(&run, "green")), (vec![], vec!["next".to_string(); 2]));
}

#[test]
fn section_4_7_test_traffic_moves_before_production_traffic() {
    let mut run = begin(
        "strategy = \"BLUE_GREEN\", bake_time_in_minutes = 1, lifecycle_hooks = [{ lifecycle_stages = [\"POST_TEST_TRAFFIC_SHIFT\"] }]",
    );
    run.give(deploy("next")).until(10 * MINUTE);
    assert_eq!(stage(&run), LifecycleStage::PostTestTrafficShift);
    assert_eq!((weights(&run, "test"), weights(&run, "production")), (all_to("green"), all_to("blue")));
}

#[test]
fn section_4_7_reconcile_settles_older_revisions_first() {
    let mut run = begin("strategy = \"BLUE_GREEN\", bake_time_in_minutes = 0");
    run.give(deploy("next")).until(3 * MINUTE);
    assert_eq!((running(&run, "web"), running(&run, "next")), (2, 2));
    run.give(deploy("third"));
    until_stage(&mut run, LifecycleStage::PreScaleUp);
    let deployments = &run.sim.belief().services[run.service("web")].deployments;
    assert_eq!((deployments.len(), running(&run, "next")), (2, 0));
    run.until(30 * MINUTE);
    assert_eq!((status(&run), running(&run, "third"), lost(&run)), (ServiceDeploymentStatus::Successful, 2, 0));
}

#[test]
fn section_4_7_a_hook_may_hold_each_stage_of_the_table_that_has_one() {
    for held in LifecycleStage::ALL {
        let hook = format!(
            "strategy = \"BLUE_GREEN\", bake_time_in_minutes = 0, lifecycle_hooks = [{{ lifecycle_stages = [\"{}\"] }}]",
            held.name()
        );
        if !HookTargetType::Pause.may_hold(held) {
            let text = scenario("m5.large", &hook, &route(ROUTE));
            let text = format!("title = \"t\"\nsentence = \"\"\n{text}");
            let scenario = ecs_playground::import::scenario::Scenario::parse(&text);
            let begun = scenario.map(|scenario| scenario.begin(None, Default::default(), &mut Vec::new()).map(drop));
            assert!(!matches!(begun, Ok(Ok(()))), "{} cannot be held", held.name());
            continue;
        }
        let mut run = begin(&hook);
        run.give(deploy("next")).until(HOUR);
        assert_eq!(stage(&run), held);
        run.give(go_on(ContinueAction::Continue)).until(2 * HOUR);
        assert_eq!(status(&run), ServiceDeploymentStatus::Successful, "{}", held.name());
    }
}

#[test]
fn section_4_7_a_hook_that_fails_gives_all_traffic_back_at_once() {
    let mut run = begin(
        "strategy = \"BLUE_GREEN\", bake_time_in_minutes = 0, lifecycle_hooks = [{ lifecycle_stages = [\"POST_PRODUCTION_TRAFFIC_SHIFT\"] }]",
    );
    run.give(deploy("next")).until(10 * MINUTE);
    assert_eq!((weights(&run, "production"), weights(&run, "test")), (all_to("green"), all_to("green")));
    run.give(go_on(ContinueAction::Rollback)).until(10 * MINUTE + SECOND);
    let reason = run.sim.belief().services[run.service("web")].primary().rollout_state_reason();
    assert!(reason.starts_with("ECS deployment stopped by ContinueServiceDeployment: rolling back to deploymentId"), "{reason}");
    assert_eq!((weights(&run, "production"), weights(&run, "test")), (all_to("blue"), all_to("blue")));
    assert_eq!((running(&run, "web"), running(&run, "next")), (2, 2), "the way back is only a shift of traffic");
    run.until(20 * MINUTE);
    assert_eq!((status(&run), running(&run, "next"), lost(&run)), (ServiceDeploymentStatus::RollbackSuccessful, 0, 0));
}

#[test]
fn section_4_7_a_function_that_fails_a_step_gives_back_what_the_step_has_moved() {
    // There is no such function, so the hook fails as soon as the first step has moved the traffic.
    let hook = "{ target_type = \"AWS_LAMBDA\", hook_target_arn = \"check\", lifecycle_stages = [\"PRODUCTION_TRAFFIC_SHIFT\"] }";
    let mut run = begin(&format!("strategy = \"CANARY\", lifecycle_hooks = [{hook}]"));
    run.give(deploy("next")).until(20 * MINUTE);
    let moved: Vec<u32> = shifts(&run, Listener::Production).iter().map(|(_, permille)| *permille).collect();
    assert_eq!((moved, status(&run), lost(&run)), (vec![50, 0], ServiceDeploymentStatus::RollbackSuccessful, 0));
    assert_eq!((weights(&run, "production"), weights(&run, "test")), (all_to("blue"), all_to("blue")));
}

#[test]
fn section_4_7_the_action_of_a_timeout_may_be_to_continue() {
    let hook = "strategy = \"BLUE_GREEN\", bake_time_in_minutes = 0, lifecycle_hooks = [{ lifecycle_stages = [\"POST_SCALE_UP\"], timeout_in_minutes = 30, timeout_action = \"CONTINUE\" }]";
    let mut run = begin(hook);
    run.give(deploy("next")).until(25 * MINUTE);
    assert_eq!(stage(&run), LifecycleStage::PostScaleUp);
    run.until(50 * MINUTE);
    assert_eq!((status(&run), running(&run, "next")), (ServiceDeploymentStatus::Successful, 2));
}

#[test]
fn section_4_7_the_way_back_keeps_the_tasks_of_the_older_revision() {
    let hook = "strategy = \"BLUE_GREEN\", bake_time_in_minutes = 0, lifecycle_hooks = [{ lifecycle_stages = [\"POST_PRODUCTION_TRAFFIC_SHIFT\"], timeout_in_minutes = 5 }]";
    // Its tasks are lost while the hook holds the deployment: long enough before its end to be replaced, or just before.
    for before_the_end_ms in [MINUTE, 15 * SECOND] {
        let mut run = begin(hook);
        run.give(deploy("next"));
        until_stage(&mut run, LifecycleStage::PostProductionTrafficShift);
        let end_ms = run.sim.now_ms() + 5 * MINUTE;
        run.until(end_ms - before_the_end_ms);
        let older = run.tasks("web").into_iter().take(2);
        for task in older.collect::<Vec<_>>() {
            run.give(Command::StopTask { task, reason: None });
        }
        run.until(end_ms - SECOND);
        let standing = run.tasks("web");
        run.until(end_ms + 10 * MINUTE);
        assert_eq!(
            (status(&run), running(&run, "web"), running(&run, "next")),
            (ServiceDeploymentStatus::RollbackSuccessful, 2, 0)
        );
        let kept = run.tasks("web").iter().filter(|task| standing.contains(task)).count();
        assert_eq!(kept, if before_the_end_ms == MINUTE { 2 } else { 0 }, "what stands is not started anew");
    }
}

#[test]
fn section_4_7_bake_time_keeps_both_and_the_way_back() {
    let mut run = begin("strategy = \"BLUE_GREEN\", bake_time_in_minutes = 30");
    run.give(deploy("next"));
    until_stage(&mut run, LifecycleStage::BakeTime);
    let baking_ms = run.sim.now_ms();
    run.until(baking_ms + 29 * MINUTE);
    assert_eq!((running(&run, "web"), running(&run, "next"), weights(&run, "production")), (2, 2, all_to("green")));
    run.give(stop()).until(baking_ms + 29 * MINUTE + SECOND);
    assert_eq!((weights(&run, "production"), weights(&run, "test")), (all_to("blue"), all_to("blue")));
    run.until(HOUR);
    assert_eq!((status(&run), families_in(&run, "green").len(), lost(&run)), (ServiceDeploymentStatus::RollbackSuccessful, 0, 0));
}

#[test]
fn section_4_7_canary_gets_5_per_cent_for_10_minutes_then_the_rest() {
    let mut run = begin("strategy = \"CANARY\"");
    run.give(deploy("next")).until(HOUR);
    let moved = shifts(&run, Listener::Production);
    assert_eq!(moved.iter().map(|(_, permille)| *permille).collect::<Vec<_>>(), [50, 1_000]);
    let baked_ms = moved[1].0 - moved[0].0;
    assert!((10 * MINUTE..10 * MINUTE + 15 * SECOND).contains(&baked_ms), "{baked_ms}");
    assert_eq!((status(&run), lost(&run)), (ServiceDeploymentStatus::Successful, 0));
}

#[test]
fn section_4_7_the_listener_shares_requests_by_the_step() {
    let mut run =
        begin("strategy = \"CANARY\", canary_configuration = { canary_percent_tenths = 1, canary_bake_time_in_minutes = 1_440 }");
    run.give(deploy("next")).until(HOUR);
    assert_eq!(weights(&run, "production"), [("blue".to_string(), 999), ("green".to_string(), 1)]);
    let traffic = &run.sim.neighbours().traffic;
    let rate = |group: &str| traffic.rate_of_group(run.sim.neighbours().balancer.group_named(group).unwrap());
    assert_eq!((rate("blue"), rate("green")), (9_990, 10));
    assert_eq!(weights(&run, "test"), all_to("green"));
}

#[test]
fn section_4_7_linear_takes_equal_steps_without_a_bake_time_after_the_last() {
    for (configuration, steps, bake_ms) in [
        ("strategy = \"LINEAR\"", vec![100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000], 6 * MINUTE),
        (
            "strategy = \"LINEAR\", linear_configuration = { step_percent_tenths = 300, step_bake_time_in_minutes = 3 }",
            vec![300, 600, 900, 1_000],
            3 * MINUTE,
        ),
    ] {
        let mut run = begin(configuration);
        run.give(deploy("next")).until(2 * HOUR);
        let moved = shifts(&run, Listener::Production);
        assert_eq!(moved.iter().map(|(_, permille)| *permille).collect::<Vec<_>>(), steps);
        for pair in moved.windows(2) {
            let baked_ms = pair[1].0 - pair[0].0;
            assert!((bake_ms..bake_ms + 15 * SECOND).contains(&baked_ms), "{baked_ms}");
        }
        let left = run.first("the stage", |kind| {
            matches!(kind, Kind::Services(fact) if matches!(&**fact, ServicesFact::LifecycleStageEntered { stage, .. } if *stage == LifecycleStage::PostProductionTrafficShift))
        });
        assert_eq!(left, moved.last().unwrap().0, "nothing is waited for after the last step");
        assert_eq!((status(&run), lost(&run)), (ServiceDeploymentStatus::Successful, 0));
    }
}

#[test]
fn section_4_7_it_needs_double_capacity_and_a_stage_lasts_a_day_at_most() {
    // Each server has room for one task of 256 CPU units and 512 MiB beside nothing.
    let mut run = Run::begin(&scenario("t3.micro", "strategy = \"BLUE_GREEN\", bake_time_in_minutes = 0", &route(ROUTE)), 4);
    run.until(2 * MINUTE).give(deploy("next")).until(23 * HOUR);
    assert_eq!((stage(&run), running(&run, "web"), running(&run, "next")), (LifecycleStage::ScaleUp, 2, 0));
    assert!(!run.said("was unable to place a task").is_empty());
    run.until(25 * HOUR);
    assert_eq!((status(&run), running(&run, "web")), (ServiceDeploymentStatus::RollbackSuccessful, 2));
}

#[test]
fn section_4_7_replaced_in_mid_way_it_gives_back_both_listeners() {
    let mut run = begin("strategy = \"CANARY\"");
    run.give(deploy("next")).until(8 * MINUTE);
    assert_eq!(stage(&run), LifecycleStage::ProductionTrafficShift);
    assert_eq!(weights(&run, "test"), all_to("green"));
    run.give(deploy("third")).until(8 * MINUTE + SECOND);
    assert_eq!((weights(&run, "production"), weights(&run, "test")), (all_to("blue"), all_to("blue")));
    run.until(HOUR);
    assert_eq!(
        (status(&run), families_in(&run, "green"), lost(&run)),
        (ServiceDeploymentStatus::Successful, vec!["third".to_string(); 2], 0)
    );
}

#[test]
fn section_4_7_a_newer_task_still_to_be_registered_never_registers_beside_the_older() {
    for replaced in [false, true] {
        let mut run = begin("strategy = \"BLUE_GREEN\", bake_time_in_minutes = 0");
        run.give(deploy("next"));
        let activating = |run: &Run| {
            let belief = run.sim.belief();
            let is = |task: &_| belief.tasks[*task].last_status == TaskStatus::Activating;
            run.tasks("web").into_iter().find(is)
        };
        while activating(&run).is_none() {
            run.sim.advance_one(10 * MINUTE, &mut run.log).expect("the newer revision comes up");
        }
        let (task, now_ms) = (activating(&run).unwrap(), run.sim.now_ms());
        run.give(if replaced { deploy("third") } else { stop() }).until(now_ms + 10 * MINUTE);
        let blue = run.sim.neighbours().balancer.group_named("blue").unwrap();
        let wrong = run.times(|kind| {
            matches!(kind, Kind::Balancing(fact) if matches!(&**fact, BalancingFact::TargetRegistered { target_group, task: of } if *of == task && *target_group == blue))
        });
        assert!(wrong.is_empty(), "replaced: {replaced}");
        assert_eq!(lost(&run), 0);
    }
}

#[test]
fn section_4_7_from_clean_up_on_there_is_no_way_back() {
    let mut run = begin("strategy = \"BLUE_GREEN\", bake_time_in_minutes = 0");
    // The older tasks drain for a while.
    run.give(Command::Balancing(BalancingCommand::ModifyTargetGroupAttributes(ModifyTargetGroupAttributes {
        target_group: "blue".to_string(),
        deregistration_delay_timeout_seconds: Some(300),
        ..ModifyTargetGroupAttributes::default()
    })));
    run.give(deploy("next"));
    until_stage(&mut run, LifecycleStage::CleanUp);
    assert_eq!(run.sim.apply(&stop(), &mut run.log).unwrap_err().code, "ConflictException");
    run.give(deploy("third"));
    let deployments = run.sim.belief().services[run.service("web")].deployments.clone();
    assert_eq!(deployments[1].rollout_state, RolloutState::Completed, "what has the traffic is what is left");
    let now_ms = run.sim.now_ms();
    run.until(now_ms + MINUTE);
    assert_eq!((weights(&run, "production"), weights(&run, "test")), (all_to("green"), all_to("green")));
    run.until(now_ms + HOUR);
    assert_eq!((status(&run), families_in(&run, "blue")), (ServiceDeploymentStatus::Successful, vec!["third".to_string(); 2]));
    assert_eq!((weights(&run, "production"), lost(&run)), (all_to("blue"), 0));
}

#[test]
fn section_4_7_another_strategy_in_mid_way_ends_the_stages_where_the_traffic_was() {
    let mut run = begin("strategy = \"CANARY\"");
    run.give(deploy("next")).until(8 * MINUTE);
    let rolling = UpdateService {
        deployment_configuration: Some(Box::default()),
        task_definition: Some("third".to_string()),
        ..update("web")
    };
    run.give(Command::UpdateService(rolling)).until(30 * MINUTE);
    assert_eq!((weights(&run, "production"), weights(&run, "test")), (all_to("blue"), all_to("blue")));
    assert_eq!((families_in(&run, "blue"), families_in(&run, "green").len(), lost(&run)), (vec!["third".to_string(); 2], 0, 0));
}

fn load_balancer(target_group: &str, alternate: &str) -> LoadBalancer {
    LoadBalancer {
        target_group: target_group.to_string(),
        container_name: "web".to_string(),
        container_port: 80,
        advanced_configuration: Some(AdvancedConfiguration {
            alternate_target_group: alternate.to_string(),
            production_listener_rule: "production".to_string(),
            test_listener_rule: Some("test".to_string()),
        }),
    }
}

fn refusal(run: &mut Run, request: UpdateService) -> String {
    let refusal = run.sim.apply(&Command::UpdateService(request), &mut run.log).unwrap_err();
    format!("{}: {}", refusal.code, refusal.message)
}

fn balanced(load_balancers: Vec<LoadBalancer>) -> UpdateService {
    UpdateService { load_balancers: Some(load_balancers), ..update("web") }
}

#[test]
fn section_4_7_what_cannot_shift_traffic_is_refused() {
    let mut run = begin("strategy = \"LINEAR\"");
    let plain = LoadBalancer { advanced_configuration: None, ..load_balancer("blue", "green") };
    assert_eq!(
        refusal(&mut run, balanced(vec![plain.clone()])),
        "ClientException: advancedConfiguration field is required for all loadBalancers when using the linear deployment strategy"
    );
    assert!(
        refusal(&mut run, balanced(vec![load_balancer("blue", "blue")]))
            .contains("is already used as a target group of this service")
    );
    assert!(
        refusal(&mut run, balanced(vec![load_balancer("other", "green")])).contains("cannot be changed when using the linear")
    );
    assert!(refusal(&mut run, balanced(vec![])).contains("cannot be changed when using the linear"));
    // Only when it is a strategy that shifts traffic, and then whichever of the two is asked for.
    let mut run = Run::begin(&scenario("m5.large", "strategy = \"ROLLING\"", &route(ROUTE)), 4);
    run.give(Command::UpdateService(balanced(vec![plain]))).until(2 * MINUTE);
    let strategy = ecs_playground::sim::model::deployment::DeploymentStrategy::Canary;
    let canary = Box::new(DeploymentConfiguration { strategy, ..DeploymentConfiguration::default() });
    let request = UpdateService { deployment_configuration: Some(canary), ..update("web") };
    assert!(refusal(&mut run, request.clone()).ends_with("when using the canary deployment strategy"));
    run.give(Command::UpdateService(UpdateService { load_balancers: Some(vec![load_balancer("blue", "green")]), ..request }));
}

#[test]
fn section_4_7_a_rule_of_a_listener_belongs_to_one_load_balancer_of_one_service() {
    let mut run = begin("strategy = \"BLUE_GREEN\", bake_time_in_minutes = 0");
    let second = |production: &str| {
        let mut second = load_balancer("other", "other2");
        second.container_port = 81;
        let advanced = second.advanced_configuration.as_mut().unwrap();
        advanced.alternate_target_group = "spare".to_string();
        (advanced.production_listener_rule, advanced.test_listener_rule) = (production.to_string(), None);
        second
    };
    let create = |name: &str| {
        let request = ecs_playground::sim::command::balancing::CreateTargetGroup { name: name.to_string(), ..Default::default() };
        Command::Balancing(BalancingCommand::CreateTargetGroup(request))
    };
    run.give(create("spare"));
    let rolling = |load_balancers| UpdateService { deployment_configuration: Some(Box::default()), ..balanced(load_balancers) };
    let both = |production| rolling(vec![load_balancer("blue", "green"), second(production)]);
    assert!(refusal(&mut run, both("production")).contains("The listener rule production already routes traffic of a service"));
    assert!(refusal(&mut run, both("test")).contains("The listener rule test already routes traffic of a service"));
    let mut same = load_balancer("blue", "green");
    same.advanced_configuration.as_mut().unwrap().test_listener_rule = Some("production".to_string());
    assert!(refusal(&mut run, rolling(vec![same])).contains("The listener rule production already"));
    let other = ecs_playground::sim::command::CreateService {
        service_name: "other".to_string(),
        task_definition: "web".to_string(),
        load_balancers: vec![second("production")],
        ..Default::default()
    };
    let refused = run.sim.apply(&Command::CreateService(other), &mut run.log).unwrap_err();
    assert!(refused.message.contains("The listener rule production already"), "{refused:?}");
    // Each with a rule of its own, they shift together.
    run.give(Command::UpdateService(both("extra"))).until(10 * MINUTE);
    assert_eq!((weights(&run, "production"), weights(&run, "extra")), (all_to("blue"), all_to("other")));
    let staged = Box::new(DeploymentConfiguration {
        strategy: ecs_playground::sim::model::deployment::DeploymentStrategy::BlueGreen,
        bake_time_in_minutes: Some(0),
        ..DeploymentConfiguration::default()
    });
    let request =
        UpdateService { deployment_configuration: Some(staged), task_definition: Some("next".to_string()), ..update("web") };
    run.give(Command::UpdateService(request)).until(30 * MINUTE);
    assert_eq!((weights(&run, "production"), weights(&run, "extra")), (all_to("green"), all_to("spare")));
}

#[test]
fn section_4_7_who_says_the_same_again_after_the_groups_have_swapped_changes_nothing() {
    let mut run = begin("strategy = \"BLUE_GREEN\", bake_time_in_minutes = 0");
    run.give(deploy("next")).until(20 * MINUTE);
    assert_eq!(status(&run), ServiceDeploymentStatus::Successful);
    let before = run.sim.belief().services[run.service("web")].revision().load_balancers.clone();
    run.give(Command::UpdateService(balanced(vec![load_balancer("blue", "green")]))).until(30 * MINUTE);
    let service = &run.sim.belief().services[run.service("web")];
    assert_eq!((&service.revision().load_balancers, service.primary().rollout_state), (&before, RolloutState::Completed));
    assert_eq!(weights(&run, "production"), all_to("green"));
}

#[test]
fn section_4_5_a_roll_back_takes_the_load_balancers_of_the_older_revision_back() {
    let plain = LoadBalancer { advanced_configuration: None, ..load_balancer("other", "green") };
    let mut run = begin("strategy = \"ROLLING\"");
    let before = run.sim.belief().services[run.service("web")].revision().load_balancers.clone();
    run.give(Command::UpdateService(balanced(vec![plain]))).until(2 * MINUTE + 25 * SECOND);
    assert_eq!(families_in(&run, "other").len(), 2);
    run.give(stop()).until(20 * MINUTE);
    let service = &run.sim.belief().services[run.service("web")];
    assert_eq!((&service.revision().load_balancers, service.primary().rollout_state), (&before, RolloutState::Completed));
    assert_eq!((families_in(&run, "blue").len(), families_in(&run, "other").len()), (2, 0));
    assert_eq!(weights(&run, "production"), all_to("blue"));
}

#[test]
fn section_4_7_failed_without_a_way_back_both_keep_what_they_have() {
    use ecs_playground::sim::command::metrics::{MetricDimension, MetricsCommand, PutMetricAlarm, SetAppLoad};
    use ecs_playground::sim::model::alarm::{Comparison, TreatMissingData};
    use ecs_playground::sim::model::metric::{MetricName, Statistic};
    let mut run = begin("strategy = \"CANARY\", alarms = { alarm_names = [\"busy\"], enable = true, rollback = false }");
    run.give(Command::Metrics(MetricsCommand::PutMetricAlarm(PutMetricAlarm {
        alarm_name: "busy".to_string(),
        metric_name: MetricName::CpuUtilization,
        namespace: None,
        dimensions: vec![MetricDimension { name: "ServiceName".to_string(), value: "web".to_string() }],
        statistic: Statistic::Average,
        comparison_operator: Comparison::GreaterThanThreshold,
        threshold: 90,
        period: 60,
        evaluation_periods: 1,
        datapoints_to_alarm: None,
        treat_missing_data: TreatMissingData::Missing,
        alarm_actions: Vec::new(),
    })));
    // The first deployment watches the alarm for some minutes, too.
    run.until(8 * MINUTE).give(deploy("next")).until(12 * MINUTE);
    run.give(Command::Metrics(MetricsCommand::SetAppLoad(SetAppLoad {
        family: "next".to_string(),
        cpu_percent: Some(400),
        memory_percent: None,
    })));
    run.until(16 * MINUTE);
    assert_eq!(run.sim.belief().services[run.service("web")].primary().rollout_state, RolloutState::Failed);
    assert_eq!((status(&run), running(&run, "web"), running(&run, "next")), (ServiceDeploymentStatus::Stopped, 2, 2));
    assert_eq!(weights(&run, "production"), [("blue".to_string(), 950), ("green".to_string(), 50)]);
    run.give(deploy("third")).until(16 * MINUTE + SECOND);
    assert_eq!((weights(&run, "production"), weights(&run, "test")), (all_to("blue"), all_to("blue")));
}
