//! The rolling planner: unhealthy tasks replaced, old revisions replaced by new ones, within minimum and maximum (ecs.md §4.1, §18.1).
//!
//! One look is: take stock, then the rules in this order: give up what cannot be, replace the unhealthy, keep the older deployments
//! as long as they are needed, start what the newest lacks, retire what is outdated or on a draining instance, stop the surplus, say
//! how it stands. Start reading at [`look`].

use std::collections::BTreeSet;

use crate::sim::command::SchedulingStrategy;
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::circuit_breaker::{Failure, note_failure};
use crate::sim::control_plane::reconcile::Stock;
use crate::sim::control_plane::retirement::MAINTENANCE;
use crate::sim::control_plane::service::{Condition, ServiceStatus};
use crate::sim::control_plane::stop::scaling_reason;
use crate::sim::effects::Effects;
use crate::sim::ids::{DeploymentId, ObservationId, ServiceId, TaskId};
use crate::sim::model::deployment::{LifecycleStage, RolloutState};
use crate::sim::model::target::TargetReason;
use crate::sim::model::task::{StopCode, TaskStatus};
use crate::sim::observation::ServiceEvent;

/// One look at one service, whatever it is and whatever has happened to it.
pub(crate) fn look(control: &mut ControlPlane, fx: &mut Effects, id: ServiceId) {
    let service = &control.services[id];
    match (service.status, service.scheduling_strategy) {
        (ServiceStatus::Active, SchedulingStrategy::Replica) => control.reconcile_replica(fx, id),
        (ServiceStatus::Active, SchedulingStrategy::Daemon) => control.reconcile_daemon(fx, id),
        (ServiceStatus::Draining, _) => control.wind_down(fx, id),
        (ServiceStatus::Inactive, _) => {}
    }
}

/// May the newest deployment be called completed now that everything is in place?
pub(crate) fn may_complete(control: &mut ControlPlane, fx: &mut Effects, id: ServiceId) -> bool {
    match &control.services[id].service_deployment {
        // Its bake time has been a stage.
        Some(staged) if staged.target == control.services[id].deployment => control.services[id].staged().is_none(),
        Some(_) | None => control.has_baked(fx, id),
    }
}

impl ControlPlane {
    fn reconcile_replica(&mut self, fx: &mut Effects, id: ServiceId) {
        self.watch_alarms(fx, id);
        self.drop_empty_deployments(id);
        let stock = self.take_stock(fx, id);
        self.note_proved_tasks(fx, id, &stock.current);
        let wanted = self.services[id].deployment;
        self.advance_stages(fx, id, &stock);
        // A roll-back has made another revision the wanted one.
        let stock = if self.services[id].deployment == wanted { stock } else { self.take_stock(fx, id) };
        let moved = self.roll(fx, id, &stock);
        // One whose last task was still PROVISIONING has gone just now.
        self.drop_empty_deployments(id);
        self.complain_when_blocked(fx, id, &stock, moved);
        self.declare_steady_state(fx, id, &stock);
        self.rebalance(fx, id, &stock);
    }

    /// Starts and stops, and says how many tasks it moved. Start comes before stop while the maximum leaves room (ecs.md §3.9).
    fn roll(&mut self, fx: &mut Effects, id: ServiceId, stock: &Stock) -> u32 {
        let service = &self.services[id];
        let (unhealthy, stopping) = (stock.unhealthy.len() as u32, service.stopping());
        let start_first = service.room(service.maximum(), stock.total() + unhealthy) >= unhealthy;
        if start_first {
            let owed: Vec<_> = stock.unhealthy.iter().map(|task| self.tasks[*task].newest).collect();
            self.services.get_mut(id).expect("the service exists").losses.extend(owed);
        } else {
            self.stop_unhealthy_tasks(fx, id, stock);
        }
        let started = self.start_what_is_missing(fx, id, stock);
        if start_first {
            self.stop_unhealthy_tasks(fx, id, stock);
            self.forgive_losses(id, stock.unhealthy.len());
        }
        let replaced = self.stop_failing_tasks(fx, id, stock);
        let retired = self.retire_going_tasks(fx, id, stock);
        self.stop_surplus_tasks(fx, id, stock);
        self.services.get_mut(id).expect("the service exists").stopping_before = stopping;
        started + replaced + retired
    }

