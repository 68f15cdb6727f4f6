//! Random clusters and random commands from one number, for the properties and for the soak.
//!
//! It reads a run to aim (sometimes past the mark, on purpose) and never changes it. Start reading at [`Chaos::begin`] and
//! [`Chaos::command`].

#[path = "chaos/balancing.rs"]
mod balancing;
#[path = "chaos/capacity.rs"]
mod capacity;
#[path = "chaos/furniture.rs"]
mod furniture;
#[path = "chaos/metrics.rs"]
mod metrics;
#[path = "chaos/platform.rs"]
mod platform;
#[path = "chaos/services.rs"]
mod services;

use std::fmt::Write as _;

use ecs_playground::import::scenario::Scenario;
use ecs_playground::sim::command::{
    Command, CreateService, InstanceStatusRequest, LaunchInstances, LaunchType, RunTask, SchedulingStrategy, UpdateService,
};
use ecs_playground::sim::engine::Sim;
use ecs_playground::sim::fault::{AppTarget, Direction, Fault, NetworkTarget};
use ecs_playground::sim::ids::{FaultId, InstanceId, TaskId};
use ecs_playground::sim::model::expression::Expression;
use ecs_playground::sim::model::placement::{PlacementConstraint, PlacementStrategy};
use ecs_playground::sim::observation::Observation;
use ecs_playground::sim::random;
use ecs_playground::sim::time::{Millis, SECOND};
use ecs_playground::sim::tuning::Tuning;

/// How many kinds of command there are; a set of them is a mask of so many bits.
pub const KINDS: u32 = 32;

/// Families that run well for ever, and those that do not.
const SOUND: [&str; 7] = ["web", "api", "port", "host", "eni", "init", "slow"];
const CRASHING: &str = "crash";

/// A source of clusters and commands.
#[derive(Clone, Debug)]
pub struct Chaos {
    seed: u64,
    drawn: u64,
    kinds: Vec<u32>,
    /// Only what can come to rest: sound families, rollouts that are not blocked.
    gentle: bool,
    services: u32,
    /// A service has the load balancer that deployments can shift traffic by.
    routed: bool,
    /// So many faults may be in force at a time: where all is broken, little can happen.
    bears: usize,
    /// Commands that come before any other, the last of them first.
    asked_first: Vec<Command>,
    /// How many of those a script asks for without a pause.
    hurried: usize,
}

impl Chaos {
    /// Draws from `seed`, among the kinds of the mask.
    pub fn new(seed: u64, mask: u64) -> Self {
        let kinds: Vec<u32> = (0..KINDS).filter(|kind| mask & (1 << kind) != 0).collect();
        let kinds = if kinds.is_empty() { vec![0] } else { kinds };
        let mut chaos = Self {
            seed,
            drawn: 0,
            kinds,
            gentle: false,
            services: 0,
            routed: false,
            bears: usize::MAX,
            asked_first: Vec::new(),
            hurried: 0,
        };
        chaos.bears = chaos.pick(&[1, 3, 6, usize::MAX]);
        chaos
    }

    /// The same without anything that can never come to rest.
    pub fn gentle(seed: u64, mask: u64) -> Self {
        Self { gentle: true, bears: usize::MAX, ..Self::new(seed, mask) }
    }

    /// A whole number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.drawn += 1;
        random::mix(&[self.seed, self.drawn]) % bound
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    pub(crate) fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    /// A small cluster with a few services, at its beginning.
    pub fn begin(&mut self, observations: &mut Vec<Observation>) -> Sim {
        let text = self.scenario();
        let scenario = Scenario::parse(&text).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"));
        scenario.begin(Some(self.seed), Tuning::default(), observations).expect("the scenario begins")
    }

    fn scenario(&mut self) -> String {
        let zones = 1 + self.below(3);
        let names: Vec<String> = ["a", "b", "c"].iter().take(zones as usize).map(|zone| format!("\"us-east-1{zone}\"")).collect();
        let mut text = format!("title = \"chaos\"\nsentence = \"\"\nzones = [{}]\n", names.join(", "));
        for _ in 0..1 + self.below(5) {
            let (kind, zone, spot) = (self.pick(&KINDS_OF_SERVER), self.below(zones) as usize, self.one_in(4));
            writeln!(text, "[[servers]]\ntype = \"{kind}\"\nzone = {}\nspot = {spot}", names[zone]).unwrap();
        }
        text.push_str(DEFINITIONS);
        if self.gentle {
            text.push_str(ROOM_ON_FARGATE);
        }
        text.push_str(balancing::SETUP);
        text.push_str(balancing::FUNCTION);
        if !self.gentle && self.one_in(3) {
            let furniture = self.furnish();
            text.push_str(&furniture);
        }
        for _ in 0..1 + self.below(3) {
            self.services += 1;
            let (name, family, count) = (self.services, self.family(), self.below(5));
            writeln!(text, "[[services]]\nname = \"s{name}\"\ntask_definition = \"{family}\"\ndesired_count = {count}").unwrap();
            let lines = self.balanced_lines(family);
            text.push_str(&lines);
        }
        text
    }

