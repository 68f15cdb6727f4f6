//! Every template of ecs.md §5 said by a run, word for word, and how often an event is said.

use ecs_playground::sim::command::platform::{PlatformCommand, QuotaCode, RequestServiceQuotaIncrease};
use ecs_playground::sim::command::services::{ServicesCommand, UpdateTaskProtection};
use ecs_playground::sim::command::{Command, LaunchType, RunTask, UpdateService};
use ecs_playground::sim::fault::{AppTarget, Direction, Fault, NetworkTarget};
use ecs_playground::sim::ids::{InstanceId, TaskId};
use ecs_playground::sim::model::start_error::StartError;
use ecs_playground::sim::observation::Kind;
use ecs_playground::sim::time::{HOUR, MINUTE, Millis, SECOND};

use crate::common::scenario::{Run, SERVERS, definition, deploy, service, update, web, web_and_next};
use crate::lives::{Kept, PROVIDER, cluster, first_task, stop};

/// Everything that the service `web` has said, as `DescribeServices` gives it.
fn texts(run: &Run) -> Vec<String> {
    let text = |kind: &Kind| match kind {
        Kind::ServiceEvent { event, .. } => Some(event.text("web")),
        _ => None,
    };
    run.log.iter().filter_map(|observation| text(&observation.kind)).collect()
}

fn says(run: &Run, text: &str) {
    assert!(texts(run).iter().any(|said| said == text), "nobody says {text:?}:\n{:#?}", texts(run));
}

fn arn(task: TaskId) -> String {
    format!("(task {})", task.arn_id())
}

#[test]
fn section_5_rows_1_2_4_12_a_service_comes_up_and_is_scaled_in() {
    let mut run = Run::begin(&web(2), 4);
    run.until(3 * MINUTE);
    let (tasks, deployment) = (run.tasks("web"), run.sim.belief().services[run.service("web")].deployment.ecs_svc());
    says(&run, "(service web) has reached a steady state.");
    says(&run, &format!("(service web) has started 2 tasks: {} {}.", arn(tasks[0]), arn(tasks[1])));
    says(&run, &format!("(service web) (deployment {deployment}) deployment completed."));
    run.scale("web", 0).until(5 * MINUTE);
    let both = [format!("{} {}", arn(tasks[0]), arn(tasks[1])), format!("{} {}", arn(tasks[1]), arn(tasks[0]))];
    assert!(both.iter().any(|both| texts(&run).contains(&format!("(service web) has stopped 2 running tasks: {both}."))));
    let number = deployment.strip_prefix("ecs-svc/").expect("its form");
    assert!(number.len() == 19 && number.bytes().all(|byte| byte.is_ascii_digit()), "{deployment}");
}

#[test]
fn section_5_rows_3_11_an_unhealthy_task_is_replaced() {
    let check = "memory = 512, healthCheck = { command = [\"CMD-SHELL\", \"true\"], interval = 5, timeout = 2, retries = 2 }";
    let (mut run, task) = first_task(&web(1).replace("memory = 512", check));
    run.inject(Fault::AppHang { task }).until(6 * MINUTE);
    let new = run.tasks("web")[0];
    says(
        &run,
        &format!("(service web) has started 1 tasks: {}. Amazon ECS replaced 1 tasks due to an unhealthy status.", arn(new)),
    );
    says(&run, &format!("(service web) {} failed container health checks.", arn(task)));
    says(&run, &format!("(service web) has stopped 1 running tasks: {}.", arn(task)));
}

#[test]
fn section_5_row_5_pending_tasks_are_stopped() {
    let scenario = format!("{}[images.\"web:1\"]\nsize_mib = 8000\n", web(2));
    let mut run = Run::begin(&scenario, 4);
    run.until(20 * SECOND).scale("web", 0).until(MINUTE);
    says(&run, "(service web) has stopped 2 pending tasks.");
}

