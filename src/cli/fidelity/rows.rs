//! What was captured from the real service, row by row (ecs.md §12), with the set-up in which it is replayed.

use crate::cli::fidelity::Line;
use crate::sim::time::{Millis, SECOND};
use crate::sim::tuning::Tuning;

/// A cluster like the one the numbers were captured on.
#[derive(Debug)]
pub struct Setup {
    pub name: &'static str,
    /// Its first lines say what is replayed and what is assumed.
    pub scenario: &'static str,
    /// How the service was then, where it has changed since.
    pub then: fn(&mut Tuning),
    /// More seeds would take too long.
    pub most_seeds: u64,
}

impl Setup {
    /// What is replayed, in the words of the scenario file.
    pub fn replayed(&self) -> String {
        self.note().0
    }

    /// What its source does not say and is assumed, if anything.
    pub fn assumed(&self) -> Option<String> {
        self.note().1
    }

    fn note(&self) -> (String, Option<String>) {
        let lines = self.scenario.lines().map_while(|line| line.strip_prefix("# "));
        let note = lines.collect::<Vec<_>>().join(" ");
        match note.split_once("Assumed: ") {
            Some((replayed, assumed)) => (replayed.trim_end().to_owned(), Some(assumed.to_owned())),
            None => (note, None),
        }
    }
}

/// One published number.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    pub id: &'static str,
    pub what: &'static str,
    /// The set-up, by name.
    pub setup: &'static str,
    pub measure: Measure,
    /// Milliseconds, or how many.
    pub published: u64,
    /// How far off it may have been read, as its source says.
    pub error: u64,
    /// Least and greatest of several published samples, or of its parts' samples together.
    pub spread: Option<(u64, u64)>,
}

/// What is measured in a log.
#[derive(Debug, PartialEq, Eq)]
pub enum Measure {
    /// The time from a fact to another after it, in milliseconds.
    Between(Mark, Mark),
    /// How much longer one thing took than another, and how long that other took where this was published, in milliseconds.
    Longer { slow: (Mark, Mark), quick: (Mark, Mark), quick_ms: Millis },
    /// How many facts there were within a time after the first of another kind.
    Count { of: Mark, after: Mark, within_ms: u64 },
}

/// A fact of a log: the nth of its kind that says something.
#[derive(Debug, PartialEq, Eq)]
pub struct Mark {
    pub kind: &'static str,
    /// Every one of these is part of its words.
    pub says: &'static [&'static str],
    /// 1 is the first.
    pub nth: usize,
}

impl Mark {
    fn is(&self, line: &Line) -> bool {
        line.kind == self.kind && self.says.iter().all(|part| line.text.contains(part))
    }

    /// Where it stands in a log.
    fn find(&self, log: &[Line]) -> Option<usize> {
        log.iter().enumerate().filter(|(_, line)| self.is(line)).nth(self.nth - 1).map(|(index, _)| index)
    }
}

impl Measure {
    /// What comes out in a log, if the marks are there.
    pub fn of(&self, log: &[Line]) -> Option<u64> {
        match self {
            Self::Between(from, to) => between(from, to, log),
            Self::Longer { slow, quick, quick_ms } => {
                (between(&slow.0, &slow.1, log)? + quick_ms).checked_sub(between(&quick.0, &quick.1, log)?)
            }
            Self::Count { of, after, within_ms } => {
                let until_ms = log[after.find(log)?].at_ms + within_ms;
                Some(log.iter().filter(|line| of.is(line) && line.at_ms <= until_ms).count() as u64)
            }
        }
    }

    /// Does it look at facts of this kind?
    pub fn looks_at(&self, kind: &str) -> bool {
        match self {
            Self::Between(from, to) => from.kind == kind || to.kind == kind,
            Self::Longer { slow, quick, .. } => [slow, quick].iter().any(|(from, to)| from.kind == kind || to.kind == kind),
            Self::Count { of, after, .. } => of.kind == kind || after.kind == kind,
        }
    }

    /// A value in words.
    pub fn words(&self, value: u64) -> String {
        match self {
            Self::Between(..) | Self::Longer { .. } => format!("{}.{} s", value / 1_000, value % 1_000 / 100),
            Self::Count { .. } => value.to_string(),
        }
    }
}

fn between(from: &Mark, to: &Mark, log: &[Line]) -> Option<Millis> {
    let after = &log[from.find(log)?..];
    Some(after[to.find(after)?].at_ms - after[0].at_ms)
}

