//! Names and numbers as the page writes them.
//!
//! A name must always come out, even of something that has been forgotten or does not exist yet at the instant shown.

use std::rc::Rc;

use crate::sim::command::LaunchType;
use crate::sim::decision::Reason;
use crate::sim::engine::Sim;
use crate::sim::ids::{InstanceId, ServiceId, TaskDefinitionId, TaskId, ZoneId};

/// `web · e41c`: the service's name, or the family of a task that has no service; `task e41c` once it is forgotten.
pub fn task_name(sim: &Sim, task: TaskId) -> String {
    match task_label(sim, task) {
        Some(label) => format!("{label} · {}", task.short()),
        None => format!("task {}", task.short()),
    }
}

/// `web`: what a task is called without its own id; nothing once it is forgotten.
pub fn task_label(sim: &Sim, task: TaskId) -> Option<Rc<str>> {
    let Some(known) = sim.belief().tasks.get(task) else {
        return sim.truth().tasks.get(task).map(|truth| truth.payload.definition.family.clone());
    };
    let service = known.service.and_then(|(service, _)| sim.belief().services.get(service));
    match service {
        Some(service) => Some(service.name.clone()),
        None => sim.belief().definitions.get(known.definition).map(|entry| entry.definition.family.clone()),
    }
}

/// `i-0a1f`.
pub fn instance_name(instance: InstanceId) -> String {
    instance.short()
}

/// `nginx:1`.
pub fn definition_name(sim: &Sim, definition: TaskDefinitionId) -> String {
    match sim.belief().definitions.get(definition) {
        Some(entry) => entry.definition.name(),
        None => format!("task definition {}", definition.0),
    }
}

/// `web`.
pub fn service_name(sim: &Sim, service: ServiceId) -> String {
    match sim.belief().services.get(service) {
        Some(service) => service.name.to_string(),
        None => format!("service {}", service.0),
    }
}

/// `us-east-1a`.
pub fn zone_name(sim: &Sim, zone: ZoneId) -> Rc<str> {
    sim.belief().zone_name(zone).clone()
}

/// The spelling of the API for a launch type. Fargate Spot is a capacity provider there.
pub fn launch_type_name(launch_type: LaunchType) -> &'static str {
    match launch_type {
        LaunchType::Ec2 => "EC2",
        LaunchType::Fargate => "FARGATE",
        LaunchType::FargateSpot => "FARGATE_SPOT",
    }
}

/// How a beginner would say it.
pub fn launch_type_words(launch_type: LaunchType) -> &'static str {
    match launch_type {
        LaunchType::Ec2 => "EC2",
        LaunchType::Fargate => "Fargate",
        LaunchType::FargateSpot => "Fargate Spot",
    }
}

/// What is wrong with a server, short enough for a chip: `not enough memory left`.
pub fn reason_words(reason: Reason) -> &'static str {
    match reason {
        Reason::Agent => "its agent is not connected",
        Reason::Attribute => "it lacks an attribute that the task requires",
        Reason::Cpu => "not enough CPU left",
        Reason::Memory => "not enough memory left",
        Reason::Ports => "a port that the task needs is taken",
        Reason::Eni => "no network interface left",
        Reason::Gpu => "not enough GPUs left",
        Reason::Location => "it is in another availability zone",
        Reason::DistinctInstance => "distinctInstance: a task of the same group is there already",
        Reason::MemberOf => "memberOf: the expression does not hold there",
    }
}

/// `12,345`.
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Units of 1,024 as a decimal, as vCPUs and GB are written: `0.25`, `0.5`, `4`.
pub fn parts_of(value: u32) -> String {
    match value % 1_024 {
        0 => number(u64::from(value / 1_024)),
        rest => format!("{}.{}", value / 1_024, format!("{:02}", rest * 100 / 1_024).trim_end_matches('0')),
    }
}

/// A sum in nano-dollars, with as many places as it takes to see it: `$0.384`, `$0.00021`.
pub fn dollars(nano: u64) -> String {
    let places = match nano {
        0 => 2,
        1..10_000_000 => 5,
        10_000_000..10_000_000_000 => 3,
        _ => 2,
    };
    let unit = 10_u64.pow(9 - places);
    let rounded = (nano + unit / 2) / unit;
    let whole = 10_u64.pow(places);
    format!("${}.{:0width$}", number(rounded / whole), rounded % whole, width = places as usize)
}

/// A price in nano-dollars as AWS writes it, to the fifth decimal where it takes so many: `$0.096`, `$0.01234`.
pub fn price(nano: u64) -> String {
    let rounded = (nano + 5_000) / 10_000;
    let text = format!("${}.{:05}", number(rounded / 100_000), rounded % 100_000);
    let zeros = text.len() - text.trim_end_matches('0').len();
    text[..text.len() - zeros.min(2)].to_owned()
}

/// `1 task`, `3 tasks`.
pub fn count(value: u64, one: &str) -> String {
    if value == 1 { format!("1 {one}") } else { format!("{} {one}s", number(value)) }
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        for (value, expected) in
            [(0, "0"), (999, "999"), (1_000, "1,000"), (65_536, "65,536"), (123_456, "123,456"), (1_234_567, "1,234,567")]
        {
            assert_eq!(number(value), expected);
        }
    }

    #[test]
    fn sums_show_as_many_places_as_it_takes() {
        for (nano, expected) in [(0, "$0.00"), (384_000_000, "$0.384"), (210_000, "$0.00021"), (12_345_678_900_000, "$12,345.68")]
        {
            assert_eq!(dollars(nano), expected);
        }
        for (nano, expected) in
            [(96_000_000, "$0.096"), (12_342_500, "$0.01234"), (33_600_000, "$0.0336"), (1_530_000_000, "$1.530")]
        {
            assert_eq!(price(nano), expected);
        }
    }

    #[test]
    fn lists_and_counts_read_as_people_write_them() {
        let names: Vec<String> = ["a", "b", "c"].map(str::to_owned).to_vec();
        assert_eq!(list(&names[..1]), "a");
        assert_eq!(list(&names[..2]), "a and b");
        assert_eq!(list(&names), "a, b and c");
        assert_eq!(count(1, "task"), "1 task");
        assert_eq!(count(0, "task"), "0 tasks");
        assert_eq!(count(1_200, "server"), "1,200 servers");
    }
}
