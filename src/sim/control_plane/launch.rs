//! How a task begins: a decision, a reservation, an instruction.

use std::rc::Rc;

use crate::sim::command::LaunchType;
use crate::sim::command::platform::AwsvpcConfiguration;
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::scheduler::{self, PlacementRequest};
use crate::sim::control_plane::task::{Task, TaskNetwork};
use crate::sim::decision::{DecisionSummary, DefaultStrategy, LaunchRefusal};
use crate::sim::effects::Effects;
use crate::sim::event::ControlTimer;
use crate::sim::ids::{
    CapacityProviderId, DecisionId, DeploymentId, GroupId, InstanceId, ObservationId, ServiceId, TaskDefinitionId, TaskId, ZoneId,
};
use crate::sim::message::{Instruction, TaskPayload};
use crate::sim::model::capacity_provider::CapacityProviderStrategyItem;
use crate::sim::model::placement::{PlacementConstraint, PlacementStrategy};
use crate::sim::model::task::{DesiredStatus, HealthStatus, StatusTimes, TaskStatus};
use crate::sim::neighbours::event::{NeighbourEvent, PlatformEvent};
use crate::sim::observation::{Kind, Place};
use crate::sim::random::{self, Concern};
use crate::sim::time::{MINUTE, Millis};
use crate::sim::tuning::Obedience;

/// A zone that had no Fargate capacity is tried again after this, or when no other zone is left. Chosen for teaching.
/// Ledger: fargate.refused-zone.
const AVOID_REFUSED_ZONE_MS: Millis = 5 * MINUTE;

/// What is to be launched.
#[derive(Clone, Debug, Hash)]
pub struct Launch {
    pub definition: TaskDefinitionId,
    pub group: GroupId,
    pub service: Option<(ServiceId, DeploymentId)>,
    pub launch_type: LaunchType,
    /// Decides the launch type instead, when it is not empty.
    pub strategy: Rc<[CapacityProviderStrategyItem]>,
    /// What the strategy has decided.
    pub capacity_provider: Option<CapacityProviderId>,
    /// Of the caller; those of the task definition are added.
    pub constraints: Rc<[PlacementConstraint]>,
    pub strategies: Rc<[PlacementStrategy]>,
    /// Only there, when given.
    pub zone: Option<ZoneId>,
    pub network: Option<Rc<AwsvpcConfiguration>>,
}

/// A task that found no place.
#[derive(Clone, Debug)]
pub struct Unplaced {
    pub decision: DecisionId,
    pub summary: DecisionSummary,
    pub failure: scheduler::PlacementFailure,
}

impl ControlPlane {
    /// Places one task and sets it going, or says why it cannot.
    pub(crate) fn launch(&mut self, fx: &mut Effects, launch: &Launch) -> Result<TaskId, Unplaced> {
        match fx.later {
            Some(later) if !launch.strategy.is_empty() => (later.launch_by_strategy)(self, fx, launch),
            Some(_) | None => self.launch_here(fx, launch),
        }
    }

    /// The same where the launch says, without a strategy.
    pub(crate) fn launch_here(&mut self, fx: &mut Effects, launch: &Launch) -> Result<TaskId, Unplaced> {
        if self.role_is_refused(launch.definition).is_some() {
            return Err(self.refuse(LaunchRefusal::Role));
        }
        let ordinal = self.ordinals.get(&launch.group).copied().unwrap_or(0) + 1;
        let key = random::mix(&[self.registry.group_key(launch.group), u64::from(ordinal)]);
        let (place, decision, summary) = match launch.launch_type {
            LaunchType::Ec2 => self.find_instance(fx, launch, key)?,
            LaunchType::Fargate | LaunchType::FargateSpot => self.find_fargate_zone(fx, launch)?,
        };
        self.ordinals.insert(launch.group, ordinal);
        Ok(self.begin(fx, launch, place, decision, summary, key, ordinal))
    }

