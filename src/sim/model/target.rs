//! Target groups as ECS knows them, and the health of a target in one (ecs.md §6.2, §9.3).

use crate::sim::ids::TargetGroupId;

/// One of `loadBalancers` of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ServiceLoadBalancer {
    pub target_group: TargetGroupId,
    pub container_port: u16,
}

/// `TargetHealth.State`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetState {
    Initial,
    Healthy,
    Unhealthy,
    Unused,
    Draining,
}
