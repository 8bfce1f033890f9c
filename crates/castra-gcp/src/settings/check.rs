//! What ties the section's fields to one another and to the rest of the spec.

use castra_core::spec::{Draft, Network, Reader};
use castra_core::topology::check_spread;

use super::Settings;
use super::syntax::is_name;
use crate::links;

/// The most labels of a resource (<https://cloud.google.com/compute/docs/labeling-resources#requirements>), less the
/// three that say whose it is.
const LABELS: usize = 64 - 3;
/// The longest key and the longest value of a label.
const LABEL: usize = 63;
/// Beginnings of keys that aren't the operator's to give.
const TAKEN: [&str; 2] = ["castra-", "goog"];

/// Machine types have a family, a kind and mostly a size, with hyphens between them: `n2-standard-4`
/// (<https://cloud.google.com/compute/docs/machine-resource>).
pub(super) fn machine_types(section: &Reader<'_>, draft: &Draft) {
    for (path, machine) in draft.machine_types() {
        if !is_name(machine.as_str()) || !machine.as_str().contains('-') {
            section.refuse_elsewhere(
                path,
                format!("\"{machine}\" isn't a machine type of Compute Engine"),
                "write its name with hyphens, such as \"n2-standard-4\"",
            );
        }
    }
}

/// An existing network is named exactly where the spec asks for one.
pub(super) fn network(section: &mut Reader<'_>, draft: &Draft) {
    match draft.network {
        Some(Network::Existing) => {
            for (key, example) in [("network", "\"default\""), ("subnetwork", "\"default\"")] {
                if !section.has(key) {
                    let message = "is missing, and network.existing asks for it";
                    section.refuse(key, message, format!("add {key} = {example}"));
                }
            }
        }
        Some(Network::Create { .. }) => {
            for key in ["network", "subnetwork", "proxy_subnet_cidr", "firewall_rules"] {
                if section.has(key) {
                    section.refuse(
                        key,
                        "is for an existing network, but network.cidr asks for one of the cluster's own",
                        format!("remove {key}, or write network.existing = true in place of network.cidr"),
                    );
                }
            }
        }
        None => {}
    }
}

/// Tags become labels, which take less than tags do elsewhere
/// (<https://cloud.google.com/compute/docs/labeling-resources#requirements>).
pub(super) fn tags(section: &Reader<'_>, draft: &Draft) {
    let Some(tags) = &draft.tags else { return };
    let allowed = |c: char| (c.is_alphanumeric() && !c.is_uppercase()) || c == '_' || c == '-';
    for (key, value) in tags {
        let path = format!("tags.{key}");
        let refuse = |message: String, remedy: &str| section.refuse_elsewhere(&path, message, remedy);
        if !key.starts_with(|c: char| c.is_alphabetic() && !c.is_uppercase()) || !key.chars().all(allowed) {
            let remedy = "begin with a small letter, and use small letters, digits, \"_\" and \"-\" alone";
            refuse(format!("`{key}` can't be the key of a label of Google Cloud"), remedy);
        } else if let Some(taken) = TAKEN.iter().find(|taken| key.starts_with(*taken)) {
            refuse(format!("keys that begin with \"{taken}\" are taken"), "choose another key");
        } else if key.chars().count() > LABEL {
            refuse(format!("`{key}` is longer than {LABEL} characters"), "shorten it");
        }
        if !value.chars().all(allowed) {
            let remedy = "use small letters, digits, \"_\" and \"-\" alone";
            refuse(format!("\"{value}\" can't be the value of a label of Google Cloud"), remedy);
        } else if value.chars().count() > LABEL {
            refuse(format!("its value is longer than {LABEL} characters"), "shorten it");
        }
    }
    if tags.len() > LABELS {
        let message = format!("{} tags are too many: a resource has at most {LABELS} beside castra's", tags.len());
        section.refuse_elsewhere("tags", message, "remove some");
    }
}

/// The zones are two or three different ones, and in the region.
pub(super) fn zones(section: &Reader<'_>, settings: &Settings) {
    let (zones, region) = (&settings.zones, &settings.region);
    for (later, zone) in zones.iter().enumerate() {
        let path = format!("zones[{later}]");
        if zone.rsplit_once('-').is_none_or(|(of, _)| of != region) {
            let remedy = format!("write a zone of that region, such as \"{region}-b\"");
            section.refuse(&path, format!("\"{zone}\" isn't in {region}"), remedy);
        }
    }
    check_spread(section, "zones", "zones", zones, settings.allow_fewer_zones);
}

/// Network and subnetwork are in the same project, and the subnetwork in the region.
pub(super) fn places(section: &Reader<'_>, settings: &Settings) {
    let (Some(network), Some(subnetwork)) = (settings.network_path(), settings.subnetwork_path()) else { return };
    let (of_network, of_subnetwork) = (links::after(&network, "projects"), links::after(&subnetwork, "projects"));
    if of_network != of_subnetwork {
        let message = format!(
            "it is of the project {}, and the network of {}",
            of_subnetwork.unwrap_or_default(),
            of_network.unwrap_or_default()
        );
        section.refuse("subnetwork", message, "name a subnetwork of that network");
    }
    let region = links::after(&subnetwork, "regions").unwrap_or_default();
    if region != settings.region {
        let message = format!("it is in {region}, and the cluster will be in {}", settings.region);
        section.refuse("subnetwork", message, "name a subnetwork of the cluster's region");
    }
}
