//! How an author spells each query, and which names a query mentions.

use crate::course::query::Query;
use crate::sim::model::deployment::RolloutState;

/// Everything a unit may ask, for messages.
pub const SPELLINGS: &str = "servers, servers_used(SERVICE), zones, price, elapsed, desired(SERVICE), running(SERVICE), \
truly_running(SERVICE), survivors(SERVICE), waiting(SERVICE), provisioning(SERVICE), stopping(SERVICE), stopped(SERVICE), \
failed_to_start(SERVICE), running_as(SERVICE, FAMILY), deployments(SERVICE), deployments(SERVICE, ROLLOUT_STATE), \
healthy_targets(SERVICE), losing(TRAFFIC), latency(TRAFFIC), in_zone(SERVICE, ZONE), on_server(SERVICE, NUMBER), \
most_on_one(SERVICE), placed(SERVICE), placed_servers(SERVICE), placed_on(SERVICE, NUMBER), needs_cpu(FAMILY), \
needs_memory(FAMILY), cpu_total(NUMBER), memory_total(NUMBER), cpu_free(NUMBER), memory_free(NUMBER), room_on(FAMILY, NUMBER), \
stranded_memory(NUMBER), all_stranded_memory, server(NUMBER), server_type(NUMBER), server_zone(NUMBER)";

impl Query {
    /// The query of that name with these arguments.
    pub(super) fn named(name: &str, arguments: &[&str]) -> Result<Query, String> {
        let server = |text: &str| {
            text.parse::<u32>().ok().filter(|number| *number > 0).ok_or_else(|| format!("`{text}` is not the number of a server"))
        };
        let query = match (name, arguments) {
            ("servers", []) => Query::Servers,
            ("servers_used", [service]) => Query::ServersUsed(service.to_string()),
            ("zones", []) => Query::Zones,
            ("price", []) => Query::Price,
            ("elapsed", []) => Query::Elapsed,
            ("desired", [service]) => Query::Desired(service.to_string()),
            ("running", [service]) => Query::Running(service.to_string()),
            ("truly_running", [service]) => Query::TrulyRunning(service.to_string()),
            ("survivors", [service]) => Query::Survivors(service.to_string()),
            ("waiting", [service]) => Query::Waiting(service.to_string()),
            ("provisioning", [service]) => Query::Provisioning(service.to_string()),
            ("stopping", [service]) => Query::Stopping(service.to_string()),
            ("stopped", [service]) => Query::Stopped(service.to_string()),
            ("failed_to_start", [service]) => Query::FailedToStart(service.to_string()),
            ("running_as", [service, definition]) => Query::RunningAs(service.to_string(), definition.to_string()),
            ("deployments", [service]) => Query::Deployments(service.to_string()),
            ("deployments", [service, state]) => Query::RolloutState(service.to_string(), rollout_state(state)?),
            ("healthy_targets", [service]) => Query::HealthyTargets(service.to_string()),
            ("losing", [traffic]) => Query::Losing(traffic.to_string()),
            ("latency", [traffic]) => Query::Latency(traffic.to_string()),
            ("in_zone", [service, zone]) => Query::InZone(service.to_string(), zone.to_string()),
            ("on_server", [service, number]) => Query::OnServer(service.to_string(), server(number)?),
            ("most_on_one", [service]) => Query::MostOnOne(service.to_string()),
            ("placed", [service]) => Query::Placed(service.to_string()),
            ("placed_servers", [service]) => Query::PlacedServers(service.to_string()),
            ("placed_on", [service, number]) => Query::PlacedOn(service.to_string(), server(number)?),
            ("needs_cpu", [definition]) => Query::NeedsCpu(definition.to_string()),
            ("needs_memory", [definition]) => Query::NeedsMemory(definition.to_string()),
            ("cpu_total", [number]) => Query::CpuTotal(server(number)?),
            ("memory_total", [number]) => Query::MemoryTotal(server(number)?),
            ("cpu_free", [number]) => Query::CpuFree(server(number)?),
            ("memory_free", [number]) => Query::MemoryFree(server(number)?),
            ("room_on", [definition, number]) => Query::RoomOn(definition.to_string(), server(number)?),
            ("stranded_memory", [number]) => Query::StrandedMemory(server(number)?),
            ("all_stranded_memory", []) => Query::AllStrandedMemory,
            ("server", [number]) => Query::Server(server(number)?),
            ("server_type", [number]) => Query::ServerType(server(number)?),
            ("server_zone", [number]) => Query::ServerZone(server(number)?),
            (name, _) => return Err(format!("`{name}` with {} arguments is not a query; use {SPELLINGS}", arguments.len())),
        };
        Ok(query)
    }

