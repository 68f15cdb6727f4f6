//! The failures people meet (ecs.md §14): each folder of `failures/` is a cluster in which one of them happens, and `failure.toml` says
//! by which symptom, with which exact message, from which cause, and what helps.
//!
//! The symptom must hold, the message must be printed, its chain of causes must name the cause, what people try in vain must change
//! nothing, and the fix, given as commands, must work. `UPDATE_EXPECT=1 cargo test --test failures` writes the logs.

#[path = "common/folders.rs"]
mod folders;
#[macro_use]
#[path = "common/one_test_each.rs"]
mod one_test_each;

use std::fs;

use ecs_playground::course::condition::Condition;
use ecs_playground::course::query::{Mark, Scene};
use ecs_playground::course::query_text::condition;
use ecs_playground::explain::causes::chain;
use ecs_playground::import::action::Action;
use ecs_playground::import::duration;
use ecs_playground::import::scenario::Scenario;
use ecs_playground::import::scenario_input::ActionInput;
use ecs_playground::import::toml_error::TextError;
use ecs_playground::sim::time::Millis;
use ecs_playground::sim::tuning::Tuning;
use expect_test::expect_file;
use folders::shorten::shortened;
use folders::{WrittenRun, folder};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// What is to be seen in a run.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Failure {
    /// A condition in the words of the course, and the instant at which it holds.
    symptom: String,
    symptom_at: String,
    /// What the service prints, word for word and whole.
    message: String,
    /// What it prints before that, in this order.
    #[serde(default)]
    before: Vec<String>,
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

/// What is refused before anything runs: the definition is not even registered.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    /// What the service answers, word for word and whole.
    message: String,
    /// The key that is wrong, by its place in the scenario.
    cause: String,
    /// What stands there, and what is to stand there.
    fix: [String; 2],
    fixed: String,
    fixed_at: String,
}

fn holds(run: &WrittenRun, condition: &Condition) -> bool {
    condition.holds(&Scene { sim: &run.sim, since: Mark::default() })
}

fn act_all(run: &mut WrittenRun, actions: &[ActionInput]) {
    for action in actions {
        if let Some(at) = &action.at {
            run.go(instant(at.get_ref()));
        }
        run.act(&Action::read(action).expect("the command is right"));
    }
}

/// Does a line say exactly this? Before it may stand whose words they are, and never more behind it.
fn says(line: &str, message: &str) -> bool {
    let who = line.strip_suffix(message);
    who.is_some_and(|who| {
        who.is_empty() || [" has STOPPED ", " cannot be started: ", "Refused: "].iter().any(|end| who.ends_with(end))
    })
}

/// The first fact from `from` on that says `message`.
fn told(run: &WrittenRun, message: &str, from: usize) -> usize {
    let at = run.lines[from..].iter().position(|line| says(line, message));
    from + at.unwrap_or_else(|| panic!("nothing says: {message}\n{}", run.text()))
}

/// The words of the facts that led to a fact.
fn causes_of(run: &WrittenRun, at: usize) -> Vec<&str> {
    chain(&run.log, run.log[at].id).iter().map(|cause| run.lines[cause.id.0 as usize - 1].as_str()).collect()
}

fn instant(text: &str) -> Millis {
    duration::parse(text).unwrap_or_else(|message| panic!("{message}"))
}

fn read(text: &str) -> Condition {
    condition(text).unwrap_or_else(|complaint| panic!("{text}: {complaint:?}"))
}

