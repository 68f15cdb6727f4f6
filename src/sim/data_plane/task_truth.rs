//! A task as it really is: its containers, one by one.

use std::rc::Rc;

use crate::sim::data_plane::fargate::FargateHost;
use crate::sim::ids::{InstanceId, ObservationId, TaskId};
use crate::sim::message::{ContainerExit, HealthReport, ReportedStatus, TaskPayload, TaskReport};
use crate::sim::model::container_definition::{ContainerCondition, ContainerDefinition};
use crate::sim::model::task::{HealthStatus, StopCode};
use crate::sim::random;
use crate::sim::time::Millis;

/// Where its containers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ground {
    Host(InstanceId),
    Fargate,
}

/// How far the whole task has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// In the agent's queue: no room yet.
    Queued,
    /// Room is taken; containers start.
    Starting,
    Running,
    /// Told to end, or an essential container has ended.
    Ending,
    /// All containers have ended.
    Ended,
}

/// One task.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TaskTruth {
    pub payload: Rc<TaskPayload>,
    pub ground: Ground,
    pub phase: Phase,
    pub containers: Vec<Container>,
    /// Why it ends.
    pub stop: Option<(StopCode, Rc<str>)>,
    /// The app does not answer.
    pub hung: bool,
    /// The observation that last changed whether the app answers.
    pub answers_by: Option<ObservationId>,
    /// The observation that last turned its health.
    pub health_by: Option<ObservationId>,
    /// The newest observation of its containers, or the one that told it to end.
    pub newest: Option<ObservationId>,
    /// On Fargate: what the platform has said of it last; `None` before its interface is attached.
    pub fargate: Option<ReportedStatus>,
    /// Since when it counts for the bill: its first image pull.
    pub used_since_ms: Option<Millis>,
    /// On Fargate: the host its micro virtual machine lies on.
    pub fargate_host: Option<FargateHost>,
    /// Grows whenever timers set before must not count any more.
    pub turn: u32,
}

/// One container.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Container {
    pub state: ContainerState,
    pub health: HealthStatus,
    /// Failed health checks in a row.
    pub failures: u32,
    /// How often it has been started again in place.
    pub restarts: u32,
    /// Failed pulls in a row.
    pub attempts: u32,
    pub started_at_ms: Millis,
    /// Its image was on disk when its pull was due.
    pub cached: bool,
    /// Its next step came due while no agent ran to take it.
    pub stalled: bool,
    /// What went wrong, as the agent reports it.
    pub reason: Option<Rc<str>>,
}

/// How far one container has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContainerState {
    /// Its dependencies are not met yet, or nothing has been done.
    Fresh,
    Pulling,
    /// Its image is there; what it waits for is not yet.
    Pulled,
    Creating,
    Running,
    /// SIGTERM has been sent.
    Ending,
    Exited(i32),
    /// It ended before it ever ran.
    NeverRan,
}

impl ContainerState {
    /// True when it will not do anything any more.
    pub fn is_over(self) -> bool {
        match self {
            Self::Exited(_) | Self::NeverRan => true,
            Self::Fresh | Self::Pulling | Self::Pulled | Self::Creating | Self::Running | Self::Ending => false,
        }
    }

    /// True when it has a process.
    pub fn is_alive(self) -> bool {
        matches!(self, Self::Running | Self::Ending)
    }
}

impl TaskTruth {
    /// A task just assigned.
    pub fn assigned(payload: Rc<TaskPayload>, ground: Ground, phase: Phase) -> Self {
        let fresh = Container {
            state: ContainerState::Fresh,
            health: HealthStatus::Unknown,
            failures: 0,
            restarts: 0,
            attempts: 0,
            started_at_ms: 0,
            cached: false,
            stalled: false,
            reason: None,
        };
        let containers = vec![fresh; payload.definition.containers.len()];
        Self {
            payload,
            ground,
            phase,
            containers,
            stop: None,
            hung: false,
            answers_by: None,
            health_by: None,
            newest: None,
            fargate: None,
            used_since_ms: None,
            fargate_host: None,
            turn: 0,
        }
    }

    /// Its id.
    pub fn id(&self) -> TaskId {
        self.payload.task
    }

    /// The network interface of an `awsvpc` task, `eni-` and 17 hex digits.
    pub fn interface(&self) -> Option<String> {
        let (high, low) = (random::mix(&[self.payload.key, 1]), random::mix(&[self.payload.key, 2]) & 0xf);
        self.payload.definition.uses_eni().then(|| format!("eni-{high:016x}{low:x}"))
    }

    /// The definition of one of its containers.
    pub fn container_definition(&self, container: usize) -> &ContainerDefinition {
        &self.payload.definition.containers[container]
    }

    /// May this container start, as far as others are concerned?
    pub fn dependencies_are_met(&self, container: usize) -> bool {
        self.container_definition(container).depends_on.iter().all(|dependency| {
            let index = self.index_of(&dependency.container);
            index.is_none_or(|index| self.condition_is_met(index, dependency.condition))
        })
    }