    /// The service it asks about.
    pub(super) fn service(&self) -> Option<&str> {
        match self {
            Query::ServersUsed(service)
            | Query::Desired(service)
            | Query::Running(service)
            | Query::TrulyRunning(service)
            | Query::Survivors(service)
            | Query::Waiting(service)
            | Query::Provisioning(service)
            | Query::Stopping(service)
            | Query::Stopped(service)
            | Query::FailedToStart(service)
            | Query::RunningAs(service, _)
            | Query::Deployments(service)
            | Query::RolloutState(service, _)
            | Query::HealthyTargets(service)
            | Query::InZone(service, _)
            | Query::OnServer(service, _)
            | Query::MostOnOne(service)
            | Query::Placed(service)
            | Query::PlacedServers(service)
            | Query::PlacedOn(service, _) => Some(service),
            Query::Servers
            | Query::Zones
            | Query::Price
            | Query::Elapsed
            | Query::Losing(_)
            | Query::Latency(_)
            | Query::NeedsCpu(_)
            | Query::NeedsMemory(_)
            | Query::CpuTotal(_)
            | Query::MemoryTotal(_)
            | Query::CpuFree(_)
            | Query::MemoryFree(_)
            | Query::RoomOn(..)
            | Query::StrandedMemory(_)
            | Query::AllStrandedMemory
            | Query::Server(_)
            | Query::ServerType(_)
            | Query::ServerZone(_) => None,
        }
    }

    /// The zone it asks about.
    pub(super) fn zone(&self) -> Option<&str> {
        if let Query::InZone(_, zone) = self { Some(zone) } else { None }
    }

    /// The task definition it asks about.
    pub(super) fn definition(&self) -> Option<&str> {
        if let Query::NeedsCpu(definition)
        | Query::NeedsMemory(definition)
        | Query::RoomOn(definition, _)
        | Query::RunningAs(_, definition) = self
        {
            Some(definition)
        } else {
            None
        }
    }
}

fn rollout_state(text: &str) -> Result<RolloutState, String> {
    let states = [RolloutState::InProgress, RolloutState::Completed, RolloutState::Failed];
    let found = states.into_iter().find(|state| state.name() == text);
    found.ok_or_else(|| format!("`{text}` is not a rolloutState; use IN_PROGRESS, COMPLETED or FAILED"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::query_text::query;

    #[test]
    fn every_spelling_is_read() {
        let mut depth = 0;
        let between = |letter: char| {
            depth += i32::from(letter == '(') - i32::from(letter == ')');
            letter == ',' && depth == 0
        };
        for spelling in SPELLINGS.split(between) {
            let written = spelling.trim().replace("NUMBER", "1").replace("ROLLOUT_STATE", "FAILED");
            assert!(query(&written).is_ok(), "{written}: {:?}", query(&written));
        }
    }

    #[test]
    fn a_rollout_state_is_written_as_in_the_api() {
        assert_eq!(query("deployments(web, FAILED)"), Ok(Query::RolloutState("web".into(), RolloutState::Failed)));
        assert!(query("deployments(web, failed)").unwrap_err().message.contains("IN_PROGRESS, COMPLETED or FAILED"));
    }
}
