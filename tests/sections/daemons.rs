//! DAEMON services (ecs.md §3.8): one task on every server, and what a deployment of one may do (§4.1, §4.3, §4.5, §4.6).

use ecs_playground::sim::command::metrics::{MetricDimension, MetricsCommand, PutMetricAlarm, SetAppLoad};
use ecs_playground::sim::command::services::{ServicesCommand, UpdateTaskProtection};
use ecs_playground::sim::command::{
    Command, CreateService, InstanceStatusRequest, LaunchType, SchedulingStrategy, UpdateService,
};
use ecs_playground::sim::control_plane::service::Service;
use ecs_playground::sim::fault::{AppTarget, Fault};
use ecs_playground::sim::ids::{InstanceId, TaskId};
use ecs_playground::sim::model::alarm::{Comparison, TreatMissingData};
use ecs_playground::sim::model::deployment::{RolloutState, ZoneRebalancing};
use ecs_playground::sim::model::metric::{MetricName, Statistic};
use ecs_playground::sim::model::task::TaskStatus;
use ecs_playground::sim::observation::Kind;
use ecs_playground::sim::observation::services::ServicesFact;
use ecs_playground::sim::time::{MINUTE, SECOND};

use crate::common::scenario::{Run, definition, deploy, update};
use crate::lives::{Kept, cluster, entered, known, stopped};
use crate::refused;

fn web(run: &Run) -> &Service {
    &run.sim.belief().services[run.service("web")]
}

/// Two servers, and `web` on each of them.
pub fn daemon(rest: &str) -> String {
    let two = "servers = [{ type = \"m5.large\", zone = \"us-east-1a\" }, { type = \"m5.large\", zone = \"us-east-1b\" }]\n";
    let service = format!("[[services]]\nname = \"web\"\ntask_definition = \"web\"\nscheduling_strategy = \"DAEMON\"\n{rest}\n");
    format!("{two}{}{}{service}", definition("web", ""), definition("next", ""))
}

/// Servers of its tasks, rising.
fn servers_of(run: &Run, name: &str) -> Vec<u32> {
    let mut servers: Vec<u32> = run.tasks(name).iter().map(|task| known(run, *task).instance.expect("on a server").0).collect();
    servers.sort_unstable();
    servers
}

#[test]
fn section_3_8_one_task_on_every_active_server_and_none_on_a_draining_one() {
    let mut run = Run::begin(&daemon(""), 4);
    run.until(2 * MINUTE);
    assert_eq!(servers_of(&run, "web"), [1, 2]);
    let draining = Command::UpdateContainerInstancesState { instance: InstanceId(2), status: InstanceStatusRequest::Draining };
    run.give(draining).until(4 * MINUTE);
    assert_eq!(servers_of(&run, "web"), [1]);
    run.launch("m5.large", "us-east-1c", 1).until(8 * MINUTE);
    assert_eq!(servers_of(&run, "web"), [1, 3]);
    let task = run.tasks("web")[0];
    run.inject(Fault::ContainerExit { target: AppTarget::Task(task), code: 1 }).until(10 * MINUTE);
    assert_eq!(servers_of(&run, "web"), [1, 3], "a lost one comes back");
}

#[test]
fn section_3_8_daemons_start_first_and_stop_last() {
    let web = format!("{}[[services]]\nname = \"shop\"\ntask_definition = \"next\"\ndesired_count = 4\n", daemon(""));
    let mut run = Run::begin(&web, 4);
    run.until(2 * MINUTE);
    let first = |name: &str| run.tasks(name).iter().map(|task| known(&run, *task).placed_at_ms()).min().unwrap();
    assert!(first("web") < first("shop"));
    let leaving = *run.tasks("web").iter().find(|task| known(&run, **task).instance == Some(InstanceId(2))).unwrap();
    let others: Vec<TaskId> =
        run.tasks("shop").into_iter().filter(|task| known(&run, *task).instance == Some(InstanceId(2))).collect();
    let draining = Command::UpdateContainerInstancesState { instance: InstanceId(2), status: InstanceStatusRequest::Draining };
    run.give(draining).until(6 * MINUTE);
    let last = others.iter().map(|task| entered(&run, *task, TaskStatus::Stopping)).max().expect("some were there");
    assert!(entered(&run, leaving, TaskStatus::Stopping) >= last);
}

