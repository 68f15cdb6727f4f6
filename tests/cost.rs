//! Money on whole runs: what the meter shows is what ecs.md §11 computes by hand.

mod common;

use common::scenario::{Run, SERVERS, definition, service, web};
use ecs_playground::cost::comparison::{fits_fargate, on_fargate, on_full_fleet};
use ecs_playground::cost::meter::{Item, Meter, Reading};
use ecs_playground::cost::{NanoDollars, prices};
use ecs_playground::session::view::totals::totals;
use ecs_playground::sim::command::balancing::{BalancingCommand, SetTraffic, TrafficSegment};
use ecs_playground::sim::command::capacity::CapacityCommand;
use ecs_playground::sim::command::platform::{ModifyVolume, PlatformCommand};
use ecs_playground::sim::command::{Command, LaunchInstances, UpdateService};
use ecs_playground::sim::ids::InstanceId;
use ecs_playground::sim::model::instance_type::InstanceType;
use ecs_playground::sim::time::{HOUR, MINUTE, SECOND};

fn so_far(run: &Run, item: Item) -> NanoDollars {
    Meter::of(&run.sim).reading(item).so_far
}

/// A new account could run six of these tasks only.
const QUOTA: &str =
    "[[setup]]\ncommand = \"RequestServiceQuotaIncrease\"\nrequest = { quota_code = \"L-3032A538\", desired_value = 100 }\n";

fn fargate(count: u32, launch_type: &str) -> String {
    let definition = "[[task_definitions]]\nfamily = \"web\"\nnetworkMode = \"awsvpc\"\nrequiresCompatibilities = [\"FARGATE\", \"EC2\"]\ncpu = \"1024\"\nmemory = \"2048\"\ncontainerDefinitions = [{ name = \"web\", image = \"web:1\" }]\n";
    format!("{SERVERS}{QUOTA}{definition}{}", service("web", count, &format!("launch_type = \"{launch_type}\"")))
}

#[test]
fn section_11_5_an_idle_m5_large_for_fifteen_minutes_costs_0_024() {
    let mut run = Run::begin("servers = [{ type = \"m5.large\", zone = \"us-east-1a\" }]\n", 1);
    run.until(15 * MINUTE);
    assert_eq!(so_far(&run, Item::Servers), 24_000_000);
    assert_eq!(Meter::of(&run.sim).reading(Item::Servers).per_hour, 96_000_000);
    assert_eq!(so_far(&run, Item::Storage), prices::over(prices::volume_per_hour(30), 15 * MINUTE));
}

#[test]
fn section_11_4_a_disk_costs_what_it_is_as_long_as_it_is_so() {
    let grow = |instance: Option<u32>, size: u32| {
        let instance = instance.map(InstanceId);
        Command::Platform(PlatformCommand::ModifyVolume(ModifyVolume { instance, size: Some(size), ..ModifyVolume::default() }))
    };
    let mut run = Run::begin("servers = [{ type = \"m5.large\", zone = \"us-east-1a\", count = 2 }]\n", 1);
    run.until(HOUR).give(grow(Some(1), 100)).until(3 * HOUR);
    // One was 30 GB for one hour and 100 GB for two, the other 30 GB for three.
    assert_eq!(so_far(&run, Item::Storage), 80_000_000 * 230 / 730 + 80_000_000 * 90 / 730);
    let per_hour = Meter::of(&run.sim).reading(Item::Storage).per_hour;
    assert_eq!(per_hour, prices::volume_per_hour(100) + prices::volume_per_hour(30));
    // Every server, and one that is launched afterwards; what is gone costs no more.
    run.give(grow(None, 200)).give(Command::TerminateInstances { instance: InstanceId(2) }).until(4 * HOUR);
    assert_eq!(so_far(&run, Item::Storage), 80_000_000 * 430 / 730 + 80_000_000 * 90 / 730);
}

#[test]
fn section_11_2_a_stopped_server_costs_only_its_disk() {
    let mut run = Run::begin("servers = [{ type = \"m5.large\", zone = \"us-east-1a\" }]\n", 1);
    let (stop, start) =
        (CapacityCommand::StopInstances { instance: InstanceId(1) }, CapacityCommand::StartInstances { instance: InstanceId(1) });
    run.until(HOUR).give(Command::Capacity(stop.clone())).until(3 * HOUR);
    assert_eq!(so_far(&run, Item::Servers), 96_000_000);
    assert_eq!(Meter::of(&run.sim).reading(Item::Servers).per_hour, 0);
    assert_eq!(so_far(&run, Item::Storage), 80_000_000 * 90 / 730);
    run.give(Command::Capacity(start)).until(4 * HOUR).give(Command::Capacity(stop)).until(5 * HOUR);
    run.give(Command::TerminateInstances { instance: InstanceId(1) }).until(6 * HOUR);
    assert_eq!(so_far(&run, Item::Servers), 2 * 96_000_000);
    assert_eq!(so_far(&run, Item::Storage), 80_000_000 * 150 / 730);
}

