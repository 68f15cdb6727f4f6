//! What agents and the control plane say to each other: the only words that cross the wire.

use std::rc::Rc;

use crate::sim::command::LaunchType;
use crate::sim::command::platform::PublicIp;
use crate::sim::ids::{ObservationId, TaskId, ZoneId};
use crate::sim::model::needs::Needs;
use crate::sim::model::task::{HealthStatus, StopCode};
use crate::sim::model::task_definition::TaskDefinition;

/// Everything an agent needs to run a task.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TaskPayload {
    pub task: TaskId,
    pub definition: Rc<TaskDefinition>,
    /// What it takes on its server.
    pub needs: Rc<Needs>,
    /// Stable key for chance: the same task of the same group draws the same delays whatever happens to others.
    pub key: u64,
    /// What it runs on.
    pub launch_type: LaunchType,
    /// Where it runs, for the Fargate platform.
    pub zone: ZoneId,
    /// Has it an address of its own through which it reaches what lies outside?
    pub public_ip: PublicIp,
}

/// From the control plane to an agent, or to the Fargate platform.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Report {
    /// May I connect?
    Connect,
    /// The connection stands; this is what runs here. Closes the gap after any silence.
    Resync(Rc<Vec<TaskReport>>),
    /// The agent ends in good order and says so.
    Closing,
    HeartbeatAck,
    /// The agent has seen the notice of a Spot interruption and drains its instance.
    Draining,
    /// The Fargate platform has to move a task, because it maintains the host under it.
    Retiring {
        task: TaskId,
    },
    /// One task changed.
    Task(Rc<TaskReport>),
    /// Metrics, and the health of tasks that have health checks.
    Telemetry(Rc<Telemetry>),
}

/// What leaves an agent every twenty seconds (ecs.md §6.3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Telemetry {
    pub health: Vec<HealthReport>,
    /// Of every running task, once someone collects metrics.
    pub usage: Vec<TaskUsage>,
}

/// What one task really uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TaskUsage {
    pub task: TaskId,
    pub cpu_units: u32,
    pub memory_mib: u32,
}

/// What the platform says when a zone has nothing to give (ecs.md §5 #17).
pub const NO_CAPACITY: &str = "Capacity is unavailable at this time. Please try again later or in a different availability zone";

/// The health of one task, as its checks have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HealthReport {
    pub task: TaskId,
    pub health: HealthStatus,
    /// The observation that turned it: for the narrator, no rule reads it.
    pub because: Option<ObservationId>,
}

/// What an agent says of one task.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TaskReport {
    pub task: TaskId,
    pub status: ReportedStatus,
    pub health: HealthStatus,
    /// One for each container that has stopped.
    pub exits: Vec<ContainerExit>,
    /// Why it stopped, when it did.
    pub stopped: Option<(StopCode, Rc<str>)>,
    /// The newest observation of its containers: for the narrator, no rule reads it.
    pub because: Option<ObservationId>,
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
