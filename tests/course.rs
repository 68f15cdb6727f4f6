//! The course proves itself: every unit in `static/course/units` is walked through on the engine, and each proof is shown to
//! have teeth by a unit that must fail it.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use ecs_playground::course::moves::Player;
use ecs_playground::course::query::{Mark, Scene};
use ecs_playground::course::unit::{StepKind, Unit};
use ecs_playground::import::scenario::Scenario;
use ecs_playground::import::toml_error::TextError;
use ecs_playground::session::frame::{CardKind, GhostOutcome, GoalState, Hue};
use ecs_playground::session::lesson::rehearsal::Rehearsal;
use ecs_playground::session::lesson::{Answer, proof};
use ecs_playground::sim::engine::Sim;
use ecs_playground::sim::ids::InstanceId;
use ecs_playground::sim::tuning::Tuning;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/static/course");

fn load(id: &str) -> Result<Rc<Scenario>, String> {
    let paths = ["unit-scenarios", "scenarios"].map(|folder| Path::new(FOLDER).join(folder).join(format!("{id}.toml")));
    let path = paths.iter().find(|path| path.exists()).ok_or_else(|| format!("there is no scenario `{id}`"))?;
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    Scenario::parse(&text).map(Rc::new).map_err(|errors| format!("{}: {}", path.display(), errors[0]))
}

fn unit_files() -> Vec<PathBuf> {
    let folder = Path::new(FOLDER).join("units");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files
}

fn placement() -> String {
    std::fs::read_to_string(Path::new(FOLDER).join("units/placement.toml")).unwrap()
}

fn read(text: &str) -> Rc<Unit> {
    Rc::new(Unit::parse(text, &load).unwrap_or_else(|errors| panic!("{}", lines(&errors))))
}

fn lines(errors: &[TextError]) -> String {
    errors.iter().map(TextError::to_string).collect::<Vec<_>>().join("\n")
}

/// The unit with one passage replaced, which must be there.
fn with(from: &str, to: &str) -> String {
    let text = placement();
    assert!(text.contains(from), "{from}");
    text.replace(from, to)
}

#[test]
fn every_unit_proves_itself() {
    let files = unit_files();
    assert!(!files.is_empty());
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let unit = Unit::parse(&text, &load).unwrap_or_else(|errors| panic!("{}:\n{}", path.display(), lines(&errors)));
        assert_eq!(Some(&*unit.id), path.file_stem().and_then(|stem| stem.to_str()), "a unit is in the file of its name");
        let failures = proof::failures(&Rc::new(unit));
        assert!(failures.is_empty(), "{}:\n{}", path.display(), failures.join("\n"));
    }
}

#[track_caller]
fn fails(text: &str, words: &str) {
    let failures = proof::failures(&read(text));
    assert!(failures.iter().any(|failure| failure.contains(words)), "no failure says “{words}”: {failures:#?}");
}

#[test]
fn a_start_that_meets_the_goals_is_found() {
    let weak = "hold = \"survivors(web) >= 1 and running(web) == 6\"\nfor = \"60s\"";
    let text = with("hold = \"survivors(web) >= 4 and running(web) == 6\"\nfor = \"60s\"", weak);
    fails(&text.replace("servers <= 2", "servers <= 3"), "doing nothing meets the goals");
    let text = text.replace(", for {for}", "").replace(weak, "eventually = \"survivors(web) >= 1\"");
    let text = text.replace("hold = \"servers <= 2 and running(web) == 6\"\nfor = \"60s\"", "eventually = \"servers <= 3\"");
    fails(&text, "the starting state meets the goals");
}

#[test]
fn a_decoy_that_works_is_found() {
    fails(&with("always = \"truly_running(web) >= 4\"", "always = \"truly_running(web) >= 0\""), "the decoy “stop everything");
}

#[test]
fn an_exact_hint_that_does_not_help_is_found() {
    fails(
        &with("action = { command = \"StopTask\", task = \"web/2\" }", "action = { command = \"StopTask\", task = \"web/5\" }"),
        "the exact hint does not",
    );
}

#[test]
fn a_solution_that_does_not_help_is_found() {
    let text = with(
        "when = \"running(web) == 9\"\naction = { command = \"UpdateService\", service = \"web\", desired_count = 6 }",
        "when = \"running(web) == 9\"\naction = { command = \"UpdateService\", service = \"web\", desired_count = 5 }",
    );
    fails(&text, "the reference solution does not");
    fails(&text, "“Show me” does not");
}

#[test]
fn a_key_that_the_run_does_not_give_is_found() {
    fails(&with("when = \"truly_running(web) == 0\"", "when = \"truly_running(web) == 2\""), "no single right answer");
}

#[test]
fn an_explanation_that_is_not_so_is_found() {
    fails(&with("\"placed_on(web, 3) == 0\"", "\"placed_on(web, 3) == 1\""), "which is not so");
}

#[test]
fn too_many_words_are_found() {
    fails(&with("Count before you read on.", &"word ".repeat(60)), "words, more than 60");
}

