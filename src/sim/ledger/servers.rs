//! The ledger: servers.

use super::Fidelity::{ChosenForTeaching, Exact, Simplified};
use super::{Entry, constant, rule};

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    constant(&["boot_ms"], Simplified, "ecs.md §6.6, §16",
        "From launch to registration a server takes 40 to 160 s, half of them no more than 75 s",
        "Includes EC2's launch, the boot and the start of the agent."),
    rule("instance.memory", Simplified, "ecs.md §10",
        "A server registers less memory than its data sheet says: what its operating system sees",
        "What machines of that size were seen to register: 931 MiB of 1 GiB, 2,004 of 2, 3,955 (t3.medium) and 3,767 (c5.large) of 4, 7,985 of 8; 97.5 % of nominal for all others. CPU is 1,024 units for each vCPU."),
    rule("instance.attributes", Simplified, "ecs.md §3.4",
        "A server registers the built-in attributes: image, zone, type, system, architecture, VPC and subnet",
        "All servers run one image in one VPC, with a subnet for each zone; their ids are drawn. ecs.outpost-arn and ecs.capability.external do not occur."),
    rule("instance.draining", Exact, "ecs.md §7.6",
        "A DRAINING server takes no new tasks; its PENDING service tasks are stopped at once, its RUNNING ones replaced within the percentages",
        "Standalone tasks stay until they end. It can be set back to ACTIVE."),
    rule("instance.terminated", Exact, "ecs.md §6.4",
        "A server that is terminated while its agent is connected is deregistered and its tasks are STOPPED",
        "If the agent was disconnected before, nothing is deregistered: its tasks stay RUNNING in the books until someone deregisters it."),
    rule("instance.stopped", Simplified, "ecs.md §2.8, §6.4",
        "A server that is stopped stays registered and ACTIVE without its agent, its tasks stay RUNNING in the books; when it is started again they are STOPPED for that its host was stopped",
        "The text is the service's; that it is said on the return is this reading of two sources, one of which knows the text and the other that nothing is stopped before. The stop code is the plausible one. Containers end with the machine. A stopped server costs only its disk; a Spot server cannot be stopped."),
    rule("instance.terminated-code", Simplified, "ecs.md §2.8, §17 #7",
        "Tasks of a terminated server get the stop code TerminationNotice",
        "The reason's text is the real one; the code is the plausible one."),
    rule("instance.termination-time", ChosenForTeaching, "ecs.md §6.4",
        "A terminated server is gone at once; ECS is told 2 s later",
        "EC2 shuts the operating system down first, which takes from seconds to minutes; its containers get no SIGTERM here."),
    rule("instance.deregistered", Simplified, "ecs.md §6.4, §15",
        "Deregistering by force stops tasks in the view of ECS; their containers go on until the host ends",
        "The sources contradict each other; this is the reading that keeps belief and truth apart."),
    constant(&["spot_notice_ms"], Exact, "ecs.md §6.6, §8.4",
        "Spot capacity is taken back 2 min after the notice",
        "What ECS and an auto scaling group do about it is said under Spot draining."),
    rule("instance.prices", Simplified, "ecs.md §11",
        "Prices are those of us-east-1, on demand, Linux",
        "What Spot takes off, the disks and the load balancer are on the bill by rules of their own; traffic is left out."),
];
