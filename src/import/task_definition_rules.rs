//! A whole task definition: what the service refuses about it, and what it becomes.
//!
//! Unlike the service, which stops at the first, it finds every error. Messages as in `container_rules`;
//! rules between the parts are in `whole_rules`.
//! Start reading at [`TaskDefinitionInput::into_definition`].

use std::collections::BTreeSet;
use std::rc::Rc;

use super::container_rules::{self, TaskContext, is_name};
use super::findings::{FieldError, Findings};
use super::task_definition_input::{ConstraintInput, ContainerInput, TaskDefinitionInput, VolumeInput};
use super::whole_rules;
use crate::sim::model::capability;
use crate::sim::model::container_definition::ContainerDefinition;
use crate::sim::model::fargate_size::FargateSize;
use crate::sim::model::placement::PlacementConstraint;
use crate::sim::model::task_definition::{
    Compatibility, CpuArchitecture, NetworkMode, OperatingSystem, RuntimePlatform, TaskDefinition,
};
use crate::sim::model::volume::{Volume, VolumeSource};

/// ecs.md §13.
const MAX_CONTAINERS: usize = 10;
/// Tags of one resource (ecs.md §13).
const MAX_TAGS: usize = 50;
/// Size of a whole request in bytes (ecs.md §13).
const MAX_BYTES: usize = 64 * 1_024;
/// Task-level CPU units on EC2 (ecs.md §1.3).
const EC2_CPU_UNITS: std::ops::RangeInclusive<u32> = 128..=196_608;
/// GiB on Fargate (ecs.md §8.1).
const EPHEMERAL_STORAGE_GIB: std::ops::RangeInclusive<u32> = 21..=200;

/// Windows on Fargate needs a whole vCPU (ecs.md §8.1).
const WINDOWS_CPU_UNITS: u32 = 1_024;

impl TaskDefinitionInput {
    /// Checks everything the service would check and gives the definition, or all that is wrong with it.
    pub fn into_definition(&self, revision: u32) -> Result<TaskDefinition, Vec<FieldError>> {
        let mut rules = Rules { input: self, findings: Findings::default() };
        let definition = rules.definition(revision);
        rules.findings.or_errors(definition)
    }
}

struct Rules<'a> {
    input: &'a TaskDefinitionInput,
    findings: Findings,
}

