//! Service auto scaling as arithmetic: what policies want of a service, given what their alarms say (ecs.md §7.8).
//!
//! It decides and changes nothing; `scaling_acts` does. Start reading at [`ScalableTarget::decide`].

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::sim::command::metrics::{AdjustmentType, ScaleIn, StepAdjustment};
use crate::sim::ids::ObservationId;
use crate::sim::model::metric::{Series, Statistic};
use crate::sim::time::Millis;

/// A service whose desired count may be scaled.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ScalableTarget {
    pub min_capacity: u32,
    pub max_capacity: u32,
    pub policies: BTreeMap<Rc<str>, Policy>,
    /// The observation of its registration.
    pub registered_by: ObservationId,
    pub(crate) cooling_out: Option<CoolingOut>,
    pub(crate) cooling_in_until_ms: Millis,
    /// What policies last did.
    pub last: Option<Activity>,
    /// What last held a policy back, and the turn of the alarm that had triggered it: to say it once.
    pub(crate) held: Option<(Held, ObservationId)>,
}

/// The pause after scaling out: what has been added counts as part of the next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CoolingOut {
    pub until_ms: Millis,
    /// Tasks that ran when the first step of this pause was taken.
    pub base: u32,
}

/// A change of the desired count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Activity {
    pub at_ms: Millis,
    pub from: u32,
    pub to: u32,
    /// The bounds that held then.
    pub within: (u32, u32),
}

/// One policy.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Policy {
    TargetTracking(Tracking),
    StepScaling(Steps),
}

/// Keeps a metric at a target, by two alarms of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tracking {
    pub series: Series,
    pub statistic: Statistic,
    /// In thousandths.
    pub target: u64,
    pub scale_in: ScaleIn,
    pub alarm_high: Rc<str>,
    pub alarm_low: Rc<str>,
    pub(crate) out_ms: Millis,
    pub(crate) in_ms: Millis,
}

/// Answers an alarm of yours by how far its threshold is crossed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Steps {
    pub adjustment_type: AdjustmentType,
    pub adjustments: Vec<StepAdjustment>,
    pub min_adjustment_magnitude: u32,
    pub(crate) cooldown_ms: Millis,
}

/// What keeps a policy from doing what its alarm asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Held {
    Cooldown { until_ms: Millis },
    DeploymentInProgress,
    MaxCapacity,
    MinCapacity,
}

/// What an alarm of a policy says, with the newest value of its metric and its threshold, in thousandths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signal {
    pub policy: Rc<str>,
    pub alarm: Rc<str>,
    pub turned_by: ObservationId,
    pub value: u64,
    pub threshold: u64,
    pub side: SignalSide,
}

/// Which alarm it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignalSide {
    /// AlarmHigh of a target tracking policy.
    High,
    /// AlarmLow of a target tracking policy.
    Low,
    /// Any alarm with a step scaling policy as its action.
    Step,
}

/// The service as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub desired: u32,
    pub running: u32,
    pub deployment: DeploymentState,
}

/// Scaling in waits for deployments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeploymentState {
    InProgress,
    Completed,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Stay,
    Held { signal: Signal, by: Held },
    Scale { signal: Signal, to: u32, cooldown: Cooldown },
}

/// The pause that follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cooldown {
    Out { length_ms: Millis },
    In { length_ms: Millis },
}

impl ScalableTarget {
    /// What its policies come to: the largest of those that want more; less only if all agree (ecs.md §7.8).
    // Ledger: scaling.several-policies
    pub(crate) fn decide(&self, now_ms: Millis, signals: &[Signal], standing: Standing, step_percent: u32) -> Verdict {
        let cooling = self.cooling(now_ms);
        let wish = |signal: &Signal| self.wish(signal, self.base(now_ms, signal.side, standing));
        let wishes: Vec<(u32, &Signal)> = signals.iter().filter_map(|signal| Some((wish(signal)?, signal))).collect();
        let more = wishes.iter().filter(|(_, signal)| signal.side != SignalSide::Low).max_by_key(|(to, _)| *to);
        if let Some((to, signal)) = more.filter(|(to, _)| *to > standing.desired) {
            return self.scale_out(*to, signal, standing);
        }
        if let (Some(cooling), Some((_, signal))) = (cooling, more.filter(|(_, signal)| signal.side == SignalSide::High)) {
            return Verdict::Held { signal: (*signal).clone(), by: Held::Cooldown { until_ms: cooling.until_ms } };
        }
        let less = wishes.iter().filter(|(to, _)| *to < standing.desired).max_by_key(|(to, _)| *to);
        match less.filter(|_| self.all_agree_to_less(signals)) {
            Some((to, signal)) => self.scale_in(now_ms, *to, signal, standing, step_percent),
            None => Verdict::Stay,
        }
    }

    /// The pause after scaling out, while it lasts.
    pub(crate) fn cooling(&self, now_ms: Millis) -> Option<CoolingOut> {
        self.cooling_out.filter(|cooling| cooling.until_ms > now_ms)
    }

    /// The tasks that a step starts from.
    // Ledger: scaling.running-count
    pub(crate) fn base(&self, now_ms: Millis, side: SignalSide, standing: Standing) -> u32 {
        match (side, self.cooling(now_ms)) {
            (SignalSide::High | SignalSide::Step, Some(cooling)) => cooling.base,
            (SignalSide::High | SignalSide::Step, None) | (SignalSide::Low, _) => standing.running,
        }
    }

