//! The view model: everything the page shows, in words and whole numbers, ready to draw.
//!
//! Built from the session after each change; parts that did not change keep their `Rc`, so that the page redraws only
//! what did. The page computes no rule of the cluster from it; it only draws.

use std::rc::Rc;

pub use around::*;
pub use bottom::*;
pub use form::*;
pub use map::*;

use crate::session::Question;
use crate::session::intent::{Intent, LaunchMode, Lens, Subject};
use crate::sim::ids::{InstanceId, ObservationId, ServiceId, TaskId};
use crate::sim::time::Millis;

mod around;
mod bottom;
mod form;
mod map;

/// The whole page at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub scenario: Rc<ScenarioView>,
    pub clock: ClockView,
    pub mode: LaunchMode,
    pub lens: Lens,
    /// `4 servers · 10 tasks · $0.384/h`.
    pub totals: Rc<str>,
    /// What is on screen, in a few sentences, for someone who cannot see the board.
    pub summary: Rc<str>,
    pub control_plane: Rc<ControlPlaneView>,
    pub zones: Vec<Rc<ZoneView>>,
    /// Present when any task runs or waits on Fargate, or the mode is Fargate or Mixed.
    pub fargate: Option<Rc<FargateView>>,
    /// How closely servers are drawn.
    pub density: Density,
    pub selection: Option<Subject>,
    pub details: Option<Rc<DetailsView>>,
    pub why: Option<Rc<WhyView>>,
    /// Grows whenever an answer is there that the learner has not asked for by a click on it: it is to be brought to the front.
    pub why_brought_up: u32,
    pub events: Rc<EventsView>,
    pub breakage: Rc<BreakageView>,
    pub workload: Rc<WorkloadView>,
    pub lesson: Option<Rc<LessonView>>,
    /// The services round ECS, and what else binds.
    pub neighbours: Vec<Rc<NeighbourView>>,
    /// What can be asked for by filling in a form.
    pub forms: Rc<Vec<FormGroup>>,
    /// What is open under the timeline.
    pub bottom: Option<BottomView>,
    /// The glossary with the fidelity ledger.
    pub words: Rc<Vec<WordView>>,
    /// The newest change worth announcing to a screen reader; changes at most every two seconds while time passes, and with each
    /// step of the learner's.
    pub announcement: Rc<str>,
    /// A message about something that did not work, until dismissed.
    pub notice: Option<Rc<NoticeView>>,
    /// The result of the last `CheckTaskDefinition`.
    pub import_check: Option<Rc<ImportCheckView>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Density {
    /// Up to 8 servers: everything labelled.
    Full,
    /// Up to 60: compact tiles.
    Compact,
    /// Up to 400: small tiles, numbers on selection.
    Dense,
    /// More: a map of pixels, and tiles for those that need a look.
    Map,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioView {
    /// Identifier of the open scenario: `first-cluster`.
    pub id: Rc<str>,
    pub title: Rc<str>,
    /// One sentence saying what is on screen.
    pub sentence: Rc<str>,
    /// The one obvious first action, until anything has been done: a label and what it does.
    pub first_action: Option<Choice>,
    /// Scenarios to choose from: id, title, one line.
    pub scenarios: Rc<Vec<Entry>>,
    /// Units of the course to choose from.
    pub units: Rc<Vec<Entry>>,
}

/// One thing in a picker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: Rc<str>,
    pub title: Rc<str>,
    pub line: Rc<str>,
}

/// A labelled gesture: a button wherever the page likes to put it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub label: Rc<str>,
    pub intent: Intent,
    /// Why it cannot be done now; the button is then disabled (aria-disabled) and says so.
    pub refused: Option<Rc<str>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockView {
    pub now_ms: Millis,
    /// `1:33.4`.
    pub label: Rc<str>,
    pub playing: bool,
    /// Simulated seconds a wall second: 1 to 600.
    pub speed: u32,
    pub speeds: Rc<Vec<u32>>,
    /// The instant at which the run begins: the left end of the timeline.
    pub begin_ms: Millis,
    /// The furthest instant that has been run: the right end of the timeline.
    pub end_ms: Millis,
    /// Why time stands still and nothing can be changed now: a prediction is asked for.
    pub locked: Option<&'static str>,
    /// Ticks of the timeline: at most a few hundred, already thinned.
    pub ticks: Rc<Vec<Tick>>,
    pub can_undo: bool,
    pub can_redo: bool,
    /// What undo would take back: `Server i-0a1f dies`.
    pub undo_label: Option<Rc<str>>,
}

