//! An hour of a cluster as large as the quotas allow (ecs.md §13): 5,000 instances, 5,000 services, 50,000 tasks, 10,000 alarms.
//!
//! Counted are simulated seconds: an hour in ten seconds is 360 a second.

use ecs_playground::sim::command::metrics::{
    MetricsCommand, PredefinedMetric, PredefinedMetricSpecification, PutScalingPolicy, RegisterScalableTarget, ScaleIn,
    TargetTracking,
};
use ecs_playground::sim::command::{Command, CreateService};
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
    for number in 0..instances * SERVICES_PER_INSTANCE {
        scale(&mut sim, number);
    }
    let until_ms = sim.now_ms() + SETTLING_MS;
    while sim.advance_one(until_ms, &mut observations).is_some() {
        observations.clear();
    }
    let running = sim.belief().tasks.iter().filter(|(_, task)| task.is_running()).count();
    assert_eq!(running as u32, instances * SERVICES_PER_INSTANCE * TASKS_OF_A_SERVICE, "every task runs");
    sim
}

/// Every service is scaled by target tracking: two alarms each.
fn scale(sim: &mut Sim, number: u32) {
    let resource_id = format!("service/default/s{number}");
    let count = TASKS_OF_A_SERVICE;
    let target = RegisterScalableTarget { resource_id: resource_id.clone(), min_capacity: count, max_capacity: count };
    let tracking = TargetTracking {
        target_value: 70,
        predefined_metric_specification: PredefinedMetricSpecification {
            predefined_metric_type: PredefinedMetric::Cpu,
            resource_label: None,
        },
        scale_out_cooldown: None,
        scale_in_cooldown: None,
        disable_scale_in: ScaleIn::Enabled,
    };
    let policy = PutScalingPolicy {
        policy_name: "cpu".to_owned(),
        resource_id,
        target_tracking_scaling_policy_configuration: Some(tracking),
        step_scaling_policy_configuration: None,
    };
    let commands = [MetricsCommand::RegisterScalableTarget(target), MetricsCommand::PutScalingPolicy(Box::new(policy))];
    for command in commands {
        sim.apply(&Command::Metrics(command), &mut Vec::new()).expect("the request is sound");
    }
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
