//! The service scheduler: every ten seconds it looks at what a service has and what it wants (ecs.md §3.9, §18.1).
//!
//! Here is what every look does: take stock, start what is missing, say how it stands. What a service needs only when something
//! goes wrong or someone wants it otherwise is in [`rollout`](super::rollout), reached through `fx.later`.

use std::rc::Rc;

use crate::sim::command::SchedulingStrategy;
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::deployment::RolloutReason;
use crate::sim::control_plane::launch::{Launch, Unplaced};
use crate::sim::control_plane::service::{Complaint, Condition, ServiceStatus, Steadiness, Waiting};
use crate::sim::control_plane::task::Task;
use crate::sim::decision::LaunchRefusal;
use crate::sim::effects::Effects;
use crate::sim::event::ControlTimer;
use crate::sim::ids::{DeploymentId, ObservationId, ServiceId, TaskId};
use crate::sim::model::container_instance::ContainerInstanceStatus;
use crate::sim::model::deployment::RolloutState;
use crate::sim::model::task::HealthStatus;
use crate::sim::observation::{Kind, ServiceEvent};

/// What a service has, sorted by what is to become of it. All are wanted (desired status RUNNING).
#[derive(Clone, Debug, Default)]
pub(crate) struct Stock {
    /// Of the primary deployment, on an instance that stays.
    pub current: Vec<TaskId>,
    /// Of an older deployment, on a draining instance, or retired by Fargate: to be replaced.
    pub going: Vec<TaskId>,
    /// Failed their container health checks.
    pub unhealthy: Vec<TaskId>,
    /// Failed the health checks of their load balancer.
    pub failing: Vec<TaskId>,
    /// How many of `current` and `going` count as healthy, and how many of `current` alone.
    pub healthy: u32,
    pub healthy_current: u32,
}

impl Stock {
    /// How many tasks exist whatever becomes of them; those that failed their container health checks go in the same look.
    pub(crate) fn total(&self) -> u32 {
        (self.current.len() + self.going.len() + self.failing.len()) as u32
    }
}

impl ControlPlane {
    /// One look at one service.
    pub(crate) fn reconcile(&mut self, fx: &mut Effects, id: ServiceId) {
        if let Some(later) = fx.later.filter(|_| self.services.get(id).is_some_and(|service| service.registrar.is_some())) {
            (later.move_targets)(self, fx, id);
        }
        let Some(service) = self.services.get(id) else { return };
        // Ledger: service.rest. A service in steady state to which nothing has happened costs one comparison.
        if fx.now_ms >= service.rests_until_ms {
            match fx.later {
                Some(later) => (later.look)(self, fx, id),
                None => {
                    let stock = self.take_stock(fx, id);
                    let service = &self.services[id];
                    let (room, deployment) = (service.room(service.maximum(), stock.total()), service.deployment);
                    let missing = self.missing_of_primary(id, &stock);
                    self.start_missing_tasks(fx, id, deployment, missing.min(room), 0);
                    self.declare_steady_state(fx, id, &stock);
                }
            }
        }
        if self.services[id].status == ServiceStatus::Inactive && self.services[id].registrar.is_none() {
            return;
        }
        let period_ms = fx.tuning.reconcile_period_ms;
        fx.by_the_clock(|fx| fx.control_timer(period_ms, ControlTimer::Reconcile(id)));
    }

    /// Sorts the tasks of a service.
    pub(crate) fn take_stock(&self, fx: &Effects, id: ServiceId) -> Stock {
        let service = &self.services[id];
        let mut stock = Stock::default();
        for task_id in &service.tasks {
            let task = &self.tasks[*task_id];
            // Ledger: service.grace-period. Failing checks do not count so soon after the start (ecs.md §4.2).
            let graced = task.running_for(fx.now_ms).is_some_and(|running_ms| running_ms < service.grace_period_ms);
            if task.health == HealthStatus::Unhealthy && !graced {
                stock.unhealthy.push(*task_id);
            } else if task.target_is_unhealthy() && !graced {
                stock.failing.push(*task_id);
            } else if self.is_on_draining_instance(task)
                || self.fargate.retiring.contains_key(task_id)
                || task.service != Some((id, service.deployment))
            {
                stock.healthy += u32::from(task.is_running() && !service.leaves_idle(task));
                stock.going.push(*task_id);
            } else {
                let healthy = u32::from(self.counts_as_healthy(fx, task));
                stock.healthy += healthy;
                stock.healthy_current += healthy;
                stock.current.push(*task_id);
            }
        }
        stock
    }

