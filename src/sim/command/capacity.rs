//! Commands about capacity: auto scaling groups, capacity providers.

use serde::{Deserialize, Serialize};

use crate::sim::ids::InstanceId;
use crate::sim::model::capacity_provider::{CapacityProviderStrategyItem, Setting};

/// One command of this topic, with the request's fields as the API names them, in snake case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum CapacityCommand {
    CreateAutoScalingGroup(CreateAutoScalingGroup),
    UpdateAutoScalingGroup(UpdateAutoScalingGroup),
    /// Scale-in protection of instances of a group, set by hand.
    SetInstanceProtection(SetInstanceProtection),
    /// Makes an instance launched by hand part of a group, whose desired capacity grows by one.
    AttachInstances(AttachInstances),
    /// EC2's own `StopInstances`.
    StopInstances {
        instance: InstanceId,
    },
    /// EC2's own `StartInstances`, of an instance that was stopped.
    StartInstances {
        instance: InstanceId,
    },
    CreateCapacityProvider(CreateCapacityProvider),
    UpdateCapacityProvider(UpdateCapacityProvider),
    PutClusterCapacityProviders(PutClusterCapacityProviders),
}

/// `CreateAutoScalingGroup`, with what its launch template says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateAutoScalingGroup {
    pub auto_scaling_group_name: String,
    pub min_size: u32,
    pub max_size: u32,
    /// The minimum when not given.
    #[serde(default)]
    pub desired_capacity: Option<u32>,
    /// One type, or several of a mixed instances policy.
    pub instance_types: Vec<String>,
    /// Every zone of the scenario when empty.
    #[serde(default)]
    pub availability_zones: Vec<String>,
    /// How many of a hundred instances are Spot instances.
    #[serde(default)]
    pub spot_percentage: u32,
    #[serde(default)]
    pub new_instances_protected_from_scale_in: bool,
    /// Launches a replacement when a Spot instance gets notice, before it is gone.
    #[serde(default)]
    pub capacity_rebalance: bool,
    /// Failing status checks count only after this; 300 when not given.
    #[serde(default)]
    pub health_check_grace_period: Option<u32>,
    /// `ECS_ENABLE_SPOT_INSTANCE_DRAINING` in the user data: the agent drains its instance when EC2 gives notice.
    #[serde(default)]
    pub ecs_enable_spot_instance_draining: bool,
}

/// `UpdateAutoScalingGroup`: every field that is `None` stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UpdateAutoScalingGroup {
    pub auto_scaling_group_name: String,
    pub min_size: Option<u32>,
    pub max_size: Option<u32>,
    pub desired_capacity: Option<u32>,
    pub new_instances_protected_from_scale_in: Option<bool>,
}

/// `SetInstanceProtection`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetInstanceProtection {
    pub auto_scaling_group_name: String,
    pub instance_ids: Vec<InstanceId>,
    pub protected_from_scale_in: bool,
}

/// `AttachInstances`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachInstances {
    pub auto_scaling_group_name: String,
    pub instance_ids: Vec<InstanceId>,
}

/// `CreateCapacityProvider` on an auto scaling group.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateCapacityProvider {
    pub name: String,
    pub auto_scaling_group_provider: AutoScalingGroupProvider,
}

/// `autoScalingGroupProvider`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutoScalingGroupProvider {
    /// By name.
    pub auto_scaling_group: String,
    /// Off when not given: nothing scales unless it is configured.
    #[serde(default)]
    pub managed_scaling: Option<ManagedScalingRequest>,
    #[serde(default)]
    pub managed_termination_protection: Option<Setting>,
    #[serde(default)]
    pub managed_draining: Option<Setting>,
}

/// `UpdateCapacityProvider`: what is not given stays as it was.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdateCapacityProvider {
    pub name: String,
    #[serde(default)]
    pub managed_scaling: Option<ManagedScalingRequest>,
    #[serde(default)]
    pub managed_termination_protection: Option<Setting>,
    #[serde(default)]
    pub managed_draining: Option<Setting>,
}

/// `managedScaling`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ManagedScalingRequest {
    /// On when not given.
    pub status: Option<Setting>,
    /// 1 to 100 per cent; 100 when not given.
    pub target_capacity: Option<u32>,
    /// 1 to 10,000; 1 when not given.
    pub minimum_scaling_step_size: Option<u32>,
    /// 1 to 10,000; 10,000 when not given.
    pub maximum_scaling_step_size: Option<u32>,
    /// 0 to 10,000 seconds; 300 when not given.
    pub instance_warmup_period: Option<u32>,
}

/// `PutClusterCapacityProviders`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutClusterCapacityProviders {
    /// By name; `FARGATE` and `FARGATE_SPOT` always exist.
    pub capacity_providers: Vec<String>,
    pub default_capacity_provider_strategy: Vec<CapacityProviderStrategyItem>,
}
