//! Service discovery of a service: the records by which its name leads to its tasks.

use std::rc::Rc;

use crate::session::forms::connect::chosen;
use crate::session::forms::{Filled, FormKind, field, fixed, form, options, pick};
use crate::session::frame::{Asked, FieldView, FormView};
use crate::sim::command::balancing::{DnsRecordType, ServiceRegistry};
use crate::sim::command::{Command, UpdateService};
use crate::sim::control_plane::service::Service;
use crate::sim::engine::Sim;
use crate::sim::model::task_definition::NetworkMode;

/// No registry.
const OFF: &str = "off";

/// Records that its network mode can have: with `bridge` and `host` only those that name a port.
pub fn form_of(sim: &Sim, service: &Service) -> Option<FormView> {
    let definition = &sim.belief().definitions[service.revision().definition].definition;
    let mappings = definition
        .containers
        .iter()
        .flat_map(|container| container.port_mappings.iter().map(move |mapping| (container, mapping)));
    let places = pick(mappings.map(|(container, mapping)| Rc::from(format!("{}:{}", container.name, mapping.container_port))));
    let mut records = vec![(OFF, "not found by name")];
    if definition.network_mode == NetworkMode::Awsvpc {
        records.push(("A", "by A records"));
    }
    if places.is_some() && definition.network_mode != NetworkMode::None {
        records.push(("SRV", "by SRV records"));
    }
    if records.len() == 1 {
        return None;
    }
    let registry = service.revision().registry.as_deref();
    let now = registry.map_or(OFF, |registry| registry.dns_record_type.name());
    let place = registry.and_then(|registry| registry.container.as_ref()).map(|(name, port)| format!("{name}:{port}"));
    let mut fields = vec![
        field("service", "Service", fixed(&service.name)),
        field("records", "Tasks are", chosen(options(&records), Some(now))),
    ];
    if let Some(places) = places {
        let place = field("place", "Container and port", chosen(places, place.as_deref()));
        fields.push(FieldView { only_if: Some(Asked::If("records", &["SRV"])), ..place });
    }
    let line = "Clients that look up the name of the service get addresses of its tasks. Starts a new deployment.";
    Some(form(FormKind::ServiceDiscovery, "Service discovery", line, "Change service discovery", fields))
}

/// `UpdateService` with `serviceRegistries`.
pub fn commands(filled: &Filled) -> Result<Vec<Command>, String> {
    let registries = match &*filled.text("records") {
        OFF => Vec::new(),
        "A" => vec![ServiceRegistry::default()],
        _ => {
            let place = filled.text("place");
            let (name, port) = place.rsplit_once(':').ok_or("There is no such port.")?;
            let container_port = Some(port.parse().map_err(|_| "There is no such port.".to_string())?);
            let container_name = Some(name.to_string());
            vec![ServiceRegistry { dns_record_type: DnsRecordType::Srv, container_name, container_port }]
        }
    };
    Ok(vec![Command::UpdateService(UpdateService {
        service: filled.text("service"),
        service_registries: Some(registries),
        ..UpdateService::default()
    })])
}
