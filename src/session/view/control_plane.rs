//! The control plane band: services, and the shelf of tasks that wait.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::explain::names;
use crate::session::choice;
use crate::session::frame::{Badge, Choice, ControlPlaneView, Frame, ServiceView, Tone, WaitingView};
use crate::session::intent::{Intent, Lens, Subject};
use crate::session::later::later;
use crate::session::view::server_state::badge;
use crate::session::view::{Shown, hue, keep};
use crate::sim::command::{Command, LaunchType, SchedulingStrategy, UpdateService};
use crate::sim::control_plane::service::{Service, ServiceStatus, Steadiness, Waiting};
use crate::sim::control_plane::task::Task;
use crate::sim::data_plane::task_truth::Phase;
use crate::sim::decision::Reason;
use crate::sim::engine::Sim;
use crate::sim::ids::{GroupId, ServiceId, TaskId};
use crate::sim::model::task::TaskStatus;
use crate::sim::time;

/// So many services are listed.
const MOST_SERVICES: usize = 40;
/// The shelf has room for so many chips.
const MOST_CHIPS: usize = 10;

/// The band.
pub fn control_plane(shown: &Shown, old: Option<&Frame>) -> ControlPlaneView {
    let sim = shown.timeline.sim();
    let before = old.map(|frame| &frame.control_plane);
    let on_view = |service: &Service| service.status != ServiceStatus::Inactive;
    let mut services: Vec<(ServiceId, &Service)> = sim.belief().services.iter().filter(|(_, service)| on_view(service)).collect();
    let hidden_services = services.len().saturating_sub(MOST_SERVICES);
    if hidden_services > 0 {
        services.sort_by_key(|(id, service)| (service.steady != Steadiness::NotYet && service.waiting.is_none(), *id));
        services.truncate(MOST_SERVICES);
    }
    let truly = truly_running(sim);
    let services = services.into_iter().map(|(id, service)| {
        let old_service = before.and_then(|band| band.services.iter().find(|view| view.id == id));
        keep(old_service, service_view(shown, id, service, truly.get(&service.group).copied().unwrap_or(0)))
    });
    ControlPlaneView {
        services: services.collect(),
        hidden_services,
        waiting: waiting(shown).into_iter().map(Rc::new).collect(),
        ghosts: shown.lesson.map_or_else(Vec::new, |lesson| lesson.ghosts_nowhere(sim, &hue::of_family)),
        selected: shown.selection == Some(Subject::ControlPlane),
    }
}

fn service_view(shown: &Shown, id: ServiceId, service: &Service, true_count: u32) -> ServiceView {
    let sim = shown.timeline.sim();
    let count = |wanted: fn(&crate::sim::control_plane::task::Task) -> bool| {
        service.tasks.iter().filter(|task| wanted(&sim.belief().tasks[**task])).count() as u32
    };
    let running = count(|task| task.is_running());
    let replica = service.scheduling_strategy == SchedulingStrategy::Replica && service.status == ServiceStatus::Active;
    let (mut fewer, mut more) = (replica.then(|| change_desired(service, -1)), replica.then(|| change_desired(service, 1)));
    fewer.iter_mut().chain(&mut more).for_each(|change| shown.lock(change));
    ServiceView {
        id,
        name: service.name.clone(),
        hue: hue::of_family(sim, &sim.belief().definitions[service.revision().definition].definition.family),
        kind: Rc::from(match service.scheduling_strategy {
            SchedulingStrategy::Replica => "REPLICA",
            SchedulingStrategy::Daemon => "DAEMON",
        }),
        launch_type: Rc::from(names::launch_type_name(service.revision().launch_type)),
        desired: service.desired_count,
        running,
        pending: count(|task| task.is_starting()),
        truly_running: Some(true_count).filter(|count| *count != running && shown.lens != Lens::Knows),
        state: state(sim, service),
        ribbon: later().and_then(|later| (later.ribbon)(shown, id)).map(Rc::new),
        fewer,
        more,
        selected: shown.selection == Some(Subject::Service(id)),
    }
}

/// How many tasks of each group really have containers that run, counted by ECS or not.
pub fn truly_running(sim: &Sim) -> BTreeMap<GroupId, u32> {
    let mut counts = BTreeMap::new();
    for (task, _) in sim.truth().tasks.iter().filter(|(_, truth)| truth.phase == Phase::Running) {
        if let Some(known) = sim.belief().tasks.get(task) {
            *counts.entry(known.group).or_insert(0) += 1;
        }
    }
    counts
}

fn change_desired(service: &Service, by: i64) -> Choice {
    let wanted = i64::from(service.desired_count) + by;
    let label = format!("Desired count of {}: {}", service.name, wanted.max(0));
    let command = Command::UpdateService(UpdateService {
        service: service.name.to_string(),
        desired_count: Some(wanted.clamp(0, 5_000) as u32),
        ..UpdateService::default()
    });
    let mut change = choice(label, Intent::Do(command.into()));
    if wanted < 0 {
        change.refused = Some(Rc::from("The desired count cannot be less than 0."));
    }
    change
}

