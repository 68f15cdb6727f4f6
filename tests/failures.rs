//! The failures people meet (ecs.md §14): each folder of `failures/` is a cluster in which one of them happens, and `failure.toml` says
//! by which symptom, with which exact message, from which cause, and what helps.
//!
//! The symptom must hold, the message must be printed, its chain of causes must name the cause, what people try in vain must change
//! nothing, and the fix, given as commands, must work. `UPDATE_EXPECT=1 cargo test --test failures` writes the logs.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use ecs_playground::course::condition::Condition;
use ecs_playground::course::query::{Mark, Scene};
use ecs_playground::course::query_text::condition;
use ecs_playground::explain::causes::chain;
use ecs_playground::explain::words::sentence;
use ecs_playground::import::action::Action;
use ecs_playground::import::duration;
use ecs_playground::import::scenario::Scenario;
use ecs_playground::import::scenario_input::ActionInput;
use ecs_playground::sim::engine::Sim;
use ecs_playground::sim::invariants;
use ecs_playground::sim::log_checker::LogChecker;
use ecs_playground::sim::observation::Observation;
use ecs_playground::sim::time::{Millis, clock};
use ecs_playground::sim::tuning::Tuning;
use expect_test::expect_file;
use serde::Deserialize;

/// What is to be seen in a run.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Failure {
    /// A condition in the words of the course, and the instant at which it holds.
    symptom: String,
    symptom_at: String,
    /// What the service prints, word for word.
    message: String,
    /// Words of the facts that led to the message, first cause first.
    cause: Vec<String>,
    /// What people try in vain, and until when the symptom still holds.
    #[serde(default)]
    tried: Vec<ActionInput>,
    still_at: Option<String>,
    /// What helps, and until when. Here too an action may come `at` an instant of its own.
    fix: Vec<ActionInput>,
    fixed: String,
    fixed_at: String,
}

/// A run that writes down what it sees while the names in it are still known.
struct Run {
    sim: Sim,
    checker: LogChecker,
    log: Vec<Observation>,
    lines: Vec<String>,
}

impl Run {
    fn write(&mut self, observations: &mut Vec<Observation>) {
        self.checker.read_all(observations).unwrap();
        invariants::check(&self.sim).unwrap();
        for observation in observations.drain(..) {
            self.lines.push(sentence(&self.sim, &observation));
            self.log.push(observation);
        }
    }

    fn go(&mut self, until_ms: Millis) {
        let mut observations = Vec::new();
        while self.sim.advance_one(until_ms, &mut observations).is_some() {
            self.write(&mut observations);
        }
        self.sim.advance_to(until_ms, &mut observations);
    }

    /// A refusal is part of the log.
    fn act(&mut self, action: &Action) {
        let mut observations = Vec::new();
        let command = action.resolve(&self.sim).expect("the names of the command are known");
        let _ = self.sim.apply(&command, &mut observations);
        self.write(&mut observations);
    }

    fn act_all(&mut self, actions: &[ActionInput]) {
        for action in actions {
            if let Some(at) = &action.at {
                self.go(instant(at.get_ref()));
            }
            self.act(&Action::read(action).expect("the command is right"));
        }
    }

    fn holds(&self, condition: &Condition) -> bool {
        condition.holds(&Scene { sim: &self.sim, since: Mark::default() })
    }

    /// The words of the facts that led to the first one that says `message`.
    fn causes_of(&self, message: &str) -> Vec<&str> {
        let at = self.lines.iter().position(|line| line.contains(message));
        let at = at.unwrap_or_else(|| panic!("nothing says: {message}\n{}", self.text()));
        chain(&self.log, self.log[at].id).iter().map(|cause| self.lines[cause.id.0 as usize - 1].as_str()).collect()
    }

    fn text(&self) -> String {
        self.log.iter().zip(&self.lines).fold(String::new(), |mut text, (observation, line)| {
            writeln!(text, "{:>8}  {line}", clock(observation.at_ms)).unwrap();
            text
        })
    }
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/failures").join(name)
}

fn instant(text: &str) -> Millis {
    duration::parse(text).unwrap_or_else(|message| panic!("{message}"))
}

fn read(text: &str) -> Condition {
    condition(text).unwrap_or_else(|complaint| panic!("{text}: {complaint:?}"))
}

