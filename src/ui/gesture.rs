//! A click that means one intent.

use yew::prelude::*;

use crate::session::intent::Intent;

/// Sends the intent at each click.
pub fn click(send: &Callback<Intent>, intent: Intent) -> Callback<MouseEvent> {
    send.reform(move |_| intent.clone())
}
