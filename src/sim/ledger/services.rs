//! The ledger: services.

use super::Fidelity::{ChosenForTeaching, Exact, Simplified};
use super::{Entry, constant, rule};

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    constant(&["reconcile_period_ms"], Simplified, "ecs.md §3.9, §17 #1",
        "The service scheduler looks at each service every 10 s",
        "Not documented; gaps between events of real services cluster around ten seconds."),
    constant(&["healthy_settle_ms"], Exact, "ecs.md §4.2",
        "A new task without any health check counts as healthy after 40 s of RUNNING",
        "With a container health check it counts as soon as that says HEALTHY."),
    rule("service.percentages", Exact, "ecs.md §4.1",
        "Healthy tasks never fall below the minimum and tasks never exceed the maximum",
        "minimumHealthyPercent is rounded up, maximumPercent down. Defaults are 100 and 200; 0 and 100 for a DAEMON service."),
    rule("service.unhealthy", Simplified, "ecs.md §3.9, §15",
        "A task that fails its container health check is replaced and stopped in the same look",
        "The replacement is started first while the maximum leaves room. There is no load balancer here, whose failing targets are replaced more gently."),
    constant(&["throttle_after"], ChosenForTeaching, "ecs.md §3.10, §17 #2",
        "After 3 tasks in a row that never came to RUNNING, a service waits before it tries again",
        "Only tasks that go from PENDING straight to STOPPED count; a crash after the start is never throttled. The exact number is not published."),
    constant(&["throttle_first_ms", "throttle_longest_ms"], ChosenForTeaching, "ecs.md §3.10, §15",
        "The wait begins at 30 s, doubles with each failure and ends at 27 min",
        "The longest wait is documented; the curve up to it is not. Tasks that were placed together and fail together count once. An update of the service resets it."),
    constant(&["launches_per_reconcile"], Simplified, "ecs.md §8.3, §16",
        "A service starts at most 83 tasks in one look",
        "The service scheduler launches up to 500 tasks a minute for one service; six looks make a minute."),
    constant(&["steady_state_repeat_ms"], ChosenForTeaching, "ecs.md §5, §17 #13",
        "A service in steady state says so again every 6 h",
        "The guide says periodically."),
    rule("service.event-once", Simplified, "ecs.md §5",
        "A complaint is said once until its reason changes",
        "The service repeats an unchanged complaint after six hours. The list holds the newest 100 events."),
    rule("service.daemon", Simplified, "ecs.md §3.8",
        "A DAEMON service runs one task on every ACTIVE server that fits",
        "Room is not reserved for it before others come. When a server drains, daemon tasks go last."),
    rule("service.launch-type", ChosenForTeaching, "ecs.md §1.3",
        "A service can be switched between EC2 and Fargate",
        "The API cannot change the launch type of a service: one creates a new service. The switch starts tasks there and stops them here as a deployment would."),
    rule("service.left-out", Simplified, "ecs.md §3.11, §4.5, §4.7, §7, §9.3",
        "Left out: load balancers, circuit breaker, blue/green, AZ rebalancing, capacity providers, auto scaling",
        "A service here has rolling deployments only, and a cluster has the servers that someone launches."),
];
