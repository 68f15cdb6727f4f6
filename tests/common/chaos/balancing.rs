//! Random commands about load balancers and traffic.

use super::Chaos;
use ecs_playground::sim::command::Command;
use ecs_playground::sim::command::balancing::{
    BalancingCommand, CreateListener, CreateTargetGroup, LoadBalancer, ModifyTargetGroup, ModifyTargetGroupAttributes,
    SetTraffic, TargetGroupTuple, TrafficSegment,
};

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
"#;

impl Chaos {
    /// A service of a family that listens may have one target group or two.
    pub(super) fn balanced_lines(&mut self, family: &str) -> &'static str {
        match (family, self.below(3)) {
            ("web", 0) => "load_balancers = [{ target_group = \"quick\", container_name = \"nginx\", container_port = 80 }]\n",
            ("web", 1) => {
                "load_balancers = [{ target_group = \"quick\", container_name = \"nginx\", container_port = 80 }, { target_group = \"usual\", container_name = \"nginx\", container_port = 80 }]\n"
            }
            _ => "",
        }
    }

    pub(super) fn load_balancers(&mut self, family: &str) -> Vec<LoadBalancer> {
        if family != "web" || self.one_in(2) {
            return Vec::new();
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

    pub(super) fn balancing(&mut self) -> Command {
        let target_group = self.pick(&["quick", "quick", "usual", "none"]).to_string();
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
        let mut tuple = |target_group: &str| TargetGroupTuple {
            target_group: target_group.to_string(),
            weight: self.pick(&[0, 1, 5, 999, 1_000]),
        };
        CreateListener { name: "both".to_string(), target_groups: vec![tuple("usual"), tuple("quick")] }
    }

    /// Requests that a gentle run can answer, else anything.
    fn traffic(&mut self) -> SetTraffic {
        let mut request = SetTraffic { name: self.pick(&["shop", "search"]).to_string(), ..SetTraffic::default() };
        let target = match self.below(3) {
            0 => &mut request.target_group,
            1 => &mut request.listener,
            _ => &mut request.service,
        };
        *target = Some(self.pick(&["quick", "both", "s1", "quick", "both", "s2"]).to_string());
        request.dns_ttl_seconds = self.pick(&[None, Some(5)]);
        let rates: &[u64] = if self.gentle { &[0, 1, 1_001] } else { &[0, 1, 7_777, 90_000, 5_000_000] };
        for number in 0..1 + self.below(3) as u32 {
            let milli_requests_per_second = self.pick(rates);
            request.segments.push(TrafficSegment { after_seconds: number * 20, milli_requests_per_second });
        }
        request
    }
}
