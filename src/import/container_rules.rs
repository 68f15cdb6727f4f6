//! One container definition: what the service refuses about it, and what it becomes.
//!
//! Messages are the service's own where a source gives them (ecs.md §14, error texts quoted in public issues); the others are
//! written in its style. Rules that need to see more than one container are in `task_definition_rules`.

use std::rc::Rc;

use super::findings::Findings;
use super::task_definition_input::{
    ContainerInput, DependencyInput, HealthCheckInput, MountPointInput, PortMappingInput, ResourceRequirementInput,
    RestartPolicyInput,
};
use crate::sim::model::container_definition::{
    ContainerCondition, ContainerDefinition, ContainerDependency, HealthCheck, MountPoint, PortMapping, Protocol, RestartPolicy,
};
use crate::sim::model::task_definition::NetworkMode;

/// What a container has to know of its task definition.
pub(super) struct TaskContext {
    pub network_mode: NetworkMode,
    pub memory_mib: Option<u32>,
    /// Something is written at the task level, right or wrong, or is refused there for being missing.
    pub settles_memory: bool,
    pub on_fargate: bool,
}

/// Smallest memory of a container in MiB, Docker 20.10 and later (ecs.md §1.3).
const MIN_MEMORY_MIB: i64 = 6;
/// More units, MiB or seconds than there are anywhere, so that sums over ten containers fit (chosen here).
const MAX_AMOUNT: i64 = 100_000_000;
/// Longest `stopTimeout` on Fargate in seconds (ecs.md §2.3).
const MAX_FARGATE_STOP_TIMEOUT_S: i64 = 120;
/// Shortest `startTimeout` and `stopTimeout` in seconds (API26:ContainerDefinition).
const MIN_GRANULAR_TIMEOUT_S: i64 = 2;
/// Longest name of a family or a container (API26:ContainerDefinition.name).
const MAX_NAME_CHARS: usize = 255;
/// Most `ignoredExitCodes` (ecs.md §2.7).
const MAX_IGNORED_EXIT_CODES: usize = 50;

/// Letters, digits, `-` and `_`.
pub(super) fn is_name(text: &str) -> bool {
    let allowed = |each: char| each.is_ascii_alphanumeric() || each == '-' || each == '_';
    !text.is_empty() && text.chars().count() <= MAX_NAME_CHARS && text.chars().all(allowed)
}

/// A container with what it is called in messages and where it stands.
struct Rules<'a> {
    input: &'a ContainerInput,
    path: &'a str,
    name: &'a str,
    findings: &'a mut Findings,
}

pub(super) fn container(input: &ContainerInput, path: &str, task: &TaskContext, findings: &mut Findings) -> ContainerDefinition {
    let name = input.name.as_deref().unwrap_or("");
    let mut rules = Rules { input, path, name, findings };
    rules.name_and_image();
    let (memory_mib, memory_reservation_mib) = rules.memory(task);
    ContainerDefinition {
        name: name.into(),
        image: input.image.as_deref().unwrap_or("").into(),
        cpu_units: rules.at_least(0, input.cpu, "cpu").unwrap_or(0),
        memory_mib,
        memory_reservation_mib,
        essential: input.essential.unwrap_or(true),
        port_mappings: rules.ports(task.network_mode),
        health_check: input.health_check.as_ref().map(|check| rules.health_check(check)),
        depends_on: rules.dependencies(),
        gpu_count: rules.gpus(),
        start_timeout_ms: rules.timeout_ms(input.start_timeout, "start"),
        stop_timeout_ms: rules.stop_timeout_ms(task),
        restart_policy: input.restart_policy.as_ref().map(|policy| rules.restart_policy(policy)),
        mount_points: rules.mount_points(),
        log_driver: rules.log_driver(task),
        log_limit_kib: rules.log_limit_kib(),
    }
}

