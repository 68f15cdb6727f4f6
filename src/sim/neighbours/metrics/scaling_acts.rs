//! Application Auto Scaling at work: what alarms in ALARM come to, done as someone would by `UpdateService` (ecs.md §7.8).
//!
//! Start reading at [`act`].

use std::rc::Rc;

use crate::sim::command::UpdateService;
use crate::sim::control_plane::service::ServiceStatus;
use crate::sim::engine::Sim;
use crate::sim::ids::{ObservationId, ServiceId};
use crate::sim::model::alarm::AlarmState;
use crate::sim::neighbours::metrics::scaling::{
    Activity, Cooldown, CoolingOut, DeploymentState, Policy, ScalableTarget, Signal, SignalSide, Standing, Verdict,
};
use crate::sim::neighbours::metrics::{Metrics, commands};
use crate::sim::observation::Kind;
use crate::sim::observation::metrics::{Basis, MetricsFact, ScalingCause};

/// Alarms are in ALARM: each scalable target is looked at.
pub(crate) fn act(sim: &mut Sim) {
    forget_deleted(sim);
    let targets: Vec<_> = sim.neighbours.metrics.targets.iter().map(|(service, target)| (*service, target.clone())).collect();
    for (service, target) in targets {
        let signals = signals(&sim.neighbours.metrics, &target);
        if !signals.is_empty() {
            act_on(sim, service, &target, &signals);
        }
    }
}

fn act_on(sim: &mut Sim, service: ServiceId, target: &ScalableTarget, signals: &[Signal]) {
    let standing = standing(sim, service);
    let (now_ms, step_percent) = (sim.fx.now_ms, sim.fx.tuning.metrics.scale_in_step_percent);
    match target.decide(now_ms, signals, standing, step_percent) {
        Verdict::Stay => {}
        Verdict::Held { signal, by } => {
            let held = Some((by, signal.turned_by));
            if target.held != held {
                change(&mut sim.neighbours.metrics, service, |target| target.held = held);
                let fact = MetricsFact::ScalingHeld { service, policy: signal.policy, by };
                sim.fx.because(Some(signal.turned_by), |fx| fx.observe(Kind::Metrics(Rc::new(fact))));
            }
        }
        Verdict::Scale { signal, to, cooldown } => {
            let (policy, alarm) = (signal.policy.clone(), signal.alarm.clone());
            let running = target.base(now_ms, signal.side, standing);
            let basis = Basis { running, value: signal.value, threshold: signal.threshold };
            let cause = ScalingCause::Alarm { alarm, policy, basis };
            set_desired_count(sim, service, to, cause, signal.turned_by);
            change(&mut sim.neighbours.metrics, service, |target| target.cool_down(now_ms, cooldown, standing.running));
        }
    }
}

/// The bounds of a scalable target have been set: a desired count outside them is brought inside.
// Ledger: scaling.bounds
pub(crate) fn keep_bounds(sim: &mut Sim, service: ServiceId) {
    forget_deleted(sim);
    let Some(target) = sim.neighbours.metrics.targets.get(&service).cloned() else { return };
    let desired = sim.control.services[service].desired_count;
    let (to, cause) = if desired < target.min_capacity {
        (target.min_capacity, ScalingCause::MinCapacity)
    } else if desired > target.max_capacity {
        (target.max_capacity, ScalingCause::MaxCapacity)
    } else {
        return;
    };
    set_desired_count(sim, service, to, cause, target.registered_by);
}

fn set_desired_count(sim: &mut Sim, service: ServiceId, to: u32, cause: ScalingCause, because: ObservationId) {
    let from = sim.control.services[service].desired_count;
    let name = sim.control.services[service].name.to_string();
    let request = UpdateService { service: name, desired_count: Some(to), ..UpdateService::default() };
    let fact = MetricsFact::ScalingActivity { service, from, to, cause };
    let control = &mut sim.control;
    let done = sim.fx.because(Some(because), |fx| {
        fx.lead(Kind::Metrics(Rc::new(fact)));
        let revision = control.services[service].revision().clone();
        control.update_service(fx, &request, revision)
    });
    debug_assert!(done.is_ok(), "within the bounds of the API");
    let at_ms = sim.fx.now_ms;
    change(&mut sim.neighbours.metrics, service, |target| {
        let within = (target.min_capacity, target.max_capacity);
        target.last = Some(Activity { at_ms, from, to, within });
        target.held = None;
    });
}