    /// Older deployments first: a task is replaced by the revision it belongs to (ecs.md §3.9), and so a lost old task comes back as
    /// an old one (ecs.md §4.4), as long as it is needed to keep the minimum.
    fn start_what_is_missing(&mut self, fx: &mut Effects, id: ServiceId, stock: &Stock) -> u32 {
        let service = &self.services[id];
        let most = match service.staged() {
            // Ledger: deployment.double. Both revisions stand side by side.
            Some(_) => 2 * service.desired_count,
            None => service.maximum(),
        };
        let unhealthy = stock.unhealthy.iter().filter(|task| self.tasks[**task].is_wanted()).count() as u32;
        let mut room = service.room(most, stock.total() + unhealthy);
        let (mut older, mut started) = (0, 0);
        for (deployment, missing) in self.missing_of_older(id, stock) {
            older += missing.min(room);
            let now = self.start_missing_tasks(fx, id, deployment, missing.min(room), stock.unhealthy.len());
            room -= now;
            started += now;
        }
        let service = &self.services[id];
        let primary = service.deployment;
        let not_yet = service.staged().is_some_and(|staged| staged.lifecycle_stage < LifecycleStage::ScaleUp);
        let missing = if not_yet { 0 } else { self.missing_of_primary(id, stock).min(room) };
        let replaced = stock.unhealthy.len() + stock.failing.len();
        if missing > 0 || older == 0 {
            let now = self.start_missing_tasks(fx, id, primary, missing, replaced);
            self.say_partly_launched(fx, id, now, missing);
            started += now;
        }
        started
    }

    /// Ledger: service.partly-launched. Only some of the tasks that a deployment wants have found a place (ecs.md §5).
    fn say_partly_launched(&mut self, fx: &mut Effects, id: ServiceId, launched: u32, wanted: u32) {
        let service = &self.services[id];
        let watched = service.configuration.as_ref().is_some_and(|known| known.deployment_circuit_breaker.enable);
        let partly = watched && service.deployment_in_progress() && (1..wanted).contains(&launched);
        let Some(waiting) = service.waiting.as_ref().filter(|_| partly) else { return };
        let event = ServiceEvent::CouldNotLaunch { count: waiting.count, deployment: service.deployment };
        fx.because(Some(waiting.observation), |fx| self.complain(fx, id, Condition::Placement, event));
    }

    /// What older deployments lack and are still needed for. What is not needed is no longer wanted of them.
    fn missing_of_older(&mut self, id: ServiceId, stock: &Stock) -> Vec<(DeploymentId, u32)> {
        let service = &self.services[id];
        if service.deployments.len() == 1 {
            return Vec::new();
        }
        // Ledger: deployment.older-kept.
        let enough = stock.healthy >= service.minimum() && service.primary().rollout_state != RolloutState::Failed;
        let mut missing = Vec::new();
        for index in (1..service.deployments.len()).rev() {
            let deployment = &self.services[id].deployments[index];
            let has = stock.going.iter().filter(|task| self.tasks[**task].is_of(id, deployment.id)).count() as u32;
            let lacks = deployment.desired_count.saturating_sub(has);
            let stays = self.keeps_whole(id, deployment.id);
            // Tasks that do not start keep nothing up: what has been deployed since has its turn.
            let fails = deployment.rollout_state == RolloutState::Failed || deployment.failed_tasks > 0;
            let (of, gives_up) = (deployment.id, !stays && (enough || fails));
            if lacks > 0 && gives_up {
                self.services.get_mut(id).expect("the service exists").deployments[index].desired_count -= lacks;
            } else if lacks > 0 {
                missing.push((of, lacks));
            }
        }
        missing
    }

    /// Before `CLEAN_UP` the older revision of a staged deployment is kept whole (ecs.md §4.7).
    fn keeps_whole(&self, id: ServiceId, deployment: DeploymentId) -> bool {
        let staged = self.services[id].staged();
        staged.is_some_and(|staged| staged.source == deployment && staged.lifecycle_stage < LifecycleStage::CleanUp)
    }

    /// A deployment that is not the newest is gone when its last task is STOPPED.
    /// Ledger: deployment.several.
    pub(super) fn drop_empty_deployments(&mut self, id: ServiceId) {
        let service = &self.services[id];
        if service.deployments.len() == 1 {
            return;
        }
        let alive: BTreeSet<DeploymentId> = service.tasks.iter().filter_map(|task| Some(self.tasks[*task].service?.1)).collect();
        let primary = service.deployment;
        let service = self.services.get_mut(id).expect("the service exists");
        service.deployments.retain(|deployment| {
            let goes_on = deployment.desired_count > 0 || deployment.stopping > 0;
            deployment.id == primary || goes_on || alive.contains(&deployment.id)
        });
    }

    /// Tasks that failed their container health checks are stopped in the look that replaces them (ecs.md §3.9).
    /// Ledger: service.unhealthy.
    pub(crate) fn stop_unhealthy_tasks(&mut self, fx: &mut Effects, id: ServiceId, stock: &Stock) {
        for task in &stock.unhealthy {
            let cause = Some(self.tasks[*task].newest);
            fx.because(cause, |fx| {
                self.say(fx, id, ServiceEvent::FailedContainerHealthChecks { task: *task });
                self.stop_task(fx, *task, StopCode::ServiceSchedulerInitiated, "Task failed container health checks");
            });
            note_failure(self, *task, Failure::Check);
        }
        self.say_stopped(fx, id, &stock.unhealthy);
    }

