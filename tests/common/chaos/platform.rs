//! Random commands and faults of the platform.

use ecs_playground::sim::command::platform::{
    AccountSetting, AwsvpcConfiguration, ConfigureAgent, CreateSubnet, ModifyVolume, NetworkConfiguration, PlatformCommand,
    PublicIp, PutAccountSetting, PutImage, QuotaCode, RequestServiceQuotaIncrease, SetDiskWrites,
};
use ecs_playground::sim::command::{Command, LaunchType, RunTask, UpdateService};
use ecs_playground::sim::engine::Sim;
use ecs_playground::sim::fault::Fault;
use ecs_playground::sim::ids::InstanceId;
use ecs_playground::sim::model::agent_configuration::{PullBehavior, StorageDriver};
use ecs_playground::sim::model::ebs_volume::VolumeType;
use ecs_playground::sim::model::start_error::StartError;

use super::Chaos;

impl Chaos {
    /// Quotas and images.
    pub(super) fn platform_command(&mut self, sim: &Sim) -> Command {
        Command::Platform(match self.below(8) {
            0 => PlatformCommand::RequestServiceQuotaIncrease(RequestServiceQuotaIncrease {
                quota_code: self.pick(&[QuotaCode::FargateOnDemandVcpus, QuotaCode::FargateSpotVcpus]),
                desired_value: self.below(14) as u32,
            }),
            1 => PlatformCommand::CreateSubnet(CreateSubnet {
                subnet_id: format!("subnet-{}", self.below(4)),
                availability_zone: self.zone(sim),
                cidr_block: self.pick(&["10.0.0.0/28", "10.0.0.0/27", "10.0.0.0/29", "10.0.0.0"]).to_string(),
            }),
            2 => {
                let (name, value) = self.pick(&[
                    (AccountSetting::AwsvpcTrunking, "enabled"),
                    (AccountSetting::AwsvpcTrunking, "disabled"),
                    (AccountSetting::FargateTaskRetirementWaitPeriod, "0"),
                    (AccountSetting::FargateTaskRetirementWaitPeriod, "1"),
                ]);
                PlatformCommand::PutAccountSetting(PutAccountSetting { name, value: value.to_string() })
            }
            3 if !self.gentle => return self.move_to_subnets(sim),
            4 => PlatformCommand::SetDiskWrites(SetDiskWrites {
                family: self.family().to_string(),
                log_kib_per_second: Some(self.pick(if self.gentle { &[0, 1] } else { &[0, 40, 20_000, 400_000] })),
                layer_kib_per_second: Some(self.pick(if self.gentle { &[0, 1] } else { &[0, 0, 100, 90_000] })),
            }),
            5 => PlatformCommand::ModifyVolume(ModifyVolume {
                instance: self.some_server(sim),
                volume_type: self.pick(&[None, Some(VolumeType::Gp2), Some(VolumeType::Gp3)]),
                size: self.pick(&[None, Some(30), Some(31), Some(40), Some(500)]),
                iops: self.pick(&[None, None, Some(6_000)]),
                throughput: self.pick(&[None, None, Some(250)]),
            }),
            6 => PlatformCommand::ConfigureAgent(ConfigureAgent {
                instance: self.some_server(sim),
                ecs_image_pull_behavior: Some(self.pick(&PullBehavior::ALL)),
                ecs_engine_task_cleanup_wait_duration_seconds: self.pick(&[None, Some(59), Some(60), Some(600)]),
                ecs_disable_image_cleanup: self.pick(&[None, Some(true), Some(false)]),
                ecs_image_cleanup_interval_minutes: self.pick(&[None, Some(10)]),
                ecs_image_minimum_cleanup_age_minutes: self.pick(&[None, Some(0), Some(1)]),
                ecs_num_images_delete_per_cycle: self.pick(&[None, Some(1)]),
                storage_driver: self.pick(&[None, Some(StorageDriver::Overlay2), Some(StorageDriver::Devicemapper)]),
            }),
            _ => PlatformCommand::PutImage(PutImage {
                image: self.pick(&["nginx:1", "api:1", "eni:1", "crash:1"]).to_string(),
                // 30,000 MiB fill a disk for good, and take Fargate an hour.
                size_mib: self.pick(if self.gentle { &[0, 5, 64, 400] } else { &[0, 5, 64, 400, 3_000, 30_000] }),
            }),
        })
    }

    fn some_server(&mut self, sim: &Sim) -> Option<InstanceId> {
        if self.one_in(3) { None } else { Some(self.instance(sim)) }
    }

    /// A service or a RunTask with subnets that may not exist or be full.
    fn move_to_subnets(&mut self, sim: &Sim) -> Command {
        let known: Vec<_> = sim.belief().subnets.keys().cloned().collect();
        let subnets = if known.is_empty() || self.one_in(8) { vec!["subnet-9".into()] } else { known };
        let network_configuration = Some(NetworkConfiguration {
            awsvpc_configuration: AwsvpcConfiguration {
                subnets,
                assign_public_ip: PublicIp::Enabled,
                ..AwsvpcConfiguration::default()
            },
        });
        if self.one_in(2) {
            return Command::UpdateService(UpdateService {
                service: self.service(),
                task_definition: Some("eni".to_string()),
                network_configuration,
                ..UpdateService::default()
            });
        }
        Command::RunTask(RunTask {
            network_configuration,
            task_definition: "eni".to_string(),
            count: 1 + self.below(10) as u32,
            launch_type: self.pick(&[LaunchType::Ec2, LaunchType::Fargate]),
            group: None,
            placement_strategy: Vec::new(),
            placement_constraints: Vec::new(),
            capacity_provider_strategy: None,
        })
    }

    /// What keeps tasks from starting.
    pub(super) fn platform_fault(&mut self, sim: &Sim) -> Fault {
        if self.one_in(3) {
            return Fault::FargateCapacityUnavailable { zone: self.zone(sim) };
        }
        Fault::StartFailure { family: self.family().to_string(), error: self.pick(&StartError::ALL) }
    }
}