    /// Starts one task on one instance, if it fits there: what a DAEMON service does.
    pub(crate) fn launch_on(&mut self, fx: &mut Effects, launch: &Launch, instance: InstanceId) -> Result<TaskId, Unplaced> {
        if self.role_is_refused(launch.definition).is_some() {
            return Err(self.refuse(LaunchRefusal::Role));
        }
        let ordinal = self.ordinals.get(&launch.group).copied().unwrap_or(0) + 1;
        // The instance is the task's own: its chance does not depend on how many daemons there were before.
        let key = random::mix(&[self.registry.group_key(launch.group), u64::from(instance.0), u64::from(ordinal)]);
        self.decisions += 1;
        let decision = DecisionId(self.decisions);
        let constraints = self.constraints_of(launch.definition, &launch.constraints);
        let zones = self.allowed_zones(launch);
        let needs = self.definitions[launch.definition].needs.clone();
        let request = PlacementRequest {
            needs: &needs,
            group: launch.group,
            constraints: &constraints,
            strategies: &[],
            default: DefaultStrategy::Service,
            zones: zones.as_deref(),
            provider: launch.capacity_provider,
            chance: (fx.seed, key),
        };
        match scheduler::place_on(&self.registry, &request, instance) {
            Ok(placement) => {
                self.ordinals.insert(launch.group, ordinal);
                Ok(self.begin(fx, launch, Place::Instance(instance), decision, placement.summary, key, ordinal))
            }
            Err(failure) => Err(Unplaced { decision, summary: failure.summary, failure }),
        }
    }

    /// The observation of IAM's answer that the role of a definition cannot be assumed.
    pub(crate) fn role_is_refused(&self, definition: TaskDefinitionId) -> Option<ObservationId> {
        // Most of the time IAM refuses nobody.
        if self.refused_roles.is_empty() {
            return None;
        }
        self.refused_roles.get(&self.definitions[definition].definition.family).copied()
    }

    /// Would the task find a place now? Takes no decision.
    pub(crate) fn has_place(&mut self, fx: &Effects, launch: &Launch) -> bool {
        let decisions = self.decisions;
        let found = match launch.launch_type {
            LaunchType::Ec2 => self.find_instance(fx, launch, 0).is_ok(),
            LaunchType::Fargate | LaunchType::FargateSpot => {
                let refused_ms = launch.zone.and_then(|zone| self.fargate_refusals.get(&zone));
                refused_ms.is_none_or(|refused_ms| fx.now_ms >= refused_ms + AVOID_REFUSED_ZONE_MS)
            }
        };
        self.decisions = decisions;
        found
    }

    /// All constraints that bind a launch: those of the task definition and those of the caller.
    pub fn constraints_of(&self, definition: TaskDefinitionId, own: &[PlacementConstraint]) -> Vec<PlacementConstraint> {
        self.definitions[definition].definition.placement_constraints.iter().chain(own).cloned().collect()
    }

    pub(super) fn find_instance(
        &mut self,
        fx: &Effects,
        launch: &Launch,
        key: u64,
    ) -> Result<(Place, DecisionId, DecisionSummary), Unplaced> {
        self.decisions += 1;
        let decision = DecisionId(self.decisions);
        let constraints = self.constraints_of(launch.definition, &launch.constraints);
        let zones = self.allowed_zones(launch);
        let needs = self.definitions[launch.definition].needs.clone();
        let request = PlacementRequest {
            needs: &needs,
            group: launch.group,
            constraints: &constraints,
            strategies: obeyed(fx, &launch.strategies),
            default: default_strategy(launch),
            zones: zones.as_deref(),
            provider: launch.capacity_provider,
            chance: (fx.seed, key),
        };
        if self.capture == Some(decision) {
            self.captured = Some(Rc::new(scheduler::decide_in_full(&self.registry, &request)));
        }
        match scheduler::place(&self.registry, &request) {
            Ok(placement) => Ok((Place::Instance(placement.instance), decision, placement.summary)),
            Err(failure) => Err(Unplaced { decision, summary: failure.summary, failure }),
        }
    }

