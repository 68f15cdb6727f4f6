//! Servers come and go: launch, boot, loss of power, termination.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use crate::sim::data_plane::DataPlane;
use crate::sim::data_plane::agent::Agent;
use crate::sim::data_plane::disk::DiskChange;
use crate::sim::data_plane::host::{Host, Ledger, Power};
use crate::sim::data_plane::task_truth::{ContainerState, Ground, Phase};
use crate::sim::effects::Effects;
use crate::sim::event::{DataTimer, Event};
use crate::sim::ids::{FaultId, InstanceId, ObservationId, TaskId, ZoneId};
use crate::sim::message::Report;
use crate::sim::model::instance_type::InstanceType;
use crate::sim::model::task::StopCode;
use crate::sim::observation::Kind;
use crate::sim::observation::capacity::CapacityFact;
use crate::sim::random::Concern;
use crate::sim::time::Millis;

/// From EC2's answer to the machine really being gone, and to the control plane being told.
/// Ledger: instance.termination-time.
const TERMINATION_MS: u64 = 2_000;
/// What an agent says of a task whose containers have gone with the power of its server.
const CONTAINER_EXITED: &str = "Essential container in task exited";
/// What Fargate says of a task whose host is lost.
const HOST_FAILED: &str = "The underlying infrastructure hosting the task failed";

impl DataPlane {
    /// Launches one EC2 instance. It joins the cluster when its agent registers.
    pub(crate) fn launch_host(
        &mut self,
        fx: &mut Effects,
        instance_type: &'static InstanceType,
        zone: ZoneId,
        spot: bool,
    ) -> InstanceId {
        let instance = self.hosts.insert(Host {
            instance_type,
            zone,
            spot,
            spot_draining: false,
            power: Power::Booting,
            launched_at_ms: fx.now_ms,
            terminated_at_ms: None,
            stopped_at_ms: None,
            stopped_for_ms: 0,
            volume_gib_ms: 0,
            volume_since_ms: fx.now_ms,
            agent: Agent::default(),
            ledger: Ledger::of(instance_type),
            waiting: VecDeque::new(),
            tasks: BTreeSet::new(),
            images: BTreeMap::new(),
            ended: VecDeque::new(),
            disk_full: BTreeMap::new(),
            agent_stops: BTreeSet::new(),
            outages: self.failed_zones.get(&zone).cloned().unwrap_or_default(),
            off_by: None,
            turn: 0,
            disk: None,
        });
        fx.wire.open(instance);
        fx.lead(Kind::InstanceLaunched { instance });
        if self.zone_has_failed(zone) {
            self.hosts.get_mut(instance).expect("just launched").power = Power::Off;
        } else {
            self.boot(fx, instance);
        }
        instance
    }

    /// Sets what the agent of a new host does when EC2 gives notice.
    pub(crate) fn set_spot_draining(&mut self, instance: InstanceId, spot_draining: bool) {
        self.hosts.get_mut(instance).expect("the host exists").spot_draining = spot_draining;
    }

    /// EC2 gives notice: an agent that is told to drains its instance (ecs.md §7.6).
    pub(crate) fn spot_notice(&mut self, fx: &mut Effects, instance: InstanceId) {
        if self.hosts.get(instance).is_some_and(|host| host.spot_draining && host.has_agent() && host.agent.connected) {
            fx.report(instance, Report::Draining);
        }
    }

    fn boot(&mut self, fx: &mut Effects, instance: InstanceId) {
        let host = self.hosts.get_mut(instance).expect("the host exists");
        host.power = Power::Booting;
        host.turn += 1;
        let turn = host.turn;
        let boot_ms = fx.draw(Concern::Boot, &[u64::from(instance.0), u64::from(turn)], &fx.tuning.boot_ms);
        fx.data_timer(boot_ms, DataTimer::BootFinished { instance, turn });
    }

