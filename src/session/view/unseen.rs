//! What ECS does not see of a server, and so never places by: how full its disk is, how busy its network and its volume (ecs.md §10).

use std::rc::Rc;

use crate::session::frame::{FactView, GaugeView, Tone};
use crate::session::view::totals::grouped;
use crate::sim::engine::Sim;
use crate::sim::ids::InstanceId;
use crate::sim::model::bandwidth;
use crate::sim::time::{SECOND, span};

/// Its disk, its network, its volume.
pub fn unseen(sim: &Sim, instance: InstanceId) -> Vec<GaugeView> {
    vec![disk(sim, instance), network(sim, instance), volume(sim, instance)]
}

/// Images, logs, layers and stopped containers, in MiB.
fn disk(sim: &Sim, instance: InstanceId) -> GaugeView {
    let held = sim.truth().disk_use(instance, sim.now_ms(), sim.tuning());
    let full = sim.truth().hosts[instance].disk_full_by().is_some() || held.used_mib() >= held.capacity_mib;
    let tone = if full { Tone::Bad } else { Tone::Warning };
    GaugeView {
        name: "Disk",
        words: Rc::from(format!("{} of {} MiB", grouped(held.used_mib()), grouped(held.capacity_mib))),
        parts: vec![
            (held.images_mib, if full { Tone::Bad } else { Tone::Neutral }),
            (held.logs_mib + held.layers_mib, tone),
            (held.stopped_mib, Tone::Unknown),
        ],
        total: held.capacity_mib.max(1),
        mark: None,
    }
}

/// What answers and large pulls take, in Mbit/s, with a mark where the baseline is.
fn network(sim: &Sim, instance: InstanceId) -> GaugeView {
    let carries = sim.truth().bandwidth_of(instance, sim.tuning());
    let kind = sim.truth().hosts[instance].instance_type;
    let mbit = |kib: u64| kib * 8_192 / 1_000_000;
    let (baseline, burst) = (bandwidth::baseline_kbps(kind) / 1_000, bandwidth::burst_kbps(kind) / 1_000);
    let used = mbit(carries.network_used);
    GaugeView {
        name: "Network",
        words: Rc::from(format!("{} Mbit/s, {} for ever, {} for a time", grouped(used), grouped(baseline), grouped(burst))),
        parts: vec![(used, tone_of(carries.network_used, carries.network))],
        total: burst.max(1),
        mark: Some(baseline),
    }
}

/// What large pulls and writers take of the volume, in MiB/s, with a mark where a gp2 volume is without credits.
fn volume(sim: &Sim, instance: InstanceId) -> GaugeView {
    let carries = sim.truth().bandwidth_of(instance, sim.tuning());
    let kind = sim.truth().volume_of(instance, sim.tuning());
    let mib = |kib: u64| kib / 1_024;
    let used = mib(carries.volume_used);
    let lasting = carries.volume_for_ever < carries.volume;
    let credits = if lasting { format!(", {} without credits", mib(carries.volume_for_ever)) } else { String::new() };
    GaugeView {
        name: "Volume",
        words: Rc::from(format!("{} of {} MiB/s ({}){credits}", used, mib(carries.volume), kind.volume_type.name())),
        parts: vec![(used, tone_of(carries.volume_used, carries.volume))],
        total: mib(carries.volume).max(used).max(1),
        mark: lasting.then(|| mib(carries.volume_for_ever)),
    }
}

/// Nearly all of it is taken.
fn tone_of(used: u64, carries: u64) -> Tone {
    if used * 20 >= carries * 19 { Tone::Warning } else { Tone::Neutral }
}

/// The same as facts: ECS knows of none of them.
pub fn facts(sim: &Sim, instance: InstanceId) -> Vec<FactView> {
    let fact = |name: &str, truth: String| FactView {
        name: Rc::from(name),
        believed: Rc::from("not ECS's business"),
        truth: Some(Rc::from(truth)),
    };
    let held = sim.truth().disk_use(instance, sim.now_ms(), sim.tuning());
    let parts = [
        (held.images_mib, "images"),
        (held.logs_mib, "logs"),
        (held.layers_mib, "layers"),
        (held.stopped_mib, "stopped containers"),
    ];
    let parts = parts.iter().filter(|(mib, _)| *mib > 0).map(|(mib, what)| format!("{what} {}", grouped(*mib)));
    let mut words = vec![disk(sim, instance).words.to_string()];
    words.extend(parts);
    let left_kib = held.capacity_mib.saturating_sub(held.used_mib()) * 1_024;
    if let Some(left_ms) = (left_kib * SECOND).checked_div(held.kib_per_second) {
        words.push(format!("full in {} at {} KiB/s", span(left_ms), grouped(held.kib_per_second)));
    }
    vec![
        fact("Disk", words.join(", ")),
        fact("Network", network(sim, instance).words.to_string()),
        fact("Volume", volume(sim, instance).words.to_string()),
    ]
}