#[test]
fn section_5_rows_6_7_8_9_10_a_target_group_and_its_targets() {
    for (kept, place) in [(Kept::Bridge, " (instance i-"), (Kept::Fargate, " (port 80) is unhealthy in (target-group ")] {
        let (mut run, task) = first_task(&cluster(kept, true));
        let (_, group) = run.sim.neighbours().balancer.groups.iter().next().expect("the target group");
        let arn_of_group = group.arn.clone();
        says(&run, &format!("(service web) registered 1 targets in (target-group {arn_of_group})"));
        run.inject(Fault::AppHang { task }).until(10 * MINUTE);
        let unhealthy = texts(&run).into_iter().find(|text| text.contains("is unhealthy in")).expect("it says so");
        assert!(unhealthy.starts_with(&format!("(service web) {}{place}", arn(task))), "{unhealthy}");
        let stop = if kept == Kept::Fargate { "." } else { "" };
        let ends = format!("is unhealthy in (target-group {arn_of_group}) due to (reason Request timed out){stop}");
        assert!(unhealthy.ends_with(&ends), "{unhealthy}");
        says(&run, "(service web) has begun draining connections on 1 tasks.");
        says(&run, &format!("(service web) deregistered 1 targets in (target-group {arn_of_group})"));
    }
    let (mut run, task) = first_task(&format!("{}[apps.web]\nhealth_check_status = 503\n", cluster(Kept::Fargate, true)));
    run.until(10 * MINUTE);
    let reason = "due to (reason Health checks failed with these codes: [503]).";
    assert!(texts(&run).iter().any(|text| text.starts_with(&format!("(service web) {}", arn(task))) && text.ends_with(reason)));
}

#[test]
fn section_5_rows_13_14_a_deployment_fails_and_is_rolled_back() {
    let breaker = "deployment_configuration = { deployment_circuit_breaker = { enable = true, rollback = true } }";
    let scenario = format!(
        "{SERVERS}{}{}{}[apps.next]\nruns_for = \"5s\"\nexit_code = 1\n",
        definition("web", ""),
        definition("next", ""),
        service("web", 1, breaker)
    );
    let (mut run, _) = first_task(&scenario);
    let first = run.sim.belief().services[run.service("web")].deployment.ecs_svc();
    run.give(deploy("next"));
    let failed = run.sim.belief().services[run.service("web")].deployment.ecs_svc();
    run.until(15 * MINUTE);
    says(&run, &format!("(service web) (deployment {failed}) deployment failed: tasks failed to start."));
    says(&run, &format!("(service web) rolling back to deployment {first}."));
}

#[test]
fn section_5_row_15_each_reason_of_the_closest_instance() {
    let one = "servers = [{ type = \"m5.large\", zone = \"us-east-1a\" }]\n";
    let unable = |definition: &str, count: u32, rest: &str, reason: &str| {
        let mut run = Run::begin(&format!("{one}{definition}{}", service("web", count, rest)), 4);
        run.until(2 * MINUTE);
        let id = InstanceId(1).container_instance_id();
        says(
            &run,
            &format!(
                "(service web) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance {id}) {reason}. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
            ),
        );
    };
    let of = |cpu: u32, memory: u32, rest: &str| {
        definition("web", rest).replace("cpu = 256, memory = 512", &format!("cpu = {cpu}, memory = {memory}"))
    };
    let port = ", portMappings = [{ containerPort = 80, hostPort = 80 }]";
    unable(&of(64, 64, port), 2, "", "is already using a port required by your task");
    unable(&of(4_096, 64, ""), 1, "", "has insufficient CPU units available");
    unable(&of(64, 20_000, ""), 1, "", "has insufficient memory available");
    let gpu = ", resourceRequirements = [{ type = \"GPU\", value = \"1\" }]";
    unable(&of(64, 64, gpu), 1, "", "encountered error \"RESOURCE:GPU\"");
    unable(&of(64, 64, "").replace("\"bridge\"", "\"awsvpc\""), 3, "", "encountered error \"RESOURCE:ENI\"");

    let mut run = Run::begin(&format!("{one}{}{}", of(64, 64, ""), service("web", 1, "")), 4);
    run.until(MINUTE).inject(Fault::NetworkCut { target: NetworkTarget::Instance(InstanceId(1)), direction: Direction::Both });
    run.until(10 * MINUTE).scale("web", 2).until(11 * MINUTE);
    assert_eq!(run.said("doesn't have the agent connected. For more information").len(), 1);
}

