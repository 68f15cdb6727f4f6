//! The placement strategies and constraints of a service, as a form: ready-made combinations, a chain in order, an expression.

use yew::prelude::*;

use crate::session::frame::PlacementForm;
use crate::session::intent::Intent;
use crate::ui::browser::input;
use crate::ui::choice_button::{ChoiceButton, choice_buttons, use_unique_id};
use crate::ui::gesture::click;
use crate::ui::icons::{Icon, icon};
use crate::ui::lockable::lockable;

/// What the form asks for, spelled out.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Draft {
    strategies: Vec<String>,
    constraints: Vec<String>,
}

impl Draft {
    fn of(form: &PlacementForm) -> Self {
        let spelled = |list: &[std::rc::Rc<str>]| list.iter().map(|each| each.to_string()).collect();
        Self { strategies: spelled(&form.strategies), constraints: spelled(&form.constraints) }
    }

    fn intent(self, form: &PlacementForm) -> Intent {
        Intent::SetPlacement { service: form.service.to_string(), strategies: self.strategies, constraints: self.constraints }
    }
}

/// Draws the form.
pub fn placement_editor(form: &PlacementForm, send: &Callback<Intent>) -> Html {
    html! {
        <section class="placement" aria-label="Placement">{ lockable(form.locked, fields(form, send)) }</section>
    }
}

fn fields(form: &PlacementForm, send: &Callback<Intent>) -> Html {
    html! {
        <>
            <h4 class="overline">{ "Placement strategy" }</h4>
            <div class="chips templates" role="group" aria-label="Ready-made">
                { choice_buttons("chip", &form.templates, send) }
            </div>
            { chain(form, send) }
            <h4 class="overline">{ "Placement constraints" }</h4>
            <ChoiceButton choice={form.distinct_instance.clone()} send={send.clone()} class="small"
                pressed={form.constraints.iter().any(|each| &**each == "distinctInstance")} />
            <ul class="chain">{ for form.constraints.iter().enumerate().map(|(at, constraint)| {
                let mut without = Draft::of(form);
                without.constraints.remove(at);
                link_of_chain(constraint, without.intent(form), send)
            }) }</ul>
            <ExpressionField form={form.clone()} send={send.clone()} />
            if !form.launch_types.is_empty() {
                <h4 class="overline">{ "Launch type" }</h4>
                <div class="chips" role="group" aria-label="Launch type">
                    { choice_buttons("chip", &form.launch_types, send) }
                </div>
            }
        </>
    }
}

fn chain(form: &PlacementForm, send: &Callback<Intent>) -> Html {
    let onchange = {
        let (form, send) = (form.clone(), send.clone());
        Callback::from(move |event: Event| {
            let chosen = input::text(&event);
            if !chosen.is_empty() {
                let mut more = Draft::of(&form);
                more.strategies.push(chosen);
                send.emit(more.intent(&form));
            }
        })
    };
    html! {
        <>
            if form.strategies.is_empty() {
                <p class="quiet">{ "None given: the launch type's default applies." }</p>
            }
            <ol class="chain">{ for form.strategies.iter().enumerate().map(|(at, strategy)| {
                let mut without = Draft::of(form);
                without.strategies.remove(at);
                link_of_chain(strategy, without.intent(form), send)
            }) }</ol>
            <label class="select wide">
                <span class="hidden-text">{ "Add a strategy" }</span>
                // Made anew after each change, so that it shows its first line again.
                <select key={form.strategies.join(" ")} {onchange}>
                    <option value="" selected=true>{ "Add a strategy…" }</option>
                    { for form.strategy_options.iter().map(|option| html! { <option value={option.clone()}>{ &**option }</option> }) }
                </select>
                { icon(Icon::Chevron) }
            </label>
        </>
    }
}

fn link_of_chain(spelled: &str, without: Intent, send: &Callback<Intent>) -> Html {
    html! {
        <li>
            <code>{ spelled }</code>
            <button type="button" class="icon-button" aria-label={format!("Remove {spelled}")}
                onclick={click(send, without)}>{ icon(Icon::Close) }</button>
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct ExpressionFieldProps {
    form: PlacementForm,
    send: Callback<Intent>,
}

/// A `memberOf` expression, typed in the cluster query language.
#[component]
fn ExpressionField(props: &ExpressionFieldProps) -> Html {
    let text = use_state(String::new);
    let id = use_unique_id("expression");
    let onsubmit = {
        let (form, send, text) = (props.form.clone(), props.send.clone(), text.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if !text.trim().is_empty() {
                let mut more = Draft::of(&form);
                more.constraints.push(format!("memberOf({})", text.trim()));
                send.emit(more.intent(&form));
                text.set(String::new());
            }
        })
    };
    let oninput = {
        let text = text.setter();
        Callback::from(move |event: InputEvent| text.set(input::text(&event)))
    };
    html! {
        <form class="expression" {onsubmit}>
            <label for={id.clone()}>{ "memberOf: only servers where" }</label>
            <span class="field-row">
                <input {id} type="text" spellcheck="false" autocomplete="off" placeholder="attribute:ecs.instance-type == m5.large"
                    value={(*text).clone()} {oninput} />
                <button type="submit" class="button small">{ "Add" }</button>
            </span>
        </form>
    }
}
