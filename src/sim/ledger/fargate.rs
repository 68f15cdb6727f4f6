//! The ledger: fargate.

use super::Fidelity::{ChosenForTeaching, Exact, Simplified};
use super::{Entry, constant, rule};

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    constant(&["fargate_created_to_pull_ms", "fargate_pull_ms", "fargate_start_ms"], Simplified, "ecs.md §2.5, §8.2",
        "On Fargate a task takes about 16 s to its image pull, 3 to 10 s to pull and 1 to 5 s to start",
        "Drawn between the times of eleven real traces with small images. There is no image cache: every start pulls."),
    constant(&["fargate_deprovision_ms"], Simplified, "ecs.md §2.5",
        "On Fargate an ended task is STOPPED after another 22 to 36 s, half the time within 23.1 s",
        "Drawn between real traces: 22.6 s, 23.1 s, and 36 s after the SIGKILL of a stop that took 66 s in all."),
    constant(&["fargate_host_loss_ms"], ChosenForTeaching, "ecs.md §8.2",
        "AWS notices the loss of a host under Fargate after 60 s",
        "Not documented. Nobody sees these hosts from outside."),
    rule("fargate.zones", Exact, "ecs.md §3.5",
        "Fargate spreads tasks over availability zones, FARGATE and FARGATE_SPOT each for itself",
        "Nothing else can be asked for: no strategies, no constraints. Of zones with equally few tasks the first by name is taken."),
    rule("fargate.capacity", Simplified, "ecs.md §5, §8.3",
        "Fargate has room for every task, except in a zone that has failed",
        "Quotas and real shortages are not modelled."),
    rule("fargate.refused-zone", ChosenForTeaching, "ecs.md §5, §17",
        "A zone that had no Fargate capacity is avoided for 5 min",
        "Its message says to try another zone; how long the service scheduler does so is not documented."),
];