/// A mark on the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    pub at_ms: Millis,
    pub tone: Tone,
    /// `network cut`.
    pub label: Rc<str>,
    pub hue: Option<Hue>,
}

/// One of eight colour-blind-safe identity hues (each with its pattern); `Hue(0)` to `Hue(7)`. Never red.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hue(pub u8);

/// What a status means for the learner; drawn as icon + word + colour, never colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// On its way; grey.
    Moving,
    /// Needs a look.
    Warning,
    /// Broken.
    Bad,
    /// Not known (dashed, `?`).
    Unknown,
    Neutral,
}

/// A status: a word as the API spells it, with its tone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    pub word: Rc<str>,
    pub tone: Tone,
    /// Explains the word in one sentence.
    pub title: Rc<str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlPlaneView {
    /// Of very many those that are not steady first, and not all.
    pub services: Vec<Rc<ServiceView>>,
    pub hidden_services: usize,
    /// Tasks that the control plane wants but has not placed, or that wait to start: the shelf.
    pub waiting: Vec<Rc<WaitingView>>,
    /// Prediction: the shelf slot "nowhere yet" is a target for ghosts.
    pub ghosts: Vec<GhostView>,
    pub selected: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceView {
    pub id: ServiceId,
    pub name: Rc<str>,
    pub hue: Hue,
    /// `REPLICA` or `DAEMON`.
    pub kind: Rc<str>,
    /// `EC2`, `FARGATE`, `FARGATE_SPOT`.
    pub launch_type: Rc<str>,
    pub desired: u32,
    /// As believed.
    pub running: u32,
    pub pending: u32,
    /// As is true, when it differs from `running`.
    pub truly_running: Option<u32>,
    /// `steady state`, `2 waiting`.
    pub state: Badge,
    /// While a deployment is under way, and after one that failed.
    pub ribbon: Option<Rc<RibbonView>>,
    /// Change of the desired count by one, where allowed.
    pub fewer: Option<Choice>,
    pub more: Option<Choice>,
    pub selected: bool,
}

/// A task that waits, with the reason on a chip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingView {
    /// `None` while the service has not even been able to create the task (plain EC2 launch type): then `service` tells whose.
    pub task: Option<TaskId>,
    pub service: Option<ServiceId>,
    /// `batch · e41c`, or `web × 3`.
    pub name: Rc<str>,
    pub hue: Hue,
    /// `Closest server i-03be: agent not connected`.
    pub reason: Rc<str>,
    /// Since when, as a span: `41 s`.
    pub waiting_for: Rc<str>,
    /// How many tasks this chip stands for.
    pub count: u32,
    pub selected: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneView {
    pub index: u32,
    pub name: Rc<str>,
    /// As believed.
    pub task_count: u32,
    /// Names of faults that strike the whole zone: `network cut`.
    pub faults: Vec<FaultBadge>,
    /// Of very many only those that need a look.
    pub servers: Vec<Rc<ServerView>>,
    /// All of them, where there are very many.
    pub map: Option<Rc<ZoneMap>>,
    pub selected: bool,
}

/// A fault drawn on what it strikes, numbered in causal order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultBadge {
    pub number: u32,
    pub label: Rc<str>,
    pub heal: Option<Choice>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerView {
    pub id: InstanceId,
    /// `i-0a1f`.
    pub name: Rc<str>,
    /// `m5.large`.
    pub instance_type: Rc<str>,
    /// `$0.096/h`.
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
    /// Ports, network interfaces or disk when they bind.
    pub third: Option<BarView>,
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

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FargateView {
    pub tasks: Vec<Rc<FargateTaskView>>,
    /// `3 tasks · no servers of yours`.
    pub line: Rc<str>,
}

/// A free-standing task: a capsule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FargateTaskView {
    pub task: TaskId,
    /// `web · e41c`.
    pub name: Rc<str>,
    pub hue: Hue,
    pub status: Badge,
    /// `0.5 vCPU · 1 GB`.
    pub size: Rc<str>,
    pub zone: Rc<str>,
    pub spot: bool,
    /// The difference between belief and truth, when there is one.
    pub note: Option<Rc<str>>,
    pub selected: bool,
}

/// The Details tab: whatever is selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetailsView {
    pub subject: Subject,
    /// `Task web · e41c`.
    pub title: Rc<str>,
    pub badge: Option<Badge>,
    /// Only for a task: its life cycle.
    pub rail: Option<Vec<RailStop>>,
    /// Name, what ECS knows, what is true (only where it differs).
    pub facts: Vec<FactView>,
    /// Full ids, as the API gives them: what they name, and the id.
    pub ids: Vec<(Rc<str>, Rc<str>)>,
    /// Things that can be done to it: stop the task, drain the server, faults, why here.
    pub actions: Vec<Choice>,
    /// Related things to select: its service, its server, its tasks.
    pub links: Vec<(Rc<str>, Subject)>,
    /// For a service or a run of tasks: the placement form.
    pub placement: Option<PlacementForm>,
    /// Numbers side by side: targets, datapoints, who knows what when.
    pub tables: Vec<TableView>,
    /// What can be changed about it.
    pub forms: Vec<FormView>,
}

