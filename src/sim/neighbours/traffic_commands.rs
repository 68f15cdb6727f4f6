//! What someone asks of listeners and of those who send requests.

use std::rc::Rc;

use crate::sim::command::balancing::{CreateListener, SetTraffic};
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::engine::Sim;
use crate::sim::ids::TargetGroupId;
use crate::sim::neighbours::balancer::{Listener, SetBy, set_weights};
use crate::sim::neighbours::balancing_commands::{invalid, wanted_group};
use crate::sim::neighbours::traffic::{self, Destination};
use crate::sim::observation::Kind;
use crate::sim::observation::balancing::BalancingFact;
use crate::sim::time::{Millis, SECOND};

/// A weight is at most this.
/// Ledger: quota.values.
const MOST_WEIGHT: u32 = 999;
/// A source sends at most this, in thousandths of a request a second: a million requests.
/// Ledger: limits.
const MOST_MRPS: u64 = 1_000_000_000;
/// Rates of one source, at most.
/// Ledger: limits.
const MOST_SEGMENTS: usize = 100;

/// `CreateListener`.
pub(crate) fn create_listener(sim: &mut Sim, request: &CreateListener) -> Answer {
    let weights = weights(sim, request)?;
    if sim.neighbours.balancer.listeners.iter().any(|each| *each.name == *request.name) {
        return Err(Refusal::new("DuplicateListener", format!("A listener '{}' already exists", request.name)));
    }
    let name: Rc<str> = Rc::from(request.name.as_str());
    let now_ms = sim.fx.now_ms;
    sim.neighbours.balancer.since_ms.get_or_insert(now_ms);
    sim.neighbours.balancer.listeners.push(Listener { name: name.clone(), weights, set_by: SetBy::Hand });
    sim.fx.lead(Kind::Balancing(BalancingFact::ListenerWeighted { listener: name }.into()));
    Ok(())
}

/// `ModifyListener`.
pub(crate) fn modify_listener(sim: &mut Sim, request: &CreateListener) -> Answer {
    let weights = weights(sim, request)?;
    let found = sim.neighbours.balancer.listeners.iter().find(|each| *each.name == *request.name);
    let name = found.ok_or_else(|| no_listener(&request.name))?.name.clone();
    set_weights(&mut sim.fx, name, weights, SetBy::Hand);
    Ok(())
}

fn no_listener(name: &str) -> Refusal {
    Refusal::new("ListenerNotFound", format!("One or more listeners not found: {name}"))
}

fn weights(sim: &Sim, request: &CreateListener) -> Result<Vec<(TargetGroupId, u32)>, Refusal> {
    if request.target_groups.is_empty() || request.target_groups.len() > 5 {
        return Err(invalid("A forward action has from 1 to 5 target groups"));
    }
    if let Some(wrong) = request.target_groups.iter().find(|each| each.weight > MOST_WEIGHT) {
        return Err(invalid(&format!("Weight '{}' must be between '0' and '{MOST_WEIGHT}'", wrong.weight)));
    }
    request.target_groups.iter().map(|each| Ok((wanted_group(sim, &each.target_group)?, each.weight))).collect()
}

/// Clients begin to send requests.
pub(crate) fn set_traffic(sim: &mut Sim, request: &SetTraffic) -> Answer {
    let to = destination(sim, request)?;
    let rising = request.segments.is_sorted_by(|one, next| one.after_seconds < next.after_seconds);
    if request.segments.is_empty() || request.segments.len() > MOST_SEGMENTS || !rising {
        return Err(invalid("The segments must be from 1 to 100, each later than the one before"));
    }
    if request.segments.iter().any(|each| each.milli_requests_per_second > MOST_MRPS) {
        return Err(invalid("A source sends at most a million requests a second"));
    }
    let segment = |each: &crate::sim::command::balancing::TrafficSegment| {
        (Millis::from(each.after_seconds) * SECOND, each.milli_requests_per_second)
    };
    let segments: Vec<(Millis, u64)> = request.segments.iter().map(segment).collect();
    let set_by = sim.fx.lead(Kind::Balancing(BalancingFact::TrafficSet { flow: Rc::from(request.name.as_str()) }.into()));
    traffic::set(sim, &request.name, to, &segments, set_by);
    Ok(())
}

fn destination(sim: &Sim, request: &SetTraffic) -> Result<Destination, Refusal> {
    if let Some(client) = &request.client {
        let (None, None, Some(name), None) =
            (&request.target_group, &request.listener, &request.service, request.dns_ttl_seconds)
        else {
            return Err(invalid("Tasks of a client send to a service, by the name of its endpoint"));
        };
        sim.control.wanted_service(client)?;
        return Ok(Destination::Endpoint { client: Rc::from(client.as_str()), name: Rc::from(name.as_str()) });
    }
    match (&request.target_group, &request.listener, &request.service) {
        (Some(name), None, None) => Ok(Destination::TargetGroup(wanted_group(sim, name)?)),
        (None, Some(name), None) => {
            let found = sim.neighbours.balancer.listeners.iter().find(|each| *each.name == **name);
            Ok(Destination::Listener(found.ok_or_else(|| no_listener(name))?.name.clone()))
        }
        (None, None, Some(name)) => {
            let ttl_ms = request.dns_ttl_seconds.map_or(sim.fx.tuning.balancing.dns_ttl_ms, |ttl| Millis::from(ttl) * SECOND);
            if !(SECOND..=86_400 * SECOND).contains(&ttl_ms) {
                return Err(invalid("The time to live must be between '1' and '86400' seconds"));
            }
            Ok(Destination::Name { service: Rc::from(name.as_str()), ttl_ms })
        }
        _ => Err(invalid("Requests go to one of target_group, listener and service")),
    }
}
