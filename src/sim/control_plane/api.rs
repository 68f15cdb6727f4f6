//! The operations someone may ask for, with the errors the API answers (ecs.md §1.1, §3.1).

use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use crate::sim::command::platform::NetworkConfiguration;
use crate::sim::command::{CreateService, InstanceStatusRequest, LaunchType, RunTask, SchedulingStrategy};
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::capacity::strategy::is_fargate;
use crate::sim::control_plane::definition::{Definition, DefinitionStatus};
use crate::sim::control_plane::deployment::Deployment;
use crate::sim::control_plane::fargate;
use crate::sim::control_plane::launch::Launch;
use crate::sim::control_plane::quotas;
use crate::sim::control_plane::rebalance::Rebalance;
use crate::sim::control_plane::service::{LaunchPace, Service, ServiceStatus, Steadiness, Throttle};
use crate::sim::control_plane::service_revision::ServiceRevision;
use crate::sim::decision::{LaunchRefusal, ROLE_NOT_ASSUMABLE};
use crate::sim::effects::Effects;
use crate::sim::event::ControlTimer;
use crate::sim::ids::{InstanceId, ServiceId, TaskDefinitionId, TaskId};
use crate::sim::model::capacity_provider::{CapacityProviderStrategyItem, next_provider};
use crate::sim::model::container_instance::ContainerInstanceStatus;
use crate::sim::model::deployment::ZoneRebalancing;
use crate::sim::model::placement::{PlacementConstraint, PlacementStrategy};
use crate::sim::model::task::StopCode;
use crate::sim::model::task_definition::{NetworkMode, OperatingSystem, TaskDefinition};
use crate::sim::observation::Kind;
use crate::sim::random::Concern;
use crate::sim::time::{Millis, SECOND};

/// Why the API refuses: the exception and its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// `ClientException`, `InvalidParameterException` …
    pub code: &'static str,
    pub message: String,
}

impl Refusal {
    /// A refusal with its exception's name.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// Answer of an operation that has nothing to say but that it was done.
pub type Answer = Result<(), Refusal>;

impl ControlPlane {
    /// `RegisterTaskDefinition`: the next revision of its family.
    pub(crate) fn register_task_definition(&mut self, fx: &mut Effects, mut definition: TaskDefinition) -> TaskDefinitionId {
        let revisions = self.definitions.iter().filter(|(_, entry)| entry.definition.family == definition.family);
        definition.revision = revisions.map(|(_, entry)| entry.definition.revision).max().unwrap_or(0) + 1;
        let id = self.definitions.insert(Definition::of(definition));
        fx.observe(Kind::TaskDefinitionRegistered { definition: id });
        id
    }

