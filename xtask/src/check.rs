//! `cargo xtask test`: everything that must hold, cheapest first. The last line printed is `N passed, N failed`.

use std::io::{BufRead, BufReader};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result};

use crate::tally::Tally;
use crate::workspace::{self, WASM_TARGET};
use crate::{browser, tools};

/// Which of the tests to run.
pub enum Scope {
    /// All of them.
    All,
    /// Those that need no browser.
    Host,
    /// Those that do, or only those whose file name contains the filter.
    Browser {
        /// Part of a file name.
        filter: Option<String>,
    },
}

/// Runs the tests in `scope`; one that fails does not keep the later ones from running.
pub fn run(scope: &Scope) -> Result<ExitCode> {
    let mut tally = Tally::default();
    if !matches!(scope, Scope::Browser { .. }) {
        tally += or_one_failure(lint().map(|()| Tally::default()));
        tally += or_one_failure(host_tests());
    }
    match scope {
        Scope::Host => {}
        Scope::All => tally += or_one_failure(browser::run_tests(None)),
        Scope::Browser { filter } => tally += or_one_failure(browser::run_tests(filter.as_deref())),
    }
    println!("{tally}");
    Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn or_one_failure(outcome: Result<Tally>) -> Tally {
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        Tally::ONE_FAILURE
    })
}

fn lint() -> Result<()> {
    tools::ensure_wasm_target()?;
    tools::run("cargo fmt", workspace::cargo().args(["fmt", "--all", "--check"]))?;
    let clippy =
        |what, args: &[&str]| tools::run(what, workspace::cargo().arg("clippy").args(args).args(["--", "-D", "warnings"]));
    // One package at a time: together their dependencies would get other features and be built once more.
    clippy("clippy on this machine", &["--all-targets"])?;
    clippy("clippy of xtask", &["--package", "xtask", "--all-targets"])?;
    clippy("clippy for the browser", &["--target", WASM_TARGET, "--lib", "--bin", "ecs-playground", "--bin", "bench-page"])
}

fn host_tests() -> Result<Tally> {
    let mut tally = count(workspace::cargo().args(["test", "--no-fail-fast"]))?;
    tally += count(workspace::cargo().args(["test", "--package", "xtask"]))?;
    Ok(tally)
}

/// Runs `command`, shows what it prints and adds up what it says of its tests.
fn count(command: &mut Command) -> Result<Tally> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("cargo test could not be started")?;
    let mut tally = Tally::default();
    for line in BufReader::new(child.stdout.take().context("its output is piped")?).lines() {
        let line = line?;
        println!("{line}");
        tally += Tally::of_rust_line(&line).unwrap_or_default();
    }
    if !child.wait()?.success() && tally.failed == 0 {
        tally += Tally::ONE_FAILURE;
    }
    Ok(tally)
}
