//! What ECS does not see of a server, and so never places by: how full its disk is, how busy its network (ecs.md §10).

use std::rc::Rc;

use crate::session::frame::{FactView, GaugeView, Tone};
use crate::session::view::totals::grouped;
use crate::sim::engine::Sim;
use crate::sim::ids::InstanceId;
use crate::sim::model::bandwidth;
use crate::sim::time::{SECOND, span};

/// Its disk and its network.
pub fn unseen(sim: &Sim, instance: InstanceId) -> Vec<GaugeView> {
    vec![disk(sim, instance), network(sim, instance)]
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

/// What answers take, in Mbit/s, with a mark where the baseline is.
fn network(sim: &Sim, instance: InstanceId) -> GaugeView {
    let kind = sim.truth().hosts[instance].instance_type;
    let (baseline, burst) = (bandwidth::baseline_kbps(kind) / 1_000, bandwidth::burst_kbps(kind) / 1_000);
    let used = sim.truth().answers_kbps(instance) / 1_000;
    GaugeView {
        name: "Network",
        words: Rc::from(format!("{} Mbit/s, {} for ever, {} for a time", grouped(used), grouped(baseline), grouped(burst))),
        parts: vec![(used, if used > baseline { Tone::Warning } else { Tone::Neutral })],
        total: burst.max(1),
        mark: Some(baseline),
    }
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
    vec![fact("Disk", words.join(", ")), fact("Network", network(sim, instance).words.to_string())]
}
