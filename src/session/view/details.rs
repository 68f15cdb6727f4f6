//! The Details tab: whatever is selected, as ECS knows it and as it is.

use std::rc::Rc;

use crate::cost::{MICRO, prices};
use crate::explain::answers::{self, Inquiry};
use crate::explain::names;
use crate::explain::silent_agents;
use crate::session::choice;
use crate::session::forms;
use crate::session::frame::{Choice, DetailsView, FactView, RailState, RailStop, TableView};
use crate::session::intent::{Intent, Lens, NameKey, Subject};
use crate::session::view::totals::{grouped, per_hour};
use crate::session::view::{
    Shown, alarms, balancing, bill, capacity, deployments, discovery, fargate, groups, placement_form, segments, server_state,
    subnets, unseen,
};
use crate::sim::command::capacity::CapacityCommand;
use crate::sim::command::{Command, InstanceStatusRequest, LaunchType, SchedulingStrategy};
use crate::sim::control_plane::service::Service;
use crate::sim::control_plane::task::Task;
use crate::sim::data_plane::host::{Host, Power};
use crate::sim::engine::Sim;
use crate::sim::ids::{InstanceId, ServiceId, TaskId};
use crate::sim::model::container_instance::ContainerInstanceStatus;
use crate::sim::model::task::{DesiredStatus, TaskStatus};
use crate::sim::observation::ServiceEvent;
use crate::sim::time::{self, Millis};

/// The selected thing.
pub fn details(shown: &Shown) -> Option<DetailsView> {
    let sim = shown.timeline.sim();
    let mut view = match shown.selection? {
        Subject::Task(task) => of_task(sim, task)?,
        Subject::Instance(instance) => of_instance(sim, instance)?,
        Subject::Service(service) => of_service(sim, service)?,
        Subject::Zone(index) => of_zone(sim, index)?,
        Subject::ControlPlane => of_control_plane(sim),
        Subject::ImageRegistry => of_registry(sim),
        Subject::TargetGroup(group) => balancing::details(sim, group)?,
        Subject::CapacityProvider(provider) => capacity::details(sim, provider)?,
        Subject::Deployment(service, deployment) => deployments::details(sim, service, deployment)?,
        Subject::Listener(name) => balancing::listener_details(sim, name)?,
        Subject::AutoScalingGroup(name) => groups::details(sim, name)?,
        Subject::Alarm(name) => alarms::details(sim, name)?,
        Subject::Subnet(name) => subnets::details(sim, name)?,
    };
    let offered = asked_of(sim, view.subject).into_iter();
    view.questions.extend(offered.map(|inquiry| choice(answers::label(sim, inquiry), Intent::Ask(inquiry))));
    view.actions.iter_mut().for_each(|action| shown.lock(action));
    if let Some(form) = &mut view.placement {
        form.locked = shown.locked;
    }
    view.forms.iter_mut().for_each(|form| form.locked = shown.locked);
    if shown.lens == Lens::Knows {
        for fact in &mut view.facts {
            fact.truth = None;
        }
    }
    Some(view)
}

fn asked_of(sim: &Sim, subject: Subject) -> Vec<Inquiry> {
    match subject {
        Subject::Task(task) => answers::of_task(sim, task),
        Subject::Instance(instance) => answers::of_server(sim, instance),
        Subject::Service(service) => answers::of_service(sim, service),
        Subject::TargetGroup(group) => answers::of_target_group(sim, group),
        Subject::CapacityProvider(provider) => answers::of_provider(sim, provider),
        Subject::ControlPlane => answers::of_cluster(),
        Subject::Deployment(service, _) => answers::of_service(sim, service),
        Subject::AutoScalingGroup(name) => {
            let mut providers = sim.belief().capacity.providers.iter();
            let of_group = providers.find(|(_, provider)| NameKey::of(&provider.group) == name);
            of_group.map_or_else(|| vec![Inquiry::WhatScales], |(provider, _)| answers::of_provider(sim, *provider))
        }
        Subject::Zone(_) | Subject::ImageRegistry | Subject::Listener(_) | Subject::Alarm(_) | Subject::Subnet(_) => Vec::new(),
    }
}

pub(super) fn fact(name: &str, believed: impl Into<Rc<str>>) -> FactView {
    FactView { name: Rc::from(name), believed: believed.into(), truth: None }
}

