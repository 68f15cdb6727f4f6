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
    rule("app.awaited", ChosenForTeaching, "ecs.md §2.2",
        "A container that others wait for to complete ends 1.5 to 3 s after its start",
        "As long as a small set-up step takes. Its exit code is 0 unless the app says otherwise."),
    rule("app.not-ready", ChosenForTeaching, "ecs.md §6.2, §14 #12",
        "An app that is not ready yet answers every request and every health check with 503",
        "Its port is open from the start of its container; many real apps open theirs only when they are ready."),
    rule("fault.client-network", ChosenForTeaching, "ecs.md §6.2, §6.4",
        "The network between clients and a server or a zone can be cut while the road of its agent is whole",
        "Nothing answers then, as when packets are dropped: a wrong security group or route does that. Container health checks run inside the task and pass. Load balancers and clients are cut off alike."),
    rule("app.usage", ChosenForTeaching, "ecs.md §10",
        "Apps use 55 % of the CPU and 70 % of the memory that they reserve, unless a scenario says otherwise",
        "It sways by 15 % every five seconds. The scheduler never sees it; what requests take beside it is shared as traffic.contention says."),

    rule("limits", ChosenForTeaching, "ecs.md §13",
        "A scenario has at most 5,000 servers, a service 5,000 tasks, an image 100,000 MiB, a source of requests 1,000,000 a second and 100 rates, and a container writes at most 1,048,576 KiB a second",
        "Five thousand are also the service's own default quotas. A pull never takes longer than 2 h, as in the agent."),
];
