//! What one task asks of a container instance, computed once for each revision of a task definition.
//!
//! It must never look at an instance; `filter` compares the two.

use std::rc::Rc;

use crate::sim::model::container_definition::Protocol;
use crate::sim::model::task_definition::TaskDefinition;

/// An attribute an instance must have.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequiredAttribute {
    /// Its name.
    pub name: Rc<str>,
    /// The value it must have, when that matters.
    pub value: Option<Rc<str>>,
}

/// What one task takes from the instance it is placed on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Needs {
    /// CPU units reserved.
    pub cpu_units: u32,
    /// Memory reserved, in MiB.
    pub memory_mib: u32,
    /// TCP ports taken on the instance, rising, each once.
    pub tcp_ports: Vec<u16>,
    /// UDP ports taken on the instance, rising, each once.
    pub udp_ports: Vec<u16>,
    /// Network interfaces: 1 in `awsvpc` mode.
    pub enis: u8,
    /// Whole GPUs.
    pub gpus: u8,
    /// Attributes the instance must have.
    pub attributes: Vec<RequiredAttribute>,
}

impl Needs {
    /// What a task of this revision asks for on EC2.
    /// Ledger: placement.enis.
    pub fn of(definition: &TaskDefinition) -> Self {
        Self {
            cpu_units: definition.cpu_units(),
            memory_mib: definition.memory_to_reserve_mib(),
            tcp_ports: ports(definition, Protocol::Tcp),
            udp_ports: ports(definition, Protocol::Udp),
            enis: u8::from(definition.uses_eni()),
            gpus: u8::try_from(definition.gpu_count()).unwrap_or(u8::MAX),
            attributes: attributes(definition),
        }
    }

    /// A task that asks for CPU units and MiB of memory and nothing else.
    pub fn of_size(cpu_units: u32, memory_mib: u32) -> Self {
        Self { cpu_units, memory_mib, ..Self::default() }
    }

    /// It asks for nothing but CPU and memory.
    pub fn is_plain(&self) -> bool {
        self.enis == 0 && self.gpus == 0 && self.tcp_ports.is_empty() && self.udp_ports.is_empty() && self.attributes.is_empty()
    }
}

fn ports(definition: &TaskDefinition, protocol: Protocol) -> Vec<u16> {
    let mut ports: Vec<u16> = definition.host_ports(protocol).collect();
    ports.sort_unstable();
    ports.dedup();
    ports
}

/// The names the definition lists, and the platform its images were built for as attributes with a value.
fn attributes(definition: &TaskDefinition) -> Vec<RequiredAttribute> {
    let named = definition.requires_attributes.iter().map(|name| (name.clone(), None));
    let runtime = definition.runtime;
    let architecture = runtime.cpu_architecture.map(|kind| ("ecs.cpu-architecture", kind.attribute_value()));
    let system = runtime.operating_system.map(|kind| ("ecs.os-type", kind.attribute_value()));
    let platform = [architecture, system].into_iter().flatten().map(|(name, value)| (name.into(), Some(value.into())));
    named.chain(platform).map(|(name, value)| RequiredAttribute { name, value }).collect()
}
