//! The timeline: play, step, speed, and a slider over everything that has been run, with a tick for each event.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{ClockView, Tick};
use crate::session::intent::Intent;
use crate::sim::time::{self, Millis, SECOND};
use crate::ui::badge::{hue_class, tone_class};
use crate::ui::browser::input;
use crate::ui::icons::{Icon, icon};

#[derive(Properties, PartialEq)]
pub struct TimelineProps {
    pub clock: ClockView,
    pub send: Callback<Intent>,
}

/// The bar over the full width at the bottom.
#[component]
pub fn Timeline(props: &TimelineProps) -> Html {
    let TimelineProps { clock, send } = props;
    let (toggle, words, face) =
        if clock.playing { (Intent::Pause, "Pause", Icon::Pause) } else { (Intent::Play, "Play", Icon::Play) };
    html! {
        <section class="timeline" aria-label="Timeline">
            <div class="transport">
                { button(send, Intent::Seek(0), "To the start", Icon::ToStart, "icon-button to-start") }
                { button(send, toggle, words, face, "icon-button play") }
                { labelled(send, Intent::StepToNextEvent, "Next event", Icon::NextEvent) }
                <button type="button" class="button second" onclick={send.reform(|_: MouseEvent| Intent::StepBy(SECOND))}
                    aria-label="+1 s: one second further">{ "+1 s" }</button>
                { speed(clock, send) }
            </div>
            <output class="clock" aria-label="Simulated time">{ &*clock.label }</output>
            <Scrubber now_ms={clock.now_ms} end_ms={clock.end_ms} ticks={clock.ticks.clone()} send={send.clone()} />
        </section>
    }
}

fn button(send: &Callback<Intent>, intent: Intent, words: &'static str, face: Icon, class: &'static str) -> Html {
    html! {
        <button type="button" {class} aria-label={words} title={words} onclick={send.reform(move |_: MouseEvent| intent.clone())}>
            { icon(face) }
        </button>
    }
}

fn labelled(send: &Callback<Intent>, intent: Intent, words: &'static str, face: Icon) -> Html {
    html! {
        <button type="button" class="button next" aria-label={words} onclick={send.reform(move |_: MouseEvent| intent.clone())}>
            { icon(face) }<span>{ words }</span>
        </button>
    }
}

fn speed(clock: &ClockView, send: &Callback<Intent>) -> Html {
    let current = clock.speed;
    let onchange = {
        let send = send.clone();
        Callback::from(move |event: Event| {
            if let Some(speed) = input::number(&event) {
                send.emit(Intent::SetSpeed(u32::try_from(speed).unwrap_or(current)));
            }
        })
    };
    html! {
        <label class="select">
            <span class="hidden-text">{ "Speed" }</span>
            <select {onchange}>
                { for clock.speeds.iter().map(|speed| html! {
                    <option value={speed.to_string()} selected={*speed == current}>{ format!("{speed}×") }</option>
                }) }
            </select>
            { icon(Icon::Chevron) }
        </label>
    }
}

#[derive(Properties, PartialEq)]
struct ScrubberProps {
    now_ms: Millis,
    end_ms: Millis,
    ticks: Rc<Vec<Tick>>,
    send: Callback<Intent>,
}

/// A native slider, so that keys, touch and assistive technology work as everywhere; what it looks like is drawn under it.
#[component]
fn Scrubber(props: &ScrubberProps) -> Html {
    let end = props.end_ms.max(1);
    let oninput = {
        let send = props.send.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(at) = input::number(&event) {
                send.emit(Intent::Seek(at));
            }
        })
    };
    html! {
        <div class="scrubber">
            <svg class="scrub-track" width="100%" height="36" aria-hidden="true">
                <Ticks ticks={props.ticks.clone()} end_ms={end} />
                <rect class="whole" x="0" y="20" width="100%" height="4" rx="2" />
                <rect class="done" x="0" y="20" width={share(props.now_ms, end)} height="4" rx="2" />
                <circle class="thumb" cx={share(props.now_ms, end)} cy="22" r="8" />
            </svg>
            <input type="range" aria-label="Time" min="0" max={end.to_string()} step="100" value={props.now_ms.to_string()}
                aria-valuetext={format!("{} of {}", time::clock(props.now_ms), time::clock(props.end_ms))} {oninput} />
            <span class="scrub-end" aria-hidden="true">{ time::clock(props.end_ms) }</span>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct TicksProps {
    ticks: Rc<Vec<Tick>>,
    end_ms: Millis,
}

#[component]
fn Ticks(props: &TicksProps) -> Html {
    let tick = |tick: &Tick| {
        let class = classes!("tick", tone_class(tick.tone), tick.hue.map(hue_class));
        html! {
            <rect {class} x={share(tick.at_ms, props.end_ms)} y="6" width="2" height="12" rx="1" />
        }
    };
    html! { <g>{ for props.ticks.iter().map(tick) }</g> }
}

fn share(at: Millis, end: Millis) -> String {
    let of_ten_thousand = at.min(end) * 10_000 / end.max(1);
    format!("{}.{:02}%", of_ten_thousand / 100, of_ten_thousand % 100)
}
