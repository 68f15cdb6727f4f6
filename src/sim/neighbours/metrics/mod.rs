//! CloudWatch: a datapoint a minute for each series, late and averaged, and the alarms over them (ecs.md §7.4, §7.8).
//!
//! It knows what telemetry has brought and what the control plane believes; it never looks at a server. It collects from the first
//! command on. Start reading at [`Metrics`] and [`happen`].

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::service::{Service, ServiceStatus};
use crate::sim::effects::Effects;
use crate::sim::engine::Sim;
use crate::sim::ids::{InstanceId, ObservationId, ServiceId};
use crate::sim::message::TaskUsage;
use crate::sim::model::metric::{Of, Series, Statistic};
use crate::sim::neighbours::Neighbours;
use crate::sim::neighbours::event::{MetricsEvent, NeighbourEvent};
use crate::sim::neighbours::metrics::alarms::Alarm;
use crate::sim::neighbours::metrics::minute::{ClusterCounts, Datapoint, Minute, OpenMinute, ServiceCounts};
use crate::sim::neighbours::metrics::scaling::ScalableTarget;
use crate::sim::time::{MINUTE, Millis};

pub mod alarms;
pub mod commands;
pub mod live;
pub mod minute;
mod published;
pub mod scaling;
pub mod scaling_acts;

/// Everything CloudWatch and Application Auto Scaling know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Metrics {
    /// Since when it collects.
    since_ms: Option<Millis>,
    open: OpenMinute,
    /// Over, but not to be read yet.
    closed: Option<(Rc<Minute>, Names)>,
    /// Oldest first.
    minutes: VecDeque<Rc<Minute>>,
    /// Of the newest minute.
    names: Names,
    /// When alarms were last judged.
    pub(crate) judged_at_ms: Option<Millis>,
    alarms: Rc<BTreeMap<Rc<str>, Rc<Alarm>>>,
    targets: Rc<BTreeMap<ServiceId, Rc<ScalableTarget>>>,
    /// What last changed the load of a family's apps.
    load_changed_by: BTreeMap<Rc<str>, ObservationId>,
}

/// Ids behind the names of services that have not been deleted.
type Names = Rc<BTreeMap<Rc<str>, ServiceId>>;

/// One point of a line: when its period began, and its value in thousandths; nothing when there were no data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    pub at_ms: Millis,
    pub value: Option<u64>,
}

impl Metrics {
    /// Minutes that can be read, oldest first.
    pub fn minutes(&self) -> impl DoubleEndedIterator<Item = &Minute> {
        self.minutes.iter().map(Rc::as_ref)
    }

    /// The line of a series as far as it can be read now.
    pub fn history(&self, series: &Series, statistic: Statistic) -> Vec<Point> {
        let service = self.service_of(series);
        let point = |minute: &Minute| Point {
            at_ms: minute.began_at_ms(),
            value: minute.datapoint(series, service).map(|datapoint| datapoint.statistic(statistic)),
        };
        self.minutes().map(point).collect()
    }

    /// The newest value of a series that can be read.
    pub fn newest(&self, series: &Series, statistic: Statistic) -> Option<u64> {
        let service = self.service_of(series);
        self.minutes().rev().find_map(|minute| minute.datapoint(series, service)).map(|datapoint| datapoint.statistic(statistic))
    }

    /// Alarms by name.
    pub fn alarms(&self) -> impl Iterator<Item = (&Rc<str>, &Alarm)> {
        self.alarms.iter().map(|(name, alarm)| (name, &**alarm))
    }

    /// The alarm of this name.
    pub fn alarm(&self, name: &str) -> Option<&Alarm> {
        self.alarms.get(name).map(Rc::as_ref)
    }

    /// Services whose desired count may be scaled.
    pub fn scalable_targets(&self) -> impl Iterator<Item = (ServiceId, &ScalableTarget)> {
        self.targets.iter().map(|(service, target)| (*service, &**target))
    }

    /// The scalable target of a service.
    pub fn scalable_target(&self, service: ServiceId) -> Option<&ScalableTarget> {
        self.targets.get(&service).map(Rc::as_ref)
    }

    fn service_of(&self, series: &Series) -> Option<ServiceId> {
        match &series.of {
            Of::Service(name) => self.names.get(name).copied(),
            Of::Cluster | Of::TargetGroup(_) | Of::CapacityProvider(_) => None,
        }
    }

    /// Telemetry has arrived from a server, or from the Fargate platform.
    fn hear_usage(&mut self, control: &ControlPlane, from: Option<InstanceId>, usage: &[TaskUsage]) {
        if self.since_ms.is_none() {
            return;
        }
        let (mut cpu_units, mut memory_mib) = (0, 0);
        for used in usage {
            cpu_units += used.cpu_units;
            memory_mib += used.memory_mib;
            let Some(task) = control.tasks.get(used.task) else { continue };
            if let Some((service, _)) = task.service {
                let needs = &control.definitions[task.definition].needs;
                self.open.add_task(service, (used.cpu_units, needs.cpu_units), (used.memory_mib, needs.memory_mib));
            }
        }
        if let Some(known) = from.and_then(|instance| control.registry.get(instance)) {
            self.open.add_server((cpu_units, known.registered_cpu_units), (memory_mib, known.registered_memory_mib));
        }
    }

