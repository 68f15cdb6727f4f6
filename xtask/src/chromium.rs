//! Finds the Chromium that the browser tests drive.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::tools;

const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The browser named by `CHROMIUM`, or the system's; installed by apt-get when there is none and we may.
pub fn find() -> Result<PathBuf> {
    if let Some(named) = env::var_os("CHROMIUM").map(PathBuf::from) {
        if !named.is_file() {
            bail!("CHROMIUM names {}, which is not there", named.display());
        }
        return Ok(named);
    }
    if let Some(installed) = tools::find(NAMES) {
        return Ok(installed);
    }
    if is_root() && tools::find(&["apt-get"]).is_some() {
        println!("There is no Chromium here: installing it with apt-get.");
        tools::run("apt-get update", Command::new("apt-get").args(["update", "--quiet"]))?;
        tools::run(
            "apt-get install chromium",
            Command::new("apt-get")
                .args(["install", "--yes", "--quiet", "--no-install-recommends", "chromium"])
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )?;
        if let Some(installed) = tools::find(NAMES) {
            return Ok(installed);
        }
    }
    bail!("the browser tests need Chromium: install it, or name one in the environment variable CHROMIUM");
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}
