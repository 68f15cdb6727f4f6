//! Reads the log as it is written and says when it tells something that cannot be.
//!
//! It knows nothing but the observations: what it accepts, a reader of the log can follow.

use std::collections::{BTreeMap, BTreeSet};

use crate::sim::ids::{FaultId, InstanceId, ObservationId, TaskId};
use crate::sim::model::task::{StopCode, TaskStatus};
use crate::sim::observation::capacity::CapacityFact;
use crate::sim::observation::platform::PlatformFact;
use crate::sim::observation::{Kind, Observation};
use crate::sim::time::Millis;

/// What has been read so far.
#[derive(Clone, Debug, Default)]
pub struct LogChecker {
    last: u64,
    last_ms: Millis,
    tasks: BTreeMap<TaskId, Life>,
    instances: BTreeMap<InstanceId, Presence>,
    faults: BTreeSet<FaultId>,
}

/// The life of a task as told.
#[derive(Clone, Debug, Default)]
struct Life {
    /// Not told when it is placed: PROVISIONING or PENDING.
    status: Option<TaskStatus>,
    decided: Option<StopCode>,
    stopped: bool,
    /// PROVISIONING without a place.
    waits: bool,
}

/// The presence of an instance as told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Launched,
    Connected,
    Disconnected,
    Deregistered,
}

impl LogChecker {
    /// Reads one more observation.
    pub fn read(&mut self, observation: &Observation) -> Result<(), String> {
        self.order(observation).and_then(|()| self.sense(&observation.kind)).map_err(|what| format!("{what}: {observation:?}"))
    }

    /// Reads many.
    pub fn read_all(&mut self, observations: &[Observation]) -> Result<(), String> {
        observations.iter().try_for_each(|observation| self.read(observation))
    }

    fn order(&mut self, observation: &Observation) -> Result<(), String> {
        let Observation { id, at_ms, cause, kind } = observation;
        if id.0 != self.last + 1 {
            return Err(format!("number {} follows {}", id.0, self.last));
        }
        if *at_ms < self.last_ms {
            return Err("time runs backwards".to_string());
        }
        if cause.is_some_and(|cause| cause >= *id || cause == ObservationId(0)) {
            return Err("the effect comes before its cause".to_string());
        }
        if cause.is_none() && needs_a_cause(kind) {
            return Err("nothing caused it".to_string());
        }
        (self.last, self.last_ms) = (id.0, *at_ms);
        Ok(())
    }

