//! `UpdateService`: what may be changed, and which changes start a new deployment (ecs.md §1.3).

use std::rc::Rc;

use crate::sim::command::{LaunchType, SchedulingStrategy, UpdateService};
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::api::{Answer, Refusal, check_daemon, check_rebalancing};
use crate::sim::control_plane::deployment::Deployment;
use crate::sim::control_plane::quotas;
use crate::sim::control_plane::service::Steadiness;
use crate::sim::control_plane::service_revision::ServiceRevision;
use crate::sim::effects::Effects;
use crate::sim::ids::{DeploymentId, ObservationId, ServiceId, TaskDefinitionId};
use crate::sim::model::capacity_provider::CapacityProviderStrategyItem;
use crate::sim::model::deployment::{
    DeploymentConfiguration, DeploymentStatus, DeploymentStrategy, RolloutState, ZoneRebalancing,
};
use crate::sim::model::lifecycle_hook::{HookTargetType, LifecycleHook};
use crate::sim::observation::Kind;
use crate::sim::observation::services::ServicesFact;
use crate::sim::time::{Millis, SECOND};

impl ControlPlane {
    /// `UpdateService`; `wanted` says what load balancers, registry and Service Connect are to be.
    /// Ledger: service.launch-type.
    pub(crate) fn update_service(&mut self, fx: &mut Effects, request: &UpdateService, wanted: ServiceRevision) -> Answer {
        let id = self.wanted_service(&request.service)?;
        let service = &self.services[id];
        let definition = match &request.task_definition {
            Some(name) => self.wanted_definition(name)?,
            None => wanted.definition,
        };
        let launch_type = request.launch_type.unwrap_or(wanted.launch_type);
        self.check_update(id, request, definition, launch_type)?;
        let capacity_provider_strategy = self.strategy_after(fx, id, request, definition)?;
        let network = request.network_configuration.as_ref().map(|network| Rc::new(network.awsvpc_configuration.clone()));
        let network = network.or(wanted.network.clone());
        let mut revision = ServiceRevision { definition, launch_type, capacity_provider_strategy, network, ..wanted };
        // Ledger: deployment.triggers.
        let redeploys = request.force_new_deployment || !revision.starts_like(service.revision());
        let from = service.desired_count;
        let changed_by = match request.desired_count.filter(|to| *to != from) {
            Some(to) => fx.lead(Kind::DesiredCountChanged { service: id, from, to }),
            None => fx.lead(Kind::ServiceUpdated { service: id }),
        };
        if redeploys {
            self.supersede_stages(fx, id, changed_by);
        }
        let service = self.services.get_mut(id).expect("the service exists");
        if let Some(strategies) = &request.placement_strategy {
            service.strategies = Rc::from(strategies.as_slice());
        }
        if let Some(constraints) = &request.placement_constraints {
            service.constraints = Rc::from(constraints.as_slice());
        }
        if let Some(configuration) = &request.deployment_configuration {
            service.configuration = Some(Rc::new((**configuration).clone()));
        }
        if let Some(seconds) = request.health_check_grace_period_seconds {
            service.grace_period_ms = Millis::from(seconds) * SECOND;
        }
        // The deployment that was in CLEAN_UP has swapped the roles just now.
        let known = &service.revision().load_balancers;
        revision.load_balancers = revision.load_balancers.into_iter().map(|each| each.in_roles_of(known)).collect();
        if !redeploys {
            service.replace_strategy(&revision.capacity_provider_strategy);
        }
        service.minimum_healthy_percent = request.minimum_healthy_percent.unwrap_or(service.minimum_healthy_percent);
        service.maximum_percent = request.maximum_percent.unwrap_or(service.maximum_percent);
        service.zone_rebalancing = request.availability_zone_rebalancing.unwrap_or(service.zone_rebalancing);
        service.desired_count = request.desired_count.unwrap_or(from);
        // The revision that a new deployment replaces is not wanted in greater number than it was (ecs.md §4.4).
        service.primary_mut().desired_count = if redeploys { service.desired_count.min(from) } else { service.desired_count };
        let source = service.staged().map(|staged| staged.source);
        if let Some(source) = service.deployments.iter_mut().find(|deployment| Some(deployment.id) == source) {
            if source.desired_count != service.desired_count {
                source.updated_at_ms = fx.now_ms;
            }
            source.desired_count = service.desired_count;
        }
        service.changed_by = changed_by;
        service.steady = Steadiness::NotYet;
        service.start_anew();
        service.wake();
        fx.because(Some(changed_by), |fx| self.stop_rebalancing(fx, id));
        if redeploys {
            self.begin_deployment(fx, id, Rc::new(revision), changed_by);
        }
        Ok(())
    }