    /// The operating system is up and starts the agent.
    pub(crate) fn boot_finished(&mut self, fx: &mut Effects, instance: InstanceId, turn: u32) {
        let Some(host) = self.hosts.get_mut(instance).filter(|host| host.turn == turn && host.power == Power::Booting) else {
            return;
        };
        host.power = Power::On;
        let stays_down = !host.agent_stops.is_empty();
        fx.lead(Kind::Booted { instance });
        if !stays_down {
            self.start_agent(fx, instance);
        }
    }

    /// Turns a host on at once, as a scenario finds it.
    pub(crate) fn power_on_now(&mut self, fx: &mut Effects, instance: InstanceId) {
        let turn = self.hosts[instance].turn;
        self.boot_finished(fx, instance, turn);
    }

    /// The host loses power: everything on it stops, and nobody says goodbye.
    pub(crate) fn lose_power(&mut self, fx: &mut Effects, instance: InstanceId, fault: FaultId) {
        let Some(host) = self.hosts.get_mut(instance).filter(|host| host.power != Power::Terminated) else { return };
        host.outages.insert(fault);
        if host.power == Power::Off {
            return;
        }
        let lost = fx.lead(Kind::PowerLost { instance });
        self.turn_off(fx, instance, lost, StopCode::EssentialContainerExited, CONTAINER_EXITED);
    }

    /// EC2 stops the instance: the agent takes its leave, containers end, the disk stays. Nobody deregisters it (ecs.md §6.4).
    /// Ledger: instance.stopped.
    pub(crate) fn stop_host(&mut self, fx: &mut Effects, instance: InstanceId) {
        let Some(host) = self.hosts.get_mut(instance).filter(|host| host.may_stop()) else { return };
        host.stopped_at_ms = Some(fx.now_ms);
        let (was_on, was_connected) = (host.power != Power::Off, host.agent.connected);
        let stopped = fx.lead(Kind::Capacity(Rc::new(CapacityFact::InstanceStopped { instance })));
        if was_connected {
            fx.report(instance, Report::Closing);
        }
        if was_on {
            let reason = format!("Host EC2 (instance {}) stopped.", instance.ec2_instance_id());
            self.turn_off(fx, instance, stopped, StopCode::TerminationNotice, &reason);
        }
    }

    /// EC2 starts a stopped instance, where there is power.
    pub(crate) fn start_host(&mut self, fx: &mut Effects, instance: InstanceId) {
        let now_ms = fx.now_ms;
        let Some(host) = self.hosts.get_mut(instance).filter(|host| host.stopped_at_ms.is_some()) else { return };
        host.end_stop(now_ms);
        let powered = host.outages.is_empty();
        let zone = host.zone;
        fx.lead(Kind::Capacity(Rc::new(CapacityFact::InstanceStarted { instance })));
        if powered && !self.zone_has_failed(zone) {
            self.boot(fx, instance);
        }
    }

    fn turn_off(&mut self, fx: &mut Effects, instance: InstanceId, by: ObservationId, code: StopCode, reason: &str) {
        self.disk_changes(fx, instance, DiskChange::PowerLost);
        let host = self.hosts.get_mut(instance).expect("the host exists");
        host.power = Power::Off;
        host.off_by = Some(by);
        host.turn += 1;
        host.agent.running = false;
        host.agent.connected = false;
        host.agent.turn += 1;
        fx.wire.silenced(instance, by);
        self.kill_everything(fx.now_ms, instance, (code, reason), by);
    }

    /// Containers end without a word; what is known of them stays on the agent's disk for its return.
    fn kill_everything(&mut self, now_ms: Millis, instance: InstanceId, stop: (StopCode, &str), because: ObservationId) {
        let host = self.hosts.get_mut(instance).expect("the host exists");
        host.ledger = Ledger::of(host.instance_type);
        host.waiting.clear();
        let tasks: Vec<TaskId> = host.tasks.iter().copied().collect();
        for task in tasks {
            self.kill_task(now_ms, task, stop, because);
        }
    }

