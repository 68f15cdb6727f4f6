//! The timeline: play, step, speed, and a slider over everything that has been run, with a tick for each event.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{ClockView, Tick};
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
    pub send: Callback<Intent>,
}

impl Part for Timeline {
    fn draw(&self) -> Html {
        let Timeline { clock, send } = self;
        let (toggle, words, face) =
            if clock.playing { (Intent::Pause, "Pause", Icon::Pause) } else { (Intent::Play, "Play", Icon::Play) };
        html! {
            <section class="timeline" aria-label="Timeline">
                <div class="transport">
                    { button(send, Intent::Seek(0), "To the start", Icon::ToStart, "icon-button to-start") }
                    { button(send, toggle, words, face, "icon-button play") }
                    { labelled(send, Intent::StepToNextEvent, "Next event", Icon::NextEvent) }
                    <button type="button" class="button second" onclick={click(send, Intent::StepBy(SECOND))}
                        aria-label="+1 s: one second further">{ "+1 s" }</button>
                    { speed(clock, send) }
                </div>
                <output class="clock" aria-label="Simulated time">{ &*clock.label }</output>
                { scrubber(clock, send) }
            </section>
        }
    }
}

fn button(send: &Callback<Intent>, intent: Intent, words: &'static str, face: Icon, class: &'static str) -> Html {
    html! {
        <button type="button" {class} aria-label={words} title={words} onclick={click(send, intent)}>
            { icon(face) }
        </button>
    }
}

fn labelled(send: &Callback<Intent>, intent: Intent, words: &'static str, face: Icon) -> Html {
    html! {
        <button type="button" class="button next" aria-label={words} onclick={click(send, intent)}>
            { icon(face) }<span>{ words }</span>
        </button>
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
    let (now, end) = (clock.now_ms, clock.end_ms.max(1));
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
                { part("ticks", Ticks { ticks: clock.ticks.clone(), end_ms: end }) }
                <rect class="whole" x="0" y="20" width="100%" height="4" rx="2" />
                <rect class="done" x="0" y="20" width={share(now, end)} height="4" rx="2" />
                <circle class="thumb" cx={share(now, end)} cy="22" r="8" />
            </svg>
            <input type="range" aria-label="Time" min="0" max={end.to_string()} step="100" value={now.to_string()}
                aria-valuetext={format!("{} of {}", time::clock(now), time::clock(clock.end_ms))} {oninput} />
            <span class="scrub-end" aria-hidden="true">{ time::clock(clock.end_ms) }</span>
        </div>
    }
}

#[derive(PartialEq)]
struct Ticks {
    ticks: Rc<Vec<Tick>>,
    end_ms: Millis,
}

impl Part for Ticks {
    fn draw(&self) -> Html {
        let tick = |tick: &Tick| {
            let class = classes!("tick", tone_class(tick.tone), tick.hue.map(hue_class));
            html! {
                <rect {class} x={share(tick.at_ms, self.end_ms)} y="6" width="2" height="12" rx="1" />
            }
        };
        html! { <g>{ for self.ticks.iter().map(tick) }</g> }
    }
}

fn share(at: Millis, end: Millis) -> String {
    let of_ten_thousand = at.min(end) * 10_000 / end.max(1);
    format!("{}.{:02}%", of_ten_thousand / 100, of_ten_thousand % 100)
}
