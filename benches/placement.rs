//! Placements a second at steady churn: tasks of three sizes; place one, reserve, release the oldest.
//!
//! `cargo bench --bench placement` prints one table: strategies by cluster size, the index beside the plain scan.
//! Two ratios say whether it keeps its promise: the cost at 5,000 instances over that at 100, and the scan over the index.
#![expect(clippy::disallowed_types, reason = "a benchmark reads the clock")]

use std::collections::VecDeque;
use std::hint::black_box;
use std::rc::Rc;
use std::time::{Duration, Instant};

use ecs_playground::sim::control_plane::registry::Registry;
use ecs_playground::sim::control_plane::scheduler::needs::Needs;
use ecs_playground::sim::control_plane::scheduler::{Placement, PlacementFailure, PlacementRequest, place, place_plainly};
use ecs_playground::sim::decision::DefaultStrategy;
use ecs_playground::sim::ids::{GroupId, InstanceId, TaskId, ZoneId};
use ecs_playground::sim::model::container_instance::ContainerInstance;
use ecs_playground::sim::model::instance_type::InstanceType;
use ecs_playground::sim::model::placement::{BinPackResource, PlacementStrategy, SpreadField};
use ecs_playground::sim::random::{Concern, Stream};

const CLUSTER_SIZES: [u32; 3] = [100, 1_000, 5_000];
/// CPU units and MiB of the three kinds of task.
const TASK_SIZES: [(u32, u32); 3] = [(256, 512), (512, 2_048), (1_024, 3_072)];
/// Tasks an instance runs on average; an m5.2xlarge has room for about 13.
const TASKS_PER_INSTANCE: u32 = 11;
const MEASURED: Duration = Duration::from_millis(700);
/// Rounds in a batch.
const BATCH: u32 = 50;

type Engine = fn(&Registry, &PlacementRequest) -> Result<Placement, PlacementFailure>;

/// A cluster under churn.
struct Churn {
    registry: Registry,
    kinds: Vec<(Needs, GroupId)>,
    running: VecDeque<(TaskId, InstanceId, usize)>,
    sizes: Stream,
    strategies: Vec<PlacementStrategy>,
    next: u32,
}

impl Churn {
    fn new(instances: u32, strategies: Vec<PlacementStrategy>) -> Self {
        let kind = InstanceType::named("m5.2xlarge").expect("the type is offered");
        let zones: [Rc<str>; 3] = ["us-east-1a".into(), "us-east-1b".into(), "us-east-1c".into()];
        let mut registry = Registry::default();
        for id in 1..=instances {
            let zone = id % 3;
            let name = &zones[zone as usize];
            registry.register(ContainerInstance::new(InstanceId(id), kind, ZoneId(zone + 1), name, 0));
        }
        let kinds = TASK_SIZES
            .iter()
            .enumerate()
            .map(|(number, (cpu, memory))| (Needs::of_size(*cpu, *memory), registry.group(&format!("service:{number}"))));
        let kinds = kinds.collect();
        let sizes = Stream::of(1, Concern::Usage, &[]);
        Self { registry, kinds, running: VecDeque::new(), sizes, strategies, next: 1 }
    }

    fn filled(instances: u32, strategies: &[PlacementStrategy]) -> Self {
        let mut churn = Self::new(instances, strategies.to_vec());
        for _ in 0..instances * TASKS_PER_INSTANCE {
            churn.start_one(place);
        }
        churn
    }

    fn start_one(&mut self, engine: Engine) {
        let kind = self.sizes.below(self.kinds.len() as u64) as usize;
        let (needs, group) = &self.kinds[kind];
        let request = PlacementRequest {
            needs,
            group: *group,
            constraints: &[],
            strategies: &self.strategies,
            default: DefaultStrategy::RunTask,
            zones: None,
            provider: None,
            chance: (1, u64::from(self.next)),
        };
        let placement = black_box(engine(&self.registry, &request)).expect("the cluster has room");
        let task = TaskId(self.next);
        self.registry.reserve(placement.instance, task, needs, *group);
        self.running.push_back((task, placement.instance, kind));
        self.next += 1;
    }

    fn stop_oldest(&mut self) {
        let (task, instance, kind) = self.running.pop_front().expect("tasks run");
        let (needs, group) = &self.kinds[kind];
        self.registry.release(instance, task, needs, *group);
    }

    /// Nanoseconds for one placement, its reservation and one release: the median of many short batches, so that what else the
    /// machine does in the meantime hardly counts.
    fn cost_ns(&mut self, engine: Engine) -> u64 {
        let (start, mut batches) = (Instant::now(), Vec::new());
        while start.elapsed() < MEASURED {
            let batch = Instant::now();
            for _ in 0..BATCH {
                self.start_one(engine);
                self.stop_oldest();
            }
            batches.push(batch.elapsed().as_nanos() as u64 / u64::from(BATCH));
        }
        batches.sort_unstable();
        batches[batches.len() / 2]
    }
}

fn main() {
    let zone = SpreadField::Attribute("ecs.availability-zone".into());
    let spread = |field| PlacementStrategy::Spread { field };
    let pack = |resource| PlacementStrategy::BinPack { resource };
    let chains = [
        ("binpack(memory)", vec![pack(BinPackResource::Memory)]),
        ("spread(zone), spread(instanceId)", vec![spread(zone.clone()), spread(SpreadField::InstanceId)]),
        ("spread(zone), binpack(memory)", vec![spread(zone), pack(BinPackResource::Memory)]),
        ("random", vec![PlacementStrategy::Random]),
    ];
    println!("place + reserve + release, {TASKS_PER_INSTANCE} tasks an instance, three task sizes, one thread");
    println!("{:<34}{:>10}{:>16}{:>16}{:>12}{:>14}", "strategy", "instances", "index /s", "scan /s", "scan/index", "cost to 100");
    for (name, strategies) in &chains {
        let mut at_100 = 0;
        for instances in CLUSTER_SIZES {
            let index = Churn::filled(instances, strategies).cost_ns(place);
            let scan = Churn::filled(instances, strategies).cost_ns(place_plainly);
            at_100 = if at_100 == 0 { index } else { at_100 };
            println!(
                "{name:<34}{instances:>10}{:>16}{:>16}{:>12}{:>14}",
                1_000_000_000 / index,
                1_000_000_000 / scan,
                tenths(scan, index),
                tenths(index, at_100),
            );
        }
    }
}

fn tenths(part: u64, whole: u64) -> String {
    let tenths = part * 10 / whole;
    format!("{}.{}", tenths / 10, tenths % 10)
}
