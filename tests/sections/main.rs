//! ecs.md §2–9 as tests through commands: each is named after its section, and no section is without one.

#[path = "../common/mod.rs"]
mod common;

mod capacity;
mod daemons;
mod events;
mod failures;
mod fargate;
mod health;
mod hooks;
mod lives;
mod machines;
mod network;
mod placement;
mod services;
mod tasks;

use std::fs;
use std::path::Path;

use common::scenario::Run;
use ecs_playground::sim::command::Command;

/// Asks for something that must be refused: the exception and its message.
fn refused(run: &mut Run, command: &Command) -> (&'static str, String) {
    let refusal = run.sim.apply(command, &mut run.log).expect_err("it must be refused");
    (refusal.code, refusal.message)
}

/// The headings of ecs.md §2–9. §3.13 is about other simulators: there is nothing in it to hold.
const SECTIONS: &[&str] = &[
    "2_1", "2_2", "2_3", "2_4", "2_5", "2_6", "2_7", "2_8", "2_9", "3_1", "3_2", "3_3", "3_4", "3_5", "3_6", "3_7", "3_8", "3_9",
    "3_10", "3_11", "3_12", "4_1", "4_2", "4_3", "4_4", "4_5", "4_6", "4_7", "4_8", "5", "6_1", "6_2", "6_3", "6_4", "6_5",
    "6_6", "7_1", "7_2", "7_3", "7_4", "7_5", "7_6", "7_7", "7_8", "8_1", "8_2", "8_3", "8_4", "8_5", "8_6", "9_1", "9_2", "9_3",
    "9_4", "9_5",
];

/// Names of all tests in a folder: functions under `#[test]`.
fn tests_in(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            tests_in(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("the file is text");
            let mut lines = text.lines().map(str::trim);
            while lines.any(|line| line == "#[test]") {
                let declared = lines.find_map(|line| line.strip_prefix("fn "));
                found.extend(declared.and_then(|name| name.split_once('(')).map(|(name, _)| name.to_string()));
            }
        }
    }
}

/// The section in the name of a test: `4_1` of `section_4_1_desired_4_…`.
fn section_of(name: &str) -> Option<String> {
    let rest = name.strip_prefix("section_")?;
    let numbers: Vec<&str> = rest.split('_').take(2).take_while(|part| part.bytes().all(|byte| byte.is_ascii_digit())).collect();
    (!numbers.is_empty()).then(|| numbers.join("_"))
}

#[test]
fn every_section_has_a_test_named_after_it() {
    let mut found = Vec::new();
    for folder in ["src", "tests"] {
        tests_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    }
    let held: Vec<String> = found.iter().filter_map(|name| section_of(name)).collect();
    let missing: Vec<_> = SECTIONS.iter().filter(|section| !held.iter().any(|of| of == *section)).collect();
    assert!(missing.is_empty(), "no test is named after these sections of ecs.md: {missing:?}");
    // A test may hold a whole chapter, but no section that is not there.
    let in_a_chapter =
        |of: &str| of.split_once('_').is_some_and(|(chapter, _)| ("2"..="9").contains(&chapter) && chapter.len() == 1);
    let strange: Vec<_> = held.iter().filter(|of| in_a_chapter(of) && !SECTIONS.contains(&of.as_str())).collect();
    assert!(strange.is_empty(), "ecs.md has no such sections: {strange:?}");
}

#[test]
fn names_are_read() {
    assert_eq!(section_of("section_4_1_desired_4_min_100"), Some("4_1".to_string()));
    assert_eq!(section_of("section_5_identical_events_are_said_once"), Some("5".to_string()));
    assert_eq!(section_of("the_section_4_1"), None);
}
