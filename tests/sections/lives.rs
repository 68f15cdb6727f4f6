//! Lives of tasks: how a scenario with one service `web` begins, how its first task ends, and which states it went through.

use ecs_playground::sim::command::Command;
use ecs_playground::sim::control_plane::task::Task;
use ecs_playground::sim::fault::{AppTarget, Fault};
use ecs_playground::sim::ids::TaskId;
use ecs_playground::sim::model::start_error::StartError;
use ecs_playground::sim::model::task::TaskStatus;
use ecs_playground::sim::observation::Kind;
use ecs_playground::sim::time::{MINUTE, Millis};

use crate::common::scenario::{Run, SERVERS, definition, service};

/// A target group `web` with a short deregistration delay.
pub const TARGET_GROUP: &str = "[[setup]]\ncommand = \"CreateTargetGroup\"\nrequest = { name = \"web\", target_type = \"TYPE\", deregistration_delay_timeout_seconds = 20 }\n";
const BALANCED: &str = "load_balancers = [{ target_group = \"web\", container_name = \"web\", container_port = 80 }]";
/// An auto scaling group with two servers and its capacity provider `web-cp`.
pub const PROVIDER: &str = "[[setup]]
command = \"CreateAutoScalingGroup\"
request = { auto_scaling_group_name = \"web\", min_size = 0, max_size = 10, desired_capacity = 2, instance_types = [\"m5.large\"] }
[[setup]]
command = \"CreateCapacityProvider\"
request = { name = \"web-cp\", auto_scaling_group_provider = { auto_scaling_group = \"web\", managed_scaling = {} } }
[[setup]]
command = \"PutClusterCapacityProviders\"
request = { capacity_providers = [\"web-cp\"], default_capacity_provider_strategy = [] }
";

/// Where and how a task runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    Bridge,
    Awsvpc,
    Fargate,
}

/// A cluster with the service `web` of one task; `balanced` with a load balancer.
pub fn cluster(kept: Kept, balanced: bool) -> String {
    let ports = if balanced { ", portMappings = [{ containerPort = 80 }]" } else { "" };
    let mut definition = definition("web", ports);
    if kept != Kept::Bridge {
        let words = "networkMode = \"awsvpc\"\nrequiresCompatibilities = [\"EC2\", \"FARGATE\"]\ncpu = \"256\"\nmemory = \"512\"";
        definition = definition.replace("networkMode = \"bridge\"", words);
    }
    let mut rest = if balanced { BALANCED.to_string() } else { String::new() };
    if kept == Kept::Fargate {
        rest.push_str("\nlaunch_type = \"FARGATE\"");
    }
    let kind = if kept == Kept::Bridge { "instance" } else { "ip" };
    let group = if balanced { TARGET_GROUP.replace("TYPE", kind) } else { String::new() };
    format!("{SERVERS}{definition}{group}{}", service("web", 1, &rest))
}

/// The states a task went through, as the API spells them.
pub fn path(run: &Run, task: TaskId) -> String {
    let times = known(run, task).times;
    let entered: Vec<&str> =
        TaskStatus::ALL.into_iter().filter(|status| times.entered(*status).is_some()).map(TaskStatus::name).collect();
    entered.join(" ")
}

/// What ECS knows of a task.
pub fn known(run: &Run, task: TaskId) -> &Task {
    run.sim.belief().tasks.get(task).expect("it can be described")
}

/// When a task entered a state.
pub fn entered(run: &Run, task: TaskId, status: TaskStatus) -> Millis {
    known(run, task).times.entered(status).unwrap_or_else(|| panic!("{} was never {}", path(run, task), status.name()))
}

/// How long a task was in a state.
pub fn spent(run: &Run, task: TaskId, status: TaskStatus) -> Millis {
    known(run, task).times.spent(status).unwrap_or_else(|| panic!("{} was not {}", path(run, task), status.name()))
}

/// Stop code and stopped reason of a task that has ended.
pub fn stopped(run: &Run, task: TaskId) -> (&'static str, String) {
    let found = run.log.iter().find_map(|observation| match &observation.kind {
        Kind::TaskStopped { task: of, code, reason, .. } if *of == task => Some((code.name(), reason.to_string())),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{} has not ended", path(run, task)))
}

/// Exit code and reason of the container that a task ended by.
pub fn container_end(run: &Run, task: TaskId) -> (Option<i32>, String) {
    let found = run.log.iter().find_map(|observation| match &observation.kind {
        Kind::TaskStopped { task: of, exit_code, detail, .. } if *of == task => {
            Some((*exit_code, detail.as_deref().unwrap_or_default().to_string()))
        }
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{} has not ended", path(run, task)))
}

/// The first task of the scenario, three minutes on.
pub fn first_task(scenario: &str) -> (Run, TaskId) {
    let mut run = Run::begin(scenario, 4);
    run.until(3 * MINUTE);
    let task = run.tasks("web")[0];
    (run, task)
}

/// The same, scaled in and ended.
pub fn scaled_in(scenario: &str) -> (Run, TaskId) {
    let (mut run, task) = first_task(scenario);
    run.scale("web", 0).until(6 * MINUTE);
    (run, task)
}

/// The same, its container gone by itself with this code.
pub fn exited(scenario: &str, code: i32) -> (Run, TaskId) {
    let (mut run, task) = first_task(scenario);
    run.inject(Fault::ContainerExit { target: AppTarget::Task(task), code }).until(6 * MINUTE);
    (run, task)
}

/// The first task of a scenario whose service is created while its containers cannot start.
pub fn failing(scenario: &str, error: StartError) -> (Run, TaskId) {
    let mut run = Run::begin(&scenario.replace("desired_count = 1", "desired_count = 0"), 4);
    run.until(3 * MINUTE).inject(Fault::StartFailure { family: "web".to_string(), error });
    run.scale("web", 1).until(12 * MINUTE);
    (run, TaskId(1))
}

/// Someone stops a task by hand.
pub fn stop(task: TaskId, reason: Option<&str>) -> Command {
    Command::StopTask { task, reason: reason.map(str::to_string) }
}
