//! What others publish as a minute ends: the load balancer of its target groups, ECS of its capacity providers (ecs.md §7.2, §7.8).

use std::collections::BTreeMap;

use crate::sim::control_plane::ControlPlane;
use crate::sim::engine::Sim;
use crate::sim::model::metric::{MetricName, Of, Series};
use crate::sim::model::target::TargetState;
use crate::sim::neighbours::metrics::minute::Datapoint;
use crate::sim::time::{MINUTE, Millis};

/// Everything they publish of the minute that ends now.
pub(super) fn of_minute(sim: &mut Sim) -> Vec<(Series, Datapoint)> {
    let now_ms = sim.fx.now_ms;
    let mut published = of_target_groups(sim);
    published.extend(of_capacity_providers(&sim.control, now_ms));
    published
}

// Ledger: metrics.target-groups.
fn of_target_groups(sim: &mut Sim) -> Vec<(Series, Datapoint)> {
    // Without a source of requests the sources are not even touched: snapshots share them.
    let sends = !sim.neighbours.traffic.flows.is_empty();
    let mut received = if sends { sim.neighbours.traffic.take_received(sim.fx.now_ms) } else { BTreeMap::new() };
    let groups = &sim.neighbours.balancer.groups;
    let mut published = Vec::with_capacity(3 * groups.len());
    for (id, group) in groups.iter() {
        let mut publish = |metric, datapoint: Option<Datapoint>| {
            let series = Series { metric, of: Of::TargetGroup(group.name.clone()) };
            published.extend(datapoint.map(|datapoint| (series, datapoint)));
        };
        let count = |state| Some(Datapoint::of(group.count(state) as u64 * 1_000));
        publish(MetricName::HealthyHostCount, count(TargetState::Healthy));
        publish(MetricName::UnHealthyHostCount, count(TargetState::Unhealthy));
        let received = received.remove(&id).unwrap_or_default();
        publish(MetricName::RequestCountPerTarget, received.requests_per_target(group).map(Datapoint::of));
        publish(MetricName::TargetResponseTime, received.response_times());
        publish(MetricName::HttpCodeTarget5xxCount, received.error_count());
    }
    published
}

// Ledger: metrics.capacity-provider.
fn of_capacity_providers(control: &ControlPlane, now_ms: Millis) -> impl Iterator<Item = (Series, Datapoint)> {
    control.capacity.providers.values().filter_map(move |provider| {
        let mut newest_first = provider.series.iter().rev();
        let newest = newest_first.find(|point| point.at_ms < now_ms).filter(|newest| newest.at_ms + MINUTE >= now_ms)?;
        let of = Of::CapacityProvider(provider.name.clone());
        let series = Series { metric: MetricName::CapacityProviderReservation, of };
        Some((series, Datapoint::of(u64::from(newest.reservation_tenths) * 100)))
    })
}
