//! The terms of ECS that a beginner meets, each in one or two short sentences of our own.

/// One term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// As the page writes it.
    pub word: &'static str,
    pub meaning: &'static str,
}

/// What the term of this spelling means; capitals do not matter.
pub fn meaning(word: &str) -> Option<&'static str> {
    TERMS.iter().find(|term| term.word.eq_ignore_ascii_case(word)).map(|term| term.meaning)
}

/// Every term, from the whole to the parts, then the statuses.
#[rustfmt::skip]
pub const TERMS: &[Term] = &[
    term("Amazon ECS", "Elastic Container Service: AWS's service that decides where containers run and keeps them running."),
    term("container", "A program with everything it needs, packed as an image and run apart from its neighbours."),
    term("image", "The packed program that a container is started from. A server must pull it from an image registry before the first start."),
    term("image registry", "The place that images are pulled from, such as Amazon ECR or Docker Hub. When it is slow or fails, tasks start late or not at all."),
    term("cluster", "A named group of servers and tasks that ECS manages together. It may span several availability zones."),
    term("server", "The plain word for a container instance: an EC2 machine that belongs to the cluster."),
    term("container instance", "An EC2 server that runs the ECS agent and has registered with the cluster. It offers its CPU, memory, ports and network interfaces to tasks."),
    term("EC2", "AWS's virtual servers. With the EC2 launch type your tasks run on servers that you pay for and look after."),
    term("Fargate", "Tasks without servers of yours: AWS finds a host for each task. You pay for the task's size and choose no server."),
    term("Fargate Spot", "Spare Fargate capacity at a lower price. AWS may take it back with two minutes' notice."),
    term("Spot", "Spare EC2 capacity at a lower price. AWS may take a server back with two minutes' notice."),
    term("launch type", "Where a task runs: EC2 (on your servers) or FARGATE."),
    term("instance type", "The size of an EC2 server, such as m5.large: its CPU, its memory and its number of network interfaces."),
    term("availability zone", "A separate data centre of the region. Spread over zones, a service survives the loss of one."),
    term("task", "One running copy of a task definition: one or more containers that start, live and end together on one server or on Fargate."),
    term("task definition", "The recipe of a task: which images, how much CPU and memory, which ports, how to check health. Each change makes a new revision."),
    term("family", "The name that all revisions of a task definition share; nginx:3 is revision 3 of the family nginx."),
    term("service", "An order to keep a number of tasks running. It replaces tasks that end and moves to new task definitions."),
    term("desired count", "How many tasks a service wants. ECS starts or stops tasks until it has that many."),
    term("standalone task", "A task started with RunTask rather than by a service. Nobody replaces it when it ends."),
    term("RunTask", "Asks ECS to start tasks once. If no server fits, the answer says so and nothing is tried again."),
    term("DAEMON", "A service that runs one task on every server instead of a number of tasks somewhere."),
    term("REPLICA", "A service that runs a number of tasks, wherever they fit."),
    term("deployment", "The change of a service from one task definition to another: new tasks are started and old ones stopped within two limits."),
    term("minimum healthy percent", "During a change, at least this part of the desired count must stay healthy."),
    term("maximum percent", "During a change, old and new tasks together may be at most this part of the desired count."),
    term("steady state", "A service has as many healthy tasks as it wants and nothing left to change."),
    term("control plane", "The part of ECS that keeps the books and decides. It knows of your servers only what their agents report."),
    term("data plane", "Your servers and what really runs on them. It goes on when the control plane cannot reach it."),
    term("scheduler", "The part of the control plane that decides how many tasks to start or stop, and on which server."),
    term("belief", "What ECS holds to be so. It may be out of date, because it rests on reports that take time and can get lost."),
    term("truth", "What is really so on the servers. ECS cannot see it; this page can."),
    term("agent", "The ECS program on each server. It starts and stops containers as ECS tells it and reports what happened."),
    term("heartbeat", "A small message that shows that the connection between ECS and an agent still works."),
    term("disconnected", "ECS has not heard from an agent for too long. Its tasks stay RUNNING in the books; new tasks go elsewhere."),
    term("reservation", "The CPU and memory that a task is promised. Servers are filled by reservations, not by what tasks really use."),
    term("CPU unit", "A share of a processor: 1,024 units are one vCPU."),
    term("stranded room", "Room in one resource that nothing can use, because another is used up: free CPU on a server without memory left."),
    term("network interface", "A network card for a task (ENI). In awsvpc mode each task takes one, and a server has only a few."),
    term("awsvpc", "A network mode: each task gets its own network interface and address. Always used on Fargate."),
    term("bridge", "A network mode: containers share the server's address, with ports passed through to them."),
    term("host network", "A network mode: containers use the ports of the server directly, so each port can be used once."),
    term("host port", "A port of the server that is passed through to a container. A fixed one can be taken by one task only."),
    term("placement", "Choosing a server for a task: filter those that fit, apply constraints, follow strategies."),
    term("placement strategy", "Which of the servers that fit is preferred: spread, binpack or random. Several form a chain."),
    term("spread", "A strategy that keeps tasks even: over availability zones, servers or the values of an attribute."),
    term("binpack", "A strategy that fills servers up: the one with the least CPU or memory left that is still enough."),
    term("random", "A strategy that takes any server that fits."),
    term("placement constraint", "A rule that a server must obey to get a task at all: distinctInstance or memberOf."),
    term("distinctInstance", "A constraint: each task of the group on a server of its own."),
    term("memberOf", "A constraint: only servers for which an expression holds, such as attribute:ecs.instance-type =~ m5.*"),
    term("attribute", "A name and value attached to a server, such as its zone or its instance type. Constraints and spread can use it."),
    term("task group", "The name under which tasks are counted together. All tasks of a service are one group."),
    term("essential container", "A container without which its task makes no sense: when it ends, the whole task ends."),
    term("health check", "A command that ECS has run inside a container to see whether the app still answers."),
    term("exit code", "The number that a program leaves behind when it ends: 0 is good, 137 means killed, 143 means asked to end."),
    term("out of memory", "A container that grows past its memory limit is killed with exit code 137."),
    term("SIGTERM", "The signal that asks a program to end. After the stop timeout comes SIGKILL, which does not ask."),
    term("throttled", "Tasks of a service keep failing before they run, so ECS waits longer and longer between attempts."),
    term("service event", "A line in a service's own log of what it did or could not do, in the service's words."),
    term("zombie task", "A task that ECS believes RUNNING although its server is gone, because nobody could report its end."),
    term("ACTIVE", "A server that takes new tasks, if its agent is connected."),
    term("DRAINING", "A server that takes no new tasks and whose service tasks are moved elsewhere."),
    term("OK", "The health of a server whose agent and container runtime have answered the last check."),
    term("INITIALIZING", "A server has just registered; its first health check is still to come."),
    term("INSUFFICIENT_DATA", "A check of a server's health is overdue, or an alarm has no datapoints: ECS cannot tell."),
    term("IMPAIRED", "A check of a server's health fails, such as the one of its agent's connection. On EC2 nobody acts on that; the server stays."),
    term("DEREGISTERING", "A server that is leaving the cluster."),
    term("PROVISIONING", "A task's first status: its network interface is being made, or Fargate looks for a host."),
    term("PENDING", "A task has its place and waits for the agent to start it."),
    term("ACTIVATING", "A task is being set up: image pull, container start. On EC2 ECS does not see this step."),
    term("RUNNING", "A task's containers run, as far as ECS has heard."),
    term("DEACTIVATING", "A task is taken out of its load balancer before it is stopped."),
    term("STOPPING", "A task has been told to end; its containers have until the stop timeout."),
    term("DEPROVISIONING", "A task's containers have ended; its network interface is being taken away."),
    term("STOPPED", "A task has ended. It can still be looked at for an hour."),
    term("HEALTHY", "The health checks of a task's essential containers pass."),
    term("UNHEALTHY", "A health check has failed too often. A service replaces the task."),
    term("UNKNOWN", "Nothing is known about the health of a task: no check, or no result yet."),
];

