//! The guided mode: a learner walks through a unit.
//!
//! It asks the session for what it needs ([`LessonEffect`]) and never touches the run itself. The outcome of a prediction is not
//! in here before the learner has committed, because nothing has computed it. Start reading at [`LessonRun`].

use std::rc::Rc;

use crate::import::action::Action;
use crate::import::scenario::Scenario;
use crate::sim::ids::{InstanceId, TaskId};

mod answer_key;
mod board;
mod card;
mod hints;
pub mod proof;
pub mod rehearsal;
mod run;
mod stage;

pub use answer_key::{Put, Reply};
pub use run::LessonRun;

/// A gesture inside a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Leave the current step for the next one.
    Continue,
    /// Put ghost task number `ghost` on a server (`None`: nowhere yet).
    PlaceGhost { ghost: u32, instance: Option<InstanceId> },
    /// Choose option number `option` of the question on screen.
    Choose(u32),
    /// Set the number asked for.
    SetNumber(u64),
    /// Commit the prediction and run, or send the report.
    Commit,
    /// Show one more hint.
    Hint,
    /// Play the reference solution on the learner's own timeline.
    ShowMe,
    /// Start again from the newest step that opened a scenario: for goals, their own beginning.
    AgainStep,
    /// Start this unit again.
    Again,
}

/// What the session is asked to do, in this order.
#[derive(Clone, Debug)]
pub enum LessonEffect {
    /// Forget the run and open this; then call [`LessonRun::restarted`] and carry out what it returns.
    Restart(Rc<Scenario>),
    /// Resolve and apply it, as an action of the learner's that undo can take back.
    Act(Action),
    /// Play at this speed.
    Play { speed: u32 },
    /// Stop playing, at this very instant.
    Pause,
    /// Open the Why panel for this task.
    AskWhy(TaskId),
}
