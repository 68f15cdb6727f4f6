//! How a task ends: the decision, the instruction, and what is believed until the end is reported (ecs.md §2.4).

use std::rc::Rc;

use crate::sim::command::LaunchType;
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::task::Stopped;
use crate::sim::control_plane::throttle::End;
use crate::sim::effects::Effects;
use crate::sim::event::ControlTimer;
use crate::sim::ids::{DeploymentId, InstanceId, TaskId};
use crate::sim::message::Instruction;
use crate::sim::model::task::{DesiredStatus, StopCode, TaskStatus};
use crate::sim::neighbours::event::{NeighbourEvent, PlatformEvent};
use crate::sim::observation::Kind;
use crate::sim::random::Concern;

/// `stoppedReason` of a scale-in or a rollout (ecs.md §2.8).
pub fn scaling_reason(deployment: DeploymentId) -> String {
    format!("Scaling activity initiated by (deployment {})", deployment.ecs_svc())
}

impl ControlPlane {
    /// Decides that a task shall end. Its room is free for placement from now on (ecs.md §2.6), whatever the host says.
    /// Ledger: task.resources-freed.
    pub(crate) fn stop_task(&mut self, fx: &mut Effects, id: TaskId, code: StopCode, reason: &str) {
        let Some(task) = self.tasks.get(id).filter(|task| task.is_wanted()) else { return };
        let unsent = !task.is_on_fargate() && task.last_status == TaskStatus::Provisioning;
        let decided = self.no_longer_wanted(fx, id, code, reason);
        fx.because(Some(decided), |fx| {
            if unsent {
                return self.ended(fx, id);
            }
            // Ledger: target.drain-before-stop. SIGTERM comes when the target is unused (ecs.md §2.4).
            let task = &self.tasks[id];
            match task.target.is_some() || task.named {
                true => self.set_status(fx, id, TaskStatus::Deactivating),
                false => self.tell_to_stop(fx, id, code),
            }
        });
    }

    /// The task is asked to end: SIGTERM.
    pub(crate) fn tell_to_stop(&mut self, fx: &mut Effects, id: TaskId, code: StopCode) {
        let (instance, key) = (self.tasks[id].instance, self.tasks[id].key);
        self.set_status(fx, id, TaskStatus::Stopping);
        match instance {
            Some(instance) => self.instruct_to_stop(fx, instance, id, code),
            None => fx.stop_on_fargate(key, Instruction::StopTask { task: id, code }),
        }
    }

    /// Says so at once when the agent is believed connected; otherwise the resync will.
    fn instruct_to_stop(&mut self, fx: &mut Effects, instance: InstanceId, task: TaskId, code: StopCode) {
        if self.registry.get(instance).is_some_and(|known| known.agent_connected) {
            fx.instruct(instance, Instruction::StopTask { task, code });
        }
    }

    /// The task is not wanted any more: desired status, reservation, the service's books.
    pub(crate) fn no_longer_wanted(
        &mut self,
        fx: &mut Effects,
        id: TaskId,
        code: StopCode,
        reason: &str,
    ) -> crate::sim::ids::ObservationId {
        let reason: Rc<str> = Rc::from(reason);
        let decided = fx.observe(Kind::TaskStopDecided { task: id, code, reason: reason.clone() });
        let task = self.tasks.get_mut(id).expect("the task exists");
        task.desired_status = DesiredStatus::Stopped;
        task.stopped = Some(Stopped { code, reason, decided_by: decided, failure: None });
        task.newest = decided;
        let (instance, zone, group, launch_type, definition, service) =
            (task.instance, task.zone, task.group, task.launch_type, task.definition, task.service);
        let provider = task.capacity_provider;
        if let Some(provider) = provider {
            self.capacity.count(group, provider, -1);
        }
        match instance {
            Some(instance) => {
                let needs = self.definitions[definition].needs.clone();
                self.registry.release(instance, id, &needs, group);
            }
            None if launch_type == LaunchType::Ec2 => self.capacity.waits_no_longer(id, provider),
            None => *self.fargate_zones.entry((group, launch_type, zone)).or_insert(1) -= 1,
        }
        if let Some((service, deployment)) = service
            && let Some(service) = self.services.get_mut(service)
        {
            service.tasks.remove(&id);
            if let Some(deployment) = service.deployment_mut(deployment) {
                deployment.stopping += 1;
            }
            service.wake();
            service.losses.push_back(decided);
            service.losses.truncate(256);
        }
        if let (Some(later), Some(_)) = (fx.later, service) {
            fx.because(Some(decided), |fx| (later.task_leaves)(self, fx, id));
        }
        decided
    }

