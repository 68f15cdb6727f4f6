//! The row of tabs over a panel: one stop for Tab, arrows between them.

use std::rc::Rc;

use yew::prelude::*;

use crate::ui::browser::focus;
use crate::ui::icons::{Icon, icon};

/// One tab: its words, and an icon where there is room for little else.
#[derive(Clone, Copy, PartialEq)]
pub struct Tab {
    /// Part of its id: `why`.
    pub slug: &'static str,
    pub label: &'static str,
    pub icon: Option<Icon>,
}

/// The id of the panel that belongs to a tab.
pub fn panel_id(slug: &str) -> String {
    format!("panel-{slug}")
}

/// The id of a tab.
pub fn tab_id(slug: &str) -> String {
    format!("tab-{slug}")
}

/// Draws the row of tabs; they are told apart by their places in it.
pub fn tabs(class: &'static str, name: &'static str, tabs: &[Tab], chosen: usize, on_choose: &Callback<usize>) -> Html {
    let onkeydown = {
        let (slugs, on_choose) = (tabs.iter().map(|tab| tab.slug).collect::<Rc<[_]>>(), on_choose.clone());
        Callback::from(move |event: KeyboardEvent| {
            if let Some(next) = neighbour(slugs.len(), chosen, &event.key()) {
                event.prevent_default();
                on_choose.emit(next);
                focus::on_id(&tab_id(slugs[next]));
            }
        })
    };
    let draw = |(at, tab): (usize, &Tab)| {
        let selected = at == chosen;
        html! {
            <button type="button" role="tab" id={tab_id(tab.slug)} aria-selected={selected.to_string()}
                aria-controls={selected.then(|| panel_id(tab.slug))} tabindex={if selected { "0" } else { "-1" }}
                onclick={on_choose.reform(move |_: MouseEvent| at)}>
                { for tab.icon.map(icon) }
                <span>{ tab.label }</span>
            </button>
        }
    };
    html! {
        <div class={classes!("tabs", class)} role="tablist" aria-label={name} {onkeydown}>
            { for tabs.iter().enumerate().map(draw) }
        </div>
    }
}

fn neighbour(count: usize, at: usize, key: &str) -> Option<usize> {
    match key {
        "ArrowRight" => Some((at + 1) % count),
        "ArrowLeft" => Some((at + count - 1) % count),
        "Home" => Some(0),
        "End" => Some(count - 1),
        _ => None,
    }
}
