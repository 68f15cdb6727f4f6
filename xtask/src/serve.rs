//! Serves the built page over HTTP on this machine only.

use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitCode;
use std::sync::{Arc, RwLock};
use std::thread;

use anyhow::{Context, Result, anyhow};
use tiny_http::{Header, Method, Request, Response, Server};

use crate::page::{self, Purpose};
use crate::site::{Answer, Question, Site};
use crate::watch;

const FIRST_PORT: u16 = 8080;
const LAST_PORT: u16 = 8179;
const WORKERS: usize = 4;

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
    let server = Server::from_listener(listener, None).map_err(|error| anyhow!(error))?;
    let server = Arc::new(server);
    for _ in 0..WORKERS {
        let (server, site) = (Arc::clone(&server), Arc::clone(&site));
        thread::spawn(move || {
            while let Ok(request) = server.recv() {
                // A browser that hangs up half way is no trouble of ours.
                let _ = answer(request, &site, base);
            }
        });
    }
    Ok(address)
}

fn listen(port: Option<u16>) -> Result<TcpListener> {
    let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    match port {
        Some(port) => bind(port).with_context(|| format!("port {port} cannot be used")),
        None => (FIRST_PORT..=LAST_PORT)
            .find_map(|port| bind(port).ok())
            .with_context(|| {
                format!("no port from {FIRST_PORT} to {LAST_PORT} is free: choose one with --port")
            }),
    }
}

fn answer(request: Request, site: &Shared, base: &str) -> std::io::Result<()> {
    let header = |name: &'static str| {
        let found = request
            .headers()
            .iter()
            .find(|header| header.field.equiv(name));
        found.map_or("", |header| header.value.as_str())
    };
    let answer = match (request.method(), request.url().strip_prefix(base)) {
        (Method::Get | Method::Head, Some(path)) => site
            .read()
            .expect("no thread panics holding the page")
            .answer(Question {
                path,
                accept_encoding: header("Accept-Encoding"),
                if_none_match: header("If-None-Match"),
            }),
        (Method::Get | Method::Head, None) => {
            Answer::text(404, "There is nothing at this address.\n")
        }
        _ => Answer::text(405, "This server only answers GET and HEAD.\n"),
    };
    let mut response = Response::from_data(answer.body).with_status_code(answer.status);
    for (name, value) in answer.headers {
        response.add_header(Header::from_bytes(name, value).expect("our headers are ASCII"));
    }
    request.respond(response)
}
