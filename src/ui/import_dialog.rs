//! Bringing a task definition: pasted, dropped or chosen; checked while it is typed; registered and run once.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::ImportCheckView;
use crate::session::intent::Intent;
use crate::ui::browser::{file_drop, input};
use crate::ui::choice_button::use_unique_id;
use crate::ui::icons::{Icon, icon};
use crate::ui::modal::Modal;

/// A small one to begin with.
const EXAMPLE: &str = r#"{
  "family": "hello",
  "networkMode": "awsvpc",
  "requiresCompatibilities": ["EC2", "FARGATE"],
  "cpu": "256",
  "memory": "512",
  "containerDefinitions": [
    {
      "name": "web",
      "image": "public.ecr.aws/nginx/nginx:stable",
      "essential": true,
      "portMappings": [{ "containerPort": 80 }]
    }
  ]
}"#;

#[derive(Properties, PartialEq)]
pub struct ImportDialogProps {
    /// The text so far; closed when there is none.
    pub text: Option<AttrValue>,
    pub check: Option<Rc<ImportCheckView>>,
    pub on_text: Callback<Option<String>>,
    pub send: Callback<Intent>,
}

/// The dialog.
#[component]
pub fn ImportDialog(props: &ImportDialogProps) -> Html {
    let ImportDialogProps { text, check, on_text, send } = props;
    let on_close = on_text.reform(|()| None);
    html! {
        <Modal title="Bring a task definition" open={text.is_some()} {on_close}>
            <Form text={text.clone().unwrap_or_default()} check={check.clone()} on_text={on_text.clone()} send={send.clone()} />
        </Modal>
    }
}

#[derive(Properties, PartialEq)]
struct FormProps {
    text: AttrValue,
    check: Option<Rc<ImportCheckView>>,
    on_text: Callback<Option<String>>,
    send: Callback<Intent>,
}

#[component]
fn Form(props: &FormProps) -> Html {
    let FormProps { text, check, on_text, send } = props;
    let (id, result_id) = (use_unique_id("definition"), use_unique_id("definition-check"));
    let take = {
        let (on_text, send) = (on_text.clone(), send.clone());
        Callback::from(move |text: String| {
            send.emit(Intent::CheckTaskDefinition(text.clone()));
            on_text.emit(Some(text));
        })
    };
    let good = check.as_ref().is_some_and(|check| check.good.is_some()) && !text.trim().is_empty();
    let register = {
        let (text, send, on_text) = (text.to_string(), send.clone(), on_text.clone());
        Callback::from(move |_: MouseEvent| {
            if good {
                send.emit(Intent::ImportTaskDefinition(text.clone()));
                on_text.emit(None);
            }
        })
    };
    let on_file = {
        let take = take.clone();
        Callback::from(move |event: Event| file_drop::read_chosen(&event, take.clone()))
    };
    html! {
        <>
            <label for={id.clone()}>{ "Paste the JSON of a task definition, drop a file anywhere on the page, or choose one. It never leaves this browser." }</label>
            <textarea id={id} spellcheck="false" autocomplete="off" rows="14" aria-describedby={result_id.clone()} value={text.clone()}
                oninput={take.reform(|event: InputEvent| input::text(&event))} />
            <div id={result_id} class="import-check" role="status">
                { for check.iter().filter(|_| !text.trim().is_empty()).map(|check| result(check)) }
            </div>
            <div class="actions">
                <button type="button" class="button primary" aria-disabled={(!good).to_string()} onclick={register}>{ "Register and run one task" }</button>
                <label class="button file">
                    <span>{ "Choose a file" }</span>
                    <input type="file" accept=".json,application/json" onchange={on_file} />
                </label>
                <button type="button" class="button" onclick={take.reform(|_: MouseEvent| EXAMPLE.to_string())}>{ "Use an example" }</button>
            </div>
        </>
    }
}

fn result(check: &ImportCheckView) -> Html {
    let line = |class: &'static str, sign: Icon| move |words: &Rc<str>| html! { <li {class}>{ icon(sign) }<span>{ &**words }</span></li> };
    html! {
        <ul>
            { for check.good.iter().map(line("good", Icon::Check)) }
            { for check.errors.iter().map(line("error", Icon::Cross)) }
            { for check.notes.iter().map(line("note", Icon::Dot)) }
        </ul>
    }
}
