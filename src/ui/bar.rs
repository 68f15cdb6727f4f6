//! One resource of one server, fully labelled: tasks as segments, what they really use as a thin line, stranded room hatched.
//!
//! Lengths are SVG geometry in per cent; each segment is a real button inside.

use yew::prelude::*;

use crate::session::frame::{BarView, SegmentStyle, SegmentView};
use crate::session::intent::{Intent, Subject};
use crate::sim::ids::TaskId;
use crate::ui::badge::hue_class;
use crate::ui::gesture::click;

/// Whether the segments of a bar are the ones that the keyboard and assistive technology reach, or their twins in the other bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Buttons, in the order of Tab.
    InOrder,
    /// Buttons, reached by the arrow keys only.
    ByArrows,
    /// Drawn for the eye and the pointer.
    Twin,
}

/// The task that is pointed at or focused, so that its segments light up in all bars of a server.
#[derive(Clone, PartialEq)]
pub struct Linked {
    pub task: Option<TaskId>,
    pub set: Callback<Option<TaskId>>,
}

/// Draws the bar.
pub fn bar(view: &BarView, reach: Reach, linked: &Linked, send: &Callback<Intent>) -> Html {
    let end = view.total.saturating_sub(view.stranded);
    html! {
        <div class="bar-row">
            <div class="bar-label">
                <span>{ &*view.label }</span>
                <span class={classes!("free", (view.stranded > 0).then_some("has-stranded"))}>{ &*view.free_label }</span>
            </div>
            <svg class="bar" width="100%" height="26" aria-hidden={(reach == Reach::Twin).then_some("true")}>
                <rect class="room" x="0" y="0" width="100%" height="26" rx="5" />
                if view.stranded > 0 {
                    <rect class="stranded" x={percent(end, view.total)} y="0" width={percent(view.stranded, view.total)} height="26" rx="5">
                        <title>{ format!("{} {} stranded: free, but the other resource is gone", view.stranded, view.unit) }</title>
                    </rect>
                }
                { for view.segments.iter().map(|segment| button(segment, view, reach, linked, send)) }
                { for view.segments.iter().filter_map(|segment| used(segment, view)) }
            </svg>
        </div>
    }
}

fn button(segment: &SegmentView, bar: &BarView, reach: Reach, linked: &Linked, send: &Callback<Intent>) -> Html {
    let task = segment.task;
    let point = |to: Option<TaskId>| {
        let set = linked.set.clone();
        move || set.emit(to)
    };
    let (on, off) = (point(Some(task)), point(None));
    let (focus, blur) = (on.clone(), off.clone());
    let class = classes!(
        "segment",
        hue_class(segment.hue),
        style_class(segment.style),
        segment.selected.then_some("selected"),
        segment.protected.then_some("protected"),
        (linked.task == Some(task)).then_some("linked"),
    );
    let words = sentence(segment, bar);
    html! {
        <foreignObject key={task.0} x={percent(segment.start, bar.total)} y="0" width={percent(segment.length, bar.total)} height="100%">
            <button xmlns="http://www.w3.org/1999/xhtml" type="button" {class} title={words.clone()} aria-label={words}
                aria-pressed={segment.selected.to_string()}
                tabindex={if reach == Reach::InOrder { "0" } else { "-1" }}
                onclick={click(send, Intent::Select(Some(Subject::Task(task))))}
                onmouseenter={move |_| on()} onmouseleave={move |_| off()} onfocus={move |_| focus()} onblur={move |_| blur()}>
                <span class="segment-body">{ &*segment.label }</span>
            </button>
        </foreignObject>
    }
}

fn used(segment: &SegmentView, bar: &BarView) -> Option<Html> {
    let used = segment.used?.min(segment.length);
    let inset = bar.total / 160;
    let room = segment.length.saturating_sub(2 * inset);
    Some(html! {
        <rect class={classes!("used", hue_class(segment.hue))} key={format!("used-{}", segment.task.0)}
            x={percent(segment.start + inset, bar.total)} y="19.5" rx="1.5"
            width={percent((u64::from(used) * u64::from(room) / u64::from(segment.length.max(1))) as u32, bar.total)} height="3" />
    })
}

fn sentence(segment: &SegmentView, bar: &BarView) -> String {
    let used = segment.used.map(|used| format!(", {} used", thousands(used))).unwrap_or_default();
    let protected = if segment.protected { ", protected" } else { "" };
    let length = thousands(segment.length);
    format!("Task {}, {}{protected}, {} {length} {} reserved{used}", segment.name, segment.status, bar.label, bar.unit)
}

/// The style class of a segment.
pub fn style_class(style: SegmentStyle) -> &'static str {
    match style {
        SegmentStyle::Solid => "solid",
        SegmentStyle::Starting => "starting",
        SegmentStyle::Stopping => "stopping",
        SegmentStyle::Unconfirmed => "unconfirmed",
        SegmentStyle::Uncounted => "uncounted",
    }
}

/// A part of a whole as SVG wants it: `12.50%`.
pub fn percent(part: u32, whole: u32) -> String {
    let of_ten_thousand = u64::from(part) * 10_000 / u64::from(whole.max(1));
    format!("{}.{:02}%", of_ten_thousand / 100, of_ten_thousand % 100)
}

/// A number with its thousands apart: `1,024`.
pub fn thousands(number: u32) -> String {
    match number {
        0..1_000 => number.to_string(),
        1_000.. => format!("{},{:03}", thousands(number / 1_000), number % 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_per_cent_of_the_bar() {
        assert_eq!(percent(512, 2048), "25.00%");
        assert_eq!(percent(1, 3), "33.33%");
        assert_eq!(percent(0, 0), "0.00%");
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_024), "1,024");
        assert_eq!(thousands(12_000_007), "12,000,007");
    }
}
