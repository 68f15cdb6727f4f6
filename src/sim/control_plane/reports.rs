//! What the control plane hears: reports of agents and of the Fargate platform change what is believed, nothing else.

use std::rc::Rc;

use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::service::{Condition, Throttle};
use crate::sim::control_plane::throttle::End;
use crate::sim::effects::Effects;
use crate::sim::ids::{InstanceId, TaskId};
use crate::sim::message::{HealthReport, Report, ReportedStatus, TaskReport};
use crate::sim::model::container_instance::ContainerInstanceStatus;
use crate::sim::model::task::{HealthStatus, StopCode, TaskStatus};
use crate::sim::observation::Kind;

impl ControlPlane {
    /// A report of an agent arrives.
    pub(crate) fn hear_from_agent(&mut self, fx: &mut Effects, instance: InstanceId, report: Report) {
        match report {
            Report::Connect => self.agent_connects(fx, instance),
            Report::Resync(tasks) => self.agent_resyncs(fx, instance, &tasks),
            Report::Closing => self.agent_closes(fx, instance),
            Report::HeartbeatAck => self.registry.heard_from(instance, fx.now_ms),
            Report::Draining if self.agents.get(instance).is_none() => {}
            Report::Draining => self.set_instance_status(fx, instance, ContainerInstanceStatus::Draining),
            Report::Retiring { .. } => {}
            Report::Task(task) => {
                self.registry.heard_from(instance, fx.now_ms);
                self.hear_of_task(fx, &task);
            }
            Report::Telemetry(telemetry) => {
                self.registry.heard_from(instance, fx.now_ms);
                self.hear_of_health(fx, &telemetry.health);
            }
        }
    }

    /// A report of the Fargate platform arrives.
    pub(crate) fn hear_from_fargate(&mut self, fx: &mut Effects, report: Report) {
        match report {
            Report::Task(task) => self.hear_of_task(fx, &task),
            Report::Telemetry(telemetry) => self.hear_of_health(fx, &telemetry.health),
            Report::Retiring { task } => {
                if let Some(later) = fx.later {
                    (later.retire_task)(self, fx, task);
                }
            }
            Report::Connect | Report::Resync(_) | Report::Closing | Report::HeartbeatAck | Report::Draining => {}
        }
    }

    /// One task, as its agent says it is.
    pub(crate) fn hear_of_task(&mut self, fx: &mut Effects, report: &TaskReport) {
        if self.tasks.get(report.task).is_some_and(|task| task.last_status != TaskStatus::Stopped) {
            fx.because(report.because, |fx| self.believe(fx, report));
        }
    }

    fn believe(&mut self, fx: &mut Effects, report: &TaskReport) {
        match report.status {
            ReportedStatus::Pending => self.progress(fx, report.task, TaskStatus::Pending),
            ReportedStatus::Activating => self.progress(fx, report.task, TaskStatus::Activating),
            ReportedStatus::Running => {
                self.progress(fx, report.task, TaskStatus::Running);
                self.change_health(fx, report.task, report.health);
            }
            ReportedStatus::Stopping => self.stop_reported(fx, report, TaskStatus::Stopping),
            ReportedStatus::Deprovisioning => self.stop_reported(fx, report, TaskStatus::Deprovisioning),
            ReportedStatus::Stopped => {
                self.stop_reported(fx, report, TaskStatus::Stopping);
                self.ended(fx, report.task);
            }
        }
    }

    pub(crate) fn progress(&mut self, fx: &mut Effects, id: TaskId, to: TaskStatus) {
        if !self.tasks[id].is_wanted() {
            return;
        }
        if let (TaskStatus::Running, Some(later)) = (to, fx.later.filter(|_| self.awaits_registration(id))) {
            return (later.task_arrives)(self, fx, id);
        }
        let comes_up = to == TaskStatus::Running && self.tasks[id].is_starting();
        self.set_status(fx, id, to);
        if let Some((service, deployment)) = self.tasks[id].service.filter(|_| comes_up)
            && let Some(service) = self.services.get_mut(service).filter(|service| service.deployment == deployment)
        {
            service.throttle = Throttle::default();
            service.resolve(Condition::Starting);
            service.primary_mut().failed_tasks = 0;
            let watch = &mut service.primary_mut().watch;
            if !std::mem::replace(&mut watch.has_run, true) {
                watch.failures = 0;
            }
        }
    }

    /// A task is ending or has ended by itself, or because it was told to.
    fn stop_reported(&mut self, fx: &mut Effects, report: &TaskReport, to: TaskStatus) {
        let id = report.task;
        let failed_to_start = self.tasks[id].is_starting();
        if self.tasks[id].is_wanted() {
            let (code, reason) = match &report.stopped {
                Some((StopCode::EssentialContainerExited, _)) if failed_to_start => {
                    (StopCode::TaskFailedToStart, Rc::from("Task failed to start"))
                }
                Some((code, reason)) => (*code, reason.clone()),
                None => (StopCode::EssentialContainerExited, Rc::from("Essential container in task exited")),
            };
            self.no_longer_wanted(fx, id, code, &reason);
            if let Some(later) = fx.later {
                (later.task_ended)(self, fx, id, if failed_to_start { End::BeforeRunning } else { End::AfterRunning });
            }
        }
        self.tasks.get_mut(id).expect("the task exists").exits.clone_from(&report.exits);
        if to != TaskStatus::Stopping || report.status == ReportedStatus::Stopping {
            self.set_status(fx, id, to);
        }
    }

    /// Health travels with the telemetry, every twenty seconds.
    fn hear_of_health(&mut self, fx: &mut Effects, reports: &[HealthReport]) {
        for report in reports {
            fx.because(report.because, |fx| self.change_health(fx, report.task, report.health));
        }
    }

    pub(crate) fn change_health(&mut self, fx: &mut Effects, id: TaskId, health: HealthStatus) {
        let Some(task) = self.tasks.get(id) else { return };
        if let Some(arrival) = task.service.and_then(|(service, _)| self.services.get_mut(service)?.arrival_of(id)) {
            *arrival = (health, fx.cause);
        }
        if self.tasks.get(id).is_none_or(|task| !task.is_running() || task.health == health) {
            return;
        }
        let observed = fx.observe(Kind::TaskHealthChanged { task: id, health });
        let task = self.tasks.get_mut(id).expect("the task exists");
        task.health = health;
        task.newest = observed;
        self.wake_service_of(id);
    }
}
