//! The service scheduler: every ten seconds it looks at what a service has and what it wants (ecs.md §3.9, §18.1).
//!
//! One step is: take stock, then the rules in this order: replace the unhealthy, start what is missing, retire what is
//! outdated or on a draining instance, stop the surplus, say how it stands.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::sim::command::SchedulingStrategy;
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::launch::{Launch, Unplaced};
use crate::sim::control_plane::scheduler;
use crate::sim::control_plane::service::{ServiceStatus, Steadiness, Waiting};
use crate::sim::control_plane::stop::scaling_reason;
use crate::sim::decision::DefaultStrategy;
use crate::sim::effects::Effects;
use crate::sim::event::ControlTimer;
use crate::sim::ids::{GroupId, ObservationId, ServiceId, TaskId};
use crate::sim::model::container_instance::ContainerInstanceStatus;
use crate::sim::model::placement::PlacementStrategy;
use crate::sim::model::task::{HealthStatus, StopCode, TaskStatus};
use crate::sim::observation::{Kind, ServiceEvent};
use crate::sim::random;

/// What a service has, sorted by what is to become of it. All are wanted (desired status RUNNING).
#[derive(Clone, Debug, Default)]
pub(crate) struct Stock {
    /// Of the current definition and launch type, on an instance that stays.
    pub current: Vec<TaskId>,
    /// Outdated, or on a draining instance: to be replaced.
    pub going: Vec<TaskId>,
    /// Failed their container health checks.
    pub unhealthy: Vec<TaskId>,
    /// How many of `current` and `going` count as healthy.
    pub healthy: u32,
}

impl ControlPlane {
    /// One look at one service.
    pub(crate) fn reconcile(&mut self, fx: &mut Effects, id: ServiceId) {
        let Some(service) = self.services.get(id) else { return };
        match (service.status, service.scheduling_strategy) {
            (ServiceStatus::Active, SchedulingStrategy::Replica) => self.reconcile_replica(fx, id),
            (ServiceStatus::Active, SchedulingStrategy::Daemon) => self.reconcile_daemon(fx, id),
            (ServiceStatus::Draining, _) => self.wind_down(fx, id),
            (ServiceStatus::Inactive, _) => return,
        }
        let period_ms = fx.tuning.reconcile_period_ms;
        fx.by_the_clock(|fx| fx.control_timer(period_ms, ControlTimer::Reconcile(id)));
    }

    fn reconcile_replica(&mut self, fx: &mut Effects, id: ServiceId) {
        let stock = self.take_stock(fx, id);
        let started = self.replace_and_start(fx, id, &stock);
        let retired = self.retire_going_tasks(fx, id, &stock);
        self.stop_surplus_tasks(fx, id, &stock);
        self.complain_when_blocked(fx, id, &stock, started + retired);
        self.declare_steady_state(fx, id, &stock);
    }

    /// Replaces the unhealthy and starts what is missing. Start comes before stop while the maximum leaves room (ecs.md §3.9).
    fn replace_and_start(&mut self, fx: &mut Effects, id: ServiceId, stock: &Stock) -> u32 {
        let service = &self.services[id];
        let all = stock.current.len() + stock.going.len() + stock.unhealthy.len();
        let start_first = all + stock.unhealthy.len() <= service.maximum() as usize;
        if !start_first {
            self.stop_unhealthy_tasks(fx, id, stock);
            return self.start_missing_tasks(fx, id, stock);
        }
        let owed: Vec<_> = stock.unhealthy.iter().map(|task| self.tasks[*task].newest).collect();
        self.services.get_mut(id).expect("the service exists").losses.extend(owed);
        let started = self.start_missing_tasks(fx, id, stock);
        self.stop_unhealthy_tasks(fx, id, stock);
        self.forgive_losses(id, stock.unhealthy.len());
        started
    }

    /// Sorts the tasks of a service.
    pub(crate) fn take_stock(&self, fx: &Effects, id: ServiceId) -> Stock {
        let service = &self.services[id];
        let mut stock = Stock::default();
        for task_id in &service.tasks {
            let task = &self.tasks[*task_id];
            let draining = task.instance.is_some_and(|instance| {
                self.registry.get(instance).is_some_and(|known| known.status == ContainerInstanceStatus::Draining)
            });
            if task.health == HealthStatus::Unhealthy {
                stock.unhealthy.push(*task_id);
            } else if draining || task.definition != service.definition || task.launch_type != service.launch_type {
                stock.healthy += u32::from(task.is_running());
                stock.going.push(*task_id);
            } else {
                stock.healthy += u32::from(self.counts_as_healthy(fx, *task_id));
                stock.current.push(*task_id);
            }
        }
        stock
    }

