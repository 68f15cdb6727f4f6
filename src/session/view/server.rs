//! One server: two parallel bars, its badges, its faults.

use std::rc::Rc;

use crate::session::frame::{BarView, ServerView};
use crate::session::intent::{Lens, Subject};
use crate::session::later::later;
use crate::session::lesson::LessonRun;
use crate::session::view::segments::{self, OnServer, Resource};
use crate::session::view::totals::{grouped, per_hour};
use crate::session::view::{Shown, breakage, hue, server_state};
use crate::sim::command::LaunchType;
use crate::sim::engine::Sim;
use crate::sim::ids::InstanceId;
use crate::sim::model::needs::Needs;

/// What all servers of a frame have in common.
pub struct Context<'a> {
    pub sim: &'a Sim,
    pub lens: Lens,
    pub selection: Option<Subject>,
    lesson: Option<&'a LessonRun>,
    shown: &'a Shown<'a>,
    /// What tasks of the services on EC2 ask for: the measure of stranded room.
    kinds: Vec<Rc<Needs>>,
}

impl<'a> Context<'a> {
    /// Works out what is the same for every server.
    pub fn of(shown: &'a Shown) -> Self {
        let sim = shown.timeline.sim();
        let services = sim.belief().services.iter().filter(|(_, service)| service.revision().launch_type == LaunchType::Ec2);
        let kinds = services.map(|(_, service)| sim.belief().definitions[service.revision().definition].needs.clone()).collect();
        Self { sim, lens: shown.lens, selection: shown.selection, lesson: shown.lesson, shown, kinds }
    }
}

/// One server as drawn.
pub fn server(context: &Context, instance: InstanceId) -> ServerView {
    let sim = context.sim;
    let host = &sim.truth().hosts[instance];
    let known = sim.belief().registry.get(instance);
    let tasks = segments::tasks_on(context, instance);
    let kind = host.instance_type;
    let (free_cpu, free_memory) = free(context, instance, &tasks);
    let (stranded_cpu, stranded_memory) = stranded(&context.kinds, free_cpu, free_memory);
    let unsure =
        known.is_some() && !matches!(server_state::heartbeat(sim, instance).state, crate::session::frame::HeartbeatState::Fresh);
    let bar = |resource, label: &str, unit: &str, total, free, stranded| BarView {
        label: Rc::from(label),
        unit: Rc::from(unit),
        total,
        free,
        free_label: Rc::from(free_label(free, stranded, unsure && context.lens != Lens::True)),
        segments: segments::segments(context, &tasks, resource),
        stranded,
    };
    let (state, truth, note, heartbeat) = match context.lens {
        Lens::Knows => (server_state::believed(sim, instance), None, None, server_state::heartbeat(sim, instance)),
        Lens::True => (server_state::plain_truth(sim, instance), None, None, server_state::true_heartbeat(sim, instance)),
        Lens::Both => (
            server_state::believed(sim, instance),
            server_state::truth(sim, instance),
            server_state::difference(sim, instance),
            server_state::heartbeat(sim, instance),
        ),
    };
    let mut sentence = sentence(sim, instance, &state.word, tasks.len(), free_cpu, free_memory);
    if let Some(note) = &note {
        sentence.push(' ');
        sentence.push_str(note);
    }
    let extras = later().and_then(|later| (later.extras)(context, instance, &tasks));
    if let Some(deadline) = extras.as_ref().and_then(|extras| extras.deadline.as_ref()) {
        sentence.push(' ');
        sentence.push_str(&deadline.words);
    }
    let mut faults = breakage::badges_of_instance(sim, instance);
    faults.iter_mut().filter_map(|fault| fault.heal.as_mut()).for_each(|heal| context.shown.lock(heal));
    ServerView {
        id: instance,
        name: Rc::from(instance.short()),
        instance_type: Rc::from(kind.name),
        price: if host.spot { Rc::from("Spot") } else { Rc::from(per_hour(u64::from(kind.micro_dollars_per_hour))) },
        zone: sim.belief().zone_name(host.zone).clone(),
        state,
        truth,
        heartbeat,
        cpu: bar(Resource::Cpu, "CPU", "units", kind.cpu_units, free_cpu, stranded_cpu),
        memory: bar(Resource::Memory, "Memory", "MiB", kind.memory_mib, free_memory, stranded_memory),
        extras: extras.map(Rc::new),
        note: note.map(Rc::from),
        faults,
        ghosts: context.lesson.map_or_else(Vec::new, |lesson| lesson.ghosts_for(instance, sim, &hue::of_family)),
        ghost_slot: context.lesson.and_then(|lesson| lesson.ghost_slot(instance)),
        selected: context.selection == Some(Subject::Instance(instance)),
        presence: server_state::presence(host, known),
        sentence: Rc::from(sentence),
    }
}