const fn mark(kind: &'static str, says: &'static [&'static str], nth: usize) -> Mark {
    Mark { kind, says, nth }
}

const fn row(
    id: &'static str,
    what: &'static str,
    setup: &'static str,
    measure: Measure,
    published: u64,
    spread: Option<(u64, u64)>,
) -> Row {
    Row { id, what, setup, measure, published, error: 0, spread }
}

const fn setup(name: &'static str, scenario: &'static str) -> Setup {
    Setup { name, scenario, then: as_now, most_seeds: 100 }
}

/// As it is now.
fn as_now(_: &mut Tuning) {}

/// In 2019 a task counted as healthy as soon as it was RUNNING (ecs.md §2.5, §12.3 R14).
fn in_2019(tuning: &mut Tuning) {
    tuning.healthy_settle_ms = 0;
}

const TASK: &str = "one Fargate task";
const HANG: &str = "a task hangs behind a load balancer";
const DRILL: &str = "a drill of the circuit breaker";
const BACK: &str = "a roll-back after container health checks";
const CHECK: &str = "a start with a container health check";
const FIRST: &str = "a first deployment";
const DELAY: &str = "a rollout with the default delay";
const OLD: &str = "a service on EC2 in 2019";
const RAMP: &str = "3,500 tasks on Fargate Spot";

/// Every set-up.
pub const SETUPS: &[Setup] = &[
    setup(TASK, include_str!("fargate-task.toml")),
    setup(HANG, include_str!("alb-hang.toml")),
    setup(DRILL, include_str!("breaker-alb.toml")),
    setup(BACK, include_str!("breaker-container-check.toml")),
    setup(CHECK, include_str!("container-check.toml")),
    setup(FIRST, include_str!("first-deployment.toml")),
    setup(DELAY, include_str!("rolling-default-alb.toml")),
    Setup { then: in_2019, ..setup(OLD, include_str!("ec2-service.toml")) },
    Setup { most_seeds: 5, ..setup(RAMP, include_str!("fargate-ramp.toml")) },
];

const PLACED: Mark = mark("TaskPlaced", &[], 1);
const PULLING: Mark = mark("ImagePullStarted", &[], 1);
const PULLED: Mark = mark("ImagePullFinished", &[], 1);
const RUNNING: Mark = mark("TaskStatusChanged", &["is RUNNING"], 1);
const STOPPING: Mark = mark("TaskStatusChanged", &["is STOPPING"], 1);
const ENDED: Mark = mark("ContainerExited", &["exited with code 137"], 1);
const STOPPED: Mark = mark("TaskStatusChanged", &["is STOPPED"], 1);

/// One of the events of a service.
const fn event(says: &'static [&'static str], nth: usize) -> Mark {
    mark("ServiceEvent", says, nth)
}

/// From the moment the app hangs.
const fn after_hanging(to: Mark) -> Measure {
    Measure::Between(mark("AppHung", &[], 1), to)
}

/// From an update of the service.
const fn after_update(to: Mark) -> Measure {
    Measure::Between(mark("CommandGiven", &["Update service app"], 1), to)
}

/// From the update that brings the broken revision; its list of events was read every 20 s.
const fn drill(id: &'static str, what: &'static str, to: Mark, published: Millis) -> Row {
    Row { error: 20 * SECOND, ..row(id, what, DRILL, after_update(to), published, None) }
}

/// From the start of the third task of the broken revision; the first task of all is of the good one.
const fn after_third(to: Mark) -> Measure {
    Measure::Between(event(&["has started"], 4), to)
}

/// How much longer the first update takes than the third, and how long a delivery with such an update took. Both averages were published
/// to the minute.
const fn default_settings(quick_ms: Millis) -> Measure {
    const COMPLETED: Mark = event(&["deployment completed"], 1);
    let update = mark("CommandGiven", &["Update service app"], 1);
    let quick = mark("CommandGiven", &["Update service app"], 3);
    Measure::Longer { slow: (update, COMPLETED), quick: (quick, COMPLETED), quick_ms }
}

/// How many containers have run for three seconds so long after the request.
const fn ramp(id: &'static str, what: &'static str, after_ms: Millis, published: u64) -> Row {
    let of = mark("TaskStatusChanged", &["is RUNNING"], 1);
    let after = mark("CommandGiven", &["Create service app-1"], 1);
    // Read off a picture.
    Row { error: 30, ..row(id, what, RAMP, Measure::Count { of, after, within_ms: after_ms - 3 * SECOND }, published, None) }
}

/// From the creation of a service whose task is two containers on Fargate to their having run for the 40 s of ecs.md §4.2: such tasks took
/// 19.8 s to RUNNING (§12.4, 70469822092) to 102 s (§2.5 and §12.4, with sidecars).
const PAIR_STARTED: (Millis, Millis) = (19_800 + 40 * SECOND, 102 * SECOND + 40 * SECOND);

