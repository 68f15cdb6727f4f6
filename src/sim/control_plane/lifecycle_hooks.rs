//! Lifecycle hooks at work (ecs.md §4.7): a person or a function decides whether a deployment goes on.
//!
//! A function is invoked at Lambda and heard of when its answer arrives. A hook that has ended changes nothing by itself: the next
//! look at the service sees it. Start reading at [`ControlPlane::begin_hooks`] and [`ControlPlane::judge_hooks`].

use std::rc::Rc;

use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::service::ServiceStatus;
use crate::sim::control_plane::service_deployment::ServiceDeployment;
use crate::sim::effects::Effects;
use crate::sim::ids::{ObservationId, ServiceId};
use crate::sim::model::deployment::LifecycleStage;
use crate::sim::model::lifecycle_hook::{HookAnswer, HookStatus, HookTargetType, TimeoutAction};
use crate::sim::neighbours::event::{HookCall, LambdaEvent, NeighbourEvent};
use crate::sim::observation::Kind;
use crate::sim::observation::services::ServicesFact;
use crate::sim::time::{MINUTE, Millis, SECOND};

/// `lifecycleHookDetails`: one hook at work.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HookExecution {
    /// Its number among the hooks that the deployment has begun.
    pub number: u32,
    /// What it is a hook of. `PRE_PRODUCTION_TRAFFIC_SHIFT` comes again before each further shift of production traffic.
    pub at: LifecycleStage,
    /// The function it asks; none for a hook of type `PAUSE`.
    pub function: Option<FunctionCalls>,
    pub status: HookStatus,
    pub expires_at_ms: Millis,
    pub timeout_action: TimeoutAction,
    /// The newest observation about it.
    pub newest: ObservationId,
}

/// A function that a hook asks, and how far it has come with that.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FunctionCalls {
    pub name: Rc<str>,
    pub invocations: u32,
    pub last: LastCall,
}

/// What the last invocation has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LastCall {
    /// It runs.
    RunsSince(Millis),
    /// It has answered `IN_PROGRESS`.
    AgainAt(Millis),
    /// It has ended the hook.
    Over,
}

/// What the hooks of a deployment mean for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// No hook is at work.
    Free,
    Held,
    /// All have ended well; the newest observation about them.
    Passed(ObservationId),
    /// One has failed, or has timed out and rolls back.
    Failed(ObservationId),
}

impl ServiceDeployment {
    /// The hook that waits for someone's decision.
    pub fn paused(&self) -> Option<&HookExecution> {
        self.hooks.iter().find(|hook| hook.status == HookStatus::AwaitingAction)
    }

    /// The hook whose function has not decided yet.
    pub fn asking(&self) -> Option<(&HookExecution, &FunctionCalls)> {
        let hook = self.hooks.iter().find(|hook| hook.status == HookStatus::InProgress)?;
        Some((hook, hook.function.as_ref()?))
    }
}

impl ControlPlane {
    /// Begins what is configured for a stage; says whether there is anything.
    /// Ledger: deployment.hooks.
    pub(crate) fn begin_hooks(&mut self, fx: &mut Effects, id: ServiceId, at: LifecycleStage, cause: ObservationId) -> bool {
        let service = &self.services[id];
        let (deployment, configuration) = (service.deployment, service.configuration.clone().unwrap_or_default());
        let configured = configuration.lifecycle_hooks.iter().filter(|hook| hook.lifecycle_stages.contains(&at));
        let mut begun = Vec::new();
        for hook in configured {
            let staged = self.staged_mut(id);
            let number = staged.hooks_begun;
            staged.hooks_begun += 1;
            let expires_at_ms = fx.now_ms + Millis::from(hook.timeout_in_minutes) * MINUTE;
            let (status, function) = match hook.target_type {
                HookTargetType::Pause => (HookStatus::AwaitingAction, None),
                HookTargetType::AwsLambda => {
                    let name = hook.hook_target_arn.clone().unwrap_or_default();
                    (HookStatus::InProgress, Some(FunctionCalls { name, invocations: 0, last: LastCall::AgainAt(fx.now_ms) }))
                }
            };
            let pauses = function.is_none();
            let timeout_action = hook.timeout_action;
            staged.hooks.push(HookExecution { number, at, function, status, expires_at_ms, timeout_action, newest: cause });
            begun.push(number);
            fx.because(Some(cause), |fx| {
                if pauses {
                    let fact = ServicesFact::DeploymentPaused { service: id, deployment, stage: at, until_ms: expires_at_ms };
                    fx.observe(Kind::Services(Rc::new(fact)));
                } else {
                    self.invoke_hook(fx, HookCall { service: id, deployment, number });
                }
            });
        }
        !begun.is_empty()
    }

    fn staged_mut(&mut self, id: ServiceId) -> &mut ServiceDeployment {
        let service = self.services.get_mut(id).expect("the service exists");
        Rc::make_mut(service.service_deployment.as_mut().expect("it goes through stages"))
    }

