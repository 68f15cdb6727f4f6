//! Ways out of a bad deployment: circuit breaker, alarms, roll-back, stages, protection (ecs.md §3.11, §3.12, §4.4–4.7).

mod common;

use common::scenario::{Run, SERVERS, definition, deploy, service, update, web_and_next};
use ecs_playground::sim::command::services::{
    ContinueAction, ContinueServiceDeployment, ServicesCommand, StopServiceDeployment, StopType, UpdateTaskProtection,
};
use ecs_playground::sim::command::{Command, UpdateService};
use ecs_playground::sim::control_plane::service_deployment::ServiceDeploymentStatus;
use ecs_playground::sim::fault::Fault;
use ecs_playground::sim::ids::TaskId;
use ecs_playground::sim::model::deployment::{LifecycleStage, RolloutState};
use ecs_playground::sim::observation::Kind;
use ecs_playground::sim::observation::services::ServicesFact;
use ecs_playground::sim::time::{HOUR, MINUTE, Millis, SECOND};

const BREAKER: &str = "deployment_configuration = { deployment_circuit_breaker = { enable = true, rollback = true } }";
const CRASHES: &str = "[apps.next]\nruns_for = \"5s\"\nexit_code = 1\n";

fn two(count: u32, rest: &str) -> String {
    web_and_next(count, "", rest)
}

fn families(run: &Run) -> Vec<String> {
    let belief = run.sim.belief();
    let name = |task: &TaskId| belief.definitions[belief.tasks[*task].definition].definition.family.to_string();
    let mut families: Vec<String> = run.tasks("web").iter().map(name).collect();
    families.sort();
    families
}

fn counted(run: &Run) -> Vec<(u32, u32)> {
    let counted = |kind: &Kind| match kind {
        Kind::Services(fact) => match &**fact {
            ServicesFact::DeploymentFailureCounted { failures, threshold, .. } => Some((*failures, *threshold)),
            _ => None,
        },
        _ => None,
    };
    run.log.iter().filter_map(|observation| counted(&observation.kind)).collect()
}

#[test]
fn section_4_5_the_breaker_opens_at_its_threshold_and_goes_back_to_the_completed_deployment() {
    let mut run = Run::begin(&format!("{}{CRASHES}", two(1, BREAKER)), 4);
    run.until(MINUTE);
    let id = run.service("web");
    let first = run.sim.belief().services[id].deployment;
    run.give(deploy("next"));
    while run.said("rolling back").is_empty() {
        run.until(run.sim.now_ms() + SECOND);
    }
    let reason = run.sim.belief().services[id].primary().rollout_state_reason();
    assert_eq!(reason, format!("ECS deployment circuit breaker: rolling back to deploymentId {}.", first.ecs_svc()));
    run.until(10 * MINUTE);
    assert_eq!(counted(&run), [(1, 3), (2, 3), (3, 3)]);
    assert_eq!(run.said("deployment failed: tasks failed to start.").len(), 1);
    assert_eq!(run.said(&format!("rolling back to deployment {}.", first.ecs_svc())).len(), 1);
    let service = &run.sim.belief().services[id];
    assert_eq!((service.deployment, service.primary().rollout_state), (first, RolloutState::Completed));
    assert_eq!(run.said("deployment completed").len(), 2, "a stable service, on the old revision");
    assert_eq!(families(&run), ["web"]);
    let lost = run.times(|kind| matches!(kind, Kind::TaskStopDecided { task, .. } if *task == TaskId(1)));
    assert!(lost.is_empty(), "the old task served all the while");
}

#[test]
fn section_4_5_without_a_completed_deployment_it_stalls() {
    let scenario = format!("{SERVERS}{}{}{}", definition("web", ""), service("web", 2, BREAKER), CRASHES.replace("next", "web"));
    let mut run = Run::begin(&scenario, 4);
    run.until(20 * MINUTE);
    let service = &run.sim.belief().services[run.service("web")];
    assert_eq!(service.primary().rollout_state, RolloutState::Failed);
    assert_eq!(service.primary().rollout_state_reason(), "ECS deployment circuit breaker: tasks failed to start.");
    assert!(service.tasks.is_empty(), "nothing starts any more");
    assert!(run.said("rolling back").is_empty());
}

