//! The ledger: load balancers, their clients, service discovery.

use super::Fidelity::{ChosenForTeaching, Exact, Simplified};
use super::{Entry, constant, rule};

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    constant(&["check_interval_ms", "check_timeout_ms", "healthy_threshold", "unhealthy_threshold"], Exact, "ecs.md §6.2, §15, §16",
        "A target group checks every 30 s, waits 5 s for an answer, and takes 2 failures to give a target up and 5 successes to take it back",
        "These are the defaults; the ranges of the API are enforced. Guide and API disagree about the timeout: the guide's 5 s."),
    constant(&["deregistration_delay_ms"], Exact, "ecs.md §6.2, §9.5",
        "A deregistered target drains for 300 s",
        "The attribute can be set from 0 to 3,600 s. ECS waits for its end whether or not requests are open."),
    constant(&["first_check_ms"], ChosenForTeaching, "ecs.md §12.3",
        "A new target is checked for the first time 1 to 4 s after its registration",
        "Not published; 2.7 s in one captured run."),
    constant(&["target_report_ms"], ChosenForTeaching, "ecs.md §12.3",
        "ECS knows of a change of a target's health 1 to 8 s after the load balancer does",
        "Not published; fits the captured run R3. Changes of one group that come close together are learned together."),
    rule("target.first-success", Exact, "ecs.md §6.2",
        "A new target is healthy after one successful check",
        "The healthy threshold counts only for a target that comes back from unhealthy."),
    rule("target.check-rounds", Simplified, "ecs.md §6.2",
        "All targets of a group are checked in one round each interval; a new one joins in half an interval or more after its first check",
        "The real service checks each target on a schedule of its own, from every node of the load balancer."),
    rule("target.fail-open", Exact, "ecs.md §6.2",
        "When no target of a group is healthy, requests go to all of them",
        "New targets whose first check has not passed are among them then."),
    rule("target.registration", Simplified, "ecs.md §2.1, §2.4, §4.8, §9.3",
        "A task with a target group is ACTIVATING from the start of its containers until its service's next look registers it",
        "Real logs show registration, draining and deregistration about ten seconds apart; here each is one look at the service."),
    rule("target.drain-before-stop", Exact, "ecs.md §2.4, §9.5",
        "A task with a target is DEACTIVATING until its target is unused; only then does it get SIGTERM",
        "A task whose containers have ended by themselves does not wait."),
    rule("target.in-use", Simplified, "ecs.md §6.2",
        "Every target group belongs to a load balancer from its creation",
        "The real service checks no target of a group that no listener uses. Classic and Network Load Balancers are left out."),
];