    /// The hook of a call that still matters.
    fn hook_of(&mut self, call: HookCall) -> Option<&mut HookExecution> {
        let service = self.services.get_mut(call.service)?;
        let goes_on = service.status == ServiceStatus::Active
            && service.deployment_in_progress()
            && service.staged().is_some_and(|staged| staged.target == call.deployment);
        let staged = Rc::make_mut(service.service_deployment.as_mut().filter(|_| goes_on)?);
        staged.hooks.iter_mut().find(|hook| hook.number == call.number && hook.status == HookStatus::InProgress)
    }

    /// Invokes the function of a hook, for the first time or again.
    pub(crate) fn invoke_hook(&mut self, fx: &mut Effects, call: HookCall) {
        let now_ms = fx.now_ms;
        let Some(hook) = self.hook_of(call) else { return };
        let Some(calls) = hook.function.as_mut() else { return };
        calls.invocations += 1;
        calls.last = LastCall::RunsSince(now_ms);
        let (function, invocation) = (calls.name.clone(), calls.invocations);
        let (service, deployment) = (call.service, call.deployment);
        let fact = ServicesFact::HookInvoked { service, deployment, stage: hook.at, function: function.clone(), invocation };
        let invoked = fx.observe(Kind::Services(Rc::new(fact)));
        hook.newest = invoked;
        fx.because(Some(invoked), |fx| {
            fx.at_neighbour(0, NeighbourEvent::Lambda(LambdaEvent::Invoked { call, function, invocation }));
        });
    }

    /// What the function of a hook has answered arrives.
    /// Ledger: deployment.hook-answers, call_back_ms.
    pub(crate) fn hook_answered(&mut self, fx: &mut Effects, call: HookCall, answer: HookAnswer) {
        let now_ms = fx.now_ms;
        let Some(hook) = self.hook_of(call) else { return };
        let Some(calls) = hook.function.as_mut() else { return };
        let (service, deployment) = (call.service, call.deployment);
        let fact = ServicesFact::HookAnswered { service, deployment, stage: hook.at, function: calls.name.clone(), answer };
        let answered = fx.observe(Kind::Services(Rc::new(fact)));
        hook.newest = answered;
        match answer {
            HookAnswer::InProgress { call_back_delay_seconds } => {
                let usual_ms = fx.tuning.services.call_back_ms;
                let delay_ms = call_back_delay_seconds.map_or(usual_ms, |seconds| Millis::from(seconds) * SECOND);
                calls.last = LastCall::AgainAt(now_ms + delay_ms);
                fx.because(Some(answered), |fx| {
                    fx.at_neighbour(delay_ms, NeighbourEvent::Lambda(LambdaEvent::CallBack { call }));
                });
            }
            HookAnswer::Succeeded => (hook.status, calls.last) = (HookStatus::Succeeded, LastCall::Over),
            HookAnswer::Failed | HookAnswer::Nothing(_) => (hook.status, calls.last) = (HookStatus::Failed, LastCall::Over),
        }
    }

    /// Someone lets the hook that waits for a decision go.
    pub(crate) fn release_hook(&mut self, id: ServiceId, by: ObservationId) {
        let waiting = |hook: &&mut HookExecution| hook.status == HookStatus::AwaitingAction;
        if let Some(hook) = self.staged_mut(id).hooks.iter_mut().find(waiting) {
            (hook.status, hook.newest) = (HookStatus::Succeeded, by);
        }
    }

    /// Ends the hooks whose time is over, and says how things stand with all of them.
    pub(crate) fn judge_hooks(&mut self, fx: &mut Effects, id: ServiceId) -> Verdict {
        if self.services[id].staged().is_none_or(|staged| staged.hooks.is_empty()) {
            return Verdict::Free;
        }
        let (now_ms, deployment) = (fx.now_ms, self.services[id].deployment);
        let hooks = &mut self.staged_mut(id).hooks;
        for hook in hooks.iter_mut().filter(|hook| !hook.status.is_over() && now_ms >= hook.expires_at_ms) {
            let (stage, action) = (hook.at, hook.timeout_action);
            let fact = ServicesFact::HookTimedOut { service: id, deployment, stage, action };
            hook.newest = fx.because(Some(hook.newest), |fx| fx.observe(Kind::Services(Rc::new(fact))));
            hook.status = HookStatus::TimedOut;
            if let Some(calls) = &mut hook.function {
                calls.last = LastCall::Over;
            }
        }
        let fails = |hook: &&mut HookExecution| match hook.status {
            HookStatus::Failed => true,
            HookStatus::TimedOut => hook.timeout_action == TimeoutAction::Rollback,
            HookStatus::AwaitingAction | HookStatus::InProgress | HookStatus::Succeeded => false,
        };
        if let Some(failed) = hooks.iter_mut().find(fails) {
            return Verdict::Failed(failed.newest);
        }
        let newest = hooks.iter().map(|hook| hook.newest).max();
        match newest {
            Some(newest) if hooks.iter().all(|hook| hook.status.is_over()) => Verdict::Passed(newest),
            Some(_) | None => Verdict::Held,
        }
    }
}
