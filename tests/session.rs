//! The app without a browser: gestures go in, frames come out.

use std::rc::Rc;

use ecs_playground::session::Session;
use ecs_playground::session::frame::{Choice, Frame, HeartbeatState, Presence, RailState, RowOutcome, SegmentStyle};
use ecs_playground::session::intent::{Intent, LaunchMode, Lens, Subject};
use ecs_playground::session::lesson::Answer;
use ecs_playground::sim::command::{Command, UpdateService};
use ecs_playground::sim::fault::{Direction, Fault, NetworkTarget};
use ecs_playground::sim::ids::InstanceId;
use ecs_playground::sim::time::{MINUTE, SECOND};

fn run(session: &mut Session, span_ms: u64) {
    session.take(Intent::StepBy(span_ms));
}

fn desired(service: &str, count: u32) -> Intent {
    Intent::Do(
        Command::UpdateService(UpdateService {
            service: service.to_string(),
            desired_count: Some(count),
            ..UpdateService::default()
        })
        .into(),
    )
}

fn cut(instance: u32) -> Intent {
    let target = NetworkTarget::Instance(InstanceId(instance));
    Intent::Do(Command::InjectFault(Fault::NetworkCut { target, direction: Direction::Both }).into())
}

fn press(session: &mut Session, choice: &Choice) {
    assert_eq!(choice.refused, None, "{}", choice.label);
    session.take(choice.intent.clone());
}

fn service(frame: &Frame, name: &str) -> (u32, u32) {
    let view = frame.control_plane.services.iter().find(|service| &*service.name == name).expect("the service is shown");
    (view.desired, view.running)
}

fn waits(session: &mut Session) -> Rc<Frame> {
    session.take(desired("worker", 9));
    run(session, 30 * SECOND);
    let frame = session.frame().clone();
    assert_eq!(frame.control_plane.waiting.iter().filter(|waiting| waiting.task.is_none()).count(), 1);
    frame
}

#[test]
fn the_first_scenario_is_alive_when_it_opens() {
    let session = Session::open();
    let frame = session.frame();
    assert!(frame.clock.playing && frame.scenario.first_action.is_some());
    assert_eq!(service(frame, "web"), (4, 4));
    assert_eq!(frame.zones.len(), 3);
    assert!(frame.zones.iter().all(|zone| zone.servers[0].state.word.as_ref() == "ACTIVE"));
}

#[test]
fn the_first_action_can_be_taken_and_undone() {
    let mut session = Session::open();
    let before = session.frame().clone();
    let action = before.scenario.first_action.clone().expect("there is one");
    press(&mut session, &action);
    assert_eq!(session.frame().breakage.active.len(), 1);
    assert!(session.frame().scenario.first_action.is_none());
    session.take(Intent::Undo);
    assert!(session.frame().breakage.active.is_empty());
    session.take(Intent::Redo);
    assert_eq!(session.frame().breakage.active.len(), 1);
}

#[test]
fn a_silent_server_is_unknown_before_it_is_disconnected_and_its_tasks_stay_running() {
    let mut session = Session::open();
    session.take(cut(2));
    run(&mut session, 45 * SECOND);
    assert_eq!(&*session.frame().zones[1].servers[0].state.word, "UNKNOWN");
    run(&mut session, 3 * MINUTE);
    let frame = session.frame().clone();
    let server = &frame.zones[1].servers[0];
    assert_eq!(&*server.state.word, "DISCONNECTED");
    assert_eq!(&*server.truth.as_ref().expect("truth differs").word, "still running");
    assert!(server.cpu.segments.iter().all(|segment| segment.style == SegmentStyle::Unconfirmed));
    assert_eq!(service(&frame, "web"), (4, 4), "ECS does not replace what it has not heard from");
    session.take(Intent::SetLens(Lens::Knows));
    let server = session.frame().zones[1].servers[0].clone();
    assert!(server.truth.is_none() && server.note.is_none());
    assert!(server.cpu.segments.iter().all(|segment| segment.used.is_none()), "what is used is truth");
}