#[test]
fn section_4_3_without_a_breaker_a_broken_rollout_stays_in_progress() {
    let mut run = Run::begin(&format!("{}{CRASHES}", two(1, "")), 4);
    run.until(MINUTE).give(deploy("next")).until(HOUR);
    let service = &run.sim.belief().services[run.service("web")];
    assert_eq!(service.primary().rollout_state, RolloutState::InProgress);
    assert!(run.said("deployment failed").is_empty() && run.said("unable to consistently start").is_empty());
    assert!(families(&run).contains(&"web".to_string()));
}

#[test]
fn section_4_5_tasks_that_never_run_count_in_the_first_stage() {
    let mut run = Run::begin(&two(10, BREAKER), 4);
    run.until(MINUTE);
    run.inject(Fault::RegistryFailure).give(deploy("next")).until(20 * MINUTE);
    assert_eq!(counted(&run).last(), Some(&(5, 5)));
    assert_eq!(run.said("rolling back to deployment").len(), 1);
    assert_eq!(families(&run), ["web"; 10]);
}

#[test]
fn section_4_5_stop_service_deployment_goes_back() {
    let mut run = Run::begin(&two(2, ""), 4);
    run.until(2 * MINUTE).give(deploy("next")).until(2 * MINUTE + 20 * SECOND);
    let stop = StopServiceDeployment { service: "web".to_string(), stop_type: StopType::Rollback };
    run.give(Command::Services(ServicesCommand::StopServiceDeployment(stop.clone())));
    let deployments = &run.sim.belief().services[run.service("web")].deployments;
    let back = format!("rolling back to deploymentId {}.", deployments[0].id.ecs_svc());
    let reasons = deployments.iter().map(|deployment| deployment.rollout_state_reason());
    let stopped = "ECS deployment stopped by StopServiceDeployment";
    assert_eq!(reasons.collect::<Vec<_>>(), [format!("{stopped}: {back}"), format!("{stopped}.")]);
    run.until(6 * MINUTE);
    assert_eq!(families(&run), ["web", "web"]);
    let again = Command::Services(ServicesCommand::StopServiceDeployment(stop));
    assert!(run.sim.apply(&again, &mut run.log).is_err(), "nothing is in progress");
}

#[test]
fn section_1_3_an_inactive_task_definition_keeps_its_service_scaling() {
    let mut run = Run::begin(&two(1, ""), 4);
    run.until(MINUTE);
    let command = ServicesCommand::DeregisterTaskDefinition { task_definition: "web:1".to_string() };
    run.give(Command::Services(command)).scale("web", 3).until(3 * MINUTE);
    assert_eq!(families(&run), ["web", "web", "web"]);
    assert!(run.sim.apply(&deploy("web:1"), &mut run.log).is_err());
}

fn protect(run: &mut Run, tasks: &[TaskId], minutes: Option<u32>) {
    let request = UpdateTaskProtection { tasks: tasks.to_vec(), protection_enabled: true, expires_in_minutes: minutes };
    run.give(Command::Services(ServicesCommand::UpdateTaskProtection(request)));
}

#[test]
fn section_3_12_protected_tasks_hold_scale_in_until_their_protection_ends() {
    let mut run = Run::begin(&two(3, ""), 4);
    run.until(2 * MINUTE);
    let all = run.tasks("web");
    protect(&mut run, &all[..2], Some(10));
    run.scale("web", 0).until(4 * MINUTE);
    assert_eq!(run.tasks("web"), all[..2]);
    assert_eq!(run.said("was unable to scale in due to (reason 2 tasks under protection)").len(), 1);
    run.until(13 * MINUTE);
    assert!(run.tasks("web").is_empty());
}

#[test]
fn section_3_12_protected_tasks_hold_a_rollout_for_two_hours() {
    let mut run = Run::begin(&two(2, ""), 4);
    run.until(2 * MINUTE);
    let all = run.tasks("web");
    protect(&mut run, &all[..1], None);
    run.give(deploy("next")).until(HOUR);
    assert_eq!(families(&run), ["next", "next", "web"]);
    run.until(2 * HOUR + 4 * MINUTE);
    assert_eq!(families(&run), ["next", "next"]);
    for minutes in [0, 2_881] {
        let request =
            UpdateTaskProtection { tasks: run.tasks("web"), protection_enabled: true, expires_in_minutes: Some(minutes) };
        assert!(run.sim.apply(&Command::Services(ServicesCommand::UpdateTaskProtection(request)), &mut run.log).is_err());
    }
}

