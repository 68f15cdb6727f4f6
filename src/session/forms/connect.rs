//! Service Connect of a service: the namespace it is in, and the endpoint that others call it by.

use std::rc::Rc;

use crate::session::forms::{Filled, FormKind, field, fixed, form, options, pick, text};
use crate::session::frame::{Asked, Control, FieldView, FormView};
use crate::sim::command::balancing::{ServiceConnectConfiguration, ServiceConnectService};
use crate::sim::command::{Command, UpdateService};
use crate::sim::control_plane::service::Service;
use crate::sim::engine::Sim;
use crate::sim::model::task_definition::NetworkMode;

/// What a service takes part as.
const OFF: &str = "off";
const CLIENT: &str = "client";
const ENDPOINT: &str = "endpoint";

/// A proxy runs beside each task: its definition has to have a network for it, and a memory limit that counts it.
pub fn form_of(sim: &Sim, service: &Service) -> Option<FormView> {
    let definition = &sim.belief().definitions[service.revision().definition].definition;
    let proxied = matches!(definition.network_mode, NetworkMode::Bridge | NetworkMode::Awsvpc);
    if !proxied || definition.memory_mib.is_none() {
        return None;
    }
    let member = service.revision().connect.as_deref();
    let endpoint = member.and_then(|member| member.endpoint.as_ref());
    let mappings = definition.containers.iter().flat_map(|container| &container.port_mappings);
    let ports = pick(mappings.map(|mapping| Rc::from(mapping.container_port.to_string())));
    let mut roles = vec![(OFF, "not at all"), (CLIENT, "as a client only")];
    if ports.is_some() {
        roles.push((ENDPOINT, "with an endpoint"));
    }
    let role = match (member, endpoint) {
        (None, _) => OFF,
        (Some(_), None) => CLIENT,
        (Some(_), Some(_)) => ENDPOINT,
    };
    let named = endpoint.map_or_else(|| service.name.clone(), |(name, _)| name.clone());
    let port = endpoint.map(|(_, port)| port.to_string());
    let mut fields = vec![
        field("service", "Service", fixed(&service.name)),
        field("role", "Takes part", chosen(options(&roles), Some(role))),
        FieldView {
            only_if: Some(Asked::Unless("role", OFF)),
            ..field("namespace", "Namespace", text(member.map_or("internal", |member| &member.namespace)))
        },
    ];
    if let Some(ports) = ports {
        let of_endpoint = |field: FieldView| FieldView { only_if: Some(Asked::If("role", &[ENDPOINT])), ..field };
        fields.push(of_endpoint(field("discovery_name", "Called by the name", text(&named))));
        fields.push(of_endpoint(field("container_port", "Container port", chosen(ports, port.as_deref()))));
    }
    let line = "Tasks call endpoints of their namespace by name. Starts a new deployment: tasks that run know nothing new.";
    Some(form(FormKind::ServiceConnect, "Service Connect", line, "Change Service Connect", fields))
}

/// The control with this value in it, where it is on offer.
pub(super) fn chosen(control: Control, wanted: Option<&str>) -> Control {
    match control {
        Control::Pick { value, options } => {
            let found = options.iter().find(|(each, _)| Some(&**each) == wanted).map(|(each, _)| each.clone());
            Control::Pick { value: found.unwrap_or(value), options }
        }
        other => other,
    }
}

/// `UpdateService` with `serviceConnectConfiguration`.
pub fn commands(filled: &Filled) -> Result<Vec<Command>, String> {
    let role = filled.text("role");
    let services = if role == ENDPOINT {
        let container_port = filled.text("container_port").parse().map_err(|_| "There is no such port.".to_string())?;
        vec![ServiceConnectService { discovery_name: filled.text("discovery_name"), container_port }]
    } else {
        Vec::new()
    };
    let asked = ServiceConnectConfiguration { enabled: role != OFF, namespace: filled.text("namespace"), services };
    Ok(vec![Command::UpdateService(UpdateService {
        service: filled.text("service"),
        service_connect_configuration: Some(Box::new(asked)),
        ..UpdateService::default()
    })])
}
