//! The services round ECS on the board: load balancers, capacity, subnets, alarms, as cards of one kind.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{FigureView, GaugeView, NeighbourSort, NeighbourView};
use crate::session::intent::Intent;
use crate::ui::badge::{badge, tone_class};
use crate::ui::gesture::click;
use crate::ui::icons::{Icon, icon};
use crate::ui::part::{Part, part};

/// The row of cards.
#[derive(PartialEq)]
pub struct Neighbours {
    pub neighbours: Vec<Rc<NeighbourView>>,
    pub send: Callback<Intent>,
}

impl Part for Neighbours {
    fn draw(&self) -> Html {
        html! {
            <section class="neighbours" aria-label="Around ECS">
                <h3 class="hidden-text">{ "Around ECS" }</h3>
                <ul>{ for self.neighbours.iter().map(|neighbour| html! {
                    <li key={&*neighbour.key} class="neighbour-item">
                        { part(&*neighbour.key, Neighbour { neighbour: neighbour.clone(), send: self.send.clone() }) }
                    </li>
                }) }</ul>
            </section>
        }
    }
}

#[derive(PartialEq)]
struct Neighbour {
    neighbour: Rc<NeighbourView>,
    send: Callback<Intent>,
}

impl Part for Neighbour {
    fn draw(&self) -> Html {
        let NeighbourView { sort, title, subject, badge: state, figures, gauges, line, selected, .. } = &*self.neighbour;
        let name = html! { <><span class="quiet">{ sort.words() }</span><b>{ &**title }</b></> };
        html! {
            <article class={classes!("neighbour", selected.then_some("selected"))} aria-label={format!("{} {title}", sort.words())}>
                <header>
                    <span class="neighbour-mark">{ icon(sort_icon(*sort)) }</span>
                    {
                        match subject {
                            Some(subject) => html! {
                                <button type="button" class="neighbour-name" aria-pressed={selected.to_string()}
                                    onclick={click(&self.send, Intent::Select(Some(*subject)))}>{ name }</button>
                            },
                            None => html! { <span class="neighbour-name">{ name }</span> },
                        }
                    }
                    { for state.iter().map(badge) }
                </header>
                if !figures.is_empty() {
                    <dl class="figures">{ for figures.iter().map(figure) }</dl>
                }
                { for gauges.iter().map(gauge) }
                if let Some(line) = line {
                    <p class="neighbour-line">{ &**line }</p>
                }
            </article>
        }
    }
}

fn sort_icon(sort: NeighbourSort) -> Icon {
    match sort {
        NeighbourSort::Listener | NeighbourSort::LoadBalancer | NeighbourSort::Discovery => Icon::Network,
        NeighbourSort::CapacityProvider | NeighbourSort::AutoScalingGroup => Icon::Server,
        NeighbourSort::Subnet => Icon::Zone,
        NeighbourSort::ServiceScaling => Icon::Charts,
        NeighbourSort::Alarm => Icon::Clock,
    }
}

fn figure(figure: &FigureView) -> Html {
    html! { <div class={tone_class(figure.tone)}><dt>{ figure.name }</dt><dd>{ &*figure.value }</dd></div> }
}

/// A whole in parts, under its name and words.
pub fn gauge(gauge: &GaugeView) -> Html {
    let total = gauge.total.max(1);
    let share = |amount: u64| format!("{}.{:02}%", amount.min(total) * 100 / total, amount.min(total) * 10_000 / total % 100);
    let mut from = 0;
    let parts: Html = gauge
        .parts
        .iter()
        .filter(|(size, _)| *size > 0)
        .map(|(size, tone)| {
            let at = from;
            from += size;
            html! { <rect class={classes!("gauge-part", tone_class(*tone))} x={share(at)} y="1" width={share(*size)} height="8" rx="2" /> }
        })
        .collect();
    html! {
        <div class="gauge">
            <p><span>{ gauge.name }</span><span class="gauge-words">{ &*gauge.words }</span></p>
            <svg width="100%" height="10" aria-hidden="true">
                <rect class="room" width="100%" y="1" height="8" rx="4" />
                { parts }
                { for gauge.mark.map(|mark| html! { <line class="gauge-mark" x1={share(mark)} x2={share(mark)} y1="-2" y2="12" /> }) }
            </svg>
        </div>
    }
}
