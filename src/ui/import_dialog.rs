//! Bringing a task definition: pasted, dropped or chosen; checked while it is typed; registered and run once.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::ImportCheckView;
use crate::session::intent::Intent;
use crate::ui::browser::{file_drop, input};
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

/// Draws the dialog over the text so far; it is closed when there is none.
pub fn import_dialog(
    text: Option<&AttrValue>,
    check: Option<&ImportCheckView>,
    on_text: &Callback<Option<String>>,
    on_close: &Callback<()>,
    send: &Callback<Intent>,
) -> Html {
    html! {
        <Modal title="Bring a task definition" open={text.is_some()} on_close={on_close.clone()}>
            { for text.map(|text| form(text, check, on_text, send)) }
        </Modal>
    }
}

fn form(text: &AttrValue, check: Option<&ImportCheckView>, on_text: &Callback<Option<String>>, send: &Callback<Intent>) -> Html {
    let take = {
        let (on_text, send) = (on_text.clone(), send.clone());
        Callback::from(move |text: String| {
            send.emit(Intent::CheckTaskDefinition(text.clone()));
            on_text.emit(Some(text));
        })
    };
    let good = check.is_some_and(|check| check.good.is_some()) && !text.trim().is_empty();
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
            <label for="definition">{ "Paste the JSON of a task definition, drop a file anywhere on the page, or choose one. It never leaves this browser." }</label>
            <textarea id="definition" spellcheck="false" autocomplete="off" rows="14" aria-describedby="definition-check" value={text.clone()}
                oninput={take.reform(|event: InputEvent| input::text(&event))} />
            <div id="definition-check" class="import-check" role="status">
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