    fn sense(&mut self, kind: &Kind) -> Result<(), String> {
        match kind {
            Kind::FaultInjected { fault, .. } => no(!self.faults.insert(*fault), "injected twice"),
            Kind::FaultHealed { fault, .. } => no(!self.faults.remove(fault), "healed what was not broken"),
            Kind::InstanceLaunched { instance } => {
                no(self.instances.insert(*instance, Presence::Launched).is_some(), "launched twice")
            }
            Kind::InstanceRegistered { instance } => self.presence(*instance, &[Presence::Launched], Presence::Connected),
            Kind::AgentConnected { instance, .. } => self.presence(*instance, &[Presence::Disconnected], Presence::Connected),
            Kind::AgentDisconnected { instance, .. } => self.presence(*instance, &[Presence::Connected], Presence::Disconnected),
            Kind::InstanceDeregistered { instance } => {
                self.presence(*instance, &[Presence::Connected, Presence::Disconnected], Presence::Deregistered)
            }
            Kind::InstanceStatusChanged { instance, .. } => match self.instances.get(instance) {
                Some(Presence::Connected | Presence::Disconnected) => Ok(()),
                Some(Presence::Launched | Presence::Deregistered) | None => Err("it is not registered".to_string()),
            },
            Kind::TaskPlaced { task, .. } => match self.tasks.get_mut(task) {
                Some(life) => no(!std::mem::replace(&mut life.waits, false) || life.decided.is_some(), "placed twice"),
                None => no(self.tasks.insert(*task, Life::default()).is_some(), "placed twice"),
            },
            Kind::Capacity(fact) => match &**fact {
                CapacityFact::TaskAwaitsCapacity { task, .. } => no(
                    self.tasks.insert(*task, Life { waits: true, ..Life::default() }).is_some(),
                    "it waits after it was placed",
                ),
                CapacityFact::GroupCreated { .. }
                | CapacityFact::GroupUpdated { .. }
                | CapacityFact::DesiredCapacityChanged { .. }
                | CapacityFact::InstanceChosenForTermination { .. }
                | CapacityFact::TerminationHeld { .. }
                | CapacityFact::TerminationReleased { .. }
                | CapacityFact::InstanceLost { .. }
                | CapacityFact::InstanceAttached { .. }
                | CapacityFact::InstanceStopped { .. }
                | CapacityFact::InstanceStarted { .. }
                | CapacityFact::ProtectionChanged { .. }
                | CapacityFact::ScaleInBlocked { .. }
                | CapacityFact::LaunchFailed { .. }
                | CapacityFact::CapacityProviderCreated { .. }
                | CapacityFact::CapacityProviderUpdated { .. }
                | CapacityFact::ScaleOutAlarm { .. }
                | CapacityFact::ScaleInAlarm { .. }
                | CapacityFact::ScalingHeld { .. }
                | CapacityFact::ClusterCapacityProvidersPut
                | CapacityFact::ReservationPublished(_) => Ok(()),
            },
            Kind::TaskStatusChanged { task, from, to } => self.status(*task, *from, *to),
            Kind::TaskStopDecided { task, code, .. } => {
                let life = self.life(*task)?;
                no(life.decided.replace(*code).is_some(), "its stop was decided twice")
            }
            Kind::TaskStopped { task, code, .. } => {
                let life = self.life(*task)?;
                no(life.decided != Some(*code), "stopped for another reason than decided")?;
                no(life.status != Some(TaskStatus::Stopped), "stopped before its status says so")?;
                no(std::mem::replace(&mut life.stopped, true), "stopped twice")
            }
            Kind::TaskHealthChanged { task, .. } => {
                no(self.life(*task)?.status != Some(TaskStatus::Running), "health of a task that does not run")
            }
            Kind::TaskQueuedByAgent { task, .. }
            | Kind::ImagePullStarted { task, .. }
            | Kind::ImagePullFinished { task, .. }
            | Kind::ImagePullFailed { task, .. }
            | Kind::ContainerCreateFailed { task, .. }
            | Kind::ContainerStarted { task, .. }
            | Kind::ContainerExited { task, .. }
            | Kind::ContainerKilled { task, .. }
            | Kind::AppHung { task }
            | Kind::AppRecovered { task }
            | Kind::HealthCheckTurned { task, .. } => self.life(*task).map(|_| ()),
            Kind::CommandGiven(_)
            | Kind::CommandRefused { .. }
            | Kind::PowerLost { .. }
            | Kind::Booted { .. }
            | Kind::InstanceTerminated { .. }
            | Kind::SpotNoticeGiven { .. }
            | Kind::AgentStarted { .. }
            | Kind::AgentStopped { .. }
            | Kind::AgentGaveUpConnection { .. }
            | Kind::MessagesLost { .. }
            | Kind::MessagesPassAgain { .. }
            | Kind::TaskDefinitionRegistered { .. }
            | Kind::PlacementFailed { .. }
            | Kind::ServiceCreated { .. }
            | Kind::ServiceUpdated { .. }
            | Kind::ServiceDeleted { .. }
            | Kind::DesiredCountChanged { .. }
            | Kind::ServiceThrottled { .. }
            | Kind::ServiceEvent { .. }
            | Kind::Services(_)
            | Kind::Balancing(_)
            | Kind::Metrics(_)
            | Kind::Platform(_) => Ok(()),
        }
    }

    fn life(&mut self, task: TaskId) -> Result<&mut Life, String> {
        self.tasks.get_mut(&task).ok_or_else(|| "it was never placed".to_string())
    }

    fn status(&mut self, task: TaskId, from: TaskStatus, to: TaskStatus) -> Result<(), String> {
        let life = self.life(task)?;
        let expected = match life.status {
            Some(status) => status == from,
            None => matches!(from, TaskStatus::Provisioning | TaskStatus::Pending),
        };
        no(!expected, "it was in another status")?;
        no(!from.may_become(to), "no life goes that way")?;
        no(to > TaskStatus::Running && life.decided.is_none(), "it ends without a decision")?;
        no(to <= TaskStatus::Running && life.decided.is_some(), "it goes on though its end was decided")?;
        life.status = Some(to);
        Ok(())
    }

    fn presence(&mut self, instance: InstanceId, before: &[Presence], after: Presence) -> Result<(), String> {
        let known = self.instances.get_mut(&instance).ok_or("it was never launched")?;
        no(!before.contains(known), "it was not so before")?;
        *known = after;
        Ok(())
    }
}

fn no(wrong: bool, what: &str) -> Result<(), String> {
    if wrong { Err(what.to_string()) } else { Ok(()) }
}

/// Everything has a cause but what someone outside asks for, and how a scenario begins.
fn needs_a_cause(kind: &Kind) -> bool {
    let by_the_clock = matches!(kind, Kind::Platform(fact) if matches!(**fact, PlatformFact::ConnectionRenewed { .. }));
    !by_the_clock && !matches!(kind, Kind::CommandGiven(_) | Kind::InstanceLaunched { .. })
}