fn check(name: &str) {
    let text = |file: &str| fs::read_to_string(folder(name).join(file)).expect("the file is there");
    let scenario = Scenario::parse(&text("scenario.toml")).unwrap_or_else(|errors| panic!("{name}: {errors:?}"));
    let failure: Failure = toml::from_str(&text("failure.toml")).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut observations = Vec::new();
    let sim = scenario.begin(None, Tuning::default(), &mut observations).expect("the scenario begins");
    let mut run = Run { sim, checker: LogChecker::default(), log: Vec::new(), lines: Vec::new() };
    run.write(&mut observations);
    let symptom_ms = instant(&failure.symptom_at);
    for step in &scenario.script {
        assert!(step.at_ms <= symptom_ms, "{name}: the script leads to the symptom");
        run.go(step.at_ms);
        run.act(&step.action);
    }
    run.go(symptom_ms);
    let (symptom, fixed) = (read(&failure.symptom), read(&failure.fixed));
    assert!(run.holds(&symptom), "{name}: the symptom does not show\n{}", run.text());
    assert!(!run.holds(&fixed), "{name}: it is right before it is fixed");
    if let Some(still_at) = &failure.still_at {
        run.act_all(&failure.tried);
        run.go(instant(still_at));
        assert!(run.holds(&symptom), "{name}: what is tried in vain helps\n{}", run.text());
    }
    run.act_all(&failure.fix);
    run.go(instant(&failure.fixed_at));
    assert!(run.holds(&fixed), "{name}: the fix does not work\n{}", run.text());
    let causes = run.causes_of(&failure.message);
    let mut rest = causes.iter();
    for cause in &failure.cause {
        assert!(rest.any(|line| line.contains(cause.as_str())), "{name}: `{cause}` is no cause, or not in order, in {causes:#?}");
    }
    expect_file![folder(name).join("expected.txt")].assert_eq(&run.text());
}

/// Refused before anything runs: the definition is not even registered, so there is no log to keep.
#[test]
fn section_14_25_wrong_fargate_size() {
    let scenario = |cpu: u32, memory: u32| {
        Scenario::parse(&format!(
            r#"
title = "Wrong Fargate size"
sentence = "One of the failures people meet."

[[task_definitions]]
family = "web"
networkMode = "awsvpc"
requiresCompatibilities = ["FARGATE"]
cpu = "{cpu}"
memory = "{memory}"
containerDefinitions = [{{ name = "web", image = "web:1" }}]

[[services]]
name = "web"
task_definition = "web"
desired_count = 1
launch_type = "FARGATE"
"#
        ))
    };
    let refused = |cpu, memory, message: &str| {
        let errors = format!("{:?}", scenario(cpu, memory).expect_err("the size is wrong"));
        assert!(errors.contains(message), "{cpu} and {memory}: {errors}");
    };
    refused(256, 4096, "No Fargate configuration exists for given values.");
    refused(300, 512, "Invalid 'cpu' setting for task.");
    let fixed = scenario(512, 4096).expect("the size exists");
    let mut sim = fixed.begin(None, Tuning::default(), &mut Vec::new()).expect("the scenario begins");
    sim.advance_to(instant("2m"), &mut Vec::new());
    assert!(read("running(web) == 1").holds(&Scene { sim: &sim, since: Mark::default() }));
}

macro_rules! failures {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*

        #[test]
        fn every_folder_is_a_test() {
            let entries = fs::read_dir(folder("")).expect("the folder can be read").map(|entry| entry.expect("an entry").path());
            let mut found: Vec<String> =
                entries.filter(|path| path.is_dir()).map(|path| path.file_name().unwrap().to_str().unwrap().to_string()).collect();
            found.sort();
            assert_eq!(found, [$(stringify!($name)),*]);
        }
    };
}

failures! {
    section_14_01_not_enough_cpu
    section_14_02_not_enough_memory
    section_14_03_port_conflict
    section_14_04_eni_slots_used_up
    section_14_05_no_container_instances
    section_14_06_agent_disconnected
    section_14_07_missing_attribute
    section_14_08_cannot_pull_image
    section_14_09_resource_initialization_error
    section_14_10_crash_loop
    section_14_11_out_of_memory
    section_14_12_elb_health_checks_fail
    section_14_13_container_health_check_fails
    section_14_14_per_cents_leave_no_way
    section_14_15_rollback_looks_like_success
    section_14_16_slow_deployments
    section_14_17_sigterm_ignored
    section_14_18_service_throttled
    section_14_19_stuck_provisioning
    section_14_20_scale_in_never_happens
    section_14_21_fargate_quota
    section_14_22_fargate_spot_with_one_task
    section_14_23_zombie_tasks
    section_14_24_drain_hangs
    section_14_26_protected_tasks
    section_14_27_rebalancing_needs_more_than_100
    section_14_29_subnet_addresses_exhausted
    section_14_30_role_not_assumable
    section_14_31_disk_full
}