    pub(crate) fn family(&mut self) -> &'static str {
        if !self.gentle && self.one_in(8) { CRASHING } else { self.pick(&SOUND) }
    }

    /// How long nothing is asked.
    pub fn gap_ms(&mut self) -> Millis {
        if self.hurried > 0 {
            return 0;
        }
        let longest = self.pick(&[SECOND / 2, 5 * SECOND, 40 * SECOND, 200 * SECOND]);
        self.below(longest)
    }

    /// The next command.
    pub fn command(&mut self, sim: &Sim) -> Command {
        if let Some(command) = self.asked_first.pop() {
            self.hurried = self.hurried.saturating_sub(1);
            return command;
        }
        self.hurry(sim);
        if sim.faults().active().count() > self.bears {
            return self.heal(sim);
        }
        let drawn = self.below(self.kinds.len() as u64);
        let kind = self.kinds[drawn as usize];
        match kind {
            0 | 1 => self.scale(),
            2 => self.create_service(),
            3 => Command::UpdateService(UpdateService {
                service: self.service(),
                task_definition: Some(self.family().to_string()),
                ..UpdateService::default()
            }),
            4 => Command::DeleteService { service: self.service() },
            5 => self.run_task(),
            6 | 7 => Command::StopTask { task: self.task(sim), reason: None },
            8 => Command::LaunchInstances(self.launch(sim)),
            9 => Command::UpdateContainerInstancesState { instance: self.instance(sim), status: InstanceStatusRequest::Draining },
            10 => Command::UpdateContainerInstancesState { instance: self.instance(sim), status: InstanceStatusRequest::Active },
            11 => Command::DeregisterContainerInstance { instance: self.instance(sim) },
            12 => Command::TerminateInstances { instance: self.instance(sim) },
            13 => self.register_again(sim),
            14 => self.move_service(),
            15 | 16 => self.heal(sim),
            26 => self.platform_command(sim),
            27 => Command::InjectFault(self.platform_fault(sim)),
            28 => self.balancing(sim),
            29 => self.metrics_command(),
            30 => self.services_command(sim),
            31 => self.capacity(sim),
            _ => Command::InjectFault(self.fault(sim, kind)),
        }
    }

    /// Now and then a script asks for the same thing until the API throttles it. It draws nothing: other runs stay as they were.
    fn hurry(&mut self, sim: &Sim) {
        let (often, command) = match random::mix(&[self.seed, self.drawn, 7]) % 600 {
            _ if self.gentle => return,
            0 if self.kinds.contains(&13) => (25, self.clone().register_again(sim)),
            1 if self.kinds.contains(&0) => (55, self.clone().scale()),
            _ => return,
        };
        self.asked_first = vec![command; often];
        self.hurried = often;
    }

    fn scale(&mut self) -> Command {
        Command::UpdateService(UpdateService {
            service: self.service(),
            desired_count: Some(self.below(7) as u32),
            ..UpdateService::default()
        })
    }

    fn fault(&mut self, sim: &Sim, kind: u32) -> Fault {
        let (instance, task) = (self.instance(sim), self.task(sim));
        match kind {
            17 => Fault::ContainerExit { target: AppTarget::Task(task), code: self.pick(&[0, 1, 139]) },
            18 => Fault::OutOfMemory { target: AppTarget::Task(task) },
            19 => Fault::AppHang { task },
            20 => Fault::AgentStop { instance },
            21 if self.one_in(3) => Fault::ClientNetworkCut { target: self.network(sim) },
            21 => {
                let direction = self.pick(&[Direction::Both, Direction::Both, Direction::ToControlPlane, Direction::ToAgent]);
                Fault::NetworkCut { target: self.network(sim), direction }
            }
            22 if self.one_in(2) => Fault::PacketLoss { target: self.network(sim), percent: self.pick(&[5, 50, 95, 100]) },
            22 => Fault::PacketDelay { target: self.network(sim), extra_ms: self.pick(&[200, 5_000, 70_000, 200_000]) },
            23 => Fault::ServerDeath { instance },
            24 if self.one_in(2) => Fault::ZoneFailure { zone: self.zone(sim) },
            24 => self.pick_fault(sim),
            _ => match self.below(4) {
                0 => Fault::RegistryFailure,
                // A pull goes on as slowly as it began: forty times as slow may take Fargate an hour.
                1 => Fault::RegistrySlow { factor: 1 + self.below(if self.gentle { 5 } else { 40 }) as u32 },
                2 => Fault::DiskFull { instance },
                _ => Fault::ContainerExit { target: AppTarget::Family(self.family().to_string()), code: 1 },
            },
        }
    }

    fn pick_fault(&mut self, sim: &Sim) -> Fault {
        match self.below(3) {
            0 => Fault::SpotInterruption { instance: self.instance(sim) },
            1 => Fault::FargateTaskRetirement { task: self.task(sim) },
            _ => Fault::FargateSpotInterruption { task: self.task(sim) },
        }
    }

    fn service(&mut self) -> String {
        format!("s{}", 1 + self.below(u64::from(self.services) + u64::from(self.services < 2)))
    }

    fn task(&mut self, sim: &Sim) -> TaskId {
        let alive: Vec<TaskId> = sim.truth().tasks.ids().collect();
        if alive.is_empty() || self.one_in(12) {
            return TaskId(1 + self.below(u64::from(sim.belief().tasks.next_id().0)) as u32);
        }
        self.pick(&alive)
    }

    fn instance(&mut self, sim: &Sim) -> InstanceId {
        InstanceId(1 + self.below(sim.truth().hosts.len() as u64 + 1) as u32)
    }

    fn zone(&mut self, sim: &Sim) -> String {
        let zone = self.below(sim.belief().zones.len() as u64) as usize;
        sim.belief().zones[zone].name.to_string()
    }

    fn network(&mut self, sim: &Sim) -> NetworkTarget {
        if self.one_in(4) { NetworkTarget::Zone(self.zone(sim)) } else { NetworkTarget::Instance(self.instance(sim)) }
    }

    fn heal(&mut self, sim: &Sim) -> Command {
        let active: Vec<FaultId> = sim.faults().active().map(|(fault, _)| fault).collect();
        let fault = if active.is_empty() { FaultId(1 + self.below(9) as u32) } else { self.pick(&active) };
        Command::HealFault { fault }
    }

    fn launch(&mut self, sim: &Sim) -> LaunchInstances {
        let (instance_type, zone) = (self.pick(&KINDS_OF_SERVER).to_string(), self.zone(sim));
        LaunchInstances {
            instance_type,
            zone,
            count: self.below(3) as u32,
            spot: self.one_in(3),
            ecs_enable_spot_instance_draining: false,
            attributes: Vec::new(),
        }
    }

    fn strategies(&mut self) -> Vec<PlacementStrategy> {
        let read = |kind, field| PlacementStrategy::parse(kind, field).expect("a strategy");
        match self.below(6) {
            0 => vec![read("random", None)],
            1 => vec![read("binpack", Some("memory"))],
            2 => vec![read("spread", Some("instanceId")), read("binpack", Some("cpu"))],
            3 => vec![read("spread", Some("attribute:ecs.availability-zone"))],
            _ => Vec::new(),
        }
    }

    fn constraints(&mut self) -> Vec<PlacementConstraint> {
        if self.gentle {
            return Vec::new();
        }
        match self.below(6) {
            0 => vec![PlacementConstraint::DistinctInstance],
            1 => vec![PlacementConstraint::MemberOf(Expression::parse("runningTasksCount < 3").expect("an expression").into())],
            _ => Vec::new(),
        }
    }

    fn create_service(&mut self) -> Command {
        self.services += 1;
        let (daemon, fargate) = (self.one_in(3), self.one_in(4));
        let launch_type = if fargate { self.pick(&[LaunchType::Fargate, LaunchType::FargateSpot]) } else { LaunchType::Ec2 };
        let plain = daemon || fargate;
        let percents: [Option<u32>; 4] = if self.gentle { [None; 4] } else { [None, Some(0), Some(50), Some(100)] };
        let maximum: [Option<u32>; 4] = if self.gentle { [None; 4] } else { [None, None, Some(100), Some(150)] };
        let family = if fargate { "eni" } else { self.family() };
        Command::CreateService(CreateService {
            network_configuration: None,

            service_name: format!("s{}", if self.one_in(10) { 1 } else { self.services }),
            task_definition: family.to_string(),
            load_balancers: self.load_balancers(family),
            desired_count: self.below(5) as u32,
            launch_type,
            scheduling_strategy: if daemon { SchedulingStrategy::Daemon } else { SchedulingStrategy::Replica },
            placement_strategy: if plain { Vec::new() } else { self.strategies() },
            placement_constraints: if plain { Vec::new() } else { self.constraints() },
            minimum_healthy_percent: self.pick(&percents),
            maximum_percent: self.pick(&maximum),
            capacity_provider_strategy: self.maybe_strategy(),
            ..CreateService::default()
        })
    }

    fn run_task(&mut self) -> Command {
        let fargate = self.one_in(4);
        Command::RunTask(RunTask {
            network_configuration: None,

            task_definition: if fargate { "eni".to_string() } else { self.family().to_string() },
            count: self.below(5) as u32,
            launch_type: if fargate { LaunchType::Fargate } else { LaunchType::Ec2 },
            group: None,
            placement_strategy: if fargate { Vec::new() } else { self.strategies() },
            placement_constraints: if fargate { Vec::new() } else { self.constraints() },
            capacity_provider_strategy: self.maybe_strategy(),
        })
    }

    fn register_again(&mut self, sim: &Sim) -> Command {
        let name = self.family();
        let definition = sim.belief().definition_named(name).expect("every family is registered");
        Command::RegisterTaskDefinition(Box::new((*sim.belief().definitions[definition].definition).clone()))
    }

    fn move_service(&mut self) -> Command {
        let launch_type = self.pick(&[LaunchType::Ec2, LaunchType::Fargate]);
        Command::UpdateService(UpdateService {
            service: self.service(),
            task_definition: Some("eni".to_string()),
            launch_type: Some(launch_type),
            placement_strategy: Some(Vec::new()),
            placement_constraints: Some(Vec::new()),
            ..UpdateService::default()
        })
    }
}

