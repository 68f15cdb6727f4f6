//! Forms filled in, turned into commands. What each asks for is in [`view::forms`](crate::session::view::forms).

use crate::session::frame::FieldValue;
use crate::sim::command::{Command, UpdateService};
use crate::sim::engine::Sim;
use crate::sim::model::deployment::{
    CanaryConfiguration, CircuitBreaker, DeploymentConfiguration, DeploymentStrategy, LinearConfiguration,
};
use crate::sim::model::task_definition::TaskDefinition;

/// Every form there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormKind {
    Deploy,
}

/// What a form was filled in with.
pub struct Filled<'a>(pub &'a [(&'static str, FieldValue)]);

impl Filled<'_> {
    fn get(&self, key: &str) -> Option<&FieldValue> {
        self.0.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    fn text(&self, key: &str) -> String {
        match self.get(key) {
            Some(FieldValue::Text(text)) => text.trim().to_string(),
            Some(FieldValue::Number(_) | FieldValue::Flag(_)) | None => String::new(),
        }
    }

    /// A number, where the form asked for it.
    fn asked(&self, key: &str) -> Option<u32> {
        self.get(key).map(|_| self.number(key) as u32)
    }

    fn number(&self, key: &str) -> u64 {
        match self.get(key) {
            Some(FieldValue::Number(number)) => *number,
            Some(FieldValue::Text(_) | FieldValue::Flag(_)) | None => 0,
        }
    }
}

/// The commands that a filled-in form means; or why it means none.
pub fn commands(sim: &Sim, kind: FormKind, filled: &Filled) -> Result<Vec<Command>, String> {
    match kind {
        FormKind::Deploy => deploy(sim, filled),
    }
}

fn deploy(sim: &Sim, filled: &Filled) -> Result<Vec<Command>, String> {
    let name = filled.text("service");
    let id = sim.belief().service_named(&name).ok_or_else(|| format!("There is no service {name}."))?;
    let present = &sim.belief().definitions[sim.belief().services[id].definition].definition;
    let next = next_revision(present, filled);
    let family = next.family.to_string();
    let update = UpdateService {
        service: name,
        task_definition: Some(family),
        minimum_healthy_percent: filled.asked("minimum_healthy_percent"),
        maximum_percent: filled.asked("maximum_percent"),
        deployment_configuration: Some(Box::new(configuration(filled))),
        ..UpdateService::default()
    };
    Ok(vec![Command::RegisterTaskDefinition(Box::new(next)), Command::UpdateService(update)])
}

fn configuration(filled: &Filled) -> DeploymentConfiguration {
    let strategy = match &*filled.text("strategy") {
        "BLUE_GREEN" => DeploymentStrategy::BlueGreen,
        "LINEAR" => DeploymentStrategy::Linear,
        "CANARY" => DeploymentStrategy::Canary,
        _ => DeploymentStrategy::Rolling,
    };
    let breaker = filled.text("breaker");
    let minutes = filled.number("bake_minutes") as u32;
    let tenths = filled.number("share_percent") as u32 * 10;
    DeploymentConfiguration {
        strategy,
        bake_time_in_minutes: minutes,
        deployment_circuit_breaker: CircuitBreaker {
            enable: breaker != "off",
            rollback: breaker == "rollback",
            ..CircuitBreaker::default()
        },
        canary_configuration: match strategy {
            DeploymentStrategy::Canary => {
                CanaryConfiguration { canary_percent_tenths: tenths, canary_bake_time_in_minutes: minutes }
            }
            DeploymentStrategy::Rolling | DeploymentStrategy::BlueGreen | DeploymentStrategy::Linear => {
                CanaryConfiguration::default()
            }
        },
        linear_configuration: match strategy {
            DeploymentStrategy::Linear => LinearConfiguration { step_percent_tenths: tenths, step_bake_time_in_minutes: minutes },
            DeploymentStrategy::Rolling | DeploymentStrategy::BlueGreen | DeploymentStrategy::Canary => {
                LinearConfiguration::default()
            }
        },
        ..DeploymentConfiguration::default()
    }
}

/// The same containers under a new tag, with the size asked for.
fn next_revision(present: &TaskDefinition, filled: &Filled) -> TaskDefinition {
    let mut next = present.clone();
    let tag = filled.text("tag");
    if let Some(first) = next.containers.first_mut() {
        if !tag.is_empty() {
            let image = first.image.split_once(':').map_or(&*first.image, |(image, _)| image);
            first.image = format!("{image}:{tag}").into();
        }
        let (cpu_units, memory_mib) = (filled.number("cpu_units") as u32, filled.number("memory_mib") as u32);
        if !present.launches_on_fargate() && cpu_units > 0 && memory_mib > 0 {
            first.cpu_units = cpu_units;
            first.memory_mib = Some(memory_mib);
            first.memory_reservation_mib = first.memory_reservation_mib.map(|reserved| reserved.min(memory_mib));
        }
    }
    next
}
