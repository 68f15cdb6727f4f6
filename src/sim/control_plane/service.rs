//! A service: how many tasks of what are wanted, and what has come of it so far.

use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use crate::sim::command::SchedulingStrategy;
use crate::sim::control_plane::deployment::Deployment;
use crate::sim::control_plane::rebalance::Rebalance;
use crate::sim::control_plane::service_deployment::ServiceDeployment;
use crate::sim::control_plane::service_revision::ServiceRevision;
use crate::sim::control_plane::targets::Registrar;
use crate::sim::decision::DecisionSummary;
use crate::sim::ids::{DecisionId, DeploymentId, GroupId, ObservationId, TaskId};
use crate::sim::model::deployment::{DeploymentConfiguration, RolloutState, ZoneRebalancing};
use crate::sim::model::placement::{PlacementConstraint, PlacementStrategy};
use crate::sim::observation::ServiceEvent;
use crate::sim::time::Millis;

/// `status` of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceStatus {
    Active,
    /// Deleted; tasks wind down.
    Draining,
    Inactive,
}

/// One service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Service {
    pub name: Rc<str>,
    pub status: ServiceStatus,
    pub deployment: DeploymentId,
    pub desired_count: u32,
    pub scheduling_strategy: SchedulingStrategy,
    pub strategies: Rc<[PlacementStrategy]>,
    /// Of the service alone; those of the task definition are added when a task is placed.
    pub constraints: Rc<[PlacementConstraint]>,
    pub minimum_healthy_percent: u32,
    pub maximum_percent: u32,
    pub group: GroupId,
    /// Tasks whose desired status is RUNNING.
    pub tasks: BTreeSet<TaskId>,
    /// The newest hundred events.
    pub events: VecDeque<(Millis, Rc<ServiceEvent>)>,
    /// What made tasks missing, oldest first: the causes of the tasks to come.
    pub losses: VecDeque<ObservationId>,
    /// The newest change of what is wanted.
    pub changed_by: ObservationId,
    pub steady: Steadiness,
    pub waiting: Option<Waiting>,
    pub throttle: Throttle,
    pub pace: LaunchPace,
    /// The primary one first, then those it replaces, newest first.
    pub deployments: Vec<Deployment>,
    /// The newest deployment that was completed: what a roll-back goes back to.
    pub completed: Option<(DeploymentId, Rc<ServiceRevision>)>,
    /// What `CreateService` or `UpdateService` said beyond the per cents.
    pub configuration: Option<Rc<DeploymentConfiguration>>,
    /// Targets to register and to deregister, if there are any.
    pub(crate) registrar: Option<Box<Registrar>>,
    pub zone_rebalancing: ZoneRebalancing,
    /// For so long after the start of a task, failing health checks are ignored.
    pub grace_period_ms: Millis,
    /// What it has complained of and still stands.
    pub complaints: Vec<Complaint>,
    pub rebalance: Rebalance,
    /// The newest deployment that went through life-cycle stages.
    pub service_deployment: Option<Rc<ServiceDeployment>>,
    /// Tasks that were being stopped in the look before.
    pub stopping_before: u32,
    /// Nothing can be due before, unless something happens to one of its tasks or someone changes it.
    pub rests_until_ms: Millis,
}

/// A complaint that has been made: it is not repeated while it stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Complaint {
    pub condition: Condition,
    pub event: Rc<ServiceEvent>,
    pub said_at_ms: Millis,
}

/// What a complaint is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// No container instance takes a task.
    Placement,
    /// Fargate has no capacity.
    Capacity,
    /// The account starts tasks on Fargate too fast.
    LaunchRate,
    /// Tasks do not start.
    Starting,
    /// The deployment configuration leaves no way.
    Configuration,
    /// Protected tasks cannot be stopped.
    Protection,
}

/// Has the service reached a steady state, and when did it last say so?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Steadiness {
    NotYet,
    Since(Millis),
}