    pub(super) fn is_on_draining_instance(&self, task: &Task) -> bool {
        let known = task.instance.and_then(|instance| self.registry.get(instance));
        known.is_some_and(|known| known.status == ContainerInstanceStatus::Draining)
    }

    /// RUNNING and found healthy by whatever checks it, or RUNNING for forty seconds when nothing does (ecs.md §4.2).
    pub(crate) fn counts_as_healthy(&self, fx: &Effects, task: &Task) -> bool {
        let Some(running_ms) = task.running_for(fx.now_ms) else { return false };
        let checked = self.definitions[task.definition].has_health_check();
        let by_container = !checked || task.health == HealthStatus::Healthy;
        let balanced = self.revision_of(task).is_some_and(|revision| !revision.load_balancers.is_empty());
        match &task.target {
            Some(_) => by_container && task.target_is_healthy(),
            None if balanced => false,
            None if checked => by_container,
            None => running_ms >= fx.tuning.healthy_settle_ms,
        }
    }

    /// How many tasks the primary deployment lacks.
    pub(crate) fn missing_of_primary(&self, id: ServiceId, stock: &Stock) -> u32 {
        let service = &self.services[id];
        match service.primary().rollout_state {
            // Ledger: deployment.failed. No more new tasks (ecs.md §4.5).
            RolloutState::Failed => 0,
            RolloutState::InProgress | RolloutState::Completed => {
                service.desired_count.saturating_sub(stock.current.len() as u32)
            }
        }
    }

    /// Starts `count` tasks of a deployment, within the launch rate and the throttle; `unhealthy` of them replace unhealthy ones.
    pub(crate) fn start_missing_tasks(
        &mut self,
        fx: &mut Effects,
        id: ServiceId,
        deployment: DeploymentId,
        count: u32,
        unhealthy: usize,
    ) -> u32 {
        if fx.now_ms < self.services[id].throttle.until_ms || count == 0 {
            if count == 0 {
                self.nothing_waits(id);
            }
            return 0;
        }
        let count = count.min(self.launches_left(fx, id));
        let started = self.launch_for_service(fx, id, deployment, count);
        self.services.get_mut(id).expect("the service exists").pace.launched += started.len() as u32;
        self.say_started(fx, id, &started, unhealthy);
        started.len() as u32
    }

    pub(crate) fn nothing_waits(&mut self, id: ServiceId) {
        let service = self.services.get_mut(id).expect("the service exists");
        service.waiting = None;
        service.resolve(Condition::Placement);
        service.resolve(Condition::LaunchRate);
    }

    fn launch_for_service(&mut self, fx: &mut Effects, id: ServiceId, deployment: DeploymentId, count: u32) -> Vec<TaskId> {
        let service = &self.services[id];
        let of = &service.deployment(deployment).expect("a deployment of the service").revision;
        let launch = Launch {
            definition: of.definition,
            group: service.group,
            service: Some((id, deployment)),
            launch_type: of.launch_type,
            strategy: of.capacity_provider_strategy.clone(),
            capacity_provider: None,
            constraints: service.constraints.clone(),
            strategies: service.strategies.clone(),
            zone: None,
            network: of.network.clone(),
        };
        let mut started = Vec::new();
        for done in 0..count {
            let reason = self.next_reason(id);
            match fx.because(reason, |fx| self.launch(fx, &launch)) {
                Ok(task) => {
                    self.services.get_mut(id).expect("the service exists").losses.pop_front();
                    started.push(task);
                }
                // Ledger: service.operations-throttled.
                Err(unplaced) if unplaced.summary.refusal == Some(LaunchRefusal::LaunchRate) => {
                    fx.because(reason, |fx| {
                        self.complain(fx, id, Condition::LaunchRate, ServiceEvent::OperationsThrottled);
                        self.wait_for_launches(fx, id);
                    });
                    return started;
                }
                Err(unplaced) => {
                    fx.because(reason, |fx| self.note_waiting(fx, id, count - done, unplaced));
                    return started;
                }
            }
        }
        self.nothing_waits(id);
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
        let waiting =
            Waiting { since_ms, count, decision: unplaced.decision, summary: unplaced.summary, observation, text: text.clone() };
        self.services.get_mut(id).expect("the service exists").waiting = Some(waiting);
        fx.because(Some(observation), |fx| self.complain(fx, id, Condition::Placement, ServiceEvent::UnableToPlace { text }));
    }

