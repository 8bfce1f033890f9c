//! Network interfaces, and their addresses (<https://cloud.google.com/vpc/docs/create-use-multiple-interfaces>).

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde_json::{Value, json};

use crate::gcp::compute::{address, fingerprint, network, ranges, reference};
use crate::gcp::error::ApiError;
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, Resource, text};
use crate::gcp::scope::{Key, Scope};

/// Completes the interfaces that an instance is to have, or refuses them. Links in them lead to what is there.
pub(super) fn complete(project: &mut Project, key: &Key, document: &mut Document, most: usize) -> Result<(), ApiError> {
    let given = match document.remove("networkInterfaces") {
        Some(Value::Array(given)) if !given.is_empty() => given,
        _ => {
            let why = "At least one network interface is required.";
            return Err(ApiError::field("networkInterfaces", &Value::from(""), why));
        }
    };
    if given.len() > most {
        let why = format!("Machine type supports at most {most} network interfaces.");
        return Err(ApiError::field("networkInterfaces", &Value::from(""), why));
    }
    let mut interfaces: Vec<Document> = Vec::new();
    for (place, interface) in given.into_iter().enumerate() {
        let Value::Object(mut interface) = interface else { continue };
        let at = format!("networkInterfaces[{place}]");
        let subnetwork = in_network(project, key, &mut interface, &at)?;
        if interfaces.iter().any(|other| other.get("network") == interface.get("network")) {
            let why = "Networks must be distinct for NICs attached to a VM.";
            return Err(ApiError::field("networkInterfaces", &Value::from(""), why));
        }
        internal(project, &subnetwork, &mut interface, &at)?;
        access_configs(&mut interface);
        external(project, key, &interface, &at)?;
        interface.insert("kind".to_owned(), "compute#networkInterface".into());
        interface.insert("name".to_owned(), format!("nic{place}").into());
        interface.entry("stackType").or_insert("IPV4_ONLY".into());
        fingerprint::put("NetworkInterface", &mut interface);
        interfaces.push(interface);
    }
    document.insert("networkInterfaces".to_owned(), interfaces.into_iter().map(Value::Object).collect());
    Ok(())
}

/// The subnetwork that an interface is in: the one that is named, or that of a network which makes its own. Without
/// either it is in the network `default` (the discovery document's `NetworkInterface.network`).
fn in_network(project: &Project, key: &Key, interface: &mut Document, at: &str) -> Result<Key, ApiError> {
    let region = key.scope.region().unwrap_or_default().to_owned();
    let (network, subnetwork) = (text(interface, "network").to_owned(), text(interface, "subnetwork").to_owned());
    let subnetwork = if subnetwork.is_empty() {
        let network = match network.as_str() {
            "" => Key::new("networks", Scope::Global, "default"),
            link => reference::key_of(link).ok_or_else(|| ApiError::required(&format!("{at}.network")))?,
        };
        let found = project.resources.get(&network);
        let found = found.ok_or_else(|| ApiError::not_found(&network.path(&project.id)))?;
        if !network::is_automatic(found) {
            // https://github.com/datastax-archive/google-compute-engine-dse/issues/27 shows the text.
            let why = "Subnetwork should be specified for custom subnetmode network.";
            return Err(ApiError::field(&format!("{at}.subnetwork"), &Value::from(""), why));
        }
        Key::new("subnetworks", Scope::Region(region), &network.name)
    } else {
        reference::key_of(&subnetwork).ok_or_else(|| ApiError::required(&format!("{at}.subnetwork")))?
    };
    let found = project.resources.get(&subnetwork).ok_or_else(|| ApiError::not_found(&subnetwork.path(&project.id)))?;
    if !network.is_empty() && network != found.text("network") {
        let why = "The subnetwork is not of the network that is specified.";
        return Err(ApiError::field(&format!("{at}.subnetwork"), &Value::from(found.link()), why));
    }
    if found.text("purpose") != "PRIVATE" {
        let why = format!("Instances can't be in a subnetwork whose purpose is {}.", found.text("purpose"));
        return Err(ApiError::field(&format!("{at}.subnetwork"), &Value::from(found.link()), why));
    }
    interface.insert("network".to_owned(), found.text("network").into());
    interface.insert("subnetwork".to_owned(), found.link().into());
    Ok(subnetwork)
}

