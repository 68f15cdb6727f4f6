//! Deployments, Fargate, networks and protection as the session shows them, and the controls that decide about them.

use std::rc::Rc;

use ecs_playground::session::Session;
use ecs_playground::session::forms::FormKind;
use ecs_playground::session::frame::{
    Choice, FieldValue, FormView, Frame, NeighbourSort, NeighbourView, RailState, RibbonView, ServerView, Tone,
};
use ecs_playground::session::intent::{Intent, Subject};
use ecs_playground::sim::command::capacity::{CapacityCommand, CreateAutoScalingGroup};
use ecs_playground::sim::command::{Command, UpdateService};
use ecs_playground::sim::fault::Fault;
use ecs_playground::sim::model::start_error::StartError;
use ecs_playground::sim::time::{HOUR, MINUTE, Millis, SECOND};

fn opened(scenario: &str) -> Session {
    Session::open_scenario(scenario).expect("the page has it")
}

fn run(session: &mut Session, span_ms: Millis) {
    session.take(Intent::StepBy(span_ms));
}

/// Steps on until something holds, for half an hour at most.
fn run_until(session: &mut Session, what: &str, holds: impl Fn(&Frame) -> bool) {
    for _ in 0..1_800 {
        if holds(session.frame()) {
            return;
        }
        run(session, SECOND);
    }
    panic!("it never came to hold: {what}");
}

fn service_ribbon<'a>(frame: &'a Frame, name: &str) -> Option<&'a RibbonView> {
    let service = frame.control_plane.services.iter().find(|service| &*service.name == name).expect("the service is there");
    service.ribbon.as_deref()
}

fn ribbon<'a>(session: &'a Session, name: &str) -> &'a RibbonView {
    service_ribbon(session.frame(), name).expect("a deployment is under way")
}

fn click(session: &mut Session, choices: &[Choice], label: &str) {
    let choice = choices.iter().find(|choice| &*choice.label == label);
    let choice = choice.unwrap_or_else(|| panic!("no {label} among {choices:?}"));
    assert_eq!(choice.refused, None, "{label}");
    session.take(choice.intent.clone());
    assert_eq!(session.frame().notice, None, "{label}");
}

fn form(session: &Session, kind: FormKind) -> FormView {
    let frame = session.frame();
    let of_details = frame.details.iter().flat_map(|details| &details.forms);
    let mut all = frame.forms.iter().flat_map(|group| &group.forms).chain(of_details);
    all.find(|form| form.kind == kind).unwrap_or_else(|| panic!("{kind:?} is not asked for")).clone()
}

fn text(value: &str) -> FieldValue {
    FieldValue::Text(value.to_string())
}

/// Sends a form as it stands but for some fields.
fn send(session: &mut Session, kind: FormKind, changes: &[(&str, FieldValue)]) {
    let form = form(session, kind);
    for (key, _) in changes {
        assert!(form.fields.iter().any(|field| field.key == *key), "{kind:?} has no {key}");
    }
    let value = |field: &ecs_playground::session::frame::FieldView| {
        let changed = changes.iter().find(|(key, _)| *key == field.key).map(|(_, value)| value.clone());
        changed.unwrap_or_else(|| field.control.value())
    };
    let filled = form.asked(&value).into_iter().map(|field| (field.key, value(field))).collect();
    session.take(Intent::Submit(kind, filled));
    assert_eq!(session.frame().notice, None, "{kind:?}");
}

fn card(session: &Session, sort: NeighbourSort, title: &str) -> Rc<NeighbourView> {
    let cards = &session.frame().neighbours;
    let found = cards.iter().find(|card| card.sort == sort && &*card.title == title);
    found.unwrap_or_else(|| panic!("no {} {title}", sort.words())).clone()
}

fn figure(card: &NeighbourView, name: &str) -> String {
    card.figures.iter().find(|figure| figure.name == name).expect("it has that figure").value.to_string()
}

fn fact(session: &Session, name: &str) -> String {
    let details = session.frame().details.as_ref().expect("something is selected");
    let fact = details.facts.iter().find(|fact| &*fact.name == name);
    fact.unwrap_or_else(|| panic!("no {name} among {:?}", details.facts)).believed.to_string()
}

