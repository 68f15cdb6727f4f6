//! Figures of the run: whole numbers read off the cluster, and their course over time.
//!
//! They are read off the run itself at regular instants while somebody looks at them, and for the time before by running it
//! again; there is no second account of the cluster to keep right. Start reading at [`read`].

use crate::cost::comparison;
use crate::cost::meter::Meter;
use crate::session::view::segments;
use crate::sim::control_plane::capacity::CapacityProvider;
use crate::sim::control_plane::service::ServiceStatus;
use crate::sim::data_plane::task_truth::Ground;
use crate::sim::engine::Sim;
use crate::sim::model::metric::{MetricName, Of, Series, Statistic};
use crate::sim::model::task::TaskStatus;
use crate::sim::time::{Millis, SECOND};

/// At most so many instants are kept; with more, every second one goes and they lie twice as far apart.
const MOST_SAMPLES: usize = 240;

/// One number that can be followed over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    Desired,
    Running,
    TrulyRunning,
    CpuTotal,
    CpuReserved,
    CpuUsed,
    /// As CloudWatch has it, in tenths of a per cent.
    CpuPublished,
    MemoryTotal,
    MemoryReserved,
    MemoryUsed,
    MemoryPublished,
    Waiting,
    LongestWaitMs,
    /// Thousandths of a request a second.
    Offered,
    Lost,
    /// Whole requests so far.
    LostSoFar,
    /// Of the provider that has the highest, in tenths of a per cent, and its target.
    Reservation,
    ReservationTarget,
    /// In nano-dollars.
    CostPerHour,
    CostSoFar,
    /// What the same work would have cost on Fargate so far.
    CostOnFargate,
}

impl Figure {
    /// How many there are.
    pub const COUNT: usize = Self::CostOnFargate as usize + 1;
}

/// All figures at one instant. What does not exist then has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    pub at_ms: Millis,
    values: [Option<u64>; Figure::COUNT],
}

impl Sample {
    /// The number, where there is one.
    pub fn get(&self, figure: Figure) -> Option<u64> {
        self.values[figure as usize]
    }

    fn set(&mut self, figure: Figure, value: u64) {
        self.values[figure as usize] = Some(value);
    }

    fn add(&mut self, figure: Figure, value: u64) {
        let sum = self.get(figure).unwrap_or(0) + value;
        self.set(figure, sum);
    }
}

/// Reads all figures off the cluster, now.
pub fn read(sim: &Sim) -> Sample {
    let mut sample = Sample { at_ms: sim.now_ms(), values: [None; Figure::COUNT] };
    read_services(sim, &mut sample);
    read_servers(sim, &mut sample);
    read_tasks(sim, &mut sample);
    read_metrics(sim, &mut sample);
    read_traffic(sim, &mut sample);
    read_capacity(sim, &mut sample);
    read_cost(sim, &mut sample);
    sample
}

fn read_services(sim: &Sim, sample: &mut Sample) {
    for figure in [Figure::Desired, Figure::Waiting, Figure::LongestWaitMs] {
        sample.set(figure, 0);
    }
    for (_, service) in sim.belief().services.iter().filter(|(_, service)| service.status == ServiceStatus::Active) {
        sample.add(Figure::Desired, u64::from(service.desired_count));
        if let Some(waiting) = &service.waiting {
            let longest_ms = sample.get(Figure::LongestWaitMs).unwrap_or(0).max(sim.now_ms() - waiting.since_ms);
            sample.add(Figure::Waiting, u64::from(waiting.count));
            sample.set(Figure::LongestWaitMs, longest_ms);
        }
    }
}

fn read_servers(sim: &Sim, sample: &mut Sample) {
    for known in sim.belief().registry.iter() {
        let (cpu, memory) = (known.registered_cpu_units, known.registered_memory_mib);
        sample.add(Figure::CpuTotal, u64::from(cpu));
        sample.add(Figure::CpuReserved, u64::from(cpu.saturating_sub(known.remaining_cpu_units)));
        sample.add(Figure::MemoryTotal, u64::from(memory));
        sample.add(Figure::MemoryReserved, u64::from(memory.saturating_sub(known.remaining_memory_mib)));
    }
}