const fn term(word: &'static str, meaning: &'static str) -> Term {
    Term { word, meaning }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::sim::control_plane::instance_health::HealthCheckState;
    use crate::sim::model::task::{HealthStatus, TaskStatus};

    #[test]
    fn every_status_a_task_can_show_is_explained() {
        let statuses = TaskStatus::ALL.map(TaskStatus::name);
        let healths = [HealthStatus::Healthy, HealthStatus::Unhealthy, HealthStatus::Unknown].map(HealthStatus::name);
        let servers = HealthCheckState::ALL.map(HealthCheckState::name);
        for word in statuses.iter().chain(&healths).chain(&servers) {
            assert!(meaning(word).is_some(), "{word}");
        }
        assert_eq!(meaning("Cluster"), meaning("cluster"));
        assert_eq!(meaning("pod"), None);
    }

    #[test]
    fn terms_are_short_and_named_once() {
        let words: BTreeSet<String> = TERMS.iter().map(|term| term.word.to_lowercase()).collect();
        assert_eq!(words.len(), TERMS.len());
        for term in TERMS {
            assert!(term.meaning.split_whitespace().count() <= 30, "{}", term.word);
            let end = term.meaning.chars().next_back();
            assert!(end == Some('.') || end == Some('*'), "{}", term.word);
        }
    }
}
