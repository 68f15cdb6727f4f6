//! One figure over time: what it is, its exact value, and its course as a line. The table twin carries the numbers.

use std::fmt::Write;

use yew::prelude::*;

use crate::session::frame::{ChartLine, ChartView, ChartsView, LineStyle};
use crate::sim::time::Millis;
use crate::ui::badge::hue_class;

/// The drawing is so wide and high, in units of its own.
const WIDTH: u64 = 1_000;
const HEIGHT: u64 = 240;

/// Draws one chart of those that share a span of time.
pub fn chart(chart: &ChartView, charts: &ChartsView) -> Html {
    let across = |at_ms| across(charts, at_ms);
    html! {
        <figure key={chart.title} class={classes!("chart", hue_class(chart.hue))}>
            <figcaption><span>{ chart.title }</span><b>{ &*chart.value }</b></figcaption>
            <svg viewBox={format!("0 0 {WIDTH} {HEIGHT}")} preserveAspectRatio="none" width="100%" height="56" aria-hidden="true">
                { for chart.lines.iter().map(|each| line(each, chart.top, &across)) }
                <line class="chart-now" x1={across(charts.now_ms).to_string()} x2={across(charts.now_ms).to_string()} y1="0" y2={HEIGHT.to_string()} />
            </svg>
            <p class="quiet">
                { for chart.lines.iter().skip(1).map(|line| html! { <span class={classes!("chart-key", style_class(line.style))}>{ &*line.label }</span> }) }
                if !chart.note.is_empty() {
                    <span>{ &*chart.note }</span>
                }
            </p>
        </figure>
    }
}

fn style_class(style: LineStyle) -> &'static str {
    match style {
        LineStyle::Filled => "filled",
        LineStyle::Dashed => "dashed",
        LineStyle::Thin => "thin",
        LineStyle::Stepped => "stepped",
    }
}

fn line(line: &ChartLine, top: u64, across: &dyn Fn(Millis) -> u64) -> Html {
    let mut path = String::new();
    let mut ground = String::new();
    for run in line.points.split(|(_, value)| value.is_none()).filter(|run| !run.is_empty()) {
        let from = path.len();
        for (index, (at_ms, value)) in run.iter().enumerate() {
            let up = HEIGHT - value.unwrap_or(0).min(top) * (HEIGHT - 8) / top - 4;
            // Writing to a string cannot fail.
            let _ = match (index, line.style) {
                (0, _) => write!(path, "M{} {up}", across(*at_ms)),
                (_, LineStyle::Stepped) => write!(path, "H{}V{up}", across(*at_ms)),
                (_, LineStyle::Filled | LineStyle::Dashed | LineStyle::Thin) => write!(path, "L{} {up}", across(*at_ms)),
            };
        }
        let (first, last) = (across(run[0].0), across(run[run.len() - 1].0));
        let _ = write!(ground, "{}L{last} {HEIGHT}L{first} {HEIGHT}Z", &path[from..]);
    }
    html! {
        <>
            if line.style == LineStyle::Filled {
                <path class="chart-ground" d={ground} />
            }
            <path class={classes!("chart-line", style_class(line.style))} d={path} />
        </>
    }
}

fn across(charts: &ChartsView, at_ms: Millis) -> u64 {
    at_ms.clamp(charts.begin_ms, charts.end_ms).saturating_sub(charts.begin_ms) * WIDTH
        / charts.end_ms.saturating_sub(charts.begin_ms).max(1)
}
