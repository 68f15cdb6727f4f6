//! Workload and capacity: run tasks, make services, add servers, bring a task definition.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{DefinitionView, Entry, FormGroup, WorkloadView};
use crate::session::intent::{Intent, LaunchMode};
use crate::sim::command::{Command, CreateService, LaunchInstances, LaunchType, RunTask, SchedulingStrategy};
use crate::ui::badge::swatch;
use crate::ui::form::Forms;
use crate::ui::gesture::click;
use crate::ui::icons::{Icon, icon};
use crate::ui::later::later;
use crate::ui::lockable::{lock_reason, lockable};
use crate::ui::segmented::segmented;
use crate::ui::select::{Line, select};
use crate::ui::stepper::stepper;

#[derive(Properties, PartialEq)]
pub struct WorkloadProps {
    pub workload: Rc<WorkloadView>,
    pub mode: LaunchMode,
    /// Why nothing can be changed now.
    pub locked: Option<&'static str>,
    pub send: Callback<Intent>,
    pub forms: Rc<Vec<FormGroup>>,
    /// Opens the dialog that takes a task definition.
    pub on_import: Callback<()>,
}

/// RunTask starts at most this many at once, as in the API.
const MOST_TASKS: u64 = 10;

/// More servers than this at once is a scenario of its own.
const MOST_SERVERS: u64 = 20;

/// What is chosen in the forms; of a list its first line, until another is chosen.
#[derive(Clone, PartialEq)]
struct Draft {
    definition: Option<String>,
    launch_type: Option<LaunchType>,
    tasks: u64,
    server: Option<String>,
    zone: Option<String>,
    servers: u64,
}

impl Draft {
    fn new() -> Self {
        Self { definition: None, launch_type: None, tasks: 1, server: None, zone: None, servers: 1 }
    }
}

/// Keeps what is chosen in one field.
fn keep<T: 'static>(draft: &UseStateHandle<Draft>, field: fn(&mut Draft, T)) -> Callback<T> {
    let draft = draft.clone();
    Callback::from(move |chosen| {
        let mut next = (*draft).clone();
        field(&mut next, chosen);
        draft.set(next);
    })
}

/// The section.
#[component]
pub fn Workload(props: &WorkloadProps) -> Html {
    let draft = use_state(Draft::new);
    html! {
        <section class="workload" aria-labelledby="workload-title">
            <h2 id="workload-title" class="overline">{ "Workload" }</h2>
            { lock_reason(props.locked) }
            { lockable(props.locked, forms(props, &draft)) }
            { for later().filter(|_| !props.forms.is_empty()).map(|later| (later.forms)(Forms { groups: props.forms.clone(), send: props.send.clone() })) }
        </section>
    }
}

fn forms(props: &WorkloadProps, draft: &UseStateHandle<Draft>) -> Html {
    html! {
        <>
            { run_form(props, draft) }
            <button type="button" class="button wide" onclick={props.on_import.reform(|_: MouseEvent| ())}>
                { icon(Icon::Plus) }<span>{ "Paste or drop a task definition" }</span>
            </button>
            <h3 class="overline">{ "Servers" }</h3>
            { for server_form(props, draft) }
        </>
    }
}

fn run_form(props: &WorkloadProps, draft: &UseStateHandle<Draft>) -> Html {
    let definitions = &props.workload.definitions;
    let wanted = draft.definition.as_ref().and_then(|name| definitions.iter().find(|each| *each.name == **name));
    let Some(definition) = wanted.or(definitions.first()) else {
        return html! { <p class="empty">{ "No task definition yet. Paste one to begin." }</p> };
    };
    let offered = launch_types(definition);
    let wanted = draft.launch_type.filter(|kind| offered.iter().any(|(each, _)| each == kind));
    let where_to = wanted.unwrap_or_else(|| usual(props.mode, &offered));
    let line = |each: &DefinitionView| Line::of(&each.name, &each.name, each.name == definition.name);
    let on_definition = keep(draft, |draft, name| draft.definition = Some(name));
    let on_launch_type = keep(draft, |draft, kind| draft.launch_type = Some(kind));
    let on_count = keep(draft, |draft, count| draft.tasks = count);
    html! {
        <div class="form">
            <div class="field-row">
                { swatch(definition.hue) }
                { select("select grow", "Task definition", definitions.iter().map(line), &on_definition) }
            </div>
            <p class="quiet">{ &*definition.asks }</p>
            if offered.len() > 1 {
                { segmented("narrow", "Launch type", &offered, where_to, &on_launch_type) }
            }
            <div class="field-row">
                { stepper("How many", draft.tasks, 1..=MOST_TASKS, "", &on_count) }
                { act("Run tasks", "primary", run(definition, draft.tasks, where_to), &props.send) }
            </div>
            { act("Keep running as a service", "", serve(definition, draft.tasks, where_to), &props.send) }
        </div>
    }
}

