//! A command written by an author, with names where the simulator has numbers: checked when read, resolved when it is its turn.

use serde::{Deserialize, Serialize};

use crate::import::placement_text;
use crate::import::scenario_input::ActionInput;
use crate::sim::command::balancing::BalancingCommand;
use crate::sim::command::capacity::CapacityCommand;
use crate::sim::command::metrics::MetricsCommand;
use crate::sim::command::platform::PlatformCommand;
use crate::sim::command::services::ServicesCommand;
use crate::sim::command::{Command, InstanceStatusRequest, LaunchInstances, LaunchType, RunTask, UpdateService};
use crate::sim::engine::Sim;
use crate::sim::fault::{AppTarget, Direction, Fault, NetworkTarget};
use crate::sim::ids::{FaultId, InstanceId, TaskId};
use crate::sim::time::Millis;

/// Reads a request as a command of one topic.
type Reader = fn(&serde_json::Value) -> Result<Command, serde_json::Error>;

/// A checked command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Complete as it is.
    Plain(Box<Command>),
    /// Needs a task that may not exist yet.
    OnTask(TaskName, TaskAction),
}

/// A task by its group's short name and its number there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskName {
    /// `web` of `web/1`.
    pub group: String,
    /// From 1, in order of creation.
    pub ordinal: u32,
}

/// What is done to a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskAction {
    Stop(Option<String>),
    Exit(i32),
    OutOfMemory,
    Hang,
    SpotInterruption,
    Retirement,
}

impl Action {
    /// The command, now that its names can be looked up.
    pub fn resolve(&self, sim: &Sim) -> Result<Command, String> {
        match self {
            Action::Plain(command) => Ok((**command).clone()),
            Action::OnTask(name, action) => {
                let task = name.find(sim).ok_or_else(|| format!("there is no task {}/{}", name.group, name.ordinal))?;
                Ok(action.command(task))
            }
        }
    }

    /// Checks one action of an author.
    pub fn read(input: &ActionInput) -> Result<Action, String> {
        let mut keys = Keys::of(input);
        let action = keys.read()?;
        keys.refuse_the_rest()?;
        Ok(action)
    }
}

impl TaskName {
    /// Reads `web/1`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a task; write it like web/1, the first task of service or family web");
        let (group, ordinal) = text.rsplit_once('/').ok_or_else(wrong)?;
        let ordinal = ordinal.parse().ok().filter(|number| *number > 0).ok_or_else(wrong)?;
        Ok(Self { group: group.to_string(), ordinal })
    }

    /// The newest task of that name.
    pub fn find(&self, sim: &Sim) -> Option<TaskId> {
        let belief = sim.belief();
        let groups = ["service", "family"].map(|kind| belief.registry.find_group(&format!("{kind}:{}", self.group)));
        let mut tasks = belief.tasks.iter();
        tasks.find(|(_, task)| task.ordinal == self.ordinal && groups.contains(&Some(task.group))).map(|(id, _)| id)
    }
}

impl TaskAction {
    fn command(&self, task: TaskId) -> Command {
        let target = AppTarget::Task(task);
        match self {
            TaskAction::Stop(reason) => Command::StopTask { task, reason: reason.clone() },
            TaskAction::Exit(code) => Command::InjectFault(Fault::ContainerExit { target, code: *code }),
            TaskAction::OutOfMemory => Command::InjectFault(Fault::OutOfMemory { target }),
            TaskAction::Hang => Command::InjectFault(Fault::AppHang { task }),
            TaskAction::SpotInterruption => Command::InjectFault(Fault::FargateSpotInterruption { task }),
            TaskAction::Retirement => Command::InjectFault(Fault::FargateTaskRetirement { task }),
        }
    }
}

/// The keys of one action: each is taken once; what is left over is refused.
struct Keys<'a> {
    input: &'a ActionInput,
    taken: Vec<&'static str>,
}