const KINDS_OF_SERVER: [&str; 5] = ["t3.small", "t3.medium", "m5.large", "c5.xlarge", "r5.large"];

/// No quota that keeps a service from its desired count.
const ROOM_ON_FARGATE: &str = r#"
[[setup]]
command = "RequestServiceQuotaIncrease"
request = { quota_code = "L-3032A538", desired_value = 1000 }

[[setup]]
command = "RequestServiceQuotaIncrease"
request = { quota_code = "L-36FBB829", desired_value = 1000 }
"#;

const DEFINITIONS: &str = r#"
[[task_definitions]]
family = "web"
networkMode = "bridge"
containerDefinitions = [{ name = "nginx", image = "nginx:1", cpu = 256, memory = 512, portMappings = [{ containerPort = 80, hostPort = 0 }], healthCheck = { command = ["CMD-SHELL", "true"], interval = 5, timeout = 2, retries = 2 } }]

[[task_definitions]]
family = "api"
networkMode = "bridge"
memory = "900"
containerDefinitions = [{ name = "api", image = "api:1", cpu = 512, memory = 900 }]

[[task_definitions]]
family = "port"
networkMode = "bridge"
containerDefinitions = [{ name = "port", image = "port:1", cpu = 64, memory = 128, portMappings = [{ containerPort = 80, hostPort = 8080 }] }]