#[test]
fn section_5_row_15_a_missing_attribute() {
    let efs = "volumes = [{ name = \"v\", fsxWindowsFileServerVolumeConfiguration = { fileSystemId = \"fs-1\", rootDirectory = \"/\", authorizationConfig = { credentialsParameter = \"arn:aws:secretsmanager:us-east-1:123456789012:secret:x\", domain = \"example.com\" } } }]\n";
    let definition = definition("web", "").replace("containerDefinitions", &format!("{efs}containerDefinitions"));
    let mut run = Run::begin(&format!("{SERVERS}{definition}{}", service("web", 1, "")), 4);
    run.until(MINUTE);
    assert_eq!(run.said("is missing an attribute required by your task. For more information").len(), 1);
}

#[test]
fn section_5_row_16_no_instances_in_the_cluster_or_the_capacity_provider() {
    let more = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";
    let what = "(service web) was unable to place a task because no container instance met all of its requirements. Reason:";
    let mut run = Run::begin(&format!("{}{}", definition("web", ""), service("web", 1, "")), 4);
    run.until(MINUTE);
    says(&run, &format!("{what} No Container Instances were found in your cluster. {more}"));
    let off = PROVIDER
        .replace("managed_scaling = {}", "managed_scaling = { status = \"DISABLED\" }")
        .replace("desired_capacity = 2", "desired_capacity = 0");
    let strategy = "capacity_provider_strategy = [{ capacity_provider = \"web-cp\", weight = 1 }]";
    let mut run = Run::begin(&format!("{}{off}{}", definition("web", ""), service("web", 1, strategy)), 4);
    run.until(MINUTE);
    says(&run, &format!("{what} No Container Instances were found in your capacity provider. {more}"));
}

#[test]
fn section_5_row_17_what_fargate_refuses() {
    let refused = |cpu: &str, memory: &str, count: u32, text: &str| {
        let scenario = cluster(Kept::Fargate, false)
            .replace("\"256\"", &format!("\"{cpu}\""))
            .replace("\"512\"", &format!("\"{memory}\""))
            .replace("desired_count = 1", &format!("desired_count = {count}"));
        let mut run = Run::begin(&scenario, 4);
        run.until(2 * MINUTE);
        says(&run, &format!("(service web) was unable to place a task. Reason: {text}."));
    };
    refused("4096", "8192", 2, "You've reached the limit on the number of vCPUs you can run concurrently");
    refused("8192", "16384", 1, "The requested CPU configuration is above your limit");

    let mut run = Run::begin(&cluster(Kept::Fargate, false).replace("desired_count = 1", "desired_count = 0"), 4);
    for zone in ["us-east-1a", "us-east-1b", "us-east-1c"] {
        run.inject(Fault::FargateCapacityUnavailable { zone: zone.to_string() });
    }
    run.scale("web", 1).until(5 * MINUTE);
    says(
        &run,
        "(service web) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.",
    );
}

#[test]
fn section_5_row_18_tasks_that_keep_failing_to_start() {
    let mut run = Run::begin(&web(1), 4);
    run.inject(Fault::RegistryFailure).until(HOUR);
    says(
        &run,
        "(service web) is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
    );
}

#[test]
fn section_5_row_20_percentages_that_leave_no_way() {
    let percents = "minimum_healthy_percent = 100\nmaximum_percent = 100";
    let scenario = web_and_next(2, "", percents);
    let (mut run, _) = first_task(&scenario);
    run.give(deploy("next")).until(6 * MINUTE);
    says(
        &run,
        "(service web) was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
    );
}

