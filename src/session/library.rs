//! The scenarios and units that come with the page: data files, compiled in.

use std::rc::Rc;

use crate::import::located;
use crate::import::scenario::Scenario;
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