    /// A minute is over: what has been heard becomes datapoints, beside what is counted now.
    fn close_minute(&mut self, now_ms: Millis, control: &ControlPlane, others: Vec<(Series, Datapoint)>) {
        let active = || control.services.iter().filter(|(_, service)| service.status == ServiceStatus::Active);
        let mut names = self.names.clone();
        let strange = |(id, service): (ServiceId, &Service)| names.get(&service.name) != Some(&id);
        if active().count() != names.len() || active().any(strange) {
            names = Rc::new(active().map(|(id, service)| (service.name.clone(), id)).collect());
        }
        let rows = active().map(|(id, service)| {
            let running = service.tasks.iter().filter(|task| control.tasks[**task].is_running()).count();
            let counts = ServiceCounts {
                running: running as u16,
                desired: service.desired_count as u16,
                pending: (service.tasks.len() - running) as u16,
            };
            (id, counts)
        });
        let minute = std::mem::take(&mut self.open).close(now_ms, rows, count_cluster(control), others);
        self.closed = Some((Rc::new(minute), names));
    }

    fn publish(&mut self, kept: u32) {
        let (minute, names) = self.closed.take().expect("a minute is over");
        self.names = names;
        self.minutes.push_back(minute);
        while self.minutes.len() > kept as usize {
            self.minutes.pop_front();
        }
    }
}

// Ledger: metrics.reservation.
fn count_cluster(control: &ControlPlane) -> ClusterCounts {
    let mut counts = ClusterCounts::default();
    for instance in control.registry.iter() {
        counts.instances += 1;
        counts.disconnected += u32::from(!instance.agent_connected);
        counts.registered_cpu += u64::from(instance.registered_cpu_units);
        counts.reserved_cpu += u64::from(instance.registered_cpu_units - instance.remaining_cpu_units);
        counts.registered_memory += u64::from(instance.registered_memory_mib);
        counts.reserved_memory += u64::from(instance.registered_memory_mib - instance.remaining_memory_mib);
    }
    counts
}

/// Telemetry of a server has arrived.
pub(crate) fn hear_usage(neighbours: &mut Neighbours, control: &ControlPlane, from: InstanceId, usage: &[TaskUsage]) {
    neighbours.metrics.hear_usage(control, Some(from), usage);
}

/// A command has been given: from now on metrics are collected, on whole minutes.
pub(crate) fn begin(metrics: &mut Metrics, fx: &mut Effects) {
    if metrics.since_ms.is_none() {
        metrics.since_ms = Some(fx.now_ms);
        let to_next_minute_ms = MINUTE - fx.now_ms % MINUTE;
        let to_telemetry_ms = fx.tuning.telemetry_period_ms;
        fx.by_the_clock(|fx| {
            fx.at_neighbour(to_next_minute_ms, NeighbourEvent::Metrics(MetricsEvent::MinuteEnds));
            fx.at_neighbour(to_telemetry_ms, NeighbourEvent::Metrics(MetricsEvent::FargateTelemetry));
        });
    }
}

/// Something happens at CloudWatch or Application Auto Scaling.
pub(crate) fn happen(sim: &mut Sim, event: MetricsEvent) {
    match event {
        MetricsEvent::FargateTelemetry => {
            let usage = sim.data.usage_on_fargate(&sim.fx);
            sim.neighbours.metrics.hear_usage(&sim.control, None, &usage);
            let period_ms = sim.fx.tuning.telemetry_period_ms;
            sim.fx.at_neighbour(period_ms, NeighbourEvent::Metrics(MetricsEvent::FargateTelemetry));
        }
        MetricsEvent::MinuteEnds => {
            let published = published::of_minute(sim);
            sim.neighbours.metrics.close_minute(sim.fx.now_ms, &sim.control, published);
            let delay_ms = sim.fx.tuning.metrics.datapoint_delay_ms;
            sim.fx.at_neighbour(delay_ms, NeighbourEvent::Metrics(MetricsEvent::DatapointsPublished));
            sim.fx.at_neighbour(MINUTE, NeighbourEvent::Metrics(MetricsEvent::MinuteEnds));
        }
        MetricsEvent::DatapointsPublished => {
            sim.neighbours.metrics.publish(sim.fx.tuning.metrics.datapoints_kept);
            alarms::evaluate(sim);
        }
        MetricsEvent::AlarmReported { alarm, state } => alarms::reported(sim, &alarm, state),
        MetricsEvent::PoliciesTriggered => scaling_acts::act(sim),
        MetricsEvent::BoundsChanged { service } => scaling_acts::keep_bounds(sim, service),
    }
}
