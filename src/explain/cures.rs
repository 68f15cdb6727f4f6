//! What puts a fault right, as the one who has to do it would say it.

use crate::explain::troubles::{app_name, heal_label};
use crate::sim::engine::Sim;
use crate::sim::fault::Fault;
use crate::sim::model::start_error::StartError;

/// `Create the log group that web names`: the healing of a fault, by what is done rather than by what it undoes.
pub(crate) fn cure_label(sim: &Sim, fault: &Fault) -> String {
    if let Fault::StartFailure { family, error } = fault {
        return of_start(family, *error);
    }
    if let Fault::ContainerExit { target, .. } = fault {
        return format!("Mend the app of {}: it no longer exits", app_name(sim, target));
    }
    if let Fault::OutOfMemory { target } = fault {
        return format!("Mend the app of {}: it stays within its memory limit", app_name(sim, target));
    }
    heal_label(sim, fault)
}

fn of_start(family: &str, error: StartError) -> String {
    match error {
        StartError::ImageNotFound => format!("Push the image of {family} to the registry"),
        StartError::TooManyRequests => format!("Log in to the registry, so that it no longer limits the pulls of {family}"),
        StartError::NoRouteToRegistry => format!("Give tasks of {family} a route to the registry, such as a NAT gateway"),
        StartError::CopyFailed => format!("Mend the connection of {family} to the registry"),
        StartError::EcrAccessDenied => format!("Let the execution role of {family} pull from Amazon ECR"),
        StartError::EcrUnreachable => format!("Give tasks of {family} a route to Amazon ECR, such as a NAT gateway"),
        StartError::SecretNotFound => format!("Create the secret that {family} names"),
        StartError::LogGroupMissing => format!("Create the log group that {family} names"),
        StartError::CreateTimeout => format!("Let containers of {family} be created in time again"),
        StartError::StartTimeout => format!("Let containers of {family} start in time again"),
        StartError::EntrypointNotFound => format!("Put the command of {family} into its image"),
        StartError::HealthCheckCommandMissing => format!("Put the command of the health check of {family} into its image"),
        StartError::RoleNotAssumable => format!("Let ECS assume the role of {family}"),
        StartError::InterfaceTimeout => format!("Let network interfaces of {family} be made in time again"),
    }
}
