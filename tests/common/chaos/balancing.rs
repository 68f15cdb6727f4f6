//! Random commands about load balancers and traffic.

use super::Chaos;
use ecs_playground::sim::command::balancing::{
    AdvancedConfiguration, BalancingCommand, CreateListener, CreateTargetGroup, DnsRecordType, LoadBalancer, ModifyTargetGroup,
    ModifyTargetGroupAttributes, ServiceConnectConfiguration, ServiceConnectService, ServiceRegistry, SetTraffic,
    TargetGroupTuple, TrafficSegment,
};
use ecs_playground::sim::command::{Command, CreateService, UpdateService};
use ecs_playground::sim::control_plane::service::{Service, ServiceStatus};
use ecs_playground::sim::engine::Sim;

/// Target groups that stand before the services do.
pub const SETUP: &str = r#"
[[setup]]
command = "CreateTargetGroup"
request = { name = "quick", health_check_interval_seconds = 5, health_check_timeout_seconds = 2, healthy_threshold_count = 2, deregistration_delay_timeout_seconds = 7 }

[[setup]]
command = "CreateTargetGroup"
request = { name = "usual" }

[[setup]]
command = "CreateListener"
request = { name = "both", target_groups = [{ target_group = "quick", weight = 1 }, { target_group = "usual", weight = 2 }] }

[[setup]]
command = "CreateTargetGroup"
request = { name = "blue", health_check_interval_seconds = 5, health_check_timeout_seconds = 2, deregistration_delay_timeout_seconds = 5 }

[[setup]]
command = "CreateTargetGroup"
request = { name = "green", health_check_interval_seconds = 5, health_check_timeout_seconds = 2, deregistration_delay_timeout_seconds = 5 }

[[setup]]
command = "CreateListener"
request = { name = "production", target_groups = [{ target_group = "blue", weight = 1 }] }

[[setup]]
command = "CreateListener"
request = { name = "test", target_groups = [{ target_group = "green", weight = 1 }] }
"#;

/// A function that hooks ask, as it is at first.
pub const FUNCTION: &str = r#"
[[setup]]
command = "SetHookFunction"
request = { function_name = "check", answer = "SUCCEEDED", after_invocations = 1, call_back_delay_seconds = 3 }
"#;

/// What deployments of one service at a time can shift traffic by.
const ROUTED: &str = "load_balancers = [{ target_group = \"blue\", container_name = \"nginx\", container_port = 80, advanced_configuration = { alternate_target_group = \"green\", production_listener_rule = \"production\", test_listener_rule = \"test\" } }]\n";

impl Chaos {
    /// A service of a family that listens may have one target group or two, or two that deployments shift traffic between.
    pub(super) fn balanced_lines(&mut self, family: &str) -> String {
        let one = "load_balancers = [{ target_group = \"quick\", container_name = \"nginx\", container_port = 80 }]\n";
        match (family, self.below(4)) {
            ("web", 0) => one.to_string(),
            ("web", 1) => one.replace("}]", "}, { target_group = \"usual\", container_name = \"nginx\", container_port = 80 }]"),
            ("web", _) if !self.routed => {
                self.routed = true;
                let strategy = if self.gentle { "ROLLING" } else { self.pick(&["BLUE_GREEN", "CANARY", "LINEAR", "ROLLING"]) };
                let hooks = if strategy == "ROLLING" { String::new() } else { self.hook_lines() };
                format!("{ROUTED}deployment_configuration = {{ strategy = \"{strategy}\", bake_time_in_minutes = 1{hooks} }}\n")
            }
            _ if !self.gentle && self.one_in(2) => {
                let (strategy, hooks) = (self.pick(&["BLUE_GREEN", "CANARY", "LINEAR"]), self.hook_lines());
                format!("deployment_configuration = {{ strategy = \"{strategy}\", bake_time_in_minutes = 1{hooks} }}\n")
            }
            _ => String::new(),
        }
    }

