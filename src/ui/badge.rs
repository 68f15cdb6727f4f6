//! A status: icon, word and colour together; and the swatch that says which service something belongs to.

use yew::prelude::*;

use crate::session::frame::{Badge, Hue, Tone};
use crate::ui::icons::{Icon, icon};

/// Draws a status as icon, word and colour.
pub fn badge(view: &Badge) -> Html {
    html! {
        <span class={classes!("badge", tone_class(view.tone))} title={view.title.clone()}>
            { icon(tone_icon(view.tone)) }
            <span>{ &*view.word }</span>
        </span>
    }
}

/// Draws only the icon of a tone, in its colour.
pub fn tone_mark(tone: Tone) -> Html {
    html! { <span class={classes!("tone-mark", tone_class(tone))}>{ icon(tone_icon(tone)) }</span> }
}

/// The square of colour and pattern of one service or task definition.
pub fn swatch(hue: Hue) -> Html {
    html! { <span class={classes!("swatch", hue_class(hue))} aria-hidden="true"></span> }
}

/// The style class of a tone.
pub fn tone_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "tone-good",
        Tone::Moving => "tone-moving",
        Tone::Warning => "tone-warning",
        Tone::Bad => "tone-bad",
        Tone::Unknown => "tone-unknown",
        Tone::Neutral => "tone-neutral",
    }
}

/// The style class of an identity.
pub fn hue_class(hue: Hue) -> &'static str {
    const CLASSES: [&str; 8] = ["hue-0", "hue-1", "hue-2", "hue-3", "hue-4", "hue-5", "hue-6", "hue-7"];
    CLASSES[hue.0 as usize % CLASSES.len()]
}

fn tone_icon(tone: Tone) -> Icon {
    match tone {
        Tone::Good => Icon::Check,
        Tone::Moving => Icon::Moving,
        Tone::Warning => Icon::Warning,
        Tone::Bad => Icon::Cross,
        Tone::Unknown => Icon::Question,
        Tone::Neutral => Icon::Dot,
    }
}