    /// Fargate spreads over the zones, each kind of capacity for itself (ecs.md §3.5).
    /// Ledger: fargate.zones, fargate.capacity.
    fn find_fargate_zone(&mut self, fx: &Effects, launch: &Launch) -> Result<(Place, DecisionId, DecisionSummary), Unplaced> {
        let cpu_units = self.definitions[launch.definition].needs.cpu_units;
        if let Some(refusal) = self.fargate_refusal(fx, launch.launch_type, cpu_units) {
            return Err(self.refuse(refusal));
        }
        self.decisions += 1;
        let refused =
            |zone| self.fargate_refusals.get(&zone).is_some_and(|refused_ms| fx.now_ms < refused_ms + AVOID_REFUSED_ZONE_MS);
        let tasks = |zone| self.fargate_zones.get(&(launch.group, launch.launch_type, zone)).copied().unwrap_or(0);
        let allowed = self.allowed_zones(launch);
        let zones =
            (1..=self.zones.len() as u32).map(ZoneId).filter(|zone| allowed.as_ref().is_none_or(|all| all.contains(zone)));
        let zone =
            zones.min_by_key(|zone| (refused(*zone), tasks(*zone))).expect("a subnet lies in a zone, and a region has zones");
        let place = Place::Fargate { zone, launch_type: launch.launch_type };
        Ok((place, DecisionId(self.decisions), DecisionSummary::on_fargate()))
    }

    /// Zones the caller leaves: those of the subnets it names.
    fn allowed_zones(&self, launch: &Launch) -> Option<Vec<ZoneId>> {
        match (&launch.network, launch.zone) {
            (None, only) => only.map(|zone| vec![zone]),
            (Some(network), only) => {
                let zones = network.subnets.iter().filter_map(|subnet| self.subnets.get(subnet).copied());
                Some(zones.filter(|zone| only.is_none_or(|only| only == *zone)).collect())
            }
        }
    }

    /// One of the subnets in the zone of a task, in turn.
    pub(super) fn choose_subnet(&self, launch: &Launch, zone: ZoneId, ordinal: u32) -> Option<TaskNetwork> {
        let network = launch.network.as_ref()?;
        let here: Vec<_> = network.subnets.iter().filter(|subnet| self.subnets.get(*subnet) == Some(&zone)).collect();
        let subnet = here.get(ordinal as usize % here.len().max(1))?;
        Some(TaskNetwork { subnet: (*subnet).clone(), public_ip: network.assign_public_ip })
    }

    /// No place is looked for.
    pub(super) fn refuse(&mut self, refusal: LaunchRefusal) -> Unplaced {
        self.decisions += 1;
        let summary = DecisionSummary { refusal: Some(refusal), ..DecisionSummary::on_fargate() };
        Unplaced { decision: DecisionId(self.decisions), summary, failure: scheduler::PlacementFailure { summary } }
    }

    #[expect(clippy::too_many_arguments, reason = "everything a task is born with, used once")]
    fn begin(
        &mut self,
        fx: &mut Effects,
        launch: &Launch,
        place: Place,
        decision: DecisionId,
        summary: DecisionSummary,
        key: u64,
        ordinal: u32,
    ) -> TaskId {
        let id = self.tasks.next_id();
        let placed_by = fx.observe(Kind::TaskPlaced { task: id, place, decision, summary });
        let needs = self.definitions[launch.definition].needs.clone();
        let (instance, zone) = match place {
            Place::Instance(instance) => (Some(instance), self.registry.get(instance).expect("placed on a known instance").zone),
            Place::Fargate { zone, .. } => (None, zone),
        };
        let network = self.choose_subnet(launch, zone, ordinal);
        let has_subnet = network.is_some();
        let provisioning = instance.is_none() || needs.enis > 0;
        let last_status = if provisioning { TaskStatus::Provisioning } else { TaskStatus::Pending };
        let mut times = StatusTimes::default();
        times.enter(last_status, fx.now_ms);
        self.tasks.insert(Task {
            definition: launch.definition,
            group: launch.group,
            service: launch.service,
            launch_type: launch.launch_type,
            capacity_provider: launch.capacity_provider,
            zone,
            instance,
            last_status,
            network,
            desired_status: DesiredStatus::Running,
            health: HealthStatus::Unknown,
            target: None,
            named: false,
            proved: false,
            protection: None,
            times,
            stopped: None,
            exits: Vec::new(),
            decision,
            placed_by,
            newest: placed_by,
            key,
            ordinal,
        });
        if let Some((service, _)) = launch.service {
            self.services.get_mut(service).expect("the service exists").tasks.insert(id);
        }
        if let Some(provider) = launch.capacity_provider {
            self.capacity.count(launch.group, provider, 1);
        }
        if has_subnet {
            fx.because(Some(placed_by), |fx| self.want_interface(fx, id));
        }
        fx.because(Some(placed_by), |fx| match instance {
            Some(instance) => {
                self.registry.reserve(instance, id, &needs, launch.group);
                self.agents.get_mut(instance).expect("a registered instance has an agent").assign(id);
                self.registry.count_task(instance, None, last_status);
                self.send_to_instance(fx, instance, id, key, provisioning);
            }
            None => {
                *self.fargate_zones.entry((launch.group, launch.launch_type, zone)).or_insert(0) += 1;
                if let Some(quota) = self.fargate.quota_mut(launch.launch_type) {
                    quota.used_cpu_units += needs.cpu_units;
                }
                fx.instruct_fargate(Instruction::StartTask(self.payload(id)));
            }
        });
        id
    }

