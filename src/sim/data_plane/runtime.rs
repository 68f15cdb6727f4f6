//! The life of a task's containers: pull, create, run, end (ecs.md §2.2–2.5, §18.3).
//!
//! Both the agent of a host and the Fargate platform use it; they differ in delays and in what they report.

use std::rc::Rc;

use crate::sim::data_plane::DataPlane;
use crate::sim::data_plane::disk::DiskChange;
use crate::sim::data_plane::host::KeptImage;
use crate::sim::data_plane::task_truth::{ContainerState, Ground, Phase};
use crate::sim::effects::Effects;
use crate::sim::event::DataTimer;
use crate::sim::ids::TaskId;
use crate::sim::message::Report;
use crate::sim::model::start_error::StartStep;
use crate::sim::model::task::{HealthStatus, StopCode};
use crate::sim::observation::Kind;
use crate::sim::random::Concern;
use crate::sim::time::Millis;
use crate::sim::wire::Way;

/// How long a container lasts that others wait for to complete: quantiles.
/// Ledger: app.awaited.
const AWAITED_LASTS_MS: [Millis; 2] = [1_500, 3_000];
/// SIGKILL.
/// Ledger: stop_timeout_ms.
const KILLED: i32 = 137;
/// SIGTERM, handled by exiting.
/// Ledger: container_stop_ms.
const TERMINATED: i32 = 143;

impl DataPlane {
    /// Room has been taken on a host: the first containers start after the usual pause.
    pub(crate) fn start_task(&mut self, fx: &mut Effects, task: TaskId) {
        let truth = self.tasks.get_mut(task).expect("the task is assigned");
        truth.phase = Phase::Starting;
        let pause_ms = fx.draw(Concern::StartDelay, &[truth.payload.key], &fx.tuning.created_to_pull_ms);
        self.start_ready_containers(fx, task, pause_ms);
    }

    /// Starts every container that waits for nothing any more.
    pub(crate) fn start_ready_containers(&mut self, fx: &mut Effects, task: TaskId, pause_ms: Millis) {
        let truth = &self.tasks[task];
        if truth.phase > Phase::Running {
            return;
        }
        let turn = truth.turn;
        let waits = |index: &usize| matches!(truth.containers[*index].state, ContainerState::Fresh | ContainerState::Pulled);
        let waiting: Vec<_> = (0..truth.containers.len()).filter(waits).collect();
        for index in waiting {
            let now_ms = fx.now_ms;
            let truth = self.tasks.get_mut(task).expect("the task is assigned");
            let container = &truth.containers[index];
            // Ledger: fargate.pulls
            let pulls_first = truth.ground == Ground::Fargate && container.state == ContainerState::Fresh;
            let pulled_ms = (container.state == ContainerState::Pulled).then_some(container.started_at_ms);
            if truth.dependency_has_failed(index, now_ms) {
                truth.containers[index].reason = Some(Rc::from("TaskDependencyError: a dependency did not reach its condition"));
                return self.end_task(fx, task, StopCode::TaskFailedToStart, "Task failed to start");
            }
            if let Some(pulled_ms) = pulled_ms {
                if truth.dependencies_are_met(index) {
                    self.create_container(fx, task, index, now_ms - pulled_ms);
                }
            } else if pulls_first || truth.dependencies_are_met(index) {
                truth.containers[index].state = ContainerState::Pulling;
                fx.data_timer(pause_ms, DataTimer::ContainerStep { task, container: index as u8, turn });
            }
        }
    }

    /// The next step of one container's start.
    pub(crate) fn container_step(&mut self, fx: &mut Effects, task: TaskId, container: u8, turn: u32) {
        let Some(truth) = self.tasks.get(task).filter(|truth| truth.turn == turn && truth.phase < Phase::Ending) else { return };
        let index = usize::from(container);
        if !self.is_watched(truth.ground) {
            self.tasks.get_mut(task).expect("the task exists").containers[index].stalled = true;
            return;
        }
        match truth.containers[index].state {
            ContainerState::Pulling if truth.containers[index].started_at_ms == 0 => self.begin_pull(fx, task, index),
            ContainerState::Pulling => self.finish_pull(fx, task, index),
            ContainerState::Creating => {
                if !fx.later.is_some_and(|later| (later.start_fails)(self, fx, task, index, StartStep::Start)) {
                    self.container_runs(fx, task, index)
                }
            }
            // Its start timeout is over: those that wait for it may have to give up.
            ContainerState::Running => self.start_ready_containers(fx, task, 0),
            ContainerState::Fresh
            | ContainerState::Pulled
            | ContainerState::Ending
            | ContainerState::Exited(_)
            | ContainerState::NeverRan => {}
        }
    }

