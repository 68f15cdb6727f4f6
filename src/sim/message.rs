//! What agents and the control plane say to each other: the only words that cross the wire.

use std::rc::Rc;

use crate::sim::ids::{TaskId, ZoneId};
use crate::sim::model::needs::Needs;
use crate::sim::model::task::{HealthStatus, StopCode};
use crate::sim::model::task_definition::TaskDefinition;

/// Everything an agent needs to run a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskPayload {
    pub task: TaskId,
    pub definition: Rc<TaskDefinition>,
    /// What it takes on its server.
    pub needs: Rc<Needs>,
    /// Stable key for chance: the same task of the same group draws the same delays whatever happens to others.
    pub key: u64,
    /// Where it runs, for the Fargate platform.
    pub zone: ZoneId,
}

/// From the control plane to an agent, or to the Fargate platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instruction {
    /// Answer to `Report::Connect`.
    Accept,
    /// The connection is closed from this side.
    Close,
    /// Any message resets the agent's patience; this one only does that.
    Heartbeat,
    StartTask(Rc<TaskPayload>),
    StopTask {
        task: TaskId,
        code: StopCode,
    },
}

/// From an agent, or from the Fargate platform, to the control plane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// May I connect?
    Connect,
    /// The connection stands; this is what runs here. Closes the gap after any silence.
    Resync(Rc<Vec<TaskReport>>),
    /// The agent ends in good order and says so.
    Closing,
    HeartbeatAck,
    /// One task changed.
    Task(Rc<TaskReport>),
    /// Metrics, and the health of tasks that have health checks.
    Telemetry(Rc<Vec<(TaskId, HealthStatus)>>),
}

/// What an agent says of one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskReport {
    pub task: TaskId,
    pub status: ReportedStatus,
    pub health: HealthStatus,
    /// One for each container that has stopped.
    pub exits: Vec<ContainerExit>,
    /// Why it stopped, when it did.
    pub stopped: Option<(StopCode, Rc<str>)>,
}

/// How far a task has come, as reported. An agent says only `Pending`, `Running`, `Stopped` (ecs.md §2.2);
/// the Fargate platform says all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReportedStatus {
    Pending,
    Activating,
    Running,
    Stopping,
    Deprovisioning,
    Stopped,
}

/// The end of one container.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ContainerExit {
    pub container: Rc<str>,
    /// `None` when it never ran.
    pub exit_code: Option<i32>,
    /// `OutOfMemoryError: Container killed due to memory usage`.
    pub reason: Option<Rc<str>>,
}
