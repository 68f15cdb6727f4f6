//! Questions asked of runs: a scenario of `golden/` or `failures/`, an instant, a question, and the whole answer it must get.
//!
//! The texts in `answers/` are there to be read; `must` are the numbers and words that ecs.md asks for, and no update changes them.
//! `UPDATE_EXPECT=1 cargo test --test answers` writes the texts; read what changed.

#[path = "common/answer_text.rs"]
mod answer_text;

use std::fs;
use std::path::{Path, PathBuf};

use answer_text::text;
use ecs_playground::explain::answers::{self, Inquiry, Toward};
use ecs_playground::explain::explanation::Explanation;
use ecs_playground::explain::why::why_service_waits;
use ecs_playground::explain::{starting, words};
use ecs_playground::import::duration;
use ecs_playground::import::scenario::Scenario;
use ecs_playground::sim::engine::Sim;
use ecs_playground::sim::ids::{CapacityProviderId, InstanceId, ServiceId, TargetGroupId, TaskId};
use ecs_playground::sim::model::target::TargetState;
use ecs_playground::sim::model::task::TaskStatus;
use ecs_playground::sim::observation::Observation;
use ecs_playground::sim::time::Millis;
use ecs_playground::sim::tuning::Tuning;
use expect_test::expect_file;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// A run of a scenario that is looked at now and then.
struct Run {
    scenario: Scenario,
    sim: Sim,
    log: Vec<Observation>,
    done: usize,
}

impl Run {
    fn of(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let scenario = Scenario::parse(&text).unwrap_or_else(|errors| panic!("{}: {errors:?}", path.display()));
        let mut log = Vec::new();
        let sim = scenario.begin(None, Tuning::default(), &mut log).expect("the scenario begins");
        Self { scenario, sim, log, done: 0 }
    }

    /// Goes on to an instant, with what the script asks for until then.
    fn until(&mut self, at_ms: Millis) {
        while let Some(step) = self.scenario.script.get(self.done).filter(|step| step.at_ms <= at_ms) {
            self.sim.advance_to(step.at_ms, &mut self.log);
            let command = step.action.resolve(&self.sim).expect("the names of the command are known");
            // A refusal is part of the run.
            let _ = self.sim.apply(&command, &mut self.log);
            self.done += 1;
        }
        self.sim.advance_to(at_ms, &mut self.log);
    }
}

fn service(sim: &Sim, name: &str) -> ServiceId {
    sim.belief().service_named(name).expect("the service exists")
}

fn provider(sim: &Sim) -> CapacityProviderId {
    *sim.belief().capacity.providers.keys().next().expect("there is a provider")
}

fn group(sim: &Sim) -> TargetGroupId {
    sim.neighbours().balancer.groups.ids().next().expect("there is a target group")
}

fn target_in(sim: &Sim, state: TargetState) -> TaskId {
    let groups = sim.neighbours().balancer.groups.iter();
    let mut targets = groups.flat_map(|(_, group)| &group.targets);
    targets.find(|(_, target)| target.state == state).map(|(task, _)| *task).expect("there is such a target")
}

fn task_in(sim: &Sim, status: TaskStatus) -> TaskId {
    sim.belief().tasks.iter().find(|(_, task)| task.last_status == status).map(|(id, _)| id).expect("there is such a task")
}

/// The first task whose app hangs.
fn hung(sim: &Sim) -> TaskId {
    sim.truth().tasks.iter().find(|(_, task)| task.hung).map(|(id, _)| id).expect("an app hangs")
}

fn server(sim: &Sim, number: usize) -> InstanceId {
    sim.truth().hosts.iter().nth(number).expect("there are so many servers").0
}

