//! The Fargate platform: tasks without servers in sight, on servers that exist all the same (ecs.md §8.2).

use std::rc::Rc;

use crate::sim::data_plane::DataPlane;
use crate::sim::data_plane::task_truth::{Ground, Phase, TaskTruth};
use crate::sim::effects::Effects;
use crate::sim::event::{DataTimer, Event};
use crate::sim::ids::{TaskId, ZoneId};
use crate::sim::message::{Instruction, NO_CAPACITY, Report, ReportedStatus, TaskPayload};
use crate::sim::model::task::StopCode;
use crate::sim::random::Concern;

impl DataPlane {
    /// An instruction arrives at the platform.
    pub(crate) fn fargate_hears(&mut self, fx: &mut Effects, instruction: Instruction) {
        match instruction {
            Instruction::StartTask(payload) => self.fargate_starts(fx, payload),
            Instruction::StopTask { task, code } => self.fargate_stops(fx, task, code),
            Instruction::Accept | Instruction::Close | Instruction::Heartbeat => {}
        }
    }

    /// Network interface first, then the micro virtual machine, then the containers.
    fn fargate_starts(&mut self, fx: &mut Effects, payload: Rc<TaskPayload>) {
        let (task, zone, key) = (payload.task, payload.zone, payload.key);
        let mut truth = TaskTruth::assigned(payload, Ground::Fargate, Phase::Starting);
        if self.zone_has_failed(zone) {
            truth.stop = Some((StopCode::TaskFailedToStart, Rc::from(NO_CAPACITY)));
            fx.report_from_fargate(Report::Task(Rc::new(truth.report_as(ReportedStatus::Stopped))));
            return;
        }
        *self.fargate_hosts.entry(zone).or_insert(0) += 1;
        self.tasks.insert_at(task, truth);
        let to_pull_ms = fx.draw(Concern::FargateStart, &[key], &fx.tuning.fargate_created_to_pull_ms);
        // The interface takes about a third of the time before the pull (ecs.md §2.5: 4–18 s of 12–24 s).
        let interface_ms = to_pull_ms / 3;
        fx.data_timer(interface_ms, DataTimer::FargatePhase { task, turn: 0 });
        fx.data_timer(to_pull_ms, DataTimer::FargatePhase { task, turn: 0 });
    }

    /// The next phase of a start or an end.
    pub(crate) fn fargate_phase(&mut self, fx: &mut Effects, task: TaskId, turn: u32) {
        let Some(truth) = self.tasks.get_mut(task).filter(|truth| truth.turn == turn) else { return };
        if truth.phase == Phase::Ended {
            let report = truth.report_as(ReportedStatus::Stopped);
            let zone = truth.payload.zone;
            self.end_usage(fx.now_ms, task);
            self.tasks.remove(task);
            self.leave_fargate_host(zone);
            fx.report_from_fargate(Report::Task(Rc::new(report)));
            return;
        }
        let next = match truth.fargate {
            None => ReportedStatus::Pending,
            Some(_) => ReportedStatus::Activating,
        };
        truth.fargate = Some(next);
        let report = truth.report_as(next);
        fx.report_from_fargate(Report::Task(Rc::new(report)));
        if next == ReportedStatus::Activating {
            self.start_ready_containers(fx, task, 0);
        }
    }

    fn fargate_stops(&mut self, fx: &mut Effects, task: TaskId, code: StopCode) {
        self.told_by(fx, task);
        self.end_task(fx, task, code, "");
    }

    /// Unlike an agent the platform says that a task is being stopped, whoever decided it.
    pub(crate) fn fargate_says_stopping(&mut self, fx: &mut Effects, task: TaskId) {
        let Some(truth) = self.tasks.get(task).filter(|truth| truth.ground == Ground::Fargate) else { return };
        let report = truth.report_as(ReportedStatus::Stopping);
        fx.report_from_fargate(Report::Task(Rc::new(report)));
    }

    /// The health of a task leaves with the next telemetry of its own agent.
    pub(crate) fn fargate_says_health(&mut self, fx: &mut Effects, task: TaskId) {
        let truth = &self.tasks[task];
        let period_ms = fx.tuning.telemetry_period_ms;
        let phase_ms = fx.draw(Concern::TelemetryPhase, &[truth.payload.key], &[0, period_ms]);
        let report = Report::Telemetry(Rc::new(vec![truth.health_report()]));
        fx.schedule(period_ms - (fx.now_ms + phase_ms) % period_ms, Event::FargateReportArrives { report });
    }

    /// All containers have ended: the interface goes, then the task is STOPPED.
    pub(crate) fn fargate_containers_over(&mut self, fx: &mut Effects, task: TaskId) {
        let truth = self.tasks.get_mut(task).expect("the task exists");
        truth.phase = Phase::Ended;
        truth.turn += 1;
        let (turn, key) = (truth.turn, truth.payload.key);
        let report = truth.report_as(ReportedStatus::Deprovisioning);
        fx.report_from_fargate(Report::Task(Rc::new(report)));
        let length_ms = fx.draw(Concern::FargateStop, &[key], &fx.tuning.fargate_deprovision_ms);
        fx.data_timer(length_ms, DataTimer::FargatePhase { task, turn });
    }

    pub(crate) fn leave_fargate_host(&mut self, zone: ZoneId) {
        if let Some(count) = self.fargate_hosts.get_mut(&zone) {
            *count -= 1;
        }
    }
}
