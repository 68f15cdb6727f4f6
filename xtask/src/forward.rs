//! Hands what is not about the page to the main package: its command line and its benches.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::workspace;

/// `cargo xtask run …` is `playground-cli run …`, and so on.
pub fn to_command_line(command: &str, rest: Vec<OsString>) -> Result<ExitCode> {
    let mut cargo = workspace::cargo();
    cargo.args(["run", "--quiet", "--bin", "playground-cli", "--", command]).args(rest);
    pass_on(cargo)
}

/// `cargo xtask bench NAME` runs that bench; without a name, all of them.
pub fn to_benches(rest: Vec<OsString>) -> Result<ExitCode> {
    let mut cargo = workspace::cargo();
    cargo.arg("bench");
    match rest.split_first() {
        Some((name, rest)) => cargo.arg("--bench").arg(name).arg("--").args(rest),
        None => cargo.arg("--benches"),
    };
    pass_on(cargo)
}

/// Paths in the arguments are meant from where the caller stands.
fn pass_on(mut cargo: Command) -> Result<ExitCode> {
    cargo.current_dir(std::env::current_dir()?);
    let status = cargo.status().context("cargo could not be started")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
}
