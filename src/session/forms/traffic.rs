//! Requests: how many come in a second, and where they go.

use crate::session::forms::{Filled, FormKind, field, form, number, options, pick, services};
use crate::session::frame::{Asked, FieldView, FormView};
use crate::sim::command::Command;
use crate::sim::command::balancing::{BalancingCommand, SetTraffic, TrafficSegment};
use crate::sim::control_plane::service::Service;
use crate::sim::engine::Sim;

/// What is asked; nothing while there is nobody to send requests to.
pub fn form_of(sim: &Sim) -> Option<FormView> {
    let balancer = &sim.neighbours().balancer;
    let places = [
        ("target_group", "Target group", pick(balancer.groups.iter().map(|(_, group)| group.name.clone()))),
        ("listener", "Listener", pick(balancer.listeners.iter().map(|listener| listener.name.clone()))),
        ("service", "Name", pick(services(sim).filter(|service| is_found(service)).map(|service| service.name.clone()))),
    ];
    let offered: Vec<_> = places.into_iter().filter_map(|(key, words, names)| Some((key, words, names?))).collect();
    if offered.is_empty() {
        return None;
    }
    let kinds: Vec<(&str, &str)> = offered.iter().map(|(key, words, _)| (*key, *words)).collect();
    let mut fields = vec![field("kind", "They go to a", options(&kinds))];
    for (key, words, names) in offered {
        let only: &[&str] = match key {
            "target_group" => &["target_group"],
            "listener" => &["listener"],
            _ => &["service"],
        };
        fields.push(FieldView { only_if: Some(Asked::If("kind", only)), ..field(key, words, names) });
    }
    let ttl = field("ttl", "Clients keep an answer for", number(60, 0, 86_400, 10, "s"));
    fields.push(FieldView { only_if: Some(Asked::If("kind", &["service"])), ..ttl });
    fields.extend([
        field("rate", "Requests", number(100, 0, 100_000, 50, "a second")),
        field("spike", "Then a spike of", number(0, 0, 100_000, 50, "a second")),
        field("spike_after", "The spike comes after", number(60, 1, 3_600, 30, "s")),
        field("spike_length", "It lasts", number(60, 1, 3_600, 30, "s")),
    ]);
    let line = "Requests come as a steady flow; a spike of 0 is none. A name is resolved by service discovery.";
    Some(form(FormKind::SetTraffic, "Traffic", line, "Send requests", fields))
}

/// Does its name lead to its tasks?
fn is_found(service: &Service) -> bool {
    service.revision().registry.is_some()
}

/// `SetTraffic`: a rate, and a spike upon it where one is asked for.
pub fn commands(filled: &Filled) -> Vec<Command> {
    let segment = |after_seconds, rate: u32| TrafficSegment { after_seconds, milli_requests_per_second: u64::from(rate) * 1_000 };
    let (rate, spike) = (filled.number("rate"), filled.number("spike"));
    let mut segments = vec![segment(0, rate)];
    if spike > 0 {
        let (after, length) = (filled.number("spike_after"), filled.number("spike_length"));
        segments.extend([segment(after, spike), segment(after + length, rate)]);
    }
    let kind = filled.text("kind");
    let to = filled.text(&kind);
    let wanted = |key: &str| (kind == key).then(|| to.clone());
    vec![Command::Balancing(BalancingCommand::SetTraffic(SetTraffic {
        name: match &*kind {
            "target_group" => format!("of {to}"),
            _ => format!("of {kind} {to}"),
        },
        target_group: wanted("target_group"),
        listener: wanted("listener"),
        service: wanted("service"),
        client: None,
        dns_ttl_seconds: filled.asked("ttl"),
        segments,
    }))]
}
