//! What auto scaling groups do: launch, terminate, check, replace, and what they and ECS tell each other (ecs.md §6.6, §7.5, §7.6).
//!
//! A group sees EC2 as any client does: whether an instance runs and passes its status checks, never what runs on it.
//! Start reading at [`Sim::group_acts`].

use std::rc::Rc;

use crate::sim::command::LaunchInstances;
use crate::sim::control_plane::capacity::GroupReport;
use crate::sim::control_plane::capacity::members::Drained;
use crate::sim::data_plane::host::Power;
use crate::sim::effects::INSIDE_AWS_MS;
use crate::sim::engine::{MOST_INSTANCES, Sim};
use crate::sim::ids::{InstanceId, ObservationId};
use crate::sim::neighbours::auto_scaling_group::{Group, Member, MemberState};
use crate::sim::neighbours::event::{CapacityEvent, NeighbourEvent};
use crate::sim::observation::Kind;
use crate::sim::observation::capacity::{CapacityFact, Release, TerminationReason};
use crate::sim::random::{Concern, key_of};
use crate::sim::time::{Millis, SECOND};

/// From a choice to the lifecycle hook's message at ECS.
/// Ledger: asg.hook.
const HOOK_MS: Millis = SECOND;

impl Sim {
    /// Something happens at a group, or in ECS because of one.
    pub(crate) fn capacity_happens(&mut self, event: CapacityEvent) {
        match event {
            CapacityEvent::GroupActs { group } => self.group_acts(&group),
            CapacityEvent::GroupReported { group } => self.group_reported(&group),
            CapacityEvent::HealthChecks { group } => self.check_status(&group),
            CapacityEvent::HookReached { group, instance } => self.hook_reached(&group, instance),
            CapacityEvent::DrainLook { group, instance } => self.look_whether_drained(&group, instance),
            CapacityEvent::HookTimesOut { group, instance } => self.release(&group, instance, Release::TimedOut),
            CapacityEvent::PlaceWaiting { provider } => self.control.place_waiting(&mut self.fx, provider),
            CapacityEvent::Reservation { provider } => self.reservation_is_due(provider),
            CapacityEvent::Alarm { provider, desired, direction } => self.alarm_goes_off(provider, desired, direction),
            CapacityEvent::ProtectionSet { group, instances } => self.set_protection(&group, &instances),
        }
    }

    pub(crate) fn group(&mut self, name: &str) -> Option<&mut Group> {
        self.neighbours.auto_scaling.groups.get_mut(name)
    }

    pub(crate) fn lead_capacity(&mut self, fact: CapacityFact) -> ObservationId {
        self.fx.lead(Kind::Capacity(Rc::new(fact)))
    }

    /// Says a fact that leads to nothing by itself.
    pub(crate) fn note_capacity(&mut self, fact: CapacityFact) {
        self.fx.observe(Kind::Capacity(Rc::new(fact)));
    }

    pub(crate) fn later_in_group(&mut self, after_ms: Millis, event: CapacityEvent) {
        self.fx.at_neighbour(after_ms, NeighbourEvent::Capacity(event));
    }

    /// The group will soon act on what has changed; what changes meanwhile is acted on in one go.
    pub(crate) fn stir_group(&mut self, name: &Rc<str>) {
        let Some(group) = self.group(name).filter(|group| !group.acting) else { return };
        group.acting = true;
        let keys = [key_of(name), self.fx.now_ms];
        let wait_ms = self.fx.draw(Concern::GroupReaction, &keys, &self.fx.tuning.capacity.group_reaction_ms);
        self.later_in_group(wait_ms, CapacityEvent::GroupActs { group: name.clone() });
    }

    /// Tells ECS what the group has become.
    pub(crate) fn report_group(&mut self, name: &Rc<str>) {
        self.later_in_group(INSIDE_AWS_MS, CapacityEvent::GroupReported { group: name.clone() });
    }

    fn group_reported(&mut self, name: &str) {
        let newest = self.fx.cause;
        let Some(group) = self.group(name) else { return };
        let members = group.in_service().map(|(instance, member)| (instance, member.protected)).collect();
        let report = GroupReport { types: group.types.clone(), members, newest };
        self.control.hear_of_group(name, report);
    }

    /// Brings what the group has to what is desired.
    fn group_acts(&mut self, name: &Rc<str>) {
        let Some(group) = self.group(name) else { return };
        group.acting = false;
        let (has, desired) = (group.in_service_count(), group.desired);
        let cause = self.fx.cause;
        if has < desired {
            (has..desired).all(|_| self.launch_for_group(name, cause));
        } else if has > desired {
            self.scale_in(name, has - desired, cause);
        }
        self.fx.cause = cause;
        self.report_group(name);
    }

