//! Connections of agents as the control plane sees them: heartbeats, silence, return (ecs.md §6.3, §6.4).
//!
//! Silence only stops new placement. It must never stop or replace a task by itself.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::sim::command::LaunchInstances;
use crate::sim::command::platform::Setting;
use crate::sim::control_plane::{AgentLink, ControlPlane};
use crate::sim::effects::Effects;
use crate::sim::event::ControlTimer;
use crate::sim::ids::{InstanceId, ZoneId};
use crate::sim::message::{Instruction, ReportedStatus, TaskReport};
use crate::sim::model::container_instance::{ContainerInstance, ContainerInstanceStatus};
use crate::sim::model::instance_type::InstanceType;
use crate::sim::model::task::{DesiredStatus, HealthStatus, StopCode, TaskStatus};
use crate::sim::neighbours::event::{NeighbourEvent, PlatformEvent};
use crate::sim::observation::Kind;
use crate::sim::random::Concern;

impl ControlPlane {
    /// Expects an instance that has been launched; nothing is believed of it until its agent registers.
    pub(crate) fn expect_instance(
        &mut self,
        instance: InstanceId,
        instance_type: &'static InstanceType,
        zone: ZoneId,
        launch: &LaunchInstances,
    ) {
        let attributes =
            launch.attributes.iter().map(|(name, value)| (Rc::from(name.as_str()), value.as_deref().map(Rc::from))).collect();
        let link = AgentLink {
            instance_type,
            zone,
            spot: launch.spot,
            capacity_provider: None,
            attributes,
            tasks: Vec::new(),
            disconnected_by: None,
            connected_by: None,
            offered_by: None,
            drained_by: None,
            trunk: self.trunk_of(instance_type),
        };
        self.agents.insert_at(instance, link);
    }

    /// An agent asks to connect: it is let in unless its instance was deregistered.
    pub(crate) fn agent_connects(&mut self, fx: &mut Effects, instance: InstanceId) {
        if self.agents.get(instance).is_some() {
            fx.instruct(instance, Instruction::Accept);
        }
    }

    /// The connection stands: register or mark connected, then close the gap between the two pictures.
    pub(crate) fn agent_resyncs(&mut self, fx: &mut Effects, instance: InstanceId, reports: &[TaskReport]) {
        let Some(link) = self.agents.get_mut(instance) else { return };
        link.disconnected_by = None;
        fx.wire.heard_again(instance);
        if self.registry.get(instance).is_none() {
            self.register(fx, instance);
        } else if let Some(since_ms) = self.registry.get(instance).and_then(|known| known.disconnected_since_ms) {
            self.registry.set_agent_connected(instance, true, fx.now_ms);
            let away_ms = fx.now_ms - since_ms;
            link.connected_by = Some(fx.observe(Kind::AgentConnected { instance, away_ms }));
        }
        self.registry.heard_from(instance, fx.now_ms);
        for report in reports {
            self.hear_of_task(fx, report);
        }
        self.repair_gap(fx, instance, reports);
    }

    fn register(&mut self, fx: &mut Effects, instance: InstanceId) {
        let link = &self.agents[instance];
        let zone_name = self.zone_name(link.zone).clone();
        let mut row = ContainerInstance::new(instance, link.instance_type, link.zone, &zone_name, fx.now_ms);
        row.spot = link.spot;
        row.capacity_provider = link.capacity_provider;
        Rc::make_mut(&mut row.attributes).extend(link.attributes.iter().cloned());
        let trunk = self.agents[instance].trunk;
        if let Some(branches) = trunk {
            row.begin_trunk(branches);
        }
        self.registry.register(row);
        self.registry.set_agent_connected(instance, true, fx.now_ms);
        let registered = fx.lead(Kind::InstanceRegistered { instance });
        if trunk.is_some() {
            let attach_ms = fx.draw(Concern::NetworkInterface, &[u64::from(instance.0), 3], &fx.tuning.eni_attach_ms);
            fx.at_neighbour(attach_ms, NeighbourEvent::Platform(PlatformEvent::TrunkWanted { instance }));
        }
        self.agents.get_mut(instance).expect("an expected instance").offered_by = Some(registered);
        let phase = fx.draw(Concern::HeartbeatPhase, &[u64::from(instance.0)], &[0, fx.tuning.heartbeat_period_ms]);
        fx.by_the_clock(|fx| fx.control_timer(phase, ControlTimer::Heartbeat(instance)));
    }

