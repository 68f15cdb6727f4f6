//! Disks, volumes and agents as the session shows them, and the forms that change them.

use ecs_playground::session::Session;
use ecs_playground::session::forms::FormKind;
use ecs_playground::session::frame::{FieldValue, FieldView, FormView, GaugeView, Tone};
use ecs_playground::session::intent::{Intent, Lens, Subject};
use ecs_playground::sim::ids::InstanceId;
use ecs_playground::sim::time::MINUTE;

const FIRST: InstanceId = InstanceId(1);

fn form(session: &Session, kind: FormKind) -> FormView {
    let mut forms = session.frame().forms.iter().flat_map(|group| &group.forms);
    forms.find(|form| form.kind == kind).unwrap_or_else(|| panic!("{kind:?} is not asked for")).clone()
}

/// Sends a form as it stands but for some fields; what was said about it.
fn send(session: &mut Session, kind: FormKind, changes: &[(&str, FieldValue)]) -> Option<String> {
    let form = form(session, kind);
    let value = |field: &FieldView| {
        let changed = changes.iter().find(|(key, _)| *key == field.key).map(|(_, value)| value.clone());
        changed.unwrap_or_else(|| field.control.value())
    };
    let filled = form.asked(&value).into_iter().map(|field| (field.key, value(field))).collect();
    session.take(Intent::Submit(kind, filled));
    session.frame().notice.as_ref().map(|notice| format!("{}: {:?}", notice.title, notice.lines))
}

fn text(value: &str) -> FieldValue {
    FieldValue::Text(value.to_string())
}

fn disk(session: &Session) -> Option<GaugeView> {
    let mut servers = session.frame().zones.iter().flat_map(|zone| &zone.servers);
    let server = servers.find(|server| server.id == FIRST).expect("it is on the board");
    server.extras.iter().flat_map(|extras| &extras.unseen).find(|gauge| gauge.name == "Disk").cloned()
}

fn fact(session: &Session, name: &str) -> Option<String> {
    let details = session.frame().details.as_ref().expect("a server is selected");
    let fact = details.facts.iter().find(|fact| &*fact.name == name).expect("it has that fact");
    assert_eq!(&*fact.believed, "not ECS's business");
    fact.truth.as_ref().map(ToString::to_string)
}

#[test]
fn a_disk_that_fills_is_seen_where_truth_is_and_a_larger_volume_makes_room() {
    let mut session = Session::open();
    session.take(Intent::Select(Some(Subject::Instance(FIRST))));
    session.take(Intent::SetLens(Lens::Both));
    assert_eq!(disk(&session), None, "as long as there is plenty of room");
    assert_eq!(
        send(&mut session, FormKind::SetDiskWrites, &[("family", text("web")), ("log", FieldValue::Number(60_000))]),
        None
    );
    session.take(Intent::StepBy(MINUTE));
    let filling = fact(&session, "Disk").expect("truth is seen");
    assert!(filling.contains("logs 7,031") && filling.contains("full in 2 min"), "{filling}");
    session.take(Intent::StepBy(10 * MINUTE));
    let full = disk(&session).expect("it is full");
    assert_eq!((full.total, full.parts[1].1), (26_624, Tone::Bad));
    assert_eq!(full.parts.iter().map(|(mib, _)| mib).sum::<u64>(), 26_624, "to the last MiB");
    session.take(Intent::SetLens(Lens::Knows));
    assert_eq!((disk(&session), fact(&session, "Disk")), (None, None), "ECS knows nothing of it");
    session.take(Intent::SetLens(Lens::True));
    let larger = [("server", text(FIRST.short().as_str())), ("size", FieldValue::Number(90))];
    assert_eq!(send(&mut session, FormKind::ModifyVolume, &larger), None);
    assert_eq!(disk(&session), None, "there is plenty of room again");
    let smaller = [("size", FieldValue::Number(20))];
    let refusal = send(&mut session, FormKind::ModifyVolume, &smaller).expect("a volume only grows");
    assert!(refusal.contains("New size cannot be smaller than existing size"), "{refusal}");
}

#[test]
fn an_agent_is_configured_by_its_variables() {
    let mut session = Session::open();
    let changes = [("server", text("all")), ("pull", text("prefer-cached")), ("wait", FieldValue::Number(1))];
    assert_eq!(send(&mut session, FormKind::ConfigureAgent, &changes), None);
    let told = session.frame().events.rows.iter().map(|row| row.text.to_string()).collect::<Vec<_>>().join("\n");
    let asked =
        "Configure the agent of every server: ECS_IMAGE_PULL_BEHAVIOR=prefer-cached, ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION=60 s";
    assert!(told.contains(asked), "{told}");
}
