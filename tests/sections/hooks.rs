//! Lifecycle hooks that ask a Lambda function, by the book (ecs.md §4.7): when it is invoked, what each answer does, and every time limit.

use ecs_playground::sim::command::platform::{FunctionAnswer, PlatformCommand, SetHookFunction};
use ecs_playground::sim::command::services::{ContinueAction, ContinueServiceDeployment, ServicesCommand};
use ecs_playground::sim::command::{Command, UpdateService};
use ecs_playground::sim::control_plane::service_deployment::ServiceDeploymentStatus::{self, RollbackSuccessful, Successful};
use ecs_playground::sim::model::deployment::{DeploymentConfiguration, DeploymentStrategy, LifecycleStage, RolloutState};
use ecs_playground::sim::model::lifecycle_hook::{
    HookAnswer, HookStatus, HookTargetType, LifecycleHook, NoAnswer, TimeoutAction,
};
use ecs_playground::sim::observation::Kind;
use ecs_playground::sim::observation::services::ServicesFact;
use ecs_playground::sim::time::{HOUR, MINUTE, Millis, SECOND};

use crate::common::scenario::{Run, SERVERS, definition, service, update};
use crate::refused;

const DAY: Millis = 24 * HOUR;

fn function(answer: FunctionAnswer) -> SetHookFunction {
    SetHookFunction {
        function_name: "check".to_string(),
        answer,
        after_invocations: 0,
        call_back_delay_seconds: None,
        duration_seconds: 2,
    }
}

fn set(function: SetHookFunction) -> Command {
    Command::Platform(PlatformCommand::SetHookFunction(function))
}

/// A hook that asks the function `check`; `rest` goes on inside it.
fn lambda(stage: &str, rest: &str) -> String {
    format!("{{ target_type = \"AWS_LAMBDA\", hook_target_arn = \"check\", lifecycle_stages = [\"{stage}\"]{rest} }}")
}

/// Two tasks in steady state, about to be deployed anew with these hooks.
fn begin(strategy: &str, hooks: &str) -> Run {
    let rest = format!("deployment_configuration = {{ {strategy}, lifecycle_hooks = [{hooks}] }}");
    let mut run =
        Run::begin(&format!("{SERVERS}{}{}{}", definition("web", ""), definition("next", ""), service("web", 2, &rest)), 4);
    run.until(2 * MINUTE);
    run
}

fn deploy() -> Command {
    Command::UpdateService(UpdateService { task_definition: Some("next".to_string()), ..update("web") })
}

/// A hook that is right as it is.
fn hook() -> LifecycleHook {
    LifecycleHook {
        target_type: HookTargetType::AwsLambda,
        hook_target_arn: Some("check".into()),
        lifecycle_stages: vec![LifecycleStage::PostScaleUp],
        timeout_in_minutes: 20_160,
        timeout_action: TimeoutAction::Rollback,
    }
}

fn configured(hook: LifecycleHook) -> Command {
    let configuration = DeploymentConfiguration { lifecycle_hooks: vec![hook], ..DeploymentConfiguration::default() };
    Command::UpdateService(UpdateService { deployment_configuration: Some(Box::new(configuration)), ..update("web") })
}

const BLUE_GREEN: &str = "strategy = \"BLUE_GREEN\", bake_time_in_minutes = 0";

/// Deploys with one hook of the stage and this function, and lets the time pass.
fn deployed(stage: &str, rest: &str, function: SetHookFunction, until_ms: Millis) -> Run {
    let mut run = begin(BLUE_GREEN, &lambda(stage, rest));
    run.give(set(function)).give(deploy()).until(until_ms);
    run
}

fn status(run: &Run) -> ServiceDeploymentStatus {
    run.sim.belief().services[run.service("web")].service_deployment.as_ref().expect("it goes through stages").status
}

fn facts(run: &Run) -> impl Iterator<Item = (Millis, &ServicesFact)> {
    run.log.iter().filter_map(|observation| match &observation.kind {
        Kind::Services(fact) => Some((observation.at_ms, &**fact)),
        _ => None,
    })
}

fn invoked(run: &Run) -> Vec<Millis> {
    facts(run).filter(|(_, fact)| matches!(fact, ServicesFact::HookInvoked { .. })).map(|(at_ms, _)| at_ms).collect()
}

fn answers(run: &Run) -> Vec<(Millis, HookAnswer)> {
    let answer = |(at_ms, fact): (Millis, &ServicesFact)| match fact {
        ServicesFact::HookAnswered { answer, .. } => Some((at_ms, *answer)),
        _ => None,
    };
    facts(run).filter_map(answer).collect()
}

fn entered(run: &Run, wanted: LifecycleStage) -> Millis {
    let is = |fact: &ServicesFact| matches!(fact, ServicesFact::LifecycleStageEntered { stage, .. } if *stage == wanted);
    facts(run).find(|(_, fact)| is(fact)).unwrap_or_else(|| panic!("{} never came", wanted.name())).0
}

