//! What the control plane believes about one container instance.
//!
//! Plain data. It must never look at the server itself: everything here was reported or decided. Only `registry` changes it,
//! so that the index beside it agrees. Start reading at [`ContainerInstance`].

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::sim::ids::{CapacityProviderId, GroupId, InstanceId, TaskId, ZoneId};
use crate::sim::model::instance_type::InstanceType;
use crate::sim::random;
use crate::sim::time::Millis;

/// `status` of a container instance (API26:ContainerInstanceStatus, and `INACTIVE`, which describe shows after deregistration).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContainerInstanceStatus {
    /// Its trunk network interface is being made.
    Registering,
    /// Takes tasks.
    Active,
    /// Takes no new tasks; service tasks on it are replaced elsewhere.
    Draining,
    /// Its trunk network interface is being deleted.
    Deregistering,
    /// It could not be registered.
    RegistrationFailed,
    /// Deregistered.
    Inactive,
}

impl ContainerInstanceStatus {
    /// Every status.
    pub const ALL: [Self; 6] =
        [Self::Registering, Self::Active, Self::Draining, Self::Deregistering, Self::RegistrationFailed, Self::Inactive];

    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registering => "REGISTERING",
            Self::Active => "ACTIVE",
            Self::Draining => "DRAINING",
            Self::Deregistering => "DEREGISTERING",
            Self::RegistrationFailed => "REGISTRATION_FAILED",
            Self::Inactive => "INACTIVE",
        }
    }

    /// The inverse of [`Self::name`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == text)
    }
}

/// A task placed on an instance whose desired status is RUNNING.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PlacedTask {
    /// The task.
    pub task: TaskId,
    /// Its group, which `spread`, `distinctInstance` and `task:group` look at.
    pub group: GroupId,
}

/// One container instance as the control plane knows it.
///
/// When it was last heard from is kept beside it (`Registry::last_heard_at_ms`): heartbeats are too many to copy it for each.
/// In the order written: what every heartbeat reads comes first.
#[derive(Clone, Debug, Hash)]
#[repr(C)]
pub struct ContainerInstance {
    /// The order of launch of its EC2 instance.
    pub id: InstanceId,
    /// What it registered as.
    pub instance_type: &'static InstanceType,
    /// Where it is.
    pub zone: ZoneId,
    /// Only `Active` takes new tasks.
    pub status: ContainerInstanceStatus,
    /// Believed from heartbeats; a disconnected one takes no new tasks.
    pub agent_connected: bool,
    /// On EC2 Spot.
    pub spot: bool,
    /// `capacityProviderName`: that of its auto scaling group, when there is one.
    pub capacity_provider: Option<CapacityProviderId>,
    /// Such as `1.89.2`.
    pub agent_version: Rc<str>,
    /// `i-` and 17 hex digits.
    pub ec2_instance_id: Rc<str>,
    /// When it registered, in milliseconds of simulated time.
    pub registered_at_ms: Millis,
    /// Since when the agent is believed gone, in milliseconds of simulated time.
    pub disconnected_since_ms: Option<Millis>,
    /// CPU units registered.
    pub registered_cpu_units: u32,
    /// Memory registered, in MiB.
    pub registered_memory_mib: u32,
    /// CPU units not reserved by a placed task.
    pub remaining_cpu_units: u32,
    /// Memory not reserved by a placed task, in MiB.
    pub remaining_memory_mib: u32,
    /// Taken TCP ports in rising order, those reserved at registration included.
    pub tcp_ports: Vec<u16>,
    /// Taken UDP ports in rising order.
    pub udp_ports: Vec<u16>,
    /// Network interfaces for `awsvpc` tasks: its own, or branches of its trunk.
    pub registered_enis: u32,
    /// Network interfaces left for `awsvpc` tasks.
    pub free_enis: u32,
    /// GPUs not pinned to a placed task.
    pub free_gpus: u32,
    /// Attributes by name: built-in (`ecs.*`) and custom. What its agent can do is in [`AGENT_CAPABILITIES`].
    pub attributes: Rc<BTreeMap<Rc<str>, Option<Rc<str>>>>,
    /// Tasks reported RUNNING.
    pub running_tasks: u32,
    /// Tasks placed and not yet reported RUNNING.
    pub pending_tasks: u32,
    /// Tasks placed here whose desired status is RUNNING, in order of placement.
    pub tasks: Vec<PlacedTask>,
}

impl ContainerInstance {
    /// TCP ports taken at registration: SSH, Docker and the agent (API26:PortMapping; ecs.md §1.3).
    /// Ledger: placement.ports.
    pub const RESERVED_TCP_PORTS: [u16; 6] = [22, 2375, 2376, 51678, 51679, 51680];
    /// Most ports that may be reserved at a time, the default ones included (ecs.md §1.3).
    /// Ledger: placement.ports.
    pub const MAX_RESERVED_PORTS: usize = 100;
    /// The agent every instance runs. Chosen for teaching.
    pub const AGENT_VERSION: &'static str = "1.89.2";

