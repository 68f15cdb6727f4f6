//! EC2 Auto Scaling groups: what each is told to be, which instances it has, what it waits for.
//!
//! State and the choices made from it; `auto_scaling` acts on them. Nothing here scales unless someone changes the desired capacity.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::sim::ids::{CapacityProviderId, InstanceId, ObservationId, ZoneId};
use crate::sim::model::instance_type::InstanceType;
use crate::sim::time::Millis;

/// Every group of the account.
#[derive(Clone, Debug, Default, Hash)]
pub struct AutoScaling {
    pub groups: BTreeMap<Rc<str>, Group>,
    /// The group of each instance that is in one.
    pub(crate) member_of: BTreeMap<InstanceId, Rc<str>>,
}

/// One group.
#[derive(Clone, Debug, Hash)]
pub struct Group {
    pub min: u32,
    pub max: u32,
    pub desired: u32,
    pub types: Vec<&'static InstanceType>,
    pub zones: Vec<ZoneId>,
    pub spot_percentage: u32,
    pub protects_new: bool,
    pub capacity_rebalance: bool,
    /// Agents drain their instance when EC2 gives notice.
    pub spot_draining: bool,
    pub grace_ms: Millis,
    /// ECS drains an instance before it is terminated: its lifecycle hook is installed.
    pub hook: bool,
    pub members: BTreeMap<InstanceId, Member>,
    pub policy: Option<ScalingPolicy>,
    /// The observation of the newest change.
    pub changed_by: ObservationId,
    /// It is about to act already.
    pub(crate) acting: bool,
    /// Said already that protection keeps it from scaling in, or that EC2 has no room.
    pub(crate) blocked: u32,
}

/// An instance of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Member {
    pub zone: ZoneId,
    pub instance_type: &'static InstanceType,
    pub spot: bool,
    pub since_ms: Millis,
    pub protected: bool,
    pub state: MemberState,
    /// Status checks failed in a row.
    pub failed_checks: u32,
}

/// `LifecycleState` of an instance in a group, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MemberState {
    InService,
    /// A Spot instance that has notice, whose replacement is launched before it goes.
    Leaving,
    /// `Terminating:Wait`: the lifecycle hook of ECS holds it.
    TerminatingWait,
}

/// The scaling policy that managed scaling puts on the group, with its two alarms (ecs.md §7.4, §7.5).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ScalingPolicy {
    pub provider: CapacityProviderId,
    /// Values below the target in a row.
    pub low_datapoints: u32,
    pub last_scale_out_ms: Option<Millis>,
    /// What it last said keeps it from acting, to say it once.
    pub(crate) held: Option<crate::sim::observation::capacity::Hold>,
}

impl ScalingPolicy {
    /// A policy that has seen nothing yet.
    pub fn of(provider: CapacityProviderId) -> Self {
        Self { provider, low_datapoints: 0, last_scale_out_ms: None, held: None }
    }
}

impl Group {
    /// Instances that count against the desired capacity.
    pub fn in_service(&self) -> impl Iterator<Item = (InstanceId, &Member)> {
        self.members.iter().filter(|(_, member)| member.state == MemberState::InService).map(|(id, member)| (*id, member))
    }

    /// How many those are.
    pub fn in_service_count(&self) -> u32 {
        self.in_service().count() as u32
    }

    /// The zone of the next instance: of those with room at EC2 the one with the fewest, of equal ones the first listed.
    pub fn zone_to_launch_in(&self, has_room: impl Fn(ZoneId) -> bool) -> Option<ZoneId> {
        self.zones.iter().copied().filter(|zone| has_room(*zone)).min_by_key(|zone| self.count_in(*zone))
    }

    fn count_in(&self, zone: ZoneId) -> usize {
        self.in_service().filter(|(_, member)| member.zone == zone).count()
    }

