//! Any form that the frame asks for: fields with names and ranges, and one button. What stands in the fields is kept here until it is sent.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{Control, FieldValue, FieldView, FormGroup, FormView};
use crate::session::intent::Intent;
use crate::ui::browser::input;
use crate::ui::choice_button::use_unique_id;
use crate::ui::icons::{Icon, icon};
use crate::ui::lockable::lockable;
use crate::ui::segmented::segmented_words;
use crate::ui::select::{Line, select};
use crate::ui::stepper::stepper_by;
use crate::ui::words_here::{self, WordsHere};

/// A pick of so many is laid out in sight; more become a list.
const MOST_IN_SIGHT: usize = 3;

/// Draws groups of forms, each folded away.
pub fn form_groups(groups: &[FormGroup], send: &Callback<Intent>) -> Html {
    html! {
        <div class="form-groups">{ for groups.iter().map(|group| html! {
            <details key={group.title} class="fault-group">
                <summary>{ icon(group_icon(group.title)) }<span>{ group.title }</span><span class="quiet"></span>{ icon(Icon::Chevron) }</summary>
                <div class="form-group"><WordsHere text={words_here::of_group(group)} folded=true />
                    { for group.forms.iter().map(|each| form(each, send)) }</div>
            </details>
        }) }</div>
    }
}

fn group_icon(title: &str) -> Icon {
    match title {
        "Deployments" => Icon::Redo,
        "Traffic" => Icon::Network,
        "Capacity" => Icon::Server,
        "Scaling and alarms" => Icon::Charts,
        _ => Icon::Zone,
    }
}

/// Draws one form.
pub fn form(form: &FormView, send: &Callback<Intent>) -> Html {
    html! { <Form key={format!("{:?} {}", form.kind, form.of)} form={form.clone()} send={send.clone()} /> }
}

#[derive(Properties, PartialEq)]
struct FormProps {
    form: FormView,
    send: Callback<Intent>,
}

/// What the learner has put in, where it is not what stood there.
type Draft = Vec<(&'static str, FieldValue)>;

#[component]
fn Form(props: &FormProps) -> Html {
    let draft = use_state(Draft::new);
    let id = use_unique_id("form");
    let FormProps { form, send } = props;
    let kept = |field: &FieldView| {
        let kept = draft.iter().find(|(key, _)| *key == field.key).map(|(_, value)| value);
        kept.filter(|kept| field.control.takes(kept)).cloned()
    };
    let preset = form.preset(&|field| kept(field).unwrap_or_else(|| field.control.value()));
    let value = |field: &FieldView| {
        let set = || preset?.values.iter().find(|(key, value)| *key == field.key && field.control.takes(value));
        kept(field).or_else(|| set().map(|(_, value)| value.clone())).unwrap_or_else(|| field.control.value())
    };
    let asked = form.asked(&value);
    let filled: Draft = asked.iter().map(|field| (field.key, value(field))).collect();
    let onsubmit = {
        let (send, kind) = (send.clone(), form.kind);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            send.emit(Intent::Submit(kind, filled.clone()));
        })
    };
    let fields = asked.into_iter().map(|field| {
        let key = field.key;
        let draft = draft.clone();
        let keep = Callback::from(move |value: FieldValue| {
            let mut next = (*draft).clone();
            next.retain(|(known, _)| *known != key);
            next.push((key, value));
            draft.set(next);
        });
        draw(field, &value(field), &keep)
    });
    let fields: Html = fields.collect();
    html! {
        <form class="form asked" aria-labelledby={id.clone()} {onsubmit}>
            <h3 {id}>{ form.title }</h3>
            if !form.line.is_empty() {
                <p class="quiet">{ &*form.line }</p>
            }
            if preset.is_some() {
                <p class="quiet set-now">{ "It begins with what is set now." }</p>
            }
            { lockable(form.locked, html! { <>{ fields }<button type="submit" class="button small primary">{ form.submit }</button></> }) }
        </form>
    }
}

fn draw(field: &FieldView, value: &FieldValue, keep: &Callback<FieldValue>) -> Html {
    let label = field.label;
    let text = keep.reform(FieldValue::Text);
    match (&field.control, value) {
        (Control::Number { least, most, step, unit, .. }, FieldValue::Number(number)) => html! {
            <div class="field"><span aria-hidden="true">{ label }</span>
                { stepper_by(label, *number, *least..=*most, *step, unit, &keep.reform(FieldValue::Number)) }</div>
        },
        (Control::Pick { options, .. }, FieldValue::Text(_)) if options.len() == 1 => html! {
            <p class="field"><span>{ label }</span><b>{ &*options[0].1 }</b></p>
        },
        (Control::Pick { options, .. }, FieldValue::Text(chosen)) if options.len() <= MOST_IN_SIGHT => {
            let options: Vec<_> = options.iter().map(|(value, words)| (value.clone(), words.clone())).collect();
            html! {
                <div class="field stacked"><span aria-hidden="true">{ label }</span>{ segmented_words("narrow", label, &options, chosen, &text) }</div>
            }
        }
        (Control::Pick { options, .. }, FieldValue::Text(chosen)) => {
            let lines = options.iter().map(|(value, words)| Line::of(value, words, **value == **chosen));
            html! { <div class="field stacked"><span aria-hidden="true">{ label }</span>{ select("select wide", label, lines, &text) }</div> }
        }
        (Control::Text(_), FieldValue::Text(typed)) => {
            let oninput = text.reform(|event: InputEvent| input::text(&event));
            html! {
                <div class="field stacked"><span aria-hidden="true">{ label }</span>
                    <input type="text" aria-label={label} value={typed.clone()} {oninput} spellcheck="false" autocomplete="off" /></div>
            }
        }
        (Control::Switch(_), FieldValue::Flag(on)) => {
            let (on, keep) = (*on, keep.clone());
            html! {
                <button type="button" class="switch" role="switch" aria-checked={on.to_string()}
                    onclick={move |_: MouseEvent| keep.emit(FieldValue::Flag(!on))}><span class="switch-track" aria-hidden="true"></span><span>{ label }</span></button>
            }
        }
        (Control::Number { .. } | Control::Pick { .. } | Control::Text(_) | Control::Switch(_) | Control::Fixed(_), _) => {
            html! {}
        }
    }
}

/// Forms as a part of the page.
#[derive(PartialEq)]
pub struct Forms {
    pub groups: Rc<Vec<FormGroup>>,
    pub send: Callback<Intent>,
}

impl crate::ui::part::Part for Forms {
    fn draw(&self) -> Html {
        form_groups(&self.groups, &self.send)
    }
}
