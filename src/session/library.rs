//! The scenarios and units that come with the page: data files, compiled in.

use std::rc::Rc;

use crate::course::unit::Unit;
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
    course_file!("scenarios", "mixed-launch-types"),
    course_file!("scenarios", "hundred-servers"),
];

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
#[derive(serde::Deserialize)]
struct UnitHeading {
    title: Rc<str>,
    idea: Rc<str>,
}

/// What a picker shows of a file.
#[derive(serde::Deserialize)]
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

    #[test]
    fn every_scenario_of_the_page_can_be_opened() {
        for (source, entry) in SCENARIOS.iter().zip(entries()) {
            let scenario = scenario(source.id).expect("it is there");
            assert_eq!(scenario.title, entry.title, "{}", source.id);
            assert_eq!(scenario.sentence, entry.line, "{}", source.id);
        }
    }
}
