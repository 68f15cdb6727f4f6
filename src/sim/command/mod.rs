//! What someone outside may ask of the cluster or do to it. The only way anything changes; part of every recording.
//!
//! Names and fields are those of the ECS API where the API has them. What a first look does without lies in files of its own,
//! one for each topic: an author writes those as `request = { … }` with the field names below.

use serde::{Deserialize, Serialize};

use balancing::{BalancingCommand, LoadBalancer, ServiceConnectConfiguration, ServiceRegistry};
use capacity::CapacityCommand;
use metrics::MetricsCommand;
use platform::{NetworkConfiguration, PlatformCommand};
use services::ServicesCommand;

use crate::sim::fault::Fault;
use crate::sim::ids::{FaultId, InstanceId, TaskId};
use crate::sim::model::capacity_provider::CapacityProviderStrategyItem;
use crate::sim::model::deployment::{DeploymentConfiguration, ZoneRebalancing};
use crate::sim::model::placement::{PlacementConstraint, PlacementStrategy};
use crate::sim::model::task_definition::TaskDefinition;

pub mod balancing;
pub mod capacity;
pub mod metrics;
pub mod platform;
pub mod services;

/// Where tasks run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LaunchType {
    /// On container instances that you manage.
    #[default]
    #[serde(rename = "EC2")]
    Ec2,
    /// On capacity that AWS manages.
    #[serde(rename = "FARGATE")]
    Fargate,
    /// On spare Fargate capacity that AWS may take back.
    #[serde(rename = "FARGATE_SPOT")]
    FargateSpot,
}

/// How a service decides how many tasks it wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SchedulingStrategy {
    /// As many as `desiredCount` says.
    #[default]
    #[serde(rename = "REPLICA")]
    Replica,
    /// One on every matching container instance.
    #[serde(rename = "DAEMON")]
    Daemon,
}

/// The two states a person may put a container instance into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum InstanceStatusRequest {
    #[serde(rename = "ACTIVE")]
    Active,
    #[serde(rename = "DRAINING")]
    Draining,
}

/// `CreateService`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CreateService {
    pub service_name: String,
    /// `family` for the newest revision, or `family:revision`.
    pub task_definition: String,
    pub desired_count: u32,
    pub launch_type: LaunchType,
    pub scheduling_strategy: SchedulingStrategy,
    pub placement_strategy: Vec<PlacementStrategy>,
    pub placement_constraints: Vec<PlacementConstraint>,
    /// In per cent; `None` takes the default: 100, or 0 for DAEMON.
    pub minimum_healthy_percent: Option<u32>,
    /// In per cent; `None` takes the default: 200, or 100 for DAEMON.
    pub maximum_percent: Option<u32>,
    pub deployment_configuration: Option<Box<DeploymentConfiguration>>,
    /// `None` takes the default: `ENABLED` where it can be.
    pub availability_zone_rebalancing: Option<ZoneRebalancing>,
    /// For so long after a task has started, failing health checks do not count.
    pub health_check_grace_period_seconds: u32,
    pub load_balancers: Vec<LoadBalancer>,
    /// `None` is a subnet with room in every zone.
    pub network_configuration: Option<NetworkConfiguration>,
    /// Instead of a launch type. `None` leaves it at the launch type; an empty list means that neither was named, so that the
    /// cluster's default strategy applies, or the launch type when there is none.
    #[serde(default)]
    pub capacity_provider_strategy: Option<Vec<CapacityProviderStrategyItem>>,
    #[serde(default)]
    pub service_connect_configuration: Option<Box<ServiceConnectConfiguration>>,
    /// One at most.
    #[serde(default)]
    pub service_registries: Vec<ServiceRegistry>,
}

/// `UpdateService`: every field that is `None` stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UpdateService {
    pub service: String,
    /// `family` for the newest revision, or `family:revision`.
    pub task_definition: Option<String>,
    pub desired_count: Option<u32>,
    pub placement_strategy: Option<Vec<PlacementStrategy>>,
    pub placement_constraints: Option<Vec<PlacementConstraint>>,
    /// Not in the API, where a service is created anew: stops its tasks here and starts them there.
    pub launch_type: Option<LaunchType>,
    pub minimum_healthy_percent: Option<u32>,
    pub maximum_percent: Option<u32>,
    pub deployment_configuration: Option<Box<DeploymentConfiguration>>,
    pub availability_zone_rebalancing: Option<ZoneRebalancing>,
    pub health_check_grace_period_seconds: Option<u32>,
    /// Instead of those it has; starts a new deployment when it is another list.
    #[serde(default)]
    pub load_balancers: Option<Vec<LoadBalancer>>,
    pub network_configuration: Option<NetworkConfiguration>,
    /// Starts a new deployment though nothing has changed.
    pub force_new_deployment: bool,
    /// An empty list goes back to the cluster's default strategy.
    #[serde(default)]
    pub capacity_provider_strategy: Option<Vec<CapacityProviderStrategyItem>>,
    /// Another one than it has starts a new deployment.
    #[serde(default)]
    pub service_connect_configuration: Option<Box<ServiceConnectConfiguration>>,
    /// Instead of what it has; starts a new deployment when it is another list.
    #[serde(default)]
    pub service_registries: Option<Vec<ServiceRegistry>>,
}

/// `RunTask`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunTask {
    /// `family` for the newest revision, or `family:revision`.
    pub task_definition: String,
    /// 1 to 10.
    pub count: u32,
    pub launch_type: LaunchType,
    /// `None` is `family:FAMILY`.
    pub group: Option<String>,
    pub placement_strategy: Vec<PlacementStrategy>,
    pub placement_constraints: Vec<PlacementConstraint>,
    /// `None` is a subnet with room in every zone.
    pub network_configuration: Option<NetworkConfiguration>,
    /// As for a service.
    #[serde(default)]
    pub capacity_provider_strategy: Option<Vec<CapacityProviderStrategyItem>>,
}

/// Launches EC2 instances that join the cluster when their agent registers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LaunchInstances {
    /// `m5.large`.
    pub instance_type: String,
    /// `us-east-1a`.
    pub zone: String,
    pub count: u32,
    pub spot: bool,
    /// `ECS_ENABLE_SPOT_INSTANCE_DRAINING` in the user data: the agent drains its instance when EC2 gives notice.
    #[serde(default)]
    pub ecs_enable_spot_instance_draining: bool,
    /// Custom attributes, name and optional value.
    pub attributes: Vec<(String, Option<String>)>,
}

/// One thing asked of the cluster or done to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Command {
    RegisterTaskDefinition(Box<TaskDefinition>),
    CreateService(CreateService),
    UpdateService(UpdateService),
    /// Tasks are stopped whether or not `desiredCount` is 0 (`force`).
    DeleteService {
        service: String,
    },
    RunTask(RunTask),
    StopTask {
        task: TaskId,
        reason: Option<String>,
    },
    LaunchInstances(LaunchInstances),
    UpdateContainerInstancesState {
        instance: InstanceId,
        status: InstanceStatusRequest,
    },
    /// Always with `force`: tasks on it are given up by the control plane.
    DeregisterContainerInstance {
        instance: InstanceId,
    },
    /// EC2's own `TerminateInstances`.
    TerminateInstances {
        instance: InstanceId,
    },
    InjectFault(Fault),
    HealFault {
        fault: FaultId,
    },
    Services(ServicesCommand),
    Balancing(BalancingCommand),
    Capacity(CapacityCommand),
    Metrics(MetricsCommand),
    Platform(PlatformCommand),
}
