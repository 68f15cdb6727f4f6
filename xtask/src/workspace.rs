//! Where things are, and how the project's own cargo is called.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// The wasm target the page is built for.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The folder that holds the workspace's `Cargo.toml`.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies inside the workspace")
}

/// Cargo's target folder: the one this program runs from, wherever the configuration has put it.
pub fn target_dir() -> Result<PathBuf> {
    let exe = env::current_exe().context("where this program is")?;
    let dir = exe.ancestors().nth(2).context("this program is run by cargo")?;
    Ok(dir.to_owned())
}

/// A call of the cargo that started us, at the root of the workspace.
pub fn cargo() -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.current_dir(root());
    command
}

/// The same for the wasm target. The folders of this machine are kept out of what is published: the same sources give the same
/// files everywhere.
pub fn cargo_for_wasm() -> Result<Command> {
    let home = env::home_dir().unwrap_or_default();
    let cargo_home = env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let answer =
        Command::new(rustc).args(["--print", "sysroot"]).current_dir(root()).output().context("asking rustc where it is")?;
    let sysroot = PathBuf::from(String::from_utf8_lossy(&answer.stdout).trim());
    let ours = [cargo_home.join("registry/src"), sysroot.join("lib/rustlib/src/rust")];
    let flags = ours.map(|folder| format!("'--remap-path-prefix={}='", folder.display())).join(",");
    let mut command = cargo();
    command.args(["--config", &format!("target.{WASM_TARGET}.rustflags=[{flags}]")]);
    Ok(command)
}
