//! Blue/green, canary and linear deployments: the newer revision comes up beside the older one, traffic moves, the older one goes
//! (ecs.md §4.7).
//!
//! Each look does at most one step: a stage is left when what it waits for has come. Until `CLEAN_UP` the older revision is kept
//! whole, so that the way back is only a shift of traffic. Start reading at [`ControlPlane::advance_stages`].

use std::rc::Rc;

use crate::sim::command::SchedulingStrategy;
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::circuit_breaker::Back;
use crate::sim::control_plane::deployment::{EndedBy, RolloutReason};
use crate::sim::control_plane::lifecycle_hooks::Verdict;
use crate::sim::control_plane::reconcile::Stock;
use crate::sim::control_plane::service_deployment::{ServiceDeployment, ServiceDeploymentStatus};
use crate::sim::control_plane::service_load_balancer::{ServiceLoadBalancer, TargetGroups};
use crate::sim::effects::Effects;
use crate::sim::ids::{DeploymentId, ObservationId, ServiceId};
use crate::sim::model::deployment::{DeploymentConfiguration, DeploymentStrategy, LifecycleStage, RolloutState};
use crate::sim::neighbours::balancer::{SetBy, set_weights};
use crate::sim::observation::services::{Listener, ServicesFact};
use crate::sim::observation::{FailedBecause, Kind, ServiceEvent};
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
        let source = service.completed.as_ref().map(|(source, _)| *source);
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
                hooks: Vec::new(),
                hooks_begun: 0,
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
        match self.judge_hooks(fx, id) {
            Verdict::Failed(by) => self.fail_stages(fx, id, FailedBecause::HookFailed, by),
            Verdict::Passed(by) => self.go_on(fx, id, by),
            Verdict::Held => {}
            Verdict::Free => {
                if let Some(cause) = self.stage_is_over(fx, id, stock, &staged, &configuration) {
                    self.enter_next_stage(fx, id, cause);
                }
            }
        }
        self.end_what_takes_too_long(fx, id);
    }

    /// The hooks have ended well: on to what they held.
    /// Ledger: deployment.hook-steps.
    pub(crate) fn go_on(&mut self, fx: &mut Effects, id: ServiceId, by: ObservationId) {
        let Some(staged) = self.services[id].staged().cloned() else { return };
        let held = staged.hooks.first().map(|hook| hook.at);
        self.drop_hooks(id);
        match (staged.lifecycle_stage, held) {
            (LifecycleStage::ProductionTrafficShift, Some(LifecycleStage::PreProductionTrafficShift)) => {
                let configuration = self.services[id].configuration.clone().unwrap_or_default();
                if let Some(cause) = self.shift_step(fx, id, &staged, &configuration, by) {
                    self.enter_next_stage(fx, id, cause);
                }
            }
            (LifecycleStage::ProductionTrafficShift, _) if staged.production_permille < ALL => {}
            _ => self.enter_next_stage(fx, id, by),
        }
    }

    fn drop_hooks(&mut self, id: ServiceId) {
        let service = self.services.get_mut(id).expect("the service exists");
        if let Some(staged) = service.service_deployment.as_mut().filter(|staged| !staged.hooks.is_empty()) {
            Rc::make_mut(staged).hooks.clear();
        }
    }

    fn fail_stages(&mut self, fx: &mut Effects, id: ServiceId, why: FailedBecause, by: ObservationId) {
        fx.because(Some(by), |fx| self.fail_deployment(fx, id, why, Some(Back::ToCompleted)));
    }

    /// A stage, each step of a shift, and the whole have their time (ecs.md §4.7). A decision of someone may take longer than a stage.
    fn end_what_takes_too_long(&mut self, fx: &mut Effects, id: ServiceId) {
        let Some(staged) = self.services[id].staged().filter(|staged| staged.status == ServiceDeploymentStatus::InProgress)
        else {
            return;
        };
        let tuning = &fx.tuning.services;
        let since_ms = match staged.lifecycle_stage {
            LifecycleStage::ProductionTrafficShift => staged.stage_since_ms.max(staged.shifted_at_ms),
            _ => staged.stage_since_ms,
        };
        let stuck = staged.paused().is_none() && fx.now_ms >= since_ms + tuning.stage_longest_ms;
        let over = fx.now_ms >= staged.started_at_ms + tuning.deployment_longest_ms;
        let by = staged.stage_by;
        match self.services[id].has_no_way_back() {
            true if stuck => self.enter_next_stage(fx, id, by),
            false if stuck || over => self.fail_stages(fx, id, FailedBecause::TimedOut, by),
            true | false => {}
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
                let by = shifted.unwrap_or(staged.stage_by);
                return (!self.begin_hooks(fx, id, LifecycleStage::TestTrafficShift, by)).then_some(by);
            }
            LifecycleStage::ProductionTrafficShift => return self.shift_production(fx, id, staged, configuration),
            LifecycleStage::BakeTime => fx.now_ms >= staged.stage_since_ms + Millis::from(configuration.bake_minutes()) * MINUTE,
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
        // Ledger: deployment.shift. No bake time after the last step.
        if begun && fx.now_ms < staged.shifted_at_ms + Millis::from(step_bake_minutes(staged.strategy, configuration)) * MINUTE {
            return None;
        }
        if begun && self.begin_hooks(fx, id, LifecycleStage::PreProductionTrafficShift, staged.stage_by) {
            return None;
        }
        self.shift_step(fx, id, staged, configuration, staged.stage_by)
    }

    /// Moves production traffic by one step; says what ended the shift when all of it has moved and no hook has a say in it.
    fn shift_step(
        &mut self,
        fx: &mut Effects,
        id: ServiceId,
        staged: &ServiceDeployment,
        configuration: &DeploymentConfiguration,
        cause: ObservationId,
    ) -> Option<ObservationId> {
        let step = match staged.strategy {
            DeploymentStrategy::Rolling | DeploymentStrategy::BlueGreen => ALL,
            DeploymentStrategy::Canary if staged.production_permille > 0 => ALL,
            DeploymentStrategy::Canary => configuration.canary_configuration.canary_percent_tenths,
            DeploymentStrategy::Linear => configuration.linear_configuration.step_percent_tenths,
        };
        let share = (staged.production_permille + step).min(ALL);
        let shifted = fx.because(Some(cause), |fx| self.shift(fx, id, Listener::Production, share));
        let by = shifted.unwrap_or(cause);
        let held = self.begin_hooks(fx, id, LifecycleStage::ProductionTrafficShift, by);
        (share == ALL && !held).then_some(by)
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
        if service.revision().load_balancers.is_empty() {
            return None;
        }
        let fact = ServicesFact::TrafficShifted { service: id, deployment, listener, permille };
        let shifted = fx.observe(Kind::Services(Rc::new(fact)));
        // Ledger: deployment.traffic.
        fx.because(Some(shifted), |fx| {
            for load_balancer in &service.revision().load_balancers {
                weigh(fx, load_balancer, listener, permille);
            }
        });
        Some(shifted)
    }

    /// Goes on to the next stage; after the last the deployment is successful.
    pub(crate) fn enter_next_stage(&mut self, fx: &mut Effects, id: ServiceId, cause: ObservationId) {
        let service = self.services.get_mut(id).expect("the service exists");
        let staged = service.service_deployment.as_ref().expect("it goes through stages");
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
        for deployment in &mut service.deployments {
            for load_balancer in &mut Rc::make_mut(&mut deployment.revision).load_balancers {
                *load_balancer = load_balancer.swapped().unwrap_or_else(|| load_balancer.clone());
            }
            deployment.target_groups = if deployment.id == target { TargetGroups::Primary } else { TargetGroups::Alternate };
        }
        let newest = service.primary();
        service.completed = Some((newest.id, newest.revision.clone()));
    }

    fn note_stage(&mut self, fx: &mut Effects, id: ServiceId, stage: LifecycleStage, cause: ObservationId) {
        let deployment = self.services[id].deployment;
        let fact = ServicesFact::LifecycleStageEntered { service: id, deployment, stage };
        let entered = fx.because(Some(cause), |fx| fx.observe(Kind::Services(Rc::new(fact))));
        let now_ms = fx.now_ms;
        let service = self.services.get_mut(id).expect("the service exists");
        let staged = Rc::make_mut(service.service_deployment.as_mut().expect("it goes through stages"));
        (staged.lifecycle_stage, staged.stage_since_ms, staged.stage_by) = (stage, now_ms, entered);
        if stage == LifecycleStage::CleanUp {
            service.changed_by = entered;
        }
        // Hooks of the other two come after each shift of traffic.
        if !matches!(stage, LifecycleStage::TestTrafficShift | LifecycleStage::ProductionTrafficShift) {
            self.begin_hooks(fx, id, stage, entered);
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
    pub(crate) fn roll_stages_back(&mut self, fx: &mut Effects, id: ServiceId, ended_by: EndedBy) {
        self.give_traffic_back(fx, id);
        let service = self.services.get_mut(id).expect("the service exists");
        let staged = Rc::make_mut(service.service_deployment.as_mut().expect("it goes through stages"));
        staged.status = ServiceDeploymentStatus::RollbackInProgress;
        staged.hooks.clear();
        let deployment = service.primary_mut();
        if deployment.rollout_state == RolloutState::InProgress {
            deployment.turn(RolloutState::Failed, RolloutReason::Ended(ended_by), fx.now_ms);
        }
        self.roll_back(fx, id, ended_by);
    }

    /// It has failed and is not set to go back: both revisions keep the traffic they have until someone decides.
    pub(crate) fn stay_in_stage(&mut self, id: ServiceId) {
        let service = self.services.get_mut(id).expect("the service exists");
        if let Some(staged) =
            service.service_deployment.as_mut().filter(|staged| staged.status == ServiceDeploymentStatus::InProgress)
        {
            let staged = Rc::make_mut(staged);
            staged.status = ServiceDeploymentStatus::Stopped;
            staged.hooks.clear();
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

/// So long a step of production traffic is watched before the next.
pub(crate) fn step_bake_minutes(strategy: DeploymentStrategy, configuration: &DeploymentConfiguration) -> u32 {
    match strategy {
        DeploymentStrategy::Canary => configuration.canary_configuration.canary_bake_time_in_minutes,
        DeploymentStrategy::Linear => configuration.linear_configuration.step_bake_time_in_minutes,
        DeploymentStrategy::Rolling | DeploymentStrategy::BlueGreen => 0,
    }
}
