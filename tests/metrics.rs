//! Metrics, alarms and service auto scaling on whole runs: late, averaged, and honest about what they do not know.

mod common;

use common::scenario::{Run, SERVERS, definition, is_placed, service, web};
use ecs_playground::sim::command::metrics::{
    AdjustmentType, DeleteAlarms, DeleteScalingPolicy, DeregisterScalableTarget, MetricDimension, MetricsCommand,
    PredefinedMetric, PredefinedMetricSpecification, PutMetricAlarm, PutScalingPolicy, RegisterScalableTarget, ScaleIn,
    SetAppLoad, StepAdjustment, StepScaling, TargetTracking,
};
use ecs_playground::sim::command::{Command, UpdateService};
use ecs_playground::sim::fault::Fault;
use ecs_playground::sim::ids::InstanceId;
use ecs_playground::sim::model::alarm::{AlarmState, Comparison, TreatMissingData};
use ecs_playground::sim::model::metric::{MetricName, Of, Series, Statistic};
use ecs_playground::sim::observation::Kind;
use ecs_playground::sim::observation::metrics::{MetricsFact, ScalingCause};
use ecs_playground::sim::time::{MINUTE, Millis, SECOND};

fn of_web(metric: MetricName) -> Series {
    Series { metric, of: Of::Service("web".into()) }
}

fn cluster(metric: MetricName) -> Series {
    Series { metric, of: Of::Cluster }
}

fn newest(run: &Run, series: &Series, statistic: Statistic) -> Option<u64> {
    run.sim.neighbours().metrics.newest(series, statistic)
}

fn give(run: &mut Run, command: MetricsCommand) {
    run.give(Command::Metrics(command));
}

fn load(run: &mut Run, cpu_percent: u32) {
    give(
        run,
        MetricsCommand::SetAppLoad(SetAppLoad { family: "web".into(), cpu_percent: Some(cpu_percent), memory_percent: None }),
    );
}

fn alarm(name: &str, metric_name: MetricName) -> PutMetricAlarm {
    let of_service = metric_name == MetricName::CpuUtilization || metric_name == MetricName::RunningTaskCount;
    let dimension = MetricDimension { name: "ServiceName".into(), value: "web".into() };
    PutMetricAlarm {
        alarm_name: name.into(),
        metric_name,
        namespace: None,
        dimensions: if of_service { vec![dimension] } else { Vec::new() },
        statistic: Statistic::Average,
        comparison_operator: Comparison::GreaterThanThreshold,
        threshold: 70,
        period: 60,
        evaluation_periods: 2,
        datapoints_to_alarm: None,
        treat_missing_data: TreatMissingData::Missing,
        alarm_actions: Vec::new(),
    }
}

const WEB: &str = "service/default/web";

fn scalable(run: &mut Run, min_capacity: u32, max_capacity: u32) {
    give(
        run,
        MetricsCommand::RegisterScalableTarget(RegisterScalableTarget { resource_id: WEB.into(), min_capacity, max_capacity }),
    );
}

fn track(run: &mut Run, policy: &str, metric: PredefinedMetric, target_value: u32) {
    let tracking = TargetTracking {
        target_value,
        predefined_metric_specification: PredefinedMetricSpecification { predefined_metric_type: metric, resource_label: None },
        scale_out_cooldown: None,
        scale_in_cooldown: None,
        disable_scale_in: ScaleIn::Enabled,
    };
    let request = PutScalingPolicy {
        policy_name: policy.into(),
        resource_id: WEB.into(),
        target_tracking_scaling_policy_configuration: Some(tracking),
        step_scaling_policy_configuration: None,
    };
    give(run, MetricsCommand::PutScalingPolicy(Box::new(request)));
}

fn desired(run: &Run) -> u32 {
    run.sim.belief().services[run.service("web")].desired_count
}

