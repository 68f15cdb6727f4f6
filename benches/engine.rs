//! `cargo bench --bench engine`: placement and events, natively. `cargo xtask bench --browser` puts the browser's numbers beside.
//!
//! `-- --rows` prints one line of tab-separated values for each case, for programs. Other arguments are parts of names of works, and numbers of
//! instances: only those are measured.
#![expect(clippy::disallowed_types, reason = "a benchmark reads the clock")]

mod workloads;

use std::sync::LazyLock;
use std::time::Instant;

use workloads::{CASES, Case, Rates};

static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

fn clock() -> f64 {
    BEGIN.elapsed().as_secs_f64() * 1_000.0
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let (options, words): (Vec<_>, Vec<_>) = arguments.iter().partition(|argument| argument.starts_with("--"));
    let as_rows = options.iter().any(|option| *option == "--rows");
    let (sizes, works): (Vec<_>, Vec<_>) = words.into_iter().partition(|word| word.parse::<u32>().is_ok());
    let wanted = |case: &Case| {
        (sizes.is_empty() || sizes.iter().any(|size| **size == case.instances.to_string()))
            && (works.is_empty() || works.iter().any(|work| case.work.name().contains(work.as_str())))
    };
    let mut at_100 = 0.0;
    if !as_rows {
        println!(
            "{:<34}{:>10}{:>14}{:>14}  references, and how many times as fast they are",
            "", "instances", "a second", "cost to 100"
        );
    }
    for case in CASES.into_iter().filter(wanted) {
        let rates = case.measure(clock);
        if case.instances == 100 {
            at_100 = rates.per_second;
        }
        if as_rows { print_row(case, &rates) } else { print_line(case, &rates, at_100) }
    }
}

fn print_row(case: Case, rates: &Rates) {
    println!("{}", workloads::row(case, rates));
}

fn print_line(case: Case, rates: &Rates, at_100: f64) {
    let references = rates.references.iter().map(|(name, rate)| format!("{name} {rate:.0} ({:.2})", rate / rates.per_second));
    println!(
        "{:<34}{:>10}{:>14.0}{:>14.2}  {}",
        case.work.name(),
        case.instances,
        rates.per_second,
        at_100 / rates.per_second,
        references.collect::<Vec<_>>().join(", "),
    );
}
