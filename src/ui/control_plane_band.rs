//! The control plane: what ECS knows from reports. Its services, and the shelf of tasks that wait.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::ControlPlaneView;
use crate::session::intent::{Intent, Subject};
use crate::ui::gesture::click;
use crate::ui::part::Part;
use crate::ui::service_row::{deployment, service_row};
use crate::ui::shelf::shelf;

/// The band over the zones.
#[derive(PartialEq)]
pub struct ControlPlaneBand {
    pub control_plane: Rc<ControlPlaneView>,
    pub send: Callback<Intent>,
    pub held: Option<u32>,
}

impl Part for ControlPlaneBand {
    fn draw(&self) -> Html {
        let ControlPlaneBand { control_plane, send, held } = self;
        html! {
            <section class={classes!("band", control_plane.selected.then_some("selected"))} aria-labelledby="control-plane-title">
                <div class="services">
                    <header>
                        <h3 id="control-plane-title">
                            <button type="button" class="plain-head" aria-pressed={control_plane.selected.to_string()}
                                onclick={click(send, Intent::Select(Some(Subject::ControlPlane)))}>{ "Control plane" }</button>
                        </h3>
                        <span class="quiet">{ "what ECS knows, from reports" }</span>
                    </header>
                    if control_plane.services.is_empty() {
                        <p class="empty">{ "No service yet. A service keeps a number of tasks running; make one under Workload." }</p>
                    } else {
                        <div class="service-heads quiet" aria-hidden="true"><span></span><span>{ "desired" }</span><span>{ "running" }</span><span></span></div>
                    }
                    <ul>
                        { for control_plane.services.iter().map(|service| html! {
                            <li key={service.id.0}>{ service_row(service, send) }{ deployment(service, send) }</li>
                        }) }
                    </ul>
                    if control_plane.hidden_services > 0 {
                        <p class="quiet">{ format!("and {} more", control_plane.hidden_services) }</p>
                    }
                </div>
                { shelf(control_plane, *held, send) }
            </section>
        }
    }
}