    pub(super) fn load_balancers(&mut self, family: &str) -> Vec<LoadBalancer> {
        if family != "web" || self.one_in(2) {
            return Vec::new();
        }
        if self.one_in(3) {
            return vec![self.routed_load_balancer()];
        }
        let names = self.pick(&[&["quick"][..], &["usual"], &["quick", "usual"], &["none"]]);
        let of = |name: &&str| LoadBalancer {
            target_group: name.to_string(),
            container_name: "nginx".to_string(),
            container_port: 80,
            advanced_configuration: None,
        };
        names.iter().map(of).collect()
    }

    /// Usually the one that deployments shift traffic by; sometimes wrong, sometimes the other way round.
    fn routed_load_balancer(&mut self) -> LoadBalancer {
        let (primary, alternate) =
            self.pick(&[("blue", "green"), ("blue", "green"), ("green", "blue"), ("blue", "blue"), ("blue", "quick")]);
        let (production, test) = self.pick(&[
            ("production", Some("test")),
            ("production", Some("test")),
            ("production", None),
            ("both", Some("both")),
        ]);
        LoadBalancer {
            target_group: primary.to_string(),
            container_name: "nginx".to_string(),
            container_port: 80,
            advanced_configuration: Some(AdvancedConfiguration {
                alternate_target_group: alternate.to_string(),
                production_listener_rule: production.to_string(),
                test_listener_rule: test.map(str::to_string),
            }),
        }
    }

    /// A service of `web` gets other load balancers, and perhaps another way to be deployed.
    fn rebalance(&mut self) -> Command {
        let service = self.service();
        let load_balancers = Some(self.load_balancers("web"));
        let deployment_configuration = self.one_in(2).then(|| Box::new(self.configuration()));
        let task_definition = Some("web".to_string());
        Command::UpdateService(UpdateService {
            service,
            load_balancers,
            deployment_configuration,
            task_definition,
            ..UpdateService::default()
        })
    }

    /// A service whose deployments can shift traffic is deployed again, or created when there is none.
    fn redeploy(&mut self, sim: &Sim) -> Command {
        let routed = |service: &&Service| {
            service.status == ServiceStatus::Active
                && service.revision().load_balancers.iter().any(|each| each.advanced.is_some())
        };
        let Some(service) = sim.belief().services.iter().map(|(_, service)| service).find(routed) else {
            self.services += 1;
            return Command::CreateService(CreateService {
                service_name: format!("s{}", self.services),
                task_definition: "web".to_string(),
                desired_count: 1 + self.below(3) as u32,
                load_balancers: vec![self.routed_load_balancer()],
                deployment_configuration: Some(Box::new(self.configuration())),
                ..CreateService::default()
            });
        };
        let service = service.name.to_string();
        let deployment_configuration = self.one_in(3).then(|| Box::new(self.configuration()));
        let task_definition = self.one_in(4).then(|| self.family().to_string());
        let request = UpdateService {
            service,
            deployment_configuration,
            task_definition,
            force_new_deployment: true,
            ..UpdateService::default()
        };
        Command::UpdateService(request)
    }

    /// A service joins a namespace as a client or with an endpoint, or leaves it; with a task definition that may or may not do.
    fn connect(&mut self) -> Command {
        let endpoint = ServiceConnectService { discovery_name: self.pick(&["one", "two"]).to_string(), container_port: 80 };
        let configuration = ServiceConnectConfiguration {
            enabled: !self.one_in(6),
            namespace: "shop".to_string(),
            services: if self.one_in(3) { Vec::new() } else { vec![endpoint] },
        };
        Command::UpdateService(UpdateService {
            service: self.service(),
            service_connect_configuration: Some(Box::new(configuration)),
            ..UpdateService::default()
        })
    }

