//! `cargo xtask`: builds, serves and tests ECS Playground, and forwards to its command line.
//!
//! Start reading at [`page`], which turns the sources into `dist/`; everything else serves that folder or checks it.

mod bench;
mod bench_tables;
mod browser;
mod check;
mod chromium;
mod compress;
mod fingerprint;
mod forward;
mod http;
mod page;
mod serve;
mod site;
mod tally;
mod tools;
mod watch;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};
use pico_args::Arguments;

const HELP: &str = "\
cargo xtask COMMAND

The page
  serve [--port N] [--watch]   build the release page, serve it on 127.0.0.1 and print the address;
                               8080 or the next free port, unless --port says which;
                               --watch rebuilds when a source changes and reloads the page
  build                        leave the page in dist/, for any static host and any sub-path
  shots [DIR]                  screenshots of the page, wide and narrow, light and dark (DIR: shots)

Tests
  test                         format, clippy, host tests, then the browser tests on the release page
       --host-only             leave the browser out
       --browser-only [FILTER] only the browser tests, or those whose file name contains FILTER

The simulator, without a browser
  run SCENARIO [--seed N] [--until 10m] [--json]
  check FILE…
  fidelity
  bench [NAME]                 native benches, or the one named NAME
  bench --browser              placement and events natively and in Chromium, in one table

The browser is $CHROMIUM, or the system's chromium, chromium-browser or google-chrome.";

fn main() -> ExitCode {
    match dispatch(Arguments::from_env()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(mut args: Arguments) -> Result<ExitCode> {
    let Some(command) = args.subcommand()? else {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    match command.as_str() {
        "run" | "check" | "fidelity" => return forward::to_command_line(&command, args.finish()),
        "bench" if args.contains("--browser") => {
            no_more(args)?;
            return bench::compare_with_browser();
        }
        "bench" => return forward::to_benches(args.finish()),
        _ => {}
    }
    if args.contains(["-h", "--help"]) {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    match command.as_str() {
        "serve" => {
            let port = args.opt_value_from_str("--port")?;
            let mode = if args.contains("--watch") { serve::Mode::Watch } else { serve::Mode::Once };
            no_more(args)?;
            serve::serve(port, mode)
        }
        "build" => {
            no_more(args)?;
            let dist = page::build(page::Purpose::Publish)?;
            println!("{}", dist.display());
            Ok(ExitCode::SUCCESS)
        }
        "shots" => {
            let dir: Option<String> = args.opt_free_from_str()?;
            no_more(args)?;
            browser::take_shots(dir.as_deref().unwrap_or("shots"))
        }
        "test" => {
            let scope = test_scope(&mut args)?;
            no_more(args)?;
            check::run(&scope)
        }
        _ => bail!("no command {command:?}; cargo xtask --help lists them"),
    }
}

fn test_scope(args: &mut Arguments) -> Result<check::Scope> {
    if args.contains("--host-only") {
        return Ok(check::Scope::Host);
    }
    if args.contains("--browser-only") {
        return Ok(check::Scope::Browser { filter: args.opt_free_from_str()? });
    }
    Ok(check::Scope::All)
}

fn no_more(args: Arguments) -> Result<()> {
    let rest = args.finish();
    if rest.is_empty() {
        return Ok(());
    }
    bail!("not understood: {rest:?}; cargo xtask --help says what is")
}