/// The service as Application Auto Scaling sees it.
pub(crate) fn standing(sim: &Sim, id: ServiceId) -> Standing {
    let service = &sim.control.services[id];
    let running = service.tasks.iter().filter(|task| sim.control.tasks[**task].is_running()).count() as u32;
    let deployment = if service.deployment_in_progress() { DeploymentState::InProgress } else { DeploymentState::Completed };
    Standing { desired: service.desired_count, running, deployment }
}

/// What alarms of a target's policies say that are in ALARM.
pub(crate) fn signals(metrics: &Metrics, target: &ScalableTarget) -> Vec<Signal> {
    let mut signals = Vec::new();
    for (name, policy) in &target.policies {
        let mut add = |alarm: &Rc<str>, side| signals.extend(signal(metrics, name, alarm, side));
        match policy {
            Policy::TargetTracking(tracking) => {
                add(&tracking.alarm_high, SignalSide::High);
                add(&tracking.alarm_low, SignalSide::Low);
            }
            Policy::StepScaling(_) => {
                let triggers = metrics.alarms.iter().filter(|(_, alarm)| alarm.actions.contains(name));
                triggers.for_each(|(alarm, _)| add(alarm, SignalSide::Step));
            }
        }
    }
    signals
}

fn signal(metrics: &Metrics, policy: &Rc<str>, name: &Rc<str>, side: SignalSide) -> Option<Signal> {
    let alarm = metrics.alarms.get(name).filter(|alarm| alarm.state == AlarmState::Alarm)?;
    let value = metrics.values(&alarm.rule).find_map(|(_, value)| value)?;
    let (policy, alarm_name) = (policy.clone(), name.clone());
    Some(Signal { policy, alarm: alarm_name, turned_by: alarm.turned_by, value, threshold: alarm.rule.threshold, side })
}

impl ScalableTarget {
    /// The pause after a step begins. Scaling out ends the pause after scaling in.
    // Ledger: scaling.cooldowns
    fn cool_down(&mut self, now_ms: u64, cooldown: Cooldown, running: u32) {
        match cooldown {
            Cooldown::Out { length_ms } => {
                let base = self.cooling_out.filter(|cooling| cooling.until_ms > now_ms).map_or(running, |cooling| cooling.base);
                self.cooling_out = Some(CoolingOut { until_ms: now_ms + length_ms, base });
                self.cooling_in_until_ms = 0;
            }
            Cooldown::In { length_ms } => self.cooling_in_until_ms = now_ms + length_ms,
        }
    }
}

fn change(metrics: &mut Metrics, service: ServiceId, how: impl FnOnce(&mut ScalableTarget)) {
    if let Some(target) = Rc::make_mut(&mut metrics.targets).get_mut(&service) {
        how(Rc::make_mut(target));
    }
}

/// A deleted service takes its scalable target with it, and that its policies and their alarms.
fn forget_deleted(sim: &mut Sim) {
    let is_active =
        |service: &ServiceId| sim.control.services.get(*service).is_some_and(|known| known.status == ServiceStatus::Active);
    let targets = sim.neighbours.metrics.targets.iter().filter(|(service, _)| !is_active(service));
    let gone: Vec<_> = targets.map(|(service, target)| (*service, target.registered_by)).collect();
    for (service, registered_by) in gone {
        let deleted_by = sim.control.services.get(service).map_or(registered_by, |known| known.changed_by);
        let outer = sim.fx.cause.replace(deleted_by);
        commands::forget_deleted_target(sim, service);
        sim.fx.cause = outer;
    }
}
