//! Blue/green, canary and linear deployments: the newer revision comes up beside the older one, traffic moves, the older one goes
//! (ecs.md §4.7).
//!
//! Each look does at most one step: a stage is left when what it waits for has come. Until `CLEAN_UP` the older revision is kept
//! whole, so that the way back is only a shift of traffic. Start reading at [`ControlPlane::advance_stages`].

use std::rc::Rc;

use crate::sim::command::SchedulingStrategy;
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::deployment::RolloutReason;
use crate::sim::control_plane::reconcile::Stock;
use crate::sim::control_plane::service_deployment::{ServiceDeployment, ServiceDeploymentStatus};
use crate::sim::control_plane::service_load_balancer::{ServiceLoadBalancer, TargetGroups};
use crate::sim::effects::Effects;
use crate::sim::ids::{DeploymentId, ObservationId, ServiceId};
use crate::sim::model::deployment::{DeploymentConfiguration, DeploymentStrategy, LifecycleStage, RolloutState, TimeoutAction};
use crate::sim::neighbours::balancer::{SetBy, set_weights};
use crate::sim::observation::services::{Listener, ServicesFact};
use crate::sim::observation::{Kind, ServiceEvent};
use crate::sim::time::{MINUTE, Millis};

/// All traffic, in tenths of a per cent.
const ALL: u32 = 1_000;
/// A weight is at most this (ecs.md §6.2).
/// Ledger: quota.values.
const MOST_WEIGHT: u32 = 999;

impl ControlPlane {
    /// A new deployment of a service that is set to go through stages does so, if there is a completed one to leave.
    pub(crate) fn begin_stages(&mut self, fx: &mut Effects, id: ServiceId, target: DeploymentId, asked_by: ObservationId) {
        let service = &self.services[id];
        let strategy = service.strategy();
        let source = service.completed.map(|(source, ..)| source);
        let source = source.filter(|source| service.tasks.iter().any(|task| self.tasks[*task].is_of(id, *source)));
        let daemon = service.scheduling_strategy == SchedulingStrategy::Daemon;
        let staged = match (strategy, source) {
            (DeploymentStrategy::Rolling, _) | (_, None) => None,
            _ if daemon => None,
            (strategy, Some(source)) => Some(ServiceDeployment {
                source,
                target,
                strategy,
                status: ServiceDeploymentStatus::InProgress,
                lifecycle_stage: LifecycleStage::ReconcileService,
                stage_since_ms: fx.now_ms,
                stage_by: asked_by,
                paused_until_ms: None,
                test_permille: 0,
                production_permille: 0,
                shifted_at_ms: fx.now_ms,
                started_at_ms: fx.now_ms,
                finished_at_ms: None,
            }),
        };
        let begun = staged.is_some();
        let service = self.services.get_mut(id).expect("the service exists");
        service.service_deployment = staged.map(Rc::new);
        if begun {
            service.primary_mut().target_groups = TargetGroups::Alternate;
            self.note_stage(fx, id, LifecycleStage::ReconcileService, asked_by);
        }
    }

    /// A newer deployment is about to take the place of one in mid-way: the older revision gets its traffic back, or, from
    /// `CLEAN_UP` on, the newer one has taken over.
    pub(crate) fn supersede_stages(&mut self, fx: &mut Effects, id: ServiceId, asked_by: ObservationId) {
        if self.services[id].staged().is_none() {
            return;
        }
        fx.because(Some(asked_by), |fx| match self.services[id].has_no_way_back() {
            true => {
                self.finish_stages(fx, id);
                let deployment = self.services.get_mut(id).expect("the service exists").primary_mut();
                deployment.turn(RolloutState::Completed, RolloutReason::Completed, fx.now_ms);
                let deployment = deployment.id;
                self.say(fx, id, ServiceEvent::DeploymentCompleted { deployment });
            }
            false => self.give_traffic_back(fx, id),
        });
    }

