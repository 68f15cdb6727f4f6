//! Facts about the platform: Fargate, networks, disks, quotas.

use std::rc::Rc;

use crate::sim::command::platform::{AccountSetting, QuotaCode, SetHookFunction};
use crate::sim::ids::{InstanceId, TaskId, ZoneId};
use crate::sim::model::agent_configuration::AgentConfiguration;
use crate::sim::model::ebs_volume::EbsVolume;
use crate::sim::observation::Side;
use crate::sim::time::Millis;

/// What several pulls on one server share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bottleneck {
    Network,
    Volume,
}

/// One fact of this topic.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PlatformFact {
    QuotaRaised {
        quota: QuotaCode,
        from: u32,
        to: u32,
    },
    /// The registry has an image of this size now.
    ImagePushed {
        image: Rc<str>,
        size_mib: u32,
    },
    /// A Lambda function does this from now on.
    HookFunctionSet {
        function: Rc<SetHookFunction>,
    },
    /// EC2 has a subnet with so many free addresses.
    SubnetCreated {
        subnet: Rc<str>,
        zone: ZoneId,
        addresses: u32,
    },
    /// EC2 has no address left for the interface of a task.
    AddressesExhausted {
        task: TaskId,
        subnet: Rc<str>,
    },
    /// EC2 has no address left for the trunk interface of an instance.
    TrunkRefused {
        instance: InstanceId,
        zone: ZoneId,
    },
    /// What holds for servers launched from now on, or for tasks on Fargate that are to be retired from now on.
    AccountSettingPut {
        name: AccountSetting,
        value: Rc<str>,
    },
    /// IAM answers the control plane that the role of a family cannot be assumed, or can be again.
    RoleRefused {
        family: Rc<str>,
    },
    RoleAccepted {
        family: Rc<str>,
    },
    /// AWS maintains the host under a task on Fargate: it gives notice of the instant from which the task has to move, or says that it
    /// has to now.
    TaskRetires {
        task: TaskId,
        from_ms: Option<Millis>,
    },
    /// A container could not be started; the words are those of its `reason`.
    ContainerFailed {
        task: TaskId,
        container: Rc<str>,
        reason: Rc<str>,
    },
    /// The apps of a family write so much from now on, each container for itself.
    DiskWritesSet {
        family: Rc<str>,
        log_kib_per_second: u32,
        layer_kib_per_second: u32,
    },
    /// The agent closes a connection with which nothing is wrong, to open a new one.
    ConnectionRenewed {
        instance: InstanceId,
    },
    /// The root volume of a server, or of every server, is this now.
    VolumeModified {
        instance: Option<InstanceId>,
        volume: EbsVolume,
    },
    /// The agent of a server, or of every server, is configured so.
    AgentConfigured {
        instance: Option<InstanceId>,
        configuration: AgentConfiguration,
    },
    /// Large pulls on a server are slower than each would be alone, the slowest so fast.
    PullsHeldBack {
        instance: InstanceId,
        bottleneck: Bottleneck,
        pulls: u32,
        kib_per_second: u64,
    },
    /// The burst credits of a server's network or volume are spent.
    BurstSpent {
        instance: InstanceId,
        what: Bottleneck,
    },
    /// The disk of a server is full, and of what, in MiB.
    DiskFilled {
        instance: InstanceId,
        images_mib: u64,
        logs_mib: u64,
        layers_mib: u64,
        stopped_mib: u64,
    },
    /// The agent has removed the containers of tasks that stopped long enough ago.
    ContainersRemoved {
        instance: InstanceId,
        tasks: u32,
        freed_mib: u64,
    },
    /// The agent has removed an image that no container uses.
    ImageRemoved {
        instance: InstanceId,
        image: Rc<str>,
        freed_mib: u64,
    },
}

impl PlatformFact {
    /// Where the fact belongs.
    pub fn side(&self) -> Side {
        match self {
            Self::SubnetCreated { .. }
            | Self::AddressesExhausted { .. }
            | Self::TrunkRefused { .. }
            | Self::ImagePushed { .. }
            | Self::HookFunctionSet { .. }
            | Self::ContainerFailed { .. }
            | Self::DiskWritesSet { .. }
            | Self::ConnectionRenewed { .. }
            | Self::VolumeModified { .. }
            | Self::AgentConfigured { .. }
            | Self::PullsHeldBack { .. }
            | Self::BurstSpent { .. }
            | Self::DiskFilled { .. }
            | Self::ContainersRemoved { .. }
            | Self::ImageRemoved { .. } => Side::Truth,
            Self::AccountSettingPut { .. }
            | Self::QuotaRaised { .. }
            | Self::RoleRefused { .. }
            | Self::RoleAccepted { .. }
            | Self::TaskRetires { .. } => Side::Belief,
        }
    }
}
