//! `CreateCapacityProvider`, `UpdateCapacityProvider`, `PutClusterCapacityProviders` (ecs.md §7.1, §13).

use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use crate::sim::command::capacity::{
    CreateCapacityProvider, ManagedScalingRequest, PutClusterCapacityProviders, UpdateCapacityProvider,
};
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::control_plane::capacity::strategy::MOST_PROVIDERS;
use crate::sim::control_plane::capacity::{CapacityProvider, GroupReport};
use crate::sim::effects::Effects;
use crate::sim::ids::{CapacityProviderId, ObservationId};
use crate::sim::model::capacity_provider::{ManagedScaling, Setting};
use crate::sim::neighbours::event::{CapacityEvent, NeighbourEvent};
use crate::sim::observation::Kind;
use crate::sim::observation::capacity::CapacityFact;
use crate::sim::time::SECOND;

/// `minimumScalingStepSize` and `maximumScalingStepSize` (ecs.md §7.1).
/// Ledger: quota.values.
const MOST_STEP: u32 = 10_000;
/// Ledger: quota.values.
const MOST_WARMUP_S: u32 = 10_000;

fn invalid(message: &str) -> Refusal {
    Refusal::new("InvalidParameterException", message)
}

impl ControlPlane {
    /// `CreateCapacityProvider`. Whether the group exists and protects new instances was checked with the group.
    pub(crate) fn create_capacity_provider(&mut self, fx: &mut Effects, request: &CreateCapacityProvider) -> Answer {
        let settings = &request.auto_scaling_group_provider;
        if self.capacity.named(&request.name).is_some() {
            return Err(invalid("A capacity provider with the same name already exists."));
        }
        if ["aws", "ecs", "fargate"].iter().any(|word| request.name.to_lowercase().starts_with(word)) {
            return Err(invalid("The capacity provider name cannot be prefixed with \"aws\", \"ecs\", or \"fargate\"."));
        }
        if self.capacity.providers.values().any(|provider| *provider.group == *settings.auto_scaling_group) {
            return Err(Refusal::new(
                "ClientException",
                "The specified Auto Scaling group ARN is already being used by another capacity provider. Specify a unique Auto Scaling group ARN and try again.",
            ));
        }
        let scaling = managed_scaling(settings.managed_scaling.as_ref(), OFF)?;
        let protection = settings.managed_termination_protection.unwrap_or(Setting::Disabled);
        check_protection(&scaling, protection)?;
        let id = CapacityProviderId(self.capacity.providers.keys().next_back().map_or(3, |last| last.0 + 1));
        let provider = CapacityProvider {
            name: Rc::from(request.name.as_str()),
            group: Rc::from(settings.auto_scaling_group.as_str()),
            scaling,
            termination_protection: protection,
            draining: settings.managed_draining.unwrap_or(Setting::Enabled),
            report: GroupReport::default(),
            series: VecDeque::new(),
            last: None,
            // Replaced below by the observation that says so, which needs the id.
            last_by: None,
            changed_by: ObservationId(0),
        };
        self.capacity.providers.insert(id, Rc::new(provider));
        self.provider_changed(fx, id, CapacityFact::CapacityProviderCreated { provider: id });
        Ok(())
    }

    /// `UpdateCapacityProvider`.
    pub(crate) fn update_capacity_provider(&mut self, fx: &mut Effects, request: &UpdateCapacityProvider) -> Answer {
        let id = self.wanted_provider(&request.name)?;
        let provider = &self.capacity.providers[&id];
        let scaling = managed_scaling(request.managed_scaling.as_ref(), provider.scaling)?;
        let protection = request.managed_termination_protection.unwrap_or(provider.termination_protection);
        check_protection(&scaling, protection)?;
        let draining = request.managed_draining.unwrap_or(provider.draining);
        let provider = Rc::make_mut(self.capacity.providers.get_mut(&id).expect("the provider exists"));
        (provider.scaling, provider.termination_protection, provider.draining) = (scaling, protection, draining);
        self.provider_changed(fx, id, CapacityFact::CapacityProviderUpdated { provider: id });
        Ok(())
    }

    fn provider_changed(&mut self, fx: &mut Effects, id: CapacityProviderId, fact: CapacityFact) {
        let changed_by = fx.lead(Kind::Capacity(Rc::new(fact)));
        Rc::make_mut(self.capacity.providers.get_mut(&id).expect("the provider exists")).changed_by = changed_by;
    }

    /// The provider of an auto scaling group by its name.
    pub(crate) fn wanted_provider(&self, name: &str) -> Result<CapacityProviderId, Refusal> {
        let found = self.capacity.named(name).filter(|id| self.capacity.providers.contains_key(id));
        found.ok_or_else(|| invalid("The specified capacity provider was not found. Specify a valid name or ARN and try again."))
    }

