//! The scenarios and units that come with the page: data files, compiled in.
//!
//! What the page shows first comes ready to use ([`opening`]), so that a first look needs no reader of texts.

use std::rc::Rc;

use serde::Deserialize;

use crate::course::unit::Unit;
use crate::import::opening::{Packed, Reader, unpack};
use crate::import::scenario::Scenario;
use crate::import::{located, long_run};
use crate::session::frame::Entry;

/// One scenario file.
pub struct Source {
    pub id: &'static str,
    pub text: &'static str,
}

/// A checked file of the course: TOML on the host, in the page the JSON made of it.
macro_rules! course_file {
    ($folder:literal, $id:literal) => {
        Source {
            id: $id,
            text: if cfg!(target_arch = "wasm32") {
                include_str!(concat!(env!("OUT_DIR"), "/course/", $folder, "/", $id, ".json"))
            } else {
                include_str!(concat!("../../static/course/", $folder, "/", $id, ".toml"))
            },
        }
    };
}

/// The scenarios, the first one opens by default.
pub const SCENARIOS: &[Source] = &[
    course_file!("scenarios", "first-cluster"),
    course_file!("scenarios", "two-zone-web-service"),
    course_file!("scenarios", "rolling-and-blue-green"),
    course_file!("scenarios", "spiky-queue-workers"),
    course_file!("scenarios", "mixed-launch-types"),
    course_file!("scenarios", "fargate-only"),
    course_file!("scenarios", "hundred-servers"),
    course_file!("scenarios", "five-thousand-servers"),
];

/// What the page shows first: the first scenario, read and checked, and what its pickers offer.
#[derive(Debug)]
pub struct Opening {
    pub scenario: Scenario,
    pub scenarios: Vec<Entry>,
    pub units: Vec<Entry>,
}

/// What the page shows first. A test makes it anew from the files and compares.
pub fn opening() -> Opening {
    let packed: Packed = postcard::from_bytes(include_bytes!("opening.postcard")).expect("a test has read it");
    let mut reader = Reader::of(&packed);
    let scenario = Scenario::opening(unpack(&mut reader), &packed.first_action);
    Opening { scenario, scenarios: reader.list(entry), units: reader.list(entry) }
}

fn entry(reader: &mut Reader) -> Entry {
    Entry { id: Rc::from(reader.text()), title: Rc::from(reader.text()), line: Rc::from(reader.text()) }
}

/// The scenario of that id.
pub fn scenario(id: &str) -> Option<Rc<Scenario>> {
    let source = SCENARIOS.iter().find(|source| source.id == id)?;
    Some(Rc::new(Scenario::parse(source.text).expect("the scenarios of the page are checked by a test")))
}

/// The units of the course, in order.
pub const UNITS: &[Source] = &[course_file!("units", "placement")];

/// Scenarios that only units open.
const UNIT_SCENARIOS: &[Source] =
    &[course_file!("unit-scenarios", "placement"), course_file!("unit-scenarios", "placement-packed")];

/// The unit of that id.
pub fn unit(id: &str) -> Option<Rc<Unit>> {
    let source = UNITS.iter().find(|source| source.id == id)?;
    Some(Rc::new(Unit::parse(source.text, &unit_scenario).expect("the units of the page are checked by a test")))
}

/// A scenario by the name a unit calls it.
pub fn unit_scenario(id: &str) -> Result<Rc<Scenario>, String> {
    let source = UNIT_SCENARIOS
        .iter()
        .chain(SCENARIOS)
        .find(|source| source.id == id)
        .ok_or_else(|| format!("there is no scenario `{id}`"))?;
    Scenario::parse(source.text)
        .map(Rc::new)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
}

/// Observations, hash of the log and hash of the state of the long run of one of the page's scenarios.
pub fn hash_of_long_run(id: &str) -> Option<String> {
    let source = SCENARIOS.iter().find(|source| source.id == id)?;
    long_run::hash_of_long_run(source.text).ok().map(|run| run.to_string())
}

/// What the unit picker shows.
pub fn unit_entries() -> Vec<Entry> {
    let entry = |source: &Source| {
        let heading: UnitHeading = located::read(source.text).expect("the units of the page are checked by a test");
        Entry { id: source.id.into(), title: heading.title, line: heading.idea }
    };
    UNITS.iter().map(entry).collect()
}

/// What a picker shows of a unit.
#[derive(Deserialize)]
struct UnitHeading {
    title: Rc<str>,
    idea: Rc<str>,
}

/// What a picker shows of a file.
#[derive(Deserialize)]
struct Heading {
    title: Rc<str>,
    sentence: Rc<str>,
}

/// What the picker shows.
pub fn entries() -> Vec<Entry> {
    let entry = |source: &Source| {
        let heading: Heading = located::read(source.text).expect("the scenarios of the page are checked by a test");
        Entry { id: source.id.into(), title: heading.title, line: heading.sentence }
    };
    SCENARIOS.iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::opening::pack;

    /// `UPDATE_EXPECT=1` writes it.
    #[test]
    fn the_opening_is_made_from_the_files() {
        let scenario = Scenario::parse(SCENARIOS[0].text).expect("the first scenario is right");
        let (plain, first_action) = scenario.to_plain().expect("the opening has nothing that cannot be packed");
        let mut packed = Packed { first_action, ..Packed::default() };
        pack(&plain, &mut packed);
        for entries in [entries(), unit_entries()] {
            packed.numbers.push(entries.len() as u64);
            packed
                .texts
                .extend(entries.iter().flat_map(|entry| [&entry.id, &entry.title, &entry.line].map(|text| text.to_string())));
        }
        assert_eq!(unpack(&mut Reader::of(&packed)), plain, "the scenario comes out as it was packed");
        let fresh = postcard::to_allocvec(&packed).expect("texts and numbers can be packed");
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/session/opening.postcard");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(file, &fresh).expect("the file can be written");
        }
        let committed = std::fs::read(file).expect("the file can be read");
        assert!(committed == fresh, "{file} is old: make it anew with UPDATE_EXPECT=1 cargo test --lib opening");
    }

    #[test]
    fn the_opening_is_the_first_scenario() {
        let opening = opening();
        assert_eq!(opening.scenario.title, entries()[0].title);
        let read = Scenario::parse(SCENARIOS[0].text).expect("the first scenario is right");
        let first = |scenario: &Scenario| scenario.first_action.as_ref().and_then(|first| first.action());
        assert!(first(&opening.scenario).is_some() && first(&opening.scenario) == first(&read));
        assert_eq!(opening.scenarios, entries());
        assert_eq!(opening.units, unit_entries());
    }

    #[test]
    fn every_scenario_of_the_page_can_be_opened() {
        for (source, entry) in SCENARIOS.iter().zip(entries()) {
            let scenario = scenario(source.id).expect("it is there");
            assert_eq!(scenario.title, entry.title, "{}", source.id);
            assert_eq!(scenario.sentence, entry.line, "{}", source.id);
        }
    }
}
