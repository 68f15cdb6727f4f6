//! The fidelity ledger: how true each rule and constant of the simulator is to the real service, and where that is written.
//!
//! Data only. Every field of [`Tuning`](crate::sim::tuning::Tuning) is named by an entry (a test sees to it), and every rule a
//! learner could mistake for the real thing. Start reading at [`ENTRIES`].

use Fidelity::{ChosenForTeaching, Exact, Simplified};

/// How true a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fidelity {
    /// As the service documents it or as its source code has it.
    Exact,
    /// The shape is right; something was left out or rounded off.
    Simplified,
    /// The service does not say; this is one sensible way.
    ChosenForTeaching,
}

impl Fidelity {
    /// How the page spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Simplified => "simplified",
            Self::ChosenForTeaching => "chosen for teaching",
        }
    }
}

/// One rule or constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// A stable name.
    pub key: &'static str,
    /// The rule in plain words.
    pub rule: &'static str,
    pub fidelity: Fidelity,
    /// Where it is written: a section of `ecs.md`, the reference that the simulator was built from.
    pub source: &'static str,
    /// What was left out, or why it is so.
    pub note: &'static str,
    /// The fields of `Tuning` that hold its numbers.
    pub fields: &'static [&'static str],
}

const fn constant(
    fields: &'static [&'static str],
    fidelity: Fidelity,
    source: &'static str,
    rule: &'static str,
    note: &'static str,
) -> Entry {
    Entry { key: fields[0], rule, fidelity, source, note, fields }
}

const fn rule(key: &'static str, fidelity: Fidelity, source: &'static str, rule: &'static str, note: &'static str) -> Entry {
    Entry { key, rule, fidelity, source, note, fields: &[] }
}