    /// Ledger: service.unhealthy-target. A task that fails its load balancer goes when its replacement is healthy, or one at a time
    /// by chance when there is no room for a replacement (ecs.md §3.9).
    fn stop_failing_tasks(&mut self, fx: &mut Effects, id: ServiceId, stock: &Stock) -> u32 {
        if stock.failing.is_empty() {
            return 0;
        }
        let replaced: Vec<TaskId> = self.replaced_by_healthy(fx, id, stock);
        let service = &self.services[id];
        let wanted: usize = service.deployments.iter().map(|deployment| deployment.desired_count as usize).sum();
        let no_room = stock.total() >= service.maximum() && wanted > stock.current.len() + stock.going.len();
        let chosen = if replaced.is_empty() && no_room { vec![self.by_chance(fx, id, &stock.failing)] } else { replaced };
        self.stop_for_targets(fx, id, &chosen);
        chosen.len() as u32
    }

    /// Stops tasks whose targets are unhealthy. In real logs the event about the target stands right before the stop.
    /// Ledger: target.unhealthy-event.
    pub(crate) fn stop_for_targets(&mut self, fx: &mut Effects, id: ServiceId, tasks: &[TaskId]) {
        for task in tasks {
            let known = &self.tasks[*task];
            let (cause, instance) = (Some(known.newest), known.instance);
            let failed = known.failed_registration().expect("a failing task has failed somewhere").clone();
            let reason = format!("Task failed ELB health checks in (target-group {})", failed.arn);
            let event = ServiceEvent::TargetUnhealthy {
                task: *task,
                instance,
                port: failed.address.port,
                target_group: failed.arn,
                reason: failed.reason.unwrap_or(TargetReason::FailedHealthChecks),
            };
            fx.because(cause, |fx| {
                self.say(fx, id, event);
                self.stop_task(fx, *task, StopCode::ServiceSchedulerInitiated, &reason);
            });
            note_failure(self, *task, Failure::Check);
        }
        self.say_stopped(fx, id, tasks);
    }

    /// Failing tasks whose deployment has enough healthy ones without them.
    fn replaced_by_healthy(&self, fx: &Effects, id: ServiceId, stock: &Stock) -> Vec<TaskId> {
        let service = &self.services[id];
        let mut replaced = Vec::new();
        for deployment in &service.deployments {
            let of_it = |task: &&TaskId| self.tasks[**task].is_of(id, deployment.id);
            let healthy = stock.current.iter().chain(&stock.going).filter(of_it);
            let healthy = healthy.filter(|task| self.counts_as_healthy(fx, &self.tasks[**task])).count();
            let failing: Vec<TaskId> = stock.failing.iter().filter(of_it).copied().collect();
            let spare = (healthy + failing.len()).saturating_sub(deployment.desired_count as usize);
            replaced.extend(failing.into_iter().take(spare));
        }
        replaced
    }

    fn by_chance(&self, fx: &Effects, id: ServiceId, tasks: &[TaskId]) -> TaskId {
        let keys = [u64::from(id.0), fx.now_ms, 1];
        let mut stream = crate::sim::random::Stream::of(fx.seed, crate::sim::random::Concern::ScaleIn, &keys);
        tasks[stream.below(tasks.len() as u64) as usize]
    }

    /// Retires tasks that are outdated or on a draining instance, as far as the minimum allows: those that do not run first, then in
    /// the order of scale-in.
    fn retire_going_tasks(&mut self, fx: &mut Effects, id: ServiceId, stock: &Stock) -> u32 {
        let service = &self.services[id];
        if stock.going.is_empty() || service.primary().rollout_state == RolloutState::Failed {
            return 0;
        }
        let enough = stock.healthy >= service.minimum();
        let mut spare = stock.healthy.saturating_sub(service.minimum());
        let reason = scaling_reason(service.deployment);
        let mut stopped = Vec::new();
        let goes = |task: &&TaskId| self.tasks[**task].service.is_none_or(|(_, of)| !self.keeps_whole(id, of));
        let going: Vec<TaskId> = stock.going.iter().filter(goes).copied().collect();
        let unprotected = self.unprotected(fx, &going);
        let (mut next, needed): (Vec<TaskId>, Vec<TaskId>) =
            unprotected.into_iter().partition(|task| service.leaves_idle(&self.tasks[*task]));
        let (running, starting): (Vec<TaskId>, Vec<TaskId>) = needed.into_iter().partition(|task| self.tasks[*task].is_running());
        let mut candidates: BTreeSet<TaskId> = running.into_iter().collect();
        if enough {
            next.extend(starting);
        }
        loop {
            let task = match next.pop() {
                Some(task) => task,
                None if spare == 0 || candidates.is_empty() => break,
                None => {
                    spare -= 1;
                    let chosen = self.choose_to_stop(fx, id, &candidates);
                    candidates.remove(&chosen);
                    chosen
                }
            };
            let cause = self.why_going(id, task);
            let (code, reason) = match self.fargate.retiring.contains_key(&task) {
                true => (StopCode::TerminationNotice, MAINTENANCE),
                false => (StopCode::ServiceSchedulerInitiated, reason.as_str()),
            };
            fx.because(Some(cause), |fx| self.stop_task(fx, task, code, reason));
            self.wants_one_less(id, task);
            stopped.push(task);
        }
        self.forgive_losses(id, stopped.len());
        self.say_stopped(fx, id, &stopped);
        stopped.len() as u32
    }