    /// Launches one instance; false when EC2 has no room for one.
    fn launch_for_group(&mut self, name: &Rc<str>, cause: Option<ObservationId>) -> bool {
        self.fx.cause = cause;
        let group = &self.neighbours.auto_scaling.groups[name];
        let zone = group.zone_to_launch_in(|zone| !self.data.zone_has_failed(zone));
        let standing = self.data.hosts.iter().filter(|(_, host)| host.power != Power::Terminated).count();
        let Some(zone) = zone.filter(|_| standing < MOST_INSTANCES) else {
            let said = std::mem::replace(&mut self.group(name).expect("the group exists").blocked, u32::MAX) == u32::MAX;
            if !said {
                self.note_capacity(CapacityFact::LaunchFailed { group: name.clone() });
            }
            // Tried again with the next look at the status checks.
            return false;
        };
        let (instance_type, spot) = (group.type_to_launch(), group.spot_to_launch());
        let protected = group.protects_new;
        let launch = LaunchInstances {
            instance_type: instance_type.name.to_string(),
            zone: self.control.zone_name(zone).to_string(),
            count: 1,
            spot,
            ecs_enable_spot_instance_draining: group.spot_draining,
            attributes: Vec::new(),
        };
        let instance = self.launch_one(&launch, instance_type, zone);
        let member = Member {
            zone,
            instance_type,
            spot,
            since_ms: self.fx.now_ms,
            protected,
            state: MemberState::InService,
            failed_checks: 0,
        };
        self.add_member(name, instance, member);
        true
    }

    pub(crate) fn add_member(&mut self, name: &Rc<str>, instance: InstanceId, member: Member) {
        self.neighbours.auto_scaling.member_of.insert(instance, name.clone());
        let group = self.group(name).expect("the group exists");
        group.blocked = 0;
        group.members.insert(instance, member);
    }

    fn remove_member(&mut self, name: &str, instance: InstanceId) {
        self.neighbours.auto_scaling.member_of.remove(&instance);
        if let Some(group) = self.group(name) {
            group.members.remove(&instance);
        }
    }

    fn scale_in(&mut self, name: &Rc<str>, too_many: u32, cause: Option<ObservationId>) {
        for done in 0..too_many {
            self.fx.cause = cause;
            let Some(instance) = self.group(name).and_then(|group| group.instance_to_end()) else {
                let left = too_many - done;
                let said = std::mem::replace(&mut self.group(name).expect("the group exists").blocked, left) == left;
                if !said {
                    self.note_capacity(CapacityFact::ScaleInBlocked { group: name.clone(), too_many: left });
                }
                return;
            };
            let zone = self.neighbours.auto_scaling.groups[name].members[&instance].zone;
            self.end_member(name, instance, TerminationReason::ScaleIn { zone });
        }
        self.group(name).expect("the group exists").blocked = 0;
    }

    /// Ends an instance of the group, through the lifecycle hook when there is one.
    fn end_member(&mut self, name: &Rc<str>, instance: InstanceId, why: TerminationReason) {
        self.lead_capacity(CapacityFact::InstanceChosenForTermination { group: name.clone(), instance, why });
        let group = self.group(name).expect("the group exists");
        if !group.hook {
            self.terminate_member(name, instance);
            return;
        }
        group.members.get_mut(&instance).expect("the instance is a member").state = MemberState::TerminatingWait;
        self.lead_capacity(CapacityFact::TerminationHeld { group: name.clone(), instance });
        self.later_in_group(HOOK_MS, CapacityEvent::HookReached { group: name.clone(), instance });
        let longest_ms = self.fx.tuning.capacity.drain_longest_ms;
        self.later_in_group(longest_ms, CapacityEvent::HookTimesOut { group: name.clone(), instance });
    }

    fn terminate_member(&mut self, name: &str, instance: InstanceId) {
        self.data.terminate_host(&mut self.fx, instance);
        self.remove_member(name, instance);
    }

    /// The hook's message is at ECS: it drains the instance (ecs.md §7.6).
    fn hook_reached(&mut self, name: &Rc<str>, instance: InstanceId) {
        if self.is_held(name, instance) {
            self.control.drain_instance(&mut self.fx, instance);
            self.look_whether_drained(name, instance);
        }
    }

    fn look_whether_drained(&mut self, name: &Rc<str>, instance: InstanceId) {
        if !self.is_held(name, instance) {
            return;
        }
        match self.control.drained(instance) {
            Drained::Done => self.release(name, instance, Release::Drained),
            Drained::NotRegistered => self.release(name, instance, Release::NotRegistered),
            Drained::NotYet => {
                let period_ms = self.fx.tuning.reconcile_period_ms;
                self.later_in_group(period_ms, CapacityEvent::DrainLook { group: name.clone(), instance });
            }
        }
    }

    fn is_held(&self, name: &str, instance: InstanceId) -> bool {
        let member = self.neighbours.auto_scaling.groups.get(name).and_then(|group| group.members.get(&instance));
        member.is_some_and(|member| member.state == MemberState::TerminatingWait)
    }

