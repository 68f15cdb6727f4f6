//! A unit as an author writes it in TOML. Unknown keys are refused, with their place. It checks nothing beyond the shape;
//! `unit_reader` does.

use crate::import::located::Spanned;
use serde::Deserialize;

use crate::import::scenario_input::ActionInput;

type Text = Spanned<String>;

/// A whole unit.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitInput {
    pub id: String,
    pub part: String,
    pub title: String,
    /// One line, for the list of units.
    pub idea: String,
    /// The id of the scenario it starts from.
    pub scenario: Text,
    /// `15m`
    pub time_limit: Text,
    /// Names with digits in them that prose may use: `m5.large`.
    #[serde(default)]
    pub names: Vec<String>,
    /// Changes of the engine that this unit must notice.
    #[serde(default)]
    pub breaks: Vec<Spanned<MutationInput>>,
    pub steps: Vec<Spanned<StepInput>>,
}

/// One changed constant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MutationInput {
    /// `strategies`, or the name of a span of time in the engine's `Tuning`.
    pub constant: String,
    /// `ignored`, or a span: `5m`.
    pub value: String,
}

/// One step: a title, perhaps a scenario to open, and exactly one of the kinds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepInput {
    pub title: String,
    pub scenario: Option<Text>,
    pub text: Vec<Text>,
    pub situation: Option<NothingInput>,
    pub predict: Option<QuestionInput>,
    pub run: Option<RunInput>,
    pub report: Option<QuestionInput>,
    pub explain: Option<ExplainInput>,
    #[serde(rename = "do")]
    pub exercise: Option<DoInput>,
    pub done: Option<NothingInput>,
}

/// A kind of step that has only its text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NothingInput {}

/// A question: exactly one of `ghosts`, `options`, `number`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionInput {
    pub ghosts: Option<GhostsInput>,
    #[serde(default)]
    pub options: Vec<OptionInput>,
    pub number: Option<NumberInput>,
    pub right: Text,
    pub wrong: Text,
}

/// Tasks to put where they will land.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GhostsInput {
    pub service: Text,
    pub count: u32,
}

/// One option.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionInput {
    pub text: Text,
    /// The condition that makes it the right one.
    pub when: Text,
    /// What picture of the world would have made it right.
    pub picture: Option<Text>,
}

/// A number asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberInput {
    /// The query that answers.
    pub answer: Text,
    pub unit: String,
    #[serde(default)]
    pub least: u64,
    pub most: u64,
    #[serde(default)]
    pub near: u64,
}

/// How the engine runs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunInput {
    #[serde(default)]
    pub moves: Vec<MoveInput>,
    pub speed: u32,
    pub slow: Option<SlowInput>,
    pub until: Text,
    pub settle: Option<Text>,
    pub at_most: Text,
}

/// The moment that matters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlowInput {
    pub when: Text,
    pub speed: u32,
    #[serde(rename = "for")]
    pub length: Text,
}

/// One action in its turn.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoveInput {
    /// How long after the move before.
    pub wait: Option<Text>,
    /// What must be so as well.
    pub when: Option<Text>,
    /// How the exact hint leads in to it.
    pub say: Option<Text>,
    /// As in the script of a scenario, without `at`.
    pub action: Spanned<ActionInput>,
}

/// What an explanation shows and rests on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExplainInput {
    pub why: Option<WhyInput>,
    #[serde(default)]
    pub claims: Vec<Text>,
}

/// The task to show in the Why panel.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhyInput {
    pub service: Text,
    /// Which of those placed in the run, 1 the first.
    pub placed: u32,
}

/// Goals and help.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DoInput {
    pub speed: u32,
    pub goals: Vec<Spanned<GoalInput>>,
    pub nudge: Text,
    pub pointer: Text,
    pub exact: Vec<MoveInput>,
    pub solution: Vec<MoveInput>,
    pub decoys: Vec<DecoyInput>,
}

/// One goal: exactly one of `eventually`, `hold` (with `for`), `always`, `never`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoalInput {
    pub text: Text,
    pub eventually: Option<Text>,
    pub hold: Option<Text>,
    #[serde(rename = "for")]
    pub length: Option<Text>,
    pub always: Option<Text>,
    pub never: Option<Text>,
    /// It counts only once all goals before it are met.
    #[serde(default)]
    pub then: bool,
    /// It must be met within this time.
    pub within: Option<Text>,
}

/// A plausible attempt that does not work.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecoyInput {
    pub name: String,
    pub moves: Vec<MoveInput>,
}
