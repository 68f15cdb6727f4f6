//! What is known of a server and what is so: badges, heartbeat, the sentence that names the difference.

use std::rc::Rc;

use crate::session::frame::{Badge, HeartbeatState, HeartbeatView, Presence, Tone};
use crate::sim::control_plane::instance_health::HealthCheckState;
use crate::sim::data_plane::host::{Host, Power};
use crate::sim::engine::Sim;
use crate::sim::ids::InstanceId;
use crate::sim::model::container_instance::{ContainerInstance, ContainerInstanceStatus};
use crate::sim::time::{self, Millis};

/// A badge from its parts.
pub fn badge(word: &str, tone: Tone, title: impl Into<Rc<str>>) -> Badge {
    Badge { word: Rc::from(word), tone, title: title.into() }
}

/// A terminated server leaves the board once the control plane has forgotten it as well.
pub fn is_on_board(sim: &Sim, instance: InstanceId) -> bool {
    let host = &sim.truth().hosts[instance];
    host.power != Power::Terminated || sim.belief().registry.get(instance).is_some()
}

/// Does the server exist in truth, in belief, or both?
pub fn presence(host: &Host, known: Option<&ContainerInstance>) -> Presence {
    match (host.power == Power::Terminated, known) {
        (true, _) => Presence::BelievedOnly,
        (false, None) => Presence::TrueOnly,
        (false, Some(_)) => Presence::Both,
    }
}

/// How long nothing has been heard.
pub fn silent_ms(sim: &Sim, instance: InstanceId) -> Millis {
    sim.belief().registry.last_heard_at_ms(instance).map_or(0, |heard_ms| sim.now_ms() - heard_ms)
}

/// Silence longer than a heartbeat is not knowing.
pub fn is_overdue(sim: &Sim, instance: InstanceId) -> bool {
    silent_ms(sim, instance) > sim.tuning().heartbeat_period_ms
}

/// When the last report came: `12 s ago`.
pub fn last_report(sim: &Sim, instance: InstanceId) -> String {
    match (sim.belief().registry.get(instance), silent_ms(sim, instance)) {
        (None, _) => "never".to_string(),
        (Some(_), 0..=1_999) => "just now".to_string(),
        (Some(_), silent_ms) => format!("{} ago", time::span(silent_ms / 1_000 * 1_000)),
    }
}

/// `healthStatus`: the overall status, and the check that is to blame for it.
pub fn health(sim: &Sim, instance: InstanceId) -> String {
    let Some(health) = sim.belief().instance_health(sim.tuning(), instance, sim.now_ms()) else {
        return "none".to_string();
    };
    let overall = health.overall_status();
    let checks = [("CONTAINER_RUNTIME", health.container_runtime), ("AGENT_CONNECTIVITY", health.agent_connectivity)];
    let blamed: Vec<&str> = checks.iter().filter(|(_, state)| *state == overall).map(|(name, _)| *name).collect();
    match overall {
        HealthCheckState::Ok => overall.name().to_string(),
        HealthCheckState::Initializing | HealthCheckState::InsufficientData | HealthCheckState::Impaired => {
            format!("{} ({})", overall.name(), blamed.join(", "))
        }
    }
}

/// The arc that empties with the time since the last report.
pub fn heartbeat(sim: &Sim, instance: InstanceId) -> HeartbeatView {
    let silent_ms = silent_ms(sim, instance);
    let period_ms = sim.tuning().heartbeat_period_ms;
    let label = match silent_ms {
        0..=1_999 => "heard just now".to_string(),
        _ => format!("last report {}", last_report(sim, instance)),
    };
    // In steps, so that the board is not drawn anew for a difference nobody sees.
    let left = 1_000 - (silent_ms.min(period_ms) * 1_000 / period_ms) / 25 * 25;
    match sim.belief().registry.get(instance) {
        None => HeartbeatView { left_permille: 0, state: HeartbeatState::Never, label: Rc::from("never heard from") },
        Some(known) if !known.agent_connected => {
            HeartbeatView { left_permille: 0, state: HeartbeatState::Disconnected, label: Rc::from(label) }
        }
        Some(_) if is_overdue(sim, instance) => {
            HeartbeatView { left_permille: 0, state: HeartbeatState::Unknown, label: Rc::from(label) }
        }
        Some(_) => HeartbeatView { left_permille: left as u16, state: HeartbeatState::Fresh, label: Rc::from(label) },
    }
}

