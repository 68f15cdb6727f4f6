//! One server: badges, heartbeat, bars with the tasks in them, and what is predicted for it.

use std::rc::Rc;

use crate::session::frame::{Badge, Choice, FaultBadge, GaugeView, Hue};
use crate::sim::ids::{InstanceId, TaskId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerView {
    pub id: InstanceId,
    /// `i-0a1f`.
    pub name: Rc<str>,
    /// `m5.large`.
    pub instance_type: Rc<str>,
    /// `$0.096/h`, or `Spot`, whose price changes.
    pub price: Rc<str>,
    pub zone: Rc<str>,
    /// What the control plane says: `ACTIVE`, `DRAINING`, `UNKNOWN` (agent silent), `disconnected` …; what is true where the lens
    /// shows only that.
    pub state: Badge,
    /// What is true, when it differs from that: `powered off`, `agent stopped`, `still running; ECS has not heard from it for 41 s`.
    pub truth: Option<Badge>,
    pub heartbeat: HeartbeatView,
    pub cpu: BarView,
    pub memory: BarView,
    /// What else binds, or hangs over it.
    pub extras: Option<Rc<ServerExtras>>,
    /// One sentence that names the difference between belief and truth.
    pub note: Option<Rc<str>>,
    pub faults: Vec<FaultBadge>,
    pub ghosts: Vec<GhostView>,
    /// While a prediction is asked for: may the next ghost be put here, and if not, why.
    pub ghost_slot: Option<Choice>,
    pub selected: bool,
    /// The server exists in truth only (not registered yet) or in belief only (gone in truth).
    pub presence: Presence,
    /// Whole sentence for assistive technology: `Server i-0a1f, m5.large in us-east-1a, ACTIVE, 3 tasks, CPU 896 of 2,048 free …`.
    pub sentence: Rc<str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    Both,
    /// Booting: true, but the control plane has never heard of it.
    TrueOnly,
    /// Believed, but gone in truth.
    BelievedOnly,
}

/// The arc round a server's badge: it empties with the time since the last report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeartbeatView {
    /// 1,000 right after a report, 0 when one is overdue.
    pub left_permille: u16,
    pub state: HeartbeatState,
    /// `last report 12 s ago`.
    pub label: Rc<str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeartbeatState {
    Fresh,
    /// Overdue: unknown, not dead.
    Unknown,
    /// The control plane has marked the agent disconnected.
    Disconnected,
    /// Never registered.
    Never,
}

/// One resource of one server: two of these stand parallel, tasks in the same order in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BarView {
    /// `CPU`, `Memory`, `Network interfaces`.
    pub label: Rc<str>,
    /// Unit of the numbers: `units`, `MiB`.
    pub unit: Rc<str>,
    pub total: u32,
    pub free: u32,
    /// `1,152 free`, `512 stranded`, `1,408 believed free`.
    pub free_label: Rc<str>,
    pub segments: Vec<SegmentView>,
    /// Free room that nothing can use because the other resource is gone (hatched), at the end of the bar.
    pub stranded: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentView {
    pub task: TaskId,
    /// `web`.
    pub label: Rc<str>,
    /// `web · e41c`.
    pub name: Rc<str>,
    pub hue: Hue,
    /// Where it starts and how long it is, in the unit of the bar.
    pub start: u32,
    pub length: u32,
    /// Really used, in the unit of the bar; at most a thin line inside. `None` when the lens hides truth.
    pub used: Option<u32>,
    pub style: SegmentStyle,
    /// `RUNNING`.
    pub status: Rc<str>,
    /// Scale-in and deployments leave it alone.
    pub protected: bool,
    pub selected: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentStyle {
    /// Believed and true.
    Solid,
    /// Placed, not running yet.
    Starting,
    /// On its way out.
    Stopping,
    /// Believed, but not so in truth or not known: outlined, dashed.
    Unconfirmed,
    /// True, but the control plane does not count it: outlined, dotted.
    Uncounted,
}

/// What binds on a server besides CPU and memory, and what hangs over it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerExtras {
    /// Network interfaces, where tasks take them.
    pub bars: Vec<BarView>,
    /// What ECS does not see, its disk and its network, where that is nearly used up. Nothing while the lens hides truth.
    pub unseen: Vec<GaugeView>,
    /// Host ports that tasks hold, in rising order.
    pub ports: Vec<PortView>,
    /// What is about to happen to it.
    pub deadline: Option<DeadlineView>,
}

/// A host port and the task that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortView {
    /// `80`, `53/udp`.
    pub port: Rc<str>,
    /// `web · e41c`.
    pub task: Rc<str>,
    pub hue: Hue,
}

/// Something that comes at a known instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadlineView {
    /// `Spot interruption: EC2 takes it back in 1:47`.
    pub words: Rc<str>,
    /// 1,000 at first, 0 when it has come.
    pub left_permille: u32,
}

/// A task the learner predicts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GhostView {
    pub number: u32,
    /// `web`.
    pub label: Rc<str>,
    pub hue: Hue,
    pub cpu_units: u32,
    pub memory_mib: u32,
    /// After the run: did a task really land there?
    pub outcome: Option<GhostOutcome>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GhostOutcome {
    Landed,
    WentElsewhere,
}
