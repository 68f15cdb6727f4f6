//! A scenario as an author writes it in TOML. Unknown keys are refused, with their place.
//!
//! It checks nothing beyond the shape; `scenario` does. The JSON Schema in `static/course/scenario.schema.json` is made from it.

use std::collections::BTreeMap;

use super::located::Spanned;
use super::task_definition_input::TaskDefinitionInput;
use crate::sim::command::balancing::{LoadBalancer, ServiceConnectConfiguration, ServiceRegistry};
use crate::sim::command::platform::{CreateSubnet, NetworkConfiguration};
use crate::sim::model::capacity_provider::CapacityProviderStrategyItem;
use crate::sim::model::deployment::{DeploymentConfiguration, ZoneRebalancing};
use serde::Deserialize;

/// A whole scenario.
#[derive(Debug, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScenarioInput {
    /// Shown as the name of the scenario.
    pub title: String,
    /// One sentence saying what is on screen.
    pub sentence: String,
    /// Fixes everything that is left to chance.
    #[serde(default = "default_seed")]
    pub seed: u64,
    /// The instant at which the page opens it: `90s`.
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Option<String>"))]
    pub open_at: Option<Spanned<String>>,
    /// Availability zones; three of us-east-1 when not given.
    #[serde(default = "default_zones")]
    pub zones: Vec<String>,
    /// EC2 servers that are there from the start.
    #[serde(default)]
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Vec<ServerInput>"))]
    pub servers: Vec<Spanned<ServerInput>>,
    /// Task definitions with the keys of `RegisterTaskDefinition`.
    #[serde(default)]
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Vec<BTreeMap<String, serde_json::Value>>"))]
    pub task_definitions: Vec<Spanned<TaskDefinitionInput>>,
    /// How the software in the containers of a family really behaves.
    #[serde(default)]
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "BTreeMap<String, AppInput>"))]
    pub apps: BTreeMap<String, Spanned<AppInput>>,
    /// What the registry has, by the name that task definitions use.
    #[serde(default)]
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "BTreeMap<String, ImageInput>"))]
    pub images: BTreeMap<String, Spanned<ImageInput>>,
    /// Subnets that services may name, like `{ subnet_id = "subnet-a", availability_zone = "us-east-1a", cidr_block = "10.0.1.0/28" }`.
    #[serde(default)]
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Vec<BTreeMap<String, String>>"))]
    pub subnets: Vec<Spanned<CreateSubnet>>,
    /// Commands that come before the services, like `CreateTargetGroup`.
    #[serde(default)]
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Vec<ActionInput>"))]
    pub setup: Vec<Spanned<ActionInput>>,
    #[serde(default)]
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Vec<ServiceInput>"))]
    pub services: Vec<Spanned<ServiceInput>>,
    /// Commands at instants, from the beginning of the run.
    #[serde(default)]
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Vec<ActionInput>"))]
    pub script: Vec<Spanned<ActionInput>>,
    /// The one obvious thing to do first.
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Option<ActionInput>"))]
    pub first_action: Option<Spanned<ActionInput>>,
}

fn default_seed() -> u64 {
    1
}

fn default_zones() -> Vec<String> {
    ["us-east-1a", "us-east-1b", "us-east-1c"].map(String::from).to_vec()
}

/// Servers of one kind.
#[derive(Debug, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ServerInput {
    /// `m5.large`
    #[serde(rename = "type")]
    pub kind: String,
    /// `us-east-1a`
    pub zone: String,
    #[serde(default = "one")]
    pub count: u32,
    #[serde(default)]
    pub spot: bool,
    /// In the user data: the agent drains its server when EC2 gives notice.
    #[serde(default)]
    pub ecs_enable_spot_instance_draining: bool,
    /// Custom attributes by name.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

fn one() -> u32 {
    1
}

/// One image in the registry.
#[derive(Debug, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ImageInput {
    /// Sum of its compressed layers: what a pull downloads.
    pub size_mib: u32,
}

/// How an app behaves.
#[derive(Debug, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AppInput {
    /// CPU really used, in per cent of what is reserved.
    pub cpu_percent: Option<u32>,
    /// Memory really used, in per cent of what is reserved.
    pub memory_percent: Option<u32>,
    /// Ends by itself after this: `90s`.
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Option<String>"))]
    pub runs_for: Option<Spanned<String>>,
    /// Exit code when it ends by itself.
    #[serde(default)]
    pub exit_code: i32,
    /// Exit code of its containers that others wait for with COMPLETE or SUCCESS; they end by themselves soon after their start.
    #[serde(default)]
    pub awaited_exit_code: i32,
    /// SIGTERM is not handled.
    #[serde(default)]
    pub ignores_sigterm: bool,
    /// Answers every request with status 503 until so long after its start: `45s`.
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Option<String>"))]
    pub ready_after: Option<Spanned<String>>,
    /// What it answers a health check once it is ready; 200 when not given.
    pub health_check_status: Option<u16>,
    /// How long one request takes while there is CPU enough: `0.04s`.
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Option<String>"))]
    pub latency: Option<Spanned<String>>,
    /// CPU time of one request, in microseconds of one vCPU; 5000 when not given.
    pub request_cpu_us: Option<u32>,
    /// Size of one answer in KiB; 20 when not given.
    pub response_kib: Option<u32>,
    /// What each container writes to its log, in KiB a second. It stays on the server's disk unless the log driver sends it away.
    #[serde(default)]
    pub log_kib_per_second: u32,
    /// What each container writes into its own layer, in KiB a second.
    #[serde(default)]
    pub layer_kib_per_second: u32,
}

