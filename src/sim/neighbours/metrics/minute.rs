//! One minute of metrics: sums while it lasts, datapoints once it is over.
//!
//! A finished minute never changes, so snapshots of a run share it. Start reading at [`Minute`].

use std::rc::Rc;

use crate::sim::ids::ServiceId;
use crate::sim::model::metric::{ClusterMetric, MetricName, Of, Series, ServiceMetric, Statistic};
use crate::sim::time::{MINUTE, Millis};

/// What is collected until the minute is over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct OpenMinute {
    /// By id of the service, from 1.
    services: Rc<Vec<ServiceSums>>,
    /// Tasks on servers against what the servers that reported have registered.
    cluster: ServiceSums,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct ServiceSums {
    cpu: Sums,
    memory: Sums,
}

/// Samples of one utilization.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Sums {
    used: u64,
    of: u64,
    least: u32,
    most: u32,
    samples: u32,
}

impl Sums {
    /// One more sample. What reserves nothing has no utilization.
    fn add(&mut self, used: u32, of: u32) {
        if of == 0 {
            return;
        }
        let part = thousandths_of_percent(u64::from(used), u64::from(of));
        self.least = if self.samples == 0 { part } else { self.least.min(part) };
        self.most = self.most.max(part);
        self.samples += 1;
        self.used += u64::from(used);
        self.of += u64::from(of);
    }

    // Ledger: metrics.utilization
    fn close(self) -> Utilization {
        let average = if self.of == 0 { 0 } else { thousandths_of_percent(self.used, self.of) };
        Utilization { average, least: self.least, most: self.most, samples: self.samples }
    }
}

fn thousandths_of_percent(used: u64, of: u64) -> u32 {
    (used * 100_000 / of).min(u64::from(u32::MAX)) as u32
}

/// A finished utilization, in thousandths of a per cent; without samples there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Utilization {
    average: u32,
    least: u32,
    most: u32,
    samples: u32,
}

/// What is counted of a service when the minute is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ServiceCounts {
    pub running: u16,
    pub desired: u16,
    pub pending: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct ServiceMinute {
    cpu: Utilization,
    memory: Utilization,
    counts: ServiceCounts,
}

/// What is counted of the cluster when the minute is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ClusterCounts {
    pub instances: u32,
    // Ledger: metrics.disconnected-agents.
    pub disconnected: u32,
    pub registered_cpu: u64,
    pub reserved_cpu: u64,
    pub registered_memory: u64,
    pub reserved_memory: u64,
}

/// Samples of one minute, in thousandths of the metric's unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Datapoint {
    pub sum: u64,
    pub minimum: u64,
    pub maximum: u64,
    pub samples: u64,
}

impl Datapoint {
    /// One sample.
    pub fn of(value: u64) -> Self {
        Self { sum: value, minimum: value, maximum: value, samples: 1 }
    }

    /// Both together.
    pub fn and(self, other: Self) -> Self {
        Self {
            sum: self.sum + other.sum,
            minimum: self.minimum.min(other.minimum),
            maximum: self.maximum.max(other.maximum),
            samples: self.samples + other.samples,
        }
    }

    /// One number of it. A count of samples is in thousandths as everything else.
    pub fn statistic(self, statistic: Statistic) -> u64 {
        match statistic {
            Statistic::Average => self.sum / self.samples,
            Statistic::Minimum => self.minimum,
            Statistic::Maximum => self.maximum,
            Statistic::Sum => self.sum,
            Statistic::SampleCount => self.samples * 1_000,
        }
    }
}

impl Utilization {
    fn datapoint(self) -> Option<Datapoint> {
        let (samples, average) = (u64::from(self.samples), u64::from(self.average));
        let (minimum, maximum) = (u64::from(self.least), u64::from(self.most));
        (samples > 0).then(|| Datapoint { sum: average * samples, minimum, maximum, samples })
    }
}

/// A finished minute.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Minute {
    pub ended_at_ms: Millis,
    /// By id of the service, from 1.
    services: Vec<Option<ServiceMinute>>,
    cluster: ServiceMinute,
    counts: ClusterCounts,
    /// What other neighbours publish, in order of series.
    others: Vec<(Series, Datapoint)>,
}

impl OpenMinute {
    /// What one task used of what it reserved, CPU and memory: (used, reserved).
    pub fn add_task(&mut self, service: ServiceId, cpu: (u32, u32), memory: (u32, u32)) {
        let (services, slot) = (Rc::make_mut(&mut self.services), service.0 as usize - 1);
        if services.len() <= slot {
            services.resize(slot + 1, ServiceSums::default());
        }
        services[slot].cpu.add(cpu.0, cpu.1);
        services[slot].memory.add(memory.0, memory.1);
    }

    /// What the tasks of one server used of what it registered.
    pub fn add_server(&mut self, cpu: (u32, u32), memory: (u32, u32)) {
        self.cluster.cpu.add(cpu.0, cpu.1);
        self.cluster.memory.add(memory.0, memory.1);
    }

    /// The minute is over; `services` says which there are and how many tasks they have.
    pub fn close(
        self,
        ended_at_ms: Millis,
        services: impl Iterator<Item = (ServiceId, ServiceCounts)>,
        counts: ClusterCounts,
        mut others: Vec<(Series, Datapoint)>,
    ) -> Minute {
        let mut rows = Vec::with_capacity(self.services.len());
        for (service, counts) in services {
            let slot = service.0 as usize - 1;
            let sums = self.services.get(slot).copied().unwrap_or_default();
            rows.resize(slot, None);
            rows.push(Some(ServiceMinute { cpu: sums.cpu.close(), memory: sums.memory.close(), counts }));
        }
        let cluster = ServiceMinute {
            cpu: self.cluster.cpu.close(),
            memory: self.cluster.memory.close(),
            counts: ServiceCounts::default(),
        };
        others.sort_by(|a, b| a.0.cmp(&b.0));
        Minute { ended_at_ms, services: rows, cluster, counts, others }
    }
}

