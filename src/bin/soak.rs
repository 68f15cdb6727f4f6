//! Runs random commands for as long as asked and checks every invariant after every event. Prints how to repeat what it finds.
//!
//! `cargo run --release --bin soak -- --seed 1 --commands 1000000`: a fresh cluster for each few hundred commands. `--log` prints
//! every observation.

use std::collections::BTreeMap;
use std::process::ExitCode;

use ecs_playground::explain::kinds::kind_name;
use ecs_playground::sim::engine::Sim;
use ecs_playground::sim::invariants;
use ecs_playground::sim::log_checker::LogChecker;
use ecs_playground::sim::observation::Observation;
use ecs_playground::sim::random;
use lexopt::prelude::*;

#[path = "../../tests/common/chaos.rs"]
#[allow(dead_code, reason = "shared with the properties, which use all of it")]
mod chaos;

use chaos::Chaos;

/// Commands given to one cluster before the next begins.
const COMMANDS_OF_A_RUN: u64 = 200;

const USAGE: &str = "\
soak [--seed N] [--commands N] [--log|--kinds]   gives random commands (100,000 unless told) and checks every invariant after every event
                                            --log prints every observation, --kinds how often each kind was seen";

fn main() -> ExitCode {
    let (seed, commands, mut telling) = match options() {
        Ok(options) => options,
        Err(error) => {
            eprintln!("{error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    println!("soak --seed {seed} --commands {commands}");
    let (mut done, mut events, mut run) = (0, 0, seed);
    while done < commands {
        let length = COMMANDS_OF_A_RUN.min(commands - done);
        match soak(run, length, &mut telling) {
            Ok(seen) => events += seen,
            Err(what) => {
                eprintln!("violated: {what}\nrepeat with: cargo run --bin soak -- --seed {run} --commands {length}");
                return ExitCode::FAILURE;
            }
        }
        done += length;
        run += 1;
    }
    if let Telling::Kinds(seen) = telling {
        seen.iter().for_each(|(kind, times)| println!("{times:>9} {kind}"));
    }
    println!("{done} commands, {events} events, no invariant violated");
    ExitCode::SUCCESS
}

fn options() -> Result<(u64, u64, Telling), lexopt::Error> {
    let (mut seed, mut commands, mut telling) = (1, 100_000, Telling::Silent);
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("seed") => seed = parser.value()?.parse()?,
            Long("commands") => commands = parser.value()?.parse()?,
            Long("log") => telling = Telling::Aloud,
            Long("kinds") => telling = Telling::Kinds(BTreeMap::new()),
            Short(_) | Long(_) | Value(_) => return Err(argument.unexpected()),
        }
    }
    Ok((seed, commands, telling))
}

/// What is printed of the log.
enum Telling {
    Silent,
    Aloud,
    /// How often each kind was seen, at the end.
    Kinds(BTreeMap<&'static str, u64>),
}

/// Reads the log on, and tells of it what it is asked to.
fn read(log: &mut LogChecker, observations: &mut Vec<Observation>, telling: &mut Telling) -> Result<(), String> {
    match telling {
        Telling::Silent => {}
        Telling::Aloud => observations.iter().for_each(|observation| println!("{observation:?}")),
        Telling::Kinds(seen) => {
            observations.iter().for_each(|observation| *seen.entry(kind_name(&observation.kind)).or_default() += 1);
        }
    }
    let result = log.read_all(observations);
    observations.clear();
    result
}

/// One cluster, with some of the kinds of command only, so that rare combinations come up.
fn soak(seed: u64, commands: u64, telling: &mut Telling) -> Result<u64, String> {
    let mut chaos = Chaos::new(seed, random::mix(&[seed]) | random::mix(&[seed, 1]));
    let mut observations = Vec::new();
    let mut log = LogChecker::default();
    let mut events = 0;
    let mut sim = chaos.begin(&mut observations);
    for number in 0..commands {
        let at = |what: String, sim: &Sim| format!("after command {number}, at {} ms: {what}", sim.now_ms());
        let until_ms = sim.now_ms() + chaos.gap_ms();
        read(&mut log, &mut observations, telling).map_err(|what| at(what, &sim))?;
        while sim.advance_one(until_ms, &mut observations).is_some() {
            events += 1;
            read(&mut log, &mut observations, telling).map_err(|what| at(what, &sim))?;
            invariants::check(&sim).map_err(|what| at(what, &sim))?;
        }
        sim.advance_to(until_ms, &mut observations);
        let command = chaos.command(&sim);
        // A refusal is as good as obedience.
        let _ = sim.apply(&command, &mut observations);
        read(&mut log, &mut observations, telling).map_err(|what| at(format!("{what}\n{command:?}"), &sim))?;
        invariants::check(&sim).map_err(|what| at(format!("{what}\n{command:?}"), &sim))?;
    }
    Ok(events)
}