fn deploy(session: &mut Session, service: &str, task_definition: &str) {
    let request = UpdateService {
        service: service.to_string(),
        task_definition: Some(task_definition.to_string()),
        ..UpdateService::default()
    };
    session.take(Intent::Do(Command::UpdateService(request).into()));
    assert_eq!(session.frame().notice, None);
}

fn shares(ribbon: &RibbonView) -> Vec<u32> {
    ribbon.revisions.iter().filter_map(|revision| revision.traffic_permille).collect()
}

fn servers(session: &Session) -> impl Iterator<Item = &Rc<ServerView>> {
    session.frame().zones.iter().flat_map(|zone| &zone.servers)
}

#[test]
fn a_blue_green_deployment_shows_its_stage_and_moves_all_requests_at_once() {
    let mut session = opened("rolling-and-blue-green");
    assert_eq!(service_ribbon(session.frame(), "front"), None);
    session.take(Intent::DoFirst);
    run_until(&mut session, "green comes up", |frame| {
        service_ribbon(frame, "front").and_then(|ribbon| ribbon.stage.as_ref()).is_some_and(|stage| stage.word == "SCALE_UP")
    });
    let front = ribbon(&session, "front");
    assert_eq!(shares(front), [1_000, 0], "old first");
    let stage = front.stage.as_ref().expect("it goes through stages");
    assert_eq!((stage.number, stage.of, stage.held), (3, 11, false));
    run_until(&mut session, "it bakes", |frame| service_ribbon(frame, "front").is_some_and(|ribbon| ribbon.wait.is_some()));
    let front = ribbon(&session, "front");
    assert_eq!(shares(front), [0, 1_000]);
    assert_eq!(front.wait.as_deref(), Some("bakes for 2 min more"));
    let newest = front.revisions[1].subject;
    session.take(Intent::Select(Some(newest)));
    let details = session.frame().details.clone().expect("the deployment is selected");
    assert_eq!(&*details.title, "Deployment of front:2");
    let rail = details.rail.as_ref().expect("its life cycle");
    let now: Vec<&str> = rail.iter().filter(|stop| stop.state == RailState::Current).map(|stop| &*stop.word).collect();
    assert_eq!(now, ["BAKE_TIME"]);
    assert_eq!(fact(&session, "Share of the requests"), "100 %");
    assert!(ribbon(&session, "front").revisions[1].selected);
    run(&mut session, 5 * MINUTE);
    assert_eq!(service_ribbon(session.frame(), "front"), None, "it is over");
}

#[test]
fn a_deployment_can_be_rolled_back_while_it_bakes() {
    let mut session = opened("rolling-and-blue-green");
    session.take(Intent::DoFirst);
    run_until(&mut session, "it bakes", |frame| service_ribbon(frame, "front").is_some_and(|ribbon| ribbon.wait.is_some()));
    let controls = ribbon(&session, "front").controls.clone();
    click(&mut session, &controls, "Roll back the deployment of front");
    run(&mut session, SECOND);
    let front = ribbon(&session, "front");
    let labels: Vec<&str> = front.controls.iter().map(|control| &*control.label).collect();
    assert_eq!((&*front.state.word, labels), ("ROLLBACK_IN_PROGRESS", vec!["Why the deployment of front failed"]));
    run(&mut session, 5 * MINUTE);
    let front = ribbon(&session, "front");
    assert_eq!((&*front.state.word, front.revisions.len()), ("ROLLBACK_SUCCESSFUL", 0), "one line tells it");
    let stopped = "front:2 was stopped by StopServiceDeployment at ";
    assert!(front.line.starts_with(stopped) && front.line.contains(". Back on front:1 since "), "{}", front.line);
    let controls = front.controls.clone();
    click(&mut session, &controls, "Why the deployment of front failed");
    let why = session.frame().why.clone().expect("it is answered");
    assert_eq!(&*why.title, "The deployment of front to front:2 has been rolled back");
    let stopped = "The deployment to front:2 was stopped by StopServiceDeployment at ";
    assert!(why.sentence.starts_with(stopped) && why.sentence.ends_with(": front:1 runs again."), "{}", why.sentence);
    run(&mut session, HOUR);
    assert_eq!(service_ribbon(session.frame(), "front"), None, "an hour later it is history");
    session.take(Intent::Select(Some(Subject::Service(session.frame().control_plane.services[0].id))));
    assert_eq!(fact(&session, "Task definition"), "front:1");
}

