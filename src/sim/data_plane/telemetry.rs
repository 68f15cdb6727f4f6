//! What tasks really use, as an agent measures it for its telemetry (ecs.md §6.3).

use std::rc::Rc;

use crate::sim::data_plane::DataPlane;
use crate::sim::data_plane::app::App;
use crate::sim::data_plane::task_truth::{Ground, Phase, TaskTruth};
use crate::sim::effects::Effects;
use crate::sim::ids::InstanceId;
use crate::sim::message::TaskUsage;

impl DataPlane {
    /// CPU units and MiB that a task really uses now.
    pub fn really_used(&self, fx: &Effects, truth: &TaskTruth) -> (u32, u32) {
        if truth.phase != Phase::Running {
            return (0, 0);
        }
        let needs = &truth.payload.needs;
        let reserved = (needs.cpu_units, needs.memory_mib);
        let (cpu_units, memory_mib) = match self.apps.get(&truth.payload.definition.family) {
            Some(app) => app.usage(fx.seed, truth.payload.key, reserved, fx.now_ms),
            None => App::default().usage(fx.seed, truth.payload.key, reserved, fx.now_ms),
        };
        // What requests do is worked out when they change.
        (self.load(truth.id()).map_or(cpu_units, |load| load.cpu_units), memory_mib)
    }

    /// The apps of a family change what they do; gives back what they do now, CPU and memory in per cent.
    pub(crate) fn set_app_load(&mut self, family: &Rc<str>, cpu_percent: Option<u32>, memory_percent: Option<u32>) -> (u32, u32) {
        let app = Rc::make_mut(&mut self.apps).entry(family.clone()).or_default();
        app.cpu_percent = cpu_percent.unwrap_or(app.cpu_percent);
        app.memory_percent = memory_percent.unwrap_or(app.memory_percent);
        let now = (app.cpu_percent, app.memory_percent);
        self.touched.extend(self.loads.iter().map(|(task, _)| task));
        now
    }

    /// What tasks on the Fargate platform use now.
    pub(crate) fn usage_on_fargate(&self, fx: &Effects) -> Vec<TaskUsage> {
        if self.fargate_hosts.values().all(|count| *count == 0) {
            return Vec::new();
        }
        let there = |truth: &&TaskTruth| truth.ground == Ground::Fargate && truth.phase == Phase::Running;
        self.tasks.iter().map(|(_, truth)| truth).filter(there).map(|truth| self.measure(fx, truth)).collect()
    }

    fn measure(&self, fx: &Effects, truth: &TaskTruth) -> TaskUsage {
        let (cpu_units, memory_mib) = self.really_used(fx, truth);
        TaskUsage { task: truth.id(), cpu_units, memory_mib }
    }
}

/// What the running tasks of one server use now.
pub(crate) fn measure_usage(data: &DataPlane, fx: &Effects, instance: InstanceId) -> Vec<TaskUsage> {
    let tasks = data.hosts[instance].tasks.iter().filter_map(|task| data.tasks.get(*task));
    tasks.filter(|truth| truth.phase == Phase::Running).map(|truth| data.measure(fx, truth)).collect()
}