impl Minute {
    /// When it began: what CloudWatch stamps its datapoints with.
    pub fn began_at_ms(&self) -> Millis {
        self.ended_at_ms - MINUTE
    }

    /// The datapoint of a series, if there is one; `service` is the id behind its name.
    pub fn datapoint(&self, series: &Series, service: Option<ServiceId>) -> Option<Datapoint> {
        match series.of {
            Of::Cluster => self.of_cluster(series.metric),
            Of::Service(_) => self.of_service(series.metric, service?),
            Of::TargetGroup(_) | Of::CapacityProvider(_) => {
                let at = self.others.binary_search_by(|(other, _)| other.cmp(series)).ok()?;
                Some(self.others[at].1)
            }
        }
    }

    fn of_cluster(&self, metric: MetricName) -> Option<Datapoint> {
        let counts = &self.counts;
        let part = |reserved, registered: u64| {
            (registered > 0).then(|| Datapoint::of(u64::from(thousandths_of_percent(reserved, registered))))
        };
        match metric.of_cluster()? {
            ClusterMetric::CpuUtilization => self.cluster.cpu.datapoint(),
            ClusterMetric::MemoryUtilization => self.cluster.memory.datapoint(),
            ClusterMetric::CpuReservation => part(counts.reserved_cpu, counts.registered_cpu),
            ClusterMetric::MemoryReservation => part(counts.reserved_memory, counts.registered_memory),
            ClusterMetric::ContainerInstanceCount => Some(Datapoint::of(u64::from(counts.instances) * 1_000)),
            ClusterMetric::DisconnectedAgentCount => Some(Datapoint::of(u64::from(counts.disconnected) * 1_000)),
        }
    }

    fn of_service(&self, metric: MetricName, service: ServiceId) -> Option<Datapoint> {
        let row = self.services.get(service.0 as usize - 1)?.as_ref()?;
        let count = |count: u16| Some(Datapoint::of(u64::from(count) * 1_000));
        match metric.of_service()? {
            ServiceMetric::CpuUtilization => row.cpu.datapoint(),
            ServiceMetric::MemoryUtilization => row.memory.datapoint(),
            ServiceMetric::RunningTaskCount => count(row.counts.running),
            ServiceMetric::DesiredTaskCount => count(row.counts.desired),
            ServiceMetric::PendingTaskCount => count(row.counts.pending),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(metric: MetricName) -> Series {
        Series { metric, of: Of::Service("web".into()) }
    }

    #[test]
    fn section_7_8_utilization_is_used_by_reserved_of_all_tasks_together() {
        let mut open = OpenMinute::default();
        // A big idle task weighs more than a small busy one.
        open.add_task(ServiceId(2), (256, 256), (100, 400));
        open.add_task(ServiceId(2), (64, 768), (0, 400));
        let counts = ServiceCounts { running: 2, desired: 3, pending: 1 };
        let minute = open.close(60_000, [(ServiceId(2), counts)].into_iter(), ClusterCounts::default(), Vec::new());
        let value = |metric, statistic| Some(minute.datapoint(&series(metric), Some(ServiceId(2)))?.statistic(statistic));
        assert_eq!(value(MetricName::CpuUtilization, Statistic::Average), Some(31_250));
        assert_eq!(value(MetricName::CpuUtilization, Statistic::Maximum), Some(100_000));
        assert_eq!(value(MetricName::CpuUtilization, Statistic::Minimum), Some(8_333));
        assert_eq!(value(MetricName::CpuUtilization, Statistic::SampleCount), Some(2_000));
        assert_eq!(value(MetricName::MemoryUtilization, Statistic::Average), Some(12_500));
        assert_eq!(value(MetricName::RunningTaskCount, Statistic::Average), Some(2_000));
        assert_eq!(minute.datapoint(&series(MetricName::CpuUtilization), Some(ServiceId(1))), None);
        assert_eq!(minute.began_at_ms(), 0);
    }

    #[test]
    fn section_7_8_reservation_is_reserved_by_registered() {
        let counts = ClusterCounts {
            instances: 2,
            disconnected: 1,
            registered_cpu: 4_096,
            reserved_cpu: 1_024,
            registered_memory: 0,
            reserved_memory: 0,
        };
        let minute = OpenMinute::default().close(60_000, std::iter::empty(), counts, Vec::new());
        let value = |metric| {
            let datapoint = minute.datapoint(&Series { metric, of: Of::Cluster }, None)?;
            Some(datapoint.statistic(Statistic::Average))
        };
        assert_eq!(value(MetricName::CpuReservation), Some(25_000));
        assert_eq!(value(MetricName::MemoryReservation), None, "an empty cluster has none");
        assert_eq!(value(MetricName::DisconnectedAgentCount), Some(1_000));
        assert_eq!(value(MetricName::CpuUtilization), None, "nobody has reported");
    }

    #[test]
    fn a_service_that_nobody_hears_of_has_no_utilization_but_counts() {
        let counts = ServiceCounts { running: 4, desired: 4, pending: 0 };
        let rows = [(ServiceId(3), counts)].into_iter();
        let minute = OpenMinute::default().close(60_000, rows, ClusterCounts::default(), Vec::new());
        assert_eq!(minute.datapoint(&series(MetricName::CpuUtilization), Some(ServiceId(3))), None);
        assert!(minute.datapoint(&series(MetricName::RunningTaskCount), Some(ServiceId(3))).is_some());
    }
}
