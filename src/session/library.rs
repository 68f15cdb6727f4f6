//! The scenarios and units that come with the page: data files, compiled in.

use std::rc::Rc;

use crate::import::scenario::Scenario;
use crate::session::frame::Entry;

/// One scenario file.
pub struct Source {
    pub id: &'static str,
    pub text: &'static str,
}

/// The scenarios, the first one opens by default.
pub const SCENARIOS: &[Source] = &[
    Source { id: "first-cluster", text: include_str!("../../static/course/scenarios/first-cluster.toml") },
    Source { id: "two-zone-web-service", text: include_str!("../../static/course/scenarios/two-zone-web-service.toml") },
    Source { id: "mixed-launch-types", text: include_str!("../../static/course/scenarios/mixed-launch-types.toml") },
    Source { id: "hundred-servers", text: include_str!("../../static/course/scenarios/hundred-servers.toml") },
];

/// The scenario of that id.
pub fn scenario(id: &str) -> Option<Rc<Scenario>> {
    let source = SCENARIOS.iter().find(|source| source.id == id)?;
    Some(Rc::new(Scenario::parse(source.text).expect("the scenarios of the page are checked by a test")))
}

/// What the picker shows: title and sentence are read from the text, which is cheaper than setting each one up.
pub fn entries() -> Vec<Entry> {
    let value = |text: &str, key: &str| {
        let line = text.lines().find(|line| line.starts_with(key)).unwrap_or("");
        Rc::from(line.split_once('"').map_or("", |(_, rest)| rest.trim_end_matches('"')))
    };
    SCENARIOS.iter().map(|source| Entry { id: source.id.into(), title: value(source.text, "title"), line: value(source.text, "sentence") }).collect()
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