/// Free room as the lens sees it: ECS counts reservations, truth counts what containers hold.
fn free(context: &Context, instance: InstanceId, tasks: &[OnServer]) -> (u32, u32) {
    let kind = context.sim.truth().hosts[instance].instance_type;
    match context.sim.belief().registry.get(instance) {
        Some(known) if context.lens != Lens::True => (known.remaining_cpu_units, known.remaining_memory_mib),
        Some(_) | None => {
            let taken =
                tasks.iter().fold((0, 0), |(cpu, memory), task| (cpu + task.needs.cpu_units, memory + task.needs.memory_mib));
            (kind.cpu_units.saturating_sub(taken.0), kind.memory_mib.saturating_sub(taken.1))
        }
    }
}

/// Room in one resource that no task of any service can use, because the other is gone.
pub fn stranded(kinds: &[Rc<Needs>], free_cpu: u32, free_memory: u32) -> (u32, u32) {
    let fits = kinds.iter().any(|needs| needs.cpu_units <= free_cpu && needs.memory_mib <= free_memory);
    if fits || kinds.is_empty() {
        return (0, 0);
    }
    let cpu_would_do = kinds.iter().any(|needs| needs.cpu_units <= free_cpu);
    let memory_would_do = kinds.iter().any(|needs| needs.memory_mib <= free_memory);
    (if cpu_would_do { free_cpu } else { 0 }, if memory_would_do { free_memory } else { 0 })
}

fn free_label(free: u32, stranded: u32, unsure: bool) -> String {
    match (stranded > 0, unsure) {
        (true, _) => format!("{} stranded", grouped(u64::from(stranded))),
        (false, true) => format!("{} believed free", grouped(u64::from(free))),
        (false, false) => format!("{} free", grouped(u64::from(free))),
    }
}

fn sentence(sim: &Sim, instance: InstanceId, word: &str, tasks: usize, free_cpu: u32, free_memory: u32) -> String {
    let host = &sim.truth().hosts[instance];
    let kind = host.instance_type;
    format!(
        "Server {}, {} in {}, {word}, {}, CPU {} of {} units free, memory {} of {} MiB free.",
        instance.short(),
        kind.name,
        sim.belief().zone_name(host.zone),
        crate::session::view::totals::count_of(tasks as u64, "task"),
        grouped(u64::from(free_cpu)),
        grouped(u64::from(kind.cpu_units)),
        grouped(u64::from(free_memory)),
        grouped(u64::from(kind.memory_mib)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_stranded_when_only_the_other_resource_is_missing() {
        let kinds = [Rc::new(Needs::of_size(512, 2_048)), Rc::new(Needs::of_size(256, 512))];
        assert_eq!(stranded(&kinds, 1_024, 600), (0, 0), "the small one fits");
        assert_eq!(stranded(&kinds, 1_024, 100), (1_024, 0), "CPU is left and no memory");
        assert_eq!(stranded(&kinds, 100, 4_000), (0, 4_000), "memory is left and no CPU");
        assert_eq!(stranded(&kinds, 100, 100), (0, 0), "both are gone");
    }
}
