//! Which tasks a service stops, and what it says of it (ecs.md §3.5, §5).

use std::collections::BTreeSet;

use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::scheduler;
use crate::sim::decision::DefaultStrategy;
use crate::sim::effects::Effects;
use crate::sim::ids::{InstanceId, ServiceId, TaskId};
use crate::sim::model::task::TaskStatus;
use crate::sim::observation::ServiceEvent;
use crate::sim::random;

impl ControlPlane {
    /// The candidate that goes first: the strategies that placed it, read the other way round.
    pub(crate) fn choose_to_stop(&self, fx: &Effects, id: ServiceId, candidates: &BTreeSet<TaskId>) -> TaskId {
        // What waits for capacity runs nowhere yet: it costs nothing to let it go first.
        if let Some(waiting) = candidates.iter().rev().find(|task| self.tasks[**task].waits_for_capacity()) {
            return *waiting;
        }
        let placed: Vec<(TaskId, InstanceId)> =
            candidates.iter().filter_map(|task| Some((*task, self.tasks[*task].instance?))).collect();
        if placed.is_empty() {
            return self.choose_on_fargate(id, candidates);
        }
        let service = &self.services[id];
        let key = random::mix(&[u64::from(id.0), fx.now_ms, candidates.len() as u64]);
        let chance = (fx.seed, key);
        scheduler::choose_to_stop(&self.registry, service.group, &placed, &service.strategies, DefaultStrategy::Service, chance)
            .expect("there is a surplus")
    }

    /// On Fargate the capacity provider gives that has most beyond its share, and of its zones the fullest; within that the newest task.
    /// Zones are counted for each provider alone.
    /// Ledger: fargate.scale-in.
    fn choose_on_fargate(&self, id: ServiceId, candidates: &BTreeSet<TaskId>) -> TaskId {
        let service = &self.services[id];
        let gives = self.capacity.who_gives(&service.revision().capacity_provider_strategy, service.group, |provider| {
            candidates.iter().any(|task| self.tasks[*task].capacity_provider == provider)
        });
        let of_it = |task: &&TaskId| gives.is_none_or(|provider| self.tasks[**task].capacity_provider == provider);
        let mine: Vec<TaskId> = candidates.iter().filter(of_it).copied().collect();
        let place = |task: TaskId| (self.tasks[task].launch_type, self.tasks[task].zone);
        let beside = |task: TaskId| mine.iter().filter(|other| place(**other) == place(task)).count();
        *mine.iter().max_by_key(|task| (beside(**task), **task)).expect("there is a surplus")
    }

    /// What is stopped on purpose is not a loss to make good.
    pub(crate) fn forgive_losses(&mut self, id: ServiceId, count: usize) {
        let losses = &mut self.services.get_mut(id).expect("the service exists").losses;
        for _ in 0..count {
            losses.pop_back();
        }
    }

    pub(crate) fn say_stopped(&mut self, fx: &mut Effects, id: ServiceId, stopped: &[TaskId]) {
        let ran = |task: &&TaskId| self.tasks[**task].times.entered(TaskStatus::Running).is_some();
        let (running, pending): (Vec<&TaskId>, Vec<&TaskId>) = stopped.iter().partition(ran);
        let running: Vec<TaskId> = running.into_iter().copied().collect();
        let (count, first_pending) = (pending.len() as u32, pending.first().map(|task| self.tasks[**task].newest));
        if let Some(first) = running.first() {
            let cause = self.tasks[*first].newest;
            fx.because(Some(cause), |fx| self.say(fx, id, ServiceEvent::StoppedRunningTasks { tasks: running.clone() }));
        }
        if count > 0 {
            fx.because(first_pending, |fx| self.say(fx, id, ServiceEvent::StoppedPendingTasks { count }));
        }
    }
}
