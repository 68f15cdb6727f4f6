//! A decision as a table: each server against each rule, with what it has and whether that is enough.

use std::collections::BTreeMap;

use crate::explain::explanation::{Cell, Outcome, Row, Table};
use crate::explain::names::{count, instance_name, number, zone_name};
use crate::sim::decision::{Candidate, Check, Decision, Rule, Value};
use crate::sim::engine::Sim;

/// Most rows a table has.
const MOST_ROWS: usize = 12;

/// The table of a decision; nothing when there is no server at all.
pub fn table_of(sim: &Sim, decision: &Decision) -> Option<Table> {
    let rules = telling_rules(decision);
    let mut ranked: Vec<(Outcome, usize, &Candidate)> = decision
        .rows
        .iter()
        .map(|candidate| {
            let failed = candidate.checks.iter().filter(|check| !check.pass).count();
            (outcome_of(decision, candidate), failed, candidate)
        })
        .collect();
    ranked.sort_by_key(|(outcome, failed, candidate)| (*outcome, *failed, candidate.instance));
    let left_out: Vec<&Candidate> = ranked.iter().skip(MOST_ROWS).map(|(_, _, candidate)| *candidate).collect();
    let rows: Vec<Row> =
        ranked.iter().take(MOST_ROWS).map(|(outcome, _, candidate)| row(sim, &rules, candidate, *outcome)).collect();
    let first = decision.rows.first()?;
    let heads = rules.iter().map(|rule| head(sim, &rules, first, *rule)).collect();
    Some(Table { rules: heads, rows, more: more(&left_out) })
}

fn outcome_of(decision: &Decision, candidate: &Candidate) -> Outcome {
    if decision.winner == Some(candidate.instance) {
        Outcome::Chosen
    } else if decision.closest.is_some_and(|(closest, _)| closest == candidate.instance) {
        Outcome::Closest
    } else if candidate.is_feasible() {
        Outcome::Feasible
    } else {
        Outcome::Rejected
    }
}

/// The rules worth a column: what the task asks for, and everything that any server fails.
fn telling_rules(decision: &Decision) -> Vec<Rule> {
    let Some(first) = decision.rows.first() else { return Vec::new() };
    let fails = |index: usize| decision.rows.iter().any(|row| !row.checks[index].pass);
    let telling = |index: usize, check: &Check| match check.rule {
        Rule::Status | Rule::Agent => fails(index),
        Rule::Cpu | Rule::Memory => check.need != Value::CpuUnits(0) && check.need != Value::MemoryMib(0),
        Rule::Attributes
        | Rule::PortsTcp
        | Rule::PortsUdp
        | Rule::Eni
        | Rule::Gpu
        | Rule::Zone
        | Rule::DistinctInstance
        | Rule::MemberOf(_) => true,
    };
    let rules: Vec<Rule> =
        first.checks.iter().enumerate().filter(|(index, check)| telling(*index, check)).map(|(_, check)| check.rule).collect();
    if rules.is_empty() { vec![Rule::Agent] } else { rules }
}

fn head(sim: &Sim, rules: &[Rule], candidate: &Candidate, rule: Rule) -> String {
    let need = candidate.checks.iter().find(|check| check.rule == rule).map(|check| value_text(sim, &check.need));
    let need = need.unwrap_or_default();
    match rule {
        Rule::Status => "status".to_owned(),
        Rule::Agent => "agent".to_owned(),
        Rule::Attributes => "required attributes".to_owned(),
        Rule::Cpu => format!("CPU {need}"),
        Rule::Memory => format!("memory {need}"),
        Rule::PortsTcp => format!("port {need}"),
        Rule::PortsUdp => format!("UDP port {need}"),
        Rule::Eni => "network interface".to_owned(),
        Rule::Gpu => format!("GPU {need}"),
        Rule::Zone => format!("zone {need}"),
        Rule::DistinctInstance => "distinctInstance".to_owned(),
        Rule::MemberOf(which) => {
            let several = rules.iter().filter(|other| matches!(other, Rule::MemberOf(_))).count() > 1;
            if several { format!("memberOf {}", which + 1) } else { "memberOf".to_owned() }
        }
    }
}

fn row(sim: &Sim, rules: &[Rule], candidate: &Candidate, outcome: Outcome) -> Row {
    let cell = |rule: &Rule| match candidate.checks.iter().find(|check| check.rule == *rule) {
        Some(check) => Cell { text: cell_text(sim, check), pass: Some(check.pass) },
        None => Cell { text: String::new(), pass: None },
    };
    Row {
        instance: candidate.instance,
        name: instance_name(candidate.instance),
        cells: rules.iter().map(cell).collect(),
        outcome,
    }
}

