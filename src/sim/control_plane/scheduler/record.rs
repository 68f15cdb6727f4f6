//! One placement decided once more with everything written down: each check of each instance, each strategy's scores.
//!
//! Built only when someone asks. It must come to the same result as `place`. Start reading at [`decide_in_full`].

use super::{PlacementRequest, filter, strategy};
use crate::sim::control_plane::registry::Registry;
use crate::sim::decision::{Candidate, ChainStep, Decision, TieBreak};
use crate::sim::ids::InstanceId;
use crate::sim::model::container_instance::ContainerInstance;

/// The full record of a placement; the same outcome as `place`.
pub fn decide_in_full(registry: &Registry, request: &PlacementRequest) -> Decision {
    let rows: Vec<Candidate> = registry
        .iter()
        .filter(|instance| filter::is_of_the_provider(request, instance))
        .map(|instance| Candidate { instance: instance.id, checks: filter::checks(registry, request, instance) })
        .collect();
    let feasible = rows.iter().filter(|row| row.is_feasible());
    let mut left: Vec<&ContainerInstance> = feasible.filter_map(|row| registry.get(row.instance)).collect();
    let none = left.is_empty();
    let chain = if none { Vec::new() } else { apply_chain(registry, request, &mut left) };
    let tie_break = match left.len() {
        0 | 1 => TieBreak::NotNeeded,
        _ if request.is_random() => TieBreak::Random,
        _ => TieBreak::LowestId,
    };
    let rank = if tie_break == TieBreak::Random { request.draw(left.len() as u32) } else { 0 };
    let winner = left.get(rank as usize).map(|instance| instance.id);
    let closest = if none { filter::closest(registry, request) } else { None };
    Decision { rows, chain, tie_break, winner, closest }
}

fn apply_chain(registry: &Registry, request: &PlacementRequest, left: &mut Vec<&ContainerInstance>) -> Vec<ChainStep> {
    let ids = |instances: &[&ContainerInstance]| instances.iter().map(|each| each.id).collect::<Vec<InstanceId>>();
    request
        .chain()
        .map(|step| {
            let scores = strategy::scores(registry, request.group, step, left);
            let scores = ids(left).into_iter().zip(scores).collect();
            strategy::keep_best(registry, request.group, step, left);
            ChainStep { strategy: step.strategy(), scores, survivors: ids(left) }
        })
        .collect()
}