fn text_of<T: DeserializeOwned>(name: &str) -> T {
    let text = fs::read_to_string(folder("failures", name).join("failure.toml")).expect("it says what fails");
    toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The log is what `check` prints, its place is the cause, and the fix runs.
fn check_refused(name: &str, text: &str, errors: &[TextError]) {
    let refused: Refused = text_of(name);
    let [error] = errors else { panic!("{name}: {errors:?}") };
    assert_eq!(error.message, refused.message);
    assert_eq!(error.place, refused.cause, "{name}: the message names another place");
    let [wrong, right] = &refused.fix;
    assert_eq!(text.matches(wrong.as_str()).count(), 1, "{name}: there is one place to mend");
    let scenario = Scenario::parse(&text.replace(wrong, right)).expect("the fix is right");
    let mut sim = scenario.begin(None, Tuning::default(), &mut Vec::new()).expect("the scenario begins");
    sim.advance_to(instant(&refused.fixed_at), &mut Vec::new());
    assert!(read(&refused.fixed).holds(&Scene { sim: &sim, since: Mark::default() }), "{name}: the fix does not work");
    expect_file![folder("failures", name).join("expected.txt")].assert_eq(&format!("{error}\n"));
}

fn check(name: &str) {
    let text = fs::read_to_string(folder("failures", name).join("scenario.toml")).expect("a scenario");
    if let Err(errors) = Scenario::parse(&text) {
        return check_refused(name, &text, &errors);
    }
    let failure: Failure = text_of(name);
    let (scenario, mut run) = WrittenRun::begin("failures", name);
    run.follow(&scenario, instant(&failure.symptom_at));
    let (symptom, fixed) = (read(&failure.symptom), read(&failure.fixed));
    assert!(holds(&run, &symptom), "{name}: the symptom does not show\n{}", run.text());
    assert!(!holds(&run, &fixed), "{name}: it is right before it is fixed");
    if let Some(still_at) = &failure.still_at {
        act_all(&mut run, &failure.tried);
        run.go(instant(still_at));
        assert!(holds(&run, &symptom), "{name}: what is tried in vain helps\n{}", run.text());
    }
    act_all(&mut run, &failure.fix);
    run.go(instant(&failure.fixed_at));
    assert!(holds(&run, &fixed), "{name}: the fix does not work\n{}", run.text());
    let at = failure.before.iter().fold(0, |from, message| told(&run, message, from) + 1);
    let causes = causes_of(&run, told(&run, &failure.message, at));
    let mut rest = causes.iter();
    for cause in &failure.cause {
        assert!(rest.any(|line| line.contains(cause.as_str())), "{name}: `{cause}` is no cause, or not in order, in {causes:#?}");
    }
    run.compare();
}

#[test]
fn a_log_that_is_cut_still_gives_away_what_has_changed_in_it() {
    let line = |number: usize| format!("  0:01.9  web · {number:04x} is PENDING");
    let mut log: Vec<String> = (0..100).map(line).collect();
    log.push("  0:02.0  web · 0001 is RUNNING".to_owned());
    let cut = shortened(&log);
    assert_eq!(cut.lines().count(), 4, "{cut}");
    assert!(cut.contains("… and so for 98 tasks more"), "{cut}");
    log.swap(40, 41);
    assert_ne!(shortened(&log), cut, "the order of what is left out counts");
    log[40] = "  0:01.9  web · 0028 is STOPPED".to_owned();
    assert!(shortened(&log).contains("STOPPED"), "what is different is shown");
}

folders! { failures, check:
    section_14_01_not_enough_cpu
    section_14_02_not_enough_memory
    section_14_03_port_conflict
    section_14_04_eni_slots_used_up
    section_14_05_empty_capacity_provider
    section_14_05_no_container_instances
    section_14_06_agent_disconnected
    section_14_07_constraint
    section_14_07_missing_attribute
    section_14_08_cannot_pull_image
    section_14_08_copy_failed
    section_14_08_ecr_access_denied
    section_14_08_image_not_found
    section_14_08_pull_rate_limit
    section_14_08_registry_down
    section_14_09_log_group_missing
    section_14_09_resource_initialization_error
    section_14_09_secret_not_found
    section_14_10_crash_loop
    section_14_11_out_of_memory
    section_14_12_elb_health_checks_fail
    section_14_12_elb_health_checks_fail_on_fargate
    section_14_13_container_health_check_fails
    section_14_14_per_cents_leave_no_way
    section_14_15_rollback_looks_like_success
    section_14_16_slow_deployments
    section_14_17_sigterm_ignored
    section_14_18_service_throttled
    section_14_19_bigger_than_smallest_type
    section_14_19_provisioning_limit
    section_14_19_stuck_provisioning
    section_14_20_scale_in_never_happens
    section_14_21_fargate_capacity
    section_14_21_fargate_quota
    section_14_22_fargate_spot_with_one_task
    section_14_23_zombie_tasks
    section_14_24_drain_hangs
    section_14_24_drain_hangs_protected
    section_14_24_drain_hangs_standalone
    section_14_25_wrong_fargate_cpu
    section_14_25_wrong_fargate_size
    section_14_26_protected_tasks
    section_14_27_rebalancing_needs_more_than_100
    section_14_28_new_endpoint_unknown
    section_14_29_subnet_addresses_exhausted
    section_14_30_role_not_assumable
    section_14_31_disk_full
    section_14_31_disk_full_of_images
    section_14_31_thin_pool
}
