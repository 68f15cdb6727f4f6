//! Commands about servers, obeyed: their volumes, their agents' configuration, and what apps write on them.

use std::rc::Rc;

use crate::sim::command::platform::{ConfigureAgent, ModifyVolume, SetDiskWrites};
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::data_plane::host::Power;
use crate::sim::engine::Sim;
use crate::sim::ids::InstanceId;
use crate::sim::model::agent_configuration::AgentConfiguration;
use crate::sim::model::ebs_volume::{EbsVolume, VolumeType};
use crate::sim::observation::Kind;
use crate::sim::observation::platform::PlatformFact;
use crate::sim::time::{MINUTE, SECOND};

/// A container writes at most so much a second. Chosen for teaching.
/// Ledger: limits.
const FASTEST_WRITER_KIB: u32 = 1_024 * 1_024;
/// EBS makes a general purpose volume no larger, in GiB.
/// Ledger: disk.volume.
const LARGEST_VOLUME_GIB: u32 = 16_384;

fn wrong(message: impl Into<String>) -> Refusal {
    Refusal::new("InvalidParameterValue", message)
}

fn within(value: Option<u32>, least: u32, most: u32, message: &str) -> Answer {
    match value {
        Some(value) if !(least..=most).contains(&value) => Err(wrong(message)),
        Some(_) | None => Ok(()),
    }
}

impl Sim {
    fn check_server(&self, instance: Option<InstanceId>) -> Answer {
        let Some(instance) = instance else { return Ok(()) };
        let stands = self.data.hosts.get(instance).is_some_and(|host| host.power != Power::Terminated);
        if stands { Ok(()) } else { Err(Refusal::new("InvalidInstanceID.NotFound", "There is no such server any more.")) }
    }

    /// What apps write.
    pub(crate) fn set_disk_writes(&mut self, request: &SetDiskWrites) -> Answer {
        if self.control.definition_named(&request.family).is_none() {
            return Err(Refusal::new("ClientException", format!("TaskDefinition not found: {}.", request.family)));
        }
        let (log, layer) = (request.log_kib_per_second, request.layer_kib_per_second);
        let message = "A container writes at most 1,048,576 KiB a second.";
        within(log, 0, FASTEST_WRITER_KIB, message)?;
        within(layer, 0, FASTEST_WRITER_KIB, message)?;
        self.data.set_disk_writes(&mut self.fx, &Rc::from(request.family.as_str()), log, layer);
        Ok(())
    }

    /// `ModifyVolume`.
    pub(crate) fn modify_volume(&mut self, request: &ModifyVolume) -> Answer {
        self.check_server(request.instance)?;
        within(request.size, 1, LARGEST_VOLUME_GIB, "A volume has at most 16,384 GiB.")?;
        within(request.iops, EbsVolume::GP3_IOPS, 16_000, "A gp3 volume has 3,000 to 16,000 I/O operations a second.")?;
        within(request.throughput, EbsVolume::GP3_THROUGHPUT, 1_000, "A gp3 volume has 125 to 1,000 MiB a second.")?;
        let instances: Vec<InstanceId> = match request.instance {
            Some(instance) => vec![instance],
            None => self.data.hosts.ids().collect(),
        };
        let tuning = self.fx.tuning.clone();
        let now = |sim: &Self, instance| sim.data.volume_of(instance, &tuning);
        if let Some(size) = request.size
            && let Some(larger) = instances.iter().map(|each| now(self, *each).size_gib).find(|gib| *gib > size)
        {
            return Err(wrong(format!("New size cannot be smaller than existing size {larger}.")));
        }
        let plain = EbsVolume::of_size(tuning.platform.server_volume_gib);
        let before = request.instance.map_or(self.data.fleet.volume.unwrap_or(plain), |instance| now(self, instance));
        let volume = changed_volume(before, request)?;
        for instance in instances {
            let size_gib = now(self, instance).size_gib;
            self.data.hosts.get_mut(instance).expect("it was checked").volume_changes(self.fx.now_ms, size_gib);
        }
        let fact = PlatformFact::VolumeModified { instance: request.instance, volume };
        self.fx.lead(Kind::Platform(Rc::new(fact)));
        self.data.settle_servers(&mut self.fx, request.instance, |settings| {
            settings.volume = changed_volume(settings.volume.unwrap_or(before), request).ok().or(settings.volume);
        });
        Ok(())
    }

