//! The platform: Fargate, networks, disks, quotas — commands and facts in plain words.

use crate::explain::functions;
use crate::explain::kinds::{About, Tone};
use crate::explain::names::{count, instance_name, number, task_name, zone_name};
use crate::explain::servers;
use crate::sim::command::platform::{AccountSetting, PlatformCommand};
use crate::sim::engine::Sim;
use crate::sim::ids::InstanceId;
use crate::sim::observation::platform::PlatformFact;
use crate::sim::time::clock;

/// What someone asks for, as a button, the undo label or the log says it.
pub fn label(_: &Sim, command: &PlatformCommand) -> String {
    match command {
        PlatformCommand::RequestServiceQuotaIncrease(request) => {
            format!("Raise the quota {} to {}", request.quota_code.quota_name(), number(u64::from(request.desired_value)))
        }
        PlatformCommand::CreateSubnet(request) => {
            format!("Create {} ({}) in {}", request.subnet_id, request.cidr_block, request.availability_zone)
        }
        PlatformCommand::PutAccountSetting(request) => format!("Set {} to {}", request.name.name(), request.value),
        PlatformCommand::PutImage(request) => {
            format!("Push image {} of {} MiB", request.image, number(u64::from(request.size_mib)))
        }
        PlatformCommand::SetDiskWrites(request) => servers::set_disk_writes(request),
        PlatformCommand::ModifyVolume(request) => servers::modify_volume(request),
        PlatformCommand::ConfigureAgent(request) => servers::configure_agent(request),
        PlatformCommand::SetHookFunction(request) => functions::set(request),
    }
}

/// What happened, in one sentence.
pub fn sentence(sim: &Sim, fact: &PlatformFact) -> String {
    match fact {
        PlatformFact::QuotaRaised { quota, from, to } => {
            format!("The quota {} is {} now instead of {}", quota.quota_name(), number(u64::from(*to)), number(u64::from(*from)))
        }
        PlatformFact::ImagePushed { image, size_mib } => {
            format!("The registry has {image}: {} MiB to download", number(u64::from(*size_mib)))
        }
        PlatformFact::HookFunctionSet { function } => functions::behaviour(function),
        PlatformFact::SubnetCreated { subnet, zone, addresses } => {
            format!("Subnet {subnet} in {} has {} free addresses", zone_name(sim, *zone), number(u64::from(*addresses)))
        }
        PlatformFact::AddressesExhausted { task, subnet } => {
            format!("EC2 has no free address in {subnet} for the network interface of {}", task_name(sim, *task))
        }
        PlatformFact::TrunkRefused { instance, zone } => format!(
            "EC2 has no free address in the subnets of {} for the trunk network interface of {}",
            zone_name(sim, *zone),
            instance_name(*instance)
        ),
        PlatformFact::AccountSettingPut { name, value } => {
            let whom = match name {
                AccountSetting::AwsvpcTrunking => "servers launched",
                AccountSetting::FargateTaskRetirementWaitPeriod => "notices of maintenance given",
            };
            format!("{} is {value} for {whom} from now on", name.name())
        }
        PlatformFact::RoleRefused { family } => format!("IAM tells ECS that the role of {family} cannot be assumed"),
        PlatformFact::RoleAccepted { family } => format!("IAM lets ECS assume the role of {family} again"),
        PlatformFact::TaskRetires { task, from_ms: Some(from_ms) } => format!(
            "AWS gives notice that it maintains what lies under {}: the task has to move from {} on",
            task_name(sim, *task),
            clock(*from_ms)
        ),
        PlatformFact::TaskRetires { task, from_ms: None } => {
            format!("AWS tells ECS that {} has to move: it maintains what lies under it", task_name(sim, *task))
        }
        PlatformFact::ContainerFailed { task, container, reason } => {
            format!("Container {container} of {} cannot be started: {reason}", task_name(sim, *task))
        }
        PlatformFact::DiskWritesSet { family, log_kib_per_second, layer_kib_per_second } => format!(
            "Each container of {family} writes {} KiB/s to its log and {} KiB/s into its layer",
            number(u64::from(*log_kib_per_second)),
            number(u64::from(*layer_kib_per_second))
        ),
        PlatformFact::ConnectionRenewed { instance } => format!(
            "The agent on {} closes its connection and opens a new one, as it does every 30 to 35 min; its tasks run on",
            instance_name(*instance)
        ),
        PlatformFact::VolumeModified { instance, volume } => servers::volume_modified(*instance, volume),
        PlatformFact::AgentConfigured { instance, configuration } => servers::agent_configured(*instance, configuration),
        PlatformFact::PullsHeldBack { instance, bottleneck, pulls, kib_per_second } => {
            servers::pulls_held_back(sim, *instance, *bottleneck, *pulls, *kib_per_second)
        }
        PlatformFact::BurstSpent { instance, what } => servers::burst_spent(sim, *instance, *what),
        PlatformFact::DiskFilled { instance, images_mib, logs_mib, layers_mib, stopped_mib } => {
            servers::disk_filled(*instance, *images_mib, *logs_mib, *layers_mib, *stopped_mib)
        }
        PlatformFact::ContainersRemoved { instance, tasks, freed_mib } => format!(
            "The agent of {} removes the containers of {}: {} MiB",
            instance_name(*instance),
            count(u64::from(*tasks), "stopped task"),
            number(*freed_mib)
        ),
        PlatformFact::ImageRemoved { instance, image, freed_mib } => {
            format!("The agent of {} removes the unused image {image}: {} MiB", instance_name(*instance), number(*freed_mib))
        }
    }
}

