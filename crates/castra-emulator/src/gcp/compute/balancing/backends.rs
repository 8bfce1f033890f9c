//! The groups behind a backend service, and how traffic is shared out among them
//! (<https://cloud.google.com/load-balancing/docs/backend-service#balancing-mode>).

use serde_json::Value;

use super::super::reference;
use super::scheme::Balancing;
use crate::gcp::error::ApiError;
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, Resource, list, text};
use crate::gcp::scope::{Key, Scope};

/// Where a group's target capacity is said: for the whole of it, and for each instance.
const RATE: [&str; 2] = ["maxRate", "maxRatePerInstance"];
const CONNECTIONS: [&str; 2] = ["maxConnections", "maxConnectionsPerInstance"];
const IN_FLIGHT: [&str; 2] = ["maxInFlightRequests", "maxInFlightRequestsPerInstance"];
/// Capacities of what groups of instances don't have.
const ENDPOINTS: &[&str] = &["maxRatePerEndpoint", "maxConnectionsPerEndpoint", "maxInFlightRequestsPerEndpoint"];

/// Holds the backends of a service against the rules, and puts in what isn't said.
pub(super) fn complete(
    project: &Project,
    key: &Key,
    document: &mut Document,
    balancing: Balancing,
) -> Result<(), ApiError> {
    let scheme = text(document, "loadBalancingScheme").to_owned();
    let connections = matches!(text(document, "protocol"), "TCP" | "SSL");
    let Some(Value::Array(backends)) = document.get_mut("backends") else { return Ok(()) };
    let mut links: Vec<String> = Vec::new();
    for (place, backend) in backends.iter_mut().enumerate() {
        let Value::Object(backend) = backend else { continue };
        let at = format!("backends[{place}]");
        let link = text(backend, "group").to_owned();
        if link.is_empty() {
            return Err(ApiError::required(&format!("{at}.group")));
        }
        if links.contains(&link) {
            // https://github.com/spinnaker/spinnaker/issues/6136 shows the text.
            let why = "Duplicate instance groups in backend service.";
            return Err(ApiError::field(&format!("{at}.group"), &Value::from(link), why));
        }
        let Some(group) = reference::follow(project, &link) else { continue };
        if key.scope != Scope::Global {
            networked(project, &at, group)?;
        }
        match balancing {
            Balancing::Passthrough => passthrough(&at, &scheme, backend)?,
            Balancing::Proxy => proxied(&at, backend, connections, group)?,
        }
        links.push(link);
    }
    same_network(project, document, &links, balancing)?;
    compatible(project, key, document)
}

/// An unmanaged group has a network once it has had an instance, and serves in a region only then
/// (<https://github.com/hashicorp/terraform-provider-google/issues/105>). A global service takes it empty
/// (<https://github.com/cloudfoundry/bosh-google-cpi-release/pull/145> makes one of each).
fn networked(project: &Project, at: &str, group: &Resource) -> Result<(), ApiError> {
    let managed = Key::new("instanceGroupManagers", group.key.scope.clone(), &group.key.name);
    if !group.text("network").is_empty() || project.resources.contains(&managed) {
        return Ok(());
    }
    let why = "Instance group must have a network to be attached to a backend service. Add an instance to give the \
               instance group a network.";
    Err(ApiError::field(&format!("{at}.group"), &Value::from(group.link()), why))
}

/// What packets go through to is of one network: the service's, or else the first group's
/// (<https://cloud.google.com/load-balancing/docs/internal#backend-service>).
fn same_network(
    project: &Project,
    document: &Document,
    links: &[String],
    balancing: Balancing,
) -> Result<(), ApiError> {
    if balancing != Balancing::Passthrough {
        return Ok(());
    }
    let mut network = text(document, "network");
    for (place, link) in links.iter().enumerate() {
        let own = reference::follow(project, link).map_or("", |group| group.text("network"));
        if network.is_empty() {
            network = own;
        } else if !own.is_empty() && own != network {
            let why = "All instance groups of a backend service must be in the same network.";
            return Err(ApiError::field(&format!("backends[{place}].group"), &Value::from(link.as_str()), why));
        }
    }
    Ok(())
}

/// Passthrough load balancers count connections, and know no capacities.
fn passthrough(at: &str, scheme: &str, backend: &mut Document) -> Result<(), ApiError> {
    let mode = backend.entry("balancingMode").or_insert("CONNECTION".into());
    if *mode != "CONNECTION" {
        let why = format!("Balancing mode must be CONNECTION for an {scheme} backend service.");
        return Err(ApiError::field(&format!("{at}.balancingMode"), mode, why));
    }
    let capacities = RATE.iter().chain(&CONNECTIONS).chain(&IN_FLIGHT).chain(ENDPOINTS);
    match capacities.chain(&["maxUtilization", "capacityScaler"]).find(|field| is_set(backend, field)) {
        Some(field) => {
            let why = format!("It cannot be set for an {scheme} backend service.");
            Err(ApiError::field(&format!("{at}.{field}"), &backend.get(*field).cloned().unwrap_or_default(), why))
        }
        None => Ok(()),
    }
}

