//! One container as a task definition asks for it: image, reservations, ports, health check, order of start.
//!
//! Plain data in the units its names end in. It must never hold anything a running container has (status, exit code,
//! bound port): those belong to the task. Start reading at [`ContainerDefinition`].

use std::rc::Rc;

use serde::{Deserialize, Serialize};

/// One entry of `containerDefinitions`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ContainerDefinition {
    /// Unique inside its task definition.
    pub name: Rc<str>,
    /// Repository, and tag or digest where one is given.
    pub image: Rc<str>,
    /// CPU shares reserved, 1024 a vCPU; 0 when not given.
    pub cpu_units: u32,
    /// Hard limit in MiB: going over it gets the container killed.
    pub memory_mib: Option<u32>,
    /// Soft limit in MiB: what placement reserves when it is given.
    pub memory_reservation_mib: Option<u32>,
    /// The task stops when an essential container stops.
    pub essential: bool,
    /// Ports the container listens on.
    pub port_mappings: Vec<PortMapping>,
    /// The check the agent runs inside the container.
    pub health_check: Option<HealthCheck>,
    /// Containers of the same task that must have got somewhere before this one starts.
    pub depends_on: Vec<ContainerDependency>,
    /// Whole GPUs pinned to the container.
    pub gpu_count: u32,
    /// How long its dependencies may take before the task gives up, in milliseconds.
    pub start_timeout_ms: Option<u64>,
    /// From SIGTERM to SIGKILL, in milliseconds.
    pub stop_timeout_ms: Option<u64>,
    /// Whether the agent restarts the container in place.
    pub restart_policy: Option<RestartPolicy>,
    /// Volumes of the task definition seen inside the container.
    pub mount_points: Vec<MountPoint>,
    /// `logConfiguration.logDriver`.
    pub log_driver: Option<Rc<str>>,
    /// What rotation leaves of its log on disk, in KiB: `max-size` times `max-file`. Without it the log grows for ever.
    pub log_limit_kib: Option<u64>,
}

impl ContainerDefinition {
    /// What placement reserves for this container in MiB: the reservation, else the hard limit.
    pub fn memory_to_reserve_mib(&self) -> u32 {
        self.memory_reservation_mib.or(self.memory_mib).unwrap_or(0)
    }

    /// Does Docker keep its log on the server's disk? `json-file` does, which is taken when no driver is named.
    pub fn logs_to_disk(&self) -> bool {
        self.log_driver.as_deref().is_none_or(|driver| driver == "json-file")
    }
}

/// One port of a container and how it is reached from its instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PortMapping {
    /// Port inside the container.
    pub container_port: u16,
    /// Port on the instance; 0 lets the instance choose one.
    pub host_port: u16,
    /// Transport of both ports.
    pub protocol: Protocol,
}

/// Transport of a port mapping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Protocol {
    /// `tcp`, the default.
    #[default]
    Tcp,
    /// `udp`
    Udp,
}

impl Protocol {
    /// Every protocol, in the order of the API.
    pub const ALL: [Self; 2] = [Self::Tcp, Self::Udp];

    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }

    /// The inverse of [`Self::name`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.name() == text)
    }
}

/// A check run inside the container (API26:HealthCheck).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HealthCheck {
    /// `CMD` or `CMD-SHELL` and what follows.
    pub command: Vec<Rc<str>>,
    /// Between two checks, in milliseconds.
    pub interval_ms: u64,
    /// A check that takes longer has failed, in milliseconds.
    pub timeout_ms: u64,
    /// Failures in a row that make the container unhealthy.
    pub retries: u32,
    /// Failures during this time after the start do not count, in milliseconds.
    pub start_period_ms: u64,
}

impl HealthCheck {
    /// 30 s (API26:HealthCheck).
    /// Ledger: task.health-check-defaults.
    pub const DEFAULT_INTERVAL_MS: u64 = 30_000;
    /// 5 s (API26:HealthCheck).
    /// Ledger: task.health-check-defaults.
    pub const DEFAULT_TIMEOUT_MS: u64 = 5_000;
    /// 3 (API26:HealthCheck).
    /// Ledger: task.health-check-defaults.
    pub const DEFAULT_RETRIES: u32 = 3;
    /// Off (API26:HealthCheck).
    /// Ledger: task.health-check-defaults.
    pub const DEFAULT_START_PERIOD_MS: u64 = 0;
}

/// One entry of `dependsOn`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ContainerDependency {
    /// The container waited for, by name.
    pub container: Rc<str>,
    /// How far it must have got.
    pub condition: ContainerCondition,
}

/// How far a dependency must have got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ContainerCondition {
    /// `START`: it has been started.
    Start,
    /// `COMPLETE`: it has exited, with any code.
    Complete,
    /// `SUCCESS`: it has exited with code 0.
    Success,
    /// `HEALTHY`: its health check has passed.
    Healthy,
}

impl ContainerCondition {
    /// Every condition, in the order of the API.
    pub const ALL: [Self; 4] = [Self::Start, Self::Complete, Self::Success, Self::Healthy];

    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "START",
            Self::Complete => "COMPLETE",
            Self::Success => "SUCCESS",
            Self::Healthy => "HEALTHY",
        }
    }

    /// The inverse of [`Self::name`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.name() == text)
    }
}

/// Restarts in place, without replacing the task (API26:ContainerRestartPolicy).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RestartPolicy {
    /// Off keeps the policy written down without following it.
    pub enabled: bool,
    /// Exits with one of these codes are not restarted.
    pub ignored_exit_codes: Vec<i32>,
    /// The container must have run this long before it is restarted again, in milliseconds.
    pub restart_attempt_period_ms: u64,
}

impl RestartPolicy {
    /// 300 s (API26:ContainerRestartPolicy).
    /// Ledger: task.restart-policy.
    pub const DEFAULT_RESTART_ATTEMPT_PERIOD_MS: u64 = 300_000;
}

/// Where a container sees a volume.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MountPoint {
    /// A volume of the task definition, by name.
    pub source_volume: Rc<str>,
    /// The path inside the container.
    pub container_path: Rc<str>,
    /// The container may not write to it.
    pub read_only: bool,
}
