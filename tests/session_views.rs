//! What opens under the timeline, forms and deployments, as the session tells the page of them.

use ecs_playground::session::Session;
use ecs_playground::session::forms::FormKind;
use ecs_playground::session::frame::{BottomTab, BottomView, ChartsView, CommandsView, Control, FieldValue, FieldView, Frame};
use ecs_playground::session::intent::{Intent, Subject};
use ecs_playground::sim::command::{Command, UpdateService};
use ecs_playground::sim::fault::Fault;
use ecs_playground::sim::time::{MINUTE, Millis, SECOND};

fn desired(service: &str, count: u32) -> Intent {
    let request = UpdateService { service: service.to_string(), desired_count: Some(count), ..UpdateService::default() };
    Intent::Do(Command::UpdateService(request).into())
}

fn run(session: &mut Session, span_ms: Millis) {
    session.take(Intent::StepBy(span_ms));
}

fn charts(frame: &Frame) -> &ChartsView {
    match frame.bottom.as_ref().expect("something is open") {
        BottomView::Charts(view) => view,
        BottomView::Commands(_) => panic!("charts are open"),
    }
}

fn commands(frame: &Frame) -> &CommandsView {
    match frame.bottom.as_ref().expect("something is open") {
        BottomView::Commands(view) => view,
        BottomView::Charts(_) => panic!("commands are open"),
    }
}

fn value<'a>(frame: &'a Frame, title: &str) -> &'a str {
    &charts(frame).charts.iter().find(|chart| chart.title == title).expect("there is such a chart").value
}

#[test]
fn charts_show_the_exact_value_of_the_instant_being_looked_at() {
    let mut session = Session::open();
    let begin = session.frame().clock.now_ms;
    run(&mut session, 10 * SECOND);
    session.take(Intent::ShowBottom(Some(BottomTab::Charts)));
    assert_eq!(value(session.frame(), "Running"), "7 of 7");
    session.take(desired("web", 9));
    assert_eq!(value(session.frame(), "Running"), "7 of 12");
    run(&mut session, MINUTE);
    assert_eq!(value(session.frame(), "Running"), "12 of 12");
    session.take(Intent::Seek(begin));
    assert_eq!(value(session.frame(), "Running"), "7 of 7");
    let running = &charts(session.frame()).charts[0].lines[0];
    assert_eq!(running.points.last().and_then(|(_, value)| *value), Some(12), "what lies ahead stays drawn");
}

#[test]
fn a_course_that_was_followed_is_that_of_the_run_done_again() {
    let mut followed = Session::open();
    followed.take(Intent::ShowBottom(Some(BottomTab::Charts)));
    let mut later = Session::open();
    for session in [&mut followed, &mut later] {
        run(session, 20 * SECOND);
        session.take(desired("web", 1));
        run(session, 20 * MINUTE);
    }
    later.take(Intent::ShowBottom(Some(BottomTab::Charts)));
    let points = |session: &Session| charts(session.frame()).charts[0].lines[0].points.clone();
    let (followed, later) = (points(&followed), points(&later));
    assert!(followed.len() > 100 && followed.len() <= 250, "{}", followed.len());
    for point in &followed {
        assert!(later.contains(point) || later.iter().all(|(at, _)| *at != point.0), "{point:?}");
    }
}

#[test]
fn another_future_has_another_course() {
    let mut session = Session::open();
    session.take(Intent::ShowBottom(Some(BottomTab::Charts)));
    let begin = session.frame().clock.now_ms;
    run(&mut session, 2 * MINUTE);
    session.take(Intent::Seek(begin + 10 * SECOND));
    session.take(desired("web", 1));
    run(&mut session, MINUTE);
    let desired_line = &charts(session.frame()).charts[0].lines[1];
    assert!(desired_line.points.iter().all(|(at, value)| *value == Some(if *at <= begin + 10 * SECOND { 7 } else { 4 })));
    session.take(Intent::Undo);
    let desired_line = &charts(session.frame()).charts[0].lines[1];
    assert!(desired_line.points.iter().all(|(_, value)| *value == Some(7)), "the other future is back");
}

