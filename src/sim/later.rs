//! Rules that matter only once someone has asked something of the cluster.
//!
//! A page that is merely looked at downloads none of them (architecture: the first load stays small), so rules that run before the
//! first command reach them through [`Effects::later`](crate::sim::effects::Effects::later) only, which [`Sim::apply`] fills; a direct
//! call would bring them back into the first download. Nothing else depends on it: without a command none of them has work.

use crate::sim::control_plane::{ControlPlane, rollout};
use crate::sim::effects::Effects;
use crate::sim::engine::Sim;
use crate::sim::ids::ServiceId;
use crate::sim::neighbours;
use crate::sim::neighbours::event::NeighbourEvent;

/// Ways to those rules.
#[derive(Debug)]
pub struct Later {
    /// Something happens at one of the services round ECS.
    pub on_neighbour: fn(&mut Sim, NeighbourEvent),
    /// One look at a service.
    pub look: fn(&mut ControlPlane, &mut Effects, ServiceId),
    /// May its newest deployment be called completed now that everything is in place?
    pub may_complete: fn(&mut ControlPlane, &mut Effects, ServiceId) -> bool,
}

/// The rules themselves.
pub static LATER: Later = Later { on_neighbour: neighbours::happen, look: rollout::look, may_complete: rollout::may_complete };
