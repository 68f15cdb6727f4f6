//! Pulls that are more than a small image from a registry that answers: what the agent was told to do about images it has, a registry
//! that fails or is slow, images that take their time (ecs.md §2.3).

use std::rc::Rc;

use crate::sim::data_plane::task_truth::{ContainerState, Ground, TaskTruth};
use crate::sim::data_plane::{DataPlane, start_failures};
use crate::sim::effects::Effects;
use crate::sim::event::DataTimer;
use crate::sim::ids::TaskId;
use crate::sim::model::agent_configuration::PullBehavior;
use crate::sim::model::start_error::{StartError, StartStep};
use crate::sim::observation::Kind;
use crate::sim::random::Concern;

/// The pull of a container begins: it is under way when this returns.
// Ledger: agent.pull-behavior
pub(crate) fn pull(data: &mut DataPlane, fx: &mut Effects, task: TaskId, index: usize) {
    if start_failures::start_fails(data, fx, task, index, StartStep::Pull) {
        return;
    }
    let truth = &data.tasks[task];
    let (ground, key) = (truth.ground, truth.payload.key);
    let (image, cached) = (truth.container_definition(index).image.clone(), truth.containers[index].cached);
    if !data.asks_registry(fx, task, index) {
        data.tasks.get_mut(task).expect("the task starts").containers[index].reason = None;
        return data.step_after(fx, task, index, fx.tuning.cached_pull_ms);
    }
    if let Some(because) = data.images.failing() {
        let attempts = fx.tuning.pull_attempts;
        let reason = format!(
            "CannotPullContainerError: pull image manifest has been retried {attempts} time(s): failed to resolve ref {image}: i/o timeout"
        );
        return fx.because(Some(because), |fx| data.pull_unanswered(fx, task, index, &image, &reason));
    }
    // An attempt that waited for an answer gets one now.
    data.tasks.get_mut(task).expect("the task starts").containers[index].reason = None;
    if cached {
        // The manifest says that it is the same.
        return data.step_after(fx, task, index, data.images.pull_ms(fx.tuning.cached_pull_ms));
    }
    let quantiles = match ground {
        Ground::Host(_) => &fx.tuning.pull_ms,
        Ground::Fargate => &fx.tuning.fargate_pull_ms,
    };
    let usual_ms = fx.draw(Concern::Pull, &[key, index as u64], quantiles);
    let extra_ms = data.images.extra_ms(&image, ground, &fx.tuning);
    fx.lead(Kind::ImagePullStarted { task, image });
    match ground {
        Ground::Host(instance) if extra_ms > 0 => data.transfer_begins(fx, instance, task, index, usual_ms),
        Ground::Host(_) | Ground::Fargate => data.step_after(fx, task, index, data.images.pull_ms(usual_ms + extra_ms)),
    }
}

/// A task is told to end before this container ever ran: the agent says so where it was about to pull.
// Ledger: start.stopped-before-pull
pub(crate) fn never_runs(truth: &mut TaskTruth, index: usize) {
    let id = truth.id().arn_id();
    let container = &truth.containers[index];
    let about_to_pull = container.state == ContainerState::Pulling && container.started_at_ms == 0 && container.attempts == 0;
    if about_to_pull && container.reason.is_none() && matches!(truth.ground, Ground::Host(_)) {
        let reason = format!(
            "TaskStoppedBeforePullBeginError: Task stopped before image pull could begin for task: arn:aws:ecs:us-east-1:111122223333:task/default/{id}"
        );
        truth.containers[index].reason = Some(Rc::from(reason));
    }
}

impl DataPlane {
    fn pull_behavior(&self, fx: &Effects, ground: Ground) -> PullBehavior {
        match ground {
            Ground::Host(instance) => self.agent_of(instance, &fx.tuning).pull_behavior,
            Ground::Fargate => PullBehavior::Always,
        }
    }

    /// Does the agent ask the registry for the image of this container, whether it has one or not?
    fn asks_registry(&self, fx: &Effects, task: TaskId, index: usize) -> bool {
        let truth = &self.tasks[task];
        !truth.containers[index].cached
            || matches!(self.pull_behavior(fx, truth.ground), PullBehavior::Default | PullBehavior::Always)
    }

    /// Does an image on disk hide what is wrong with the pulls of a family?
    pub(super) fn image_on_disk_hides(&self, fx: &Effects, task: TaskId, index: usize, error: StartError) -> bool {
        let truth = &self.tasks[task];
        truth.containers[index].cached
            && match self.pull_behavior(fx, truth.ground) {
                PullBehavior::Always => false,
                PullBehavior::Default => !error.is_of_the_registry(),
                PullBehavior::Once | PullBehavior::PreferCached => true,
            }
    }

    /// Nobody answers: the attempt fails when its time is over, and then this is said of it a second time.
    // Ledger: pull_no_answer_ms
    pub(super) fn pull_unanswered(&mut self, fx: &mut Effects, task: TaskId, index: usize, image: &Rc<str>, reason: &str) {
        let truth = self.tasks.get_mut(task).expect("the task starts");
        let turn = truth.turn;
        if truth.containers[index].reason.take().is_some() {
            return self.pull_failed(fx, task, index, image, reason);
        }
        truth.containers[index].reason = Some(Rc::from(reason));
        let length_ms = fx.tuning.platform.pull_no_answer_ms;
        fx.data_timer(length_ms, DataTimer::ContainerStep { task, container: index as u8, turn });
    }

    /// A pull has failed. It is tried again; after the last attempt an image on disk will do, unless the agent is to pull always.
    pub(super) fn pull_failed(&mut self, fx: &mut Effects, task: TaskId, index: usize, image: &Rc<str>, reason: &str) {
        let tuning = fx.tuning.clone();
        let truth = self.tasks.get_mut(task).expect("the task starts");
        let (turn, ground) = (truth.turn, truth.ground);
        let container = &mut truth.containers[index];
        container.attempts += 1;
        let (attempt, cached) = (container.attempts, container.cached);
        truth.newest = Some(fx.lead(Kind::ImagePullFailed { task, image: image.clone(), attempt }));
        if attempt < tuning.pull_attempts {
            let wait_ms = (tuning.pull_retry_first_ms << (attempt - 1)).min(tuning.pull_retry_longest_ms);
            fx.data_timer(wait_ms, DataTimer::ContainerStep { task, container: index as u8, turn });
        } else if cached && self.pull_behavior(fx, ground) != PullBehavior::Always {
            self.step_after(fx, task, index, tuning.cached_pull_ms);
        } else {
            self.tasks.get_mut(task).expect("the task starts").containers[index].state = ContainerState::NeverRan;
            self.start_has_failed(fx, task, index, &Rc::from(reason));
        }
    }
}
