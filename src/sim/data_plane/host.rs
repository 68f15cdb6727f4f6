//! One server as it really is: power, disk, images, and the agent's own ledger of what is in use (ecs.md §2.6).

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use crate::sim::data_plane::agent::Agent;
use crate::sim::data_plane::disk::Disk;
use crate::sim::ids::{FaultId, ObservationId, TaskId, ZoneId};
use crate::sim::model::instance_type::InstanceType;
use crate::sim::model::needs::Needs;
use crate::sim::time::Millis;

/// Does the server have power?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Power {
    Booting,
    On,
    /// Lost; it may come back.
    Off,
    /// Gone for good.
    Terminated,
}

/// One server. In the order written: every message reads the power and the agent, which so lie together.
#[derive(Clone, Debug, Hash)]
#[repr(C)]
pub struct Host {
    pub instance_type: &'static InstanceType,
    pub zone: ZoneId,
    pub spot: bool,
    /// `ECS_ENABLE_SPOT_INSTANCE_DRAINING`: its agent drains it when EC2 gives notice.
    pub spot_draining: bool,
    pub power: Power,
    /// When it was launched, and when it was terminated: what is paid for.
    pub launched_at_ms: Millis,
    pub terminated_at_ms: Option<Millis>,
    /// Since when it is stopped, and how long it was before.
    pub stopped_at_ms: Option<Millis>,
    pub stopped_for_ms: Millis,
    /// What its volume was until it got the size it has, in GiB for a millisecond, and since when it has that.
    pub volume_gib_ms: u64,
    pub volume_since_ms: Millis,
    pub agent: Agent,
    /// What really is in use, as the agent counts it: released when containers have really ended.
    pub ledger: Ledger,
    /// Tasks the agent was given and has no room for yet; only the first is looked at.
    pub waiting: VecDeque<TaskId>,
    /// Tasks known here, ended ones too until their end has been reported.
    pub tasks: BTreeSet<TaskId>,
    /// Images on disk.
    pub images: BTreeMap<Rc<str>, KeptImage>,
    /// Ended tasks the agent still remembers, newest last: an instruction said twice starts none of them anew.
    pub ended: VecDeque<TaskId>,
    pub disk_full: BTreeMap<FaultId, ObservationId>,
    /// Faults that keep the agent from running.
    pub agent_stops: BTreeSet<FaultId>,
    /// Faults that keep it without power.
    pub outages: BTreeSet<FaultId>,
    /// The observation of its last loss of power, or of its end.
    pub off_by: Option<ObservationId>,
    /// Grows with each boot: tells a stale timer.
    pub turn: u32,
    /// What lies on its disk beside images, and how it differs from other servers.
    pub disk: Option<Rc<Disk>>,
}

/// An image on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeptImage {
    pub pulled_at_ms: Millis,
    /// When a container of it was last made.
    pub used_at_ms: Millis,
    /// What it takes there, whatever has since been pushed under its name.
    pub unpacked_mib: u64,
}

/// Room on a server as its agent counts it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ledger {
    pub cpu_units: i64,
    pub memory_mib: i64,
    tcp_ports: BTreeSet<u16>,
    udp_ports: BTreeSet<u16>,
    gpus: i64,
}

impl Ledger {
    /// Everything is free.
    pub fn of(instance_type: &InstanceType) -> Self {
        Self {
            cpu_units: i64::from(instance_type.cpu_units),
            memory_mib: i64::from(instance_type.memory_mib),
            tcp_ports: BTreeSet::new(),
            udp_ports: BTreeSet::new(),
            gpus: i64::from(instance_type.gpus),
        }
    }

    /// Is there room?
    pub fn fits(&self, needs: &Needs) -> bool {
        self.cpu_units >= i64::from(needs.cpu_units)
            && self.memory_mib >= i64::from(needs.memory_mib)
            && self.gpus >= i64::from(needs.gpus)
            && needs.tcp_ports.iter().all(|port| !self.tcp_ports.contains(port))
            && needs.udp_ports.iter().all(|port| !self.udp_ports.contains(port))
    }

    /// Takes the room.
    pub fn take(&mut self, needs: &Needs) {
        self.cpu_units -= i64::from(needs.cpu_units);
        self.memory_mib -= i64::from(needs.memory_mib);
        self.gpus -= i64::from(needs.gpus);
        self.tcp_ports.extend(&needs.tcp_ports);
        self.udp_ports.extend(&needs.udp_ports);
    }

    /// Gives it back.
    pub fn give_back(&mut self, needs: &Needs) {
        self.cpu_units += i64::from(needs.cpu_units);
        self.memory_mib += i64::from(needs.memory_mib);
        self.gpus += i64::from(needs.gpus);
        self.tcp_ports.retain(|port| !needs.tcp_ports.contains(port));
        self.udp_ports.retain(|port| !needs.udp_ports.contains(port));
    }
}

/// Ended tasks an agent remembers. Agents keep them for three hours (ecs.md §2.3); as many as can matter are enough here.
/// Ledger: agent.resync.
const REMEMBERED: usize = 128;

impl Host {
    /// A task has ended and its end has been said: only its id is kept.
    pub fn forget(&mut self, task: TaskId) {
        self.tasks.remove(&task);
        self.ended.push_back(task);
        if self.ended.len() > REMEMBERED {
            self.ended.pop_front();
        }
    }

    /// Can EC2 stop it? Spot instances of a request for once can only be terminated.
    pub fn may_stop(&self) -> bool {
        self.power != Power::Terminated && self.stopped_at_ms.is_none() && !self.spot
    }

    /// It is not stopped any more.
    pub(crate) fn end_stop(&mut self, now_ms: Millis) {
        self.stopped_for_ms += self.stopped_at_ms.take().map_or(0, |since_ms| now_ms - since_ms);
    }

    /// Its volume gets another size; what it was until now stays on the bill.
    pub(crate) fn volume_changes(&mut self, now_ms: Millis, from_gib: u32) {
        let end_ms = self.terminated_at_ms.unwrap_or(now_ms);
        self.volume_gib_ms += u64::from(from_gib) * (end_ms - self.volume_since_ms);
        self.volume_since_ms = end_ms;
    }

    /// For how long it has not been stopped, from its launch to its end or until now.
    pub fn up_ms(&self, now_ms: Millis) -> Millis {
        let end_ms = self.stopped_at_ms.or(self.terminated_at_ms).unwrap_or(now_ms);
        end_ms - self.launched_at_ms - self.stopped_for_ms
    }

    /// True when it runs and its agent runs.
    pub fn has_agent(&self) -> bool {
        self.power == Power::On && self.agent.running
    }
}