    /// A network interface is wanted in the subnet of a task.
    pub(super) fn want_interface(&self, fx: &mut Effects, id: TaskId) {
        let event = NeighbourEvent::Platform(PlatformEvent::InterfaceWanted { task: id });
        fx.at_neighbour(fx.tuning.platform.create_interface_ms, event);
    }

    pub(super) fn send_to_instance(
        &mut self,
        fx: &mut Effects,
        instance: InstanceId,
        id: TaskId,
        key: u64,
        interface_first: bool,
    ) {
        if interface_first {
            let attach_ms = fx.draw(Concern::NetworkInterface, &[key, 1], &fx.tuning.eni_attach_ms);
            fx.control_timer(attach_ms, ControlTimer::InterfaceAttached(id));
        } else {
            fx.instruct(instance, Instruction::StartTask(self.payload(id)));
        }
    }

    /// The network interface of a task is attached: now the agent may start it.
    pub(crate) fn interface_attached(&mut self, fx: &mut Effects, id: TaskId) {
        let Some(task) = self.tasks.get(id).filter(|task| task.is_wanted()) else { return };
        let instance = task.instance.expect("only instances wait for an interface here");
        self.set_status(fx, id, TaskStatus::Pending);
        if self.registry.get(instance).is_some_and(|known| known.agent_connected) {
            fx.instruct(instance, Instruction::StartTask(self.payload(id)));
        }
    }

    /// What the agent is told of a task.
    pub(crate) fn payload(&self, id: TaskId) -> Rc<TaskPayload> {
        let task = &self.tasks[id];
        let entry = &self.definitions[task.definition];
        let (definition, needs) = (entry.definition.clone(), entry.needs.clone());
        let public_ip = task.network.as_ref().map(|network| network.public_ip).unwrap_or_default();
        let (key, launch_type, zone) = (task.key, task.launch_type, task.zone);
        Rc::new(TaskPayload { task: id, definition, needs, key, launch_type, zone, public_ip })
    }

    /// The observation the next task is owed to: the oldest loss not yet made good, else the newest change of the service.
    pub(crate) fn next_reason(&self, service: ServiceId) -> Option<ObservationId> {
        let service = self.services.get(service)?;
        service.losses.front().copied().or(Some(service.changed_by))
    }
}

fn default_strategy(launch: &Launch) -> DefaultStrategy {
    match launch.service {
        Some(_) => DefaultStrategy::Service,
        None => DefaultStrategy::RunTask,
    }
}

fn obeyed<'a>(fx: &Effects, strategies: &'a [PlacementStrategy]) -> &'a [PlacementStrategy] {
    match fx.tuning.strategies {
        Obedience::Followed => strategies,
        Obedience::Ignored => &[],
    }
}
