//! Attributes that tell what an agent can do, and which of them a task definition asks for.
//!
//! Names only, as agents register them (AGENT:`agent/app/agent_capability.go`). It must never decide a placement.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::task_definition::{TaskDefinition, VolumeSource};

/// `awsvpc` network mode.
pub const TASK_ENI: &str = "ecs.capability.task-eni";
/// Task-level CPU and memory.
pub const TASK_CPU_MEM_LIMIT: &str = "ecs.capability.task-cpu-mem-limit";
/// Health checks inside containers.
pub const CONTAINER_HEALTH_CHECK: &str = "ecs.capability.container-health-check";
/// `dependsOn`.
pub const CONTAINER_ORDERING: &str = "ecs.capability.container-ordering";
/// `restartPolicy`.
pub const CONTAINER_RESTART_POLICY: &str = "ecs.capability.container-restart-policy";
/// EFS volumes.
pub const EFS: &str = "ecs.capability.efs";
/// FSx for Windows File Server volumes.
pub const FSX_WINDOWS: &str = "ecs.capability.fsxWindowsFileServer";
/// EBS volumes attached for a task.
pub const EBS_TASK_ATTACH: &str = "ecs.capability.storage.ebs-task-volume-attach";
/// A role for the containers.
pub const TASK_IAM_ROLE: &str = "com.amazonaws.ecs.capability.task-iam-role";
/// A role for the containers in host network mode.
pub const TASK_IAM_ROLE_NETWORK_HOST: &str = "com.amazonaws.ecs.capability.task-iam-role-network-host";
/// Images from Amazon ECR.
pub const ECR_AUTH: &str = "com.amazonaws.ecs.capability.ecr-auth";
/// Images from Amazon ECR, pulled with the execution role.
pub const EXECUTION_ROLE_ECR_PULL: &str = "ecs.capability.execution-role-ecr-pull";
/// `awslogs`, written with the execution role.
pub const EXECUTION_ROLE_AWSLOGS: &str = "ecs.capability.execution-role-awslogs";
/// Privileged containers.
pub const PRIVILEGED_CONTAINER: &str = "com.amazonaws.ecs.capability.privileged-container";
/// Secrets from Systems Manager.
pub const SECRETS_SSM: &str = "ecs.capability.secrets.ssm.environment-variables";
/// Secrets from Secrets Manager.
pub const SECRETS_ASM: &str = "ecs.capability.secrets.asm.environment-variables";

const LOGGING_DRIVER_PREFIX: &str = "com.amazonaws.ecs.capability.logging-driver.";
const DOCKER_PLUGIN_PREFIX: &str = "ecs.capability.docker-plugin.";

/// Log drivers an agent on the ECS-optimized Linux image offers.
const LINUX_LOG_DRIVERS: [&str; 7] = ["awsfirelens", "awslogs", "fluentd", "gelf", "journald", "json-file", "syslog"];

/// The attribute of a log driver; `none` needs no attribute of its own but agents register it all the same.
pub fn logging_driver(driver: &str) -> Rc<str> {
    format!("{LOGGING_DRIVER_PREFIX}{driver}").into()
}

/// What the agent of an ECS-optimized Linux instance registers, of the attributes named here; sorted.
/// Ledger: agent.capabilities.
pub fn of_linux_agent() -> Vec<Rc<str>> {
    let named = [
        TASK_ENI,
        TASK_CPU_MEM_LIMIT,
        CONTAINER_HEALTH_CHECK,
        CONTAINER_ORDERING,
        CONTAINER_RESTART_POLICY,
        EFS,
        EBS_TASK_ATTACH,
        TASK_IAM_ROLE,
        TASK_IAM_ROLE_NETWORK_HOST,
        ECR_AUTH,
        EXECUTION_ROLE_ECR_PULL,
        EXECUTION_ROLE_AWSLOGS,
        PRIVILEGED_CONTAINER,
        SECRETS_SSM,
        SECRETS_ASM,
    ];
    let mut all: Vec<Rc<str>> = named.into_iter().map(Rc::from).collect();
    all.extend(LINUX_LOG_DRIVERS.into_iter().map(logging_driver));
    all.push(logging_driver("none"));
    all.push(docker_plugin("local"));
    all.sort();
    all
}

/// What the parts of a task definition that are simulated ask of an agent; sorted.
/// The service derives the same when the definition is registered (`requiresAttributes`).
pub fn required_by(definition: &TaskDefinition) -> BTreeSet<Rc<str>> {
    let mut needed = BTreeSet::new();
    if definition.uses_eni() {
        needed.insert(TASK_ENI.into());
    }
    if definition.cpu_units.is_some() || definition.memory_mib.is_some() {
        needed.insert(TASK_CPU_MEM_LIMIT.into());
    }
    for container in &definition.containers {
        needed.extend(container.log_driver.as_deref().map(logging_driver));
        if container.health_check.is_some() {
            needed.insert(CONTAINER_HEALTH_CHECK.into());
        }
        if !container.depends_on.is_empty() {
            needed.insert(CONTAINER_ORDERING.into());
        }
        if container.restart_policy.is_some() {
            needed.insert(CONTAINER_RESTART_POLICY.into());
        }
    }
    let sources = definition.volumes.iter().map(|volume| &volume.source);
    needed.extend(sources.filter_map(needed_by_volume));
    needed
}

fn needed_by_volume(source: &VolumeSource) -> Option<Rc<str>> {
    match source {
        VolumeSource::Host { .. } => None,
        VolumeSource::Docker { driver } => Some(docker_plugin(driver)),
        VolumeSource::Efs { .. } => Some(EFS.into()),
        VolumeSource::FsxWindowsFileServer { .. } => Some(FSX_WINDOWS.into()),
        VolumeSource::ConfiguredAtLaunch => Some(EBS_TASK_ATTACH.into()),
    }
}

fn docker_plugin(driver: &str) -> Rc<str> {
    format!("{DOCKER_PLUGIN_PREFIX}{driver}").into()
}