#[test]
fn section_3_8_constraints_choose_the_servers() {
    let only_a = "placement_constraints = [\"memberOf(attribute:ecs.availability-zone == us-east-1a)\"]";
    let mut run = Run::begin(&daemon(only_a), 4);
    run.until(2 * MINUTE);
    assert_eq!(servers_of(&run, "web"), [1]);
}

#[test]
fn section_3_8_a_deployment_stops_then_starts() {
    let mut run = Run::begin(&daemon(""), 4);
    run.until(2 * MINUTE);
    let old = run.tasks("web");
    run.give(deploy("next"));
    run.until(5 * MINUTE);
    for old in old {
        let server = known(&run, old).instance;
        let new = *run.tasks("web").iter().find(|task| known(&run, **task).instance == server).expect("one on each");
        assert!(known(&run, new).placed_at_ms() >= entered(&run, old, TaskStatus::Stopping), "minimum 0, maximum 100");
        assert_eq!(stopped(&run, old).0, "ServiceSchedulerInitiated");
    }
    assert_eq!(servers_of(&run, "web"), [1, 2]);
    let service = web(&run);
    assert_eq!(service.deployments.len(), 1, "the old deployment has disappeared with its last task");
    assert_eq!((service.desired_count, service.primary().rollout_state), (2, RolloutState::Completed));
}

#[test]
fn section_3_8_what_a_daemon_may_not_have() {
    let base = CreateService {
        service_name: "other".to_string(),
        task_definition: "web".to_string(),
        scheduling_strategy: SchedulingStrategy::Daemon,
        ..CreateService::default()
    };
    let mut run = Run::begin(&cluster(Kept::Fargate, false), 4);
    let on_fargate = CreateService { launch_type: LaunchType::Fargate, ..base.clone() };
    let message = "The DAEMON scheduling strategy is not supported for FARGATE tasks.".to_string();
    assert_eq!(refused(&mut run, &Command::CreateService(on_fargate)), ("InvalidParameterException", message));
    let mut run = Run::begin(&daemon(""), 4);
    let strategies = ecs_playground::import::placement_text::strategies(&["random".to_string()]).unwrap();
    for wrong in [
        CreateService { placement_strategy: strategies, ..base.clone() },
        CreateService { maximum_percent: Some(200), ..base.clone() },
        CreateService { availability_zone_rebalancing: Some(ZoneRebalancing::Enabled), ..base.clone() },
    ] {
        assert_eq!(refused(&mut run, &Command::CreateService(wrong)).0, "InvalidParameterException");
    }
    let counted = UpdateService { desired_count: Some(2), ..update("web") };
    assert_eq!(refused(&mut run, &Command::UpdateService(counted)).0, "InvalidParameterException");
    let wider = UpdateService { maximum_percent: Some(150), ..update("web") };
    assert_eq!(refused(&mut run, &Command::UpdateService(wider)).0, "InvalidParameterException");
    run.give(Command::CreateService(CreateService { maximum_percent: Some(100), ..base }));
}

/// Four servers of one zone, and `web` on each of them.
fn four(rest: &str, apps: &str) -> Run {
    let servers = "servers = [{ type = \"m5.large\", zone = \"us-east-1a\", count = 4 }]\n";
    let service = format!("[[services]]\nname = \"web\"\ntask_definition = \"web\"\nscheduling_strategy = \"DAEMON\"\n{rest}\n");
    let mut run = Run::begin(&format!("{servers}{}{}{service}{apps}", definition("web", ""), definition("next", "")), 4);
    run.until(2 * MINUTE);
    run
}

