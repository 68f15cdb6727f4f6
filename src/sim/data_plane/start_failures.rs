//! Families whose containers cannot start, and what becomes of one that tries (ecs.md §2.9, §14 #8, #9, #13, #31).

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::sim::command::platform::PublicIp;
use crate::sim::data_plane::task_truth::{ContainerState, Ground};
use crate::sim::data_plane::{DataPlane, no_room};
use crate::sim::effects::Effects;
use crate::sim::event::DataTimer;
use crate::sim::ids::{FaultId, ObservationId, TaskId};
use crate::sim::message::TaskPayload;
use crate::sim::model::start_error::{StartError, StartStep};
use crate::sim::model::task::StopCode;
use crate::sim::model::task_definition::{ContainerDefinition, TaskDefinition};
use crate::sim::observation::Kind;
use crate::sim::observation::platform::PlatformFact;

/// What is wrong with which family, by fault.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct StartFailures(BTreeMap<FaultId, StartFailure>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct StartFailure {
    /// `family`, or `family:revision`.
    name: Rc<str>,
    error: StartError,
    /// The revisions of that name when it began.
    named: Vec<Rc<TaskDefinition>>,
    because: ObservationId,
}

impl StartFailures {
    /// Something goes wrong with a family, or with one revision of it.
    pub fn begin(
        &mut self,
        fault: FaultId,
        name: &str,
        error: StartError,
        named: Vec<Rc<TaskDefinition>>,
        because: ObservationId,
    ) {
        self.0.insert(fault, StartFailure { name: Rc::from(name), error, named, because });
    }

    /// It is put right.
    pub fn end(&mut self, fault: FaultId) {
        self.0.remove(&fault);
    }

    /// The oldest that strikes this container of a task and is of interest.
    pub fn of(
        &self,
        task: &TaskPayload,
        index: usize,
        wanted: impl Fn(StartError) -> bool,
    ) -> Option<(StartError, ObservationId)> {
        let mut all = self.0.values();
        all.find(|failure| wanted(failure.error) && failure.strikes(task, index)).map(|failure| (failure.error, failure.because))
    }

    /// Does no task of this family get its role?
    pub fn refuses_role_of(&self, family: &str) -> bool {
        let mut all = self.0.values().filter(|failure| failure.error == StartError::RoleNotAssumable);
        all.any(|failure| failure.named.iter().any(|definition| &*definition.family == family))
    }
}

impl StartFailure {
    /// What a definition names is missing for whoever names the same; a road is missing where no other leads out.
    // Ledger: start.ways-out
    fn strikes(&self, task: &TaskPayload, index: usize) -> bool {
        let container = &task.definition.containers[index];
        let of_family = || self.named.iter().filter(|named| named.family == task.definition.family);
        let containers = || of_family().flat_map(|named| &named.containers);
        let names_image = || containers().any(|named| named.image == container.image);
        match self.error {
            StartError::ImageNotFound | StartError::EntrypointNotFound => names_image(),
            StartError::TooManyRequests => of_family().count() > 0 && (names_image() || is_on_docker_hub(&container.image)),
            StartError::SecretNotFound | StartError::LogGroupMissing => of_family().any(|named| *named == task.definition),
            StartError::HealthCheckCommandMissing => {
                let command = |of: &ContainerDefinition| of.health_check.as_ref().map(|check| check.command.clone());
                containers().any(|named| named.image == container.image && command(named) == command(container))
            }
            StartError::NoRouteToRegistry | StartError::CopyFailed | StartError::EcrUnreachable => {
                task.definition.is_named(&self.name) && task.public_ip == PublicIp::Disabled
            }
            StartError::EcrAccessDenied
            | StartError::CreateTimeout
            | StartError::StartTimeout
            | StartError::RoleNotAssumable
            | StartError::InterfaceTimeout => task.definition.is_named(&self.name),
        }
    }
}

/// Is this where an image without the address of a registry comes from?
fn is_on_docker_hub(image: &str) -> bool {
    image.split_once('/').is_none_or(|(registry, _)| !registry.contains(['.', ':']) || registry == "docker.io")
}

/// Does the step of this container's start fail? Then what follows is under way, and the step must not be taken.
/// Ledger: start.errors.
pub(crate) fn start_fails(data: &mut DataPlane, fx: &mut Effects, task: TaskId, index: usize, step: StartStep) -> bool {
    let truth = &data.tasks[task];
    let container = &truth.containers[index];
    if matches!(step, StartStep::Interface | StartStep::Start) && container.reason.is_some() {
        // The time it was given is over.
        let reason = container.reason.clone().unwrap_or_default();
        data.container_fails(fx, task, index, &reason);
        return true;
    }
    if no_room::refuses(data, fx, task, index, step) {
        return true;
    }
    let truth = &data.tasks[task];
    if step == StartStep::Pull && data.storage_is_full(fx, task, index) {
        let reason = "CannotPullContainerError: ref pull has been retried 1 time(s): failed to extract layer: write /var/lib/containerd/io.containerd.snapshotter.v1.overlayfs: no space left on device: unknown";
        data.container_fails(fx, task, index, reason);
        return true;
    }
    let definition = truth.container_definition(index);
    let broken = data.start_failures.of(&truth.payload, index, |error| error.step() == Some(step));
    let broken = broken.filter(|_| definition.essential || step == StartStep::Interface);
    let hidden = |error| step == StartStep::Pull && data.image_on_disk_hides(fx, task, index, error);
    let Some((error, because)) = broken.filter(|(error, _)| !hidden(*error)) else { return false };
    let image = definition.image.clone();
    fx.because(Some(because), |fx| data.suffer(fx, task, index, error, &image));
    true
}

