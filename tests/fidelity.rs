//! The captured runs of ecs.md §12, replayed: every published interval comes out again.

use ecs_playground::cli::fidelity::{self, Measure, ROWS, SETUPS};
use expect_test::expect_file;

const SEEDS: u64 = 100;

const ABOUT: &str = "# How close it comes to the real service\n\n\
    `cargo xtask fidelity` replays runs that were captured from the real service and prints this. No constant of the simulator is \
    tuned to a row: each has a source of its own, which the page shows under *Words*.\n\n";

/// `UPDATE_EXPECT=1 cargo test --test fidelity` writes the page that shows it.
#[test]
fn captured_runs_come_out_again() {
    let outcomes = fidelity::measure(SEEDS).expect("every set-up runs");
    let table = fidelity::table(&outcomes);
    assert!(outcomes.iter().all(fidelity::Outcome::holds), "{table}");
    expect_file!["../docs/fidelity.md"].assert_eq(&format!("{ABOUT}{table}"));
}

#[test]
fn every_setup_says_what_it_replays() {
    for setup in SETUPS {
        assert!(setup.replayed().len() > 20, "{}", setup.name);
        assert_ne!(setup.assumed().as_deref(), Some(""), "{}", setup.name);
    }
}

#[test]
fn every_row_has_a_setup_and_every_setup_a_row() {
    for row in ROWS {
        assert!(SETUPS.iter().any(|setup| setup.name == row.setup), "{}", row.id);
    }
    for setup in SETUPS {
        assert!(ROWS.iter().any(|row| row.setup == setup.name), "{}", setup.name);
    }
}

/// A row that could not fail would say nothing.
#[test]
fn a_row_does_not_hold_when_its_number_is_another() {
    let outcome = fidelity::measure(5).expect("every set-up runs").remove(0);
    let median = outcome.median.expect("it is measured");
    assert!(outcome.holds());
    for wrong in [median * 20, median / 20] {
        assert!(!fidelity::Outcome { median: Some(wrong), ..outcome.clone() }.holds());
    }
    let lost = fidelity::Outcome { median: None, ..outcome };
    assert!(!lost.holds());
    assert!(matches!(ROWS[0].measure, Measure::Between(..)));
}