    /// `CreateService`.
    pub(crate) fn create_service(&mut self, fx: &mut Effects, request: &CreateService) -> Answer {
        if self.service_named(&request.service_name).is_some() {
            return Err(Refusal::new("InvalidParameterException", "Creation of service was not idempotent."));
        }
        quotas::check_services(self)?;
        quotas::check_desired_count(request.desired_count)?;
        let definition = self.wanted_definition(&request.task_definition)?;
        self.check_launch_type(
            definition,
            request.launch_type,
            !request.placement_strategy.is_empty() || !request.placement_constraints.is_empty(),
        )?;
        let placed = !request.placement_strategy.is_empty() || !request.placement_constraints.is_empty();
        let strategy = self.wanted_strategy(fx, request.capacity_provider_strategy.as_deref(), definition, placed)?;
        let daemon = request.scheduling_strategy == SchedulingStrategy::Daemon;
        if daemon {
            check_daemon(request.launch_type, &request.placement_strategy, request.maximum_percent)?;
        }
        if let (Some(configuration), Some(later)) = (&request.deployment_configuration, fx.later) {
            (later.check_configuration)(configuration)?;
        }
        let maximum_percent = request.maximum_percent.unwrap_or(if daemon { 100 } else { 200 });
        let eligible = check_rebalancing(
            request.scheduling_strategy,
            maximum_percent,
            &request.placement_strategy,
            &request.placement_constraints,
        );
        let zone_rebalancing = match (request.availability_zone_rebalancing, eligible) {
            (None, Ok(())) => ZoneRebalancing::Enabled,
            (None, Err(_)) => ZoneRebalancing::Disabled,
            (Some(ZoneRebalancing::Enabled), Err(refusal)) => return Err(refusal),
            (Some(asked), _) => asked,
        };
        self.check_network(definition, request.network_configuration.as_ref())?;
        let id = self.services.next_id();
        let changed_by = fx.lead(Kind::ServiceCreated { service: id });
        let deployment = self.next_deployment();
        let desired_count = if daemon { 0 } else { request.desired_count };
        let revision = ServiceRevision {
            definition,
            launch_type: request.launch_type,
            // One on every server: a daemon has no use for a strategy (ecs.md §3.8).
            capacity_provider_strategy: if daemon { Rc::from([]) } else { strategy },
            network: request.network_configuration.as_ref().map(|network| Rc::new(network.awsvpc_configuration.clone())),
            load_balancers: Vec::new(),
            registry: None,
            connect: None,
        };
        let service = Service {
            name: Rc::from(request.service_name.as_str()),
            status: ServiceStatus::Active,
            deployment,
            desired_count,
            scheduling_strategy: request.scheduling_strategy,
            strategies: Rc::from(request.placement_strategy.as_slice()),
            constraints: Rc::from(request.placement_constraints.as_slice()),
            minimum_healthy_percent: request.minimum_healthy_percent.unwrap_or(if daemon { 0 } else { 100 }),
            maximum_percent,
            group: self.registry.group(&format!("service:{}", request.service_name)),
            tasks: BTreeSet::new(),
            events: VecDeque::new(),
            losses: VecDeque::new(),
            changed_by,
            steady: Steadiness::NotYet,
            waiting: None,
            throttle: Throttle::default(),
            pace: LaunchPace::default(),
            deployments: vec![Deployment::new(deployment, Rc::new(revision), desired_count, fx.now_ms, changed_by)],
            completed: None,
            configuration: request.deployment_configuration.as_deref().cloned().map(Rc::new),
            zone_rebalancing,
            grace_period_ms: Millis::from(request.health_check_grace_period_seconds) * SECOND,
            complaints: Vec::new(),
            rebalance: Rebalance::default(),
            service_deployment: None,
            stopping_before: 0,
            rests_until_ms: 0,
            registrar: None,
        };
        self.services.insert(service);
        let first_look_ms = if daemon { FIRST_LOOK_AT_DAEMONS_MS } else { FIRST_LOOK_MS };
        let phase_ms = fx.draw(Concern::ReconcilePhase, &[u64::from(id.0)], &first_look_ms);
        fx.by_the_clock(|fx| fx.control_timer(phase_ms, ControlTimer::Reconcile(id)));
        Ok(())
    }

    /// `DeleteService` with `force`.
    pub(crate) fn delete_service(&mut self, fx: &mut Effects, name: &str) -> Answer {
        let id = self.wanted_service(name)?;
        let changed_by = fx.lead(Kind::ServiceDeleted { service: id });
        let service = self.services.get_mut(id).expect("the service exists");
        service.status = ServiceStatus::Draining;
        service.desired_count = 0;
        service.waiting = None;
        service.changed_by = changed_by;
        service.wake();
        Ok(())
    }

    /// `RunTask`: places at once, once; what finds no place is a failure in the answer (ecs.md §3.1).
    /// Ledger: placement.run-task.
    pub(crate) fn run_task(&mut self, fx: &mut Effects, request: &RunTask) -> Answer {
        if !(1..=10).contains(&request.count) {
            return Err(Refusal::new("InvalidParameterException", "Count must be between 1 and 10."));
        }
        let definition = self.wanted_definition(&request.task_definition)?;
        self.check_launch_type(
            definition,
            request.launch_type,
            !request.placement_strategy.is_empty() || !request.placement_constraints.is_empty(),
        )?;
        self.check_network(definition, request.network_configuration.as_ref())?;
        let placed = !request.placement_strategy.is_empty() || !request.placement_constraints.is_empty();
        let strategy = self.wanted_strategy(fx, request.capacity_provider_strategy.as_deref(), definition, placed)?;
        self.check_launch(fx, definition, request, &strategy)?;
        let family = self.definitions[definition].definition.family.clone();
        let group_name = request.group.clone().unwrap_or_else(|| format!("family:{family}"));
        let mut launch = Launch {
            definition,
            group: self.registry.group(&group_name),
            service: None,
            launch_type: request.launch_type,
            strategy: Rc::from([]),
            capacity_provider: None,
            constraints: Rc::from(request.placement_constraints.as_slice()),
            strategies: Rc::from(request.placement_strategy.as_slice()),
            zone: None,
            network: request.network_configuration.as_ref().map(|network| Rc::new(network.awsvpc_configuration.clone())),
        };
        let mut counts = vec![0; strategy.len()];
        for _ in 0..request.count {
            // Ledger: capacity.run-task-split.
            if let Some(at) = next_provider(&strategy, &counts) {
                counts[at] += 1;
                launch.strategy = Rc::from([CapacityProviderStrategyItem { base: 0, weight: 1, ..strategy[at].clone() }]);
            }
            if let Err(unplaced) = self.launch(fx, &launch) {
                let silent = unplaced.summary.silent_instance().and_then(|instance| self.agents.get(instance)?.disconnected_by);
                let kind = Kind::PlacementFailed {
                    group: Rc::from(group_name.as_str()),
                    service: None,
                    definition,
                    decision: unplaced.decision,
                    summary: unplaced.summary,
                };
                fx.because(silent, |fx| fx.observe(kind));
            }
        }
        Ok(())
    }