#[test]
fn a_server_that_is_gone_in_truth_stays_on_the_board_while_ecs_believes_in_it() {
    let mut session = Session::open();
    session.take(cut(2));
    run(&mut session, 3 * MINUTE);
    session.take(Intent::Do(Command::TerminateInstances { instance: InstanceId(2) }.into()));
    run(&mut session, MINUTE);
    let server = session.frame().zones[1].servers[0].clone();
    assert_eq!(server.presence, Presence::BelievedOnly);
    session.take(Intent::Do(Command::DeregisterContainerInstance { instance: InstanceId(2) }.into()));
    run(&mut session, MINUTE);
    assert!(session.frame().zones[1].servers.is_empty());
    assert_eq!(service(session.frame(), "web"), (4, 4));
}

#[test]
fn going_back_and_forward_shows_the_same_and_acting_there_forks() {
    let mut session = Session::open();
    session.take(cut(2));
    run(&mut session, 4 * MINUTE);
    let now_ms = session.frame().clock.now_ms;
    let there = session.frame().clone();
    session.take(Intent::Seek(now_ms - 3 * MINUTE));
    assert_eq!(session.frame().clock.end_ms, now_ms, "the future is not forgotten by looking back");
    session.take(Intent::Seek(now_ms));
    assert_eq!(session.frame().zones, there.zones);
    assert_eq!(session.frame().events, there.events);
    session.take(Intent::Seek(now_ms - 2 * MINUTE));
    session.take(desired("api", 3));
    assert_eq!(session.frame().clock.end_ms, now_ms - 2 * MINUTE);
    session.take(Intent::Undo);
    assert_eq!(session.frame().clock.end_ms, now_ms, "undo brings the other future back");
    session.take(Intent::Seek(now_ms));
    assert_eq!(session.frame().zones, there.zones);
}

#[test]
fn why_here_shows_each_server_and_the_one_that_was_chosen() {
    let mut session = Session::open();
    let task = session.frame().zones[0].servers[0].cpu.segments[0].task;
    session.take(Intent::AskWhy(task));
    let why = session.frame().why.clone().expect("there is an answer");
    let table = why.table.as_ref().expect("a placement has a table");
    assert_eq!(table.rows.len(), 3);
    assert_eq!(table.rows.iter().filter(|row| row.outcome == RowOutcome::Chosen).count(), 1);
    assert!(table.rows.iter().all(|row| row.cells.len() == table.rules.len()));
    assert!(!why.steps.is_empty() && !why.causes.is_empty());
}

#[test]
fn the_rule_for_equals_is_told_once_and_in_whole_sentences() {
    let mut session = Session::open();
    let frame = session.frame().clone();
    let segments = frame.zones.iter().flat_map(|zone| &zone.servers).flat_map(|server| &server.cpu.segments);
    let mut ties = 0;
    for segment in segments {
        session.take(Intent::AskWhy(segment.task));
        let why = session.frame().why.clone().expect("there is an answer");
        assert!(why.sentence.ends_with('.'), "{}", why.sentence);
        assert!(why.sentence.matches("launched first").count() <= 1, "{}", why.sentence);
        ties += why.sentence.matches("equally good").count();
    }
    assert!(ties > 0, "some tasks were placed on one of several equals");
}

