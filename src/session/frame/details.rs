//! The Details tab: whatever is selected.

use std::rc::Rc;

use crate::session::frame::{Badge, Choice, FormView};
use crate::session::intent::Subject;

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
    /// Questions that can be asked of it.
    pub questions: Vec<Choice>,
    /// Related things to select: its service, its server, its tasks.
    pub links: Vec<(Rc<str>, Subject)>,
    /// For a service or a run of tasks: the placement form.
    pub placement: Option<PlacementForm>,
    /// Numbers side by side: targets, datapoints, who knows what when.
    pub tables: Vec<TableView>,
    /// What can be changed about it.
    pub forms: Vec<FormView>,
}

impl DetailsView {
    /// Why nothing can be changed about it now.
    pub fn locked(&self) -> Option<&'static str> {
        self.placement.as_ref().and_then(|form| form.locked).or_else(|| self.forms.iter().find_map(|form| form.locked))
    }
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
