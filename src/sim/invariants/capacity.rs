//! What must hold of auto scaling groups, capacity providers and the tasks that wait for them.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::must;
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::capacity::strategy::is_fargate;
use crate::sim::engine::Sim;
use crate::sim::ids::{InstanceId, TaskId};
use crate::sim::neighbours::auto_scaling_group::{Group, MemberState};

/// Groups as they are, and what ECS believes of providers.
pub(super) fn check(sim: &Sim) -> Result<(), String> {
    for (name, group) in &sim.neighbours.auto_scaling.groups {
        group_is_sound(sim, group).map_err(|what| format!("auto scaling group {name}: {what}"))?;
    }
    let groups = &sim.neighbours.auto_scaling.groups;
    let members: BTreeMap<InstanceId, Rc<str>> =
        groups.iter().flat_map(|(name, group)| group.members.keys().map(|instance| (*instance, name.clone()))).collect();
    let listed: usize = groups.values().map(|group| group.members.len()).sum();
    must(members.len() == listed && members == sim.neighbours.auto_scaling.member_of, || {
        "an instance is in two groups, or the list of members is stale".to_string()
    })?;
    belief(&sim.control)?;
    let limit = sim.tuning().capacity.provisioning_limit;
    let waiting = sim.control.capacity.waiting_tasks();
    must(waiting <= limit, || format!("{waiting} tasks wait in PROVISIONING, at most {limit} may"))?;
    let kept = |length: usize| length <= sim.tuning().capacity.series_limit;
    must(sim.control.capacity.providers.values().all(|provider| kept(provider.series.len())), || "too long a series".to_string())
}

fn group_is_sound(sim: &Sim, group: &Group) -> Result<(), String> {
    must((group.min..=group.max).contains(&group.desired), || {
        format!("it wants {}, must want {} to {}", group.desired, group.min, group.max)
    })?;
    must(
        group.acting || group.in_service_count() <= group.desired || group.in_service().all(|(_, member)| member.protected),
        || "it has too many and does nothing about it".to_string(),
    )?;
    for (instance, member) in &group.members {
        let host = sim.data.hosts.get(*instance).ok_or("a member was never launched")?;
        must(host.zone == member.zone && host.spot == member.spot, || "two opinions of a member".to_string())?;
        must(member.state != MemberState::Leaving || member.spot, || "only a Spot instance gets notice".to_string())?;
    }
    Ok(())
}

fn belief(control: &ControlPlane) -> Result<(), String> {
    let (mut counted, mut waiting) = (BTreeMap::new(), BTreeMap::<_, BTreeSet<TaskId>>::new());
    for (id, task) in control.tasks.iter().filter(|(_, task)| task.is_wanted()) {
        let Some(provider) = task.capacity_provider else { continue };
        *counted.entry((task.group, provider)).or_insert(0) += 1;
        must(is_fargate(provider) == task.is_on_fargate(), || format!("task {} is not where its provider is", id.0))?;
        match task.instance {
            None if !task.is_on_fargate() => {
                waiting.entry(provider).or_default().insert(id);
            }
            Some(instance) => {
                let known = control.registry.get(instance).and_then(|known| known.capacity_provider);
                must(known == Some(provider), || format!("task {} runs outside its provider", id.0))?;
            }
            None => {}
        }
    }
    let kept: BTreeMap<_, _> = control.capacity.counts().map(|(group, provider, count)| ((group, provider), count)).collect();
    must(kept == counted, || format!("tasks by provider: {kept:?}, counted {counted:?}"))?;
    for provider in control.capacity.providers.keys() {
        let listed: BTreeSet<TaskId> = control.capacity.waiting(*provider).collect();
        let really = waiting.remove(provider).unwrap_or_default();
        must(listed == really, || format!("tasks that wait for {provider:?}: {listed:?}, really {really:?}"))?;
    }
    must(waiting.is_empty(), || format!("tasks wait for nothing: {waiting:?}"))
}