#[test]
fn a_call_too_many_is_told_explained_and_can_be_made_again() {
    let mut session = Session::open();
    run(&mut session, 10 * SECOND);
    let mut calls = 0;
    while session.frame().notice.is_none() {
        calls += 1;
        session.take(desired("web", 4 + calls % 2));
    }
    assert_eq!(calls, 51, "a bucket of 50");
    let notice = session.frame().notice.clone().expect("it is told");
    assert_eq!((&*notice.title, &*notice.lines[0]), ("ThrottlingException", "Rate exceeded"));
    let refused =
        session.frame().events.rows.iter().find(|row| row.text.contains("Rate exceeded")).expect("it is a fact").observation;
    session.take(Intent::ShowObservation(refused));
    let why = session.frame().why.clone().expect("there is an answer");
    assert_eq!(&*why.grids[0].title, "Service modify actions");
    assert!(why.fixes.is_empty(), "the bucket is still empty");
    run(&mut session, 10 * SECOND);
    let again = session.frame().why.clone().expect("there is an answer").fixes[0].clone();
    press(&mut session, &again);
    assert!(session.frame().notice.is_none(), "it is taken");
}

#[test]
fn why_waiting_offers_fixes_and_each_of_them_works() {
    let mut session = Session::open();
    let frame = waits(&mut session);
    let id = frame
        .control_plane
        .waiting
        .iter()
        .find_map(|waiting| waiting.service.filter(|_| waiting.task.is_none()))
        .expect("it is the worker");
    session.take(Intent::WhyWaiting(id));
    let why = session.frame().why.clone().expect("there is an answer");
    let text = why.service_text.as_ref().expect("the service says so");
    assert!(
        text.contains(
            "was unable to place a task because no container instance met all of its requirements. The closest matching"
        )
    );
    assert!(!why.fixes.is_empty());
    let before = service(session.frame(), "worker").1;
    for fix in &why.fixes {
        press(&mut session, fix);
        run(&mut session, 6 * MINUTE);
        let after = service(session.frame(), "worker").1;
        assert!(after > before, "{}: {before} before, {after} after", fix.label);
        session.take(Intent::Undo);
    }
}

#[test]
fn the_switch_really_moves_the_workload_and_back() {
    let mut session = Session::open();
    session.take(Intent::SetLaunchMode(LaunchMode::Fargate));
    run(&mut session, 8 * MINUTE);
    let frame = session.frame().clone();
    assert_eq!(frame.mode, LaunchMode::Fargate);
    let lane = frame.fargate.as_ref().expect("there is a lane");
    assert_eq!(lane.tasks.len(), 7);
    assert!(frame.zones.iter().flat_map(|zone| &zone.servers).all(|server| server.cpu.segments.is_empty()));
    assert_eq!(service(&frame, "web"), (4, 4));
    session.take(Intent::SetLaunchMode(LaunchMode::Mixed));
    run(&mut session, 8 * MINUTE);
    assert_eq!(session.frame().mode, LaunchMode::Mixed);
    session.take(Intent::SetLaunchMode(LaunchMode::Ec2));
    run(&mut session, 8 * MINUTE);
    assert_eq!(session.frame().mode, LaunchMode::Ec2);
    assert!(session.frame().fargate.is_none());
    assert_eq!(service(session.frame(), "web"), (4, 4));
}

#[test]
fn a_pasted_task_definition_runs_or_says_what_is_wrong_and_where() {
    let mut session = Session::open();
    let good = include_str!("fixtures/task-definitions/valid/host-mode.json");
    session.take(Intent::CheckTaskDefinition(good.to_string()));
    assert!(session.frame().import_check.as_ref().expect("it was checked").good.is_some());
    let definitions = session.frame().workload.definitions.len();
    session.take(Intent::ImportTaskDefinition(good.to_string()));
    assert_eq!(session.frame().workload.definitions.len(), definitions + 1);
    session.take(Intent::CheckTaskDefinition("{\n  \"family\": 3 }".to_string()));
    let check = session.frame().import_check.clone().expect("it was checked");
    assert!(check.good.is_none() && check.errors[0].contains("line 2"), "{:?}", check.errors);
    session.take(Intent::ImportTaskDefinition("nonsense".to_string()));
    assert!(session.frame().notice.is_some());
    session.take(Intent::DismissNotice);
    assert!(session.frame().notice.is_none());
}

