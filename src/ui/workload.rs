//! Workload and capacity: run tasks, make services, add servers, bring a task definition.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{DefinitionView, Entry, WorkloadView};
use crate::session::intent::{Intent, LaunchMode};
use crate::sim::command::{Command, CreateService, LaunchInstances, LaunchType, RunTask, SchedulingStrategy};
use crate::ui::badge::swatch;
use crate::ui::browser::input;
use crate::ui::choice_button::use_unique_id;
use crate::ui::icons::{Icon, icon};
use crate::ui::segmented::Segmented;
use crate::ui::stepper::Stepper;

#[derive(Properties, PartialEq)]
pub struct WorkloadProps {
    pub workload: Rc<WorkloadView>,
    pub mode: LaunchMode,
    pub send: Callback<Intent>,
    /// Opens the dialog that takes a task definition.
    pub on_import: Callback<()>,
}

/// The section.
#[component]
pub fn Workload(props: &WorkloadProps) -> Html {
    let WorkloadProps { workload, send, on_import, mode } = props;
    html! {
        <section class="workload" aria-labelledby="workload-title">
            <h2 id="workload-title" class="overline">{ "Workload" }</h2>
            <RunForm workload={workload.clone()} mode={*mode} send={send.clone()} />
            <button type="button" class="button wide" onclick={on_import.reform(|_: MouseEvent| ())}>
                { icon(Icon::Plus) }<span>{ "Paste or drop a task definition" }</span>
            </button>
            <h3 class="overline">{ "Servers" }</h3>
            <ServerForm workload={workload.clone()} send={send.clone()} />
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct RunFormProps {
    workload: Rc<WorkloadView>,
    mode: LaunchMode,
    send: Callback<Intent>,
}

/// RunTask starts at most this many at once, as in the API.
const MOST_TASKS: u64 = 10;

#[component]
fn RunForm(props: &RunFormProps) -> Html {
    let chosen = use_state(|| None::<String>);
    let count = use_state(|| 1_u64);
    let launch_type = use_state(|| None::<LaunchType>);
    let definitions = &props.workload.definitions;
    let wanted = chosen.as_ref().and_then(|name| definitions.iter().find(|each| *each.name == **name));
    let Some(definition) = wanted.or(definitions.first()) else {
        return html! { <p class="empty">{ "No task definition yet. Paste one to begin." }</p> };
    };
    let offered = launch_types(definition);
    let where_to =
        launch_type.filter(|kind| offered.iter().any(|(each, _)| each == kind)).unwrap_or_else(|| usual(props.mode, &offered));
    let run = Command::RunTask(RunTask {
        task_definition: definition.name.to_string(),
        count: *count as u32,
        launch_type: where_to,
        group: None,
        placement_strategy: Vec::new(),
        placement_constraints: Vec::new(),
    });
    let serve = Command::CreateService(CreateService {
        service_name: family(&definition.name).to_string(),
        task_definition: definition.name.to_string(),
        desired_count: *count as u32,
        launch_type: where_to,
        scheduling_strategy: SchedulingStrategy::Replica,
        placement_strategy: Vec::new(),
        placement_constraints: Vec::new(),
        minimum_healthy_percent: None,
        maximum_percent: None,
    });
    let on_definition = {
        let chosen = chosen.setter();
        Callback::from(move |event: Event| chosen.set(Some(input::text(&event))))
    };
    let on_count = {
        let count = count.setter();
        Callback::from(move |number| count.set(number))
    };
    let on_launch_type = {
        let launch_type = launch_type.setter();
        Callback::from(move |kind| launch_type.set(Some(kind)))
    };
    html! {
        <div class="form">
            <div class="field-row">
                { swatch(definition.hue) }
                { definition_select(definitions, definition, on_definition) }
            </div>
            <p class="quiet">{ &*definition.asks }</p>
            if offered.len() > 1 {
                <Segmented<LaunchType> class="narrow" name="Launch type" options={offered} chosen={where_to} on_choose={on_launch_type} />
            }
            <div class="field-row">
                <Stepper name="How many" value={*count} range={1..=MOST_TASKS} on_change={on_count} />
                { act("Run tasks", "primary", run, &props.send) }
            </div>
            { act("Keep running as a service", "", serve, &props.send) }
        </div>
    }
}

fn definition_select(definitions: &[DefinitionView], chosen: &DefinitionView, onchange: Callback<Event>) -> Html {
    html! {
        <label class="select grow">
            <span class="hidden-text">{ "Task definition" }</span>
            <select {onchange}>{ for definitions.iter().map(|each| html! {
                <option value={each.name.clone()} selected={each.name == chosen.name}>{ &*each.name }</option>
            }) }</select>
            { icon(Icon::Chevron) }
        </label>
    }
}

fn act(words: &'static str, class: &'static str, command: Command, send: &Callback<Intent>) -> Html {
    html! {
        <button type="button" class={classes!("button", "small", class)}
            onclick={send.reform(move |_: MouseEvent| Intent::Do(command.clone()))}>{ words }</button>
    }
}

fn launch_types(definition: &DefinitionView) -> Vec<(LaunchType, AttrValue)> {
    let mut offered = Vec::new();
    if definition.runs_on_ec2 {
        offered.push((LaunchType::Ec2, AttrValue::Static("EC2")));
    }
    if definition.runs_on_fargate {
        offered.push((LaunchType::Fargate, AttrValue::Static("Fargate")));
        offered.push((LaunchType::FargateSpot, AttrValue::Static("Fargate Spot")));
    }
    offered
}

/// What the switch in the top bar suggests, where the task definition allows it.
fn usual(mode: LaunchMode, offered: &[(LaunchType, AttrValue)]) -> LaunchType {
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

#[derive(Properties, PartialEq)]
struct ServerFormProps {
    workload: Rc<WorkloadView>,
    send: Callback<Intent>,
}

/// More servers than this at once is a scenario of its own.
const MOST_SERVERS: u64 = 20;

#[component]
fn ServerForm(props: &ServerFormProps) -> Html {
    let (kind, zone, count) = (use_state(|| None::<String>), use_state(|| None::<String>), use_state(|| 1_u64));
    let types = &props.workload.instance_types;
    let type_now = kind.as_ref().and_then(|id| types.iter().find(|each| *each.id == **id)).or(types.first());
    let zones = &props.workload.zones;
    let zone_now = zone.as_ref().and_then(|name| zones.iter().find(|each| ***each == **name)).or(zones.first());
    let (Some(type_now), Some(zone_now)) = (type_now, zone_now) else { return html! {} };
    let launch = Command::LaunchInstances(LaunchInstances {
        instance_type: type_now.id.to_string(),
        zone: zone_now.to_string(),
        count: *count as u32,
        spot: false,
        attributes: Vec::new(),
    });
    let choose = |state: &UseStateHandle<Option<String>>| {
        let state = state.setter();
        Callback::from(move |event: Event| state.set(Some(input::text(&event))))
    };
    let on_count = {
        let count = count.setter();
        Callback::from(move |number| count.set(number))
    };
    html! {
        <div class="form">
            { type_select(types, type_now, choose(&kind)) }
            <p class="quiet">{ &*type_now.line }</p>
            <ZoneSelect zones={zones.clone()} chosen={zone_now.clone()} onchange={choose(&zone)} />
            <div class="field-row">
                <Stepper name="How many servers" value={*count} range={1..=MOST_SERVERS} on_change={on_count} />
                { act("Add servers", "primary", launch, &props.send) }
            </div>
        </div>
    }
}

fn type_select(types: &[Entry], chosen: &Entry, onchange: Callback<Event>) -> Html {
    html! {
        <label class="select grow">
            <span class="hidden-text">{ "Instance type" }</span>
            <select {onchange}>{ for types.iter().map(|each| html! {
                <option value={each.id.clone()} selected={each.id == chosen.id}>{ &*each.title }</option>
            }) }</select>
            { icon(Icon::Chevron) }
        </label>
    }
}

#[derive(Properties, PartialEq)]
struct ZoneSelectProps {
    zones: Rc<Vec<Rc<str>>>,
    chosen: Rc<str>,
    onchange: Callback<Event>,
}

#[component]
fn ZoneSelect(props: &ZoneSelectProps) -> Html {
    let id = use_unique_id("zone");
    html! {
        <label class="select grow" for={id.clone()}>
            <span class="hidden-text">{ "Zone" }</span>
            <select {id} onchange={props.onchange.clone()}>{ for props.zones.iter().map(|each| html! {
                <option value={each.clone()} selected={*each == props.chosen}>{ &**each }</option>
            }) }</select>
            { icon(Icon::Chevron) }
        </label>
    }
}
