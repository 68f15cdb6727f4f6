//! `cargo xtask bench --browser`: the workloads of `benches/engine.rs` natively and in Chromium, in one table.
//!
//! Both are built before anything is measured, then each is measured in turn, more than once: the machine may be busy, so the
//! best of each case counts. Start reading at [`compare_with_browser`].

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use crate::site::Site;
use crate::workspace::{self, WASM_TARGET};
use crate::{browser, page, tools};

const BINARY: &str = "bench-page";
/// How often each side is measured.
const ROUNDS: u32 = 2;
/// The page loads nothing but the script that the test imports.
const INDEX: &str = "<!doctype html><html lang=en><title>Benches</title><link rel=icon href=data:,>";

/// What the browser adds to each case: how far the module's memory has grown, which never shrinks.
const MEMORY: &str = "MiB of memory";

/// One case as either side prints it: work, instances, unit, rate, and what follows.
struct Row {
    work: String,
    instances: u32,
    unit: String,
    rate: f64,
    /// Names and rates of the references.
    references: Vec<(String, f64)>,
}

/// Prints the native numbers, those of the browser and how they compare.
pub fn compare_with_browser() -> Result<ExitCode> {
    let site = build()?;
    // The same profile on both sides: what differs is the browser, not what the compiler was asked for.
    let engine = ["bench", "--profile", page::PUBLISHED, "--bench", "engine"];
    tools::run("cargo bench --no-run", workspace::cargo().args(engine).arg("--no-run"))?;
    let mut in_browser = browser::node_on(site)?;
    in_browser.arg("bench.mjs");
    let mut native = workspace::cargo();
    native.args(engine).args(["--quiet", "--", "--rows"]);
    let (mut natives, mut browsers) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        println!("round {round} of {ROUNDS}: native, then the browser; a few minutes each");
        keep_best(&mut natives, rows("the native benches", &mut native)?);
        keep_best(&mut browsers, rows("the benches in the browser", &mut in_browser)?);
    }
    print_table(&natives, &browsers);
    Ok(ExitCode::SUCCESS)
}

fn build() -> Result<Site> {
    tools::ensure_wasm_target()?;
    tools::run(
        "cargo build of the benches",
        workspace::cargo_for_wasm()?.args(["build", "--profile", page::PUBLISHED, "--target", WASM_TARGET, "--bin", BINARY]),
    )?;
    let target = workspace::target_dir()?;
    let bound = page::bind(
        &target.join(WASM_TARGET).join(page::PUBLISHED).join(format!("{BINARY}.wasm")),
        "bench",
        &target.join(BINARY),
    )?;
    let mut site = Site::default();
    site.put("index.html", INDEX.as_bytes().to_vec());
    for name in ["bench.js", "bench_bg.wasm"] {
        site.put(name, fs::read(bound.join(name))?);
    }
    Ok(site)
}

fn rows(what: &str, command: &mut Command) -> Result<Vec<Row>> {
    let out = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("{what}: could not be started"))?;
    if !out.status.success() {
        bail!("{what} failed");
    }
    let text = String::from_utf8_lossy(&out.stdout);
    text.lines().map(|line| Row::parse(line).with_context(|| format!("{what} printed {line:?}"))).collect()
}

impl Row {
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split('\t');
        let (work, instances) = (fields.next()?.to_owned(), fields.next()?.parse().ok()?);
        let (unit, rate) = (fields.next()?.to_owned(), fields.next()?.parse().ok()?);
        let mut references = Vec::new();
        while let Some(name) = fields.next() {
            references.push((name.to_owned(), fields.next()?.parse().ok()?));
        }
        Some(Self { work, instances, unit, rate, references })
    }

    fn reference(&self, wanted: &str) -> Option<f64> {
        self.references.iter().find(|(name, _)| name == wanted).map(|(_, value)| *value)
    }
}

fn keep_best(best: &mut Vec<Row>, measured: Vec<Row>) {
    if best.is_empty() {
        *best = measured;
        return;
    }
    for (best, measured) in best.iter_mut().zip(measured) {
        best.rate = best.rate.max(measured.rate);
        for (best, measured) in best.references.iter_mut().zip(measured.references) {
            best.1 = best.1.max(measured.1);
        }
    }
}

fn print_table(natives: &[Row], browsers: &[Row]) {
    println!(
        "| work | instances | native /s | cost to 100 | browser /s | cost to 100 | native / browser | MiB there | references, native /s |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|---|");
    let mut at_100 = BTreeMap::new();
    for (native, browser) in natives.iter().zip(browsers) {
        let (native_100, browser_100) = *at_100.entry(&native.work).or_insert((native.rate, browser.rate));
        let references: Vec<_> = native.references.iter().map(|(name, rate)| format!("{name} {}", thousands(*rate))).collect();
        println!(
            "| {}: {} | {} | {} | {:.2} | {} | {:.2} | {:.2} | {} | {} |",
            native.unit,
            native.work,
            thousands(f64::from(native.instances)),
            thousands(native.rate),
            native_100 / native.rate,
            thousands(browser.rate),
            browser_100 / browser.rate,
            native.rate / browser.rate,
            browser.reference(MEMORY).map_or_else(String::new, thousands),
            references.join(", "),
        );
    }
}

/// `1234567.8` as `1,234,568`.
fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_bench_is_read() {
        let row = Row::parse("random\t100\tplacements\t2500\tplain scan\t5000").unwrap();
        assert_eq!((row.work.as_str(), row.instances, row.rate), ("random", 100, 2_500.0));
        assert_eq!(row.references, [("plain scan".to_owned(), 5_000.0)]);
        assert_eq!((row.reference("plain scan"), row.reference(MEMORY)), (Some(5_000.0), None));
        assert!(Row::parse("Compiling").is_none());
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let texts = [100.0, 1_000.0, 1_234_567.8].map(thousands);
        assert_eq!(texts, ["100", "1,000", "1,234,568"]);
    }
}
