//! Alarms: judged whenever new datapoints can be read; who turns is told a moment later (ecs.md §4.6, §7.4).
//!
//! Start reading at [`evaluate`].

use std::rc::Rc;

use crate::sim::control_plane::ControlPlane;
use crate::sim::engine::Sim;
use crate::sim::ids::ObservationId;
use crate::sim::model::alarm::{AlarmRule, AlarmState};
use crate::sim::model::metric::{MetricName, Of, Series};
use crate::sim::neighbours::Neighbours;
use crate::sim::neighbours::event::{MetricsEvent, NeighbourEvent};
use crate::sim::neighbours::metrics::Metrics;
use crate::sim::neighbours::metrics::minute::Datapoint;
use crate::sim::observation::Kind;
use crate::sim::observation::metrics::MetricsFact;
use crate::sim::time::{MINUTE, Millis, clock};

/// One alarm.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Alarm {
    pub rule: AlarmRule,
    /// Step scaling policies that it triggers.
    pub actions: Vec<Rc<str>>,
    /// The target tracking policy that made it and keeps it.
    pub kept_by: Option<Rc<str>>,
    pub state: AlarmState,
    /// Since when, and CloudWatch's words for it.
    pub since_ms: Millis,
    pub reason: Rc<str>,
    /// The observation that made it, and that of its last turn.
    pub put_by: ObservationId,
    pub turned_by: ObservationId,
}

impl Metrics {
    /// The newest periods of an alarm, newest first, each with the instant of its begin.
    pub fn values<'a>(&'a self, rule: &'a AlarmRule) -> impl Iterator<Item = (Millis, Option<u64>)> + 'a {
        let newest_ms = self.minutes.back().map_or(0, |minute| minute.ended_at_ms);
        let service = self.service_of(&rule.series);
        let minutes = rule.period_minutes as usize;
        let period = move |number: usize| {
            let datapoints = (0..minutes).filter_map(|minute| {
                let back = number * minutes + minute;
                let at = self.minutes.len().checked_sub(back + 1)?;
                self.minutes[at].datapoint(&rule.series, service)
            });
            let value = datapoints.reduce(Datapoint::and).map(|datapoint| datapoint.statistic(rule.statistic));
            (newest_ms.saturating_sub((number + 1) as u64 * u64::from(rule.period_minutes) * MINUTE), value)
        };
        (0..rule.evaluation_periods as usize).map(period)
    }

    /// The state that follows for an alarm from the data that can be read.
    pub(crate) fn judge(&self, alarm: &Alarm) -> AlarmState {
        let values: Vec<_> = self.values(&alarm.rule).map(|(_, value)| value).collect();
        alarm.rule.judge(&values, alarm.state)
    }
}

/// New datapoints can be read: every alarm is judged, those that turn say so, and policies of those in ALARM are triggered.
pub(crate) fn evaluate(sim: &mut Sim) {
    let (mut turns, mut triggered) = (Vec::new(), false);
    for (name, alarm) in sim.neighbours.metrics.alarms.iter() {
        let state = sim.neighbours.metrics.judge(alarm);
        if state != alarm.state {
            turns.push((name.clone(), alarm.clone(), state));
        }
        triggered |= state == AlarmState::Alarm && (alarm.kept_by.is_some() || !alarm.actions.is_empty());
    }
    for (name, alarm, state) in turns {
        turn(sim, &name, &alarm, state);
    }
    sim.neighbours.metrics.judged_at_ms = Some(sim.fx.now_ms);
    if triggered {
        let delay_ms = sim.fx.tuning.metrics.alarm_action_ms;
        sim.fx.at_neighbour(delay_ms, NeighbourEvent::Metrics(MetricsEvent::PoliciesTriggered));
    }
}