fn activities(run: &Run) -> Vec<(Millis, u32)> {
    let changed = run.log.iter().filter_map(|observation| match &observation.kind {
        Kind::Metrics(fact) => match &**fact {
            MetricsFact::ScalingActivity { to, .. } => Some((observation.at_ms, *to)),
            _ => None,
        },
        _ => None,
    });
    changed.collect()
}

fn turned(run: &Run, name: &str, state: AlarmState) -> Vec<Millis> {
    run.times(|kind| match kind {
        Kind::Metrics(fact) => {
            matches!(&**fact, MetricsFact::AlarmStateChanged { alarm, to, .. } if &**alarm == name && *to == state)
        }
        _ => false,
    })
}

/// Two tasks that use 50 per cent of their CPU.
fn steady(seed: u64) -> Run {
    let mut run = Run::begin(&web(2), seed);
    run.until(10 * SECOND);
    load(&mut run, 50);
    run
}

#[test]
fn section_7_8_a_datapoint_is_an_average_and_comes_late() {
    let mut run = steady(1);
    run.until(MINUTE + 14 * SECOND);
    assert_eq!(
        newest(&run, &of_web(MetricName::CpuUtilization), Statistic::Average),
        None,
        "the minute is over, its datapoint not there"
    );
    run.until(MINUTE + 15 * SECOND);
    let value = newest(&run, &of_web(MetricName::CpuUtilization), Statistic::Average).expect("now it is");
    assert!((42_000..=58_000).contains(&value), "{value}");
    run.until(5 * MINUTE);
    load(&mut run, 100);
    run.until(5 * MINUTE + 30 * SECOND);
    let live = run.sim.live(&of_web(MetricName::CpuUtilization)).unwrap();
    assert!(live > 80_000, "true at once: {live}");
    let late = newest(&run, &of_web(MetricName::CpuUtilization), Statistic::Average).unwrap();
    assert!(late < 60_000, "and not yet known: {late}");
    run.until(6 * MINUTE + 20 * SECOND);
    assert!(newest(&run, &of_web(MetricName::CpuUtilization), Statistic::Average).unwrap() > 80_000);
}

#[test]
fn section_7_8_reservation_of_the_cluster() {
    let mut run = steady(2);
    run.until(2 * MINUTE);
    // Two tasks of 256 units on three servers of 8,192.
    assert_eq!(newest(&run, &cluster(MetricName::CpuReservation), Statistic::Average), Some(2_083));
    assert_eq!(run.sim.live(&cluster(MetricName::CpuReservation)), Some(2_083));
    assert_eq!(newest(&run, &cluster(MetricName::ContainerInstanceCount), Statistic::Average), Some(3_000));
    assert_eq!(newest(&run, &of_web(MetricName::RunningTaskCount), Statistic::Average), Some(2_000));
}

#[test]
fn section_6_4_a_silent_agent_contributes_nothing_and_its_task_is_still_counted() {
    let mut run = steady(3);
    run.until(3 * MINUTE);
    let samples = newest(&run, &of_web(MetricName::CpuUtilization), Statistic::SampleCount).unwrap();
    assert_eq!(samples, 6_000, "two tasks, three times a minute");
    let instance = run.sim.belief().tasks[run.tasks("web")[0]].instance.unwrap();
    run.inject(Fault::AgentStop { instance }).until(8 * MINUTE);
    assert_eq!(newest(&run, &of_web(MetricName::CpuUtilization), Statistic::SampleCount), Some(3_000));
    assert!(newest(&run, &of_web(MetricName::CpuUtilization), Statistic::Average).is_some(), "nothing looks wrong");
    assert_eq!(newest(&run, &of_web(MetricName::RunningTaskCount), Statistic::Average), Some(2_000));
    assert_eq!(newest(&run, &cluster(MetricName::DisconnectedAgentCount), Statistic::Maximum), Some(1_000), "but this does");
}

#[test]
fn section_6_4_silence_is_true_before_it_is_believed() {
    let mut run = steady(4);
    run.until(3 * MINUTE).inject(Fault::ServerDeath { instance: InstanceId(1) }).until(3 * MINUTE + SECOND);
    assert_eq!(run.sim.live(&cluster(MetricName::DisconnectedAgentCount)), Some(1_000));
    assert_eq!(newest(&run, &cluster(MetricName::DisconnectedAgentCount), Statistic::Maximum), Some(0));
}

