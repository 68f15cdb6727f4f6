//! The ECS agent of a host: its connection, its patience, its queue (ecs.md §2.6, §6.3, §18.3).

use std::rc::Rc;

use crate::sim::data_plane::DataPlane;
use crate::sim::data_plane::disk::DiskChange;
use crate::sim::data_plane::host::Power;
use crate::sim::data_plane::task_truth::{Ground, Phase, TaskTruth};
use crate::sim::effects::Effects;
use crate::sim::event::DataTimer;
use crate::sim::ids::{FaultId, InstanceId, TaskId};
use crate::sim::message::{Instruction, Report, TaskPayload, Telemetry};
use crate::sim::model::task::StopCode;
use crate::sim::observation::Kind;
use crate::sim::observation::platform::PlatformFact;
use crate::sim::random::{Concern, Stream};
use crate::sim::time::Millis;
use crate::sim::wire::Way;

/// The agent itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Agent {
    /// The process runs.
    pub running: bool,
    /// It believes that its connection stands.
    pub connected: bool,
    pub last_heard_ms: Millis,
    /// The next wait before it tries to connect again.
    pub backoff_ms: Millis,
    /// When it gives up a good connection for a new one.
    pub renews_at_ms: Millis,
    /// Grows with each change of the connection: tells a stale timer.
    pub turn: u32,
}

impl DataPlane {
    /// The agent process starts: it reads what runs, and connects.
    pub(crate) fn start_agent(&mut self, fx: &mut Effects, instance: InstanceId) {
        let Some(host) = self.hosts.get_mut(instance) else { return };
        host.agent.running = true;
        host.agent.backoff_ms = fx.tuning.reconnect_first_ms;
        fx.lead(Kind::AgentStarted { instance });
        fx.wire.speaks_again(instance);
        self.disk_changes(fx, instance, DiskChange::AgentStarted);
        self.notice_exits(fx, instance);
        self.take_stalled_steps(fx, instance);
        self.connect(fx, instance);
    }

    /// A fault keeps the agent from running.
    pub(crate) fn hold_agent(&mut self, fx: &mut Effects, instance: InstanceId, fault: FaultId) {
        if let Some(host) = self.hosts.get_mut(instance) {
            host.agent_stops.insert(fault);
        }
        self.stop_agent(fx, instance);
    }

    /// A fault that kept the agent from running is gone; with the last one it starts, if its server runs.
    pub(crate) fn release_agent(&mut self, fx: &mut Effects, instance: InstanceId, fault: FaultId) {
        let Some(host) = self.hosts.get_mut(instance) else { return };
        host.agent_stops.remove(&fault);
        if host.agent_stops.is_empty() && host.power == Power::On && !host.agent.running {
            self.start_agent(fx, instance);
        }
    }

    /// The agent process ends in good order; containers go on.
    /// Ledger: agent.stopped.
    fn stop_agent(&mut self, fx: &mut Effects, instance: InstanceId) {
        let Some(host) = self.hosts.get_mut(instance) else { return };
        if !host.has_agent() {
            return;
        }
        host.agent.running = false;
        host.agent.turn += 1;
        let was_connected = std::mem::replace(&mut host.agent.connected, false);
        let stopped = fx.lead(Kind::AgentStopped { instance });
        fx.wire.silenced(instance, stopped);
        if was_connected {
            fx.report(instance, Report::Closing);
        }
    }

    fn connect(&mut self, fx: &mut Effects, instance: InstanceId) {
        let (longest_ms, growth) = (fx.tuning.reconnect_longest_ms, fx.tuning.reconnect_growth_tenths);
        let Some(host) = self.hosts.get_mut(instance) else { return };
        host.agent.turn += 1;
        host.agent.connected = false;
        let (turn, wait_ms) = (host.agent.turn, host.agent.backoff_ms);
        host.agent.backoff_ms = (wait_ms * growth / 10).min(longest_ms);
        let jitter = fx.draw(Concern::AgentBackoff, &[u64::from(instance.0), u64::from(turn)], &[0, wait_ms / 5 + 1]);
        fx.report(instance, Report::Connect);
        fx.data_timer(wait_ms + jitter, DataTimer::AgentReconnects { instance, turn });
    }

    /// No answer to the last attempt: try again.
    pub(crate) fn agent_reconnects(&mut self, fx: &mut Effects, instance: InstanceId, turn: u32) {
        let waits =
            self.hosts.get(instance).is_some_and(|host| host.has_agent() && host.agent.turn == turn && !host.agent.connected);
        if waits {
            self.connect(fx, instance);
        }
    }