/// What the server has, as a cell says it.
fn cell_text(sim: &Sim, check: &Check) -> String {
    let have = value_text(sim, &check.have);
    match (check.rule, check.pass) {
        (Rule::Status, _) | (Rule::Zone, _) => have,
        (Rule::Agent, true) => "connected".to_owned(),
        (Rule::Agent, false) => "silent".to_owned(),
        (Rule::Attributes, true) => "all there".to_owned(),
        (Rule::Attributes, false) => format!("missing {have}"),
        // The head of the column has the unit.
        (Rule::Cpu | Rule::Memory, _) => have.trim_end_matches(" MiB").to_owned(),
        (Rule::Eni | Rule::Gpu, _) => format!("{have} left"),
        (Rule::PortsTcp | Rule::PortsUdp, true) => "free".to_owned(),
        (Rule::PortsTcp | Rule::PortsUdp, false) if have.is_empty() => "100 ports reserved already".to_owned(),
        (Rule::PortsTcp | Rule::PortsUdp, false) => format!("{have} taken"),
        (Rule::DistinctInstance, true) => "none there".to_owned(),
        (Rule::DistinctInstance, false) => match check.have {
            Value::Count(tasks) => format!("{} of the group", count(u64::from(tasks), "task")),
            Value::Status(_)
            | Value::Is(_)
            | Value::CpuUnits(_)
            | Value::MemoryMib(_)
            | Value::Ports(_)
            | Value::Attributes(_)
            | Value::Zones(_)
            | Value::Expression(_) => have,
        },
        (Rule::MemberOf(_), true) => "holds".to_owned(),
        (Rule::MemberOf(_), false) => format!("does not hold: {have}"),
    }
}

/// One side of a comparison.
pub fn value_text(sim: &Sim, value: &Value) -> String {
    match value {
        Value::Status(status) => status.name().to_owned(),
        Value::Is(true) => "yes".to_owned(),
        Value::Is(false) => "no".to_owned(),
        Value::Count(count) => number(u64::from(*count)),
        Value::CpuUnits(units) => number(u64::from(*units)),
        Value::MemoryMib(mib) => format!("{} MiB", number(u64::from(*mib))),
        Value::Ports(ports) => ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", "),
        Value::Attributes(names) => names.join(", "),
        Value::Zones(zones) => zones.iter().map(|zone| zone_name(sim, *zone).to_string()).collect::<Vec<_>>().join(", "),
        Value::Expression(text) => text.to_string(),
    }
}

/// What a rule is called in a sentence.
pub fn rule_words(rule: Rule) -> &'static str {
    match rule {
        Rule::Status => "status",
        Rule::Agent => "the agent",
        Rule::Attributes => "attributes",
        Rule::Cpu => "CPU",
        Rule::Memory => "memory",
        Rule::PortsTcp | Rule::PortsUdp => "ports",
        Rule::Eni => "network interfaces",
        Rule::Gpu => "GPUs",
        Rule::Zone => "the zone",
        Rule::DistinctInstance => "distinctInstance",
        Rule::MemberOf(_) => "memberOf",
    }
}

fn more(left_out: &[&Candidate]) -> Option<String> {
    if left_out.is_empty() {
        return None;
    }
    let mut fits = 0;
    let mut failed: BTreeMap<&str, u64> = BTreeMap::new();
    for candidate in left_out {
        match candidate.checks.iter().find(|check| !check.pass) {
            Some(check) => *failed.entry(rule_words(check.rule)).or_default() += 1,
            None => fits += 1,
        }
    }
    let mut parts: Vec<(u64, String)> =
        failed.into_iter().map(|(rule, many)| (many, format!("{} on {rule}", fail_words(many)))).collect();
    parts.sort_by_key(|(many, _)| std::cmp::Reverse(*many));
    let fit_words = (fits > 0).then(|| if fits == 1 { "1 fits".to_owned() } else { format!("{} fit", number(fits)) });
    let all: Vec<String> = fit_words.into_iter().chain(parts.into_iter().map(|(_, text)| text)).collect();
    Some(format!("and {} more: {}", number(left_out.len() as u64), all.join(", ")))
}

fn fail_words(many: u64) -> String {
    if many == 1 { "1 fails".to_owned() } else { format!("{} fail", number(many)) }
}
