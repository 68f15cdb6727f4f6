//! Capacity provider strategies: which one applies, whether it may, and where the next task goes (ecs.md §3.1, §3.7).

use std::rc::Rc;

use crate::sim::command::LaunchType;
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::control_plane::capacity::Capacity;
use crate::sim::control_plane::launch::{Launch, Unplaced};
use crate::sim::decision::LaunchRefusal;
use crate::sim::effects::Effects;
use crate::sim::ids::{CapacityProviderId, GroupId, TaskDefinitionId, TaskId};
use crate::sim::model::capacity_provider::{CapacityProviderStrategyItem, next_provider, provider_to_leave};
use crate::sim::random;

/// Items of one strategy (ecs.md §3.7), and providers of one cluster (§13).
/// Ledger: capacity.strategy.
pub(super) const MOST_PROVIDERS: usize = 20;
/// Ledger: quota.values.
const MOST_BASE: u32 = 100_000;
/// Ledger: quota.values.
const MOST_WEIGHT: u32 = 1_000;

fn refuse(message: &str) -> Answer {
    Err(Refusal::new("InvalidParameterException", message))
}

impl ControlPlane {
    /// The strategy that applies to what is asked, checked: an empty one means that of the cluster (ecs.md §3.1).
    pub(crate) fn check_strategy(
        &self,
        asked: &[CapacityProviderStrategyItem],
        definition: TaskDefinitionId,
        placed: bool,
    ) -> Result<Rc<[CapacityProviderStrategyItem]>, Refusal> {
        let items: Rc<[_]> = if asked.is_empty() { self.capacity.default_strategy.clone() } else { Rc::from(asked) };
        self.check_items(&items)?;
        if items.iter().any(|item| self.capacity.named(&item.capacity_provider).is_some_and(is_fargate)) {
            self.check_launch_type(definition, LaunchType::Fargate, placed)?;
        }
        Ok(items)
    }

    /// What the API refuses in a strategy (ecs.md §3.7).
    pub(super) fn check_items(&self, items: &[CapacityProviderStrategyItem]) -> Answer {
        if items.len() > MOST_PROVIDERS {
            return refuse("A capacity provider strategy can contain a maximum of 20 capacity providers.");
        }
        let mut fargate = 0;
        for (at, item) in items.iter().enumerate() {
            let provider = self.capacity.named(&item.capacity_provider).ok_or_else(|| {
                Refusal::new(
                    "InvalidParameterException",
                    "The specified capacity provider was not found. Specify a valid name or ARN and try again.",
                )
            })?;
            if !self.capacity.associated.contains(&provider) {
                return refuse(
                    "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster or specify a valid capacity provider and try again.",
                );
            }
            if items[..at].iter().any(|other| other.capacity_provider == item.capacity_provider) {
                return refuse("The specified capacity provider strategy cannot contain duplicate capacity providers.");
            }
            if item.base > MOST_BASE || item.weight > MOST_WEIGHT {
                return refuse("The base must be from 0 to 100,000 and the weight from 0 to 1,000.");
            }
            fargate += usize::from(is_fargate(provider));
        }
        if fargate > 0 && fargate < items.len() {
            return refuse(
                "A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate providers. Specify one or the other and try again.",
            );
        }
        if items.iter().filter(|item| item.base > 0).count() > 1 {
            return refuse("Only one capacity provider in a capacity provider strategy can have a base defined.");
        }
        if !items.is_empty() && items.iter().all(|item| item.weight == 0) {
            return refuse("At least one capacity provider in a capacity provider strategy must have a weight greater than 0.");
        }
        Ok(())
    }

    /// Launches one task on the provider whose turn it is.
    pub(crate) fn launch_by_strategy(&mut self, fx: &mut Effects, launch: &Launch) -> Result<TaskId, Unplaced> {
        let provider = self.capacity.whose_turn(&launch.strategy, launch.group).expect("the strategy was checked");
        let launch = Launch {
            launch_type: launch_type_of(provider),
            strategy: Rc::from([]),
            capacity_provider: Some(provider),
            ..launch.clone()
        };
        match self.launch_here(fx, &launch) {
            Ok(task) => Ok(task),
            Err(unplaced) if self.scales(provider) && unplaced.summary.refusal.is_none() => {
                self.await_capacity(fx, &launch, unplaced)
            }
            Err(unplaced) => Err(unplaced),
        }
    }

    /// Managed scaling is on: a task that finds no room may wait for it.
    /// Ledger: capacity.nothing-by-itself.
    fn scales(&self, provider: CapacityProviderId) -> bool {
        self.capacity.providers.get(&provider).is_some_and(|provider| provider.scaling.status.is_on())
    }

    fn await_capacity(&mut self, fx: &mut Effects, launch: &Launch, unplaced: Unplaced) -> Result<TaskId, Unplaced> {
        if self.capacity.waiting_tasks() >= fx.tuning.capacity.provisioning_limit {
            return Err(self.refuse(LaunchRefusal::ProvisioningLimit));
        }
        let ordinal = self.ordinals.get(&launch.group).copied().unwrap_or(0) + 1;
        self.ordinals.insert(launch.group, ordinal);
        let key = random::mix(&[self.registry.group_key(launch.group), u64::from(ordinal)]);
        Ok(self.begin_to_wait(fx, launch, unplaced.decision, key, ordinal))
    }
}

impl Capacity {
    /// The provider that takes the next task of a group; nothing for a strategy that no check has let pass.
    pub fn whose_turn(&self, strategy: &[CapacityProviderStrategyItem], group: GroupId) -> Option<CapacityProviderId> {
        let providers = strategy.iter().map(|item| self.named(&item.capacity_provider)).collect::<Option<Vec<_>>>()?;
        let counts: Vec<_> = providers.iter().map(|provider| self.counted(group, *provider)).collect();
        next_provider(strategy, &counts).map(|at| providers[at])
    }
}

impl Capacity {
    /// The provider that gives a task of a group away, of those that have one to give: one that the strategy does not name, else the one
    /// that has most beyond its share. Without a strategy it does not matter.
    pub(crate) fn who_gives(
        &self,
        strategy: &[CapacityProviderStrategyItem],
        group: GroupId,
        has_one: impl Fn(Option<CapacityProviderId>) -> bool,
    ) -> Option<Option<CapacityProviderId>> {
        if strategy.is_empty() {
            return None;
        }
        let named: Vec<CapacityProviderId> = strategy.iter().filter_map(|item| self.named(&item.capacity_provider)).collect();
        let strangers = [CapacityProviderId::FARGATE, CapacityProviderId::FARGATE_SPOT];
        let strangers = strangers.into_iter().filter(|provider| !named.contains(provider)).map(Some).chain([None]);
        if let Some(stranger) = strangers.into_iter().find(|provider| has_one(*provider)) {
            return Some(stranger);
        }
        let count = |provider: &CapacityProviderId| if has_one(Some(*provider)) { self.counted(group, *provider) } else { 0 };
        let counts: Vec<u32> = named.iter().map(count).collect();
        provider_to_leave(strategy, &counts).map(|at| Some(named[at]))
    }
}

/// The two providers of Fargate.
pub fn is_fargate(provider: CapacityProviderId) -> bool {
    provider <= CapacityProviderId::FARGATE_SPOT
}

/// Where tasks of a provider run.
pub fn launch_type_of(provider: CapacityProviderId) -> LaunchType {
    match provider {
        CapacityProviderId::FARGATE => LaunchType::Fargate,
        CapacityProviderId::FARGATE_SPOT => LaunchType::FargateSpot,
        CapacityProviderId(_) => LaunchType::Ec2,
    }
}