    /// `PutClusterCapacityProviders`: replaces both lists.
    /// Ledger: capacity.default-strategy.
    pub(crate) fn put_cluster_capacity_providers(&mut self, fx: &mut Effects, request: &PutClusterCapacityProviders) -> Answer {
        if request.capacity_providers.len() > MOST_PROVIDERS {
            return Err(Refusal::new("LimitExceededException", "A cluster can have at most 20 capacity providers."));
        }
        let named = request.capacity_providers.iter().map(|name| {
            self.capacity.named(name).ok_or_else(|| {
                invalid("The specified capacity provider was not found. Specify a valid name or ARN and try again.")
            })
        });
        let wanted = named.collect::<Result<BTreeSet<_>, _>>()?;
        let in_use = |gone: &CapacityProviderId| {
            let name = self.capacity.name(*gone);
            self.capacity.waiting(*gone).next().is_some()
                || self
                    .services
                    .iter()
                    .any(|(_, service)| service.desired_count > 0 && service.revisions().any(|revision| revision.goes_to(&name)))
        };
        if self.capacity.associated.difference(&wanted).any(in_use) {
            return Err(Refusal::new(
                "ResourceInUseException",
                "The specified capacity provider is in use and cannot be removed.",
            ));
        }
        let before = std::mem::replace(&mut self.capacity.associated, wanted);
        if let Err(refusal) = self.check_items(&request.default_capacity_provider_strategy) {
            self.capacity.associated = before;
            return Err(refusal);
        }
        self.capacity.default_strategy = Rc::from(request.default_capacity_provider_strategy.as_slice());
        fx.lead(Kind::Capacity(Rc::new(CapacityFact::ClusterCapacityProvidersPut)));
        let added: Vec<_> = self.capacity.associated.difference(&before).copied().collect();
        for provider in added.into_iter().filter(|provider| self.capacity.providers.contains_key(provider)) {
            self.measure_next_minute(fx, provider);
        }
        Ok(())
    }

    /// The metric is published on the minute.
    pub(crate) fn measure_next_minute(&self, fx: &mut Effects, provider: CapacityProviderId) {
        let period_ms = fx.tuning.capacity.reservation_period_ms;
        let wait_ms = period_ms - fx.now_ms % period_ms;
        fx.by_the_clock(|fx| fx.at_neighbour(wait_ms, NeighbourEvent::Capacity(CapacityEvent::Reservation { provider })));
    }
}

/// Nothing scales unless it is configured. The numbers are the API's defaults (ecs.md §7.1).
const OFF: ManagedScaling = ManagedScaling {
    status: Setting::Disabled,
    target_capacity: 100,
    minimum_scaling_step_size: 1,
    maximum_scaling_step_size: 10_000,
    instance_warmup_period_ms: 300 * SECOND,
};

fn managed_scaling(request: Option<&ManagedScalingRequest>, before: ManagedScaling) -> Result<ManagedScaling, Refusal> {
    let Some(request) = request else { return Ok(before) };
    let warmup_s = request.instance_warmup_period;
    let scaling = ManagedScaling {
        status: request.status.unwrap_or(Setting::Enabled),
        target_capacity: request.target_capacity.unwrap_or(before.target_capacity),
        minimum_scaling_step_size: request.minimum_scaling_step_size.unwrap_or(before.minimum_scaling_step_size),
        maximum_scaling_step_size: request.maximum_scaling_step_size.unwrap_or(before.maximum_scaling_step_size),
        instance_warmup_period_ms: warmup_s.map_or(before.instance_warmup_period_ms, |seconds| u64::from(seconds) * SECOND),
    };
    if !(1..=100).contains(&scaling.target_capacity) {
        return Err(invalid("The targetCapacity must be from 1 to 100."));
    }
    let (low, high) = (scaling.minimum_scaling_step_size, scaling.maximum_scaling_step_size);
    if !(1..=MOST_STEP).contains(&low) || !(1..=MOST_STEP).contains(&high) || low > high {
        return Err(invalid("The scaling step sizes must be from 1 to 10,000, the minimum not above the maximum."));
    }
    if warmup_s.is_some_and(|seconds| seconds > MOST_WARMUP_S) {
        return Err(invalid("The instanceWarmupPeriod must be from 0 to 10,000 seconds."));
    }
    Ok(scaling)
}

fn check_protection(scaling: &ManagedScaling, protection: Setting) -> Answer {
    if protection.is_on() && !scaling.status.is_on() {
        return Err(invalid(
            "The managed termination protection setting for the capacity provider is invalid. Managed termination protection requires managed scaling to be enabled.",
        ));
    }
    Ok(())
}