macro_rules! take {
    ($keys:ident . $field:ident) => {
        $keys.take(stringify!($field), $keys.input.$field.clone())
    };
    ($keys:ident . $field:ident as $name:literal) => {
        $keys.take($name, $keys.input.$field.clone())
    };
}

impl<'a> Keys<'a> {
    fn of(input: &'a ActionInput) -> Self {
        Self { input, taken: Vec::new() }
    }

    fn take<T>(&mut self, name: &'static str, value: Option<T>) -> Option<T> {
        self.taken.push(name);
        value
    }

    fn must<T>(&self, name: &str, value: Option<T>) -> Result<T, String> {
        value.ok_or_else(|| format!("{} needs the key `{name}`", self.input.command))
    }

    fn read(&mut self) -> Result<Action, String> {
        let plain = |command| Ok(Action::Plain(Box::new(command)));
        match self.input.command.as_str() {
            "UpdateService" if self.input.request.is_none() => plain(Command::UpdateService(self.update_service()?)),
            "DeleteService" => plain(Command::DeleteService { service: self.service()? }),
            "RunTask" if self.input.request.is_none() => plain(Command::RunTask(self.run_task()?)),
            "StopTask" => {
                let task = self.task()?;
                Ok(Action::OnTask(task, TaskAction::Stop(take!(self.reason))))
            }
            "LaunchInstances" => plain(Command::LaunchInstances(self.launch()?)),
            "UpdateContainerInstancesState" => {
                let instance = self.instance()?;
                let status = take!(self.status);
                let status = match self.must("status", status)?.as_str() {
                    "ACTIVE" => InstanceStatusRequest::Active,
                    "DRAINING" => InstanceStatusRequest::Draining,
                    other => return Err(format!("`{other}` is not a status to set; use ACTIVE or DRAINING")),
                };
                plain(Command::UpdateContainerInstancesState { instance, status })
            }
            "DeregisterContainerInstance" => plain(Command::DeregisterContainerInstance { instance: self.instance()? }),
            "TerminateInstances" => plain(Command::TerminateInstances { instance: self.instance()? }),
            "HealFault" => {
                let fault = take!(self.fault);
                plain(Command::HealFault { fault: FaultId(self.must("fault", fault)?) })
            }
            _ => self.read_fault(),
        }
    }

    fn read_fault(&mut self) -> Result<Action, String> {
        let fault = match self.input.command.as_str() {
            "ContainerExit" => {
                let code = take!(self.exit_code).unwrap_or(1);
                match self.app_target()? {
                    Ok(family) => Fault::ContainerExit { target: AppTarget::Family(family), code },
                    Err(task) => return Ok(Action::OnTask(task, TaskAction::Exit(code))),
                }
            }
            "OutOfMemory" => match self.app_target()? {
                Ok(family) => Fault::OutOfMemory { target: AppTarget::Family(family) },
                Err(task) => return Ok(Action::OnTask(task, TaskAction::OutOfMemory)),
            },
            "AppHang" => return Ok(Action::OnTask(self.task()?, TaskAction::Hang)),
            "FargateSpotInterruption" => return Ok(Action::OnTask(self.task()?, TaskAction::SpotInterruption)),
            "FargateTaskRetirement" => return Ok(Action::OnTask(self.task()?, TaskAction::Retirement)),
            "AgentStop" => Fault::AgentStop { instance: self.instance()? },
            "NetworkCut" => Fault::NetworkCut { target: self.network()?, direction: self.direction()? },
            "ClientNetworkCut" => Fault::ClientNetworkCut { target: self.network()? },
            "PacketLoss" => {
                let percent = take!(self.percent);
                let percent = self.must("percent", percent)?;
                if percent > 100 {
                    return Err("`percent` must be from 0 to 100".to_string());
                }
                Fault::PacketLoss { target: self.network()?, percent }
            }
            "PacketDelay" => Fault::PacketDelay { target: self.network()?, extra_ms: self.extra()? },
            "ServerDeath" => Fault::ServerDeath { instance: self.instance()? },
            "ZoneFailure" => Fault::ZoneFailure { zone: self.zone()? },
            "RegistrySlow" => {
                let factor = take!(self.factor);
                Fault::RegistrySlow { factor: self.must("factor", factor)? }
            }
            "RegistryFailure" => Fault::RegistryFailure,
            "DiskFull" => Fault::DiskFull { instance: self.instance()? },
            "FargateCapacityUnavailable" => Fault::FargateCapacityUnavailable { zone: self.zone()? },
            "SpotInterruption" => Fault::SpotInterruption { instance: self.instance()? },
            _ => return self.read_request(),
        };
        Ok(Action::Plain(Box::new(Command::InjectFault(fault))))
    }

