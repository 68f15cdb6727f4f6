//! The placement engine: which container instance gets a task (ecs.md §3).
//!
//! Filter, constraints, strategies as a chain, select. [`place`] answers from the index, [`place_plainly`] by reading the rules over
//! every instance, [`decide_in_full`] does so with a record of each step; all three agree to the last tie. Nothing here changes the
//! registry: the caller reserves. Start reading at [`place_plainly`].

pub(super) mod bits;
mod constraint;
mod fast;
mod filter;
pub(super) mod group_counts;
pub(super) mod index;
pub use crate::sim::model::needs;
mod order;
mod record;
mod scale_in;
mod strategy;

#[cfg(test)]
mod tests;

pub use constraint::CALENDAR_START_UNIX_MS;
pub use fast::place;
pub use record::decide_in_full;
pub use scale_in::choose_to_stop;

use crate::sim::control_plane::registry::Registry;
use crate::sim::decision::{DecisionSummary, DefaultStrategy, Reason};
use crate::sim::ids::{CapacityProviderId, GroupId, InstanceId, ZoneId};
use crate::sim::model::container_instance::{ContainerInstance, ContainerInstanceStatus};
use crate::sim::model::placement::{PlacementConstraint, PlacementStrategy};
use crate::sim::random::{Concern, Stream};
use needs::Needs;
use strategy::Step;

/// A task that looks for an instance.
#[derive(Clone, Copy, Debug)]
pub struct PlacementRequest<'a> {
    /// What it takes.
    pub needs: &'a Needs,
    /// What `spread` and `distinctInstance` count.
    pub group: GroupId,
    /// Those of the task definition and of the service or the call together; all must hold.
    pub constraints: &'a [PlacementConstraint],
    /// The chain of strategies.
    pub strategies: &'a [PlacementStrategy],
    /// What decides when no strategy is given.
    pub default: DefaultStrategy,
    /// Zones of the subnets of an `awsvpc` task; `None` for any.
    pub zones: Option<&'a [ZoneId]>,
    /// The capacity provider whose instances alone are looked at; `None` for every instance of the cluster.
    pub provider: Option<CapacityProviderId>,
    /// Seed of the run and a key of this placement: what `random` draws from.
    pub chance: (u64, u64),
}

impl<'a> PlacementRequest<'a> {
    fn chain(&self) -> impl Iterator<Item = Step<'a>> + Clone + use<'a> {
        strategy::chain(self.strategies, self.default)
    }

    /// Whether chance breaks the last tie.
    /// Ledger: placement.random.
    fn is_random(&self) -> bool {
        self.chain().any(|step| step == Step::Random)
    }

    /// The rank, by id, of the instance that chance takes from `count`.
    fn draw(&self, count: u32) -> u32 {
        let (seed, key) = self.chance;
        Stream::of(seed, Concern::Placement, &[key]).below(u64::from(count)) as u32
    }

    fn summary(&self, registry: &Registry) -> DecisionSummary {
        DecisionSummary {
            candidates: self.provider.map_or(registry.len(), |provider| registry.members(provider).count()),
            provider: self.provider,
            feasible: None,
            default: self.strategies.is_empty().then_some(self.default),
            chosen: None,
            closest: None,
            refusal: None,
        }
    }

    /// The answer when no instance is left, with the closest one named.
    fn failure(&self, registry: &Registry, feasible: Option<u32>) -> PlacementFailure {
        let closest = filter::closest(registry, self);
        PlacementFailure { summary: DecisionSummary { feasible, closest, ..self.summary(registry) } }
    }

    fn success(&self, registry: &Registry, feasible: Option<u32>, instance: InstanceId) -> Placement {
        Placement { instance, summary: DecisionSummary { feasible, chosen: Some(instance), ..self.summary(registry) } }
    }
}

/// An instance was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// Where the task goes.
    pub instance: InstanceId,
    /// What is kept of the decision.
    pub summary: DecisionSummary,
}

/// No instance was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlacementFailure {
    /// What is kept of the decision; without a closest instance when the cluster has no ACTIVE one.
    pub summary: DecisionSummary,
}