/// A stable name of the kind of fact, for logs that programs read.
pub fn kind_name(fact: &PlatformFact) -> &'static str {
    match fact {
        PlatformFact::QuotaRaised { .. } => "QuotaRaised",
        PlatformFact::ImagePushed { .. } => "ImagePushed",
        PlatformFact::HookFunctionSet { .. } => "HookFunctionSet",
        PlatformFact::SubnetCreated { .. } => "SubnetCreated",
        PlatformFact::AddressesExhausted { .. } => "AddressesExhausted",
        PlatformFact::AccountSettingPut { .. } => "AccountSettingPut",
        PlatformFact::TrunkRefused { .. } => "TrunkRefused",
        PlatformFact::RoleRefused { .. } => "RoleRefused",
        PlatformFact::RoleAccepted { .. } => "RoleAccepted",
        PlatformFact::TaskRetires { .. } => "TaskRetires",
        PlatformFact::ContainerFailed { .. } => "ContainerFailed",
        PlatformFact::DiskWritesSet { .. } => "DiskWritesSet",
        PlatformFact::ConnectionRenewed { .. } => "ConnectionRenewed",
        PlatformFact::VolumeModified { .. } => "VolumeModified",
        PlatformFact::AgentConfigured { .. } => "AgentConfigured",
        PlatformFact::PullsHeldBack { .. } => "PullsHeldBack",
        PlatformFact::BurstSpent { .. } => "BurstSpent",
        PlatformFact::DiskFilled { .. } => "DiskFilled",
        PlatformFact::ContainersRemoved { .. } => "ContainersRemoved",
        PlatformFact::ImageRemoved { .. } => "ImageRemoved",
    }
}

/// What the fact means for the learner.
pub fn tone(fact: &PlatformFact) -> Tone {
    match fact {
        PlatformFact::SubnetCreated { .. }
        | PlatformFact::HookFunctionSet { .. }
        | PlatformFact::AccountSettingPut { .. }
        | PlatformFact::ImagePushed { .. }
        | PlatformFact::ConnectionRenewed { .. }
        | PlatformFact::DiskWritesSet { .. }
        | PlatformFact::VolumeModified { .. }
        | PlatformFact::AgentConfigured { .. }
        | PlatformFact::ContainersRemoved { .. }
        | PlatformFact::ImageRemoved { .. }
        | PlatformFact::TaskRetires { .. } => Tone::Neutral,
        PlatformFact::QuotaRaised { .. } | PlatformFact::RoleAccepted { .. } => Tone::Good,
        PlatformFact::PullsHeldBack { .. } | PlatformFact::BurstSpent { .. } => Tone::Warning,
        PlatformFact::AddressesExhausted { .. }
        | PlatformFact::TrunkRefused { .. }
        | PlatformFact::RoleRefused { .. }
        | PlatformFact::ContainerFailed { .. }
        | PlatformFact::DiskFilled { .. } => Tone::Bad,
    }
}

/// Whom the fact is about.
pub fn subject(fact: &PlatformFact) -> Option<About> {
    match fact {
        PlatformFact::ImagePushed { .. } => Some(About::ImageRegistry),
        PlatformFact::AddressesExhausted { task, .. }
        | PlatformFact::ContainerFailed { task, .. }
        | PlatformFact::TaskRetires { task, .. } => Some(About::Task(*task)),
        PlatformFact::DiskFilled { instance, .. }
        | PlatformFact::ConnectionRenewed { instance }
        | PlatformFact::TrunkRefused { instance, .. }
        | PlatformFact::PullsHeldBack { instance, .. }
        | PlatformFact::BurstSpent { instance, .. }
        | PlatformFact::ContainersRemoved { instance, .. }
        | PlatformFact::ImageRemoved { instance, .. } => Some(About::Instance(*instance)),
        PlatformFact::VolumeModified { instance, .. } | PlatformFact::AgentConfigured { instance, .. } => {
            instance.map(About::Instance)
        }
        PlatformFact::DiskWritesSet { .. } | PlatformFact::HookFunctionSet { .. } => None,
        PlatformFact::SubnetCreated { .. }
        | PlatformFact::AccountSettingPut { .. }
        | PlatformFact::QuotaRaised { .. }
        | PlatformFact::RoleRefused { .. }
        | PlatformFact::RoleAccepted { .. } => Some(About::ControlPlane),
    }
}

