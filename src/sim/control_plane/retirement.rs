//! Tasks on Fargate that have to move because AWS maintains the host under them (ecs.md §8.5).

use std::rc::Rc;

use crate::sim::control_plane::ControlPlane;
use crate::sim::effects::Effects;
use crate::sim::ids::TaskId;
use crate::sim::model::task::StopCode;
use crate::sim::observation::Kind;
use crate::sim::observation::platform::PlatformFact;

/// `stoppedReason` of such a task (ecs.md §2.8).
pub(crate) const MAINTENANCE: &str = "ECS is performing maintenance on the underlying infrastructure hosting the task";

impl ControlPlane {
    /// The platform says so: a service replaces the task within its percentages, a standalone one is stopped.
    // Ledger: fargate.retirement
    pub(crate) fn retire_task(&mut self, fx: &mut Effects, id: TaskId) {
        let Some(task) = self.tasks.get(id).filter(|task| task.is_wanted()) else { return };
        let service = task.service.map(|(service, _)| service);
        let learned = fx.lead(Kind::Platform(Rc::new(PlatformFact::TaskRetires { task: id })));
        if let Some(service) = service.and_then(|service| self.services.get_mut(service)) {
            service.losses.push_back(learned);
            service.wake();
            self.fargate.retiring.insert(id, learned);
        } else {
            self.stop_task(fx, id, StopCode::TerminationNotice, MAINTENANCE);
        }
    }
}