#[test]
fn commands_are_listed_with_who_gave_them_and_lead_back_to_their_instant() {
    let mut session = Session::open();
    run(&mut session, 10 * SECOND);
    session.take(desired("web", 5));
    run(&mut session, 10 * SECOND);
    session.take(desired("nobody", 5));
    session.take(Intent::ShowBottom(Some(BottomTab::Commands)));
    let rows = &commands(session.frame()).rows;
    assert_eq!((rows[0].by, rows[1].by), ("You", "You"));
    assert!(rows[0].refused.as_ref().is_some_and(|text| text.contains("ServiceNotFoundException")), "{:?}", rows[0].refused);
    assert_eq!(&*rows[1].label, "Update service web: desired count 5");
    assert!(rows.iter().skip(2).all(|row| row.by == "Scenario"));
    let jump = rows[1].jump.intent.clone();
    session.take(jump);
    let rows = &commands(session.frame()).rows;
    assert!(rows[0].ahead && !rows[1].ahead);
}

#[test]
fn deploying_registers_the_next_revision_and_shows_both_side_by_side() {
    let mut session = Session::open();
    let form = session.frame().forms.iter().flat_map(|group| &group.forms).find(|form| form.kind == FormKind::Deploy);
    let form = form.expect("there are services to deploy to").clone();
    let mut filled: Vec<(&'static str, FieldValue)> =
        form.fields.iter().map(|field| (field.key, field.control.value())).collect();
    let tag = filled.iter_mut().find(|(key, _)| *key == "tag").expect("a tag is asked for");
    tag.1 = FieldValue::Text("2".to_string());
    session.take(Intent::Submit(FormKind::Deploy, filled));
    assert_eq!(session.frame().notice, None);
    run(&mut session, 20 * SECOND);
    let web = session.frame().control_plane.services[0].clone();
    let ribbon = web.ribbon.as_ref().expect("a deployment is under way");
    let names: Vec<&str> = ribbon.revisions.iter().map(|revision| &*revision.name).collect();
    assert_eq!(names, ["web:1", "web:2"]);
    run(&mut session, 5 * MINUTE);
    assert_eq!(session.frame().control_plane.services[0].ribbon, None, "it is over");
}

#[test]
fn every_form_begins_with_values_that_it_offers() {
    let mut session = Session::open();
    for entry in session.frame().scenario.scenarios.clone().iter() {
        session.take(Intent::OpenScenario(entry.id.to_string()));
        for form in session.frame().forms.iter().flat_map(|group| &group.forms) {
            for field in &form.fields {
                match &field.control {
                    Control::Pick { value, options } => {
                        assert!(options.iter().any(|(each, _)| each == value), "{} {}", form.title, field.key)
                    }
                    Control::Number { value, least, most, .. } => assert!((least..=most).contains(&value), "{}", field.key),
                    Control::Switch(_) | Control::Text(_) | Control::Fixed(_) => {}
                }
            }
            for (key, value) in form.presets.iter().flat_map(|preset| preset.when.iter().chain(&preset.values)) {
                let field = form.fields.iter().find(|field| field.key == *key);
                let control = &field.unwrap_or_else(|| panic!("{} has no {key}", form.title)).control;
                assert!(control.takes(value), "{} {key}: {value:?}", form.title);
            }
        }
    }
}

/// What a form begins with for the one that the fields name, by key.
fn set_now(session: &Session, kind: FormKind, whom: &[(&'static str, &str)]) -> Vec<(&'static str, FieldValue)> {
    let forms = session.frame().forms.clone();
    let form = forms.iter().flat_map(|group| &group.forms).find(|form| form.kind == kind).expect("it is asked for");
    let stands = |field: &FieldView| match whom.iter().find(|(key, _)| *key == field.key) {
        Some((_, name)) => FieldValue::Text(name.to_string()),
        None => field.control.value(),
    };
    form.preset(&stands).map_or_else(Vec::new, |preset| preset.values.clone())
}

#[test]
fn forms_begin_with_what_was_set_last() {
    let mut session = Session::open_scenario("rolling-and-blue-green").expect("the page has it");
    let number = FieldValue::Number;
    let said = |text: &str| FieldValue::Text(text.to_string());
    assert_eq!(set_now(&session, FormKind::SetHookFunction, &[("name", "check")]), [], "it is not made yet");
    let asked = vec![
        ("name", said("check")),
        ("answer", said("FAILED")),
        ("after", number(2)),
        ("delay", number(40)),
        ("duration", number(3)),
    ];
    session.take(Intent::Submit(FormKind::SetHookFunction, asked.clone()));
    assert_eq!(set_now(&session, FormKind::SetHookFunction, &[("name", "check")]), asked[1..]);
    assert_eq!(set_now(&session, FormKind::SetHookFunction, &[("name", "other")]), []);
    let load = vec![("family", said("front")), ("cpu_percent", number(95)), ("memory_percent", number(40))];
    session.take(Intent::Submit(FormKind::SetLoad, load.clone()));
    assert_eq!(set_now(&session, FormKind::SetLoad, &[("family", "front")]), load[1..]);
    let alarm = |metric: &str, name_key, threshold_key, threshold| {
        vec![
            ("metric", said(metric)),
            (name_key, said("watch")),
            ("comparison", said("above")),
            (threshold_key, number(threshold)),
            ("periods", number(5)),
            ("needed", number(4)),
            ("missing", said("breaching")),
        ]
    };
    let silent = alarm("DisconnectedAgentCount", "name_of_silent", "most_silent", 1);
    session.take(Intent::Submit(FormKind::PutAlarm, silent.clone()));
    let watch =
        |metric| set_now(&session, FormKind::PutAlarm, &[("metric", metric), ("name", "watch"), ("name_of_silent", "watch")]);
    assert_eq!(watch("DisconnectedAgentCount"), silent[2..]);
    assert_eq!(watch("CPUReservation"), [], "an alarm on another metric is another alarm");
    let deployed = set_now(&session, FormKind::Deploy, &[("service", "front")]);
    assert!(deployed.contains(&("strategy", said("BLUE_GREEN"))), "{deployed:?}");
    assert!(deployed.iter().all(|(key, _)| *key != "share_percent"), "all requests move at once: {deployed:?}");
    let deployed = set_now(&session, FormKind::Deploy, &[("service", "api")]);
    assert!(deployed.contains(&("breaker", said("rollback"))), "{deployed:?}");
}

#[test]
fn every_form_can_be_sent_as_it_stands() {
    for scenario in [
        "first-cluster",
        "two-zone-web-service",
        "rolling-and-blue-green",
        "spiky-queue-workers",
        "mixed-launch-types",
        "fargate-only",
    ] {
        let opened = || Session::open_scenario(scenario).expect("the page has it");
        let forms: Vec<_> = opened().frame().forms.iter().flat_map(|group| group.forms.clone()).collect();
        assert!(forms.len() > 5, "{}", forms.len());
        for form in forms {
            let mut session = opened();
            let asked = form.asked(&|field| field.control.value());
            let mut filled: Vec<_> = asked.iter().map(|field| (field.key, field.control.value())).collect();
            // There may be one of that name already.
            if let Some((_, name)) = filled.iter_mut().find(|(key, _)| *key == "name") {
                *name = FieldValue::Text("another".to_string());
            }
            session.take(Intent::Submit(form.kind, filled));
            assert_eq!(session.frame().notice, None, "{scenario}: {}", form.title);
            run(&mut session, 3 * MINUTE);
        }
    }
}

#[test]
fn a_target_group_shows_its_targets_and_what_ecs_has_heard_of_them() {
    let mut session = Session::open_scenario("two-zone-web-service").expect("the page has it");
    run(&mut session, MINUTE);
    let card = session.frame().neighbours[0].clone();
    assert_eq!((&*card.title, &*card.gauges[0].words), ("web", "6 healthy"));
    session.take(Intent::Select(card.subject));
    let details = session.frame().details.clone().expect("it is selected");
    assert_eq!(details.tables[0].rows.len(), 6);
    assert!(details.tables[0].rows.iter().all(|row| row[1].starts_with("healthy, for ") && &*row[2] == "healthy"));
    let form = details.forms[0].clone();
    let mut filled: Vec<_> = form.fields.iter().map(|field| (field.key, field.control.value())).collect();
    filled.iter_mut().find(|(key, _)| *key == "interval").expect("an interval").1 = FieldValue::Number(20);
    session.take(Intent::Submit(form.kind, filled));
    assert_eq!(session.frame().notice, None);
    let details = session.frame().details.clone().expect("it is selected");
    assert_eq!(&*details.facts[0].believed, "20 s");
}

#[test]
fn a_service_scales_and_its_card_says_by_which_alarm() {
    let mut session = Session::open_scenario("two-zone-web-service").expect("the page has it");
    let send = |session: &mut Session, kind, change: &[(&str, FieldValue)]| {
        let form = session.frame().forms.iter().flat_map(|group| &group.forms).find(|form| form.kind == kind);
        let form = form.expect("it is asked for").clone();
        let mut filled: Vec<_> = form.fields.iter().map(|field| (field.key, field.control.value())).collect();
        for (key, value) in change {
            filled.iter_mut().find(|(known, _)| known == key).expect("such a field").1 = value.clone();
        }
        session.take(Intent::Submit(kind, filled));
        assert_eq!(session.frame().notice, None);
    };
    send(&mut session, FormKind::ScaleService, &[("max_capacity", FieldValue::Number(12))]);
    send(&mut session, FormKind::SetLoad, &[("cpu_percent", FieldValue::Number(95))]);
    run(&mut session, 15 * MINUTE);
    let frame = session.frame();
    assert!(frame.control_plane.services[0].desired > 6, "{}", frame.control_plane.services[0].desired);
    let alarm = frame.neighbours.iter().find(|card| card.title.contains("AlarmHigh")).expect("a policy has two alarms");
    assert!(alarm.figures.iter().any(|figure| figure.name == "threshold" && &*figure.value == "60.0 %"), "{:?}", alarm.figures);
}

#[test]
fn a_burst_makes_the_reservation_rise_and_the_group_grow() {
    let mut session = Session::open_scenario("spiky-queue-workers").expect("the page has it");
    session.take(Intent::ShowBottom(Some(BottomTab::Charts)));
    session.take(desired("worker", 12));
    run(&mut session, 2 * MINUTE);
    let provider = session.frame().neighbours[0].clone();
    let reservation = &provider.figures[0];
    assert_eq!((reservation.name, &*provider.title), ("reservation", "workers"));
    assert!(provider.line.as_ref().is_some_and(|line| line.contains("instances")), "{:?}", provider.line);
    session.take(Intent::Select(provider.subject));
    let details = session.frame().details.clone().expect("it is selected");
    assert!(!details.tables[0].rows.is_empty());
    run(&mut session, 15 * MINUTE);
    assert_eq!(value(session.frame(), "Running"), "14 of 14");
    let line = &charts(session.frame()).charts.iter().find(|chart| chart.title == "Reservation").expect("it is charted").lines[0];
    assert!(line.points.iter().any(|(_, value)| value.is_some_and(|tenths| tenths > 1_000)), "it was above its target");
}

#[test]
fn traffic_is_counted_and_what_is_lost_as_well() {
    let mut session = Session::open_scenario("two-zone-web-service").expect("the page has it");
    let form = session.frame().forms.iter().flat_map(|group| &group.forms).find(|form| form.kind == FormKind::SetTraffic);
    let filled = form.expect("there is a target group").fields.iter().map(|field| (field.key, field.control.value())).collect();
    session.take(Intent::Submit(FormKind::SetTraffic, filled));
    run(&mut session, MINUTE);
    let figure = |session: &Session, name: &str| {
        let card = session.frame().neighbours[0].clone();
        card.figures.iter().find(|figure| figure.name == name).map(|figure| figure.value.to_string())
    };
    assert_eq!(figure(&session, "requests/s").as_deref(), Some("100"));
    assert_eq!(figure(&session, "lost so far").as_deref(), Some("0"));
    let first = session.frame().scenario.first_action.clone();
    assert!(first.is_none(), "something has been done");
    let zone = Fault::ZoneFailure { zone: "us-east-1b".to_string() };
    session.take(Intent::Do(Command::InjectFault(zone).into()));
    run(&mut session, 2 * MINUTE);
    assert_ne!(
        figure(&session, "lost so far").as_deref(),
        Some("0"),
        "requests to the dead targets are lost until they are found out"
    );
}

fn ask(session: &mut Session, question: &str) {
    let frame = session.frame().clone();
    let details = frame.details.as_ref().expect("something is selected");
    let offered: Vec<&str> = details.questions.iter().map(|choice| &*choice.label).collect();
    let asked = details.questions.iter().find(|choice| &*choice.label == question);
    session.take(asked.unwrap_or_else(|| panic!("{question} is not among {offered:?}")).intent.clone());
}

#[test]
fn what_is_selected_offers_questions_and_each_is_answered() {
    let mut session = Session::open();
    let web = session.frame().control_plane.services[0].id;
    session.take(Intent::Select(Some(Subject::Service(web))));
    ask(&mut session, "Why does nothing scale web?");
    let why = session.frame().why.clone().expect("there is an answer");
    assert!(why.sentence.contains("No scalable target") && why.grids[0].rows.len() > 1, "{why:?}");
    session.take(Intent::Select(Some(Subject::ControlPlane)));
    ask(&mut session, "Why does it cost this?");
    assert!(session.frame().why.as_ref().expect("there is an answer").sentence.contains("m5.large: 3 × $0.096"));
    let server = session.frame().zones[0].servers[0].id;
    session.take(Intent::Select(Some(Subject::Instance(server))));
    ask(&mut session, &format!("Who notices when {} fails?", server.short()));
    let why = session.frame().why.clone().expect("there is an answer");
    let names: Vec<&str> = why.grids[0].rows.iter().map(|row| &*row[0]).collect();
    assert_eq!(names, ["Container health check", "Load balancer", "Agent's connection", "EC2 status checks"]);
}

#[test]
fn an_entry_of_the_log_answers_beyond_its_causes() {
    let mut session = Session::open();
    let server = session.frame().zones[0].servers[0].id;
    session.take(Intent::Do(Command::InjectFault(Fault::ServerDeath { instance: server }).into()));
    run(&mut session, 3 * MINUTE);
    let events = session.frame().events.clone();
    let marked = events.rows.iter().find(|row| row.text.contains("marks the agent")).expect("it was noticed");
    session.take(Intent::ShowObservation(marked.observation));
    let why = session.frame().why.clone().expect("there is an answer");
    assert!(
        why.sentence.contains("nothing heard for") && why.sentence.contains("First to notice: agent's connection"),
        "{}",
        why.sentence
    );
    assert_eq!(why.causes.last().expect("it has causes").observation, marked.observation);
    assert!(why.causes[0].text.contains("loses power"), "{:?}", why.causes[0]);
}

#[test]
fn a_stopped_task_says_why_it_stopped() {
    let mut session = Session::open();
    let task = session.frame().zones[0].servers[0].cpu.segments[0].task;
    session.take(Intent::Do(Command::StopTask { task, reason: None }.into()));
    run(&mut session, MINUTE);
    session.take(Intent::Select(Some(Subject::Task(task))));
    ask(&mut session, "Why did it stop?");
    let why = session.frame().why.clone().expect("there is an answer");
    assert!(why.sentence.starts_with("Someone asked for it to stop."), "{}", why.sentence);
    assert!(why.service_text.as_ref().is_some_and(|text| text.contains("UserInitiated")) && !why.grids.is_empty());
}

#[test]
fn a_server_shows_its_health_as_ecs_knows_it() {
    let mut session = Session::open();
    let server = session.frame().zones[0].servers[0].id;
    session.take(Intent::Select(Some(Subject::Instance(server))));
    let health = |session: &Session| {
        let details = session.frame().details.clone().expect("the server is selected");
        details.facts.iter().find(|fact| &*fact.name == "healthStatus").expect("it is told").believed.to_string()
    };
    assert_eq!(health(&session), "OK");
    session.take(Intent::Do(Command::InjectFault(Fault::AgentStop { instance: server }).into()));
    run(&mut session, 3 * MINUTE);
    assert_eq!(health(&session), "IMPAIRED (AGENT_CONNECTIVITY)");
}

/// The table of that title, of what is selected.
fn table(session: &Session, title: &str) -> Vec<Vec<std::rc::Rc<str>>> {
    let details = session.frame().details.clone().expect("something is selected");
    details.tables.iter().find(|table| &*table.title == title).map(|table| table.rows.clone()).unwrap_or_default()
}

#[test]
fn a_service_lists_its_newest_hundred_events_in_the_words_of_the_service() {
    let mut session = Session::open();
    let id = session.timeline().sim().belief().service_named("web").expect("it is there");
    session.take(Intent::Select(Some(Subject::Service(id))));
    for count in 0..120 {
        session.take(desired("web", 3 + count % 2));
        run(&mut session, 20 * SECOND);
    }
    let events = table(&session, "Service events");
    assert_eq!(events.len(), 100);
    assert!(events.iter().all(|row| row[1].starts_with("(service web)")), "{events:?}");
    assert!(events[0][0].len() > 4, "a clock: {}", events[0][0]);
}

#[test]
fn clients_by_name_go_on_to_a_task_that_is_gone_until_they_ask_again() {
    let mut session = Session::open();
    let id = session.timeline().sim().belief().service_named("web").expect("it is there");
    session.take(Intent::Select(Some(Subject::Service(id))));
    let details = session.frame().details.clone().expect("it is selected");
    let registry = details.forms.iter().find(|form| form.kind == FormKind::ServiceDiscovery).expect("it can have a name");
    let place = registry.fields.iter().find(|field| field.key == "place").expect("a port").control.value();
    let filled = vec![
        ("service", FieldValue::Text("web".to_string())),
        ("records", FieldValue::Text("SRV".to_string())),
        ("place", place),
    ];
    session.take(Intent::Submit(registry.kind, filled));
    assert_eq!(session.frame().notice, None);
    run(&mut session, 5 * MINUTE);
    let form = session.frame().forms.iter().flat_map(|group| &group.forms).find(|form| form.title == "Traffic").cloned();
    let form = form.expect("requests can be sent");
    let mut filled: Vec<_> = form.fields.iter().map(|field| (field.key, field.control.value())).collect();
    for (key, value) in [
        ("kind", FieldValue::Text("service".to_string())),
        ("service", FieldValue::Text("web".to_string())),
        ("ttl", FieldValue::Number(60)),
    ] {
        filled.retain(|(known, _)| *known != key);
        filled.push((key, value));
    }
    session.take(Intent::Submit(form.kind, filled));
    assert_eq!(session.frame().notice, None);
    run(&mut session, 5 * SECOND);
    let records = |session: &Session| table(session, "Who answers to its name");
    assert!(records(&session).iter().all(|row| &*row[1] == "RUNNING" && row[2].contains(" ms")), "{:?}", records(&session));
    let task = *session.timeline().sim().belief().services[id].tasks.first().expect("some run");
    session.take(Intent::Do(Command::StopTask { task, reason: None }.into()));
    run(&mut session, 40 * SECOND);
    let gone = |session: &Session| records(session).iter().filter(|row| &*row[1] != "RUNNING" && row[2].contains("lost")).count();
    assert_eq!(gone(&session), 1, "{:?}", records(&session));
    run(&mut session, 30 * SECOND);
    assert_eq!(gone(&session), 0, "{:?}", records(&session));
}