    /// One step of a deployment that goes through stages, if there is one.
    pub(crate) fn advance_stages(&mut self, fx: &mut Effects, id: ServiceId, stock: &Stock) {
        let Some(staged) = self.services[id].staged().cloned() else { return self.note_return(fx, id) };
        if self.services[id].primary().rollout_state == RolloutState::Failed {
            return;
        }
        let configuration = self.services[id].configuration.clone().unwrap_or_default();
        // Ledger: deployment.stages.
        let stuck = fx.now_ms >= staged.stage_since_ms + fx.tuning.services.stage_longest_ms && staged.paused_until_ms.is_none();
        match staged.paused_until_ms {
            Some(until_ms) if fx.now_ms < until_ms => {}
            Some(_) => match timeout_action(&configuration, staged.lifecycle_stage) {
                TimeoutAction::Continue => self.enter_next_stage(fx, id, staged.stage_by),
                TimeoutAction::Rollback => fx.because(Some(staged.stage_by), |fx| self.roll_stages_back(fx, id)),
            },
            None if stuck && self.services[id].has_no_way_back() => self.enter_next_stage(fx, id, staged.stage_by),
            None if stuck => fx.because(Some(staged.stage_by), |fx| self.roll_stages_back(fx, id)),
            None => {
                if let Some(cause) = self.stage_is_over(fx, id, stock, &staged, &configuration) {
                    self.enter_next_stage(fx, id, cause);
                }
            }
        }
    }

    /// What ended the stage, when what it waits for has come.
    fn stage_is_over(
        &mut self,
        fx: &mut Effects,
        id: ServiceId,
        stock: &Stock,
        staged: &ServiceDeployment,
        configuration: &DeploymentConfiguration,
    ) -> Option<ObservationId> {
        let service = &self.services[id];
        let newest = service.tasks.iter().map(|task| self.tasks[*task].newest).max();
        let over = match staged.lifecycle_stage {
            LifecycleStage::ReconcileService => {
                let settled = |id: DeploymentId| id == staged.source || id == staged.target;
                service.deployments.iter().all(|deployment| settled(deployment.id))
            }
            LifecycleStage::ScaleUp => {
                let healthy = stock.healthy_current >= service.desired_count;
                return healthy.then(|| newest.unwrap_or(staged.stage_by).max(staged.stage_by));
            }
            LifecycleStage::PreScaleUp
            | LifecycleStage::PostScaleUp
            | LifecycleStage::PostTestTrafficShift
            | LifecycleStage::PreProductionTrafficShift
            | LifecycleStage::PostProductionTrafficShift => true,
            LifecycleStage::TestTrafficShift => {
                let shifted = fx.because(Some(staged.stage_by), |fx| self.shift(fx, id, Listener::Test, ALL));
                return Some(shifted.unwrap_or(staged.stage_by));
            }
            LifecycleStage::ProductionTrafficShift => return self.shift_production(fx, id, staged, configuration),
            LifecycleStage::BakeTime => {
                fx.now_ms >= staged.stage_since_ms + Millis::from(configuration.bake_time_in_minutes) * MINUTE
            }
            LifecycleStage::CleanUp => service.deployments.len() == 1,
        };
        over.then_some(staged.stage_by)
    }

    /// One step of production traffic; says what ended the shift when all of it has moved.
    fn shift_production(
        &mut self,
        fx: &mut Effects,
        id: ServiceId,
        staged: &ServiceDeployment,
        configuration: &DeploymentConfiguration,
    ) -> Option<ObservationId> {
        let begun = staged.production_permille > 0;
        let (step, bake_minutes) = match staged.strategy {
            DeploymentStrategy::Rolling | DeploymentStrategy::BlueGreen => (ALL, 0),
            DeploymentStrategy::Canary => {
                let canary = configuration.canary_configuration;
                (if begun { ALL } else { canary.canary_percent_tenths }, canary.canary_bake_time_in_minutes)
            }
            DeploymentStrategy::Linear => {
                let linear = configuration.linear_configuration;
                (linear.step_percent_tenths, linear.step_bake_time_in_minutes)
            }
        };
        // Ledger: deployment.shift. No bake time after the last step.
        if begun && fx.now_ms < staged.shifted_at_ms + Millis::from(bake_minutes) * MINUTE {
            return None;
        }
        let share = (staged.production_permille + step).min(ALL);
        let shifted = fx.because(Some(staged.stage_by), |fx| self.shift(fx, id, Listener::Production, share));
        (share == ALL).then(|| shifted.unwrap_or(staged.stage_by))
    }

