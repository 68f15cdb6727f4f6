//! The house rules that a compiler does not check: who may name whom, how long a file may be, what may not be left behind.
//!
//! Each test lists every offender with its place. Start reading at [`FLOORS`].

use std::fs;
use std::path::{Path, PathBuf};

/// Each floor with the floors that it may use besides itself, lowest first.
const FLOORS: &[(&str, &[&str])] = &[
    ("sim", &[]),
    ("import", &["sim"]),
    ("cost", &["sim"]),
    ("explain", &["sim", "cost"]),
    ("course", &["sim", "import", "cost", "explain"]),
    ("session", &["sim", "import", "cost", "explain", "course"]),
    ("ui", &["sim", "session"]),
    ("cli", &["sim", "import", "cost", "explain", "course", "session"]),
];

/// Longest file, in lines.
const LONGEST: usize = 600;

/// Names of crates that only the browser has.
const BROWSER: &[&str] = &["web_sys", "gloo", "wasm_bindgen", "js_sys"];
/// Where they may be named: `main.rs` mounts the page and does nothing else.
const BROWSER_PLACES: &[&str] = &["src/ui/browser/", "src/main.rs"];

/// One line of code, without what follows `//`.
struct Line {
    file: String,
    number: usize,
    code: String,
}

impl Line {
    fn place(&self) -> String {
        format!("{}:{}: {}", self.file, self.number, self.code.trim())
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Every Rust file that belongs to the product or its helpers.
fn all_files() -> Vec<PathBuf> {
    let folders = ["src", "tests", "xtask", "benches"].into_iter().filter(|folder| root().join(folder).is_dir());
    folders.flat_map(rust_files).collect()
}

fn name(path: &Path) -> String {
    path.strip_prefix(root()).expect("the file is in the repository").to_string_lossy().replace('\\', "/")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("the file is text")
}

fn code_of(path: &Path) -> Vec<Line> {
    let text = read(path);
    let line = |(index, line): (usize, &str)| Line {
        file: name(path),
        number: index + 1,
        code: line.split("//").next().unwrap_or_default().to_owned(),
    };
    text.lines().enumerate().map(line).collect()
}

fn assert_none(offenders: &[String], rule: &str) {
    assert!(offenders.is_empty(), "{rule}:\n{}", offenders.join("\n"));
}

/// The names that follow `crate::` in a line.
fn crate_names(code: &str) -> impl Iterator<Item = &str> {
    code.match_indices("crate::").filter(|(at, _)| !code[..*at].ends_with(is_word)).map(|(at, prefix)| {
        let rest = &code[at + prefix.len()..];
        rest.split(|c: char| !is_word(c)).next().unwrap_or_default()
    })
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The code names this, as a whole word.
fn names(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| !code[..at].ends_with(is_word) && !code[at + word.len()..].starts_with(is_word))
}

#[test]
fn floors_use_only_the_floors_below_them() {
    let mut offenders = Vec::new();
    for (floor, below) in FLOORS {
        for line in rust_files(&format!("src/{floor}")).iter().flat_map(|path| code_of(path)) {
            let strange = crate_names(&line.code).any(|used| used != *floor && !below.contains(&used));
            offenders.extend(strange.then(|| line.place()));
        }
    }
    assert_none(&offenders, "a floor may use only the floors below it, each by its name after `crate::`");
}

#[test]
fn the_table_of_floors_is_complete() {
    let entries = fs::read_dir(root().join("src")).expect("there is a source folder");
    let folders = entries.map(|entry| entry.expect("the entry can be read")).filter(|entry| entry.path().is_dir());
    let unknown: Vec<String> = folders
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|folder| folder != "bin" && !FLOORS.iter().any(|(floor, _)| floor == folder))
        .collect();
    assert_none(&unknown, "every folder of src is a floor of the table");
}

#[test]
fn belief_and_truth_do_not_know_each_other() {
    let mut offenders = Vec::new();
    for (side, other) in [("control_plane", "data_plane"), ("data_plane", "control_plane")] {
        let lines = rust_files(&format!("src/sim/{side}")).into_iter().flat_map(|path| code_of(&path));
        offenders.extend(lines.filter(|line| names(&line.code, other)).map(|line| line.place()));
    }
    assert_none(&offenders, "control_plane and data_plane share only the model and the messages");
}

#[test]
fn only_the_browser_folder_names_the_browser() {
    let lines = rust_files("src").into_iter().flat_map(|path| code_of(&path));
    let offenders: Vec<String> = lines
        .filter(|line| !BROWSER_PLACES.iter().any(|place| line.file.starts_with(place)))
        .filter(|line| BROWSER.iter().any(|word| names(&line.code, word)))
        .map(|line| line.place())
        .collect();
    assert_none(&offenders, "only these may name the browser's crates: src/ui/browser, src/main.rs");
}

#[test]
fn the_simulator_knows_no_clock_no_float_and_no_hash_map() {
    let words = ["f32", "f64", "HashMap", "HashSet", "Instant", "SystemTime", "usize::from_str", "serde_json"];
    let lines = rust_files("src/sim").into_iter().flat_map(|path| code_of(&path));
    let offenders: Vec<String> =
        lines.filter(|line| words.iter().any(|word| names(&line.code, word))).map(|line| line.place()).collect();
    assert_none(&offenders, "these differ from machine to machine or belong to a floor above");
}

#[test]
fn files_are_short() {
    let offenders: Vec<String> = all_files()
        .iter()
        .map(|path| (name(path), read(path).lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(file, lines)| format!("{file}: {lines} lines"))
        .collect();
    assert_none(&offenders, "a file that is too long holds more than one noun");
}

#[test]
fn every_file_says_what_it_is() {
    let offenders: Vec<String> =
        all_files().iter().filter(|path| !read(path).starts_with("//!")).map(|path| name(path)).collect();
    assert_none(&offenders, "a file begins with `//!`");
}

#[test]
fn nothing_is_left_behind() {
    // Written in two parts so that this file does not name them itself.
    let words = [
        ["to", "do!("],
        ["unimple", "mented!("],
        ["db", "g!("],
        ["TO", "DO"],
        ["FIX", "ME"],
        ["#[ig", "nore"],
        ["allow(dead", "_code)"],
        ["allow(un", "used"],
    ]
    .map(|parts| parts.concat());
    let mut offenders = Vec::new();
    for path in all_files() {
        for (index, line) in read(&path).lines().enumerate() {
            let left = words.iter().any(|word| line.contains(word.as_str()));
            offenders.extend(left.then(|| format!("{}:{}: {}", name(&path), index + 1, line.trim())));
        }
    }
    assert_none(&offenders, "this is for later, and later is now");
}

#[test]
fn the_checks_see_what_they_look_for() {
    assert_eq!(crate_names("use crate::sim::ids; crate::ui::page()").collect::<Vec<_>>(), ["sim", "ui"]);
    assert_eq!(crate_names("use mycrate::sim;").count(), 0);
    assert!(names("use gloo::utils;", "gloo") && !names("let gloomy = 1;", "gloo"));
    assert!(all_files().len() > 50);
}
