//! The truth: hosts, their agents, containers, images on disk, real use.
//!
//! It learns what is wanted only from instructions that come over the wire. It must never name `control_plane`.
//! Start reading at [`agent`] (the voice of a host) and [`runtime`] (the life of a task's containers).

use std::collections::{BTreeMap, BTreeSet};

use crate::sim::data_plane::app::{App, Apps};
use crate::sim::data_plane::breakage::FamilyFault;
use crate::sim::data_plane::client_road::ClientRoads;
use crate::sim::data_plane::disk::{DiskChange, Settings};
use crate::sim::data_plane::fargate::FargateHost;
use crate::sim::data_plane::host::Host;
use crate::sim::data_plane::loads::Loads;
use crate::sim::data_plane::start_failures::StartFailures;
use crate::sim::data_plane::task_truth::TaskTruth;
use crate::sim::data_plane::usage::Usage;
use crate::sim::effects::Effects;
use crate::sim::event::DataTimer;
use crate::sim::ids::{FaultId, InstanceId, ObservationId, TaskId, ZoneId};
use crate::sim::neighbours::image_registry::ImageRegistry;
use crate::sim::table::Table;

pub mod agent;
pub mod answers;
pub mod app;
pub mod breakage;
mod clean_up;
pub(crate) mod client_road;
pub mod contention;
pub mod disk;
pub mod fargate;
pub mod host;
pub mod loads;
mod no_room;
pub mod power;
pub(crate) mod pull;
pub mod restart;
pub mod runtime;
pub mod start_failures;
pub mod task_truth;
pub mod telemetry;
pub mod transfer;
pub mod usage;

/// Everything that is really so.
#[derive(Clone, Debug, Default, Hash)]
pub struct DataPlane {
    pub hosts: Table<InstanceId, Host>,
    /// Tasks that have containers somewhere, or had until their end was reported.
    pub tasks: Table<TaskId, TaskTruth>,
    pub images: ImageRegistry,
    /// Volumes and agents of servers that have none of their own.
    pub(crate) fleet: Settings,
    apps: Apps,
    pub(crate) loads: Loads,
    /// The road of requests from outside, where it is or was cut.
    pub(crate) client_roads: ClientRoads,
    /// Tasks that have changed in this instant in a way their clients may notice.
    pub(crate) touched: Vec<TaskId>,
    /// Families whose containers cannot start.
    pub(crate) start_failures: StartFailures,
    /// Faults that strike every start of a family.
    family_faults: BTreeMap<FaultId, FamilyFault>,
    /// Zones without power, with the faults that say so.
    pub(crate) failed_zones: BTreeMap<ZoneId, BTreeSet<FaultId>>,
    /// What tasks have used so far.
    pub usage: Usage,
    /// Zones in which Fargate has no capacity to give, with the injections that say so.
    pub(crate) fargate_shortages: BTreeMap<FaultId, (ZoneId, ObservationId)>,
    /// Hosts under Fargate, which only truth knows, with how many tasks of the account each carries.
    pub fargate_hosts: BTreeMap<FargateHost, u32>,
}

impl DataPlane {
    /// Nothing runs; the apps behave as told.
    pub fn new(apps: Apps) -> Self {
        Self { apps, ..Self::default() }
    }

    /// How the containers of a family behave.
    pub fn app(&self, family: &str) -> App {
        self.apps.get(family).cloned().unwrap_or_default()
    }

    /// A timer of the data plane goes off.
    pub(crate) fn on_timer(&mut self, fx: &mut Effects, timer: DataTimer) {
        match timer {
            DataTimer::BootFinished { instance, turn } => self.boot_finished(fx, instance, turn),
            DataTimer::AgentListens { instance, turn } => self.agent_listens(fx, instance, turn),
            DataTimer::AgentReconnects { instance, turn } => self.agent_reconnects(fx, instance, turn),
            DataTimer::Telemetry { instance, turn } => self.send_telemetry(fx, instance, turn),
            DataTimer::ContainerStep { task, container, turn } => self.container_step(fx, task, container, turn),
            DataTimer::ContainerEnds { task, container, turn } => self.container_ends(fx, task, container, turn),
            DataTimer::ContainerKilled { task, container, turn } => self.container_killed(fx, task, container, turn),
            DataTimer::HealthCheck { task, container, turn } => self.health_check(fx, task, container, turn),
            DataTimer::FargatePhase { task, turn } => self.fargate_phase(fx, task, turn),
            DataTimer::AppFault { task, fault, turn } => {
                if let Some(later) = fx.later {
                    (later.family_fault_strikes)(self, fx, task, fault, turn);
                }
            }
            DataTimer::Disk { instance } => self.disk_changes(fx, instance, DiskChange::Wake),
        }
    }

    /// Something happens that may matter to a server's disk.
    fn disk_changes(&mut self, fx: &mut Effects, instance: InstanceId, change: DiskChange) {
        if let Some(later) = fx.later {
            (later.disk_changes)(self, fx, instance, change);
        }
    }

    /// True when nothing can run in the zone.
    pub fn zone_has_failed(&self, zone: ZoneId) -> bool {
        self.failed_zones.get(&zone).is_some_and(|faults| !faults.is_empty())
    }
}
