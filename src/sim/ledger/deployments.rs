//! The ledger: deployments.

use super::Fidelity::{Exact, Simplified};
use super::{Entry, rule};

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    rule("deployment.triggers", Exact, "ecs.md §1.3",
        "UpdateService starts a new deployment for another task definition and for forceNewDeployment",
        "Not for the desired count, per cents, placement, grace period or AZ rebalancing. The switch of the launch type, which the API does not have, counts as well."),
    rule("deployment.several", Exact, "ecs.md §4.3",
        "The latest deployment wins; older ones stay ACTIVE until their last task is gone",
        "Several may be on their way out at once."),
    rule("deployment.older-kept", Simplified, "ecs.md §3.9, §4.4",
        "During a rollout a lost task is replaced by the revision it belongs to as long as the minimum needs it",
        "When enough tasks are healthy without it, the older deployment just shrinks. How AWS weighs the two is not documented; the port-conflict stall shows that the old revision comes first."),
    rule("deployment.failed", Exact, "ecs.md §4.3, §4.5",
        "A deployment is FAILED only by a circuit breaker or alarms; then no more of its tasks are started",
        "Without a circuit breaker a broken rollout stays IN_PROGRESS for ever. Older tasks are kept."),
    rule("deployment.threshold", Exact, "ecs.md §4.5, §18.4",
        "The circuit breaker opens after half the desired count of failures, at least 3 and at most 200",
        "thresholdConfiguration can set a count, or another per cent with or without these bounds."),
];
