//! The reference for placement: look at every instance, keep the best. Bare numbers, no task, no log, no message.

use std::collections::VecDeque;

use ecs_playground::sim::model::placement::{PlacementStrategy, SpreadField};

use super::Clock;
use super::churn::{TASK_SIZES, TASKS_PER_INSTANCE};

const ZONES: usize = 3;
/// At least this long is measured, so that a fast scan is measured long enough and a slow one not for minutes.
const SAMPLE_MS: f64 = 10.0;
const BATCH: u32 = 50;

struct Instance {
    cpu_units: u32,
    memory_mib: u32,
    zone: usize,
    /// Tasks of each size: a size is a group.
    tasks: [u32; TASK_SIZES.len()],
}

/// Instances and nothing else.
pub struct PlainScan {
    instances: Vec<Instance>,
    in_zone: [[u32; ZONES]; TASK_SIZES.len()],
    running: VecDeque<(usize, usize)>,
    strategy: Strategy,
    turn: usize,
    chance: u64,
}

#[derive(Clone, Copy)]
enum Strategy {
    BinPackMemory,
    SpreadZoneInstance,
    Random,
}

impl PlainScan {
    /// As many instances and tasks as the simulator has.
    pub fn filled(instances: u32, strategies: &[PlacementStrategy]) -> Self {
        let strategy = match &strategies[0] {
            PlacementStrategy::Random => Strategy::Random,
            PlacementStrategy::BinPack { .. } => Strategy::BinPackMemory,
            PlacementStrategy::Spread { field: SpreadField::Attribute(_) | SpreadField::InstanceId } => {
                Strategy::SpreadZoneInstance
            }
        };
        let empty = |number| Instance { cpu_units: 8_192, memory_mib: 31_520, zone: number as usize % ZONES, tasks: [0; 3] };
        let mut scan = Self {
            instances: (0..instances).map(empty).collect(),
            in_zone: [[0; ZONES]; TASK_SIZES.len()],
            running: VecDeque::new(),
            strategy,
            turn: 0,
            chance: 1,
        };
        for _ in 0..instances * TASKS_PER_INSTANCE {
            scan.start();
        }
        scan
    }

    /// Places and stops for a while.
    pub fn sample(&mut self, clock: Clock) -> (u64, f64) {
        let (begin, mut count) = (clock(), 0);
        loop {
            for _ in 0..BATCH {
                self.start();
                self.stop_oldest();
            }
            count += u64::from(BATCH);
            let taken_ms = clock() - begin;
            if taken_ms >= SAMPLE_MS {
                return (count, taken_ms);
            }
        }
    }

    fn start(&mut self) {
        // Ten of a size in turn, as the commands come.
        let size = self.turn / 10 % TASK_SIZES.len();
        self.turn += 1;
        let (cpu_units, memory_mib) = TASK_SIZES[size];
        let fits = |each: &Instance| each.cpu_units >= cpu_units && each.memory_mib >= memory_mib;
        let fitting = self.instances.iter().enumerate().filter(|(_, each)| fits(each));
        let chosen = match self.strategy {
            Strategy::BinPackMemory => fitting.min_by_key(|(_, each)| each.memory_mib),
            Strategy::SpreadZoneInstance => fitting.min_by_key(|(_, each)| (self.in_zone[size][each.zone], each.tasks[size])),
            Strategy::Random => {
                self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let count = fitting.clone().count() as u64;
                let rank = (u128::from(self.chance) * u128::from(count)) >> 64;
                let mut fitting = fitting;
                fitting.nth(rank as usize)
            }
        };
        let chosen = chosen.expect("the cluster has room").0;
        let instance = &mut self.instances[chosen];
        instance.cpu_units -= cpu_units;
        instance.memory_mib -= memory_mib;
        instance.tasks[size] += 1;
        self.in_zone[size][instance.zone] += 1;
        self.running.push_back((chosen, size));
    }

    fn stop_oldest(&mut self) {
        let (number, size) = self.running.pop_front().expect("tasks run");
        let instance = &mut self.instances[number];
        instance.cpu_units += TASK_SIZES[size].0;
        instance.memory_mib += TASK_SIZES[size].1;
        instance.tasks[size] -= 1;
        self.in_zone[size][instance.zone] -= 1;
    }
}
