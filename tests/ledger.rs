//! The fidelity ledger and the simulator name each other: every rule of the ledger is cited where it is followed, and nothing is cited
//! that the ledger does not have. (Its constants are checked beside it: each field of `Tuning` has exactly one entry.)

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use ecs_playground::sim::ledger::{entries, entry};

/// How a comment cites entries: `Ledger: placement.filter, placement.ports.`
const CITATION: &str = "Ledger: ";

/// Numbers that are no rule of the service, by file and name, with the reason.
const NO_RULES: &[(&str, &str, &str)] = &[
    ("control_plane/api_rates.rs", "MILLI", "a unit"),
    ("control_plane/blue_green.rs", "ALL", "a unit"),
    ("control_plane/fargate.rs", "UNITS_OF_A_VCPU", "a unit"),
    ("control_plane/scheduler/index.rs", "MAX_SHAPES", "how the index is kept"),
    ("control_plane/scheduler/index.rs", "RUN", "how the index is kept"),
    ("control_plane/scheduler/order.rs", "BLOCK", "how the index is kept"),
    ("control_plane/scheduler/order.rs", "MERGE", "how the index is kept"),
    ("data_plane/disk.rs", "KIB", "a unit"),
    ("data_plane/disk.rs", "MIB", "a unit"),
    ("model/expression_value.rs", "DAYS_BEFORE_1970", "the calendar"),
    ("model/fargate_size.rs", "MIB_PER_GIB", "a unit"),
    ("neighbours/connect.rs", "ONE_REQUEST", "a unit"),
    ("queue.rs", "BEYOND", "how the queue is kept"),
    ("queue.rs", "LEVELS", "how the queue is kept"),
    ("queue.rs", "NONE", "how the queue is kept"),
    ("queue.rs", "SLOTS", "how the queue is kept"),
    ("queue.rs", "SLOT_BITS", "how the queue is kept"),
    ("time.rs", "HOUR", "a unit"),
    ("time.rs", "MINUTE", "a unit"),
    ("time.rs", "SECOND", "a unit"),
];

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

/// A number with a name outside `Tuning`.
struct Constant {
    /// Below `src/sim`.
    file: String,
    name: String,
    /// What follows the `=`.
    value: String,
    /// The comment right above it.
    comment: String,
}

/// The files of the simulator below `src/sim`, without its tests, its tuning and its ledger.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sim");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    let read = |path: PathBuf| {
        let file = path.strip_prefix(&root).expect("it lies there").to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&path).expect("the file is text");
        (file, text.split("#[cfg(test)]").next().unwrap_or_default().to_owned())
    };
    let of_rules =
        |(file, _): &(String, String)| !file.starts_with("tuning/") && !file.starts_with("ledger/") && !file.contains("tests");
    files.into_iter().map(read).filter(of_rules).collect()
}

/// Every number with a name in them.
fn constants() -> Vec<Constant> {
    let mut found = Vec::new();
    for (file, text) in sources() {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for (index, line) in lines.iter().enumerate() {
            let Some((name, value)) = number(line) else { continue };
            let above = lines[..index].iter().rev().take_while(|line| line.starts_with("//"));
            let comment = above.copied().collect::<Vec<_>>().join("\n");
            found.push(Constant { file: file.clone(), name: name.to_owned(), value: value.to_owned(), comment });
        }
    }
    found
}

/// The name and the value of a constant that is a number, or several.
fn number(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix("pub").map_or(line, |line| line.trim_start_matches(|each| each != ' ').trim());
    let (name, rest) = line.strip_prefix("const ")?.split_once(": ")?;
    let (kind, value) = rest.strip_suffix(';')?.split_once(" = ")?;
    let numeric = |word: &&str| matches!(*word, "u8" | "u16" | "u32" | "u64" | "usize" | "i32" | "i64" | "Millis" | "Grains");
    let mut words = kind.split(|each: char| !each.is_alphanumeric()).filter(|word| !word.is_empty());
    (words.any(|word| numeric(&word)) && !name.contains("fn")).then_some((name, value))
}

#[test]
fn every_number_with_a_name_follows_an_entry() {
    let excused =
        |constant: &&Constant| NO_RULES.iter().any(|(file, name, _)| (*file, *name) == (&constant.file, &constant.name));
    let bare: Vec<String> = constants()
        .iter()
        .filter(|constant| !excused(constant) && !constant.comment.contains(CITATION))
        .map(|constant| format!("{}: {}", constant.file, constant.name))
        .collect();
    assert!(bare.is_empty(), "no comment above them says `{CITATION}…`, and nothing excuses them: {bare:#?}");
}

