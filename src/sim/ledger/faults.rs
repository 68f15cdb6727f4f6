//! The ledger: faults and apps.

use super::Fidelity::ChosenForTeaching;
use super::{Entry, rule};

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    rule("fault.broken-app", ChosenForTeaching, "ecs.md §14",
        "A broken app ends 2 to 9 s after its container starts",
        "Long enough to reach RUNNING, as most crash loops do."),
    rule("fault.out-of-memory", ChosenForTeaching, "ecs.md §14 #11",
        "An app that runs out of memory outgrows the limit of the newest revision that the fault names, and every smaller one; a revision with a larger limit survives",
        "Measured for real once: 32 MiB were too few and 128 MiB enough. Without a limit every task of the family is struck."),
    rule("fault.client-network", ChosenForTeaching, "ecs.md §6.2, §6.4",
        "The network between clients and a server or a zone can be cut while the road of its agent is whole",
        "Nothing answers then, as when packets are dropped: a wrong security group or route does that. Container health checks run inside the task and pass. Load balancers and clients are cut off alike."),
    rule("app.usage", ChosenForTeaching, "ecs.md §10",
        "Apps use 55 % of the CPU and 70 % of the memory that they reserve, unless a scenario says otherwise",
        "The scheduler never sees it; use does not slow anything down here."),

    rule("limits", ChosenForTeaching, "ecs.md §13",
        "A scenario has at most 5,000 servers, and a service at most 5,000 tasks",
        "Five thousand are also the service's own default quotas. A pull never takes longer than two hours, as in the agent."),
];
