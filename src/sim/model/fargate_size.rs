//! The sizes Fargate offers. Source: DOCS26:fargate-tasks-services (ecs.md §8.1).
//!
//! It knows what exists, never what is available or what it costs.

/// A CPU and memory pair a Fargate task can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FargateSize {
    /// 1024 units a vCPU.
    pub cpu_units: u32,
    /// Memory in MiB.
    pub memory_mib: u32,
}

/// The memory choices of one CPU size.
struct Row {
    cpu_units: u32,
    memory: Memory,
}

enum Memory {
    List(&'static [u32]),
    Range { from_gib: u32, to_gib: u32, step_gib: u32 },
}

const MIB_PER_GIB: u32 = 1024;

/// Ascending. The row of 32 vCPU is in the guide only, not in the API text.
const ROWS: [Row; 8] = [
    Row::listed(256, &[512, 1024, 2048]),
    Row::ranged(512, 1, 4, 1),
    Row::ranged(1024, 2, 8, 1),
    Row::ranged(2048, 4, 16, 1),
    Row::ranged(4096, 8, 30, 1),
    Row::ranged(8192, 16, 60, 4),
    Row::ranged(16_384, 32, 120, 8),
    Row::listed(32_768, &[60 * 1024, 120 * 1024, 244 * 1024]),
];

impl FargateSize {
    /// The size of exactly these values, if Fargate offers it.
    pub fn of(cpu_units: u32, memory_mib: u32) -> Option<Self> {
        let wanted = Self { cpu_units, memory_mib };
        Self::all().find(|size| *size == wanted)
    }

    /// The smallest size with at least this much of both: least CPU first, then least memory.
    pub fn smallest_for(cpu_units: u32, memory_mib: u32) -> Option<Self> {
        Self::all().find(|size| size.cpu_units >= cpu_units && size.memory_mib >= memory_mib)
    }

    /// Whether any size has exactly this CPU value.
    pub fn has_cpu(cpu_units: u32) -> bool {
        ROWS.iter().any(|row| row.cpu_units == cpu_units)
    }

    /// Every size, ascending by CPU, then by memory.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().flat_map(Row::sizes)
    }
}

impl Row {
    const fn listed(cpu_units: u32, list: &'static [u32]) -> Self {
        Self { cpu_units, memory: Memory::List(list) }
    }

    const fn ranged(cpu_units: u32, from_gib: u32, to_gib: u32, step_gib: u32) -> Self {
        Self { cpu_units, memory: Memory::Range { from_gib, to_gib, step_gib } }
    }

    fn sizes(&self) -> impl Iterator<Item = FargateSize> {
        let cpu_units = self.cpu_units;
        (0..).map_while(|index| self.memory.nth(index)).map(move |memory_mib| FargateSize { cpu_units, memory_mib })
    }
}

impl Memory {
    fn nth(&self, index: u32) -> Option<u32> {
        match self {
            Self::List(list) => list.get(usize::try_from(index).ok()?).copied(),
            Self::Range { from_gib, to_gib, step_gib } => {
                let gib = from_gib + index * step_gib;
                (gib <= *to_gib).then_some(gib * MIB_PER_GIB)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(cpu_units: u32, memory_mib: u32) -> FargateSize {
        FargateSize { cpu_units, memory_mib }
    }

    #[test]
    fn section_8_1_there_are_as_many_sizes_as_the_table_has() {
        let count = |cpu| FargateSize::all().filter(|size| size.cpu_units == cpu).count();
        let counts = [256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768].map(count);
        assert_eq!(counts, [3, 4, 7, 13, 23, 12, 12, 3]);
        assert_eq!(FargateSize::all().count(), counts.iter().sum::<usize>());
        assert!(FargateSize::all().is_sorted());
    }

    #[test]
    fn section_8_1_only_pairs_of_the_table_exist() {
        for (cpu_units, memory_mib) in [(256, 512), (512, 4096), (4096, 30_720), (8192, 20_480)] {
            let found = FargateSize::of(cpu_units, memory_mib);
            assert_eq!(found, Some(size(cpu_units, memory_mib)));
        }
        for (cpu_units, memory_mib) in [(256, 4096), (512, 512), (300, 512), (8192, 17_408)] {
            assert_eq!(FargateSize::of(cpu_units, memory_mib), None);
        }
        assert!(FargateSize::has_cpu(256) && !FargateSize::has_cpu(300));
    }

    #[test]
    fn the_smallest_size_has_enough_of_both() {
        for (cpu, memory, expected) in [
            (0, 0, Some(size(256, 512))),
            (256, 513, Some(size(256, 1024))),
            (100, 3000, Some(size(512, 3072))),
            (1025, 1, Some(size(2048, 4096))),
            (8192, 60 * 1024 + 1, Some(size(16_384, 64 * 1024))),
            (1, 245 * 1024, None),
        ] {
            assert_eq!(FargateSize::smallest_for(cpu, memory), expected);
        }
    }
}
