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
    /// Graphics processors.
    pub gpus: u8,
    /// On-demand price in micro-dollars an hour. ecs.md §11.2.
    pub micro_dollars_per_hour: u32,
    /// Architecture attribute, `ecs.cpu-architecture`.
    pub architecture: &'static str,
}

macro_rules! types {
    ($($name:literal $vcpu:literal $nominal:literal $registered:literal $enis:literal $gpus:literal $price:literal $arch:literal;)*) => {
        /// Every instance type the playground offers, smallest first within a family.
        pub const INSTANCE_TYPES: &[InstanceType] = &[$(InstanceType {
            name: $name, cpu_units: $vcpu * 1_024, nominal_memory_mib: $nominal * 1_024, memory_mib: $registered,
            task_enis: $enis, gpus: $gpus, micro_dollars_per_hour: $price, architecture: $arch,
        },)*];
    };
}

types! {
    "t3.micro"    2   1   931  1 0  10_400 "x86_64";
    "t3.small"    2   2  1_954  2 0  20_800 "x86_64";
    "t3.medium"   2   4  3_900  2 0  41_600 "x86_64";
    "t3.large"    2   8  7_807  2 0  83_200 "x86_64";
    "t3.xlarge"   4  16 15_974  3 0 166_400 "x86_64";
    "m5.large"    2   8  7_807  2 0  96_000 "x86_64";
    "m5.xlarge"   4  16 15_974  3 0 192_000 "x86_64";
    "m5.2xlarge"  8  32 31_948  3 0 384_000 "x86_64";
    "m5.4xlarge" 16  64 63_897  7 0 768_000 "x86_64";
    "c5.large"    2   4  3_767  2 0  85_000 "x86_64";
    "c5.xlarge"   4   8  7_807  3 0 170_000 "x86_64";
    "c5.2xlarge"  8  16 15_974  3 0 340_000 "x86_64";
    "r5.large"    2  16 15_974  2 0 126_000 "x86_64";
    "r5.xlarge"   4  32 31_948  3 0 252_000 "x86_64";
    "p3.2xlarge"  8  61 60_902  3 1 3_060_000 "x86_64";
}

impl InstanceType {
    /// The type of that name.
    pub fn named(name: &str) -> Option<&'static InstanceType> {
        INSTANCE_TYPES.iter().find(|kind| kind.name == name)
    }
}