#[test]
fn section_5_row_21_protected_tasks_hold_scale_in() {
    let mut run = Run::begin(&web(2), 4);
    run.until(3 * MINUTE);
    let request = UpdateTaskProtection { tasks: run.tasks("web"), protection_enabled: true, expires_in_minutes: None };
    run.give(Command::Services(ServicesCommand::UpdateTaskProtection(request))).scale("web", 0).until(4 * MINUTE);
    let deployment = run.sim.belief().services[run.service("web")].deployment.ecs_svc();
    says(
        &run,
        &format!(
            "(service web) was unable to reach steady state because (taskSet {deployment}) was unable to scale in due to (reason 2 tasks under protection)"
        ),
    );
}

#[test]
fn section_5_row_22_too_many_tasks_wait_for_capacity() {
    let strategy = "capacity_provider_strategy = [{ capacity_provider = \"web-cp\", weight = 1 }]";
    let none = PROVIDER.replace("desired_capacity = 2", "desired_capacity = 0").replace("max_size = 10", "max_size = 0");
    let mut run = Run::begin(&format!("{}{none}{}", definition("web", ""), service("web", 501, strategy)), 4);
    run.until(3 * MINUTE);
    says(
        &run,
        "(service web) was unable to place tasks in your cluster because the tasks provisioning capacity limit was exceeded.",
    );
    assert_eq!(run.tasks("web").len(), 500);
}

#[test]
fn section_5_row_23_a_role_that_cannot_be_assumed() {
    let mut run = Run::begin(&web(1).replace("desired_count = 1", "desired_count = 0"), 4);
    run.inject(Fault::StartFailure { family: "web".to_string(), error: StartError::RoleNotAssumable }).until(MINUTE);
    run.scale("web", 1).until(2 * MINUTE);
    says(
        &run,
        "(service web) failed to launch a task with (error ECS was unable to assume the role 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.).",
    );
}

#[test]
fn section_5_row_25_zones_are_brought_into_balance_or_not() {
    let run = super::services::rebalanced();
    says(
        &run,
        "(service web) is not AZ balanced with 3 tasks in us-east-1a, 3 tasks in us-east-1b, 0 tasks in us-east-1c. AZ Rebalancing in progress.",
    );
    says(&run, "(service web) is AZ balanced with 2 tasks in us-east-1a, 2 tasks in us-east-1b, 2 tasks in us-east-1c.");
    let moves = texts(&run);
    assert!(moves.iter().any(|text| text.starts_with("(service web) has started 1 tasks in us-east-1c to AZ Rebalance: (task ")));
    assert!(moves.iter().any(|text| text.starts_with("(service web) has stopped 1 running tasks in us-east-1")
        && text.contains(" due to AZ rebalancing: (task ")));

    // The third zone has a server that is too small.
    let servers = "servers = [{ type = \"m5.large\", zone = \"us-east-1a\" }, { type = \"m5.large\", zone = \"us-east-1b\" }]\n";
    let large = definition("web", "").replace("memory = 512", "memory = 1500");
    let (mut run, _) = first_task(&format!("{servers}{large}{}", service("web", 4, "")));
    run.launch("t3.micro", "us-east-1c", 1).until(20 * MINUTE);
    says(&run, "(service web) stopped AZ Rebalancing.");
}

#[test]
fn section_5_the_list_holds_the_last_hundred() {
    let mut run = Run::begin(&web(1), 4);
    run.until(2 * MINUTE);
    let id = run.service("web");
    for round in 0..60 {
        run.scale("web", 2).until(2 * MINUTE + (2 * round + 1) * 20 * SECOND);
        run.scale("web", 1).until(2 * MINUTE + (2 * round + 2) * 20 * SECOND);
    }
    let events = &run.sim.belief().services[id].events;
    assert!(texts(&run).len() > 110, "{}", texts(&run).len());
    assert_eq!(events.len(), 100);
    assert_eq!(events[0].1.text("web"), *texts(&run).last().unwrap(), "newest first");
}

