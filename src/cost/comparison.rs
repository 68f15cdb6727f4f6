//! What the same work would have cost elsewhere: all of it on Fargate, or on a fleet of one type of server with no room to spare,
//! behind the same load balancer.
//!
//! The work is what tasks have reserved and for how long, not what they used of it. Start reading at [`on_fargate`].

use crate::cost::prices::{over, server_per_hour, task_per_hour};
use crate::cost::{NanoDollars, load_balancer};
use crate::sim::command::LaunchType;
use crate::sim::data_plane::usage::UsageKind;
use crate::sim::engine::Sim;
use crate::sim::model::fargate_size::FargateSize;
use crate::sim::model::instance_type::InstanceType;
use crate::sim::time::HOUR;

/// Everything that has run so far, on Fargate on demand, each task in the smallest size it fits into. Tasks that fit into none
/// are left out: [`fits_fargate`] tells.
pub fn on_fargate(sim: &Sim) -> NanoDollars {
    let now_ms = sim.now_ms();
    let lines = sim.truth().usage.lines().iter();
    let tasks = lines.filter_map(|line| Some(over(task_per_hour(&as_fargate(&line.kind)?), line.billed_ms(now_ms))));
    tasks.sum::<NanoDollars>() + load_balancer::reading(sim).so_far
}

/// Would every task that has run so far fit into a size of Fargate?
pub fn fits_fargate(sim: &Sim) -> bool {
    sim.truth().usage.lines().iter().all(|line| as_fargate(&line.kind).is_some())
}

/// Everything that has run so far, on servers of this type that were full all the time: nobody reaches that.
// Ledger: cost.full-fleet
pub fn on_full_fleet(sim: &Sim, instance_type: &InstanceType) -> NanoDollars {
    let now_ms = sim.now_ms();
    let lines = sim.truth().usage.lines();
    let total = |of: fn(&UsageKind) -> u32| -> u128 {
        lines.iter().map(|line| u128::from(of(&line.kind)) * u128::from(line.taken_ms(now_ms))).sum()
    };
    let by_cpu = total(|kind| kind.cpu_units) / u128::from(instance_type.cpu_units);
    let by_memory = total(|kind| kind.memory_mib) / u128::from(instance_type.nominal_memory_mib);
    over(server_per_hour(instance_type), by_cpu.max(by_memory) as u64) + load_balancer::reading(sim).so_far
}

/// How full servers of this type must be for tasks of this size to cost no more than on Fargate, in tenths of a per cent.
/// Above 1,000: never.
pub fn break_even_permille(instance_type: &InstanceType, size: FargateSize) -> u64 {
    let by_cpu = u64::from(size.cpu_units) * HOUR / u64::from(instance_type.cpu_units);
    let by_memory = u64::from(size.memory_mib) * HOUR / u64::from(instance_type.nominal_memory_mib);
    let on_servers = over(server_per_hour(instance_type), by_cpu.max(by_memory));
    let kind = UsageKind {
        launch_type: LaunchType::Fargate,
        platform: crate::sim::data_plane::usage::Platform::LinuxX86,
        cpu_units: size.cpu_units,
        memory_mib: size.memory_mib,
        storage_gib: 0,
    };
    on_servers * 1_000 / task_per_hour(&kind)
}

fn as_fargate(kind: &UsageKind) -> Option<UsageKind> {
    let size = FargateSize::smallest_for(kind.cpu_units, kind.memory_mib)?;
    Some(UsageKind { launch_type: LaunchType::Fargate, cpu_units: size.cpu_units, memory_mib: size.memory_mib, ..*kind })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn break_even(name: &str, cpu_units: u32, memory_mib: u32) -> u64 {
        let size = FargateSize::of(cpu_units, memory_mib).expect("a size of Fargate");
        break_even_permille(InstanceType::named(name).expect("the type is offered"), size)
    }

    #[test]
    fn section_11_5_how_full_servers_must_be() {
        assert_eq!(break_even("m5.large", 1_024, 2_048) / 10, 97);
        assert_eq!(break_even("c5.large", 1_024, 2_048) / 10, 86);
        assert_eq!(break_even("m5.large", 1_024, 4_096) / 10, 82);
    }
}