/// Everything, by topic: placement, services, the life of a task, agents, servers, Fargate, faults, files.
#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    // Placement
    rule("placement.order", Exact, "ecs.md §3.2",
        "A task is placed in four steps: filter, constraints, strategies, select",
        "Constraints are binding, strategies are best effort: a task is still placed when the preferred arrangement is impossible."),
    rule("placement.filter", Exact, "ecs.md §3.3, §10",
        "A server must have enough unreserved CPU, memory, ports, network interfaces and GPUs",
        "What counts is what tasks reserved, never what they really use. ECS knows no disk or network bandwidth, so it never places by them."),
    rule("placement.filter-order", ChosenForTeaching, "ecs.md §3.3, §17 #6",
        "Checks run in a fixed order, and the first that fails is the reason given",
        "When several things are wrong, ECS does not say which it will name."),
    rule("placement.closest", ChosenForTeaching, "ecs.md §3.3, §17 #6",
        "The closest matching server is the one that fails the fewest checks, then the one with most left of what is short",
        "The service event names a closest container instance; how it is found is not documented."),
    rule("placement.tie-break", ChosenForTeaching, "ecs.md §18.2",
        "Among equally good servers the one that was launched first is taken",
        "Amazon ECS does not say how it chooses among equals. A fixed rule makes the same run come out the same."),
    rule("placement.random", Exact, "ecs.md §3.5",
        "random takes any server that fits; here it is drawn from the seed of the run",
        "The same seed draws the same servers. In a chain with other strategies, random breaks the last tie."),
    constant(&["strategies"], Exact, "ecs.md §3.5",
        "Strategies form a chain: each one breaks the ties that the one before left",
        "spread keeps the places with the fewest tasks, binpack those with the least of a resource left. The switch exists only to prove that a lesson notices."),
    rule("placement.spread-counts", Exact, "ecs.md §3.4, §3.5",
        "spread and distinctInstance count tasks of the same group whose desired status is RUNNING",
        "A service's tasks are one group. A task that is being stopped no longer counts, even while its containers still run."),
    rule("placement.default-service", Exact, "ecs.md §3.5",
        "A service without a strategy spreads over availability zones, then over servers",
        "Both counts are of tasks of this service."),
    rule("placement.default-run-task", Exact, "ecs.md §3.5",
        "RunTask without a strategy takes a server at random",
        "Drawn from the seed of the run."),
    rule("placement.scale-in", Exact, "ecs.md §3.5",
        "Surplus tasks are chosen by the strategies in reverse",
        "spread takes from the fullest place, binpack from the server with the most room. What is then equal is drawn from the seed of the run."),
    rule("fargate.scale-in", ChosenForTeaching, "ecs.md §3.5",
        "On Fargate surplus tasks are taken from the fullest zone, the newest first",
        "That the fullest zone gives is documented; which of its tasks is not."),
    rule("placement.memory", Exact, "ecs.md §1.3",
        "Placement reserves memoryReservation when it is given, else memory; task-level values replace the sum",
        "The hard limit still holds when the task runs: going over it gets the container killed."),
    rule("placement.ports", Exact, "ecs.md §1.3, §9.1",
        "A fixed host port can be taken once on a server; six ports are taken from the start; at most 100 are reserved",
        "In host mode each container port is a host port. Ports chosen by the server (hostPort 0) never conflict and are not listed."),
    rule("placement.enis", Simplified, "ecs.md §9.2",
        "Each awsvpc task takes one network interface of its server",
        "Trunking (awsvpcTrunking), which allows many more, is not modelled."),
    rule("placement.subnets", Simplified, "ecs.md §3.3",
        "An awsvpc task may run in any availability zone of the scenario",
        "Subnets are not modelled, so no server is in the wrong zone for them."),
    rule("placement.run-task", Exact, "ecs.md §3.1, §3.6",
        "RunTask tries once; what finds no place is a failure in the answer",
        "Only services try again. A RunTask that names several tasks may place some of them."),
    rule("expression.negation", ChosenForTeaching, "ecs.md §3.4",
        "!=, !in and !~ hold for a server that does not have the attribute",
        "A negated operator is read as the opposite of the plain one; the service does not spell this case out."),
    rule("expression.pattern", Simplified, "ecs.md §3.4",
        "A pattern (=~) must match the whole text",
        "Patterns are Java's in the service. Lookaround and backreferences are refused here instead of being run."),
    rule("expression.registered-at", ChosenForTeaching, "ecs.md §3.4",
        "Simulated time begins on 1 January 2026, which registeredAt compares with",
        "A run needs some calendar; any date would do."),

    // Services
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

    // The life of a task
    rule("task.states", Exact, "ecs.md §2.1",
        "A task moves through PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, DEPROVISIONING, STOPPED",
        "Not every task passes every one. DEACTIVATING belongs to load balancers, which are not here, so no task shows it."),
    rule("task.reported", Exact, "ecs.md §2.2",
        "On EC2 the agent reports only RUNNING and STOPPED; all before shows as PENDING",
        "So an image pull on a server is invisible to ECS. Fargate shows it as ACTIVATING."),
    constant(&["created_to_pull_ms"], Simplified, "ecs.md §2.5, §16",
        "On EC2 the image pull begins 0.1 to 1.6 s after the agent takes the task",
        "Drawn between the times of two real traces."),
    constant(&["pull_ms"], Simplified, "ecs.md §2.5",
        "Pulling a small image takes 2 to 5.6 s",
        "Every image counts as small. Large images really take up to a minute."),
    constant(&["cached_pull_ms"], Exact, "ecs.md §2.5",
        "An image that is on the server's disk is ready after 50 ms",
        "From a real trace. Images are never cleaned up here; the agent removes unused ones after an hour."),
    constant(&["container_start_ms"], Simplified, "ecs.md §2.5",
        "Creating and starting a container takes 0.9 to 1.7 s",
        "Drawn around the 1.2 s of a real trace."),
    constant(&["pull_attempts", "pull_retry_first_ms", "pull_retry_longest_ms"], Exact, "ecs.md §2.3",
        "A failing pull is tried 5 times, with waits that double from 1.1 s to at most 5 s",
        "As in the source of the agent. Then the task fails with CannotPullContainerError. A server that has the image on disk uses it instead."),
    constant(&["stop_timeout_ms"], Exact, "ecs.md §2.3, §2.4",
        "A container gets SIGTERM, and SIGKILL after 30 s if it has not ended",
        "stopTimeout of the container replaces it. The exit code of SIGKILL is 137."),
    constant(&["container_stop_ms"], ChosenForTeaching, "ecs.md §2.4",
        "An app that handles SIGTERM ends within 0.3 to 3.5 s",
        "That depends on the app; the exit code is 143. An app can be told to ignore SIGTERM."),
    constant(&["eni_attach_ms", "eni_detach_ms"], Simplified, "ecs.md §2.5",
        "On EC2 a network interface takes about 13 s to attach and 12 s to take away",
        "Drawn around one real trace. That is why awsvpc tasks on EC2 start later than others."),
    constant(&["stopped_task_visible_ms"], Exact, "ecs.md §2.1",
        "A stopped task can be described for 1 h",
        "The service promises at least one hour."),
    rule("task.health", Exact, "ecs.md §6.1",
        "A task is UNHEALTHY when an essential container with a health check is; without any check it is UNKNOWN",
        "Failures in the start period do not count. Standalone tasks are never stopped for being unhealthy."),
    rule("task.restart-policy", Simplified, "ecs.md §2.7",
        "Restart policies are kept and not followed",
        "The agent would restart the container in place; here the task ends."),
    rule("task.resources-freed", Exact, "ecs.md §2.6, §3.4",
        "ECS counts the room of a task as free as soon as it decides to stop it",
        "Its containers may hold the room for up to the stop timeout: belief and truth part here."),
    rule("agent.queue", Exact, "ecs.md §2.6",
        "The agent queues a task for which its server has no room yet and looks only at the first in the queue",
        "As in the source of the agent since version 1.75: a big task at the head keeps small ones waiting."),

    // Agents and the network
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

    // Servers
    constant(&["boot_ms"], Simplified, "ecs.md §6.6, §16",
        "From launch to registration a server takes 40 to 160 s, half of them no more than 75 s",
        "Includes EC2's launch, the boot and the start of the agent."),
    rule("instance.memory", Simplified, "ecs.md §10",
        "A server registers less memory than its data sheet says: what its operating system sees",
        "About 97.5 % of nominal, 91 % at 1 GiB, from machines seen in the wild. CPU is 1,024 units for each vCPU."),
    rule("instance.draining", Exact, "ecs.md §7.6",
        "A DRAINING server takes no new tasks; its PENDING service tasks are stopped at once, its RUNNING ones replaced within the percentages",
        "Standalone tasks stay until they end. It can be set back to ACTIVE."),
    rule("instance.terminated", Exact, "ecs.md §6.4",
        "A server that is terminated while its agent is connected is deregistered and its tasks are STOPPED",
        "If the agent was disconnected before, nothing is deregistered: its tasks stay RUNNING in the books until someone deregisters it."),
    rule("instance.terminated-code", Simplified, "ecs.md §2.8, §17 #7",
        "Tasks of a terminated server get the stop code TerminationNotice",
        "The reason's text is the real one; the code is the plausible one."),
    rule("instance.deregistered", Simplified, "ecs.md §6.4, §15",
        "Deregistering by force stops tasks in the view of ECS; their containers go on until the host ends",
        "The sources contradict each other; this is the reading that keeps belief and truth apart."),
    constant(&["spot_notice_ms"], Exact, "ecs.md §6.6, §8.4",
        "Spot capacity is taken back 2 min after the notice",
        "Automatic Spot draining is off, as it is by default."),
    rule("instance.prices", Simplified, "ecs.md §11",
        "Prices are those of us-east-1, on demand, Linux",
        "Spot prices, storage and traffic are left out."),

    // Fargate
    constant(&["fargate_created_to_pull_ms", "fargate_pull_ms", "fargate_start_ms"], Simplified, "ecs.md §2.5, §8.2",
        "On Fargate a task takes about 16 s to its image pull, 3 to 10 s to pull and 1 to 5 s to start",
        "Drawn between the times of eleven real traces with small images. There is no image cache: every start pulls."),
    constant(&["fargate_deprovision_ms"], Simplified, "ecs.md §2.5",
        "On Fargate an ended task is STOPPED after another 20 to 24 s",
        "From real traces; one user stop took 66 s."),
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

    // Faults and apps
    rule("fault.broken-app", ChosenForTeaching, "ecs.md §14",
        "A broken app ends 2 to 9 s after its container starts",
        "Long enough to reach RUNNING, as most crash loops do."),
    rule("app.usage", ChosenForTeaching, "ecs.md §10",
        "Apps use 55 % of the CPU and 70 % of the memory that they reserve, unless a scenario says otherwise",
        "The scheduler never sees it; use does not slow anything down here."),

    rule("limits", ChosenForTeaching, "ecs.md §13",
        "A scenario has at most 5,000 servers, and a service at most 5,000 tasks",
        "Five thousand are also the service's own default quotas. A pull never takes longer than two hours, as in the agent."),

    // Files
    rule("import.validation", Simplified, "ecs.md §1.3, §8.1",
        "A task definition from outside is checked as RegisterTaskDefinition checks it",
        "Messages follow the service where they are known. Fields that change nothing in the simulation are kept and listed."),
];

