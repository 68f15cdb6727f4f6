//! A scenario, run up to the instant at which the page opens it.

use crate::import::scenario::Scenario;
use crate::sim::engine::Sim;
use crate::sim::tuning::Tuning;

/// Opens it. A scenario that was read can be begun; a refusal in its script is part of the run.
pub fn open(scenario: &Scenario, tuning: Tuning) -> Sim {
    let mut observations = Vec::new();
    let mut sim = scenario.begin(None, tuning, &mut observations).expect("the scenario was tried when it was read");
    for step in scenario.script.iter().filter(|step| step.at_ms <= scenario.open_at_ms) {
        sim.advance_to(step.at_ms, &mut observations);
        if let Ok(command) = step.action.resolve(&sim) {
            let _ = sim.apply(&command, &mut observations);
        }
        observations.clear();
    }
    sim.advance_to(scenario.open_at_ms, &mut observations);
    sim
}