fn check(name: &str, scenario: &str, at: &str, ask: impl Fn(&Run) -> Option<Explanation>, must: &[&str]) {
    let mut run = Run::of(&folder(scenario).join("scenario.toml"));
    run.until(duration::parse(at).expect("an instant"));
    let explanation = ask(&run).unwrap_or_else(|| panic!("{name}: no answer"));
    let text = text(&explanation);
    for part in must {
        assert!(text.contains(part), "{name} must say: {part}\n\n{text}");
    }
    expect_file![folder("answers").join(format!("{name}.txt"))].assert_eq(&text);
}

fn ask(inquiry: impl Fn(&Sim) -> Inquiry) -> impl Fn(&Run) -> Option<Explanation> {
    move |run| answers::answer(&run.sim, &run.log, inquiry(&run.sim))
}

#[test]
fn section_7_8_why_a_service_was_scaled_out() {
    check(
        "service_scaled_out",
        "golden/service_auto_scaling",
        "7m",
        ask(|sim| Inquiry::ServiceScaledOut(service(sim, "web"))),
        &["from 2 to 4 at 6:17.0", "2 running tasks × 105.1 ÷ 60.0 = 3.5, rounded up to 4", "3 out of the last 3 datapoints"],
    );
}

#[test]
fn section_7_8_why_a_service_was_scaled_out_step_by_step() {
    check(
        "service_scaled_out_in_steps",
        "golden/service_scales_out_in_steps",
        "15m",
        ask(|sim| Inquiry::ServiceScaledOut(service(sim, "web"))),
        &["| 2 → 4 tasks | CPUUtilization of web: 2 running tasks × 105.1 ÷ 60.0 = 3.5, rounded up to 4", "| 4 → 6 tasks |"],
    );
}

#[test]
fn section_7_8_why_a_service_is_not_scaled_in() {
    let not_in = || ask(|sim| Inquiry::ServiceNotScaledIn(service(sim, "web")));
    let service_auto_scaling = "golden/service_auto_scaling";
    check(
        "service_low_for_a_while",
        service_auto_scaling,
        "20m30s",
        not_in(),
        &["below 54.0 % (90 % of its target)", "in 15 of the newest 15 minutes", "9 more min"],
    );
    check("service_cooling_down", service_auto_scaling, "31m", not_in(), &["cooldown of its last step lasts until 34:17.0"]);
    check("service_at_minimum", service_auto_scaling, "3m", not_in(), &["at its minimum capacity of 2"]);
    let while_deploying = "golden/scaling_in_waits_for_a_deployment";
    check(
        "service_deploying",
        while_deploying,
        "17m",
        not_in(),
        &["a deployment is in progress, and nothing is scaled in before it is over"],
    );
}

#[test]
fn section_7_8_why_nothing_scales() {
    let never = ask(|sim| Inquiry::ServiceNeverScales(service(sim, "web")));
    check("service_never_scales", "golden/capacity_nothing_configured", "2m", never, &["No scalable target is registered"]);
    let all = || ask(|_| Inquiry::WhatScales);
    check(
        "what_scales_by_hand",
        "golden/server_dies_zombies",
        "2m",
        all(),
        &["A policy scales 0 of 1 service;", "2 servers were launched by hand"],
    );
    check(
        "what_scales_by_managed_scaling",
        "golden/capacity_scale_in",
        "2m",
        all(),
        &["managed scaling scales 1 of 1 auto scaling group", "target 100 %"],
    );
}

#[test]
fn section_7_2_why_a_group_was_scaled_out() {
    let why = || ask(|sim| Inquiry::GroupScaledOut(provider(sim)));
    check(
        "group_scaled_out",
        "golden/capacity_scale_out",
        "6m50s",
        why(),
        &[
            "reservation of 200 % was above the target of 100 %",
            "went from 2 to 4",
            "M, servers needed | 2 − 0 empty + 2 new | 4",
            "4 × 100 ÷ 2",
            "2 new servers",
        ],
    );
    check(
        "group_scaled_out_in_steps",
        "golden/capacity_from_zero",
        "8m",
        why(),
        &[
            "the last of 2 steps in this scale-out",
            "1:49.8 | 0 → 2 servers | reservation 200 %, target 100 %; 8 waiting tasks of web: 3 servers to launch; from zero the first step is to 2",
            "2:39.5 | waits | a server is still warming up, until 6:58.2",
            "7:10.9 | 2 → 3 servers | reservation 150 %",
        ],
    );
    check(
        "group_cut_by_its_maximum",
        "golden/capacity_group_at_maximum",
        "2m",
        why(),
        &["300 %", "its maximum, not the 3 that were asked for"],
    );
}

