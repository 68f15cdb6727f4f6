//! A zone with very many servers, each as one cell: how full it is, and whether all is well with it.

use std::rc::Rc;

use crate::session::frame::{MapCell, Tone, ZoneMap};
use crate::session::intent::{Lens, Subject};
use crate::session::view::totals::grouped;
use crate::session::view::{Shown, server_state};
use crate::sim::data_plane::host::{Host, Power};
use crate::sim::engine::Sim;
use crate::sim::ids::{InstanceId, ZoneId};
use crate::sim::model::container_instance::ContainerInstanceStatus;

/// So many servers that need a look are drawn with their names as well.
const MOST_NOTABLE: usize = 12;

/// What a cell says in words, with its tone.
type State = (&'static str, Tone);

/// The map of a zone, and the servers that need a look.
pub fn zone_map(shown: &Shown, zone: ZoneId) -> (ZoneMap, Vec<InstanceId>) {
    let sim = shown.timeline.sim();
    let mut counts: Vec<(State, u64)> = Vec::new();
    let (mut cells, mut notable, mut selected) = (Vec::new(), Vec::new(), None);
    let of_zone =
        sim.truth().hosts.iter().filter(|(instance, host)| host.zone == zone && server_state::is_on_board(sim, *instance));
    for (instance, host) in of_zone {
        let state = state(sim, shown.lens, instance, host);
        match counts.iter_mut().find(|(known, _)| *known == state) {
            Some((_, count)) => *count += 1,
            None => counts.push((state, 1)),
        }
        let is_selected = shown.selection == Some(Subject::Instance(instance));
        if is_selected {
            selected = Some((cells.len(), Rc::from(format!("Server {}, {}", instance.short(), state.0))));
        }
        if is_selected || (state.1 != Tone::Good && notable.len() < MOST_NOTABLE) {
            notable.push(instance);
        }
        cells.push(cell(sim, instance, host, state.1));
    }
    counts.sort_by_key(|(state, _)| state.1 != Tone::Good);
    let words: Vec<String> = counts.iter().map(|((word, _), count)| format!("{} {word}", grouped(*count))).collect();
    (ZoneMap { cells, words: Rc::from(words.join(", ")), selected }, notable)
}

fn cell(sim: &Sim, instance: InstanceId, host: &Host, tone: Tone) -> MapCell {
    let kind = host.instance_type;
    let share = |free: u32, total: u32| (u64::from(total.saturating_sub(free)) * 1_000 / u64::from(total.max(1))) as u16;
    let (cpu_free, memory_free) = sim
        .belief()
        .registry
        .get(instance)
        .map_or((kind.cpu_units, kind.memory_mib), |known| (known.remaining_cpu_units, known.remaining_memory_mib));
    MapCell {
        instance,
        cpu_permille: share(cpu_free, kind.cpu_units),
        memory_permille: share(memory_free, kind.memory_mib),
        tone,
    }
}

fn state(sim: &Sim, lens: Lens, instance: InstanceId, host: &Host) -> State {
    let truth = match host.power {
        Power::On => ("running", Tone::Good),
        Power::Booting => ("booting", Tone::Moving),
        Power::Off => ("powered off", Tone::Bad),
        Power::Terminated => ("terminated", Tone::Bad),
    };
    let Some(known) = sim.belief().registry.get(instance).filter(|_| lens != Lens::True) else { return truth };
    let heard = known.agent_connected && !server_state::is_overdue(sim, instance);
    match known.status {
        _ if !known.agent_connected => ("DISCONNECTED", Tone::Warning),
        _ if !heard => ("UNKNOWN", Tone::Unknown),
        ContainerInstanceStatus::Active if truth.1 == Tone::Bad && lens == Lens::Both => truth,
        ContainerInstanceStatus::Active => ("ACTIVE", Tone::Good),
        status => (status.name(), Tone::Moving),
    }
}