/// Is the command of the health check missing in the image of this container?
pub(crate) fn check_is_broken(data: &DataPlane, task: TaskId, index: usize) -> Option<ObservationId> {
    let broken = data.start_failures.of(&data.tasks[task].payload, index, |error| error == StartError::HealthCheckCommandMissing);
    broken.map(|(_, because)| because)
}

impl DataPlane {
    fn suffer(&mut self, fx: &mut Effects, task: TaskId, index: usize, error: StartError, image: &Rc<str>) {
        let attempts = fx.tuning.pull_attempts;
        let timeout_ms = match error {
            StartError::NoRouteToRegistry => {
                return self.pull_unanswered(fx, task, index, image, &error.reason(image, attempts));
            }
            StartError::ImageNotFound | StartError::TooManyRequests | StartError::CopyFailed | StartError::EcrAccessDenied => {
                return self.pull_failed(fx, task, index, image, &error.reason(image, attempts));
            }
            StartError::EcrUnreachable
            | StartError::SecretNotFound
            | StartError::LogGroupMissing
            | StartError::EntrypointNotFound
            | StartError::HealthCheckCommandMissing
            | StartError::RoleNotAssumable => return self.container_fails(fx, task, index, &error.reason(image, attempts)),
            StartError::InterfaceTimeout => fx.tuning.platform.interface_timeout_ms,
            StartError::CreateTimeout => fx.tuning.platform.container_create_timeout_ms,
            StartError::StartTimeout => match self.tasks[task].ground {
                Ground::Host(_) => fx.tuning.platform.container_start_timeout_ms,
                Ground::Fargate => fx.tuning.platform.fargate_start_timeout_ms,
            },
        };
        let truth = self.tasks.get_mut(task).expect("the task starts");
        let reason = match truth.ground {
            Ground::Fargate if error == StartError::StartTimeout => {
                "ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 1m".to_owned()
            }
            Ground::Fargate | Ground::Host(_) => error.reason(image, attempts),
        };
        truth.containers[index].reason = Some(Rc::from(reason));
        let timer = if error.step() == Some(StartStep::Interface) {
            // The phases after it do not come.
            truth.turn += 1;
            DataTimer::FargatePhase { task, turn: truth.turn }
        } else {
            DataTimer::ContainerStep { task, container: index as u8, turn: truth.turn }
        };
        fx.data_timer(timeout_ms, timer);
    }

    /// A container never comes to run, and its task with it.
    pub(crate) fn container_fails(&mut self, fx: &mut Effects, task: TaskId, index: usize, reason: &str) {
        let reason: Rc<str> = Rc::from(reason);
        let truth = self.tasks.get_mut(task).expect("the task starts");
        truth.containers[index].state = ContainerState::NeverRan;
        truth.containers[index].reason = None;
        let container = truth.container_definition(index).name.clone();
        truth.newest =
            Some(fx.lead(Kind::Platform(Rc::new(PlatformFact::ContainerFailed { task, container, reason: reason.clone() }))));
        self.start_has_failed(fx, task, index, &reason);
    }

    /// On a server the words stand with the container, on Fargate with the task (ecs.md §2.8, §2.9).
    pub(crate) fn start_has_failed(&mut self, fx: &mut Effects, task: TaskId, index: usize, reason: &Rc<str>) {
        let truth = self.tasks.get_mut(task).expect("the task starts");
        match truth.ground {
            Ground::Host(_) => {
                truth.containers[index].reason = Some(reason.clone());
                self.end_task(fx, task, StopCode::TaskFailedToStart, "Task failed to start");
            }
            Ground::Fargate => self.end_task(fx, task, StopCode::TaskFailedToStart, reason),
        }
    }

    /// On Fargate, would this image be more than the task's ephemeral storage can hold (ecs.md §8.1)?
    // Ledger: fargate.ephemeral-storage
    fn storage_is_full(&self, fx: &Effects, task: TaskId, index: usize) -> bool {
        let truth = &self.tasks[task];
        if truth.ground != Ground::Fargate {
            return false;
        }
        let definition = &truth.payload.definition;
        let begun = (0..truth.containers.len()).filter(|other| {
            *other == index || !matches!(truth.containers[*other].state, ContainerState::Fresh | ContainerState::Pulling)
        });
        let images: u64 = begun.map(|other| self.images.unpacked_mib(&definition.containers[other].image, &fx.tuning)).sum();
        images > definition.ephemeral_storage_mib()
    }
}
