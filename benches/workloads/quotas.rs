//! An hour of a cluster as large as the quotas allow (ecs.md §13): 5,000 instances, 5,000 services, 50,000 tasks.
//!
//! Counted are simulated seconds: an hour in ten seconds is 360 a second.

use ecs_playground::sim::command::CreateService;
use ecs_playground::sim::engine::Sim;

use super::{Clock, Rates, best_rate, churn};

const SERVICES_PER_INSTANCE: u32 = 1;
const TASKS_OF_A_SERVICE: u32 = 10;
/// Until every service is in steady state.
const SETTLING_MS: u64 = 240_000;
const PARTS: u64 = 6;
const HOUR_MS: u64 = 3_600_000;

/// The best sixth of the hour.
pub fn measure(clock: Clock, instances: u32) -> Rates {
    let mut sim = filled(instances);
    let mut observations = Vec::new();
    let begin_ms = sim.now_ms();
    let samples: Vec<_> = (1..=PARTS)
        .map(|part| {
            let begin = clock();
            let until_ms = begin_ms + part * HOUR_MS / PARTS;
            while sim.advance_one(until_ms, &mut observations).is_some() {
                observations.clear();
            }
            (HOUR_MS / PARTS / 1_000, clock() - begin)
        })
        .collect();
    Rates { per_second: best_rate(&samples), references: vec![("an hour in ten seconds", 360.0)] }
}

fn filled(instances: u32) -> Sim {
    let mut sim = super::cluster(instances);
    let mut observations = Vec::new();
    let definition = churn::definition("app", 256, 512);
    sim.register_task_definition(&definition, &mut observations).expect("the definition is sound");
    for number in 0..instances * SERVICES_PER_INSTANCE {
        sim.create_service(&service(number), &mut observations).expect("the service is sound");
        observations.clear();
    }
    let until_ms = sim.now_ms() + SETTLING_MS;
    while sim.advance_one(until_ms, &mut observations).is_some() {
        observations.clear();
    }
    let running = sim.belief().tasks.iter().filter(|(_, task)| task.is_running()).count();
    assert_eq!(running as u32, instances * SERVICES_PER_INSTANCE * TASKS_OF_A_SERVICE, "every task runs");
    sim
}

fn service(number: u32) -> CreateService {
    CreateService {
        network_configuration: None,

        service_name: format!("s{number}"),
        task_definition: "app".to_owned(),
        desired_count: TASKS_OF_A_SERVICE,
        ..CreateService::default()
    }
}