#[test]
fn section_7_5_why_a_group_is_not_scaled_in() {
    let why = || ask(|sim| Inquiry::GroupNotScaledIn(provider(sim)));
    check(
        "group_fragmented",
        "golden/capacity_fragmentation",
        "20m",
        why(),
        &["not how full they are: 3 of 3 servers have a task", "3 × 100 ÷ 3", "100 %"],
    );
    check(
        "group_counting_datapoints",
        "golden/capacity_scale_in",
        "13m30s",
        why(),
        &["15 minutes in a row: 5 have been, 10 are missing", "1 × 100 ÷ 2", "empty"],
    );
    check(
        "group_protected",
        "golden/capacity_termination_protected_drained",
        "6m30s",
        why(),
        &["wants 1 server fewer", "2 servers are protected from scale-in"],
    );
    check("group_without_managed_scaling", "golden/capacity_empty_provider", "1m", why(), &["Managed scaling is off"]);
}

#[test]
fn section_4_1_what_a_deployment_waits_for() {
    let why = || ask(|sim| Inquiry::Deployment(service(sim, "web")));
    check(
        "deployment_without_a_way",
        "golden/rolling_update_blocked",
        "2m",
        why(),
        &["3 × 100 % is 3 tasks", "3 × 125 % is 3 tasks", "was unable to stop or start tasks during a deployment"],
    );
    check(
        "deployment_port_conflict",
        "golden/port_conflict_stall",
        "100s",
        why(),
        &["taken by the old revision", "its deployment starts it again", "is already using a port required by your task"],
    );
    check(
        "deployment_protected",
        "golden/protected_tasks_hold_a_rollout",
        "5m",
        why(),
        &["protected from scale-in and deployments", "at 11:00.0", "(reason 2 tasks under protection)"],
    );
    check(
        "deployment_without_room",
        "golden/port_conflict_stall_zero_hundred",
        "2m3s",
        why(),
        &["1 task is missing: 1 task is being stopped", "the maximum of 1"],
    );
    check(
        "deployment_until_stopped",
        "golden/update_launch_type",
        "2m50s",
        why(),
        &["1 task of the old revision is still being stopped", "when the last one is STOPPED"],
    );
    check("deployment_paused", "golden/blue_green", "3m30s", why(), &["A PAUSE hook holds it in", "ContinueServiceDeployment"]);
    check(
        "deployment_asking",
        "golden/lambda_hooks",
        "2m15s",
        why(),
        &["until the function smoke-test answers SUCCEEDED", "ECS invokes it again at 2:20.9", "invoked 1 time"],
    );
    check("deployment_baking", "golden/blue_green", "6m", why(), &["In BAKE_TIME", "It ends at 7:41.9"]);
    check(
        "deployment_counting_failures",
        "golden/circuit_breaker_rollback",
        "1m40s",
        why(),
        &["counted 2 failures; 3 stop the deployment", "Circuit breaker, failures | 2 | 3 stop it"],
    );
    check("deployment_settling", "golden/rolling_update", "1m30s", why(), &["must be RUNNING for 40 s"]);
    check("deployment_throttled", "failures/section_14_18_service_throttled", "5m", why(), &["so ECS makes no attempt before"]);
}

