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
    term("availability zone", "One or more data centres of a region, apart from those of the other zones. Spread over zones, a service survives the loss of one."),
    term("task", "One running copy of a task definition: one or more containers that start, live and end together on one server or on Fargate."),
    term("task definition", "The recipe of a task: which images, how much CPU and memory, which ports, how to check health. Each change makes a new revision."),
    term("family", "The name that all revisions of a task definition share; nginx:3 is revision 3 of the family nginx."),
    term("service", "An order to keep a number of tasks running. It replaces tasks that end, and changes them when its task definition changes."),
    term("desired count", "How many tasks a service wants. ECS starts or stops tasks until it has that many."),
    term("standalone task", "A task started with RunTask rather than by a service. Nobody replaces it when it ends."),
    term("RunTask", "Asks ECS to start tasks once. If no server fits, the answer says so and nothing is tried again; only a capacity provider with managed scaling lets them wait."),
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
    term("execution role", "The IAM role with which a task is set up: it pulls images, reads secrets and writes logs."),
    term("Application Auto Scaling", "The service that changes the desired count of a service. It needs a scalable target and a scaling policy."),
    term("scaling policy", "Says when a service is scaled: to keep a metric at a target, or in steps when an alarm goes off."),
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
    term("stop timeout", "How long a container has to end after SIGTERM: 30 seconds unless set otherwise."),
    term("throttled", "Tasks of a service keep failing before they run, so ECS waits longer and longer between attempts."),
    term("service event", "A line in a service's own log of what it did or could not do, in the service's words."),
    term("encountered error \"AGENT\"", "The guide's words, in a service event, for a closest server whose agent is disconnected. Accounts have seen: doesn't have the agent connected."),
    term("Timed out waiting for Amazon ECS Agent to start", "A further service event of the guide for a closest server whose agent is disconnected. When the service prefers it is not documented."),
    term("revision", "One version of a task definition. During a deployment tasks of the old and of the new revision run side by side."),
    term("rollout", "The way from one revision to the next. Its rolloutState says how far it is: IN_PROGRESS, COMPLETED or FAILED."),
    term("rolling deployment", "Replaces a few tasks at a time, within the minimum healthy and the maximum percent."),
    term("circuit breaker", "Counts tasks of a new revision that fail one after another. At its threshold the deployment is FAILED and, if you asked for it, rolled back."),
    term("roll-back", "Return to the last revision that was deployed completely."),
    term("blue/green", "A deployment that builds all tasks of the new revision (green) beside the old ones (blue), then moves the requests at once."),
    term("canary", "A deployment that moves a small share of the requests first, waits, and then moves the rest."),
    term("linear", "A deployment that moves the requests in equal steps with a pause after each."),
    term("bake time", "How long old and new tasks both stay after the requests have moved. Until it is over a roll-back is instant."),
    term("life cycle stage", "A step of a blue/green, linear or canary deployment. A hook can hold the deployment there."),
    term("hook", "A function of yours that is asked at a life cycle stage and says: go on, wait or fail."),
    term("force new deployment", "Starts all tasks of a service anew although nothing about them has changed."),
    term("load balancer", "Takes the requests of clients and passes each to a healthy target. It checks the health of targets itself."),
    term("listener", "Where a load balancer takes requests. It divides them among target groups by weight."),
    term("target group", "The tasks that a load balancer sends requests to, with the settings of their health checks."),
    term("target", "One task, by its address and port, as the load balancer knows it."),
    term("weight", "The share that one of several gets: of the requests of a listener, or of the tasks of a strategy."),
    term("health check grace period", "For so long after its start ECS ignores what the load balancer says of a task."),
    term("deregistration delay", "How long a target that leaves may still finish the requests it has; it gets no new ones."),
    term("slow start", "A new target gets a share of requests that grows until this time is over."),
    term("latency", "How long a request takes to be answered. It grows when a task has too little CPU for what it is asked."),
    term("service discovery", "A name that DNS answers with the addresses of a service's tasks."),
    term("TTL", "How long clients keep an answer of DNS before they ask again. Until then they may go to tasks that are gone."),
    term("Service Connect", "A proxy beside each task that finds the tasks of other services by a short name and avoids those that fail."),
    term("Auto Scaling group", "A number of EC2 servers between a minimum and a maximum. It launches and terminates servers until it has the desired capacity."),
    term("desired capacity", "How many servers an Auto Scaling group tries to have."),
    term("capacity provider", "Where tasks may run: an Auto Scaling group of yours, FARGATE or FARGATE_SPOT."),
    term("capacity provider strategy", "Divides the tasks of a service among capacity providers, by base and weight."),
    term("base", "So many tasks go to this capacity provider before weights count."),
    term("managed scaling", "ECS sets the desired capacity of an Auto Scaling group by itself, so that the reservation stays at its target."),
    term("CapacityProviderReservation", "Servers needed, divided by servers running, in per cent. Above the target servers are added, below it for a while some are removed."),
    term("target capacity", "The reservation that managed scaling aims at. 100 % means no spare servers; less keeps some."),
    term("warm-up", "For so long after its launch a new server does not count for the next decision to scale."),
    term("managed termination protection", "Keeps scale-in from ending a server that still runs tasks of a service."),
    term("managed draining", "Lets a server that is about to be ended finish or hand over its tasks first."),
    term("scale-in", "Fewer tasks or servers, because fewer are needed. It is slow on purpose."),
    term("scale-out", "More tasks or servers, because more are needed."),
    term("service auto scaling", "Changes the desired count of a service by alarms. Without it the desired count stays as it is, however busy the tasks are."),
    term("scalable target", "A service that Application Auto Scaling may change, with the least and the most tasks."),
    term("target tracking", "Keeps a metric near a value by changing the desired count, by two alarms of its own."),
    term("step scaling", "Changes the desired count by a step; the further a metric is over the threshold, the larger the step."),
    term("cooldown", "After a change nothing of the same kind is done for so long."),
    term("CloudWatch", "AWS's service of metrics and alarms. It knows averages of whole minutes, some minutes late."),
    term("metric", "A number that is written down every minute, such as the average CPU use of a service."),
    term("datapoint", "The value of a metric for one period, usually a minute."),
    term("alarm", "Compares the newest datapoints of a metric with a threshold. ALARM when enough of them are beyond it."),
    term("missing data", "Periods without a datapoint. An alarm can ignore them, or count them as beyond or within the threshold."),
    term("DisconnectedAgentCount", "How many agents ECS does not hear. AWS publishes no such metric; here it stands for one that you would make yourself."),
    term("vCPU quota", "How many vCPUs of Fargate an account may use at once. Beyond it no task starts, whatever is free at AWS."),
    term("quota", "A limit of an account. Some can be raised, others not."),
    term("launch rate", "How many Fargate tasks an account may start: a burst at once, then so many each second."),
    term("ephemeral storage", "Disk space of a Fargate task, 20 to 200 GiB, gone with the task."),
    term("micro-VM", "A small virtual machine that AWS makes for one Fargate task. It has its own kernel."),
    term("trunking", "A setting by which a server has room for many more awsvpc tasks, each with a network interface of its own."),
    term("subnet", "A range of addresses in one availability zone. An awsvpc task needs one; when none is left, no task starts."),
    term("root volume", "The disk of a server. Images, logs and what apps write share it, and ECS does not look at it."),
    term("IOPS", "Reads and writes that a volume can do each second."),
    term("throughput", "How much a volume can read and write each second."),
    term("task protection", "Keeps a task from being stopped by scale-in or a deployment, for a time. It does not keep its server alive."),
    term("rebalancing", "A service moves tasks from zones with many to zones with few, one start before one stop."),
    term("Spot interruption", "EC2 or Fargate wants Spot capacity back and says so two minutes before."),
    term("StartTask", "Starts a task on a server that you name. No strategy is asked; only the room counts."),
    term("zombie task", "A task that ECS believes RUNNING although its server is gone, because nobody could report its end."),
    term("ACTIVE", "A server that takes new tasks, if its agent is connected."),
    term("DRAINING", "A server that takes no new tasks and whose service tasks are moved elsewhere."),
    term("OK", "The health of a server whose agent and container runtime have answered the last check."),
    term("INITIALIZING", "A server has just registered; its first health check is still to come."),
    term("INSUFFICIENT_DATA", "A check of a server's health is overdue, or an alarm has no datapoints: ECS cannot tell."),
    term("IMPAIRED", "A check of a server's health fails, such as the one of its agent's connection. On EC2 nobody acts on that; the server stays."),
    term("DEREGISTERING", "A server that is leaving the cluster."),
    term("PROVISIONING", "A task's first status: its network interface is being made, Fargate looks for a host, or its capacity provider has no room yet."),
    term("PENDING", "A task has its place and waits for the agent to start it."),
    term("ACTIVATING", "A task is being set up: image pull, container start, registration. On EC2 ECS sees only the last of these."),
    term("RUNNING", "A task's containers run, as far as ECS has heard."),
    term("DEACTIVATING", "A task is taken out of its load balancer, service discovery or Service Connect before it is stopped."),
    term("STOPPING", "A task has been told to end; its containers have until the stop timeout."),
    term("DEPROVISIONING", "A task's containers have ended; its network interface is being taken away."),
    term("STOPPED", "A task has ended. It can still be looked at for an hour."),
    term("HEALTHY", "The health checks of a task's essential containers pass."),
    term("UNHEALTHY", "A health check has failed too often. A service replaces the task."),
    term("UNKNOWN", "Nothing is known about the health of a task: no check, or no result yet."),
    term("PRIMARY", "The deployment that a service is moving to, or has moved to."),
    term("IN_PROGRESS", "A deployment that is not finished: tasks start, are checked, or bake."),
    term("COMPLETED", "A deployment is finished: all tasks wanted run, and those of the old revision are gone."),
    term("FAILED", "A deployment was given up, by the circuit breaker or an alarm."),
    term("initial", "A target has just been registered; its first health checks are still to pass."),
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
