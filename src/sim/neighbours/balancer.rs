//! The load balancer: its target groups.

use crate::sim::ids::TargetGroupId;
use crate::sim::neighbours::target_group::TargetGroup;
use crate::sim::table::Table;

/// Everything the load balancer knows.
#[derive(Clone, Debug, Default, Hash)]
pub struct Balancer {
    pub groups: Table<TargetGroupId, TargetGroup>,
}

impl Balancer {
    /// The target group of that name.
    pub fn group_named(&self, name: &str) -> Option<TargetGroupId> {
        self.groups.iter().find(|(_, group)| &*group.name == name).map(|(id, _)| id)
    }
}
