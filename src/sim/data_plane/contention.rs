//! What tasks really get of their server's CPU and network when requests come (ecs.md §10).
//!
//! Containers share CPU by weight: each may use more than it reserved while others leave some idle; the CPU of a whole task is a hard
//! cap. Placement sees none of this. All rates are in thousandths of a request a second.

use crate::sim::data_plane::DataPlane;
use crate::sim::data_plane::task_truth::{Ground, Phase};
use crate::sim::effects::Effects;
use crate::sim::ids::{InstanceId, TaskId};
use crate::sim::model::bandwidth;
use crate::sim::time::Millis;

/// What requests do to one task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Load {
    pub offered_mrps: u64,
    /// What it can answer of them.
    pub served_mrps: u64,
    /// CPU units it uses, its own work included.
    pub cpu_units: u32,
    /// How much of what it could use it uses, in per cent; 100 and more is too much.
    pub utilisation_percent: u32,
    /// How long one request takes.
    pub latency_ms: Millis,
}

/// One process that wants CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    pub weight: u64,
    pub demand: u64,
}

/// Shares `total` by weight: nobody gets more than it wants, and what one leaves goes to the others.
/// Ledger: traffic.contention.
pub fn share(total: u64, claims: &[Claim]) -> Vec<u64> {
    let mut granted = vec![0; claims.len()];
    let (mut left, mut open): (u64, Vec<usize>) = (total, (0..claims.len()).collect());
    while left > 0 && !open.is_empty() {
        let weights: u64 = open.iter().map(|index| claims[*index].weight).sum();
        let part = |index: &usize| left * claims[*index].weight / weights.max(1);
        let content: Vec<usize> = open.iter().copied().filter(|index| claims[*index].demand <= part(index)).collect();
        if content.is_empty() {
            for index in &open {
                granted[*index] = part(index);
            }
            return granted;
        }
        for index in &content {
            granted[*index] = claims[*index].demand;
            left -= claims[*index].demand;
        }
        open.retain(|index| !content.contains(index));
    }
    granted
}

/// CPU units that so many requests take, at so many microseconds of one vCPU each.
fn units_of(mrps: u64, request_cpu_us: u64) -> u64 {
    (mrps * request_cpu_us * 1_024).div_ceil(1_000_000_000)
}

impl DataPlane {
    /// What requests do to a task, if it gets any.
    pub fn load(&self, task: TaskId) -> Option<&Load> {
        self.loads.get(task)
    }

    /// Something about a task has changed that its clients or its neighbours on the server may notice.
    pub(crate) fn touch(&mut self, task: TaskId) {
        if !self.loads.is_empty() {
            self.touched.push(task);
        }
    }

    /// So many requests a second come to a task from now on.
    pub(crate) fn offer(&mut self, task: TaskId, offered_mrps: u64) {
        self.loads.offer(task, offered_mrps);
    }

    /// What answers take of a server's network now, in kilobits a second.
    pub fn answers_kbps(&self, instance: InstanceId) -> u64 {
        let tasks = self.hosts[instance].tasks.iter().filter(|task| self.loads.contains(**task));
        tasks.map(|task| self.answer_kbps(*task)).sum()
    }

    fn answer_kbps(&self, task: TaskId) -> u64 {
        let app = self.app(&self.tasks[task].payload.definition.family);
        self.load(task).map_or(0, |load| load.served_mrps) * u64::from(app.response_kib) * 8_192 / 1_000_000
    }

    /// Where a task is.
    pub(crate) fn ground_of(&self, task: TaskId) -> Option<Ground> {
        self.tasks.get(task).map(|truth| truth.ground)
    }

    /// Shares the CPU and the network of a server anew; returns the tasks on it that get requests.
    pub(crate) fn contend_on(&mut self, fx: &Effects, instance: InstanceId) -> Vec<TaskId> {
        let Some(host) = self.hosts.get(instance) else { return Vec::new() };
        let tasks: Vec<TaskId> = host.tasks.iter().copied().collect();
        if !tasks.iter().any(|task| self.loads.contains(*task)) {
            return Vec::new();
        }
        let total = u64::from(host.instance_type.cpu_units);
        let network_kbps = bandwidth::baseline_kbps(host.instance_type);
        let claims: Vec<Claim> = tasks.iter().map(|task| self.claim(*task, total)).collect();
        let granted = share(total, &claims);
        let spare = total - granted.iter().sum::<u64>();
        let mut loaded = Vec::new();
        for (index, task) in tasks.iter().enumerate() {
            if self.loads.contains(*task) {
                self.settle_load(fx, *task, granted[index], spare, total);
                loaded.push(*task);
            }
        }
        self.share_network(fx, &loaded, network_kbps);
        loaded
    }

