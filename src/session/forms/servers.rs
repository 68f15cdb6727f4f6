//! Servers beyond what ECS sees of them: what apps write on their disks, their volumes, their agents.

use std::rc::Rc;

use crate::session::forms::{Filled, FormKind, amount, definition_names, families, field, form, number, options, preset, said};
use crate::session::frame::{Asked, Control, FieldValue, FieldView, FormView};
use crate::session::view::server_state;
use crate::sim::command::Command;
use crate::sim::command::platform::{ConfigureAgent, ModifyVolume, PlatformCommand, SetDiskWrites};
use crate::sim::engine::Sim;
use crate::sim::ids::InstanceId;
use crate::sim::model::agent_configuration::PullBehavior;
use crate::sim::model::ebs_volume::{EbsVolume, VolumeType};
use crate::sim::time::{MINUTE, Millis};

/// A list of servers gets no longer than this.
const MOST_SERVERS: usize = 60;

/// What can be asked for.
pub fn forms(sim: &Sim) -> Vec<FormView> {
    [writes_form(sim), volume_form(sim), agent_form(sim)].into_iter().flatten().collect()
}

fn servers(sim: &Sim) -> impl Iterator<Item = InstanceId> {
    sim.truth().hosts.ids().filter(move |instance| server_state::is_on_board(sim, *instance)).take(MOST_SERVERS)
}

/// Every server, or one of them.
fn server_names(sim: &Sim) -> Option<Control> {
    servers(sim).next()?;
    let all: (Rc<str>, Rc<str>) = (Rc::from("all"), Rc::from("every server"));
    let each = servers(sim).map(|instance| (Rc::from(instance.short()), Rc::from(instance.short())));
    Some(Control::Pick { value: all.0.clone(), options: std::iter::once(all).chain(each).collect() })
}

/// The server that was picked; `None` is every server.
fn picked(sim: &Sim, filled: &Filled) -> Result<Option<InstanceId>, String> {
    let name = filled.text("server");
    match &*name {
        "all" => Ok(None),
        _ => servers(sim)
            .find(|instance| *instance.short() == *name)
            .map(Some)
            .ok_or_else(|| format!("There is no server {name}.")),
    }
}

fn writes_form(sim: &Sim) -> Option<FormView> {
    let fields = vec![
        field("family", "Family", definition_names(sim)?),
        field("log", "To its log", number(1_024, 0, 1_048_576, 512, "KiB/s")),
        field("layer", "Into its layer", number(0, 0, 1_048_576, 512, "KiB/s")),
    ];
    let line = "Each container fills the disk of its server, which ECS does not see.";
    let presets = families(sim).filter_map(|family| {
        let app = sim.truth().app(&family);
        let writes = app.log_kib_per_second > 0 || app.layer_kib_per_second > 0;
        let values = vec![("log", amount(app.log_kib_per_second)), ("layer", amount(app.layer_kib_per_second))];
        writes.then(|| preset("family", &family, values))
    });
    let presets = presets.collect();
    Some(FormView { presets, ..form(FormKind::SetDiskWrites, "What apps write", line, "Write so much", fields) })
}

fn volume_form(sim: &Sim) -> Option<FormView> {
    let gp3 = |each: FieldView| FieldView { only_if: Some(Asked::If("type", &["gp3"])), ..each };
    let fields = vec![
        field("server", "Server", server_names(sim)?),
        field("type", "Volume type", options(&[("gp3", "gp3"), ("gp2", "gp2")])),
        field("size", "Size", number(60, 1, 16_384, 10, "GiB")),
        gp3(field("iops", "IOPS", number(u64::from(EbsVolume::GP3_IOPS), 3_000, 16_000, 1_000, ""))),
        gp3(field("throughput", "Throughput", number(u64::from(EbsVolume::GP3_THROUGHPUT), 125, 1_000, 25, "MiB/s"))),
    ];
    let set_now = |instance: InstanceId| {
        let volume = sim.truth().volume_of(instance, sim.tuning());
        let mut values = vec![("type", said(volume.volume_type.name())), ("size", amount(volume.size_gib))];
        if volume.volume_type == VolumeType::Gp3 {
            values.extend([("iops", amount(volume.iops)), ("throughput", amount(volume.throughput))]);
        }
        preset("server", &instance.short(), values)
    };
    let presets = servers(sim).map(set_now).collect();
    Some(FormView { presets, ..form(FormKind::ModifyVolume, "A root volume", "It only grows.", "Modify volume", fields) })
}