    /// An older deployment does not want back what was retired.
    fn wants_one_less(&mut self, id: ServiceId, task: TaskId) {
        let of = self.tasks[task].service.map(|(_, deployment)| deployment);
        let service = self.services.get_mut(id).expect("the service exists");
        let older = service.deployments.iter_mut().skip(1).find(|deployment| Some(deployment.id) == of);
        if let Some(deployment) = older {
            deployment.desired_count = deployment.desired_count.saturating_sub(1);
        }
    }

    /// Why a task has to go: its instance is draining, Fargate retires it, or the service wants something else now.
    pub(crate) fn why_going(&self, id: ServiceId, task: TaskId) -> ObservationId {
        if let Some(retired_by) = self.fargate.retiring.get(&task) {
            return *retired_by;
        }
        let link = self.tasks[task].instance.and_then(|instance| self.agents.get(instance));
        link.and_then(|link| link.drained_by).unwrap_or(self.services[id].changed_by)
    }

    /// Stops what is more than wanted, chosen by the same strategies that place (ecs.md §3.5).
    fn stop_surplus_tasks(&mut self, fx: &mut Effects, id: ServiceId, stock: &Stock) {
        let service = &self.services[id];
        let moving = usize::from(service.rebalance.moving.is_some());
        let surplus = stock.current.len().saturating_sub(service.desired_count as usize + moving);
        let held = self.held_by_protection(fx, id, stock, surplus);
        self.complain_of_protection(fx, id, &held);
        if surplus == 0 {
            return;
        }
        let service = &self.services[id];
        let cause = Some(service.changed_by);
        let reason = scaling_reason(service.deployment);
        let mut candidates: BTreeSet<TaskId> = self.unprotected(fx, &stock.current).into_iter().collect();
        let mut stopped = Vec::new();
        for _ in 0..surplus.min(candidates.len()) {
            let chosen = self.choose_to_stop(fx, id, &candidates);
            candidates.remove(&chosen);
            fx.because(cause, |fx| self.stop_task(fx, chosen, StopCode::ServiceSchedulerInitiated, &reason));
            stopped.push(chosen);
        }
        self.forgive_losses(id, stopped.len());
        self.say_stopped(fx, id, &stopped);
    }

    /// Tasks that only their protection keeps: more than wanted, or old where enough are healthy without them.
    pub(super) fn held_by_protection(&self, fx: &Effects, id: ServiceId, stock: &Stock, surplus: usize) -> Vec<TaskId> {
        let protected = |tasks: &[TaskId]| -> Vec<TaskId> {
            tasks.iter().copied().filter(|task| self.tasks[*task].is_protected(fx.now_ms)).collect()
        };
        let service = &self.services[id];
        let mut held = protected(&stock.current);
        held.truncate((surplus + held.len()).saturating_sub(stock.current.len()));
        if stock.healthy > service.minimum() && service.primary().rollout_state != RolloutState::Failed {
            let goes = |task: &TaskId| self.tasks[*task].service.is_none_or(|(_, of)| !self.keeps_whole(id, of));
            held.extend(protected(&stock.going).into_iter().filter(goes));
        }
        held
    }

    /// Nothing may be started and nothing may be stopped: the deployment configuration leaves no way (ecs.md §4.1).
    pub(super) fn complain_when_blocked(&mut self, fx: &mut Effects, id: ServiceId, stock: &Stock, moved: u32) {
        let service = &self.services[id];
        let settling = stock.current.iter().any(|task| !self.counts_as_healthy(fx, &self.tasks[*task]));
        let cause = Some(service.changed_by);
        let blocked = !stock.going.is_empty()
            && moved == 0
            && service.staged().is_none()
            && !settling
            && stock.total() >= service.maximum()
            && stock.healthy <= service.minimum();
        if blocked {
            let event = ServiceEvent::BlockedByDeploymentConfiguration;
            fx.because(cause, |fx| self.complain(fx, id, Condition::Configuration, event));
        } else {
            self.services.get_mut(id).expect("the service exists").resolve(Condition::Configuration);
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
}
