//! What must hold of Fargate, networks and disks.

use std::collections::BTreeMap;

use super::must;
use crate::sim::command::LaunchType;
use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::fargate::{UNITS_OF_A_VCPU, VcpuQuota};
use crate::sim::data_plane::DataPlane;
use crate::sim::data_plane::task_truth::Ground;
use crate::sim::model::task::TaskStatus;
use crate::sim::neighbours::network::Network;
use crate::sim::time::Millis;
use crate::sim::tuning::Tuning;

/// Quotas are counted right and never overdrawn.
pub(super) fn belief(control: &ControlPlane, now_ms: Millis, tuning: &Tuning) -> Result<(), String> {
    must(control.api_rates.are_sound(now_ms, tuning), || format!("buckets of API calls: {:?}", control.api_rates))?;
    vcpus_add_up(control, LaunchType::Fargate, &control.fargate.on_demand)?;
    vcpus_add_up(control, LaunchType::FargateSpot, &control.fargate.spot)?;
    must(control.fargate.launches.refilled_at_ms <= now_ms, || "starts on Fargate from the future".to_string())
}

fn vcpus_add_up(control: &ControlPlane, launch_type: LaunchType, quota: &VcpuQuota) -> Result<(), String> {
    let held =
        control.tasks.iter().filter(|(_, task)| task.launch_type == launch_type && task.last_status != TaskStatus::Stopped);
    let counted: u32 = held.map(|(_, task)| control.definitions[task.definition].needs.cpu_units).sum();
    must(counted == quota.used_cpu_units, || format!("{launch_type:?}: {counted} CPU units, noted {}", quota.used_cpu_units))?;
    must(u64::from(counted) <= u64::from(quota.vcpus) * u64::from(UNITS_OF_A_VCPU), || {
        format!("{launch_type:?}: more vCPUs than the quota")
    })
}

/// Addresses taken are those of tasks that have an interface.
pub(super) fn network(control: &ControlPlane, network: &Network) -> Result<(), String> {
    for (task, subnet) in network.leases() {
        let known = control.tasks.get(task).and_then(|known| known.network.as_ref());
        must(known.is_some_and(|known| known.subnet == *subnet), || format!("task {}: an address in {subnet}", task.0))?;
    }
    for (id, subnet) in network.subnets() {
        let leased = network.leases().filter(|(_, of)| *of == id).count();
        must(leased == subnet.taken as usize, || format!("{id}: {leased} addresses leased, {} taken", subnet.taken))?;
        must(subnet.taken <= subnet.addresses, || format!("{id}: more addresses than it has"))?;
        must(control.subnets.get(id) == Some(&subnet.zone), || format!("{id}: two opinions of its zone"))?;
    }
    Ok(())
}

/// Disks hold what they can, and nobody writes on who does not run.
pub(super) fn disks(data: &DataPlane, now_ms: Millis, tuning: &Tuning) -> Result<(), String> {
    let mut servers = data.hosts.ids();
    servers.try_for_each(|id| data.disk_is_sound(id, now_ms, tuning).map_err(|what| format!("host {}: {what}", id.0)))
}

/// No agent keeps a connection for longer than it plans to.
pub(super) fn connections(data: &DataPlane, now_ms: Millis) -> Result<(), String> {
    let mut connected = data.hosts.iter().filter(|(_, host)| host.agent.connected);
    connected.try_for_each(|(id, host)| {
        must(now_ms <= host.agent.renews_at_ms, || format!("host {}: its connection is older than planned", id.0))
    })
}

/// Hosts under Fargate carry what is said of them.
pub(super) fn truth(data: &DataPlane) -> Result<(), String> {
    let mut carried = BTreeMap::new();
    for (id, task) in data.tasks.iter() {
        must((task.ground == Ground::Fargate) == task.fargate_host.is_some(), || format!("task {}: wrong ground", id.0))?;
        if let Some(host) = task.fargate_host {
            must(host.zone == task.payload.zone, || format!("task {}: its host is in another zone", id.0))?;
            *carried.entry(host).or_insert(0) += 1;
        }
    }
    must(carried == data.fargate_hosts, || format!("Fargate hosts: {:?}, counted {carried:?}", data.fargate_hosts))
}
