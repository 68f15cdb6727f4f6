//! A message about something that did not work, until it is dismissed.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::NoticeView;
use crate::session::intent::Intent;
use crate::ui::icons::{Icon, icon};

#[derive(Properties, PartialEq)]
pub struct NoticeProps {
    pub notice: Option<Rc<NoticeView>>,
    pub send: Callback<Intent>,
}

/// The message; its place is there always, so that assistive technology hears what appears in it.
#[component]
pub fn Notice(props: &NoticeProps) -> Html {
    html! {
        <div class="notices" role="alert">
            if let Some(notice) = &props.notice {
                <div class="notice">
                    { icon(Icon::Warning) }
                    <div>
                        <b>{ &*notice.title }</b>
                        { for (!notice.lines.is_empty()).then(|| html! { <ul>{ for notice.lines.iter().map(|line| html! { <li>{ &**line }</li> }) }</ul> }) }
                    </div>
                    <button type="button" class="icon-button" aria-label="Dismiss" onclick={props.send.reform(|_: MouseEvent| Intent::DismissNotice)}>
                        { icon(Icon::Close) }
                    </button>
                </div>
            }
        </div>
    }
}
