//! Questions about services, groups, deployments, targets, detectors, traffic and money, and the way to their answers.
//!
//! Each answer is read off what the run has recorded, never guessed; the rooms below hold one each. Start reading at [`Inquiry`] and
//! [`answer`]; [`offered`](of_service) lists the questions that make sense of a thing as it stands.

use crate::explain::explanation::Explanation;
use crate::explain::names::{instance_name, service_name, task_name};
use crate::explain::starting::why_stopped;
use crate::explain::why::why_service_waits;
use crate::sim::command::SchedulingStrategy;
use crate::sim::control_plane::service::ServiceStatus;
use crate::sim::control_plane::service_deployment::ServiceDeploymentStatus;
use crate::sim::engine::Sim;
use crate::sim::ids::{CapacityProviderId, InstanceId, ServiceId, TargetGroupId, TaskId};
use crate::sim::model::deployment::RolloutState;
use crate::sim::model::target::TargetState;
use crate::sim::observation::{Kind, Observation};

mod bill;
mod detectors;
pub(crate) mod draining;
mod facts;
pub(crate) mod losses;
pub(crate) mod managed_scaling;
pub mod rolled_back;
mod rollout;
mod scaling_off;
mod service_scaling;
mod target_health;

pub use facts::of_fact;

/// A question that can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Inquiry {
    /// Why did the desired count of the service go up?
    ServiceScaledOut(ServiceId),
    /// Why does it not go down?
    ServiceNotScaledIn(ServiceId),
    /// Why does nothing scale the service?
    ServiceNeverScales(ServiceId),
    GroupScaledOut(CapacityProviderId),
    GroupNotScaledIn(CapacityProviderId),
    /// What scales in this cluster, and what does not?
    WhatScales,
    /// Why does a service not have what it wants?
    ServiceWaits(ServiceId),
    /// What does the deployment of a service wait for?
    Deployment(ServiceId),
    /// Why is the target of this task as it is?
    Target(TaskId),
    /// Who notices when the task fails, and when?
    TaskNoticed(TaskId),
    ServerNoticed(InstanceId),
    /// What does a DRAINING server wait for?
    Drains(InstanceId),
    /// Why has a task ended?
    Ended(TaskId),
    /// Why are requests lost?
    Lost(Toward),
    Bill,
}

/// Whom lost requests were sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Toward {
    TargetGroup(TargetGroupId),
    Service(ServiceId),
}

/// The question as a button says it.
pub fn label(sim: &Sim, inquiry: Inquiry) -> String {
    let provider = |id: CapacityProviderId| sim.belief().capacity.name(id);
    match inquiry {
        Inquiry::ServiceScaledOut(service) => format!("Why did {} scale out?", service_name(sim, service)),
        Inquiry::ServiceNotScaledIn(service) => format!("Why does {} not scale in?", service_name(sim, service)),
        Inquiry::ServiceNeverScales(service) => format!("Why does nothing scale {}?", service_name(sim, service)),
        Inquiry::GroupScaledOut(id) => format!("Why did {} scale out?", provider(id)),
        Inquiry::GroupNotScaledIn(id) => format!("Why does {} not scale in?", provider(id)),
        Inquiry::WhatScales => "What scales here, and what does not?".to_owned(),
        Inquiry::ServiceWaits(service) => format!("Why does {} not have what it wants?", service_name(sim, service)),
        Inquiry::Deployment(service) => format!("What does the deployment of {} wait for?", service_name(sim, service)),
        Inquiry::Target(task) => format!("Why is {} {}?", task_name(sim, task), target_health::word(sim, task)),
        Inquiry::TaskNoticed(task) => format!("Who notices when {} fails?", task_name(sim, task)),
        Inquiry::ServerNoticed(instance) => format!("Who notices when {} fails?", instance_name(instance)),
        Inquiry::Drains(instance) => format!("What does {} wait for?", instance_name(instance)),
        Inquiry::Ended(task) => format!("Why has {} ended?", task_name(sim, task)),
        Inquiry::Lost(toward) => format!("Why are requests to {} lost?", losses::name(sim, toward)),
        Inquiry::Bill => "Why does it cost this?".to_owned(),
    }
}

