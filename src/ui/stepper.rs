//! A number with a button on each side.

use std::ops::RangeInclusive;

use yew::prelude::*;

use crate::ui::browser::input;
use crate::ui::icons::{Icon, icon};

/// Draws the number field. `name` is what is counted, `unit` in what, where that is not clear by itself.
pub fn stepper(name: &'static str, value: u64, range: RangeInclusive<u64>, unit: &str, on_change: &Callback<u64>) -> Html {
    stepper_by(name, value, range, 1, unit, on_change)
}

/// The same; the buttons change the number by `step`.
pub fn stepper_by(
    name: &'static str,
    value: u64,
    range: RangeInclusive<u64>,
    step: u64,
    unit: &str,
    on_change: &Callback<u64>,
) -> Html {
    let (least, most) = (*range.start(), *range.end());
    let by = |delta: i64| {
        let next = value.saturating_add_signed(delta).clamp(least, most);
        on_change.reform(move |_: MouseEvent| next)
    };
    let oninput = {
        let on_change = on_change.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(number) = input::number(&event) {
                on_change.emit(number.clamp(least, most));
            }
        })
    };
    html! {
        <span class="stepper" role="group" aria-label={name}>
            <button type="button" class="icon-button" aria-label={format!("{name}: {} less", amount(step))} onclick={by(-(step as i64))}
                disabled={value <= least}>{ icon(Icon::Minus) }</button>
            <input type="number" inputmode="numeric" aria-label={name} value={value.to_string()}
                min={least.to_string()} max={most.to_string()} {oninput} />
            if !unit.is_empty() {
                <span class="unit">{ unit }</span>
            }
            <button type="button" class="icon-button" aria-label={format!("{name}: {} more", amount(step))} onclick={by(step as i64)}
                disabled={value >= most}>{ icon(Icon::Plus) }</button>
        </span>
    }
}

fn amount(step: u64) -> String {
    if step == 1 { "one".to_string() } else { step.to_string() }
}
