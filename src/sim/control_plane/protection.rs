//! Task protection (ecs.md §3.12): scale-in and deployments leave a protected task alone; nothing else does.

use std::rc::Rc;

use crate::sim::command::services::UpdateTaskProtection;
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::control_plane::service::Condition;
use crate::sim::effects::Effects;
use crate::sim::ids::{ServiceId, TaskId};
use crate::sim::observation::services::ServicesFact;
use crate::sim::observation::{Kind, ServiceEvent};
use crate::sim::time::{MINUTE, Millis};

impl ControlPlane {
    /// `UpdateTaskProtection`: what holds for a task is set, and those that cannot be protected are failures in the answer
    /// (ecs.md §3.6).
    pub(crate) fn update_task_protection(&mut self, fx: &mut Effects, request: &UpdateTaskProtection) -> Answer {
        let minutes = request.expires_in_minutes.unwrap_or(fx.tuning.services.protection_minutes);
        if !(1..=2_880).contains(&minutes) {
            return Err(Refusal::new("InvalidParameterException", "expiresInMinutes must be between 1 and 2880."));
        }
        if request.tasks.is_empty() || request.tasks.len() > 10 {
            return Err(Refusal::new("InvalidParameterException", "Between 1 and 10 tasks must be specified."));
        }
        let until_ms = request.protection_enabled.then_some(fx.now_ms + Millis::from(minutes) * MINUTE);
        for task in &request.tasks {
            let known = self.tasks.get(*task);
            let reason = match known {
                None => Some("MISSING"),
                Some(known) if !known.is_wanted() => Some("TASK_NOT_VALID"),
                Some(known) => match known.service {
                    None => Some("TASK_NOT_VALID"),
                    Some((service, _)) if request.protection_enabled && self.protects_too_many(fx, service) => {
                        Some("DEPLOYMENT_BLOCKED")
                    }
                    Some(_) => None,
                },
            };
            if let Some(reason) = reason {
                fx.observe(Kind::Services(Rc::new(ServicesFact::TaskProtectionFailed { task: *task, reason })));
                continue;
            }
            let set = fx.observe(Kind::Services(Rc::new(ServicesFact::TaskProtectionSet { task: *task, until_ms })));
            self.tasks.get_mut(*task).expect("it was found").protection = until_ms.map(|until_ms| (until_ms, set));
            self.wake_service_of(*task);
        }
        Ok(())
    }

    /// Has the service more protected tasks than it wants tasks? Then no more can be protected, whether it is a deployment or a smaller
    /// desired count that they hold up.
    /// Ledger: protection_minutes.
    fn protects_too_many(&self, fx: &Effects, id: ServiceId) -> bool {
        let Some(service) = self.services.get(id) else { return false };
        let protected = service.tasks.iter().filter(|task| self.tasks[**task].is_protected(fx.now_ms));
        protected.count() as u32 > service.desired_count
    }

    /// Those of the tasks that may be stopped by scale-in or a deployment.
    pub(crate) fn unprotected(&self, fx: &Effects, tasks: &[TaskId]) -> Vec<TaskId> {
        tasks.iter().copied().filter(|task| !self.tasks[*task].is_protected(fx.now_ms)).collect()
    }

    /// `held` protected tasks of this kind should have been stopped.
    pub(crate) fn complain_of_protection(&mut self, fx: &mut Effects, id: ServiceId, held: &[TaskId]) {
        let of = held.iter().find_map(|task| self.tasks[*task].service);
        let Some((_, deployment)) = of else {
            self.services.get_mut(id).expect("the service exists").resolve(Condition::Protection);
            return;
        };
        let cause = held.iter().filter_map(|task| self.tasks[*task].protection).map(|(_, by)| by).max();
        let event = ServiceEvent::ScaleInHeldByProtection { deployment, count: held.len() as u32 };
        fx.because(cause, |fx| self.complain(fx, id, Condition::Protection, event));
    }
}