#[test]
fn a_hook_holds_a_deployment_until_someone_decides() {
    let held = |session: &mut Session| {
        let changes = [
            ("service", text("front")),
            ("strategy", text("CANARY")),
            ("share_percent", FieldValue::Number(20)),
            ("bake_minutes", FieldValue::Number(1)),
            ("pause", text("PRE_PRODUCTION_TRAFFIC_SHIFT")),
        ];
        send(session, FormKind::Deploy, &changes);
        run_until(session, "the hook holds it", |frame| {
            service_ribbon(frame, "front").and_then(|ribbon| ribbon.stage.as_ref()).is_some_and(|stage| stage.held)
        });
        let front = ribbon(session, "front");
        assert!(front.wait.as_ref().is_some_and(|wait| wait.starts_with("a hook holds it, for ")), "{:?}", front.wait);
        front.controls.clone()
    };
    let mut session = opened("rolling-and-blue-green");
    let controls = held(&mut session);
    click(&mut session, &controls, "Continue the deployment of front");
    run_until(&mut session, "the canary gets its share", |frame| {
        service_ribbon(frame, "front").is_some_and(|ribbon| shares(ribbon) == [800, 200])
    });
    assert!(ribbon(&session, "front").wait.as_ref().is_some_and(|wait| wait.starts_with("next shift of traffic in ")));
    let mut session = opened("rolling-and-blue-green");
    let controls = held(&mut session);
    click(&mut session, &controls, "Roll back the deployment of front");
    run(&mut session, SECOND);
    assert_eq!(&*ribbon(&session, "front").state.word, "ROLLBACK_IN_PROGRESS");
}

#[test]
fn a_lambda_function_is_made_and_decides_about_a_deployment() {
    let mut session = opened("rolling-and-blue-green");
    let set = |session: &mut Session, answer: &str, after: u64| {
        let times = ("after", FieldValue::Number(after));
        send(session, FormKind::SetHookFunction, &[("name", text("smoke-test")), ("answer", text(answer)), times]);
    };
    set(&mut session, "FAILED", 1);
    assert!(
        form(&session, FormKind::SetHookFunction)
            .line
            .ends_with("The function smoke-test will answer FAILED after 1 answer of IN_PROGRESS.")
    );
    let changes = [
        ("service", text("front")),
        ("strategy", text("BLUE_GREEN")),
        ("lambda", text("POST_SCALE_UP")),
        ("function", text("smoke-test")),
    ];
    send(&mut session, FormKind::Deploy, &changes);
    let waits = |frame: &Frame, how: &str| {
        service_ribbon(frame, "front").and_then(|ribbon| ribbon.wait.clone()).is_some_and(|wait| wait.starts_with(how))
    };
    run_until(&mut session, "it runs", |frame| waits(frame, "function smoke-test decides, for "));
    run_until(&mut session, "it has answered", |frame| waits(frame, "function smoke-test said IN_PROGRESS, asked again in "));
    let front = ribbon(&session, "front");
    assert_eq!(front.stage.as_ref().map(|stage| (stage.word, stage.held)), Some(("POST_SCALE_UP", false)));
    assert_eq!(front.controls.len(), 1, "it can be rolled back by hand");
    run_until(&mut session, "it goes back", |frame| {
        service_ribbon(frame, "front").is_some_and(|ribbon| &*ribbon.state.word == "ROLLBACK_IN_PROGRESS")
    });
    run(&mut session, 5 * MINUTE);
    set(&mut session, "SUCCEEDED", 0);
    send(&mut session, FormKind::Deploy, &changes);
    run(&mut session, 10 * MINUTE);
    session.take(Intent::Select(Some(Subject::Service(session.frame().control_plane.services[0].id))));
    assert_eq!(fact(&session, "Task definition"), "front:4");
}

