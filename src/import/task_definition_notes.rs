//! What is accepted but worth a word: fields the API does not have, fields only `DescribeTaskDefinition` writes, settings
//! that change nothing here, and roles Fargate would ask for.
//!
//! Notes never stop an import.

use std::collections::BTreeSet;

use super::findings::Note;
use super::task_definition_input::{ContainerInput, Rest, TaskDefinitionInput};
use super::task_definition_rules::uses_awslogs;

/// Task-level fields of `RegisterTaskDefinition` that are kept and change nothing (API26:RegisterTaskDefinition).
const TASK_FIELDS: [&str; 6] =
    ["enableFaultInjection", "inferenceAccelerators", "ipcMode", "pidMode", "proxyConfiguration", "tags"];

/// What a described task definition carries besides (API26:TaskDefinition).
const DESCRIBED_FIELDS: [&str; 9] = [
    "compatibilities",
    "deleteRequestedAt",
    "deregisteredAt",
    "registeredAt",
    "registeredBy",
    "requiresAttributes",
    "revision",
    "status",
    "taskDefinitionArn",
];

/// Fields of a container that are kept and change nothing (API26:ContainerDefinition).
const CONTAINER_FIELDS: [&str; 25] = [
    "command",
    "credentialSpecs",
    "disableNetworking",
    "dnsSearchDomains",
    "dnsServers",
    "dockerLabels",
    "dockerSecurityOptions",
    "entryPoint",
    "environment",
    "environmentFiles",
    "extraHosts",
    "firelensConfiguration",
    "hostname",
    "interactive",
    "links",
    "linuxParameters",
    "pseudoTerminal",
    "readonlyRootFilesystem",
    "repositoryCredentials",
    "systemControls",
    "ulimits",
    "user",
    "versionConsistency",
    "volumesFrom",
    "workingDirectory",
];

/// Fields of a port mapping that are kept and change nothing (API26:PortMapping).
const PORT_FIELDS: [&str; 2] = ["appProtocol", "name"];
/// Fields of a log configuration that are kept and change nothing (API26:LogConfiguration).
const LOG_FIELDS: [&str; 1] = ["secretOptions"];

impl TaskDefinitionInput {
    /// What its author may want to know; see the module.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = Notes::default();
        notes.described(&self.rest);
        notes.unknown("", &self.rest, &[&TASK_FIELDS, &DESCRIBED_FIELDS]);
        let containers = self.container_definitions.as_deref().unwrap_or_default();
        for (index, container) in containers.iter().enumerate() {
            notes.container(&format!("containerDefinitions[{index}]"), container);
        }
        notes.rest_of_the_task(self);
        notes.roles(self, containers);
        notes.finish()
    }
}

#[derive(Default)]
struct Notes {
    found: Vec<Note>,
    without_effect: BTreeSet<String>,
}

impl Notes {
    fn described(&mut self, rest: &Rest) {
        let described = written(rest).filter(|key| DESCRIBED_FIELDS.contains(key));
        let keys: Vec<&str> = described.collect();
        if !keys.is_empty() {
            let message =
                format!("Written by DescribeTaskDefinition, not taken by RegisterTaskDefinition; ignored: {}.", keys.join(", "));
            self.found.push(Note::new("", message));
        }
    }

    /// Sorts the fields that were carried along into those of the API and others.
    fn unknown(&mut self, place: &str, rest: &Rest, known: &[&[&str]]) {
        for key in written(rest) {
            let is_known = known.iter().any(|names| names.contains(&key));
            if !is_known {
                let place = join(place, key);
                let message = "The API has no such field; it is kept and ignored.";
                self.found.push(Note::new(place, message));
            } else if !DESCRIBED_FIELDS.contains(&key) {
                self.without_effect.insert(key.to_owned());
            }
        }
    }

