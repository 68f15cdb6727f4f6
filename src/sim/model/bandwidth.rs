//! Network bandwidth of EC2 instance types: what no scheduler of ECS sees (ecs.md §10).

use crate::sim::model::instance_type::InstanceType;

/// What a server gets while it has network credits, in kilobits a second; no less than its baseline.
///
/// Ledger: network.burst.
pub fn burst_kbps(instance_type: &InstanceType) -> u64 {
    let burst = match instance_type.name {
        name if name.starts_with("t3.") => 5_000_000,
        _ if instance_type.cpu_units <= 16 * 1_024 => 10_000_000,
        _ => 0,
    };
    baseline_kbps(instance_type).max(burst)
}

/// What a server gets for ever, in kilobits a second.
///
/// Ledger: traffic.bandwidth. Types that §10 does not list get a share by size.
pub fn baseline_kbps(instance_type: &InstanceType) -> u64 {
    match instance_type.name {
        "t3.micro" => 64_000,
        "t3.small" => 128_000,
        "t3.medium" => 256_000,
        "t3.large" => 512_000,
        "m5.large" => 750_000,
        "m5.xlarge" => 1_250_000,
        "m5.2xlarge" => 2_500_000,
        "m5.4xlarge" => 5_000_000,
        _ => 375 * u64::from(instance_type.cpu_units) * 1_000 / 1_024,
    }
}