    /// What trunking gives a server launched now (ecs.md §9.2).
    fn trunk_of(&self, instance_type: &InstanceType) -> Option<u8> {
        match self.awsvpc_trunking {
            Setting::Enabled => Some(instance_type.trunk_enis).filter(|branches| *branches > 0),
            Setting::Disabled => None,
        }
    }

    /// Does it still wait for its trunk network interface?
    pub(crate) fn is_registering(&self, instance: InstanceId) -> bool {
        self.registry.get(instance).is_some_and(|known| known.status == ContainerInstanceStatus::Registering)
    }

    /// The trunk network interface of a deregistered instance is gone: so is the instance.
    pub(crate) fn trunk_deleted(&mut self, fx: &mut Effects, instance: InstanceId) {
        fx.observe(Kind::InstanceDeregistered { instance });
        self.registry.deregister(instance);
    }

    /// What the control plane wants and the agent does not know is said again; what the agent has and nobody wants is stopped.
    fn repair_gap(&mut self, fx: &mut Effects, instance: InstanceId, reports: &[TaskReport]) {
        let known: BTreeMap<_, _> = reports.iter().map(|report| (report.task, report.status)).collect();
        let assigned = self.agents[instance].tasks.clone();
        for id in assigned {
            let Some(task) = self.tasks.get(id) else { continue };
            match (task.desired_status, task.last_status, known.contains_key(&id)) {
                (DesiredStatus::Running, TaskStatus::Pending, false) => {
                    let payload = self.payload(id);
                    fx.instruct(instance, Instruction::StartTask(payload));
                }
                // Its target is drained first.
                (DesiredStatus::Stopped, TaskStatus::Deactivating, true) => {}
                (DesiredStatus::Stopped, _, true) => {
                    let code = task.stopped.as_ref().map_or(StopCode::UserInitiated, |stopped| stopped.code);
                    fx.instruct(instance, Instruction::StopTask { task: id, code });
                }
                (DesiredStatus::Running, TaskStatus::Activating | TaskStatus::Running, false)
                | (DesiredStatus::Stopped, TaskStatus::Deactivating | TaskStatus::Stopping, false) => {
                    self.hear_of_task(fx, &lost(id));
                }
                (DesiredStatus::Running | DesiredStatus::Stopped, _, _) => {}
            }
        }
        for (id, status) in known {
            let forgotten = self.tasks.get(id).is_none_or(|task| task.last_status == TaskStatus::Stopped);
            if forgotten && status != ReportedStatus::Stopped {
                fx.instruct(instance, Instruction::StopTask { task: id, code: StopCode::UserInitiated });
            }
        }
    }

    /// The agent says goodbye in good order, or its connection is seen to end.
    pub(crate) fn agent_closes(&mut self, fx: &mut Effects, instance: InstanceId) {
        self.mark_disconnected(fx, instance);
    }

    /// Time for a heartbeat: an agent that has been silent for too long is marked disconnected.
    /// Ledger: agent.silent.
    pub(crate) fn beat(&mut self, fx: &mut Effects, instance: InstanceId) {
        let Some(known) = self.registry.get(instance) else { return };
        let silent_ms = fx.now_ms - self.registry.last_heard_at_ms(instance).unwrap_or(fx.now_ms);
        if known.agent_connected {
            if silent_ms > fx.tuning.heartbeat_patience_ms {
                let silence = fx.wire.silence(instance);
                fx.because(silence, |fx| {
                    self.mark_disconnected(fx, instance);
                    fx.instruct(instance, Instruction::Close);
                });
            } else {
                fx.instruct(instance, Instruction::Heartbeat);
            }
        }
        let period = fx.tuning.heartbeat_period_ms;
        fx.control_timer(period, ControlTimer::Heartbeat(instance));
    }

    fn mark_disconnected(&mut self, fx: &mut Effects, instance: InstanceId) {
        if !self.registry.get(instance).is_some_and(|known| known.agent_connected) {
            return;
        }
        let silent_for_ms = fx.now_ms - self.registry.last_heard_at_ms(instance).unwrap_or(fx.now_ms);
        self.registry.set_agent_connected(instance, false, fx.now_ms);
        let silence = fx.cause.or(fx.wire.silence(instance));
        let observed = fx.because(silence, |fx| fx.observe(Kind::AgentDisconnected { instance, silent_for_ms }));
        if let Some(link) = self.agents.get_mut(instance) {
            link.disconnected_by = Some(observed);
        }
    }

