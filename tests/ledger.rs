//! The fidelity ledger and the simulator name each other: every rule of the ledger is cited where it is followed, and nothing is cited
//! that the ledger does not have. (Its constants are checked beside it: each field of `Tuning` has exactly one entry.)

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use ecs_playground::sim::ledger::entries;

/// How a comment cites entries: `Ledger: placement.filter, placement.ports.`
const CITATION: &str = "Ledger: ";

/// Entries that say what is not there: no code can cite them.
const LEFT_OUT: &str = ".left-out";

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The keys in what follows the word; prose may follow after the full stop.
fn keys(citation: &str) -> Vec<String> {
    let list = citation.split(". ").next().unwrap_or_default();
    list.split(',').map(|key| key.trim().trim_end_matches('.').to_owned()).filter(|key| !key.is_empty()).collect()
}

/// Every key that is cited, with the places.
fn citations() -> BTreeMap<String, Vec<String>> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    let mut cited: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("the file is text");
        for (number, line) in text.lines().enumerate() {
            let Some(citation) = line.split_once("//").and_then(|(_, comment)| comment.split_once(CITATION)) else { continue };
            for key in keys(citation.1) {
                cited.entry(key).or_default().push(format!("{}:{}", file.display(), number + 1));
            }
        }
    }
    cited
}

#[test]
fn every_rule_of_the_ledger_is_cited_where_it_is_followed() {
    let cited = citations();
    let followed = entries().filter(|entry| entry.fields.is_empty() && !entry.key.ends_with(LEFT_OUT));
    let missing: Vec<&str> = followed.filter(|entry| !cited.contains_key(entry.key)).map(|entry| entry.key).collect();
    assert!(missing.is_empty(), "no comment says `{CITATION}…` for these: {missing:#?}");
}

#[test]
fn nothing_is_cited_that_the_ledger_does_not_have() {
    let known: BTreeSet<&str> = entries().map(|entry| entry.key).collect();
    let unknown: Vec<_> = citations().into_iter().filter(|(key, _)| !known.contains(key.as_str())).collect();
    assert!(unknown.is_empty(), "the ledger has no entry for these: {unknown:#?}");
}

#[test]
fn citations_are_read() {
    assert_eq!(keys("placement.filter, placement.ports."), ["placement.filter", "placement.ports"]);
    assert_eq!(keys("deployment.threshold. So many failures stop the deployment (ecs.md §4.5)."), ["deployment.threshold"]);
    assert!(citations().len() > 30);
}