    /// Gives the newer revision a share of the traffic of a listener. Without a load balancer there is no traffic to shift.
    fn shift(&mut self, fx: &mut Effects, id: ServiceId, listener: Listener, permille: u32) -> Option<ObservationId> {
        let now_ms = fx.now_ms;
        let service = self.services.get_mut(id).expect("the service exists");
        let staged = Rc::make_mut(service.service_deployment.as_mut()?);
        match listener {
            Listener::Test => staged.test_permille = permille,
            Listener::Production => (staged.production_permille, staged.shifted_at_ms) = (permille, now_ms),
        }
        let deployment = staged.target;
        if service.load_balancers.is_empty() {
            return None;
        }
        let fact = ServicesFact::TrafficShifted { service: id, deployment, listener, permille };
        let shifted = fx.observe(Kind::Services(Rc::new(fact)));
        // Ledger: deployment.traffic.
        fx.because(Some(shifted), |fx| {
            for load_balancer in &service.load_balancers {
                weigh(fx, load_balancer, listener, permille);
            }
        });
        Some(shifted)
    }

    /// Goes on to the next stage; after the last the deployment is successful.
    pub(crate) fn enter_next_stage(&mut self, fx: &mut Effects, id: ServiceId, cause: ObservationId) {
        let service = self.services.get_mut(id).expect("the service exists");
        let staged = Rc::make_mut(service.service_deployment.as_mut().expect("it goes through stages"));
        staged.paused_until_ms = None;
        match staged.lifecycle_stage.next() {
            Some(stage) => self.note_stage(fx, id, stage, cause),
            None => self.finish_stages(fx, id),
        }
    }

    /// The newer revision has taken over: what was the alternate target group has the traffic now, and what comes next leaves from it.
    fn finish_stages(&mut self, fx: &Effects, id: ServiceId) {
        let service = self.services.get_mut(id).expect("the service exists");
        let staged = Rc::make_mut(service.service_deployment.as_mut().expect("it goes through stages"));
        (staged.status, staged.finished_at_ms) = (ServiceDeploymentStatus::Successful, Some(fx.now_ms));
        let target = staged.target;
        for load_balancer in &mut service.load_balancers {
            *load_balancer = load_balancer.swapped().unwrap_or_else(|| load_balancer.clone());
        }
        for deployment in &mut service.deployments {
            deployment.target_groups = if deployment.id == target { TargetGroups::Primary } else { TargetGroups::Alternate };
        }
        let newest = service.primary();
        service.completed = Some((newest.id, newest.definition, newest.launch_type));
        service.completed_load_balancers.clone_from(&service.load_balancers);
    }

    fn note_stage(&mut self, fx: &mut Effects, id: ServiceId, stage: LifecycleStage, cause: ObservationId) {
        let deployment = self.services[id].deployment;
        let fact = ServicesFact::LifecycleStageEntered { service: id, deployment, stage };
        let entered = fx.because(Some(cause), |fx| fx.observe(Kind::Services(Rc::new(fact))));
        let now_ms = fx.now_ms;
        let service = self.services.get_mut(id).expect("the service exists");
        let hooks = service.configuration.as_ref().map_or(&[][..], |known| &known.lifecycle_hooks);
        let hook = hooks.iter().find(|hook| hook.lifecycle_stages.contains(&stage));
        let paused_until_ms = hook.map(|hook| now_ms + Millis::from(hook.timeout_in_minutes) * MINUTE);
        let staged = Rc::make_mut(service.service_deployment.as_mut().expect("it goes through stages"));
        (staged.lifecycle_stage, staged.stage_since_ms, staged.stage_by) = (stage, now_ms, entered);
        staged.paused_until_ms = paused_until_ms;
        if stage == LifecycleStage::CleanUp {
            service.changed_by = entered;
        }
        if let Some(until_ms) = paused_until_ms {
            let fact = ServicesFact::DeploymentPaused { service: id, deployment, stage, until_ms };
            fx.because(Some(entered), |fx| fx.observe(Kind::Services(Rc::new(fact))));
        }
    }

