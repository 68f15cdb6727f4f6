//! `run`, `check`, `fidelity` and `schema`: what `cargo xtask` calls for authors. It must never be compiled into the page.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lexopt::prelude::*;

mod check;
pub mod fidelity;
mod run;

const USAGE: &str = "\
run SCENARIO [--seed N] [--until 10m] [--json]   runs a scenario with its script and prints what is observed
check FILE...                                    validates scenarios, units and task definitions
fidelity [--seeds 100]                           replays captured runs and prints them beside the published numbers
schema                                           prints the JSON Schema of scenarios";

/// Runs one command line; the exit code is 0 when all went well, 1 when a file is wrong, 2 when the command line is.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    match dispatch(arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn dispatch(arguments: impl IntoIterator<Item = OsString>) -> Result<ExitCode, lexopt::Error> {
    let mut parser = lexopt::Parser::from_iter(arguments);
    match parser.next()? {
        Some(Value(command)) if command == "run" => run(parser),
        Some(Value(command)) if command == "check" => check(parser),
        Some(Value(command)) if command == "fidelity" => fidelity(parser),
        Some(Value(command)) if command == "schema" => {
            println!("{}", check::schema());
            Ok(ExitCode::SUCCESS)
        }
        Some(argument) => Err(argument.unexpected()),
        None => Err("a command is missing".into()),
    }
}

fn run(mut parser: lexopt::Parser) -> Result<ExitCode, lexopt::Error> {
    let mut options = run::Options { scenario: PathBuf::new(), seed: None, until_ms: 600_000, json: false };
    while let Some(argument) = parser.next()? {
        match argument {
            Long("seed") => options.seed = Some(parser.value()?.parse()?),
            Long("until") => options.until_ms = parser.value()?.parse_with(crate::import::duration::parse)?,
            Long("json") => options.json = true,
            Value(path) if options.scenario.as_os_str().is_empty() => options.scenario = PathBuf::from(path),
            Short(_) | Long(_) | Value(_) => return Err(argument.unexpected()),
        }
    }
    if options.scenario.as_os_str().is_empty() {
        return Err("run needs the path of a scenario".into());
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let outcome = run::run(&options, &mut out).and_then(|()| out.flush().map_err(|error| error.to_string()));
    Ok(report(outcome.err().as_slice()))
}

fn check(mut parser: lexopt::Parser) -> Result<ExitCode, lexopt::Error> {
    let mut wrong = Vec::new();
    let mut files = 0;
    while let Some(argument) = parser.next()? {
        match argument {
            Value(path) => {
                files += 1;
                wrong.extend(check::file(Path::new(&path)));
            }
            Short(_) | Long(_) => return Err(argument.unexpected()),
        }
    }
    if files == 0 {
        return Err("check needs the path of at least one file".into());
    }
    if wrong.is_empty() {
        println!("{files} checked, nothing wrong");
    }
    Ok(report(&wrong))
}

fn fidelity(mut parser: lexopt::Parser) -> Result<ExitCode, lexopt::Error> {
    let mut seeds = 100;
    while let Some(argument) = parser.next()? {
        match argument {
            Long("seeds") => seeds = parser.value()?.parse()?,
            Short(_) | Long(_) | Value(_) => return Err(argument.unexpected()),
        }
    }
    let outcomes = match fidelity::measure(seeds) {
        Ok(outcomes) => outcomes,
        Err(message) => return Ok(report(&[message])),
    };
    print!("{}", fidelity::table(&outcomes));
    Ok(if outcomes.iter().all(fidelity::Outcome::holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn report(wrong: &[String]) -> ExitCode {
    for line in wrong {
        eprintln!("{line}");
    }
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