#[test]
fn a_rolling_deployment_shares_requests_as_they_really_flow() {
    let mut session = opened("rolling-and-blue-green");
    deploy(&mut session, "api", "api:2");
    run_until(&mut session, "both revisions serve", |frame| {
        service_ribbon(frame, "api").is_some_and(|ribbon| shares(ribbon).iter().all(|share| (1..1_000).contains(share)))
    });
    let shares = shares(ribbon(&session, "api"));
    assert_eq!((shares.len(), shares.iter().sum::<u32>()), (2, 1_000), "{shares:?}");
    assert_eq!(ribbon(&session, "api").stage, None);
}

#[test]
fn the_circuit_breaker_counts_up_to_its_threshold_and_rolls_back() {
    let mut session = opened("rolling-and-blue-green");
    let fault = Fault::StartFailure { family: "api".to_string(), error: StartError::ALL[0] };
    session.take(Intent::Do(Command::InjectFault(fault).into()));
    deploy(&mut session, "api", "api:2");
    run_until(&mut session, "a failure is counted", |frame| {
        service_ribbon(frame, "api").and_then(|ribbon| ribbon.breaker).is_some_and(|(failures, _)| failures > 0)
    });
    let (failures, threshold) = ribbon(&session, "api").breaker.expect("it is on");
    assert!(failures < threshold && threshold == 3, "{failures} of {threshold}");
    run_until(&mut session, "it rolls back", |frame| {
        service_ribbon(frame, "api").is_some_and(|ribbon| &*ribbon.state.word == "ROLLBACK_IN_PROGRESS")
    });
}

#[test]
fn an_alarm_and_a_group_have_details_and_can_be_changed() {
    let mut session = opened("spiky-queue-workers");
    send(&mut session, FormKind::PutAlarm, &[("name", text("busy"))]);
    let alarm = card(&session, NeighbourSort::Alarm, "busy");
    session.take(Intent::Select(alarm.subject));
    assert_eq!(fact(&session, "Alarm when"), "greater than 80.0 %");
    assert!(card(&session, NeighbourSort::Alarm, "busy").selected);
    let actions = session.frame().details.clone().expect("it is selected").actions.clone();
    click(&mut session, &actions, "Delete alarm");
    assert!(session.frame().neighbours.iter().all(|card| &*card.title != "busy"));
    assert_eq!(session.frame().details, None, "it is gone");

    let group = card(&session, NeighbourSort::AutoScalingGroup, "workers");
    session.take(Intent::Select(group.subject));
    let rows = session.frame().details.clone().expect("it is selected").tables[0].rows.len();
    assert!(rows > 0, "its servers are listed");
    let asked = |session: &Session| {
        let details = session.frame().details.clone().expect("it is selected");
        details.questions.iter().map(|choice| choice.label.to_string()).collect::<Vec<_>>()
    };
    assert!(asked(&session).contains(&"Why does workers not scale in?".to_string()), "{:?}", asked(&session));
    send(&mut session, FormKind::ProtectInstance, &[]);
    run(&mut session, SECOND);
    let protected = session.frame().details.clone().expect("it is selected").tables[0].rows[0][4].clone();
    assert_eq!(&*protected, "protected");
    send(&mut session, FormKind::UpdateGroup, &[("max", FieldValue::Number(9)), ("desired", FieldValue::Number(3))]);
    assert_eq!(fact(&session, "Minimum, desired, maximum"), "1, 3, 9");
    send(&mut session, FormKind::AttachInstance, &[]);
    assert_eq!(fact(&session, "Minimum, desired, maximum"), "1, 4, 9", "one more is part of it");
}