    fn container(&mut self, place: &str, container: &ContainerInput) {
        self.unknown(place, &container.rest, &[&CONTAINER_FIELDS]);
        for (index, port) in container.port_mappings.iter().flatten().enumerate() {
            let place = format!("{place}.portMappings[{index}]");
            self.unknown(&place, &port.rest, &[&PORT_FIELDS]);
            if port.container_port_range.is_some() {
                let message = "A range of ports is kept but not simulated.";
                self.found.push(Note::new(join(&place, "containerPortRange"), message));
            }
        }
        if let Some(check) = &container.health_check {
            self.unknown(&join(place, "healthCheck"), &check.rest, &[]);
        }
        if let Some(policy) = &container.restart_policy {
            self.unknown(&join(place, "restartPolicy"), &policy.rest, &[]);
        }
        if let Some(log) = &container.log_configuration {
            self.unknown(&join(place, "logConfiguration"), &log.rest, &[&LOG_FIELDS]);
        }
        let lists = [
            ("dependsOn", container.depends_on.iter().flatten().map(|each| &each.rest).collect()),
            ("mountPoints", container.mount_points.iter().flatten().map(|each| &each.rest).collect()),
            ("secrets", container.secrets.iter().flatten().map(|each| &each.rest).collect()),
            ("resourceRequirements", container.resource_requirements.iter().flatten().map(|each| &each.rest).collect()),
        ];
        for (field, rests) in lists {
            self.unknown_in_list(&join(place, field), rests);
        }
    }

    fn unknown_in_list(&mut self, place: &str, rests: Vec<&Rest>) {
        for (index, rest) in rests.into_iter().enumerate() {
            self.unknown(&format!("{place}[{index}]"), rest, &[]);
        }
    }

    /// Volume configurations have many options; they are kept without a word.
    fn rest_of_the_task(&mut self, input: &TaskDefinitionInput) {
        let volumes = input.volumes.iter().flatten().map(|each| &each.rest).collect();
        self.unknown_in_list("volumes", volumes);
        let constraints = input.placement_constraints.iter().flatten().map(|each| &each.rest).collect();
        self.unknown_in_list("placementConstraints", constraints);
        if let Some(platform) = &input.runtime_platform {
            self.unknown("runtimePlatform", &platform.rest, &[]);
        }
        if let Some(storage) = &input.ephemeral_storage {
            self.unknown("ephemeralStorage", &storage.rest, &[]);
        }
    }

    /// The service refuses these; the simulator has no roles, so it says so and goes on.
    fn roles(&mut self, input: &TaskDefinitionInput, containers: &[ContainerInput]) {
        let compatibilities = input.requires_compatibilities.as_deref().unwrap_or_default();
        let on_fargate = compatibilities.iter().any(|each| each == "FARGATE");
        if !on_fargate || input.execution_role_arn.is_some() {
            return;
        }
        if containers.iter().any(uses_awslogs) {
            let message = "The service would refuse this: Fargate requires task definition to have execution role ARN to support log driver awslogs.";
            self.found.push(Note::new("executionRoleArn", message));
        }
        let from_ecr = |each: &ContainerInput| each.image.as_deref().is_some_and(|image| image.contains(".dkr.ecr."));
        if containers.iter().any(from_ecr) {
            let message = "The service would refuse this: Fargate requires task definition to have execution role ARN to support ECR images.";
            self.found.push(Note::new("executionRoleArn", message));
        }
    }

    fn finish(mut self) -> Vec<Note> {
        if !self.without_effect.is_empty() {
            let fields: Vec<&str> = self.without_effect.iter().map(String::as_str).collect();
            let message = format!("Kept, but without effect in the simulation: {}.", fields.join(", "));
            self.found.push(Note::new("", message));
        }
        self.found
    }
}

/// Fields that say something: exports of the console are full of nulls and empty lists.
fn written(rest: &Rest) -> impl Iterator<Item = &str> {
    let empty = |value: &serde_json::Value| {
        value.is_null() || value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(serde_json::Map::is_empty)
    };
    rest.iter().filter(move |(_, value)| !empty(value)).map(|(key, _)| key.as_str())
}

fn join(place: &str, key: &str) -> String {
    if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") }
}
