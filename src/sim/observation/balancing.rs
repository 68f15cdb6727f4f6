//! Facts about load balancing: target groups, traffic, discovery.

use std::rc::Rc;

use crate::sim::ids::{ServiceId, TargetGroupId, TaskId};
use crate::sim::model::target::{TargetReason, TargetState};
use crate::sim::neighbours::traffic::Loss;
use crate::sim::observation::Side;
use crate::sim::time::Millis;

/// One fact of this topic.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum BalancingFact {
    TargetGroupCreated {
        target_group: TargetGroupId,
    },
    TargetGroupModified {
        target_group: TargetGroupId,
    },
    /// At the load balancer.
    TargetRegistered {
        target_group: TargetGroupId,
        task: TaskId,
    },
    TargetTurned {
        target_group: TargetGroupId,
        task: TaskId,
        state: TargetState,
        reason: Option<TargetReason>,
    },
    ListenerWeighted {
        listener: Rc<str>,
    },
    TrafficSet {
        flow: Rc<str>,
    },
    /// Requests of a source begin to be lost, most of them to this.
    RequestsFailing {
        flow: Rc<str>,
        loss: Loss,
        mrps: u64,
    },
    /// They are all answered again; so many have been lost since the source began.
    RequestsServed {
        flow: Rc<str>,
        lost_requests: u64,
    },
    /// At ECS: from now on tasks that start can call it by this name.
    EndpointCreated {
        service: ServiceId,
        endpoint: Rc<str>,
    },
    /// Proxies leave a task alone that has failed too often.
    OutlierEjected {
        flow: Rc<str>,
        task: TaskId,
        until_ms: Millis,
    },
    /// At ECS.
    TargetHealthLearned {
        target_group: TargetGroupId,
        task: TaskId,
        state: TargetState,
    },
}

impl BalancingFact {
    /// Where the fact belongs. The load balancer is outside the control plane: what it does is really so.
    pub fn side(&self) -> Side {
        match self {
            Self::TargetGroupCreated { .. }
            | Self::TargetGroupModified { .. }
            | Self::TargetRegistered { .. }
            | Self::TargetTurned { .. }
            | Self::ListenerWeighted { .. }
            | Self::RequestsFailing { .. }
            | Self::RequestsServed { .. }
            | Self::OutlierEjected { .. } => Side::Truth,
            Self::TrafficSet { .. } => Side::Outside,
            Self::EndpointCreated { .. } | Self::TargetHealthLearned { .. } => Side::Belief,
        }
    }
}