    fn observe_unplaced(&mut self, fx: &mut Effects, id: ServiceId, unplaced: &Unplaced) -> ObservationId {
        let service = &self.services[id];
        let silent = unplaced.summary.silent_instance().and_then(|instance| self.agents.get(instance)?.disconnected_by);
        let silent = silent.or(self.role_is_refused(service.revision().definition));
        let kind = Kind::PlacementFailed {
            group: Rc::from(self.registry.group_name(service.group)),
            service: Some(id),
            definition: service.revision().definition,
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

    /// Says so when everything wanted ran and counted as healthy before this look and nothing had to be moved in it, and again
    /// every six hours. With it the newest deployment is completed.
    pub(crate) fn declare_steady_state(&mut self, fx: &mut Effects, id: ServiceId, stock: &Stock) {
        let service = &self.services[id];
        let wanted = service.desired_count;
        let newest = stock.current.iter().map(|task| self.tasks[*task].newest).chain([service.changed_by]).max();
        let all = service.waiting.is_none()
            && service.registrar.is_none()
            && service.deployments.len() == 1
            && service.tasks.len() == stock.current.len()
            && stock.current.len() as u32 == wanted
            && stock.healthy == wanted
            && stock.healthy_current == wanted;
        let (was, repeat_ms) = (service.steady, fx.tuning.steady_state_repeat_ms);
        if !all {
            self.services.get_mut(id).expect("the service exists").steady = Steadiness::NotYet;
            return;
        }
        if service.deployment_in_progress() && fx.later.is_some_and(|later| !(later.may_complete)(self, fx, id)) {
            return;
        }
        let since_ms = match was {
            Steadiness::Since(said_ms) if fx.now_ms - said_ms < repeat_ms => said_ms,
            Steadiness::Since(_) | Steadiness::NotYet => {
                fx.because(newest, |fx| self.reach_steady_state(fx, id));
                fx.now_ms
            }
        };
        let service = self.services.get_mut(id).expect("the service exists");
        service.stopping_before = 0;
        service.rests_until_ms = match service.scheduling_strategy {
            SchedulingStrategy::Replica => since_ms + repeat_ms,
            // A server may join at any time.
            SchedulingStrategy::Daemon => 0,
        };
    }

    fn reach_steady_state(&mut self, fx: &mut Effects, id: ServiceId) {
        let service = self.services.get_mut(id).expect("the service exists");
        service.steady = Steadiness::Since(fx.now_ms);
        service.losses.clear();
        service.complaints.clear();
        if service.deployment_in_progress() {
            let deployment = service.primary_mut();
            deployment.turn(RolloutState::Completed, RolloutReason::Completed, fx.now_ms);
            let (deployment, revision) = (deployment.id, deployment.revision.clone());
            service.completed = Some((deployment, revision));
            self.say(fx, id, ServiceEvent::DeploymentCompleted { deployment });
        }
        self.say(fx, id, ServiceEvent::SteadyState);
    }

    /// Says what stands in the way, unless it has been said and still stands; after six hours it is said again (ecs.md §5).
    pub(crate) fn complain(&mut self, fx: &mut Effects, id: ServiceId, condition: Condition, event: ServiceEvent) {
        let (now_ms, repeat_ms) = (fx.now_ms, fx.tuning.complaint_repeat_ms);
        let said = |complaint: &Complaint| {
            complaint.condition == condition && *complaint.event == event && now_ms - complaint.said_at_ms < repeat_ms
        };
        let service = self.services.get_mut(id).expect("the service exists");
        if service.complaints.iter().any(said) {
            return;
        }
        service.complaints.retain(|complaint| *complaint.event != event);
        service.complaints.push(Complaint { condition, event: Rc::new(event.clone()), said_at_ms: now_ms });
        self.say(fx, id, event);
    }

    /// Adds to the service's event list and to the observations.
    pub(crate) fn say(&mut self, fx: &mut Effects, id: ServiceId, event: ServiceEvent) -> ObservationId {
        let event = Rc::new(event);
        let said = fx.observe(Kind::ServiceEvent { service: id, event: event.clone() });
        let now_ms = fx.now_ms;
        self.services.get_mut(id).expect("the service exists").keep_event(now_ms, event);
        said
    }
}
