//! A service's deployments as a ribbon from the old revision to the new one.

use std::rc::Rc;

use crate::explain::answers::Inquiry;
use crate::explain::answers::rolled_back::{WayBack, way_back};
use crate::explain::names;
use crate::session::choice;
use crate::session::frame::{Badge, Choice, RevisionView, RibbonView, StageView, Tone};
use crate::session::intent::{Intent, Subject};
use crate::session::view::Shown;
use crate::session::view::server_state::badge;
use crate::sim::command::Command;
use crate::sim::command::services::{
    ContinueAction, ContinueServiceDeployment, ServicesCommand, StopServiceDeployment, StopType,
};
use crate::sim::control_plane::blue_green::step_bake_minutes;
use crate::sim::control_plane::deployment::{Deployment, RolloutReason};
use crate::sim::control_plane::lifecycle_hooks::LastCall;
use crate::sim::control_plane::service::Service;
use crate::sim::control_plane::service_deployment::ServiceDeployment;
use crate::sim::engine::Sim;
use crate::sim::ids::{DeploymentId, ServiceId};
use crate::sim::model::deployment::{DeploymentStatus, DeploymentStrategy, LifecycleStage, RolloutState};
use crate::sim::time::{self, HOUR, MINUTE, Millis};

/// So long the outcome of a deployment that was rolled back stays in sight, unless another one begins.
const OUTCOME_LASTS_MS: Millis = HOUR;

/// The ribbon, while a revision takes the place of another, and after one that failed.
pub fn ribbon(shown: &Shown, id: ServiceId) -> Option<RibbonView> {
    let sim = shown.timeline.sim();
    let service = sim.belief().services.get(id)?;
    let newest = service.deployments.first()?;
    let standing = || service.deployments.iter().filter(|each| each.status != DeploymentStatus::Inactive);
    let over = newest.rollout_state == RolloutState::Completed;
    let back = way_back(sim, shown.timeline.log(), id)
        .filter(|_| !over || sim.now_ms().saturating_sub(newest.updated_at_ms) < OUTCOME_LASTS_MS);
    if standing().count() < 2 && newest.rollout_state != RolloutState::Failed && back.is_none() {
        return None;
    }
    let mut controls = controls(service);
    controls.iter_mut().for_each(|control| shown.lock(control));
    if back.is_some() {
        let words = format!("Why the deployment of {} failed", service.name);
        controls.push(choice(words, Intent::Ask(Inquiry::Deployment(id))));
    }
    Some(RibbonView {
        name: Rc::from(format!("Deployment of {}", service.name)),
        state: match back {
            Some(_) if over => {
                badge("ROLLBACK_SUCCESSFUL", Tone::Warning, "The deployment failed; the revision that worked last runs again.")
            }
            Some(_) | None => state(newest),
        },
        revisions: standing().rev().filter(|_| !over).map(|each| revision(shown, id, service, each)).collect(),
        stage: service.staged().map(stage),
        line: Rc::from(back.map_or_else(|| line(sim, service, newest), |back| outcome(&back, newest))),
        wait: wait(sim, service).map(Rc::from),
        breaker: breaker(service, newest).filter(|_| !over),
        controls,
    })
}

/// `rolloutState` with what it means; a deployment that goes back says so.
pub fn state(deployment: &Deployment) -> Badge {
    match deployment.rollout_state {
        RolloutState::InProgress if matches!(deployment.reason, RolloutReason::RollingBack(_)) => {
            badge("ROLLBACK_IN_PROGRESS", Tone::Warning, "The revision that worked last takes the place of the new one again.")
        }
        RolloutState::InProgress => {
            badge("IN_PROGRESS", Tone::Moving, "The new revision has not taken the place of the old one yet.")
        }
        RolloutState::Completed => {
            badge("COMPLETED", Tone::Good, "The new revision runs and counts as healthy; the old one winds down.")
        }
        RolloutState::Failed => badge("FAILED", Tone::Bad, "The deployment was given up."),
    }
}

fn revision(shown: &Shown, id: ServiceId, service: &Service, deployment: &Deployment) -> RevisionView {
    let sim = shown.timeline.sim();
    let (running, pending) = sim.belief().deployment_counts(id, deployment.id);
    let subject = Subject::Deployment(id, deployment.id);
    RevisionView {
        name: Rc::from(names::definition_name(sim, deployment.revision.definition)),
        subject,
        selected: shown.selection == Some(subject),
        role: deployment.status.name(),
        desired: deployment.desired_count,
        running,
        pending,
        failed: deployment.failed_tasks,
        traffic_permille: share_permille(sim, id, service, deployment.id),
        newest: deployment.status == DeploymentStatus::Primary,
    }
}

/// What a deployment gets of the service's requests: as its listener is set, else as they really flow.
pub fn share_permille(sim: &Sim, id: ServiceId, service: &Service, deployment: DeploymentId) -> Option<u32> {
    if let Some(permille) = service.traffic_permille(deployment) {
        return Some(permille);
    }
    let routes = sim.neighbours().traffic.flows.iter().flat_map(|flow| flow.routes());
    let (mut all, mut mine) = (0_u64, 0_u64);
    for route in routes {
        let Some((_, of)) = sim.belief().tasks.get(route.task).and_then(|task| task.service).filter(|(of, _)| *of == id) else {
            continue;
        };
        all += route.offered_mrps;
        mine += if of == deployment { route.offered_mrps } else { 0 };
    }
    (mine * 1_000 + all / 2).checked_div(all).map(|permille| permille as u32)
}

