//! Faults that are in force: injected into the truth or the wire, kept until healed.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::sim::command::LaunchType;
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::data_plane::breakage::{FamilyFault, Hanging};
use crate::sim::data_plane::client_road::Reach;
use crate::sim::data_plane::task_truth::TaskTruth;
use crate::sim::effects::Effects;
use crate::sim::engine::Sim;
use crate::sim::event::Event;
use crate::sim::fault::{AppTarget, Direction, Fault, NetworkTarget, Struck};
use crate::sim::ids::{FaultId, InstanceId, ObservationId, TaskId, ZoneId};
use crate::sim::message::Report;
use crate::sim::model::start_error::StartError;
use crate::sim::model::task::StopCode;
use crate::sim::neighbours::event::{NeighbourEvent, PlatformEvent};
use crate::sim::neighbours::image_registry::RegistryTrouble;
use crate::sim::observation::Kind;
use crate::sim::random::{self, Concern};
use crate::sim::time::{HOUR, Millis};
use crate::sim::wire::Trouble;

/// A fault in force.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ActiveFault {
    pub what: Rc<Fault>,
    pub since_ms: Millis,
    /// The observation of its injection.
    pub injected_by: ObservationId,
    /// For a fault of a whole zone's network: the zone, so that servers launched later are struck too.
    zone: Option<ZoneId>,
}

/// All faults in force.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Faults {
    active: BTreeMap<FaultId, ActiveFault>,
    last: u32,
}

impl Faults {
    /// Faults in force, oldest first.
    pub fn active(&self) -> impl Iterator<Item = (FaultId, &ActiveFault)> {
        self.active.iter().map(|(id, fault)| (*id, fault))
    }

    /// How many have been injected so far, healed ones included: the number of the newest.
    pub fn injected(&self) -> u32 {
        self.last
    }

    /// One fault in force.
    pub fn get(&self, fault: FaultId) -> Option<&ActiveFault> {
        self.active.get(&fault)
    }

    /// A new server stands in a zone whose network may be in trouble.
    pub(crate) fn reach_new_instance(&self, fx: &mut Effects, instance: InstanceId, zone: ZoneId) {
        for (id, fault) in self.active.iter().filter(|(_, fault)| fault.zone == Some(zone)) {
            if let Some(trouble) = trouble_of(&fault.what) {
                fx.wire.trouble(instance, *id, trouble, fault.injected_by);
            }
        }
    }
}

impl Sim {
    pub(crate) fn inject(&mut self, fault: &Fault) -> Answer {
        self.check_target(fault)?;
        self.faults.last += 1;
        let (id, what) = (FaultId(self.faults.last), Rc::new(fault.clone()));
        let injected_by = self.fx.lead(Kind::FaultInjected { fault: id, what: what.clone() });
        if !fault.is_momentary() {
            let zone = match fault.struck() {
                Struck::AgentRoad(target) => self.zone_of(target),
                Struck::Task(_)
                | Struck::Family(_)
                | Struck::Server(_)
                | Struck::Zone(_)
                | Struck::ClientRoad(_)
                | Struck::ImageRegistry => None,
            };
            self.faults.active.insert(id, ActiveFault { what: what.clone(), since_ms: self.fx.now_ms, injected_by, zone });
        }
        self.strike(id, &what, injected_by);
        Ok(())
    }