#[test]
fn a_refused_action_is_told_in_the_words_of_the_service_and_changes_nothing() {
    let mut session = Session::open();
    session.take(Intent::Do(Command::DeleteService { service: "nobody".to_string() }.into()));
    let notice = session.frame().notice.clone().expect("it is told");
    assert_eq!(&*notice.title, "ServiceNotFoundException");
    assert!(!session.frame().clock.can_undo);
}

#[test]
fn the_rail_of_a_task_shows_where_it_is() {
    let mut session = Session::open();
    let task = session.frame().zones[0].servers[0].cpu.segments[0].task;
    session.take(Intent::Select(Some(Subject::Task(task))));
    let details = session.frame().details.clone().expect("a task is selected");
    let rail = details.rail.as_ref().expect("a task has a rail");
    let current: Vec<_> = rail.iter().filter(|stop| stop.state == RailState::Current).map(|stop| stop.word.as_ref()).collect();
    assert_eq!(current, ["RUNNING"]);
}

#[test]
fn everything_the_page_offers_can_be_done() {
    let offered = |frame: &Frame| {
        let groups = frame.breakage.groups.iter().flat_map(|group| &group.targets).flat_map(|target| target.faults.clone());
        groups.collect::<Vec<_>>()
    };
    let mut session = Session::open();
    for choice in offered(&session.frame().clone()) {
        press(&mut session, &choice);
        assert_eq!(session.frame().notice, None, "{}", choice.label);
        run(&mut session, 5 * SECOND);
        session.take(Intent::Undo);
    }
}

#[test]
fn every_scenario_and_every_unit_opens_from_its_picker() {
    let mut session = Session::open();
    for entry in session.frame().scenario.scenarios.clone().iter() {
        session.take(Intent::OpenScenario(entry.id.to_string()));
        assert_eq!(session.frame().scenario.title, entry.title);
        run(&mut session, MINUTE);
    }
    for entry in session.frame().scenario.units.clone().iter() {
        session.take(Intent::OpenUnit(entry.id.to_string()));
        let lesson = session.frame().lesson.clone().expect("a unit is open");
        assert_eq!(lesson.title, entry.title);
        session.take(Intent::Lesson(Answer::Continue));
        assert!(session.frame().lesson.is_some());
        session.take(Intent::LeaveUnit);
        assert!(session.frame().lesson.is_none());
    }
}

#[test]
fn nothing_gives_a_prediction_away_before_it_is_committed() {
    let mut session = Session::open();
    session.take(Intent::OpenUnit("placement".to_string()));
    session.take(Intent::Lesson(Answer::Continue));
    let before = session.frame().clone();
    let reason = before.clock.locked.expect("a prediction is asked for");
    let web = &before.control_plane.services[0];
    let (more, task) = (web.more.clone().expect("a service can grow"), before.zones[0].servers[0].cpu.segments[0].task);
    let moves = [
        more.intent.clone(),
        cut(1),
        Intent::Play,
        Intent::StepToNextEvent,
        Intent::StepBy(SECOND),
        Intent::Seek(0),
        Intent::Undo,
        Intent::SetLaunchMode(LaunchMode::Fargate),
        Intent::SetPlacement { service: "web".to_string(), strategies: vec!["random".to_string()], constraints: Vec::new() },
        Intent::ImportTaskDefinition(include_str!("fixtures/task-definitions/valid/host-mode.json").to_string()),
    ];
    for intent in moves {
        session.take(intent.clone());
        let frame = session.frame().clone();
        assert_eq!(&*frame.notice.as_ref().expect("it is told").title, reason, "{intent:?}");
        assert_eq!((&frame.zones, &frame.clock, &frame.workload), (&before.zones, &before.clock, &before.workload), "{intent:?}");
        session.take(Intent::DismissNotice);
    }
    let placed = before.events.rows.iter().find(|row| row.text.contains("placed")).expect("tasks were placed");
    session.take(Intent::ShowObservation(placed.observation));
    assert_eq!(session.frame().clock, before.clock, "looking at the past does not go there");
    for subject in [web_subject(&before), Subject::Task(task), Subject::Instance(InstanceId(1))] {
        session.take(Intent::Select(Some(subject)));
        let details = session.frame().details.clone().expect("something is selected");
        assert!(details.placement.iter().all(|form| form.locked == Some(reason)), "the form is locked as a whole");
        let offered: Vec<&Choice> = details.actions.iter().filter(|choice| choice.intent.moves_the_run()).collect();
        assert!(!offered.is_empty() && offered.iter().all(|choice| choice.refused.as_deref() == Some(reason)), "{subject:?}");
    }
    for ghost in 1..=4 {
        session.take(Intent::Lesson(Answer::PlaceGhost { ghost, instance: Some(InstanceId(1)) }));
    }
    session.take(Intent::Lesson(Answer::Commit));
    let frame = session.frame();
    assert!(frame.clock.locked.is_none() && frame.clock.playing);
    assert!(frame.control_plane.services[0].more.as_ref().is_some_and(|more| more.refused.is_none()));
}