    /// The strategy of the service after the update: a launch type named outright ends it.
    fn strategy_after(
        &self,
        fx: &Effects,
        id: ServiceId,
        request: &UpdateService,
        definition: TaskDefinitionId,
    ) -> Result<Rc<[CapacityProviderStrategyItem]>, Refusal> {
        let service = &self.services[id];
        let daemon = service.scheduling_strategy == SchedulingStrategy::Daemon;
        let strategies = request.placement_strategy.as_deref().unwrap_or(&service.strategies);
        let constraints = request.placement_constraints.as_deref().unwrap_or(&service.constraints);
        match (&request.capacity_provider_strategy, request.launch_type) {
            (Some(asked), _) if !daemon => {
                self.wanted_strategy(fx, Some(asked), definition, !strategies.is_empty() || !constraints.is_empty())
            }
            (Some(_) | None, Some(_)) => Ok(Rc::from([])),
            (Some(_) | None, None) => Ok(service.revision().capacity_provider_strategy.clone()),
        }
    }

    fn check_update(
        &self,
        id: ServiceId,
        request: &UpdateService,
        definition: TaskDefinitionId,
        launch_type: LaunchType,
    ) -> Answer {
        let service = &self.services[id];
        let strategies = request.placement_strategy.as_deref().unwrap_or(&service.strategies);
        let constraints = request.placement_constraints.as_deref().unwrap_or(&service.constraints);
        self.check_launch_type(definition, launch_type, !strategies.is_empty() || !constraints.is_empty())?;
        self.check_network(definition, request.network_configuration.as_ref())?;
        quotas::check_desired_count(request.desired_count.unwrap_or(0))?;
        request.deployment_configuration.as_deref().map_or(Ok(()), check_configuration)?;
        let daemon = service.scheduling_strategy == SchedulingStrategy::Daemon;
        if daemon {
            check_daemon(launch_type, strategies, request.maximum_percent)?;
        }
        quotas::check_placement(strategies, constraints)?;
        quotas::check_grace_period(request.health_check_grace_period_seconds.unwrap_or(0))?;
        if request.availability_zone_rebalancing.unwrap_or(service.zone_rebalancing) == ZoneRebalancing::Enabled {
            let maximum_percent = request.maximum_percent.unwrap_or(service.maximum_percent);
            check_rebalancing(service.scheduling_strategy, maximum_percent, strategies, constraints)?;
        }
        if daemon && request.desired_count.is_some() {
            return Err(Refusal::new(
                "InvalidParameterException",
                "The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again",
            ));
        }
        Ok(())
    }

    /// A new deployment becomes PRIMARY, the one before it ACTIVE: the latest wins, and several may be on their way out.
    pub(crate) fn begin_deployment(
        &mut self,
        fx: &mut Effects,
        id: ServiceId,
        revision: Rc<ServiceRevision>,
        asked_by: ObservationId,
    ) -> DeploymentId {
        let deployment = self.next_deployment();
        let (desired_count, definition) = (self.services[id].desired_count, revision.definition);
        self.make_primary(fx, id, Deployment::new(deployment, revision, desired_count, fx.now_ms, asked_by));
        let kind = Kind::Services(Rc::new(ServicesFact::DeploymentStarted { service: id, deployment, definition }));
        fx.because(Some(asked_by), |fx| fx.observe(kind));
        self.begin_stages(fx, id, deployment, asked_by);
        deployment
    }