impl Rules<'_> {
    fn definition(&mut self, revision: u32) -> TaskDefinition {
        let input = self.input;
        let requires_compatibilities = self.compatibilities();
        let on_fargate = requires_compatibilities.contains(&Compatibility::Fargate);
        self.size();
        self.tags();
        let task = TaskContext {
            network_mode: self.network_mode(on_fargate),
            memory_mib: self.memory_mib(on_fargate),
            settles_memory: input.memory.is_some() || on_fargate,
            on_fargate,
        };
        let cpu_units = self.cpu_units(on_fargate);
        if on_fargate {
            self.fargate_size(cpu_units, task.memory_mib);
        }
        let mut definition = TaskDefinition {
            family: self.family(),
            revision,
            network_mode: task.network_mode,
            cpu_units,
            memory_mib: task.memory_mib,
            requires_compatibilities,
            containers: self.containers(&task),
            volumes: self.volumes(on_fargate),
            placement_constraints: self.placement_constraints(on_fargate),
            requires_attributes: Vec::new(),
            ephemeral_storage_gib: self.ephemeral_storage_gib(),
            runtime: self.runtime(),
        };
        whole_rules::check(&definition, &mut self.findings);
        let mut attributes = capability::required_by(&definition);
        attributes.extend(attributes_of_the_rest(input, definition.network_mode));
        definition.requires_attributes = attributes.into_iter().collect();
        definition
    }

    fn refuse(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.findings.refuse(path, message);
    }

    /// As the request would be sent, without blanks.
    // Ledger: quota.api.
    fn size(&mut self) {
        let bytes = serde_json::to_vec(self.input).expect("texts, numbers and maps with text keys are always JSON").len();
        if bytes > MAX_BYTES {
            self.refuse("", format!("Actual length: '{bytes}'. Max allowed length is '{MAX_BYTES}' bytes."));
        }
    }

    /// They mean nothing here: only how many there are is looked at.
    // Ledger: quota.api.
    fn tags(&mut self) {
        let tags = self.input.rest.get("tags").and_then(serde_json::Value::as_array).map_or(0, Vec::len);
        if tags > MAX_TAGS {
            self.refuse("tags", format!("Too many tags: {tags}. A resource has at most {MAX_TAGS}."));
        }
    }

    fn family(&mut self) -> Rc<str> {
        let family = self.input.family.as_deref().unwrap_or("");
        if family.is_empty() {
            self.refuse("family", "Family should not be null or empty.");
        } else if !is_name(family) {
            self.refuse("family", "Family contains invalid characters.");
        }
        family.into()
    }

    fn compatibilities(&mut self) -> Vec<Compatibility> {
        let names = self.input.requires_compatibilities.as_deref().unwrap_or_default();
        let mut found = Vec::new();
        for (index, name) in names.iter().enumerate() {
            match Compatibility::parse(name) {
                Some(compatibility) => found.push(compatibility),
                None => self.refuse(
                    format!("requiresCompatibilities[{index}]"),
                    format!("Invalid requires compatibility '{name}'. Valid values: EC2, FARGATE, EXTERNAL, MANAGED_INSTANCES."),
                ),
            }
        }
        found
    }

    fn network_mode(&mut self, on_fargate: bool) -> NetworkMode {
        let text = self.input.network_mode.as_deref();
        let mode = text.map_or(Some(NetworkMode::default()), NetworkMode::parse);
        if mode.is_none() {
            let message = "Invalid 'networkMode' setting for task. Valid values: bridge, host, awsvpc, none.";
            self.refuse("networkMode", message);
        } else if on_fargate && mode != Some(NetworkMode::Awsvpc) {
            self.refuse("networkMode", "Fargate only supports network mode 'awsvpc'.");
        }
        mode.unwrap_or_default()
    }

    fn cpu_units(&mut self, on_fargate: bool) -> Option<u32> {
        let Some(written) = &self.input.cpu else {
            if on_fargate {
                self.refuse("cpu", "Fargate requires that 'cpu' be defined at the task level.");
            }
            return None;
        };
        let fits = |units: &u32| {
            if on_fargate { FargateSize::has_cpu(*units) } else { EC2_CPU_UNITS.contains(units) }
        };
        let units = written.cpu_units().filter(fits);
        if units.is_none() {
            self.refuse("cpu", "Invalid 'cpu' setting for task.");
        }
        units
    }

    fn memory_mib(&mut self, on_fargate: bool) -> Option<u32> {
        let Some(written) = &self.input.memory else {
            if on_fargate {
                self.refuse("memory", "Fargate requires that 'memory' be defined at the task level.");
            }
            return None;
        };
        let mib = written.memory_mib().filter(|mib| *mib > 0);
        if mib.is_none() {
            self.refuse("memory", "Invalid 'memory' setting for task.");
        }
        mib
    }

    fn fargate_size(&mut self, cpu_units: Option<u32>, memory_mib: Option<u32>) {
        if let (Some(cpu_units), Some(memory_mib)) = (cpu_units, memory_mib)
            && (FargateSize::of(cpu_units, memory_mib).is_none() || (self.is_windows() && cpu_units < WINDOWS_CPU_UNITS))
        {
            self.refuse("memory", "No Fargate configuration exists for given values.");
        }
    }

    fn is_windows(&self) -> bool {
        let family = self.input.runtime_platform.as_ref().and_then(|platform| platform.operating_system_family.as_deref());
        family.and_then(OperatingSystem::parse_family) == Some(OperatingSystem::Windows)
    }

    fn containers(&mut self, task: &TaskContext) -> Vec<ContainerDefinition> {
        let inputs = self.input.container_definitions.as_deref().unwrap_or_default();
        if inputs.is_empty() {
            self.refuse("containerDefinitions", "Container list cannot be empty.");
        }
        if inputs.len() > MAX_CONTAINERS {
            let message = format!("Too many containers. A task definition has at most {MAX_CONTAINERS}.");
            self.refuse("containerDefinitions", message);
        }
        let mut containers = Vec::new();
        for (index, input) in inputs.iter().enumerate() {
            let path = format!("containerDefinitions[{index}]");
            if task.on_fargate && input.privileged == Some(true) {
                let message = "Fargate compatible task definitions do not support privileged";
                self.refuse(format!("{path}.privileged"), message);
            }
            containers.push(container_rules::container(input, &path, task, &mut self.findings));
        }
        containers
    }

    fn volumes(&mut self, on_fargate: bool) -> Vec<Volume> {
        let inputs = self.input.volumes.as_deref().unwrap_or_default();
        let numbered = inputs.iter().enumerate();
        numbered.map(|(index, input)| self.volume(index, input, on_fargate)).collect()
    }

    fn volume(&mut self, index: usize, input: &VolumeInput, on_fargate: bool) -> Volume {
        let path = format!("volumes[{index}]");
        let name = input.name.as_deref().unwrap_or("");
        if name.is_empty() && input.configured_at_launch != Some(true) {
            self.refuse(format!("{path}.name"), "Volume.name should not be null or empty.");
        }
        let source = volume_source(input);
        let unsupported = match &source {
            VolumeSource::Host { source_path: Some(_) } => Some(("host.sourcePath", "sourcePath")),
            VolumeSource::Docker { .. } => Some(("dockerVolumeConfiguration", "dockerVolumeConfiguration")),
            VolumeSource::Host { source_path: None }
            | VolumeSource::Efs { .. }
            | VolumeSource::FsxWindowsFileServer { .. }
            | VolumeSource::ConfiguredAtLaunch => None,
        };
        if let (true, Some((field, what))) = (on_fargate, unsupported) {
            let message = format!("Fargate compatible task definitions do not support {what}");
            self.refuse(format!("{path}.{field}"), message);
        }
        Volume { name: name.into(), source }
    }

    fn placement_constraints(&mut self, on_fargate: bool) -> Vec<PlacementConstraint> {
        let inputs = self.input.placement_constraints.as_deref().unwrap_or_default();
        let path = "placementConstraints";
        if on_fargate && !inputs.is_empty() {
            self.refuse(path, "Fargate compatible task definitions do not support constraints");
        }
        if inputs.len() > PlacementConstraint::MAX_COUNT {
            let most = PlacementConstraint::MAX_COUNT;
            self.refuse(path, format!("Too many placement constraints. At most {most} are allowed."));
        }
        let numbered = inputs.iter().enumerate();
        numbered.filter_map(|(index, input)| self.constraint(index, input)).collect()
    }

    /// Only `memberOf`: which tasks would be distinct from each other is known when they are started (ecs.md §3.4).
    fn constraint(&mut self, index: usize, input: &ConstraintInput) -> Option<PlacementConstraint> {
        let path = format!("placementConstraints[{index}]");
        let kind = input.kind.as_deref().unwrap_or("");
        match PlacementConstraint::parse(kind, input.expression.as_deref()) {
            Ok(PlacementConstraint::DistinctInstance) => {
                let message = "Invalid placement constraint type 'distinctInstance'. Task definitions support memberOf only.";
                self.refuse(format!("{path}.type"), message);
                None
            }
            Ok(constraint @ PlacementConstraint::MemberOf(_)) => Some(constraint),
            Err(error) => {
                let path = format!("{path}.{}", error.key);
                self.findings.refuse_at(path, error.message, error.position);
                None
            }
        }
    }

    fn ephemeral_storage_gib(&mut self) -> Option<u32> {
        let storage = self.input.ephemeral_storage.as_ref()?;
        let size = storage.size_in_gib.and_then(|size| u32::try_from(size).ok());
        let size = size.filter(|size| EPHEMERAL_STORAGE_GIB.contains(size));
        if size.is_none() {
            let message = "Invalid 'ephemeralStorage' setting for task. 'sizeInGiB' must be between 21 and 200.";
            self.refuse("ephemeralStorage.sizeInGiB", message);
        }
        size
    }

    fn runtime(&mut self) -> RuntimePlatform {
        let Some(input) = &self.input.runtime_platform else {
            return RuntimePlatform::default();
        };
        let architecture = input.cpu_architecture.as_deref();
        let family = input.operating_system_family.as_deref();
        let runtime = RuntimePlatform {
            cpu_architecture: architecture.and_then(CpuArchitecture::parse),
            operating_system: family.and_then(OperatingSystem::parse_family),
        };
        if architecture.is_some() && runtime.cpu_architecture.is_none() {
            let message = "Invalid 'cpuArchitecture' setting for task. Valid values: X86_64, ARM64.";
            self.refuse("runtimePlatform.cpuArchitecture", message);
        }
        if family.is_some() && runtime.operating_system.is_none() {
            let message = format!(
                "Invalid 'operatingSystemFamily' setting for task. Valid values: {}.",
                OperatingSystem::FAMILIES.join(", ")
            );
            self.refuse("runtimePlatform.operatingSystemFamily", message);
        }
        runtime
    }
}

