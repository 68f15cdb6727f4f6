//! Runs a scenario with its script and prints its observations, in plain words or as one JSON object a line.

use std::io::Write;
use std::path::PathBuf;

use crate::explain::{headline, kinds, words};
use crate::import::scenario::Scenario;
use crate::sim::engine::Sim;
use crate::sim::observation::Observation;
use crate::sim::time::{self, Millis};
use crate::sim::tuning::Tuning;

/// What was asked for.
pub struct Options {
    pub scenario: PathBuf,
    pub seed: Option<u64>,
    pub until_ms: Millis,
    pub json: bool,
}

/// Runs and prints.
pub fn run(options: &Options, out: &mut impl Write) -> Result<(), String> {
    let path = options.scenario.display();
    let text = std::fs::read_to_string(&options.scenario).map_err(|error| format!("{path}: {error}"))?;
    let scenario = Scenario::parse(&text)
        .map_err(|errors| errors.iter().map(|error| format!("{path}: {error}")).collect::<Vec<_>>().join("\n"))?;
    let mut observations = Vec::new();
    let mut sim = scenario.begin(options.seed, Tuning::default(), &mut observations)?;
    print(&sim, &mut observations, options.json, out)?;
    for step in scenario.script.iter().filter(|step| step.at_ms <= options.until_ms) {
        advance(&mut sim, step.at_ms, options.json, out)?;
        let command =
            step.action.resolve(&sim).map_err(|message| format!("{path}: at {}: {message}", time::clock(step.at_ms)))?;
        // A refusal is part of the log.
        let _ = sim.apply(&command, &mut observations);
        print(&sim, &mut observations, options.json, out)?;
    }
    advance(&mut sim, options.until_ms, options.json, out)
}

/// Prints each observation while the names in it are still known.
fn advance(sim: &mut Sim, until_ms: Millis, json: bool, out: &mut impl Write) -> Result<(), String> {
    let mut observations = Vec::new();
    while sim.advance_one(until_ms, &mut observations).is_some() {
        print(sim, &mut observations, json, out)?;
    }
    sim.advance_to(until_ms, &mut observations);
    Ok(())
}

fn print(sim: &Sim, observations: &mut Vec<Observation>, json: bool, out: &mut impl Write) -> Result<(), String> {
    for observation in observations.drain(..) {
        let line = if json { json_line(sim, &observation) } else { plain_line(sim, &observation) };
        writeln!(out, "{line}").map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn plain_line(sim: &Sim, observation: &Observation) -> String {
    format!("{:>9}  {}", time::clock(observation.at_ms), words::sentence(sim, observation))
}

fn json_line(sim: &Sim, observation: &Observation) -> String {
    let ids: serde_json::Map<_, _> = kinds_ids(observation).collect();
    serde_json::json!({
        "id": observation.id.0,
        "at_ms": observation.at_ms,
        "cause": observation.cause.map(|cause| cause.0),
        "kind": kinds::kind_name(&observation.kind),
        "ids": ids,
        "text": words::sentence(sim, observation),
    })
    .to_string()
}

fn kinds_ids(observation: &Observation) -> impl Iterator<Item = (String, serde_json::Value)> {
    headline::ids(&observation.kind).into_iter().map(|(name, id)| (name.to_string(), serde_json::Value::String(id)))
}
