//! Placement constraints on one instance (ecs.md §3.4): `distinctInstance` and the expressions of `memberOf`.
//!
//! What the cluster query language sees of an instance is what is believed of it. Start reading at [`holds`].

use super::super::registry::Registry;
use crate::sim::decision::Value;
use crate::sim::ids::GroupId;
use crate::sim::model::container_instance::ContainerInstance;
use crate::sim::model::expression::Subject;
use crate::sim::model::placement::PlacementConstraint;
use crate::sim::time::Millis;

/// 2026-01-01T00:00:00Z: the moment 0 of simulated time in the calendar of `registeredAt`, in milliseconds since 1970.
/// Chosen for teaching.
/// Ledger: expression.registered-at.
pub const CALENDAR_START_UNIX_MS: Millis = 1_767_225_600_000;

/// The instance satisfies the constraint for a task of this group.
pub fn holds(registry: &Registry, group: GroupId, constraint: &PlacementConstraint, instance: &ContainerInstance) -> bool {
    match constraint {
        PlacementConstraint::DistinctInstance => registry.tasks_on(group, instance.id) == 0,
        PlacementConstraint::MemberOf(expression) => expression.matches(&Believed { registry, instance }),
    }
}

/// What the constraint asks for and what the instance has: tasks of the group, or the expression and the part that fails.
pub fn compared(
    registry: &Registry,
    group: GroupId,
    constraint: &PlacementConstraint,
    instance: &ContainerInstance,
) -> (Value, Value) {
    match constraint {
        PlacementConstraint::DistinctInstance => (Value::Count(0), Value::Count(registry.tasks_on(group, instance.id))),
        PlacementConstraint::MemberOf(expression) => {
            let failing = expression.first_failing(&Believed { registry, instance }).unwrap_or_default();
            (Value::Expression(expression.to_string().into()), Value::Expression(failing.into()))
        }
    }
}

/// An instance as an expression sees it.
struct Believed<'a> {
    registry: &'a Registry,
    instance: &'a ContainerInstance,
}

impl Subject for Believed<'_> {
    fn attribute(&self, name: &str) -> Option<Option<&str>> {
        self.instance.attribute(name)
    }

    fn agent_connected(&self) -> bool {
        self.instance.agent_connected
    }

    fn agent_version(&self) -> Option<&str> {
        Some(&self.instance.agent_version)
    }

    fn ec2_instance_id(&self) -> Option<&str> {
        Some(&self.instance.ec2_instance_id)
    }

    fn registered_at_ms(&self) -> u64 {
        CALENDAR_START_UNIX_MS + self.instance.registered_at_ms
    }

    fn running_tasks_count(&self) -> u32 {
        self.instance.running_tasks
    }

    fn any_task_group(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        self.instance.tasks.iter().any(|placed| test(self.registry.group_name(placed.group)))
    }
}