#[test]
fn the_x_ray_shows_one_micro_machine_for_each_task_and_quotas_bind() {
    let mut session = opened("fargate-only");
    let lane = session.frame().fargate.clone().expect("everything runs there");
    let mut machines: Vec<_> = lane.hosts.iter().flat_map(|host| &host.machines).map(|machine| machine.task).collect();
    machines.sort();
    machines.dedup();
    assert_eq!((machines.len(), lane.tasks.len()), (7, 7));
    assert!(lane.hosts.iter().flat_map(|host| &host.machines).all(|machine| machine.phase == "its containers run"));
    let words = |session: &Session, name: &str| {
        let lane = session.frame().fargate.clone().expect("the lane");
        let gauge = lane.quotas.iter().find(|gauge| gauge.name == name).expect("such a quota").clone();
        (gauge.words.to_string(), gauge.parts[0].1)
    };
    assert_eq!(words(&session, "vCPU quota").0, "2 of 6 used");
    assert_eq!(words(&session, "Spot vCPU quota").0, "3 of 6 used");
    assert_eq!(words(&session, "Launches at once").0, "100 of 100, 20 more each second");
    session.take(Intent::DoFirst);
    run(&mut session, 11 * SECOND);
    assert_eq!(words(&session, "vCPU quota"), ("6 of 6 used".to_string(), Tone::Bad));
    run(&mut session, 2 * MINUTE);
    let web = &session.frame().control_plane.services[0];
    assert_eq!((web.desired, web.running), (14, 12), "the quota holds it");
}

#[test]
fn subnets_run_out_of_addresses_and_a_service_can_be_given_another() {
    let mut session = opened("fargate-only");
    let taken: u32 = ["subnet-a", "subnet-b"]
        .iter()
        .map(|name| figure(&card(&session, NeighbourSort::Subnet, name), "taken").parse::<u32>().expect("a number"))
        .sum();
    assert_eq!(taken, 7);
    let size = text("24");
    send(&mut session, FormKind::CreateSubnet, &[("name", text("subnet-c")), ("size", size)]);
    assert_eq!(figure(&card(&session, NeighbourSort::Subnet, "subnet-c"), "free"), "251");
    let web = Subject::Service(session.frame().control_plane.services[0].id);
    session.take(Intent::Select(Some(web)));
    assert_eq!(form(&session, FormKind::ServiceNetwork).fields[1].control.value(), text("subnet-a, subnet-b"), "where it is now");
    send(&mut session, FormKind::ServiceNetwork, &[("subnets", text("subnet-c"))]);
    run(&mut session, 5 * MINUTE);
    let subnet = card(&session, NeighbourSort::Subnet, "subnet-c");
    assert_eq!(figure(&subnet, "taken"), "4");
    session.take(Intent::Select(subnet.subject));
    let details = session.frame().details.clone().expect("it is selected");
    assert_eq!(details.links.len(), 4, "{:?}", details.links);
    session.take(Intent::Select(Some(details.links[0].1)));
    assert_eq!(fact(&session, "Subnet"), "subnet-c");
}

#[test]
fn a_protected_task_is_marked_and_outlives_a_scale_in() {
    let mut session = Session::open();
    let task = servers(&session).flat_map(|server| &server.cpu.segments).find(|segment| &*segment.label == "web");
    let task = task.expect("web runs").task;
    session.take(Intent::Select(Some(Subject::Task(task))));
    send(&mut session, FormKind::ProtectTask, &[]);
    assert!(fact(&session, "Protected until").starts_with("2:0"), "{}", fact(&session, "Protected until"));
    let marked: Vec<_> = servers(&session).flat_map(|server| &server.cpu.segments).filter(|segment| segment.protected).collect();
    assert_eq!(marked.iter().map(|segment| segment.task).collect::<Vec<_>>(), [task]);
    let none = UpdateService { service: "web".to_string(), desired_count: Some(0), ..UpdateService::default() };
    session.take(Intent::Do(Command::UpdateService(none).into()));
    run(&mut session, 2 * MINUTE);
    let left: Vec<_> =
        servers(&session).flat_map(|server| &server.cpu.segments).filter(|segment| &*segment.label == "web").collect();
    assert_eq!(left.iter().map(|segment| segment.task).collect::<Vec<_>>(), [task]);
    send(&mut session, FormKind::ProtectTask, &[]);
    run(&mut session, 2 * MINUTE);
    assert!(servers(&session).flat_map(|server| &server.cpu.segments).all(|segment| &*segment.label != "web"));
}

