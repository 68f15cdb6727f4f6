//! Placement at steady churn, through the command path: `RunTask` of ten, then ten times `StopTask` of the oldest task.
//!
//! Simulated time stands still while the clock runs; between two samples it passes unmeasured, so that agents end what was
//! stopped and start what was placed. Every command is cloned into its observation and every decision leaves its summary in one;
//! observations are drained after each command, as a session drains them.

use std::collections::VecDeque;
use std::rc::Rc;

use ecs_playground::sim::command::{Command, LaunchType, RunTask};
use ecs_playground::sim::engine::Sim;
use ecs_playground::sim::ids::TaskId;
use ecs_playground::sim::model::container_definition::ContainerDefinition;
use ecs_playground::sim::model::placement::PlacementStrategy;
use ecs_playground::sim::model::task_definition::{NetworkMode, RuntimePlatform, TaskDefinition};
use ecs_playground::sim::observation::{Kind, Observation};

use super::plain_scan::PlainScan;
use super::{Clock, Rates, best_rate};

/// Parts of a sample that are timed apart.
const PARTS: usize = 5;

/// CPU units and MiB of the three kinds of task.
pub const TASK_SIZES: [(u32, u32); 3] = [(256, 512), (512, 2_048), (1_024, 3_072)];
/// Tasks an instance runs on average; an m5.2xlarge has room for about 13.
pub const TASKS_PER_INSTANCE: u32 = 11;
/// Placements in one sample.
const PLACEMENTS: u32 = 10_000;
/// Tasks of one `RunTask`: the most the API takes.
const AT_ONCE: u32 = 10;
const SAMPLES: u32 = 8;
/// Long enough for an agent to start what was placed and to end what was stopped.
const SETTLING_MS: u64 = 120_000;

/// A cluster under churn.
struct Churn {
    sim: Sim,
    /// One for each size.
    commands: Vec<Command>,
    turn: usize,
    running: VecDeque<TaskId>,
    observations: Vec<Observation>,
}

/// The rate of the simulator, and that of a plain scan which knows nothing but numbers.
pub fn measure(clock: Clock, instances: u32, strategies: &[PlacementStrategy]) -> Rates {
    let mut churn = Churn::filled(instances, strategies);
    let samples: Vec<_> = (0..SAMPLES).map(|_| churn.sample(clock)).collect();
    // A sample made of the best of each part: later parts have more on their way than earlier ones.
    let best = (0..PARTS).map(|part| samples.iter().map(|sample| sample[part]).fold(f64::INFINITY, f64::min)).sum();
    let mut scan = PlainScan::filled(instances, strategies);
    let scans: Vec<_> = (0..SAMPLES).map(|_| scan.sample(clock)).collect();
    Rates { per_second: best_rate(&[(u64::from(PLACEMENTS), best)]), references: vec![("plain scan", best_rate(&scans))] }
}

impl Churn {
    fn filled(instances: u32, strategies: &[PlacementStrategy]) -> Self {
        let mut sim = super::cluster(instances);
        let mut observations = Vec::new();
        let commands = TASK_SIZES.iter().enumerate().map(|(number, (cpu_units, memory_mib))| {
            let family = format!("size-{number}");
            let definition = Box::new(definition(&family, *cpu_units, *memory_mib));
            sim.apply(&Command::RegisterTaskDefinition(definition), &mut observations).expect("the definition is sound");
            run_task(&family, strategies)
        });
        let commands = commands.collect();
        let mut churn = Self { sim, commands, turn: 0, running: VecDeque::new(), observations };
        for number in 0..instances * TASKS_PER_INSTANCE / AT_ONCE {
            churn.start();
            if number % 1_000 == 999 {
                churn.settle();
            }
        }
        churn.settle();
        churn
    }

    /// How long each part of one sample took, in milliseconds.
    fn sample(&mut self, clock: Clock) -> [f64; PARTS] {
        let taken_ms = std::array::from_fn(|_| {
            let begin = clock();
            for _ in 0..PLACEMENTS / AT_ONCE / PARTS as u32 {
                self.start();
                (0..AT_ONCE).for_each(|_| self.stop_oldest());
            }
            clock() - begin
        });
        self.settle();
        taken_ms
    }

    fn start(&mut self) {
        self.sim.apply(&self.commands[self.turn], &mut self.observations).expect("the command is sound");
        self.turn = (self.turn + 1) % self.commands.len();
        let before = self.running.len();
        for observation in self.observations.drain(..) {
            if let Kind::TaskPlaced { task, .. } = observation.kind {
                self.running.push_back(task);
            }
        }
        assert_eq!(self.running.len() - before, AT_ONCE as usize, "the cluster has room");
    }

    fn stop_oldest(&mut self) {
        let task = self.running.pop_front().expect("tasks run");
        self.sim.apply(&Command::StopTask { task, reason: None }, &mut self.observations).expect("the task exists");
        self.observations.clear();
    }

    fn settle(&mut self) {
        let until_ms = self.sim.now_ms() + SETTLING_MS;
        while self.sim.advance_one(until_ms, &mut self.observations).is_some() {
            self.observations.clear();
        }
        self.sim.advance_to(until_ms, &mut self.observations);
    }
}

fn run_task(family: &str, strategies: &[PlacementStrategy]) -> Command {
    Command::RunTask(RunTask {
        network_configuration: None,

        task_definition: family.to_owned(),
        count: AT_ONCE,
        launch_type: LaunchType::Ec2,
        group: None,
        placement_strategy: strategies.to_vec(),
        placement_constraints: Vec::new(),
        capacity_provider_strategy: None,
    })
}

/// A task of one container.
pub fn definition(family: &str, cpu_units: u32, memory_mib: u32) -> TaskDefinition {
    let container = ContainerDefinition {
        name: Rc::from(family),
        image: Rc::from("nginx"),
        cpu_units,
        memory_mib: Some(memory_mib),
        memory_reservation_mib: None,
        essential: true,
        port_mappings: Vec::new(),
        health_check: None,
        depends_on: Vec::new(),
        gpu_count: 0,
        start_timeout_ms: None,
        stop_timeout_ms: None,
        restart_policy: None,
        mount_points: Vec::new(),
        log_driver: None,
        log_limit_kib: None,
    };
    TaskDefinition {
        family: Rc::from(family),
        revision: 0,
        network_mode: NetworkMode::Bridge,
        cpu_units: None,
        memory_mib: None,
        requires_compatibilities: Vec::new(),
        containers: vec![container],
        volumes: Vec::new(),
        placement_constraints: Vec::new(),
        requires_attributes: Vec::new(),
        ephemeral_storage_gib: None,
        runtime: RuntimePlatform::default(),
    }
}
