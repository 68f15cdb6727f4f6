//! The load balancer: its target groups and listeners.

use std::rc::Rc;

use crate::sim::effects::{BALANCER_CALL_MS, Effects};
use crate::sim::ids::TargetGroupId;
use crate::sim::neighbours::event::{BalancingEvent, NeighbourEvent};
use crate::sim::neighbours::target_group::TargetGroup;
use crate::sim::table::Table;
use crate::sim::time::Millis;

/// Everything the load balancer knows.
#[derive(Clone, Debug, Default, Hash)]
pub struct Balancer {
    pub groups: Table<TargetGroupId, TargetGroup>,
    pub listeners: Vec<Listener>,
    /// Since when there is a load balancer: since its first target group or listener.
    pub since_ms: Option<Millis>,
}

/// A listener: it shares requests among target groups.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Listener {
    pub name: Rc<str>,
    /// Target groups with their weights, 0 to 999.
    pub weights: Vec<(TargetGroupId, u32)>,
    /// Who set them last.
    pub set_by: SetBy,
}

/// Who sets the weights of a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SetBy {
    /// Someone, by `CreateListener` or `ModifyListener`.
    Hand,
    /// ECS, for a service.
    Deployment,
}

/// Asks a listener to share requests by other weights: what a deployment does that shifts traffic.
pub fn set_weights(fx: &mut Effects, listener: Rc<str>, weights: Vec<(TargetGroupId, u32)>, set_by: SetBy) {
    fx.at_neighbour(BALANCER_CALL_MS, NeighbourEvent::Balancing(BalancingEvent::WeightsSet { listener, weights, set_by }));
}

impl Balancer {
    /// How a listener shares requests.
    pub fn weights_of(&self, listener: &str) -> &[(TargetGroupId, u32)] {
        self.listeners.iter().find(|each| &*each.name == listener).map_or(&[], |each| &each.weights)
    }

    /// Something about the targets of these groups has changed: the next round asks each of them.
    pub(crate) fn check_again(&mut self, groups: &[TargetGroupId]) {
        for id in groups {
            // Snapshots share what is not written.
            if self.groups.get(*id).is_some_and(TargetGroup::all_pass)
                && let Some(group) = self.groups.get_mut(*id)
            {
                group.check_again();
            }
        }
    }

    /// The target group of that name.
    pub fn group_named(&self, name: &str) -> Option<TargetGroupId> {
        self.groups.iter().find(|(_, group)| &*group.name == name).map(|(id, _)| id)
    }
}
