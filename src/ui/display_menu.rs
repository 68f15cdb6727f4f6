//! The menu of display preferences.

use yew::prelude::*;

use crate::ui::display::{Display, Motion, SingleKeys, TextSize, Theme};
use crate::ui::icons::{Icon, icon};
use crate::ui::segmented::Segmented;

#[derive(Properties, PartialEq)]
pub struct DisplayMenuProps {
    pub display: Display,
    pub on_change: Callback<Display>,
}

/// The button and its menu. Opening, closing by Esc or a tap beside it, and the return of focus are the browser's.
#[component]
pub fn DisplayMenu(props: &DisplayMenuProps) -> Html {
    let display = props.display;
    html! {
        <>
            <button type="button" class="button" popovertarget="display-menu" aria-label="Display">
                { icon(Icon::Display) }<span class="wide-only">{ "Display" }</span>
            </button>
            <div id="display-menu" class="menu display-menu" popover="auto" role="group" aria-label="Display">
                { row("Theme", &Theme::ALL, display.theme, props.on_change.reform(move |theme| Display { theme, ..display })) }
                { row("Text size", &TextSize::ALL, display.text, props.on_change.reform(move |text| Display { text, ..display })) }
                { row("Motion", &Motion::ALL, display.motion, props.on_change.reform(move |motion| Display { motion, ..display })) }
                { row("Single-key shortcuts", &SingleKeys::ALL, display.keys, props.on_change.reform(move |keys| Display { keys, ..display })) }
            </div>
        </>
    }
}

fn row<T: PartialEq + Copy + 'static>(name: &'static str, all: &[(T, &'static str)], chosen: T, on_choose: Callback<T>) -> Html {
    let options: Vec<(T, AttrValue)> = all.iter().map(|(value, word)| (*value, AttrValue::Static(word))).collect();
    html! {
        <div class="menu-row">
            <span aria-hidden="true">{ name }</span>
            <Segmented<T> {name} {options} {chosen} {on_choose} class="narrow" />
        </div>
    }
}