impl Rules<'_> {
    fn refuse(&mut self, field: &str, message: impl Into<String>) {
        let path = format!("{}.{field}", self.path);
        self.findings.refuse(path, message);
    }

    fn invalid(&mut self, path: &str, field: &str) {
        let message = format!("Invalid '{field}' setting for container '{}'.", self.name);
        self.refuse(path, message);
    }

    fn invalid_because(&mut self, field: &str, why: &str) {
        let message = format!("Invalid setting for container '{}'. {why}", self.name);
        self.refuse(field, message);
    }

    fn at_least(&mut self, min: i64, value: Option<i64>, field: &str) -> Option<u32> {
        let value = value?;
        match u32::try_from(value) {
            Ok(small) if value >= min && value <= MAX_AMOUNT => Some(small),
            Ok(_) | Err(_) => {
                self.invalid(field, field);
                None
            }
        }
    }

    fn name_and_image(&mut self) {
        if self.name.is_empty() {
            self.refuse("name", "Container.name should not be null or empty.");
        } else if !is_name(self.name) {
            self.refuse("name", "Container.name contains invalid characters.");
        }
        let image = self.input.image.as_deref().unwrap_or("");
        let allowed = |each: char| each.is_ascii_alphanumeric() || "-_.:/#@".contains(each);
        if image.is_empty() {
            self.refuse("image", "Container.image should not be null or empty.");
        } else if !image.chars().all(allowed) {
            self.refuse("image", "Container.image contains invalid characters.");
        }
    }

    fn memory(&mut self, task: &TaskContext) -> (Option<u32>, Option<u32>) {
        let input = self.input;
        if input.memory.or(input.memory_reservation).is_none() && !task.settles_memory {
            let why = "At least one of 'memory' or 'memoryReservation' must be specified.";
            self.invalid_because("memory", why);
        }
        let limit = self.memory_field(input.memory, "memory");
        let reservation = self.memory_field(input.memory_reservation, "memoryReservation");
        if let (Some(limit), Some(reservation)) = (limit, reservation)
            && reservation > limit
        {
            let why = "'memory' must be greater than or equal to 'memoryReservation'.";
            self.invalid_because("memoryReservation", why);
        }
        for (value, field) in [(limit, "memory"), (reservation, "memoryReservation")] {
            if let (Some(value), Some(of_task)) = (value, task.memory_mib)
                && value > of_task
            {
                let message = format!("The '{field}' setting for container '{}' is greater than for the task.", self.name);
                self.refuse(field, message);
            }
        }
        (limit, reservation)
    }

    fn memory_field(&mut self, value: Option<i64>, field: &str) -> Option<u32> {
        let value = value?;
        if value < MIN_MEMORY_MIB {
            let why = format!("'{field}' must be at least {MIN_MEMORY_MIB} MiB.");
            self.invalid_because(field, &why);
            return None;
        }
        self.at_least(MIN_MEMORY_MIB, Some(value), field)
    }

    fn ports(&mut self, mode: NetworkMode) -> Vec<PortMapping> {
        let mappings = self.input.port_mappings.as_deref().unwrap_or_default();
        if mode == NetworkMode::None && !mappings.is_empty() {
            self.refuse("portMappings", "When networkMode=none, port mappings are not allowed.");
        }
        let numbered = mappings.iter().enumerate();
        numbered.filter_map(|(index, mapping)| self.port(index, mapping, mode)).collect()
    }

    /// A range of ports is taken as given: the instance chooses the host ports, so nothing can conflict.
    fn port(&mut self, index: usize, input: &PortMappingInput, mode: NetworkMode) -> Option<PortMapping> {
        let field = |name: &str| format!("portMappings[{index}].{name}");
        let protocol = match input.protocol.as_deref() {
            None => Some(Protocol::default()),
            Some(text) => Protocol::parse(text),
        };
        if protocol.is_none() {
            self.invalid(&field("protocol"), "protocol");
        }
        if input.container_port.is_none() && input.container_port_range.is_some() {
            return None;
        }
        let container_port = port_number(input.container_port).filter(|port| *port != 0);
        if container_port.is_none() {
            self.invalid(&field("containerPort"), "containerPort");
        }
        let host_port = port_number(input.host_port.or(Some(0)));
        if host_port.is_none() {
            self.invalid(&field("hostPort"), "hostPort");
        }
        let (protocol, container_port, host_port) = (protocol?, container_port?, host_port?);
        let host_port = match mode {
            NetworkMode::Bridge | NetworkMode::None => host_port,
            NetworkMode::Host | NetworkMode::Awsvpc => {
                if host_port != 0 && host_port != container_port {
                    let message = format!(
                        "When networkMode={}, the host ports and container ports in port mappings must match.",
                        mode.name()
                    );
                    self.refuse(&field("hostPort"), message);
                }
                container_port
            }
        };
        Some(PortMapping { container_port, host_port, protocol })
    }

    fn health_check(&mut self, input: &HealthCheckInput) -> HealthCheck {
        let command = input.command.as_deref().unwrap_or_default();
        let kind = command.first().map_or("", String::as_str);
        if command.len() < 2 || !["CMD", "CMD-SHELL"].contains(&kind) {
            let why = "Health check command must start with CMD or CMD-SHELL and name a command.";
            self.invalid_because("healthCheck.command", why);
        }
        HealthCheck {
            command: command.iter().map(|word| Rc::from(word.as_str())).collect(),
            interval_ms: self.check_time_ms(input.interval, 5, 300, "interval").unwrap_or(HealthCheck::DEFAULT_INTERVAL_MS),
            timeout_ms: self.check_time_ms(input.timeout, 2, 60, "timeout").unwrap_or(HealthCheck::DEFAULT_TIMEOUT_MS),
            retries: self
                .within(input.retries, 1, 10, "healthCheck.retries", "")
                .map_or(HealthCheck::DEFAULT_RETRIES, |count| u32::try_from(count).expect("at most 10")),
            start_period_ms: self
                .check_time_ms(input.start_period, 0, 300, "startPeriod")
                .unwrap_or(HealthCheck::DEFAULT_START_PERIOD_MS),
        }
    }

    fn check_time_ms(&mut self, value: Option<i64>, min: u64, max: u64, name: &str) -> Option<u64> {
        let field = format!("healthCheck.{name}");
        self.within(value, min, max, &field, " seconds").map(|value| value * 1000)
    }

    fn within(&mut self, value: Option<i64>, min: u64, max: u64, field: &str, unit: &str) -> Option<u64> {
        let value = value?;
        let fits = u64::try_from(value).ok().filter(|value| (min..=max).contains(value));
        if fits.is_none() {
            let why = format!("'{field}' must be between {min} and {max}{unit}.");
            self.invalid_because(field, &why);
        }
        fits
    }

    fn dependencies(&mut self) -> Vec<ContainerDependency> {
        let dependencies = self.input.depends_on.as_deref().unwrap_or_default();
        let numbered = dependencies.iter().enumerate();
        numbered.filter_map(|(index, each)| self.dependency(index, each)).collect()
    }

    fn dependency(&mut self, index: usize, input: &DependencyInput) -> Option<ContainerDependency> {
        let condition = input.condition.as_deref().unwrap_or("");
        let parsed = ContainerCondition::parse(condition);
        if parsed.is_none() {
            let why = format!("Container dependency condition '{condition}' must be one of START, COMPLETE, SUCCESS, HEALTHY.");
            self.invalid_because(&format!("dependsOn[{index}].condition"), &why);
        }
        Some(ContainerDependency { container: input.container_name.as_deref().unwrap_or("").into(), condition: parsed? })
    }

    fn gpus(&mut self) -> u32 {
        let requirements = self.input.resource_requirements.as_deref().unwrap_or_default();
        let numbered = requirements.iter().enumerate();
        numbered.map(|(index, each)| self.gpus_of(index, each)).sum()
    }

    fn gpus_of(&mut self, index: usize, input: &ResourceRequirementInput) -> u32 {
        if input.kind.as_deref() != Some("GPU") {
            return 0;
        }
        let count = input.value.as_deref().and_then(|value| value.parse().ok());
        // More than any instance has, so that sums stay small.
        match count.filter(|count| (1..=64).contains(count)) {
            Some(count) => count,
            None => {
                self.invalid(&format!("resourceRequirements[{index}].value"), "resourceRequirements");
                0
            }
        }
    }

    fn timeout_ms(&mut self, value_s: Option<i64>, which: &str) -> Option<u64> {
        let value_s = value_s?;
        if value_s < MIN_GRANULAR_TIMEOUT_S {
            let message = format!(
                "Granular {which} timeout on container '{}' must be at least {MIN_GRANULAR_TIMEOUT_S} seconds.",
                self.name
            );
            self.refuse(&format!("{which}Timeout"), message);
            return None;
        }
        let seconds = self.at_least(MIN_GRANULAR_TIMEOUT_S, Some(value_s), &format!("{which}Timeout"));
        seconds.map(|seconds| u64::from(seconds) * 1000)
    }

    fn stop_timeout_ms(&mut self, task: &TaskContext) -> Option<u64> {
        let too_long = |seconds: i64| seconds > MAX_FARGATE_STOP_TIMEOUT_S;
        if task.on_fargate && self.input.stop_timeout.is_some_and(too_long) {
            let message = "Tasks using the Fargate launch type must have a container stop timeout of less than 120 seconds.";
            self.refuse("stopTimeout", message);
        }
        self.timeout_ms(self.input.stop_timeout, "stop")
    }

    fn restart_policy(&mut self, input: &RestartPolicyInput) -> RestartPolicy {
        let period = "restartPolicy.restartAttemptPeriod";
        let period_s = self.within(input.restart_attempt_period, 60, 1800, period, " seconds");
        let codes = input.ignored_exit_codes.clone().unwrap_or_default();
        if codes.len() > MAX_IGNORED_EXIT_CODES {
            let why = format!("At most {MAX_IGNORED_EXIT_CODES} exit codes can be ignored.");
            self.invalid_because("restartPolicy.ignoredExitCodes", &why);
        }
        RestartPolicy {
            enabled: input.enabled.unwrap_or(false),
            ignored_exit_codes: codes,
            restart_attempt_period_ms: period_s
                .map_or(RestartPolicy::DEFAULT_RESTART_ATTEMPT_PERIOD_MS, |seconds| seconds * 1000),
        }
    }

    fn mount_points(&mut self) -> Vec<MountPoint> {
        let points = self.input.mount_points.as_deref().unwrap_or_default();
        points.iter().map(mount_point).collect()
    }

    fn log_driver(&mut self, task: &TaskContext) -> Option<Rc<str>> {
        let driver = self.input.log_configuration.as_ref()?.log_driver.as_deref();
        let field = "logConfiguration.logDriver";
        match driver {
            None | Some("") => self.refuse(field, "Log driver should not be null or empty."),
            Some("awslogs" | "splunk" | "awsfirelens") => {}
            Some(other) if task.on_fargate => {
                let message = format!("{other} is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]");
                self.refuse(field, message);
            }
            Some(_) => {}
        }
        driver.map(Rc::from)
    }

    /// What rotation leaves of a log on disk.
    fn log_limit_kib(&mut self) -> Option<u64> {
        let log = self.input.log_configuration.as_ref().filter(|log| log.log_driver.as_deref() == Some("json-file"))?;
        let text = |name: &str| log.options.as_ref()?.get(name)?.as_str();
        let size_kib = self.log_option(text("max-size")?, "max-size", "a size like 10m", size_in_kib)?;
        let number = |text: &str| text.parse().ok().filter(|number| (1..=1_000).contains(number));
        let files =
            text("max-file").map_or(Some(1), |text| self.log_option(text, "max-file", "a number from 1 to 1000", number))?;
        Some(size_kib * files)
    }

    fn log_option(&mut self, text: &str, name: &str, wanted: &str, read: impl Fn(&str) -> Option<u64>) -> Option<u64> {
        let value = read(text);
        if value.is_none() {
            let why = format!("'{text}' is no '{name}'; it must be {wanted}.");
            self.invalid_because(&format!("logConfiguration.options.{name}"), &why);
        }
        value
    }
}

/// `10m` as Docker reads it, in KiB.
fn size_in_kib(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let number = digits.parse::<u64>().ok().filter(|number| (1..=1_000_000).contains(number))?;
    match &text[digits.len()..] {
        "k" | "K" => Some(number),
        "m" | "M" => Some(number * 1_024),
        "g" | "G" => Some(number * 1_024 * 1_024),
        "" => Some(number.div_ceil(1_024)),
        _ => None,
    }
}

fn port_number(value: Option<i64>) -> Option<u16> {
    u16::try_from(value?).ok()
}

fn mount_point(input: &MountPointInput) -> MountPoint {
    MountPoint {
        source_volume: input.source_volume.as_deref().unwrap_or("").into(),
        container_path: input.container_path.as_deref().unwrap_or("").into(),
        read_only: input.read_only.unwrap_or(false),
    }
}
