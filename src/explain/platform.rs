//! The platform: Fargate, networks, disks, quotas — commands and facts in plain words.

use crate::explain::kinds::{About, Tone};
use crate::explain::names::{number, task_name};
use crate::sim::command::platform::PlatformCommand;
use crate::sim::engine::Sim;
use crate::sim::observation::platform::PlatformFact;

/// What someone asks for, as a button, the undo label or the log says it.
pub fn label(_: &Sim, command: &PlatformCommand) -> String {
    match command {
        PlatformCommand::RequestServiceQuotaIncrease(request) => {
            format!("Raise the quota {} to {}", request.quota_code.quota_name(), number(u64::from(request.desired_value)))
        }
        PlatformCommand::PutImage(request) => {
            format!("Push image {} of {} MiB", request.image, number(u64::from(request.size_mib)))
        }
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
        PlatformFact::RoleRefused { family } => format!("IAM tells ECS that the role of {family} cannot be assumed"),
        PlatformFact::RoleAccepted { family } => format!("IAM lets ECS assume the role of {family} again"),
        PlatformFact::ContainerFailed { task, container, reason } => {
            format!("Container {container} of {} cannot be started: {reason}", task_name(sim, *task))
        }
    }
}

/// A stable name of the kind of fact, for logs that programs read.
pub fn kind_name(fact: &PlatformFact) -> &'static str {
    match fact {
        PlatformFact::QuotaRaised { .. } => "QuotaRaised",
        PlatformFact::ImagePushed { .. } => "ImagePushed",
        PlatformFact::RoleRefused { .. } => "RoleRefused",
        PlatformFact::RoleAccepted { .. } => "RoleAccepted",
        PlatformFact::ContainerFailed { .. } => "ContainerFailed",
    }
}

/// What the fact means for the learner.
pub fn tone(fact: &PlatformFact) -> Tone {
    match fact {
        PlatformFact::ImagePushed { .. } => Tone::Neutral,
        PlatformFact::QuotaRaised { .. } | PlatformFact::RoleAccepted { .. } => Tone::Good,
        PlatformFact::RoleRefused { .. } | PlatformFact::ContainerFailed { .. } => Tone::Bad,
    }
}

/// Whom the fact is about.
pub fn subject(fact: &PlatformFact) -> Option<About> {
    match fact {
        PlatformFact::ImagePushed { .. } => Some(About::ImageRegistry),
        PlatformFact::ContainerFailed { task, .. } => Some(About::Task(*task)),
        PlatformFact::QuotaRaised { .. } | PlatformFact::RoleRefused { .. } | PlatformFact::RoleAccepted { .. } => {
            Some(About::ControlPlane)
        }
    }
}

/// Whom the command is about.
pub fn subject_of_command(command: &PlatformCommand) -> Option<About> {
    match command {
        PlatformCommand::RequestServiceQuotaIncrease(_) => Some(About::ControlPlane),
        PlatformCommand::PutImage(_) => Some(About::ImageRegistry),
    }
}

/// Would a learner's log name it?
pub fn is_headline(fact: &PlatformFact) -> bool {
    match fact {
        PlatformFact::ImagePushed { .. } | PlatformFact::QuotaRaised { .. } => false,
        PlatformFact::RoleRefused { .. } | PlatformFact::RoleAccepted { .. } | PlatformFact::ContainerFailed { .. } => true,
    }
}

/// What the fact is about, by field name and full id, for logs that programs read.
pub fn ids(fact: &PlatformFact) -> Vec<(&'static str, String)> {
    match fact {
        PlatformFact::ContainerFailed { task, container, .. } => {
            vec![("task", task.arn_id()), ("container", container.to_string())]
        }
        PlatformFact::ImagePushed { image, .. } => vec![("image", image.to_string())],
        PlatformFact::RoleRefused { family } | PlatformFact::RoleAccepted { family } => vec![("family", family.to_string())],
        PlatformFact::QuotaRaised { quota, .. } => vec![("quota", quota.quota_name().to_owned())],
    }
}

/// The same for a command.
pub fn ids_of_command(command: &PlatformCommand) -> Vec<(&'static str, String)> {
    match command {
        PlatformCommand::RequestServiceQuotaIncrease(request) => {
            vec![("quota", request.quota_code.quota_name().to_owned())]
        }
        PlatformCommand::PutImage(request) => vec![("image", request.image.clone())],
    }
}
