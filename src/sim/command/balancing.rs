//! Commands about load balancing: target groups, listeners, traffic, discovery.

use serde::{Deserialize, Serialize};

/// One command of this topic, with the request's fields as the API names them, in snake case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum BalancingCommand {
    CreateTargetGroup(CreateTargetGroup),
    ModifyTargetGroup(ModifyTargetGroup),
    ModifyTargetGroupAttributes(ModifyTargetGroupAttributes),
}

/// `CreateTargetGroup` of an Application Load Balancer. `None` takes the default of ecs.md §6.2.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CreateTargetGroup {
    pub name: String,
    pub target_type: TargetType,
    pub health_check_interval_seconds: Option<u32>,
    pub health_check_timeout_seconds: Option<u32>,
    pub healthy_threshold_count: Option<u32>,
    pub unhealthy_threshold_count: Option<u32>,
    pub health_check_path: Option<String>,
    /// `200`, `200,204` or `200-299`.
    pub matcher: Option<String>,
    /// The attribute `deregistration_delay.timeout_seconds`, which the API sets by a call of its own.
    pub deregistration_delay_timeout_seconds: Option<u32>,
    /// The attribute `slow_start.duration_seconds`.
    pub slow_start_duration_seconds: Option<u32>,
}

/// How targets are named to the load balancer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TargetType {
    /// By instance and port: tasks in `bridge` and `host` mode.
    #[default]
    #[serde(rename = "instance")]
    Instance,
    /// By address: tasks in `awsvpc` mode.
    #[serde(rename = "ip")]
    Ip,
}

/// `ModifyTargetGroup`: every field that is `None` stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModifyTargetGroup {
    /// By name.
    pub target_group: String,
    pub health_check_interval_seconds: Option<u32>,
    pub health_check_timeout_seconds: Option<u32>,
    pub healthy_threshold_count: Option<u32>,
    pub unhealthy_threshold_count: Option<u32>,
    pub health_check_path: Option<String>,
    pub matcher: Option<String>,
}

/// `ModifyTargetGroupAttributes`: every field that is `None` stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModifyTargetGroupAttributes {
    /// By name.
    pub target_group: String,
    pub deregistration_delay_timeout_seconds: Option<u32>,
    pub slow_start_duration_seconds: Option<u32>,
}

/// One entry of `loadBalancers` of `CreateService`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LoadBalancer {
    /// By name; the API takes its ARN.
    pub target_group: String,
    pub container_name: String,
    pub container_port: u16,
}
