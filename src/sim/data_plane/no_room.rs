//! What fails for want of room on a server's disk: pulls, and the creation of containers (ecs.md §14 #31).

use std::rc::Rc;

use crate::sim::data_plane::DataPlane;
use crate::sim::data_plane::task_truth::{ContainerState, Ground};
use crate::sim::effects::Effects;
use crate::sim::ids::{InstanceId, ObservationId, TaskId};
use crate::sim::model::agent_configuration::StorageDriver;
use crate::sim::model::start_error::StartStep;
use crate::sim::model::task::StopCode;
use crate::sim::observation::Kind;

/// An image does not fit.
const NO_ROOM_FOR_IMAGE: &str = "CannotPullContainerError: failed to register layer: Error processing tar file(exit status 1): write /var/lib/docker/overlay2: no space left on device";
/// There is nothing left to make a container with.
const NO_ROOM_FOR_CONTAINER: &str =
    "CannotCreateContainerError: Error response from daemon: mkdir /var/lib/docker/overlay2: no space left on device";

/// A thin pool is cut into blocks of so many KiB, and gives none of the last tenth to a new container.
/// Ledger: disk.no-room.
const BLOCK_KIB: u64 = 512;

/// Does the disk leave no room for this step of a start? Then the start has failed.
// Ledger: disk.no-room
pub(super) fn refuses(data: &mut DataPlane, fx: &mut Effects, task: TaskId, index: usize, step: StartStep) -> bool {
    let truth = &data.tasks[task];
    let Ground::Host(instance) = truth.ground else { return false };
    let image = truth.container_definition(index).image.clone();
    match step {
        StartStep::Pull => {
            let wanted_mib = data.images.unpacked_mib(&image, &fx.tuning);
            let lacks = data.lacks_room(fx, instance, wanted_mib).filter(|_| !truth.containers[index].cached);
            let Some(because) = lacks else { return false };
            let because = because.or_else(|| data.image_to_blame(instance, &image));
            data.image_does_not_fit(fx, task, index, because)
        }
        StartStep::Create => {
            let host = data.hosts.get_mut(instance).expect("the host exists");
            let fault = host.disk_full.values().next().copied();
            let fresh = host.images.get(&image).is_some_and(|kept| kept.pulled_at_ms == fx.now_ms);
            if let Some(because) = fault {
                if fresh {
                    host.images.remove(&image);
                }
                return data.creation_fails(fx, task, index, NO_ROOM_FOR_CONTAINER, Some(because));
            }
            if fresh && let Some(because) = data.lacks_room(fx, instance, 0) {
                let because = because.or_else(|| data.image_to_blame(instance, &image));
                data.hosts.get_mut(instance).expect("the host exists").images.remove(&image);
                return data.image_does_not_fit(fx, task, index, because);
            }
            let Some((reason, because)) = data.container_does_not_fit(fx, instance) else { return false };
            let because = because.or_else(|| data.image_to_blame(instance, &image));
            data.creation_fails(fx, task, index, &reason, because)
        }
        StartStep::Interface | StartStep::Start => false,
    }
}

impl DataPlane {
    /// Nothing was written that fills the disk: then the largest image does that is not the wanted one and is in use. What its task
    /// did last led to it.
    // Ledger: disk.no-room
    fn image_to_blame(&self, instance: InstanceId, wanted: &str) -> Option<ObservationId> {
        let host = &self.hosts[instance];
        let used = host.tasks.iter().flat_map(|task| {
            let truth = &self.tasks[*task];
            truth.payload.definition.containers.iter().map(|container| (&container.image, truth.newest))
        });
        let blamed = used.filter(|(image, _)| ***image != *wanted);
        let kept = blamed.filter_map(|(image, newest)| Some((host.images.get(image)?.unpacked_mib, newest)));
        kept.max_by_key(|(unpacked_mib, _)| *unpacked_mib).and_then(|(_, newest)| newest)
    }

    fn image_does_not_fit(&mut self, fx: &mut Effects, task: TaskId, index: usize, because: Option<ObservationId>) -> bool {
        fx.because(because, |fx| self.container_fails(fx, task, index, NO_ROOM_FOR_IMAGE));
        true
    }

    /// Why no container can be created on this server.
    fn container_does_not_fit(&self, fx: &Effects, instance: InstanceId) -> Option<(String, Option<ObservationId>)> {
        match self.agent_of(instance, &fx.tuning).storage_driver {
            StorageDriver::Overlay2 => {
                let because = self.lacks_room(fx, instance, 0)?;
                Some((NO_ROOM_FOR_CONTAINER.to_string(), because))
            }
            StorageDriver::Devicemapper => {
                let held = self.disk_use(instance, fx.now_ms, &fx.tuning);
                let blocks = |mib: u64| mib * 1_024 / BLOCK_KIB;
                let (least, free) = (blocks(held.capacity_mib) / 10, blocks(held.capacity_mib.saturating_sub(held.used_mib())));
                let reason = format!(
                    "CannotCreateContainerError: Error response from daemon: devmapper: Thin Pool has {free} free data blocks which is less \
                     than minimum required {least} free data blocks. Create more free space in thin pool or use dm.min_free_space option \
                     to change behavior"
                );
                (free < least).then(|| (reason, self.hosts[instance].disk_full_by()))
            }
        }
    }

    fn creation_fails(
        &mut self,
        fx: &mut Effects,
        task: TaskId,
        index: usize,
        reason: &str,
        because: Option<ObservationId>,
    ) -> bool {
        let truth = self.tasks.get_mut(task).expect("the task starts");
        let container = truth.container_definition(index).name.clone();
        truth.containers[index].state = ContainerState::NeverRan;
        truth.containers[index].reason = Some(Rc::from(reason));
        fx.because(because, |fx| {
            let newest = fx.lead(Kind::ContainerCreateFailed { task, container });
            self.tasks.get_mut(task).expect("the task starts").newest = Some(newest);
            self.end_task(fx, task, StopCode::TaskFailedToStart, "Task failed to start");
        });
        true
    }
}