#[test]
fn section_4_7_the_function_is_asked_in_each_stage_of_the_table_that_has_a_lambda_hook() {
    for stage in LifecycleStage::ALL {
        if !HookTargetType::AwsLambda.may_hold(stage) {
            let hook = LifecycleHook { lifecycle_stages: vec![stage], ..hook() };
            let (code, message) = refused(&mut begin(BLUE_GREEN, ""), &configured(hook));
            let expected = format!("A lifecycle hook of type AWS_LAMBDA is not supported in the stage {}.", stage.name());
            assert_eq!((code, message), ("InvalidParameterException", expected));
            continue;
        }
        let run = deployed(stage.name(), "", function(FunctionAnswer::Succeeded), 20 * MINUTE);
        assert_eq!((status(&run), answers(&run).len()), (Successful, 1), "{}", stage.name());
        let began_ms = entered(&run, stage);
        assert!((began_ms..began_ms + 15 * SECOND).contains(&invoked(&run)[0]), "{}", stage.name());
        assert!(entered(&run, stage.next().expect("one follows")) > answers(&run)[0].0, "{}", stage.name());
    }
}

#[test]
fn section_4_7_in_progress_is_asked_again_after_30_s_or_the_call_back_delay() {
    for (delay, expected_ms) in [(None, 30 * SECOND), (Some(7), 7 * SECOND), (Some(90), 90 * SECOND)] {
        let asked =
            SetHookFunction { after_invocations: 3, call_back_delay_seconds: delay, ..function(FunctionAnswer::Succeeded) };
        let run = deployed("POST_SCALE_UP", "", asked, 30 * MINUTE);
        assert_eq!((status(&run), invoked(&run).len()), (Successful, 4));
        for pair in invoked(&run).windows(2) {
            assert_eq!(pair[1] - pair[0], 2 * SECOND + expected_ms, "its own two seconds, and the delay");
        }
        let said: Vec<bool> = answers(&run).iter().map(|(_, answer)| *answer == HookAnswer::Succeeded).collect();
        assert_eq!(said, [false, false, false, true]);
    }
}

#[test]
fn section_4_7_failed_or_no_hook_status_rolls_back() {
    for (answer, expected) in [
        (FunctionAnswer::Failed, HookAnswer::Failed),
        (FunctionAnswer::NoHookStatus, HookAnswer::Nothing(NoAnswer::NoHookStatus)),
        (FunctionAnswer::AccessDenied, HookAnswer::Nothing(NoAnswer::AccessDenied)),
    ] {
        let run = deployed("POST_PRODUCTION_TRAFFIC_SHIFT", "", function(answer), 20 * MINUTE);
        assert_eq!(answers(&run).iter().map(|(_, answer)| *answer).collect::<Vec<_>>(), [expected]);
        assert_eq!(status(&run), RollbackSuccessful, "{answer:?}");
        assert_eq!(run.said("deployment failed: hook execution failure(s) detected.").len(), 1);
        assert_eq!(run.said("rolling back to deployment").len(), 1);
        let failed = run.last(
            "the failure",
            |kind| matches!(kind, Kind::ServiceEvent { event, .. } if event.text("s").contains("hook execution")),
        );
        let chain = run.chain(failed);
        assert!(matches!(chain[1], Kind::Services(fact) if matches!(&**fact, ServicesFact::HookAnswered { .. })), "{chain:?}");
        assert!(matches!(chain[2], Kind::Services(fact) if matches!(&**fact, ServicesFact::HookInvoked { .. })), "{chain:?}");
    }
    let mut run = begin(BLUE_GREEN, &lambda("PRE_SCALE_UP", ""));
    run.give(deploy()).until(20 * MINUTE);
    assert_eq!(answers(&run).iter().map(|(_, answer)| *answer).collect::<Vec<_>>(), [HookAnswer::Nothing(NoAnswer::NotFound)]);
    assert_eq!(status(&run), RollbackSuccessful, "there is no such function");
}

#[test]
fn section_4_7_lambda_ends_a_function_after_15_minutes() {
    let run = deployed("POST_SCALE_UP", "", function(FunctionAnswer::Hangs), 40 * MINUTE);
    let (ended_ms, answer) = answers(&run)[0];
    assert_eq!((ended_ms - invoked(&run)[0], answer), (15 * MINUTE, HookAnswer::Nothing(NoAnswer::TimedOut)));
    assert_eq!(status(&run), RollbackSuccessful);
    let mut run = begin(BLUE_GREEN, "");
    let too_long = SetHookFunction { duration_seconds: 901, ..function(FunctionAnswer::Succeeded) };
    assert!(refused(&mut run, &set(too_long)).1.contains("from 0 to 900"));
    let none = SetHookFunction { call_back_delay_seconds: Some(0), ..function(FunctionAnswer::Succeeded) };
    assert!(refused(&mut run, &set(none)).1.contains("call_back_delay_seconds must be from 1"));
    assert_eq!(
        refused(&mut run, &set(SetHookFunction { function_name: String::new(), ..function(FunctionAnswer::Failed) })).0,
        "InvalidParameterValueException"
    );
}