fn fact_and_truth(name: &str, believed: impl Into<Rc<str>>, truth: impl Into<Rc<str>>) -> FactView {
    let (believed, truth) = (believed.into(), truth.into());
    let truth = (truth != believed).then_some(truth);
    FactView { name: Rc::from(name), believed, truth }
}

fn action(label: &str, command: Command) -> Choice {
    choice(label, Intent::Do(command.into()))
}

pub(super) fn empty(subject: Subject, title: String) -> DetailsView {
    DetailsView {
        subject,
        title: Rc::from(title),
        badge: None,
        rail: None,
        facts: Vec::new(),
        ids: Vec::new(),
        actions: Vec::new(),
        questions: Vec::new(),
        links: Vec::new(),
        placement: None,
        tables: Vec::new(),
        forms: Vec::new(),
    }
}

fn of_task(sim: &Sim, id: TaskId) -> Option<DetailsView> {
    let task = sim.belief().tasks.get(id)?;
    let definition = &sim.belief().definitions[task.definition];
    let mut view = empty(Subject::Task(id), format!("Task {}", names::task_name(sim, id)));
    view.badge = Some(fargate::status(task));
    view.rail = Some(rail(sim, task));
    let desired = match task.desired_status {
        DesiredStatus::Running => "RUNNING",
        DesiredStatus::Stopped => "STOPPED",
    };
    view.facts = vec![
        fact_and_truth("lastStatus", task.last_status.name(), truth_of_task(sim, id, task)),
        fact("desiredStatus", desired),
        fact("healthStatus", task.health.name()),
        fact("Task definition", definition.definition.name()),
        fact("Group", sim.belief().registry.group_name(task.group)),
        fact("Launch type", names::launch_type_name(task.launch_type)),
        fact("Availability zone", sim.belief().zone_name(task.zone).clone()),
        reserved(sim, id, "CPU reserved", definition.needs.cpu_units, "units", |used| used.0),
        reserved(sim, id, "Memory reserved", definition.needs.memory_mib, "MiB", |used| used.1),
    ];
    view.ids = vec![(Rc::from("Task"), Rc::from(id.arn_id()))];
    if let Some(stopped) = &task.stopped {
        view.facts.push(fact("stopCode", stopped.code.name()));
        view.facts.push(fact("stoppedReason", stopped.reason.clone()));
    }
    for exit in &task.exits {
        let code = exit.exit_code.map_or_else(|| "never ran".to_string(), |code| format!("exit code {code}"));
        let text = exit.reason.as_ref().map_or(code.clone(), |reason| format!("{code}. {reason}"));
        view.facts.push(fact(&format!("Container {}", exit.container), text));
    }
    let why = match (task.is_starting() && task.is_wanted(), task.last_status) {
        (true, _) => "Why waiting?",
        (false, TaskStatus::Stopped) => "Why did it stop?",
        (false, _) if !task.is_wanted() => "Why not gone yet?",
        (false, _) => "Why here?",
    };
    view.questions.push(choice(why, Intent::AskWhy(id)));
    if let Some((until_ms, _)) = task.protection.filter(|_| task.is_protected(sim.now_ms())) {
        view.facts.push(fact("Protected until", time::clock(until_ms)));
    }
    if let Some(from_ms) = sim.belief().fargate.notices.get(&id) {
        view.facts.push(fact("AWS retires it from", time::clock(*from_ms)));
    }
    if let Some(subnet) = sim.neighbours().network.lease(id) {
        view.facts.push(fact("Subnet", subnet.clone()));
        view.links.push((Rc::from(format!("Subnet {subnet}")), Subject::Subnet(NameKey::of(subnet))));
    }
    view.forms = forms::services::protection_form(sim, id).into_iter().collect();
    if task.is_wanted() {
        view.actions.push(action("Stop task", Command::StopTask { task: id, reason: None }));
    }
    if let Some(instance) = task.instance {
        view.links.push((Rc::from(format!("Server {}", instance.short())), Subject::Instance(instance)));
    }
    if let Some((service, _)) = task.service {
        view.links.push((Rc::from(format!("Service {}", names::service_name(sim, service))), Subject::Service(service)));
    }
    Some(view)
}

fn reserved(sim: &Sim, id: TaskId, name: &str, amount: u32, unit: &str, pick: fn((u32, u32)) -> u32) -> FactView {
    let alive =
        sim.truth().tasks.get(id).is_some_and(|truth| truth.containers.iter().any(|container| container.state.is_alive()));
    let used = segments::usage(sim, id).filter(|_| alive).map(pick);
    let truth = used.map(|used| Rc::from(format!("{} {unit} really used", grouped(u64::from(used)))));
    FactView { name: Rc::from(name), believed: Rc::from(format!("{} {unit}", grouped(u64::from(amount)))), truth }
}

