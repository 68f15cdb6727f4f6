//! A registered task definition: one revision of a family, as the scheduler and the agents see it.
//!
//! Plain data with derived sums; it has been validated before it gets here (`import` says what the service would refuse).
//! It must never hold anything that changes after registration. Start reading at [`TaskDefinition`].

use std::rc::Rc;

use serde::{Deserialize, Serialize};

pub use super::container_definition::{
    ContainerCondition, ContainerDefinition, ContainerDependency, HealthCheck, MountPoint, PortMapping, Protocol, RestartPolicy,
};
use super::placement::PlacementConstraint;
pub use super::volume::{Volume, VolumeSource};

/// One revision of a family.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TaskDefinition {
    /// What its revisions have in common.
    pub family: Rc<str>,
    /// Counts from 1 in each family.
    pub revision: u32,
    /// How its containers are connected.
    pub network_mode: NetworkMode,
    /// Task-level CPU, 1024 units a vCPU; a hard cap, required on Fargate.
    pub cpu_units: Option<u32>,
    /// Task-level memory in MiB; a hard cap, required on Fargate.
    pub memory_mib: Option<u32>,
    /// Launch types it was validated against; empty means not restricted.
    pub requires_compatibilities: Vec<Compatibility>,
    /// One to ten containers.
    pub containers: Vec<ContainerDefinition>,
    /// What its containers may mount.
    pub volumes: Vec<Volume>,
    /// Where its tasks may be placed (`memberOf` only).
    pub placement_constraints: Vec<PlacementConstraint>,
    /// Attributes an instance must have, by name, sorted.
    pub requires_attributes: Vec<Rc<str>>,
    /// Scratch space on Fargate in GiB; 20 when not given.
    pub ephemeral_storage_gib: Option<u32>,
    /// Processor and operating system it was built for.
    pub runtime: RuntimePlatform,
}

impl TaskDefinition {
    /// GiB of scratch space on Fargate when the definition does not say.
    /// Ledger: fargate.ephemeral-storage.
    pub const EPHEMERAL_STORAGE_GIB: u32 = 20;

    /// `family:revision`, as commands and events write it.
    pub fn name(&self) -> String {
        format!("{}:{}", self.family, self.revision)
    }

    /// Is it meant by `family` or `family:revision`?
    pub fn is_named(&self, name: &str) -> bool {
        let rest = name.strip_prefix(&*self.family);
        rest.is_some_and(|rest| rest.is_empty() || rest.strip_prefix(':').is_some_and(|text| text.parse() == Ok(self.revision)))
    }

    /// What placement reserves, in CPU units: the task-level value, else the sum of the containers.
    pub fn cpu_units(&self) -> u32 {
        self.cpu_units.unwrap_or_else(|| self.containers.iter().map(|each| each.cpu_units).sum())
    }

    /// What placement reserves, in MiB: the task-level value, else the sum over the containers of the reservation or limit.
    /// Ledger: placement.memory.
    pub fn memory_to_reserve_mib(&self) -> u32 {
        self.memory_mib.unwrap_or_else(|| self.containers.iter().map(ContainerDefinition::memory_to_reserve_mib).sum())
    }

    /// What the task may use at most, in MiB: the task-level value, else the sum of the hard limits; `None` when any container is unlimited.
    pub fn memory_limit_mib(&self) -> Option<u32> {
        self.memory_mib.or_else(|| self.containers.iter().map(|each| each.memory_mib).sum())
    }

    /// Ports taken on the instance wherever a task runs: fixed host ports, and in host mode every container port.
    /// Ports chosen by the instance are not among them, nor those of a task with its own network interface.
    pub fn host_ports(&self, protocol: Protocol) -> impl Iterator<Item = u16> + '_ {
        let mode = self.network_mode;
        self.containers
            .iter()
            .flat_map(|container| container.port_mappings.iter())
            .filter(move |mapping| mapping.protocol == protocol)
            .filter_map(move |mapping| mode.host_port_of(mapping))
    }

    /// Scratch space on Fargate in MiB; image layers lie there too (ecs.md §8.1).
    pub fn ephemeral_storage_mib(&self) -> u64 {
        u64::from(self.ephemeral_storage_gib.unwrap_or(Self::EPHEMERAL_STORAGE_GIB)) * 1_024
    }

    /// Whole GPUs of all containers.
    pub fn gpu_count(&self) -> u32 {
        self.containers.iter().map(|each| each.gpu_count).sum()
    }

    /// Each task gets a network interface of its own.
    pub fn uses_eni(&self) -> bool {
        self.network_mode == NetworkMode::Awsvpc
    }

    /// It was validated for Fargate.
    pub fn launches_on_fargate(&self) -> bool {
        self.requires_compatibilities.contains(&Compatibility::Fargate)
    }

    /// The container of this name.
    pub fn container(&self, name: &str) -> Option<&ContainerDefinition> {
        self.containers.iter().find(|each| &*each.name == name)
    }
}

