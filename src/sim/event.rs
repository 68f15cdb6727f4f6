//! The simulator's own future, private to it: timers of either side, and messages on their way.

use crate::sim::ids::{FaultId, InstanceId, ServiceId, TaskId};
use crate::sim::message::{Instruction, Report};
use crate::sim::neighbours::event::NeighbourEvent;

/// Something that will happen.
#[derive(Clone, Debug, Hash)]
pub enum Event {
    /// A timer of the control plane.
    Control(ControlTimer),
    /// A timer of the data plane.
    Data(DataTimer),
    /// An instruction arrives at the agent of an instance.
    InstructionArrives { instance: InstanceId, instruction: Instruction },
    /// A report of an instance's agent arrives at the control plane.
    ReportArrives { instance: InstanceId, report: Report },
    /// An instruction arrives at the Fargate platform.
    FargateInstructionArrives { instruction: Instruction },
    /// A report of the Fargate platform arrives.
    FargateReportArrives { report: Report },
    /// EC2 tells the control plane that it has terminated an instance.
    TerminationReported { instance: InstanceId },
    /// The notice of a Spot interruption has run out.
    SpotNoticeOver { fault: FaultId },
    /// Something at one of the services round ECS.
    Neighbour(NeighbourEvent),
}

/// Timers of the control plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ControlTimer {
    Reconcile(ServiceId),
    /// The trunk network interface of a deregistered server is gone.
    TrunkDeleted(InstanceId),
    /// The account may start more tasks on Fargate: the service goes on.
    LaunchesGoOn(ServiceId),
    Heartbeat(InstanceId),
    /// The network interface of a task is attached, or detached after its end.
    InterfaceAttached(TaskId),
    InterfaceDetached(TaskId),
    /// A stopped task is no longer described.
    Forget(TaskId),
}

/// Timers of the data plane. `turn` tells a stale timer from a current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DataTimer {
    BootFinished {
        instance: InstanceId,
        turn: u32,
    },
    /// Has the agent heard anything lately?
    AgentListens {
        instance: InstanceId,
        turn: u32,
    },
    AgentReconnects {
        instance: InstanceId,
        turn: u32,
    },
    Telemetry {
        instance: InstanceId,
        turn: u32,
    },
    /// The next step of one container's start.
    ContainerStep {
        task: TaskId,
        container: u8,
        turn: u32,
    },
    /// One container ends by itself or after SIGTERM.
    ContainerEnds {
        task: TaskId,
        container: u8,
        turn: u32,
    },
    /// SIGKILL is due.
    ContainerKilled {
        task: TaskId,
        container: u8,
        turn: u32,
    },
    /// One health check of one container.
    HealthCheck {
        task: TaskId,
        container: u8,
        turn: u32,
    },
    /// The next phase of a Fargate task.
    FargatePhase {
        task: TaskId,
        turn: u32,
    },
    /// Something happens on a server's disk.
    Disk {
        instance: InstanceId,
    },
    /// A fault of the application strikes a task again.
    AppFault {
        task: TaskId,
        fault: FaultId,
        turn: u32,
    },
}
