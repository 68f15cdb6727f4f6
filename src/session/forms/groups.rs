//! Auto Scaling groups: their bounds, the protection of their instances, and instances launched by hand that join one.

use std::rc::Rc;

use crate::session::forms::{Filled, FormKind, field, fixed, form, number, switch};
use crate::session::frame::{Control, FormView};
use crate::sim::command::Command;
use crate::sim::command::capacity::{AttachInstances, CapacityCommand, SetInstanceProtection, UpdateAutoScalingGroup};
use crate::sim::data_plane::host::Power;
use crate::sim::engine::Sim;
use crate::sim::ids::InstanceId;
use crate::sim::neighbours::auto_scaling_group::Group;

/// What can be changed about a group.
pub fn forms_of(sim: &Sim, name: &Rc<str>, group: &Group) -> Vec<FormView> {
    let forms = [Some(bounds(name, group)), protection(name, group), attach(sim, name)];
    forms.into_iter().flatten().map(|form| FormView { of: name.clone(), ..form }).collect()
}

fn bounds(name: &Rc<str>, group: &Group) -> FormView {
    let size = |value| number(u64::from(value), 0, 5_000, 1, "");
    let fields = vec![
        field("group", "Group", fixed(name)),
        field("min", "Minimum size", size(group.min)),
        field("desired", "Desired capacity", size(group.desired)),
        field("max", "Maximum size", size(group.max)),
        field("protects", "Protect new ones from scale-in", switch(group.protects_new)),
    ];
    form(FormKind::UpdateGroup, "Bounds and desired capacity", "", "Change", fields)
}

fn protection(name: &Rc<str>, group: &Group) -> Option<FormView> {
    let fields = vec![
        field("group", "Group", fixed(name)),
        field("instance", "Server", servers(group.members.keys().copied())?),
        field("protected", "Protected from scale-in", switch(true)),
    ];
    Some(form(FormKind::ProtectInstance, "Protection of one server", "Scale-in passes over it.", "Set", fields))
}

fn attach(sim: &Sim, name: &Rc<str>) -> Option<FormView> {
    let groups = &sim.neighbours().auto_scaling.groups;
    let free = |id: &InstanceId| groups.values().all(|group| !group.members.contains_key(id));
    let running = sim.truth().hosts.iter().filter(|(_, host)| host.power == Power::On).map(|(id, _)| id);
    let fields = vec![
        field("group", "Group", fixed(name)),
        field("instance", "Server", servers(running.filter(free).take(MOST_SERVERS))?),
    ];
    let line = "A server launched by hand becomes part of the group, whose desired capacity grows by one.";
    Some(form(FormKind::AttachInstance, "Attach a server", line, "Attach", fields))
}

/// A list of servers gets no longer than this.
const MOST_SERVERS: usize = 60;

fn servers(ids: impl Iterator<Item = InstanceId>) -> Option<Control> {
    let options: Vec<(Rc<str>, Rc<str>)> = ids.map(|id| (Rc::from(id.0.to_string()), Rc::from(id.short()))).collect();
    Some(Control::Pick { value: options.first()?.0.clone(), options })
}

fn server(filled: &Filled) -> Result<InstanceId, String> {
    filled.text("instance").parse().map(InstanceId).map_err(|_| "There is no such server.".to_string())
}

/// `UpdateAutoScalingGroup`.
pub fn update(filled: &Filled) -> Vec<Command> {
    vec![Command::Capacity(CapacityCommand::UpdateAutoScalingGroup(UpdateAutoScalingGroup {
        auto_scaling_group_name: filled.text("group"),
        min_size: filled.asked("min"),
        max_size: filled.asked("max"),
        desired_capacity: filled.asked("desired"),
        new_instances_protected_from_scale_in: Some(filled.is_on("protects")),
    }))]
}

/// `SetInstanceProtection`.
pub fn protect(filled: &Filled) -> Result<Vec<Command>, String> {
    Ok(vec![Command::Capacity(CapacityCommand::SetInstanceProtection(SetInstanceProtection {
        auto_scaling_group_name: filled.text("group"),
        instance_ids: vec![server(filled)?],
        protected_from_scale_in: filled.is_on("protected"),
    }))])
}

/// `AttachInstances`.
pub fn attach_command(filled: &Filled) -> Result<Vec<Command>, String> {
    Ok(vec![Command::Capacity(CapacityCommand::AttachInstances(AttachInstances {
        auto_scaling_group_name: filled.text("group"),
        instance_ids: vec![server(filled)?],
    }))])
}
