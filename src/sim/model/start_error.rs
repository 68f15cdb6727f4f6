//! Ways in which the start of a container fails, each with the words of the service (ecs.md §2.8, §2.9, §14 #8, #9, #13, #30).
//!
//! Data only: it must never decide when one of them strikes.

use serde::{Deserialize, Serialize};

/// What is wrong with the image, the network, the role or the definition of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum StartError {
    /// The tag does not exist in the registry.
    ImageNotFound,
    /// The registry limits anonymous pulls.
    TooManyRequests,
    /// A private subnet without NAT gateway or endpoint: the registry cannot be reached.
    NoRouteToRegistry,
    /// The connection to the registry breaks while layers are copied.
    CopyFailed,
    /// The execution role may not pull from Amazon ECR.
    EcrAccessDenied,
    /// The task cannot reach Amazon ECR for its registry authentication.
    EcrUnreachable,
    /// The secret that the definition names does not exist.
    SecretNotFound,
    /// The log group of the `awslogs` driver does not exist.
    LogGroupMissing,
    /// The container cannot be created in time.
    CreateTimeout,
    /// The container cannot be started in time.
    StartTimeout,
    /// The command of the definition is not in the image.
    EntrypointNotFound,
    /// The command of the health check is not in the image: every check fails.
    HealthCheckCommandMissing,
    /// The role of the task cannot be assumed.
    RoleNotAssumable,
    /// On Fargate the network interface of the task is not there in time.
    InterfaceTimeout,
}

/// The step of a start at which something goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StartStep {
    /// The network interface of the whole task on Fargate, before any container.
    Interface,
    Pull,
    Create,
    Start,
}

impl StartError {
    /// Every one.
    pub const ALL: [Self; 14] = [
        Self::ImageNotFound,
        Self::TooManyRequests,
        Self::NoRouteToRegistry,
        Self::CopyFailed,
        Self::EcrAccessDenied,
        Self::EcrUnreachable,
        Self::SecretNotFound,
        Self::LogGroupMissing,
        Self::CreateTimeout,
        Self::StartTimeout,
        Self::EntrypointNotFound,
        Self::HealthCheckCommandMissing,
        Self::RoleNotAssumable,
        Self::InterfaceTimeout,
    ];

    /// Where it strikes; nowhere on the way of a container when the task does not come so far, or is past it.
    pub fn step(self) -> Option<StartStep> {
        match self {
            Self::ImageNotFound
            | Self::TooManyRequests
            | Self::NoRouteToRegistry
            | Self::CopyFailed
            | Self::EcrAccessDenied
            | Self::EcrUnreachable
            | Self::SecretNotFound => Some(StartStep::Pull),
            Self::InterfaceTimeout => Some(StartStep::Interface),
            Self::CreateTimeout => Some(StartStep::Create),
            Self::LogGroupMissing | Self::StartTimeout | Self::EntrypointNotFound => Some(StartStep::Start),
            Self::HealthCheckCommandMissing | Self::RoleNotAssumable => None,
        }
    }

    /// Is it the registry that refuses, so that an image on disk may do instead?
    pub fn is_of_the_registry(self) -> bool {
        matches!(
            self,
            Self::ImageNotFound | Self::TooManyRequests | Self::NoRouteToRegistry | Self::CopyFailed | Self::EcrAccessDenied
        )
    }

    /// In a few words, for buttons and badges.
    pub fn words(self) -> &'static str {
        match self {
            Self::ImageNotFound => "the image does not exist",
            Self::TooManyRequests => "the registry limits pulls",
            Self::NoRouteToRegistry => "there is no route to the registry",
            Self::CopyFailed => "image layers break off",
            Self::EcrAccessDenied => "the execution role may not pull from ECR",
            Self::EcrUnreachable => "Amazon ECR cannot be reached",
            Self::SecretNotFound => "the secret does not exist",
            Self::LogGroupMissing => "the log group does not exist",
            Self::CreateTimeout => "containers cannot be created in time",
            Self::StartTimeout => "containers cannot be started in time",
            Self::EntrypointNotFound => "the command is not in the image",
            Self::HealthCheckCommandMissing => "the command of the health check is not in the image",
            Self::RoleNotAssumable => "the role cannot be assumed",
            Self::InterfaceTimeout => "network interfaces on Fargate are not made in time",
        }
    }

    /// The `reason` of the container, or on Fargate the `stoppedReason` of the task.
    pub fn reason(self, image: &str, attempts: u32) -> String {
        match self {
            Self::ImageNotFound => format!(
                "CannotPullContainerError: pull image manifest has been retried {attempts} time(s): failed to resolve ref {image}: unexpected status from HEAD request: 404 Not Found: {image}: not found"
            ),
            Self::TooManyRequests => format!(
                "CannotPullContainerError: pull image manifest has been retried {attempts} time(s): failed to resolve ref {image}: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit."
            ),
            Self::NoRouteToRegistry => "CannotPullContainerError: Error response from daemon: Get \"https://registry-1.docker.io/v2/\": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)".to_owned(),
            Self::CopyFailed => format!("CannotPullContainerError: ref pull has been retried {attempts} time(s): failed to copy: httpReadSeeker: failed open: unexpected EOF"),
            Self::EcrAccessDenied => "CannotPullECRContainerError: AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/ecsTaskExecutionRole/task is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action".to_owned(),
            Self::EcrUnreachable => "ResourceInitializationError: The task cannot pull registry authentication from Amazon ECR. There is a connection issue between the task and Amazon ECR. Check your task network configuration.".to_owned(),
            Self::SecretNotFound => "ResourceInitializationError: pull command failed: unable to pull secrets or registry auth: execution resource retrieval failed: ResourceNotFoundException: Secrets Manager can't find the specified secret.".to_owned(),
            Self::LogGroupMissing => "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.".to_owned(),
            Self::CreateTimeout => "DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s".to_owned(),
            Self::StartTimeout => "DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s".to_owned(),
            Self::EntrypointNotFound => "CannotStartContainerError: Error response from daemon: failed to create task for container: OCI runtime create failed: unable to start container process: exec: \"/app/start\": executable file not found in $PATH".to_owned(),
            Self::HealthCheckCommandMissing => "/bin/sh: curl: not found".to_owned(),
            Self::RoleNotAssumable => crate::sim::decision::ROLE_NOT_ASSUMABLE.to_owned(),
            Self::InterfaceTimeout => "Timeout waiting for network interface provisioning to complete.".to_owned(),
        }
    }
}
