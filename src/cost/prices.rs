//! The price table: us-east-1, US dollars, on demand (ecs.md §11). Prices change; this is what they were at [`AS_OF`].
//!
//! Prices are whole micro-dollars, as published to the sixth decimal; those of EC2 are in `sim::model::instance_type`.

use crate::cost::{MICRO, NanoDollars};
use crate::sim::command::LaunchType;
use crate::sim::data_plane::host::Host;
use crate::sim::data_plane::usage::{Platform, UsageKind};
use crate::sim::model::instance_type::InstanceType;
use crate::sim::time::{HOUR, Millis};

/// When these prices were looked up (ecs.md §11.1: the newest of the public tables compared).
pub const AS_OF: &str = "June 2026";
/// Where they hold.
pub const REGION: &str = "us-east-1";

/// In per cent off the price on demand. It varies by the hour; chosen for teaching within the 60 to 70 that are usual (ecs.md §11.2).
// Ledger: cost.spot
pub const SPOT_DISCOUNT_PERCENT: u64 = 65;
/// Fargate Spot: up to 70 per cent off (ecs.md §11.1).
pub const FARGATE_SPOT_DISCOUNT_PERCENT: u64 = 70;

/// Scratch space of a Fargate task that costs nothing, in GiB (ecs.md §8.1).
const FREE_STORAGE_GIB: u64 = 20;
/// Hours of the month by which AWS turns a monthly price into an hourly one.
const HOURS_PER_MONTH: u64 = 730;
/// CPU units of a vCPU, and MiB of a GiB.
const UNITS: u64 = 1_024;

/// One line of the table, in micro-dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    pub what: &'static str,
    pub unit: &'static str,
    pub micro_dollars: u64,
}

const fn price(what: &'static str, unit: &'static str, micro_dollars: u64) -> Price {
    Price { what, unit, micro_dollars }
}

pub const FARGATE_VCPU: Price = price("Fargate vCPU, Linux on x86", "an hour", 40_480);
pub const FARGATE_GB: Price = price("Fargate GB of memory, Linux on x86", "an hour", 4_445);
pub const FARGATE_ARM_VCPU: Price = price("Fargate vCPU, Linux on ARM", "an hour", 32_380);
pub const FARGATE_ARM_GB: Price = price("Fargate GB of memory, Linux on ARM", "an hour", 3_560);
/// 0.09148 and the licence of 0.046.
pub const FARGATE_WINDOWS_VCPU: Price = price("Fargate vCPU, Windows with licence", "an hour", 137_480);
pub const FARGATE_WINDOWS_GB: Price = price("Fargate GB of memory, Windows", "an hour", 10_050);
pub const FARGATE_STORAGE: Price = price("Fargate GB of storage above 20", "an hour", 111);
pub const VOLUME: Price = price("gp3 volume, a GB", "a month", 80_000);
pub const LOAD_BALANCER: Price = price("Application Load Balancer", "an hour", 22_500);
pub const LCU: Price = price("load balancer capacity unit", "an hour", 8_000);
pub const NAT_GATEWAY: Price = price("NAT gateway", "an hour", 45_000);
pub const NAT_GB: Price = price("NAT gateway, a GB through it", "a GB", 45_000);
pub const PUBLIC_IPV4: Price = price("public IPv4 address", "an hour", 5_000);

/// Everything but EC2 servers.
pub const PRICES: [Price; 13] = [
    FARGATE_VCPU,
    FARGATE_GB,
    FARGATE_ARM_VCPU,
    FARGATE_ARM_GB,
    FARGATE_WINDOWS_VCPU,
    FARGATE_WINDOWS_GB,
    FARGATE_STORAGE,
    VOLUME,
    LOAD_BALANCER,
    LCU,
    NAT_GATEWAY,
    NAT_GB,
    PUBLIC_IPV4,
];

impl Price {
    /// In nano-dollars.
    pub fn nano(self) -> NanoDollars {
        self.micro_dollars * MICRO
    }
}

/// What a rate an hour comes to over a span.
pub fn over(per_hour: NanoDollars, length_ms: Millis) -> NanoDollars {
    (u128::from(per_hour) * u128::from(length_ms) / u128::from(HOUR)) as NanoDollars
}

/// A server for an hour.
// Ledger: cost.ec2
pub fn server_per_hour(instance_type: &InstanceType) -> NanoDollars {
    u64::from(instance_type.micro_dollars_per_hour) * MICRO
}

/// A Spot server for an hour.
pub fn spot_server_per_hour(instance_type: &InstanceType) -> NanoDollars {
    server_per_hour(instance_type) * (100 - SPOT_DISCOUNT_PERCENT) / 100
}

/// A server for an hour at the price that it was launched at.
pub fn host_per_hour(host: &Host) -> NanoDollars {
    if host.spot { spot_server_per_hour(host.instance_type) } else { server_per_hour(host.instance_type) }
}

/// A volume of so many GB for an hour.
pub fn volume_per_hour(gb: u64) -> NanoDollars {
    VOLUME.nano() * gb / HOURS_PER_MONTH
}

/// What a volume comes to that has been so many GB for so long, in GB for a millisecond.
pub fn volume_for(gb_ms: u64) -> NanoDollars {
    (u128::from(VOLUME.nano()) * u128::from(gb_ms) / u128::from(HOURS_PER_MONTH * HOUR)) as NanoDollars
}

