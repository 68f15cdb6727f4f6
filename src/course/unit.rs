//! A unit of the course: one experiment in steps, from its situation to its goals.
//!
//! Data only, read from one file by [`Unit::parse`]. Nothing in it says what a run will show: keys are conditions and numbers
//! are queries, asked of the run when it has happened.

use std::rc::Rc;

use crate::course::condition::Condition;
use crate::course::goal::Goal;
use crate::course::moves::Move;
use crate::course::mutation::Mutation;
use crate::course::prose::Prose;
use crate::course::query::Query;
use crate::course::unit_reader;
use crate::import::scenario::Scenario;
use crate::import::toml_error::TextError;
use crate::sim::time::Millis;

/// One unit.
#[derive(Clone, Debug)]
pub struct Unit {
    pub id: Rc<str>,
    pub part: Rc<str>,
    pub title: Rc<str>,
    /// One line, for the list of units.
    pub idea: Rc<str>,
    /// What it starts from.
    pub scenario: Rc<Scenario>,
    /// A learner who does nothing for this long has not met the goals.
    pub time_limit_ms: Millis,
    /// Changes of the engine that this unit must notice.
    pub mutations: Vec<Mutation>,
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    pub title: Rc<str>,
    /// The step begins by opening this.
    pub scenario: Option<Rc<Scenario>>,
    /// What the card says, in paragraphs.
    pub text: Vec<Prose>,
    pub kind: StepKind,
}

/// What a step is for.
#[derive(Clone, Debug)]
pub enum StepKind {
    /// One idea to read.
    Situation,
    /// The learner commits to an outcome.
    Predict(Question),
    /// The engine runs.
    Run(Run),
    /// What did the learner see?
    Report(Question),
    /// The cause.
    Explain(Explanation),
    /// Goals to reach by the learner's own actions.
    Do(Exercise),
    /// The end.
    Done,
}

/// Something asked; the answer is computed from the run.
#[derive(Clone, Debug)]
pub struct Question {
    pub ask: Ask,
    /// Said when the answer was right.
    pub right: Prose,
    /// Said when it was not, unless the chosen option says it better: what picture of the world would have made it right.
    pub wrong: Prose,
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Ask {
    /// Where will the next tasks of a service land?
    Ghosts { service: Rc<str>, count: u32 },
    /// Which one?
    Options(Vec<OptionText>),
    /// How many, how long?
    Number(NumberAsked),
}

/// One option.
#[derive(Clone, Debug)]
pub struct OptionText {
    pub text: Prose,
    /// It is the right one when this holds after the run.
    pub when: Condition,
    /// What picture of the world would have made it right.
    pub picture: Option<Prose>,
}

/// A number with its range.
#[derive(Clone, Debug)]
pub struct NumberAsked {
    pub answer: Query,
    /// `servers`, `s`.
    pub unit: Rc<str>,
    pub least: u64,
    pub most: u64,
    /// An answer this far off still counts.
    pub near: u64,
}

/// How the engine runs.
#[derive(Clone, Debug)]
pub struct Run {
    /// Given at the commitment.
    pub moves: Rc<[Move]>,
    pub speed: u32,
    pub slow: Option<Slow>,
    /// It runs until this holds …
    pub until: Condition,
    /// … and then for this long,
    pub settle_ms: Millis,
    /// but never longer than this.
    pub at_most_ms: Millis,
}

/// The moment that matters, and the speed for it.
#[derive(Clone, Debug)]
pub struct Slow {
    pub when: Condition,
    pub speed: u32,
    pub for_ms: Millis,
}

/// What an explanation shows and rests on.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The task to show in the Why panel: which of those placed in the run, 1 the first.
    pub why: Option<Pointer>,
    /// What the words say without a number; a proof holds the unit to them.
    pub claims: Vec<Condition>,
}

/// A task of a service by its place among those placed since the commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer {
    pub service: Rc<str>,
    pub placed: u32,
}

/// Goals and what helps to reach them.
#[derive(Clone, Debug)]
pub struct Exercise {
    pub goals: Rc<[Goal]>,
    pub speed: u32,
    pub nudge: Prose,
    pub pointer: Prose,
    /// The exact hint: these very actions.
    pub exact: Rc<[Move]>,
    /// The reference solution, which `show me` plays.
    pub solution: Rc<[Move]>,
    pub decoys: Vec<Decoy>,
}

/// A plausible attempt that does not work.
#[derive(Clone, Debug)]
pub struct Decoy {
    pub name: Rc<str>,
    pub moves: Rc<[Move]>,
}

/// Finds a scenario by its id; the message says what is wrong with it.
pub type LoadScenario<'a> = &'a dyn Fn(&str) -> Result<Rc<Scenario>, String>;

impl Unit {
    /// Reads and checks a unit; all that is wrong is said at once, each with its place.
    pub fn parse(text: &str, load_scenario: LoadScenario) -> Result<Self, Vec<TextError>> {
        unit_reader::read(text, load_scenario)
    }
}
