//! A number with a button on each side.

use std::ops::RangeInclusive;

use yew::prelude::*;

use crate::ui::browser::input;
use crate::ui::icons::{Icon, icon};

#[derive(Properties, PartialEq)]
pub struct StepperProps {
    pub name: AttrValue,
    pub value: u64,
    pub range: RangeInclusive<u64>,
    #[prop_or_default]
    pub unit: AttrValue,
    pub on_change: Callback<u64>,
}

/// The number field.
#[component]
pub fn Stepper(props: &StepperProps) -> Html {
    let (least, most) = (*props.range.start(), *props.range.end());
    let by = |delta: i64| {
        let next = props.value.saturating_add_signed(delta).clamp(least, most);
        props.on_change.reform(move |_: MouseEvent| next)
    };
    let oninput = {
        let on_change = props.on_change.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(number) = input::number(&event) {
                on_change.emit(number.clamp(least, most));
            }
        })
    };
    html! {
        <span class="stepper" role="group" aria-label={&props.name}>
            <button type="button" class="icon-button" aria-label={format!("{}: one less", props.name)} onclick={by(-1)}
                disabled={props.value <= least}>{ icon(Icon::Minus) }</button>
            <input type="number" inputmode="numeric" aria-label={&props.name} value={props.value.to_string()}
                min={least.to_string()} max={most.to_string()} {oninput} />
            if !props.unit.is_empty() {
                <span class="unit">{ &props.unit }</span>
            }
            <button type="button" class="icon-button" aria-label={format!("{}: one more", props.name)} onclick={by(1)}
                disabled={props.value >= most}>{ icon(Icon::Plus) }</button>
        </span>
    }
}
