//! The menu of display preferences.

use yew::prelude::*;

use crate::ui::display::{Display, Motion, SingleKeys, TextSize, Theme};
use crate::ui::icons::{Icon, icon};
use crate::ui::later::{coming, later};
use crate::ui::segmented::segmented;

/// Draws the button and its menu. Opening, closing by Esc or a tap beside it, and the return of focus are the browser's.
pub fn display_menu(display: Display, on_change: &Callback<Display>) -> Html {
    html! {
        <>
            <button type="button" class="button" popovertarget="display-menu" aria-label="Display">
                { icon(Icon::Display) }<span class="wide-only">{ "Display" }</span>
            </button>
            <div id="display-menu" class="menu display-menu" popover="auto" role="group" aria-label="Display">
                { later().map_or_else(coming, |later| (later.display_rows)(display, on_change)) }
            </div>
        </>
    }
}

/// What is in the menu.
pub fn display_rows(display: Display, on_change: &Callback<Display>) -> Html {
    html! {
        <>
            { row("Theme", &Theme::ALL, display.theme, on_change.reform(move |theme| Display { theme, ..display })) }
            { row("Text size", &TextSize::ALL, display.text, on_change.reform(move |text| Display { text, ..display })) }
            { row("Motion", &Motion::ALL, display.motion, on_change.reform(move |motion| Display { motion, ..display })) }
            { row("Single-key shortcuts", &SingleKeys::ALL, display.keys, on_change.reform(move |keys| Display { keys, ..display })) }
        </>
    }
}

fn row<T: PartialEq + Copy + 'static>(name: &'static str, all: &[(T, &'static str)], chosen: T, on_choose: Callback<T>) -> Html {
    let switch = segmented("narrow", name, all, chosen, &on_choose);
    html! {
        <div class="menu-row">
            <span aria-hidden="true">{ name }</span>
            { switch }
        </div>
    }
}
