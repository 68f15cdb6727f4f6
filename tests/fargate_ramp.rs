//! The measured ramp of ecs.md §12.1: five services of 700 tasks on Fargate Spot, quotas raised.
//!
//! The published set-up (VLAD22, `app/Dockerfile`, `ecs-on-fargate/app.tf`): 1 vCPU and 2 GB, awsvpc, no load balancer, one
//! container whose image is python:3.10.1 with its packages, about 350 MiB compressed; five services at once. A container was
//! counted when its app said so: after `poetry run`, the imports and a call of the metadata endpoint, some 3 s after its start.

use ecs_playground::import::scenario::Scenario;
use ecs_playground::sim::control_plane::task::Task;
use ecs_playground::sim::engine::Sim;
use ecs_playground::sim::time::{Millis, SECOND};
use ecs_playground::sim::tuning::Tuning;

/// From the start of a container to the first word of its app.
const APP_STARTS_MS: Millis = 3 * SECOND;

/// Running containers by seconds from the request (ecs.md §12.1), at whole minutes.
const PUBLISHED: [(Millis, u32); 7] =
    [(60, 180), (120, 1_210), (180, 2_290), (240, 3_290), (300, 3_440), (360, 3_470), (420, 3_490)];

fn scenario() -> String {
    let mut text = r#"
title = "Fargate ramp"
sentence = "3,500 tasks at once."
seed = 1

[images."app:1"]
size_mib = 350

[[setup]]
command = "RequestServiceQuotaIncrease"
request = { quota_code = "L-36FBB829", desired_value = 4000 }

[[task_definitions]]
family = "app"
networkMode = "awsvpc"
requiresCompatibilities = ["FARGATE"]
cpu = "1024"
memory = "2048"
containerDefinitions = [{ name = "app", image = "app:1" }]
"#
    .to_string();
    for number in 1..=5 {
        text += &format!(
            "[[services]]\nname = \"app-{number}\"\ntask_definition = \"app\"\ndesired_count = 700\nlaunch_type = \"FARGATE_SPOT\"\n"
        );
    }
    text
}

fn running(sim: &Sim) -> u32 {
    let speaks = |task: &Task| task.running_for(sim.now_ms()).is_some_and(|running_ms| running_ms >= APP_STARTS_MS);
    sim.belief().tasks.iter().filter(|(_, task)| speaks(task)).count() as u32
}

#[test]
fn section_12_1_the_ramp_of_3500_tasks_lies_within_a_fifth() {
    let scenario = Scenario::parse(&scenario()).expect("a scenario");
    let mut observations = Vec::new();
    let mut sim = scenario.begin(None, Tuning::default(), &mut observations).expect("it begins");
    let asked_ms = sim.now_ms();
    let mut table = Vec::new();
    for (at_s, published) in PUBLISHED {
        observations.clear();
        sim.advance_to(asked_ms + at_s * SECOND, &mut observations);
        table.push((at_s, published, running(&sim)));
    }
    println!("{table:?}");
    for (at_s, published, simulated) in &table {
        let off = published.abs_diff(*simulated) * 100 / published;
        assert!(off <= 20, "after {at_s} s: {simulated} instead of {published}: {table:?}");
    }
}