#[test]
fn section_11_2_a_server_is_billed_by_the_second_a_minute_at_least() {
    let launch = |spot| {
        let (instance_type, zone) = ("m5.large".to_string(), "us-east-1a".to_string());
        Command::LaunchInstances(LaunchInstances {
            instance_type,
            zone,
            count: 1,
            spot,
            ecs_enable_spot_instance_draining: false,
            attributes: Vec::new(),
        })
    };
    let mut run = Run::begin("", 1);
    run.until(10 * SECOND).give(launch(false)).give(launch(true)).until(15 * SECOND);
    assert_eq!(so_far(&run, Item::Servers), 96_000_000 / 60);
    assert_eq!(totals(&run.sim), "2 servers · 0 tasks running · $0.136/h", "0.096, 0.0336 and two disks of 30 GB");
    run.give(Command::TerminateInstances { instance: InstanceId(1) }).until(200_500);
    assert_eq!(so_far(&run, Item::Servers), 96_000_000 / 60);
    assert_eq!(so_far(&run, Item::SpotServers), 33_600_000 * 191 / 3_600);
    assert_eq!(Meter::of(&run.sim).reading(Item::Servers).per_hour, 0);
}

#[test]
fn section_11_1_fargate_is_billed_from_the_pull_and_a_minute_at_least() {
    let mut run = Run::begin(&fargate(1, "FARGATE"), 2);
    run.until(10 * SECOND);
    assert_eq!(so_far(&run, Item::Fargate), 0, "what comes before the pull is free");
    run.until(40 * SECOND).scale("web", 0).until(2 * MINUTE);
    let billed = so_far(&run, Item::Fargate);
    assert!((49_370_000 / 60..=2 * 49_370_000 / 60).contains(&billed), "{billed}");
    run.until(HOUR);
    assert_eq!(so_far(&run, Item::Fargate), billed, "an ended task costs nothing more");
}

#[test]
fn section_11_1_one_task_for_an_hour_on_fargate_and_on_spot() {
    for (launch_type, item, per_hour) in [("FARGATE", Item::Fargate, 49_370_000), ("FARGATE_SPOT", Item::FargateSpot, 14_811_000)]
    {
        let mut run = Run::begin(&fargate(1, launch_type), 3);
        run.until(5 * MINUTE);
        let before = so_far(&run, item);
        run.until(65 * MINUTE);
        let cost = so_far(&run, item) - before;
        assert!(cost.abs_diff(per_hour) <= 1, "{launch_type}: {cost}");
        assert_eq!(Meter::of(&run.sim).reading(item).per_hour, per_hour);
    }
}

#[test]
fn section_11_5_the_same_work_elsewhere() {
    let mut run = Run::begin(&fargate(2, "FARGATE"), 4);
    run.until(2 * HOUR);
    let m5_large = InstanceType::named("m5.large").unwrap();
    let (here, there) = (so_far(&run, Item::Fargate), on_full_fleet(&run.sim, m5_large));
    assert_eq!(here, on_fargate(&run.sim));
    // A full m5.large runs two such tasks: 0.048 against 0.04937.
    assert_eq!(there * 1_000 / here, 972);
    assert!(fits_fargate(&run.sim));
}

#[test]
fn work_on_servers_is_compared_by_the_next_size_of_fargate() {
    let mut run = Run::begin(&format!("{SERVERS}{}{}", definition("web", "").replace("512", "700"), service("web", 1, "")), 5);
    run.until(5 * MINUTE);
    let before = on_fargate(&run.sim);
    run.until(65 * MINUTE);
    // 0.25 vCPU and 700 MiB need the size of 1 GB.
    assert!((on_fargate(&run.sim) - before).abs_diff(10_120_000 + 4_445_000) <= 1);
    assert_eq!(so_far(&run, Item::Fargate), 0);
}

#[test]
fn section_11_5_a_second_set_of_ten_tasks_for_half_an_hour_costs_0_25() {
    let mut run = Run::begin(&fargate(10, "FARGATE"), 6);
    run.until(10 * MINUTE).scale("web", 20).until(20 * MINUTE);
    let doubled = Meter::of(&run.sim).reading(Item::Fargate).per_hour;
    assert_eq!(doubled, 20 * 49_370_000);
    assert_eq!(prices::over(doubled / 2, 30 * MINUTE), 246_850_000);
}

