//! Restarts in place: a container with a restart policy comes back without its task being replaced (ecs.md §2.7).

use crate::sim::data_plane::DataPlane;
use crate::sim::data_plane::task_truth::{ContainerState, Ground, Phase};
use crate::sim::effects::Effects;
use crate::sim::event::DataTimer;
use crate::sim::ids::TaskId;
use crate::sim::model::task::HealthStatus;
use crate::sim::random::Concern;

impl DataPlane {
    /// A container has just exited: is it started again? Only one that has run for its whole period since it was last started.
    // Ledger: task.restart-policy
    pub(crate) fn restarts(&mut self, fx: &mut Effects, task: TaskId, index: usize, exit_code: i32) -> bool {
        let truth = &self.tasks[task];
        let Some(policy) = &truth.container_definition(index).restart_policy else { return false };
        let container = &truth.containers[index];
        let ran_ms = fx.now_ms - container.started_at_ms;
        let due = policy.enabled
            && !policy.ignored_exit_codes.contains(&exit_code)
            && ran_ms >= policy.restart_attempt_period_ms
            && matches!(truth.phase, Phase::Starting | Phase::Running)
            && self.is_watched(truth.ground);
        if !due {
            return false;
        }
        let restart = u64::from(container.restarts) + 1;
        let quantiles = match truth.ground {
            Ground::Host(_) => &fx.tuning.container_start_ms,
            Ground::Fargate => &fx.tuning.fargate_start_ms,
        };
        let start_ms = fx.draw(Concern::ContainerStart, &[truth.payload.key, index as u64, restart], quantiles);
        let truth = self.tasks.get_mut(task).expect("the task runs");
        let container = &mut truth.containers[index];
        container.state = ContainerState::Creating;
        container.restarts += 1;
        container.failures = 0;
        container.health = HealthStatus::Unknown;
        container.reason = None;
        let turn = truth.turn;
        fx.data_timer(start_ms, DataTimer::ContainerStep { task, container: index as u8, turn });
        true
    }
}
