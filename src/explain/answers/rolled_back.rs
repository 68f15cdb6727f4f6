//! A deployment that failed and was rolled back: who looks only whether the service is stable takes that for success (ecs.md §1.4,
//! §14 #15).

use crate::explain::causes::find;
use crate::explain::names::{definition_name, service_name};
use crate::sim::command::Command;
use crate::sim::command::services::ServicesCommand;
use crate::sim::engine::Sim;
use crate::sim::ids::{DeploymentId, ServiceId};
use crate::sim::model::deployment::RolloutState;
use crate::sim::observation::services::ServicesFact;
use crate::sim::observation::{Kind, Observation, ServiceEvent};
use crate::sim::time::{Millis, clock};

/// The way back of the newest deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayBack {
    /// The revision that was tried: `web:2`.
    pub tried: String,
    /// The one that takes its place again.
    pub to: String,
    pub failed_at_ms: Millis,
    /// `tasks failed to start`.
    pub why: String,
    /// What the service said of the failure; nothing where someone has asked for the way back.
    pub said: Option<String>,
}

/// Why the newest deployment of a service is one from before; nothing where it is a new one.
pub fn way_back(sim: &Sim, log: &[Observation], id: ServiceId) -> Option<WayBack> {
    let service = sim.belief().services.get(id)?;
    let back = find(log, service.primary().asked_by)?;
    let Some(ServiceEvent::RollingBack { deployment: to }) = event(back, id) else { return None };
    let because = back.cause.and_then(|cause| find(log, cause));
    let (failed_at_ms, failed, why, said) = match because.map(|fact| (fact, event(fact, id))) {
        Some((fact, Some(event @ ServiceEvent::DeploymentFailed { deployment, why }))) => {
            (fact.at_ms, Some(*deployment), why.words().to_owned(), Some(event.text(&service_name(sim, id))))
        }
        Some((fact, _)) => (fact.at_ms, None, called(fact), None),
        None => return None,
    };
    let before = &log[..log.partition_point(|fact| fact.id < back.id)];
    let tried = |of: DeploymentId| failed.map_or(of != *to, |failed| of == failed);
    let started = before.iter().rev().find_map(|fact| match &fact.kind {
        Kind::Services(fact) => match &**fact {
            ServicesFact::DeploymentStarted { service, deployment, definition } if *service == id && tried(*deployment) => {
                Some(*definition)
            }
            _ => None,
        },
        _ => None,
    });
    Some(WayBack {
        tried: started.map_or_else(|| "a newer revision".to_owned(), |definition| definition_name(sim, definition)),
        to: definition_name(sim, service.revision().definition),
        failed_at_ms,
        why,
        said,
    })
}

fn event(fact: &Observation, id: ServiceId) -> Option<&ServiceEvent> {
    match &fact.kind {
        Kind::ServiceEvent { service, event } if *service == id => Some(event),
        _ => None,
    }
}

/// The call that ended it, as `rolloutStateReason` names it.
fn called(fact: &Observation) -> String {
    let by = match &fact.kind {
        Kind::CommandGiven(command) => match &**command {
            Command::Services(ServicesCommand::StopServiceDeployment(_)) => "by StopServiceDeployment",
            Command::Services(ServicesCommand::ContinueServiceDeployment(_)) => "by ContinueServiceDeployment",
            _ => "before it was completed",
        },
        _ => "before it was completed",
    };
    format!("stopped {by}")
}

/// What became of the deployment that was tried.
pub(super) struct RolledBack {
    pub title: String,
    pub sentence: String,
    /// What the service said of the failure.
    pub service_text: Option<String>,
}

/// What failed or was stopped and what is back; nothing when the newest deployment is a new one.
pub(super) fn rolled_back(sim: &Sim, log: &[Observation], id: ServiceId) -> Option<RolledBack> {
    let WayBack { tried, to, failed_at_ms, why, said } = way_back(sim, log, id)?;
    let state = match sim.belief().services.get(id)?.primary().rollout_state {
        RolloutState::Completed => "has been rolled back",
        RolloutState::InProgress | RolloutState::Failed => "is being rolled back",
    };
    let at = clock(failed_at_ms);
    let sentence = match &said {
        Some(_) => format!(
            "The deployment to {tried} failed at {at} and {state}: {to} runs again. To a tool that waits until the service is stable \
             this looks like success; which task definition its primary deployment has, tells. Mend {tried} and deploy it again."
        ),
        None => format!("The deployment to {tried} was {why} at {at} and {state}: {to} runs again."),
    };
    let title = format!("The deployment of {} to {tried} {state}", service_name(sim, id));
    Some(RolledBack { title, sentence, service_text: said })
}
