//! DAEMON services: one task on every matching ACTIVE instance (ecs.md §3.8).

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::sim::command::LaunchType;
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::launch::{Launch, Unplaced};
use crate::sim::control_plane::reconcile::Stock;
use crate::sim::control_plane::scheduler::{self, PlacementRequest};
use crate::sim::control_plane::stop::scaling_reason;
use crate::sim::decision::DefaultStrategy;
use crate::sim::effects::Effects;
use crate::sim::ids::{InstanceId, ObservationId, ServiceId, TaskId};
use crate::sim::model::deployment::RolloutState;
use crate::sim::model::needs::Needs;
use crate::sim::model::task::StopCode;

impl ControlPlane {
    /// One look at a DAEMON service: stop what must go first, then start where one is missing.
    /// Ledger: service.daemon.
    pub(crate) fn reconcile_daemon(&mut self, fx: &mut Effects, id: ServiceId) {
        self.watch_alarms(fx, id);
        self.drop_empty_deployments(id);
        let stock = self.take_stock(fx, id);
        self.note_proved_tasks(fx, id, &stock.current);
        self.count_wanted_daemons(id);
        self.stop_unhealthy_tasks(fx, id, &stock);
        self.stop_for_targets(fx, id, &stock.failing);
        let stopped = self.stop_going_daemons(fx, id, &stock);
        let started = self.start_missing_daemons(fx, id);
        self.say_started(fx, id, &started, stock.unhealthy.len() + stock.failing.len());
        self.complain_when_blocked(fx, id, &stock, stopped + started.len() as u32);
        self.declare_steady_state(fx, id, &stock);
    }

    /// Its desired count is not asked for: one for each server that takes tasks and satisfies the constraints. An older deployment
    /// wants no more than it has.
    fn count_wanted_daemons(&mut self, id: ServiceId) {
        let service = &self.services[id];
        let stays = |task: &&TaskId| !self.is_on_draining_instance(&self.tasks[**task]);
        let wanted = service.tasks.iter().filter(stays).count() + self.servers_without(id).len();
        let older = service.deployments.iter().skip(1);
        let counts: Vec<u32> = older
            .map(|older| service.tasks.iter().filter(|task| self.tasks[**task].is_of(id, older.id)).count() as u32)
            .collect();
        let service = self.services.get_mut(id).expect("the service exists");
        service.desired_count = wanted as u32;
        for (deployment, count) in service.deployments.iter_mut().zip([wanted as u32].into_iter().chain(counts)) {
            deployment.desired_count = count;
        }
    }

    /// Stops daemons on draining servers when they are the last there, and outdated ones as far as the minimum allows, and says how
    /// many. A daemon on a draining server is not among those that the minimum counts: no other can do its work.
    fn stop_going_daemons(&mut self, fx: &mut Effects, id: ServiceId, stock: &Stock) -> u32 {
        let held = self.held_by_protection(fx, id, stock, 0);
        self.complain_of_protection(fx, id, &held);
        let service = &self.services[id];
        let minimum = service.minimum();
        let failed = service.primary().rollout_state == RolloutState::Failed;
        let drains = |task: TaskId| self.is_on_draining_instance(&self.tasks[task]);
        let leaving = stock.going.iter().filter(|task| drains(**task) && self.tasks[**task].is_running()).count() as u32;
        let healthy = stock.healthy - leaving;
        let mut spare = healthy.saturating_sub(minimum);
        let mut chosen = self.unprotected(fx, &stock.going);
        chosen.retain(|task| match (drains(*task), self.tasks[*task].is_running()) {
            (true, _) => self.may_stop_daemon(*task),
            // Ledger: deployment.failed. Older tasks are kept.
            (false, _) if failed => false,
            (false, false) => healthy >= minimum,
            (false, true) => {
                let may = spare > 0;
                spare = spare.saturating_sub(1);
                may
            }
        });
        let reason = scaling_reason(self.services[id].deployment);
        for task in &chosen {
            let cause = self.why_going(id, *task);
            fx.because(Some(cause), |fx| self.stop_task(fx, *task, StopCode::ServiceSchedulerInitiated, &reason));
        }
        self.say_stopped(fx, id, &chosen);
        chosen.len() as u32
    }

