//! A scenario: what a run starts from. Read from TOML, checked, and set up the same way everywhere.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::import::action::{Action, launch_type};
use crate::import::located::{self, Spanned};
use crate::import::opening::Plain;
use crate::import::scenario_input::{ActionInput, AppInput, ScenarioInput, ServerInput, ServiceInput};
use crate::import::toml_error::TextError;
use crate::import::{duration, placement_text};
use crate::sim::command::platform::{PlatformCommand, PutImage};
use crate::sim::command::{Command, CreateService, LaunchInstances, LaunchType, SchedulingStrategy};
use crate::sim::control_plane::api::Refusal;
use crate::sim::control_plane::api_rates::SET_UP_MS;
use crate::sim::data_plane::app::{App, Apps};
use crate::sim::engine::{Beginning, Sim};
use crate::sim::model::capacity_provider::CapacityProviderStrategyItem;
use crate::sim::model::instance_type::InstanceType;
use crate::sim::model::task_definition::TaskDefinition;
use crate::sim::observation::Observation;
use crate::sim::time::Millis;
use crate::sim::tuning::Tuning;

/// Servers register in this time before services are created.
const SERVERS_FIRST_MS: Millis = SET_UP_MS;

/// What a run starts from.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub title: Rc<str>,
    pub sentence: Rc<str>,
    pub seed: u64,
    /// The instant at which the page opens it, in milliseconds.
    pub open_at_ms: Millis,
    zones: Vec<String>,
    servers: Vec<LaunchInstances>,
    definitions: Vec<TaskDefinition>,
    apps: Apps,
    /// Commands that come before the services.
    setup: Vec<Action>,
    /// How they are given: only a scenario that was read has any, and what is read has been downloaded.
    give: Option<Give>,
    /// Brings the rules that the opening does without.
    equip: Option<fn(&mut Sim)>,
    services: Vec<CreateService>,
    /// Timed actions, earliest first.
    pub script: Vec<Step>,
    pub first_action: Option<FirstAction>,
}

/// The one obvious thing to do first. Who only looks needs no reader of commands, so that it may stay packed until it is done.
#[derive(Clone, Debug)]
pub struct FirstAction {
    /// What its button says.
    pub label: Rc<str>,
    action: Option<Action>,
    packed: Vec<u8>,
}

impl FirstAction {
    /// What is done.
    pub fn action(&self) -> Option<Action> {
        self.action.clone().or_else(|| postcard::from_bytes(&self.packed).ok())
    }
}

/// The scenario that the page opens with, from what it was packed into.
impl Scenario {
    /// Unpacks it; the first action stays packed until it is done.
    pub fn opening(plain: Plain, first_action: &[u8]) -> Self {
        Self {
            title: Rc::from(plain.title),
            sentence: Rc::from(plain.sentence),
            seed: plain.seed,
            open_at_ms: plain.open_at_ms,
            zones: plain.zones,
            servers: plain.servers,
            definitions: plain.definitions,
            apps: Apps::default(),
            setup: Vec::new(),
            give: None,
            equip: None,
            services: plain.services,
            script: Vec::new(),
            first_action: Some(FirstAction { label: Rc::from(plain.first_label), action: None, packed: first_action.to_vec() }),
        }
    }

    /// What it is packed into, with its first action; `None` when it has something that such a scenario cannot have.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn to_plain(&self) -> Option<(Plain, Vec<u8>)> {
        let first = self.first_action.as_ref()?;
        let plain = Plain {
            title: self.title.to_string(),
            sentence: self.sentence.to_string(),
            first_label: first.label.to_string(),
            seed: self.seed,
            open_at_ms: self.open_at_ms,
            zones: self.zones.clone(),
            servers: self.servers.clone(),
            definitions: self.definitions.clone(),
            services: self.services.clone(),
        };
        let nothing_else = self.apps.is_empty() && self.setup.is_empty() && self.script.is_empty();
        nothing_else.then_some((plain, postcard::to_allocvec(&first.action()?).ok()?))
    }
}