    /// Can this container never start, because one it needs has failed or has taken longer than its start timeout?
    // Ledger: task.depends-on
    pub fn dependency_has_failed(&self, container: usize, now_ms: Millis) -> bool {
        self.container_definition(container).depends_on.iter().any(|dependency| {
            let index = self.index_of(&dependency.container);
            let state = index.map(|index| self.containers[index].state);
            if index.is_some_and(|index| self.has_timed_out(index, dependency.condition, now_ms)) {
                return true;
            }
            match (dependency.condition, state) {
                (ContainerCondition::Success, Some(ContainerState::Exited(code))) => code != 0,
                (_, Some(ContainerState::NeverRan)) => true,
                (ContainerCondition::Healthy, Some(ContainerState::Exited(_))) => true,
                (
                    ContainerCondition::Start
                    | ContainerCondition::Complete
                    | ContainerCondition::Success
                    | ContainerCondition::Healthy,
                    _,
                ) => false,
            }
        })
    }

    fn has_timed_out(&self, index: usize, condition: ContainerCondition, now_ms: Millis) -> bool {
        let container = &self.containers[index];
        let waits = container.state == ContainerState::Running && !self.condition_is_met(index, condition);
        let timeout_ms = self.container_definition(index).start_timeout_ms;
        waits && timeout_ms.is_some_and(|timeout_ms| now_ms >= container.started_at_ms + timeout_ms)
    }

    fn index_of(&self, name: &str) -> Option<usize> {
        self.payload.definition.containers.iter().position(|container| &*container.name == name)
    }

    fn condition_is_met(&self, index: usize, condition: ContainerCondition) -> bool {
        let container = &self.containers[index];
        match condition {
            ContainerCondition::Start => container.state.is_alive() || matches!(container.state, ContainerState::Exited(_)),
            ContainerCondition::Complete => matches!(container.state, ContainerState::Exited(_)),
            ContainerCondition::Success => container.state == ContainerState::Exited(0),
            ContainerCondition::Healthy => container.health == HealthStatus::Healthy,
        }
    }

    /// Does another container wait for this one to end?
    pub fn is_awaited(&self, container: usize) -> bool {
        let name = &self.container_definition(container).name;
        self.payload.definition.containers.iter().flat_map(|other| &other.depends_on).any(|dependency| {
            dependency.container == *name
                && matches!(dependency.condition, ContainerCondition::Complete | ContainerCondition::Success)
        })
    }

    /// Does a container that lives depend on this one?
    pub fn is_needed(&self, container: usize) -> bool {
        let name = &self.container_definition(container).name;
        let lives = |(index, other): (usize, &Container)| {
            other.state.is_alive() && self.container_definition(index).depends_on.iter().any(|each| each.container == *name)
        };
        self.containers.iter().enumerate().any(lives)
    }

    /// True when every container runs or has run.
    pub fn all_started(&self) -> bool {
        self.containers.iter().all(|container| matches!(container.state, ContainerState::Running | ContainerState::Exited(_)))
    }

    /// True when any of its containers has a process.
    pub fn has_a_process(&self) -> bool {
        self.containers.iter().any(|container| container.state.is_alive())
    }

    /// True when every container is over.
    pub fn all_over(&self) -> bool {
        self.containers.iter().all(|container| container.state.is_over())
    }

    /// Health of the task from its essential containers (ecs.md §6.1).
    /// Ledger: task.health.
    pub fn health(&self) -> HealthStatus {
        let checked: Vec<_> = self
            .containers
            .iter()
            .enumerate()
            .filter(|(index, _)| {
                let definition = self.container_definition(*index);
                definition.essential && definition.health_check.is_some()
            })
            .map(|(_, container)| container.health)
            .collect();
        if checked.contains(&HealthStatus::Unhealthy) {
            HealthStatus::Unhealthy
        } else if checked.is_empty() || checked.contains(&HealthStatus::Unknown) {
            HealthStatus::Unknown
        } else {
            HealthStatus::Healthy
        }
    }

    /// What the telemetry says of it.
    pub fn health_report(&self) -> HealthReport {
        HealthReport { task: self.id(), health: self.health(), because: self.health_by }
    }

    /// What its agent says of it: an agent knows no more words than these (ecs.md §2.2).
    /// Ledger: task.reported.
    pub fn report(&self) -> TaskReport {
        let status = match self.phase {
            Phase::Queued | Phase::Starting => ReportedStatus::Pending,
            Phase::Running => ReportedStatus::Running,
            Phase::Ending => {
                if self.all_started() {
                    ReportedStatus::Running
                } else {
                    ReportedStatus::Pending
                }
            }
            Phase::Ended => ReportedStatus::Stopped,
        };
        self.report_as(status)
    }

    /// What the Fargate platform says of it.
    pub fn report_as(&self, status: ReportedStatus) -> TaskReport {
        let exits = self.containers.iter().enumerate().filter(|(_, container)| container.state.is_over());
        let exits = exits
            .map(|(index, container)| ContainerExit {
                container: self.container_definition(index).name.clone(),
                exit_code: match container.state {
                    ContainerState::Exited(code) => Some(code),
                    ContainerState::Fresh
                    | ContainerState::Pulling
                    | ContainerState::Pulled
                    | ContainerState::Creating
                    | ContainerState::Running
                    | ContainerState::Ending
                    | ContainerState::NeverRan => None,
                },
                reason: container.reason.clone(),
            })
            .collect();
        TaskReport { task: self.id(), status, health: self.health(), exits, stopped: self.stop.clone(), because: self.newest }
    }
}
