//! Why the run costs what it costs: each thing that is paid for, how many, at which price (ecs.md §11).

use std::collections::BTreeMap;

use crate::cost::NanoDollars;
use crate::cost::meter::{Item, Meter, Reading};
use crate::cost::prices::{
    AS_OF, FARGATE_SPOT_DISCOUNT_PERCENT, REGION, SPOT_DISCOUNT_PERCENT, host_per_hour, over, server_per_hour,
    spot_server_per_hour, task_per_hour, volume_per_hour,
};
use crate::explain::explanation::{Explanation, Grid};
use crate::explain::names::{count, dollars, instance_name, launch_type_words, list, number, price};
use crate::sim::command::LaunchType;
use crate::sim::data_plane::host::Power;
use crate::sim::engine::Sim;
use crate::sim::model::instance_type::InstanceType;

/// So many servers are named.
const MOST_SERVERS: usize = 6;

/// One thing that is paid for.
struct Line {
    what: String,
    running: u64,
    each: NanoDollars,
    so_far: NanoDollars,
}

/// The answer.
pub(super) fn why(sim: &Sim) -> Explanation {
    let meter = Meter::of(sim);
    let total = meter.total();
    let mut lines = servers(sim);
    lines.extend(fargate(sim));
    lines.extend(disks(sim));
    lines.extend(load_balancer(&meter));
    lines.sort_by_key(|line| std::cmp::Reverse(line.running * line.each));
    let most = lines.first().filter(|line| line.running > 0).map_or_else(String::new, |line| {
        format!(
            " Most of that is {}: {} × {} = {} an hour.",
            line.what,
            line.running,
            price(line.each),
            price(line.running * line.each)
        )
    });
    let sentence = format!(
        "It costs {} an hour as it stands and has cost {} so far.{most}{}",
        dollars(total.per_hour),
        dollars(total.so_far),
        idle(sim)
    );
    let row = |line: &Line| {
        vec![line.what.clone(), number(line.running), price(line.each), price(line.running * line.each), dollars(line.so_far)]
    };
    let grid = Grid {
        title: "What is paid for".to_owned(),
        line: format!(
            "Prices of {REGION}, {AS_OF}. Servers are paid by the second from launch to termination, a minute at least, whatever runs on \
             them; Fargate by the second for what a task reserves."
        ),
        heads: vec!["What", "now", "each an hour", "an hour", "so far"],
        rows: lines.iter().map(row).collect(),
    };
    Explanation { title: "Why it costs this".to_owned(), sentence, grids: vec![grid], ..Explanation::default() }
}

fn servers(sim: &Sim) -> Vec<Line> {
    let mut kinds: BTreeMap<(&str, bool), (&'static InstanceType, u64, u64)> = BTreeMap::new();
    for (_, host) in sim.truth().hosts.iter() {
        let length_ms = Meter::billed_ms(host, sim.now_ms());
        let (_, running, billed_ms) = kinds.entry((host.instance_type.name, host.spot)).or_insert((host.instance_type, 0, 0));
        *running += u64::from(host.power != Power::Terminated && host.stopped_at_ms.is_none());
        *billed_ms += length_ms;
    }
    let line = |((name, spot), (kind, running, billed_ms)): ((&str, bool), (&'static InstanceType, u64, u64))| {
        let (what, each) = match spot {
            false => (name.to_owned(), server_per_hour(kind)),
            true => (format!("{name} Spot ({SPOT_DISCOUNT_PERCENT} % off)"), spot_server_per_hour(kind)),
        };
        Line { what, running, each, so_far: over(each, billed_ms) }
    };
    kinds.into_iter().map(line).collect()
}

/// Disks of servers, by the size that they have now.
fn disks(sim: &Sim) -> Vec<Line> {
    let mut sizes: BTreeMap<u32, (u64, NanoDollars)> = BTreeMap::new();
    for (instance, host) in sim.truth().hosts.iter() {
        let Reading { so_far, per_hour } = Meter::storage(sim, instance, host);
        let size_gib = sim.truth().volume_of(instance, sim.tuning()).size_gib;
        let (running, sum) = sizes.entry(size_gib).or_default();
        *running += u64::from(per_hour > 0);
        *sum += so_far;
    }
    let line = |(size_gib, (running, so_far)): (u32, (u64, NanoDollars))| {
        let what = format!("{} of {} GB", Item::Storage.name(), number(u64::from(size_gib)));
        Line { what, running, each: volume_per_hour(u64::from(size_gib)), so_far }
    };
    sizes.into_iter().map(line).collect()
}

/// Its hour, and the capacity units that the requests of now would fill in one.
fn load_balancer(meter: &Meter) -> Option<Line> {
    let reading = meter.reading(Item::LoadBalancer);
    let what = format!("{}, its hour and its capacity units", Item::LoadBalancer.name());
    (reading.so_far > 0).then_some(Line { what, running: 1, each: reading.per_hour, so_far: reading.so_far })
}

fn fargate(sim: &Sim) -> Vec<Line> {
    let lines = sim.truth().usage.lines().iter().filter(|line| line.kind.launch_type != LaunchType::Ec2);
    let line = |line: &crate::sim::data_plane::usage::UsageLine| {
        let each = task_per_hour(&line.kind);
        let discount = match line.kind.launch_type {
            LaunchType::FargateSpot => format!(" ({FARGATE_SPOT_DISCOUNT_PERCENT} % off)"),
            LaunchType::Ec2 | LaunchType::Fargate => String::new(),
        };
        let kind = &line.kind;
        let what = format!(
            "{}{discount}, {} CPU units and {} MiB",
            launch_type_words(kind.launch_type),
            number(u64::from(kind.cpu_units)),
            number(u64::from(kind.memory_mib))
        );
        Line { what, running: line.running(), each, so_far: over(each, line.billed_ms(sim.now_ms())) }
    };
    lines.map(line).collect()
}

/// Servers that are paid for and have no task.
fn idle(sim: &Sim) -> String {
    let empty = |host: &crate::sim::data_plane::host::Host| host.power == Power::On && host.tasks.is_empty();
    let idle: Vec<_> = sim.truth().hosts.iter().filter(|(_, host)| empty(host)).collect();
    if idle.is_empty() {
        return String::new();
    }
    let cost: NanoDollars = idle.iter().map(|(_, host)| host_per_hour(host)).sum();
    let mut names: Vec<String> = idle.iter().take(MOST_SERVERS).map(|(id, _)| instance_name(*id)).collect();
    if idle.len() > MOST_SERVERS {
        names.push(format!("{} more", idle.len() - MOST_SERVERS));
    }
    format!(" {} of it goes to {} without a task: {}.", dollars(cost), count(idle.len() as u64, "server"), list(&names))
}