    /// The same for a task on Fargate, which shares with nobody.
    pub(crate) fn contend_alone(&mut self, fx: &Effects, task: TaskId) {
        if self.loads.contains(task) && self.tasks.get(task).is_some() {
            let total = u64::from(self.tasks[task].payload.needs.cpu_units);
            let granted = self.claim(task, total).demand.min(total);
            self.settle_load(fx, task, granted, total - granted, total);
        }
    }

    /// Its own work, and the CPU of its requests, within its hard cap.
    fn claim(&self, task: TaskId, total: u64) -> Claim {
        let truth = &self.tasks[task];
        let reserved = u64::from(truth.payload.needs.cpu_units);
        let offered = self.loads.get(task).map_or(0, |load| load.offered_mrps);
        let cap = truth.payload.definition.cpu_units.map_or(total, u64::from);
        let alive = matches!(truth.phase, Phase::Running | Phase::Ending);
        let app = self.app(&truth.payload.definition.family);
        let demand = reserved * u64::from(app.cpu_percent) / 100 + units_of(offered, u64::from(app.request_cpu_us));
        Claim { weight: reserved.max(2), demand: if alive { demand.min(cap) } else { 0 } }
    }

    fn settle_load(&mut self, fx: &Effects, task: TaskId, granted: u64, spare: u64, total: u64) {
        let truth = &self.tasks[task];
        let app = self.app(&truth.payload.definition.family);
        let cap = truth.payload.definition.cpu_units.map_or(total, u64::from);
        let own = (u64::from(truth.payload.needs.cpu_units) * u64::from(app.cpu_percent) / 100).min(granted);
        let request_us = u64::from(app.request_cpu_us).max(1);
        let load = self.loads.row_mut(task);
        let room = (granted + spare).min(cap).saturating_sub(own);
        let capacity_mrps = room * 1_000_000_000 / (request_us * 1_024);
        load.cpu_units = granted as u32;
        load.served_mrps = load.offered_mrps.min(capacity_mrps);
        load.utilisation_percent = (load.offered_mrps * 100 / capacity_mrps.max(1)).min(1_000_000) as u32;
        load.latency_ms = latency_ms(fx, app.latency_ms, load.utilisation_percent);
    }

    /// What all answers together need of the network, and no more than there is (ecs.md §10).
    fn share_network(&mut self, fx: &Effects, tasks: &[TaskId], network_kbps: u64) {
        let wanted: u64 = tasks.iter().map(|task| self.answer_kbps(*task)).sum();
        if wanted <= network_kbps {
            return;
        }
        for task in tasks {
            let load = self.loads.row_mut(*task);
            load.served_mrps = load.served_mrps * network_kbps / wanted;
            load.latency_ms = fx.tuning.balancing.overload_latency_ms;
        }
    }
}

/// Requests wait for each other the longer the busier the task is, as in a queue with one server.
///
/// Ledger: traffic.latency.
fn latency_ms(fx: &Effects, alone_ms: Millis, utilisation_percent: u32) -> Millis {
    match u64::from(utilisation_percent) {
        busy @ 0..=95 => alone_ms * 100 / (100 - busy),
        96..=100 => alone_ms * 20,
        101.. => fx.tuning.balancing.overload_latency_ms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(total: u64, claims: &[(u64, u64)], expected: &[u64]) {
        let claims: Vec<Claim> = claims.iter().map(|(weight, demand)| Claim { weight: *weight, demand: *demand }).collect();
        assert_eq!(share(total, &claims), expected);
    }

    #[test]
    fn section_10_containers_burst_over_their_share_when_idle_cpu_exists() {
        check(2_048, &[(256, 1_800), (256, 100)], &[1_800, 100]);
        check(2_048, &[(256, 4_000), (256, 100)], &[1_948, 100]);
    }

    #[test]
    fn section_10_under_contention_cpu_is_shared_by_weight() {
        check(2_048, &[(512, 4_000), (1_536, 4_000)], &[512, 1_536]);
        check(2_048, &[(512, 4_000), (512, 4_000), (1_024, 24)], &[1_012, 1_012, 24]);
        check(1_024, &[], &[]);
    }

    #[test]
    fn requests_take_the_cpu_they_are_said_to_take() {
        // 100 requests a second of 10 ms are one vCPU.
        assert_eq!(units_of(100_000, 10_000), 1_024);
    }
}