#[test]
fn section_7_8_a_fargate_service_has_the_same_metrics() {
    let definition = "[[task_definitions]]\nfamily = \"web\"\nnetworkMode = \"awsvpc\"\nrequiresCompatibilities = [\"FARGATE\"]\ncpu = \"256\"\nmemory = \"512\"\ncontainerDefinitions = [{ name = \"web\", image = \"web:1\" }]\n";
    let mut run = Run::begin(&format!("{definition}{}", service("web", 2, "launch_type = \"FARGATE\"")), 5);
    run.until(SECOND);
    load(&mut run, 50);
    run.until(4 * MINUTE);
    let value = newest(&run, &of_web(MetricName::CpuUtilization), Statistic::Average).unwrap();
    assert!((42_000..=58_000).contains(&value), "{value}");
    assert_eq!(newest(&run, &of_web(MetricName::CpuUtilization), Statistic::SampleCount), Some(6_000));
    assert_eq!(newest(&run, &cluster(MetricName::CpuReservation), Statistic::Average), None, "there is no server");
}

#[test]
fn three_hours_of_datapoints_are_kept() {
    let mut run = steady(6);
    run.until(250 * MINUTE);
    let history = run.sim.neighbours().metrics.history(&of_web(MetricName::RunningTaskCount), Statistic::Average);
    assert_eq!(history.len(), 180);
    assert_eq!(history[179].at_ms - history[0].at_ms, 179 * MINUTE);
}

#[test]
fn section_7_4_an_alarm_turns_with_its_datapoints_and_tells_the_control_plane() {
    let mut run = steady(7);
    give(&mut run, MetricsCommand::PutMetricAlarm(alarm("busy", MetricName::CpuUtilization)));
    assert_eq!(run.sim.neighbours().metrics.alarm("busy").unwrap().state, AlarmState::InsufficientData);
    run.until(4 * MINUTE);
    assert_eq!(turned(&run, "busy", AlarmState::Ok), [MINUTE + 15 * SECOND]);
    load(&mut run, 120);
    run.until(6 * MINUTE + 14 * SECOND);
    assert!(turned(&run, "busy", AlarmState::Alarm).is_empty());
    run.until(6 * MINUTE + 16 * SECOND);
    let at_ms = turned(&run, "busy", AlarmState::Alarm);
    assert_eq!(at_ms, [6 * MINUTE + 15 * SECOND], "two datapoints and the delay of the second");
    assert_eq!(run.sim.belief().alarms.get("busy"), Some(&AlarmState::Ok), "not told yet");
    run.until(6 * MINUTE + 18 * SECOND);
    assert_eq!(run.sim.belief().alarms.get("busy"), Some(&AlarmState::Alarm));
    give(&mut run, MetricsCommand::DeleteAlarms(DeleteAlarms { alarm_names: vec!["busy".into()] }));
    assert_eq!(run.sim.belief().alarms.get("busy"), None);
}

#[test]
fn an_alarm_without_data_says_so_or_does_as_it_was_told() {
    let mut run = steady(8);
    for (name, treat_missing_data) in [
        ("missing", TreatMissingData::Missing),
        ("breaching", TreatMissingData::Breaching),
        ("fine", TreatMissingData::NotBreaching),
    ] {
        let of_nothing = PutMetricAlarm {
            dimensions: vec![MetricDimension { name: "ServiceName".into(), value: "nobody".into() }],
            treat_missing_data,
            ..alarm(name, MetricName::CpuUtilization)
        };
        give(&mut run, MetricsCommand::PutMetricAlarm(of_nothing));
    }
    run.until(5 * MINUTE);
    let state = |name| run.sim.neighbours().metrics.alarm(name).unwrap().state;
    assert_eq!(
        [state("missing"), state("breaching"), state("fine")],
        [AlarmState::InsufficientData, AlarmState::Alarm, AlarmState::Ok]
    );
}

