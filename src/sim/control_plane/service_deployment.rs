//! A service deployment that goes through life-cycle stages: blue/green, canary, linear (ecs.md §4.7).
//!
//! Data and the questions one may ask of it; [`blue_green`](super::blue_green) moves it.

use crate::sim::control_plane::lifecycle_hooks::HookExecution;
use crate::sim::control_plane::service::Service;
use crate::sim::control_plane::service_load_balancer::TargetGroups;
use crate::sim::control_plane::task::Task;
use crate::sim::ids::{DeploymentId, ObservationId};
use crate::sim::model::deployment::{DeploymentStrategy, LifecycleStage};
use crate::sim::time::Millis;

/// `status` of a service deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceDeploymentStatus {
    InProgress,
    /// It failed, and was not set to go back.
    Stopped,
    Successful,
    RollbackInProgress,
    RollbackSuccessful,
}

impl ServiceDeploymentStatus {
    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Stopped => "STOPPED",
            Self::Successful => "SUCCESSFUL",
            Self::RollbackInProgress => "ROLLBACK_IN_PROGRESS",
            Self::RollbackSuccessful => "ROLLBACK_SUCCESSFUL",
        }
    }
}

/// The way of a service from one revision to another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServiceDeployment {
    /// The revision it leaves: blue.
    pub source: DeploymentId,
    /// The revision it goes to: green.
    pub target: DeploymentId,
    pub strategy: DeploymentStrategy,
    pub status: ServiceDeploymentStatus,
    pub lifecycle_stage: LifecycleStage,
    pub stage_since_ms: Millis,
    /// The observation of the stage: the cause of the next.
    pub stage_by: ObservationId,
    /// What it waits for before it goes on, and how many there have been.
    pub hooks: Vec<HookExecution>,
    pub hooks_begun: u32,
    /// Share of the target in the traffic of each listener, in tenths of a per cent, and when production last moved.
    pub test_permille: u32,
    pub production_permille: u32,
    pub shifted_at_ms: Millis,
    pub started_at_ms: Millis,
    pub finished_at_ms: Option<Millis>,
}

impl Service {
    /// The service deployment on its way through the stages, or stuck there, if there is one.
    pub fn staged(&self) -> Option<&ServiceDeployment> {
        self.service_deployment.as_deref().filter(|staged| match staged.status {
            ServiceDeploymentStatus::InProgress | ServiceDeploymentStatus::Stopped => true,
            ServiceDeploymentStatus::Successful
            | ServiceDeploymentStatus::RollbackInProgress
            | ServiceDeploymentStatus::RollbackSuccessful => false,
        })
    }

    /// The newest deployment has come so far that the older revision is being stopped, or is gone.
    /// Ledger: deployment.clean-up.
    pub fn has_no_way_back(&self) -> bool {
        self.service_deployment.as_deref().filter(|staged| staged.target == self.deployment).is_some_and(|staged| {
            staged.lifecycle_stage == LifecycleStage::CleanUp
                && matches!(staged.status, ServiceDeploymentStatus::InProgress | ServiceDeploymentStatus::Successful)
        })
    }

    /// Is it of a revision that came up beside the one with the traffic, and is not on its way there any more? Nobody misses it.
    pub(crate) fn leaves_idle(&self, task: &Task) -> bool {
        let of = task.service.and_then(|(_, deployment)| self.deployment(deployment));
        of.is_some_and(|of| {
            of.target_groups == TargetGroups::Alternate && self.staged().is_none_or(|staged| staged.target != of.id)
        })
    }

    /// The share of production traffic that a deployment gets, in tenths of a per cent; nothing without a load balancer.
    pub fn traffic_permille(&self, deployment: DeploymentId) -> Option<u32> {
        if self.revision().load_balancers.is_empty() {
            return None;
        }
        Some(match self.staged() {
            Some(staged) if staged.target == deployment => staged.production_permille,
            Some(staged) if staged.source == deployment => 1_000 - staged.production_permille,
            Some(_) => 0,
            None => return None,
        })
    }
}