fn truth_of_task(sim: &Sim, id: TaskId, task: &Task) -> Rc<str> {
    let Some(truth) = sim.truth().tasks.get(id) else {
        let gone = matches!(task.last_status, TaskStatus::Running | TaskStatus::Stopping);
        return Rc::from(if gone { "gone" } else { task.last_status.name() });
    };
    let alive = truth.containers.iter().any(|container| container.state.is_alive());
    match (alive, truth.hung, task.is_running() || task.last_status == TaskStatus::Stopping) {
        (true, true, _) => Rc::from("runs, but does not answer"),
        (true, false, false) => Rc::from("containers run"),
        (false, _, true) => Rc::from("no container runs"),
        (true, false, true) | (false, _, false) => Rc::from(task.last_status.name()),
    }
}

/// Every stop of a life; those this task does not pass are skipped.
fn rail(sim: &Sim, task: &Task) -> Vec<RailStop> {
    let needs = &sim.belief().definitions[task.definition].needs;
    let fargate = task.launch_type != LaunchType::Ec2;
    let passes = |status| match status {
        TaskStatus::Provisioning | TaskStatus::Deprovisioning => fargate || needs.enis > 0,
        TaskStatus::Activating => fargate,
        TaskStatus::Deactivating => false,
        TaskStatus::Pending | TaskStatus::Running | TaskStatus::Stopping | TaskStatus::Stopped => true,
    };
    let stop = |status: TaskStatus| {
        let (entered, spent) = (task.times.entered(status), task.times.spent(status));
        let state = match (entered, status == task.last_status) {
            (_, true) => RailState::Current,
            (Some(_), false) => RailState::Passed,
            (None, false) if status < task.last_status || !passes(status) => RailState::Skipped,
            (None, false) => RailState::Ahead,
        };
        let length_ms = match state {
            RailState::Current => entered.map(|entered_ms| (sim.now_ms() - entered_ms) / 1_000 * 1_000),
            RailState::Passed => spent,
            RailState::Ahead | RailState::Skipped => None,
        };
        RailStop { word: Rc::from(status.name()), state, time: length_ms.map(|length_ms| Rc::from(time::span(length_ms))) }
    };
    TaskStatus::ALL.into_iter().map(stop).collect()
}

fn of_instance(sim: &Sim, id: InstanceId) -> Option<DetailsView> {
    let host = sim.truth().hosts.get(id)?;
    let known = sim.belief().registry.get(id);
    let kind = host.instance_type;
    let mut view = empty(Subject::Instance(id), format!("Server {}", id.short()));
    view.badge = Some(server_state::believed(sim, id));
    let connected = known.is_some_and(|known| known.agent_connected);
    let agent =
        if host.has_agent() { if host.agent.connected { "true" } else { "runs, not connected" } } else { "agent does not run" };
    view.facts = vec![
        fact("Type", kind_words(host)),
        fact("Availability zone", sim.belief().zone_name(host.zone).clone()),
        fact("status", known.map_or("none", |known| known.status.name())),
        fact_and_truth("agentConnected", if connected { "true" } else { "false" }, agent),
        FactView {
            name: Rc::from("Power"),
            believed: Rc::from("not ECS's business"),
            truth: Some(Rc::from(match host.power {
                Power::Booting => "booting",
                Power::On => "on",
                Power::Off if host.stopped_at_ms.is_some() => "stopped",
                Power::Off => "off",
                Power::Terminated => "terminated",
            })),
        },
        free_fact("CPU remaining", known.map(|known| known.remaining_cpu_units), kind.cpu_units, "units", host.ledger.cpu_units),
        free_fact(
            "Memory remaining",
            known.map(|known| known.remaining_memory_mib),
            kind.memory_mib,
            "MiB",
            host.ledger.memory_mib,
        ),
        fact("Last report", server_state::last_report(sim, id)),
        fact("healthStatus", server_state::health(sim, id)),
    ];
    view.facts.extend(unseen::facts(sim, id));
    view.ids = vec![
        (Rc::from("EC2 instance"), Rc::from(id.ec2_instance_id())),
        (Rc::from("Container instance"), known.map_or(Rc::from("not registered"), |_| Rc::from(id.container_instance_id()))),
    ];
    view.actions = instance_actions(id, known.map(|known| known.status), host);
    let alarm = known.filter(|known| !known.agent_connected).and_then(|_| silent_agents::alarm(sim));
    view.actions.extend(alarm.map(|alarm| choice("Put an alarm on silent agents", Intent::DoAll(alarm.commands.into()))));
    let tasks = known.into_iter().flat_map(|known| known.tasks.iter());
    view.links = tasks
        .map(|placed| (Rc::from(format!("Task {}", names::task_name(sim, placed.task))), Subject::Task(placed.task)))
        .collect();
    view.forms = forms::services::start_form(sim, id).into_iter().collect();
    Some(view)
}