#[test]
fn section_4_7_a_function_that_never_decides_has_a_day_and_then_the_timeout_action() {
    let mut run = deployed("POST_SCALE_UP", "", function(FunctionAnswer::InProgress), 23 * HOUR);
    assert_eq!(status(&run), ServiceDeploymentStatus::InProgress);
    assert!(invoked(&run).len() > 2_500, "{}", invoked(&run).len());
    run.until(25 * HOUR);
    assert_eq!(status(&run), RollbackSuccessful);
    let rest = ", timeout_in_minutes = 30";
    let run = deployed("POST_SCALE_UP", rest, function(FunctionAnswer::InProgress), 50 * MINUTE);
    assert_eq!((status(&run), run.said("hook execution failure(s)").len()), (RollbackSuccessful, 1));
    let rest = ", timeout_in_minutes = 30, timeout_action = \"CONTINUE\"";
    let run = deployed("POST_SCALE_UP", rest, function(FunctionAnswer::InProgress), HOUR);
    assert_eq!((status(&run), run.said("hook execution failure(s)").len()), (Successful, 0));
    let held_ms = entered(&run, LifecycleStage::TestTrafficShift) - entered(&run, LifecycleStage::PostScaleUp);
    assert!((30 * MINUTE..30 * MINUTE + 15 * SECOND).contains(&held_ms), "{held_ms}");
}

#[test]
fn section_4_7_a_stage_is_over_after_24_h_whatever_a_lambda_hook_may_take() {
    let rest = ", timeout_in_minutes = 20_160";
    let run = deployed("POST_SCALE_UP", rest, function(FunctionAnswer::InProgress), 26 * HOUR);
    assert_eq!((status(&run), run.said("deployment failed: timed out.").len()), (RollbackSuccessful, 1));
}

#[test]
fn section_4_7_the_whole_deployment_lasts_30_days_at_most() {
    let pause = |stage: &str| {
        format!("{{ lifecycle_stages = [\"{stage}\"], timeout_in_minutes = 20_160, timeout_action = \"CONTINUE\" }}")
    };
    let hooks = [pause("PRE_SCALE_UP"), pause("POST_SCALE_UP"), pause("POST_PRODUCTION_TRAFFIC_SHIFT")].join(", ");
    let mut run = begin(BLUE_GREEN, &hooks);
    run.give(deploy()).until(30 * DAY);
    assert_eq!(status(&run), ServiceDeploymentStatus::InProgress, "two hooks of 14 days each have gone by");
    run.until(30 * DAY + HOUR);
    assert_eq!((status(&run), run.said("deployment failed: timed out.").len()), (RollbackSuccessful, 1));
}

#[test]
fn section_4_7_a_bake_time_of_a_whole_day_is_no_stage_that_is_stuck() {
    for strategy in [
        "strategy = \"BLUE_GREEN\", bake_time_in_minutes = 1_440",
        "strategy = \"CANARY\", canary_configuration = { canary_percent_tenths = 50, canary_bake_time_in_minutes = 1_440 }",
        "strategy = \"LINEAR\", linear_configuration = { step_percent_tenths = 500, step_bake_time_in_minutes = 1_440 }",
    ] {
        let mut run = begin(strategy, "");
        run.give(deploy()).until(26 * HOUR);
        assert_eq!(status(&run), Successful, "{strategy}");
    }
}

#[test]
fn section_4_7_hooks_of_production_traffic_are_asked_at_every_step() {
    let canary = "strategy = \"CANARY\", canary_configuration = { canary_percent_tenths = 100, canary_bake_time_in_minutes = 5 }";
    let hooks = [lambda("PRE_PRODUCTION_TRAFFIC_SHIFT", ""), lambda("PRODUCTION_TRAFFIC_SHIFT", "")].join(", ");
    let mut run = begin(canary, &hooks);
    run.give(set(function(FunctionAnswer::Succeeded))).give(deploy()).until(30 * MINUTE);
    assert_eq!(status(&run), Successful);
    let stages: Vec<&str> = facts(&run)
        .filter_map(|(_, fact)| match fact {
            ServicesFact::HookInvoked { stage, .. } => Some(stage.name()),
            _ => None,
        })
        .collect();
    let step = ["PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT"];
    assert_eq!(stages, [step, step].concat());
    // The second step waits for the bake time of the first, then for the hook before it.
    assert!(invoked(&run)[2] - invoked(&run)[1] >= 5 * MINUTE);
    assert!(entered(&run, LifecycleStage::PostProductionTrafficShift) > answers(&run)[3].0);
}

