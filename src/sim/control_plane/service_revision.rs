//! A service revision: what the tasks of a deployment are started with (ecs.md §1.3, API26:ServiceRevision).
//!
//! An update that changes it makes another one and a deployment to it, a roll-back goes back to an older one whole. Two things change
//! in place: its capacity provider strategy may be replaced without a new deployment (ecs.md §3.7), and its two target groups swap
//! roles when traffic has moved from one to the other (§4.7).

use std::rc::Rc;

use crate::sim::command::LaunchType;
use crate::sim::command::platform::AwsvpcConfiguration;
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::service::Service;
use crate::sim::control_plane::service_load_balancer::ServiceLoadBalancer;
use crate::sim::control_plane::task::Task;
use crate::sim::ids::TaskDefinitionId;
use crate::sim::model::capacity_provider::CapacityProviderStrategyItem;
use crate::sim::neighbours::connect::Member;
use crate::sim::neighbours::discovery::Registry;

/// One revision.
/// Ledger: deployment.revision.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServiceRevision {
    pub definition: TaskDefinitionId,
    /// Where tasks run when there is no capacity provider strategy.
    pub launch_type: LaunchType,
    pub capacity_provider_strategy: Rc<[CapacityProviderStrategyItem]>,
    pub network: Option<Rc<AwsvpcConfiguration>>,
    /// Target groups that its tasks register in.
    pub load_balancers: Vec<ServiceLoadBalancer>,
    /// `serviceRegistries`: the records under which its tasks are found in Cloud Map.
    pub registry: Option<Rc<Registry>>,
    /// `serviceConnectConfiguration`.
    pub connect: Option<Rc<Member>>,
}

impl ServiceRevision {
    /// Is it the other one, but for the strategy by which new tasks are shared out?
    pub(crate) fn starts_like(&self, other: &Self) -> bool {
        let capacity_provider_strategy = other.capacity_provider_strategy.clone();
        Self { capacity_provider_strategy, ..self.clone() } == *other
    }

    /// Does its strategy name the provider?
    pub(crate) fn goes_to(&self, provider: &str) -> bool {
        self.capacity_provider_strategy.iter().any(|item| *item.capacity_provider == *provider)
    }

    /// Are its tasks found by name, through Cloud Map or Service Connect?
    pub(crate) fn is_named(&self) -> bool {
        self.registry.is_some() || self.connect.is_some()
    }
}

impl Service {
    /// New tasks of the newest deployment go by this strategy from now on; those that are there stay where they are.
    /// Ledger: capacity.strategy.
    pub(crate) fn replace_strategy(&mut self, strategy: &Rc<[CapacityProviderStrategyItem]>) {
        if self.revision().capacity_provider_strategy == *strategy {
            return;
        }
        let primary = self.primary_mut();
        Rc::make_mut(&mut primary.revision).capacity_provider_strategy = strategy.clone();
        let (id, revision) = (primary.id, primary.revision.clone());
        if let Some((_, completed)) = self.completed.as_mut().filter(|(completed, _)| *completed == id) {
            *completed = revision;
        }
    }

    /// The newest revision.
    pub fn revision(&self) -> &ServiceRevision {
        &self.primary().revision
    }

    /// Every revision that has tasks or may get some: those of its deployments, and the one that a roll-back goes back to.
    pub fn revisions(&self) -> impl Iterator<Item = &ServiceRevision> {
        let of_deployments = self.deployments.iter().map(|deployment| &*deployment.revision);
        of_deployments.chain(self.completed.as_ref().map(|(_, revision)| &**revision))
    }
}

impl ControlPlane {
    /// The revision that a task of a service was started with, while the service has it.
    pub fn revision_of(&self, task: &Task) -> Option<&ServiceRevision> {
        let (service, deployment) = task.service?;
        self.services.get(service)?.deployment(deployment).map(|deployment| &*deployment.revision)
    }
}