/// How the containers of a task are connected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NetworkMode {
    /// `bridge`: Docker's own network on the instance; the default on EC2 with Linux.
    #[default]
    Bridge,
    /// `host`: the ports of the containers are the ports of the instance.
    Host,
    /// `awsvpc`: each task has its own network interface.
    Awsvpc,
    /// `none`: no network.
    None,
}

impl NetworkMode {
    /// Every mode, in the order of the API.
    pub const ALL: [Self; 4] = [Self::Bridge, Self::Host, Self::Awsvpc, Self::None];

    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bridge => "bridge",
            Self::Host => "host",
            Self::Awsvpc => "awsvpc",
            Self::None => "none",
        }
    }

    /// The inverse of [`Self::name`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.name() == text)
    }

    fn host_port_of(self, mapping: &PortMapping) -> Option<u16> {
        match self {
            Self::Bridge => Some(mapping.host_port).filter(|port| *port != 0),
            Self::Host => Some(mapping.container_port),
            Self::Awsvpc | Self::None => None,
        }
    }
}

/// A launch type a task definition may be validated against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Compatibility {
    /// `EC2`
    Ec2,
    /// `FARGATE`
    Fargate,
    /// `EXTERNAL`: ECS Anywhere.
    External,
    /// `MANAGED_INSTANCES`
    ManagedInstances,
}

impl Compatibility {
    /// Every launch type, in the order of the API.
    pub const ALL: [Self; 4] = [Self::Ec2, Self::Fargate, Self::External, Self::ManagedInstances];

    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ec2 => "EC2",
            Self::Fargate => "FARGATE",
            Self::External => "EXTERNAL",
            Self::ManagedInstances => "MANAGED_INSTANCES",
        }
    }

    /// The inverse of [`Self::name`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.name() == text)
    }
}

/// `runtimePlatform`; what is not given restricts nothing on EC2 and means Linux on x86 on Fargate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RuntimePlatform {
    /// `cpuArchitecture`.
    pub cpu_architecture: Option<CpuArchitecture>,
    /// `operatingSystemFamily`.
    pub operating_system: Option<OperatingSystem>,
}

/// The processor an image was built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CpuArchitecture {
    /// `X86_64`
    X86_64,
    /// `ARM64`
    Arm64,
}

impl CpuArchitecture {
    /// Every architecture, in the order of the API.
    pub const ALL: [Self; 2] = [Self::X86_64, Self::Arm64];

    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::X86_64 => "X86_64",
            Self::Arm64 => "ARM64",
        }
    }

    /// The inverse of [`Self::name`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.name() == text)
    }

    /// The value of the instance attribute `ecs.cpu-architecture`.
    pub fn attribute_value(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }
}

/// The operating system an image was built for; the editions of Windows are one for placement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum OperatingSystem {
    /// `LINUX`
    Linux,
    /// `WINDOWS_SERVER_…`
    Windows,
}

impl OperatingSystem {
    /// Every edition of the API, Linux last as there (API26:OSFamily).
    pub const FAMILIES: [&'static str; 10] = [
        "WINDOWS_SERVER_2019_FULL",
        "WINDOWS_SERVER_2019_CORE",
        "WINDOWS_SERVER_2016_FULL",
        "WINDOWS_SERVER_2004_CORE",
        "WINDOWS_SERVER_2022_CORE",
        "WINDOWS_SERVER_2022_FULL",
        "WINDOWS_SERVER_2025_CORE",
        "WINDOWS_SERVER_2025_FULL",
        "WINDOWS_SERVER_20H2_CORE",
        "LINUX",
    ];

    /// The system of a value of `operatingSystemFamily`.
    pub fn parse_family(text: &str) -> Option<Self> {
        let family = Self::FAMILIES.into_iter().find(|family| *family == text)?;
        Some(if family == "LINUX" { Self::Linux } else { Self::Windows })
    }

    /// The value of the instance attribute `ecs.os-type`.
    pub fn attribute_value(self) -> &'static str {
        match self {
            Self::Linux => "linux",
            Self::Windows => "windows",
        }
    }
}
