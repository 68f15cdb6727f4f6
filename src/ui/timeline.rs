//! The timeline: play, step, speed, and a slider over everything that has been run, with a tick for each event.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{BottomTab, ClockView, Tick};
use crate::session::intent::Intent;
use crate::sim::time::{self, Millis, SECOND};
use crate::ui::badge::{hue_class, tone_class};
use crate::ui::browser::input;
use crate::ui::gesture::click;
use crate::ui::icons::{Icon, icon};
use crate::ui::part::{Part, part};
use crate::ui::select::{Line, select};

/// The bar over the full width at the bottom.
#[derive(PartialEq)]
pub struct Timeline {
    pub clock: ClockView,
    /// What is open under it, where that is for the timeline to open.
    pub bottom: Option<Option<BottomTab>>,
    pub send: Callback<Intent>,
}

impl Part for Timeline {
    fn draw(&self) -> Html {
        let Timeline { clock, send, bottom } = self;
        let (toggle, words, face) =
            if clock.playing { (Intent::Pause, "Pause", Icon::Pause) } else { (Intent::Play, "Play", Icon::Play) };
        let button = |intent: Intent, class: &'static str, words: &'static str, inside: Html| {
            let refused = clock.locked.filter(|_| intent.moves_the_run());
            html! {
                <button type="button" {class} aria-label={words} title={refused.unwrap_or(words)} aria-disabled={refused.map(|_| "true")}
                    onclick={click(send, intent)}>{ inside }</button>
            }
        };
        html! {
            <section class="timeline" aria-label="Timeline">
                <div class="transport">
                    { button(Intent::Seek(0), "icon-button to-start", "To the start", icon(Icon::ToStart)) }
                    { button(toggle, "icon-button play", words, icon(face)) }
                    { button(Intent::StepToNextEvent, "button next", "Next event", html! { <>{ icon(Icon::NextEvent) }<span>{ "Next event" }</span></> }) }
                    { button(Intent::StepBy(SECOND), "button second", "+1 s: one second further", html! { "+1 s" }) }
                    { speed(clock, send) }
                </div>
                <output class="clock" aria-label="Simulated time">{ &*clock.label }</output>
                { scrubber(clock, send) }
                { for bottom.iter().map(|open| openers(*open, send)) }
            </section>
        }
    }
}

/// The buttons that open and close what lies under the timeline.
fn openers(open: Option<BottomTab>, send: &Callback<Intent>) -> Html {
    let opener = |tab: BottomTab, words: &'static str, face: Icon| {
        let is_open = open == Some(tab);
        html! {
            <button type="button" class="button small" aria-expanded={is_open.to_string()}
                onclick={click(send, Intent::ShowBottom((!is_open).then_some(tab)))}>{ icon(face) }<span>{ words }</span></button>
        }
    };
    html! {
        <div class="openers">{ opener(BottomTab::Charts, "Charts", Icon::Charts) }{ opener(BottomTab::Commands, "Commands", Icon::Commands) }</div>
    }
}

fn speed(clock: &ClockView, send: &Callback<Intent>) -> Html {
    let current = clock.speed;
    let line =
        |speed: &u32| Line { value: speed.to_string().into(), words: format!("{speed}×").into(), chosen: *speed == current };
    let on_choose = send.reform(move |speed: String| Intent::SetSpeed(speed.parse().unwrap_or(current)));
    select("select", "Speed", clock.speeds.iter().map(line), &on_choose)
}

/// A native slider, so that keys, touch and assistive technology work as everywhere; what it looks like is drawn under it.
fn scrubber(clock: &ClockView, send: &Callback<Intent>) -> Html {
    let ClockView { begin_ms: begin, now_ms: now, end_ms: end, .. } = *clock;
    let oninput = {
        let send = send.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(at) = input::number(&event) {
                send.emit(Intent::Seek(at));
            }
        })
    };
    html! {
        <div class="scrubber">
            <svg class="scrub-track" width="100%" height="36" aria-hidden="true">
                { part("ticks", Ticks { ticks: clock.ticks.clone(), begin_ms: begin, end_ms: end }) }
                <rect class="whole" x="0" y="20" width="100%" height="4" rx="2" />
                <rect class="done" x="0" y="20" width={share(begin, now, end)} height="4" rx="2" />
                <circle class="thumb" cx={share(begin, now, end)} cy="22" r="8" />
            </svg>
            // Any step: else the browser rounds, and the slider would not stand where the run does.
            <input type="range" aria-label="Time" min={begin.to_string()} max={end.to_string()} step="any" value={now.to_string()}
                disabled={clock.locked.is_some()} title={clock.locked}
                aria-valuetext={format!("{} of {}", time::clock(now), time::clock(end))} {oninput} />
            <span class="scrub-end" aria-hidden="true">{ time::clock(end) }</span>
            { for clock.ticks.iter().rfind(|tick| tick.at_ms <= now).map(|tick| html! {
                <p class="scrub-note quiet">{ time::clock(tick.at_ms) }{ " " }<span>{ &*tick.label }</span></p>
            }) }
        </div>
    }
}

#[derive(PartialEq)]
struct Ticks {
    ticks: Rc<Vec<Tick>>,
    begin_ms: Millis,
    end_ms: Millis,
}

impl Part for Ticks {
    fn draw(&self) -> Html {
        let tick = |tick: &Tick| {
            let class = classes!("tick", tone_class(tick.tone), tick.hue.map(hue_class));
            html! {
                <rect {class} x={share(self.begin_ms, tick.at_ms, self.end_ms)} y="6" width="2" height="12" rx="1" />
            }
        };
        html! { <g>{ for self.ticks.iter().map(tick) }</g> }
    }
}

fn share(begin: Millis, at: Millis, end: Millis) -> String {
    let of_ten_thousand = at.clamp(begin, end).saturating_sub(begin) * 10_000 / end.saturating_sub(begin).max(1);
    format!("{}.{:02}%", of_ten_thousand / 100, of_ten_thousand % 100)
}