#[test]
fn a_unit_that_notices_no_change_of_the_engine_is_found() {
    fails(
        &with("constant = \"strategies\"\nvalue = \"ignored\"", "constant = \"spot_notice_ms\"\nvalue = \"3m\""),
        "does not notice",
    );
}

#[track_caller]
fn complains(text: &str, line_of: &str, words: &str) {
    let errors = Unit::parse(text, &load).map(|_| ()).unwrap_err();
    let (index, line) = text.lines().enumerate().find(|(_, line)| line.contains(line_of)).unwrap();
    let column = line.find(line_of).unwrap() + 1;
    let here = errors.iter().find(|error| error.message.contains(words));
    let here = here.unwrap_or_else(|| panic!("no complaint says “{words}”: {}", lines(&errors)));
    assert_eq!((here.line, here.column), (index + 1, line[..column - 1].chars().count() + 1), "{here}");
}

#[test]
fn mistakes_are_named_with_line_and_column() {
    complains(&with("settle = \"2s\"", "setle = \"2s\""), "setle", "unknown field");
    complains(&with("survivors(web) >= 4 and", "survivors(wbe) >= 4 and"), "\"survivors(wbe)", "no service `wbe`");
    complains(&with("until = \"running(web) == 6\"", "until = \"runing(web) == 6\""), "runing", "`runing`");
    complains(&with("Count before you read on.", "Count to 3 first."), "3 first", "`3` is typed by hand");
    complains(&with("scenario = \"placement-packed\"", "scenario = \"unpacked\""), "\"unpacked\"", "no scenario `unpacked`");
    complains(&with("at_most = \"20s\"", "at_most = \"soon\""), "\"soon\"", "span of time");
    complains(
        &with("task = \"web/1\"", "task = \"web/1\", zone = \"x\""),
        "{ command = \"StopTask\", task = \"web/1\", z",
        "does not take",
    );
    complains(&with("situation = {}", "situation = {}\ndone = {}"), "[[steps]]", "exactly one of situation");
}

fn blue(_: &Sim, _: &str) -> Hue {
    Hue(3)
}

/// Walks to the step of that title, answering anything.
fn walk_to(title: &str) -> Rehearsal {
    let unit = read(&placement());
    let mut rehearsal = Rehearsal::begin(unit.clone(), Tuning::default());
    while &*unit.steps[rehearsal.lesson.step()].title != title {
        match &unit.steps[rehearsal.lesson.step()].kind {
            StepKind::Predict(_) => {
                (1..=4).for_each(|ghost| rehearsal.answer(&Answer::PlaceGhost { ghost, instance: None }));
                rehearsal.answer(&Answer::Choose(0));
                rehearsal.answer(&Answer::Commit);
            }
            StepKind::Run(_) => rehearsal.run_on(),
            StepKind::Report(_) => {
                rehearsal.answer(&Answer::Commit);
                rehearsal.answer(&Answer::Continue);
            }
            StepKind::Situation | StepKind::Explain(_) | StepKind::Do(_) | StepKind::Done => rehearsal.answer(&Answer::Continue),
        }
    }
    rehearsal
}

#[test]
fn ghosts_stand_where_they_are_put_and_are_compared_after_the_run_only() {
    let mut rehearsal = walk_to("Predict: binpack");
    let server = InstanceId(1);
    let slot = rehearsal.lesson.ghost_slot(server).expect("a ghost may be put here");
    assert_eq!(&*slot.label, "Put task 1 here");
    for (ghost, instance) in [(1, Some(server)), (2, Some(server)), (3, Some(InstanceId(3))), (4, None)] {
        rehearsal.answer(&Answer::PlaceGhost { ghost, instance });
    }
    assert_eq!(rehearsal.lesson.ghost_slot(server), None);
    let here = rehearsal.lesson.ghosts_for(server, &rehearsal.sim, &blue);
    assert_eq!(
        here.iter().map(|ghost| (ghost.number, ghost.cpu_units, ghost.outcome)).collect::<Vec<_>>(),
        [(1, 512, None), (2, 512, None)]
    );
    rehearsal.answer(&Answer::Commit);
    assert_eq!(rehearsal.lesson.ghosts_for(server, &rehearsal.sim, &blue)[0].outcome, None);
    rehearsal.run_on();
    let outcome = |server: u32, rehearsal: &Rehearsal| {
        let ghosts = rehearsal.lesson.ghosts_for(InstanceId(server), &rehearsal.sim, &blue);
        ghosts.iter().map(|ghost| ghost.outcome).collect::<Vec<_>>()
    };
    assert_eq!(outcome(1, &rehearsal), [Some(GhostOutcome::Landed); 2]);
    assert_eq!(outcome(3, &rehearsal), [Some(GhostOutcome::WentElsewhere)]);
    let nowhere = rehearsal.lesson.ghosts_nowhere(&rehearsal.sim, &blue);
    assert_eq!(nowhere[0].outcome, Some(GhostOutcome::WentElsewhere));
}

