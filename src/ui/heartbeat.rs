//! The arc round a server's badge: it empties with the time since the last report. Empty is unknown, not dead.

use yew::prelude::*;

use crate::session::frame::{HeartbeatState, HeartbeatView};

/// Draws the arc.
pub fn heartbeat(view: &HeartbeatView) -> Html {
    let (class, sign) = match view.state {
        HeartbeatState::Fresh => ("fresh", ""),
        HeartbeatState::Unknown => ("unknown", "?"),
        HeartbeatState::Disconnected => ("disconnected", "✕"),
        HeartbeatState::Never => ("never", "…"),
    };
    html! {
        <svg class={classes!("heartbeat", class)} viewBox="0 0 28 28" width="28" height="28" role="img" aria-label={view.label.clone()}>
            <title>{ &*view.label }</title>
            <circle class="track" cx="14" cy="14" r="11" />
            <circle class="arc" cx="14" cy="14" r="11" pathLength="1000" transform="rotate(-90 14 14)"
                stroke-dasharray={format!("{} 1000", view.left_permille.min(1000))} />
            if sign.is_empty() {
                <circle class="core" cx="14" cy="14" r="4" />
            } else {
                <text x="14" y="18.5" text-anchor="middle">{ sign }</text>
            }
        </svg>
    }
}
