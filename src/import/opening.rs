//! The scenario that the page opens with, packed as texts and numbers in one order: unpacking it takes next to no code, so that a first
//! look needs no reader of scenarios, task definitions or commands.
//!
//! It holds what such a scenario has: servers, task definitions of one container in bridge mode, services by desired count. [`pack`] is for
//! the host; a test compares what comes out again with what the file says. Start reading at [`unpack`].

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::sim::command::{CreateService, LaunchInstances};
use crate::sim::model::container_definition::{ContainerDefinition, HealthCheck, PortMapping, Protocol};
use crate::sim::model::task_definition::{NetworkMode, RuntimePlatform, TaskDefinition};
use crate::sim::time::Millis;

/// Texts and numbers, each list in the order in which [`unpack`] takes them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packed {
    pub texts: Vec<String>,
    pub numbers: Vec<u64>,
    /// The first action, which only its own reader understands.
    pub first_action: Vec<u8>,
}

/// What a scenario of this kind consists of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plain {
    pub title: String,
    pub sentence: String,
    pub first_label: String,
    pub seed: u64,
    pub open_at_ms: Millis,
    pub zones: Vec<String>,
    pub servers: Vec<LaunchInstances>,
    pub definitions: Vec<TaskDefinition>,
    pub services: Vec<CreateService>,
}

/// Takes texts and numbers one after the other.
pub struct Reader<'a> {
    texts: std::slice::Iter<'a, String>,
    numbers: std::slice::Iter<'a, u64>,
}

impl<'a> Reader<'a> {
    /// At the beginning.
    pub fn of(packed: &'a Packed) -> Self {
        Self { texts: packed.texts.iter(), numbers: packed.numbers.iter() }
    }

    /// The next text.
    pub fn text(&mut self) -> String {
        self.texts.next().cloned().unwrap_or_default()
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.numbers.next().copied().unwrap_or_default()
    }

    fn small(&mut self) -> u32 {
        self.number() as u32
    }

    /// A list that says its length first.
    pub fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.number()).map(|_| item(self)).collect()
    }
}

/// The scenario that was packed.
pub fn unpack(reader: &mut Reader) -> Plain {
    Plain {
        title: reader.text(),
        sentence: reader.text(),
        first_label: reader.text(),
        seed: reader.number(),
        open_at_ms: reader.number(),
        zones: reader.list(Reader::text),
        servers: reader.list(|reader| LaunchInstances {
            instance_type: reader.text(),
            zone: reader.text(),
            count: reader.small(),
            spot: false,
            ecs_enable_spot_instance_draining: false,
            attributes: Vec::new(),
        }),
        definitions: reader.list(definition),
        services: reader.list(|reader| CreateService {
            service_name: reader.text(),
            task_definition: reader.text(),
            desired_count: reader.small(),
            // It names no strategy, so that the cluster's own would be taken.
            capacity_provider_strategy: Some(Vec::new()),
            ..CreateService::default()
        }),
    }
}

fn definition(reader: &mut Reader) -> TaskDefinition {
    TaskDefinition {
        family: Rc::from(reader.text()),
        revision: 1,
        network_mode: NetworkMode::Bridge,
        cpu_units: None,
        memory_mib: None,
        requires_compatibilities: Vec::new(),
        containers: vec![container(reader)],
        volumes: Vec::new(),
        placement_constraints: Vec::new(),
        requires_attributes: reader.list(|reader| Rc::from(reader.text())),
        ephemeral_storage_gib: None,
        runtime: RuntimePlatform::default(),
    }
}

fn container(reader: &mut Reader) -> ContainerDefinition {
    ContainerDefinition {
        name: Rc::from(reader.text()),
        image: Rc::from(reader.text()),
        cpu_units: reader.small(),
        memory_mib: Some(reader.small()),
        memory_reservation_mib: None,
        essential: true,
        port_mappings: reader.list(|reader| PortMapping {
            container_port: reader.number() as u16,
            host_port: reader.number() as u16,
            protocol: Protocol::Tcp,
        }),
        health_check: reader.list(check).pop(),
        depends_on: Vec::new(),
        gpu_count: 0,
        start_timeout_ms: None,
        stop_timeout_ms: None,
        restart_policy: None,
        mount_points: Vec::new(),
        log_driver: None,
        log_limit_kib: None,
    }
}

fn check(reader: &mut Reader) -> HealthCheck {
    HealthCheck {
        command: reader.list(|reader| Rc::from(reader.text())),
        interval_ms: reader.number(),
        timeout_ms: reader.number(),
        retries: reader.small(),
        start_period_ms: reader.number(),
    }
}

/// Packs a scenario; what is not of this kind is lost, which the test of the opening notices.
#[cfg(not(target_arch = "wasm32"))]
pub fn pack(plain: &Plain, packed: &mut Packed) {
    packed.texts.extend([&plain.title, &plain.sentence, &plain.first_label].map(Clone::clone));
    packed.numbers.extend([plain.seed, plain.open_at_ms]);
    packed.numbers.push(plain.zones.len() as u64);
    packed.texts.extend(plain.zones.iter().cloned());
    packed.numbers.push(plain.servers.len() as u64);
    for server in &plain.servers {
        packed.texts.extend([server.instance_type.clone(), server.zone.clone()]);
        packed.numbers.push(u64::from(server.count));
    }
    packed.numbers.push(plain.definitions.len() as u64);
    for definition in &plain.definitions {
        packed.texts.push(definition.family.to_string());
        pack_container(&definition.containers[0], packed);
        packed.numbers.push(definition.requires_attributes.len() as u64);
        packed.texts.extend(definition.requires_attributes.iter().map(ToString::to_string));
    }
    packed.numbers.push(plain.services.len() as u64);
    for service in &plain.services {
        packed.texts.extend([service.service_name.clone(), service.task_definition.clone()]);
        packed.numbers.push(u64::from(service.desired_count));
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn pack_container(container: &ContainerDefinition, packed: &mut Packed) {
    packed.texts.extend([container.name.to_string(), container.image.to_string()]);
    packed.numbers.extend([u64::from(container.cpu_units), u64::from(container.memory_mib.unwrap_or_default())]);
    packed.numbers.push(container.port_mappings.len() as u64);
    for port in &container.port_mappings {
        packed.numbers.extend([u64::from(port.container_port), u64::from(port.host_port)]);
    }
    packed.numbers.push(u64::from(container.health_check.is_some()));
    if let Some(check) = &container.health_check {
        packed.numbers.push(check.command.len() as u64);
        packed.texts.extend(check.command.iter().map(ToString::to_string));
        packed.numbers.extend([check.interval_ms, check.timeout_ms, u64::from(check.retries), check.start_period_ms]);
    }
}
