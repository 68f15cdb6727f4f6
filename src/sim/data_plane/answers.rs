//! What a client on the network gets from a task: an answer, a refusal, or nothing.
//!
//! The one way in which load balancers, clients and discovery see the truth.

use crate::sim::data_plane::DataPlane;
use crate::sim::data_plane::host::Power;
use crate::sim::data_plane::task_truth::{Ground, Phase, TaskTruth};
use crate::sim::ids::{ObservationId, TaskId};
use crate::sim::model::target::Address;
use crate::sim::time::Millis;

/// What comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reply {
    /// An answer with a status code, after so long.
    Status { code: u16, after_ms: Millis },
    /// The machine is there, but nobody listens on the port.
    Refused,
    /// Nothing at all.
    Silence,
}

/// The service is not ready.
/// Ledger: app.not-ready.
const UNAVAILABLE: u16 = 503;

impl DataPlane {
    /// The reply to a health check at this instant.
    pub fn reply_of(&self, task: TaskId, address: Address, now_ms: Millis) -> Reply {
        if self.is_out_of_reach(task, address) {
            return Reply::Silence;
        }
        if let Some(instance) = address.instance
            && self.hosts.get(instance).is_none_or(|host| host.power != Power::On)
        {
            return Reply::Silence;
        }
        let Some(truth) = self.tasks.get(task) else {
            // On Fargate the network interface has gone with the task.
            return if address.instance.is_some() { Reply::Refused } else { Reply::Silence };
        };
        let Some(index) = listener(truth, address.container_port) else { return Reply::Refused };
        let container = &truth.containers[index];
        if !container.state.is_alive() {
            let gone = truth.ground == Ground::Fargate && truth.phase == Phase::Ended;
            return if gone { Reply::Silence } else { Reply::Refused };
        }
        if truth.hung {
            return Reply::Silence;
        }
        let app = self.app(&truth.payload.definition.family);
        let code = match now_ms < container.started_at_ms + app.ready_after_ms {
            true => UNAVAILABLE,
            false => app.health_check_status,
        };
        let after_ms = self.load(task).map_or(app.latency_ms, |load| load.latency_ms);
        Reply::Status { code, after_ms }
    }

    /// Size of an answer of a task, in KiB.
    pub fn response_kib(&self, task: TaskId) -> u32 {
        self.tasks.get(task).map_or(0, |truth| self.app(&truth.payload.definition.family).response_kib)
    }

    /// Does the app answer requests by now?
    pub fn is_ready(&self, task: TaskId, address: Address, now_ms: Millis) -> bool {
        self.ready_at(task, address).is_some_and(|ready_ms| now_ms >= ready_ms)
    }

    /// When the app of a running task is or was ready.
    pub fn ready_at(&self, task: TaskId, address: Address) -> Option<Millis> {
        let truth = self.tasks.get(task)?;
        let container = &truth.containers[listener(truth, address.container_port)?];
        let app = self.app(&truth.payload.definition.family);
        container.state.is_alive().then_some(container.started_at_ms + app.ready_after_ms)
    }

    /// The newest observation that explains what a client gets from it.
    pub fn answers_because(&self, task: TaskId, address: Address) -> Option<ObservationId> {
        let power = address.instance.and_then(|instance| self.hosts.get(instance)).and_then(|host| host.off_by);
        let truth = self.tasks.get(task);
        let app = truth.and_then(|truth| truth.answers_by.max(truth.newest));
        let power = power.filter(|_| truth.is_none_or(|truth| !truth.has_a_process()));
        power.max(app).max(self.road_changed_by(task, address))
    }
}

/// The container that listens on a port: the one that maps it, else the first essential one.
pub fn listener(truth: &TaskTruth, port: u16) -> Option<usize> {
    let containers = || 0..truth.containers.len();
    containers()
        .find(|index| truth.container_definition(*index).port_mappings.iter().any(|mapping| mapping.container_port == port))
        .or_else(|| containers().find(|index| truth.container_definition(*index).essential))
}