    /// A service is found by its name or not, by records that its task definition may or may not have.
    fn discover(&mut self) -> Command {
        let srv = self.one_in(2);
        let registry = ServiceRegistry {
            dns_record_type: if srv { DnsRecordType::Srv } else { DnsRecordType::A },
            container_name: srv.then(|| self.pick(&["web", "web", "none"]).to_string()),
            container_port: srv.then_some(80),
        };
        Command::UpdateService(UpdateService {
            service: self.service(),
            service_registries: Some(if self.one_in(4) { Vec::new() } else { vec![registry] }),
            ..UpdateService::default()
        })
    }

    pub(super) fn balancing(&mut self, sim: &Sim) -> Command {
        if self.one_in(8) {
            return self.discover();
        }
        if self.one_in(8) {
            return self.connect();
        }
        match self.below(6) {
            0 => return self.rebalance(),
            1..=3 => return self.redeploy(sim),
            _ => {}
        }
        let target_group = self.pick(&["quick", "quick", "usual", "blue", "green", "none"]).to_string();
        Command::Balancing(match self.below(7) {
            0 => BalancingCommand::CreateTargetGroup(CreateTargetGroup { name: target_group, ..CreateTargetGroup::default() }),
            1 => BalancingCommand::ModifyTargetGroup(ModifyTargetGroup {
                target_group,
                health_check_interval_seconds: Some(self.pick(&[4, 5, 10, 60])),
                unhealthy_threshold_count: Some(self.pick(&[2, 3, 10])),
                matcher: Some(self.pick(if self.gentle { &["200", "200-204"] } else { &["200", "404"] }).to_string()),
                ..ModifyTargetGroup::default()
            }),
            4 => BalancingCommand::ModifyListener(self.listener()),
            5 | 6 => BalancingCommand::SetTraffic(self.traffic()),
            _ => BalancingCommand::ModifyTargetGroupAttributes(ModifyTargetGroupAttributes {
                target_group,
                deregistration_delay_timeout_seconds: Some(self.pick(if self.gentle { &[0, 5] } else { &[0, 60, 300, 4_000] })),
                slow_start_duration_seconds: self.pick(&[None, Some(0), Some(60)]),
            }),
        })
    }

    fn listener(&mut self) -> CreateListener {
        // By hand while a service shifts traffic by it, too; not in a run that must come to rest with nothing lost.
        let (name, groups) = if self.gentle || !self.one_in(4) {
            ("both", ["usual", "quick"])
        } else {
            ("production", self.pick(&[["blue", "green"], ["green", "usual"]]))
        };
        let mut tuple = |target_group: &str| TargetGroupTuple {
            target_group: target_group.to_string(),
            weight: self.pick(&[0, 1, 5, 999, 1_000]),
        };
        CreateListener { name: name.to_string(), target_groups: groups.iter().map(|group| tuple(group)).collect() }
    }

    /// Requests that a gentle run can answer, else anything.
    fn traffic(&mut self) -> SetTraffic {
        let mut request = SetTraffic { name: self.pick(&["shop", "search"]).to_string(), ..SetTraffic::default() };
        let target = match self.below(3) {
            0 => &mut request.target_group,
            1 => &mut request.listener,
            _ => &mut request.service,
        };
        *target = Some(self.pick(&["quick", "both", "s1", "production", "production", "s2"]).to_string());
        request.dns_ttl_seconds = self.pick(&[None, Some(5)]);
        if self.one_in(4) {
            let (client, name) = (self.service(), self.pick(&["one", "two"]).to_string());
            (request.target_group, request.listener, request.dns_ttl_seconds) = (None, None, None);
            (request.client, request.service) = (Some(client), Some(name));
        }
        let rates: &[u64] = if self.gentle { &[0, 1, 1_001] } else { &[0, 1, 7_777, 90_000, 5_000_000] };
        for number in 0..1 + self.below(3) as u32 {
            let milli_requests_per_second = self.pick(rates);
            request.segments.push(TrafficSegment { after_seconds: number * 20, milli_requests_per_second });
        }
        request
    }
}
