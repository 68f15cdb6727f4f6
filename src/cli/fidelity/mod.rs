//! How close the simulator comes to what was captured from the real service: each published interval beside the median of many seeds.
//!
//! No constant is tuned to a row: the constants come from `tuning`, each with its own source in the ledger. Start reading at [`rows`].

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::explain::{kinds, words};
use crate::import::scenario::Scenario;
use crate::sim::engine::Sim;
use crate::sim::observation::Observation;
use crate::sim::time::Millis;
use crate::sim::tuning::Tuning;

mod rows;

pub use rows::{Mark, Measure, ROWS, Row, SETUPS, Setup};

/// A row within a fifth of the published number holds, wherever no spread was published.
const TOLERANCE_PERCENT: u64 = 20;

/// What came out for one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub row: &'static Row,
    /// Runs it was measured in.
    pub seeds: u64,
    /// The median over the seeds; `None` when the marks were not found in every run.
    pub median: Option<u64>,
    /// Least and greatest.
    pub range: Option<(u64, u64)>,
}

impl Outcome {
    /// The median lies within the published spread, or within a fifth of the published number.
    pub fn holds(&self) -> bool {
        let (low, high) = self.row.accepted();
        self.median.is_some_and(|median| (low..=high).contains(&median))
    }

    /// How far the median lies from the published number, in per cent of it.
    fn difference(&self) -> Option<String> {
        let published = i128::from(self.row.published);
        let off = i128::from(self.median?) - published;
        Some(format!("{:+} %", (off * 200 + published * off.signum()) / (published * 2)))
    }

    fn verdict(&self) -> &'static str {
        if self.holds() { "holds" } else { "DOES NOT HOLD" }
    }
}

impl Row {
    /// What counts as the same.
    pub fn accepted(&self) -> (u64, u64) {
        let (least, most) = (self.published - self.error, self.published + self.error);
        let (low, high) = (least * (100 - TOLERANCE_PERCENT) / 100, (most * (100 + TOLERANCE_PERCENT)).div_ceil(100));
        self.spread.map_or((low, high), |(least, most)| (least.min(low), most.max(high)))
    }
}

/// Runs every set-up with `seeds` seeds, or as many as it takes at most, and measures every row.
pub fn measure(seeds: u64) -> Result<Vec<Outcome>, String> {
    let mut outcomes = Vec::new();
    for setup in SETUPS {
        let mut found: BTreeMap<&str, Vec<Option<u64>>> = BTreeMap::new();
        let rows: Vec<&'static Row> = ROWS.iter().filter(|row| row.setup == setup.name).collect();
        let scenario = Scenario::parse(setup.scenario).map_err(|errors| {
            format!("{}: {}", setup.name, errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
        })?;
        let seeds = seeds.min(setup.most_seeds);
        for seed in 1..=seeds {
            let log = play(setup, &scenario, seed).map_err(|what| format!("{}, seed {seed}: {what}", setup.name))?;
            for row in &rows {
                found.entry(row.id).or_default().push(row.measure.of(&log));
            }
        }
        outcomes.extend(rows.iter().map(|row| outcome(row, seeds, found.remove(row.id).unwrap_or_default())));
    }
    Ok(outcomes)
}

fn outcome(row: &'static Row, seeds: u64, found: Vec<Option<u64>>) -> Outcome {
    let complete: Option<Vec<u64>> = found.into_iter().collect();
    let Some(mut values) = complete.filter(|values| !values.is_empty()) else {
        return Outcome { row, seeds, median: None, range: None };
    };
    values.sort_unstable();
    let range = values.first().copied().zip(values.last().copied());
    Outcome { row, seeds, median: values.get(values.len() / 2).copied(), range }
}

/// One line of a log: when, the kind of fact, and its words.
pub struct Line {
    pub at_ms: Millis,
    pub kind: &'static str,
    pub text: String,
}

fn play(setup: &Setup, scenario: &Scenario, seed: u64) -> Result<Vec<Line>, String> {
    let mut tuning = Tuning::default();
    (setup.then)(&mut tuning);
    let (mut observations, mut log) = (Vec::new(), Vec::new());
    let mut sim = scenario.begin(Some(seed), tuning, &mut observations)?;
    read(&sim, &mut observations, &mut log);
    for step in &scenario.script {
        go(&mut sim, step.at_ms, &mut log);
        let command = step.action.resolve(&sim)?;
        sim.apply(&command, &mut observations).map_err(|refusal| format!("{}: {}", refusal.code, refusal.message))?;
        read(&sim, &mut observations, &mut log);
    }
    go(&mut sim, scenario.open_at_ms, &mut log);
    Ok(log)
}

fn go(sim: &mut Sim, until_ms: Millis, log: &mut Vec<Line>) {
    let mut observations = Vec::new();
    while sim.advance_one(until_ms, &mut observations).is_some() {
        read(sim, &mut observations, log);
    }
    sim.advance_to(until_ms, &mut observations);
}

/// Puts what some row looks for into words, while the names in it are still known.
fn read(sim: &Sim, observations: &mut Vec<Observation>, log: &mut Vec<Line>) {
    for observation in observations.drain(..) {
        let kind = kinds::kind_name(&observation.kind);
        if ROWS.iter().any(|row| row.measure.looks_at(kind)) {
            log.push(Line { at_ms: observation.at_ms, kind, text: words::sentence(sim, &observation) });
        }
    }
}

/// The table, as Markdown, and under it what each set-up is and what is assumed in it.
pub fn table(outcomes: &[Outcome]) -> String {
    let mut text =
        "Median over the seeds beside the published number; accepted is the published spread, or 20 % around the number and around how far off it may be (±).\n\n\
        | run | what | published | accepted | here | difference | least to most | seeds | assumed | |\n\
        |---|---|--:|--:|--:|--:|--:|--:|---|---|\n"
            .to_owned();
    for outcome in outcomes {
        let row = outcome.row;
        let number = |value: u64| row.measure.words(value);
        let (low, high) = row.accepted();
        let here = outcome.median.map_or_else(|| "not found".to_owned(), number);
        let range = outcome.range.map_or_else(String::new, |(least, most)| format!("{} – {}", number(least), number(most)));
        let error = if row.error > 0 { format!(" ± {}", number(row.error)) } else { String::new() };
        writeln!(
            text,
            "| {} | {} | {}{error} | {} – {} | {here} | {} | {range} | {} | {} | {} |",
            row.id,
            row.what,
            number(row.published),
            number(low),
            number(high),
            outcome.difference().unwrap_or_default(),
            outcome.seeds,
            mark_of(row.setup).map_or_else(String::new, String::from),
            outcome.verdict()
        )
        .expect("a text takes what is written");
    }
    let held = outcomes.iter().filter(|outcome| outcome.holds()).count();
    writeln!(text, "\n{held} of {} hold.\n", outcomes.len()).expect("a text takes what is written");
    for setup in SETUPS {
        writeln!(text, "- {}", setup.replayed()).expect("a text takes what is written");
        if let (Some(mark), Some(assumed)) = (mark_of(setup.name), setup.assumed()) {
            writeln!(text, "  Assumed ({mark}): {assumed}").expect("a text takes what is written");
        }
    }
    text
}

/// The letter under which the table says what is assumed in a set-up.
fn mark_of(name: &str) -> Option<char> {
    let mut assuming = SETUPS.iter().filter(|setup| setup.assumed().is_some());
    ('a'..='z').nth(assuming.position(|setup| setup.name == name)?)
}
