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
