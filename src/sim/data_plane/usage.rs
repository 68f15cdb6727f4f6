//! How long tasks have held their reservations, by kind of task: what a bill is made of.
//!
//! Sums only, so that it does not grow with the length of a run. It knows no price; `cost` does. Start reading at [`Usage`].

use crate::sim::command::LaunchType;
use crate::sim::data_plane::DataPlane;
use crate::sim::ids::TaskId;
use crate::sim::message::TaskPayload;
use crate::sim::model::task_definition::{CpuArchitecture, OperatingSystem};
use crate::sim::time::{Millis, SECOND};

/// Fargate gives every task so much scratch space for nothing, in GiB (ecs.md §8.1).
/// Ledger: fargate.ephemeral-storage.
const FREE_STORAGE_GIB: u32 = 20;

/// What a task is built for, as far as its price is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Platform {
    LinuxX86,
    LinuxArm,
    Windows,
}

/// Tasks that cost the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsageKind {
    pub launch_type: LaunchType,
    pub platform: Platform,
    pub cpu_units: u32,
    pub memory_mib: u32,
    pub storage_gib: u32,
}

/// What the tasks of one kind have used, each from the start of its image pull to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UsageLine {
    pub kind: UsageKind,
    /// Tasks that go on, and the sum of the instants at which they began.
    running: u64,
    began_ms: u64,
    /// How long ended tasks took, and the seconds that are billed for them.
    ended_ms: Millis,
    billed_seconds: u64,
}

/// All of it, in order of kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Usage(Vec<UsageLine>);

impl UsageKind {
    fn of(payload: &TaskPayload) -> Self {
        let (definition, needs) = (&payload.definition, &payload.needs);
        let platform = match (definition.runtime.operating_system, definition.runtime.cpu_architecture) {
            (Some(OperatingSystem::Windows), _) => Platform::Windows,
            (Some(OperatingSystem::Linux) | None, Some(CpuArchitecture::Arm64)) => Platform::LinuxArm,
            (Some(OperatingSystem::Linux) | None, Some(CpuArchitecture::X86_64) | None) => Platform::LinuxX86,
        };
        Self {
            launch_type: payload.launch_type,
            platform,
            cpu_units: needs.cpu_units,
            memory_mib: needs.memory_mib,
            storage_gib: definition.ephemeral_storage_gib.unwrap_or(FREE_STORAGE_GIB),
        }
    }
}

impl UsageLine {
    /// Tasks of this kind that run now.
    pub fn running(&self) -> u64 {
        self.running
    }

    /// How long all tasks of this kind have taken together.
    pub fn taken_ms(&self, now_ms: Millis) -> Millis {
        self.ended_ms + self.running_ms(now_ms)
    }

    /// Seconds that are billed, in milliseconds: whole seconds and a minute at least for those that have ended
    /// (ecs.md §11.1), what they have taken so far for the others.
    // Ledger: cost.fargate
    pub fn billed_ms(&self, now_ms: Millis) -> Millis {
        self.billed_seconds * SECOND + self.running_ms(now_ms)
    }

    fn running_ms(&self, now_ms: Millis) -> Millis {
        self.running * now_ms - self.began_ms
    }
}

impl Usage {
    /// Each kind of task there has been.
    pub fn lines(&self) -> &[UsageLine] {
        &self.0
    }

    fn line(&mut self, kind: UsageKind) -> &mut UsageLine {
        let at = self.0.binary_search_by(|line| line.kind.cmp(&kind)).unwrap_or_else(|at| {
            self.0.insert(at, UsageLine { kind, running: 0, began_ms: 0, ended_ms: 0, billed_seconds: 0 });
            at
        });
        &mut self.0[at]
    }
}

/// The least that is billed for a task (ecs.md §11.1).
/// Ledger: cost.fargate.
const LEAST_BILLED_SECONDS: u64 = 60;

impl DataPlane {
    /// The first image pull of a task begins: from now on it counts.
    pub(crate) fn begin_usage(&mut self, now_ms: Millis, task: TaskId) {
        let truth = self.tasks.get_mut(task).expect("the task starts");
        if truth.used_since_ms.replace(truth.used_since_ms.unwrap_or(now_ms)).is_none() {
            let line = self.usage.line(UsageKind::of(&truth.payload));
            line.running += 1;
            line.began_ms += now_ms;
        }
    }

    /// A task has come to its end.
    pub(crate) fn end_usage(&mut self, now_ms: Millis, task: TaskId) {
        let Some(truth) = self.tasks.get_mut(task) else { return };
        if let Some(since_ms) = truth.used_since_ms.take() {
            let line = self.usage.line(UsageKind::of(&truth.payload));
            line.running -= 1;
            line.began_ms -= since_ms;
            line.ended_ms += now_ms - since_ms;
            line.billed_seconds += (now_ms - since_ms).div_ceil(SECOND).max(LEAST_BILLED_SECONDS);
        }
    }
}
