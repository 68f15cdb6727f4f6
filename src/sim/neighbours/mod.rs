//! The services round ECS, each with a picture of its own.
//!
//! Each has a struct in [`Neighbours`], a vocabulary in [`event`] and its rules in a file of its own. They see the truth as a client on
//! the network would, and tell the control plane what they find by events that take time.

use crate::sim::engine::Sim;
use crate::sim::neighbours::auto_scaling_group::AutoScaling;
use crate::sim::neighbours::balancer::Balancer;
use crate::sim::neighbours::connect::Connect;
use crate::sim::neighbours::event::NeighbourEvent;
use crate::sim::neighbours::lambda::Lambda;
use crate::sim::neighbours::metrics::Metrics;
use crate::sim::neighbours::network::Network;
use crate::sim::neighbours::traffic::Traffic;
use crate::sim::shared::Shared;

pub(crate) mod auto_scaling;
pub mod auto_scaling_group;
pub mod balancer;
pub mod balancing_commands;
pub(crate) mod capacity_commands;
pub(crate) mod checked;
pub mod connect;
pub mod discovery;
pub mod event;
pub mod health_checks;
pub mod image_registry;
pub mod lambda;
pub(crate) mod managed_scaling;
pub mod metrics;
pub mod network;
pub mod platform_commands;
pub mod received;
mod server_commands;
pub mod target_group;
pub mod traffic;
pub(crate) mod traffic_commands;

/// Everything they know.
#[derive(Clone, Debug, Default, Hash)]
pub struct Neighbours {
    pub auto_scaling: Shared<AutoScaling>,
    pub balancer: Shared<Balancer>,
    pub connect: Shared<Connect>,
    pub lambda: Shared<Lambda>,
    pub metrics: Shared<Metrics>,
    pub network: Shared<Network>,
    pub traffic: Shared<Traffic>,
}

/// Something happens at one of them.
pub(crate) fn happen(sim: &mut Sim, event: NeighbourEvent) {
    match event {
        NeighbourEvent::Balancing(event) => health_checks::happen(sim, event),
        NeighbourEvent::Capacity(event) => sim.capacity_happens(event),
        NeighbourEvent::Metrics(event) => metrics::happen(sim, event),
        NeighbourEvent::Platform(event) => platform_commands::happen(sim, event),
        NeighbourEvent::Lambda(event) => lambda::happen(sim, event),
    }
}