    /// What a daemon on this instance is owed to: the newest of what the service wants, the instance taking tasks, and the end of
    /// the daemon before it.
    fn why_daemon(&self, id: ServiceId, instance: InstanceId) -> Option<ObservationId> {
        let before = self
            .tasks
            .iter()
            .rev()
            .find(|(_, task)| task.instance == Some(instance) && task.service.is_some_and(|(service, _)| service == id));
        let ended_by = before.and_then(|(_, task)| task.stopped.as_ref()).map(|stopped| stopped.decided_by);
        let offered_by = self.agents.get(instance).and_then(|link| link.offered_by);
        [Some(self.services[id].changed_by), offered_by, ended_by].into_iter().flatten().max()
    }

    /// On a draining instance daemon tasks stop last (ecs.md §7.6): when no other wanted task is left there.
    fn may_stop_daemon(&self, id: TaskId) -> bool {
        let instance = self.tasks[id].instance.expect("daemon tasks run on instances");
        !self.agents[instance].tasks.iter().any(|other| {
            let other = &self.tasks[*other];
            other.is_wanted() && other.service.is_none_or(|(service, _)| !self.is_daemon(service))
        })
    }

    pub(super) fn is_daemon(&self, service: ServiceId) -> bool {
        self.services[service].scheduling_strategy == crate::sim::command::SchedulingStrategy::Daemon
    }

    /// Servers that are to have a daemon and have none. What a server lacks in room does not change that it is to have one.
    fn servers_without(&self, id: ServiceId) -> Vec<InstanceId> {
        let service = &self.services[id];
        let served: BTreeSet<InstanceId> = service.tasks.iter().filter_map(|task| self.tasks[*task].instance).collect();
        let constraints = self.constraints_of(service.revision().definition, &service.constraints);
        let request = PlacementRequest {
            needs: &Needs::default(),
            group: service.group,
            constraints: &constraints,
            strategies: &[],
            default: DefaultStrategy::Service,
            zones: None,
            provider: None,
            chance: (0, 0),
        };
        let ids = self.registry.iter().map(|known| known.id).filter(|instance| !served.contains(instance));
        ids.filter(|instance| scheduler::obstacle(&self.registry, &request, *instance).is_none()).collect()
    }

    fn start_missing_daemons(&mut self, fx: &mut Effects, id: ServiceId) -> Vec<TaskId> {
        let service = &self.services[id];
        // Ledger: deployment.failed. No more new tasks (ecs.md §4.5).
        if service.primary().rollout_state == RolloutState::Failed {
            self.nothing_waits(id);
            return Vec::new();
        }
        let launch = Launch {
            definition: service.revision().definition,
            group: service.group,
            service: Some((id, service.deployment)),
            launch_type: LaunchType::Ec2,
            strategy: Rc::from([]),
            capacity_provider: None,
            constraints: service.constraints.clone(),
            strategies: service.strategies.clone(),
            zone: None,
            network: service.revision().network.clone(),
        };
        if fx.now_ms < service.throttle.until_ms {
            return Vec::new();
        }
        let mut started = Vec::new();
        let mut failed: Option<(u32, Unplaced, Option<ObservationId>)> = None;
        for instance in self.servers_without(id) {
            let reason = self.why_daemon(id, instance);
            match fx.because(reason, |fx| self.launch_on(fx, &launch, instance)) {
                Ok(task) => started.push(task),
                Err(unplaced) => failed = Some((failed.map_or(1, |(count, ..)| count + 1), unplaced, reason)),
            }
        }
        match failed {
            Some((count, unplaced, reason)) => fx.because(reason, |fx| self.note_waiting(fx, id, count, unplaced)),
            None => self.nothing_waits(id),
        }
        started
    }
}