    /// RUNNING and checked healthy, or RUNNING for forty seconds when nothing checks it (ecs.md §4.2).
    fn counts_as_healthy(&self, fx: &Effects, id: TaskId) -> bool {
        let task = &self.tasks[id];
        let Some(running_ms) = task.running_for(fx.now_ms) else { return false };
        match task.health {
            HealthStatus::Healthy => true,
            HealthStatus::Unhealthy => false,
            HealthStatus::Unknown => {
                !self.definitions[task.definition].has_health_check() && running_ms >= fx.tuning.healthy_settle_ms
            }
        }
    }

    /// Starts what is missing, within the maximum, the launch rate and the throttle.
    fn start_missing_tasks(&mut self, fx: &mut Effects, id: ServiceId, stock: &Stock) -> u32 {
        let service = &self.services[id];
        let missing = service.desired_count.saturating_sub(stock.current.len() as u32);
        // An unhealthy task is stopped in the same look (ecs.md §3.9), so that it does not take room from its replacement.
        let room = service.maximum().saturating_sub((stock.current.len() + stock.going.len()) as u32);
        let count = missing.min(room).min(fx.tuning.launches_per_reconcile);
        if fx.now_ms < service.throttle.until_ms || count == 0 {
            if count == 0 {
                self.services.get_mut(id).expect("the service exists").waiting = None;
            }
            return 0;
        }
        let started = self.launch_for_service(fx, id, count);
        self.say_started(fx, id, &started, stock.unhealthy.len());
        started.len() as u32
    }

    fn launch_for_service(&mut self, fx: &mut Effects, id: ServiceId, count: u32) -> Vec<TaskId> {
        let service = &self.services[id];
        let launch = Launch {
            definition: service.definition,
            group: service.group,
            service: Some((id, service.deployment)),
            launch_type: service.launch_type,
            constraints: service.constraints.clone(),
            strategies: service.strategies.clone(),
        };
        let mut started = Vec::new();
        for done in 0..count {
            let reason = self.next_reason(id);
            match fx.because(reason, |fx| self.launch(fx, &launch)) {
                Ok(task) => {
                    self.services.get_mut(id).expect("the service exists").losses.pop_front();
                    started.push(task);
                }
                Err(unplaced) => {
                    fx.because(reason, |fx| self.note_waiting(fx, id, count - done, unplaced));
                    return started;
                }
            }
        }
        self.services.get_mut(id).expect("the service exists").waiting = None;
        started
    }

    /// Remembers that tasks wait, and says it once for each new reason.
    pub(crate) fn note_waiting(&mut self, fx: &mut Effects, id: ServiceId, count: u32, unplaced: Unplaced) {
        let service = &self.services[id];
        let text: Rc<str> = Rc::from(unplaced.failure.sentence());
        let known = service.waiting.clone().filter(|waiting| waiting.text == text);
        let (since_ms, observation) = match &known {
            Some(waiting) => (waiting.since_ms, waiting.observation),
            None => {
                let since_ms = service.waiting.as_ref().map_or(fx.now_ms, |waiting| waiting.since_ms);
                (since_ms, self.observe_unplaced(fx, id, &unplaced))
            }
        };
        let is_new = known.is_none();
        let waiting =
            Waiting { since_ms, count, decision: unplaced.decision, summary: unplaced.summary, observation, text: text.clone() };
        self.services.get_mut(id).expect("the service exists").waiting = Some(waiting);
        if is_new {
            fx.because(Some(observation), |fx| self.say(fx, id, ServiceEvent::UnableToPlace { text }));
        }
    }

    fn observe_unplaced(&mut self, fx: &mut Effects, id: ServiceId, unplaced: &Unplaced) -> ObservationId {
        let service = &self.services[id];
        let silent = unplaced.summary.silent_instance().and_then(|instance| self.agents.get(instance)?.disconnected_by);
        let kind = Kind::PlacementFailed {
            group: Rc::from(self.registry.group_name(service.group)),
            service: Some(id),
            definition: service.definition,
            decision: unplaced.decision,
            summary: unplaced.summary,
        };
        fx.because(silent, |fx| fx.observe(kind))
    }

