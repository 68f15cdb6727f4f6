//! Commands about metrics: alarms, scaling policies.

use serde::{Deserialize, Serialize};

use crate::sim::model::alarm::{Comparison, TreatMissingData};
use crate::sim::model::metric::{MetricName, Statistic};

/// One command of this topic, with the request's fields as the API names them, in snake case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum MetricsCommand {
    PutMetricAlarm(PutMetricAlarm),
    DeleteAlarms(DeleteAlarms),
    RegisterScalableTarget(RegisterScalableTarget),
    DeregisterScalableTarget(DeregisterScalableTarget),
    PutScalingPolicy(Box<PutScalingPolicy>),
    DeleteScalingPolicy(DeleteScalingPolicy),
    SetAppLoad(SetAppLoad),
}

/// One `Dimension`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricDimension {
    /// `ServiceName`, `ClusterName`, `TargetGroup`, `CapacityProviderName`.
    pub name: String,
    pub value: String,
}

/// CloudWatch's `PutMetricAlarm`. Thresholds are whole numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutMetricAlarm {
    pub alarm_name: String,
    pub metric_name: MetricName,
    /// Follows from the metric when not given.
    #[serde(default)]
    pub namespace: Option<String>,
    #[serde(default)]
    pub dimensions: Vec<MetricDimension>,
    #[serde(default)]
    pub statistic: Statistic,
    pub comparison_operator: Comparison,
    pub threshold: u32,
    /// In seconds: 60 or a multiple.
    #[serde(default = "one_minute")]
    pub period: u32,
    pub evaluation_periods: u32,
    /// As many as `evaluation_periods` when not given.
    #[serde(default)]
    pub datapoints_to_alarm: Option<u32>,
    #[serde(default)]
    pub treat_missing_data: TreatMissingData,
    /// Names of step scaling policies.
    #[serde(default)]
    pub alarm_actions: Vec<String>,
}

fn one_minute() -> u32 {
    60
}

/// CloudWatch's `DeleteAlarms`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeleteAlarms {
    pub alarm_names: Vec<String>,
}

/// Application Auto Scaling's `RegisterScalableTarget`; the name space is `ecs`, the dimension `ecs:service:DesiredCount`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterScalableTarget {
    /// `service/CLUSTER/SERVICE`.
    pub resource_id: String,
    pub min_capacity: u32,
    pub max_capacity: u32,
}

/// Application Auto Scaling's `DeregisterScalableTarget`: its policies go with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeregisterScalableTarget {
    /// `service/CLUSTER/SERVICE`.
    pub resource_id: String,
}

/// Application Auto Scaling's `PutScalingPolicy`: one of the two configurations.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutScalingPolicy {
    pub policy_name: String,
    /// `service/CLUSTER/SERVICE`.
    pub resource_id: String,
    #[serde(default)]
    pub target_tracking_scaling_policy_configuration: Option<TargetTracking>,
    #[serde(default)]
    pub step_scaling_policy_configuration: Option<StepScaling>,
}

/// `TargetTrackingScalingPolicyConfiguration`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetTracking {
    pub target_value: u32,
    pub predefined_metric_specification: PredefinedMetricSpecification,
    /// In seconds; 300 when not given.
    #[serde(default)]
    pub scale_out_cooldown: Option<u32>,
    #[serde(default)]
    pub scale_in_cooldown: Option<u32>,
    #[serde(default)]
    pub disable_scale_in: ScaleIn,
}

/// `DisableScaleIn`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "bool", into = "bool")]
pub enum ScaleIn {
    #[default]
    Enabled,
    Disabled,
}

impl From<bool> for ScaleIn {
    fn from(disabled: bool) -> Self {
        if disabled { Self::Disabled } else { Self::Enabled }
    }
}

impl From<ScaleIn> for bool {
    fn from(scale_in: ScaleIn) -> Self {
        scale_in == ScaleIn::Disabled
    }
}

/// `PredefinedMetricSpecification`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PredefinedMetricSpecification {
    pub predefined_metric_type: PredefinedMetric,
    /// For `ALBRequestCountPerTarget`: the target group, by name or as the last part of the service's own label.
    #[serde(default)]
    pub resource_label: Option<String>,
}

/// `PredefinedMetricType` (ecs.md §7.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PredefinedMetric {
    #[serde(rename = "ECSServiceAverageCPUUtilization")]
    Cpu,
    #[serde(rename = "ECSServiceAverageMemoryUtilization")]
    Memory,
    #[serde(rename = "ALBRequestCountPerTarget")]
    Requests,
}

/// `StepScalingPolicyConfiguration`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepScaling {
    pub adjustment_type: AdjustmentType,
    pub step_adjustments: Vec<StepAdjustment>,
    #[serde(default)]
    pub min_adjustment_magnitude: Option<u32>,
    /// In seconds; 300 when not given.
    #[serde(default)]
    pub cooldown: Option<u32>,
}

/// `AdjustmentType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AdjustmentType {
    ChangeInCapacity,
    PercentChangeInCapacity,
    ExactCapacity,
}

/// `StepAdjustment`: bounds are counted from the threshold of the alarm; none is without end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepAdjustment {
    #[serde(default)]
    pub metric_interval_lower_bound: Option<i32>,
    #[serde(default)]
    pub metric_interval_upper_bound: Option<i32>,
    pub scaling_adjustment: i32,
}

/// Application Auto Scaling's `DeleteScalingPolicy`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeleteScalingPolicy {
    pub policy_name: String,
    /// `service/CLUSTER/SERVICE`.
    pub resource_id: String,
}

/// Not in any API: what the software in the containers of a family does from now on, in per cent of what is reserved.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetAppLoad {
    pub family: String,
    /// What is not given stays as it was.
    #[serde(default)]
    pub cpu_percent: Option<u32>,
    #[serde(default)]
    pub memory_percent: Option<u32>,
}
