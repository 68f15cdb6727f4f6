//! The strategy chain of a decision, step by step: who was left, with what score, and who stayed.

use std::collections::BTreeMap;

use crate::explain::explanation::Step;
use crate::explain::names::{count, instance_name, number, zone_name};
use crate::sim::decision::{ChainStep, Decision, Score, TieBreak};
use crate::sim::engine::Sim;
use crate::sim::ids::InstanceId;
use crate::sim::model::placement::{BinPackResource, PlacementStrategy, SpreadField};

/// Most places a sentence names, and most servers a step lists.
const MOST_PLACES: usize = 4;
const MOST_SCORES: usize = 12;

/// The attribute that means an availability zone.
const ZONE_ATTRIBUTE: &str = "ecs.availability-zone";

/// The steps of a decision; `whose` is the service or group that is counted.
pub fn steps_of(sim: &Sim, decision: &Decision, whose: &str) -> Vec<Step> {
    decision.chain.iter().map(|step| step_of(sim, step, whose)).collect()
}

fn step_of(sim: &Sim, step: &ChainStep, whose: &str) -> Step {
    let kept = |id: InstanceId| step.survivors.contains(&id);
    let mut scores: Vec<&(InstanceId, Score)> = step.scores.iter().collect();
    scores.sort_by_key(|(id, score)| (*score, *id));
    Step {
        name: step.strategy.to_string(),
        sentence: sentence_of(sim, step, whose),
        scores: scores
            .into_iter()
            .take(MOST_SCORES)
            .map(|(id, score)| (instance_name(*id), score_text(*score), kept(*id)))
            .collect(),
    }
}

fn score_text(score: Score) -> String {
    match score {
        Score::Unscored => "no preference".to_owned(),
        Score::Tasks(tasks) => count(u64::from(tasks), "task"),
        Score::CpuUnits(units) => format!("{} CPU units left", number(u64::from(units))),
        Score::MemoryMib(mib) => format!("{} MiB left", number(u64::from(mib))),
    }
}

fn sentence_of(sim: &Sim, step: &ChainStep, whose: &str) -> String {
    match &step.strategy {
        PlacementStrategy::Random => "No server is better than another; chance decides among those that are left".to_owned(),
        PlacementStrategy::Spread { field: SpreadField::InstanceId } => {
            format!("Fewest tasks of {whose} on the server: {}", places(step, instance_name))
        }
        PlacementStrategy::Spread { field: SpreadField::Attribute(name) } if **name == *ZONE_ATTRIBUTE => {
            format!("Fewest tasks of {whose} in the zone: {}", places(step, |id| zone_of(sim, id)))
        }
        PlacementStrategy::Spread { field: SpreadField::Attribute(name) } => {
            format!("Fewest tasks of {whose} for a value of {name}: {}", places(step, |id| value_of(sim, id, name)))
        }
        PlacementStrategy::BinPack { resource: BinPackResource::Cpu } => {
            format!("Least CPU left that is still enough: {}", places(step, instance_name))
        }
        PlacementStrategy::BinPack { resource: BinPackResource::Memory } => {
            format!("Least memory left that is still enough: {}", places(step, instance_name))
        }
    }
}

/// `us-east-1b has 1 task, us-east-1a has 2 tasks and 3 more have more`, best first.
fn places(step: &ChainStep, place_of: impl Fn(InstanceId) -> String) -> String {
    let scores: BTreeMap<String, Score> = step.scores.iter().map(|(id, score)| (place_of(*id), *score)).collect();
    let mut ranked: Vec<(Score, String)> = scores.into_iter().map(|(place, score)| (score, place)).collect();
    ranked.sort();
    let more = ranked.len().saturating_sub(MOST_PLACES);
    let named: Vec<String> =
        ranked.iter().take(MOST_PLACES).map(|(score, place)| format!("{place} has {}", score_text(*score))).collect();
    match more {
        0 => named.join(", "),
        more => format!("{} and {} more", named.join(", "), number(more as u64)),
    }
}

fn zone_of(sim: &Sim, instance: InstanceId) -> String {
    let zone = sim.belief().registry.get(instance).map(|known| known.zone);
    match zone.or(sim.truth().hosts.get(instance).map(|host| host.zone)) {
        Some(zone) => zone_name(sim, zone).to_string(),
        None => instance_name(instance),
    }
}

fn value_of(sim: &Sim, instance: InstanceId, attribute: &str) -> String {
    let known = sim.belief().registry.get(instance);
    match known.and_then(|known| known.attribute(attribute)).flatten() {
        Some(value) => value.to_owned(),
        None => "no value".to_owned(),
    }
}

/// How the last tie was broken, in a sentence.
pub fn tie_break_sentence(decision: &Decision) -> Option<String> {
    let left = decision.chain.last().map_or(0, |step| step.survivors.len() as u64);
    match decision.tie_break {
        TieBreak::NotNeeded => None,
        TieBreak::LowestId => Some(format!(
            "Amazon ECS does not say how it chooses among {} that are equally good; this rule is chosen for teaching, so that the \
             same run comes out the same.",
            count(left, "server")
        )),
        TieBreak::Random => Some(format!("It was a draw from the seed of the run, among {}.", count(left, "server"))),
    }
}