    /// `started_at_ms` of a pulling container is when its pull began, so that a second step is its end.
    fn begin_pull(&mut self, fx: &mut Effects, task: TaskId, index: usize) {
        self.begin_usage(fx.now_ms, task);
        let truth = &self.tasks[task];
        let image = truth.container_definition(index).image.clone();
        let cached = self.has_image(truth.ground, &image);
        self.tasks.get_mut(task).expect("the task starts").containers[index].cached = cached;
        if let Some(later) = fx.later {
            return (later.pull)(self, fx, task, index);
        }
        let truth = &self.tasks[task];
        let length_ms = match (cached, truth.ground) {
            (true, _) => fx.tuning.cached_pull_ms,
            (false, Ground::Host(_)) => fx.draw(Concern::Pull, &[truth.payload.key, index as u64], &fx.tuning.pull_ms),
            (false, Ground::Fargate) => fx.draw(Concern::Pull, &[truth.payload.key, index as u64], &fx.tuning.fargate_pull_ms),
        };
        if !cached {
            fx.lead(Kind::ImagePullStarted { task, image });
        }
        self.step_after(fx, task, index, length_ms);
    }

    pub(super) fn step_after(&mut self, fx: &mut Effects, task: TaskId, index: usize, length_ms: Millis) {
        let now_ms = fx.now_ms;
        let truth = self.tasks.get_mut(task).expect("the task starts");
        truth.containers[index].started_at_ms = now_ms.max(1);
        let turn = truth.turn;
        fx.data_timer(length_ms, DataTimer::ContainerStep { task, container: index as u8, turn });
    }

    fn has_image(&self, ground: Ground, image: &str) -> bool {
        match ground {
            Ground::Host(instance) => self.hosts[instance].images.contains_key(image),
            // Every start on Fargate pulls (ecs.md §8.6).
            Ground::Fargate => false,
        }
    }

    fn finish_pull(&mut self, fx: &mut Effects, task: TaskId, index: usize) {
        let truth = self.tasks.get_mut(task).expect("the task starts");
        let image = truth.container_definition(index).image.clone();
        let waits = !truth.dependencies_are_met(index);
        truth.containers[index].state = ContainerState::Pulled;
        truth.containers[index].started_at_ms = fx.now_ms;
        let (ground, cached) = (truth.ground, truth.containers[index].cached);
        fx.lead(Kind::ImagePullFinished { task, image: image.clone(), cached });
        if let Ground::Host(instance) = ground {
            let unpacked_mib = self.images.unpacked_mib(&image, &fx.tuning);
            let kept = KeptImage { pulled_at_ms: fx.now_ms, used_at_ms: fx.now_ms, unpacked_mib };
            let host = self.hosts.get_mut(instance).expect("the host exists");
            host.images.entry(image).or_insert(kept).used_at_ms = fx.now_ms;
        }
        if waits {
            // What it waits for may have failed meanwhile.
            self.start_ready_containers(fx, task, 0);
        } else {
            self.create_container(fx, task, index, 0);
        }
        // A start that fails for another reason than room leaves its image behind.
        if let Ground::Host(instance) = ground {
            self.disk_changes(fx, instance, DiskChange::ImageCame);
        }
    }

    /// Its image has been there for so long, and what it waits for is there as well.
    fn create_container(&mut self, fx: &mut Effects, task: TaskId, index: usize, pulled_since_ms: Millis) {
        let truth = self.tasks.get_mut(task).expect("the task starts");
        truth.containers[index].state = ContainerState::Creating;
        let key = truth.payload.key;
        let start_ms = match (truth.ground, fx.later) {
            (Ground::Fargate, Some(later)) => (later.fargate_start_ms)(self, fx, task, index, pulled_since_ms),
            (Ground::Fargate, None) => fx.draw(Concern::ContainerStart, &[key, index as u64], &fx.tuning.fargate_start_ms),
            (Ground::Host(_), _) => fx.draw(Concern::ContainerStart, &[key, index as u64], &fx.tuning.container_start_ms),
        };
        if fx.later.is_some_and(|later| (later.start_fails)(self, fx, task, index, StartStep::Create)) {
            return;
        }
        let turn = self.tasks[task].turn;
        fx.data_timer(start_ms, DataTimer::ContainerStep { task, container: index as u8, turn });
    }

