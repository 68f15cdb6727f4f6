//! One resource of one server in a few pixels: one path for each look, so that a hundred servers cost few elements.

use std::fmt::Write;

use yew::prelude::*;

use crate::session::frame::{BarView, SegmentView};
use crate::ui::badge::hue_class;
use crate::ui::bar::style_class;

/// Draws the strip; for the eye only, the tile that holds it carries the words.
pub fn bar_strip(view: &BarView) -> Html {
    let total = view.total.max(1);
    let stranded = view.stranded.min(total);
    html! {
        <svg class="strip" width="100%" height="8" viewBox={format!("0 0 {total} 8")} preserveAspectRatio="none" aria-hidden="true">
            <rect class="room" width="100%" height="8" />
            if stranded > 0 {
                <rect class="stranded" x={(total - stranded).to_string()} width={stranded.to_string()} height="8" />
            }
            { for looks(&view.segments).into_iter().map(|(look, lines)| html! {
                <path class={classes!(hue_class(look.hue), style_class(look.style))} d={lines} />
            }) }
        </svg>
    }
}

/// Segments that look alike are drawn in one path.
fn looks(segments: &[SegmentView]) -> Vec<(&SegmentView, String)> {
    let mut looks: Vec<(&SegmentView, String)> = Vec::new();
    for segment in segments {
        let at = looks.iter().position(|(look, _)| look.hue == segment.hue && look.style == segment.style);
        let at = at.unwrap_or_else(|| {
            looks.push((segment, String::new()));
            looks.len() - 1
        });
        let gap = segment.length / 12;
        // Writing to a string cannot fail.
        let _ = write!(looks[at].1, "M{} 0h{}v8h-{}z", segment.start, segment.length - gap, segment.length - gap);
    }
    looks
}