    /// `StopTask`.
    pub(crate) fn stop_task_asked(&mut self, fx: &mut Effects, task: TaskId, reason: Option<&str>) -> Answer {
        if self.tasks.get(task).is_none() {
            return Err(Refusal::new("InvalidParameterException", "The referenced task was not found."));
        }
        self.stop_task(fx, task, StopCode::UserInitiated, reason.unwrap_or("Task stopped by user"));
        Ok(())
    }

    /// `UpdateContainerInstancesState`.
    pub(crate) fn update_instance_state(
        &mut self,
        fx: &mut Effects,
        instance: InstanceId,
        status: InstanceStatusRequest,
    ) -> Answer {
        self.wanted_instance(instance)?;
        let settled = self
            .registry
            .get(instance)
            .is_some_and(|known| matches!(known.status, ContainerInstanceStatus::Active | ContainerInstanceStatus::Draining));
        if !settled {
            return Err(Refusal::new("ClientException", "The container instance must be ACTIVE or DRAINING."));
        }
        let status = match status {
            InstanceStatusRequest::Active => ContainerInstanceStatus::Active,
            InstanceStatusRequest::Draining => ContainerInstanceStatus::Draining,
        };
        self.set_instance_status(fx, instance, status);
        Ok(())
    }

    /// `DeregisterContainerInstance` with `force`.
    pub(crate) fn deregister_instance(&mut self, fx: &mut Effects, instance: InstanceId) -> Answer {
        self.wanted_instance(instance)?;
        self.give_up_instance(fx, instance, StopCode::UserInitiated, "Container instance deregistration forced by user");
        Ok(())
    }

    /// Subnets are for `awsvpc` tasks, and there must be some, at most 16 (ecs.md §9.2).
    pub(crate) fn check_network(&self, definition: TaskDefinitionId, network: Option<&NetworkConfiguration>) -> Answer {
        let Some(network) = network else { return Ok(()) };
        let refused = |message: String| Err(Refusal::new("InvalidParameterException", message));
        if !self.definitions[definition].definition.uses_eni() {
            return refused("Network Configuration is not valid for the given networkMode of this task definition.".to_owned());
        }
        let subnets = &network.awsvpc_configuration.subnets;
        if subnets.is_empty() {
            return refused("subnets can not be empty.".to_owned());
        }
        if subnets.len() > MOST_SUBNETS {
            return refused("subnets can have at most 16 items.".to_owned());
        }
        if network.awsvpc_configuration.security_groups.len() > MOST_SECURITY_GROUPS {
            return refused("security groups can have at most 5 items.".to_owned());
        }
        match subnets.iter().find(|subnet| !self.subnets.contains_key(*subnet)) {
            Some(unknown) => refused(format!("The subnet ID '{unknown}' does not exist")),
            None => Ok(()),
        }
    }

    /// What RunTask refuses before it looks for places: a role it cannot assume, and too many starts on Fargate at once.
    fn check_launch(
        &mut self,
        fx: &Effects,
        definition: TaskDefinitionId,
        request: &RunTask,
        strategy: &[CapacityProviderStrategyItem],
    ) -> Answer {
        if self.role_is_refused(definition).is_some() {
            return Err(Refusal::new("ClientException", ROLE_NOT_ASSUMABLE));
        }
        // A strategy names providers of one kind only (ecs.md §3.7).
        let on_fargate = match strategy.first() {
            Some(item) => self.capacity.named(&item.capacity_provider).is_some_and(is_fargate),
            None => request.launch_type != LaunchType::Ec2,
        };
        if on_fargate && !fargate::has_fargate_launches(self, fx, request.count) {
            return Err(Refusal::new("ThrottlingException", LaunchRefusal::LaunchRate.reason()));
        }
        Ok(())
    }

    /// The strategy that applies, checked; empty when the launch type decides. Without a command there is no provider to name.
    pub(crate) fn wanted_strategy(
        &self,
        fx: &Effects,
        asked: Option<&[CapacityProviderStrategyItem]>,
        definition: TaskDefinitionId,
        placed: bool,
    ) -> Result<Rc<[CapacityProviderStrategyItem]>, Refusal> {
        match (asked, fx.later) {
            (Some(asked), Some(later)) => (later.check_strategy)(self, asked, definition, placed),
            (Some(_), None) | (None, _) => Ok(Rc::from([])),
        }
    }

