//! What a load balancer and a capacity provider publish on whole runs, and services that scale on it (ecs.md §7.2, §7.8).

mod common;

use common::scenario::{Run, balanced, send};
use ecs_playground::sim::command::Command;
use ecs_playground::sim::command::metrics::{
    MetricsCommand, PredefinedMetric, PredefinedMetricSpecification, PutScalingPolicy, RegisterScalableTarget, ScaleIn,
    TargetTracking,
};
use ecs_playground::sim::model::metric::{MetricName, Of, Series, Statistic};
use ecs_playground::sim::observation::Kind;
use ecs_playground::sim::observation::metrics::{MetricsFact, ScalingCause};
use ecs_playground::sim::time::{MINUTE, Millis, SECOND};

/// Two tasks behind a target group on servers with room for many.
fn roomy(app: &str) -> Run {
    let group = "health_check_timeout_seconds = 20, deregistration_delay_timeout_seconds = 5";
    Run::begin(&balanced("m5.2xlarge", &format!("cpu_percent = 0\n{app}"), group), 3)
}

fn of_group(metric: MetricName) -> Series {
    Series { metric, of: Of::TargetGroup("web".into()) }
}

/// The newest value that can be read, in whole units.
fn newest(run: &Run, metric: MetricName, statistic: Statistic) -> Option<u64> {
    run.sim.neighbours().metrics.newest(&of_group(metric), statistic).map(|value| value / 1_000)
}

/// The value of the minute that began at an instant, in whole units.
fn at(run: &Run, metric: MetricName, statistic: Statistic, began_ms: Millis) -> Option<u64> {
    let history = run.sim.neighbours().metrics.history(&of_group(metric), statistic);
    history.into_iter().find(|point| point.at_ms == began_ms)?.value.map(|value| value / 1_000)
}

#[test]
fn section_7_8_requests_per_target_are_counted_for_a_whole_minute_and_read_late() {
    let mut run = roomy("");
    run.until(2 * MINUTE + 30 * SECOND);
    send(&mut run, 10_000);
    run.until(3 * MINUTE + 14 * SECOND);
    assert_eq!(newest(&run, MetricName::RequestCountPerTarget, Statistic::Sum), Some(0), "the minute is over and cannot be read");
    run.until(3 * MINUTE + 15 * SECOND);
    // Half a minute of ten a second, on two targets.
    assert_eq!(newest(&run, MetricName::RequestCountPerTarget, Statistic::Sum), Some(150));
    run.until(4 * MINUTE + 15 * SECOND);
    assert_eq!(newest(&run, MetricName::RequestCountPerTarget, Statistic::Sum), Some(300));
    assert_eq!(run.sim.live(&of_group(MetricName::RequestCountPerTarget)), Some(300_000));
    assert_eq!(newest(&run, MetricName::HttpCodeTarget5xxCount, Statistic::Sum), None, "no error, no datapoint");
    let answered = newest(&run, MetricName::TargetResponseTime, Statistic::SampleCount);
    assert_eq!(answered, Some(600), "a sample for each answer");
}

#[test]
fn response_times_and_errors_are_what_clients_see() {
    let mut run = roomy("request_cpu_us = 100000\nlatency = \"200ms\"");
    run.until(2 * MINUTE);
    send(&mut run, 1_000);
    run.until(4 * MINUTE);
    // Eight vCPUs for a tenth of a second each: half a request a second is nearly nothing.
    let alone_ms = at(&run, MetricName::TargetResponseTime, Statistic::Average, 2 * MINUTE).expect("there are answers");
    assert!((200..=230).contains(&alone_ms), "{alone_ms}");
    assert_eq!(at(&run, MetricName::HttpCodeTarget5xxCount, Statistic::Sum, 2 * MINUTE), None);
    // Two targets answer 160 a second.
    send(&mut run, 200_000);
    run.until(6 * MINUTE);
    let lost = at(&run, MetricName::HttpCodeTarget5xxCount, Statistic::Sum, 4 * MINUTE).expect("there are errors");
    assert!((2_300..=2_500).contains(&lost), "{lost}");
    assert_eq!(at(&run, MetricName::TargetResponseTime, Statistic::Average, 4 * MINUTE), Some(10_000), "overloaded");
}

#[test]
fn requests_that_nobody_is_there_for_are_no_errors_of_a_target() {
    let mut run = roomy("");
    run.until(2 * MINUTE).scale("web", 0).until(4 * MINUTE);
    send(&mut run, 10_000);
    run.until(7 * MINUTE);
    assert!(run.sim.flow("shop").unwrap().counts_at(run.sim.now_ms()).lost_requests() > 1_000);
    for metric in [MetricName::HttpCodeTarget5xxCount, MetricName::RequestCountPerTarget, MetricName::TargetResponseTime] {
        assert_eq!(at(&run, metric, Statistic::Sum, 5 * MINUTE), None, "{}", metric.name());
    }
}