/// Every row. Spreads are those of the samples in ecs.md §2.5 and §12.4 that have the same set-up.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    row("R1 a", "created to network interface", TASK,
        Measure::Between(PLACED, mark("TaskStatusChanged", &["is PENDING"], 1)), 4_900, Some((4_050, 17_700))),
    row("R1 b", "created to image pull", TASK, Measure::Between(PLACED, PULLING), 12_900, Some((11_700, 24_400))),
    row("R1 c", "image pull", TASK, Measure::Between(PULLING, PULLED), 4_500, Some((3_000, 10_000))),
    row("R1 d", "pulled to RUNNING", TASK, Measure::Between(PULLED, RUNNING), 2_100, Some((1_080, 5_000))),
    row("R1 e", "created to RUNNING", TASK, Measure::Between(PLACED, RUNNING), 19_500, Some((19_500, 29_100))),
    row("R1 f", "stopping to the end of its container, SIGTERM ignored", TASK, Measure::Between(STOPPING, ENDED), 43_400, None),
    row("R1 g", "end of its container to STOPPED", TASK, Measure::Between(ENDED, STOPPED), 22_800, None),
    row("R1 h", "stopping to STOPPED", TASK, Measure::Between(STOPPING, STOPPED), 66_200, None),
    row("R2", "created to RUNNING", TASK, Measure::Between(PLACED, RUNNING), 23_700, Some((19_500, 29_100))),
    row("R3 a", "hung to unhealthy", HANG, after_hanging(mark("TargetTurned", &["unhealthy"], 1)), 89_200, None),
    row("R3 b", "hung to new task", HANG, after_hanging(event(&["due to an unhealthy status"], 1)), 101_000, None),
    row("R3 c", "hung to registered", HANG, after_hanging(event(&["registered 1 targets"], 1)), 129_000, None),
    row("R3 d", "hung to new target healthy", HANG, after_hanging(mark("TargetTurned", &[" healthy"], 1)), 131_700, None),
    row("R3 e", "hung to old task stopped", HANG, after_hanging(event(&["has stopped 1 running"], 1)), 147_700, None),
    row("R3 f", "hung to deregistered", HANG, after_hanging(event(&["deregistered 1 targets"], 1)), 158_000, None),
    row("R3 g", "hung to steady state", HANG, after_hanging(event(&["steady state"], 1)), 167_600, None),
    row("R3 h", "hung to target gone", HANG, after_hanging(mark("TargetTurned", &["is no target of"], 1)), 188_500, None),
    drill("R5 a", "update to first task unhealthy", event(&["is unhealthy in"], 1), 111_000),
    drill("R5 b", "update to second task unhealthy", event(&["is unhealthy in"], 2), 338_000),
    drill("R5 c", "update to third task unhealthy", event(&["is unhealthy in"], 3), 543_000),
    drill("R5 d", "update to deployment failed", event(&["deployment failed"], 1), 588_000),
    drill("R5 e", "update to roll-back completed", event(&["deployment completed"], 1), 612_000),
    row("R6 a", "third start to its failed check", BACK, after_third(event(&["failed container health checks"], 2)), 152_500, Some((142_800, 162_200))),
    row("R6 b", "third start to deployment failed", BACK, after_third(event(&["deployment failed"], 1)), 206_800, None),
    row("R6 c", "third start to start by roll-back", BACK, after_third(event(&["has started"], 3)), 225_000, None),
    row("R6 d", "third start to last failing task stopped", BACK, after_third(event(&["has stopped 1 running"], 3)), 305_000, None),
    row("R6 e", "third start to roll-back completed", BACK, after_third(event(&["deployment completed"], 1)), 397_800, None),
    row("R8", "started to steady state", CHECK,
        Measure::Between(event(&["has started"], 1), event(&["steady state"], 1)), 97_200, Some((77_400, 97_700))),
    row("R11", "created to completed", FIRST,
        Measure::Between(mark("CommandGiven", &["Create service app"], 1), event(&["deployment completed"], 1)), 93_600, Some(PAIR_STARTED)),
    Row { error: 60 * SECOND, ..row("R12 a", "what the default settings cost", DELAY, default_settings(0), 420_000, None) },
    row("R12 b", "delivery, where one without them took 5 to 6 min", DELAY, default_settings(330 * SECOND), 750_000, Some((720_000, 780_000))),
    row("R14", "started to steady state", OLD, Measure::Between(event(&["has started"], 1), event(&["steady state"], 1)), 9_770, None),
    ramp("§12.1 a", "running after 1 min", 60 * SECOND, 180),
    ramp("§12.1 b", "running after 2 min", 120 * SECOND, 1_210),
    ramp("§12.1 c", "running after 2.5 min", 150 * SECOND, 1_770),
    ramp("§12.1 d", "running after 3 min", 180 * SECOND, 2_290),
    ramp("§12.1 e", "running after 3.5 min", 210 * SECOND, 2_890),
    ramp("§12.1 f", "running after 4 min", 240 * SECOND, 3_290),
    ramp("§12.1 g", "running after 5 min", 300 * SECOND, 3_440),
    ramp("§12.1 h", "running after 6 min", 360 * SECOND, 3_470),
    ramp("§12.1 i", "running after 7 min", 420 * SECOND, 3_490),
];