    /// Any other command: its request is written as the command itself is kept.
    fn read_request(&mut self) -> Result<Action, String> {
        let request = take!(self.request);
        let name = &self.input.command;
        let request = match request {
            Some(request) => serde_json::json!({ name: request }),
            None => serde_json::Value::String(name.clone()),
        };
        let readers: [Reader; 6] = [
            |request| Ok(Command::Services(ServicesCommand::deserialize(request)?)),
            |request| Ok(Command::Balancing(BalancingCommand::deserialize(request)?)),
            |request| Ok(Command::Capacity(CapacityCommand::deserialize(request)?)),
            |request| Ok(Command::Metrics(MetricsCommand::deserialize(request)?)),
            |request| Ok(Command::Platform(PlatformCommand::deserialize(request)?)),
            |request| Command::deserialize(request),
        ];
        let unknown = format!("unknown variant `{name}`");
        for read in readers {
            match read(&request) {
                Ok(command) => return Ok(Action::Plain(Box::new(command))),
                // Another topic may know it.
                Err(error) if error.to_string().starts_with(&unknown) => {}
                Err(error) => return Err(format!("the request of {name}: {error}")),
            }
        }
        Err(format!("`{name}` is not a command or a fault"))
    }

    fn refuse_the_rest(&self) -> Result<(), String> {
        let input = self.input;
        let given = [
            ("service", input.service.is_some()),
            ("task_definition", input.task_definition.is_some()),
            ("desired_count", input.desired_count.is_some()),
            ("count", input.count.is_some()),
            ("launch_type", input.launch_type.is_some()),
            ("capacity_provider_strategy", input.capacity_provider_strategy.is_some()),
            ("placement_strategy", input.placement_strategy.is_some()),
            ("placement_constraints", input.placement_constraints.is_some()),
            ("task", input.task.is_some()),
            ("reason", input.reason.is_some()),
            ("instance", input.instance.is_some()),
            ("type", input.kind.is_some()),
            ("zone", input.zone.is_some()),
            ("spot", input.spot.is_some()),
            ("ecs_enable_spot_instance_draining", input.ecs_enable_spot_instance_draining.is_some()),
            ("status", input.status.is_some()),
            ("family", input.family.is_some()),
            ("exit_code", input.exit_code.is_some()),
            ("direction", input.direction.is_some()),
            ("percent", input.percent.is_some()),
            ("extra", input.extra.is_some()),
            ("factor", input.factor.is_some()),
            ("fault", input.fault.is_some()),
            ("request", input.request.is_some()),
        ];
        match given.iter().find(|(name, given)| *given && !self.taken.contains(name)) {
            Some((name, _)) => Err(format!("{} does not take the key `{name}`", input.command)),
            None => Ok(()),
        }
    }

    fn update_service(&mut self) -> Result<UpdateService, String> {
        Ok(UpdateService {
            service: self.service()?,
            task_definition: take!(self.task_definition),
            desired_count: take!(self.desired_count),
            placement_strategy: take!(self.placement_strategy).map(|texts| placement_text::strategies(&texts)).transpose()?,
            placement_constraints: take!(self.placement_constraints)
                .map(|texts| placement_text::constraints(&texts))
                .transpose()?,
            launch_type: take!(self.launch_type).map(|text| launch_type(&text)).transpose()?,
            capacity_provider_strategy: take!(self.capacity_provider_strategy),
            ..UpdateService::default()
        })
    }