/// Tasks the service wants and cannot place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Waiting {
    pub since_ms: Millis,
    pub count: u32,
    pub decision: DecisionId,
    pub summary: DecisionSummary,
    /// The observation of the failure.
    pub observation: ObservationId,
    /// What the event list says, to say it once only.
    pub text: Rc<str>,
}

/// How many tasks the service has started since an instant at most ten seconds ago, and whether it looks again in between because the account
/// starts tasks on Fargate too fast for more at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LaunchPace {
    pub since_ms: Millis,
    pub launched: u32,
    pub goes_on: bool,
}

/// Attempts to start tasks that keep failing are made further and further apart (ecs.md §3.10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Throttle {
    /// Tasks in a row that went from PENDING straight to STOPPED.
    pub failures: u32,
    /// Nothing is started before this instant.
    pub until_ms: Millis,
    /// How often it has had to wait since a task last came to RUNNING, and when the last wait began: tasks placed before
    /// that fail in the same wave and do not make the wait longer.
    pub waits: u32,
    pub since_ms: Millis,
}

/// In hundredths.
fn percent_of(count: u32, percent: u32) -> u64 {
    u64::from(count) * u64::from(percent)
}

impl Service {
    /// Healthy tasks must not be fewer (ecs.md §4.1).
    /// Ledger: service.percentages.
    pub fn minimum(&self) -> u32 {
        percent_of(self.desired_count, self.minimum_healthy_percent).div_ceil(100) as u32
    }

    /// Tasks starting and running must not be more (ecs.md §4.1).
    pub fn maximum(&self) -> u32 {
        (percent_of(self.desired_count, self.maximum_percent) / 100).min(u64::from(u32::MAX)) as u32
    }

    /// The newest deployment.
    pub fn primary(&self) -> &Deployment {
        &self.deployments[0]
    }

    pub(crate) fn primary_mut(&mut self) -> &mut Deployment {
        &mut self.deployments[0]
    }

    /// A deployment that still has tasks, or the primary one.
    pub fn deployment(&self, id: DeploymentId) -> Option<&Deployment> {
        self.deployments.iter().find(|deployment| deployment.id == id)
    }

    pub(crate) fn deployment_mut(&mut self, id: DeploymentId) -> Option<&mut Deployment> {
        self.deployments.iter_mut().find(|deployment| deployment.id == id)
    }

    /// Tasks that are being stopped.
    pub(crate) fn stopping(&self) -> u32 {
        self.deployments.iter().map(|deployment| deployment.stopping).sum()
    }

    /// How many more tasks than `total` fit under `most`. One that is being stopped takes room until the look after its end.
    /// Ledger: service.room.
    pub(crate) fn room(&self, most: u32, total: u32) -> u32 {
        most.saturating_sub(total + self.stopping().max(self.stopping_before))
    }

    /// True until the newest deployment is completed or has failed.
    pub fn deployment_in_progress(&self) -> bool {
        self.primary().rollout_state == RolloutState::InProgress
    }

    /// The deployment configuration leaves no way, and the service has said so.
    pub fn is_blocked(&self) -> bool {
        self.complains_of(Condition::Configuration)
    }

    pub(crate) fn complains_of(&self, condition: Condition) -> bool {
        self.complaints.iter().any(|complaint| complaint.condition == condition)
    }

    /// What a complaint was about has resolved.
    pub(crate) fn resolve(&mut self, condition: Condition) {
        self.complaints.retain(|complaint| complaint.condition != condition);
    }

    /// An update or a roll-back ends the throttle (ecs.md §3.10). What else it has complained of still stands (ecs.md §5).
    pub(crate) fn start_anew(&mut self) {
        self.throttle = Throttle::default();
        self.resolve(Condition::Starting);
    }

    /// Something happened to it: the next look is a real one.
    pub(crate) fn wake(&mut self) {
        self.rests_until_ms = 0;
    }

    /// Keeps an event; the list holds the last 100 (ecs.md §5).
    pub fn keep_event(&mut self, at_ms: Millis, event: Rc<ServiceEvent>) {
        self.events.push_front((at_ms, event));
        self.events.truncate(100);
    }
}
