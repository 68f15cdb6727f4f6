//! Identities: small numbers inside, the service's own spelling outside.
//!
//! Ids count from 1 in order of creation, so that an author can write `instance = 1` and mean the first one.

use crate::sim::random;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl From<u32> for $name {
            fn from(number: u32) -> Self {
                Self(number)
            }
        }

        impl From<$name> for u32 {
            fn from(id: $name) -> u32 {
                id.0
            }
        }
    };
}

id!(/// A container instance (an EC2 server that runs the agent).
    InstanceId);
id!(/// A task.
    TaskId);
id!(/// A service.
    ServiceId);
id!(/// One revision of a task definition.
    TaskDefinitionId);
id!(/// An availability zone of the region.
    ZoneId);
id!(/// A task group (`service:web`, `family:nginx`): what `spread` and `distinctInstance` count.
    GroupId);
id!(/// A deployment of a service.
    DeploymentId);
id!(/// A target group of a load balancer.
    TargetGroupId);
id!(/// A capacity provider of the account.
    CapacityProviderId);
id!(/// An injected fault that has not been healed.
    FaultId);

/// One observation of a run, counted from 1 in the order they happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ObservationId(pub u64);

/// One placement decision of a run, counted from 1 in the order they were taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct DecisionId(pub u64);

fn hex(kind: u64, number: u32, digits: usize) -> String {
    let high = random::mix(&[kind, u64::from(number), 1]);
    let low = random::mix(&[kind, u64::from(number), 2]);
    let mut text = format!("{high:016x}{low:016x}");
    text.truncate(digits);
    text
}

impl InstanceId {
    /// The EC2 instance id, `i-` and 17 hex digits.
    pub fn ec2_instance_id(self) -> String {
        format!("i-0{}", hex(1, self.0, 16))
    }

    /// The container instance id, 32 hex digits.
    pub fn container_instance_id(self) -> String {
        hex(2, self.0, 32)
    }

    /// The short name drawn on the board: `i-` and the first 4 hex digits.
    pub fn short(self) -> String {
        self.ec2_instance_id()[..6].to_string()
    }
}

impl CapacityProviderId {
    /// Always there, and never more than these two on Fargate.
    pub const FARGATE: Self = Self(1);
    pub const FARGATE_SPOT: Self = Self(2);
}

impl TaskId {
    /// The task id, 32 hex digits.
    pub fn arn_id(self) -> String {
        hex(3, self.0, 32)
    }

    /// The short name drawn on the board: the first 4 hex digits.
    pub fn short(self) -> String {
        hex(3, self.0, 4)
    }
}

impl DeploymentId {
    /// The deployment id as the service prints it: `ecs-svc/` and 19 digits.
    pub fn ecs_svc(self) -> String {
        let number = random::mix(&[4, u64::from(self.0)]) % 9_000_000_000_000_000_000;
        format!("ecs-svc/{}", number + 1_000_000_000_000_000_000)
    }
}

impl TargetGroupId {
    /// The ARN as service events print it.
    pub fn arn(self, name: &str) -> String {
        format!("arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/{name}/{}", hex(5, self.0, 16))
    }
}