#[test]
fn section_4_7_several_hooks_of_one_stage_must_all_end_well() {
    let pause = "{ lifecycle_stages = [\"POST_SCALE_UP\"] }";
    let hooks = [pause.to_string(), lambda("POST_SCALE_UP", "")].join(", ");
    let slow = SetHookFunction { duration_seconds: 300, ..function(FunctionAnswer::Succeeded) };
    let go_on = Command::Services(ServicesCommand::ContinueServiceDeployment(ContinueServiceDeployment {
        service: "web".to_string(),
        action: ContinueAction::Continue,
    }));
    let statuses = |run: &Run| -> Vec<HookStatus> {
        let service = &run.sim.belief().services[run.service("web")];
        service.staged().expect("it is on its way").hooks.iter().map(|hook| hook.status).collect()
    };
    let mut run = begin(BLUE_GREEN, &hooks);
    run.give(set(slow.clone())).give(deploy()).until(5 * MINUTE);
    assert_eq!(statuses(&run), [HookStatus::AwaitingAction, HookStatus::InProgress]);
    run.give(go_on.clone()).until(6 * MINUTE);
    assert_eq!(statuses(&run), [HookStatus::Succeeded, HookStatus::InProgress], "the function has not answered");
    assert_eq!(refused(&mut run, &go_on).0, "ServiceDeploymentNotFoundException");
    run.until(30 * MINUTE);
    assert_eq!(status(&run), Successful);
    let mut run = begin(BLUE_GREEN, &hooks);
    run.give(set(SetHookFunction { answer: FunctionAnswer::Failed, ..slow })).give(deploy()).until(30 * MINUTE);
    assert_eq!(status(&run), RollbackSuccessful, "though nobody has decided");
}

#[test]
fn section_4_7_an_answer_that_comes_too_late_changes_nothing() {
    let slow = SetHookFunction { duration_seconds: 900, ..function(FunctionAnswer::Failed) };
    let mut run = deployed("POST_SCALE_UP", "", slow, 5 * MINUTE);
    assert_eq!(invoked(&run).len(), 1);
    let plain = Command::UpdateService(UpdateService {
        task_definition: Some("web".to_string()),
        deployment_configuration: Some(Box::default()),
        ..update("web")
    });
    run.give(plain).until(HOUR);
    assert_eq!(answers(&run).len(), 0);
    assert_eq!(run.sim.belief().services[run.service("web")].primary().rollout_state, RolloutState::Completed);
}

#[test]
fn section_4_7_which_hook_names_a_function() {
    let refusal = |hook| refused(&mut begin(BLUE_GREEN, ""), &configured(hook)).1;
    let required = "hookTargetArn is required for a lifecycle hook of type AWS_LAMBDA.";
    assert_eq!(refusal(LifecycleHook { hook_target_arn: None, ..hook() }), required);
    assert_eq!(refusal(LifecycleHook { hook_target_arn: Some("".into()), ..hook() }), required);
    assert_eq!(
        refusal(LifecycleHook { target_type: HookTargetType::Pause, ..hook() }),
        "hookTargetArn is not supported for a lifecycle hook of type PAUSE."
    );
    for timeout_in_minutes in [0, 20_161] {
        let refused = refusal(LifecycleHook { timeout_in_minutes, ..hook() });
        assert_eq!(refused, "timeoutInMinutes of a lifecycle hook must be from 1 to 20160.");
    }
    begin(BLUE_GREEN, "").give(configured(hook()));
}

#[test]
fn section_4_7_blue_green_requires_a_bake_time() {
    let asked = |strategy, bake_time_in_minutes| {
        let configuration = DeploymentConfiguration { strategy, bake_time_in_minutes, ..DeploymentConfiguration::default() };
        Command::UpdateService(UpdateService { deployment_configuration: Some(Box::new(configuration)), ..update("web") })
    };
    use DeploymentStrategy::{BlueGreen, Canary, Linear, Rolling};
    let required = "bakeTimeInMinutes is required for the BLUE_GREEN deployment strategy.";
    let refusal = refused(&mut begin(BLUE_GREEN, ""), &asked(BlueGreen, None));
    assert_eq!(refusal, ("InvalidParameterException", required.to_string()));
    let range = "bakeTimeInMinutes must be from 0 to 1440.";
    assert_eq!(refused(&mut begin(BLUE_GREEN, ""), &asked(BlueGreen, Some(1_441))).1, range);
    for (strategy, minutes) in [(BlueGreen, Some(0)), (BlueGreen, Some(1_440)), (Canary, None), (Linear, None), (Rolling, None)] {
        begin(BLUE_GREEN, "").give(asked(strategy, minutes));
    }
}