#[test]
fn goals_are_shown_with_their_number_and_the_exact_hint_with_its_actions() {
    let mut rehearsal = walk_to("Do: survive, then save");
    let view = rehearsal.lesson.view(&rehearsal.sim, &blue);
    assert_eq!(view.card.kind, CardKind::Doing);
    assert!(view.card.go_on.is_some_and(|go_on| go_on.refused.is_some()));
    let goals: Vec<_> = view.goals.iter().map(|goal| (goal.state, goal.number.to_string())).collect();
    assert_eq!(goals[0], (GoalState::Partly, "2 / 4".to_string()));
    assert_eq!(goals[1], (GoalState::NotYet, "3 / 2".to_string()), "it counts only after the first");
    assert_eq!(goals[2], (GoalState::Partly, "6 / 4".to_string()));
    (0..3).for_each(|_| rehearsal.answer(&Answer::Hint));
    let view = rehearsal.lesson.view(&rehearsal.sim, &blue);
    assert_eq!(view.more_hints, None);
    assert!(view.hints[2].contains("Stop task web"), "{}", view.hints[2]);
    assert!(view.hints[2].contains("Terminate i-"), "{}", view.hints[2]);
}

#[test]
fn a_violated_goal_is_begun_again_and_counted_again() {
    let mut rehearsal = walk_to("Do: survive, then save");
    let unit = rehearsal.lesson.unit().clone();
    let exercise = unit.steps.iter().find_map(|step| if let StepKind::Do(exercise) = &step.kind { Some(exercise) } else { None });
    let decoy = exercise.unwrap().decoys.iter().find(|decoy| decoy.name.starts_with("stop everything")).unwrap();
    let start = rehearsal.clone();
    rehearsal.attempt(decoy.moves.clone(), 60_000);
    let state = |rehearsal: &Rehearsal| rehearsal.lesson.view(&rehearsal.sim, &blue).goals[2].state;
    assert_eq!(state(&rehearsal), GoalState::Violated);
    assert_ne!(&*rehearsal.lesson.view(&rehearsal.sim, &blue).goals[2].number, "6 / 4", "it keeps the number that violated it");
    assert!(rehearsal.lesson.view(&rehearsal.sim, &blue).show_me.is_some_and(|choice| choice.refused.is_some()));

    // Going back in time: the session returns to where counting began.
    assert_eq!(rehearsal.lesson.counted_from_ms(), Some(start.sim.now_ms()));
    let mut rewound = rehearsal.lesson.clone();
    rewound.rewind(&start.sim);
    assert_eq!(rewound.view(&start.sim, &blue).goals[2].state, GoalState::Partly);

    rehearsal.answer(&Answer::AgainStep);
    assert_eq!(state(&rehearsal), GoalState::Partly);
}

#[test]
fn moves_wait_for_their_time_and_their_condition() {
    let rehearsal = walk_to("Do: survive, then save");
    let unit = rehearsal.lesson.unit().clone();
    let exercise = unit.steps.iter().find_map(|step| if let StepKind::Do(exercise) = &step.kind { Some(exercise) } else { None });
    let sim = &rehearsal.sim;
    let mut player = Player::new(exercise.unwrap().solution.clone(), sim.now_ms());
    let scene = Scene { sim, since: Mark::now(sim) };
    assert!(player.due(&scene).is_some());
    assert_eq!(player.due(&scene), None);
    assert_eq!(player.next_stop_ms(sim.now_ms()), Some(sim.now_ms() + 10_000));
    assert_eq!(player.made(), 1);
}

#[test]
fn the_demonstration_says_each_action_and_counts_down() {
    let mut rehearsal = walk_to("Do: survive, then save");
    rehearsal.answer(&Answer::ShowMe);
    rehearsal.attempt(Rc::from([]), 30_000);
    let view = rehearsal.lesson.view(&rehearsal.sim, &blue);
    assert!(
        view.card.text.last().is_some_and(|text| text.starts_with("Shown: ") && text.contains("desired count 6")),
        "{:?}",
        view.card
    );
    assert!(view.goals[0].number.ends_with(" s left"), "{}", view.goals[0].number);
    assert!(rehearsal.attempt(Rc::from([]), 300_000).met);
    let view = rehearsal.lesson.view(&rehearsal.sim, &blue);
    assert!(view.goals.iter().all(|goal| goal.state == GoalState::Met));
    assert_eq!(&*view.goals[0].number, "held 60 s");
    assert_eq!(view.card.go_on.unwrap().refused, None);
}

#[test]
fn starting_again_goes_back_to_the_newest_opening() {
    let mut rehearsal = walk_to("What would be left?");
    rehearsal.answer(&Answer::AgainStep);
    let unit = rehearsal.lesson.unit().clone();
    assert_eq!(&*unit.steps[rehearsal.lesson.step()].title, "Predict: spread");
    assert_eq!(rehearsal.sim.now_ms(), 75_000);
    rehearsal.answer(&Answer::Again);
    assert_eq!(rehearsal.lesson.step(), 0);
}