/// A small table with a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableView {
    pub title: Rc<str>,
    /// One sentence over it, where it needs one.
    pub line: Rc<str>,
    pub heads: Vec<&'static str>,
    /// The first cell of a row is its name.
    pub rows: Vec<Vec<Rc<str>>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactView {
    pub name: Rc<str>,
    pub believed: Rc<str>,
    pub truth: Option<Rc<str>>,
}

/// One stop of the life cycle rail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RailStop {
    /// `PROVISIONING`.
    pub word: Rc<str>,
    pub state: RailState,
    /// Time spent there, or since when for the current one: `2.1 s`.
    pub time: Option<Rc<str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RailState {
    Passed,
    Current,
    Ahead,
    /// This task does not pass here.
    Skipped,
}

/// The Why tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyView {
    /// `batch · e41c is waiting`.
    pub title: Rc<str>,
    /// One sentence.
    pub sentence: Rc<str>,
    pub table: Option<WhyTable>,
    /// The strategy chain, step by step.
    pub steps: Vec<WhyStep>,
    /// The text the real service prints.
    pub service_text: Option<Rc<str>>,
    /// Smallest changes that would place it; applied, each one works.
    pub fixes: Vec<Choice>,
    /// From the first cause to the effect.
    pub causes: Vec<CauseView>,
    pub about: Question,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyTable {
    /// Column heads after the server's name: `agent`, `CPU 1,024`, `memory 6,144`.
    pub rules: Vec<Rc<str>>,
    pub rows: Vec<WhyRow>,
    /// `and 92 more that fail on memory`.
    pub more: Option<Rc<str>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyRow {
    pub instance: InstanceId,
    pub name: Rc<str>,
    pub cells: Vec<WhyCell>,
    pub outcome: RowOutcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOutcome {
    Chosen,
    /// Fits, but another was preferred.
    Feasible,
    /// Does not fit, but comes closest.
    Closest,
    Rejected,
}

/// One rule against one server: the number or word found, and pass or fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyCell {
    pub text: Rc<str>,
    /// `None`: not looked at, because the rule does not apply.
    pub pass: Option<bool>,
}

/// One step of the strategy chain: who was left, with what score, and who survived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyStep {
    /// `spread(attribute:ecs.availability-zone)`.
    pub name: Rc<str>,
    /// `fewest tasks of web: us-east-1b has 1, us-east-1a has 2`.
    pub sentence: Rc<str>,
    /// Server, score, kept?
    pub scores: Vec<(Rc<str>, Rc<str>, bool)>,
}

/// One link of the chain of causes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseView {
    pub number: u32,
    pub at_ms: Millis,
    /// `1:36.0`.
    pub time: Rc<str>,
    pub text: Rc<str>,
    pub observation: ObservationId,
    pub tone: Tone,
}

/// The Events tab, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventsView {
    /// At most a few hundred.
    pub rows: Vec<Rc<EventRow>>,
    pub total: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    pub observation: ObservationId,
    /// `1:36.0`.
    pub time: Rc<str>,
    /// Where it happened: `truth`, `wire`, `ECS`, `service event`, `you`.
    pub side: Rc<str>,
    pub text: Rc<str>,
    pub tone: Tone,
    pub subject: Option<Subject>,
    /// A service event in the service's own words.
    pub verbatim: bool,
    pub selected: bool,
}

/// Break something, by target, and what is broken now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakageView {
    pub groups: Vec<FaultGroup>,
    pub active: Vec<ActiveFault>,
}

