//! What opens under the timeline: charts with their table twin, or the list of commands. As high as the learner makes it.

use yew::prelude::*;

use crate::session::frame::{BottomTab, BottomView, ChartsView, CommandRow, CommandsView};
use crate::session::intent::Intent;
use crate::ui::badge::tone_class;
use crate::ui::browser::drag;
use crate::ui::chart::chart;
use crate::ui::choice_button::ChoiceButton;
use crate::ui::gesture::click;
use crate::ui::icons::{Icon, icon};
use crate::ui::tabs::{Tab, panel_id, tab_id, tabs};

/// Heights that the panel can have, as classes of the style sheet know them.
const LEAST: u8 = 1;
const MOST: u8 = 6;
const USUAL: u8 = 2;
/// From one height to the next, in pixels.
const STEP_PX: i32 = 72;

#[derive(Properties, PartialEq)]
pub struct BottomPanelProps {
    pub bottom: BottomView,
    /// The panel is a pane of a narrow screen: it takes the room there is.
    pub whole_pane: bool,
    pub send: Callback<Intent>,
}

/// The panel.
#[component]
pub fn BottomPanel(props: &BottomPanelProps) -> Html {
    let height = use_state(|| USUAL);
    let as_table = use_state(|| false);
    let BottomPanelProps { bottom, whole_pane, send } = props;
    let (chosen, slug) = match bottom {
        BottomView::Charts(_) => (0, "charts"),
        BottomView::Commands(_) => (1, "commands"),
    };
    let all = [("charts", "Charts"), ("commands", "Commands")].map(|(slug, label)| Tab { slug, label, icon: None });
    let on_choose =
        send.reform(|at: usize| Intent::ShowBottom(Some(if at == 0 { BottomTab::Charts } else { BottomTab::Commands })));
    let shown = *as_table;
    let toggle = {
        let as_table = as_table.setter();
        move |_: MouseEvent| as_table.set(!shown)
    };
    let class = classes!("bottom", (!whole_pane).then(|| format!("high-{}", *height)));
    html! {
        <section {class} aria-label="Charts and commands">
            if !whole_pane {
                <Grip height={*height} on_height={let height = height.setter(); Callback::from(move |high| height.set(high))} />
            }
            <header>
                { tabs("bottom-tabs", "Charts and commands", &all, chosen, &on_choose) }
                if matches!(bottom, BottomView::Charts(_)) {
                    <button type="button" class="button small" aria-pressed={shown.to_string()} onclick={toggle}>
                        { icon(Icon::Table) }<span>{ "Numbers as a table" }</span>
                    </button>
                }
                if !whole_pane {
                    <button type="button" class="icon-button" aria-label="Close charts and commands" title="Close"
                        onclick={click(send, Intent::ShowBottom(None))}>{ icon(Icon::Close) }</button>
                }
            </header>
            <div class="bottom-body" role="tabpanel" id={panel_id(slug)} aria-labelledby={tab_id(slug)} tabindex="0">
                { match bottom {
                    BottomView::Charts(view) if shown => table(view),
                    BottomView::Charts(view) => html! { <div class="charts">{ for view.charts.iter().map(|each| chart(each, view)) }</div> },
                    BottomView::Commands(view) => commands(view, send),
                } }
            </div>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct GripProps {
    height: u8,
    on_height: Callback<u8>,
}

/// The upper edge: dragged, or moved with the arrow keys.
#[component]
fn Grip(props: &GripProps) -> Html {
    let held = use_mut_ref(|| None::<(i32, u8)>);
    let grip = use_node_ref();
    let GripProps { height, on_height } = props;
    let height = *height;
    let set = |to: u8, on_height: &Callback<u8>| on_height.emit(to.clamp(LEAST, MOST));
    let onkeydown = {
        let on_height = on_height.clone();
        Callback::from(move |event: KeyboardEvent| {
            let to = match event.key().as_str() {
                "ArrowUp" => height + 1,
                "ArrowDown" => height - 1,
                "Home" => LEAST,
                "End" => MOST,
                _ => return,
            };
            event.prevent_default();
            set(to, &on_height);
        })
    };
    let onpointerdown = {
        let (held, grip) = (held.clone(), grip.clone());
        Callback::from(move |event: PointerEvent| {
            drag::hold(&grip, &event);
            *held.borrow_mut() = Some((event.client_y(), height));
        })
    };
    let onpointermove = {
        let (held, on_height) = (held.clone(), on_height.clone());
        Callback::from(move |event: PointerEvent| {
            if let Some((from, high)) = *held.borrow() {
                let steps = (from - event.client_y() + STEP_PX / 2).div_euclid(STEP_PX);
                set((i32::from(high) + steps).clamp(i32::from(LEAST), i32::from(MOST)) as u8, &on_height);
            }
        })
    };
    let let_go = Callback::from(move |_: PointerEvent| *held.borrow_mut() = None);
    html! {
        <div ref={grip} class="grip" role="separator" tabindex="0" aria-orientation="horizontal" aria-label="Height of charts and commands"
            aria-valuemin={LEAST.to_string()} aria-valuemax={MOST.to_string()} aria-valuenow={height.to_string()}
            {onkeydown} {onpointerdown} {onpointermove} onpointerup={let_go.clone()} onpointercancel={let_go}></div>
    }
}

fn table(view: &ChartsView) -> Html {
    html! {
        <table class="chart-table">
            <caption class="hidden-text">{ "Figures of the run, oldest first; the last row is now" }</caption>
            <thead><tr><th scope="col">{ "Time" }</th>{ for view.charts.iter().map(|each| html! { <th scope="col">{ each.title }</th> }) }</tr></thead>
            <tbody>{ for view.rows.iter().map(|(time, cells)| html! {
                <tr><th scope="row">{ &**time }</th>{ for cells.iter().map(|cell| html! { <td>{ &**cell }</td> }) }</tr>
            }) }</tbody>
        </table>
    }
}

fn commands(view: &CommandsView, send: &Callback<Intent>) -> Html {
    html! {
        <>
            <ol class="commands" reversed=true aria-label="Commands, newest first">{ for view.rows.iter().map(|row| command(row, send)) }</ol>
            if view.hidden > 0 {
                <p class="quiet">{ format!("{} earlier ones are not listed.", view.hidden) }</p>
            }
        </>
    }
}

fn command(row: &CommandRow, send: &Callback<Intent>) -> Html {
    html! {
        <li class={classes!("command", row.ahead.then_some("ahead"), (row.by == "You").then_some("yours"))}>
            <ChoiceButton choice={row.jump.clone()} send={send.clone()} short={AttrValue::from(row.time.clone())} class="small" />
            <span class="command-by">{ row.by }</span>
            <span class="command-words">{ &*row.label }
                if let Some(refused) = &row.refused {
                    <span class={classes!("command-refused", tone_class(row.tone))}>{ icon(Icon::Warning) }{ format!("Refused: {refused}") }</span>
                }
                if row.ahead {
                    <span class="quiet">{ " lies ahead" }</span>
                }
            </span>
        </li>
    }
}

/// Draws the panel.
pub fn bottom_panel(bottom: BottomView, whole_pane: bool, send: &Callback<Intent>) -> Html {
    html! { <BottomPanel {bottom} {whole_pane} send={send.clone()} /> }
}
