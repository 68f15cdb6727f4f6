//! Runs a scenario with its script and prints its observations, in plain words or as one JSON object a line.

use std::io::Write;
use std::path::PathBuf;

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

fn plain_line(_sim: &Sim, observation: &Observation) -> String {
    format!("{:>9}  {:?}", time::clock(observation.at_ms), observation.kind)
}

fn json_line(_sim: &Sim, observation: &Observation) -> String {
    serde_json::json!({
        "id": observation.id.0,
        "at_ms": observation.at_ms,
        "cause": observation.cause.map(|cause| cause.0),
    })
    .to_string()
}