/// The entry of this key.
pub fn entry(key: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.key == key)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::sim::time::{HOUR, MINUTE, Millis, SECOND};
    use crate::sim::tuning::Tuning;

    /// Every field of `Tuning` by name: the compiler refuses a list that leaves one out.
    macro_rules! fields {
        ($($field:ident),* $(,)?) => {{
            let Tuning { $($field: _),* } = Tuning::default();
            [$(stringify!($field)),*]
        }};
    }

    fn field_names() -> Vec<&'static str> {
        fields!(
            reconcile_period_ms,
            healthy_settle_ms,
            stop_timeout_ms,
            heartbeat_period_ms,
            heartbeat_patience_ms,
            agent_patience_ms,
            reconnect_first_ms,
            reconnect_longest_ms,
            reconnect_growth_tenths,
            telemetry_period_ms,
            wire_delay_ms,
            retransmission_ms,
            boot_ms,
            created_to_pull_ms,
            pull_ms,
            cached_pull_ms,
            container_start_ms,
            container_stop_ms,
            eni_attach_ms,
            eni_detach_ms,
            fargate_created_to_pull_ms,
            fargate_pull_ms,
            fargate_start_ms,
            fargate_deprovision_ms,
            fargate_host_loss_ms,
            pull_attempts,
            pull_retry_first_ms,
            pull_retry_longest_ms,
            spot_notice_ms,
            throttle_after,
            throttle_first_ms,
            throttle_longest_ms,
            launches_per_reconcile,
            stopped_task_visible_ms,
            steady_state_repeat_ms,
            strategies,
        )
        .to_vec()
    }

    #[test]
    fn every_constant_has_exactly_one_entry() {
        let mut named: Vec<&str> = ENTRIES.iter().flat_map(|entry| entry.fields).copied().collect();
        let mut fields = field_names();
        named.sort_unstable();
        fields.sort_unstable();
        assert_eq!(named, fields);
    }

    #[test]
    fn entries_are_complete_and_named_once() {
        let keys: BTreeSet<&str> = ENTRIES.iter().map(|entry| entry.key).collect();
        assert_eq!(keys.len(), ENTRIES.len());
        for each in ENTRIES {
            assert!(each.source.starts_with("ecs.md §"), "{}", each.key);
            assert!(!each.rule.ends_with('.') && each.note.ends_with('.'), "{}", each.key);
        }
        assert_eq!(entry("agent.silent").map(|entry| entry.fidelity), Some(Exact));
        assert_eq!(entry("nothing"), None);
    }

    /// The number as an entry writes it.
    fn words(length_ms: Millis) -> String {
        match length_ms {
            0..SECOND => format!("{length_ms} ms"),
            ms if ms % HOUR == 0 => format!("{} h", ms / HOUR),
            ms if ms % MINUTE == 0 && ms > MINUTE && ms / MINUTE != 2 => format!("{} min", ms / MINUTE),
            ms if ms % SECOND == 0 => format!("{} s", ms / SECOND),
            ms => format!("{}.{} s", ms / SECOND, ms % SECOND / 100),
        }
    }

    #[test]
    fn entries_state_the_numbers_that_the_engine_uses() {
        let tuning = Tuning::default();
        let stated = [
            ("reconcile_period_ms", tuning.reconcile_period_ms),
            ("healthy_settle_ms", tuning.healthy_settle_ms),
            ("stop_timeout_ms", tuning.stop_timeout_ms),
            ("heartbeat_period_ms", tuning.heartbeat_period_ms),
            ("heartbeat_patience_ms", tuning.heartbeat_patience_ms),
            ("agent_patience_ms", tuning.agent_patience_ms),
            ("reconnect_first_ms", tuning.reconnect_first_ms),
            ("reconnect_first_ms", tuning.reconnect_longest_ms),
            ("telemetry_period_ms", tuning.telemetry_period_ms),
            ("retransmission_ms", tuning.retransmission_ms),
            ("cached_pull_ms", tuning.cached_pull_ms),
            ("fargate_host_loss_ms", tuning.fargate_host_loss_ms),
            ("pull_attempts", tuning.pull_retry_first_ms),
            ("pull_attempts", tuning.pull_retry_longest_ms),
            ("throttle_first_ms", tuning.throttle_first_ms),
            ("throttle_first_ms", tuning.throttle_longest_ms),
            ("stopped_task_visible_ms", tuning.stopped_task_visible_ms),
            ("steady_state_repeat_ms", tuning.steady_state_repeat_ms),
        ];
        for (key, length_ms) in stated {
            let rule = entry(key).expect("the constant has an entry").rule;
            assert!(rule.contains(&words(length_ms)), "{key}: `{rule}` does not say {}", words(length_ms));
        }
        assert!(entry("throttle_after").unwrap().rule.contains(&format!("After {} tasks", tuning.throttle_after)));
        assert!(entry("launches_per_reconcile").unwrap().rule.contains(&tuning.launches_per_reconcile.to_string()));
        assert!(entry("pull_attempts").unwrap().rule.contains(&format!("tried {} times", tuning.pull_attempts)));
        assert_eq!(tuning.spot_notice_ms, 2 * MINUTE);
    }
}
