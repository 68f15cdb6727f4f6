//! One service in the control plane: what is desired, what is believed to run, and its state.

use yew::prelude::*;

use crate::session::frame::ServiceView;
use crate::session::intent::{Intent, Subject};
use crate::ui::badge::{badge, hue_class, swatch};
use crate::ui::choice_button::icon_button;
use crate::ui::gesture::click;
use crate::ui::icons::Icon;
use crate::ui::later::later;

/// More tasks than this are told by the numbers alone.
const MOST_DOTS: u32 = 8;

/// From one dot to the next, in pixels.
const DOT_STEP: u32 = 11;

/// Draws the row.
pub fn service_row(service: &ServiceView, send: &Callback<Intent>) -> Html {
    html! {
        <div class={classes!("service", hue_class(service.hue), service.selected.then_some("selected"))}>
            <button type="button" class="service-name" aria-pressed={service.selected.to_string()}
                title={format!("{} · {}", service.kind, service.launch_type)}
                onclick={click(send, Intent::Select(Some(Subject::Service(service.id))))}>
                { swatch(service.hue) }<span>{ &*service.name }</span>
            </button>
            <span class="desired">
                { for service.fewer.iter().map(|fewer| icon_button("", Icon::Minus, fewer, send)) }
                <b class="number"><span class="hidden-text">{ "desired " }</span>{ service.desired }</b>
                { for service.more.iter().map(|more| icon_button("", Icon::Plus, more, send)) }
            </span>
            <span class="running">
                <b class="number"><span class="hidden-text">{ "running " }</span>{ service.running }</b>
                { dots(service) }
                if let Some(true_count) = service.truly_running {
                    <span class="in-truth" title="What is true differs from what ECS knows">{ format!("in truth {true_count}") }</span>
                }
            </span>
            { badge(&service.state) }
        </div>
    }
}

/// The deployment under the row.
pub fn deployment(service: &ServiceView, send: &Callback<Intent>) -> Html {
    let shown = later().zip(service.ribbon.as_ref()).map(|(later, ribbon)| (later.ribbon)(ribbon, send));
    shown.map_or_else(Html::default, |ribbon| html! { <div class={hue_class(service.hue)}>{ ribbon }</div> })
}

/// A dot for each desired task: filled running, half on its way, empty missing.
fn dots(service: &ServiceView) -> Html {
    let total = service.desired.max(service.running + service.pending);
    if total > MOST_DOTS {
        return html! {};
    }
    let class = |at: u32| match at {
        at if at < service.running => "on",
        at if at < service.running + service.pending => "half",
        _ => "off",
    };
    html! {
        <svg class="dots" width={(total * DOT_STEP).to_string()} height="12" aria-hidden="true">
            { for (0..total).map(|at| html! {
                <circle class={class(at)} cx={(at * DOT_STEP + DOT_STEP / 2).to_string()} cy="6" r="3.75" />
            }) }
        </svg>
    }
}