    fn container_runs(&mut self, fx: &mut Effects, task: TaskId, index: usize) {
        let now_ms = fx.now_ms;
        let truth = self.tasks.get_mut(task).expect("the task starts");
        truth.containers[index].state = ContainerState::Running;
        truth.containers[index].started_at_ms = now_ms;
        let turn = truth.turn;
        let definition = truth.container_definition(index).clone();
        let (awaited, family, key) = (truth.is_awaited(index), truth.payload.definition.family.clone(), truth.payload.key);
        let started = fx.lead(Kind::ContainerStarted { task, container: definition.name });
        self.tasks.get_mut(task).expect("the task starts").newest = Some(started);
        let first = self.tasks[task].containers[index].restarts == 0;
        if let Some(check) = definition.health_check.filter(|_| first) {
            fx.data_timer(check.interval_ms, DataTimer::HealthCheck { task, container: index as u8, turn });
        }
        if let Some(timeout_ms) = definition.start_timeout_ms.filter(|_| first) {
            fx.data_timer(timeout_ms, DataTimer::ContainerStep { task, container: index as u8, turn });
        }
        let app = self.app(&family);
        let ends_after_ms = match (awaited, app.runs_for_ms) {
            (true, _) => Some(fx.draw(Concern::AppExit, &[key, index as u64], &AWAITED_LASTS_MS)),
            (false, length_ms) => length_ms.filter(|_| definition.essential),
        };
        if let Some(length_ms) = ends_after_ms {
            fx.data_timer(length_ms, DataTimer::ContainerEnds { task, container: index as u8, turn });
        }
        self.touch(task);
        if let Ground::Host(instance) = self.tasks[task].ground {
            self.disk_changes(fx, instance, DiskChange::ContainerStarted(task, index));
        }
        if let Some(later) = fx.later {
            (later.family_faults_begin)(self, fx, task, index);
        }
        self.start_ready_containers(fx, task, 0);
        self.task_may_run(fx, task);
    }

    fn task_may_run(&mut self, fx: &mut Effects, task: TaskId) {
        let Some(truth) = self.tasks.get_mut(task) else { return };
        if truth.phase == Phase::Starting && truth.all_started() {
            truth.phase = Phase::Running;
            self.say_state(fx, task);
        }
    }

    /// A container ends: by itself, by SIGTERM.
    pub(crate) fn container_ends(&mut self, fx: &mut Effects, task: TaskId, container: u8, turn: u32) {
        let Some(truth) = self.tasks.get(task).filter(|truth| truth.turn == turn) else { return };
        let code = match truth.containers[usize::from(container)].state {
            ContainerState::Running if truth.is_awaited(usize::from(container)) => {
                self.app(&truth.payload.definition.family).awaited_exit_code
            }
            ContainerState::Running => self.app(&truth.payload.definition.family).exit_code,
            ContainerState::Ending => TERMINATED,
            ContainerState::Fresh
            | ContainerState::Pulling
            | ContainerState::Pulled
            | ContainerState::Creating
            | ContainerState::Exited(_)
            | ContainerState::NeverRan => return,
        };
        self.exit(fx, task, usize::from(container), code, false);
    }

    /// The stop timeout is over: SIGKILL.
    pub(crate) fn container_killed(&mut self, fx: &mut Effects, task: TaskId, container: u8, turn: u32) {
        let Some(truth) = self.tasks.get(task).filter(|truth| truth.turn == turn) else { return };
        let index = usize::from(container);
        if truth.containers[index].state == ContainerState::Ending {
            fx.lead(Kind::ContainerKilled { task, container: truth.container_definition(index).name.clone() });
            self.exit(fx, task, index, KILLED, false);
        }
    }

    /// A container has exited, for whatever reason.
    pub(crate) fn exit(&mut self, fx: &mut Effects, task: TaskId, index: usize, exit_code: i32, out_of_memory: bool) {
        let Some(truth) = self.tasks.get_mut(task).filter(|truth| truth.containers[index].state.is_alive()) else { return };
        truth.containers[index].state = ContainerState::Exited(exit_code);
        if out_of_memory {
            truth.containers[index].reason = Some(Rc::from("OutOfMemoryError: Container killed due to memory usage"));
        }
        let container = truth.container_definition(index).name.clone();
        truth.newest = Some(fx.lead(Kind::ContainerExited { task, container, exit_code, out_of_memory }));
        self.touch(task);
        if let Ground::Host(instance) = self.tasks[task].ground {
            self.disk_changes(fx, instance, DiskChange::ContainerExited(task, index));
        }
        if !self.restarts(fx, task, index, exit_code) {
            self.react_to_exits(fx, task);
        }
    }

