//! Capacity providers as ECS knows them: what they are, what their groups reported, which tasks wait for them (ecs.md §7).
//!
//! ECS learns of an auto scaling group only through the group's own reports. Start reading at [`Capacity`]; `requests` takes
//! commands, `strategy` launches by a strategy, `waiting` places what waited, `reservation` computes the metric.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use crate::sim::control_plane::launch::Launch;
use crate::sim::ids::{CapacityProviderId, GroupId, InstanceId, ObservationId, TaskId};
use crate::sim::model::capacity_provider::{CapacityProviderStrategyItem, ManagedScaling, Setting};
use crate::sim::model::instance_type::InstanceType;
use crate::sim::observation::capacity::ReservationRecord;
use crate::sim::time::Millis;

pub mod members;
pub mod requests;
pub mod reservation;
pub mod strategy;
pub mod waiting;

/// Everything ECS knows of capacity providers.
#[derive(Clone, Debug, Default, Hash)]
pub struct Capacity {
    /// Those of auto scaling groups; the two of Fargate need no entry.
    pub providers: BTreeMap<CapacityProviderId, Rc<CapacityProvider>>,
    /// Those the cluster may use.
    pub associated: BTreeSet<CapacityProviderId>,
    pub default_strategy: Rc<[CapacityProviderStrategyItem]>,
    /// Wanted tasks of a group on each provider: what a strategy divides by.
    counts: BTreeMap<(GroupId, CapacityProviderId), u32>,
    /// Tasks in PROVISIONING without an instance, by provider, with what they were launched as.
    waiting: BTreeMap<CapacityProviderId, BTreeMap<TaskId, Rc<Launch>>>,
}

/// One capacity provider on an auto scaling group.
#[derive(Clone, Debug, Hash)]
pub struct CapacityProvider {
    pub name: Rc<str>,
    /// The auto scaling group, by name.
    pub group: Rc<str>,
    pub scaling: ManagedScaling,
    pub termination_protection: Setting,
    pub draining: Setting,
    /// As the group last reported.
    pub report: GroupReport,
    /// The newest values of the metric, newest last.
    pub series: VecDeque<ReservationPoint>,
    /// How the newest value came about.
    pub last: Option<Rc<ReservationRecord>>,
    /// The observation of that value: it has been the same ever since.
    pub(crate) last_by: Option<ObservationId>,
    /// The observation of the newest change of it.
    pub changed_by: ObservationId,
}

/// What an auto scaling group says of itself.
#[derive(Clone, Debug, Default, Hash)]
pub struct GroupReport {
    pub types: Vec<&'static InstanceType>,
    /// Instances in service and whether each is protected from scale-in; those that end are left out.
    pub members: BTreeMap<InstanceId, bool>,
    /// The observation of the newest change.
    pub newest: Option<ObservationId>,
}

/// One value of `CapacityProviderReservation`, for a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReservationPoint {
    pub at_ms: Millis,
    pub needed: u32,
    pub running: u32,
    pub reservation_tenths: u32,
    pub target: u32,
}

impl Capacity {
    /// The provider of this name that exists, with the two of Fargate.
    pub fn named(&self, name: &str) -> Option<CapacityProviderId> {
        match name {
            "FARGATE" => Some(CapacityProviderId::FARGATE),
            "FARGATE_SPOT" => Some(CapacityProviderId::FARGATE_SPOT),
            other => self.providers.iter().find(|(_, provider)| &*provider.name == other).map(|(id, _)| *id),
        }
    }

    /// The name of a provider.
    pub fn name(&self, id: CapacityProviderId) -> Rc<str> {
        match (id, self.providers.get(&id)) {
            (CapacityProviderId::FARGATE, _) => Rc::from("FARGATE"),
            (CapacityProviderId::FARGATE_SPOT, _) => Rc::from("FARGATE_SPOT"),
            (_, Some(provider)) => provider.name.clone(),
            (CapacityProviderId(number), None) => Rc::from(format!("capacity provider {number}")),
        }
    }

    /// A task of a group comes to a provider or goes.
    pub(crate) fn count(&mut self, group: GroupId, provider: CapacityProviderId, change: i32) {
        let count = self.counts.entry((group, provider)).or_insert(0);
        *count = count.checked_add_signed(change).expect("only what came can go");
    }

    /// Wanted tasks of a group on a provider.
    pub fn counted(&self, group: GroupId, provider: CapacityProviderId) -> u32 {
        self.counts.get(&(group, provider)).copied().unwrap_or(0)
    }

    /// Tasks that wait for a provider, oldest first.
    pub fn waiting(&self, provider: CapacityProviderId) -> impl Iterator<Item = TaskId> + '_ {
        self.waiting.get(&provider).into_iter().flat_map(|waiting| waiting.keys()).copied()
    }

    /// How many tasks wait for any provider.
    pub fn waiting_tasks(&self) -> usize {
        self.waiting.values().map(BTreeMap::len).sum()
    }

    pub(crate) fn waits_no_longer(&mut self, task: TaskId, provider: Option<CapacityProviderId>) {
        if let Some(waiting) = provider.and_then(|provider| self.waiting.get_mut(&provider)) {
            waiting.remove(&task);
        }
    }

    /// Every count of wanted tasks, for a check.
    pub fn counts(&self) -> impl Iterator<Item = (GroupId, CapacityProviderId, u32)> + '_ {
        self.counts.iter().filter(|(_, count)| **count > 0).map(|((group, provider), count)| (*group, *provider, *count))
    }
}
