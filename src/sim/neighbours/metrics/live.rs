//! The truth beside each series: what a metric would say if it were neither late nor averaged. For the viewer only; no rule reads it.

use crate::sim::data_plane::task_truth::{Phase, TaskTruth};
use crate::sim::engine::Sim;
use crate::sim::ids::{InstanceId, TaskId};
use crate::sim::model::metric::{ClusterMetric, MetricName, Of, Series, ServiceMetric, TargetGroupMetric};
use crate::sim::neighbours::received::Received;
use crate::sim::time::MINUTE;
use crate::sim::wire::Way;

impl Sim {
    /// What is true of a series at this instant, in thousandths of its unit; nothing when it has no truth of its own.
    pub fn live(&self, series: &Series) -> Option<u64> {
        match &series.of {
            Of::Service(name) => self.live_of_service(series.metric, name),
            Of::Cluster => self.live_of_cluster(series.metric),
            Of::TargetGroup(name) => self.live_of_target_group(series.metric, name),
            Of::CapacityProvider(_) => None,
        }
    }

    /// How many targets really answer, whatever their checks have found so far, and what they do with the requests of a minute that
    /// is like this instant.
    fn live_of_target_group(&self, metric: MetricName, name: &str) -> Option<u64> {
        let id = self.neighbours.balancer.group_named(name)?;
        let group = self.neighbours.balancer.groups.get(id)?;
        let answers = |task| self.data.tasks.get(task).is_some_and(|truth| truth.phase == Phase::Running && !truth.hung);
        let answering = || group.targets.keys().filter(|task| answers(**task)).count() as u64;
        let mut now = Received::default();
        self.neighbours.traffic.routes_of(id).for_each(|route| now.add(route, MINUTE));
        match metric.of_target_group()? {
            TargetGroupMetric::HealthyHostCount => Some(answering() * 1_000),
            TargetGroupMetric::UnHealthyHostCount => Some((group.targets.len() as u64 - answering()) * 1_000),
            TargetGroupMetric::RequestCountPerTarget => now.requests_per_target(group),
            TargetGroupMetric::TargetResponseTime => now.response_time(),
            TargetGroupMetric::HttpCodeTarget5xxCount => Some(now.errors / 1_000),
        }
    }

    fn live_of_service(&self, metric: MetricName, name: &str) -> Option<u64> {
        let service = &self.control.services[self.control.service_named(name)?];
        let running: Vec<(TaskId, &TaskTruth)> = service
            .tasks
            .iter()
            .filter_map(|task| Some((*task, self.data.tasks.get(*task)?)))
            .filter(|(_, truth)| truth.phase == Phase::Running)
            .collect();
        let used = |pick: fn((u32, u32)) -> u32, reserved: fn(&TaskTruth) -> u32| {
            let of: u64 = running.iter().map(|(_, truth)| u64::from(reserved(truth))).sum();
            let used: u64 = running.iter().map(|(_, truth)| u64::from(pick(self.data.really_used(&self.fx, truth)))).sum();
            (of > 0).then(|| used * 100_000 / of)
        };
        match metric.of_service()? {
            ServiceMetric::CpuUtilization => used(|(cpu, _)| cpu, |truth| truth.payload.needs.cpu_units),
            ServiceMetric::MemoryUtilization => used(|(_, memory)| memory, |truth| truth.payload.needs.memory_mib),
            ServiceMetric::RunningTaskCount => Some(running.len() as u64 * 1_000),
            ServiceMetric::DesiredTaskCount => Some(u64::from(service.desired_count) * 1_000),
            ServiceMetric::PendingTaskCount => Some((service.tasks.len() - running.len()) as u64 * 1_000),
        }
    }

    fn live_of_cluster(&self, metric: MetricName) -> Option<u64> {
        let hosts = || self.control.registry.iter().filter_map(|known| self.data.hosts.get(known.id));
        let sum = |of: &dyn Fn(&crate::sim::data_plane::host::Host) -> i64| hosts().map(of).sum::<i64>().max(0) as u64;
        let (cpu, memory) =
            (sum(&|host| i64::from(host.instance_type.cpu_units)), sum(&|host| i64::from(host.instance_type.memory_mib)));
        let percent = |part: u64, of: u64| (of > 0).then(|| part * 100_000 / of);
        let used = |pick: fn((u32, u32)) -> u32| -> u64 {
            let tasks = hosts().flat_map(|host| &host.tasks).filter_map(|task| self.data.tasks.get(*task));
            tasks.map(|truth| u64::from(pick(self.data.really_used(&self.fx, truth)))).sum()
        };
        match metric.of_cluster()? {
            ClusterMetric::CpuUtilization => percent(used(|(cpu, _)| cpu), cpu),
            ClusterMetric::MemoryUtilization => percent(used(|(_, memory)| memory), memory),
            ClusterMetric::CpuReservation => percent(cpu - sum(&|host| host.ledger.cpu_units), cpu),
            ClusterMetric::MemoryReservation => percent(memory - sum(&|host| host.ledger.memory_mib), memory),
            ClusterMetric::ContainerInstanceCount => Some(hosts().count() as u64 * 1_000),
            ClusterMetric::DisconnectedAgentCount => {
                let silent = self.control.registry.iter().filter(|known| self.is_really_silent(known.id)).count();
                Some(silent as u64 * 1_000)
            }
        }
    }

    /// Nothing of what its agent says can arrive.
    fn is_really_silent(&self, instance: InstanceId) -> bool {
        let speaks = self.data.hosts.get(instance).is_some_and(|host| host.has_agent());
        !speaks || self.fx.wire.is_cut(instance, Way::ToControlPlane)
    }
}