fn web_subject(frame: &Frame) -> Subject {
    Subject::Service(frame.control_plane.services[0].id)
}

#[test]
fn each_lens_shows_its_own_picture_only() {
    let mut session = Session::open();
    session.take(cut(2));
    run(&mut session, 4 * MINUTE);
    let server = |session: &Session| session.frame().zones[1].servers[0].clone();
    assert!(server(&session).sentence.contains("still running"));
    session.take(Intent::SetLens(Lens::Knows));
    assert!(!server(&session).sentence.contains("still running"), "{}", server(&session).sentence);
    assert_eq!(&*server(&session).state.word, "DISCONNECTED");
    session.take(Intent::SetLens(Lens::True));
    assert_eq!(&*server(&session).state.word, "running");
    assert!(!server(&session).sentence.contains("DISCONNECTED"), "{}", server(&session).sentence);
    assert_ne!(server(&session).heartbeat.state, HeartbeatState::Disconnected);
}

#[test]
fn a_step_tells_at_once_what_it_brought_and_how_far_it_went() {
    let mut session = Session::open();
    session.take(Intent::Pause);
    session.take(desired("web", 5));
    assert_eq!(&*session.frame().announcement, "You: Update service web: desired count 5");
    let before_ms = session.frame().clock.now_ms;
    session.take(Intent::StepToNextEvent);
    let frame = session.frame();
    assert!(frame.clock.now_ms > before_ms);
    assert!(frame.announcement.contains(" later: ") && frame.announcement.contains("placed on"), "{}", frame.announcement);
    run(&mut session, 1);
    assert!(session.frame().announcement.ends_with("0.0 s later: nothing happened."), "{}", session.frame().announcement);
}

#[test]
fn a_step_to_the_next_event_stays_where_it_is_when_there_is_none() {
    let mut session = Session::open();
    run(&mut session, 5 * MINUTE);
    let before = session.frame().clock.clone();
    session.take(Intent::StepToNextEvent);
    assert_eq!(&*session.frame().notice.as_ref().expect("it is told").title, "Nothing happens in the next hour");
    assert_eq!(session.frame().clock, before);
    session.take(Intent::StepBy(SECOND));
    assert!(session.frame().notice.is_none(), "it is no longer so");
}

#[test]
fn the_log_tells_the_scenario_from_the_learner() {
    let mut session = Session::open();
    session.take(desired("web", 5));
    let frame = session.frame();
    let texts: Vec<(&str, &str)> = frame.events.rows.iter().map(|row| (&*row.side, &*row.text)).collect();
    assert_eq!(texts[0], ("you", "You: Update service web: desired count 5"));
    assert!(texts.iter().any(|(side, text)| *side == "scenario" && text.starts_with("Scenario: Create service web")));
    assert_eq!(texts.iter().filter(|(_, text)| text.starts_with("You: ")).count(), 1, "{texts:?}");
}
