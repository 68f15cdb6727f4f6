//! Facts about the platform: Fargate, networks, disks, quotas.

use std::rc::Rc;

use crate::sim::command::platform::{QuotaCode, Setting};
use crate::sim::ids::{TaskId, ZoneId};
use crate::sim::observation::Side;

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
    /// `awsvpcTrunking` holds for servers launched from now on.
    TrunkingSet {
        value: Setting,
    },
    /// IAM answers the control plane that the role of a family cannot be assumed, or can be again.
    RoleRefused {
        family: Rc<str>,
    },
    RoleAccepted {
        family: Rc<str>,
    },
    /// A container could not be started; the words are those of its `reason`.
    ContainerFailed {
        task: TaskId,
        container: Rc<str>,
        reason: Rc<str>,
    },
}

impl PlatformFact {
    /// Where the fact belongs.
    pub fn side(&self) -> Side {
        match self {
            Self::SubnetCreated { .. }
            | Self::AddressesExhausted { .. }
            | Self::ImagePushed { .. }
            | Self::ContainerFailed { .. } => Side::Truth,
            Self::TrunkingSet { .. } | Self::QuotaRaised { .. } | Self::RoleRefused { .. } | Self::RoleAccepted { .. } => {
                Side::Belief
            }
        }
    }
}
