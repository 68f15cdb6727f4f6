//! What the control plane hears: reports of agents and of the Fargate platform change what is believed, nothing else.

use std::rc::Rc;

use crate::sim::control_plane::ControlPlane;
use crate::sim::effects::Effects;
use crate::sim::ids::{InstanceId, TaskId};
use crate::sim::message::{Report, ReportedStatus, TaskReport};
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
            Report::Task(task) => {
                self.registry.heard_from(instance, fx.now_ms);
                self.hear_of_task(fx, &task);
            }
            Report::Telemetry(health) => {
                self.registry.heard_from(instance, fx.now_ms);
                self.hear_of_health(fx, &health);
            }
        }
    }

    /// A report of the Fargate platform arrives.
    pub(crate) fn hear_from_fargate(&mut self, fx: &mut Effects, report: Report) {
        match report {
            Report::Task(task) => self.hear_of_task(fx, &task),
            Report::Telemetry(health) => self.hear_of_health(fx, &health),
            Report::Connect | Report::Resync(_) | Report::Closing | Report::HeartbeatAck => {}
        }
    }

    /// One task, as its agent says it is.
    pub(crate) fn hear_of_task(&mut self, fx: &mut Effects, report: &TaskReport) {
        let Some(task) = self.tasks.get(report.task) else { return };
        if task.last_status == TaskStatus::Stopped {
            return;
        }
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

    fn progress(&mut self, fx: &mut Effects, id: TaskId, to: TaskStatus) {
        if !self.tasks[id].is_wanted() {
            return;
        }
        self.set_status(fx, id, to);
        let service = self.tasks[id].service.and_then(|(service, _)| self.services.get_mut(service));
        if let (TaskStatus::Running, Some(service)) = (to, service) {
            service.throttle.failures = 0;
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
            if failed_to_start {
                self.count_failed_start(fx, id);
            }
        }
        self.tasks.get_mut(id).expect("the task exists").exits.clone_from(&report.exits);
        if to != TaskStatus::Stopping || report.status == ReportedStatus::Stopping {
            self.set_status(fx, id, to);
        }
    }

    /// Only tasks that never reached RUNNING count for the throttle (ecs.md §3.10).
    fn count_failed_start(&mut self, fx: &mut Effects, id: TaskId) {
        let Some((service_id, _)) = self.tasks[id].service else { return };
        let tuning = fx.tuning.clone();
        let Some(service) = self.services.get_mut(service_id) else { return };
        service.throttle.failures += 1;
        let beyond = service.throttle.failures.saturating_sub(tuning.throttle_after);
        if beyond == 0 {
            return;
        }
        let wait_ms = (tuning.throttle_first_ms << (beyond - 1).min(10)).min(tuning.throttle_longest_ms);
        service.throttle.until_ms = fx.now_ms + wait_ms;
        let until_ms = service.throttle.until_ms;
        fx.observe(Kind::ServiceThrottled { service: service_id, until_ms });
        if beyond == 1 {
            self.say(fx, service_id, crate::sim::observation::ServiceEvent::UnableToStartConsistently);
        }
    }

    /// Health travels with the telemetry, every twenty seconds.
    fn hear_of_health(&mut self, fx: &mut Effects, health: &[(TaskId, HealthStatus)]) {
        for (task, health) in health {
            self.change_health(fx, *task, *health);
        }
    }

    fn change_health(&mut self, fx: &mut Effects, id: TaskId, health: HealthStatus) {
        let Some(task) = self.tasks.get(id).filter(|task| task.is_running() && task.health != health) else { return };
        let _ = task;
        let observed = fx.observe(Kind::TaskHealthChanged { task: id, health });
        let task = self.tasks.get_mut(id).expect("the task exists");
        task.health = health;
        task.newest = observed;
    }
}
