//! The circuit breaker of a deployment, how a deployment fails, and the way back (ecs.md §4.5, §18.4).

use std::rc::Rc;

use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::blue_green::weigh_primary;
use crate::sim::control_plane::deployment::{Deployment, EndedBy, RolloutReason, Watch};
use crate::sim::effects::Effects;
use crate::sim::ids::{ServiceId, TaskId};
use crate::sim::model::deployment::{DeploymentStatus, DeploymentStrategy, RolloutState};
use crate::sim::observation::services::ServicesFact;
use crate::sim::observation::{FailedBecause, Kind, ServiceEvent};

/// What went wrong with a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    /// It went from PENDING straight to STOPPED.
    ToStart,
    /// It failed its health checks, or ended before they passed for the first time.
    Check,
}

/// Remembers what is wrong with a task that is being stopped. It counts when the task is STOPPED.
/// Ledger: deployment.breaker-stopped.
pub(crate) fn note_failure(control: &mut ControlPlane, task: TaskId, failure: Failure) {
    if let Some(stopped) = &mut control.tasks.get_mut(task).expect("the task exists").stopped {
        stopped.failure = Some(failure);
    }
}

/// A task of a service that has failed is STOPPED: counts for its deployment, if that is the newest and still in progress.
pub(crate) fn count_failure(control: &mut ControlPlane, fx: &mut Effects, task: TaskId, failure: Failure) {
    let Some((id, of)) = control.tasks[task].service else { return };
    let Some(service) = control.services.get_mut(id) else { return };
    if service.deployment != of || !service.deployment_in_progress() {
        return;
    }
    let breaker = service.configuration.as_ref().map(|known| (known.strategy, known.deployment_circuit_breaker));
    let desired_count = service.desired_count;
    let deployment = service.primary_mut();
    deployment.failed_tasks += u32::from(failure == Failure::ToStart);
    let Some((DeploymentStrategy::Rolling, breaker)) = breaker else { return };
    // Ledger: deployment.breaker-stages.
    let counts = match failure {
        Failure::ToStart => !deployment.watch.has_run,
        Failure::Check => deployment.watch.has_run,
    };
    if !breaker.enable || !counts {
        return;
    }
    deployment.watch.failures += 1;
    let (failures, threshold) = (deployment.watch.failures, breaker.threshold_configuration.failures(desired_count));
    let cause = Some(control.tasks[task].newest);
    fx.because(cause, |fx| {
        let fact = ServicesFact::DeploymentFailureCounted { service: id, deployment: of, failures, threshold };
        let counted = fx.observe(Kind::Services(Rc::new(fact)));
        if failures >= threshold {
            let back = breaker.rollback.then_some(Back::ToCompleted);
            fx.because(Some(counted), |fx| control.fail_deployment(fx, id, FailedBecause::TasksFailedToStart, back));
        }
    });
}

/// Where a failed deployment goes back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Back {
    /// The most recent deployment that was completed.
    ToCompleted,
}

impl ControlPlane {
    /// Tasks that count as healthy for the first time: the circuit breaker begins anew, if it is set to (ecs.md §4.5).
    pub(crate) fn note_proved_tasks(&mut self, fx: &Effects, id: ServiceId, current: &[TaskId]) {
        let service = &self.services[id];
        if !service.deployment_in_progress() {
            return;
        }
        let resets = service.configuration.as_ref().is_none_or(|known| known.deployment_circuit_breaker.reset_on_healthy_task);
        let proved: Vec<TaskId> = current
            .iter()
            .copied()
            .filter(|task| !self.tasks[*task].proved && self.counts_as_healthy(fx, &self.tasks[*task]))
            .collect();
        for task in &proved {
            self.tasks.get_mut(*task).expect("the task exists").proved = true;
        }
        if resets && !proved.is_empty() {
            self.services.get_mut(id).expect("the service exists").primary_mut().watch.failures = 0;
        }
    }

    /// The newest deployment has failed: no more of its tasks are started. It may go back to the one that was completed last; when
    /// none was, it stalls (ecs.md §4.5).
    pub(crate) fn fail_deployment(&mut self, fx: &mut Effects, id: ServiceId, why: FailedBecause, back: Option<Back>) {
        let now_ms = fx.now_ms;
        let service = self.services.get_mut(id).expect("the service exists");
        let deployment = service.primary_mut();
        let ended_by = EndedBy::Failure(why);
        deployment.turn(RolloutState::Failed, RolloutReason::Ended(ended_by), now_ms);
        let deployment = deployment.id;
        service.wake();
        let failed = self.say(fx, id, ServiceEvent::DeploymentFailed { deployment, why });
        match back {
            Some(Back::ToCompleted) if self.services[id].staged().is_some() => {
                fx.because(Some(failed), |fx| self.roll_stages_back(fx, id, ended_by));
            }
            Some(Back::ToCompleted) => fx.because(Some(failed), |fx| self.roll_back(fx, id, ended_by)),
            None => self.stay_in_stage(id),
        }
    }

    /// Makes the deployment that was completed last the primary one again, with all that its revision holds.
    /// Ledger: deployment.rollback.
    pub(crate) fn roll_back(&mut self, fx: &mut Effects, id: ServiceId, ended_by: EndedBy) {
        let service = &self.services[id];
        let Some((to, revision)) = service.completed.clone().filter(|(to, _)| *to != service.deployment) else { return };
        let (desired_count, now_ms) = (service.desired_count, fx.now_ms);
        let (known, before) = (service.deployment(to).cloned(), service.primary().revision.clone());
        let said = self.say(fx, id, ServiceEvent::RollingBack { deployment: to });
        let mut deployment = known.unwrap_or_else(|| Deployment::new(to, revision, desired_count, now_ms, said));
        (deployment.status, deployment.desired_count, deployment.asked_by) = (DeploymentStatus::Primary, desired_count, said);
        (deployment.failed_tasks, deployment.watch) = (0, Watch::default());
        deployment.turn(RolloutState::InProgress, RolloutReason::RollingBack(ended_by), now_ms);
        self.make_primary(fx, id, deployment);
        let service = self.services.get_mut(id).expect("the service exists");
        service.changed_by = said;
        weigh_primary(fx, &before.load_balancers, &service.revision().load_balancers);
        service.start_anew();
        service.wake();
    }
}