/// `m5.large · $0.096/h`.
fn kind_words(host: &Host) -> String {
    let kind = host.instance_type;
    let spot = if host.spot { " · Spot" } else { "" };
    format!("{}{spot} · {}", kind.name, per_hour(prices::host_per_hour(host) / MICRO))
}

fn free_fact(name: &str, believed: Option<u32>, total: u32, unit: &str, truth: i64) -> FactView {
    let text = |free: u64| format!("{} of {} {unit}", grouped(free), grouped(u64::from(total)));
    let believed = believed.map_or("not known".to_string(), |free| text(u64::from(free)));
    let truth = text(truth.max(0) as u64);
    let truth = (truth != believed).then(|| Rc::from(format!("the agent counts {truth}")));
    FactView { name: Rc::from(name), believed: Rc::from(believed), truth }
}

fn instance_actions(id: InstanceId, status: Option<ContainerInstanceStatus>, host: &Host) -> Vec<Choice> {
    let mut actions = Vec::new();
    let set = |status| Command::UpdateContainerInstancesState { instance: id, status };
    match status {
        Some(ContainerInstanceStatus::Active) => actions.push(action("Drain", set(InstanceStatusRequest::Draining))),
        Some(ContainerInstanceStatus::Draining) => actions.push(action("Back to ACTIVE", set(InstanceStatusRequest::Active))),
        Some(
            ContainerInstanceStatus::Registering
            | ContainerInstanceStatus::Deregistering
            | ContainerInstanceStatus::RegistrationFailed
            | ContainerInstanceStatus::Inactive,
        )
        | None => {}
    }
    if status.is_some() {
        actions.push(action("Deregister (force)", Command::DeregisterContainerInstance { instance: id }));
    }
    if host.stopped_at_ms.is_some() {
        actions.push(action("Start", Command::Capacity(CapacityCommand::StartInstances { instance: id })));
    } else if host.may_stop() {
        actions.push(action("Stop", Command::Capacity(CapacityCommand::StopInstances { instance: id })));
    }
    if host.power != Power::Terminated {
        actions.push(action("Terminate", Command::TerminateInstances { instance: id }));
    }
    actions
}

fn of_service(sim: &Sim, id: ServiceId) -> Option<DetailsView> {
    let service = sim.belief().services.get(id)?;
    let running = service.tasks.iter().filter(|task| sim.belief().tasks[**task].is_running()).count();
    let truly = super::control_plane::truly_running(sim).get(&service.group).copied().unwrap_or(0);
    let mut view = empty(Subject::Service(id), format!("Service {}", service.name));
    let kind = match service.scheduling_strategy {
        SchedulingStrategy::Replica => "REPLICA",
        SchedulingStrategy::Daemon => "DAEMON",
    };
    view.facts = vec![
        fact("desiredCount", grouped(u64::from(service.desired_count))),
        fact_and_truth("runningCount", grouped(running as u64), grouped(u64::from(truly))),
        fact("schedulingStrategy", kind),
        fact("Task definition", sim.belief().definitions[service.revision().definition].definition.name()),
        fact("Launch type", names::launch_type_name(service.revision().launch_type)),
        fact("Deployment", service.deployment.ecs_svc()),
        fact("Healthy, at least", format!("{} % ({} tasks)", service.minimum_healthy_percent, service.minimum())),
        fact("Running, at most", format!("{} % ({} tasks)", service.maximum_percent, service.maximum())),
    ];
    if let Some(member) = &service.revision().connect {
        let role = sim.endpoint_of(id).map_or_else(
            || "client only".to_string(),
            |endpoint| {
                format!("endpoint {}, known to tasks started since {}", endpoint.discovery_name, time::clock(endpoint.since_ms))
            },
        );
        view.facts.push(fact("Service Connect", format!("{} · {role}", member.namespace)));
    }
    view.actions.push(action("Delete service", Command::DeleteService { service: service.name.to_string() }));
    let name = |task: &TaskId| (Rc::from(format!("Task {}", names::task_name(sim, *task))), Subject::Task(*task));
    let deployments = service.deployments.iter().map(|deployment| {
        let label = format!("Deployment of {}", names::definition_name(sim, deployment.revision.definition));
        (Rc::from(label), Subject::Deployment(id, deployment.id))
    });
    view.links = deployments.chain(service.tasks.iter().take(40).map(name)).collect();
    view.tables = vec![deployments::table(sim, id, service)];
    view.tables.extend(discovery::table(sim, &service.name));
    view.tables.extend(alarms::scaling_table(sim, id));
    view.tables.extend(events(service));
    view.actions.extend(alarms::scaling_actions(sim, id, &service.name));
    view.placement = placement_form::form(sim, service);
    view.forms = forms::services::forms_of(sim, service);
    Some(view)
}