/// Faults for one kind of target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultGroup {
    /// `Task`, `Server`, `Zone`, `Network`, `Image registry`.
    pub title: Rc<str>,
    /// Targets to choose from: label; the first is the selected or most telling one.
    pub targets: Vec<FaultTarget>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultTarget {
    /// `web · e41c`, `i-0a1f`, `us-east-1b`.
    pub label: Rc<str>,
    pub subject: Option<Subject>,
    /// What can be done to it: `Container exits with code 1`, `Out of memory` …
    pub faults: Vec<Choice>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveFault {
    pub label: Rc<str>,
    pub since: Rc<str>,
    pub heal: Choice,
}

/// Workload and capacity: services, tasks to run, servers to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkloadView {
    /// Registered task definitions: `nginx:1`, what it asks for, run-one.
    pub definitions: Vec<DefinitionView>,
    /// Instance types to add, with size and price.
    pub instance_types: Rc<Vec<Entry>>,
    pub zones: Rc<Vec<Rc<str>>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionView {
    /// `nginx:1`.
    pub name: Rc<str>,
    pub hue: Hue,
    /// `256 CPU · 512 MiB · bridge`.
    pub asks: Rc<str>,
    pub runs_on_fargate: bool,
    pub runs_on_ec2: bool,
}

/// The strategies and constraints of a service, as the form edits them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacementForm {
    /// Why nothing can be changed now.
    pub locked: Option<&'static str>,
    pub service: Rc<str>,
    /// In order, spelled `spread(attribute:ecs.availability-zone)`, `binpack(memory)`, `random`.
    pub strategies: Vec<Rc<str>>,
    /// `distinctInstance`, or `memberOf(EXPRESSION)`.
    pub constraints: Vec<Rc<str>>,
    /// Ready-made combinations, with the console's names: `AZ Balanced Spread` …
    pub templates: Vec<Choice>,
    /// Everything a strategy can be, in the same spelling.
    pub strategy_options: Rc<Vec<Rc<str>>>,
    pub distinct_instance: Choice,
    pub launch_types: Vec<Choice>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordView {
    pub term: Rc<str>,
    pub meaning: Rc<str>,
    /// `exact`, `simplified`, `chosen for teaching`; empty for a plain glossary term.
    pub fidelity: Rc<str>,
    /// `ecs.md §6.4`.
    pub source: Rc<str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeView {
    pub title: Rc<str>,
    /// Each with the place it is about: `containerDefinitions[0].image, line 4`.
    pub lines: Vec<Rc<str>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportCheckView {
    /// What will be registered, when it is good: `consulServer: 1 container, 128 CPU, 64 MiB, host network`.
    pub good: Option<Rc<str>>,
    /// What is wrong, each with its place.
    pub errors: Vec<Rc<str>>,
    /// What was kept but plays no part in the simulation.
    pub notes: Vec<Rc<str>>,
}

/// The open unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonView {
    pub part: Rc<str>,
    pub title: Rc<str>,
    pub steps: Vec<LessonStep>,
    pub card: CardView,
    pub goals: Vec<GoalView>,
    /// Hints shown so far, and whether there is one more.
    pub hints: Vec<Rc<str>>,
    pub more_hints: Option<Choice>,
    pub show_me: Option<Choice>,
    pub again: Choice,
    pub leave: Choice,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonStep {
    pub title: Rc<str>,
    pub state: RailState,
}

/// The card of the current step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardView {
    /// At most 60 words, in paragraphs.
    pub text: Vec<Rc<str>>,
    pub kind: CardKind,
    /// The button that goes on: `Continue`, `Commit and run`, `Send report`.
    pub go_on: Option<Choice>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardKind {
    Reading,
    /// Put each ghost on a server: for each ghost, where it is now and all places it may go (also as buttons).
    Ghosts(Vec<GhostChoice>),
    /// One of several.
    Options(Vec<OptionView>),
    /// A number with its unit.
    Number {
        /// Whose number it is: `Your prediction`.
        name: &'static str,
        value: u64,
        unit: Rc<str>,
        least: u64,
        most: u64,
    },
    /// The run is going; how far, in permille.
    Running(u16),
    /// Feedback on what was answered.
    Feedback {
        right: bool,
        text: Rc<str>,
    },
    /// Goals to reach by own actions.
    Doing,
    Done,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GhostChoice {
    pub number: u32,
    pub label: Rc<str>,
    pub hue: Hue,
    /// Label, chosen?, what choosing it does.
    pub places: Vec<(Rc<str>, bool, Choice)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionView {
    pub label: Rc<str>,
    pub chosen: bool,
    pub choice: Choice,
    /// After the answer is in: is this the right one?
    pub right: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalView {
    pub text: Rc<str>,
    pub state: GoalState,
    /// The number that matters: `1 / 3`, `1:12 left`.
    pub number: Rc<str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoalState {
    NotYet,
    Partly,
    Met,
    Violated,
}
