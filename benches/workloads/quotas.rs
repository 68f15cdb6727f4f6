//! An hour of a cluster as large as the quotas allow (ecs.md §13): 5,000 instances, 5,000 services, 50,000 tasks, 10,000 alarms, and
//! a target group with traffic for each service.
//!
//! Counted are simulated seconds: an hour in ten seconds is 360 a second.

use ecs_playground::sim::command::balancing::{BalancingCommand, CreateTargetGroup, LoadBalancer, SetTraffic, TrafficSegment};
use ecs_playground::sim::command::metrics::{
    MetricsCommand, PredefinedMetric, PredefinedMetricSpecification, PutScalingPolicy, RegisterScalableTarget, ScaleIn,
    TargetTracking,
};
use ecs_playground::sim::command::{Command, CreateService};
use ecs_playground::sim::engine::Sim;
use ecs_playground::sim::model::container_definition::{PortMapping, Protocol};

use super::{Clock, Rates, best_rate, churn};

const SERVICES_PER_INSTANCE: u32 = 1;
const TASKS_OF_A_SERVICE: u32 = 10;
/// Where the application listens.
const PORT: u16 = 80;
/// Until every service is in steady state.
const SETTLING_MS: u64 = 240_000;
const HOUR_MS: u64 = 3_600_000;

/// The whole hour, once.
pub fn measure(clock: Clock, instances: u32) -> Rates {
    let mut sim = filled(instances);
    let mut observations = Vec::new();
    let until_ms = sim.now_ms() + HOUR_MS;
    let begin = clock();
    while sim.advance_one(until_ms, &mut observations).is_some() {
        observations.clear();
    }
    let hour = (HOUR_MS / 1_000, clock() - begin);
    Rates { per_second: best_rate(&[hour]), references: vec![("an hour in ten seconds", 360.0)] }
}

fn filled(instances: u32) -> Sim {
    let mut sim = super::cluster(instances);
    let mut observations = Vec::new();
    let mut definition = churn::definition("app", 256, 512);
    definition.containers[0].port_mappings.push(PortMapping { container_port: PORT, host_port: 0, protocol: Protocol::Tcp });
    sim.register_task_definition(&definition, &mut observations).expect("the definition is sound");
    for number in 0..instances * SERVICES_PER_INSTANCE {
        create(&mut sim, number);
        scale(&mut sim, number);
    }
    let until_ms = sim.now_ms() + SETTLING_MS;
    while sim.advance_one(until_ms, &mut observations).is_some() {
        observations.clear();
    }
    let running = sim.belief().tasks.iter().filter(|(_, task)| task.is_running()).count();
    assert_eq!(running as u32, instances * SERVICES_PER_INSTANCE * TASKS_OF_A_SERVICE, "every task runs");
    let answered = sim.neighbours().traffic.carried(sim.now_ms()).0;
    assert!(answered.requests > 0, "requests are answered");
    sim
}

/// A service behind a target group of its own, and those who send it requests.
fn create(sim: &mut Sim, number: u32) {
    let target_group = format!("t{number}");
    let group = CreateTargetGroup { name: target_group.clone(), ..CreateTargetGroup::default() };
    let traffic = SetTraffic {
        name: format!("c{number}"),
        target_group: Some(target_group.clone()),
        segments: vec![TrafficSegment { after_seconds: 0, milli_requests_per_second: 10_000 }],
        ..SetTraffic::default()
    };
    let balancer =
        LoadBalancer { target_group, container_name: "app".to_owned(), container_port: PORT, advanced_configuration: None };
    let service = CreateService {
        service_name: format!("s{number}"),
        task_definition: "app".to_owned(),
        desired_count: TASKS_OF_A_SERVICE,
        load_balancers: vec![balancer],
        ..CreateService::default()
    };
    let commands = [
        Command::Balancing(BalancingCommand::CreateTargetGroup(group)),
        Command::CreateService(service),
        Command::Balancing(BalancingCommand::SetTraffic(traffic)),
    ];
    for command in commands {
        sim.apply(&command, &mut Vec::new()).expect("the request is sound");
    }
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
