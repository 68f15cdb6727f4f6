//! Managed scaling: the metric every minute, its two alarms, and the scaling policy they call (ecs.md §7.2–7.5, §18.5).
//!
//! ECS computes the metric from what it believes; the alarms see nothing but the metric. Start reading at
//! [`Sim::reservation_is_due`].

use std::rc::Rc;

use crate::sim::engine::Sim;
use crate::sim::ids::CapacityProviderId;
use crate::sim::neighbours::auto_scaling_group::{Group, ScalingPolicy};
use crate::sim::neighbours::event::{CapacityEvent, ScalingDirection};
use crate::sim::observation::capacity::{CapacityFact, Hold, ReservationRecord};
use crate::sim::random::Concern;

impl Sim {
    /// One minute of a provider: publish the metric, keep protection up to date, look at the alarms.
    pub(crate) fn reservation_is_due(&mut self, id: CapacityProviderId) {
        if !self.control.capacity.associated.contains(&id) {
            return;
        }
        let provider = &self.control.capacity.providers[&id];
        let (scaling, name) = (provider.scaling, provider.group.clone());
        if scaling.status.is_on() {
            let record = self.control.publish_reservation(&mut self.fx, id);
            // A value that repeats the one before says nothing new; what follows is owed to when it became so.
            self.fx.cause = self.control.capacity.providers[&id].last_by;
            self.keep_protection(id, &name);
            self.look_at_alarms(&name, &record);
        }
        self.control.measure_next_minute(&mut self.fx, id);
    }

    fn keep_protection(&mut self, id: CapacityProviderId, name: &Rc<str>) {
        let instances = self.control.protection_to_set(id);
        if !instances.is_empty() {
            self.later_in_group(20, CapacityEvent::ProtectionSet { group: name.clone(), instances: Rc::from(instances) });
        }
    }

    /// Scale-out: one value above the target. Scale-in: fifteen in a row below it (ecs.md §7.4).
    fn look_at_alarms(&mut self, name: &Rc<str>, record: &ReservationRecord) {
        let datapoints = self.fx.tuning.capacity.scale_in_datapoints;
        let provider = record.provider;
        let Some(policy) = self.policy(name, provider) else { return };
        let (above, below) = (record.against_target().is_gt(), record.against_target().is_lt());
        policy.low_datapoints = if below { policy.low_datapoints.saturating_add(1) } else { 0 };
        let scale_in = policy.low_datapoints >= datapoints;
        if !above && !below {
            policy.held = None;
        }
        let direction = match (above, scale_in) {
            (true, _) => ScalingDirection::Out,
            (false, true) => ScalingDirection::In,
            (false, false) => return,
        };
        let keys = [u64::from(provider.0), self.fx.now_ms];
        let wait_ms = self.fx.draw(Concern::CapacityAlarm, &keys, &self.fx.tuning.capacity.alarm_delay_ms);
        self.later_in_group(wait_ms, CapacityEvent::Alarm { provider, desired: record.desired, direction });
    }

    fn policy(&mut self, name: &str, provider: CapacityProviderId) -> Option<&mut ScalingPolicy> {
        let group = self.group(name)?;
        Some(group.policy.get_or_insert_with(|| ScalingPolicy::of(provider)))
    }

    /// An alarm calls the policy: the group's desired capacity changes, unless something holds it back.
    pub(crate) fn alarm_goes_off(&mut self, id: CapacityProviderId, desired: u32, direction: ScalingDirection) {
        let provider = &self.control.capacity.providers[&id];
        let (scaling, name) = (provider.scaling, provider.group.clone());
        let Some(point) = provider.series.back().copied().filter(|_| scaling.status.is_on()) else { return };
        let Some(group) = self.neighbours.auto_scaling.groups.get(&name) else { return };
        let asked = match direction {
            ScalingDirection::Out => self.scale_out_to(group, desired, scaling.instance_warmup_period_ms),
            ScalingDirection::In => self.scale_in_to(group, desired),
        };
        let (reservation_tenths, target) = (point.reservation_tenths, point.target);
        match asked {
            Ok(Some(to)) => {
                let datapoints = self.policy(&name, id).map_or(0, |policy| policy.low_datapoints);
                self.lead_capacity(match direction {
                    ScalingDirection::Out => CapacityFact::ScaleOutAlarm { provider: id, reservation_tenths, target },
                    ScalingDirection::In => CapacityFact::ScaleInAlarm { provider: id, reservation_tenths, target, datapoints },
                });
                let now_ms = self.fx.now_ms;
                let policy = self.policy(&name, id).expect("the group exists");
                policy.held = None;
                if direction == ScalingDirection::Out {
                    policy.last_scale_out_ms = Some(now_ms);
                    policy.low_datapoints = 0;
                }
                self.set_desired(&name, to);
            }
            Ok(None) => {}
            Err(why) => self.say_held(&name, id, why),
        }
    }

    fn say_held(&mut self, name: &str, provider: CapacityProviderId, why: Hold) {
        let policy = self.policy(name, provider).expect("the group exists");
        if policy.held.replace(why) != Some(why) {
            self.note_capacity(CapacityFact::ScalingHeld { provider, why });
        }
    }

    /// The desired capacity that a scale-out asks for: nothing while an instance is warming up or enough are on their way.
    /// Ledger: capacity.warm-up.
    fn scale_out_to(&self, group: &Group, desired: u32, warmup_ms: u64) -> Result<Option<u32>, Hold> {
        let to = desired.min(group.max);
        if group.desired >= desired {
            return Ok(None);
        }
        if to <= group.desired {
            return Err(Hold::AtMaximum { max: group.max });
        }
        let youngest_ms = group.in_service().map(|(_, member)| member.since_ms + warmup_ms).max();
        match youngest_ms.filter(|until_ms| *until_ms > self.fx.now_ms) {
            Some(until_ms) => Err(Hold::WarmUp { until_ms }),
            None => Ok(Some(to)),
        }
    }

    /// The desired capacity that a scale-in asks for: at least one instance less, at most half of them (ecs.md §7.5).
    // Ledger: capacity.scale-in-step.
    fn scale_in_to(&self, group: &Group, desired: u32) -> Result<Option<u32>, Hold> {
        let pause_ms = self.fx.tuning.capacity.scale_in_pause_ms;
        let last_ms = group.policy.as_ref().and_then(|policy| policy.last_scale_out_ms);
        if let Some(until_ms) = last_ms.map(|last_ms| last_ms + pause_ms).filter(|until_ms| *until_ms > self.fx.now_ms) {
            return Err(Hold::AfterScaleOut { until_ms });
        }
        let to = desired.max(group.desired - (group.desired / 2).max(1).min(group.desired));
        match to.max(group.min) {
            to if to < group.desired => Ok(Some(to)),
            _ if desired < group.desired => Err(Hold::AtMinimum { min: group.min }),
            _ => Ok(None),
        }
    }

    /// Changes the desired capacity of a group, whoever asks.
    pub(crate) fn set_desired(&mut self, name: &Rc<str>, to: u32) {
        let Some(group) = self.group(name).filter(|group| group.desired != to) else { return };
        let from = std::mem::replace(&mut group.desired, to);
        let changed = self.lead_capacity(CapacityFact::DesiredCapacityChanged { group: name.clone(), from, to });
        self.group(name).expect("the group exists").changed_by = changed;
        self.stir_group(name);
    }
}