/// The internal address: the one that is asked for, which may be reserved, or the first free one of the subnetwork
/// (<https://cloud.google.com/compute/docs/ip-addresses/reserve-static-internal-ip-address>).
fn internal(project: &Project, subnetwork: &Key, interface: &mut Document, at: &str) -> Result<(), ApiError> {
    let Some(subnetwork) = project.resources.get(subnetwork) else { return Ok(()) };
    let missing = || ApiError::required(&format!("{at}.subnetwork"));
    let net: Ipv4Net = subnetwork.text("ipCidrRange").parse().map_err(|_| missing())?;
    let asked = text(interface, "networkIP").to_owned();
    if asked.is_empty() {
        let mut taken = address::used_in(project, subnetwork.link());
        taken.extend(address::reserved_in(project, subnetwork.link()));
        let message = || format!("IP space of '{}' is exhausted.", subnetwork.key.path(&project.id));
        let free = ranges::free(&net, &|address| taken.contains(&address));
        let free = free.ok_or_else(|| ApiError::new(400, "ipSpaceExhausted", message()))?;
        interface.insert("networkIP".to_owned(), free.to_string().into());
        return Ok(());
    }
    let field = format!("{at}.networkIP");
    // It may be named by the link of its reservation as well.
    let wanted = reference::follow(project, &asked).map_or(asked.as_str(), |reserved| reserved.text("address"));
    let wrong = |why: &str| ApiError::field(&field, &Value::from(asked.as_str()), why);
    let address: Ipv4Addr = wanted.parse().map_err(|_| wrong("Must be a valid IP address."))?;
    if !ranges::usable(&net, address) {
        return Err(wrong("Requested internal IP address is outside the subnetwork's range."));
    }
    if address::used_in(project, subnetwork.link()).contains(&address) {
        // https://github.com/hashicorp/terraform-provider-google/issues/9446 shows the text.
        let message = format!("IP '{address}' is already being used by another resource.");
        return Err(ApiError::new(400, "ipInUseByAnotherResource", message));
    }
    interface.insert("networkIP".to_owned(), address.to_string().into());
    Ok(())
}

/// Completes the external access of an interface, or of a template's (the discovery document's `AccessConfig`).
fn access_configs(interface: &mut Document) {
    let Some(Value::Array(configs)) = interface.get_mut("accessConfigs") else { return };
    for config in configs.iter_mut().filter_map(Value::as_object_mut) {
        config.insert("kind".to_owned(), "compute#accessConfig".into());
        for (field, value) in [("type", "ONE_TO_ONE_NAT"), ("name", "External NAT"), ("networkTier", "PREMIUM")] {
            config.entry(field).or_insert(value.into());
        }
    }
}

/// Completes the external access that an interface has got, or refuses it.
pub(super) fn reached(project: &Project, key: &Key, interface: &mut Document) -> Result<(), ApiError> {
    access_configs(interface);
    external(project, key, interface, "networkInterfaces[0]")?;
    fingerprint::put("NetworkInterface", interface);
    Ok(())
}

/// Refuses an external address that isn't reserved in the region, or that something has already
/// (<https://cloud.google.com/compute/docs/ip-addresses/reserve-static-external-ip-address>).
fn external(project: &Project, key: &Key, interface: &Document, at: &str) -> Result<(), ApiError> {
    let configs = interface.get("accessConfigs").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if configs.len() > 1 {
        let why = "At most one access config currently supported.";
        return Err(ApiError::field(&format!("{at}.accessConfigs"), &Value::from(""), why));
    }
    for config in configs.iter().filter_map(Value::as_object) {
        let asked = text(config, "natIP");
        if asked.is_empty() {
            continue;
        }
        let field = format!("{at}.accessConfigs[0].natIP");
        let region = key.scope.region().unwrap_or_default();
        let Some(reserved) = reservation(project, key, asked) else {
            let why = format!("The specified external IP address '{asked}' was not found in region '{region}'.");
            return Err(ApiError::field(&field, &Value::from(asked), why));
        };
        if address::is_used(project, reserved) {
            let why = format!("Specified IP address '{asked}' is in use.");
            return Err(ApiError::field(&field, &Value::from(asked), why));
        }
    }
    Ok(())
}

/// The reservation in an instance's region of an external address.
fn reservation<'p>(project: &'p Project, instance: &Key, address: &str) -> Option<&'p Resource> {
    project.resources.of("addresses").find(|one| {
        one.text("address") == address
            && one.text("addressType") == "EXTERNAL"
            && one.key.scope.region() == instance.scope.region()
    })
}

/// Gives an instance that starts the external addresses that it is to have for as long as it runs.
pub(super) fn open(project: &mut Project, document: &mut Document) {
    each_config(document, |config| {
        if text(config, "natIP").is_empty() && text(config, "type") == "ONE_TO_ONE_NAT" {
            config.insert("natIP".to_owned(), address::public(project).into());
        }
    });
}

/// Takes the external addresses that aren't reserved from an instance that has stopped
/// (<https://cloud.google.com/compute/docs/ip-addresses#ephemeraladdress>).
pub(super) fn close(project: &Project, key: &Key, document: &mut Document) {
    each_config(document, |config| {
        if reservation(project, key, text(config, "natIP")).is_none() {
            config.remove("natIP");
        }
    });
}

fn each_config(document: &mut Document, mut with: impl FnMut(&mut Document)) {
    let interfaces = document.get_mut("networkInterfaces").and_then(Value::as_array_mut);
    for interface in interfaces.into_iter().flatten() {
        let configs = interface.get_mut("accessConfigs").and_then(Value::as_array_mut);
        configs.into_iter().flatten().filter_map(Value::as_object_mut).for_each(&mut with);
    }
}

/// What is shown of an interface of a template: what was given, with what the cloud adds.
pub(in crate::gcp::compute) fn of_template(interface: &mut Document, place: usize) {
    access_configs(interface);
    interface.insert("kind".to_owned(), "compute#networkInterface".into());
    interface.insert("name".to_owned(), json!(format!("nic{place}")));
}