#[test]
fn section_7_8_target_tracking_makes_two_alarms() {
    for (target, low_at) in [(70, 63_000), (30, 27_000)] {
        let mut run = steady(9);
        scalable(&mut run, 1, 10);
        track(&mut run, "cpu", PredefinedMetric::Cpu, target);
        let rule = |side: &str| {
            let name = format!("TargetTracking-{WEB}-Alarm{side}-cpu");
            run.sim.neighbours().metrics.alarm(&name).unwrap_or_else(|| panic!("no {name}")).rule.clone()
        };
        let (high, low) = (rule("High"), rule("Low"));
        let high_at = u64::from(target) * 1_000;
        assert_eq!((high.comparison, high.threshold, high.datapoints_to_alarm), (Comparison::GreaterThanThreshold, high_at, 3));
        assert_eq!((low.comparison, low.threshold, low.datapoints_to_alarm), (Comparison::LessThanThreshold, low_at, 15));
    }
}

#[test]
fn section_7_8_more_work_leads_to_more_tasks_and_every_step_says_why() {
    let mut run = steady(10);
    scalable(&mut run, 2, 8);
    track(&mut run, "cpu", PredefinedMetric::Cpu, 70);
    run.until(5 * MINUTE);
    load(&mut run, 139);
    run.until(8 * MINUTE + 30 * SECOND);
    let first = activities(&run);
    assert_eq!(first.len(), 1, "{first:?}");
    assert_eq!(first[0].0, 8 * MINUTE + 17 * SECOND, "three minutes, the delay of a datapoint, the alarm's way");
    // Two tasks at about twice the target.
    assert!((4..=5).contains(&desired(&run)), "{}", desired(&run));
    run.until(9 * MINUTE);
    let placed = run.last("a new task", is_placed);
    let chain: Vec<String> = run.chain(placed).iter().map(|kind| format!("{kind:?}")).collect();
    let parts = ["TaskPlaced", "DesiredCountChanged", "ScalingActivity", "AlarmStateChanged", "AppLoadChanged", "CommandGiven"];
    for (link, part) in chain.iter().zip(parts) {
        assert!(link.contains(part), "{part}: {link}");
    }
    assert_eq!(chain.len(), parts.len());
}

#[test]
fn section_7_8_the_pause_of_300_s_and_scaling_in_after_15_minutes() {
    let mut run = steady(11);
    scalable(&mut run, 2, 50);
    track(&mut run, "cpu", PredefinedMetric::Cpu, 70);
    run.until(5 * MINUTE);
    load(&mut run, 140);
    run.until(9 * MINUTE);
    let out_ms = activities(&run)[0].0;
    // The load does not fall: the next step waits for the end of the pause.
    run.until(out_ms + 300 * SECOND - 1);
    assert_eq!(activities(&run).len(), 1);
    run.until(out_ms + 300 * SECOND + MINUTE);
    assert_eq!(activities(&run).len(), 2);
    load(&mut run, 10);
    let quiet_ms = run.sim.now_ms();
    run.until(quiet_ms + 40 * MINUTE);
    let after: Vec<_> = activities(&run).into_iter().filter(|(at_ms, _)| *at_ms > quiet_ms).collect();
    let first_ms = after[0].0 - quiet_ms;
    assert!((15 * MINUTE..17 * MINUTE).contains(&first_ms), "{first_ms}");
    for pair in after.windows(2) {
        assert!(pair[1].0 - pair[0].0 >= 300 * SECOND, "{after:?}");
        assert!(pair[0].1 - pair[1].1 <= 1 + pair[0].1 / 10, "gradually: {after:?}");
    }
    assert!(desired(&run) >= 2);
}

