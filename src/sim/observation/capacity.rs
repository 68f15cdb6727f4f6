//! Facts about capacity: auto scaling groups, capacity providers.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::sim::ids::{CapacityProviderId, InstanceId, ServiceId, TaskDefinitionId, TaskId, ZoneId};
use crate::sim::observation::Side;
use crate::sim::time::Millis;

/// One fact of this topic.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CapacityFact {
    // At EC2 Auto Scaling
    GroupCreated {
        group: Rc<str>,
    },
    GroupUpdated {
        group: Rc<str>,
    },
    DesiredCapacityChanged {
        group: Rc<str>,
        from: u32,
        to: u32,
    },
    /// The group chooses an instance to end.
    InstanceChosenForTermination {
        group: Rc<str>,
        instance: InstanceId,
        why: TerminationReason,
    },
    /// A lifecycle hook keeps an instance from being terminated until ECS has drained it.
    TerminationHeld {
        group: Rc<str>,
        instance: InstanceId,
    },
    /// ECS has drained it, or the time for that is over: the termination goes on.
    TerminationReleased {
        group: Rc<str>,
        instance: InstanceId,
        why: Release,
    },
    /// An instance is no longer part of the group: someone else ended it.
    InstanceLost {
        group: Rc<str>,
        instance: InstanceId,
    },
    InstanceAttached {
        group: Rc<str>,
        instance: InstanceId,
    },
    /// EC2 stops an instance, and starts it again.
    InstanceStopped {
        instance: InstanceId,
    },
    InstanceStarted {
        instance: InstanceId,
    },
    ProtectionChanged {
        group: Rc<str>,
        instance: InstanceId,
        protected: bool,
    },
    /// The group wants fewer instances but all that it has are protected.
    ScaleInBlocked {
        group: Rc<str>,
        too_many: u32,
    },
    /// EC2 has no room in any zone of the group.
    LaunchFailed {
        group: Rc<str>,
    },

    // In ECS
    CapacityProviderCreated {
        provider: CapacityProviderId,
    },
    CapacityProviderUpdated {
        provider: CapacityProviderId,
    },
    ClusterCapacityProvidersPut,
    /// PROVISIONING without an instance: the provider has no room yet.
    TaskAwaitsCapacity {
        task: TaskId,
        provider: CapacityProviderId,
    },
    /// The reservation of a provider has become another.
    ReservationPublished(Rc<ReservationRecord>),

    // Managed scaling: the alarms on that metric and what they lead to
    ScaleOutAlarm {
        provider: CapacityProviderId,
        reservation_tenths: u32,
        target: u32,
    },
    ScaleInAlarm {
        provider: CapacityProviderId,
        reservation_tenths: u32,
        target: u32,
        datapoints: u32,
    },
    ScalingHeld {
        provider: CapacityProviderId,
        why: Hold,
    },
}

/// Why a group ends an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TerminationReason {
    /// More than desired: of the zone with the most, the oldest.
    ScaleIn { zone: ZoneId },
    /// Its status checks fail.
    Unhealthy,
    /// A Spot instance with notice, whose replacement runs.
    Rebalance,
}

/// Why a held termination goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Release {
    /// No task is left on it.
    Drained,
    /// It is no container instance (any more).
    NotRegistered,
    /// Forty-eight hours are over.
    TimedOut,
}

/// Why managed scaling does nothing though the metric is off its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hold {
    /// An instance is younger than the warm-up period.
    WarmUp { until_ms: Millis },
    /// The group is at its maximum.
    AtMaximum { max: u32 },
    /// The group is at its minimum.
    AtMinimum { min: u32 },
    /// The last scale-out was less than fifteen minutes ago.
    AfterScaleOut { until_ms: Millis },
}

/// One value of `CapacityProviderReservation` and how it came about (ecs.md §7.2, §7.3).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReservationRecord {
    pub provider: CapacityProviderId,
    /// Waiting tasks by what they need.
    pub groups: Vec<WaitingGroup>,
    /// N: instances of the group that run.
    pub running: u32,
    /// Of those, without a task that is no daemon, and not needed for a waiting one either.
    pub empty: u32,
    /// New instances that the waiting tasks need, before and after the step sizes.
    pub calculated: u32,
    pub increase: u32,
    /// M.
    pub needed: u32,
    /// M ÷ N in tenths of a per cent.
    pub reservation_tenths: u32,
    /// In per cent.
    pub target: u32,
    /// What the group would have to have: M ÷ target, two from zero.
    pub desired: u32,
}