fn agent_form(sim: &Sim) -> Option<FormView> {
    let behaviors: Vec<(&str, &str)> = PullBehavior::ALL.iter().map(|behavior| (behavior.name(), behavior.name())).collect();
    let fields = vec![
        field("server", "Server", server_names(sim)?),
        field("pull", "Image pull behavior", options(&behaviors)),
        field("wait", "Task cleanup wait", number(180, 1, 10_000, 10, "min")),
        field("interval", "Image cleanup interval", number(30, 10, 10_000, 10, "min")),
        field("age", "Image minimum age", number(60, 0, 10_000, 10, "min")),
        field("images", "Images per cleanup", number(5, 1, 100, 1, "")),
        field("keep", "Disable image cleanup", Control::Switch(false)),
    ];
    let line = "As /etc/ecs/ecs.config says: how images are pulled, and what is cleaned up when.";
    let set_now = |instance: InstanceId| {
        let agent = sim.truth().agent_of(instance, sim.tuning());
        let minutes = |span_ms: Millis| amount(span_ms / MINUTE);
        let values = vec![
            ("pull", said(agent.pull_behavior.name())),
            ("wait", minutes(agent.task_cleanup_wait_ms)),
            ("interval", minutes(agent.image_cleanup_interval_ms)),
            ("age", minutes(agent.image_minimum_age_ms)),
            ("images", amount(agent.images_per_cleanup)),
            ("keep", FieldValue::Flag(!agent.cleans_images)),
        ];
        preset("server", &instance.short(), values)
    };
    let presets = servers(sim).map(set_now).collect();
    Some(FormView { presets, ..form(FormKind::ConfigureAgent, "An agent", line, "Configure agent", fields) })
}

/// `SetDiskWrites`.
pub fn set_disk_writes(filled: &Filled) -> Vec<Command> {
    vec![Command::Platform(PlatformCommand::SetDiskWrites(SetDiskWrites {
        family: filled.text("family"),
        log_kib_per_second: filled.asked("log"),
        layer_kib_per_second: filled.asked("layer"),
    }))]
}

/// `ModifyVolume`.
pub fn modify_volume(sim: &Sim, filled: &Filled) -> Result<Vec<Command>, String> {
    let gp2 = filled.text("type") == "gp2";
    Ok(vec![Command::Platform(PlatformCommand::ModifyVolume(ModifyVolume {
        instance: picked(sim, filled)?,
        volume_type: Some(if gp2 { VolumeType::Gp2 } else { VolumeType::Gp3 }),
        size: filled.asked("size"),
        iops: filled.asked("iops").filter(|_| !gp2),
        throughput: filled.asked("throughput").filter(|_| !gp2),
    }))])
}

/// `ConfigureAgent`.
pub fn configure_agent(sim: &Sim, filled: &Filled) -> Result<Vec<Command>, String> {
    let wanted = filled.text("pull");
    Ok(vec![Command::Platform(PlatformCommand::ConfigureAgent(ConfigureAgent {
        instance: picked(sim, filled)?,
        ecs_image_pull_behavior: PullBehavior::ALL.into_iter().find(|behavior| behavior.name() == wanted),
        ecs_engine_task_cleanup_wait_duration_seconds: filled.asked("wait").map(|minutes| minutes.saturating_mul(60)),
        ecs_disable_image_cleanup: Some(filled.is_on("keep")),
        ecs_image_cleanup_interval_minutes: filled.asked("interval"),
        ecs_image_minimum_cleanup_age_minutes: filled.asked("age"),
        ecs_num_images_delete_per_cycle: filled.asked("images"),
        storage_driver: None,
    }))])
}
