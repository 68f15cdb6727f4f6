//! Random alarms, scalable targets and policies, and apps whose load changes.

use ecs_playground::sim::command::Command;
use ecs_playground::sim::command::metrics::{
    AdjustmentType, DeleteAlarms, DeleteScalingPolicy, DeregisterScalableTarget, MetricDimension, MetricsCommand,
    PredefinedMetric, PredefinedMetricSpecification, PutMetricAlarm, PutScalingPolicy, RegisterScalableTarget, ScaleIn,
    SetAppLoad, StepAdjustment, StepScaling, TargetTracking,
};
use ecs_playground::sim::model::alarm::{Comparison, TreatMissingData};
use ecs_playground::sim::model::metric::{MetricName, Statistic};

use super::Chaos;

const POLICIES: [&str; 2] = ["p1", "p2"];
pub(super) const ALARMS: [&str; 3] = ["a1", "a2", "a3"];

impl Chaos {
    /// One command about metrics.
    pub(super) fn metrics_command(&mut self) -> Command {
        let resource_id = format!("service/default/{}", self.service());
        // What scales has no rest.
        let kind = if self.gentle { 9 } else { self.below(10) };
        Command::Metrics(match kind {
            0 | 1 => MetricsCommand::PutMetricAlarm(self.alarm()),
            2 => MetricsCommand::DeleteAlarms(DeleteAlarms { alarm_names: vec![self.pick(&ALARMS).to_string()] }),
            3 | 4 => {
                let (min_capacity, more) = (self.below(4) as u32, self.below(6) as u32);
                let max_capacity = if self.one_in(9) { 0 } else { min_capacity + more };
                MetricsCommand::RegisterScalableTarget(RegisterScalableTarget { resource_id, min_capacity, max_capacity })
            }
            5 if self.one_in(4) => MetricsCommand::DeregisterScalableTarget(DeregisterScalableTarget { resource_id }),
            5 => {
                let policy_name = self.pick(&POLICIES).to_string();
                MetricsCommand::DeleteScalingPolicy(DeleteScalingPolicy { policy_name, resource_id })
            }
            6 | 7 => MetricsCommand::PutScalingPolicy(Box::new(self.policy(resource_id))),
            _ => MetricsCommand::SetAppLoad(SetAppLoad {
                family: self.family().to_string(),
                cpu_percent: Some(self.below(160) as u32),
                memory_percent: self.one_in(3).then_some(40),
            }),
        })
    }

    fn alarm(&mut self) -> PutMetricAlarm {
        let metric_name = self.pick(&MetricName::ALL);
        let dimension = |name: &str, value: String| MetricDimension { name: name.to_string(), value };
        let evaluation_periods = 1 + self.below(4) as u32;
        PutMetricAlarm {
            alarm_name: self.pick(&ALARMS).to_string(),
            metric_name,
            namespace: self.one_in(9).then(|| "AWS/ECS".to_string()),
            dimensions: if self.one_in(5) {
                Vec::new()
            } else {
                vec![dimension("ServiceName", self.service()), dimension("TargetGroup", "t1".to_string())]
            },
            statistic: self.pick(&[
                Statistic::Average,
                Statistic::Maximum,
                Statistic::Minimum,
                Statistic::SampleCount,
                Statistic::Sum,
            ]),
            comparison_operator: self.pick(&[
                Comparison::GreaterThanOrEqualToThreshold,
                Comparison::GreaterThanThreshold,
                Comparison::LessThanThreshold,
                Comparison::LessThanOrEqualToThreshold,
            ]),
            threshold: self.pick(&[0, 1, 2, 50, 70]),
            period: self.pick(&[60, 60, 120, 30]),
            evaluation_periods,
            datapoints_to_alarm: self.one_in(3).then_some(1 + self.below(u64::from(evaluation_periods)) as u32),
            treat_missing_data: self.pick(&[
                TreatMissingData::Missing,
                TreatMissingData::Ignore,
                TreatMissingData::Breaching,
                TreatMissingData::NotBreaching,
            ]),
            alarm_actions: if self.one_in(2) { vec![self.pick(&POLICIES).to_string()] } else { Vec::new() },
        }
    }

    fn policy(&mut self, resource_id: String) -> PutScalingPolicy {
        let (policy_name, tracks) = (self.pick(&POLICIES).to_string(), self.one_in(2));
        let predefined_metric_type = self.pick(&[PredefinedMetric::Cpu, PredefinedMetric::Memory, PredefinedMetric::Requests]);
        let resource_label = self.one_in(2).then(|| "app/lb/1/targetgroup/t1/2".to_string());
        let tracking = TargetTracking {
            target_value: self.pick(&[0, 30, 60, 90]),
            predefined_metric_specification: PredefinedMetricSpecification { predefined_metric_type, resource_label },
            scale_out_cooldown: self.one_in(2).then_some(60),
            scale_in_cooldown: self.one_in(2).then_some(60),
            disable_scale_in: if self.one_in(4) { ScaleIn::Disabled } else { ScaleIn::Enabled },
        };
        let step = |lower, upper, scaling_adjustment| StepAdjustment {
            metric_interval_lower_bound: lower,
            metric_interval_upper_bound: upper,
            scaling_adjustment,
        };
        let adjustment_type = self.pick(&[
            AdjustmentType::ChangeInCapacity,
            AdjustmentType::PercentChangeInCapacity,
            AdjustmentType::ExactCapacity,
        ]);
        let steps = StepScaling {
            adjustment_type,
            step_adjustments: vec![step(Some(0), Some(20), 1), step(Some(20), None, 3), step(None, Some(0), -1)],
            min_adjustment_magnitude: self.one_in(2).then_some(1),
            cooldown: Some(60),
        };
        PutScalingPolicy {
            policy_name,
            resource_id,
            target_tracking_scaling_policy_configuration: tracks.then_some(tracking),
            step_scaling_policy_configuration: (!tracks).then_some(steps),
        }
    }
}
