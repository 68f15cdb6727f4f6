//! Forms: what can be asked of the cluster by filling in fields, and the commands that a filled-in form means.
//!
//! One file for each topic, with both. Start reading at [`groups`] (what is asked) and [`commands`] (what comes of it).

use std::rc::Rc;

use crate::session::frame::{Control, FieldValue, FieldView, FormGroup, FormView, Preset};
use crate::session::view::Shown;
use crate::sim::command::{Command, SchedulingStrategy};
use crate::sim::control_plane::service::{Service, ServiceStatus};
use crate::sim::engine::Sim;

pub mod balancing;
pub mod capacity;
pub mod connect;
pub mod deploy;
pub mod discovery;
pub mod functions;
pub mod groups;
pub mod metrics;
pub mod platform;
pub mod servers;
pub mod services;
pub mod traffic;

/// Every form there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormKind {
    Deploy,
    CreateDaemon,
    Deregister,
    ServiceSettings,
    ProviderStrategy,
    ServiceNetwork,
    ServiceConnect,
    ServiceDiscovery,
    ProtectTask,
    StartTask,
    CreateTargetGroup,
    ModifyTargetGroup,
    CreateListener,
    ModifyListener,
    ServeBehind,
    SetTraffic,
    CreateCapacity,
    ChangeScaling,
    ServeOnCapacity,
    DefaultStrategy,
    LaunchServers,
    UpdateGroup,
    ProtectInstance,
    AttachInstance,
    ScaleService,
    ScaleInSteps,
    SetLoad,
    PutAlarm,
    RaiseQuota,
    PutImage,
    SetDiskWrites,
    ModifyVolume,
    ConfigureAgent,
    CreateSubnet,
    Trunking,
    RetirementWait,
    SetHookFunction,
}

/// The groups of forms, those with nothing to ask for left out.
pub fn groups(shown: &Shown) -> Vec<FormGroup> {
    let sim = shown.timeline.sim();
    let mut groups = vec![
        FormGroup { title: "Deployments", forms: deploy::forms(sim).into_iter().chain(services::forms(sim)).collect() },
        FormGroup { title: "Traffic", forms: balancing::forms(sim) },
        FormGroup { title: "Capacity", forms: capacity::forms(sim) },
        FormGroup { title: "Scaling and alarms", forms: metrics::forms(sim) },
        FormGroup { title: "Networks, images, quotas", forms: platform::forms(sim) },
        FormGroup { title: "Disks and agents", forms: servers::forms(sim) },
    ];
    groups.retain(|group| !group.forms.is_empty());
    for form in groups.iter_mut().flat_map(|group| &mut group.forms) {
        form.locked = shown.locked;
    }
    groups
}

/// The commands that a filled-in form means; or why it means none.
pub fn commands(sim: &Sim, kind: FormKind, filled: &Filled) -> Result<Vec<Command>, String> {
    match kind {
        FormKind::Deploy => deploy::commands(sim, filled),
        FormKind::CreateDaemon => Ok(services::daemon(filled)),
        FormKind::Deregister => Ok(services::retire(filled)),
        FormKind::ServiceSettings => Ok(services::settings(filled)),
        FormKind::ProviderStrategy => Ok(services::providers(filled)),
        FormKind::ServiceNetwork => Ok(services::network(filled)),
        FormKind::ServiceConnect => connect::commands(filled),
        FormKind::ServiceDiscovery => discovery::commands(filled),
        FormKind::ProtectTask => services::protect(filled),
        FormKind::StartTask => services::start(filled),
        FormKind::CreateTargetGroup => Ok(balancing::create(filled)),
        FormKind::ModifyTargetGroup => Ok(balancing::modify(filled)),
        FormKind::CreateListener => Ok(balancing::create_listener(filled)),
        FormKind::ModifyListener => Ok(balancing::modify_listener(filled)),
        FormKind::ServeBehind => balancing::serve(sim, filled),
        FormKind::SetTraffic => Ok(traffic::commands(filled)),
        FormKind::CreateCapacity => Ok(capacity::create(sim, filled)),
        FormKind::ChangeScaling => Ok(capacity::change(filled)),
        FormKind::ServeOnCapacity => Ok(capacity::serve(filled)),
        FormKind::DefaultStrategy => Ok(capacity::default_strategy(sim, filled)),
        FormKind::LaunchServers => Ok(capacity::launch(filled)),
        FormKind::UpdateGroup => Ok(groups::update(filled)),
        FormKind::ProtectInstance => groups::protect(filled),
        FormKind::AttachInstance => groups::attach_command(filled),
        FormKind::ScaleService => metrics::scale(sim, filled),
        FormKind::ScaleInSteps => Ok(metrics::scale_in_steps(filled)),
        FormKind::SetLoad => Ok(metrics::load(filled)),
        FormKind::PutAlarm => metrics::alarm(filled),
        FormKind::RaiseQuota => Ok(platform::raise_quota(filled)),
        FormKind::PutImage => Ok(platform::put_image(filled)),
        FormKind::SetDiskWrites => Ok(servers::set_disk_writes(filled)),
        FormKind::ModifyVolume => servers::modify_volume(sim, filled),
        FormKind::ConfigureAgent => servers::configure_agent(sim, filled),
        FormKind::CreateSubnet => Ok(platform::create_subnet(filled)),
        FormKind::Trunking => Ok(platform::trunking(filled)),
        FormKind::RetirementWait => Ok(platform::retirement_wait(filled)),
        FormKind::SetHookFunction => Ok(functions::set(filled)),
    }
}

