//! The row of tabs over a panel: one stop for Tab, arrows between them.

use yew::prelude::*;

use crate::ui::browser::focus;
use crate::ui::icons::{Icon, icon};

/// One tab: what it stands for, its words, and an icon where there is room for little else.
#[derive(Clone, PartialEq)]
pub struct Tab<T> {
    pub value: T,
    /// Part of its id: `why`.
    pub slug: &'static str,
    pub label: &'static str,
    pub icon: Option<Icon>,
    /// A number that asks to be looked at.
    pub count: Option<usize>,
}

#[derive(Properties, PartialEq)]
pub struct TabsProps<T: PartialEq> {
    pub name: AttrValue,
    pub tabs: Vec<Tab<T>>,
    pub chosen: T,
    pub on_choose: Callback<T>,
    #[prop_or_default]
    pub class: Classes,
}

/// The id of the panel that belongs to a tab.
pub fn panel_id(slug: &str) -> String {
    format!("panel-{slug}")
}

/// The id of a tab.
pub fn tab_id(slug: &str) -> String {
    format!("tab-{slug}")
}

/// The row of tabs.
#[component]
pub fn Tabs<T: PartialEq + Copy + 'static>(props: &TabsProps<T>) -> Html {
    let onkeydown = {
        let (tabs, chosen, on_choose) = (props.tabs.clone(), props.chosen, props.on_choose.clone());
        Callback::from(move |event: KeyboardEvent| {
            if let Some(tab) = neighbour(&tabs, chosen, &event.key()) {
                event.prevent_default();
                on_choose.emit(tab.value);
                focus::on_id(&tab_id(tab.slug));
            }
        })
    };
    let draw = |tab: &Tab<T>| {
        let (value, selected) = (tab.value, tab.value == props.chosen);
        html! {
            <button type="button" role="tab" id={tab_id(tab.slug)} aria-selected={selected.to_string()}
                aria-controls={selected.then(|| panel_id(tab.slug))} tabindex={if selected { "0" } else { "-1" }}
                onclick={props.on_choose.reform(move |_: MouseEvent| value)}>
                { for tab.icon.map(icon) }
                <span>{ tab.label }</span>
                if let Some(count) = tab.count.filter(|count| *count > 0) {
                    <span class="count">{ count }</span>
                }
            </button>
        }
    };
    html! {
        <div class={classes!("tabs", props.class.clone())} role="tablist" aria-label={&props.name} {onkeydown}>
            { for props.tabs.iter().map(draw) }
        </div>
    }
}

fn neighbour<'a, T: PartialEq>(tabs: &'a [Tab<T>], chosen: T, key: &str) -> Option<&'a Tab<T>> {
    let at = tabs.iter().position(|tab| tab.value == chosen)?;
    let next = match key {
        "ArrowRight" => (at + 1) % tabs.len(),
        "ArrowLeft" => (at + tabs.len() - 1) % tabs.len(),
        "Home" => 0,
        "End" => tabs.len() - 1,
        _ => return None,
    };
    tabs.get(next)
}
