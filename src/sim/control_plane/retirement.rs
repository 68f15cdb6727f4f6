//! Tasks on Fargate that have to move because AWS maintains the host under them (ecs.md §8.5).

use std::rc::Rc;

use crate::sim::control_plane::ControlPlane;
use crate::sim::effects::Effects;
use crate::sim::event::Event;
use crate::sim::ids::TaskId;
use crate::sim::message::Report;
use crate::sim::model::task::StopCode;
use crate::sim::observation::Kind;
use crate::sim::observation::platform::PlatformFact;
use crate::sim::time::{HOUR, Millis};

/// `stoppedReason` of such a task (ecs.md §2.8).
pub(crate) const MAINTENANCE: &str = "ECS is performing maintenance on the underlying infrastructure hosting the task";

/// Values of `fargateTaskRetirementWaitPeriod`.
/// Ledger: fargate_retirement_wait_days.
pub(crate) const RETIREMENT_WAIT_DAYS: [u32; 3] = [0, 7, 14];

impl ControlPlane {
    /// The platform says so: after the notice that the account asks for, a service replaces the task within its percentages, and a
    /// standalone one is stopped. Who has notice keeps the day.
    // Ledger: fargate.retirement
    pub(crate) fn retire_task(&mut self, fx: &mut Effects, id: TaskId) {
        let Some(task) = self.tasks.get(id).filter(|task| task.is_wanted()) else { return };
        let service = task.service.map(|(service, _)| service);
        let wait_ms = Millis::from(self.fargate.retirement_wait_days) * 24 * HOUR;
        match self.fargate.notices.get(&id) {
            Some(from_ms) if fx.now_ms < *from_ms => return,
            None if wait_ms > 0 => {
                let from_ms = fx.now_ms + wait_ms;
                self.fargate.notices.insert(id, from_ms);
                fx.lead(Kind::Platform(Rc::new(PlatformFact::TaskRetires { task: id, from_ms: Some(from_ms) })));
                return fx.schedule(wait_ms, Event::FargateReportArrives { report: Report::Retiring { task: id } });
            }
            Some(_) | None => {}
        }
        let learned = fx.lead(Kind::Platform(Rc::new(PlatformFact::TaskRetires { task: id, from_ms: None })));
        if let Some(service) = service.and_then(|service| self.services.get_mut(service)) {
            service.losses.push_back(learned);
            service.wake();
            self.fargate.retiring.insert(id, learned);
        } else {
            self.stop_task(fx, id, StopCode::TerminationNotice, MAINTENANCE);
        }
    }
}
