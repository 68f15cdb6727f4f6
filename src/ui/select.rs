//! A list of which one line is chosen, the browser's own.

use std::rc::Rc;

use yew::prelude::*;

use crate::ui::browser::input;
use crate::ui::icons::{Icon, icon};

/// One line of the list.
pub struct Line {
    pub value: AttrValue,
    pub words: AttrValue,
    pub chosen: bool,
}

impl Line {
    pub fn of(value: &Rc<str>, words: &Rc<str>, chosen: bool) -> Self {
        Self { value: value.clone().into(), words: words.clone().into(), chosen }
    }
}

/// Draws the list. `name` is what is chosen here, for assistive technology.
pub fn select(class: &'static str, name: &str, lines: impl Iterator<Item = Line>, on_choose: &Callback<String>) -> Html {
    let lines: Html = lines.map(line).collect();
    html! {
        <label {class}>
            <span class="hidden-text">{ name }</span>
            <select onchange={on_choose.reform(|event: Event| input::text(&event))}>{ lines }</select>
            { icon(Icon::Chevron) }
        </label>
    }
}

fn line(Line { value, words, chosen }: Line) -> Html {
    html! { <option {value} selected={chosen}>{ words }</option> }
}