fn volume_source(input: &VolumeInput) -> VolumeSource {
    if let Some(docker) = &input.docker_volume_configuration {
        let driver = docker.driver.as_deref().unwrap_or("local").into();
        return VolumeSource::Docker { driver };
    }
    if let Some(efs) = &input.efs_volume_configuration {
        let file_system_id = efs.file_system_id.as_deref().unwrap_or("").into();
        return VolumeSource::Efs { file_system_id };
    }
    if let Some(fsx) = &input.fsx_windows_file_server_volume_configuration {
        let file_system_id = fsx.file_system_id.as_deref().unwrap_or("").into();
        return VolumeSource::FsxWindowsFileServer { file_system_id };
    }
    if input.configured_at_launch == Some(true) {
        return VolumeSource::ConfiguredAtLaunch;
    }
    let source_path = input.host.as_ref().and_then(|host| host.source_path.as_deref());
    VolumeSource::Host { source_path: source_path.filter(|path| !path.is_empty()).map(Rc::from) }
}

/// Attributes asked for by fields that the simulator does not carry further.
fn attributes_of_the_rest(input: &TaskDefinitionInput, mode: NetworkMode) -> BTreeSet<Rc<str>> {
    let mut needed = BTreeSet::new();
    let mut ask = |attribute: &str, wanted: bool| {
        if wanted {
            needed.insert(Rc::from(attribute));
        }
    };
    let has_task_role = input.task_role_arn.is_some();
    ask(capability::TASK_IAM_ROLE, has_task_role && mode != NetworkMode::Host);
    ask(capability::TASK_IAM_ROLE_NETWORK_HOST, has_task_role && mode == NetworkMode::Host);
    let has_execution_role = input.execution_role_arn.is_some();
    for container in input.container_definitions.as_deref().unwrap_or_default() {
        let from_ecr = container.image.as_deref().is_some_and(|image| image.contains(".dkr.ecr."));
        ask(capability::ECR_AUTH, from_ecr);
        ask(capability::EXECUTION_ROLE_ECR_PULL, from_ecr && has_execution_role);
        ask(capability::EXECUTION_ROLE_AWSLOGS, has_execution_role && uses_awslogs(container));
        ask(capability::PRIVILEGED_CONTAINER, container.privileged == Some(true));
        for secret in container.secrets.as_deref().unwrap_or_default() {
            let from = secret.value_from.as_deref().unwrap_or("");
            let is_asm = from.contains(":secretsmanager:");
            ask(capability::SECRETS_ASM, is_asm);
            ask(capability::SECRETS_SSM, !is_asm);
        }
    }
    needed
}

/// Whether the container writes its log with `awslogs`.
pub(super) fn uses_awslogs(container: &ContainerInput) -> bool {
    let log = container.log_configuration.as_ref();
    log.and_then(|log| log.log_driver.as_deref()) == Some("awslogs")
}
