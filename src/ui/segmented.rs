//! A switch between a few choices, all in sight.

use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct SegmentedProps<T: PartialEq> {
    /// What is chosen here.
    pub name: AttrValue,
    pub options: Vec<(T, AttrValue)>,
    pub chosen: T,
    pub on_choose: Callback<T>,
    #[prop_or_default]
    pub class: Classes,
}

/// The switch.
#[component]
pub fn Segmented<T: PartialEq + Copy + 'static>(props: &SegmentedProps<T>) -> Html {
    let option = |(value, label): &(T, AttrValue)| {
        let value = *value;
        let onclick = props.on_choose.reform(move |_: MouseEvent| value);
        html! {
            <button type="button" aria-pressed={(value == props.chosen).to_string()} {onclick}>{ label }</button>
        }
    };
    html! {
        <div class={classes!("segmented", props.class.clone())} role="group" aria-label={&props.name}>
            { for props.options.iter().map(option) }
        </div>
    }
}
