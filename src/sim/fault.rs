//! The catalogue of faults. A fault changes the truth or the wire, never a belief.

use serde::{Deserialize, Serialize};

use crate::sim::ids::{InstanceId, TaskId};
use crate::sim::model::start_error::StartError;
use crate::sim::time::Millis;

/// Which way a network fault works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Direction {
    /// Nothing passes either way.
    Both,
    /// Reports of the agent do not reach the control plane.
    ToControlPlane,
    /// Instructions do not reach the agent.
    ToAgent,
}

/// The part of the network a fault works on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NetworkTarget {
    /// One server.
    Instance(InstanceId),
    /// Every server of one availability zone, by name.
    Zone(String),
}

/// Whose containers a fault of the application strikes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AppTarget {
    /// One running task, once.
    Task(TaskId),
    /// Every task of one task definition family, or of one revision of it (`family:revision`), again and again soon after each start,
    /// until healed.
    Family(String),
}

/// One way to break something. AWS Fault Injection Service has an action of the same kind for most; `fis_action` names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Fault {
    /// The essential container exits with a code.
    ContainerExit { target: AppTarget, code: i32 },
    /// The container grows past its memory limit and is killed: exit code 137.
    OutOfMemory { target: AppTarget },
    /// The app stops answering but its process lives on. Only a health check can tell.
    AppHang { task: TaskId },
    /// The ECS agent on one server stops. Containers go on.
    AgentStop { instance: InstanceId },
    /// The network between agents and the control plane is cut.
    NetworkCut { target: NetworkTarget, direction: Direction },
    /// The network between clients and servers is cut: requests and the checks of load balancers fail. Agents and tasks are well.
    ClientNetworkCut { target: NetworkTarget },
    /// Messages between agents and the control plane get lost, in per cent.
    PacketLoss { target: NetworkTarget, percent: u8 },
    /// Messages between agents and the control plane take longer.
    PacketDelay { target: NetworkTarget, extra_ms: Millis },
    /// The server loses power. Healing it boots it again.
    ServerDeath { instance: InstanceId },
    /// Every server of a zone loses power and nothing can start there.
    ZoneFailure { zone: String },
    /// Image pulls take this many times as long.
    RegistrySlow { factor: u32 },
    /// Image pulls fail.
    RegistryFailure,
    /// The server's disk is full: no container can be created there.
    DiskFull { instance: InstanceId },
    /// EC2 takes the Spot server back: a notice, then two minutes, then it is gone.
    SpotInterruption { instance: InstanceId },
    /// Fargate Spot takes the task's capacity back: SIGTERM, then two minutes.
    FargateSpotInterruption { task: TaskId },
    /// AWS gives notice that it maintains the host under a task on Fargate: when the notice is over, ECS has to move it.
    FargateTaskRetirement { task: TaskId },
    /// Fargate has no capacity to give in a zone; what runs there runs on.
    FargateCapacityUnavailable { zone: String },
    /// Something keeps the tasks of a family, or of one revision of it (`family:revision`), from starting, or from being healthy.
    StartFailure { family: String, error: StartError },
}

/// What a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Struck<'a> {
    Task(TaskId),
    /// Every task of a family, or of one revision of it.
    Family(&'a str),
    Server(InstanceId),
    /// A whole zone, by name.
    Zone(&'a str),
    /// The network between agents and the control plane.
    AgentRoad(&'a NetworkTarget),
    /// The network between clients and servers.
    ClientRoad(&'a NetworkTarget),
    ImageRegistry,
}

impl Fault {
    /// What it strikes.
    pub fn struck(&self) -> Struck<'_> {
        match self {
            Fault::ContainerExit { target: AppTarget::Task(task), .. }
            | Fault::OutOfMemory { target: AppTarget::Task(task) }
            | Fault::AppHang { task }
            | Fault::FargateSpotInterruption { task }
            | Fault::FargateTaskRetirement { task } => Struck::Task(*task),
            Fault::ContainerExit { target: AppTarget::Family(family), .. }
            | Fault::OutOfMemory { target: AppTarget::Family(family) }
            | Fault::StartFailure { family, .. } => Struck::Family(family),
            Fault::AgentStop { instance }
            | Fault::ServerDeath { instance }
            | Fault::DiskFull { instance }
            | Fault::SpotInterruption { instance } => Struck::Server(*instance),
            Fault::ZoneFailure { zone } | Fault::FargateCapacityUnavailable { zone } => Struck::Zone(zone),
            Fault::NetworkCut { target, .. } | Fault::PacketLoss { target, .. } | Fault::PacketDelay { target, .. } => {
                Struck::AgentRoad(target)
            }
            Fault::ClientNetworkCut { target } => Struck::ClientRoad(target),
            Fault::RegistrySlow { .. } | Fault::RegistryFailure => Struck::ImageRegistry,
        }
    }

    /// Does it keep agents from being heard?
    pub fn silences_agents(&self) -> bool {
        matches!(
            self,
            Fault::AgentStop { .. }
                | Fault::ServerDeath { .. }
                | Fault::ZoneFailure { .. }
                | Fault::NetworkCut { .. }
                | Fault::PacketLoss { .. }
        )
    }

    /// True when the fault strikes once and leaves nothing to heal but what it destroyed.
    pub fn is_momentary(&self) -> bool {
        matches!(self.struck(), Struck::Task(_)) && !matches!(self, Fault::AppHang { .. })
    }
}