    /// What one policy wants, its bounds left aside.
    fn wish(&self, signal: &Signal, base: u32) -> Option<u32> {
        match (self.policies.get(&signal.policy)?, signal.side) {
            (Policy::TargetTracking(_), SignalSide::High) => Some(proportional(base, signal.value, signal.threshold)),
            (Policy::TargetTracking(tracking), SignalSide::Low) => Some(proportional(base, signal.value, tracking.target)),
            (Policy::StepScaling(steps), SignalSide::Step) => steps.wish(base, signal.value, signal.threshold),
            (Policy::TargetTracking(_), SignalSide::Step) | (Policy::StepScaling(_), SignalSide::High | SignalSide::Low) => None,
        }
    }

    fn scale_out(&self, to: u32, signal: &Signal, standing: Standing) -> Verdict {
        // Someone may have asked for less than the bounds by hand.
        let (to, signal) = (to.clamp(self.min_capacity, self.max_capacity), signal.clone());
        if to <= standing.desired {
            return Verdict::Held { signal, by: Held::MaxCapacity };
        }
        let length_ms = self.cooldown_ms(&signal);
        Verdict::Scale { signal, to, cooldown: Cooldown::Out { length_ms } }
    }

    // Ledger: scaling.scale-in
    fn scale_in(&self, now_ms: Millis, to: u32, signal: &Signal, standing: Standing, step_percent: u32) -> Verdict {
        let signal = signal.clone();
        if standing.deployment == DeploymentState::InProgress {
            return Verdict::Held { signal, by: Held::DeploymentInProgress };
        }
        if now_ms < self.cooling_in_until_ms {
            return Verdict::Held { signal, by: Held::Cooldown { until_ms: self.cooling_in_until_ms } };
        }
        let gradual = match signal.side {
            SignalSide::Low => standing.desired.saturating_sub((standing.desired * step_percent / 100).max(1)),
            SignalSide::High | SignalSide::Step => 0,
        };
        // Someone may have asked for more than the bounds by hand.
        let to = to.max(gradual).clamp(self.min_capacity, self.max_capacity);
        if to >= standing.desired {
            return Verdict::Held { signal, by: Held::MinCapacity };
        }
        let length_ms = self.cooldown_ms(&signal);
        Verdict::Scale { signal, to, cooldown: Cooldown::In { length_ms } }
    }

    /// Every target tracking policy that scales in at all must be below its target; without any, steps decide alone.
    fn all_agree_to_less(&self, signals: &[Signal]) -> bool {
        self.policies.iter().all(|(name, policy)| match policy {
            Policy::TargetTracking(Tracking { scale_in: ScaleIn::Enabled, .. }) => {
                signals.iter().any(|signal| signal.policy == *name && signal.side == SignalSide::Low)
            }
            Policy::TargetTracking(Tracking { scale_in: ScaleIn::Disabled, .. }) | Policy::StepScaling(_) => true,
        })
    }

    fn cooldown_ms(&self, signal: &Signal) -> Millis {
        match (&self.policies[&signal.policy], signal.side) {
            (Policy::TargetTracking(tracking), SignalSide::High | SignalSide::Step) => tracking.out_ms,
            (Policy::TargetTracking(tracking), SignalSide::Low) => tracking.in_ms,
            (Policy::StepScaling(steps), _) => steps.cooldown_ms,
        }
    }
}

/// As many tasks as bring the metric to its target if the work stays the same.
// Ledger: scaling.proportional
pub(crate) fn proportional(running: u32, value: u64, target: u64) -> u32 {
    (u64::from(running) * value).div_ceil(target.max(1)).min(u64::from(u32::MAX)) as u32
}

impl Steps {
    /// What the step for this value makes of so many tasks.
    fn wish(&self, base: u32, value: u64, threshold: u64) -> Option<u32> {
        let over = value as i64 - threshold as i64;
        let step = self.adjustments.iter().find(|step| step.holds(over))?;
        let (base, change) = (i64::from(base), i64::from(step.scaling_adjustment));
        let to = match self.adjustment_type {
            AdjustmentType::ExactCapacity => change,
            AdjustmentType::ChangeInCapacity => base + change,
            AdjustmentType::PercentChangeInCapacity => {
                let change = whole_change(base * change);
                let least = i64::from(self.min_adjustment_magnitude);
                base + if change.abs() < least { least * change.signum() } else { change }
            }
        };
        Some(to.clamp(0, i64::from(u32::MAX)) as u32)
    }
}

/// Hundredths of a task as whole tasks: towards nothing, but never to nothing (Application Auto Scaling, step scaling).
fn whole_change(hundredths: i64) -> i64 {
    match hundredths {
        0 => 0,
        1..100 => 1,
        -99..0 => -1,
        _ => hundredths / 100,
    }
}

impl StepAdjustment {
    /// Is this the step for a value so far from the threshold, in thousandths? The bound nearer to it belongs to the step.
    fn holds(&self, over: i64) -> bool {
        let lower = self.metric_interval_lower_bound.map_or(i64::MIN, |bound| i64::from(bound) * 1_000);
        let upper = self.metric_interval_upper_bound.map_or(i64::MAX, |bound| i64::from(bound) * 1_000);
        if over >= 0 { lower <= over && over < upper } else { lower < over && over <= upper }
    }
}

#[cfg(test)]
mod tests;