fn of_family<'a>(run: &'a Run, family: &'a str) -> impl Iterator<Item = TaskId> + 'a {
    let family_of = |task: &TaskId| run.sim.belief().definitions[known(run, *task).definition].definition.family.clone();
    web(run).tasks.iter().copied().filter(move |task| *family_of(task) == *family)
}

const CRASHES: &str = "[apps.next]\nruns_for = \"5s\"\nexit_code = 1\n";
const BREAKER: &str = "deployment_circuit_breaker = { enable = true, rollback = ROLLBACK }";

fn breaker(rollback: &str) -> String {
    format!("deployment_configuration = {{ {} }}", BREAKER.replace("ROLLBACK", rollback))
}

/// How many are RUNNING at the worst moment of the next three minutes.
fn fewest_running(run: &mut Run) -> usize {
    let begin_ms = run.sim.now_ms();
    let at = |second: u64| {
        run.until(begin_ms + second * SECOND);
        web(run).tasks.iter().filter(|task| known(run, **task).is_running()).count()
    };
    (0..180).map(at).min().expect("it was looked at")
}

#[test]
fn section_3_8_and_4_1_a_daemon_deployment_keeps_its_minimum() {
    for (minimum, fewest) in [("", 0), ("minimum_healthy_percent = 50", 2), ("minimum_healthy_percent = 51", 3)] {
        let mut run = four(minimum, "");
        run.give(deploy("next"));
        assert_eq!(fewest_running(&mut run), fewest, "{minimum}");
        run.until(10 * MINUTE);
        assert_eq!((of_family(&run, "next").count(), web(&run).deployments.len()), (4, 1));
        assert_eq!(web(&run).primary().rollout_state, RolloutState::Completed);
    }
}

#[test]
fn section_3_8_and_4_1_a_minimum_of_100_leaves_a_daemon_no_way() {
    let mut run = four("minimum_healthy_percent = 100", "");
    run.give(deploy("next")).until(10 * MINUTE);
    assert_eq!((of_family(&run, "web").count(), web(&run).deployments.len()), (4, 2));
    assert_eq!(run.said("was unable to stop or start tasks during a deployment").len(), 1);
    run.give(Command::UpdateService(UpdateService { minimum_healthy_percent: Some(75), ..update("web") })).until(20 * MINUTE);
    assert_eq!((of_family(&run, "next").count(), web(&run).deployments.len()), (4, 1));
}

#[test]
fn section_3_8_the_minimum_does_not_hold_a_daemon_on_a_draining_server() {
    let mut run = four("minimum_healthy_percent = 100", "");
    let draining = Command::UpdateContainerInstancesState { instance: InstanceId(3), status: InstanceStatusRequest::Draining };
    run.give(draining).until(4 * MINUTE);
    assert_eq!((servers_of(&run, "web"), web(&run).desired_count), (vec![1, 2, 4], 3));
}

#[test]
fn section_4_5_a_daemon_deployment_that_fails_starts_no_more_tasks_and_keeps_older_ones() {
    let mut run = four(&format!("minimum_healthy_percent = 50\n{}", breaker("false")), CRASHES);
    run.give(deploy("next")).until(10 * MINUTE);
    assert_eq!(web(&run).primary().rollout_state, RolloutState::Failed);
    let placed = |run: &Run| run.times(|kind| matches!(kind, Kind::TaskPlaced { .. })).len();
    let (before, steady) = (placed(&run), run.steady().len());
    run.until(60 * MINUTE);
    assert_eq!((placed(&run), run.steady().len()), (before, steady), "nothing starts, and two servers have none");
    assert_eq!((of_family(&run, "web").count(), of_family(&run, "next").count()), (2, 0));
    run.give(deploy("web")).until(70 * MINUTE);
    assert_eq!((servers_of(&run, "web"), web(&run).deployments.len()), (vec![1, 2, 3, 4], 1));
}

