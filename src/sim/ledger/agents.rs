//! The ledger: agents and the network.

use super::Fidelity::{ChosenForTeaching, Exact, Simplified};
use super::{Entry, constant, rule};

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    constant(&["heartbeat_period_ms"], ChosenForTeaching, "ecs.md §6.3",
        "ECS sends each agent a heartbeat every 30 s",
        "The agent's source says only that it must hear something within 60 s; about two checks a minute are documented."),
    constant(&["heartbeat_patience_ms"], ChosenForTeaching, "ecs.md §6.3, §6.4, §17 #4",
        "ECS marks an agent disconnected when a heartbeat comes due and nothing has been heard for 95 s",
        "Not documented. It must be longer than three heartbeats, so that one lost message is no incident."),
    constant(&["agent_patience_ms"], Exact, "ecs.md §6.3",
        "An agent that hears nothing for 60 s, and up to as much again, closes its connection",
        "As in the source of the agent. The extra is drawn anew for each connection."),
    constant(&["reconnect_first_ms", "reconnect_longest_ms", "reconnect_growth_tenths"], Exact, "ecs.md §6.3",
        "An agent tries to connect again after 250 ms, then half as long again each time, up to 120 s",
        "As in the source of the agent, with a fifth of chance added. So a healed network may stay unnoticed for two minutes."),
    rule("agent.planned-reconnect", Simplified, "ecs.md §6.3",
        "Agents stay connected as long as nothing is wrong",
        "Real agents reconnect every 30 minutes or so, and a disconnect of seconds is normal."),
    constant(&["telemetry_period_ms"], Exact, "ecs.md §6.3",
        "Metrics and container health leave an agent every 20 s",
        "So ECS learns of a failed health check up to that much later."),
    constant(&["wire_delay_ms"], ChosenForTeaching, "ecs.md §16",
        "A message between an agent and ECS takes 15 to 120 ms",
        "Inside one region it is usually less; it is never nothing."),
    constant(&["retransmission_ms"], ChosenForTeaching, "ecs.md §6.3",
        "A lost packet is sent again after 300 ms, doubling each time",
        "As TCP does it, roughly. After eight losses in a row it gets through: a connection does not give up sooner than people do."),
    rule("agent.silent", Exact, "ecs.md §6.4",
        "Tasks on a server whose agent is silent stay RUNNING and are not replaced; only new tasks avoid it",
        "ECS would rather keep tasks that may be healthy than start them twice. Their health is what was last heard."),
    rule("agent.resync", Simplified, "ecs.md §6.4",
        "When an agent comes back it reports everything, and what ECS wanted stopped meanwhile is stopped",
        "Here one message closes the gap; the real agent repeats each state change until it is acknowledged."),
    rule("agent.stopped", Exact, "ecs.md §2.2",
        "While the agent is stopped, containers that run go on and nothing new starts; what ended is noticed when it is back",
        "The agent drives every step of a task on its server; Docker runs without it."),
    rule("agent.capabilities", Simplified, "ecs.md §3.4",
        "Every agent can do what an Amazon ECS-optimized Linux image can",
        "All servers run the same agent version, chosen for teaching."),
];
