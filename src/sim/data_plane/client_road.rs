//! The road between servers and everybody outside who sends requests: clients, and the load balancer with its health checks.
//!
//! It is another road than that of the agents: what is cut here runs on, and its agent says so. Start reading at
//! [`DataPlane::is_out_of_reach`].

use std::collections::{BTreeMap, BTreeSet};

use crate::sim::data_plane::DataPlane;
use crate::sim::data_plane::task_truth::Ground;
use crate::sim::ids::{FaultId, InstanceId, ObservationId, TaskId, ZoneId};
use crate::sim::model::target::Address;

/// A part of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Reach {
    Instance(InstanceId),
    /// All of a zone, its Fargate tasks as well.
    Zone(ZoneId),
}

/// A part of the network that is or was cut off.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ClientRoad {
    cuts: BTreeSet<FaultId>,
    /// The observation of the newest cut, or of its end.
    changed_by: ObservationId,
}

/// All parts that were ever cut off.
pub(crate) type ClientRoads = BTreeMap<Reach, ClientRoad>;

impl DataPlane {
    /// Nothing from outside comes through from now on.
    /// Ledger: fault.client-network.
    pub(crate) fn cut_clients_off(&mut self, reach: Reach, fault: FaultId, because: ObservationId) {
        let road = self.client_roads.entry(reach).or_insert(ClientRoad { cuts: BTreeSet::new(), changed_by: because });
        road.cuts.insert(fault);
        road.changed_by = because;
        self.touch_all_in(reach);
    }

    /// It comes through again, unless another fault cuts as well.
    pub(crate) fn let_clients_in(&mut self, reach: Reach, fault: FaultId, because: ObservationId) {
        if let Some(road) = self.client_roads.get_mut(&reach) {
            road.cuts.remove(&fault);
            road.changed_by = because;
            self.touch_all_in(reach);
        }
    }

    /// Do requests fail to reach a task at its address?
    pub(crate) fn is_out_of_reach(&self, task: TaskId, address: Address) -> bool {
        !self.client_roads.is_empty() && self.roads_to(task, address).any(|road| !road.cuts.is_empty())
    }

    /// The newest change of the road to a task.
    pub(crate) fn road_changed_by(&self, task: TaskId, address: Address) -> Option<ObservationId> {
        self.roads_to(task, address).map(|road| road.changed_by).max()
    }

    fn roads_to(&self, task: TaskId, address: Address) -> impl Iterator<Item = &ClientRoad> {
        let on_host = address.instance.and_then(|instance| self.hosts.get(instance)).map(|host| host.zone);
        let zone = on_host.or_else(|| self.tasks.get(task).map(|truth| truth.payload.zone));
        let reaches = [address.instance.map(Reach::Instance), zone.map(Reach::Zone)];
        reaches.into_iter().flatten().filter_map(|reach| self.client_roads.get(&reach))
    }

    fn touch_all_in(&mut self, reach: Reach) {
        let of_host = |instance: InstanceId| self.hosts.get(instance).map(|host| host.zone);
        let inside = |task: &TaskId| {
            let truth = &self.tasks[*task];
            match (reach, truth.ground) {
                (Reach::Instance(of), Ground::Host(instance)) => instance == of,
                (Reach::Instance(_), Ground::Fargate) => false,
                (Reach::Zone(of), Ground::Host(instance)) => of_host(instance) == Some(of),
                (Reach::Zone(of), Ground::Fargate) => truth.payload.zone == of,
            }
        };
        let tasks: Vec<TaskId> =
            self.loads.iter().map(|(task, _)| task).filter(|task| self.tasks.get(*task).is_some()).filter(inside).collect();
        tasks.into_iter().for_each(|task| self.touch(task));
    }
}