    pub(crate) fn say_started(&mut self, fx: &mut Effects, id: ServiceId, started: &[TaskId], unhealthy: usize) {
        if started.is_empty() {
            return;
        }
        let replaced_unhealthy = unhealthy.min(started.len()) as u32;
        let cause = self.tasks[started[0]].placed_by;
        let event = ServiceEvent::StartedTasks { tasks: started.to_vec(), replaced_unhealthy };
        fx.because(Some(cause), |fx| self.say(fx, id, event));
    }

    /// Tasks that failed their container health checks are stopped in the look that replaces them (ecs.md §3.9).
    pub(crate) fn stop_unhealthy_tasks(&mut self, fx: &mut Effects, id: ServiceId, stock: &Stock) {
        for task in &stock.unhealthy {
            let cause = Some(self.tasks[*task].newest);
            fx.because(cause, |fx| {
                self.say(fx, id, ServiceEvent::FailedContainerHealthChecks { task: *task });
                self.stop_task(fx, *task, StopCode::ServiceSchedulerInitiated, "Task failed container health checks");
            });
        }
        self.say_stopped(fx, id, &stock.unhealthy);
    }

    /// Retires tasks that are outdated or on a draining instance, as far as the minimum allows.
    fn retire_going_tasks(&mut self, fx: &mut Effects, id: ServiceId, stock: &Stock) -> u32 {
        let service = &self.services[id];
        let mut spare = stock.healthy.saturating_sub(service.minimum());
        let reason = scaling_reason(service.deployment);
        let mut stopped = Vec::new();
        for task in &stock.going {
            let running = self.tasks[*task].is_running();
            if running && spare == 0 {
                continue;
            }
            spare -= u32::from(running);
            let cause = self.why_going(id, *task);
            fx.because(Some(cause), |fx| self.stop_task(fx, *task, StopCode::ServiceSchedulerInitiated, &reason));
            stopped.push(*task);
        }
        self.forgive_losses(id, stopped.len());
        self.say_stopped(fx, id, &stopped);
        stopped.len() as u32
    }

    /// Why a task has to go: its instance is draining, or the service wants something else now.
    pub(crate) fn why_going(&self, id: ServiceId, task: TaskId) -> ObservationId {
        let link = self.tasks[task].instance.and_then(|instance| self.agents.get(instance));
        link.and_then(|link| link.drained_by).unwrap_or(self.services[id].changed_by)
    }

    /// Stops what is more than wanted, chosen by the same strategies that place (ecs.md §3.5).
    fn stop_surplus_tasks(&mut self, fx: &mut Effects, id: ServiceId, stock: &Stock) {
        let service = &self.services[id];
        let surplus = stock.current.len().saturating_sub(service.desired_count as usize);
        if surplus == 0 {
            return;
        }
        let (group, strategies, cause) = (service.group, service.strategies.clone(), Some(service.changed_by));
        let reason = scaling_reason(service.deployment);
        let mut candidates: BTreeSet<TaskId> = stock.current.iter().copied().collect();
        let mut stopped = Vec::new();
        for _ in 0..surplus {
            let chosen = self.choose_to_stop(fx, id, group, &strategies, &candidates);
            candidates.remove(&chosen);
            fx.because(cause, |fx| self.stop_task(fx, chosen, StopCode::ServiceSchedulerInitiated, &reason));
            stopped.push(chosen);
        }
        self.forgive_losses(id, stopped.len());
        self.say_stopped(fx, id, &stopped);
    }

    fn choose_to_stop(
        &self,
        fx: &Effects,
        id: ServiceId,
        group: GroupId,
        strategies: &[PlacementStrategy],
        candidates: &BTreeSet<TaskId>,
    ) -> TaskId {
        let placed: Vec<_> = candidates.iter().filter_map(|task| Some((*task, self.tasks[*task].instance?))).collect();
        if placed.is_empty() {
            return self.choose_on_fargate(candidates);
        }
        let key = random::mix(&[u64::from(id.0), fx.now_ms, candidates.len() as u64]);
        scheduler::choose_to_stop(&self.registry, group, &placed, strategies, DefaultStrategy::Service, (fx.seed, key))
            .expect("there is a surplus")
    }

