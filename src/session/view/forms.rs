//! What can be asked of the cluster by filling in a form.

use std::rc::Rc;

use crate::session::forms::FormKind;
use crate::session::frame::{Control, FieldView, FormGroup, FormView};
use crate::session::view::Shown;
use crate::sim::control_plane::service::{Service, ServiceStatus};
use crate::sim::engine::Sim;

/// The groups of forms, those with nothing to ask for left out.
pub fn groups(shown: &Shown) -> Vec<FormGroup> {
    let sim = shown.timeline.sim();
    let mut groups = vec![FormGroup { title: "Deployments", forms: deploy(sim).into_iter().collect() }];
    groups.retain(|group| !group.forms.is_empty());
    for form in groups.iter_mut().flat_map(|group| &mut group.forms) {
        form.locked = shown.locked;
    }
    groups
}

fn form(kind: FormKind, title: &'static str, line: &str, submit: &'static str, fields: Vec<FieldView>) -> FormView {
    FormView { kind, of: Rc::from(""), title, line: Rc::from(line), fields, submit, locked: None }
}

fn field(key: &'static str, label: &'static str, control: Control) -> FieldView {
    FieldView { key, label, control, only_if: None }
}

fn number(value: u64, least: u64, most: u64, step: u64, unit: &'static str) -> Control {
    Control::Number { value: value.clamp(least, most), least, most, step, unit }
}

/// One of several, each as it is called.
fn pick(options: impl IntoIterator<Item = Rc<str>>) -> Option<Control> {
    let options: Vec<(Rc<str>, Rc<str>)> = options.into_iter().map(|name| (name.clone(), name)).collect();
    Some(Control::Pick { value: options.first()?.0.clone(), options })
}

/// One of several: value and words.
fn options(all: &[(&str, &str)]) -> Control {
    let options: Vec<(Rc<str>, Rc<str>)> = all.iter().map(|(value, words)| (Rc::from(*value), Rc::from(*words))).collect();
    Control::Pick { value: options[0].0.clone(), options }
}

fn services(sim: &Sim) -> impl Iterator<Item = &Service> {
    sim.belief().services.iter().map(|(_, service)| service).filter(|service| service.status == ServiceStatus::Active)
}

fn service_names(sim: &Sim) -> Option<Control> {
    pick(services(sim).map(|service| service.name.clone()))
}

fn deploy(sim: &Sim) -> Option<FormView> {
    let first = services(sim).next()?;
    let container = sim.belief().definitions[first.definition].definition.containers.first()?;
    const SHIFTING: &[&str] = &["BLUE_GREEN", "LINEAR", "CANARY"];
    const IN_PARTS: &[&str] = &["LINEAR", "CANARY"];
    let only = |strategies, field: FieldView| FieldView { only_if: Some(("strategy", strategies)), ..field };
    let percent = |value| number(value, 0, 200, 10, "%");
    let fields = vec![
        field("service", "Service", service_names(sim)?),
        field("tag", "Image tag", Control::Text(Rc::from("next"))),
        field("cpu_units", "CPU of its first container", number(u64::from(container.cpu_units), 0, 16_384, 64, "units")),
        field(
            "memory_mib",
            "Memory of its first container",
            number(u64::from(container.memory_mib.unwrap_or(512)), 4, 122_880, 64, "MiB"),
        ),
        field(
            "strategy",
            "Strategy",
            options(&[
                ("ROLLING", "ROLLING: replace a few at a time"),
                ("BLUE_GREEN", "BLUE_GREEN: all traffic at once"),
                ("LINEAR", "LINEAR: traffic in equal steps"),
                ("CANARY", "CANARY: a small share first"),
            ]),
        ),
        only(IN_PARTS, field("share_percent", "Share of a step", number(20, 1, 50, 5, "%"))),
        only(SHIFTING, field("bake_minutes", "Bake time", number(2, 0, 60, 1, "min"))),
        only(
            &["ROLLING"],
            field("minimum_healthy_percent", "Minimum healthy percent", percent(u64::from(first.minimum_healthy_percent))),
        ),
        only(&["ROLLING"], field("maximum_percent", "Maximum percent", percent(u64::from(first.maximum_percent)))),
        field("breaker", "Circuit breaker", options(&[("off", "Off"), ("on", "Stop"), ("rollback", "Roll back")])),
    ];
    let line = "Registers the next revision of the task definition and tells the service to run it.";
    Some(form(FormKind::Deploy, "Deploy a new revision", line, "Deploy", fields))
}
