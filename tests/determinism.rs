//! The same beginning and the same commands give the same run: twice on this host, and on every other host.
//!
//! `golden/hashes.txt` holds the hashes of long runs; the page computes the same with `import::long_run`, and a browser test
//! compares. `UPDATE_EXPECT=1 cargo test --test determinism` writes them after a change of behaviour.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use ecs_playground::import::long_run::hash_of_long_run;
use expect_test::expect_file;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Takes minutes in a build for tests.
const TOO_LARGE: &str = "five-thousand-servers.toml";

/// Names and texts of the scenarios of the course, but for the one that is too large.
fn scenarios() -> Vec<(String, String)> {
    let entries = fs::read_dir(root().join("static/course/scenarios")).expect("the folder can be read");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml") && !path.ends_with(TOO_LARGE));
    files.sort();
    assert!(!files.is_empty());
    let name = |path: &PathBuf| path.file_stem().expect("a name").to_str().expect("plain letters").to_string();
    files.iter().map(|path| (name(path), fs::read_to_string(path).expect("a text"))).collect()
}

#[test]
fn long_runs_have_the_hashes_written_down() {
    let mut text = String::new();
    for (name, scenario) in scenarios() {
        writeln!(text, "{name} {}", hash_of_long_run(&scenario).expect("the scenario runs")).unwrap();
    }
    expect_file![root().join("tests/golden/hashes.txt")].assert_eq(&text);
}

#[test]
fn twice_the_same() {
    for (name, scenario) in scenarios().into_iter().filter(|(name, _)| name != "hundred-servers") {
        assert_eq!(hash_of_long_run(&scenario), hash_of_long_run(&scenario), "{name}");
    }
}

#[test]
fn another_seed_is_another_run() {
    let (_, scenario) = scenarios().remove(0);
    let other = scenario.lines().map(|line| if line.starts_with("seed") { "seed = 987" } else { line });
    let other = other.collect::<Vec<_>>().join("\n");
    assert_ne!(scenario, other);
    let (one, two) = (hash_of_long_run(&scenario).unwrap(), hash_of_long_run(&other).unwrap());
    assert_ne!(one.log, two.log);
    assert_ne!(one.state, two.state);
}
