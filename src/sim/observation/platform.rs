//! Facts about the platform: Fargate, networks, disks, quotas.

use std::rc::Rc;

use crate::sim::command::platform::QuotaCode;
use crate::sim::ids::TaskId;
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
            Self::ImagePushed { .. } | Self::ContainerFailed { .. } => Side::Truth,
            Self::QuotaRaised { .. } | Self::RoleRefused { .. } | Self::RoleAccepted { .. } => Side::Belief,
        }
    }
}
