//! The future of the services round ECS, each with a vocabulary of its own.

use std::rc::Rc;

/// Something that will happen at one of them.
#[derive(Clone, Debug, Hash)]
pub enum NeighbourEvent {
    Balancing(BalancingEvent),
    Capacity(CapacityEvent),
    Metrics(MetricsEvent),
    Platform(PlatformEvent),
}

/// At a load balancer, its clients, or service discovery.
#[derive(Clone, Debug, Hash)]
pub enum BalancingEvent {}

/// At an auto scaling group.
#[derive(Clone, Debug, Hash)]
pub enum CapacityEvent {}

/// At CloudWatch or Application Auto Scaling.
#[derive(Clone, Debug, Hash)]
pub enum MetricsEvent {}

/// In the network of the account, or at Fargate's own capacity.
#[derive(Clone, Debug, Hash)]
pub enum PlatformEvent {
    /// From now on IAM answers otherwise when the role of a family is asked for.
    RoleChanged { family: Rc<str> },
}
