//! Commands about load balancing: target groups, listeners, traffic, discovery.

use serde::{Deserialize, Serialize};

/// One command of this topic, with the request's fields as the API names them, in snake case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum BalancingCommand {
    CreateTargetGroup(CreateTargetGroup),
    ModifyTargetGroup(ModifyTargetGroup),
    ModifyTargetGroupAttributes(ModifyTargetGroupAttributes),
    CreateListener(CreateListener),
    ModifyListener(CreateListener),
    SetTraffic(SetTraffic),
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

/// `CreateListener` with one `forward` action; `ModifyListener` takes the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CreateListener {
    /// What it is called here; the API gives it an ARN.
    pub name: String,
    pub target_groups: Vec<TargetGroupTuple>,
}

/// A target group and its weight, 0 to 999.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetGroupTuple {
    /// By name.
    pub target_group: String,
    pub weight: u32,
}

/// Not in any API: clients begin to send requests, or send them at another rate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SetTraffic {
    /// What the source is called; the same name changes it.
    pub name: String,
    /// One of these three, by name: a target group, a listener, or an ECS service that discovery resolves if it has a registry.
    pub target_group: Option<String>,
    pub listener: Option<String>,
    pub service: Option<String>,
    /// An ECS service whose tasks send them through Service Connect; `service` is then the name of an endpoint.
    pub client: Option<String>,
    /// How long clients keep an answer of discovery.
    pub dns_ttl_seconds: Option<u32>,
    /// Earliest first.
    pub segments: Vec<TrafficSegment>,
}

/// A rate that holds until the next one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrafficSegment {
    /// From the command on.
    pub after_seconds: u32,
    /// Thousandths of a request a second.
    pub milli_requests_per_second: u64,
}

/// One entry of `serviceRegistries`: the tasks of the service answer to its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceRegistry {
    /// Of the Cloud Map service, which bears the name of the ECS service here; the API takes its ARN.
    pub dns_record_type: DnsRecordType,
    /// With SRV records, both of these.
    pub container_name: Option<String>,
    pub container_port: Option<u16>,
}

/// Records that Cloud Map keeps for tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DnsRecordType {
    /// Addresses: only tasks in `awsvpc` mode have one of their own.
    #[default]
    A,
    /// Addresses with ports.
    #[serde(rename = "SRV")]
    Srv,
}

impl DnsRecordType {
    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Srv => "SRV",
        }
    }
}

/// `serviceConnectConfiguration` of a service.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceConnectConfiguration {
    pub enabled: bool,
    #[serde(default)]
    pub namespace: String,
    /// None for a service that only calls others; one at most.
    #[serde(default)]
    pub services: Vec<ServiceConnectService>,
}

/// An endpoint: what other services of the namespace call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceConnectService {
    pub discovery_name: String,
    /// The API names the port mapping instead.
    pub container_port: u16,
}

/// One entry of `loadBalancers` of `CreateService`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LoadBalancer {
    /// By name; the API takes its ARN.
    pub target_group: String,
    pub container_name: String,
    pub container_port: u16,
    /// What deployments that shift traffic need (ecs.md §4.7).
    pub advanced_configuration: Option<AdvancedConfiguration>,
}

/// `advancedConfiguration`, with names where the API has ARNs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdvancedConfiguration {
    /// Where the newer revision registers.
    pub alternate_target_group: String,
    /// The listener whose weights move production traffic.
    pub production_listener_rule: String,
    #[serde(default)]
    pub test_listener_rule: Option<String>,
}
