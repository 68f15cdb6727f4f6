//! A deployment that failed and was rolled back: who looks only whether the service is stable takes that for success (ecs.md §1.4,
//! §14 #15).

use crate::explain::names::{definition_name, service_name};
use crate::sim::engine::Sim;
use crate::sim::ids::ServiceId;
use crate::sim::model::deployment::RolloutState;
use crate::sim::observation::services::ServicesFact;
use crate::sim::observation::{Kind, Observation, ServiceEvent};
use crate::sim::time::clock;

/// What failed and what is back, and what the service said of the failure; nothing when the newest deployment has not failed.
pub(super) fn rolled_back(sim: &Sim, log: &[Observation], id: ServiceId) -> Option<(String, String)> {
    let service = sim.belief().services.get(id)?;
    let event = |fact: &Observation| match &fact.kind {
        Kind::ServiceEvent { service, event } if *service == id => Some(event.clone()),
        _ => None,
    };
    let at = log.iter().rposition(|fact| matches!(event(fact).as_deref(), Some(ServiceEvent::RollingBack { .. })))?;
    let Some(ServiceEvent::RollingBack { deployment: to }) = event(&log[at]).as_deref().cloned() else { return None };
    let failed = log[..at].iter().rev().find_map(|fact| match event(fact).as_deref() {
        Some(ServiceEvent::DeploymentFailed { deployment, .. }) => Some((fact.at_ms, *deployment, event(fact)?)),
        _ => None,
    });
    let (at_ms, deployment, said) = failed.filter(|_| service.deployment == to)?;
    let started = log[..at].iter().rev().find_map(|fact| match &fact.kind {
        Kind::Services(fact) => match &**fact {
            ServicesFact::DeploymentStarted { deployment: of, definition, .. } if *of == deployment => Some(*definition),
            _ => None,
        },
        _ => None,
    });
    let tried = started.map_or_else(|| "a newer revision".to_owned(), |definition| definition_name(sim, definition));
    let state = match service.primary().rollout_state {
        RolloutState::Completed => "has been rolled back",
        RolloutState::InProgress | RolloutState::Failed => "is being rolled back",
    };
    let sentence = format!(
        "The deployment to {tried} failed at {} and {state}: {} runs again. To a tool that waits until the service is stable this looks \
         like success; which task definition its primary deployment has, tells. Mend {tried} and deploy it again.",
        clock(at_ms),
        definition_name(sim, service.revision().definition),
    );
    Some((sentence, said.text(&service_name(sim, id))))
}