fn state(sim: &Sim, service: &Service) -> Badge {
    let starting = service.tasks.iter().filter(|task| sim.belief().tasks[**task].is_starting()).count() as u64;
    if service.status == ServiceStatus::Draining {
        badge("DRAINING", Tone::Moving, "Deleted; its tasks wind down.")
    } else if sim.now_ms() < service.throttle.until_ms {
        badge("throttled", Tone::Bad, "Its tasks keep failing to start, so ECS tries less and less often.")
    } else if let Some(waiting) = &service.waiting {
        badge(&format!("{} waiting", waiting.count), Tone::Warning, "Tasks that fit on no server.")
    } else if starting > 0 {
        badge(&format!("{starting} starting"), Tone::Moving, "Tasks on their way to RUNNING.")
    } else {
        match service.steady {
            Steadiness::Since(_) => badge("steady", Tone::Good, "The service has reached a steady state."),
            Steadiness::NotYet => badge("settling", Tone::Moving, "Not everything wanted runs and counts as healthy yet."),
        }
    }
}

fn waiting(shown: &Shown) -> Vec<WaitingView> {
    let sim = shown.timeline.sim();
    let unplaced = sim
        .belief()
        .services
        .iter()
        .filter_map(|(id, service)| Some(unplaced_chip(shown, id, service, service.waiting.as_ref()?)));
    let starting = sim
        .belief()
        .tasks
        .iter()
        .filter(|(_, task)| task.is_starting() && task.is_wanted())
        .map(|(id, _)| starting_chip(shown, id));
    unplaced.chain(starting).take(MOST_CHIPS).collect()
}

fn unplaced_chip(shown: &Shown, id: ServiceId, service: &Service, waiting: &Waiting) -> WaitingView {
    let sim = shown.timeline.sim();
    let reason = match (waiting.summary.refusal, waiting.summary.closest) {
        (Some(refusal), _) => refusal.reason().to_string(),
        (None, Some((instance, reason))) => format!("Closest server {}: {}", instance.short(), reason_words(reason)),
        (None, None) => "No server in the cluster".to_string(),
    };
    WaitingView {
        task: None,
        service: Some(id),
        name: Rc::from(format!("{} × {}", service.name, waiting.count)),
        hue: hue::of_family(sim, &sim.belief().definitions[service.revision().definition].definition.family),
        reason: Rc::from(reason),
        waiting_for: Rc::from(time::span((sim.now_ms() - waiting.since_ms) / 1_000 * 1_000)),
        count: waiting.count,
        selected: shown.selection == Some(Subject::Service(id)),
    }
}

fn reason_words(reason: Reason) -> &'static str {
    match reason {
        Reason::Agent => "agent not connected",
        Reason::Attribute => "attribute missing",
        Reason::Cpu => "not enough CPU",
        Reason::Memory => "not enough memory",
        Reason::Ports => "port already taken",
        Reason::Eni => "no network interface left",
        Reason::Gpu => "not enough GPUs",
        Reason::Location => "in another zone",
        Reason::DistinctInstance => "already has one (distinctInstance)",
        Reason::MemberOf => "outside memberOf",
    }
}

/// Not placed yet: its capacity provider has no server for it.
fn waits_for_room(task: &Task) -> bool {
    task.instance.is_none() && task.launch_type == LaunchType::Ec2
}

fn starting_chip(shown: &Shown, id: TaskId) -> WaitingView {
    let sim = shown.timeline.sim();
    let task = &sim.belief().tasks[id];
    let since_ms = task.times.entered(task.last_status).unwrap_or(0);
    let place = task.instance.map_or_else(|| "Fargate".to_string(), |instance| instance.short());
    let reason = match task.last_status {
        TaskStatus::Provisioning if waits_for_room(task) => "PROVISIONING: waits for room in its capacity provider".to_string(),
        TaskStatus::Provisioning => format!("PROVISIONING: network interface, {place}"),
        TaskStatus::Pending => format!("PENDING on {place}"),
        TaskStatus::Activating => format!("ACTIVATING on {place}"),
        TaskStatus::Running
        | TaskStatus::Deactivating
        | TaskStatus::Stopping
        | TaskStatus::Deprovisioning
        | TaskStatus::Stopped => place,
    };
    WaitingView {
        task: Some(id),
        service: task.service.map(|(service, _)| service),
        name: Rc::from(names::task_name(sim, id)),
        hue: hue::of_task(sim, id),
        reason: Rc::from(reason),
        waiting_for: Rc::from(time::span((sim.now_ms() - since_ms) / 1_000 * 1_000)),
        count: 1,
        selected: shown.selection == Some(Subject::Task(id)),
    }
}