    /// EC2 says that it has terminated the instance. Only one whose agent was connected is deregistered by itself (ecs.md §6.4).
    /// Ledger: instance.terminated, instance.terminated-code.
    pub(crate) fn termination_reported(&mut self, fx: &mut Effects, instance: InstanceId) {
        let Some(known) = self.registry.get(instance) else {
            // It never came so far as to register.
            self.agents.remove(instance);
            return;
        };
        if known.agent_connected {
            let reason = format!("Host EC2 (instance {}) terminated.", instance.ec2_instance_id());
            self.give_up_instance(fx, instance, StopCode::TerminationNotice, &reason);
        }
    }

    /// Deregisters an instance; its tasks are stopped in the control plane's view, whatever their containers do.
    /// Ledger: instance.deregistered.
    pub(crate) fn give_up_instance(&mut self, fx: &mut Effects, instance: InstanceId, code: StopCode, reason: &str) {
        let Some(link) = self.agents.remove(instance) else { return };
        let known = self.registry.get(instance).map(|known| known.status);
        let trunk = link.trunk.filter(|_| known != Some(ContainerInstanceStatus::RegistrationFailed));
        let status = ContainerInstanceStatus::Deregistering;
        let deregistered = fx.observe(match trunk {
            Some(_) => Kind::InstanceStatusChanged { instance, status },
            None => Kind::InstanceDeregistered { instance },
        });
        // From now on its agent hears nothing; the narrator knows why.
        fx.wire.silenced(instance, deregistered);
        fx.because(Some(deregistered), |fx| {
            for task in link.tasks.iter().copied() {
                self.write_off(fx, task, code, reason);
            }
        });
        self.deregistered.insert(instance);
        if trunk.is_none() {
            self.registry.deregister(instance);
            return;
        }
        // Ledger: network.trunking. Its row stays until the trunk is deleted; nobody listens to its agent any more.
        self.registry.set_status(instance, status);
        self.registry.set_agent_connected(instance, false, fx.now_ms);
        let delete_ms = fx.draw(Concern::NetworkInterface, &[u64::from(instance.0), 4], &fx.tuning.eni_detach_ms);
        fx.because(Some(deregistered), |fx| fx.control_timer(delete_ms, ControlTimer::TrunkDeleted(instance)));
    }

    /// Puts an instance into ACTIVE or DRAINING.
    pub(crate) fn set_instance_status(&mut self, fx: &mut Effects, instance: InstanceId, status: ContainerInstanceStatus) {
        // One that is DEREGISTERING has no agent any more, and nothing to drain.
        let unchanged = self.registry.get(instance).is_none_or(|known| known.status == status);
        let Some(link) = self.agents.get_mut(instance).filter(|_| !unchanged) else { return };
        self.registry.set_status(instance, status);
        let changed = fx.lead(Kind::InstanceStatusChanged { instance, status });
        if status == ContainerInstanceStatus::Draining {
            link.drained_by = Some(changed);
            self.drain_service_tasks(fx, instance);
        } else {
            link.drained_by = None;
            link.offered_by = Some(changed);
            let tasks = link.tasks.clone();
            tasks.into_iter().for_each(|task| self.wake_service_of(task));
        }
    }

    /// On DRAINING, service tasks that have not come to RUNNING are stopped at once; the others are replaced (ecs.md §7.6).
    /// Ledger: instance.draining.
    fn drain_service_tasks(&mut self, fx: &mut Effects, instance: InstanceId) {
        let starting = self.agents[instance].tasks.clone();
        for id in starting {
            let task = &self.tasks[id];
            let Some((service, deployment)) = task.service.filter(|_| task.is_wanted()) else { continue };
            if task.is_starting() {
                self.stop_task(fx, id, StopCode::ServiceSchedulerInitiated, &super::stop::scaling_reason(deployment));
            } else if let (Some(cause), Some(service)) = (fx.cause, self.services.get_mut(service)) {
                service.losses.push_back(cause);
                service.wake();
            }
        }
    }
}

/// The agent does not know a task it should have: its containers are gone with the host's memory.
fn lost(task: crate::sim::ids::TaskId) -> TaskReport {
    TaskReport {
        task,
        status: ReportedStatus::Stopped,
        health: HealthStatus::Unknown,
        exits: Vec::new(),
        stopped: Some((StopCode::EssentialContainerExited, Rc::from("Essential container in task exited"))),
        because: None,
    }
}