#[test]
fn section_7_8_bounds_are_kept_when_they_are_set() {
    let mut run = steady(12);
    scalable(&mut run, 4, 8);
    run.until(20 * SECOND);
    assert_eq!(desired(&run), 4);
    scalable(&mut run, 1, 3);
    run.until(30 * SECOND);
    assert_eq!(desired(&run), 3);
    let causes = run.times(|kind| match kind {
        Kind::Metrics(fact) => {
            matches!(&**fact, MetricsFact::ScalingActivity { cause: ScalingCause::MinCapacity | ScalingCause::MaxCapacity, .. })
        }
        _ => false,
    });
    assert_eq!(causes.len(), 2);
}

#[test]
fn section_7_8_steps_answer_an_alarm_of_your_own() {
    let mut run = steady(13);
    scalable(&mut run, 1, 10);
    let step = |lower, upper, scaling_adjustment| StepAdjustment {
        metric_interval_lower_bound: lower,
        metric_interval_upper_bound: upper,
        scaling_adjustment,
    };
    let steps = StepScaling {
        adjustment_type: AdjustmentType::ChangeInCapacity,
        step_adjustments: vec![step(Some(0), Some(20), 1), step(Some(20), None, 3)],
        min_adjustment_magnitude: None,
        cooldown: Some(60),
    };
    let request = PutScalingPolicy {
        policy_name: "steps".into(),
        resource_id: WEB.into(),
        target_tracking_scaling_policy_configuration: None,
        step_scaling_policy_configuration: Some(steps),
    };
    give(&mut run, MetricsCommand::PutScalingPolicy(Box::new(request)));
    let busy = PutMetricAlarm { alarm_actions: vec!["steps".into()], ..alarm("busy", MetricName::CpuUtilization) };
    give(&mut run, MetricsCommand::PutMetricAlarm(busy));
    run.until(2 * MINUTE);
    load(&mut run, 130);
    run.until(4 * MINUTE + 20 * SECOND);
    assert_eq!(activities(&run).iter().map(|(_, to)| *to).collect::<Vec<_>>(), [5]);
}

#[test]
fn section_7_8_a_deleted_policy_or_service_takes_its_alarms_along() {
    let mut run = steady(14);
    scalable(&mut run, 1, 10);
    track(&mut run, "cpu", PredefinedMetric::Cpu, 70);
    track(&mut run, "memory", PredefinedMetric::Memory, 70);
    let count = |run: &Run| run.sim.neighbours().metrics.alarms().count();
    assert_eq!(count(&run), 4);
    let request = DeleteScalingPolicy { policy_name: "cpu".into(), resource_id: WEB.into() };
    give(&mut run, MetricsCommand::DeleteScalingPolicy(request));
    assert_eq!(count(&run), 2);
    give(&mut run, MetricsCommand::DeregisterScalableTarget(DeregisterScalableTarget { resource_id: WEB.into() }));
    assert_eq!(count(&run), 0);
    scalable(&mut run, 1, 10);
    track(&mut run, "cpu", PredefinedMetric::Cpu, 70);
    run.give(Command::DeleteService { service: "web".into() }).until(5 * MINUTE);
    assert_eq!((count(&run), run.sim.neighbours().metrics.scalable_targets().count()), (0, 0));
}

