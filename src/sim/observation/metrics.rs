//! Facts about metrics: alarms, scaling policies.

use std::rc::Rc;

use crate::sim::ids::ServiceId;
use crate::sim::model::alarm::{AlarmRule, AlarmState};
use crate::sim::neighbours::metrics::scaling::Held;
use crate::sim::observation::Side;

/// One fact of this topic.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MetricsFact {
    AlarmPut {
        alarm: Rc<str>,
        rule: AlarmRule,
    },
    AlarmDeleted {
        alarm: Rc<str>,
    },
    /// `reason` is CloudWatch's `StateReason`.
    AlarmStateChanged {
        alarm: Rc<str>,
        from: AlarmState,
        to: AlarmState,
        reason: Rc<str>,
    },
    ScalableTargetRegistered {
        service: ServiceId,
        min: u32,
        max: u32,
    },
    ScalableTargetDeregistered {
        service: ServiceId,
    },
    ScalingPolicyPut {
        service: ServiceId,
        policy: Rc<str>,
    },
    ScalingPolicyDeleted {
        service: ServiceId,
        policy: Rc<str>,
    },
    ScalingActivity {
        service: ServiceId,
        from: u32,
        to: u32,
        cause: ScalingCause,
    },
    ScalingHeld {
        service: ServiceId,
        policy: Rc<str>,
        by: Held,
    },
    AppLoadChanged {
        family: Rc<str>,
        cpu_percent: u32,
        memory_percent: u32,
    },
}

/// Why Application Auto Scaling changes a desired count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScalingCause {
    Alarm { alarm: Rc<str>, policy: Rc<str>, basis: Basis },
    MinCapacity,
    MaxCapacity,
}

/// What a step of scaling was worked out from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Basis {
    /// Tasks that ran.
    pub running: u32,
    /// The newest value of the metric and the threshold of the alarm, in thousandths.
    pub value: u64,
    pub threshold: u64,
}

impl MetricsFact {
    /// Where the fact belongs.
    pub fn side(&self) -> Side {
        match self {
            Self::AppLoadChanged { .. } => Side::Truth,
            Self::AlarmPut { .. }
            | Self::AlarmDeleted { .. }
            | Self::AlarmStateChanged { .. }
            | Self::ScalableTargetRegistered { .. }
            | Self::ScalableTargetDeregistered { .. }
            | Self::ScalingPolicyPut { .. }
            | Self::ScalingPolicyDeleted { .. }
            | Self::ScalingActivity { .. }
            | Self::ScalingHeld { .. } => Side::Belief,
        }
    }
}
