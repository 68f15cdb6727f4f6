//! EC2 instance types with what they really register.
//!
//! Sources: ecs.md §9.2 (network interfaces), §10 (registered memory), §11.2 (prices, us-east-1, on demand).

/// What one EC2 instance type offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InstanceType {
    /// `m5.large`.
    pub name: &'static str,
    /// CPU units it registers: 1,024 for each vCPU.
    pub cpu_units: u32,
    /// Memory on the data sheet, in MiB.
    pub nominal_memory_mib: u32,
    /// Memory it registers, in MiB: what the operating system sees. ecs.md §10: about 0.975 of nominal, 0.91 at 1 GiB.
    pub memory_mib: u32,
    /// Network interfaces left for `awsvpc` tasks without trunking. ecs.md §9.2.
    pub task_enis: u8,
    /// Network interfaces for `awsvpc` tasks with trunking; 0 where the type cannot. ecs.md §9.2.
    pub trunk_enis: u8,
    /// Graphics processors.
    pub gpus: u8,
    /// On-demand price in micro-dollars an hour. ecs.md §11.2.
    pub micro_dollars_per_hour: u32,
    /// Architecture attribute, `ecs.cpu-architecture`.
    pub architecture: &'static str,
}

macro_rules! types {
    ($($name:literal $vcpu:literal $nominal:literal $registered:literal $enis:literal $trunk:literal $gpus:literal $price:literal $arch:literal;)*) => {
        /// Every instance type the playground offers, smallest first within a family.
        /// Ledger: instance.memory.
        pub const INSTANCE_TYPES: &[InstanceType] = &[$(InstanceType {
            name: $name, cpu_units: $vcpu * 1_024, nominal_memory_mib: $nominal * 1_024, memory_mib: $registered,
            task_enis: $enis, trunk_enis: $trunk, gpus: $gpus, micro_dollars_per_hour: $price, architecture: $arch,
        },)*];
    };
}

types! {
    "t3.micro" 2 1 931 1 0 0 10_400 "x86_64";
    "t3.small" 2 2 2_004 2 0 0 20_800 "x86_64";
    "t3.medium" 2 4 3_955 2 0 0 41_600 "x86_64";
    "t3.large" 2 8 7_985 2 0 0 83_200 "x86_64";
    "t3.xlarge" 4 16 15_974 3 0 0 166_400 "x86_64";
    "m5.large" 2 8 7_985 2 10 0 96_000 "x86_64";
    "m5.xlarge" 4 16 15_974 3 20 0 192_000 "x86_64";
    "m5.2xlarge" 8 32 31_948 3 40 0 384_000 "x86_64";
    "m5.4xlarge" 16 64 63_897 7 60 0 768_000 "x86_64";
    "c5.large" 2 4 3_767 2 10 0 85_000 "x86_64";
    "c5.xlarge" 4 8 7_985 3 20 0 170_000 "x86_64";
    "c5.2xlarge" 8 16 15_974 3 40 0 340_000 "x86_64";
    "r5.large" 2 16 15_974 2 10 0 126_000 "x86_64";
    "r5.xlarge" 4 32 31_948 3 20 0 252_000 "x86_64";
    "p3.2xlarge" 8 61 60_902 3 40 1 3_060_000 "x86_64";
    "m5.8xlarge" 32 128 127_795 7 60 0 1_536_000 "x86_64";
    "m5.12xlarge" 48 192 191_692 7 60 0 2_304_000 "x86_64";
    "m5.16xlarge" 64 256 255_590 14 120 0 3_072_000 "x86_64";
    "m5.24xlarge" 96 384 383_385 14 120 0 4_608_000 "x86_64";
    "m6i.large" 2 8 7_985 2 10 0 96_000 "x86_64";
    "m6i.xlarge" 4 16 15_974 3 20 0 192_000 "x86_64";
    "c5.4xlarge" 16 32 31_948 7 60 0 680_000 "x86_64";
    "c5.9xlarge" 36 72 71_884 7 60 0 1_530_000 "x86_64";
    "r5.2xlarge" 8 64 63_897 3 40 0 504_000 "x86_64";
    "r5.4xlarge" 16 128 127_795 7 60 0 1_008_000 "x86_64";
    "a1.medium" 1 2 2_004 1 10 0 25_500 "arm64";
    "c6g.medium" 1 2 2_004 1 4 0 34_000 "arm64";
    "m6g.medium" 1 4 3_993 1 4 0 38_500 "arm64";
    "m6g.large" 2 8 7_985 2 10 0 77_000 "arm64";
    "m7g.large" 2 8 7_985 2 10 0 81_600 "arm64";
    "c6g.4xlarge" 16 32 31_948 7 60 0 544_000 "arm64";
    "t4g.medium" 2 4 3_993 2 0 0 33_600 "arm64";
    "c6g.large" 2 4 3_993 2 10 0 68_000 "arm64";
}

impl InstanceType {
    /// The type of that name.
    /// Ledger: instance.prices.
    pub fn named(name: &str) -> Option<&'static InstanceType> {
        INSTANCE_TYPES.iter().find(|kind| kind.name == name)
    }
}