impl ReservationRecord {
    /// How it stands to its target, exactly: the metric is rounded. Where no waiting task counts it stays at its target.
    pub fn against_target(&self) -> Ordering {
        let all_too_big = !self.groups.is_empty() && self.groups.iter().all(|group| matches!(group.verdict, Verdict::TooBig(_)));
        match self.running {
            _ if all_too_big => Ordering::Equal,
            0 => self.reservation_tenths.cmp(&(self.target * 10)),
            running => (u64::from(self.needed) * 100).cmp(&(u64::from(running) * u64::from(self.target))),
        }
    }
}

/// Waiting tasks with the same needs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WaitingGroup {
    pub definition: TaskDefinitionId,
    pub service: Option<ServiceId>,
    pub tasks: u32,
    pub verdict: Verdict,
}

/// What the estimate makes of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// So many fit on instances that are there; the rest needs so many new ones of the largest type.
    Counted { fit: u32, new_instances: u32 },
    /// One task does not fit the smallest type: the group never causes a scale-out.
    TooBig(Dimension),
}

/// A dimension of an instance type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    Cpu,
    Memory,
    NetworkInterfaces,
    Gpus,
}

impl CapacityFact {
    /// Where the fact belongs.
    pub fn side(&self) -> Side {
        match self {
            Self::InstanceStopped { .. } | Self::InstanceStarted { .. } => Side::Truth,
            Self::GroupCreated { .. }
            | Self::GroupUpdated { .. }
            | Self::DesiredCapacityChanged { .. }
            | Self::InstanceChosenForTermination { .. }
            | Self::TerminationHeld { .. }
            | Self::TerminationReleased { .. }
            | Self::InstanceLost { .. }
            | Self::InstanceAttached { .. }
            | Self::ProtectionChanged { .. }
            | Self::ScaleInBlocked { .. }
            | Self::LaunchFailed { .. }
            | Self::CapacityProviderCreated { .. }
            | Self::CapacityProviderUpdated { .. }
            | Self::ClusterCapacityProvidersPut
            | Self::TaskAwaitsCapacity { .. }
            | Self::ReservationPublished(_)
            | Self::ScaleOutAlarm { .. }
            | Self::ScaleInAlarm { .. }
            | Self::ScalingHeld { .. } => Side::Belief,
        }
    }

    /// The instance it is about, if it is about one.
    pub fn instance(&self) -> Option<InstanceId> {
        match self {
            Self::InstanceChosenForTermination { instance, .. }
            | Self::TerminationHeld { instance, .. }
            | Self::TerminationReleased { instance, .. }
            | Self::InstanceLost { instance, .. }
            | Self::InstanceAttached { instance, .. }
            | Self::InstanceStopped { instance }
            | Self::InstanceStarted { instance }
            | Self::ProtectionChanged { instance, .. } => Some(*instance),
            Self::GroupCreated { .. }
            | Self::GroupUpdated { .. }
            | Self::DesiredCapacityChanged { .. }
            | Self::ScaleInBlocked { .. }
            | Self::LaunchFailed { .. }
            | Self::CapacityProviderCreated { .. }
            | Self::CapacityProviderUpdated { .. }
            | Self::ClusterCapacityProvidersPut
            | Self::TaskAwaitsCapacity { .. }
            | Self::ReservationPublished(_)
            | Self::ScaleOutAlarm { .. }
            | Self::ScaleInAlarm { .. }
            | Self::ScalingHeld { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_7_2_one_instance_of_thousands_is_above_or_below_the_target() {
        let record = |needed, running| ReservationRecord {
            provider: CapacityProviderId(5),
            groups: Vec::new(),
            running,
            empty: 0,
            calculated: 0,
            increase: 0,
            needed,
            reservation_tenths: 1_000,
            target: 100,
            desired: needed,
        };
        assert_eq!(record(3_001, 3_000).against_target(), Ordering::Greater);
        assert_eq!(record(2_999, 3_000).against_target(), Ordering::Less);
        assert_eq!(record(3_000, 3_000).against_target(), Ordering::Equal);
        assert_eq!(record(0, 0).against_target(), Ordering::Equal);
    }
}
