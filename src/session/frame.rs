//! The view model: everything the page shows, in words and whole numbers, ready to draw.
//!
//! Built from the session after each change; parts that did not change keep their `Rc`, so that the page redraws only
//! what did. The page computes no rule of the cluster from it; it only draws. Start reading at [`Frame`]; each part has a file.

use std::rc::Rc;

pub use around::*;
pub use board::*;
pub use bottom::*;
pub use breakage::*;
pub use clock::*;
pub use details::*;
pub use events::*;
pub use fargate::*;
pub use form::*;
pub use lesson::*;
pub use map::*;
pub use ribbon::*;
pub use server::*;
pub use why::*;
pub use workload::*;

pub use crate::explain::glossary::{TERMS, Term};

use crate::session::intent::{Intent, LaunchMode, Lens, Subject};

mod around;
mod board;
mod bottom;
mod breakage;
mod clock;
mod details;
mod events;
mod fargate;
mod form;
mod lesson;
mod map;
mod ribbon;
mod server;
mod why;
mod workload;

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
