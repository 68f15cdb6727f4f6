//! What the run costs, by item, and what the same work would have cost elsewhere.

use std::rc::Rc;

use crate::cost::comparison;
use crate::cost::meter::{Item, Meter};
use crate::cost::prices::{FARGATE_SPOT_DISCOUNT_PERCENT, SPOT_DISCOUNT_PERCENT};
use crate::session::frame::TableView;
use crate::session::view::totals::dollars;
use crate::sim::engine::Sim;
use crate::sim::model::instance_type::InstanceType;

/// The fleet that the work is compared with.
const COMPARED_WITH: &str = "m5.large";

/// The bill.
pub fn table(sim: &Sim) -> TableView {
    let meter = Meter::of(sim);
    let line = |name: &str, so_far: u64, per_hour: Option<u64>| {
        vec![Rc::from(name), Rc::from(dollars(so_far)), Rc::from(per_hour.map_or_else(|| "–".to_string(), dollars))]
    };
    let used = Item::ALL.into_iter().map(|item| (item, meter.reading(item))).filter(|(_, reading)| reading.so_far > 0);
    let mut rows: Vec<_> = used.map(|(item, reading)| line(&name(item), reading.so_far, Some(reading.per_hour))).collect();
    let total = meter.total();
    rows.push(line("All", total.so_far, Some(total.per_hour)));
    if comparison::fits_fargate(sim) {
        rows.push(line("The same work on Fargate", comparison::on_fargate(sim), None));
    }
    if let Some(kind) = InstanceType::named(COMPARED_WITH) {
        let name = format!("On {COMPARED_WITH}, always full");
        rows.push(line(&name, comparison::on_full_fleet(sim, kind), None));
    }
    TableView {
        title: Rc::from("Cost"),
        line: Rc::from("Prices of us-east-1. Work is what tasks have reserved and for how long."),
        heads: vec!["What", "so far", "an hour"],
        rows,
    }
}

/// The name of an item, with what Spot takes off the price.
fn name(item: Item) -> String {
    match item {
        Item::SpotServers => format!("{} ({SPOT_DISCOUNT_PERCENT} % off)", item.name()),
        Item::FargateSpot => format!("{} ({FARGATE_SPOT_DISCOUNT_PERCENT} % off)", item.name()),
        Item::Servers | Item::Fargate | Item::Storage | Item::LoadBalancer => item.name().to_owned(),
    }
}