/// Gives a command to a run.
type Give = fn(&mut Sim, &Command, &mut Vec<Observation>) -> Result<(), Refusal>;

/// One timed action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub at_ms: Millis,
    pub action: Action,
}

impl Scenario {
    /// Reads and checks a scenario; all that is wrong is said at once, each with its place.
    pub fn parse(text: &str) -> Result<Self, Vec<TextError>> {
        let input: ScenarioInput = located::read(text).map_err(|error| vec![error])?;
        let mut reader = Reader { text, errors: Vec::new() };
        let scenario = reader.scenario(&input);
        if reader.errors.is_empty() { scenario.tried(text) } else { Err(reader.errors) }
    }

    /// Refuses a scenario that the simulator itself refuses to begin.
    fn tried(self, text: &str) -> Result<Self, Vec<TextError>> {
        match self.begin(None, Tuning::default(), &mut Vec::new()) {
            Ok(_) => Ok(self),
            Err(message) => Err(vec![TextError::at(text, 0, "", message)]),
        }
    }

    /// Begins a run: the cluster as the scenario describes it, at instant 0 plus the moment its servers need to register.
    pub fn begin(&self, seed: Option<u64>, tuning: Tuning, observations: &mut Vec<Observation>) -> Result<Sim, String> {
        let seed = seed.unwrap_or(self.seed);
        let mut sim = Sim::new(Beginning { seed, zones: self.zones.clone(), apps: self.apps.clone(), tuning });
        if let Some(equip) = self.equip {
            equip(&mut sim);
        }
        for launch in &self.servers {
            sim.begin_with_instance(launch, observations).map_err(|refusal| refusal.message)?;
        }
        sim.advance_to(SERVERS_FIRST_MS, observations);
        for definition in &self.definitions {
            sim.register_task_definition(definition, observations).map_err(|refusal| refusal.message)?;
        }
        for (action, give) in self.setup.iter().zip(self.give.iter().cycle()) {
            let command = action.resolve(&sim)?;
            give(&mut sim, &command, observations).map_err(|refusal| refusal.message)?;
        }
        for service in &self.services {
            sim.create_service(service, observations)
                .map_err(|refusal| format!("service {}: {}", service.service_name, refusal.message))?;
        }
        Ok(sim)
    }

    /// Names of the zones.
    pub fn zones(&self) -> &[String] {
        &self.zones
    }
}

/// What a scenario says of its surroundings, as the commands that bring it about.
fn platform_setup(input: &ScenarioInput) -> Vec<Action> {
    let images = input.images.iter().map(|(image, written)| {
        PlatformCommand::PutImage(PutImage { image: image.clone(), size_mib: written.get_ref().size_mib })
    });
    let subnets = input.subnets.iter().map(|subnet| PlatformCommand::CreateSubnet(subnet.get_ref().clone()));
    images.chain(subnets).map(|command| Action::Plain(Box::new(Command::Platform(command)))).collect()
}

/// Neither a launch type nor a strategy: the cluster's default strategy, if it has one by then (ecs.md §3.1).
fn strategy_asked(input: &ServiceInput) -> Option<Vec<CapacityProviderStrategyItem>> {
    match (&input.capacity_provider_strategy, &input.launch_type) {
        (Some(items), _) => Some(items.clone()),
        (None, Some(_)) => None,
        (None, None) => Some(Vec::new()),
    }
}

struct Reader<'a> {
    text: &'a str,
    errors: Vec<TextError>,
}

