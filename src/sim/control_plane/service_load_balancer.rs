//! The load balancers of a service: where its tasks register, and the way its traffic takes (ecs.md §4.7, §9.3).
//!
//! Data, and what the API refuses of it; [`targets`](super::targets) registers tasks, [`blue_green`](super::blue_green) moves
//! traffic. Start reading at [`check_routes`].

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::control_plane::service::{Service, ServiceStatus};
use crate::sim::ids::{ServiceId, TargetGroupId};
use crate::sim::model::deployment::DeploymentStrategy;
use crate::sim::observation::services::Listener;

/// A target group that tasks of a service register in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServiceLoadBalancer {
    pub target_group: TargetGroupId,
    /// The ARN of the group.
    pub arn: Rc<str>,
    pub container_port: u16,
    /// For deployments that shift traffic.
    pub advanced: Option<Rc<AlternateRoute>>,
}

/// The other target group, and the listeners that share requests among both.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AlternateRoute {
    pub target_group: TargetGroupId,
    pub arn: Rc<str>,
    pub production_listener: Rc<str>,
    pub test_listener: Option<Rc<str>>,
}

/// In which of the two the tasks of a deployment register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetGroups {
    Primary,
    Alternate,
}

impl ServiceLoadBalancer {
    /// The two target groups in each other's role; nothing when there is only one.
    pub(crate) fn swapped(&self) -> Option<Self> {
        let advanced = self.advanced.as_deref()?;
        let other = AlternateRoute { target_group: self.target_group, arn: self.arn.clone(), ..advanced.clone() };
        Some(Self {
            target_group: advanced.target_group,
            arn: advanced.arn.clone(),
            container_port: self.container_port,
            advanced: Some(Rc::new(other)),
        })
    }

    /// Is that the same pair of target groups behind the same listeners, whichever of the two is first?
    pub(crate) fn has_route_of(&self, other: &Self) -> bool {
        self.advanced.is_some() && (self == other || self.swapped().as_ref() == Some(other))
    }

    /// The same, the other way round if that is how `known` has it: who says again what has been said does not mean a change.
    pub(crate) fn in_roles_of(self, known: &[Self]) -> Self {
        let swapped = self.swapped().filter(|swapped| known.iter().any(|known| known.target_group == swapped.target_group));
        swapped.unwrap_or(self)
    }
}

impl AlternateRoute {
    /// The listener of that kind.
    pub(crate) fn listener(&self, listener: Listener) -> Option<&Rc<str>> {
        match listener {
            Listener::Production => Some(&self.production_listener),
            Listener::Test => self.test_listener.as_ref(),
        }
    }

    /// Both listeners, or the one.
    fn listeners(&self) -> impl Iterator<Item = &Rc<str>> {
        [Some(&self.production_listener), self.test_listener.as_ref()].into_iter().flatten()
    }
}

/// What must hold of the load balancers of a service: the one that is to be changed, or a new one (ecs.md §4.7).
///
/// Ledger: deployment.routes.
pub(crate) fn check_routes(
    control: &ControlPlane,
    of: Option<ServiceId>,
    strategy: DeploymentStrategy,
    wanted: &[ServiceLoadBalancer],
) -> Answer {
    if strategy != DeploymentStrategy::Rolling && wanted.iter().any(|each| each.advanced.is_none()) {
        let message = format!(
            "advancedConfiguration field is required for all loadBalancers when using the {} deployment strategy",
            strategy.words()
        );
        return Err(Refusal::new("ClientException", message));
    }
    check_change(of.map(|id| &control.services[id]), strategy, wanted)?;
    if wanted.iter().all(|each| each.advanced.is_none()) {
        return Ok(());
    }
    let mut groups: BTreeSet<TargetGroupId> = wanted.iter().map(|each| each.target_group).collect();
    let routes = || wanted.iter().filter_map(|each| each.advanced.as_deref());
    if let Some(twice) = routes().find(|route| !groups.insert(route.target_group)) {
        return Err(parameter(format!(
            "The alternate target group {} is already used as a target group of this service.",
            twice.arn
        )));
    }
    let others = control.services.iter().filter(|(id, service)| Some(*id) != of && service.status == ServiceStatus::Active);
    let mut taken: BTreeSet<&str> =
        others.flat_map(|(_, service)| service.routes()).flat_map(AlternateRoute::listeners).map(|name| &**name).collect();
    match routes().flat_map(AlternateRoute::listeners).find(|name| !taken.insert(name)) {
        Some(twice) => Err(parameter(format!("The listener rule {twice} already routes traffic of a service."))),
        None => Ok(()),
    }
}

/// A deployment that shifts traffic leaves from where the traffic is.
fn check_change(of: Option<&Service>, strategy: DeploymentStrategy, wanted: &[ServiceLoadBalancer]) -> Answer {
    let primary = |all: &[ServiceLoadBalancer]| -> BTreeSet<TargetGroupId> { all.iter().map(|each| each.target_group).collect() };
    let changed = of.is_some_and(|service| primary(&service.revision().load_balancers) != primary(wanted));
    if changed && strategy != DeploymentStrategy::Rolling {
        let name = strategy.words();
        return Err(parameter(format!(
            "The target groups of a service cannot be changed when using the {name} deployment strategy. Change them in a rolling deployment first."
        )));
    }
    Ok(())
}

fn parameter(message: String) -> Refusal {
    Refusal::new("InvalidParameterException", message)
}

impl Service {
    /// How it is deployed.
    pub fn strategy(&self) -> DeploymentStrategy {
        self.configuration.as_ref().map_or(DeploymentStrategy::Rolling, |known| known.strategy)
    }

    /// What its deployments can move traffic by, now or after a roll-back.
    fn routes(&self) -> impl Iterator<Item = &AlternateRoute> {
        self.revisions().flat_map(|revision| &revision.load_balancers).filter_map(|each| each.advanced.as_deref())
    }
}