#[test]
fn a_task_on_fargate_shows_when_its_notice_is_over() {
    let mut session = opened("fargate-only");
    let fargate = session.frame().fargate.clone().expect("it has tasks there");
    let task = fargate.tasks[0].task;
    session.take(Intent::Select(Some(Subject::Task(task))));
    send(&mut session, FormKind::RetirementWait, &[("days", text("14"))]);
    let now_ms = session.timeline().sim().now_ms();
    session.take(Intent::Do(Command::InjectFault(Fault::FargateTaskRetirement { task }).into()));
    run(&mut session, SECOND);
    let days = ecs_playground::sim::time::clock(now_ms + 14 * 24 * 60 * MINUTE + 20);
    assert_eq!(fact(&session, "AWS retires it from"), days);
}

#[test]
fn a_spot_server_counts_down_to_its_end() {
    let mut session = opened("mixed-launch-types");
    let spot = servers(&session).find(|server| &*server.price == "Spot").expect("one is").clone();
    session.take(Intent::Do(Command::InjectFault(Fault::SpotInterruption { instance: spot.id }).into()));
    let deadline = |session: &Session| {
        let server = servers(session).find(|server| server.id == spot.id)?;
        let deadline = server.extras.as_ref()?.deadline.clone()?;
        Some((deadline.words.to_string(), deadline.left_permille))
    };
    let words = |left: &str| format!("Spot interruption: EC2 takes it back in {left}");
    assert_eq!(deadline(&session), Some((words("2:00"), 1_000)));
    run(&mut session, 30 * SECOND);
    assert_eq!(deadline(&session), Some((words("1:30"), 750)));
    run(&mut session, 2 * MINUTE);
    assert_eq!(deadline(&session), None);
}

#[test]
fn a_task_can_be_started_on_a_server_of_ones_choice() {
    let mut session = Session::open();
    let last = servers(&session).last().expect("three are there").clone();
    session.take(Intent::Select(Some(Subject::Instance(last.id))));
    send(&mut session, FormKind::StartTask, &[("task_definition", text("worker"))]);
    run(&mut session, MINUTE);
    let there = servers(&session).find(|server| server.id == last.id).expect("it is there");
    let workers = there.cpu.segments.iter().filter(|segment| &*segment.label == "worker");
    assert_eq!(workers.map(|segment| segment.status.to_string()).collect::<Vec<_>>(), ["RUNNING"]);
}