    /// Puts a deployment first.
    pub(crate) fn make_primary(&mut self, fx: &Effects, id: ServiceId, deployment: Deployment) {
        let now = self.services[id].primary();
        let (running, starting) = self.deployment_counts(id, now.id);
        let kept = match now.rollout_state {
            RolloutState::Completed => now.desired_count,
            RolloutState::InProgress | RolloutState::Failed => running + starting,
        };
        let service = self.services.get_mut(id).expect("the service exists");
        let old = service.primary_mut();
        (old.status, old.desired_count, old.updated_at_ms) = (DeploymentStatus::Active, kept, fx.now_ms);
        service.deployment = deployment.id;
        service.deployments.retain(|known| known.id != deployment.id);
        service.deployments.insert(0, deployment);
    }
}

/// What a deployment configuration must hold (ecs.md §4.5, §4.7).
pub(crate) fn check_configuration(configuration: &DeploymentConfiguration) -> Answer {
    let refuse = |message: &str| Err(Refusal::new("InvalidParameterException", message));
    let canary = configuration.canary_configuration;
    let linear = configuration.linear_configuration;
    if !(1..=1_000).contains(&canary.canary_percent_tenths) || canary.canary_bake_time_in_minutes > 1_440 {
        return refuse("canaryPercent must be from 0.1 to 100 and canaryBakeTimeInMinutes from 0 to 1440.");
    }
    if !(30..=1_000).contains(&linear.step_percent_tenths) || linear.step_bake_time_in_minutes > 1_440 {
        return refuse("stepPercent must be from 3 to 100 and stepBakeTimeInMinutes from 0 to 1440.");
    }
    // Ledger: deployment.bake-time.
    match configuration.bake_time_in_minutes {
        Some(1_441..) => return refuse("bakeTimeInMinutes must be from 0 to 1440."),
        None if configuration.strategy == DeploymentStrategy::BlueGreen => {
            return refuse("bakeTimeInMinutes is required for the BLUE_GREEN deployment strategy.");
        }
        Some(_) | None => {}
    }
    if configuration.deployment_circuit_breaker.enable && configuration.strategy != DeploymentStrategy::Rolling {
        return refuse("The deployment circuit breaker is only supported with the ROLLING deployment strategy.");
    }
    for hook in &configuration.lifecycle_hooks {
        check_hook(hook)?;
    }
    Ok(())
}

/// What a lifecycle hook must hold (ecs.md §4.7).
fn check_hook(hook: &LifecycleHook) -> Answer {
    let refuse = |message: String| Err(Refusal::new("InvalidParameterException", message));
    let target = hook.target_type;
    if !(1..=20_160).contains(&hook.timeout_in_minutes) {
        return refuse("timeoutInMinutes of a lifecycle hook must be from 1 to 20160.".to_owned());
    }
    if let Some(stage) = hook.lifecycle_stages.iter().find(|stage| !target.may_hold(**stage)) {
        return refuse(format!("A lifecycle hook of type {} is not supported in the stage {}.", target.name(), stage.name()));
    }
    let names_function = hook.hook_target_arn.as_ref().is_some_and(|name| !name.is_empty());
    match target {
        HookTargetType::AwsLambda if !names_function => {
            refuse("hookTargetArn is required for a lifecycle hook of type AWS_LAMBDA.".to_owned())
        }
        HookTargetType::Pause if names_function => {
            refuse("hookTargetArn is not supported for a lifecycle hook of type PAUSE.".to_owned())
        }
        HookTargetType::AwsLambda | HookTargetType::Pause => Ok(()),
    }
}