#[test]
fn section_6_2_why_a_target_is_as_it_is() {
    check(
        "target_unhealthy",
        "golden/lb_hang_on_fargate",
        "3m20s",
        ask(|sim| Inquiry::Target(target_in(sim, TargetState::Unhealthy))),
        &["Request timed out", "In truth nothing answers at all", "ECS knows: it starts a replacement"],
    );
    check(
        "target_draining",
        "golden/lb_rolling_update_delay_300",
        "3m",
        ask(|sim| Inquiry::Target(target_in(sim, TargetState::Draining))),
        &["deregistration delay of 5 min, until 7:32.0", "Only then does the task get SIGTERM"],
    );
    check(
        "target_not_ready",
        "golden/lb_slow_start_without_grace",
        "25s",
        ask(|sim| Inquiry::Target(target_in(sim, TargetState::Initial))),
        &["its app answers with 503 until it is ready", "healthy after one check that passes"],
    );
    check(
        "target_on_stopped_server",
        "golden/lb_stopped_server",
        "2m15s",
        ask(|sim| Inquiry::Target(target_in(sim, TargetState::Unused))),
        &["Target is in the stopped state", "neither checks it nor sends it requests", "ECS knows: it starts a replacement"],
    );
}

#[test]
fn section_6_4_who_notices_and_when() {
    check(
        "noticed_hang_by_container_health_check",
        "golden/app_hang_with_health_check",
        "1m58s",
        ask(|sim| Inquiry::TaskNoticed(hung(sim))),
        &[
            "has not answered since 1:10.0",
            "First to notice: container health check, at 1:53.4",
            "Agent's connection",
            "the agent goes on talking",
        ],
    );
    check(
        "noticed_hang_not_yet",
        "golden/lb_hang_on_fargate",
        "2m10s",
        ask(|sim| Inquiry::TaskNoticed(hung(sim))),
        &["Nobody has noticed yet; the first will be: load balancer, by"],
    );
    check(
        "noticed_dead_server",
        "golden/server_dies_zombies",
        "2m",
        ask(|sim| Inquiry::ServerNoticed(server(sim, 1))),
        &["no power", "first will be: agent's connection, by 3:", "in no auto scaling group, so nobody looks"],
    );
    check(
        "noticed_cut_server",
        "golden/lb_agent_cut_then_host_dead",
        "4m",
        ask(|sim| Inquiry::ServerNoticed(server(sim, 0))),
        &[
            "only ECS does not hear of it",
            "First to notice: agent's connection",
            "Blind to it: container health check, load balancer",
        ],
    );
    check(
        "noticed_dead_server_of_a_group",
        "golden/asg_replaces_what_is_lost",
        "6m30s",
        ask(|sim| Inquiry::ServerNoticed(server(sim, 1))),
        &["EC2 status checks", "ends the server and launches another"],
    );
}

#[test]
fn section_3_7_why_a_task_waits_where_a_provider_or_a_quota_decides() {
    let waits = |run: &Run| why_service_waits(&run.sim, service(&run.sim, "web"));
    check(
        "waits_for_an_empty_provider",
        "golden/capacity_empty_provider",
        "1m",
        waits,
        &["Capacity provider web-cp has no ACTIVE server", "Managed scaling is off"],
    );
    check("waits_for_vcpus", "golden/fargate_vcpu_quota", "2m", waits, &["may use 6 vCPUs of Fargate at once", "Quota | 6"]);
    check("waits_for_a_role", "golden/start_role_not_assumable", "1m", waits, &["does not let ECS assume the role of web"]);
    let task = |status| move |run: &Run| starting::why_task_waits(&run.sim, task_in(&run.sim, status));
    check(
        "waits_for_managed_scaling",
        "golden/capacity_group_at_maximum",
        "5m",
        task(TaskStatus::Provisioning),
        &["a maximum of 2", "M, servers needed"],
    );
    check("waits_for_an_image", "golden/start_image_not_found", "12s", task(TaskStatus::Pending), &["the image does not exist"]);
    let ended = |run: &Run| starting::why_stopped(&run.sim, task_in(&run.sim, TaskStatus::Stopped));
    check("stopped_out_of_memory", "golden/out_of_memory", "2m", ended, &["An essential container ended", "exit code 137"]);
    check(
        "stopped_without_an_address",
        "golden/subnet_addresses_exhausted",
        "3m",
        ended,
        &["It never came to RUNNING", "InsufficientFreeAddressesInSubnet"],
    );
}

