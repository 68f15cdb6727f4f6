//! Nothing scales unless it is configured (ecs.md §7, §7.8): what is, what is not, and what would have to be.

use crate::explain::explanation::{Explanation, Grid};
use crate::explain::names::{count, service_name};
use crate::sim::command::SchedulingStrategy;
use crate::sim::control_plane::capacity::CapacityProvider;
use crate::sim::control_plane::service::ServiceStatus;
use crate::sim::data_plane::host::Power;
use crate::sim::engine::Sim;
use crate::sim::ids::ServiceId;
use crate::sim::neighbours::auto_scaling_group::Group;

/// A service without a scalable target.
pub(super) fn why_never(sim: &Sim, service: ServiceId) -> Option<Explanation> {
    let known = sim.belief().services.get(service)?;
    if sim.neighbours().metrics.scalable_target(service).is_some() {
        return None;
    }
    let desired = count(u64::from(known.desired_count), "task");
    let sentence = format!(
        "No scalable target is registered for it with Application Auto Scaling, and so no policy can be set. It wants {desired} until \
         someone changes its desired count, however busy or idle they are. Register a scalable target with a minimum and a maximum, \
         then put a scaling policy on it."
    );
    let title = format!("Nothing scales {}", service_name(sim, service));
    Some(Explanation { title, sentence, grids: vec![services_grid(sim)], ..Explanation::default() })
}

/// Everything that could scale, and whether it does.
pub(super) fn what_scales(sim: &Sim) -> Explanation {
    let (services, groups) = (services_grid(sim), groups_grid(sim));
    let scaled = replicas(sim).filter(|id| policies_of(sim, *id) > 0).count() as u64;
    let all_groups = sim.neighbours().auto_scaling.groups.len() as u64;
    let scaling_groups = sim.neighbours().auto_scaling.groups.keys().filter(|name| scales(sim, name)).count() as u64;
    let by_hand = by_hand(sim);
    let of_groups = match all_groups {
        0 => "there is no auto scaling group".to_owned(),
        _ => format!("managed scaling scales {scaling_groups} of {}", count(all_groups, "auto scaling group")),
    };
    let mut sentence = format!(
        "Nothing scales unless it is configured. A policy scales {scaled} of {}; {of_groups}.",
        count(replicas(sim).count() as u64, "service")
    );
    if by_hand > 0 {
        sentence.push_str(&format!(
            " {} launched by hand and in no group: nobody adds to {} and nobody replaces one that is lost.",
            if by_hand == 1 { "1 server was".to_owned() } else { format!("{by_hand} servers were") },
            if by_hand == 1 { "it" } else { "them" }
        ));
    }
    let grids = [services, groups].into_iter().filter(|grid| !grid.rows.is_empty()).collect();
    Explanation { title: "What scales here".to_owned(), sentence, grids, ..Explanation::default() }
}

fn replicas(sim: &Sim) -> impl Iterator<Item = ServiceId> + '_ {
    let replica = |service: &crate::sim::control_plane::service::Service| {
        service.status == ServiceStatus::Active && service.scheduling_strategy == SchedulingStrategy::Replica
    };
    sim.belief().services.iter().filter(move |(_, service)| replica(service)).map(|(id, _)| id)
}

fn policies_of(sim: &Sim, service: ServiceId) -> usize {
    sim.neighbours().metrics.scalable_target(service).map_or(0, |target| target.policies.len())
}

fn services_grid(sim: &Sim) -> Grid {
    let row = |id: ServiceId| {
        let how = match sim.neighbours().metrics.scalable_target(id) {
            None => "no scalable target".to_owned(),
            Some(target) if target.policies.is_empty() => {
                format!("{} to {} tasks, but no policy", target.min_capacity, target.max_capacity)
            }
            Some(target) => {
                let policies = count(target.policies.len() as u64, "policy").replace("policys", "policies");
                format!("{} to {} tasks, {policies}", target.min_capacity, target.max_capacity)
            }
        };
        vec![service_name(sim, id), sim.belief().services[id].desired_count.to_string(), how]
    };
    Grid {
        title: "Services".to_owned(),
        line: String::new(),
        heads: vec!["Service", "desired", "scaled by"],
        rows: replicas(sim).map(row).collect(),
    }
}

fn provider_of<'a>(sim: &'a Sim, group: &str) -> Option<&'a CapacityProvider> {
    sim.belief().capacity.providers.values().find(|provider| &*provider.group == group).map(|provider| &**provider)
}

fn scales(sim: &Sim, group: &str) -> bool {
    provider_of(sim, group).is_some_and(|provider| provider.scaling.status.is_on())
}

fn groups_grid(sim: &Sim) -> Grid {
    let row = |(name, group): (&std::rc::Rc<str>, &Group)| {
        let how = match provider_of(sim, name) {
            None => "no capacity provider: keeps its desired capacity".to_owned(),
            Some(provider) if provider.scaling.status.is_on() => {
                format!("managed scaling of {}, target {} %", provider.name, provider.scaling.target_capacity)
            }
            Some(provider) => format!("{}, but managed scaling is off", provider.name),
        };
        vec![name.to_string(), format!("{} of {} to {}", group.desired, group.min, group.max), how]
    };
    Grid {
        title: "Auto scaling groups".to_owned(),
        line: String::new(),
        heads: vec!["Group", "desired", "scaled by"],
        rows: sim.neighbours().auto_scaling.groups.iter().map(row).collect(),
    }
}

fn by_hand(sim: &Sim) -> usize {
    let groups = &sim.neighbours().auto_scaling.groups;
    let alone = |id| !groups.values().any(|group| group.members.contains_key(&id));
    sim.truth().hosts.iter().filter(|(id, host)| host.power != Power::Terminated && alone(*id)).count()
}