/// Whether a capacity is said; clients that send all fields send 0 for those that aren't.
fn is_set(backend: &Document, field: &str) -> bool {
    backend.get(field).is_some_and(|value| value.as_f64() != Some(0.0))
}

/// Load balancers with proxies balance HTTP by rate, connections by their number, and both by utilisation
/// (<https://cloud.google.com/load-balancing/docs/backend-service#balancing-mode-lb>). The texts are those of
/// <https://github.com/hashicorp/terraform/issues/17874> and
/// <https://github.com/hashicorp/terraform-provider-google/issues/12537>.
fn proxied(at: &str, backend: &mut Document, connections: bool, group: &Resource) -> Result<(), ApiError> {
    let value = backend.entry("balancingMode").or_insert("UTILIZATION".into()).clone();
    let mode = value.as_str().unwrap_or_default();
    let modes: &[&str] = match connections {
        true => &["CONNECTION", "UTILIZATION"],
        false => &["RATE", "UTILIZATION", "IN_FLIGHT", "CUSTOM_METRICS"],
    };
    let wrong = |why: String| Err(ApiError::field(&format!("{at}.balancingMode"), &value, why));
    if !modes.contains(&mode) {
        return wrong(format!("Balancing mode must be one of {} for this protocol.", modes.join(", ")));
    }
    let scaler = backend.entry("capacityScaler").or_insert(1.0.into());
    // "Valid values are 0.0 and between 0.1 and 1.0" (the discovery document).
    if !scaler.as_f64().is_some_and(|scaler| scaler == 0.0 || (0.1..=1.0).contains(&scaler)) {
        let why = "Must be 0.0 or between 0.1 and 1.0.";
        return Err(ApiError::field(&format!("{at}.capacityScaler"), scaler, why));
    }
    if mode == "UTILIZATION" {
        let utilisation = backend.entry("maxUtilization").or_insert(0.8.into());
        if !utilisation.as_f64().is_some_and(|share| (0.0..=1.0).contains(&share)) {
            let why = "Must be between 0.0 and 1.0.";
            return Err(ApiError::field(&format!("{at}.maxUtilization"), utilisation, why));
        }
    }
    if let Some(field) = ENDPOINTS.iter().find(|field| is_set(backend, field)) {
        let why = "It can only be set for network endpoint groups.";
        return Err(ApiError::field(&format!("{at}.{field}"), &backend.get(*field).cloned().unwrap_or_default(), why));
    }
    for [whole, each] in [RATE, CONNECTIONS, IN_FLIGHT] {
        if is_set(backend, whole) && is_set(backend, each) {
            return wrong(format!("Only one of {whole} and {each} can be set."));
        }
        // A regional group's instances each have a capacity, the group as a whole has none
        // (https://cloud.google.com/load-balancing/docs/backend-service#instance_groups).
        if is_set(backend, whole) && matches!(group.key.scope, Scope::Region(_)) {
            let why = format!("{whole} cannot be set for a regional instance group; use {each}.");
            return Err(ApiError::field(
                &format!("{at}.{whole}"),
                &backend.get(whole).cloned().unwrap_or_default(),
                why,
            ));
        }
        if let Some(value) = [whole, each].iter().find_map(|field| backend.get(*field))
            && value.as_f64().is_some_and(|value| value < 0.0)
        {
            return Err(ApiError::field(&format!("{at}.{whole}"), value, "Must not be negative."));
        }
    }
    let needed = match mode {
        "RATE" => RATE,
        "CONNECTION" => CONNECTIONS,
        "IN_FLIGHT" => IN_FLIGHT,
        _ => return Ok(()),
    };
    let [whole, each] = needed;
    if needed.iter().any(|field| is_set(backend, field)) {
        return Ok(());
    }
    wrong(format!("Either {whole} or {each} should be set with {mode} mode."))
}

/// Services that share a group balance it in ways that go together: utilisation goes with nothing else
/// (<https://cloud.google.com/load-balancing/docs/backend-service#restrictions_and_guidance>).
fn compatible(project: &Project, key: &Key, document: &Document) -> Result<(), ApiError> {
    for (link, utilisation) in modes(document) {
        for other in project.resources.of("backendServices").filter(|other| other.key != *key) {
            if modes(&other.document).any(|(theirs, mode)| theirs == link && mode != utilisation) {
                let (this, other) = (key.path(&project.id), other.key.path(&project.id));
                let group = reference::key_of(link).map(|group| group.path(&project.id)).unwrap_or_default();
                return Err(ApiError::invalid(format!(
                    "Validation failed for instance group '{group}': backend services '{other}' and '{this}' point to \
                     the same instance group but the backends have incompatible balancing_mode. Values should be the \
                     same."
                )));
            }
        }
    }
    Ok(())
}

/// A service's groups, and whether it balances each by utilisation.
fn modes(document: &Document) -> impl Iterator<Item = (&str, bool)> {
    list(document, "backends").iter().filter_map(|backend| {
        let mode = backend.get("balancingMode").and_then(Value::as_str);
        Some((backend.get("group")?.as_str()?, mode == Some("UTILIZATION")))
    })
}