    /// What the agent does about containers that have exited. Without an agent nobody does anything.
    pub(crate) fn react_to_exits(&mut self, fx: &mut Effects, task: TaskId) {
        let Some(truth) = self.tasks.get(task) else { return };
        // One in the agent's queue has no room yet: nothing of it may start.
        if !self.is_watched(truth.ground) || matches!(truth.phase, Phase::Queued | Phase::Ended) {
            return;
        }
        let essential_gone = (0..truth.containers.len())
            .any(|index| truth.container_definition(index).essential && truth.containers[index].state.is_over());
        if truth.all_over() {
            self.all_over(fx, task);
        } else if truth.phase == Phase::Ending {
            self.terminate_living(fx, task);
        } else if essential_gone {
            self.end_task(fx, task, StopCode::EssentialContainerExited, "Essential container in task exited");
        } else {
            self.start_ready_containers(fx, task, 0);
            self.task_may_run(fx, task);
        }
    }

    /// Is there anyone to see to the containers?
    pub(crate) fn is_watched(&self, ground: Ground) -> bool {
        match ground {
            Ground::Host(instance) => self.hosts[instance].has_agent(),
            Ground::Fargate => true,
        }
    }

    /// Ends a task: SIGTERM to what lives, an end to what has not started.
    pub(crate) fn end_task(&mut self, fx: &mut Effects, task: TaskId, code: StopCode, reason: &str) {
        let Some(truth) = self.tasks.get_mut(task).filter(|truth| truth.phase < Phase::Ending) else { return };
        let was_queued = truth.phase == Phase::Queued;
        truth.phase = Phase::Ending;
        truth.stop = Some((code, Rc::from(reason)));
        truth.turn += 1;
        for index in 0..truth.containers.len() {
            match truth.containers[index].state {
                ContainerState::Fresh | ContainerState::Pulling | ContainerState::Pulled | ContainerState::Creating => {
                    if let Some(later) = fx.later {
                        (later.never_runs)(truth, index);
                    }
                    truth.containers[index].state = ContainerState::NeverRan
                }
                ContainerState::Running | ContainerState::Ending | ContainerState::Exited(_) | ContainerState::NeverRan => {}
            }
        }
        if let (true, Ground::Host(instance)) = (was_queued, truth.ground) {
            self.hosts.get_mut(instance).expect("the host exists").waiting.retain(|other| *other != task);
            self.over(fx, task);
            // It may have been what the others waited behind.
            return self.admit(fx, instance);
        }
        self.terminate_living(fx, task);
        self.fargate_says_stopping(fx, task);
        if self.tasks.get(task).is_some_and(|truth| truth.phase == Phase::Ending && truth.all_over()) {
            self.all_over(fx, task);
        }
    }

    /// SIGTERM to what runs and is needed by nothing that lives: the order of the start the other way round (ecs.md §2.2).
    // Ledger: task.depends-on
    fn terminate_living(&mut self, fx: &mut Effects, task: TaskId) {
        let truth = &self.tasks[task];
        let app = self.app(&truth.payload.definition.family);
        let runs = |index: &usize| truth.containers[*index].state == ContainerState::Running;
        let next: Vec<_> = (0..truth.containers.len()).filter(|index| runs(index) && !truth.is_needed(*index)).collect();
        for index in next {
            let truth = self.tasks.get_mut(task).expect("the task ends");
            truth.containers[index].state = ContainerState::Ending;
            let deaf = app.ignores_sigterm || truth.hung;
            let (container, turn) = (index as u8, truth.turn);
            let timeout_ms = truth.container_definition(index).stop_timeout_ms.unwrap_or(fx.tuning.stop_timeout_ms);
            let work_ms = fx.draw(Concern::ContainerStop, &[truth.payload.key, index as u64], &fx.tuning.container_stop_ms);
            if deaf || work_ms > timeout_ms {
                fx.data_timer(timeout_ms, DataTimer::ContainerKilled { task, container, turn });
            } else {
                fx.data_timer(work_ms, DataTimer::ContainerEnds { task, container, turn });
            }
        }
    }

