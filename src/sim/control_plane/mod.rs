//! The belief: what has been reported, and every decision taken from it.
//!
//! It learns only from reports that come over the wire and from commands. It must never name `data_plane`.
//! Start reading at [`reconcile`] (what a service does every ten seconds) and [`reports`] (what it hears).

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use crate::sim::command::LaunchType;
use crate::sim::command::platform::Setting;
use crate::sim::control_plane::api_rates::ApiRates;
use crate::sim::control_plane::capacity::Capacity;
use crate::sim::control_plane::definition::{Definition, DefinitionStatus};
use crate::sim::control_plane::fargate::FargateAccount;
use crate::sim::control_plane::registry::Registry;
use crate::sim::control_plane::service::Service;
use crate::sim::control_plane::task::Task;
use crate::sim::decision::Decision;
use crate::sim::effects::Effects;
use crate::sim::event::ControlTimer;
use crate::sim::ids::{
    CapacityProviderId, DecisionId, DeploymentId, GroupId, InstanceId, ObservationId, ServiceId, TaskDefinitionId, TaskId, ZoneId,
};
use crate::sim::model::alarm::AlarmState;
use crate::sim::model::instance_type::InstanceType;
use crate::sim::model::zone::Zone;
use crate::sim::shared::Shared;
use crate::sim::table::Table;
use crate::sim::time::Millis;
use crate::sim::tuning::Tuning;

pub mod agents;
pub mod api;
pub mod api_rates;
pub mod blue_green;
pub mod capacity;
pub mod circuit_breaker;
pub mod daemon;
pub mod definition;
pub mod deployment;
pub mod deployment_alarms;
pub mod fargate;
pub mod instance_health;
pub mod launch;
pub mod lifecycle_hooks;
pub mod protection;
pub(crate) mod quotas;
pub mod rebalance;
pub mod reconcile;
pub mod registry;
pub mod reports;
pub mod retire;
pub(crate) mod retirement;
pub mod rollout;
pub mod scheduler;
pub mod service;
pub mod service_deployment;
pub mod service_load_balancer;
pub mod service_revision;
pub mod services_commands;
pub mod start_task;
pub mod stop;
pub mod targets;
pub mod task;
#[cfg(test)]
mod tests;
pub mod throttle;
pub mod update_service;

/// Everything the control plane knows.
#[derive(Clone, Debug)]
pub struct ControlPlane {
    pub zones: Rc<[Zone]>,
    pub registry: Registry,
    pub definitions: Table<TaskDefinitionId, Definition>,
    pub tasks: Table<TaskId, Task>,
    pub services: Table<ServiceId, Service>,
    /// Alarms as CloudWatch last reported them.
    pub alarms: BTreeMap<Rc<str>, AlarmState>,
    /// The observation of each report.
    pub alarm_causes: BTreeMap<Rc<str>, ObservationId>,
    /// What it remembers of each agent's connection.
    pub(crate) agents: Table<InstanceId, AgentLink>,
    /// Tasks of each group so far: the next one's ordinal.
    ordinals: BTreeMap<GroupId, u32>,
    /// Wanted tasks on Fargate by group, kind and zone; the spread is computed apart for each kind (ecs.md §3.5).
    pub(crate) fargate_zones: BTreeMap<(GroupId, LaunchType, ZoneId), u32>,
    /// When the Fargate platform last had no capacity in a zone.
    pub(crate) fargate_refusals: BTreeMap<ZoneId, Millis>,
    /// Quotas of the account on Fargate, and what is used of them.
    pub fargate: FargateAccount,
    /// How fast the account calls the API.
    pub api_rates: ApiRates,
    /// Families whose role cannot be assumed, as IAM last answered, with the observation of that.
    pub(crate) refused_roles: BTreeMap<Rc<str>, ObservationId>,
    /// Subnets by id, with their zone, as EC2 describes them.
    pub subnets: BTreeMap<Rc<str>, ZoneId>,
    /// `awsvpcTrunking` of the account.
    pub awsvpc_trunking: Setting,
    /// Container instances that it has known: `INACTIVE`.
    pub(crate) deregistered: BTreeSet<InstanceId>,
    /// Capacity providers, and the tasks that wait for them.
    pub capacity: Shared<Capacity>,
    deployments: u32,
    decisions: u64,
    /// The decision to be recorded in full, and the record.
    capture: Option<DecisionId>,
    captured: Option<Rc<Decision>>,
}

/// What the control plane was told of a server when it was launched, and what it remembers of its agent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AgentLink {
    pub instance_type: &'static InstanceType,
    pub zone: ZoneId,
    pub spot: bool,
    /// That of its auto scaling group, when there is one.
    pub capacity_provider: Option<CapacityProviderId>,
    pub attributes: Vec<(Rc<str>, Option<Rc<str>>)>,
    /// Unfinished tasks assigned to it, wanted or not, rising: a list, because placement writes here and a tree is spread over memory.
    pub(crate) tasks: Vec<TaskId>,
    /// The observation that marked it disconnected, while it is.
    pub disconnected_by: Option<ObservationId>,
    /// The observation that last marked it connected again.
    pub(crate) connected_by: Option<ObservationId>,
    /// The observation that made it take tasks: it registered, or was set to ACTIVE again.
    pub(crate) offered_by: Option<ObservationId>,
    /// Branch interfaces on its trunk; none when it was launched without trunking.
    pub trunk: Option<u8>,
    /// The observation that set it to DRAINING, while it is.
    pub(crate) drained_by: Option<ObservationId>,
}