/// One service.
#[derive(Debug, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ServiceInput {
    pub name: String,
    /// `family` or `family:revision`
    pub task_definition: String,
    #[serde(default)]
    pub desired_count: u32,
    /// `EC2` (when not given), `FARGATE`, `FARGATE_SPOT`
    pub launch_type: Option<String>,
    /// Instead of a launch type: `[{ capacity_provider = "FARGATE", base = 1, weight = 1 }]`. With neither, the cluster's default.
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Option<Vec<BTreeMap<String, serde_json::Value>>>"))]
    pub capacity_provider_strategy: Option<Vec<CapacityProviderStrategyItem>>,
    /// `REPLICA` (when not given), `DAEMON`
    pub scheduling_strategy: Option<String>,
    /// `spread(attribute:ecs.availability-zone)`, `spread(instanceId)`, `binpack(memory)`, `binpack(cpu)`, `random`
    #[serde(default)]
    pub placement_strategy: Vec<String>,
    /// `distinctInstance`, `memberOf(EXPRESSION)`
    #[serde(default)]
    pub placement_constraints: Vec<String>,
    pub minimum_healthy_percent: Option<u32>,
    pub maximum_percent: Option<u32>,
    /// `deploymentConfiguration` of the API, its fields in snake case.
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Option<BTreeMap<String, serde_json::Value>>"))]
    pub deployment_configuration: Option<DeploymentConfiguration>,
    /// `ENABLED` or `DISABLED`; when not given, enabled where it can be.
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Option<String>"))]
    pub availability_zone_rebalancing: Option<ZoneRebalancing>,
    /// Failing health checks do not count for so long after a task has started.
    #[serde(default)]
    pub health_check_grace_period_seconds: u32,
    /// Target groups that its tasks register in, at most five.
    #[serde(default)]
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Vec<BTreeMap<String, serde_json::Value>>"))]
    pub load_balancers: Vec<LoadBalancer>,
    /// `{ enabled = true, namespace = "shop", services = [{ discovery_name = "api", container_port = 80 }] }`
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Option<BTreeMap<String, serde_json::Value>>"))]
    pub service_connect_configuration: Option<ServiceConnectConfiguration>,
    /// `[{ dns_record_type = "A" }]`, or with SRV records `container_name` and `container_port` as well: its name can be resolved.
    #[serde(default)]
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Vec<BTreeMap<String, serde_json::Value>>"))]
    pub service_registries: Vec<ServiceRegistry>,
    /// `{ awsvpc_configuration = { subnets = ["subnet-a"] } }`; without it a subnet with room in every zone.
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Option<BTreeMap<String, serde_json::Value>>"))]
    pub network_configuration: Option<NetworkConfiguration>,
}

/// A command by its name, with its arguments. Which keys it takes depends on the command.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ActionInput {
    /// When, from the beginning of the run: `90s`. Only in a script.
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Option<String>"))]
    pub at: Option<Spanned<String>>,
    /// What the button says. Only for the first action.
    pub label: Option<String>,
    /// `UpdateService`, `RunTask`, `StopTask`, `LaunchInstances`, `UpdateContainerInstancesState`,
    /// `DeregisterContainerInstance`, `TerminateInstances`, `DeleteService`, `HealFault`, or the name of a fault: `ContainerExit`,
    /// `OutOfMemory`, `AppHang`, `AgentStop`, `NetworkCut`, `ClientNetworkCut`, `PacketLoss`, `PacketDelay`, `ServerDeath`,
    /// `ZoneFailure`, `RegistrySlow`, `RegistryFailure`, `DiskFull`, `SpotInterruption`, `FargateSpotInterruption`,
    /// `FargateTaskRetirement`, `FargateCapacityUnavailable`; `StartFailure` takes a request
    pub command: String,
    /// A service by name.
    pub service: Option<String>,
    /// `family` or `family:revision`
    pub task_definition: Option<String>,
    pub desired_count: Option<u32>,
    pub count: Option<u32>,
    pub launch_type: Option<String>,
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Option<Vec<BTreeMap<String, serde_json::Value>>>"))]
    pub capacity_provider_strategy: Option<Vec<CapacityProviderStrategyItem>>,
    pub placement_strategy: Option<Vec<String>>,
    pub placement_constraints: Option<Vec<String>>,
    /// A task as `web/1`: the first task of service (or family) web.
    pub task: Option<String>,
    pub reason: Option<String>,
    /// A server by its number, 1 the first.
    pub instance: Option<u32>,
    /// `m5.large`
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub zone: Option<String>,
    pub spot: Option<bool>,
    /// For `LaunchInstances`: the agent drains its server when EC2 gives notice.
    pub ecs_enable_spot_instance_draining: Option<bool>,
    /// `ACTIVE` or `DRAINING`
    pub status: Option<String>,
    pub family: Option<String>,
    pub exit_code: Option<i32>,
    /// `both` (when not given), `to_control_plane`, `to_agent`
    pub direction: Option<String>,
    pub percent: Option<u8>,
    pub extra: Option<String>,
    pub factor: Option<u32>,
    /// A fault by its number, 1 the first injected.
    pub fault: Option<u32>,
    /// The whole request of any other command, its fields in snake case.
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Option<BTreeMap<String, serde_json::Value>>"))]
    pub request: Option<serde_json::Value>,
}
