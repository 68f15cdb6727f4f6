//! `cargo xtask bench --browser`: the workloads of `benches/engine.rs` natively and in Chromium, in one table.
//!
//! Both are built before anything is measured, then each is measured in turn, more than once: the machine may be busy, so the
//! best of each case counts. Start reading at [`compare_with_browser`].

use std::fs;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use crate::bench_tables::{Measured, Row, keep_best};
use crate::site::Site;
use crate::workspace::{self, WASM_TARGET};
use crate::{browser, page, tools};

const BINARY: &str = "bench-page";
/// How often each side is measured.
const ROUNDS: u32 = 2;
/// The page loads nothing but the script that the test imports.
const INDEX: &str = "<!doctype html><html lang=en><title>Benches</title><link rel=icon href=data:,>";

/// The page with the numbers, and the lines between which they stand.
const PAGE: &str = "docs/speed.md";
const BEGIN: &str = "<!-- written by cargo xtask bench --browser -->";
const END: &str = "<!-- to here -->";

/// Measures natively and in the browser, and writes how they compare into `docs/speed.md`.
pub fn compare_with_browser() -> Result<ExitCode> {
    let site = build()?;
    let engine = |profile| ["bench", "--profile", profile, "--bench", "engine"];
    let (like_page, for_speed) = (engine(page::PUBLISHED), engine("release"));
    for arguments in [like_page, for_speed] {
        tools::run("cargo bench --no-run", workspace::cargo().args(arguments).arg("--no-run"))?;
    }
    let mut in_browser = browser::node_on(site)?;
    in_browser.arg("bench.mjs");
    let natively = |arguments: [&str; 5]| {
        let mut native = workspace::cargo();
        native.args(arguments).args(["--quiet", "--", "--rows"]);
        native
    };
    let mut best = Measured::default();
    for round in 1..=ROUNDS {
        println!("round {round} of {ROUNDS}: native twice, then the browser; a few minutes each");
        keep_best(&mut best.native, rows("the native benches", &mut natively(like_page))?);
        keep_best(&mut best.release, rows("the native benches, built for speed", &mut natively(for_speed))?);
        keep_best(&mut best.browser, rows("the benches in the browser", &mut in_browser)?);
    }
    let tables = best.tables();
    println!("{tables}");
    let path = workspace::root().join(PAGE);
    let before = fs::read_to_string(&path).with_context(|| PAGE)?;
    let after = between(&before, &tables).with_context(|| format!("{PAGE} lacks {BEGIN:?} and {END:?}"))?;
    fs::write(&path, after).with_context(|| PAGE)?;
    println!("written to {PAGE}");
    Ok(ExitCode::SUCCESS)
}

/// The text with other tables between its marks.
fn between(text: &str, tables: &str) -> Option<String> {
    let (head, rest) = text.split_once(BEGIN)?;
    let (_, tail) = rest.split_once(END)?;
    Some(format!("{head}{BEGIN}\n\n{tables}\n{END}{tail}"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_take_the_place_of_older_ones() {
        let text = format!("head\n{BEGIN}\nold\n{END}\ntail\n");
        assert_eq!(between(&text, "| new |\n").unwrap(), format!("head\n{BEGIN}\n\n| new |\n\n{END}\ntail\n"));
        assert_eq!(between("no marks", ""), None);
    }
}