fn run(definition: &DefinitionView, count: u64, launch_type: LaunchType) -> Command {
    Command::RunTask(RunTask {
        task_definition: definition.name.to_string(),
        count: count as u32,
        launch_type,
        network_configuration: None,
        group: None,
        placement_strategy: Vec::new(),
        placement_constraints: Vec::new(),
        capacity_provider_strategy: None,
    })
}

fn serve(definition: &DefinitionView, count: u64, launch_type: LaunchType) -> Command {
    Command::CreateService(CreateService {
        service_name: family(&definition.name).to_string(),
        task_definition: definition.name.to_string(),
        desired_count: count as u32,
        launch_type,
        scheduling_strategy: SchedulingStrategy::Replica,
        ..CreateService::default()
    })
}

fn act(words: &'static str, class: &'static str, command: Command, send: &Callback<Intent>) -> Html {
    html! {
        <button type="button" class={classes!("button", "small", class)}
            onclick={click(send, Intent::Do(command.into()))}>{ words }</button>
    }
}

fn launch_types(definition: &DefinitionView) -> Vec<(LaunchType, &'static str)> {
    let mut offered = Vec::new();
    if definition.runs_on_ec2 {
        offered.push((LaunchType::Ec2, "EC2"));
    }
    if definition.runs_on_fargate {
        offered.push((LaunchType::Fargate, "Fargate"));
        offered.push((LaunchType::FargateSpot, "Fargate Spot"));
    }
    offered
}

/// What the switch in the top bar suggests, where the task definition allows it.
fn usual(mode: LaunchMode, offered: &[(LaunchType, &'static str)]) -> LaunchType {
    let preferred = match mode {
        LaunchMode::Ec2 | LaunchMode::Mixed => LaunchType::Ec2,
        LaunchMode::Fargate => LaunchType::Fargate,
    };
    let fits = offered.iter().any(|(kind, _)| *kind == preferred);
    if fits { preferred } else { offered.first().map_or(LaunchType::Ec2, |(kind, _)| *kind) }
}

fn family(definition: &str) -> &str {
    definition.split_once(':').map_or(definition, |(family, _)| family)
}

/// Nothing where no server can be had.
fn server_form(props: &WorkloadProps, draft: &UseStateHandle<Draft>) -> Option<Html> {
    let WorkloadView { instance_types: types, zones, .. } = &*props.workload;
    let wanted = draft.server.as_ref().and_then(|id| types.iter().find(|each| *each.id == **id));
    let server = wanted.or(types.first())?;
    let wanted = draft.zone.as_ref().and_then(|name| zones.iter().find(|each| ***each == **name));
    let zone = wanted.or(zones.first())?;
    let launch = Command::LaunchInstances(LaunchInstances {
        instance_type: server.id.to_string(),
        zone: zone.to_string(),
        count: draft.servers as u32,
        spot: false,
        ecs_enable_spot_instance_draining: false,
        attributes: Vec::new(),
    });
    let type_line = |each: &Entry| Line::of(&each.id, &each.title, each.id == server.id);
    let zone_line = |each: &Rc<str>| Line::of(each, each, each == zone);
    let on_type = keep(draft, |draft, id| draft.server = Some(id));
    let on_zone = keep(draft, |draft, name| draft.zone = Some(name));
    let on_count = keep(draft, |draft, count| draft.servers = count);
    Some(html! {
        <div class="form">
            { select("select grow", "Instance type", types.iter().map(type_line), &on_type) }
            <p class="quiet">{ &*server.line }</p>
            { select("select grow", "Zone", zones.iter().map(zone_line), &on_zone) }
            <div class="field-row">
                { stepper("How many servers", draft.servers, 1..=MOST_SERVERS, "", &on_count) }
                { act("Add servers", "primary", launch, &props.send) }
            </div>
        </div>
    })
}
