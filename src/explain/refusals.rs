//! Why ECS starts no task at all, wherever there may be room: quotas of Fargate, roles, the limit of waiting tasks (ecs.md §5 #17, #22, #23, §8.3).
//! And why it refuses a call: the buckets of the API (ecs.md §13).

use crate::explain::causes::find;
use crate::explain::explanation::{Explanation, Grid};
use crate::explain::names::{count, definition_name, number, parts_of};
use crate::explain::requests::command_label;
use crate::sim::command::LaunchType;
use crate::sim::command::platform::QuotaCode;
use crate::sim::control_plane::api_rates::{ApiCategory, ApiRates};
use crate::sim::control_plane::capacity::strategy::launch_type_of;
use crate::sim::control_plane::fargate::VcpuQuota;
use crate::sim::control_plane::service::Service;
use crate::sim::decision::LaunchRefusal;
use crate::sim::engine::Sim;
use crate::sim::ids::ObservationId;
use crate::sim::observation::{Kind, Observation};
use crate::sim::time::{clock, span};

/// The answer for a service; the caller adds the words of the service.
pub(crate) fn why_refused(sim: &Sim, service: &Service, refusal: LaunchRefusal) -> Explanation {
    let waiting = service.waiting.as_ref().map_or(0, |waiting| waiting.count);
    let title = format!("{}: {} not started", service.name, count(u64::from(waiting), "task"));
    let (sentence, grids) = match refusal {
        LaunchRefusal::Vcpus | LaunchRefusal::CpuConfiguration => quota(sim, service, refusal),
        LaunchRefusal::LaunchRate => (launch_rate(sim), Vec::new()),
        LaunchRefusal::Role => {
            let family = &sim.belief().definitions[service.revision().definition].definition.family;
            let sentence = format!(
                "IAM does not let ECS assume the role of {family}: its trust relationship must name ecs-tasks.amazonaws.com. No task of \
                 it is even placed; those that run are not touched. ECS tries again at each look."
            );
            (sentence, Vec::new())
        }
        LaunchRefusal::ProvisioningLimit => {
            let (limit, waits) = (sim.tuning().capacity.provisioning_limit, sim.belief().capacity.waiting_tasks());
            let sentence = format!(
                "{} of the cluster wait in PROVISIONING for capacity, and no more than {limit} may. One more is started only when one \
                 of these has found a server or has been stopped.",
                count(waits as u64, "task")
            );
            (sentence, Vec::new())
        }
    };
    Explanation { title, sentence, grids, ..Explanation::default() }
}

/// The quota that a service of Fargate draws on.
pub(crate) fn vcpu_quota(sim: &Sim, service: &Service) -> (QuotaCode, VcpuQuota) {
    let provider = sim.belief().capacity.whose_turn(&service.revision().capacity_provider_strategy, service.group);
    match provider.map_or(service.revision().launch_type, launch_type_of) {
        LaunchType::FargateSpot => (QuotaCode::FargateSpotVcpus, sim.belief().fargate.spot),
        LaunchType::Ec2 | LaunchType::Fargate => (QuotaCode::FargateOnDemandVcpus, sim.belief().fargate.on_demand),
    }
}

/// Fargate's vCPU quota of the account: what it allows, what is used, what one more task asks for.
fn quota(sim: &Sim, service: &Service, refusal: LaunchRefusal) -> (String, Vec<Grid>) {
    let (code, quota) = vcpu_quota(sim, service);
    let name = code.quota_name();
    let asks = sim.belief().definitions[service.revision().definition].needs.cpu_units;
    let rule = match refusal {
        LaunchRefusal::CpuConfiguration => "one task alone asks for more than that",
        LaunchRefusal::Vcpus | LaunchRefusal::LaunchRate | LaunchRefusal::Role | LaunchRefusal::ProvisioningLimit => {
            "one task more would exceed that"
        }
    };
    let sentence = format!(
        "The account may use {} vCPUs of Fargate at once ({name}); {rule}. Tasks count until they are STOPPED. A higher quota, a smaller \
         size or servers of your own would help; ECS tries again at each look.",
        number(u64::from(quota.vcpus))
    );
    let row = |what: String, value: String| vec![what, value];
    let grid = Grid {
        title: "vCPUs".to_owned(),
        line: String::new(),
        heads: vec!["What", "vCPUs"],
        rows: vec![
            row("Quota".to_owned(), number(u64::from(quota.vcpus))),
            row("In use".to_owned(), parts_of(quota.used_cpu_units)),
            row(format!("One task of {}", definition_name(sim, service.revision().definition)), parts_of(asks)),
        ],
    };
    (sentence, vec![grid])
}

