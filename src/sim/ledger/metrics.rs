//! The ledger: metrics, alarms, service auto scaling, cost.

use super::Fidelity::{ChosenForTeaching, Exact, Simplified};
use super::{Entry, rule};

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    rule("cost.ec2", Simplified, "ecs.md §11.2",
        "A server costs its price by the second from launch to termination, at least for a minute",
        "Prices of us-east-1 in June 2026. EC2 begins to bill when the server is running, some seconds after the launch."),
    rule("cost.fargate", Exact, "ecs.md §11.1",
        "A Fargate task costs its vCPU and GB by the second from the start of its image pull to its end, at least for a minute",
        "The meter adds what a short task is short of a minute when it ends. Savings plans are left out."),
    rule("cost.spot", ChosenForTeaching, "ecs.md §11.1, §11.2",
        "Spot servers cost 65 % less, Fargate Spot 70 % less",
        "Both vary by the hour and by place; up to 70 % is usual."),
    rule("cost.volume", ChosenForTeaching, "ecs.md §11.4",
        "Each server has a gp3 disk of 30 GB, at 0.08 dollars a GB and month",
        "A month is 730 hours. Traffic, addresses, logs and Container Insights are not on the meter."),
    rule("cost.full-fleet", Simplified, "ecs.md §11.5",
        "The comparison with servers assumes that they are full all the time, by the memory of the data sheet",
        "A server registers about 2.5 % less memory than that, and no fleet is ever full: read it as the least it could cost."),
];