/// What RunTask says of a cluster without instances, and what event 16 names as the reason.
const NO_INSTANCES: &str = "No Container Instances were found in your cluster.";
/// What event 16 names when a capacity provider was asked, and what RunTask says of it (ecs.md §3.6).
const NO_INSTANCES_OF_PROVIDER: &str = "No Container Instances were found in your capacity provider.";
const EMPTY_PROVIDER: &str = "EMPTY CAPACITY PROVIDER";
const NO_ACTIVE_OF_PROVIDER: &str = "NO ACTIVE INSTANCES";
const MORE_INFORMATION: &str = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";

impl PlacementFailure {
    /// `failures[].reason` of RunTask (ecs.md §3.6).
    pub fn run_task_failure(&self) -> &'static str {
        if let Some(refusal) = self.summary.refusal {
            return refusal.reason();
        }
        match (self.summary.closest, self.summary.provider, self.summary.candidates) {
            (Some((_, reason)), _, _) => reason.run_task_failure(),
            (None, None, _) => NO_INSTANCES,
            (None, Some(_), 0) => EMPTY_PROVIDER,
            (None, Some(_), _) => NO_ACTIVE_OF_PROVIDER,
        }
    }

    /// Service event 15, or 16 when there is no instance (ecs.md §5).
    pub fn service_event(&self, service_name: &str) -> String {
        format!("(service {service_name}) {}", self.sentence())
    }

    /// Event 15, 16, 17 or 23 after the name of the service.
    pub fn sentence(&self) -> String {
        if let Some(refusal) = self.summary.refusal {
            return refusal.sentence();
        }
        let what = "was unable to place a task because no container instance met all of its requirements.";
        match self.summary.closest {
            Some((instance, reason)) => format!(
                "{what} The closest matching (container-instance {}) {}. {MORE_INFORMATION}",
                instance.container_instance_id(),
                reason.service_event_reason(),
            ),
            None if self.summary.provider.is_some() => {
                format!("{what} Reason: {NO_INSTANCES_OF_PROVIDER} {MORE_INFORMATION}")
            }
            None => format!("{what} Reason: {NO_INSTANCES} {MORE_INFORMATION}"),
        }
    }
}

/// Why a task cannot be placed on one named instance (StartTask, and a DAEMON service, which wants one on each).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It is not registered: `MISSING`.
    Missing,
    /// It takes no tasks in this status.
    NotActive(ContainerInstanceStatus),
    /// The first rule it breaks.
    Broken(Reason),
}

/// Why the task cannot be placed on this instance; `None` when it can.
pub fn obstacle(registry: &Registry, request: &PlacementRequest, id: InstanceId) -> Option<Obstacle> {
    let Some(instance) = registry.get(id) else {
        return Some(Obstacle::Missing);
    };
    if instance.status != ContainerInstanceStatus::Active {
        return Some(Obstacle::NotActive(instance.status));
    }
    filter::first_obstacle(registry, request, instance).map(Obstacle::Broken)
}

/// Places the task on this instance and no other, if it can be: what a DAEMON service does on each.
pub fn place_on(registry: &Registry, request: &PlacementRequest, id: InstanceId) -> Result<Placement, PlacementFailure> {
    match obstacle(registry, request, id) {
        None => Ok(request.success(registry, Some(1), id)),
        Some(Obstacle::Broken(reason)) => {
            Err(PlacementFailure { summary: DecisionSummary { closest: Some((id, reason)), ..request.summary(registry) } })
        }
        Some(Obstacle::Missing | Obstacle::NotActive(_)) => Err(PlacementFailure { summary: request.summary(registry) }),
    }
}

/// The same instance as [`place`], by a plain reading of ecs.md §3.2–3.5: look at every instance, keep those that satisfy the rules,
/// let each strategy keep the best, take the lowest id or, with `random`, draw.
/// Ledger: placement.order, placement.tie-break.
pub fn place_plainly(registry: &Registry, request: &PlacementRequest) -> Result<Placement, PlacementFailure> {
    let mut left: Vec<&ContainerInstance> =
        registry.iter().filter(|instance| filter::is_feasible(registry, request, instance)).collect();
    if left.is_empty() {
        return Err(request.failure(registry, None));
    }
    for step in request.chain() {
        strategy::keep_best(registry, request.group, step, &mut left);
    }
    let rank = if request.is_random() { request.draw(left.len() as u32) } else { 0 };
    Ok(request.success(registry, None, left[rank as usize].id))
}