fn stage(staged: &ServiceDeployment) -> StageView {
    StageView {
        word: staged.lifecycle_stage.name(),
        number: staged.lifecycle_stage as u32 + 1,
        of: LifecycleStage::ALL.len() as u32,
        held: staged.paused().is_some(),
    }
}

/// Since when, and in the service's words why it is what it is.
fn line(sim: &Sim, service: &Service, deployment: &Deployment) -> String {
    let since = time::span(sim.now_ms().saturating_sub(deployment.created_at_ms) / 1_000 * 1_000);
    match deployment.rollout_state {
        RolloutState::InProgress | RolloutState::Completed => format!("{}, for {since}", strategy(service).name()),
        RolloutState::Failed => deployment.rollout_state_reason(),
    }
}

/// What failed or was stopped, when and why, and since when the revision before it is back.
fn outcome(back: &WayBack, newest: &Deployment) -> String {
    let WayBack { tried, to, failed_at_ms, why, said } = back;
    let at = time::clock(*failed_at_ms);
    let ended = match said {
        Some(_) => format!("{tried} failed at {at}: {why}"),
        None => format!("{tried} was {why} at {at}"),
    };
    match newest.rollout_state {
        RolloutState::Completed => format!("{ended}. Back on {to} since {}", time::clock(newest.updated_at_ms)),
        RolloutState::InProgress | RolloutState::Failed => format!("{ended}. Going back to {to}"),
    }
}

/// How the service is deployed.
pub fn strategy(service: &Service) -> DeploymentStrategy {
    service.configuration.as_ref().map_or(DeploymentStrategy::Rolling, |configuration| configuration.strategy)
}

/// What the newest deployment waits for, and for how long yet.
pub fn wait(sim: &Sim, service: &Service) -> Option<String> {
    let now_ms = sim.now_ms();
    let left = |until_ms: Millis| time::span(until_ms.saturating_sub(now_ms).div_ceil(1_000) * 1_000);
    let Some(staged) = service.staged() else {
        let until_ms = service.primary().watch.bakes_until_ms?;
        return service.deployment_in_progress().then(|| format!("alarms are watched for {} more", left(until_ms)));
    };
    if let Some(hook) = staged.paused() {
        return Some(format!("a hook holds it, for {} at most", left(hook.expires_at_ms)));
    }
    if let Some((_, calls)) = staged.asking() {
        return Some(match calls.last {
            LastCall::AgainAt(again_ms) => format!("function {} said IN_PROGRESS, asked again in {}", calls.name, left(again_ms)),
            LastCall::RunsSince(since_ms) => {
                let longest_ms = since_ms + sim.tuning().services.function_longest_ms;
                format!("function {} decides, for {} at most", calls.name, left(longest_ms))
            }
            LastCall::Over => format!("function {} has decided", calls.name),
        });
    }
    let configuration = service.configuration.as_ref()?;
    let step_minutes = step_bake_minutes(staged.strategy, configuration);
    match staged.lifecycle_stage {
        LifecycleStage::BakeTime => {
            let until_ms = staged.stage_since_ms + Millis::from(configuration.bake_minutes()) * MINUTE;
            Some(format!("bakes for {} more", left(until_ms)))
        }
        LifecycleStage::ProductionTrafficShift if staged.production_permille > 0 && step_minutes > 0 => {
            Some(format!("next shift of traffic in {}", left(staged.shifted_at_ms + Millis::from(step_minutes) * MINUTE)))
        }
        LifecycleStage::ReconcileService
        | LifecycleStage::PreScaleUp
        | LifecycleStage::ScaleUp
        | LifecycleStage::PostScaleUp
        | LifecycleStage::TestTrafficShift
        | LifecycleStage::PostTestTrafficShift
        | LifecycleStage::PreProductionTrafficShift
        | LifecycleStage::ProductionTrafficShift
        | LifecycleStage::PostProductionTrafficShift
        | LifecycleStage::CleanUp => None,
    }
}

/// Failures so far against the threshold, where the circuit breaker is on.
pub fn breaker(service: &Service, deployment: &Deployment) -> Option<(u32, u32)> {
    let breaker = service.configuration.as_ref()?.deployment_circuit_breaker;
    let threshold = breaker.threshold_configuration.failures(service.desired_count);
    breaker.enable.then_some((deployment.watch.failures, threshold))
}

/// What can be decided about the newest deployment now.
pub fn controls(service: &Service) -> Vec<Choice> {
    let newest = service.primary();
    if newest.rollout_state != RolloutState::InProgress || matches!(newest.reason, RolloutReason::RollingBack(_)) {
        return Vec::new();
    }
    let name = &service.name;
    let control = |label: String, command| choice(label, Intent::Do(Command::Services(command).into()));
    let decide = |label: &str, action| {
        let request = ContinueServiceDeployment { service: name.to_string(), action };
        control(format!("{label} the deployment of {name}"), ServicesCommand::ContinueServiceDeployment(request))
    };
    match service.staged().and_then(|staged| staged.paused()) {
        Some(_) => vec![decide("Continue", ContinueAction::Continue), decide("Roll back", ContinueAction::Rollback)],
        None => {
            let request = StopServiceDeployment { service: name.to_string(), stop_type: StopType::Rollback };
            let mut stop =
                control(format!("Roll back the deployment of {name}"), ServicesCommand::StopServiceDeployment(request));
            if service.completed.as_ref().is_none_or(|(completed, _)| *completed == newest.id) {
                stop.refused = Some(Rc::from("No deployment has been completed yet that it could go back to."));
            }
            vec![stop]
        }
    }
}