    /// All traffic back to the older revision at once, of production and of the test.
    fn give_traffic_back(&mut self, fx: &mut Effects, id: ServiceId) {
        let Some(staged) = self.services[id].staged().cloned() else { return };
        for (listener, share) in [(Listener::Production, staged.production_permille), (Listener::Test, staged.test_permille)] {
            if share > 0 {
                self.shift(fx, id, listener, 0);
            }
        }
    }

    /// Traffic back to the older revision; then the newer one goes (ecs.md §4.7).
    pub(crate) fn roll_stages_back(&mut self, fx: &mut Effects, id: ServiceId) {
        self.give_traffic_back(fx, id);
        let service = self.services.get_mut(id).expect("the service exists");
        let staged = Rc::make_mut(service.service_deployment.as_mut().expect("it goes through stages"));
        (staged.status, staged.paused_until_ms) = (ServiceDeploymentStatus::RollbackInProgress, None);
        let deployment = service.primary_mut();
        if deployment.rollout_state == RolloutState::InProgress {
            deployment.turn(RolloutState::Failed, RolloutReason::StoppedByUser, fx.now_ms);
        }
        self.roll_back(fx, id);
    }

    /// It has failed and is not set to go back: both revisions keep the traffic they have until someone decides.
    pub(crate) fn stay_in_stage(&mut self, id: ServiceId) {
        let service = self.services.get_mut(id).expect("the service exists");
        if let Some(staged) =
            service.service_deployment.as_mut().filter(|staged| staged.status == ServiceDeploymentStatus::InProgress)
        {
            let staged = Rc::make_mut(staged);
            (staged.status, staged.paused_until_ms) = (ServiceDeploymentStatus::Stopped, None);
        }
    }

    /// A roll-back is over when the older revision is alone again.
    fn note_return(&mut self, fx: &Effects, id: ServiceId) {
        let service = &self.services[id];
        let returning = service.service_deployment.as_ref().map(|staged| staged.status);
        if returning == Some(ServiceDeploymentStatus::RollbackInProgress) && service.deployments.len() == 1 {
            let service = self.services.get_mut(id).expect("the service exists");
            let staged = Rc::make_mut(service.service_deployment.as_mut().expect("it goes back"));
            (staged.status, staged.finished_at_ms) = (ServiceDeploymentStatus::RollbackSuccessful, Some(fx.now_ms));
        }
    }
}

/// Listeners that deployments will shift send everything to where the tasks register first: those of `now` that are not like one
/// `before`.
pub(crate) fn weigh_primary(fx: &mut Effects, before: &[ServiceLoadBalancer], now: &[ServiceLoadBalancer]) {
    for each in now.iter().filter(|each| !before.iter().any(|known| known.has_route_of(each))) {
        weigh(fx, each, Listener::Production, 0);
        weigh(fx, each, Listener::Test, 0);
    }
}

/// Asks the listener to give the alternate target group that share.
fn weigh(fx: &mut Effects, load_balancer: &ServiceLoadBalancer, listener: Listener, permille: u32) {
    let Some(advanced) = &load_balancer.advanced else { return };
    let Some(name) = advanced.listener(listener) else { return };
    let weights = vec![(load_balancer.target_group, weight(ALL - permille)), (advanced.target_group, weight(permille))];
    set_weights(fx, name.clone(), weights, SetBy::Deployment);
}

/// What a listener is told of a share, in tenths of a per cent.
pub(crate) fn weight(permille: u32) -> u32 {
    permille.min(MOST_WEIGHT)
}

/// What happens when a hook of this stage has waited long enough.
pub(crate) fn timeout_action(configuration: &DeploymentConfiguration, stage: LifecycleStage) -> TimeoutAction {
    let hook = configuration.lifecycle_hooks.iter().find(|hook| hook.lifecycle_stages.contains(&stage));
    hook.map_or(TimeoutAction::Rollback, |hook| hook.timeout_action)
}