#[test]
fn section_3_12_stop_task_does_not_ask_for_protection() {
    let mut run = Run::begin(&two(1, ""), 4);
    run.until(2 * MINUTE);
    let task = run.tasks("web")[0];
    protect(&mut run, &[task], None);
    run.give(Command::StopTask { task, reason: None }).until(3 * MINUTE);
    assert_ne!(run.tasks("web"), [task]);
}

#[test]
fn section_3_11_rebalancing_cannot_be_with_a_maximum_of_100() {
    let mut run = Run::begin(&two(1, ""), 4);
    run.until(MINUTE);
    let lower = Command::UpdateService(UpdateService { maximum_percent: Some(100), ..update("web") });
    let refusal = run.sim.apply(&lower, &mut run.log).unwrap_err();
    assert_eq!(refusal.code, "InvalidParameterException");
    assert_eq!(refusal.message, "Availability Zone Rebalancing does not support maximumPercent <= 100%");
}

#[test]
fn section_4_7_blue_green_goes_through_every_stage_in_order_and_holds_where_a_hook_says() {
    let rest = "deployment_configuration = { strategy = \"BLUE_GREEN\", bake_time_in_minutes = 5, lifecycle_hooks = [{ lifecycle_stages = [\"POST_SCALE_UP\"] }] }";
    let mut run = Run::begin(&two(2, rest), 4);
    run.until(2 * MINUTE).give(deploy("next")).until(10 * MINUTE);
    let id = run.service("web");
    let staged = run.sim.belief().services[id].staged().expect("it is on its way").clone();
    assert_eq!((staged.lifecycle_stage, families(&run).len()), (LifecycleStage::PostScaleUp, 4));
    let go_on = ContinueServiceDeployment { service: "web".to_string(), action: ContinueAction::Continue };
    run.give(Command::Services(ServicesCommand::ContinueServiceDeployment(go_on))).until(30 * MINUTE);
    let stages: Vec<LifecycleStage> = run.log.iter().filter_map(|observation| stage(&observation.kind)).collect();
    assert_eq!(stages, LifecycleStage::ALL);
    let bake_ms = entered(&run, LifecycleStage::CleanUp) - entered(&run, LifecycleStage::BakeTime);
    assert!((5 * MINUTE..5 * MINUTE + 15 * SECOND).contains(&bake_ms), "{bake_ms}");
    let service = &run.sim.belief().services[id];
    assert_eq!(service.service_deployment.as_ref().map(|staged| staged.status), Some(ServiceDeploymentStatus::Successful));
    assert_eq!(service.primary().rollout_state, RolloutState::Completed);
    assert_eq!(families(&run), ["next", "next"]);
}

fn stage(kind: &Kind) -> Option<LifecycleStage> {
    let Kind::Services(fact) = kind else { return None };
    match &**fact {
        ServicesFact::LifecycleStageEntered { stage, .. } => Some(*stage),
        _ => None,
    }
}

fn entered(run: &Run, wanted: LifecycleStage) -> Millis {
    run.first("the stage", |kind| stage(kind) == Some(wanted))
}

#[test]
fn section_1_3_a_deployment_is_updated_when_what_is_wanted_of_it_changes_and_only_then() {
    let rest = "deployment_configuration = { strategy = \"BLUE_GREEN\", bake_time_in_minutes = 30 }";
    let mut run = Run::begin(&two(2, rest), 4);
    run.until(2 * MINUTE).give(deploy("next")).until(10 * MINUTE);
    let older = |run: &Run| {
        let older = &run.sim.belief().services[run.service("web")].deployments[1];
        (older.desired_count, older.updated_at_ms)
    };
    let replaced = (2, 2 * MINUTE);
    assert_eq!(older(&run), replaced);
    let grace = UpdateService { health_check_grace_period_seconds: Some(5), ..update("web") };
    run.give(Command::UpdateService(grace));
    assert_eq!(older(&run), replaced, "another setting is none of it");
    run.scale("web", 2);
    assert_eq!(older(&run), replaced, "so many were wanted before");
    run.scale("web", 3).until(11 * MINUTE);
    assert_eq!(older(&run), (3, 10 * MINUTE));
    run.scale("web", 0);
    assert_eq!(older(&run), (0, 11 * MINUTE));
}