[[task_definitions]]
family = "host"
networkMode = "host"
containerDefinitions = [{ name = "host", image = "host:1", cpu = 64, memory = 256, portMappings = [{ containerPort = 9000 }] }]

[[task_definitions]]
family = "eni"
networkMode = "awsvpc"
requiresCompatibilities = ["EC2", "FARGATE"]
cpu = "256"
memory = "512"
containerDefinitions = [{ name = "app", image = "eni:1", healthCheck = { command = ["CMD-SHELL", "true"], interval = 10, timeout = 2, retries = 3 } }]

[[task_definitions]]
family = "init"
networkMode = "bridge"
containerDefinitions = [
  { name = "migrate", image = "migrate:1", cpu = 64, memory = 64, essential = false },
  { name = "proxy", image = "proxy:1", cpu = 64, memory = 64, essential = false, dependsOn = [{ containerName = "migrate", condition = "SUCCESS" }] },
  { name = "app", image = "init:1", cpu = 128, memory = 256, dependsOn = [{ containerName = "proxy", condition = "START" }, { containerName = "migrate", condition = "COMPLETE" }] },
]

[[task_definitions]]
family = "slow"
networkMode = "bridge"
containerDefinitions = [{ name = "slow", image = "slow:1", cpu = 1024, memory = 1024, stopTimeout = 60 }]

[[task_definitions]]
family = "crash"
networkMode = "bridge"
containerDefinitions = [{ name = "crash", image = "crash:1", cpu = 128, memory = 128 }]

[apps.slow]
ignores_sigterm = true

[apps.crash]
runs_for = "25s"
exit_code = 1
"#;