fn track(run: &mut Run, target_value: u32) {
    let resource_id = "service/default/web".to_string();
    let target = RegisterScalableTarget { resource_id: resource_id.clone(), min_capacity: 2, max_capacity: 10 };
    run.give(Command::Metrics(MetricsCommand::RegisterScalableTarget(target)));
    let policy = PutScalingPolicy {
        policy_name: "requests".into(),
        resource_id,
        target_tracking_scaling_policy_configuration: Some(TargetTracking {
            target_value,
            predefined_metric_specification: PredefinedMetricSpecification {
                predefined_metric_type: PredefinedMetric::Requests,
                resource_label: Some("app/shop/50dc6c495c0c9188/targetgroup/web/943f017f100becff".to_string()),
            },
            scale_out_cooldown: None,
            scale_in_cooldown: None,
            disable_scale_in: ScaleIn::Enabled,
        }),
        step_scaling_policy_configuration: None,
    };
    run.give(Command::Metrics(MetricsCommand::PutScalingPolicy(Box::new(policy))));
}

fn activities(run: &Run) -> Vec<(Millis, u32)> {
    let changed = run.log.iter().filter_map(|observation| match &observation.kind {
        Kind::Metrics(fact) => match &**fact {
            MetricsFact::ScalingActivity { to, cause: ScalingCause::Alarm { .. }, .. } => Some((observation.at_ms, *to)),
            _ => None,
        },
        _ => None,
    });
    changed.collect()
}

#[test]
fn section_7_8_a_service_scales_on_requests_per_target() {
    let mut run = roomy("");
    run.until(2 * MINUTE);
    track(&mut run, 600);
    send(&mut run, 18_000);
    // 540 a minute for each target: below, but not far enough to scale in.
    run.until(25 * MINUTE);
    assert_eq!(activities(&run), []);
    send(&mut run, 45_000);
    // 1,350 a minute: three datapoints above 600, then ceil(2 × 1,350 ÷ 600).
    run.until(40 * MINUTE);
    let out = activities(&run);
    assert_eq!(out.iter().map(|(_, to)| *to).collect::<Vec<_>>(), [5]);
    assert!((28 * MINUTE..29 * MINUTE).contains(&out[0].0), "{out:?}");
    assert_eq!(newest(&run, MetricName::RequestCountPerTarget, Statistic::Sum), Some(540));
    // A fifth of that: fifteen datapoints below 540, then one task at a time.
    send(&mut run, 9_000);
    run.until(90 * MINUTE);
    let all = activities(&run);
    assert_eq!(all.iter().map(|(_, to)| *to).collect::<Vec<_>>(), [5, 4, 3, 2]);
    assert!((55 * MINUTE..56 * MINUTE).contains(&all[1].0), "{all:?}");
}

#[test]
fn section_7_2_the_reservation_of_a_capacity_provider_is_published() {
    let text = r#"
[[setup]]
command = "CreateAutoScalingGroup"
request = { auto_scaling_group_name = "web", min_size = 2, max_size = 10, instance_types = ["m5.large"] }
[[task_definitions]]
family = "web"
networkMode = "bridge"
containerDefinitions = [{ name = "web", image = "web:1", cpu = 600, memory = 2500 }]
[[setup]]
command = "CreateCapacityProvider"
request = { name = "web-cp", auto_scaling_group_provider = { auto_scaling_group = "web", managed_scaling = { instance_warmup_period = 60 } } }
[[setup]]
command = "PutClusterCapacityProviders"
request = { capacity_providers = ["web-cp"], default_capacity_provider_strategy = [] }
[[services]]
name = "web"
task_definition = "web"
desired_count = 6
capacity_provider_strategy = [{ capacity_provider = "web-cp", weight = 1 }]
"#;
    let mut run = Run::begin(text, 7);
    run.until(5 * MINUTE).scale("web", 12).until(8 * MINUTE + 30 * SECOND);
    let series = Series { metric: MetricName::CapacityProviderReservation, of: Of::CapacityProvider("web-cp".into()) };
    let history = run.sim.neighbours().metrics.history(&series, Statistic::Average);
    let provider = run.sim.belief().capacity.providers.values().next().expect("the provider");
    let minutes = provider.series.iter().filter(|point| point.at_ms < 8 * MINUTE);
    let computed: Vec<u64> = minutes.map(|point| u64::from(point.reservation_tenths) * 100).collect();
    let published: Vec<u64> = history.iter().filter_map(|point| point.value).collect();
    assert!(published.len() >= 5, "{history:?}");
    assert!(computed.ends_with(&published), "{computed:?} {published:?}");
    assert!(published.contains(&200_000), "four instances are needed and two run: {published:?}");
}