    /// The termination that the hook held goes on.
    fn release(&mut self, name: &Rc<str>, instance: InstanceId, why: Release) {
        if self.is_held(name, instance) {
            self.lead_capacity(CapacityFact::TerminationReleased { group: name.clone(), instance, why });
            self.terminate_member(name, instance);
        }
    }

    /// One look at the status checks of every instance (ecs.md §6.6). What is gone is replaced; what fails is ended.
    fn check_status(&mut self, name: &Rc<str>) {
        let (now_ms, to_fail) = (self.fx.now_ms, self.fx.tuning.capacity.status_checks_to_fail);
        let Some(group) = self.group(name) else { return };
        let grace_ms = group.grace_ms;
        let members: Vec<InstanceId> = group.members.keys().copied().collect();
        for instance in members {
            let power = self.data.hosts.get(instance).map(|host| (host.power, host.off_by));
            match power {
                None | Some((Power::Terminated, _)) => self.member_is_gone(name, instance),
                Some((Power::Off, off_by)) => {
                    let member = self.member(name, instance);
                    member.failed_checks += u32::from(now_ms >= member.since_ms + grace_ms);
                    if member.failed_checks >= to_fail && member.state == MemberState::InService {
                        // An instance launched into a failed zone has never had power to lose.
                        self.fx.cause = off_by.or(self.fx.cause).or(Some(self.neighbours.auto_scaling.groups[name].changed_by));
                        self.end_member(name, instance, TerminationReason::Unhealthy);
                        self.stir_group(name);
                        self.report_group(name);
                    }
                }
                Some((Power::On | Power::Booting, _)) => {
                    self.member(name, instance).failed_checks = 0;
                    self.end_when_replaced(name, instance);
                }
            }
        }
        if self.group(name).is_some_and(|group| group.blocked == u32::MAX) {
            self.fx.cause = self.group(name).map(|group| group.changed_by);
            self.stir_group(name);
        }
        let period_ms = self.fx.tuning.capacity.status_check_period_ms;
        self.fx.cause = None;
        self.later_in_group(period_ms, CapacityEvent::HealthChecks { group: name.clone() });
    }

    /// A Spot instance with notice goes once its replacement runs.
    fn end_when_replaced(&mut self, name: &Rc<str>, instance: InstanceId) {
        let group = &self.neighbours.auto_scaling.groups[name];
        let runs = |(id, _): (InstanceId, &Member)| self.data.hosts.get(id).is_some_and(|host| host.power == Power::On);
        let replaced = group.in_service_count() >= group.desired && group.in_service().all(runs);
        if group.members[&instance].state == MemberState::Leaving && replaced {
            self.fx.cause = Some(group.changed_by);
            self.end_member(name, instance, TerminationReason::Rebalance);
        }
    }

    fn member(&mut self, name: &str, instance: InstanceId) -> &mut Member {
        self.group(name).and_then(|group| group.members.get_mut(&instance)).expect("the instance is a member")
    }

    /// Someone else ended it: by hand, or EC2 took it back.
    fn member_is_gone(&mut self, name: &Rc<str>, instance: InstanceId) {
        self.fx.cause = self.data.hosts.get(instance).and_then(|host| host.off_by);
        self.remove_member(name, instance);
        self.lead_capacity(CapacityFact::InstanceLost { group: name.clone(), instance });
        self.stir_group(name);
        self.report_group(name);
    }

    /// EC2 gives notice that it takes a Spot instance back: managed draining begins at once, and so does its replacement when the
    /// group rebalances (ecs.md §7.6).
    /// Ledger: spot.draining.
    pub(crate) fn spot_notice_in_group(&mut self, instance: InstanceId) {
        let Some(name) = self.neighbours.auto_scaling.member_of.get(&instance).cloned() else { return };
        let group = &self.neighbours.auto_scaling.groups[&name];
        let (hook, rebalance) = (group.hook, group.capacity_rebalance);
        if hook {
            let notice = self.fx.cause;
            self.control.drain_instance(&mut self.fx, instance);
            self.fx.cause = notice;
        }
        let member = self.member(&name, instance);
        if rebalance && member.state == MemberState::InService {
            member.state = MemberState::Leaving;
            self.stir_group(&name);
            self.report_group(&name);
        }
    }

    fn set_protection(&mut self, name: &Rc<str>, instances: &[(InstanceId, bool)]) {
        let cause = self.fx.cause;
        for (instance, protected) in instances {
            let member = self.group(name).and_then(|group| group.members.get_mut(instance));
            let Some(member) = member.filter(|member| member.protected != *protected) else { continue };
            member.protected = *protected;
            self.fx.cause = cause;
            self.note_capacity(CapacityFact::ProtectionChanged {
                group: name.clone(),
                instance: *instance,
                protected: *protected,
            });
        }
        let group = self.group(name).expect("the group exists");
        let too_many = group.in_service_count() > group.desired;
        if too_many {
            self.stir_group(name);
        }
        self.report_group(name);
    }
}