    /// Every container is over. A task that was not told to end has ended by itself.
    fn all_over(&mut self, fx: &mut Effects, task: TaskId) {
        let truth = self.tasks.get_mut(task).expect("the task exists");
        if truth.stop.is_none() {
            truth.stop = Some((StopCode::EssentialContainerExited, Rc::from("Essential container in task exited")));
        }
        match truth.ground {
            Ground::Host(instance) => {
                let needs = truth.payload.needs.clone();
                self.hosts.get_mut(instance).expect("the host exists").ledger.give_back(&needs);
                self.over(fx, task);
                self.admit(fx, instance);
            }
            Ground::Fargate => self.fargate_containers_over(fx, task),
        }
    }

    fn over(&mut self, fx: &mut Effects, task: TaskId) {
        self.end_usage(fx.now_ms, task);
        let truth = self.tasks.get_mut(task).expect("the task exists");
        truth.phase = Phase::Ended;
        truth.turn += 1;
        if let Ground::Host(instance) = truth.ground {
            self.disk_changes(fx, instance, DiskChange::TaskStopped(task));
        }
        self.say_state(fx, task);
    }

    /// Reports one task at once, if anyone listens; otherwise the next resync will.
    pub(crate) fn say_state(&mut self, fx: &mut Effects, task: TaskId) {
        let truth = &self.tasks[task];
        match truth.ground {
            Ground::Host(instance) => {
                let host = &self.hosts[instance];
                if host.has_agent() && host.agent.connected {
                    fx.report(instance, Report::Task(Rc::new(truth.report())));
                    if truth.phase == Phase::Ended && !fx.wire.is_cut(instance, Way::ToControlPlane) {
                        self.tasks.remove(task);
                        self.hosts.get_mut(instance).expect("the host exists").forget(task);
                    }
                }
            }
            Ground::Fargate => fx.report_from_fargate(Report::Task(Rc::new(truth.report()))),
        }
    }

    /// One health check of one container (ecs.md §6.1).
    pub(crate) fn health_check(&mut self, fx: &mut Effects, task: TaskId, container: u8, turn: u32) {
        let now_ms = fx.now_ms;
        if self.tasks.get(task).is_none_or(|truth| truth.turn != turn) {
            return;
        }
        let index = usize::from(container);
        let broken = fx.later.and_then(|later| (later.check_is_broken)(self, task, index));
        let truth = self.tasks.get_mut(task).expect("it was just seen");
        let Some(check) = truth.container_definition(index).health_check.clone() else { return };
        let passes = !truth.hung && broken.is_none();
        let state = &mut truth.containers[index];
        if state.state != ContainerState::Running {
            if state.state == ContainerState::Creating {
                // It is being started again.
                let next_ms = check.interval_ms;
                fx.by_the_clock(|fx| fx.data_timer(next_ms, DataTimer::HealthCheck { task, container, turn }));
            }
            return;
        }
        let before = state.health;
        // The first success ends it (ecs.md §6.1).
        let in_start_period = before == HealthStatus::Unknown && now_ms - state.started_at_ms <= check.start_period_ms;
        if passes {
            state.failures = 0;
            state.health = HealthStatus::Healthy;
        } else if !in_start_period {
            state.failures += 1;
            if state.failures >= check.retries {
                state.health = HealthStatus::Unhealthy;
            }
        }
        let health = state.health;
        // A check that does not answer has failed only when its timeout is over.
        let next_ms = if passes { check.interval_ms } else { check.interval_ms + check.timeout_ms };
        let because = broken.or(truth.answers_by).or(truth.newest);
        fx.by_the_clock(|fx| fx.data_timer(next_ms, DataTimer::HealthCheck { task, container, turn }));
        if health != before {
            fx.because(because, |fx| self.health_turned(fx, task, health));
        }
    }

    fn health_turned(&mut self, fx: &mut Effects, task: TaskId, health: HealthStatus) {
        let turned = fx.lead(Kind::HealthCheckTurned { task, health });
        let truth = self.tasks.get_mut(task).expect("the task exists");
        truth.health_by = Some(turned);
        match truth.ground {
            // With the telemetry of its server.
            Ground::Host(_) => {}
            Ground::Fargate => self.fargate_says_health(fx, task),
        }
        self.start_ready_containers(fx, task, 0);
        self.task_may_run(fx, task);
    }
}