    fn strike(&mut self, id: FaultId, what: &Rc<Fault>, because: ObservationId) {
        let fx = &mut self.fx;
        match &**what {
            Fault::ContainerExit { target, .. } | Fault::OutOfMemory { target } => match target {
                AppTarget::Task(task) => self.data.strike(fx, *task, what),
                AppTarget::Family(family) => {
                    let grows = matches!(&**what, Fault::OutOfMemory { .. });
                    let newest = self.control.definition_named(family).filter(|_| grows);
                    let outgrown_mib = newest.and_then(|id| self.control.definitions[id].definition.memory_limit_mib());
                    self.data.break_family(fx, id, FamilyFault { what: what.clone(), outgrown_mib, injected_by: because });
                }
            },
            Fault::AppHang { task } => self.data.set_hung(fx, *task, Hanging::Hangs),
            Fault::AgentStop { instance } => self.data.hold_agent(fx, *instance, id),
            Fault::NetworkCut { target, .. } | Fault::PacketLoss { target, .. } | Fault::PacketDelay { target, .. } => {
                let trouble = trouble_of(what).expect("a network fault troubles the wire");
                for instance in self.instances_in(target) {
                    self.fx.wire.trouble(instance, id, trouble.clone(), because);
                }
            }
            Fault::ClientNetworkCut { target } => {
                let reach = self.reach_of(target);
                self.data.cut_clients_off(reach, id, because);
            }
            Fault::ServerDeath { instance } => self.data.lose_power(fx, *instance, id),
            Fault::ZoneFailure { zone } => {
                let zone = self.control.zone_named(zone).expect("the target was checked");
                self.data.fail_zone(fx, zone, id);
            }
            Fault::RegistrySlow { factor } => self.data.images.trouble(id, RegistryTrouble::Slow { factor: *factor }, because),
            Fault::RegistryFailure => self.data.images.trouble(id, RegistryTrouble::Failing, because),
            Fault::DiskFull { instance } => {
                if let Some(host) = self.data.hosts.get_mut(*instance) {
                    host.disk_full.insert(id, because);
                }
            }
            Fault::SpotInterruption { instance } => {
                fx.lead(Kind::SpotNoticeGiven { instance: *instance });
                let notice_ms = fx.tuning.spot_notice_ms;
                fx.schedule(notice_ms, Event::SpotNoticeOver { fault: id });
                self.data.spot_notice(fx, *instance);
                self.spot_notice_in_group(*instance);
            }
            Fault::FargateSpotInterruption { task } => {
                self.data.told_by(fx, *task);
                self.data.end_task(fx, *task, StopCode::SpotInterruption, "Your Spot Task was interrupted.")
            }
            Fault::FargateTaskRetirement { task } => fx.report_from_fargate(Report::Retiring { task: *task }),
            Fault::FargateCapacityUnavailable { zone } => {
                let zone = self.control.zone_named(zone).expect("the target was checked");
                self.data.fargate_shortages.insert(id, (zone, because));
            }
            Fault::StartFailure { family, error } => {
                let definitions = self.control.definitions.iter().map(|(_, entry)| &entry.definition);
                let named = definitions.filter(|definition| definition.is_named(family)).cloned().collect();
                self.data.start_failures.begin(id, family, *error, named, because);
                role_may_change(fx, family, *error);
            }
        }
    }

    /// The two minutes are over: the server goes, unless the interruption was called off.
    pub(crate) fn spot_notice_over(&mut self, fault: FaultId) {
        if let Some(active) = self.faults.active.remove(&fault)
            && let Fault::SpotInterruption { instance } = &*active.what
        {
            self.data.terminate_host(&mut self.fx, *instance);
        }
    }

