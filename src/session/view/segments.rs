//! The tasks of one server as segments of its bars: who counts them, and are they really there?

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::explain::names;
use crate::session::frame::{SegmentStyle, SegmentView};
use crate::session::intent::{Lens, Subject};
use crate::session::view::hue;
use crate::session::view::server::Context;
use crate::sim::engine::Sim;
use crate::sim::ids::{InstanceId, TaskId};
use crate::sim::model::needs::Needs;
use crate::sim::model::task::TaskStatus;

/// One task on one server.
pub struct OnServer {
    pub task: TaskId,
    pub needs: Rc<Needs>,
    pub style: SegmentStyle,
    pub status: &'static str,
    /// Scale-in and deployments leave it alone.
    pub protected: bool,
    /// CPU units and MiB really used, when it runs and truth is to be seen.
    pub used: Option<(u32, u32)>,
}

/// Tasks of a server in the order of their ids: the same order in every bar.
pub fn tasks_on(context: &Context, instance: InstanceId) -> Vec<OnServer> {
    let sim = context.sim;
    let mut ids = BTreeSet::new();
    if context.lens != Lens::True {
        ids.extend(sim.belief().agent(instance).into_iter().flat_map(|link| link.tasks.iter().copied()));
    }
    if context.lens != Lens::Knows {
        ids.extend(sim.truth().hosts[instance].tasks.iter().copied());
    }
    ids.into_iter().filter_map(|task| on_server(context, instance, task)).collect()
}

fn on_server(context: &Context, instance: InstanceId, task: TaskId) -> Option<OnServer> {
    let sim = context.sim;
    let known =
        sim.belief().tasks.get(task).filter(|known| known.instance == Some(instance) && known.last_status != TaskStatus::Stopped);
    let truth = sim.truth().tasks.get(task);
    let alive = truth.is_some_and(|truth| truth.containers.iter().any(|container| container.state.is_alive()));
    let counted = known.filter(|_| sim.belief().agent(instance).is_some());
    let (style, status) = match (context.lens, counted) {
        (Lens::True, _)
            if !alive && truth.is_none_or(|truth| truth.phase >= crate::sim::data_plane::task_truth::Phase::Ending) =>
        {
            return None;
        }
        (Lens::True, _) => {
            (if alive { SegmentStyle::Solid } else { SegmentStyle::Starting }, if alive { "running" } else { "starting" })
        }
        (Lens::Knows | Lens::Both, None) if !alive || context.lens == Lens::Knows => return None,
        (Lens::Knows | Lens::Both, None) => (SegmentStyle::Uncounted, "runs uncounted"),
        (Lens::Knows | Lens::Both, Some(known)) => (believed_style(context, instance, task, alive), known.last_status.name()),
    };
    let needs = truth
        .map(|truth| truth.payload.needs.clone())
        .or_else(|| Some(sim.belief().definitions[known?.definition].needs.clone()))?;
    let used = (alive && context.lens != Lens::Knows).then(|| usage(sim, task)).flatten();
    let protected = known.is_some_and(|known| known.is_protected(sim.now_ms()));
    Some(OnServer { task, needs, style, status, protected, used })
}

fn believed_style(context: &Context, instance: InstanceId, task: TaskId, alive: bool) -> SegmentStyle {
    let sim = context.sim;
    let known = &sim.belief().tasks[task];
    let heard = sim.belief().registry.get(instance).is_some_and(|known| known.agent_connected)
        && !crate::session::view::server_state::is_overdue(sim, instance);
    let differs = context.lens == Lens::Both && known.is_running() && known.is_wanted() && !alive;
    if !heard || differs {
        SegmentStyle::Unconfirmed
    } else if !known.is_wanted() {
        SegmentStyle::Stopping
    } else if known.is_starting() {
        SegmentStyle::Starting
    } else {
        SegmentStyle::Solid
    }
}

/// CPU units and MiB really used by a task that runs.
pub fn usage(sim: &Sim, task: TaskId) -> Option<(u32, u32)> {
    sim.usage_of(task)
}

/// Which resource a bar is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    Cpu,
    Memory,
    NetworkInterfaces,
}

impl Resource {
    fn of(self, needs: &Needs) -> u32 {
        match self {
            Resource::Cpu => needs.cpu_units,
            Resource::Memory => needs.memory_mib,
            Resource::NetworkInterfaces => u32::from(needs.enis),
        }
    }

    fn used(self, used: (u32, u32)) -> Option<u32> {
        match self {
            Resource::Cpu => Some(used.0),
            Resource::Memory => Some(used.1),
            Resource::NetworkInterfaces => None,
        }
    }
}

/// The segments of one bar, one after the other.
pub fn segments(context: &Context, tasks: &[OnServer], resource: Resource) -> Vec<SegmentView> {
    let mut start = 0;
    let mut segments = Vec::with_capacity(tasks.len());
    for task in tasks {
        let length = resource.of(&task.needs);
        if length == 0 {
            continue;
        }
        segments.push(SegmentView {
            task: task.task,
            label: names::task_label(context.sim, task.task).unwrap_or_else(|| Rc::from("task")),
            name: Rc::from(names::task_name(context.sim, task.task)),
            hue: hue::of_task(context.sim, task.task),
            start,
            length,
            used: task.used.and_then(|used| resource.used(used)),
            style: task.style,
            status: Rc::from(task.status),
            protected: task.protected,
            selected: context.selection == Some(Subject::Task(task.task)),
        });
        start += length;
    }
    segments
}
