//! Capacity providers: their reservation, and what keeps them from scaling.

use std::rc::Rc;

use crate::session::frame::{Badge, DetailsView, FigureView, GaugeView, NeighbourSort, NeighbourView, TableView, Tone};
use crate::session::intent::{NameKey, Subject};
use crate::session::view::details::{empty, fact};
use crate::session::view::server_state::badge;
use crate::session::view::{Shown, groups};
use crate::sim::control_plane::capacity::CapacityProvider;
use crate::sim::engine::Sim;
use crate::sim::ids::CapacityProviderId;
use crate::sim::neighbours::auto_scaling_group::Group;
use crate::sim::observation::capacity::Verdict;
use crate::sim::time;

/// The table of values goes back so far.
const MOST_VALUES: usize = 8;

/// A card for each provider on an auto scaling group, and for each group.
pub fn cards(shown: &Shown) -> Vec<NeighbourView> {
    let sim = shown.timeline.sim();
    let providers = sim.belief().capacity.providers.iter().map(|(id, provider)| provider_card(shown, *id, provider));
    providers.chain(groups::cards(shown)).collect()
}

pub(super) fn figure(name: &'static str, value: String, tone: Tone) -> FigureView {
    FigureView { name, value: Rc::from(value), tone }
}

fn percent(tenths: u32) -> String {
    if tenths.is_multiple_of(10) { format!("{} %", tenths / 10) } else { format!("{}.{} %", tenths / 10, tenths % 10) }
}

fn provider_card(shown: &Shown, id: CapacityProviderId, provider: &CapacityProvider) -> NeighbourView {
    let sim = shown.timeline.sim();
    let waiting = sim.belief().capacity.waiting(id).count() as u64;
    let target = provider.scaling.target_capacity;
    let point = provider.series.back();
    let reservation = point.map_or_else(|| "–".to_string(), |point| percent(point.reservation_tenths));
    let above = point.is_some_and(|point| point.reservation_tenths > target * 10);
    let low = group_of(sim, provider).and_then(|group| group.policy.as_ref()).map_or(0, |policy| policy.low_datapoints);
    let mut gauges = Vec::new();
    if let Some(point) = point {
        let most = u64::from(point.reservation_tenths.max(target * 10)).max(1);
        let tone = if above { Tone::Warning } else { Tone::Neutral };
        gauges.push(GaugeView {
            name: "Reservation",
            words: Rc::from(format!("needed {} ÷ running {}", point.needed, point.running)),
            parts: vec![(u64::from(point.reservation_tenths), tone)],
            total: most + most / 5,
            mark: Some(u64::from(target) * 10),
        });
        if low > 0 {
            let needed = sim.tuning().capacity.scale_in_datapoints;
            gauges.push(GaugeView {
                name: "Below the target",
                words: Rc::from(format!("{low} of {needed} minutes before it scales in")),
                parts: vec![(u64::from(low.min(needed)), Tone::Moving)],
                total: u64::from(needed),
                mark: None,
            });
        }
    }
    NeighbourView {
        key: Rc::from(format!("provider {}", provider.name)),
        sort: NeighbourSort::CapacityProvider,
        title: provider.name.clone(),
        subject: Some(Subject::CapacityProvider(id)),
        badge: Some(scaling_badge(provider)),
        figures: vec![
            figure("reservation", reservation, if above { Tone::Warning } else { Tone::Neutral }),
            figure("target", format!("{target} %"), Tone::Neutral),
            figure("waiting", waiting.to_string(), if waiting > 0 { Tone::Warning } else { Tone::Neutral }),
        ],
        gauges,
        line: why(sim, provider).map(Rc::from),
        selected: shown.selection == Some(Subject::CapacityProvider(id)),
    }
}

fn group_of<'a>(sim: &'a Sim, provider: &CapacityProvider) -> Option<&'a Group> {
    sim.neighbours().auto_scaling.groups.get(&provider.group)
}

fn scaling_badge(provider: &CapacityProvider) -> Badge {
    match provider.scaling.status.is_on() {
        true => {
            badge("managed scaling", Tone::Good, "ECS computes the reservation every minute; two alarms on it scale the group.")
        }
        false => badge("not scaling", Tone::Neutral, "Managed scaling is off: nothing scales unless someone does it."),
    }
}

