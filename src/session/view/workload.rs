//! What can be run, and what can be added to run it on.

use std::rc::Rc;

use crate::session::frame::{DefinitionView, Entry, WorkloadView};
use crate::session::view::hue;
use crate::session::view::totals::{count_of, grouped, per_hour};
use crate::sim::engine::Sim;
use crate::sim::model::instance_type::INSTANCE_TYPES;
use crate::sim::model::task_definition::{NetworkMode, TaskDefinition};

/// The workload panel.
pub fn workload(sim: &Sim) -> WorkloadView {
    let definitions = sim.belief().definitions.iter().map(|(_, entry)| {
        let definition = &entry.definition;
        DefinitionView {
            name: Rc::from(definition.name()),
            hue: hue::of_family(sim, &definition.family),
            asks: Rc::from(asks(definition)),
            runs_on_fargate: definition.launches_on_fargate() && definition.network_mode == NetworkMode::Awsvpc,
            runs_on_ec2: true,
        }
    });
    let instance_types = INSTANCE_TYPES.iter().map(|kind| Entry {
        id: Rc::from(kind.name),
        title: Rc::from(kind.name),
        line: Rc::from(format!(
            "{} vCPU · {} MiB registered · {}",
            kind.cpu_units / 1_024,
            grouped(u64::from(kind.memory_mib)),
            per_hour(u64::from(kind.micro_dollars_per_hour))
        )),
    });
    WorkloadView {
        definitions: definitions.collect(),
        instance_types: Rc::new(instance_types.collect()),
        zones: Rc::new(sim.belief().zones.iter().map(|zone| zone.name.clone()).collect()),
    }
}

/// `256 CPU · 512 MiB · bridge`.
pub fn asks(definition: &TaskDefinition) -> String {
    format!(
        "{} CPU · {} MiB · {}",
        grouped(u64::from(definition.cpu_units())),
        grouped(u64::from(definition.memory_to_reserve_mib())),
        definition.network_mode.name()
    )
}

/// `consulServer: 1 container, 128 CPU · 64 MiB · host`.
pub fn summary_of(definition: &TaskDefinition) -> String {
    format!("{}: {}, {}", definition.family, count_of(definition.containers.len() as u64, "container"), asks(definition))
}
