//! `serve --watch`: builds the page again when a source changes and has open pages reload themselves.
//!
//! The script that reloads is a file of its own, so the page's Content-Security-Policy stays as strict as it is.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context, Result};

use crate::fingerprint::{self, Fingerprint};
use crate::page::{self, Purpose};
use crate::serve::Shared;
use crate::site::Site;
use crate::workspace;

const LOOK_EVERY: Duration = Duration::from_millis(300);
const SOURCES: &[&str] = &["src", "static", "index.html", "Cargo.toml", "Cargo.lock"];
const RELOAD_SCRIPT: &str = include_str!("reload.js");

/// Reads the page in `dist` and adds the script that reloads it.
pub fn load(dist: &Path) -> Result<Site> {
    let mut site = Site::load(dist)?;
    let index = site.plain("index.html").context("the page has an index.html")?;
    let index = String::from_utf8(index.to_vec())?;
    site.put("generation.txt", fingerprint::of(index.as_bytes()).into_bytes());
    site.put("reload.js", RELOAD_SCRIPT.as_bytes().to_vec());
    let with_script = index.replace("</head>", "<script type=\"module\" src=\"./reload.js\"></script>\n</head>");
    site.put("index.html", with_script.into_bytes());
    Ok(site)
}

/// Never returns unless the sources cannot be read.
pub fn rebuild_on_change(site: &Shared) -> Result<ExitCode> {
    let mut built = sources()?;
    loop {
        thread::sleep(LOOK_EVERY);
        let now = sources()?;
        if now == built || is_still_changing(&now)? {
            continue;
        }
        built = now;
        match page::build(Purpose::Watch).and_then(|dist| load(&dist)) {
            Ok(fresh) => {
                *site.write().expect("no thread panics holding the page") = fresh;
                println!("built again");
            }
            Err(error) => eprintln!("error: {error:#}; the page before it is still being served"),
        }
    }
}

fn is_still_changing(seen: &str) -> Result<bool> {
    thread::sleep(LOOK_EVERY);
    Ok(sources()? != seen)
}

/// The names and times of all sources, as one fingerprint. A file that vanishes while we look counts as a change.
fn sources() -> Result<String> {
    let mut seen = Fingerprint::new();
    for source in SOURCES {
        let path = workspace::root().join(source);
        let files = if path.is_dir() { page::files_under(&path)? } else { vec![path] };
        for file in files {
            let modified = fs::metadata(&file).and_then(|meta| meta.modified()).unwrap_or(UNIX_EPOCH);
            let nanos = modified.duration_since(UNIX_EPOCH)?.as_nanos();
            seen = seen.with(file.as_os_str().as_encoded_bytes()).with(&nanos.to_le_bytes());
        }
    }
    Ok(seen.hex())
}