/// What a form was filled in with.
pub struct Filled<'a>(pub &'a [(&'static str, FieldValue)]);

impl Filled<'_> {
    fn get(&self, key: &str) -> Option<&FieldValue> {
        self.0.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// The text of a field; nothing where it was not asked for.
    pub fn text(&self, key: &str) -> String {
        match self.get(key) {
            Some(FieldValue::Text(text)) => text.trim().to_string(),
            Some(FieldValue::Number(_) | FieldValue::Flag(_)) | None => String::new(),
        }
    }

    /// The number in a field; zero where it was not asked for.
    pub fn number(&self, key: &str) -> u32 {
        self.asked(key).unwrap_or(0)
    }

    /// The number in a field, where it was asked for.
    pub fn asked(&self, key: &str) -> Option<u32> {
        match self.get(key) {
            Some(FieldValue::Number(number)) => Some(u32::try_from(*number).unwrap_or(u32::MAX)),
            Some(FieldValue::Text(_) | FieldValue::Flag(_)) | None => None,
        }
    }

    /// What was chosen from a list that also offers nothing.
    pub fn chosen(&self, key: &str) -> Option<String> {
        Some(self.text(key)).filter(|text| !text.is_empty() && text != NONE)
    }

    /// Is the switch on?
    pub fn is_on(&self, key: &str) -> bool {
        self.get(key) == Some(&FieldValue::Flag(true))
    }
}

fn form(kind: FormKind, title: &'static str, line: &str, submit: &'static str, fields: Vec<FieldView>) -> FormView {
    FormView { kind, of: Rc::from(""), title, line: Rc::from(line), fields, submit, locked: None, presets: Vec::new() }
}

fn field(key: &'static str, label: &'static str, control: Control) -> FieldView {
    FieldView { key, label, control, only_if: None }
}

/// What is set now for whomever a text in one field names.
fn preset(key: &'static str, whom: &str, values: Vec<(&'static str, FieldValue)>) -> Preset {
    Preset { when: vec![(key, FieldValue::Text(whom.to_string()))], values }
}

/// What stands in a field as a number.
fn amount(number: impl Into<u64>) -> FieldValue {
    FieldValue::Number(number.into())
}

/// What stands in a field as a text, or as the value of a choice.
fn said(text: &str) -> FieldValue {
    FieldValue::Text(text.to_string())
}

fn switch(on: bool) -> Control {
    Control::Switch(on)
}

/// Whom the form is about.
fn fixed(value: &Rc<str>) -> Control {
    Control::Fixed(value.clone())
}

fn text(value: &str) -> Control {
    Control::Text(Rc::from(value))
}

fn number(value: u64, least: u64, most: u64, step: u64, unit: &'static str) -> Control {
    Control::Number { value: value.clamp(least, most), least, most, step, unit }
}

/// One of several, each as it is called.
fn pick(options: impl IntoIterator<Item = Rc<str>>) -> Option<Control> {
    let options: Vec<(Rc<str>, Rc<str>)> = options.into_iter().map(|name| (name.clone(), name)).collect();
    Some(Control::Pick { value: options.first()?.0.clone(), options })
}

/// Stands for no choice in a list.
const NONE: &str = "none";

/// One of several, or none of them.
fn or_none(names: impl IntoIterator<Item = Rc<str>>, words: &str, chosen: Option<&str>) -> Control {
    let names = names.into_iter().map(|name| (name.clone(), name));
    let options: Vec<(Rc<str>, Rc<str>)> = [(Rc::from(NONE), Rc::from(words))].into_iter().chain(names).collect();
    let value = options.iter().find(|(value, _)| Some(&**value) == chosen).unwrap_or(&options[0]).0.clone();
    Control::Pick { value, options }
}

/// One of several: value and words.
fn options(all: &[(&str, &str)]) -> Control {
    let options: Vec<(Rc<str>, Rc<str>)> = all.iter().map(|(value, words)| (Rc::from(*value), Rc::from(*words))).collect();
    Control::Pick { value: options[0].0.clone(), options }
}

/// A list of services gets no longer than this.
const MOST_SERVICES: usize = 60;

fn services(sim: &Sim) -> impl Iterator<Item = &Service> {
    let active =
        sim.belief().services.iter().map(|(_, service)| service).filter(|service| service.status == ServiceStatus::Active);
    active.take(MOST_SERVICES)
}

fn service_names(sim: &Sim) -> Option<Control> {
    pick(services(sim).map(|service| service.name.clone()))
}

/// Services whose number of tasks someone chooses.
fn replica_names(sim: &Sim) -> Option<Control> {
    let replicas = services(sim).filter(|service| service.scheduling_strategy == SchedulingStrategy::Replica);
    pick(replicas.map(|service| service.name.clone()))
}

/// Task definitions that a service can run, newest revisions.
fn definition_names(sim: &Sim) -> Option<Control> {
    pick(families(sim))
}

/// Families of task definitions, in the order of their registration.
fn families(sim: &Sim) -> impl Iterator<Item = Rc<str>> {
    let mut families: Vec<Rc<str>> = Vec::new();
    for (_, entry) in sim.belief().definitions.iter() {
        if !families.contains(&entry.definition.family) {
            families.push(entry.definition.family.clone());
        }
    }
    families.into_iter()
}