    /// On Fargate the fullest zone gives first; within it the newest task.
    fn choose_on_fargate(&self, candidates: &BTreeSet<TaskId>) -> TaskId {
        let in_zone = |zone| candidates.iter().filter(|other| self.tasks[**other].zone == zone).count();
        *candidates.iter().max_by_key(|task| (in_zone(self.tasks[**task].zone), **task)).expect("there is a surplus")
    }

    /// What is stopped on purpose is not a loss to make good.
    fn forgive_losses(&mut self, id: ServiceId, count: usize) {
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

    /// Nothing may be started and nothing may be stopped: the deployment configuration leaves no way (ecs.md §4.1).
    fn complain_when_blocked(&mut self, fx: &mut Effects, id: ServiceId, stock: &Stock, moved: u32) {
        let service = &self.services[id];
        let total = (stock.current.len() + stock.going.len()) as u32;
        let settling = stock.current.iter().any(|task| !self.counts_as_healthy(fx, *task));
        let cause = Some(service.changed_by);
        let blocked = !stock.going.is_empty()
            && moved == 0
            && !settling
            && total >= service.maximum()
            && stock.healthy <= service.minimum();
        let said = std::mem::replace(&mut self.services.get_mut(id).expect("the service exists").blocked, blocked);
        if blocked && !said {
            fx.because(cause, |fx| self.say(fx, id, ServiceEvent::BlockedByDeploymentConfiguration));
        }
    }

    /// Says so when everything wanted ran and counted as healthy before this look and nothing had to be moved in it, and again
    /// every six hours.
    pub(crate) fn declare_steady_state(&mut self, fx: &mut Effects, id: ServiceId, stock: &Stock) {
        let service = &self.services[id];
        let wanted = match service.scheduling_strategy {
            SchedulingStrategy::Replica => service.desired_count,
            SchedulingStrategy::Daemon => stock.current.len() as u32,
        };
        let newest = stock.current.iter().map(|task| self.tasks[*task].newest).chain([service.changed_by]).max();
        let all = stock.going.is_empty()
            && service.waiting.is_none()
            && service.tasks.len() == stock.current.len()
            && stock.unhealthy.is_empty()
            && stock.current.len() as u32 == wanted
            && stock.healthy == wanted;
        let (deployment, was) = (service.deployment, service.steady);
        let repeat_ms = fx.tuning.steady_state_repeat_ms;
        let service = self.services.get_mut(id).expect("the service exists");
        match (all, was) {
            (false, _) => service.steady = Steadiness::NotYet,
            (true, Steadiness::Since(said_ms)) if fx.now_ms - said_ms < repeat_ms => {}
            (true, _) => {
                service.steady = Steadiness::Since(fx.now_ms);
                service.losses.clear();
                let completes = !std::mem::replace(&mut service.deployed, true);
                fx.because(newest, |fx| {
                    if completes {
                        self.say(fx, id, ServiceEvent::DeploymentCompleted { deployment });
                    }
                    self.say(fx, id, ServiceEvent::SteadyState);
                });
            }
        }
    }

    /// A deleted service stops what it has.
    fn wind_down(&mut self, fx: &mut Effects, id: ServiceId) {
        let service = &self.services[id];
        let (tasks, reason, cause) = (service.tasks.clone(), scaling_reason(service.deployment), Some(service.changed_by));
        for task in &tasks {
            fx.because(cause, |fx| self.stop_task(fx, *task, StopCode::ServiceSchedulerInitiated, &reason));
        }
        let over = self
            .tasks
            .iter()
            .all(|(_, task)| task.service.is_none_or(|(of, _)| of != id) || task.last_status == TaskStatus::Stopped);
        if over {
            self.services.get_mut(id).expect("the service exists").status = ServiceStatus::Inactive;
        }
    }

    /// Adds to the service's event list and to the observations.
    pub(crate) fn say(&mut self, fx: &mut Effects, id: ServiceId, event: ServiceEvent) {
        let event = Rc::new(event);
        fx.observe(Kind::ServiceEvent { service: id, event: event.clone() });
        let now_ms = fx.now_ms;
        self.services.get_mut(id).expect("the service exists").keep_event(now_ms, event);
    }
}