/// What the control plane says of it.
pub fn believed(sim: &Sim, instance: InstanceId) -> Badge {
    let Some(known) = sim.belief().registry.get(instance) else {
        return badge("not registered", Tone::Moving, "The control plane has not heard of this server, or has forgotten it.");
    };
    if !known.agent_connected && known.status != ContainerInstanceStatus::Deregistering {
        return badge(
            "DISCONNECTED",
            Tone::Warning,
            "agentConnected is false: nothing is placed here; its tasks count as they were last heard of.",
        );
    }
    if is_overdue(sim, instance) {
        return badge(
            "UNKNOWN",
            Tone::Unknown,
            "A report is overdue. ECS does not know what is going on here; it is not dead for that.",
        );
    }
    match known.status {
        ContainerInstanceStatus::Active => badge("ACTIVE", Tone::Good, "Takes new tasks."),
        ContainerInstanceStatus::Draining => {
            badge("DRAINING", Tone::Warning, "Takes no new tasks; service tasks are replaced elsewhere.")
        }
        ContainerInstanceStatus::RegistrationFailed => badge(known.status.name(), Tone::Bad, "Takes no tasks."),
        ContainerInstanceStatus::Registering | ContainerInstanceStatus::Deregistering | ContainerInstanceStatus::Inactive => {
            badge(known.status.name(), Tone::Moving, "On its way.")
        }
    }
}

/// What is true, in a word, whatever ECS thinks.
pub fn plain_truth(sim: &Sim, instance: InstanceId) -> Badge {
    truth(sim, instance)
        .filter(|truth| truth.tone != Tone::Good)
        .unwrap_or_else(|| badge("running", Tone::Good, "The machine, its agent and its containers run."))
}

/// The arc as well: nobody has marked anything, and a server that lives is alive however old its last report.
pub fn true_heartbeat(sim: &Sim, instance: InstanceId) -> HeartbeatView {
    let host = &sim.truth().hosts[instance];
    let state = match host.power {
        Power::Booting => HeartbeatState::Never,
        Power::On if host.agent.running => HeartbeatState::Fresh,
        Power::On | Power::Off | Power::Terminated => HeartbeatState::Disconnected,
    };
    HeartbeatView { state, ..heartbeat(sim, instance) }
}

/// What is true, where it differs from what ECS has reason to think.
pub fn truth(sim: &Sim, instance: InstanceId) -> Option<Badge> {
    let host = &sim.truth().hosts[instance];
    let known = sim.belief().registry.get(instance);
    let silent = known.is_some_and(|known| !known.agent_connected) || is_overdue(sim, instance);
    match host.power {
        Power::Booting => Some(badge("booting", Tone::Moving, "The machine starts; its agent registers when it is up.")),
        Power::Off => Some(badge("no power", Tone::Bad, "The machine is off; nothing runs on it.")),
        Power::Terminated => Some(badge("terminated", Tone::Bad, "The machine is gone for good.")),
        Power::On if !host.agent.running => {
            Some(badge("agent stopped", Tone::Warning, "The machine and its containers run; its agent does not."))
        }
        Power::On if silent => {
            Some(badge("still running", Tone::Good, "The machine and its containers run; reports do not get through."))
        }
        Power::On if known.is_none() => {
            Some(badge("running", Tone::Good, "The machine runs; the control plane does not count it."))
        }
        Power::On => None,
    }
}

/// One sentence that names the difference between belief and truth.
pub fn difference(sim: &Sim, instance: InstanceId) -> Option<String> {
    let host = &sim.truth().hosts[instance];
    let known = sim.belief().registry.get(instance)?;
    let alive =
        sim.truth().tasks.iter().filter(|(task, truth)| {
            host.tasks.contains(task) && truth.containers.iter().any(|container| container.state.is_alive())
        });
    let (alive, believed) = (alive.count(), known.tasks.len());
    let ago = time::span(silent_ms(sim, instance) / 1_000 * 1_000);
    let silent = !known.agent_connected || is_overdue(sim, instance);
    match host.power {
        Power::Off | Power::Terminated => {
            Some(format!("No power. ECS still counts {believed} of its tasks; last report {ago} ago."))
        }
        Power::On if silent && !host.agent.running => {
            Some(format!("{alive} still running; the agent has been silent for {ago}."))
        }
        Power::On if silent => Some(format!("{alive} still running; ECS has not heard from it for {ago}.")),
        Power::On | Power::Booting => None,
    }
}
