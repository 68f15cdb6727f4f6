//! Rules that matter only once someone has asked something of the cluster.
//!
//! A page that is merely looked at downloads none of them (architecture: the first load stays small), so rules that run before the
//! first command reach them through [`Effects::later`](crate::sim::effects::Effects::later) only, which [`Sim::apply`] fills; a direct
//! call would bring them back into the first download. Nothing else depends on it: without a command none of them has work.

use std::rc::Rc;

use crate::sim::command::CreateService;
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::control_plane::circuit_breaker::{self, Failure};
use crate::sim::control_plane::launch::{Launch, Unplaced};
use crate::sim::control_plane::throttle::{self, End};
use crate::sim::control_plane::{ControlPlane, fargate, rollout, update_service};
use crate::sim::data_plane::disk::{self, DiskChange};
use crate::sim::data_plane::task_truth::TaskTruth;
use crate::sim::data_plane::{DataPlane, fargate as platform, pull, start_failures, telemetry};
use crate::sim::effects::Effects;
use crate::sim::engine::Sim;
use crate::sim::ids::{FaultId, InstanceId, ObservationId, ServiceId, TaskDefinitionId, TaskId};
use crate::sim::message::TaskUsage;
use crate::sim::model::capacity_provider::CapacityProviderStrategyItem;
use crate::sim::model::deployment::DeploymentConfiguration;
use crate::sim::model::start_error::StartStep;
use crate::sim::neighbours::event::NeighbourEvent;
use crate::sim::neighbours::{self, Neighbours, balancing_commands};
use crate::sim::time::Millis;

/// Ways to those rules.
#[derive(Debug)]
pub struct Later {
    /// Something happens at one of the services round ECS.
    pub on_neighbour: fn(&mut Sim, NeighbourEvent),
    /// One look at a service.
    pub look: fn(&mut ControlPlane, &mut Effects, ServiceId),
    /// What a deployment configuration must hold.
    pub check_configuration: fn(&DeploymentConfiguration) -> Answer,
    /// A wanted task of a service has ended by itself.
    pub task_ended: fn(&mut ControlPlane, &mut Effects, TaskId, End),
    /// A task that has failed is STOPPED.
    pub task_failed: fn(&mut ControlPlane, &mut Effects, TaskId, Failure),
    /// May its newest deployment be called completed now that everything is in place?
    pub may_complete: fn(&mut ControlPlane, &mut Effects, ServiceId) -> bool,
    /// Fargate has to move a task.
    pub retire_task: fn(&mut ControlPlane, &mut Effects, TaskId),
    /// Takes one start out of the account's Fargate bucket, if there is one.
    pub take_fargate_launch: fn(&mut ControlPlane, &Effects) -> bool,
    /// The pull of a container begins.
    pub pull: fn(&mut DataPlane, &mut Effects, TaskId, usize),
    /// A task ends before this container ever ran.
    pub never_runs: fn(&mut TaskTruth, usize),
    /// Does a step of a container's start fail?
    pub start_fails: fn(&mut DataPlane, &mut Effects, TaskId, usize, StartStep) -> bool,
    /// Something happens that may matter to a server's disk.
    pub disk_changes: fn(&mut DataPlane, &mut Effects, InstanceId, DiskChange),
    /// Is the command of the health check of a container missing, and what made it so?
    pub check_is_broken: fn(&DataPlane, TaskId, usize) -> Option<ObservationId>,
    /// How long a container takes on Fargate from here to running.
    pub fargate_start_ms: fn(&DataPlane, &Effects, TaskId, usize, Millis) -> Millis,
    /// A container of a family that may be broken has started.
    pub family_faults_begin: fn(&mut DataPlane, &mut Effects, TaskId, usize),
    /// The time of a container of a broken family is over.
    pub family_fault_strikes: fn(&mut DataPlane, &mut Effects, TaskId, FaultId, u32),
    /// `CreateService` with load balancers or Service Connect.
    pub create_balanced_service: fn(&mut Sim, &CreateService) -> Answer,
    /// A task of a service with load balancers is said to run.
    pub task_arrives: fn(&mut ControlPlane, &mut Effects, TaskId),
    /// A task with a target or a name is not wanted any more.
    pub task_leaves: fn(&mut ControlPlane, &mut Effects, TaskId),
    /// What has changed about tasks is worked out for those who send them requests.
    pub settle_traffic: fn(&mut Sim),
    /// Targets are registered and deregistered in the looks at their service.
    pub move_targets: fn(&mut ControlPlane, &mut Effects, ServiceId),
    /// An agent measures what its tasks use.
    pub measure_usage: fn(&DataPlane, &Effects, InstanceId) -> Vec<TaskUsage>,
    /// CloudWatch hears of it.
    pub hear_usage: fn(&mut Neighbours, &ControlPlane, InstanceId, &[TaskUsage]),
    /// A capacity provider strategy is asked for: the one that applies, or why it is refused.
    pub check_strategy: CheckStrategy,
    /// A task is launched where a capacity provider strategy wants it.
    pub launch_by_strategy: fn(&mut ControlPlane, &mut Effects, &Launch) -> Result<TaskId, Unplaced>,
}

/// See [`Later::check_strategy`]: who asks, for what, for which task definition, and whether placement is asked for as well.
pub type CheckStrategy = fn(
    &ControlPlane,
    &[CapacityProviderStrategyItem],
    TaskDefinitionId,
    bool,
) -> Result<Rc<[CapacityProviderStrategyItem]>, Refusal>;

/// The rules themselves.
pub static LATER: Later = Later {
    on_neighbour: neighbours::happen,
    look: rollout::look,
    check_configuration: update_service::check_configuration,
    task_ended: throttle::task_ended,
    task_failed: circuit_breaker::count_failure,
    may_complete: rollout::may_complete,
    retire_task: ControlPlane::retire_task,
    take_fargate_launch: fargate::take_fargate_launch,
    pull: pull::pull,
    never_runs: pull::never_runs,
    start_fails: start_failures::start_fails,
    disk_changes: disk::changes,
    check_is_broken: start_failures::check_is_broken,
    fargate_start_ms: platform::start_ms,
    family_faults_begin: DataPlane::family_faults_begin,
    family_fault_strikes: DataPlane::family_fault_strikes,
    create_balanced_service: balancing_commands::create_service,
    task_arrives: ControlPlane::task_arrives,
    task_leaves: ControlPlane::task_leaves,
    settle_traffic: neighbours::traffic::settle_touched,
    move_targets: ControlPlane::move_targets,
    measure_usage: telemetry::measure_usage,
    hear_usage: neighbours::metrics::hear_usage,
    check_strategy: ControlPlane::check_strategy,
    launch_by_strategy: ControlPlane::launch_by_strategy,
};