/// Whom the command is about.
pub fn subject_of_command(command: &PlatformCommand) -> Option<About> {
    match command {
        PlatformCommand::CreateSubnet(request) => Some(About::Zone(request.availability_zone.as_str().into())),
        PlatformCommand::PutAccountSetting(_) | PlatformCommand::RequestServiceQuotaIncrease(_) => Some(About::ControlPlane),
        PlatformCommand::PutImage(_) => Some(About::ImageRegistry),
        PlatformCommand::ModifyVolume(request) => request.instance.map(About::Instance),
        PlatformCommand::ConfigureAgent(request) => request.instance.map(About::Instance),
        PlatformCommand::SetDiskWrites(_) | PlatformCommand::SetHookFunction(_) => None,
    }
}

/// Would a learner's log name it?
pub fn is_headline(fact: &PlatformFact) -> bool {
    match fact {
        PlatformFact::SubnetCreated { .. }
        | PlatformFact::HookFunctionSet { .. }
        | PlatformFact::AccountSettingPut { .. }
        | PlatformFact::ImagePushed { .. }
        | PlatformFact::QuotaRaised { .. }
        | PlatformFact::ConnectionRenewed { .. }
        | PlatformFact::DiskWritesSet { .. }
        | PlatformFact::VolumeModified { .. }
        | PlatformFact::AgentConfigured { .. }
        | PlatformFact::ContainersRemoved { .. }
        | PlatformFact::ImageRemoved { .. } => false,
        PlatformFact::AddressesExhausted { .. }
        | PlatformFact::TrunkRefused { .. }
        | PlatformFact::TaskRetires { .. }
        | PlatformFact::DiskFilled { .. }
        | PlatformFact::PullsHeldBack { .. }
        | PlatformFact::BurstSpent { .. } => true,
        PlatformFact::RoleRefused { .. } | PlatformFact::RoleAccepted { .. } | PlatformFact::ContainerFailed { .. } => true,
    }
}

/// What the fact is about, by field name and full id, for logs that programs read.
pub fn ids(fact: &PlatformFact) -> Vec<(&'static str, String)> {
    match fact {
        PlatformFact::ContainerFailed { task, container, .. } => {
            vec![("task", task.arn_id()), ("container", container.to_string())]
        }
        PlatformFact::SubnetCreated { subnet, .. } => vec![("subnet", subnet.to_string())],
        PlatformFact::AddressesExhausted { task, subnet } => {
            vec![("task", task.arn_id()), ("subnet", subnet.to_string())]
        }
        PlatformFact::TaskRetires { task, .. } => vec![("task", task.arn_id())],
        PlatformFact::AccountSettingPut { .. } => Vec::new(),
        PlatformFact::ImagePushed { image, .. } => vec![("image", image.to_string())],
        PlatformFact::RoleRefused { family } | PlatformFact::RoleAccepted { family } => vec![("family", family.to_string())],
        PlatformFact::QuotaRaised { quota, .. } => vec![("quota", quota.quota_name().to_owned())],
        PlatformFact::DiskWritesSet { family, .. } => vec![("family", family.to_string())],
        PlatformFact::HookFunctionSet { function } => vec![("function", function.function_name.clone())],
        PlatformFact::VolumeModified { instance, .. } | PlatformFact::AgentConfigured { instance, .. } => of_server(*instance),
        PlatformFact::DiskFilled { instance, .. }
        | PlatformFact::PullsHeldBack { instance, .. }
        | PlatformFact::BurstSpent { instance, .. }
        | PlatformFact::ConnectionRenewed { instance }
        | PlatformFact::TrunkRefused { instance, .. }
        | PlatformFact::ContainersRemoved { instance, .. } => of_server(Some(*instance)),
        PlatformFact::ImageRemoved { instance, image, .. } => {
            vec![("instance", instance.ec2_instance_id()), ("image", image.to_string())]
        }
    }
}

fn of_server(instance: Option<InstanceId>) -> Vec<(&'static str, String)> {
    instance.map(|instance| ("instance", instance.ec2_instance_id())).into_iter().collect()
}

/// The same for a command.
pub fn ids_of_command(command: &PlatformCommand) -> Vec<(&'static str, String)> {
    match command {
        PlatformCommand::RequestServiceQuotaIncrease(request) => {
            vec![("quota", request.quota_code.quota_name().to_owned())]
        }
        PlatformCommand::CreateSubnet(request) => vec![("subnet", request.subnet_id.clone())],
        PlatformCommand::PutAccountSetting(_) => Vec::new(),
        PlatformCommand::PutImage(request) => vec![("image", request.image.clone())],
        PlatformCommand::SetDiskWrites(request) => vec![("family", request.family.clone())],
        PlatformCommand::SetHookFunction(request) => vec![("function", request.function_name.clone())],
        PlatformCommand::ModifyVolume(request) => of_server(request.instance),
        PlatformCommand::ConfigureAgent(request) => of_server(request.instance),
    }
}
