//! Disks of servers, and how their agents are configured, in plain words.

use crate::explain::names::{count, instance_name, number};
use crate::sim::command::platform::{ConfigureAgent, ModifyVolume, SetDiskWrites};
use crate::sim::engine::Sim;
use crate::sim::ids::InstanceId;
use crate::sim::model::agent_configuration::{AgentConfiguration, StorageDriver};
use crate::sim::model::ebs_volume::{EbsVolume, VolumeType};
use crate::sim::observation::platform::Bottleneck;
use crate::sim::time::{MINUTE, SECOND, span};

fn of(instance: Option<InstanceId>) -> String {
    instance.map_or("every server".to_owned(), instance_name)
}

/// `gp3 of 30 GiB with 3,000 I/O operations and 125 MiB a second`.
pub fn volume(volume: &EbsVolume) -> String {
    let size = number(u64::from(volume.size_gib));
    match volume.volume_type {
        VolumeType::Gp2 => format!("gp2 of {size} GiB"),
        VolumeType::Gp3 => format!(
            "gp3 of {size} GiB with {} I/O operations and {} MiB a second",
            number(u64::from(volume.iops)),
            number(u64::from(volume.throughput))
        ),
    }
}

/// The volume of a server is another now.
pub fn volume_modified(instance: Option<InstanceId>, modified: &EbsVolume) -> String {
    format!("The root volume of {} is {} now", of(instance), volume(modified))
}

/// An agent is configured otherwise.
pub fn agent_configured(instance: Option<InstanceId>, agent: &AgentConfiguration) -> String {
    let images = match agent.removes_images() {
        true => format!(
            "every {} at most {} unused images at least {} old",
            span(agent.image_cleanup_interval_ms),
            agent.images_per_cleanup,
            span(agent.image_minimum_age_ms)
        ),
        false => "no images".to_owned(),
    };
    let driver = match agent.storage_driver {
        StorageDriver::Overlay2 => "",
        StorageDriver::Devicemapper => "; Docker keeps layers in a thin pool (devicemapper)",
    };
    format!(
        "The agent of {} pulls by `{}`, removes containers {} after their task has stopped, and {images}{driver}",
        of(instance),
        agent.pull_behavior.name(),
        span(agent.task_cleanup_wait_ms)
    )
}

/// `its volume (gp3, 94 MiB/s)`.
fn bottleneck_words(sim: &Sim, instance: InstanceId, bottleneck: Bottleneck) -> String {
    let carries = sim.truth().bandwidth_of(instance, sim.tuning());
    let kind = sim.truth().hosts[instance].instance_type.name;
    match bottleneck {
        Bottleneck::Network => format!("its network ({kind}, {} MiB/s)", carries.network / 1_024),
        Bottleneck::Volume => format!(
            "its volume ({}, {} MiB/s)",
            sim.truth().volume_of(instance, sim.tuning()).volume_type.name(),
            carries.volume / 1_024
        ),
    }
}

/// Pulls are slower than each would be alone.
pub fn pulls_held_back(sim: &Sim, instance: InstanceId, bottleneck: Bottleneck, pulls: u32, kib_per_second: u64) -> String {
    let (server, are) = (instance_name(instance), if pulls == 1 { "is" } else { "are" });
    format!(
        "{} on {server} {are} held back by {}: {} at the slowest, where one alone has {} MiB/s. ECS places by CPU and memory and \
         does not see it",
        count(u64::from(pulls), "image pull"),
        bottleneck_words(sim, instance, bottleneck),
        speed(kib_per_second),
        sim.tuning().platform.pull_mib_per_second
    )
}

/// `11.5 MiB/s`.
pub fn speed(kib_per_second: u64) -> String {
    format!("{}.{} MiB/s", kib_per_second / 1_024, kib_per_second % 1_024 * 10 / 1_024)
}

/// Burst credits are spent.
pub fn burst_spent(sim: &Sim, instance: InstanceId, what: Bottleneck) -> String {
    let carries = sim.truth().bandwidth_of(instance, sim.tuning());
    let (name, left) = match what {
        Bottleneck::Network => ("network", carries.network_for_ever),
        Bottleneck::Volume => ("gp2 volume", carries.volume_for_ever),
    };
    format!("The burst credits of the {name} of {} are spent: {} are left", instance_name(instance), speed(left))
}

/// The disk of a server is full.
pub fn disk_filled(instance: InstanceId, images_mib: u64, logs_mib: u64, layers_mib: u64, stopped_mib: u64) -> String {
    let parts = [(images_mib, "images"), (logs_mib, "logs"), (layers_mib, "layers"), (stopped_mib, "stopped containers")];
    let parts = parts.iter().filter(|(mib, _)| *mib > 0);
    let parts: Vec<String> = parts.map(|(mib, what)| format!("{} MiB of {what}", number(*mib))).collect();
    format!("The disk of {} is full: {}", instance_name(instance), super::names::list(&parts))
}

/// Asks that apps write more or less.
pub fn set_disk_writes(request: &SetDiskWrites) -> String {
    let part = |rate: Option<u32>, what| rate.map(|rate| format!("{} KiB/s {what}", number(u64::from(rate))));
    let parts: Vec<String> =
        [part(request.log_kib_per_second, "to its log"), part(request.layer_kib_per_second, "into its layer")]
            .into_iter()
            .flatten()
            .collect();
    format!("Let each container of {} write {}", request.family, super::names::list(&parts))
}

/// Asks for another volume.
pub fn modify_volume(request: &ModifyVolume) -> String {
    let parts: Vec<String> = [
        request.volume_type.map(|volume_type| volume_type.name().to_owned()),
        request.size.map(|gib| format!("{} GiB", number(u64::from(gib)))),
        request.iops.map(|iops| format!("{} IOPS", number(u64::from(iops)))),
        request.throughput.map(|mib| format!("{} MiB/s", number(u64::from(mib)))),
    ]
    .into_iter()
    .flatten()
    .collect();
    format!("Modify the root volume of {}: {}", of(request.instance), parts.join(", "))
}

/// Asks for another configuration, each variable by its name.
pub fn configure_agent(request: &ConfigureAgent) -> String {
    let minutes = |minutes: u32| span(u64::from(minutes) * MINUTE);
    let parts: Vec<String> = [
        request.ecs_image_pull_behavior.map(|behavior| format!("ECS_IMAGE_PULL_BEHAVIOR={}", behavior.name())),
        request
            .ecs_engine_task_cleanup_wait_duration_seconds
            .map(|wait_s| format!("ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION={}", span(u64::from(wait_s) * SECOND))),
        request.ecs_disable_image_cleanup.map(|disabled| format!("ECS_DISABLE_IMAGE_CLEANUP={disabled}")),
        request.ecs_image_cleanup_interval_minutes.map(|each| format!("ECS_IMAGE_CLEANUP_INTERVAL={}", minutes(each))),
        request.ecs_image_minimum_cleanup_age_minutes.map(|age| format!("ECS_IMAGE_MINIMUM_CLEANUP_AGE={}", minutes(age))),
        request.ecs_num_images_delete_per_cycle.map(|images| format!("ECS_NUM_IMAGES_DELETE_PER_CYCLE={images}")),
        request.storage_driver.map(|driver| match driver {
            StorageDriver::Overlay2 => "storage-driver=overlay2".to_owned(),
            StorageDriver::Devicemapper => "storage-driver=devicemapper".to_owned(),
        }),
    ]
    .into_iter()
    .flatten()
    .collect();
    format!("Configure the agent of {}: {}", of(request.instance), parts.join(", "))
}