    /// The type of the next instance: a mixed group takes its types in turn.
    // Ledger: asg.mixed-types.
    pub fn type_to_launch(&self) -> &'static InstanceType {
        let count = |kind: &&&'static InstanceType| {
            self.in_service().filter(|(_, member)| std::ptr::eq(member.instance_type, **kind)).count()
        };
        self.types.iter().min_by_key(count).expect("a group has a type")
    }

    /// True when the next instance is a Spot instance, so that the share is kept.
    pub fn spot_to_launch(&self) -> bool {
        let (all, spot) = self.in_service().fold((0, 0), |(all, spot), (_, member)| (all + 1, spot + u32::from(member.spot)));
        spot * 100 < self.spot_percentage * (all + 1)
    }

    /// The instance that goes first: of the zone with the most, the oldest that is not protected. Of equal zones the first listed.
    // Ledger: asg.termination-policy.
    pub fn instance_to_end(&self) -> Option<InstanceId> {
        let open = |zone: ZoneId| self.in_service().filter(move |(_, member)| member.zone == zone && !member.protected);
        let zones = self.zones.iter().copied().chain(self.in_service().map(|(_, member)| member.zone));
        let candidates: Vec<ZoneId> = zones.filter(|zone| open(*zone).next().is_some()).collect();
        let fullest = candidates.iter().rev().copied().max_by_key(|zone| self.count_in(*zone))?;
        open(fullest).min_by_key(|(id, member)| (member.since_ms, *id)).map(|(id, _)| id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(members: &[(u32, u32, Millis, bool)]) -> Group {
        let large = InstanceType::named("m5.large").unwrap();
        let member = |(id, zone, since_ms, protected): &(u32, u32, Millis, bool)| {
            let member = Member {
                zone: ZoneId(*zone),
                instance_type: large,
                spot: false,
                since_ms: *since_ms,
                protected: *protected,
                state: MemberState::InService,
                failed_checks: 0,
            };
            (InstanceId(*id), member)
        };
        Group {
            min: 0,
            max: 10,
            desired: members.len() as u32,
            types: vec![large, InstanceType::named("m5.xlarge").unwrap()],
            zones: vec![ZoneId(1), ZoneId(2), ZoneId(3)],
            spot_percentage: 50,
            protects_new: false,
            capacity_rebalance: false,
            spot_draining: false,
            grace_ms: 300_000,
            hook: false,
            members: members.iter().map(member).collect(),
            policy: None,
            changed_by: ObservationId(1),
            acting: false,
            blocked: 0,
        }
    }

    #[test]
    fn launches_are_balanced_over_zones_that_have_room() {
        let two_in_a = group(&[(1, 1, 0, false), (2, 1, 0, false), (3, 3, 0, false)]);
        assert_eq!(two_in_a.zone_to_launch_in(|_| true), Some(ZoneId(2)));
        assert_eq!(two_in_a.zone_to_launch_in(|zone| zone != ZoneId(2)), Some(ZoneId(3)));
        assert_eq!(two_in_a.zone_to_launch_in(|_| false), None);
        assert_eq!(group(&[]).zone_to_launch_in(|_| true), Some(ZoneId(1)));
    }

    #[test]
    fn section_7_5_the_oldest_of_the_fullest_zone_goes_first() {
        let uneven = group(&[(1, 1, 0, false), (2, 2, 50, false), (3, 2, 20, false)]);
        assert_eq!(uneven.instance_to_end(), Some(InstanceId(3)));
        let even = group(&[(1, 2, 0, false), (2, 1, 50, false)]);
        assert_eq!(even.instance_to_end(), Some(InstanceId(2)));
    }

    #[test]
    fn section_7_5_a_protected_instance_never_goes() {
        assert_eq!(group(&[(1, 1, 0, true), (2, 1, 9, false)]).instance_to_end(), Some(InstanceId(2)));
        assert_eq!(group(&[(1, 1, 0, true), (2, 1, 9, true)]).instance_to_end(), None);
    }

    #[test]
    fn types_and_spot_take_turns() {
        let one = group(&[(1, 1, 0, false)]);
        assert_eq!(one.type_to_launch().name, "m5.xlarge");
        assert!(one.spot_to_launch() && !Group { spot_percentage: 0, ..one.clone() }.spot_to_launch());
        assert!(Group { spot_percentage: 100, ..one }.spot_to_launch());
    }
}
