//! What a learner can answer in the guided mode.

use crate::sim::ids::InstanceId;

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
    /// Start this unit again.
    Again,
}