#[test]
fn section_11_4_a_load_balancer_costs_its_hours_and_what_it_carries_in_each_mode() {
    let group = "[[setup]]\ncommand = \"CreateTargetGroup\"\nrequest = { name = \"web\" }\n";
    let definition =
        definition("web", ", portMappings = [{ containerPort = 80, hostPort = 0 }]").replace(", cpu = 256", ", cpu = 1024");
    let load_balancers = "load_balancers = [{ target_group = \"web\", container_name = \"web\", container_port = 80 }]";
    let app = "[apps.web]\nrequest_cpu_us = 100\nresponse_kib = 1\n";
    let mut run = Run::begin(&format!("{SERVERS}{definition}{app}{group}{}", service("web", 2, load_balancers)), 8);
    // The first hour has begun.
    assert_eq!(Meter::of(&run.sim).reading(Item::LoadBalancer), Reading { so_far: 22_500_000, per_hour: 22_500_000 });
    run.until(30 * MINUTE);
    let send = |milli_requests_per_second| {
        Command::Balancing(BalancingCommand::SetTraffic(SetTraffic {
            name: "shop".to_string(),
            target_group: Some("web".to_string()),
            segments: vec![TrafficSegment { after_seconds: 0, milli_requests_per_second }],
            ..SetTraffic::default()
        }))
    };
    // Fifty connections a second are two units; the answers are nothing beside that.
    run.give(send(50_000));
    assert_eq!(Meter::of(&run.sim).reading(Item::LoadBalancer).per_hour, 22_500_000 + 2 * 8_000_000);
    run.until(90 * MINUTE).give(send(0));
    let reading = Meter::of(&run.sim).reading(Item::LoadBalancer);
    assert_eq!(reading, Reading { so_far: 2 * 22_500_000 + 2 * 8_000_000, per_hour: 22_500_000 });
    let mut without = Run::begin(&format!("{SERVERS}{definition}{app}{}", service("web", 2, "")), 8);
    without.until(90 * MINUTE);
    assert_eq!(Meter::of(&without.sim).reading(Item::LoadBalancer), Reading::default());
    // A task behind a load balancer is RUNNING a little later: its work is the same to a thousandth.
    let full_fleet = |run: &Run| on_full_fleet(&run.sim, InstanceType::named("m5.large").unwrap());
    for (with, without) in [(on_fargate(&run.sim), on_fargate(&without.sim)), (full_fleet(&run), full_fleet(&without))] {
        assert!((with - without).abs_diff(reading.so_far) * 1_000 <= without, "{with} {without}");
    }
}

#[test]
fn section_11_4_answers_count_when_there_are_more_of_them() {
    let app = "[apps.web]\nrequest_cpu_us = 100\nresponse_kib = 1024\n";
    let group = "[[setup]]\ncommand = \"CreateTargetGroup\"\nrequest = { name = \"web\" }\n";
    let definition = definition("web", ", portMappings = [{ containerPort = 80, hostPort = 0 }]");
    let load_balancers = "load_balancers = [{ target_group = \"web\", container_name = \"web\", container_port = 80 }]";
    let mut run = Run::begin(&format!("{SERVERS}{definition}{app}{group}{}", service("web", 2, load_balancers)), 8);
    run.until(2 * MINUTE).give(Command::Balancing(BalancingCommand::SetTraffic(SetTraffic {
        name: "shop".to_string(),
        target_group: Some("web".to_string()),
        segments: vec![TrafficSegment { after_seconds: 0, milli_requests_per_second: 1_000 }],
        ..SetTraffic::default()
    })));
    // 3,600 MiB an hour, against a twenty-fifth of a unit by connections.
    let expected = 22_500_000 + 8_000_000 * 3_600 / 1_024;
    assert_eq!(Meter::of(&run.sim).reading(Item::LoadBalancer).per_hour, expected);
}

#[test]
fn the_total_is_the_sum_and_never_falls() {
    let mut run = Run::begin(&web(3), 7);
    let mut last = 0;
    for minute in 1..40 {
        run.until(minute * MINUTE);
        match minute {
            5 => drop(run.scale("web", 8)),
            10 => drop(run.give(Command::TerminateInstances { instance: InstanceId(2) })),
            20 => {
                let service = "web".to_string();
                run.give(Command::UpdateService(UpdateService { service, desired_count: Some(1), ..UpdateService::default() }));
            }
            _ => {}
        }
        let meter = Meter::of(&run.sim);
        let sum: NanoDollars = Item::ALL.iter().map(|item| meter.reading(*item).so_far).sum();
        assert_eq!(meter.total().so_far, sum);
        assert!(sum > last);
        last = sum;
    }
}
