//! The throttle: attempts to start tasks that keep failing are made further and further apart (ecs.md §3.10).
//!
//! Only tasks that go from PENDING straight to STOPPED count.

use std::rc::Rc;

use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::circuit_breaker::{Failure, note_failure};
use crate::sim::control_plane::service::{Condition, Service};
use crate::sim::effects::Effects;
use crate::sim::ids::TaskId;
use crate::sim::message::NO_CAPACITY;
use crate::sim::model::task::StopCode;
use crate::sim::observation::{Kind, ServiceEvent};

/// What became of a task that was still wanted when it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    BeforeRunning,
    AfterRunning,
}

/// A wanted task has ended by itself.
pub(crate) fn task_ended(control: &mut ControlPlane, fx: &mut Effects, id: TaskId, end: End) {
    let task = &control.tasks[id];
    let stopped = task.stopped.as_ref().expect("its end has a reason");
    let refused = task.is_on_fargate() && &*stopped.reason == NO_CAPACITY;
    // Ledger: deployment.breaker-crash.
    let crashed = stopped.code == StopCode::EssentialContainerExited && !task.proved;
    if refused {
        control.note_refusal(fx, id);
    }
    match end {
        End::BeforeRunning => {
            control.count_failed_start(fx, id);
            note_failure(control, id, Failure::ToStart);
        }
        End::AfterRunning if crashed => note_failure(control, id, Failure::Check),
        End::AfterRunning => {}
    }
}

impl ControlPlane {
    fn count_failed_start(&mut self, fx: &mut Effects, id: TaskId) {
        let task = &self.tasks[id];
        let (placed_ms, cause) = (task.placed_at_ms(), task.stopped.as_ref().map(|stopped| stopped.decided_by));
        let Some((service_id, deployment)) = task.service else { return };
        let tuning = fx.tuning.clone();
        let of_now = |service: &&mut Service| service.deployment == deployment;
        let Some(service) = self.services.get_mut(service_id).filter(of_now) else { return };
        let throttle = &mut service.throttle;
        throttle.failures += 1;
        let of_an_old_wave = throttle.waits > 0 && placed_ms <= throttle.since_ms;
        if throttle.failures <= tuning.throttle_after || of_an_old_wave {
            return;
        }
        let wait_ms = (tuning.throttle_first_ms << throttle.waits.min(10)).min(tuning.throttle_longest_ms);
        throttle.waits += 1;
        throttle.since_ms = fx.now_ms;
        throttle.until_ms = fx.now_ms + wait_ms;
        let until_ms = throttle.until_ms;
        fx.because(cause, |fx| {
            fx.observe(Kind::ServiceThrottled { service: service_id, until_ms });
            self.complain(fx, service_id, Condition::Starting, ServiceEvent::UnableToStartConsistently);
        });
    }

    /// The Fargate platform had no capacity in a zone: the service says so, once until it has found its steady state again.
    fn note_refusal(&mut self, fx: &mut Effects, id: TaskId) {
        let task = &self.tasks[id];
        let cause = task.stopped.as_ref().map(|stopped| stopped.decided_by);
        self.fargate_refusals.insert(task.zone, fx.now_ms);
        let Some((service_id, _)) = task.service else { return };
        let text: Rc<str> = Rc::from(format!("was unable to place a task. Reason: {NO_CAPACITY}."));
        let event = ServiceEvent::UnableToPlace { text };
        if self.services.get(service_id).is_some() {
            fx.because(cause, |fx| self.complain(fx, service_id, Condition::Capacity, event));
        }
    }
}