    fn kill_task(&mut self, now_ms: Millis, task: TaskId, (code, reason): (StopCode, &str), because: ObservationId) {
        self.end_usage(now_ms, task);
        self.touch(task);
        let Some(truth) = self.tasks.get_mut(task).filter(|truth| truth.phase != Phase::Ended) else { return };
        truth.turn += 1;
        truth.newest = Some(because);
        truth.phase = Phase::Ended;
        truth.stop.get_or_insert_with(|| (code, Rc::from(reason)));
        for container in &mut truth.containers {
            container.state = match container.state {
                ContainerState::Running | ContainerState::Ending => ContainerState::Exited(137),
                ContainerState::Fresh
                | ContainerState::Pulling
                | ContainerState::Pulled
                | ContainerState::Creating
                | ContainerState::NeverRan => ContainerState::NeverRan,
                ContainerState::Exited(code) => ContainerState::Exited(code),
            };
        }
    }

    /// A fault that kept the host without power is gone; with the last one it boots again.
    pub(crate) fn restore_power(&mut self, fx: &mut Effects, instance: InstanceId, fault: FaultId) {
        let Some(host) = self.hosts.get_mut(instance) else { return };
        host.outages.remove(&fault);
        if host.power == Power::Off && host.outages.is_empty() && host.stopped_at_ms.is_none() {
            self.boot(fx, instance);
        }
    }

    /// EC2 terminates the instance for good, and says so.
    pub(crate) fn terminate_host(&mut self, fx: &mut Effects, instance: InstanceId) {
        let now_ms = fx.now_ms;
        let Some(host) = self.hosts.get_mut(instance).filter(|host| host.power != Power::Terminated) else { return };
        host.power = Power::Terminated;
        host.terminated_at_ms = Some(now_ms);
        host.end_stop(now_ms);
        host.turn += 1;
        host.agent.running = false;
        host.agent.connected = false;
        host.agent.turn += 1;
        let terminated = fx.lead(Kind::InstanceTerminated { instance });
        self.hosts.get_mut(instance).expect("the host exists").off_by = Some(terminated);
        fx.wire.silenced(instance, terminated);
        self.kill_everything(now_ms, instance, (StopCode::TerminationNotice, CONTAINER_EXITED), terminated);
        let host = self.hosts.get_mut(instance).expect("the host exists");
        host.disk = None;
        let tasks = std::mem::take(&mut host.tasks);
        for task in tasks {
            self.tasks.remove(task);
        }
        fx.schedule(TERMINATION_MS, Event::TerminationReported { instance });
    }

    /// A zone fails: every host in it, and what runs on Fargate there.
    pub(crate) fn fail_zone(&mut self, fx: &mut Effects, zone: ZoneId, fault: FaultId) {
        self.failed_zones.entry(zone).or_default().insert(fault);
        let struck: Vec<_> = self.hosts.iter().filter(|(_, host)| host.zone == zone).map(|(instance, _)| instance).collect();
        for instance in struck {
            fx.because(fx.cause, |fx| self.lose_power(fx, instance, fault));
        }
        let on_fargate: Vec<_> = self
            .tasks
            .iter()
            .filter(|(_, truth)| truth.ground == Ground::Fargate && truth.payload.zone == zone && truth.phase != Phase::Ended)
            .map(|(task, _)| task)
            .collect();
        for task in on_fargate {
            let because = fx.cause.expect("a fault has been injected");
            // Ledger: fargate.host-loss.
            self.kill_task(fx.now_ms, task, (StopCode::TerminationNotice, HOST_FAILED), because);
            let turn = self.tasks[task].turn;
            let notice_ms = fx.tuning.fargate_host_loss_ms;
            fx.data_timer(notice_ms, DataTimer::FargatePhase { task, turn });
        }
    }

    /// The zone is back: its hosts boot again.
    pub(crate) fn restore_zone(&mut self, fx: &mut Effects, zone: ZoneId, fault: FaultId) {
        if let Some(faults) = self.failed_zones.get_mut(&zone) {
            faults.remove(&fault);
        }
        let struck: Vec<_> = self.hosts.iter().filter(|(_, host)| host.zone == zone).map(|(instance, _)| instance).collect();
        for instance in struck {
            self.restore_power(fx, instance, fault);
        }
    }
}
