//! A service's deployment as a ribbon from the old revision to the new one.

use crate::explain::names;
use crate::session::frame::{RevisionView, RibbonView, Tone};
use crate::session::view::Shown;
use crate::session::view::server_state::badge;
use crate::sim::ids::ServiceId;

/// The ribbon, while there is more than one revision to show.
pub fn ribbon(shown: &Shown, id: ServiceId) -> Option<RibbonView> {
    let sim = shown.timeline.sim();
    let service = sim.belief().services.get(id)?;
    let old: Vec<_> = service
        .tasks
        .iter()
        .map(|task| &sim.belief().tasks[*task])
        .filter(|task| task.definition != service.definition)
        .collect();
    if !service.deployment_in_progress() && old.is_empty() {
        return None;
    }
    let mut names: Vec<_> = old.iter().map(|task| task.definition).collect();
    names.dedup();
    names.push(service.definition);
    if names.len() < 2 {
        return None;
    }
    let revision = |definition| {
        let of = || service.tasks.iter().map(|task| &sim.belief().tasks[*task]).filter(move |task| task.definition == definition);
        let newest = definition == service.definition;
        RevisionView {
            name: names::definition_name(sim, definition).into(),
            role: if newest { "PRIMARY" } else { "ACTIVE" },
            desired: if newest { service.desired_count } else { of().count() as u32 },
            running: of().filter(|task| task.is_running()).count() as u32,
            pending: of().filter(|task| task.is_starting()).count() as u32,
            failed: 0,
            traffic_permille: None,
            newest,
        }
    };
    Some(RibbonView {
        state: badge("IN_PROGRESS", Tone::Moving, "The new revision has not taken the place of the old one yet."),
        revisions: names.into_iter().map(revision).collect(),
        line: None,
        breaker: None,
    })
}
