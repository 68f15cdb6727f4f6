//! Quotas of an account and a cluster, as a request meets them (ecs.md §13).

use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::control_plane::service::ServiceStatus;
use crate::sim::model::placement::{PlacementConstraint, PlacementStrategy};
use crate::sim::model::task_definition::TaskDefinition;

/// Services of one cluster.
/// Ledger: quota.api.
const MOST_SERVICES: usize = 5_000;
/// Tasks of one service.
/// Ledger: quota.api.
const MOST_TASKS: u32 = 5_000;
/// Tasks of a service that is found by service discovery or Service Connect (ecs.md §9.4).
/// Ledger: quota.api.
const MOST_FOUND: u32 = 1_000;
/// Services of one namespace.
/// Ledger: quota.api.
const MOST_IN_NAMESPACE: usize = 300;
/// Revisions of one family.
/// Ledger: quota.api.
const MOST_REVISIONS: u32 = 1_000_000;
/// Custom attributes of one resource.
/// Ledger: quota.api.
const MOST_ATTRIBUTES: usize = 10;

/// Does one more service fit? A service that is still `DRAINING` counts.
// Ledger: quota.api.
pub(crate) fn check_services(control: &ControlPlane) -> Answer {
    let standing = control.services.iter().filter(|(_, service)| service.status != ServiceStatus::Inactive).count();
    if standing >= MOST_SERVICES {
        return Err(Refusal::new("ClientException", "The maximum number of services for this cluster (5000) has been reached."));
    }
    Ok(())
}

/// May a service have so many tasks?
pub(crate) fn check_desired_count(desired_count: u32) -> Answer {
    if desired_count > MOST_TASKS {
        return Err(Refusal::new("InvalidParameterException", "A service has at most 5,000 tasks."));
    }
    Ok(())
}

/// May a service have so many tasks, if others find them by name?
pub(crate) fn check_found(desired_count: u32, is_found: bool) -> Answer {
    if is_found && desired_count > MOST_FOUND {
        let message = "A service with service discovery or Service Connect has at most 1,000 tasks.";
        return Err(Refusal::new("InvalidParameterException", message));
    }
    Ok(())
}

/// Does one more service fit into a namespace that has so many?
pub(crate) fn check_namespace(namespace: &str, services: usize) -> Answer {
    if services >= MOST_IN_NAMESPACE {
        let message = format!("The maximum number of services for namespace {namespace} (300) has been reached.");
        return Err(Refusal::new("ClientException", message));
    }
    Ok(())
}

/// May a family have one more revision? Revisions that were deregistered count: their numbers are not given again.
pub(crate) fn check_revisions(control: &ControlPlane, definition: &TaskDefinition) -> Answer {
    let revisions = control.definitions.iter().filter(|(_, entry)| entry.definition.family == definition.family);
    if revisions.map(|(_, entry)| entry.definition.revision).max().is_some_and(|newest| newest >= MOST_REVISIONS) {
        let message = format!("The maximum number of revisions (1000000) of family {} has been reached.", definition.family);
        return Err(Refusal::new("ClientException", message));
    }
    Ok(())
}

/// May a container instance register with so many custom attributes?
pub(crate) fn check_attributes(attributes: usize) -> Answer {
    if attributes > MOST_ATTRIBUTES {
        let message = "You can apply up to 10 custom attributes for each resource.";
        return Err(Refusal::new("AttributeLimitExceededException", message));
    }
    Ok(())
}

/// `healthCheckGracePeriodSeconds` is a signed number of 32 bits (ecs.md §4.2).
pub(crate) fn check_grace_period(seconds: u32) -> Answer {
    if i32::try_from(seconds).is_err() {
        let message = "The health check grace period must be between 0 and 2147483647 seconds.";
        return Err(Refusal::new("InvalidParameterException", message));
    }
    Ok(())
}

/// May a request carry so many strategies and constraints (ecs.md §3.1)?
pub(crate) fn check_placement(strategies: &[PlacementStrategy], constraints: &[PlacementConstraint]) -> Answer {
    let most = [
        ("strategies", strategies.len(), PlacementStrategy::MAX_COUNT),
        ("constraints", constraints.len(), PlacementConstraint::MAX_COUNT),
    ];
    for (what, count, most) in most {
        if count > most {
            let message = format!("Too many placement {what}. At most {most} are allowed.");
            return Err(Refusal::new("InvalidParameterException", message));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::control_plane::definition::Definition;
    use crate::sim::model::task_definition::{NetworkMode, RuntimePlatform};
    use crate::sim::tuning::Tuning;

    fn revision(family: &str, revision: u32) -> TaskDefinition {
        TaskDefinition {
            family: family.into(),
            revision,
            network_mode: NetworkMode::Bridge,
            cpu_units: None,
            memory_mib: None,
            requires_compatibilities: Vec::new(),
            containers: Vec::new(),
            volumes: Vec::new(),
            placement_constraints: Vec::new(),
            requires_attributes: Vec::new(),
            ephemeral_storage_gib: None,
            runtime: RuntimePlatform::default(),
        }
    }

    #[test]
    fn section_13_revisions_per_family() {
        let mut control = ControlPlane::new(std::rc::Rc::from([]), &Tuning::default());
        control.definitions.insert(Definition::of(revision("web", MOST_REVISIONS - 1)));
        assert_eq!(check_revisions(&control, &revision("web", 1)), Ok(()));
        control.definitions.insert(Definition::of(revision("web", MOST_REVISIONS)));
        assert_eq!(check_revisions(&control, &revision("web", 1)).expect_err("no more").code, "ClientException");
        assert_eq!(check_revisions(&control, &revision("other", 1)), Ok(()));
    }
}