    pub(crate) fn heal(&mut self, id: FaultId) -> Answer {
        let Some(active) = self.faults.active.remove(&id) else {
            return Err(Refusal::new(
                "ResourceNotFoundException",
                "This fault has been healed already, or there is nothing to heal.",
            ));
        };
        let what = active.what;
        let healed_by = self.fx.lead(Kind::FaultHealed { fault: id, what: what.clone() });
        let fx = &mut self.fx;
        match &*what {
            Fault::ContainerExit { .. } | Fault::OutOfMemory { .. } => self.data.mend_family(id),
            Fault::AppHang { task } => self.data.set_hung(fx, *task, Hanging::Answers),
            Fault::AgentStop { instance } => self.data.release_agent(fx, *instance, id),
            Fault::NetworkCut { .. } | Fault::PacketLoss { .. } | Fault::PacketDelay { .. } => self.heal_network(id),
            Fault::ClientNetworkCut { target } => {
                let reach = self.reach_of(target);
                self.data.let_clients_in(reach, id, healed_by);
            }
            Fault::ServerDeath { instance } => self.data.restore_power(fx, *instance, id),
            Fault::ZoneFailure { zone } => {
                let zone = self.control.zone_named(zone).expect("the target was checked");
                self.data.restore_zone(fx, zone, id);
            }
            Fault::RegistrySlow { .. } | Fault::RegistryFailure => self.data.images.heal(id),
            Fault::DiskFull { instance } => {
                if let Some(host) = self.data.hosts.get_mut(*instance) {
                    host.disk_full.remove(&id);
                }
            }
            Fault::SpotInterruption { .. } | Fault::FargateSpotInterruption { .. } | Fault::FargateTaskRetirement { .. } => {}
            Fault::FargateCapacityUnavailable { .. } => {
                self.data.fargate_shortages.remove(&id);
            }
            Fault::StartFailure { family, error } => {
                self.data.start_failures.end(id);
                role_may_change(fx, family, *error);
            }
        }
        Ok(())
    }

    /// What was lost on a road is said again once it is whole, as TCP would send it again.
    fn heal_network(&mut self, id: FaultId) {
        for instance in self.fx.wire.heal(id) {
            let again = self.fx.observe(Kind::MessagesPassAgain { instance });
            self.fx.because(Some(again), |fx| self.data.resync(fx, instance));
        }
    }

    fn instances_in(&self, target: &NetworkTarget) -> Vec<InstanceId> {
        match target {
            NetworkTarget::Instance(instance) => vec![*instance],
            NetworkTarget::Zone(_) => {
                let zone = self.zone_of(target);
                self.data.hosts.iter().filter(|(_, host)| Some(host.zone) == zone).map(|(instance, _)| instance).collect()
            }
        }
    }

    fn reach_of(&self, target: &NetworkTarget) -> Reach {
        match target {
            NetworkTarget::Instance(instance) => Reach::Instance(*instance),
            NetworkTarget::Zone(zone) => Reach::Zone(self.control.zone_named(zone).expect("the target was checked")),
        }
    }

    fn zone_of(&self, target: &NetworkTarget) -> Option<ZoneId> {
        match target {
            NetworkTarget::Instance(_) => None,
            NetworkTarget::Zone(name) => self.control.zone_named(name),
        }
    }

    fn check_target(&self, fault: &Fault) -> Answer {
        match fault.struck() {
            Struck::Task(task) => self.check_task(task)?,
            Struck::Family(family) => {
                let missing = || Refusal::new("ClientException", format!("TaskDefinition not found: {family}."));
                self.control.definition_named(family).map(|_| ()).ok_or_else(missing)?;
            }
            Struck::Server(instance) => self.check_instance(instance)?,
            Struck::Zone(zone) => self.check_zone(zone)?,
            Struck::AgentRoad(target) | Struck::ClientRoad(target) => self.check_network(target)?,
            Struck::ImageRegistry => {}
        }
        let (wrong, unsupported) = ("InvalidParameterException", "UnsupportedOperation");
        let runs_on = |task: &TaskId| self.control.tasks.get(*task).map(|known| known.launch_type);
        match fault {
            Fault::AppHang { task } => refuse_if(self.data.tasks[*task].hung, wrong, "The app of this task hangs already."),
            Fault::FargateSpotInterruption { task } => {
                let on_spot = runs_on(task) == Some(LaunchType::FargateSpot);
                refuse_if(!on_spot, unsupported, "Only a task on Fargate Spot can be taken back.")
            }
            Fault::FargateTaskRetirement { task } => {
                let on_server = runs_on(task).is_none_or(|kind| kind == LaunchType::Ec2);
                refuse_if(on_server, unsupported, "Only a task on Fargate can be retired.")
            }
            Fault::SpotInterruption { instance } => {
                refuse_if(!self.data.hosts[*instance].spot, unsupported, "Only a Spot server can be taken back by EC2.")
            }
            Fault::PacketLoss { percent, .. } => refuse_if(*percent > 100, wrong, "The percentage must be from 0 to 100."),
            Fault::PacketDelay { extra_ms, .. } => refuse_if(*extra_ms > HOUR, wrong, "The delay must be at most an hour."),
            Fault::RegistrySlow { factor } => {
                refuse_if(!(1..=1_000).contains(factor), wrong, "The factor must be from 1 to 1,000.")
            }
            Fault::ContainerExit { .. }
            | Fault::OutOfMemory { .. }
            | Fault::AgentStop { .. }
            | Fault::NetworkCut { .. }
            | Fault::ClientNetworkCut { .. }
            | Fault::ServerDeath { .. }
            | Fault::ZoneFailure { .. }
            | Fault::RegistryFailure
            | Fault::DiskFull { .. }
            | Fault::FargateCapacityUnavailable { .. }
            | Fault::StartFailure { .. } => Ok(()),
        }
    }