fn turn(sim: &mut Sim, name: &Rc<str>, alarm: &Alarm, state: AlarmState) {
    let values = sim.neighbours.metrics.values(&alarm.rule);
    let named: Vec<_> = values.map(|(at_ms, value)| (Rc::from(clock(at_ms)), value)).collect();
    let reason: Rc<str> = Rc::from(alarm.rule.reason(&named, alarm.state, state));
    let cause = cause(&sim.neighbours, &sim.control, alarm);
    let (from, delay_ms) = (alarm.state, sim.fx.tuning.metrics.alarm_action_ms);
    let fx = &mut sim.fx;
    let fact = MetricsFact::AlarmStateChanged { alarm: name.clone(), from, to: state, reason: reason.clone() };
    let turned_by = fx.because(Some(cause), |fx| fx.observe(Kind::Metrics(Rc::new(fact))));
    fx.because(Some(turned_by), |fx| {
        let event = MetricsEvent::AlarmReported { alarm: name.clone(), state };
        fx.at_neighbour(delay_ms, NeighbourEvent::Metrics(event));
    });
    let now_ms = fx.now_ms;
    let alarms = Rc::make_mut(&mut sim.neighbours.metrics.alarms);
    let alarm = Rc::make_mut(alarms.get_mut(name).expect("the alarm turns"));
    (alarm.state, alarm.since_ms, alarm.reason, alarm.turned_by) = (state, now_ms, reason, turned_by);
}

/// The control plane learns of the state of an alarm.
pub(crate) fn reported(sim: &mut Sim, alarm: &Rc<str>, state: AlarmState) {
    if sim.neighbours.metrics.alarm(alarm).is_some() {
        sim.control.alarms.insert(alarm.clone(), state);
        sim.control.alarm_causes.extend(sim.fx.cause.map(|cause| (alarm.clone(), cause)));
    }
}

/// What made the metric what it is, as far as the narrator knows: the newest change of what it measures, else the alarm itself.
fn cause(neighbours: &Neighbours, control: &ControlPlane, alarm: &Alarm) -> ObservationId {
    let has_turned = alarm.turned_by != alarm.put_by;
    let known = if has_turned { cause_of(neighbours, control, &alarm.rule.series) } else { None };
    known.into_iter().chain([alarm.put_by]).max().expect("there is at least one")
}

fn cause_of(neighbours: &Neighbours, control: &ControlPlane, series: &Series) -> Option<ObservationId> {
    let metrics = &neighbours.metrics;
    match series.metric {
        MetricName::CpuUtilization
        | MetricName::MemoryUtilization
        | MetricName::RunningTaskCount
        | MetricName::DesiredTaskCount
        | MetricName::PendingTaskCount => match &series.of {
            Of::Service(name) => {
                let service = &control.services[*metrics.names.get(name)?];
                let family = &control.definitions[service.revision().definition].definition.family;
                let load = metrics.load_changed_by.get(family).copied();
                load.into_iter().chain(service.losses.back().copied()).chain([service.changed_by]).max()
            }
            Of::Cluster | Of::TargetGroup(_) | Of::CapacityProvider(_) => metrics.load_changed_by.values().copied().max(),
        },
        MetricName::DisconnectedAgentCount | MetricName::ContainerInstanceCount => control.connections_changed_by(),
        MetricName::CpuReservation | MetricName::MemoryReservation => {
            control.tasks.iter().next_back().map(|(_, task)| task.newest)
        }
        MetricName::HealthyHostCount
        | MetricName::UnHealthyHostCount
        | MetricName::RequestCountPerTarget
        | MetricName::TargetResponseTime
        | MetricName::HttpCodeTarget5xxCount => match &series.of {
            Of::TargetGroup(name) => {
                let id = neighbours.balancer.group_named(name)?;
                let group = neighbours.balancer.groups.get(id)?;
                group.targets.values().map(|target| target.turned_by).chain(neighbours.traffic.set_by(id)).max()
            }
            Of::Cluster | Of::Service(_) | Of::CapacityProvider(_) => None,
        },
        MetricName::CapacityProviderReservation => match &series.of {
            Of::CapacityProvider(name) => {
                let provider = control.capacity.providers.get(&control.capacity.named(name)?)?;
                provider.report.newest.into_iter().chain([provider.changed_by]).max()
            }
            Of::Cluster | Of::Service(_) | Of::TargetGroup(_) => None,
        },
    }
}
