//! A service's deployments as a ribbon from the old revision to the new one.

use std::rc::Rc;

use crate::explain::names;
use crate::session::frame::{Badge, RevisionView, RibbonView, Tone};
use crate::session::view::Shown;
use crate::session::view::server_state::badge;
use crate::sim::control_plane::deployment::Deployment;
use crate::sim::control_plane::service::Service;
use crate::sim::engine::Sim;
use crate::sim::ids::ServiceId;
use crate::sim::model::deployment::{DeploymentStatus, RolloutState};
use crate::sim::time;

/// The ribbon, while a revision takes the place of another, and after one that failed.
pub fn ribbon(shown: &Shown, id: ServiceId) -> Option<RibbonView> {
    let sim = shown.timeline.sim();
    let service = sim.belief().services.get(id)?;
    let newest = service.deployments.first()?;
    let beside = service.deployments.iter().skip(1).filter(|old| old.status != DeploymentStatus::Inactive);
    let failed = newest.rollout_state == RolloutState::Failed;
    if beside.clone().count() == 0 && !failed {
        return None;
    }
    let old_first = service.deployments.iter().rev().filter(|each| each.status != DeploymentStatus::Inactive);
    Some(RibbonView {
        state: state(newest),
        revisions: old_first.map(|each| revision(sim, id, each)).collect(),
        line: Some(Rc::from(line(sim, service, newest))),
        breaker: breaker(service, newest),
    })
}

fn state(deployment: &Deployment) -> Badge {
    let (tone, title) = match deployment.rollout_state {
        RolloutState::InProgress => (Tone::Moving, "The new revision has not taken the place of the old one yet."),
        RolloutState::Completed => (Tone::Good, "The new revision runs and counts as healthy; the old one winds down."),
        RolloutState::Failed => (Tone::Bad, "The deployment was given up."),
    };
    badge(deployment.rollout_state.name(), tone, title)
}

fn revision(sim: &Sim, service: ServiceId, deployment: &Deployment) -> RevisionView {
    let (running, pending) = sim.belief().deployment_counts(service, deployment.id);
    RevisionView {
        name: Rc::from(names::definition_name(sim, deployment.definition)),
        role: deployment.status.name(),
        desired: deployment.desired_count,
        running,
        pending,
        failed: deployment.failed_tasks,
        traffic_permille: None,
        newest: deployment.status == DeploymentStatus::Primary,
    }
}

/// Since when, and in the service's words why it is what it is.
fn line(sim: &Sim, service: &Service, deployment: &Deployment) -> String {
    let since = time::span(sim.now_ms().saturating_sub(deployment.created_at_ms) / 1_000 * 1_000);
    let strategy = service.configuration.as_ref().map_or("ROLLING", |configuration| configuration.strategy.name());
    match deployment.rollout_state {
        RolloutState::InProgress | RolloutState::Completed => format!("{strategy}, for {since}"),
        RolloutState::Failed => deployment.rollout_state_reason(),
    }
}

/// Failures so far against the threshold, where the circuit breaker is on.
fn breaker(service: &Service, deployment: &Deployment) -> Option<(u32, u32)> {
    let breaker = service.configuration.as_ref()?.deployment_circuit_breaker;
    let threshold = breaker.threshold_configuration.failures(service.desired_count);
    breaker.enable.then_some((deployment.watch.failures, threshold))
}
