//! The life of a task: the states as the API spells them and the ways between them (ecs.md §2.1).

use crate::sim::time::Millis;

/// `lastStatus` of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaskStatus {
    Provisioning,
    Pending,
    Activating,
    Running,
    Deactivating,
    Stopping,
    Deprovisioning,
    Stopped,
}

impl TaskStatus {
    /// Every status in the order of a life.
    pub const ALL: [Self; 8] = [
        Self::Provisioning,
        Self::Pending,
        Self::Activating,
        Self::Running,
        Self::Deactivating,
        Self::Stopping,
        Self::Deprovisioning,
        Self::Stopped,
    ];

    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Provisioning => "PROVISIONING",
            Self::Pending => "PENDING",
            Self::Activating => "ACTIVATING",
            Self::Running => "RUNNING",
            Self::Deactivating => "DEACTIVATING",
            Self::Stopping => "STOPPING",
            Self::Deprovisioning => "DEPROVISIONING",
            Self::Stopped => "STOPPED",
        }
    }

    /// What happens in this state, in one sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Provisioning => "Work before the launch, such as creating the network interface.",
            Self::Pending => "Placed; waiting for the agent to start it.",
            Self::Activating => "Being set up: image pull, container creation, registration with a load balancer.",
            Self::Running => "Its containers run.",
            Self::Deactivating => "Being taken out of the load balancer before it is stopped.",
            Self::Stopping => "Asked to end with SIGTERM; killed when the stop timeout is over.",
            Self::Deprovisioning => "Work after the stop, such as deleting the network interface.",
            Self::Stopped => "Ended.",
        }
    }

    /// A life only moves forward; short states may be skipped (ecs.md §2.1).
    /// Ledger: task.states.
    pub fn may_become(self, next: Self) -> bool {
        next > self
    }
}

/// `desiredStatus` of a task: only these two exist (ecs.md §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DesiredStatus {
    Running,
    Stopped,
}

/// `healthStatus` of a task or container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HealthStatus {
    Healthy,
    Unhealthy,
    Unknown,
}

impl HealthStatus {
    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Healthy => "HEALTHY",
            Self::Unhealthy => "UNHEALTHY",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// `stopCode` of a task (ecs.md §2.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StopCode {
    TaskFailedToStart,
    EssentialContainerExited,
    UserInitiated,
    ServiceSchedulerInitiated,
    SpotInterruption,
    TerminationNotice,
}

impl StopCode {
    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::TaskFailedToStart => "TaskFailedToStart",
            Self::EssentialContainerExited => "EssentialContainerExited",
            Self::UserInitiated => "UserInitiated",
            Self::ServiceSchedulerInitiated => "ServiceSchedulerInitiated",
            Self::SpotInterruption => "SpotInterruption",
            Self::TerminationNotice => "TerminationNotice",
        }
    }
}

/// When a task entered each state of its life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct StatusTimes([Option<Millis>; 8]);

impl StatusTimes {
    /// Notes that `status` was entered at `at_ms`.
    pub fn enter(&mut self, status: TaskStatus, at_ms: Millis) {
        self.0[status as usize] = Some(at_ms);
    }

    /// When `status` was entered, if it was.
    pub fn entered(&self, status: TaskStatus) -> Option<Millis> {
        self.0[status as usize]
    }

    /// How long `status` lasted, if it was entered and left.
    pub fn spent(&self, status: TaskStatus) -> Option<Millis> {
        let entered = self.entered(status)?;
        let left = self.0[status as usize + 1..].iter().flatten().next()?;
        Some(left - entered)
    }
}