impl Reader<'_> {
    fn complain(&mut self, byte: usize, place: String, message: impl Into<String>) {
        self.errors.push(TextError::at(self.text, byte, place, message));
    }

    fn scenario(&mut self, input: &ScenarioInput) -> Scenario {
        if input.zones.is_empty() {
            self.complain(0, "zones".to_string(), "a scenario needs at least one availability zone");
        }
        let open_at_ms = input.open_at.as_ref().map_or(0, |text| self.duration("open_at", text));
        let servers =
            input.servers.iter().enumerate().filter_map(|(index, server)| self.server(index, server, &input.zones)).collect();
        let definitions = self.definitions(input);
        let apps: BTreeMap<_, _> =
            input.apps.iter().map(|(family, app)| (Rc::from(family.as_str()), self.app(family, app, &definitions))).collect();
        let mut setup = platform_setup(input);
        for (index, action) in input.setup.iter().enumerate() {
            setup.extend(self.action(&format!("setup[{index}]"), action));
        }
        let services = input.services.iter().enumerate().filter_map(|(index, service)| self.service(index, service)).collect();
        let mut script: Vec<_> = input.script.iter().enumerate().filter_map(|(index, step)| self.step(index, step)).collect();
        script.sort_by_key(|step| step.at_ms);
        Scenario {
            title: Rc::from(input.title.as_str()),
            sentence: Rc::from(input.sentence.as_str()),
            seed: input.seed,
            open_at_ms,
            zones: input.zones.clone(),
            servers,
            definitions,
            apps: Rc::new(apps),
            setup,
            give: Some(Sim::apply),
            equip: Some(Sim::equip),
            services,
            script,
            first_action: input.first_action.as_ref().and_then(|action| self.first_action(action)),
        }
    }

    fn duration(&mut self, place: &str, text: &Spanned<String>) -> Millis {
        duration::parse(text.get_ref()).unwrap_or_else(|message| {
            self.complain(text.span().start, place.to_string(), message);
            0
        })
    }

    fn server(&mut self, index: usize, server: &Spanned<ServerInput>, zones: &[String]) -> Option<LaunchInstances> {
        let (place, byte, server) = (format!("servers[{index}]"), server.span().start, server.get_ref());
        if InstanceType::named(&server.kind).is_none() {
            self.complain(byte, format!("{place}.type"), format!("`{}` is not an instance type of the playground", server.kind));
        }
        if !zones.contains(&server.zone) {
            self.complain(byte, format!("{place}.zone"), format!("`{}` is not one of the zones of this scenario", server.zone));
        }
        let attributes = server.attributes.iter().map(|(name, value)| (name.clone(), Some(value.clone()))).collect();
        Some(LaunchInstances {
            instance_type: server.kind.clone(),
            zone: server.zone.clone(),
            count: server.count,
            spot: server.spot,
            ecs_enable_spot_instance_draining: server.ecs_enable_spot_instance_draining,
            attributes,
        })
    }

    fn definitions(&mut self, input: &ScenarioInput) -> Vec<TaskDefinition> {
        let mut definitions = Vec::new();
        for (index, definition) in input.task_definitions.iter().enumerate() {
            match definition.get_ref().into_definition(1) {
                Ok(definition) => definitions.push(definition),
                Err(errors) => {
                    for error in errors {
                        let place = format!("task_definitions[{index}].{}", error.path);
                        self.complain(definition.span().start, place, error.message);
                    }
                }
            }
        }
        definitions
    }

    fn app(&mut self, family: &str, app: &Spanned<AppInput>, definitions: &[TaskDefinition]) -> App {
        if !definitions.iter().any(|definition| &*definition.family == family) {
            self.complain(app.span().start, format!("apps.{family}"), "there is no task definition of this family");
        }
        let (usual, input) = (App::default(), app.get_ref());
        let span = |reader: &mut Self, key: &str, text| reader.duration(&format!("apps.{family}.{key}"), text);
        App {
            cpu_percent: input.cpu_percent.unwrap_or(usual.cpu_percent),
            memory_percent: input.memory_percent.unwrap_or(usual.memory_percent),
            runs_for_ms: input.runs_for.as_ref().map(|text| span(self, "runs_for", text)),
            exit_code: input.exit_code,
            awaited_exit_code: input.awaited_exit_code,
            ignores_sigterm: input.ignores_sigterm,
            ready_after_ms: input.ready_after.as_ref().map_or(usual.ready_after_ms, |text| span(self, "ready_after", text)),
            health_check_status: input.health_check_status.unwrap_or(usual.health_check_status),
            latency_ms: input.latency.as_ref().map_or(usual.latency_ms, |text| span(self, "latency", text)),
            request_cpu_us: input.request_cpu_us.unwrap_or(usual.request_cpu_us),
            response_kib: input.response_kib.unwrap_or(usual.response_kib),
            log_kib_per_second: input.log_kib_per_second,
            layer_kib_per_second: input.layer_kib_per_second,
        }
    }

    fn service(&mut self, index: usize, service: &Spanned<ServiceInput>) -> Option<CreateService> {
        let (place, byte, input) = (format!("services[{index}]"), service.span().start, service.get_ref());
        let read =
            |field: &str, result: Result<CreateService, String>| result.map_err(|message| (format!("{place}.{field}"), message));
        let mut request = CreateService {
            service_name: input.name.clone(),
            task_definition: input.task_definition.clone(),
            desired_count: input.desired_count,
            launch_type: LaunchType::Ec2,
            scheduling_strategy: SchedulingStrategy::Replica,
            placement_strategy: Vec::new(),
            placement_constraints: Vec::new(),
            minimum_healthy_percent: input.minimum_healthy_percent,
            maximum_percent: input.maximum_percent,
            deployment_configuration: input.deployment_configuration.clone().map(Box::new),
            availability_zone_rebalancing: input.availability_zone_rebalancing,
            health_check_grace_period_seconds: input.health_check_grace_period_seconds,
            load_balancers: input.load_balancers.clone(),
            network_configuration: input.network_configuration.clone(),
            capacity_provider_strategy: strategy_asked(input),
            service_connect_configuration: input.service_connect_configuration.clone().map(Box::new),
            service_registries: input.service_registries.clone(),
        };
        let result = (|| {
            if let Some(text) = &input.launch_type {
                request.launch_type = launch_type(text).map_err(|message| (format!("{place}.launch_type"), message))?;
            }
            request.scheduling_strategy = match input.scheduling_strategy.as_deref() {
                None | Some("REPLICA") => SchedulingStrategy::Replica,
                Some("DAEMON") => SchedulingStrategy::Daemon,
                Some(other) => {
                    let message = format!("`{other}` is not a scheduling strategy; use REPLICA or DAEMON");
                    return read("scheduling_strategy", Err(message));
                }
            };
            request.placement_strategy = placement_text::strategies(&input.placement_strategy)
                .map_err(|message| (format!("{place}.placement_strategy"), message))?;
            request.placement_constraints = placement_text::constraints(&input.placement_constraints)
                .map_err(|message| (format!("{place}.placement_constraints"), message))?;
            Ok(request)
        })();
        result.map_err(|(place, message)| self.complain(byte, place, message)).ok()
    }

    fn step(&mut self, index: usize, step: &Spanned<ActionInput>) -> Option<Step> {
        let place = format!("script[{index}]");
        let Some(at) = &step.get_ref().at else {
            self.complain(
                step.span().start,
                format!("{place}.at"),
                "a step needs the instant at which it is done, like at = \"90s\"",
            );
            return None;
        };
        let at_ms = self.duration(&format!("{place}.at"), at);
        let action = self.action(&place, step)?;
        Some(Step { at_ms, action })
    }

    fn first_action(&mut self, action: &Spanned<ActionInput>) -> Option<FirstAction> {
        let label = action.get_ref().label.clone().unwrap_or_else(|| action.get_ref().command.clone());
        let action = self.action("first_action", action)?;
        Some(FirstAction { label: Rc::from(label), action: Some(action), packed: Vec::new() })
    }

    fn action(&mut self, place: &str, action: &Spanned<ActionInput>) -> Option<Action> {
        Action::read(action.get_ref()).map_err(|message| self.complain(action.span().start, place.to_string(), message)).ok()
    }
}
