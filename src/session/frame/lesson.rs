//! The open unit: its steps, the card of the present one, goals and hints.

use std::rc::Rc;

use crate::session::frame::{Choice, Hue, RailState};

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