/// The events of a service, as DescribeServices lists them.
fn events(service: &Service) -> Option<TableView> {
    let row =
        |(at_ms, event): &(Millis, Rc<ServiceEvent>)| vec![Rc::from(time::clock(*at_ms)), Rc::from(event.text(&service.name))];
    (!service.events.is_empty()).then(|| TableView {
        title: Rc::from("Service events"),
        line: Rc::from("In the words of the service, newest first. It keeps the last 100."),
        heads: vec!["At", "event"],
        rows: service.events.iter().map(row).collect(),
    })
}

fn of_zone(sim: &Sim, index: u32) -> Option<DetailsView> {
    let zone = sim.belief().zones.get(index as usize)?;
    let id = crate::sim::ids::ZoneId(index + 1);
    let mut view = empty(Subject::Zone(index), format!("Zone {}", zone.name));
    let servers: Vec<_> = sim
        .truth()
        .hosts
        .iter()
        .filter(|(instance, host)| host.zone == id && server_state::is_on_board(sim, *instance))
        .collect();
    let on = servers.iter().filter(|(_, host)| host.power == Power::On).count();
    view.facts = vec![
        fact_and_truth("Servers", grouped(servers.len() as u64), grouped(on as u64)),
        fact(
            "Servers with agent connected",
            grouped(sim.belief().registry.iter().filter(|known| known.zone == id && known.agent_connected).count() as u64),
        ),
        fact("Power", if sim.truth().zone_has_failed(id) { "the zone has failed" } else { "on" }),
    ];
    view.links = servers
        .iter()
        .take(40)
        .map(|(instance, _)| (Rc::from(format!("Server {}", instance.short())), Subject::Instance(*instance)))
        .collect();
    Some(view)
}

fn of_control_plane(sim: &Sim) -> DetailsView {
    let mut view = empty(Subject::ControlPlane, "Control plane".to_string());
    let registry = &sim.belief().registry;
    let on_hosts =
        sim.truth().tasks.iter().filter(|(_, truth)| truth.containers.iter().any(|container| container.state.is_alive())).count();
    let believed = sim.belief().tasks.iter().filter(|(_, task)| task.is_running()).count();
    view.facts = vec![
        fact("registeredContainerInstancesCount", grouped(registry.iter().count() as u64)),
        fact_and_truth("runningTasksCount", grouped(believed as u64), grouped(on_hosts as u64)),
        fact("pendingTasksCount", grouped(sim.belief().tasks.iter().filter(|(_, task)| task.is_starting()).count() as u64)),
        fact("Placement decisions so far", grouped(sim.belief().decisions())),
    ];
    view.tables = vec![bill::table(sim)];
    view.links = sim
        .belief()
        .services
        .iter()
        .map(|(id, service)| (Rc::from(format!("Service {}", service.name)), Subject::Service(id)))
        .collect();
    view
}

fn of_registry(sim: &Sim) -> DetailsView {
    let mut view = empty(Subject::ImageRegistry, "Image registry".to_string());
    let usual_ms = 1_000;
    let factor = sim.truth().images.pull_ms(usual_ms) / usual_ms;
    let state = match (sim.truth().images.failing().is_some(), factor) {
        (true, _) => "pulls fail".to_string(),
        (false, 1) => "answers at its usual speed".to_string(),
        (false, factor) => format!("pulls take {factor} times as long"),
    };
    view.facts = vec![FactView {
        name: Rc::from("State"),
        believed: Rc::from("ECS learns of it only through tasks that fail"),
        truth: Some(Rc::from(state)),
    }];
    view
}