    /// An instruction arrives. A host without power or agent hears nothing.
    pub(crate) fn hear(&mut self, fx: &mut Effects, instance: InstanceId, instruction: Instruction) {
        let Some(host) = self.hosts.get_mut(instance).filter(|host| host.has_agent()) else { return };
        host.agent.last_heard_ms = fx.now_ms;
        match instruction {
            Instruction::Heartbeat => {
                if host.agent.connected {
                    fx.report(instance, Report::HeartbeatAck);
                }
            }
            Instruction::Accept => self.accepted(fx, instance),
            Instruction::Close => self.connect(fx, instance),
            Instruction::StartTask(payload) => self.assign(fx, instance, payload),
            Instruction::StopTask { task, code } => self.told_to_stop(fx, task, code),
        }
    }

    fn accepted(&mut self, fx: &mut Effects, instance: InstanceId) {
        let host = self.hosts.get_mut(instance).expect("the host hears");
        if host.agent.connected {
            return;
        }
        host.agent.connected = true;
        host.agent.turn += 1;
        host.agent.backoff_ms = fx.tuning.reconnect_first_ms;
        let turn = host.agent.turn;
        let lasts_ms = fx.draw(
            Concern::PlannedReconnect,
            &[u64::from(instance.0), u64::from(turn)],
            &fx.tuning.platform.planned_reconnect_ms,
        );
        host.agent.renews_at_ms = fx.now_ms + lasts_ms;
        self.resync(fx, instance);
        let patience_ms = self.patience_ms(fx, instance, turn);
        let phase_ms =
            fx.draw(Concern::TelemetryPhase, &[u64::from(instance.0), u64::from(turn)], &[0, fx.tuning.telemetry_period_ms]);
        fx.by_the_clock(|fx| {
            fx.data_timer(patience_ms, DataTimer::AgentListens { instance, turn });
            fx.data_timer(phase_ms, DataTimer::Telemetry { instance, turn });
        });
    }

    /// Says everything it knows: after a connection, and when a road that lost messages is whole again.
    /// Ledger: agent.resync.
    pub(crate) fn resync(&mut self, fx: &mut Effects, instance: InstanceId) {
        let Some(host) = self.hosts.get(instance).filter(|host| host.has_agent() && host.agent.connected) else { return };
        let reports: Vec<_> = host.tasks.iter().filter_map(|task| self.tasks.get(*task)).map(TaskTruth::report).collect();
        fx.report(instance, Report::Resync(Rc::new(reports)));
        if !fx.wire.is_cut(instance, Way::ToControlPlane) {
            self.forget_ended(instance);
        }
    }

    fn patience_ms(&self, fx: &Effects, instance: InstanceId, turn: u32) -> Millis {
        let base_ms = fx.tuning.agent_patience_ms;
        base_ms + Stream::of(fx.seed, Concern::AgentPatience, &[u64::from(instance.0), u64::from(turn)]).below(base_ms)
    }

    /// Has it heard anything lately? If not, it closes the connection and tries anew.
    pub(crate) fn agent_listens(&mut self, fx: &mut Effects, instance: InstanceId, turn: u32) {
        let Some(host) =
            self.hosts.get(instance).filter(|host| host.has_agent() && host.agent.connected && host.agent.turn == turn)
        else {
            return;
        };
        let patience_ms = self.patience_ms(fx, instance, turn);
        let silent_ms = host.agent.last_heard_ms + patience_ms;
        let until_ms = silent_ms.min(host.agent.renews_at_ms);
        if until_ms > fx.now_ms {
            fx.data_timer(until_ms - fx.now_ms, DataTimer::AgentListens { instance, turn });
            return;
        }
        if silent_ms > fx.now_ms {
            return self.renew_connection(fx, instance);
        }
        let silence = fx.wire.silence(instance);
        fx.because(silence, |fx| {
            fx.lead(Kind::AgentGaveUpConnection { instance });
            fx.report(instance, Report::Closing);
            self.connect(fx, instance);
        });
    }

    /// Nothing is wrong: it closes the connection because it has stood for long enough, and opens a new one.
    // Ledger: planned_reconnect_ms, reconnecting_ms
    fn renew_connection(&mut self, fx: &mut Effects, instance: InstanceId) {
        let host = self.hosts.get_mut(instance).expect("the host listens");
        host.agent.connected = false;
        host.agent.turn += 1;
        let turn = host.agent.turn;
        fx.lead(Kind::Platform(Rc::new(PlatformFact::ConnectionRenewed { instance })));
        fx.report(instance, Report::Closing);
        let reconnecting_ms =
            fx.draw(Concern::PlannedReconnect, &[u64::from(instance.0), u64::from(turn)], &fx.tuning.platform.reconnecting_ms);
        fx.data_timer(reconnecting_ms, DataTimer::AgentReconnects { instance, turn });
    }

