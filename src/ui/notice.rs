//! A message about something that did not work, until it is dismissed.

use yew::prelude::*;

use crate::session::frame::NoticeView;
use crate::session::intent::Intent;
use crate::ui::gesture::click;
use crate::ui::icons::{Icon, icon};

/// Draws the message; its place is there always, so that assistive technology hears what appears in it.
pub fn notice(notice: Option<&NoticeView>, send: &Callback<Intent>) -> Html {
    html! {
        <div class="notices" role="alert">
            if let Some(notice) = notice {
                <div class="notice">
                    { icon(Icon::Warning) }
                    <div>
                        <b>{ &*notice.title }</b>
                        { for (!notice.lines.is_empty()).then(|| html! { <ul>{ for notice.lines.iter().map(|line| html! { <li>{ &**line }</li> }) }</ul> }) }
                    </div>
                    <button type="button" class="icon-button" aria-label="Dismiss" onclick={click(send, Intent::DismissNotice)}>
                        { icon(Icon::Close) }
                    </button>
                </div>
            }
        </div>
    }
}
