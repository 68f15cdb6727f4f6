//! The programs we need but do not bring: each one missing gives one line that says what to install.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::workspace::{self, WASM_TARGET};

const NODE_MAJOR: u32 = 20;

/// The first of `names` that lies on the search path.
pub fn find(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let dirs: Vec<PathBuf> = env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| dirs.iter().map(move |dir| dir.join(format!("{name}{}", env::consts::EXE_SUFFIX))))
        .find(|file| file.is_file())
}

/// Runs `command` to its end; anything but success is an error that names `what`.
pub fn run(what: &str, command: &mut Command) -> Result<()> {
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("{what}: could not be started"))?;
    if !status.success() {
        bail!("{what} failed");
    }
    Ok(())
}

/// Adds the wasm target to the toolchain in use, if it has none.
pub fn ensure_wasm_target() -> Result<()> {
    let installed = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", WASM_TARGET])
        .current_dir(workspace::root())
        .output()
        .is_ok_and(|out| PathBuf::from(String::from_utf8_lossy(&out.stdout).trim()).is_dir());
    if installed {
        return Ok(());
    }
    if find(&["rustup"]).is_none() {
        bail!("the Rust target {WASM_TARGET} is missing: install rustup, or add the target to this toolchain");
    }
    run("rustup target add", Command::new("rustup").args(["target", "add", WASM_TARGET]).current_dir(workspace::root()))
}

/// Says what to install unless Node and npm are there and new enough.
pub fn ensure_node() -> Result<()> {
    let version = Command::new("node").arg("--version").output();
    let major = version.ok().and_then(|out| node_major(&String::from_utf8_lossy(&out.stdout)));
    match major {
        Some(major) if major >= NODE_MAJOR => {}
        Some(major) => {
            bail!("the browser tests need Node {NODE_MAJOR} or newer; this is Node {major}")
        }
        None => bail!("the browser tests need Node {NODE_MAJOR} or newer: install Node"),
    }
    if find(&["npm"]).is_none() {
        bail!("the browser tests need npm: install it beside Node");
    }
    Ok(())
}

fn node_major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_of_node_is_read() {
        assert_eq!(node_major("v20.20.2\n"), Some(20));
        assert_eq!(node_major("20.1"), None);
        assert_eq!(node_major(""), None);
    }
}