    /// The end has been reported, or is known without a report: interface away, then STOPPED.
    pub(crate) fn ended(&mut self, fx: &mut Effects, id: TaskId) {
        let task = &self.tasks[id];
        let has_interface = task.instance.is_some() && self.definitions[task.definition].needs.enis > 0;
        if has_interface && task.last_status < TaskStatus::Deprovisioning {
            let detach_ms = fx.draw(Concern::NetworkInterface, &[task.key, 2], &fx.tuning.eni_detach_ms);
            self.set_status(fx, id, TaskStatus::Deprovisioning);
            fx.control_timer(detach_ms, ControlTimer::InterfaceDetached(id));
        } else if task.last_status != TaskStatus::Stopped {
            self.finish(fx, id);
        }
    }

    /// The network interface of an ended task is gone.
    pub(crate) fn interface_detached(&mut self, fx: &mut Effects, id: TaskId) {
        if self.tasks.get(id).is_some_and(|task| task.last_status != TaskStatus::Stopped) {
            self.finish(fx, id);
        }
    }

    /// The task is given up without a report from its agent: its instance is gone from the cluster.
    pub(crate) fn write_off(&mut self, fx: &mut Effects, id: TaskId, code: StopCode, reason: &str) {
        if self.tasks.get(id).is_none_or(|task| task.last_status == TaskStatus::Stopped) {
            return;
        }
        let decided = self.tasks[id].is_wanted().then(|| self.no_longer_wanted(fx, id, code, reason));
        fx.because(decided, |fx| self.finish(fx, id));
    }

    /// Something happened to a task: its service looks again.
    pub(crate) fn wake_service_of(&mut self, id: TaskId) {
        let service = self.tasks.get(id).and_then(|task| task.service);
        // A service that does not rest is left as it is, for the sake of those that share it.
        let resting = service.filter(|(service, _)| self.services[*service].rests_until_ms > 0);
        if let Some(service) = resting.and_then(|(service, _)| self.services.get_mut(service)) {
            service.wake();
        }
    }

    /// EC2 gives no network interface: the task fails before its agent has heard of it.
    pub(crate) fn interface_refused(&mut self, fx: &mut Effects, id: TaskId, reason: &str) {
        self.no_longer_wanted(fx, id, StopCode::TaskFailedToStart, reason);
        if let Some(later) = fx.later {
            (later.task_ended)(self, fx, id, End::BeforeRunning);
        }
        let decided = self.tasks[id].newest;
        fx.because(Some(decided), |fx| self.finish(fx, id));
    }

    fn finish(&mut self, fx: &mut Effects, id: TaskId) {
        self.set_status(fx, id, TaskStatus::Stopped);
        let task = &self.tasks[id];
        if let Some(link) = task.instance.and_then(|instance| self.agents.get_mut(instance)) {
            link.finish(id);
        }
        let cpu_units = self.definitions[task.definition].needs.cpu_units;
        if let Some(quota) = self.fargate.quota_mut(task.launch_type) {
            quota.used_cpu_units -= cpu_units;
            self.fargate.retiring.remove(&id);
            self.fargate.notices.remove(&id);
        }
        if task.network.is_some() {
            fx.at_neighbour(0, NeighbourEvent::Platform(PlatformEvent::InterfaceGone { task: id }));
        }
        let stopped = task.stopped.clone().expect("a stopped task has a reason");
        let essential = task.exits.iter().find(|exit| exit.reason.is_some()).or(task.exits.first());
        let kind = Kind::TaskStopped {
            task: id,
            code: stopped.code,
            reason: stopped.reason.clone(),
            exit_code: essential.and_then(|exit| exit.exit_code),
            detail: essential.and_then(|exit| exit.reason.clone()),
        };
        let observed = fx.observe(kind);
        let task = self.tasks.get_mut(id).expect("the task exists");
        task.newest = observed;
        let of = task.service.and_then(|(service, of)| self.services.get_mut(service)?.deployment_mut(of));
        if let Some(deployment) = of {
            deployment.stopping -= 1;
        }
        if let (Some(later), Some(failure)) = (fx.later, stopped.failure) {
            (later.task_failed)(self, fx, id, failure);
        }
        let visible_ms = fx.tuning.stopped_task_visible_ms;
        fx.control_timer(visible_ms, ControlTimer::Forget(id));
    }

    /// Moves a task forward in its life; moving back is refused silently, because reports may arrive late.
    pub(crate) fn set_status(&mut self, fx: &mut Effects, id: TaskId, to: TaskStatus) {
        let Some(task) = self.tasks.get_mut(id) else { return };
        let from = task.last_status;
        if !from.may_become(to) {
            return;
        }
        task.last_status = to;
        task.times.enter(to, fx.now_ms);
        task.newest = fx.observe(Kind::TaskStatusChanged { task: id, from, to });
        self.wake_service_of(id);
        let task = &self.tasks[id];
        if let Some(instance) = task.instance {
            self.registry.count_task(instance, Some(from), to);
        }
    }
}
