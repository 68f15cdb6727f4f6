//! Commands about the platform: Fargate, networks, disks, quotas, functions of hooks.

use serde::{Deserialize, Serialize};

use crate::sim::ids::InstanceId;
use crate::sim::model::agent_configuration::{PullBehavior, StorageDriver};
use crate::sim::model::ebs_volume::VolumeType;

/// One command of this topic, with the request's fields as the API names them, in snake case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum PlatformCommand {
    RequestServiceQuotaIncrease(RequestServiceQuotaIncrease),
    PutImage(PutImage),
    CreateSubnet(CreateSubnet),
    PutAccountSetting(PutAccountSetting),
    SetDiskWrites(SetDiskWrites),
    ModifyVolume(ModifyVolume),
    ConfigureAgent(ConfigureAgent),
    SetHookFunction(SetHookFunction),
}

/// Not in any API: the apps of a family write more or less from now on. What is not given stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetDiskWrites {
    pub family: String,
    /// To the log of each container, in KiB a second.
    pub log_kib_per_second: Option<u32>,
    /// To files of its own in its layer, in KiB a second.
    pub layer_kib_per_second: Option<u32>,
}

/// `ModifyVolume` of EC2 for the root volume of a server, its file system grown with it. What is not given stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModifyVolume {
    /// `None` is every server, those launched later included.
    pub instance: Option<InstanceId>,
    pub volume_type: Option<VolumeType>,
    /// In GiB; it only grows.
    pub size: Option<u32>,
    /// gp3 only: I/O operations a second, 3,000 to 16,000.
    pub iops: Option<u32>,
    /// gp3 only: MiB a second, 125 to 1,000.
    pub throughput: Option<u32>,
}

/// Not in any API: `/etc/ecs/ecs.config` of a server, followed at once. The names are those of the variables, units last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigureAgent {
    /// `None` is every server, those launched later included.
    pub instance: Option<InstanceId>,
    pub ecs_image_pull_behavior: Option<PullBehavior>,
    /// At least 60.
    pub ecs_engine_task_cleanup_wait_duration_seconds: Option<u32>,
    pub ecs_disable_image_cleanup: Option<bool>,
    /// At least 10.
    pub ecs_image_cleanup_interval_minutes: Option<u32>,
    pub ecs_image_minimum_cleanup_age_minutes: Option<u32>,
    /// At least 1.
    pub ecs_num_images_delete_per_cycle: Option<u32>,
    /// Docker's, not the agent's: `--storage-driver`.
    pub storage_driver: Option<StorageDriver>,
}

/// Not in any API: makes a Lambda function for lifecycle hooks, or changes what it does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetHookFunction {
    pub function_name: String,
    pub answer: FunctionAnswer,
    /// Before that it answers `IN_PROGRESS` so often, anew for each hook that asks it.
    #[serde(default)]
    pub after_invocations: u32,
    /// `callBackDelay` of these answers; `None` leaves it to ECS.
    #[serde(default)]
    pub call_back_delay_seconds: Option<u32>,
    /// It runs so long before it answers, 900 at most.
    #[serde(default = "one_second")]
    pub duration_seconds: u32,
}

fn one_second() -> u32 {
    1
}

/// What a function answers in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FunctionAnswer {
    Succeeded,
    Failed,
    /// Again and again.
    InProgress,
    /// Something without a `hookStatus`, or an error.
    NoHookStatus,
    /// Nothing: it hangs until Lambda ends it.
    Hangs,
    /// It is never run: the role of the hook lacks the permission to invoke it.
    AccessDenied,
}

impl FunctionAnswer {
    /// Every one, in order.
    pub const ALL: [Self; 6] =
        [Self::Succeeded, Self::Failed, Self::InProgress, Self::NoHookStatus, Self::Hangs, Self::AccessDenied];

    /// As it is written in a command.
    pub fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::InProgress => "IN_PROGRESS",
            Self::NoHookStatus => "NO_HOOK_STATUS",
            Self::Hangs => "HANGS",
            Self::AccessDenied => "ACCESS_DENIED",
        }
    }
}

/// A quota that can be raised, by its code in Service Quotas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum QuotaCode {
    /// `Fargate On-Demand vCPU resource count`.
    #[serde(rename = "L-3032A538")]
    FargateOnDemandVcpus,
    /// `Fargate Spot vCPU resource count`.
    #[serde(rename = "L-36FBB829")]
    FargateSpotVcpus,
}

impl QuotaCode {
    /// As Service Quotas names it.
    pub fn quota_name(self) -> &'static str {
        match self {
            Self::FargateOnDemandVcpus => "Fargate On-Demand vCPU resource count",
            Self::FargateSpotVcpus => "Fargate Spot vCPU resource count",
        }
    }
}

/// `RequestServiceQuotaIncrease` of Service Quotas, granted at once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestServiceQuotaIncrease {
    pub quota_code: QuotaCode,
    pub desired_value: u32,
}

/// `PutImage` of the registry, with what matters here of the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutImage {
    /// As task definitions name it: `shop/api:4`.
    pub image: String,
    /// Sum of its compressed layers.
    pub size_mib: u32,
}

/// `CreateSubnet` of EC2. The id is chosen here, so that a service can name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateSubnet {
    /// `subnet-a`.
    pub subnet_id: String,
    /// `us-east-1a`.
    pub availability_zone: String,
    /// `10.0.1.0/28`: from /16 to /28.
    pub cidr_block: String,
}

/// `networkConfiguration` of a service or of RunTask.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkConfiguration {
    pub awsvpc_configuration: AwsvpcConfiguration,
}

/// Where the network interfaces of `awsvpc` tasks get their addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwsvpcConfiguration {
    /// At most 16.
    pub subnets: Vec<std::rc::Rc<str>>,
    /// At most 5. What they let through is not modelled.
    #[serde(default)]
    pub security_groups: Vec<std::rc::Rc<str>>,
    #[serde(default)]
    pub assign_public_ip: PublicIp,
}

/// Does the interface of a task get a public address too?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PublicIp {
    #[serde(rename = "ENABLED")]
    Enabled,
    #[default]
    #[serde(rename = "DISABLED")]
    Disabled,
}

/// `PutAccountSetting`: holds for servers that are launched, and for tasks on Fargate that are to be retired, afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutAccountSetting {
    pub name: AccountSetting,
    /// `enabled` or `disabled`; of `fargateTaskRetirementWaitPeriod` days: `0`, `7` or `14`.
    pub value: String,
}

/// The account settings that change something here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AccountSetting {
    #[serde(rename = "awsvpcTrunking")]
    AwsvpcTrunking,
    #[serde(rename = "fargateTaskRetirementWaitPeriod")]
    FargateTaskRetirementWaitPeriod,
}

impl AccountSetting {
    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::AwsvpcTrunking => "awsvpcTrunking",
            Self::FargateTaskRetirementWaitPeriod => "fargateTaskRetirementWaitPeriod",
        }
    }
}

/// `enabled` or `disabled`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Setting {
    #[serde(rename = "enabled")]
    Enabled,
    #[default]
    #[serde(rename = "disabled")]
    Disabled,
}

impl Setting {
    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
        }
    }
}