#[test]
fn section_5_identical_messages_wait_for_six_hours_or_for_the_condition_to_resolve() {
    let big = web(1).replace("memory = 512", "memory = 100000");
    let mut run = Run::begin(&big, 4);
    run.until(6 * HOUR - MINUTE);
    // While the agent of the closest server opens a new connection another one is closest, which is another message.
    let closest = "(container-instance b386dfc8d58e31ae239f7e2cb613ead7) has insufficient memory available";
    assert_eq!(run.said(closest).len(), 1);
    run.until(6 * HOUR + MINUTE);
    assert_eq!(run.said(closest).len(), 2);
    run.scale("web", 0).until(6 * HOUR + 3 * MINUTE).scale("web", 1).until(6 * HOUR + 5 * MINUTE);
    assert_eq!(run.said(closest).len(), 3, "it had resolved");
}

/// Starts standalone tasks on Fargate as fast as the account may.
fn exhaust_launches(run: &mut Run, until_ms: Millis) {
    let request =
        RunTask { task_definition: "web".to_string(), count: 5, launch_type: LaunchType::Fargate, ..RunTask::default() };
    while run.sim.now_ms() < until_ms {
        while run.sim.apply(&Command::RunTask(request.clone()), &mut run.log).is_ok() {}
        let next_ms = run.sim.now_ms() + SECOND / 4;
        run.until(next_ms);
    }
}

#[test]
fn section_5_row_19_starts_on_fargate_are_throttled() {
    let mut run = Run::begin(&cluster(Kept::Fargate, false), 4);
    let request = RequestServiceQuotaIncrease { quota_code: QuotaCode::FargateOnDemandVcpus, desired_value: 4_000 };
    run.give(Command::Platform(PlatformCommand::RequestServiceQuotaIncrease(request))).until(2 * MINUTE);
    assert_eq!(run.said("operations are being throttled").len(), 0);
    run.scale("web", 60);
    exhaust_launches(&mut run, 2 * MINUTE + 30 * SECOND);
    says(&run, "(service web) operations are being throttled. Will try again later.");
    assert_eq!(run.said("operations are being throttled").len(), 1, "once while it stands");
    run.until(5 * MINUTE);
    assert_eq!(run.tasks("web").len(), 60, "it has tried again");
    run.scale("web", 120);
    exhaust_launches(&mut run, 5 * MINUTE + 30 * SECOND);
    assert_eq!(run.said("operations are being throttled").len(), 2, "it had resolved");
}

#[test]
fn section_5_row_24_only_some_tasks_of_a_deployment_find_a_place() {
    let server = "servers = [{ type = \"m5.large\", zone = \"us-east-1a\" }]\n";
    for (breaker, expected) in [("true", 1), ("false", 0)] {
        let rest = format!("deployment_configuration = {{ deployment_circuit_breaker = {{ enable = {breaker} }} }}");
        // 2,048 CPU units are eight tasks: four of the older revision, and four of the six that the newer wants.
        let mut run =
            Run::begin(&format!("{server}{}{}{}", definition("web", ""), definition("next", ""), service("web", 4, &rest)), 4);
        let grown = UpdateService { task_definition: Some("next".to_string()), desired_count: Some(6), ..update("web") };
        run.until(2 * MINUTE).give(Command::UpdateService(grown)).until(2 * MINUTE + 30 * SECOND);
        let deployment = run.sim.belief().services[run.service("web")].deployment.ecs_svc();
        assert_eq!(run.said("could not launch").len(), expected, "breaker: {breaker}");
        if expected > 0 {
            says(&run, &format!("(service web) could not launch 2 tasks for deployment {deployment}."));
        }
    }
}

#[test]
fn section_5_steady_state_is_said_again_every_six_hours() {
    let mut run = Run::begin(&web(1), 4);
    run.until(13 * HOUR);
    let steady = run.steady();
    assert_eq!(steady.len(), 3);
    for pair in steady.windows(2) {
        assert!((6 * HOUR..6 * HOUR + 20 * SECOND).contains(&(pair[1] - pair[0])), "{pair:?}");
    }
    let task = run.tasks("web")[0];
    run.inject(Fault::ContainerExit { target: AppTarget::Task(task), code: 1 }).until(13 * HOUR + 3 * MINUTE);
    assert_eq!(run.steady().len(), 4, "and after each disturbance");
    let task = run.tasks("web")[0];
    run.give(stop(task, None));
}