#[test]
fn what_cannot_be_asked_is_refused_in_the_words_of_the_service() {
    let mut run = steady(15);
    let mut refused = |command: MetricsCommand| {
        let refusal = run.sim.apply(&Command::Metrics(command), &mut run.log).expect_err("it is refused");
        format!("{}: {}", refusal.code, refusal.message)
    };
    let no_target = PutScalingPolicy {
        policy_name: "cpu".into(),
        resource_id: WEB.into(),
        target_tracking_scaling_policy_configuration: None,
        step_scaling_policy_configuration: None,
    };
    assert!(
        refused(MetricsCommand::PutScalingPolicy(Box::new(no_target)))
            .starts_with("ObjectNotFoundException: No scalable target registered")
    );
    let strange = RegisterScalableTarget { resource_id: "service/default/api".into(), min_capacity: 1, max_capacity: 2 };
    assert_eq!(
        refused(MetricsCommand::RegisterScalableTarget(strange)),
        "ValidationException: ECS service doesn't exist: service/default/api"
    );
    let upside_down = RegisterScalableTarget { resource_id: WEB.into(), min_capacity: 3, max_capacity: 2 };
    assert_eq!(
        refused(MetricsCommand::RegisterScalableTarget(upside_down)),
        "ValidationException: Maximum capacity cannot be less than minimum capacity"
    );
    let odd = PutMetricAlarm { period: 30, ..alarm("odd", MetricName::CpuUtilization) };
    assert!(refused(MetricsCommand::PutMetricAlarm(odd)).contains("Period must be a multiple of 60"));
    let nowhere = PutMetricAlarm { dimensions: Vec::new(), ..alarm("nowhere", MetricName::RunningTaskCount) };
    assert_eq!(
        refused(MetricsCommand::PutMetricAlarm(nowhere)),
        "ValidationError: RunningTaskCount needs the dimension ServiceName."
    );
    assert!(
        refused(MetricsCommand::DeleteAlarms(DeleteAlarms { alarm_names: vec!["none".into()] })).starts_with("ResourceNotFound")
    );
}

#[test]
fn a_service_that_waits_for_room_is_not_scaled_beyond_its_need() {
    // One small server: three tasks of 512 CPU units fit.
    let scenario = format!(
        "servers = [{{ type = \"t3.small\", zone = \"us-east-1a\" }}]\n{}{}",
        definition("web", "").replace("cpu = 256", "cpu = 512").replace("memory = 512", "memory = 600"),
        service("web", 2, "")
    );
    let mut run = Run::begin(&scenario, 16);
    run.until(10 * SECOND);
    scalable(&mut run, 1, 50);
    track(&mut run, "cpu", PredefinedMetric::Cpu, 50);
    load(&mut run, 100);
    run.until(40 * MINUTE);
    // Three run, at about twice the target: six or seven are wanted, however long it takes.
    assert!((6..=7).contains(&desired(&run)), "{}", desired(&run));
    let service = "web".to_string();
    run.give(Command::UpdateService(UpdateService { service, desired_count: Some(1), ..UpdateService::default() }));
}

#[test]
fn refused_commands_do_not_begin_the_metrics() {
    let mut run = Run::begin(&format!("{SERVERS}{}{}", definition("web", ""), service("web", 1, "")), 17);
    run.until(10 * SECOND);
    let before = run.sim.world_hash();
    let refused = Command::Metrics(MetricsCommand::DeleteAlarms(DeleteAlarms { alarm_names: vec!["none".into()] }));
    assert!(run.sim.apply(&refused, &mut run.log).is_err());
    assert_eq!(run.sim.world_hash(), before);
}

#[test]
fn section_6_2_a_load_balancer_counts_its_healthy_hosts() {
    let scenario = format!(
        "{SERVERS}{}[[setup]]\ncommand = \"CreateTargetGroup\"\nrequest = {{ name = \"web\", health_check_interval_seconds = 10 }}\n{}",
        definition("web", ", portMappings = [{ containerPort = 80, hostPort = 0 }]"),
        service("web", 2, "load_balancers = [{ target_group = \"web\", container_name = \"web\", container_port = 80 }]")
    );
    let mut run = Run::begin(&scenario, 18);
    let hosts = |metric| Series { metric, of: Of::TargetGroup("web".into()) };
    run.until(3 * MINUTE + 20 * SECOND);
    assert_eq!(newest(&run, &hosts(MetricName::HealthyHostCount), Statistic::Minimum), Some(2_000));
    let task = run.tasks("web")[0];
    run.inject(Fault::AppHang { task }).until(3 * MINUTE + 21 * SECOND);
    assert_eq!(run.sim.live(&hosts(MetricName::HealthyHostCount)), Some(1_000), "true at once");
    assert_eq!(newest(&run, &hosts(MetricName::HealthyHostCount), Statistic::Minimum), Some(2_000), "and believed later");
}
