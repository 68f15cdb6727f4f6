//! The root volume of a server: how much it holds and how fast it is, in EC2's own words. ECS sees none of it (ecs.md §10).

use serde::{Deserialize, Serialize};

/// Kinds of volume. The numbers are those of Amazon EBS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum VolumeType {
    /// As many I/O operations a second as it is large, and more for a time.
    #[serde(rename = "gp2")]
    Gp2,
    /// As many as were asked for.
    #[default]
    #[serde(rename = "gp3")]
    Gp3,
}

impl VolumeType {
    /// The spelling of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gp2 => "gp2",
            Self::Gp3 => "gp3",
        }
    }
}

/// One volume.
/// Ledger: disk.volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EbsVolume {
    pub volume_type: VolumeType,
    pub size_gib: u32,
    /// I/O operations and MiB a second asked for; gp2 has none to ask for.
    pub iops: u32,
    pub throughput: u32,
}

impl EbsVolume {
    /// What gp3 gives when nothing is asked for.
    /// Ledger: disk.volume.
    pub const GP3_IOPS: u32 = 3_000;
    /// The same in MiB a second.
    /// Ledger: disk.volume.
    pub const GP3_THROUGHPUT: u32 = 125;

    /// A gp3 volume with nothing asked for but its size.
    pub fn of_size(size_gib: u32) -> Self {
        Self { volume_type: VolumeType::Gp3, size_gib, iops: Self::GP3_IOPS, throughput: Self::GP3_THROUGHPUT }
    }

    /// I/O operations a second for ever: gp2 has three for each GiB.
    pub fn iops_for_ever(&self) -> u64 {
        match self.volume_type {
            VolumeType::Gp2 => (3 * u64::from(self.size_gib)).clamp(100, 16_000),
            VolumeType::Gp3 => u64::from(self.iops),
        }
    }

    /// The same while a gp2 volume has burst credits.
    pub fn most_iops(&self) -> u64 {
        match self.volume_type {
            VolumeType::Gp2 => self.iops_for_ever().max(3_000),
            VolumeType::Gp3 => u64::from(self.iops),
        }
    }

    /// Burst credits of a volume that has rested, in I/O operations; a volume that is as fast for ever needs none.
    pub fn burst_operations(&self) -> u64 {
        if self.most_iops() > self.iops_for_ever() { 5_400_000 } else { 0 }
    }

    /// The most it carries, in MiB a second.
    pub fn most_mib_per_second(&self) -> u32 {
        match self.volume_type {
            VolumeType::Gp2 if self.size_gib <= 170 => 128,
            VolumeType::Gp2 => 250,
            VolumeType::Gp3 => self.throughput,
        }
    }
}
