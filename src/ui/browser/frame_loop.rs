//! The animation frame loop: tells how many milliseconds of wall time passed, as long as it is kept.

use gloo::render::{AnimationFrame, request_animation_frame};
use yew::Callback;

/// A longer pause than this (a hidden tab, a debugger) counts as this much.
const LONGEST_STEP_MS: u64 = 100;

/// One frame that has been asked for. Dropping it cancels the frame.
pub struct FrameLoop {
    _frame: AnimationFrame,
}

/// What a frame says when it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// Wall time of this frame, in milliseconds.
    pub at_ms: u64,
    /// Wall time since the previous one; nothing for the first.
    pub elapsed_ms: u64,
}

impl FrameLoop {
    /// Asks for the next frame. `previous` is the beat before it, if there was one.
    pub fn next(previous: Option<Beat>, on_beat: Callback<Beat>) -> Self {
        let _frame = request_animation_frame(move |timestamp| {
            let at_ms = timestamp as u64;
            let elapsed_ms = previous.map_or(0, |beat| at_ms.saturating_sub(beat.at_ms).min(LONGEST_STEP_MS));
            on_beat.emit(Beat { at_ms, elapsed_ms });
        });
        Self { _frame }
    }
}