    fn check_network(&self, target: &NetworkTarget) -> Answer {
        match target {
            NetworkTarget::Instance(instance) => self.check_instance(*instance),
            NetworkTarget::Zone(zone) => self.check_zone(zone),
        }
    }

    fn check_task(&self, task: TaskId) -> Answer {
        let alive = self.data.tasks.get(task).is_some_and(TaskTruth::has_a_process);
        if alive { Ok(()) } else { Err(Refusal::new("InvalidParameterException", "This task has no container that runs.")) }
    }

    fn check_instance(&self, instance: InstanceId) -> Answer {
        let exists =
            self.data.hosts.get(instance).is_some_and(|host| host.power != crate::sim::data_plane::host::Power::Terminated);
        if exists { Ok(()) } else { Err(Refusal::new("InvalidInstanceID.NotFound", "There is no such server any more.")) }
    }

    fn check_zone(&self, zone: &str) -> Answer {
        self.control
            .zone_named(zone)
            .map(|_| ())
            .ok_or_else(|| Refusal::new("InvalidParameterValue", format!("Invalid availability zone: [{zone}]")))
    }
}

/// IAM answers otherwise from some instant on, when it is about a role.
fn role_may_change(fx: &mut Effects, name: &str, error: StartError) {
    if error == StartError::RoleNotAssumable {
        let family = name.split(':').next().unwrap_or_default();
        let keys = [random::key_of(family), fx.now_ms];
        let after_ms = fx.draw(Concern::RoleChange, &keys, &fx.tuning.platform.role_change_ms);
        fx.at_neighbour(after_ms, NeighbourEvent::Platform(PlatformEvent::RoleChanged { family: Rc::from(family) }));
    }
}

fn refuse_if(refused: bool, code: &'static str, message: &str) -> Answer {
    if refused { Err(Refusal::new(code, message)) } else { Ok(()) }
}

fn trouble_of(fault: &Fault) -> Option<Trouble> {
    match fault {
        Fault::NetworkCut { direction, .. } => Some(Trouble::Cut(*direction)),
        Fault::PacketLoss { percent: 100, .. } => Some(Trouble::Cut(Direction::Both)),
        Fault::PacketLoss { percent, .. } => Some(Trouble::Loss { percent: *percent }),
        Fault::PacketDelay { extra_ms, .. } => Some(Trouble::Delay { extra_ms: *extra_ms }),
        Fault::ContainerExit { .. }
        | Fault::OutOfMemory { .. }
        | Fault::AppHang { .. }
        | Fault::AgentStop { .. }
        | Fault::ClientNetworkCut { .. }
        | Fault::ServerDeath { .. }
        | Fault::ZoneFailure { .. }
        | Fault::RegistrySlow { .. }
        | Fault::RegistryFailure
        | Fault::DiskFull { .. }
        | Fault::SpotInterruption { .. }
        | Fault::FargateSpotInterruption { .. }
        | Fault::FargateTaskRetirement { .. }
        | Fault::FargateCapacityUnavailable { .. }
        | Fault::StartFailure { .. } => None,
    }
}