fn launch_rate(sim: &Sim) -> String {
    format!("{} ECS goes on by itself as the bucket fills.", launches_used_up(sim))
}

fn launches_used_up(sim: &Sim) -> String {
    let (burst, rate) = (sim.tuning().platform.fargate_launch_burst, sim.tuning().platform.fargate_launches_per_second);
    format!("The account may start {burst} tasks on Fargate at once and {rate} a second after that, and has just used that up.")
}

/// Why a call was refused with `ThrottlingException`: its bucket as it was then and as it is now.
pub fn why_throttled(sim: &Sim, log: &[Observation], of: ObservationId) -> Option<Explanation> {
    let fact = find(log, of)?;
    let Kind::CommandRefused { code: code @ "ThrottlingException", message } = &fact.kind else { return None };
    let (cause, service_text) = (fact.cause?, Some(format!("{code}: {message}")));
    let Kind::CommandGiven(command) = &find(log, cause)?.kind else { return None };
    let category = ApiCategory::of(command)?;
    let title = format!("Too many calls: {}", command_label(sim, command));
    let then = rates_before(sim, log, cause);
    let wait_ms = then.wait_ms(category, fact.at_ms, sim.tuning());
    if wait_ms == 0 {
        let sentence = format!("{} RunTask is not tried again by itself: wait a moment and ask again.", launches_used_up(sim));
        return Some(Explanation { title, sentence, service_text, ..Explanation::default() });
    }
    let (burst, rate) = category.burst_and_rate(sim.tuning());
    let now = sim.belief().api_rates.wait_ms(category, sim.now_ms(), sim.tuning());
    let advice = match now {
        0 => "There is a call in it now: ask again.".to_owned(),
        wait_ms => format!("From now on that is in {}: ask again then.", span(wait_ms)),
    };
    let sentence = format!(
        "Calls of this sort come out of one bucket of the account: {burst} at once, and {rate} a second after that. It was empty; the \
         next call was to be taken {} later, from {} on. {advice} Tools wait and ask again by themselves, longer each time.",
        span(wait_ms),
        clock(fact.at_ms + wait_ms)
    );
    let calls = |rates: &ApiRates, at_ms| {
        let milli = rates.milli_calls(category, at_ms, sim.tuning());
        format!("{}.{}", number(milli / 1_000), milli % 1_000 / 100)
    };
    let row = |what: &str, value: String| vec![what.to_owned(), value];
    let grid = Grid {
        title: category.name().to_owned(),
        line: String::new(),
        heads: vec!["What", "Calls"],
        rows: vec![
            row("At once", number(burst)),
            row("A second after that", number(rate)),
            row("In the bucket then", calls(&then, fact.at_ms)),
            row("In it now", calls(&sim.belief().api_rates, sim.now_ms())),
        ],
    };
    Some(Explanation { title, sentence, grids: vec![grid], service_text, ..Explanation::default() })
}

/// The buckets as a command found them: what the accepted ones before it have taken.
fn rates_before(sim: &Sim, log: &[Observation], command: ObservationId) -> ApiRates {
    let mut rates = ApiRates::default();
    let before = log.partition_point(|fact| fact.id < command);
    for (given, next) in log[..before].iter().zip(&log[1..]) {
        if let Kind::CommandGiven(given_command) = &given.kind
            && !matches!(next.kind, Kind::CommandRefused { .. })
        {
            rates.take(given_command, given.at_ms, sim.tuning());
        }
    }
    rates
}
