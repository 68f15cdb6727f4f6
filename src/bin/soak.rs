//! Runs random commands for as long as asked and checks every invariant after every event. Prints how to repeat what it finds.
//!
//! `cargo run --release --bin soak -- --seed 1 --commands 1000000`: a fresh cluster for each few hundred commands. `--log` prints
//! every observation.

use std::process::ExitCode;

use ecs_playground::sim::engine::Sim;
use ecs_playground::sim::invariants;
use ecs_playground::sim::log_checker::LogChecker;
use ecs_playground::sim::observation::Observation;
use ecs_playground::sim::random;

#[path = "../../tests/common/chaos.rs"]
#[allow(dead_code, reason = "shared with the properties, which use all of it")]
mod chaos;

use chaos::Chaos;

/// Commands given to one cluster before the next begins.
const COMMANDS_OF_A_RUN: u64 = 400;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let option = |name: &str, usual: u64| {
        let given = arguments.windows(2).find(|pair| pair[0] == name).map(|pair| pair[1].as_str());
        given.map_or(Ok(usual), |text| text.parse().map_err(|_| format!("{name} needs a number, not {text}")))
    };
    let (seed, commands) = match (option("--seed", 1), option("--commands", 100_000)) {
        (Ok(seed), Ok(commands)) => (seed, commands),
        (Err(message), _) | (_, Err(message)) => {
            eprintln!("{message}");
            return ExitCode::FAILURE;
        }
    };
    println!("soak --seed {seed} --commands {commands}");
    let telling = if arguments.iter().any(|argument| argument == "--log") { Telling::Aloud } else { Telling::Silent };
    let (mut done, mut events, mut run) = (0, 0, seed);
    while done < commands {
        let length = COMMANDS_OF_A_RUN.min(commands - done);
        match soak(run, length, telling) {
            Ok(seen) => events += seen,
            Err(what) => {
                eprintln!("violated: {what}\nrepeat with: cargo run --bin soak -- --seed {run} --commands {length}");
                return ExitCode::FAILURE;
            }
        }
        done += length;
        run += 1;
    }
    println!("{done} commands, {events} events, no invariant violated");
    ExitCode::SUCCESS
}

/// Is the log printed?
#[derive(Clone, Copy)]
enum Telling {
    Silent,
    Aloud,
}

/// Reads the log on, and prints it when asked to.
fn read(log: &mut LogChecker, observations: &mut Vec<Observation>, telling: Telling) -> Result<(), String> {
    match telling {
        Telling::Silent => {}
        Telling::Aloud => observations.iter().for_each(|observation| println!("{observation:?}")),
    }
    let result = log.read_all(observations);
    observations.clear();
    result
}

/// One cluster, with some of the kinds of command only, so that rare combinations come up.
fn soak(seed: u64, commands: u64, telling: Telling) -> Result<u64, String> {
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