fn read_traffic(sim: &Sim, sample: &mut Sample) {
    for flow in &sim.neighbours().traffic.flows {
        sample.add(Figure::Offered, flow.offered_mrps);
        sample.add(Figure::Lost, flow.losing().into_values().sum());
        sample.add(Figure::LostSoFar, flow.counts_at(sim.now_ms()).lost_requests());
    }
}

fn read_capacity(sim: &Sim, sample: &mut Sample) {
    let newest = |provider: &CapacityProvider| provider.series.back().copied();
    let highest = sim
        .belief()
        .capacity
        .providers
        .values()
        .filter_map(|provider| newest(provider))
        .max_by_key(|point| point.reservation_tenths);
    if let Some(point) = highest {
        sample.set(Figure::Reservation, u64::from(point.reservation_tenths));
        sample.set(Figure::ReservationTarget, u64::from(point.target) * 10);
    }
    // Tasks that a provider has no room for yet wait as well.
    sample.add(Figure::Waiting, sim.belief().capacity.waiting_tasks() as u64);
}

fn read_metrics(sim: &Sim, sample: &mut Sample) {
    let published =
        [(Figure::CpuPublished, MetricName::CpuUtilization), (Figure::MemoryPublished, MetricName::MemoryUtilization)];
    for (figure, metric) in published {
        let series = Series { metric, of: Of::Cluster };
        if let Some(thousandths) = sim.neighbours().metrics.newest(&series, Statistic::Average) {
            sample.set(figure, thousandths / 100);
        }
    }
}

fn read_cost(sim: &Sim, sample: &mut Sample) {
    let total = Meter::of(sim).total();
    sample.set(Figure::CostPerHour, total.per_hour);
    sample.set(Figure::CostSoFar, total.so_far);
    if comparison::fits_fargate(sim) {
        sample.set(Figure::CostOnFargate, comparison::on_fargate(sim));
    }
}

fn read_tasks(sim: &Sim, sample: &mut Sample) {
    sample.set(Figure::Running, 0);
    sample.set(Figure::TrulyRunning, 0);
    for (_, task) in sim.belief().tasks.iter().filter(|(_, task)| task.last_status == TaskStatus::Running) {
        sample.add(Figure::Running, u64::from(task.service.is_some()));
    }
    for (id, truth) in sim.truth().tasks.iter().filter(|(_, truth)| truth.has_a_process()) {
        let known = sim.belief().tasks.get(id);
        sample.add(Figure::TrulyRunning, u64::from(known.is_some_and(|known| known.service.is_some())));
        if let Some((cpu, memory)) = segments::usage(sim, id).filter(|_| matches!(truth.ground, Ground::Host(_))) {
            sample.add(Figure::CpuUsed, u64::from(cpu));
            sample.add(Figure::MemoryUsed, u64::from(memory));
        }
    }
}

/// The course of all figures over a run.
#[derive(Clone, Debug)]
pub struct Course {
    samples: Vec<Sample>,
    step_ms: Millis,
    begin_ms: Millis,
}

impl Course {
    /// Of a run from its beginning; it is known that the run has come this far.
    pub fn of_run(begin_ms: Millis, end_ms: Millis) -> Self {
        let mut step_ms = SECOND;
        while (end_ms - begin_ms) / step_ms > MOST_SAMPLES as u64 {
            step_ms *= 2;
        }
        Self { samples: Vec::new(), step_ms, begin_ms }
    }

    /// The instant of the next sample.
    pub fn due_ms(&self) -> Millis {
        self.samples.last().map_or(self.begin_ms, |sample| sample.at_ms + self.step_ms)
    }

    /// Takes a sample, if one is due.
    pub fn follow(&mut self, sim: &Sim) {
        if sim.now_ms() < self.due_ms() {
            return;
        }
        self.samples.push(read(sim));
        if self.samples.len() > MOST_SAMPLES {
            let mut index = 0;
            self.samples.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.step_ms *= 2;
        }
    }

    /// Forgets what comes after an instant: it will be otherwise.
    pub fn forget_after(&mut self, at_ms: Millis) {
        self.samples.retain(|sample| sample.at_ms <= at_ms);
    }

    /// What has been read off, oldest first.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }
}