/// The answer from what has been recorded so far; nothing when what is asked about is gone or never was.
pub fn answer(sim: &Sim, log: &[Observation], inquiry: Inquiry) -> Option<Explanation> {
    match inquiry {
        Inquiry::ServiceScaledOut(service) => service_scaling::why_out(sim, log, service),
        Inquiry::ServiceNotScaledIn(service) => service_scaling::why_not_in(sim, service),
        Inquiry::ServiceNeverScales(service) => scaling_off::why_never(sim, service),
        Inquiry::GroupScaledOut(provider) => managed_scaling::why_out(sim, log, provider),
        Inquiry::GroupNotScaledIn(provider) => managed_scaling::why_not_in(sim, provider),
        Inquiry::WhatScales => Some(scaling_off::what_scales(sim)),
        Inquiry::ServiceWaits(service) => why_service_waits(sim, service),
        Inquiry::Deployment(service) => rollout::why(sim, log, service),
        Inquiry::Target(task) => target_health::why(sim, task),
        Inquiry::TaskNoticed(task) => detectors::of_task(sim, log, task),
        Inquiry::ServerNoticed(instance) => detectors::of_server(sim, log, instance),
        Inquiry::Drains(instance) => draining::why(sim, log, instance),
        Inquiry::Ended(task) => why_stopped(sim, task),
        Inquiry::Lost(toward) => losses::why(sim, log, toward),
        Inquiry::Bill => Some(bill::why(sim)),
    }
}

/// What can be asked of a service now.
pub fn of_service(sim: &Sim, id: ServiceId) -> Vec<Inquiry> {
    let Some(service) = sim.belief().services.get(id).filter(|service| service.status == ServiceStatus::Active) else {
        return Vec::new();
    };
    let mut offered = Vec::new();
    let goes_back = service.service_deployment.as_ref().map(|staged| staged.status);
    if service.primary().rollout_state != RolloutState::Completed
        || service.deployments.len() > 1
        || goes_back == Some(ServiceDeploymentStatus::RollbackInProgress)
    {
        offered.push(Inquiry::Deployment(id));
    }
    if service.scheduling_strategy == SchedulingStrategy::Replica {
        match sim.neighbours().metrics.scalable_target(id) {
            None => offered.push(Inquiry::ServiceNeverScales(id)),
            Some(target) => {
                offered.extend(target.last.filter(|last| last.to > last.from).map(|_| Inquiry::ServiceScaledOut(id)));
                offered.push(Inquiry::ServiceNotScaledIn(id));
            }
        }
    }
    offered.extend(losses::any(sim, Toward::Service(id)).then_some(Inquiry::Lost(Toward::Service(id))));
    offered
}

/// What can be asked of a task now.
pub fn of_task(sim: &Sim, id: TaskId) -> Vec<Inquiry> {
    let Some(task) = sim.belief().tasks.get(id) else { return Vec::new() };
    let target = target_health::worst(sim, id).filter(|state| *state != TargetState::Healthy).map(|_| Inquiry::Target(id));
    let running = (task.is_running() || !task.is_wanted()).then_some(Inquiry::TaskNoticed(id));
    target.into_iter().chain(running).collect()
}

/// What can be asked of a server now.
pub fn of_server(sim: &Sim, id: InstanceId) -> Vec<Inquiry> {
    let drains = draining::is_draining(sim, id).then_some(Inquiry::Drains(id));
    drains.into_iter().chain(sim.truth().hosts.get(id).map(|_| Inquiry::ServerNoticed(id))).collect()
}

/// What can be asked of a target group now.
pub fn of_target_group(sim: &Sim, id: TargetGroupId) -> Vec<Inquiry> {
    let toward = Toward::TargetGroup(id);
    losses::any(sim, toward).then_some(Inquiry::Lost(toward)).into_iter().collect()
}

/// What can be asked of a capacity provider now.
pub fn of_provider(sim: &Sim, id: CapacityProviderId) -> Vec<Inquiry> {
    let Some(group) = managed_scaling::group_of(sim, id) else { return Vec::new() };
    let scaled_out = group.policy.as_ref().is_some_and(|policy| policy.last_scale_out_ms.is_some());
    scaled_out.then_some(Inquiry::GroupScaledOut(id)).into_iter().chain([Inquiry::GroupNotScaledIn(id)]).collect()
}

/// What can be asked of the cluster.
pub fn of_cluster() -> Vec<Inquiry> {
    vec![Inquiry::WhatScales, Inquiry::Bill]
}

/// The newest fact that is meant, looking back from the end.
fn newest(log: &[Observation], is: impl Fn(&Kind) -> bool) -> Option<&Observation> {
    log.iter().rev().find(|observation| is(&observation.kind))
}
