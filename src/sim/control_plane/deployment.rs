//! A deployment of a service: one revision on its way in, in place, or on its way out (ecs.md §4.3).

use std::rc::Rc;

use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::service_load_balancer::TargetGroups;
use crate::sim::control_plane::service_revision::ServiceRevision;
use crate::sim::ids::{DeploymentId, ObservationId, ServiceId};
use crate::sim::model::deployment::{DeploymentStatus, RolloutState};
use crate::sim::observation::FailedBecause;
use crate::sim::time::Millis;

/// One deployment. How many of its tasks run is counted when asked: [`ControlPlane::deployment_counts`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Deployment {
    pub id: DeploymentId,
    pub status: DeploymentStatus,
    pub revision: Rc<ServiceRevision>,
    /// The primary's is the service's; an older one's shrinks as its tasks are stopped.
    pub desired_count: u32,
    /// Tasks of it that are not wanted any more and not STOPPED yet.
    pub stopping: u32,
    /// Tasks in a row that failed to start.
    pub failed_tasks: u32,
    pub rollout_state: RolloutState,
    pub reason: RolloutReason,
    pub created_at_ms: Millis,
    pub updated_at_ms: Millis,
    /// The observation that asked for it.
    pub asked_by: ObservationId,
    /// Where its tasks register, when there are two target groups.
    pub target_groups: TargetGroups,
    pub watch: Watch,
}

/// What is watched while a deployment is in progress: failures for the circuit breaker, alarms, the time after the last old task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Watch {
    /// A task has reached RUNNING: the second stage of the circuit breaker.
    pub has_run: bool,
    pub failures: u32,
    /// Alarms that were in ALARM when it began: not its doing. `None` before the first look.
    pub ignored_alarms: Option<Vec<Rc<str>>>,
    /// Everything is in place; alarms are watched until then.
    pub bakes_until_ms: Option<Millis>,
}

/// Why `rolloutState` is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RolloutReason {
    InProgress,
    Completed,
    Ended(EndedBy),
    /// It takes the place of one that has ended so.
    RollingBack(EndedBy),
}

/// What ended a deployment before it was completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndedBy {
    Failure(FailedBecause),
    /// Someone, by this call.
    Call(&'static str),
}

impl Deployment {
    /// A new deployment, primary and in progress.
    pub fn new(
        id: DeploymentId,
        revision: Rc<ServiceRevision>,
        desired_count: u32,
        now_ms: Millis,
        asked_by: ObservationId,
    ) -> Self {
        Self {
            id,
            status: DeploymentStatus::Primary,
            revision,
            desired_count,
            stopping: 0,
            failed_tasks: 0,
            rollout_state: RolloutState::InProgress,
            reason: RolloutReason::InProgress,
            created_at_ms: now_ms,
            updated_at_ms: now_ms,
            asked_by,
            target_groups: TargetGroups::Primary,
            watch: Watch::default(),
        }
    }

    /// Moves on to another state.
    pub(crate) fn turn(&mut self, state: RolloutState, reason: RolloutReason, now_ms: Millis) {
        (self.rollout_state, self.reason, self.updated_at_ms) = (state, reason, now_ms);
    }

    /// `rolloutStateReason` (ecs.md §4.3).
    /// Ledger: deployment.rollback.
    pub fn rollout_state_reason(&self) -> String {
        let id = self.id.ecs_svc();
        match self.reason {
            RolloutReason::InProgress => format!("ECS deployment {id} in progress."),
            RolloutReason::Completed => format!("ECS deployment {id} completed."),
            RolloutReason::Ended(EndedBy::Failure(FailedBecause::TasksFailedToStart)) => {
                "ECS deployment circuit breaker: tasks failed to start.".to_string()
            }
            RolloutReason::RollingBack(EndedBy::Failure(FailedBecause::TasksFailedToStart)) => {
                format!("ECS deployment circuit breaker: rolling back to deploymentId {id}.")
            }
            RolloutReason::Ended(by) => format!("ECS deployment {}.", by.words()),
            RolloutReason::RollingBack(by) => format!("ECS deployment {}: rolling back to deploymentId {id}.", by.words()),
        }
    }
}

impl EndedBy {
    fn words(self) -> String {
        match self {
            Self::Failure(why) => format!("failed: {}", why.words()),
            Self::Call(call) => format!("stopped by {call}"),
        }
    }
}

impl ControlPlane {
    /// `runningCount` and `pendingCount` of a deployment.
    pub fn deployment_counts(&self, service: ServiceId, deployment: DeploymentId) -> (u32, u32) {
        let tasks = || self.services[service].tasks.iter().map(|task| &self.tasks[*task]);
        let of_it = tasks().filter(|task| task.service == Some((service, deployment)));
        of_it.fold((0, 0), |(running, pending), task| {
            (running + u32::from(task.is_running()), pending + u32::from(task.is_starting()))
        })
    }
}
