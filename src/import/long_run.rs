//! One long run of a scenario with a few faults, boiled down to two numbers that must be the same on the host and in the browser.
//!
//! It must never depend on anything but the text of the scenario and the version. Start reading at [`hash_of_long_run`].

use crate::import::scenario::Scenario;
use crate::sim::command::{Command, InstanceStatusRequest};
use crate::sim::engine::Sim;
use crate::sim::fault::{AppTarget, Direction, Fault, NetworkTarget};
use crate::sim::hash::hash_observations;
use crate::sim::ids::InstanceId;
use crate::sim::time::{HOUR, MINUTE, Millis};
use crate::sim::tuning::Tuning;

/// How long the run is.
pub const LENGTH_MS: Millis = 2 * HOUR;

/// What two runs have in common when they are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LongRun {
    /// How many observations there were.
    pub observed: u64,
    /// The hash of all of them.
    pub log: u64,
    /// The hash of the state at the end.
    pub state: u64,
}

impl std::fmt::Display for LongRun {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {:016x} {:016x}", self.observed, self.log, self.state)
    }
}

/// Runs the scenario for two hours, breaking and healing something of each kind on the way.
pub fn hash_of_long_run(scenario: &str) -> Result<LongRun, String> {
    let scenario = Scenario::parse(scenario).map_err(|errors| errors.iter().map(ToString::to_string).collect::<String>())?;
    let mut observations = Vec::new();
    let mut sim = scenario.begin(None, Tuning::default(), &mut observations)?;
    let mut log = hash_observations(0, &observations);
    for (at_ms, deed) in deeds(&sim) {
        observations.clear();
        sim.advance_to(at_ms, &mut observations);
        deed.into_iter().for_each(|command| {
            // A scenario without what the command names refuses it; the refusal is part of the log.
            let _ = sim.apply(&command, &mut observations);
        });
        log = hash_observations(log, &observations);
    }
    observations.clear();
    sim.advance_to(LENGTH_MS, &mut observations);
    log = hash_observations(log, &observations);
    Ok(LongRun { observed: sim.observed(), log, state: sim.state_hash() })
}

/// What is done to every scenario, with what heals it a few minutes later.
fn deeds(sim: &Sim) -> Vec<(Millis, Vec<Command>)> {
    let family =
        sim.belief().definitions.iter().next().map_or_else(String::new, |(_, entry)| entry.definition.family.to_string());
    let zone = sim.belief().zones.last().map_or_else(String::new, |zone| zone.name.to_string());
    let (first, second, third) = (InstanceId(1), InstanceId(2), InstanceId(3));
    let cut = |target, direction| Fault::NetworkCut { target, direction };
    let mut deeds = Vec::new();
    let faults = [
        (6, 5, cut(NetworkTarget::Instance(second), Direction::Both)),
        (14, 6, Fault::ServerDeath { instance: first }),
        (24, 8, Fault::ContainerExit { target: AppTarget::Family(family), code: 1 }),
        (26, 4, Fault::RegistryFailure),
        (36, 7, Fault::AgentStop { instance: third }),
        (46, 9, Fault::PacketLoss { target: NetworkTarget::Zone(zone.clone()), percent: 60 }),
        (58, 10, Fault::ZoneFailure { zone: zone.clone() }),
        (72, 6, cut(NetworkTarget::Zone(zone), Direction::ToAgent)),
        (82, 5, Fault::DiskFull { instance: first }),
        (84, 5, Fault::RegistrySlow { factor: 9 }),
    ];
    let injected = sim.faults().injected();
    for (number, (at_minutes, for_minutes, fault)) in faults.into_iter().enumerate() {
        let id = crate::sim::ids::FaultId(injected + number as u32 + 1);
        deeds.push((at_minutes * MINUTE, vec![Command::InjectFault(fault)]));
        deeds.push(((at_minutes + for_minutes) * MINUTE, vec![Command::HealFault { fault: id }]));
    }
    let set = |status| vec![Command::UpdateContainerInstancesState { instance: second, status }];
    deeds.push((94 * MINUTE, set(InstanceStatusRequest::Draining)));
    deeds.push((104 * MINUTE, set(InstanceStatusRequest::Active)));
    deeds.push((108 * MINUTE, vec![Command::TerminateInstances { instance: third }]));
    deeds.sort_by_key(|(at_ms, _)| *at_ms);
    deeds
}