    fn wanted_instance(&self, instance: InstanceId) -> Answer {
        match self.registry.get(instance) {
            Some(_) => Ok(()),
            None => Err(Refusal::new(
                "InvalidParameterException",
                format!("The container instance {} could not be found.", instance.short()),
            )),
        }
    }

    pub(crate) fn wanted_service(&self, name: &str) -> Result<ServiceId, Refusal> {
        self.service_named(name).ok_or_else(|| Refusal::new("ServiceNotFoundException", format!("Service not found: {name}.")))
    }

    pub(crate) fn wanted_definition(&self, name: &str) -> Result<TaskDefinitionId, Refusal> {
        match self.definition_named(name) {
            Some(id) if self.definitions[id].status == DefinitionStatus::Active => Ok(id),
            Some(_) => Err(Refusal::new("ClientException", "TaskDefinition is inactive")),
            None => Err(Refusal::new("ClientException", format!("TaskDefinition not found: {name}."))),
        }
    }

    /// What Fargate does not do (ecs.md §8.6), and what a task definition was not validated for.
    pub(crate) fn check_launch_type(&self, id: TaskDefinitionId, launch_type: LaunchType, placed: bool) -> Answer {
        let definition = &self.definitions[id].definition;
        match launch_type {
            LaunchType::Ec2 => Ok(()),
            LaunchType::Fargate | LaunchType::FargateSpot if !definition.launches_on_fargate() => {
                Err(Refusal::new("InvalidParameterException", "Task definition does not support launch_type FARGATE."))
            }
            LaunchType::Fargate | LaunchType::FargateSpot if definition.network_mode != NetworkMode::Awsvpc => {
                Err(Refusal::new("ClientException", "Fargate only supports network mode 'awsvpc'."))
            }
            LaunchType::Fargate | LaunchType::FargateSpot if placed => Err(Refusal::new(
                "InvalidParameterException",
                "Placement strategies and constraints are not supported with FARGATE launch type.",
            )),
            LaunchType::FargateSpot if definition.runtime.operating_system == Some(OperatingSystem::Windows) => {
                Err(Refusal::new(
                    "PlatformTaskDefinitionIncompatibilityException",
                    "The specified platform version does not satisfy the required capabilities of the task definition.",
                ))
            }
            LaunchType::Fargate | LaunchType::FargateSpot => Ok(()),
        }
    }
}

/// A new service is first looked at after this: quantiles. Daemon tasks start before others (ecs.md §3.8).
/// Ledger: service.first-look.
const FIRST_LOOK_MS: [Millis; 2] = [300, 1_500];
/// Ledger: service.first-look.
const FIRST_LOOK_AT_DAEMONS_MS: [Millis; 2] = [20, 100];

/// Subnets of one `awsvpcConfiguration` (ecs.md §13).
/// Ledger: quota.api.
const MOST_SUBNETS: usize = 16;
/// Security groups of one.
/// Ledger: quota.api.
const MOST_SECURITY_GROUPS: usize = 5;

pub(crate) fn check_daemon(launch_type: LaunchType, strategies: &[PlacementStrategy], maximum_percent: Option<u32>) -> Answer {
    if maximum_percent.is_some_and(|percent| percent > 100) {
        return Err(Refusal::new(
            "InvalidParameterException",
            "The daemon scheduling strategy does not support values above 100 for maximumPercent on a deployment configuration. Change the maximumPercent value to 100, and try again",
        ));
    }
    if launch_type != LaunchType::Ec2 {
        return Err(Refusal::new(
            "InvalidParameterException",
            "The DAEMON scheduling strategy is not supported for FARGATE tasks.",
        ));
    }
    if !strategies.is_empty() {
        return Err(Refusal::new(
            "InvalidParameterException",
            "The daemon scheduling strategy does not support placement strategies. Remove the placement strategy and try again",
        ));
    }
    Ok(())
}

/// Which services AZ rebalancing is not for (ecs.md §3.11).
pub(crate) fn check_rebalancing(
    scheduling: SchedulingStrategy,
    maximum_percent: u32,
    strategies: &[PlacementStrategy],
    constraints: &[PlacementConstraint],
) -> Answer {
    let refuse = |what: &str| {
        Err(Refusal::new("InvalidParameterException", format!("Availability Zone Rebalancing does not support {what}")))
    };
    if scheduling == SchedulingStrategy::Daemon {
        return refuse("the DAEMON scheduling strategy");
    }
    if maximum_percent <= 100 {
        return refuse("maximumPercent <= 100%");
    }
    if strategies.first().is_some_and(|first| first.to_string() != "spread(attribute:ecs.availability-zone)") {
        return refuse("a first placement strategy other than spread by Availability Zone");
    }
    if constraints.iter().any(|constraint| constraint.to_string().contains("ecs.availability-zone")) {
        return refuse("placement constraints on the Availability Zone");
    }
    Ok(())
}