#[test]
fn section_4_7_a_hook_that_nobody_answers_rolls_back_after_its_time() {
    let rest = "deployment_configuration = { strategy = \"BLUE_GREEN\", bake_time_in_minutes = 0, lifecycle_hooks = [{ lifecycle_stages = [\"POST_SCALE_UP\"], timeout_in_minutes = 30 }] }";
    let mut run = Run::begin(&two(2, rest), 4);
    run.until(2 * MINUTE).give(deploy("next")).until(20 * MINUTE);
    assert_eq!(families(&run), ["next", "next", "web", "web"]);
    run.until(50 * MINUTE);
    assert_eq!(families(&run), ["web", "web"]);
    let service = &run.sim.belief().services[run.service("web")];
    assert_eq!(
        service.service_deployment.as_ref().map(|staged| staged.status),
        Some(ServiceDeploymentStatus::RollbackSuccessful)
    );
    assert_eq!(run.said("rolling back to deployment").len(), 1);
}

#[test]
fn section_4_7_canary_and_linear_take_their_time_over_production_traffic() {
    let spent = |rest: &str| {
        let mut run = Run::begin(&two(1, rest), 4);
        run.until(2 * MINUTE).give(deploy("next")).until(2 * HOUR);
        assert_eq!(families(&run), ["next"], "{rest}");
        entered(&run, LifecycleStage::PostProductionTrafficShift) - entered(&run, LifecycleStage::ProductionTrafficShift)
    };
    let around = |minutes: u64, spent_ms: Millis| {
        assert!((minutes * MINUTE..minutes * MINUTE + 2 * MINUTE).contains(&spent_ms), "{spent_ms}");
    };
    around(0, spent("deployment_configuration = { strategy = \"BLUE_GREEN\", bake_time_in_minutes = 0 }"));
    around(10, spent("deployment_configuration = { strategy = \"CANARY\" }"));
    // Ten steps, nine waits of six minutes.
    around(54, spent("deployment_configuration = { strategy = \"LINEAR\" }"));
    // 30, 60, 90 and 100 per cent.
    around(
        9,
        spent(
            "deployment_configuration = { strategy = \"LINEAR\", linear_configuration = { step_percent_tenths = 300, step_bake_time_in_minutes = 3 } }",
        ),
    );
}

#[test]
fn section_4_5_a_failed_task_counts_when_it_is_stopped() {
    let check = ", healthCheck = { command = [\"CMD-SHELL\", \"true\"], interval = 5, timeout = 2, retries = 2 }";
    let scenario = format!(
        "{SERVERS}{}{}{}[apps.next]\nignores_sigterm = true\n",
        definition("web", check),
        definition("next", check),
        service("web", 1, BREAKER)
    );
    let mut run = Run::begin(&scenario, 4);
    run.until(MINUTE);
    let error = ecs_playground::sim::model::start_error::StartError::HealthCheckCommandMissing;
    run.inject(Fault::StartFailure { family: "next".to_string(), error }).give(deploy("next")).until(20 * MINUTE);
    let is_counted =
        |kind: &Kind| matches!(kind, Kind::Services(fact) if matches!(**fact, ServicesFact::DeploymentFailureCounted { .. }));
    let failed = "Task failed container health checks";
    let decided = run.times(|kind| matches!(kind, Kind::TaskStopDecided { reason, .. } if &**reason == failed));
    let ended = run.times(|kind| matches!(kind, Kind::TaskStopped { reason, .. } if &**reason == failed));
    assert_eq!(run.times(is_counted), ended);
    assert_eq!((decided.len(), ended.len()), (3, 3));
    assert!(
        decided.iter().zip(&ended).all(|(decided_ms, ended_ms)| ended_ms - decided_ms >= 30 * SECOND),
        "SIGTERM goes unheard"
    );
}

#[test]
fn section_5_an_update_does_not_repeat_a_complaint_that_still_stands() {
    let mut run = Run::begin(&two(2, ""), 4);
    run.until(2 * MINUTE);
    let all = run.tasks("web");
    protect(&mut run, &all, None);
    run.give(deploy("next")).until(5 * MINUTE);
    run.give(Command::UpdateService(UpdateService { minimum_healthy_percent: Some(50), ..update("web") })).until(10 * MINUTE);
    assert_eq!(run.said("2 tasks under protection").len(), 1);
    let said = run.last(
        "the complaint",
        |kind| matches!(kind, Kind::ServiceEvent { event, .. } if event.text("web").contains("under protection")),
    );
    let set = |kind: &Kind| matches!(kind, Kind::Services(fact) if matches!(**fact, ServicesFact::TaskProtectionSet { .. }));
    assert!(set(run.chain(said)[1]), "the protection is its cause");
}
