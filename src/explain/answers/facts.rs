//! Which question a fact of the log raises: what the Why of an entry answers beyond its causes.

use crate::explain::answers::{Inquiry, losses};
use crate::sim::engine::Sim;
use crate::sim::model::container_instance::ContainerInstanceStatus;
use crate::sim::model::target::TargetState;
use crate::sim::observation::balancing::BalancingFact;
use crate::sim::observation::capacity::CapacityFact;
use crate::sim::observation::metrics::MetricsFact;
use crate::sim::observation::services::ServicesFact;
use crate::sim::observation::{Kind, ServiceEvent};

/// The question, if the fact raises one.
pub fn of_fact(sim: &Sim, fact: &Kind) -> Option<Inquiry> {
    if let Kind::AppHung { task } | Kind::HealthCheckTurned { task, .. } = fact {
        return Some(Inquiry::TaskNoticed(*task));
    }
    if let Kind::PowerLost { instance }
    | Kind::AgentStopped { instance }
    | Kind::MessagesLost { instance }
    | Kind::AgentDisconnected { instance, .. } = fact
    {
        return Some(Inquiry::ServerNoticed(*instance));
    }
    if let Kind::InstanceStatusChanged { instance, status: ContainerInstanceStatus::Draining } = fact {
        return Some(Inquiry::Drains(*instance));
    }
    if let Kind::TaskStopped { task, .. } = fact {
        return Some(Inquiry::Ended(*task));
    }
    if let Kind::PlacementFailed { service: Some(service), .. } | Kind::ServiceThrottled { service, .. } = fact {
        return Some(Inquiry::ServiceWaits(*service));
    }
    if let Kind::Metrics(fact) = fact {
        return of_metrics(fact);
    }
    if let Kind::Capacity(fact) = fact {
        return of_capacity(sim, fact);
    }
    if let Kind::Services(fact) = fact {
        return of_services(fact);
    }
    if let Kind::Balancing(fact) = fact {
        return of_balancing(sim, fact);
    }
    let Kind::ServiceEvent { service, event } = fact else { return None };
    if let ServiceEvent::TargetUnhealthy { task, .. } = &**event {
        return Some(Inquiry::Target(*task));
    }
    if let ServiceEvent::UnableToPlace { .. } | ServiceEvent::UnableToStartConsistently = &**event {
        return Some(Inquiry::ServiceWaits(*service));
    }
    let of_deployment = matches!(
        **event,
        ServiceEvent::BlockedByDeploymentConfiguration
            | ServiceEvent::ScaleInHeldByProtection { .. }
            | ServiceEvent::DeploymentFailed { .. }
            | ServiceEvent::RollingBack { .. }
    );
    of_deployment.then_some(Inquiry::Deployment(*service))
}

fn of_metrics(fact: &MetricsFact) -> Option<Inquiry> {
    if let MetricsFact::ScalingHeld { service, .. } = fact {
        return Some(Inquiry::ServiceNotScaledIn(*service));
    }
    let MetricsFact::ScalingActivity { service, from, to, .. } = fact else { return None };
    (to > from).then_some(Inquiry::ServiceScaledOut(*service))
}

fn of_capacity(sim: &Sim, fact: &CapacityFact) -> Option<Inquiry> {
    if let CapacityFact::ScaleOutAlarm { provider, .. } = fact {
        return Some(Inquiry::GroupScaledOut(*provider));
    }
    if let CapacityFact::ScaleInAlarm { provider, .. } | CapacityFact::ScalingHeld { provider, .. } = fact {
        return Some(Inquiry::GroupNotScaledIn(*provider));
    }
    if let CapacityFact::ReservationPublished(record) = fact {
        return Some(Inquiry::GroupNotScaledIn(record.provider));
    }
    if let CapacityFact::TerminationHeld { instance, .. } = fact {
        return Some(Inquiry::Drains(*instance));
    }
    let CapacityFact::ScaleInBlocked { group, .. } = fact else { return None };
    let mut providers = sim.belief().capacity.providers.iter();
    providers.find(|(_, known)| known.group == *group).map(|(id, _)| Inquiry::GroupNotScaledIn(*id))
}

fn of_services(fact: &ServicesFact) -> Option<Inquiry> {
    let (ServicesFact::DeploymentFailureCounted { service, .. }
    | ServicesFact::LifecycleStageEntered { service, .. }
    | ServicesFact::DeploymentPaused { service, .. }) = fact
    else {
        return None;
    };
    Some(Inquiry::Deployment(*service))
}

fn of_balancing(sim: &Sim, fact: &BalancingFact) -> Option<Inquiry> {
    if let BalancingFact::RequestsFailing { flow, .. } = fact {
        return losses::toward(sim, flow).map(Inquiry::Lost);
    }
    let (BalancingFact::TargetTurned { task, state, .. } | BalancingFact::TargetHealthLearned { task, state, .. }) = fact else {
        return None;
    };
    (*state != TargetState::Healthy).then_some(Inquiry::Target(*task))
}
