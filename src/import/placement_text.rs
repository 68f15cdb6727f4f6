//! Strategies and constraints in one line each: `spread(attribute:ecs.availability-zone)`, `binpack(memory)`, `random`,
//! `distinctInstance`, `memberOf(attribute:ecs.instance-type =~ t3.*)`. The page, scenarios and lessons all write them so.

use crate::sim::model::placement::{PlacementConstraint, PlacementStrategy};

/// Reads one strategy.
pub fn strategy(text: &str) -> Result<PlacementStrategy, String> {
    let (kind, field) = split(text);
    PlacementStrategy::parse(kind, field).map_err(|error| format!("`{text}`: {}", error.message))
}

/// Reads one constraint.
pub fn constraint(text: &str) -> Result<PlacementConstraint, String> {
    let (kind, expression) = split(text);
    PlacementConstraint::parse(kind, expression).map_err(|error| format!("`{text}`: {}", error.message))
}

/// Reads a chain of strategies; the service takes five at most.
pub fn strategies(texts: &[String]) -> Result<Vec<PlacementStrategy>, String> {
    if texts.len() > PlacementStrategy::MAX_COUNT {
        return Err(format!("at most {} placement strategies are allowed", PlacementStrategy::MAX_COUNT));
    }
    texts.iter().map(|text| strategy(text)).collect()
}

/// Reads constraints; the service takes ten at most.
pub fn constraints(texts: &[String]) -> Result<Vec<PlacementConstraint>, String> {
    if texts.len() > PlacementConstraint::MAX_COUNT {
        return Err(format!("at most {} placement constraints are allowed", PlacementConstraint::MAX_COUNT));
    }
    texts.iter().map(|text| constraint(text)).collect()
}

fn split(text: &str) -> (&str, Option<&str>) {
    let text = text.trim();
    match text.split_once('(') {
        Some((kind, rest)) => (kind.trim(), Some(rest.strip_suffix(')').unwrap_or(rest).trim())),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_the_same() {
        for text in ["spread(attribute:ecs.availability-zone)", "spread(instanceId)", "binpack(memory)", "binpack(cpu)", "random"]
        {
            assert_eq!(strategy(text).unwrap().to_string(), text);
        }
        for text in ["distinctInstance", "memberOf(attribute:ecs.instance-type =~ t3.*)"] {
            assert_eq!(constraint(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(strategy("binpack(disk)").unwrap_err().contains("binpack(disk)"));
        assert!(constraint("memberOf(attribute:zone ==)").unwrap_err().contains("character"));
    }
}
