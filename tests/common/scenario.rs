//! Small scenarios in a line or two, and questions to a run.

use ecs_playground::import::scenario::Scenario;
use ecs_playground::sim::command::balancing::{BalancingCommand, SetTraffic, TrafficSegment};
use ecs_playground::sim::command::{Command, LaunchInstances, UpdateService};
use ecs_playground::sim::engine::Sim;
use ecs_playground::sim::fault::Fault;
use ecs_playground::sim::ids::{ObservationId, ServiceId, TaskId};
use ecs_playground::sim::observation::{Kind, Observation, ServiceEvent};
use ecs_playground::sim::time::Millis;
use ecs_playground::sim::tuning::Tuning;

/// A run and everything it has said.
pub struct Run {
    pub sim: Sim,
    pub log: Vec<Observation>,
}

impl Run {
    /// Begins the scenario `text` with another seed than its own.
    pub fn begin(text: &str, seed: u64) -> Self {
        Self::tuned(text, seed, Tuning::default())
    }

    /// The same with other constants.
    pub fn tuned(text: &str, seed: u64, tuning: Tuning) -> Self {
        let text = format!("title = \"test\"\nsentence = \"\"\n{text}");
        let scenario = Scenario::parse(&text).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"));
        let mut log = Vec::new();
        let sim = scenario.begin(Some(seed), tuning, &mut log).expect("the scenario begins");
        Self { sim, log }
    }

    /// Lets time pass until an instant.
    pub fn until(&mut self, at_ms: Millis) -> &mut Self {
        self.sim.advance_to(at_ms, &mut self.log);
        self
    }

    /// Asks for something that must be accepted.
    pub fn give(&mut self, command: Command) -> &mut Self {
        self.sim.apply(&command, &mut self.log).unwrap_or_else(|refusal| panic!("{command:?}: {refusal:?}"));
        self
    }

    /// Breaks something.
    pub fn inject(&mut self, fault: Fault) -> &mut Self {
        self.give(Command::InjectFault(fault))
    }

    /// Launches servers.
    pub fn launch(&mut self, instance_type: &str, zone: &str, count: u32) -> &mut Self {
        self.give(Command::LaunchInstances(LaunchInstances {
            instance_type: instance_type.to_string(),
            zone: zone.to_string(),
            count,
            spot: false,
            ecs_enable_spot_instance_draining: false,
            attributes: Vec::new(),
        }))
    }

    /// Changes the desired count of a service.
    pub fn scale(&mut self, service: &str, desired_count: u32) -> &mut Self {
        let service = service.to_string();
        self.give(Command::UpdateService(UpdateService {
            service,
            desired_count: Some(desired_count),
            ..UpdateService::default()
        }))
    }

    /// Instants of the observations that a question accepts.
    pub fn times(&self, accepts: impl Fn(&Kind) -> bool) -> Vec<Millis> {
        self.log.iter().filter(|observation| accepts(&observation.kind)).map(|observation| observation.at_ms).collect()
    }

    /// The instant of the first of them; panics when there is none.
    pub fn first(&self, what: &str, accepts: impl Fn(&Kind) -> bool) -> Millis {
        *self.times(accepts).first().unwrap_or_else(|| panic!("{what} never happened"))
    }

    /// Instants at which a service said something in these words.
    pub fn said(&self, part: &str) -> Vec<Millis> {
        self.times(|kind| matches!(kind, Kind::ServiceEvent { event, .. } if event.text("s").contains(part)))
    }

    /// Instants at which a service said that it is steady.
    pub fn steady(&self) -> Vec<Millis> {
        self.times(|kind| matches!(kind, Kind::ServiceEvent { event, .. } if **event == ServiceEvent::SteadyState))
    }

    /// The service of this name.
    pub fn service(&self, name: &str) -> ServiceId {
        self.sim.belief().service_named(name).expect("the service exists")
    }

