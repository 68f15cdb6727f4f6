//! DAEMON services: one task on every matching ACTIVE instance (ecs.md §3.8).

use std::collections::BTreeSet;

use crate::sim::command::LaunchType;
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::launch::Launch;
use crate::sim::control_plane::stop::scaling_reason;
use crate::sim::effects::Effects;
use crate::sim::ids::{InstanceId, ServiceId, TaskId};
use crate::sim::model::container_instance::ContainerInstanceStatus;
use crate::sim::model::task::StopCode;
use crate::sim::observation::ServiceEvent;

impl ControlPlane {
    /// One look at a DAEMON service: stop what must go first, then start where one is missing.
    pub(crate) fn reconcile_daemon(&mut self, fx: &mut Effects, id: ServiceId) {
        let stock = self.take_stock(fx, id);
        self.stop_daemons(fx, id, &stock.unhealthy, "Task failed container health checks");
        let reason = scaling_reason(self.services[id].deployment);
        let last: Vec<TaskId> = stock.going.iter().copied().filter(|task| self.may_stop_daemon(*task)).collect();
        self.stop_daemons(fx, id, &last, &reason);
        let started = self.start_missing_daemons(fx, id);
        if !started.is_empty() {
            self.say(fx, id, ServiceEvent::StartedTasks { tasks: started, replaced_unhealthy: 0 });
        }
        self.declare_steady_state(fx, id);
    }

    fn stop_daemons(&mut self, fx: &mut Effects, id: ServiceId, tasks: &[TaskId], reason: &str) {
        let cause = Some(self.services[id].changed_by);
        for task in tasks {
            fx.because(cause, |fx| self.stop_task(fx, *task, StopCode::ServiceSchedulerInitiated, reason));
        }
        if !tasks.is_empty() {
            self.say(fx, id, ServiceEvent::StoppedRunningTasks { tasks: tasks.to_vec() });
        }
    }

    /// On a draining instance daemon tasks stop last (ecs.md §7.6): when no other wanted task is left there.
    fn may_stop_daemon(&self, id: TaskId) -> bool {
        let instance = self.tasks[id].instance.expect("daemon tasks run on instances");
        let draining = self.registry.get(instance).is_some_and(|known| known.status == ContainerInstanceStatus::Draining);
        let others = self.agents[&instance].tasks.iter().any(|other| {
            let other = &self.tasks[*other];
            other.is_wanted() && other.service.is_none_or(|(service, _)| !self.is_daemon(service))
        });
        !draining || !others
    }

    fn is_daemon(&self, service: ServiceId) -> bool {
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
            constraints: service.constraints.clone(),
            strategies: service.strategies.clone(),
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
        let mut failed = None;
        for instance in missing {
            let reason = self.next_reason(id);
            match fx.because(reason, |fx| self.launch_on(fx, &launch, instance)) {
                Ok(task) => started.push(task),
                // An instance outside the constraints is none of the service's business.
                Err(unplaced) if unplaced.failure.is_by_choice() => {}
                Err(unplaced) => failed = Some((failed.map_or(1, |(count, _)| count + 1), unplaced)),
            }
        }
        match failed {
            Some((count, unplaced)) => self.note_waiting(fx, id, count, unplaced),
            None => self.services.get_mut(id).expect("the service exists").waiting = None,
        }
        started
    }
}