#[test]
fn nothing_is_drawn_between_numbers_without_a_name() {
    let only_numbers = |list: &str| list.chars().all(|each| each.is_ascii_digit() || "_, ".contains(each)) && list.contains(',');
    let mut drawn = 0;
    for (file, text) in sources() {
        for (index, line) in text.lines().enumerate().filter(|(_, line)| line.contains(".draw(")) {
            let list = line.rsplit_once("&[").and_then(|(_, rest)| rest.split_once(']')).map_or("", |(list, _)| list);
            assert!(!only_numbers(list), "{file}:{}: give [{list}] a name and an entry", index + 1);
            drawn += 1;
        }
    }
    assert!(drawn > 10, "{drawn} draws are seen");
}

#[test]
fn what_is_excused_is_there_and_cites_nothing() {
    let all = constants();
    assert!(all.len() > 60, "{} constants are seen", all.len());
    for (file, name, reason) in NO_RULES {
        let found = all.iter().find(|constant| (constant.file.as_str(), constant.name.as_str()) == (*file, *name));
        let found = found.unwrap_or_else(|| panic!("{file} has no {name} ({reason})"));
        assert!(!found.comment.contains(CITATION), "{file}: {name} follows an entry and needs no excuse");
    }
}

/// Lengths of time as entries write them, all that a constant may mean: `2 * HOUR`, `30_000`, `[1_500, 3_000]`.
fn lengths(value: &str) -> Vec<Vec<String>> {
    let unit = |word: &str| match word {
        "SECOND" => 1_000,
        "MINUTE" => 60_000,
        "HOUR" => 3_600_000,
        number => number.replace('_', "").parse().unwrap_or_else(|_| panic!("`{number}` is no number")),
    };
    let each = value.trim_matches(['[', ']']).split(',');
    let length = |text: &str| text.split('*').map(|word| unit(word.trim())).product::<u64>();
    let words = |ms: u64| {
        let [seconds, minutes, hours] = [1_000, 60_000, 3_600_000].map(|unit| ms.is_multiple_of(unit).then_some(ms / unit));
        let tenths =
            Some(format!("{}.{}", ms / 1_000, ms % 1_000 / 100)).filter(|_| ms.is_multiple_of(100) && !ms.is_multiple_of(1_000));
        let whole = [(Some(ms), "ms"), (seconds, "s"), (minutes, "min"), (hours, "h")];
        let written = whole.into_iter().filter_map(|(number, unit)| Some(format!("{} {unit}", number?)));
        written.chain(tenths.map(|number| format!("{number} s"))).collect()
    };
    each.map(|text| words(length(text))).collect()
}

#[test]
fn entries_state_the_lengths_of_the_constants_that_follow_them() {
    let timed = constants().into_iter().filter(|constant| constant.name.ends_with("_MS") && constant.comment.contains(CITATION));
    let mut seen = 0;
    for constant in timed.filter(|constant| constant.name != "CALENDAR_START_UNIX_MS") {
        let citation = constant.comment.split_once(CITATION).expect("it cites").1.lines().next().unwrap_or_default();
        let said: String = keys(citation)
            .iter()
            .map(|key| entry(key).map(|of| format!("{} {} ", of.rule, of.note)).unwrap_or_default())
            .collect();
        // `1.5 to 3 s` names the unit once; nothing need not be named.
        let begins = |written: &str| written.split_once(' ').is_some_and(|(number, _)| said.contains(&format!(" {number} to ")));
        // Of quantiles the shortest and the longest.
        let all = lengths(&constant.value);
        for length in [&all[0], &all[all.len() - 1]] {
            let stated = length.iter().any(|written| said.contains(written) || begins(written) || written == "0 ms");
            assert!(stated, "{}: {} is {length:?}, and its entry does not say so: {said}", constant.file, constant.name);
            seen += 1;
        }
    }
    assert!(seen > 8, "{seen} lengths are compared");
}

#[test]
fn citations_are_read() {
    assert_eq!(keys("placement.filter, placement.ports."), ["placement.filter", "placement.ports"]);
    assert_eq!(keys("deployment.threshold. So many failures stop the deployment (ecs.md §4.5)."), ["deployment.threshold"]);
    assert!(citations().len() > 30);
}
