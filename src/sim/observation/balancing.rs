//! Facts about load balancing: target groups, traffic, discovery.

use crate::sim::ids::{TargetGroupId, TaskId};
use crate::sim::model::target::{TargetReason, TargetState};
use crate::sim::observation::Side;

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
            | Self::TargetTurned { .. } => Side::Truth,
            Self::TargetHealthLearned { .. } => Side::Belief,
        }
    }
}
