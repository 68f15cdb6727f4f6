//! Clusters that begin with everything switched on: groups that scale, providers on them, load balancers under traffic, policies and
//! alarms. Random commands alone seldom build that up, and hardly ever before something has broken it.

use ecs_playground::sim::command::Command;
use ecs_playground::sim::command::balancing::{BalancingCommand, SetTraffic, TrafficSegment};
use ecs_playground::sim::command::metrics::{
    MetricDimension, MetricsCommand, PredefinedMetric, PredefinedMetricSpecification, PutMetricAlarm, PutScalingPolicy,
    RegisterScalableTarget, ScaleIn, SetAppLoad, TargetTracking,
};
use ecs_playground::sim::model::alarm::{Comparison, TreatMissingData};
use ecs_playground::sim::model::metric::{MetricName, Statistic};

use super::Chaos;
use super::metrics::ALARMS;

/// Two groups, one of them on Spot, a provider on each, and both Fargate providers.
const SETUP: &str = r#"
[[setup]]
command = "CreateAutoScalingGroup"
request = { auto_scaling_group_name = "g1", min_size = 1, max_size = 6, instance_types = ["t3.medium", "m5.large"], new_instances_protected_from_scale_in = true }

[[setup]]
command = "CreateAutoScalingGroup"
request = { auto_scaling_group_name = "g2", min_size = 0, max_size = 4, instance_types = ["m5.large"], spot_percentage = 100, capacity_rebalance = true, ecs_enable_spot_instance_draining = true }

[[setup]]
command = "CreateCapacityProvider"
request = { name = "cp1", auto_scaling_group_provider = { auto_scaling_group = "g1", managed_scaling = { instance_warmup_period = 60 }, managed_termination_protection = "ENABLED" } }

[[setup]]
command = "CreateCapacityProvider"
request = { name = "cp2", auto_scaling_group_provider = { auto_scaling_group = "g2", managed_scaling = { target_capacity = 80, instance_warmup_period = 0 } } }

[[setup]]
command = "PutClusterCapacityProviders"
request = { capacity_providers = ["cp1", "cp2", "FARGATE", "FARGATE_SPOT"], default_capacity_provider_strategy = [] }
"#;

/// A service behind both target groups that scales with its CPU, one that shifts traffic, one on both kinds of Fargate.
const SERVICES: [&str; 3] = [
    r#"task_definition = "web"
desired_count = 3
capacity_provider_strategy = [{ capacity_provider = "cp1", base = 1, weight = 2 }, { capacity_provider = "cp2", weight = 1 }]
load_balancers = [{ target_group = "quick", container_name = "nginx", container_port = 80 }, { target_group = "usual", container_name = "nginx", container_port = 80 }]
"#,
    r#"task_definition = "web"
desired_count = 2
capacity_provider_strategy = [{ capacity_provider = "cp1", weight = 1 }]
load_balancers = [{ target_group = "blue", container_name = "nginx", container_port = 80, advanced_configuration = { alternate_target_group = "green", production_listener_rule = "production", test_listener_rule = "test" } }]
deployment_configuration = { strategy = "STRATEGY", bake_time_in_minutes = 1, alarms = { alarm_names = ["a1"], enable = true, rollback = true } }
"#,
    r#"task_definition = "eni"
desired_count = 3
capacity_provider_strategy = [{ capacity_provider = "FARGATE", base = 1, weight = 1 }, { capacity_provider = "FARGATE_SPOT", weight = 1 }]
"#,
];

impl Chaos {
    /// What such a cluster has besides servers and task definitions. What can only follow is asked for first of all.
    pub(super) fn furnish(&mut self) -> String {
        self.routed = true;
        let strategy = self.pick(&["BLUE_GREEN", "CANARY", "LINEAR", "ROLLING"]);
        let mut text = SETUP.to_string();
        for service in SERVICES {
            self.services += 1;
            text += &format!("\n[[services]]\nname = \"s{}\"\n{}", self.services, service.replace("STRATEGY", strategy));
        }
        self.asked_first = vec![self.busy("quick"), self.busy("production"), scalable("s1"), tracking(), self.loaded(), alarm()];
        text
    }

    fn busy(&mut self, target: &str) -> Command {
        let mut request = SetTraffic { name: format!("to-{target}"), ..SetTraffic::default() };
        match target {
            "production" => request.listener = Some(target.to_string()),
            _ => request.target_group = Some(target.to_string()),
        }
        let milli_requests_per_second = self.pick(&[2_000, 30_000, 900_000]);
        request.segments.push(TrafficSegment { after_seconds: 0, milli_requests_per_second });
        Command::Balancing(BalancingCommand::SetTraffic(request))
    }

    fn loaded(&mut self) -> Command {
        let cpu_percent = Some(self.pick(&[10, 60, 120]));
        let load = SetAppLoad { family: "web".to_string(), cpu_percent, memory_percent: None };
        Command::Metrics(MetricsCommand::SetAppLoad(load))
    }
}

fn scalable(service: &str) -> Command {
    let resource_id = format!("service/default/{service}");
    Command::Metrics(MetricsCommand::RegisterScalableTarget(RegisterScalableTarget {
        resource_id,
        min_capacity: 1,
        max_capacity: 9,
    }))
}

fn tracking() -> Command {
    let policy = PutScalingPolicy {
        policy_name: "p1".to_string(),
        resource_id: "service/default/s1".to_string(),
        target_tracking_scaling_policy_configuration: Some(TargetTracking {
            target_value: 50,
            predefined_metric_specification: PredefinedMetricSpecification {
                predefined_metric_type: PredefinedMetric::Cpu,
                resource_label: None,
            },
            scale_out_cooldown: Some(60),
            scale_in_cooldown: Some(60),
            disable_scale_in: ScaleIn::Enabled,
        }),
        step_scaling_policy_configuration: None,
    };
    Command::Metrics(MetricsCommand::PutScalingPolicy(Box::new(policy)))
}

/// Goes off when a service has lost tasks.
fn alarm() -> Command {
    Command::Metrics(MetricsCommand::PutMetricAlarm(PutMetricAlarm {
        alarm_name: ALARMS[0].to_string(),
        metric_name: MetricName::RunningTaskCount,
        namespace: None,
        dimensions: vec![MetricDimension { name: "ServiceName".to_string(), value: "s2".to_string() }],
        statistic: Statistic::Minimum,
        comparison_operator: Comparison::LessThanThreshold,
        threshold: 1,
        period: 60,
        evaluation_periods: 1,
        datapoints_to_alarm: None,
        treat_missing_data: TreatMissingData::Missing,
        alarm_actions: Vec::new(),
    }))
}