    /// Every twenty seconds: metrics, and the health of tasks that are checked.
    pub(crate) fn send_telemetry(&mut self, fx: &mut Effects, instance: InstanceId, turn: u32) {
        let Some(host) =
            self.hosts.get(instance).filter(|host| host.has_agent() && host.agent.connected && host.agent.turn == turn)
        else {
            return;
        };
        let checked = |task: &&TaskTruth| {
            task.phase == Phase::Running && task.payload.definition.containers.iter().any(|c| c.health_check.is_some())
        };
        let health: Vec<_> =
            host.tasks.iter().filter_map(|task| self.tasks.get(*task)).filter(checked).map(TaskTruth::health_report).collect();
        let usage = fx.later.map_or_else(Vec::new, |later| (later.measure_usage)(self, fx, instance));
        fx.report(instance, Report::Telemetry(Rc::new(Telemetry { health, usage })));
        let period_ms = fx.tuning.telemetry_period_ms;
        fx.data_timer(period_ms, DataTimer::Telemetry { instance, turn });
    }

    /// A task is assigned: it goes to the end of the queue.
    fn assign(&mut self, fx: &mut Effects, instance: InstanceId, payload: Rc<TaskPayload>) {
        let task = payload.task;
        if self.tasks.get(task).is_some() || self.hosts[instance].ended.contains(&task) {
            return;
        }
        self.tasks.insert_at(task, TaskTruth::assigned(payload, Ground::Host(instance), Phase::Queued));
        let host = self.hosts.get_mut(instance).expect("the host hears");
        host.tasks.insert(task);
        host.waiting.push_back(task);
        self.admit(fx, instance);
        if self.tasks.get(task).is_some_and(|truth| truth.phase == Phase::Queued) {
            fx.observe(Kind::TaskQueuedByAgent { task, instance });
        }
    }

    /// Starts tasks from the head of the queue while the first one fits; those behind it wait (ecs.md §2.6).
    /// Ledger: agent.queue.
    pub(crate) fn admit(&mut self, fx: &mut Effects, instance: InstanceId) {
        while let Some(host) = self.hosts.get_mut(instance).filter(|host| host.has_agent()) {
            let Some(task) = host.waiting.front().copied() else { return };
            let needs = self.tasks[task].payload.needs.clone();
            if !host.ledger.fits(&needs) {
                return;
            }
            host.ledger.take(&needs);
            host.waiting.pop_front();
            self.start_task(fx, task);
        }
    }

    fn told_to_stop(&mut self, fx: &mut Effects, task: TaskId, code: StopCode) {
        self.told_by(fx, task);
        self.end_task(fx, task, code, "");
    }

    /// Notes what told a task to end.
    pub(crate) fn told_by(&mut self, fx: &Effects, task: TaskId) {
        if let Some(truth) = self.tasks.get_mut(task).filter(|truth| truth.phase < Phase::Ending) {
            truth.newest = fx.cause;
        }
    }

    /// Steps that came due while no agent ran are taken now.
    fn take_stalled_steps(&mut self, fx: &mut Effects, instance: InstanceId) {
        let tasks: Vec<_> = self.hosts[instance].tasks.iter().copied().collect();
        for task in tasks {
            let truth = &self.tasks[task];
            let stalled: Vec<_> = (0..truth.containers.len()).filter(|index| truth.containers[*index].stalled).collect();
            for index in stalled {
                let truth = self.tasks.get_mut(task).expect("the task exists");
                truth.containers[index].stalled = false;
                let (container, turn) = (index as u8, truth.turn);
                fx.data_timer(0, DataTimer::ContainerStep { task, container, turn });
            }
        }
    }

    /// After a pause the agent looks at its containers: tasks whose essential container has ended are ended.
    fn notice_exits(&mut self, fx: &mut Effects, instance: InstanceId) {
        let tasks: Vec<_> = self.hosts[instance].tasks.iter().copied().collect();
        for task in tasks {
            self.react_to_exits(fx, task);
        }
    }

    /// Ended tasks whose end has been said are forgotten.
    fn forget_ended(&mut self, instance: InstanceId) {
        let ended: Vec<_> =
            self.hosts[instance].tasks.iter().copied().filter(|task| self.tasks[*task].phase == Phase::Ended).collect();
        let host = self.hosts.get_mut(instance).expect("the host exists");
        for task in ended {
            host.forget(task);
            self.tasks.remove(task);
        }
    }
}
