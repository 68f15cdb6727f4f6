//! What binds on a server besides CPU and memory, and what hangs over it: interfaces, disk and network, host ports, the notice of a Spot interruption.

use std::rc::Rc;

use crate::explain::names;
use crate::session::frame::{BarView, DeadlineView, GaugeView, PortView, ServerExtras};
use crate::session::intent::Lens;
use crate::session::view::segments::{self, OnServer, Resource};
use crate::session::view::server::Context;
use crate::session::view::{hue, unseen};
use crate::sim::engine::Sim;
use crate::sim::fault::Fault;
use crate::sim::ids::InstanceId;
use crate::sim::time::SECOND;

/// What a server has of that.
pub fn extras(context: &Context, instance: InstanceId, tasks: &[OnServer]) -> Option<ServerExtras> {
    let extras = ServerExtras {
        bars: interfaces(context, instance, tasks).into_iter().collect(),
        unseen: unseen(context, instance),
        ports: ports(context, tasks),
        deadline: deadline(context.sim, instance),
    };
    let nothing = extras.bars.is_empty() && extras.unseen.is_empty() && extras.ports.is_empty() && extras.deadline.is_none();
    (!nothing).then_some(extras)
}

/// Slots for the interfaces of `awsvpc` tasks: interfaces of the server itself, or branches of its trunk.
fn interfaces(context: &Context, instance: InstanceId, tasks: &[OnServer]) -> Option<BarView> {
    let taken: u32 = tasks.iter().map(|task| u32::from(task.needs.enis)).sum();
    if taken == 0 {
        return None;
    }
    let known = context.sim.belief().registry.get(instance);
    let own = u32::from(context.sim.truth().hosts[instance].instance_type.task_enis);
    let total = known.map_or(own, |known| known.registered_enis);
    let free = match known {
        Some(known) if context.lens != Lens::True => known.free_enis,
        Some(_) | None => total.saturating_sub(taken),
    };
    let trunk = known.is_some_and(|known| known.attribute("ecs.awsvpc-trunk-id").is_some());
    Some(BarView {
        label: Rc::from(if trunk { "Branches of its trunk" } else { "Network interfaces" }),
        unit: Rc::from("of them"),
        total,
        free,
        free_label: Rc::from(format!("{free} of {total} free")),
        segments: segments::segments(context, tasks, Resource::NetworkInterfaces),
        stranded: 0,
    })
}

/// Disk and network, from three fifths of what they can take on.
fn unseen(context: &Context, instance: InstanceId) -> Vec<GaugeView> {
    if context.lens == Lens::Knows {
        return Vec::new();
    }
    let mut gauges = unseen::unseen(context.sim, instance);
    gauges.retain(|gauge| {
        let taken: u64 = gauge.parts.iter().map(|(size, _)| size).sum();
        taken * 5 >= gauge.mark.unwrap_or(gauge.total) * 3
    });
    gauges
}

fn ports(context: &Context, tasks: &[OnServer]) -> Vec<PortView> {
    let mut ports: Vec<(u16, bool, &OnServer)> = Vec::new();
    for task in tasks {
        ports.extend(task.needs.tcp_ports.iter().map(|port| (*port, false, task)));
        ports.extend(task.needs.udp_ports.iter().map(|port| (*port, true, task)));
    }
    ports.sort_by_key(|(port, udp, task)| (*port, *udp, task.task));
    let view = |(port, udp, task): (u16, bool, &OnServer)| PortView {
        port: Rc::from(if udp { format!("{port}/udp") } else { port.to_string() }),
        task: Rc::from(names::task_name(context.sim, task.task)),
        hue: hue::of_task(context.sim, task.task),
    };
    ports.into_iter().map(view).collect()
}

/// The two minutes between the notice of EC2 and the end of a Spot server.
fn deadline(sim: &Sim, instance: InstanceId) -> Option<DeadlineView> {
    let gives_notice = |fault: &Fault| matches!(fault, Fault::SpotInterruption { instance: of } if *of == instance);
    let (_, notice) = sim.faults().active().find(|(_, fault)| gives_notice(&fault.what))?;
    let whole_ms = sim.tuning().spot_notice_ms;
    let left_ms = (notice.since_ms + whole_ms).checked_sub(sim.now_ms()).filter(|left_ms| *left_ms > 0)?;
    let seconds = left_ms.div_ceil(SECOND);
    Some(DeadlineView {
        words: Rc::from(format!("Spot interruption: EC2 takes it back in {}:{:02}", seconds / 60, seconds % 60)),
        left_permille: (left_ms * 1_000 / whole_ms.max(1)) as u32,
    })
}