/// What the newest value came from, or why nothing scales.
fn why(sim: &Sim, provider: &CapacityProvider) -> Option<String> {
    if !provider.scaling.status.is_on() {
        return Some("Managed scaling is off: the group stays as it is.".to_string());
    }
    let record = provider.last.as_ref()?;
    let too_big =
        record.groups.iter().filter(|group| matches!(group.verdict, Verdict::TooBig(_))).map(|group| group.tasks).sum::<u32>();
    if too_big > 0 {
        return Some(format!("{too_big} waiting tasks do not fit the smallest instance type: they never cause a scale-out."));
    }
    let group = group_of(sim, provider)?;
    match record.desired.cmp(&group.desired) {
        std::cmp::Ordering::Greater if group.desired >= group.max => {
            Some(format!("{} are wanted, but the group is at its maximum of {}.", record.desired, group.max))
        }
        std::cmp::Ordering::Greater => Some(format!("{} instances are wanted, {} are asked for.", record.desired, group.desired)),
        std::cmp::Ordering::Less if group.desired <= group.min => {
            Some(format!("{} would do, but the group is at its minimum of {}.", record.desired, group.min))
        }
        std::cmp::Ordering::Less => {
            Some(format!("{} instances would do; it scales in after fifteen minutes of that.", record.desired))
        }
        std::cmp::Ordering::Equal if record.running < record.desired => {
            Some(format!("{} instances are asked for, {} run: the others are on their way.", record.desired, record.running))
        }
        std::cmp::Ordering::Equal => Some("As many instances as are needed.".to_string()),
    }
}

/// The details of a capacity provider: its settings, and the record of its metric.
pub fn details(sim: &Sim, id: CapacityProviderId) -> Option<DetailsView> {
    let provider = sim.belief().capacity.providers.get(&id)?;
    let scaling = &provider.scaling;
    let mut view = empty(Subject::CapacityProvider(id), format!("Capacity provider {}", provider.name));
    view.badge = Some(scaling_badge(provider));
    view.facts = vec![
        fact("Auto Scaling group", provider.group.clone()),
        fact("Managed scaling", scaling.status.name()),
        fact("Target capacity", format!("{} %", scaling.target_capacity)),
        fact("Step sizes", format!("{} to {}", scaling.minimum_scaling_step_size, scaling.maximum_scaling_step_size)),
        fact("Instance warm-up", time::span(scaling.instance_warmup_period_ms)),
        fact("Termination protection", provider.termination_protection.name()),
        fact("Managed draining", provider.draining.name()),
    ];
    view.links = vec![(
        Rc::from(format!("Auto Scaling group {}", provider.group)),
        Subject::AutoScalingGroup(NameKey::of(&provider.group)),
    )];
    view.tables = vec![values(provider)];
    view.tables.extend(waiting(sim, provider));
    view.forms = vec![crate::session::forms::capacity::scaling_form(provider)];
    Some(view)
}

fn values(provider: &CapacityProvider) -> TableView {
    let row = |point: &crate::sim::control_plane::capacity::ReservationPoint| {
        vec![
            Rc::from(time::clock(point.at_ms)),
            Rc::from(point.needed.to_string()),
            Rc::from(point.running.to_string()),
            Rc::from(percent(point.reservation_tenths)),
        ]
    };
    TableView {
        title: Rc::from("Why it scales, or not"),
        line: Rc::from("CapacityProviderReservation = instances needed ÷ instances running, every minute, newest first."),
        heads: vec!["At", "needed", "running", "value"],
        rows: provider.series.iter().rev().take(MOST_VALUES).map(row).collect(),
    }
}

/// What the waiting tasks made of the newest value.
fn waiting(sim: &Sim, provider: &CapacityProvider) -> Option<TableView> {
    let record = provider.last.as_ref().filter(|record| !record.groups.is_empty())?;
    let rows = record.groups.iter().map(|group| {
        let verdict = match group.verdict {
            Verdict::Counted { fit, new_instances } => {
                format!("{fit} fit on what is there, {new_instances} new instances for the rest")
            }
            Verdict::TooBig(_) => "too big for the smallest type: not counted".to_string(),
        };
        vec![
            Rc::from(crate::explain::names::definition_name(sim, group.definition)),
            Rc::from(group.tasks.to_string()),
            Rc::from(verdict),
        ]
    });
    Some(TableView {
        title: Rc::from("Waiting tasks, as it counts them"),
        line: Rc::from(""),
        heads: vec!["Tasks of", "waiting", "verdict"],
        rows: rows.collect(),
    })
}
