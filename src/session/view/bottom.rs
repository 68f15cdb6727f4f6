//! What is open under the timeline.

use std::rc::Rc;

use crate::session::frame::{BottomTab, BottomView};
use crate::session::timeline::Timeline;
use crate::session::view::{Shown, charts, commands};

/// What is open, made anew or as it was before when nothing changed.
pub fn bottom(shown: &Shown, before: Option<&BottomView>) -> Option<BottomView> {
    let fresh = match shown.bottom? {
        BottomTab::Charts => BottomView::Charts(Rc::new(charts::charts(shown)?)),
        BottomTab::Commands => BottomView::Commands(Rc::new(commands::commands(shown))),
    };
    Some(before.filter(|before| **before == fresh).cloned().unwrap_or(fresh))
}

/// Figures are followed only while their charts are looked at.
pub fn follow_course(timeline: &mut Timeline, open: Option<BottomTab>) {
    match open {
        Some(BottomTab::Charts) => timeline.follow_course(),
        Some(BottomTab::Commands) | None => timeline.forget_course(),
    }
}