#[test]
fn section_6_2_why_requests_are_lost() {
    check(
        "lost_to_overload",
        "golden/lb_overload_cascade",
        "2m30s",
        ask(|sim| Inquiry::Lost(Toward::TargetGroup(group(sim)))),
        &["requests have been lost so far", "the targets get more than they can answer", "Lost to", "When it began"],
    );
    check(
        "lost_to_an_unknown_endpoint",
        "failures/section_14_28_new_endpoint_unknown",
        "3m",
        ask(|sim| Inquiry::Lost(Toward::Service(service(sim, "api")))),
        &[
            "the name does not resolve for tasks that started before the endpoint was made",
            "Service Connect endpoint api of api exists",
        ],
    );
    check(
        "lost_to_a_stale_name",
        "golden/discovery_stale_answer",
        "3m",
        ask(|sim| Inquiry::Lost(Toward::Service(service(sim, "web")))),
        &["502, nobody listens at the target"],
    );
}

#[test]
fn section_11_why_it_costs_this() {
    let bill = || ask(|_| Inquiry::Bill);
    check(
        "bill_of_servers",
        "golden/server_dies_zombies",
        "1h",
        bill(),
        &["m5.large: 2 × $0.096 = $0.192 an hour", "Disks of servers of 30 GB | 2"],
    );
    check("bill_of_spot", "golden/capacity_spot_drained", "3m", bill(), &["Spot (65 % off)"]);
    check("bill_of_fargate_spot", "golden/capacity_strategy_fargate", "3m", bill(), &["Fargate Spot (70 % off)"]);
}

/// Whatever is offered has an answer, at any moment of any run.
#[test]
fn every_question_that_is_offered_has_an_answer() {
    let (mut offered, mut by_facts) = (0, 0);
    for entry in fs::read_dir(folder("golden")).expect("the folder can be read") {
        let path = entry.expect("an entry").path();
        if !path.is_dir() {
            continue;
        }
        let mut run = Run::of(&path.join("scenario.toml"));
        let end_ms = run.scenario.open_at_ms;
        for part in 1..=6 {
            run.until(end_ms * part / 6);
            for inquiry in all_offered(&run.sim) {
                let answer = answers::answer(&run.sim, &run.log, inquiry);
                let label = answers::label(&run.sim, inquiry);
                let answer = answer.unwrap_or_else(|| panic!("{}: {label}", path.display()));
                assert!(label.ends_with('?') && answer.sentence.ends_with(['.', '!']), "{label} {}", answer.sentence);
                text(&answer);
                offered += 1;
            }
            for fact in &run.log {
                let inquiry = answers::of_fact(&run.sim, &fact.kind);
                let answer = inquiry.and_then(|inquiry| answers::answer(&run.sim, &run.log, inquiry));
                by_facts += usize::from(answer.is_some());
                assert!(!words::sentence(&run.sim, fact).is_empty());
            }
        }
    }
    assert!(offered > 1_000 && by_facts > 1_000, "{offered} offered, {by_facts} by facts");
}

fn all_offered(sim: &Sim) -> Vec<Inquiry> {
    let belief = sim.belief();
    let services = belief.services.ids().flat_map(|id| answers::of_service(sim, id));
    let tasks = belief.tasks.ids().flat_map(|id| answers::of_task(sim, id));
    let servers = sim.truth().hosts.ids().flat_map(|id| answers::of_server(sim, id));
    let groups = sim.neighbours().balancer.groups.ids().flat_map(|id| answers::of_target_group(sim, id));
    let providers = belief.capacity.providers.keys().flat_map(|id| answers::of_provider(sim, *id));
    services.chain(tasks).chain(servers).chain(groups).chain(providers).chain(answers::of_cluster()).collect()
}