/// A task for an hour on Fargate, whatever it really runs on.
pub fn task_per_hour(kind: &UsageKind) -> NanoDollars {
    let (vcpu, gb) = match kind.platform {
        Platform::LinuxX86 => (FARGATE_VCPU, FARGATE_GB),
        Platform::LinuxArm => (FARGATE_ARM_VCPU, FARGATE_ARM_GB),
        Platform::Windows => (FARGATE_WINDOWS_VCPU, FARGATE_WINDOWS_GB),
    };
    let size = u64::from(kind.cpu_units) * vcpu.nano() / UNITS + u64::from(kind.memory_mib) * gb.nano() / UNITS;
    let storage = u64::from(kind.storage_gib).saturating_sub(FREE_STORAGE_GIB) * FARGATE_STORAGE.nano();
    match kind.launch_type {
        LaunchType::Ec2 | LaunchType::Fargate => size + storage,
        LaunchType::FargateSpot => (size + storage) * (100 - FARGATE_SPOT_DISCOUNT_PERCENT) / 100,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::time::{MINUTE, SECOND};

    fn task(cpu_units: u32, memory_mib: u32) -> UsageKind {
        let (launch_type, platform) = (LaunchType::Fargate, Platform::LinuxX86);
        UsageKind { launch_type, platform, cpu_units, memory_mib, storage_gib: 20 }
    }

    fn server(name: &str) -> &'static InstanceType {
        InstanceType::named(name).expect("the type is offered")
    }

    /// To so many decimals of a dollar.
    fn rounded(amount: NanoDollars, decimals: u32) -> u64 {
        let unit = 10_u64.pow(9 - decimals);
        (amount + unit / 2) / unit
    }

    #[test]
    fn section_11_1_a_task_of_1_vcpu_and_2_gb() {
        let per_hour = task_per_hour(&task(1_024, 2_048));
        assert_eq!(per_hour, 49_370_000);
        assert_eq!(rounded(over(per_hour, 720 * HOUR), 2), 35_55);
    }

    #[test]
    fn section_11_1_prices_a_second() {
        assert_eq!(over(FARGATE_VCPU.nano(), SECOND), 11_244);
        assert_eq!(over(FARGATE_GB.nano(), SECOND), 1_234);
        assert_eq!(over(FARGATE_ARM_VCPU.nano(), SECOND), 8_994);
        assert_eq!(over(FARGATE_ARM_GB.nano(), SECOND), 988);
        assert_eq!(over(FARGATE_STORAGE.nano(), SECOND), 30);
    }

    #[test]
    fn section_11_1_arm_windows_storage_and_spot() {
        let arm = UsageKind { platform: Platform::LinuxArm, ..task(1_024, 2_048) };
        assert_eq!(task_per_hour(&arm), 39_500_000);
        let windows = UsageKind { platform: Platform::Windows, ..task(1_024, 2_048) };
        assert_eq!(task_per_hour(&windows), 157_580_000);
        let storage = UsageKind { storage_gib: 50, ..task(1_024, 2_048) };
        assert_eq!(task_per_hour(&storage) - task_per_hour(&task(1_024, 2_048)), 30 * 111_000);
        let spot = UsageKind { launch_type: LaunchType::FargateSpot, ..task(1_024, 2_048) };
        assert_eq!(task_per_hour(&spot), 14_811_000);
    }

    #[test]
    fn section_11_2_prices_of_servers() {
        for (name, vcpus, gib, micro_dollars) in [
            ("t3.micro", 2, 1, 10_400),
            ("t3.small", 2, 2, 20_800),
            ("t3.medium", 2, 4, 41_600),
            ("t3.large", 2, 8, 83_200),
            ("t3.xlarge", 4, 16, 166_400),
            ("t4g.medium", 2, 4, 33_600),
            ("m5.large", 2, 8, 96_000),
            ("m5.xlarge", 4, 16, 192_000),
            ("m5.2xlarge", 8, 32, 384_000),
            ("m5.4xlarge", 16, 64, 768_000),
            ("c5.large", 2, 4, 85_000),
            ("c5.xlarge", 4, 8, 170_000),
            ("c5.2xlarge", 8, 16, 340_000),
            ("r5.large", 2, 16, 126_000),
            ("m6g.large", 2, 8, 77_000),
            ("c6g.large", 2, 4, 68_000),
            ("m7g.large", 2, 8, 81_600),
        ] {
            let offered = server(name);
            assert_eq!((offered.cpu_units, offered.nominal_memory_mib), (vcpus * 1_024, gib * 1_024), "{name}");
            assert_eq!(server_per_hour(offered), micro_dollars * MICRO, "{name}");
        }
        assert_eq!(spot_server_per_hour(server("m5.large")), 33_600_000);
    }

    #[test]
    fn section_11_5_the_smallest_task_and_the_smallest_server() {
        assert_eq!(rounded(task_per_hour(&task(256, 512)), 5), 1_234);
        assert_eq!(server("t3.micro").memory_mib / 512, 1);
    }

    #[test]
    fn section_11_5_an_idle_server_for_fifteen_minutes() {
        assert_eq!(over(server_per_hour(server("m5.large")), 15 * MINUTE), 24_000_000);
    }

    #[test]
    fn section_11_5_ten_tasks_twice_for_thirty_minutes() {
        let overlap = 10 * over(task_per_hour(&task(1_024, 2_048)), 30 * MINUTE);
        assert_eq!(overlap, 246_850_000);
        assert_eq!(rounded(overlap, 2), 25);
    }

    #[test]
    fn every_price_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<&str> = PRICES.iter().map(|price| price.what).collect();
        assert_eq!(names.len(), PRICES.len());
    }
}