    /// Wanted tasks of a service.
    pub fn tasks(&self, name: &str) -> Vec<TaskId> {
        self.sim.belief().services[self.service(name)].tasks.iter().copied().collect()
    }

    /// An observation and what led to it, newest first.
    pub fn chain(&self, from: ObservationId) -> Vec<&Kind> {
        let mut chain = Vec::new();
        let mut next = Some(from);
        while let Some(id) = next {
            let observation = &self.log[id.0 as usize - 1];
            chain.push(&observation.kind);
            next = observation.cause;
        }
        chain
    }

    /// The last observation that a question accepts.
    pub fn last(&self, what: &str, accepts: impl Fn(&Kind) -> bool) -> ObservationId {
        let found = self.log.iter().rev().find(|observation| accepts(&observation.kind));
        found.unwrap_or_else(|| panic!("{what} never happened")).id
    }
}

/// Three servers of one zone.
pub const SERVERS: &str = "servers = [{ type = \"m5.2xlarge\", zone = \"us-east-1a\", count = 3 }]\n";

/// A task definition with one container; `rest` goes on inside the container.
pub fn definition(family: &str, rest: &str) -> String {
    format!(
        "[[task_definitions]]\nfamily = \"{family}\"\nnetworkMode = \"bridge\"\ncontainerDefinitions = [{{ name = \"{family}\", image = \"{family}:1\", cpu = 256, memory = 512{rest} }}]\n"
    )
}

/// A service of the task definition of its name.
pub fn service(name: &str, count: u32, rest: &str) -> String {
    format!("[[services]]\nname = \"{name}\"\ntask_definition = \"{name}\"\ndesired_count = {count}\n{rest}\n")
}

/// A web service on three servers.
pub fn web(count: u32) -> String {
    format!("{SERVERS}{}{}", definition("web", ""), service("web", count, ""))
}

/// Has a task been placed?
pub fn is_placed(kind: &Kind) -> bool {
    matches!(kind, Kind::TaskPlaced { .. })
}

/// Changes nothing of a service yet.
pub fn update(service: &str) -> UpdateService {
    UpdateService { service: service.to_string(), ..UpdateService::default() }
}

/// Lets the service `web` run another task definition.
pub fn deploy(task_definition: &str) -> Command {
    Command::UpdateService(UpdateService { task_definition: Some(task_definition.to_string()), ..update("web") })
}

/// Three servers, a service `web`, and `next` for its next deployment; `rest` goes on inside the containers of both.
pub fn web_and_next(count: u32, rest: &str, rest_of_service: &str) -> String {
    format!("{SERVERS}{}{}{}", definition("web", rest), definition("next", rest), service("web", count, rest_of_service))
}

/// Two tasks `web` behind a target group on two servers; `app` goes on inside the app, `group` inside the request for the group.
pub fn balanced(server: &str, app: &str, group: &str) -> String {
    format!(
        r#"servers = [{{ type = "{server}", zone = "us-east-1a", count = 2 }}]
[[task_definitions]]
family = "web"
networkMode = "bridge"
containerDefinitions = [{{ name = "web", image = "web:1", cpu = 256, memory = 512, portMappings = [{{ containerPort = 80, hostPort = 0 }}] }}]
[apps.web]
{app}
[[setup]]
command = "CreateTargetGroup"
request = {{ name = "web", {group} }}
[[services]]
name = "web"
task_definition = "web"
desired_count = 2
load_balancers = [{{ target_group = "web", container_name = "web", container_port = 80 }}]
"#
    )
}

/// Requests come to the target group `web` from now on.
pub fn send(run: &mut Run, milli_requests_per_second: u64) {
    run.give(Command::Balancing(BalancingCommand::SetTraffic(SetTraffic {
        name: "shop".to_string(),
        target_group: Some("web".to_string()),
        segments: vec![TrafficSegment { after_seconds: 0, milli_requests_per_second }],
        ..SetTraffic::default()
    })));
}