    /// An instance as it registers: active, connected, empty, on demand.
    pub fn new(
        id: InstanceId,
        instance_type: &'static InstanceType,
        zone: ZoneId,
        zone_name: &Rc<str>,
        registered_at_ms: Millis,
    ) -> Self {
        Self {
            id,
            instance_type,
            zone,
            status: ContainerInstanceStatus::Active,
            agent_connected: true,
            spot: false,
            capacity_provider: None,
            agent_version: Self::AGENT_VERSION.into(),
            ec2_instance_id: id.ec2_instance_id().into(),
            registered_at_ms,
            disconnected_since_ms: None,
            registered_cpu_units: instance_type.cpu_units,
            registered_memory_mib: instance_type.memory_mib,
            remaining_cpu_units: instance_type.cpu_units,
            remaining_memory_mib: instance_type.memory_mib,
            tcp_ports: Self::RESERVED_TCP_PORTS.to_vec(),
            udp_ports: Vec::new(),
            registered_enis: u32::from(instance_type.task_enis),
            free_enis: u32::from(instance_type.task_enis),
            free_gpus: u32::from(instance_type.gpus),
            attributes: Rc::new(built_in_attributes(instance_type, zone, zone_name)),
            running_tasks: 0,
            pending_tasks: 0,
            tasks: Vec::new(),
        }
    }

    /// The same with attributes of its own, which replace built-in ones of the same name.
    pub fn with_attributes(mut self, attributes: impl IntoIterator<Item = (Rc<str>, Option<Rc<str>>)>) -> Self {
        Rc::make_mut(&mut self.attributes).extend(attributes);
        self
    }

    /// It registers with a trunk network interface that is still to be made.
    pub fn begin_trunk(&mut self, branches: u8) {
        self.status = ContainerInstanceStatus::Registering;
        self.registered_enis = u32::from(branches);
        self.free_enis = u32::from(branches);
        let trunk = format!("eni-{:016x}", random::mix(&[5, u64::from(self.id.0)]));
        Rc::make_mut(&mut self.attributes).insert("ecs.awsvpc-trunk-id".into(), Some(trunk.into()));
    }

    /// The value of an attribute: `None` when there is none, `Some(None)` when it has no value.
    pub fn attribute(&self, name: &str) -> Option<Option<&str>> {
        match self.attributes.get(name) {
            Some(value) => Some(value.as_deref()),
            None => AGENT_CAPABILITIES.binary_search(&name).is_ok().then_some(None),
        }
    }

    /// It may get new tasks as far as its status and its agent are concerned.
    pub fn takes_tasks(&self) -> bool {
        self.status == ContainerInstanceStatus::Active && self.agent_connected
    }
}

/// The image and the network of every server are the same; each zone has its own default subnet.
// Ledger: instance.attributes
fn built_in_attributes(instance_type: &InstanceType, zone: ZoneId, zone_name: &Rc<str>) -> BTreeMap<Rc<str>, Option<Rc<str>>> {
    let id = |what: &str, key: u64| Rc::from(format!("{what}-{:016x}", random::mix(&[6, key])));
    [
        ("ecs.ami-id", id("ami", 0)),
        ("ecs.availability-zone", zone_name.clone()),
        ("ecs.cpu-architecture", instance_type.architecture.into()),
        ("ecs.instance-type", instance_type.name.into()),
        ("ecs.os-family", "LINUX".into()),
        ("ecs.os-type", "linux".into()),
        ("ecs.subnet-id", id("subnet", u64::from(zone.0))),
        ("ecs.vpc-id", id("vpc", 0)),
    ]
    .into_iter()
    .map(|(name, value)| (Rc::from(name), Some(value)))
    .collect()
}