#[test]
fn host_ports_and_interfaces_are_shown_where_they_bind() {
    let mut session = Session::open();
    assert!(servers(&session).all(|server| server.extras.is_none()), "nothing binds in the opening");
    let definition = |network: &str, ports: &str| {
        format!(
            r#"{{"family":"{network}","networkMode":"{network}","containerDefinitions":[{{"name":"a","image":"a","cpu":64,"memory":64,"portMappings":[{ports}]}}]}}"#
        )
    };
    session.take(Intent::ImportTaskDefinition(definition(
        "host",
        r#"{"containerPort":8080},{"containerPort":53,"protocol":"udp"}"#,
    )));
    run(&mut session, 30 * SECOND);
    let ports: Vec<String> = servers(&session)
        .filter_map(|server| server.extras.as_ref())
        .flat_map(|extras| &extras.ports)
        .map(|port| port.port.to_string())
        .collect();
    assert_eq!(ports, ["53/udp", "8080"]);
    session.take(Intent::ImportTaskDefinition(definition("awsvpc", r#"{"containerPort":80}"#)));
    run(&mut session, MINUTE);
    let bars = |session: &Session| -> Vec<(String, String)> {
        let extras = servers(session).filter_map(|server| server.extras.as_ref());
        extras.flat_map(|extras| &extras.bars).map(|bar| (bar.label.to_string(), bar.free_label.to_string())).collect()
    };
    assert_eq!(bars(&session), [("Network interfaces".to_string(), "1 of 2 free".to_string())]);
    send(&mut session, FormKind::Trunking, &[]);
    send(&mut session, FormKind::LaunchServers, &[("spot", FieldValue::Flag(false)), ("attribute", text("trunk=yes"))]);
    run(&mut session, 2 * MINUTE);
    send(&mut session, FormKind::CreateDaemon, &[("task_definition", text("awsvpc"))]);
    run(&mut session, 2 * MINUTE);
    assert!(bars(&session).contains(&("Branches of its trunk".to_string(), "9 of 10 free".to_string())), "{:?}", bars(&session));
}

#[test]
fn listeners_divide_requests_and_names_are_resolved() {
    let mut session = opened("rolling-and-blue-green");
    let weights = |session: &Session, name: &str| card(session, NeighbourSort::Listener, name).gauges[0].words.to_string();
    assert_eq!(weights(&session, "production"), "front-blue 999, front-green 0");
    let changes = [("second", text("api")), ("second_weight", FieldValue::Number(50)), ("first_weight", FieldValue::Number(150))];
    let production = card(&session, NeighbourSort::Listener, "production").subject;
    session.take(Intent::Select(production));
    send(&mut session, FormKind::ModifyListener, &changes);
    run(&mut session, SECOND);
    assert_eq!(weights(&session, "production"), "front-blue 150, api 50");
    send(&mut session, FormKind::CreateListener, &[("name", text("test"))]);
    assert_eq!(weights(&session, "test"), "front-blue 100");
    let by_name = [("kind", text("service")), ("service", text("api")), ("rate", FieldValue::Number(30))];
    send(&mut session, FormKind::SetTraffic, &by_name);
    run(&mut session, SECOND);
    let name = card(&session, NeighbourSort::Discovery, "api");
    assert_eq!((figure(&name, "requests/s"), name.badge.is_none()), ("30".to_string(), true));
    assert_eq!(&*name.gauges[0].words, "4 of at most 8");
    let none = UpdateService { service: "api".to_string(), desired_count: Some(1), ..UpdateService::default() };
    session.take(Intent::Do(Command::UpdateService(none).into()));
    run_until(&mut session, "the answer is old", |frame| {
        frame.neighbours.iter().any(|card| card.sort == NeighbourSort::Discovery && card.badge.is_some())
    });
    run(&mut session, 2 * MINUTE);
    assert_eq!(&*card(&session, NeighbourSort::Discovery, "api").gauges[0].words, "1 of at most 8", "clients have asked again");
}

#[test]
fn a_service_can_be_given_other_settings_and_providers() {
    let mut session = opened("spiky-queue-workers");
    let web = session.frame().control_plane.services[0].clone();
    assert_eq!(&*web.name, "web");
    session.take(Intent::Select(Some(Subject::Service(web.id))));
    send(&mut session, FormKind::ServiceSettings, &[("minimum_healthy_percent", FieldValue::Number(50))]);
    assert_eq!(fact(&session, "Healthy, at least"), "50 % (1 tasks)");
    send(&mut session, FormKind::ProviderStrategy, &[("first", text("workers"))]);
    run(&mut session, 3 * MINUTE);
    let first = form(&session, FormKind::ProviderStrategy).fields[1].control.value();
    assert_eq!(first, text("workers"));
    send(&mut session, FormKind::DefaultStrategy, &[("first", text("workers"))]);
    assert_eq!(form(&session, FormKind::DefaultStrategy).fields[0].control.value(), text("workers"));
    send(&mut session, FormKind::Deregister, &[]);
}

#[test]
fn step_scaling_answers_its_alarm() {
    let mut session = opened("two-zone-web-service");
    send(&mut session, FormKind::ScaleInSteps, &[("max_capacity", FieldValue::Number(12))]);
    send(&mut session, FormKind::SetLoad, &[("cpu_percent", FieldValue::Number(95))]);
    run(&mut session, 10 * MINUTE);
    assert!(session.frame().control_plane.services[0].desired > 6, "{}", session.frame().control_plane.services[0].desired);
    let alarm = card(&session, NeighbourSort::Alarm, "web-steps-high");
    session.take(Intent::Select(alarm.subject));
    assert_eq!(fact(&session, "Acts through"), "web-steps");
    let web = Subject::Service(session.frame().control_plane.services[0].id);
    session.take(Intent::Select(Some(web)));
    for label in ["Delete scaling policy web-steps", "End auto scaling"] {
        let actions = session.frame().details.clone().expect("it is selected").actions.clone();
        click(&mut session, &actions, label);
    }
    assert!(session.frame().neighbours.iter().all(|card| card.sort != NeighbourSort::ServiceScaling));
}

#[test]
fn a_service_joins_a_namespace_and_leaves_it_again() {
    let mut session = opened("fargate-only");
    let web = session.frame().control_plane.services[0].id;
    session.take(Intent::Select(Some(Subject::Service(web))));
    let told = |session: &Session| {
        let details = session.frame().details.clone().expect("the service is selected");
        details.facts.iter().find(|fact| &*fact.name == "Service Connect").map(|fact| fact.believed.to_string())
    };
    let deployments = |session: &Session| session.timeline().sim().belief().services[web].deployments.len();
    assert_eq!((told(&session), deployments(&session)), (None, 1));
    send(&mut session, FormKind::ServiceConnect, &[("role", text("client")), ("namespace", text("shop"))]);
    assert_eq!(told(&session).as_deref(), Some("shop · client only"));
    assert_eq!(deployments(&session), 2, "what runs knows nothing of it");
    run(&mut session, 10 * MINUTE);
    let value = |session: &Session, at: usize| form(session, FormKind::ServiceConnect).fields[at].control.value();
    assert_eq!((value(&session, 1), value(&session, 2)), (text("client"), text("shop")), "what it is now");
    let endpoint = [("role", text("endpoint")), ("discovery_name", text("front"))];
    send(&mut session, FormKind::ServiceConnect, &endpoint);
    assert!(told(&session).is_some_and(|told| told.starts_with("shop · endpoint front, known to tasks started since ")));
    assert_eq!((value(&session, 3), value(&session, 4)), (text("front"), text("80")));
    run(&mut session, 10 * MINUTE);
    send(&mut session, FormKind::ServiceConnect, &[("role", text("off"))]);
    assert_eq!(told(&session), None);
}

#[test]
fn without_a_memory_limit_of_the_task_there_is_no_service_connect() {
    let mut session = opened("two-zone-web-service");
    let web = session.frame().control_plane.services[0].id;
    session.take(Intent::Select(Some(Subject::Service(web))));
    let details = session.frame().details.clone().expect("it is selected");
    assert!(details.forms.iter().any(|form| form.kind == FormKind::ServiceSettings));
    assert!(details.forms.iter().all(|form| form.kind != FormKind::ServiceConnect));
}

#[test]
fn a_group_without_a_provider_asks_what_scales_instead() {
    let mut session = Session::open();
    let group = CreateAutoScalingGroup {
        auto_scaling_group_name: "alone".to_string(),
        min_size: 0,
        max_size: 1,
        desired_capacity: None,
        instance_types: vec!["m5.large".to_string()],
        availability_zones: Vec::new(),
        spot_percentage: 0,
        new_instances_protected_from_scale_in: false,
        capacity_rebalance: false,
        health_check_grace_period: None,
        ecs_enable_spot_instance_draining: false,
    };
    session.take(Intent::Do(Command::Capacity(CapacityCommand::CreateAutoScalingGroup(group)).into()));
    let group = card(&session, NeighbourSort::AutoScalingGroup, "alone");
    session.take(Intent::Select(group.subject));
    let questions = session.frame().details.clone().expect("it is selected").questions.clone();
    let labels: Vec<&str> = questions.iter().map(|choice| &*choice.label).collect();
    assert_eq!(labels, ["What scales here, and what does not?"]);
    session.take(questions[0].intent.clone());
    assert!(session.frame().why.is_some(), "it is answered");
}

#[test]
fn an_alarm_for_silent_agents_begins_with_the_first_of_them() {
    let mut session = opened("first-cluster");
    run(&mut session, MINUTE);
    send(&mut session, FormKind::PutAlarm, &[("metric", text("DisconnectedAgentCount"))]);
    let state = |frame: &Frame| {
        let alarm = frame.neighbours.iter().find(|card| card.sort == NeighbourSort::Alarm && &*card.title == "agents-silent");
        alarm.and_then(|card| card.badge.as_ref()).map(|badge| badge.word.to_string())
    };
    run_until(&mut session, "all agents are heard of", |frame| state(frame).as_deref() == Some("OK"));
    let instance = session.timeline().sim().truth().hosts.iter().next().expect("there are servers").0;
    session.take(Intent::Do(Command::InjectFault(Fault::AgentStop { instance }).into()));
    run_until(&mut session, "one silent agent alarms", |frame| state(frame).as_deref() == Some("ALARM"));
}
