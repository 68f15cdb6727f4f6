//! A server in little room: its name, its state and two strips. Numbers come with selection.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{Density, ServerView, Tone};
use crate::session::intent::Intent;
use crate::ui::badge::{tone_class, tone_mark};
use crate::ui::bar_strip::bar_strip;
use crate::ui::choice_button::icon_button;
use crate::ui::ghost::ghost_slot;
use crate::ui::icons::{Icon, icon};
use crate::ui::part::Part;
use crate::ui::server_card::{head_button, presence_class, slot_choice};

/// The tile.
#[derive(PartialEq)]
pub struct ServerTile {
    pub server: Rc<ServerView>,
    pub send: Callback<Intent>,
    pub density: Density,
    pub held: Option<u32>,
    pub current: bool,
}

impl Part for ServerTile {
    fn draw(&self) -> Html {
        let ServerTile { server, send, density, held, current } = self;
        let class = classes!(
            "server",
            match density {
                Density::Full | Density::Compact => "compact",
                Density::Dense | Density::Map => "dense",
            },
            tone_class(server.state.tone),
            presence_class(server.presence),
            server.truth.is_some().then_some("differs"),
            server.selected.then_some("selected"),
        );
        html! {
            <article {class} data-drop={server.id.0.to_string()} aria-label={server.name.clone()} title={server.sentence.clone()}>
                <header>
                    { head_button(server, send, *current) }
                    if !server.faults.is_empty() {
                        <span class="struck">{ icon(Icon::Bolt) }</span>
                    }
                    if server.state.tone != Tone::Good {
                        { tone_mark(server.state.tone) }
                    }
                </header>
                { bar_strip(&server.cpu) }
                { bar_strip(&server.memory) }
                if !server.ghosts.is_empty() {
                    <ul class="ghosts" aria-label="Predicted here">{ for server.ghosts.iter().map(ghost_slot) }</ul>
                }
                { for server.ghost_slot.iter().map(|slot| icon_button("slot", Icon::Plus, &slot_choice(slot, server.id, *held), send)) }
            </article>
        }
    }
}