/// What every agent of the playground can do, as attributes without a value, sorted: those an Amazon ECS-optimized Linux image
/// registers and `requiresAttributes` of ordinary task definitions names.
pub const AGENT_CAPABILITIES: &[&str] = &[
    "com.amazonaws.ecs.capability.docker-remote-api.1.17",
    "com.amazonaws.ecs.capability.docker-remote-api.1.18",
    "com.amazonaws.ecs.capability.docker-remote-api.1.19",
    "com.amazonaws.ecs.capability.docker-remote-api.1.20",
    "com.amazonaws.ecs.capability.docker-remote-api.1.21",
    "com.amazonaws.ecs.capability.docker-remote-api.1.22",
    "com.amazonaws.ecs.capability.docker-remote-api.1.23",
    "com.amazonaws.ecs.capability.docker-remote-api.1.24",
    "com.amazonaws.ecs.capability.docker-remote-api.1.25",
    "com.amazonaws.ecs.capability.docker-remote-api.1.26",
    "com.amazonaws.ecs.capability.docker-remote-api.1.27",
    "com.amazonaws.ecs.capability.docker-remote-api.1.28",
    "com.amazonaws.ecs.capability.docker-remote-api.1.29",
    "com.amazonaws.ecs.capability.docker-remote-api.1.30",
    "com.amazonaws.ecs.capability.docker-remote-api.1.31",
    "com.amazonaws.ecs.capability.docker-remote-api.1.32",
    "com.amazonaws.ecs.capability.docker-remote-api.1.33",
    "com.amazonaws.ecs.capability.docker-remote-api.1.34",
    "com.amazonaws.ecs.capability.docker-remote-api.1.35",
    "com.amazonaws.ecs.capability.ecr-auth",
    "com.amazonaws.ecs.capability.logging-driver.awsfirelens",
    "com.amazonaws.ecs.capability.logging-driver.awslogs",
    "com.amazonaws.ecs.capability.logging-driver.fluentd",
    "com.amazonaws.ecs.capability.logging-driver.gelf",
    "com.amazonaws.ecs.capability.logging-driver.journald",
    "com.amazonaws.ecs.capability.logging-driver.json-file",
    "com.amazonaws.ecs.capability.logging-driver.none",
    "com.amazonaws.ecs.capability.logging-driver.splunk",
    "com.amazonaws.ecs.capability.logging-driver.syslog",
    "com.amazonaws.ecs.capability.privileged-container",
    "com.amazonaws.ecs.capability.task-iam-role",
    "com.amazonaws.ecs.capability.task-iam-role-network-host",
    "ecs.capability.aws-appmesh",
    "ecs.capability.container-health-check",
    "ecs.capability.container-ordering",
    "ecs.capability.container-restart-policy",
    "ecs.capability.docker-plugin.local",
    "ecs.capability.efs",
    "ecs.capability.efsAuth",
    "ecs.capability.env-files.s3",
    "ecs.capability.execute-command",
    "ecs.capability.execution-role-awslogs",
    "ecs.capability.execution-role-ecr-pull",
    "ecs.capability.firelens.fluentbit",
    "ecs.capability.firelens.fluentd",
    "ecs.capability.full-sync",
    "ecs.capability.pid-ipc-namespace-sharing",
    "ecs.capability.private-registry-authentication.secretsmanager",
    "ecs.capability.secrets.asm.bootstrap.log-driver",
    "ecs.capability.secrets.asm.environment-variables",
    "ecs.capability.secrets.ssm.bootstrap.log-driver",
    "ecs.capability.secrets.ssm.environment-variables",
    "ecs.capability.service-connect-v1",
    "ecs.capability.storage.ebs-task-volume-attach",
    "ecs.capability.task-cpu-mem-limit",
    "ecs.capability.task-eia",
    "ecs.capability.task-eni",
    "ecs.capability.task-eni-block-instance-metadata",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn instance() -> ContainerInstance {
        let kind = InstanceType::named("m5.large").unwrap();
        ContainerInstance::new(InstanceId(1), kind, ZoneId(1), &"us-east-1a".into(), 0)
    }

    #[test]
    fn capabilities_are_sorted_so_that_each_is_found() {
        let instance = instance();
        assert!(AGENT_CAPABILITIES.is_sorted());
        for name in AGENT_CAPABILITIES {
            assert_eq!(instance.attribute(name), Some(None), "{name}");
        }
    }

    #[test]
    fn attributes_are_built_in_custom_or_missing() {
        let instance = instance().with_attributes([("disk".into(), Some("ssd".into())), ("gold".into(), None)]);
        assert_eq!(instance.attribute("ecs.instance-type"), Some(Some("m5.large")));
        assert_eq!(instance.attribute("ecs.availability-zone"), Some(Some("us-east-1a")));
        assert_eq!(instance.attribute("disk"), Some(Some("ssd")));
        assert_eq!(instance.attribute("gold"), Some(None));
        assert_eq!(instance.attribute("silver"), None);
    }

    #[test]
    fn every_status_is_spelled_as_the_api_does() {
        for status in ContainerInstanceStatus::ALL {
            assert_eq!(ContainerInstanceStatus::parse(status.name()), Some(status));
        }
        assert_eq!(ContainerInstanceStatus::RegistrationFailed.name(), "REGISTRATION_FAILED");
        assert_eq!(ContainerInstanceStatus::parse("active"), None);
    }

    #[test]
    fn only_an_active_and_connected_instance_takes_tasks() {
        let mut instance = instance();
        assert!(instance.takes_tasks());
        instance.agent_connected = false;
        assert!(!instance.takes_tasks());
        instance.agent_connected = true;
        instance.status = ContainerInstanceStatus::Draining;
        assert!(!instance.takes_tasks());
    }
}
