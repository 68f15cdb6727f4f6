//! Runs the scripts in `tests/browser` against the release page in a real browser.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, RwLock};

use anyhow::{Context, Result, bail};

use crate::page::{self, Purpose};
use crate::site::Site;
use crate::tally::Tally;
use crate::{chromium, serve, tools, workspace};

/// The page is tested where an address that is not relative leads nowhere.
const BASE: &str = "/some/sub/path/";
const ANY_PORT: u16 = 0;
/// A whole test file that takes longer hangs.
const FILE_TIMEOUT_MS: u32 = 600_000;

/// Runs the browser tests, or those whose file name contains `filter`.
pub fn run_tests(filter: Option<&str>) -> Result<Tally> {
    let files = test_files(filter)?;
    let report = workspace::target_dir()?.join("browser-tests.tap");
    let _ = fs::remove_file(&report);
    let mut node = node_on_the_page()?;
    node.arg("--test")
        .arg(format!("--test-timeout={FILE_TIMEOUT_MS}"))
        .args(["--test-reporter=spec", "--test-reporter-destination=stdout", "--test-reporter=tap"])
        .arg(format!("--test-reporter-destination={}", report.display()))
        .args(files);
    let status = node.status().context("node could not be started")?;
    let mut tally = Tally::of_tap(&fs::read_to_string(&report).unwrap_or_default());
    if !status.success() && tally.failed == 0 {
        tally += Tally::ONE_FAILURE;
    }
    Ok(tally)
}

/// Takes pictures of the page into the folder `dir`.
pub fn take_shots(dir: &str) -> Result<ExitCode> {
    let dir = std::env::current_dir()?.join(dir);
    tools::run("taking the pictures", node_on_the_page()?.arg("shots.mjs").arg(dir))?;
    Ok(ExitCode::SUCCESS)
}

/// A call of Node that finds the page, served, in `BASE_URL` and the browser in `CHROMIUM`.
fn node_on_the_page() -> Result<Command> {
    node_on(Site::load(&page::build(Purpose::Publish)?)?)
}

/// A call of Node that finds `site`, served, in `BASE_URL` and the browser in `CHROMIUM`.
pub fn node_on(site: Site) -> Result<Command> {
    tools::ensure_node()?;
    let chromium = chromium::find()?;
    install_packages()?;
    let address = serve::start(Arc::new(RwLock::new(site)), Some(ANY_PORT), BASE)?;
    let mut node = Command::new("node");
    node.current_dir(folder()).stdin(Stdio::null()).env("BASE_URL", address).env("CHROMIUM", chromium);
    Ok(node)
}

fn folder() -> PathBuf {
    workspace::root().join("tests/browser")
}

fn test_files(filter: Option<&str>) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.mjs") && name.contains(filter.unwrap_or_default()) {
            files.push(PathBuf::from(name));
        }
    }
    if files.is_empty() {
        bail!("no browser test has {:?} in its file name", filter.unwrap_or_default());
    }
    files.sort();
    Ok(files)
}

/// Brings `node_modules` to what the lock file says, unless it is there already.
fn install_packages() -> Result<()> {
    let modified = |name: &str| fs::metadata(folder().join(name)).and_then(|meta| meta.modified());
    let is_fresh = match (modified("node_modules/.package-lock.json"), modified("package-lock.json")) {
        (Ok(installed), Ok(locked)) => installed >= locked,
        _ => false,
    };
    if is_fresh {
        return Ok(());
    }
    tools::run("npm ci in tests/browser", Command::new("npm").arg("ci").current_dir(folder()))
}
