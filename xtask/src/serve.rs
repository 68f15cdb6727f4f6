//! Serves the built page over HTTP on this machine only.

use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitCode;
use std::sync::{Arc, RwLock};
use std::thread;

use anyhow::{Context, Result};

use crate::http::{self, Request};
use crate::page::{self, Purpose};
use crate::site::{Answer, Question, Site};
use crate::watch;

const FIRST_PORT: u16 = 8080;
const LAST_PORT: u16 = 8179;

/// What `serve` does once the page is up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Serves the page as it was built.
    Once,
    /// Builds it again whenever a source changes, and has open pages reload themselves.
    Watch,
}

/// A page that can be replaced while it is being served.
pub type Shared = Arc<RwLock<Site>>;

/// Builds the page and serves it until the program is ended.
pub fn serve(port: Option<u16>, mode: Mode) -> Result<ExitCode> {
    let site = match mode {
        Mode::Once => Site::load(&page::build(Purpose::Publish)?)?,
        Mode::Watch => watch::load(&page::build(Purpose::Watch)?)?,
    };
    let site = Arc::new(RwLock::new(site));
    let address = start(Arc::clone(&site), port, "/")?;
    println!("ECS Playground is at {address}");
    match mode {
        Mode::Once => loop {
            thread::park();
        },
        Mode::Watch => watch::rebuild_on_change(&site),
    }
}

/// Serves `site` below the path `base` from threads of its own, and returns its address.
pub fn start(site: Shared, port: Option<u16>, base: &'static str) -> Result<String> {
    let listener = listen(port)?;
    let address = format!("http://{}{base}", listener.local_addr()?);
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let site = Arc::clone(&site);
            thread::spawn(move || {
                // A browser that hangs up half way is no trouble of ours.
                let _ = http::converse(connection, |request| answer(request, &site, base));
            });
        }
    });
    Ok(address)
}

fn listen(port: Option<u16>) -> Result<TcpListener> {
    let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    match port {
        Some(port) => bind(port).with_context(|| format!("port {port} cannot be used")),
        None => (FIRST_PORT..=LAST_PORT)
            .find_map(|port| bind(port).ok())
            .with_context(|| format!("no port from {FIRST_PORT} to {LAST_PORT} is free: choose one with --port")),
    }
}

fn answer(request: &Request, site: &Shared, base: &str) -> Answer {
    if !matches!(request.method, "GET" | "HEAD") {
        return Answer::text(405, "This server only answers GET and HEAD.\n");
    }
    let Some(path) = request.target.strip_prefix(base) else {
        return Answer::text(404, "There is nothing at this address.\n");
    };
    let site = site.read().expect("no thread panics holding the page");
    site.answer(Question {
        path,
        accept_encoding: request.header("accept-encoding"),
        if_none_match: request.header("if-none-match"),
    })
}
