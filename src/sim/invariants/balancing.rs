//! What must hold of listeners: their weights are weights, and those of a service are what its deployments have come to.

use super::must;
use crate::sim::control_plane::blue_green::weight;
use crate::sim::control_plane::service::{Service, ServiceStatus};
use crate::sim::control_plane::service_load_balancer::{ServiceLoadBalancer, TargetGroups};
use crate::sim::engine::Sim;
use crate::sim::event::Event;
use crate::sim::ids::TargetGroupId;
use crate::sim::neighbours::balancer::{Listener, SetBy};
use crate::sim::neighbours::event::{BalancingEvent, NeighbourEvent};
use crate::sim::observation::services::Listener as Kind;

/// All listeners, and the services that move traffic by them.
pub(super) fn check(sim: &Sim) -> Result<(), String> {
    let balancer = &sim.neighbours.balancer;
    for listener in &balancer.listeners {
        let known = |(group, weight): &(TargetGroupId, u32)| balancer.groups.get(*group).is_some() && *weight <= 999;
        must((1..=5).contains(&listener.weights.len()) && listener.weights.iter().all(known), || {
            format!("listener {} weighs {:?}", listener.name, listener.weights)
        })?;
    }
    for (_, service) in sim.control.services.iter().filter(|(_, service)| service.status == ServiceStatus::Active) {
        let ways = service.staged().is_some_and(|staged| staged.target == service.deployment);
        must(ways == (service.primary().target_groups == TargetGroups::Alternate), || {
            format!("service {}: its newest tasks register where they do not belong", service.name)
        })?;
        // A listener goes by the newest revision; older ones may have had other target groups behind it.
        for load_balancer in &service.revision().load_balancers {
            for kind in [Kind::Production, Kind::Test] {
                listens_to(sim, service, load_balancer, kind).map_err(|what| format!("service {}: {what}", service.name))?;
            }
        }
    }
    Ok(())
}

/// Its two target groups share all requests of the listener as the deployment says, unless someone has set it by hand or it is only
/// just being told.
fn listens_to(sim: &Sim, service: &Service, load_balancer: &ServiceLoadBalancer, kind: Kind) -> Result<(), String> {
    let Some(advanced) = &load_balancer.advanced else { return Ok(()) };
    let Some(name) = advanced.listener(kind) else { return Ok(()) };
    let listener =
        sim.neighbours.balancer.listeners.iter().find(|each| each.name == *name).ok_or("a listener that is not there")?;
    let share = service.staged().map_or(0, |staged| match kind {
        Kind::Production => staged.production_permille,
        Kind::Test => staged.test_permille,
    });
    let mut expected = [(load_balancer.target_group, weight(1_000 - share)), (advanced.target_group, weight(share))];
    expected.sort();
    let mut weights = listener.weights.clone();
    weights.sort();
    let holds = listener.set_by == SetBy::Hand || weights == expected;
    must(holds || is_being_told(sim, listener), || {
        format!("listener {name} weighs {:?}, its deployment says {expected:?}", listener.weights)
    })
}

fn is_being_told(sim: &Sim, listener: &Listener) -> bool {
    let told = |event: &Event| {
        let weights =
            |event: &BalancingEvent| matches!(event, BalancingEvent::WeightsSet { listener: of, .. } if *of == listener.name);
        matches!(event, Event::Neighbour(NeighbourEvent::Balancing(event)) if weights(event))
    };
    sim.fx.queue.in_order().into_iter().any(|scheduled| told(&scheduled.event))
}
