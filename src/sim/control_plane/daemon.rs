//! DAEMON services: one task on every matching ACTIVE instance (ecs.md §3.8).

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::sim::command::LaunchType;
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::launch::{Launch, Unplaced};
use crate::sim::control_plane::stop::scaling_reason;
use crate::sim::effects::Effects;
use crate::sim::ids::{InstanceId, ObservationId, ServiceId, TaskId};
use crate::sim::model::container_instance::ContainerInstanceStatus;
use crate::sim::model::task::StopCode;

impl ControlPlane {
    /// One look at a DAEMON service: stop what must go first, then start where one is missing.
    /// Ledger: service.daemon.
    pub(crate) fn reconcile_daemon(&mut self, fx: &mut Effects, id: ServiceId) {
        let stock = self.take_stock(fx, id);
        self.stop_unhealthy_tasks(fx, id, &stock);
        self.stop_for_targets(fx, id, &stock.failing);
        let reason = scaling_reason(self.services[id].deployment);
        let last: Vec<TaskId> = stock.going.iter().copied().filter(|task| self.may_stop_daemon(*task)).collect();
        for task in &last {
            let cause = self.why_going(id, *task);
            fx.because(Some(cause), |fx| self.stop_task(fx, *task, StopCode::ServiceSchedulerInitiated, &reason));
        }
        self.say_stopped(fx, id, &last);
        let started = self.start_missing_daemons(fx, id);
        self.say_started(fx, id, &started, stock.unhealthy.len() + stock.failing.len());
        self.declare_steady_state(fx, id, &stock);
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
        let draining = self.registry.get(instance).is_some_and(|known| known.status == ContainerInstanceStatus::Draining);
        let others = self.agents[instance].tasks.iter().any(|other| {
            let other = &self.tasks[*other];
            other.is_wanted() && other.service.is_none_or(|(service, _)| !self.is_daemon(service))
        });
        !draining || !others
    }

    pub(super) fn is_daemon(&self, service: ServiceId) -> bool {
        self.services[service].scheduling_strategy == crate::sim::command::SchedulingStrategy::Daemon
    }

    fn start_missing_daemons(&mut self, fx: &mut Effects, id: ServiceId) -> Vec<TaskId> {
        let service = &self.services[id];
        let served: BTreeSet<InstanceId> = service.tasks.iter().filter_map(|task| self.tasks[*task].instance).collect();
        let launch = Launch {
            definition: service.definition,
            group: service.group,
            service: Some((id, service.deployment)),
            launch_type: LaunchType::Ec2,
            strategy: Rc::from([]),
            capacity_provider: None,
            constraints: service.constraints.clone(),
            strategies: service.strategies.clone(),
            zone: None,
            network: service.network.clone(),
        };
        if fx.now_ms < service.throttle.until_ms {
            return Vec::new();
        }
        let missing: Vec<InstanceId> = self
            .registry
            .iter()
            .filter(|known| {
                known.status == ContainerInstanceStatus::Active && known.agent_connected && !served.contains(&known.id)
            })
            .map(|known| known.id)
            .collect();
        let mut started = Vec::new();
        let mut failed: Option<(u32, Unplaced, Option<ObservationId>)> = None;
        for instance in missing {
            let reason = self.why_daemon(id, instance);
            match fx.because(reason, |fx| self.launch_on(fx, &launch, instance)) {
                Ok(task) => started.push(task),
                // An instance outside the constraints is none of the service's business.
                Err(unplaced) if unplaced.failure.is_by_choice() => {}
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
