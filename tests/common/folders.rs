//! Runs that lie in folders: a scenario each, and the whole log it must give, in plain words.

#![allow(dead_code, reason = "each test binary uses its part")]

#[path = "shorten.rs"]
pub mod shorten;

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use ecs_playground::explain::words::sentence;
use ecs_playground::import::action::Action;
use ecs_playground::import::scenario::Scenario;
use ecs_playground::sim::engine::Sim;
use ecs_playground::sim::invariants;
use ecs_playground::sim::log_checker::LogChecker;
use ecs_playground::sim::observation::Observation;
use ecs_playground::sim::time::{Millis, clock};
use ecs_playground::sim::tuning::Tuning;
use expect_test::expect_file;

/// A folder of `tests/`, by the names of its folders.
pub fn folder(kind: &str, name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests").join(kind).join(name)
}

/// Names of the folders in a folder of `tests/`.
pub fn names(kind: &str) -> Vec<String> {
    let entries = fs::read_dir(folder(kind, "")).expect("the folder can be read").map(|entry| entry.expect("an entry").path());
    let mut names: Vec<String> =
        entries.filter(|path| path.is_dir()).map(|path| path.file_name().unwrap().to_str().unwrap().to_string()).collect();
    names.sort();
    names
}

/// A run that writes down what it sees while the names in it are still known.
pub struct WrittenRun {
    pub sim: Sim,
    pub log: Vec<Observation>,
    /// The words of each observation.
    pub lines: Vec<String>,
    folder: PathBuf,
    checker: LogChecker,
}

impl WrittenRun {
    /// Begins the scenario of a folder.
    pub fn begin(kind: &str, name: &str) -> (Scenario, Self) {
        let folder = folder(kind, name);
        let text = fs::read_to_string(folder.join("scenario.toml")).expect("a scenario");
        let scenario = Scenario::parse(&text).unwrap_or_else(|errors| panic!("{name}: {errors:?}"));
        let mut observations = Vec::new();
        let sim = scenario.begin(None, Tuning::default(), &mut observations).expect("the scenario begins");
        let mut run = Self { sim, log: Vec::new(), lines: Vec::new(), folder, checker: LogChecker::default() };
        run.write(&mut observations);
        (scenario, run)
    }

    /// Does what the script says until an instant.
    pub fn follow(&mut self, scenario: &Scenario, until_ms: Millis) {
        for step in &scenario.script {
            assert!(step.at_ms <= until_ms, "the script goes on after the run");
            self.go(step.at_ms);
            self.act(&step.action);
        }
        self.go(until_ms);
    }

    /// Lets time pass until an instant.
    pub fn go(&mut self, until_ms: Millis) {
        let mut observations = Vec::new();
        while self.sim.advance_one(until_ms, &mut observations).is_some() {
            self.write(&mut observations);
        }
        self.sim.advance_to(until_ms, &mut observations);
    }

    /// A refusal is part of the log.
    pub fn act(&mut self, action: &Action) {
        let mut observations = Vec::new();
        let command = action.resolve(&self.sim).unwrap_or_else(|message| panic!("{message}"));
        let _ = self.sim.apply(&command, &mut observations);
        self.write(&mut observations);
    }

    fn write(&mut self, observations: &mut Vec<Observation>) {
        self.checker.read_all(observations).unwrap();
        invariants::check(&self.sim).unwrap();
        for observation in observations.drain(..) {
            self.lines.push(sentence(&self.sim, &observation));
            self.log.push(observation);
        }
    }

    /// The whole log.
    pub fn text(&self) -> String {
        self.log.iter().zip(&self.lines).fold(String::new(), |mut text, (observation, line)| {
            writeln!(text, "{:>8}  {line}", clock(observation.at_ms)).unwrap();
            text
        })
    }

    /// The log is the expected one, repetitions cut; with `UPDATE_EXPECT=1` it becomes so.
    pub fn compare(&self) {
        let lines: Vec<String> = self.text().lines().map(str::to_owned).collect();
        expect_file![self.folder.join("expected.txt")].assert_eq(&shorten::shortened(&lines));
    }
}