impl AgentLink {
    /// A task is assigned to the instance.
    pub(crate) fn assign(&mut self, task: TaskId) {
        let at = self.tasks.partition_point(|other| *other < task);
        self.tasks.insert(at, task);
    }

    /// A task of it is finished.
    pub(crate) fn finish(&mut self, task: TaskId) {
        if let Ok(at) = self.tasks.binary_search(&task) {
            self.tasks.remove(at);
        }
    }
}

impl ControlPlane {
    /// Knows the zones and nothing else.
    pub fn new(zones: Rc<[Zone]>, tuning: &Tuning) -> Self {
        Self {
            zones,
            registry: Registry::default(),
            definitions: Table::default(),
            tasks: Table::default(),
            services: Table::default(),
            alarms: BTreeMap::new(),
            alarm_causes: BTreeMap::new(),
            agents: Table::default(),
            ordinals: BTreeMap::new(),
            fargate_zones: BTreeMap::new(),
            fargate_refusals: BTreeMap::new(),
            fargate: FargateAccount::new(tuning),
            api_rates: ApiRates::default(),
            refused_roles: BTreeMap::new(),
            subnets: BTreeMap::new(),
            awsvpc_trunking: Setting::Disabled,
            capacity: Shared::default(),
            deregistered: BTreeSet::new(),
            deployments: 0,
            decisions: 0,
            capture: None,
            captured: None,
        }
    }

    /// A timer of the control plane goes off.
    pub(crate) fn on_timer(&mut self, fx: &mut Effects, timer: ControlTimer) {
        match timer {
            ControlTimer::Reconcile(service) => self.reconcile(fx, service),
            ControlTimer::TrunkDeleted(instance) => self.trunk_deleted(fx, instance),
            ControlTimer::LaunchesGoOn(service) => self.go_on_launching(fx, service),
            ControlTimer::Heartbeat(instance) => self.beat(fx, instance),
            ControlTimer::InterfaceAttached(task) => self.interface_attached(fx, task),
            ControlTimer::InterfaceDetached(task) => self.interface_detached(fx, task),
            ControlTimer::Forget(task) => {
                self.tasks.remove(task);
            }
        }
    }

    /// The service of that name that has not been deleted.
    pub fn service_named(&self, name: &str) -> Option<ServiceId> {
        self.services
            .iter()
            .find(|(_, service)| &*service.name == name && service.status == service::ServiceStatus::Active)
            .map(|(id, _)| id)
    }

    /// `family` or `family:revision`; the newest ACTIVE revision when none is given.
    pub fn definition_named(&self, name: &str) -> Option<TaskDefinitionId> {
        let (family, revision) = match name.rsplit_once(':') {
            Some((family, revision)) => (family, Some(revision.parse::<u32>().ok()?)),
            None => (name, None),
        };
        self.definitions
            .iter()
            .rev()
            .find(|(_, entry)| match revision {
                _ if &*entry.definition.family != family => false,
                Some(wanted) => entry.definition.revision == wanted,
                None => entry.status == DefinitionStatus::Active,
            })
            .map(|(id, _)| id)
    }

    /// The zone of that name.
    pub fn zone_named(&self, name: &str) -> Option<ZoneId> {
        self.zones.iter().position(|zone| &*zone.name == name).map(|index| ZoneId(index as u32 + 1))
    }

    /// The name of a zone.
    pub fn zone_name(&self, zone: ZoneId) -> &Rc<str> {
        &self.zones[zone.0 as usize - 1].name
    }

    /// What is remembered of an instance's agent.
    pub fn agent(&self, instance: InstanceId) -> Option<&AgentLink> {
        self.agents.get(instance)
    }

    /// The newest observation that changed whether an agent is believed connected.
    pub(crate) fn connections_changed_by(&self) -> Option<ObservationId> {
        self.agents.iter().flat_map(|(_, link)| [link.disconnected_by, link.connected_by]).flatten().max()
    }

    /// Asks for one coming decision to be recorded in full.
    pub fn capture(&mut self, decision: DecisionId) {
        self.capture = Some(decision);
        self.captured = None;
    }

    /// The recorded decision, once it has been taken.
    pub fn captured(&self) -> Option<&Rc<Decision>> {
        self.captured.as_ref()
    }

    /// How many decisions have been taken.
    pub fn decisions(&self) -> u64 {
        self.decisions
    }

    /// Folds everything believed into a hash. The record of a captured decision is for the viewer and left out.
    pub(crate) fn fold(&self, hasher: &mut impl Hasher) {
        self.zones.hash(hasher);
        for instance in self.registry.iter() {
            instance.hash(hasher);
            self.registry.last_heard_at_ms(instance.id).hash(hasher);
        }
        self.definitions.hash(hasher);
        self.tasks.hash(hasher);
        self.services.hash(hasher);
        self.alarms.hash(hasher);
        self.alarm_causes.hash(hasher);
        self.agents.len().hash(hasher);
        self.agents.iter().for_each(|row| row.hash(hasher));
        self.ordinals.hash(hasher);
        self.fargate_zones.hash(hasher);
        self.fargate_refusals.hash(hasher);
        self.fargate.hash(hasher);
        self.api_rates.hash(hasher);
        self.refused_roles.hash(hasher);
        self.subnets.hash(hasher);
        self.awsvpc_trunking.hash(hasher);
        self.deregistered.hash(hasher);
        self.capacity.hash(hasher);
        (self.deployments, self.decisions).hash(hasher);
    }

    pub(crate) fn next_deployment(&mut self) -> DeploymentId {
        self.deployments += 1;
        DeploymentId(self.deployments)
    }
}