    /// `/etc/ecs/ecs.config`.
    pub(crate) fn configure_agent(&mut self, request: &ConfigureAgent) -> Answer {
        self.check_server(request.instance)?;
        let wait_s = request.ecs_engine_task_cleanup_wait_duration_seconds;
        within(wait_s, 60, u32::MAX, "ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION is at least a minute.")?;
        let interval = request.ecs_image_cleanup_interval_minutes;
        within(interval, 10, u32::MAX, "ECS_IMAGE_CLEANUP_INTERVAL is at least ten minutes.")?;
        let images = request.ecs_num_images_delete_per_cycle;
        within(images, 1, u32::MAX, "ECS_NUM_IMAGES_DELETE_PER_CYCLE is at least 1.")?;
        let before = match request.instance {
            Some(instance) => self.data.agent_of(instance, &self.fx.tuning),
            None => self.data.fleet.agent.unwrap_or_else(|| AgentConfiguration::of(&self.fx.tuning)),
        };
        let configuration = changed_agent(before, request);
        let fact = PlatformFact::AgentConfigured { instance: request.instance, configuration };
        self.fx.lead(Kind::Platform(Rc::new(fact)));
        self.data.settle_servers(&mut self.fx, request.instance, |settings| {
            settings.agent = Some(changed_agent(settings.agent.unwrap_or(before), request));
        });
        Ok(())
    }
}

fn changed_volume(before: EbsVolume, request: &ModifyVolume) -> Result<EbsVolume, Refusal> {
    let volume_type = request.volume_type.unwrap_or(before.volume_type);
    let size_gib = request.size.unwrap_or(before.size_gib);
    match volume_type {
        VolumeType::Gp2 if request.iops.is_some() || request.throughput.is_some() => {
            Err(wrong("The parameters iops and throughput are not supported for gp2 volumes."))
        }
        VolumeType::Gp2 => Ok(EbsVolume { volume_type, ..EbsVolume::of_size(size_gib) }),
        VolumeType::Gp3 => Ok(EbsVolume {
            volume_type,
            size_gib,
            iops: request.iops.unwrap_or(before.iops),
            throughput: request.throughput.unwrap_or(before.throughput),
        }),
    }
}

fn changed_agent(before: AgentConfiguration, request: &ConfigureAgent) -> AgentConfiguration {
    let span_ms = |number: Option<u32>, unit_ms, before_ms| number.map_or(before_ms, |number| u64::from(number) * unit_ms);
    AgentConfiguration {
        pull_behavior: request.ecs_image_pull_behavior.unwrap_or(before.pull_behavior),
        storage_driver: request.storage_driver.unwrap_or(before.storage_driver),
        task_cleanup_wait_ms: span_ms(request.ecs_engine_task_cleanup_wait_duration_seconds, SECOND, before.task_cleanup_wait_ms),
        cleans_images: request.ecs_disable_image_cleanup.map_or(before.cleans_images, |disabled| !disabled),
        image_cleanup_interval_ms: span_ms(request.ecs_image_cleanup_interval_minutes, MINUTE, before.image_cleanup_interval_ms),
        image_minimum_age_ms: span_ms(request.ecs_image_minimum_cleanup_age_minutes, MINUTE, before.image_minimum_age_ms),
        images_per_cleanup: request.ecs_num_images_delete_per_cycle.unwrap_or(before.images_per_cleanup),
    }
}
