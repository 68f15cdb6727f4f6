//! What was captured from the real service, row by row (ecs.md §12), with the set-up in which it is replayed.

use crate::cli::fidelity::Line;
use crate::sim::tuning::Tuning;

/// A cluster like the one the numbers were captured on.
pub struct Setup {
    pub name: &'static str,
    pub scenario: &'static str,
    /// How the service was then, where it has changed since.
    pub then: fn(&mut Tuning),
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
    /// Least and greatest of several published samples.
    pub spread: Option<(u64, u64)>,
}

/// What is measured in a log.
#[derive(Debug, PartialEq, Eq)]
pub enum Measure {
    /// The time from a fact to another after it, in milliseconds.
    Between(Mark, Mark),
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
            Self::Between(from, to) => {
                let after = &log[from.find(log)?..];
                Some(after[to.find(after)?].at_ms - after[0].at_ms)
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
            Self::Count { of, after, .. } => of.kind == kind || after.kind == kind,
        }
    }

    /// A value in words.
    pub fn words(&self, value: u64) -> String {
        match self {
            Self::Between(..) => format!("{}.{} s", value / 1_000, value % 1_000 / 100),
            Self::Count { .. } => value.to_string(),
        }
    }
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
    Row { id, what, setup, measure, published, spread }
}

/// As it is now.
fn as_now(_: &mut Tuning) {}

/// In 2019 a task counted as healthy as soon as it was RUNNING (ecs.md §2.5, §12.3 R14).
fn in_2019(tuning: &mut Tuning) {
    tuning.healthy_settle_ms = 0;
}

/// Every set-up.
pub const SETUPS: &[Setup] = &[
    Setup { name: "one Fargate task", scenario: include_str!("fargate-task.toml"), then: as_now },
    Setup { name: "a task hangs behind a load balancer", scenario: include_str!("alb-hang.toml"), then: as_now },
    Setup { name: "a rolling deployment of one task", scenario: include_str!("rolling-one-task.toml"), then: as_now },
    Setup { name: "a start with a container health check", scenario: include_str!("container-check.toml"), then: as_now },
    Setup { name: "a service on EC2 in 2019", scenario: include_str!("ec2-service.toml"), then: in_2019 },
];

const PLACED: Mark = mark("TaskPlaced", &[], 1);
const PULLING: Mark = mark("ImagePullStarted", &[], 1);
const PULLED: Mark = mark("ImagePullFinished", &[], 1);
const RUNNING: Mark = mark("TaskStatusChanged", &["is RUNNING"], 1);

const HANGS: Mark = mark("AppHung", &[], 1);
const SAID_BY_SERVICE: &str = "ServiceEvent";

/// From the moment the app hangs to one of the service's events.
const fn after_hanging(says: &'static [&'static str], nth: usize) -> Measure {
    Measure::Between(HANGS, mark(SAID_BY_SERVICE, says, nth))
}

/// Every row. Spreads are those of the samples in ecs.md §2.5 and §12.4 that have the same set-up.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    row("R1 a", "created to network interface", "one Fargate task",
        Measure::Between(PLACED, mark("TaskStatusChanged", &["is PENDING"], 1)), 4_900, Some((4_050, 17_700))),
    row("R1 b", "created to image pull", "one Fargate task", Measure::Between(PLACED, PULLING), 12_900, Some((11_700, 24_400))),
    row("R1 c", "image pull", "one Fargate task", Measure::Between(PULLING, PULLED), 4_500, Some((3_000, 10_000))),
    row("R1 d", "pulled to RUNNING", "one Fargate task", Measure::Between(PULLED, RUNNING), 2_100, Some((1_080, 5_000))),
    row("R1 e", "created to RUNNING", "one Fargate task", Measure::Between(PLACED, RUNNING), 19_500, Some((19_500, 29_100))),
    row("R1 f", "stopping to STOPPED, SIGTERM ignored", "one Fargate task",
        Measure::Between(mark("TaskStatusChanged", &["is STOPPING"], 1), mark("TaskStatusChanged", &["is STOPPED"], 1)), 66_000, None),
    row("R2", "created to RUNNING", "one Fargate task", Measure::Between(PLACED, RUNNING), 23_700, Some((19_500, 29_100))),
    row("R3 a", "hung to unhealthy", "a task hangs behind a load balancer", after_hanging(&["is unhealthy in"], 1), 89_200, None),
    row("R3 b", "hung to new task", "a task hangs behind a load balancer", after_hanging(&["due to an unhealthy status"], 1), 101_000, None),
    row("R3 c", "hung to registered", "a task hangs behind a load balancer", after_hanging(&["registered 1 targets"], 1), 129_000, None),
    row("R3 d", "hung to old task stopped", "a task hangs behind a load balancer", after_hanging(&["has stopped 1 running"], 1), 147_700, None),
    row("R3 e", "hung to deregistered", "a task hangs behind a load balancer", after_hanging(&["deregistered 1 targets"], 1), 158_000, None),
    row("R8", "started to steady state", "a start with a container health check",
        Measure::Between(mark(SAID_BY_SERVICE, &["has started"], 1), mark(SAID_BY_SERVICE, &["steady state"], 1)), 97_200, Some((77_400, 97_700))),
    row("R11", "deployment asked for to completed", "a rolling deployment of one task",
        Measure::Between(mark("CommandGiven", &["Update service app"], 1), mark(SAID_BY_SERVICE, &["deployment completed"], 1)), 94_000, None),
    row("R14", "started to steady state", "a service on EC2 in 2019",
        Measure::Between(mark("ServiceEvent", &["has started"], 1), mark("ServiceEvent", &["steady state"], 1)), 9_770, None),
];
