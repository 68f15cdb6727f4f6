//! The Fargate platform: tasks without servers in sight, on servers that exist all the same (ecs.md §8.2).

use std::rc::Rc;

use crate::sim::data_plane::DataPlane;
use crate::sim::data_plane::task_truth::{Ground, Phase, TaskTruth};
use crate::sim::effects::Effects;
use crate::sim::event::{DataTimer, Event};
use crate::sim::ids::{TaskId, ZoneId};
use crate::sim::message::{Instruction, NO_CAPACITY, Report, ReportedStatus, TaskPayload, Telemetry};
use crate::sim::model::start_error::StartStep;
use crate::sim::model::task::StopCode;
use crate::sim::model::task_definition::OperatingSystem;
use crate::sim::random::{Concern, Stream};
use crate::sim::time::Millis;

/// One bare-metal host of AWS under Fargate. Each of its micro virtual machines carries one task; those of other accounts lie
/// beside them, and nobody outside sees either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FargateHost {
    pub zone: ZoneId,
    /// From 1 in its zone.
    pub number: u32,
}

/// The interface takes this part of the time before the pull (ecs.md §2.5: 4–18 s of 12–24 s).
/// Ledger: fargate.interface.
const INTERFACE_PART: u64 = 3;

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
        let shortage = self.fargate_shortages.values().find(|(of, _)| *of == zone).map(|(_, because)| *because);
        if shortage.is_some() || self.zone_has_failed(zone) {
            truth.newest = shortage;
            truth.stop = Some((StopCode::TaskFailedToStart, Rc::from(NO_CAPACITY)));
            fx.report_from_fargate(Report::Task(Rc::new(truth.report_as(ReportedStatus::Stopped))));
            return;
        }
        // Ledger: fargate.hosts
        let hosts = fx.tuning.platform.fargate_hosts_per_zone;
        let number = 1 + Stream::of(fx.seed, Concern::FargateHost, &[key]).below(hosts) as u32;
        let host = FargateHost { zone, number };
        *self.fargate_hosts.entry(host).or_insert(0) += 1;
        truth.fargate_host = Some(host);
        self.tasks.insert_at(task, truth);
        let to_pull_ms = fx.draw(Concern::FargateStart, &[key], &fx.tuning.fargate_created_to_pull_ms);
        let interface_ms = to_pull_ms / INTERFACE_PART;
        fx.data_timer(interface_ms, DataTimer::FargatePhase { task, turn: 0 });
        fx.data_timer(to_pull_ms, DataTimer::FargatePhase { task, turn: 0 });
    }

    /// The next phase of a start or an end.
    pub(crate) fn fargate_phase(&mut self, fx: &mut Effects, task: TaskId, turn: u32) {
        let Some(truth) = self.tasks.get_mut(task).filter(|truth| truth.turn == turn) else { return };
        if truth.phase == Phase::Ended {
            let report = truth.report_as(ReportedStatus::Stopped);
            let host = truth.fargate_host;
            self.end_usage(fx.now_ms, task);
            self.tasks.remove(task);
            self.leave_fargate_host(host);
            fx.report_from_fargate(Report::Task(Rc::new(report)));
            return;
        }
        let first = truth.fargate.is_none();
        if first && fx.later.is_some_and(|later| (later.start_fails)(self, fx, task, 0, StartStep::Interface)) {
            return;
        }
        let truth = self.tasks.get_mut(task).expect("the task starts");
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

    /// Unlike an agent the platform says that a task is being stopped, whoever decided it, if anything of it is left to be stopped.
    pub(crate) fn fargate_says_stopping(&mut self, fx: &mut Effects, task: TaskId) {
        let stops = |truth: &&TaskTruth| truth.ground == Ground::Fargate && !truth.all_over();
        let Some(truth) = self.tasks.get(task).filter(stops) else { return };
        truth.tell_of_end(fx, ReportedStatus::Stopping);
    }

    /// The health of a task leaves with the next telemetry of its own agent.
    /// Ledger: fargate.health.
    pub(crate) fn fargate_says_health(&mut self, fx: &mut Effects, task: TaskId) {
        let truth = &self.tasks[task];
        let period_ms = fx.tuning.telemetry_period_ms;
        let phase_ms = fx.draw(Concern::TelemetryPhase, &[truth.payload.key], &[0, period_ms]);
        let report = Report::Telemetry(Rc::new(Telemetry { health: vec![truth.health_report()], usage: Vec::new() }));
        fx.schedule(period_ms - (fx.now_ms + phase_ms) % period_ms, Event::FargateReportArrives { report });
    }

    /// All containers have ended: the interface goes, then the task is STOPPED.
    pub(crate) fn fargate_containers_over(&mut self, fx: &mut Effects, task: TaskId) {
        let truth = self.tasks.get_mut(task).expect("the task exists");
        truth.phase = Phase::Ended;
        truth.turn += 1;
        let (turn, key) = (truth.turn, truth.payload.key);
        truth.tell_of_end(fx, ReportedStatus::Deprovisioning);
        let length_ms = fx.draw(Concern::FargateStop, &[key], &fx.tuning.fargate_deprovision_ms);
        fx.data_timer(length_ms, DataTimer::FargatePhase { task, turn });
    }

    fn leave_fargate_host(&mut self, host: Option<FargateHost>) {
        let Some(host) = host else { return };
        let count = self.fargate_hosts.get_mut(&host).expect("it carries the task");
        *count -= 1;
        if *count == 0 {
            self.fargate_hosts.remove(&host);
        }
    }
}

impl TaskTruth {
    /// Tells ECS that the task is ending. It takes a while where containers have ended by themselves.
    // Ledger: fargate_tells_ms
    fn tell_of_end(&self, fx: &mut Effects, status: ReportedStatus) {
        let report = Report::Task(Rc::new(self.report_as(status)));
        let by_itself = matches!(self.stop, Some((StopCode::EssentialContainerExited | StopCode::TaskFailedToStart, _)));
        if by_itself && self.fargate.is_some() {
            fx.schedule(fx.tuning.fargate_tells_ms, Event::FargateReportArrives { report });
        } else {
            fx.report_from_fargate(report);
        }
    }
}

/// From here to running. A container that waits for others takes longer from its pull, Windows much longer (ecs.md §2.5, §8.2).
// Ledger: fargate_dependent_start_ms
pub(crate) fn start_ms(data: &DataPlane, fx: &Effects, task: TaskId, index: usize, pulled_since_ms: Millis) -> Millis {
    let truth = &data.tasks[task];
    let draw = |quantiles: &[Millis]| fx.draw(Concern::ContainerStart, &[truth.payload.key, index as u64], quantiles);
    if truth.payload.definition.runtime.operating_system == Some(OperatingSystem::Windows) {
        return draw(&fx.tuning.platform.fargate_windows_start_ms);
    }
    let plain_ms = draw(&fx.tuning.fargate_start_ms);
    if truth.container_definition(index).depends_on.is_empty() {
        plain_ms
    } else {
        draw(&fx.tuning.platform.fargate_dependent_start_ms).saturating_sub(pulled_since_ms).max(plain_ms)
    }
}