    fn run_task(&mut self) -> Result<RunTask, String> {
        let definition = take!(self.task_definition);
        let strategy = take!(self.capacity_provider_strategy);
        Ok(RunTask {
            network_configuration: None,
            // With neither, the cluster's default strategy (ecs.md §3.1).
            capacity_provider_strategy: strategy.or(self.input.launch_type.is_none().then(Vec::new)),
            task_definition: self.must("task_definition", definition)?,
            count: take!(self.count).unwrap_or(1),
            launch_type: take!(self.launch_type).map_or(Ok(LaunchType::Ec2), |text| launch_type(&text))?,
            group: None,
            placement_strategy: placement_text::strategies(&take!(self.placement_strategy).unwrap_or_default())?,
            placement_constraints: placement_text::constraints(&take!(self.placement_constraints).unwrap_or_default())?,
        })
    }

    fn launch(&mut self) -> Result<LaunchInstances, String> {
        let kind = take!(self.kind as "type");
        Ok(LaunchInstances {
            instance_type: self.must("type", kind)?,
            zone: self.zone()?,
            count: take!(self.count).unwrap_or(1),
            spot: take!(self.spot).unwrap_or(false),
            ecs_enable_spot_instance_draining: take!(self.ecs_enable_spot_instance_draining).unwrap_or(false),
            attributes: Vec::new(),
        })
    }

    fn service(&mut self) -> Result<String, String> {
        let service = take!(self.service);
        self.must("service", service)
    }

    fn task(&mut self) -> Result<TaskName, String> {
        let task = take!(self.task);
        TaskName::parse(&self.must("task", task)?)
    }

    fn instance(&mut self) -> Result<InstanceId, String> {
        let instance = take!(self.instance);
        self.must("instance", instance).map(InstanceId)
    }

    fn zone(&mut self) -> Result<String, String> {
        let zone = take!(self.zone);
        self.must("zone", zone)
    }

    /// A family, or else a task.
    fn app_target(&mut self) -> Result<Result<String, TaskName>, String> {
        match (take!(self.family), take!(self.task)) {
            (Some(family), None) => Ok(Ok(family)),
            (None, Some(task)) => TaskName::parse(&task).map(Err),
            (Some(_), Some(_)) | (None, None) => Err(format!("{} needs one of the keys `task` and `family`", self.input.command)),
        }
    }

    fn network(&mut self) -> Result<NetworkTarget, String> {
        match (take!(self.instance), take!(self.zone)) {
            (Some(instance), None) => Ok(NetworkTarget::Instance(InstanceId(instance))),
            (None, Some(zone)) => Ok(NetworkTarget::Zone(zone)),
            (Some(_), Some(_)) | (None, None) => {
                Err(format!("{} needs one of the keys `instance` and `zone`", self.input.command))
            }
        }
    }

    fn direction(&mut self) -> Result<Direction, String> {
        match take!(self.direction).as_deref() {
            None | Some("both") => Ok(Direction::Both),
            Some("to_control_plane") => Ok(Direction::ToControlPlane),
            Some("to_agent") => Ok(Direction::ToAgent),
            Some(other) => Err(format!("`{other}` is not a direction; use both, to_control_plane or to_agent")),
        }
    }

    fn extra(&mut self) -> Result<Millis, String> {
        let extra = take!(self.extra);
        crate::import::duration::parse(&self.must("extra", extra)?)
    }
}

/// Reads a launch type as the API spells it.
pub fn launch_type(text: &str) -> Result<LaunchType, String> {
    match text {
        "EC2" => Ok(LaunchType::Ec2),
        "FARGATE" => Ok(LaunchType::Fargate),
        "FARGATE_SPOT" => Ok(LaunchType::FargateSpot),
        other => Err(format!("`{other}` is not a launch type; use EC2, FARGATE or FARGATE_SPOT")),
    }
}
