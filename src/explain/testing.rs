//! A small stage for tests: a cluster, its log, and short ways to ask for things.

use std::rc::Rc;

use crate::sim::command::{Command, CreateService, LaunchInstances, LaunchType, RunTask, SchedulingStrategy};
use crate::sim::data_plane::app::Apps;
use crate::sim::engine::{Beginning, Sim};
use crate::sim::ids::ServiceId;
use crate::sim::model::container_definition::ContainerDefinition;
use crate::sim::model::task_definition::{NetworkMode, RuntimePlatform, TaskDefinition};
use crate::sim::observation::{Kind, Observation};
use crate::sim::time::Millis;
use crate::sim::tuning::Tuning;

/// A run and everything that was observed of it.
#[derive(Clone)]
pub struct Stage {
    pub sim: Sim,
    pub log: Vec<Observation>,
}

impl Stage {
    /// Two zones, these servers in turn in the first and the second, all up and registered.
    pub fn with(types: &[&str]) -> Self {
        Self::of_apps(types, Apps::default())
    }

    /// The same, with families whose containers behave so.
    pub fn of_apps(types: &[&str], apps: Apps) -> Self {
        let zones = vec!["us-east-1a".to_owned(), "us-east-1b".to_owned()];
        let sim = Sim::new(Beginning { seed: 7, zones: zones.clone(), apps, tuning: Tuning::default() });
        let mut stage = Self { sim, log: Vec::new() };
        for (index, name) in types.iter().enumerate() {
            let launch = launch(name, &zones[index % 2]);
            stage.sim.begin_with_instance(&launch, &mut stage.log).expect("the server can be launched");
        }
        stage.run(2_000);
        stage
    }

    /// Gives a command that must not be refused.
    pub fn give(&mut self, command: Command) {
        self.sim.apply(&command, &mut self.log).expect("the command is accepted");
    }

    /// Lets time pass.
    pub fn run(&mut self, length_ms: Millis) {
        let until_ms = self.sim.now_ms() + length_ms;
        self.sim.advance_to(until_ms, &mut self.log);
    }

    /// Registers a family of one container.
    pub fn register(&mut self, definition: TaskDefinition) {
        self.give(Command::RegisterTaskDefinition(Box::new(definition)));
    }

    /// Creates a service of a family and lets it start.
    pub fn service(&mut self, family: &str, desired_count: u32) -> ServiceId {
        self.give(Command::CreateService(service(family, desired_count)));
        self.run(12_000);
        self.sim.belief().service_named(family).expect("the service exists")
    }

    /// The newest fact that a test is about.
    pub fn newest(&self, is: impl Fn(&Kind) -> bool) -> &Observation {
        self.log.iter().rev().find(|observation| is(&observation.kind)).expect("it was observed")
    }
}

/// A family of one container with a name of its own.
pub fn family(name: &str, cpu_units: u32, memory_mib: u32) -> TaskDefinition {
    TaskDefinition {
        family: Rc::from(name),
        revision: 0,
        network_mode: NetworkMode::Bridge,
        cpu_units: None,
        memory_mib: None,
        requires_compatibilities: Vec::new(),
        containers: vec![container(name, cpu_units, memory_mib)],
        volumes: Vec::new(),
        placement_constraints: Vec::new(),
        requires_attributes: Vec::new(),
        ephemeral_storage_gib: None,
        runtime: RuntimePlatform::default(),
    }
}

/// One essential container.
pub fn container(name: &str, cpu_units: u32, memory_mib: u32) -> ContainerDefinition {
    ContainerDefinition {
        name: Rc::from(name),
        image: Rc::from(format!("{name}:latest")),
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
    }
}

/// A REPLICA service on EC2 named after its family.
pub fn service(family: &str, desired_count: u32) -> CreateService {
    CreateService {
        service_name: family.to_owned(),
        task_definition: family.to_owned(),
        desired_count,
        launch_type: LaunchType::Ec2,
        scheduling_strategy: SchedulingStrategy::Replica,
        ..CreateService::default()
    }
}

/// One server.
pub fn launch(instance_type: &str, zone: &str) -> LaunchInstances {
    LaunchInstances {
        instance_type: instance_type.to_owned(),
        zone: zone.to_owned(),
        count: 1,
        spot: false,
        ecs_enable_spot_instance_draining: false,
        attributes: Vec::new(),
    }
}

/// One standalone task on EC2.
pub fn run_task(family: &str) -> RunTask {
    RunTask {
        task_definition: family.to_owned(),
        count: 1,
        launch_type: LaunchType::Ec2,
        network_configuration: None,
        group: None,
        placement_strategy: Vec::new(),
        placement_constraints: Vec::new(),
        capacity_provider_strategy: None,
    }
}
