//! Auto Scaling groups: between which bounds, how many are asked for, and which servers are in them.

use std::rc::Rc;

use crate::session::forms;
use crate::session::frame::{DetailsView, GaugeView, NeighbourSort, NeighbourView, TableView, Tone};
use crate::session::intent::{NameKey, Subject};
use crate::session::view::Shown;
use crate::session::view::capacity::figure;
use crate::session::view::details::{empty, fact};
use crate::sim::engine::Sim;
use crate::sim::neighbours::auto_scaling_group::{Group, Member, MemberState};
use crate::sim::time;

/// So many servers are listed.
const MOST_MEMBERS: usize = 40;

/// A card for each group.
pub fn cards(shown: &Shown) -> Vec<NeighbourView> {
    shown.timeline.sim().neighbours().auto_scaling.groups.iter().map(|(name, group)| card(shown, name, group)).collect()
}

fn card(shown: &Shown, name: &Rc<str>, group: &Group) -> NeighbourView {
    let sim = shown.timeline.sim();
    let in_service = group.in_service_count();
    let up = group.in_service().filter(|(id, _)| sim.belief().registry.get(*id).is_some()).count() as u64;
    let on_their_way = u64::from(in_service).saturating_sub(up);
    let leaving = group.members.values().filter(|member| member.state != MemberState::InService).count() as u64;
    let subject = Subject::AutoScalingGroup(NameKey::of(name));
    NeighbourView {
        key: Rc::from(format!("group {name}")),
        sort: NeighbourSort::AutoScalingGroup,
        title: name.clone(),
        subject: Some(subject),
        badge: None,
        figures: vec![
            figure("minimum", group.min.to_string(), Tone::Neutral),
            figure("desired", group.desired.to_string(), Tone::Neutral),
            figure("maximum", group.max.to_string(), if group.desired >= group.max { Tone::Warning } else { Tone::Neutral }),
        ],
        gauges: vec![GaugeView {
            name: "Instances",
            words: Rc::from(format!("{up} in the cluster, {on_their_way} on their way, {leaving} leaving")),
            parts: vec![(up, Tone::Good), (on_their_way, Tone::Moving), (leaving, Tone::Warning)],
            total: u64::from(group.max.max(in_service)).max(1),
            mark: Some(u64::from(group.desired)),
        }],
        line: Some(Rc::from(line(group))),
        selected: shown.selection == Some(subject),
    }
}

fn types(group: &Group) -> String {
    group.types.iter().map(|kind| kind.name).collect::<Vec<_>>().join(", ")
}

fn line(group: &Group) -> String {
    let mut line = types(group);
    if group.spot_percentage > 0 {
        line.push_str(&format!(" · {} % Spot", group.spot_percentage));
    }
    let protected = group.members.values().filter(|member| member.protected).count();
    if protected > 0 {
        line.push_str(&format!(" · {protected} protected from scale-in"));
    }
    line
}

/// The details of a group: what it is told to be, and its servers.
pub fn details(sim: &Sim, key: NameKey) -> Option<DetailsView> {
    let (name, group) = sim.neighbours().auto_scaling.groups.iter().find(|(name, _)| NameKey::of(name) == key)?;
    let mut view = empty(Subject::AutoScalingGroup(key), format!("Auto Scaling group {name}"));
    let yes = |on: bool| if on { "on" } else { "off" };
    let zones: Vec<&str> = group.zones.iter().map(|zone| &**sim.belief().zone_name(*zone)).collect();
    view.facts = vec![
        fact("Minimum, desired, maximum", format!("{}, {}, {}", group.min, group.desired, group.max)),
        fact("Instance types", types(group)),
        fact("Zones", zones.join(", ")),
        fact("Spot", format!("{} %", group.spot_percentage)),
        fact("New ones protected from scale-in", yes(group.protects_new)),
        fact("Capacity rebalancing", yes(group.capacity_rebalance)),
        fact("Spot draining by the agent", yes(group.spot_draining)),
        fact("Drained before they end", yes(group.hook)),
        fact("Health check grace period", time::span(group.grace_ms)),
        fact(
            "Scaled by",
            if group.policy.is_some() { "managed scaling of its capacity provider" } else { "nobody: it stays as it is told" },
        ),
    ];
    view.tables = vec![members(sim, group)];
    let providers = sim.belief().capacity.providers.iter().filter(|(_, provider)| provider.group == *name);
    view.links = providers
        .map(|(id, provider)| (Rc::from(format!("Capacity provider {}", provider.name)), Subject::CapacityProvider(*id)))
        .collect();
    let servers = group.members.keys().take(MOST_MEMBERS);
    view.links.extend(servers.map(|id| (Rc::from(format!("Server {}", id.short())), Subject::Instance(*id))));
    view.forms = forms::groups::forms_of(sim, name, group);
    Some(view)
}

fn members(sim: &Sim, group: &Group) -> TableView {
    let state = |member: &Member| match member.state {
        MemberState::InService => "InService",
        MemberState::Leaving => "InService, with notice",
        MemberState::TerminatingWait => "Terminating:Wait",
    };
    let row = |(id, member): (&crate::sim::ids::InstanceId, &Member)| {
        let kind =
            if member.spot { format!("{}, Spot", member.instance_type.name) } else { member.instance_type.name.to_string() };
        vec![
            Rc::from(id.short()),
            sim.belief().zone_name(member.zone).clone(),
            Rc::from(kind),
            Rc::from(state(member)),
            Rc::from(if member.protected { "protected" } else { "–" }),
        ]
    };
    TableView {
        title: Rc::from("Its servers"),
        line: Rc::from(""),
        heads: vec!["Server", "zone", "type", "state", "scale-in"],
        rows: group.members.iter().take(MOST_MEMBERS).map(row).collect(),
    }
}
