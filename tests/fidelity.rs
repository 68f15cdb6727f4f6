//! The captured runs of ecs.md §12, replayed: every published interval comes out again.

use ecs_playground::cli::fidelity::{self, Measure, ROWS, SETUPS};

const SEEDS: u64 = 100;

#[test]
fn captured_runs_come_out_again() {
    let outcomes = fidelity::measure(SEEDS).expect("every set-up runs");
    assert!(outcomes.iter().all(fidelity::Outcome::holds), "{}", fidelity::table(&outcomes, SEEDS));
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
    assert!(!fidelity::Outcome { median: None, ..outcome }.holds());
    assert!(matches!(ROWS[0].measure, Measure::Between(..)));
}
