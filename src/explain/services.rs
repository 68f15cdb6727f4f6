//! Services: deployments and their life-cycle, task protection — commands and facts in plain words.

use crate::explain::kinds::{About, Tone};
use crate::explain::names::{definition_name, service_name};
use crate::sim::command::services::ServicesCommand;
use crate::sim::engine::Sim;
use crate::sim::ids::ServiceId;
use crate::sim::observation::services::ServicesFact;

/// What someone asks for, as a button, the undo label or the log says it.
pub fn label(_: &Sim, command: &ServicesCommand) -> String {
    match *command {}
}

/// What happened, in one sentence.
pub fn sentence(sim: &Sim, fact: &ServicesFact) -> String {
    match fact {
        ServicesFact::DeploymentStarted { service, deployment, definition } => format!(
            "Deployment {} of {} begins: {} becomes the primary revision",
            deployment.ecs_svc(),
            service_name(sim, *service),
            definition_name(sim, *definition)
        ),
    }
}

/// A stable name of the kind of fact, for logs that programs read.
pub fn kind_name(fact: &ServicesFact) -> &'static str {
    match fact {
        ServicesFact::DeploymentStarted { .. } => "DeploymentStarted",
    }
}

/// What the fact means for the learner.
pub fn tone(fact: &ServicesFact) -> Tone {
    match fact {
        ServicesFact::DeploymentStarted { .. } => Tone::Moving,
    }
}

/// Whom the fact is about.
pub fn subject(fact: &ServicesFact) -> Option<About> {
    Some(About::Service(service_of(fact)))
}

/// Whom the command is about.
pub fn subject_of_command(command: &ServicesCommand) -> Option<About> {
    match *command {}
}

/// Would a learner's log name it?
pub fn is_headline(fact: &ServicesFact) -> bool {
    match fact {
        ServicesFact::DeploymentStarted { .. } => true,
    }
}

/// What the fact is about, by field name and full id, for logs that programs read.
pub fn ids(fact: &ServicesFact) -> Vec<(&'static str, String)> {
    match fact {
        ServicesFact::DeploymentStarted { service, deployment, .. } => {
            vec![("service", service.0.to_string()), ("deployment", deployment.ecs_svc())]
        }
    }
}

/// The same for a command.
pub fn ids_of_command(command: &ServicesCommand) -> Vec<(&'static str, String)> {
    match *command {}
}

fn service_of(fact: &ServicesFact) -> ServiceId {
    match fact {
        ServicesFact::DeploymentStarted { service, .. } => *service,
    }
}