#[test]
fn section_4_5_the_breaker_of_a_daemon_counts_its_servers_and_goes_back() {
    let mut run = four(&breaker("true"), CRASHES);
    let before = web(&run).deployment;
    run.launch("m5.large", "us-east-1a", 6).until(8 * MINUTE);
    assert_eq!(web(&run).desired_count, 10);
    run.give(deploy("next")).until(15 * MINUTE);
    let thresholds = run.log.iter().filter_map(|observation| match &observation.kind {
        Kind::Services(fact) => match &**fact {
            ServicesFact::DeploymentFailureCounted { threshold, .. } => Some(*threshold),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(thresholds.collect::<Vec<_>>(), [5; 5]);
    assert_eq!((web(&run).deployment, web(&run).deployments.len()), (before, 1));
    assert_eq!((of_family(&run, "web").count(), web(&run).primary().rollout_state), (10, RolloutState::Completed));
}

#[test]
fn section_4_5_a_healthy_daemon_resets_the_count() {
    let mut run = four(&format!("minimum_healthy_percent = 50\n{}", breaker("true")), "");
    run.give(deploy("next")).until(2 * MINUTE + 30 * SECOND);
    let new = of_family(&run, "next").next().expect("one has started");
    run.inject(Fault::ContainerExit { target: AppTarget::Task(new), code: 1 }).until(2 * MINUTE + 40 * SECOND);
    assert_eq!(web(&run).primary().watch.failures, 1);
    run.until(6 * MINUTE);
    assert_eq!((web(&run).primary().watch.failures, web(&run).primary().rollout_state), (0, RolloutState::Completed));
}

#[test]
fn section_4_6_an_alarm_fails_the_deployment_of_a_daemon() {
    let alarms = "deployment_configuration = { alarms = { alarm_names = [\"busy\"], enable = true, rollback = true } }";
    let mut run = four(alarms, "");
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
    let load = SetAppLoad { family: "next".to_string(), cpu_percent: Some(400), memory_percent: None };
    run.give(Command::Metrics(MetricsCommand::SetAppLoad(load))).until(8 * MINUTE);
    run.give(deploy("next")).until(18 * MINUTE);
    assert_eq!(run.said("deployment failed: alarm detected").len(), 1);
    assert_eq!((of_family(&run, "web").count(), web(&run).deployments.len()), (4, 1));
}

#[test]
fn section_3_12_protection_holds_the_deployment_of_a_daemon() {
    let mut run = four("", "");
    let kept = run.tasks("web")[0];
    let request = UpdateTaskProtection { tasks: vec![kept], protection_enabled: true, expires_in_minutes: Some(10) };
    run.give(Command::Services(ServicesCommand::UpdateTaskProtection(request))).give(deploy("next")).until(10 * MINUTE);
    assert_eq!(of_family(&run, "web").collect::<Vec<_>>(), [kept]);
    assert_eq!(run.said("was unable to scale in due to (reason 1 tasks under protection)").len(), 1);
    run.until(16 * MINUTE);
    assert_eq!((of_family(&run, "next").count(), web(&run).deployments.len()), (4, 1));
}

#[test]
fn section_3_8_a_full_server_outside_the_constraints_is_none_of_its_business() {
    let all_of_it = definition("shop", "").replace("cpu = 256, memory = 512", "cpu = 2048, memory = 7000");
    let only_a = "placement_constraints = [\"memberOf(attribute:ecs.availability-zone == us-east-1a)\"]";
    let full = "[[services]]\nname = \"shop\"\ntask_definition = \"shop\"\ndesired_count = 1\nplacement_constraints = [\"memberOf(attribute:ecs.availability-zone == us-east-1b)\"]\n";
    let mut run = Run::begin(&format!("{}{all_of_it}{full}", daemon(only_a)), 4);
    run.until(2 * MINUTE).give(deploy("next")).until(5 * MINUTE);
    assert_eq!((servers_of(&run, "web"), web(&run).desired_count), (vec![1], 1));
    assert!(run.said("was unable to place").is_empty());
    assert_eq!(web(&run).primary().rollout_state, RolloutState::Completed);
}
