//! Server × rule: what each rule found on each server, and whether it passed.

use yew::prelude::*;

use crate::session::frame::{RowOutcome, WhyCell, WhyRow, WhyTable};
use crate::session::intent::{Intent, Subject};
use crate::ui::gesture::click;
use crate::ui::icons::{Icon, icon};

/// Draws the table.
pub fn why_table(table: &WhyTable, send: &Callback<Intent>) -> Html {
    html! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Servers against rules">
            <table class="why-table">
                <thead><tr>
                    <th scope="col">{ "server" }</th>
                    { for table.rules.iter().map(|rule| html! { <th scope="col">{ &**rule }</th> }) }
                </tr></thead>
                <tbody>{ for table.rows.iter().map(|each| row(each, send)) }</tbody>
            </table>
            if let Some(more) = &table.more {
                <p class="quiet">{ &**more }</p>
            }
        </div>
    }
}

fn row(row: &WhyRow, send: &Callback<Intent>) -> Html {
    let (class, words) = match row.outcome {
        RowOutcome::Chosen => ("chosen", Some("chosen")),
        RowOutcome::Feasible => ("feasible", Some("fits")),
        RowOutcome::Closest => ("closest", Some("closest")),
        RowOutcome::Rejected => ("rejected", None),
    };
    html! {
        <tr key={row.instance.0} {class}>
            <th scope="row">
                <button type="button" class="link" onclick={click(send, Intent::Select(Some(Subject::Instance(row.instance))))}>
                    { &*row.name }
                </button>
                if let Some(words) = words {
                    <span class="outcome">{ words }</span>
                }
            </th>
            { for row.cells.iter().map(cell) }
        </tr>
    }
}

fn cell(cell: &WhyCell) -> Html {
    let (class, sign, words) = match cell.pass {
        Some(true) => ("pass", Some(Icon::Check), "passes"),
        Some(false) => ("fail", Some(Icon::Cross), "fails"),
        None => ("idle", None, "not looked at"),
    };
    html! {
        <td {class}>
            <span>{ &*cell.text }</span>
            { for sign.map(icon) }
            <span class="hidden-text">{ words }</span>
        </td>
    }
}
