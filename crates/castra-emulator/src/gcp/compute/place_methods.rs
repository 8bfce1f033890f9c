//! Projects, regions and zones, to look at.

use serde_json::{Value, json};

use super::{lists, places, quota};
use crate::gcp::call::{Call, Handler};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::operation::{Effect, Start};
use crate::gcp::project::{Project, rfc3339};
use crate::gcp::resource::Document;
use crate::gcp::scope::{BASE, Scope};

/// The handler of a verb of a project, or of the list of its regions or zones.
pub(super) fn handler(collection: &str, verb: &str) -> Option<Handler> {
    Some(match (collection, verb) {
        ("projects", "get") => project,
        ("projects", "setCommonInstanceMetadata") => set_metadata,
        ("regions", "get") => region,
        ("regions", "list") => regions,
        ("zones", "get") => zone,
        ("zones", "list") => zones,
        _ => return None,
    })
}

/// When Google's places came to be, as far as anyone here knows.
pub(super) const OPENED: &str = "1969-12-31T16:00:00.000-08:00";

/// What a new project's instances share: nothing.
pub(crate) fn no_metadata() -> Document {
    let mut metadata = Document::new();
    super::fingerprint::put("Metadata", &mut metadata);
    metadata.insert("kind".to_owned(), "compute#metadata".into());
    metadata
}

/// The document that a JSON object is.
pub(super) fn document(value: Value) -> Document {
    match value {
        Value::Object(document) => document,
        _ => Document::new(),
    }
}

/// The quotas of a region, or of the project as a whole.
fn quotas(project: &Project, region: Option<&str>) -> Vec<Value> {
    let limits = match region {
        Some(region) => project.settings.quotas.all_in_region(region),
        None => project.settings.quotas.all_globally(),
    };
    let show = |(metric, limit): (String, f64)| {
        let usage = quota::used(project, &metric, region);
        json!({ "metric": metric, "limit": limit, "usage": usage })
    };
    limits.into_iter().map(show).collect()
}

fn project(call: &mut Call<'_>) -> Answer {
    let project = &*call.project;
    Ok(json!({
        "kind": "compute#project",
        "id": project.number.to_string(),
        "creationTimestamp": rfc3339(project.created),
        "name": project.id,
        "commonInstanceMetadata": project.metadata,
        "quotas": quotas(project, None),
        "selfLink": format!("{BASE}projects/{}", project.id),
        "defaultServiceAccount": format!("{}-compute@developer.gserviceaccount.com", project.number),
        "xpnProjectStatus": "UNSPECIFIED_XPN_PROJECT_STATUS",
        "defaultNetworkTier": "PREMIUM",
        "vmDnsSetting": "ZONAL_ONLY",
        "cloudArmorTier": "CA_STANDARD",
    }))
}

/// Needs the latest fingerprint (<https://cloud.google.com/compute/docs/metadata/setting-custom-metadata>).
fn set_metadata(call: &mut Call<'_>) -> Answer {
    super::fingerprint::check(&call.project.metadata, call.body, true)?;
    let mut metadata = call.body.clone();
    super::fingerprint::put("Metadata", &mut metadata);
    metadata.insert("kind".to_owned(), "compute#metadata".into());
    call.project.metadata = metadata;
    Ok(call.project.start(Start {
        scope: Scope::Global,
        kind: "setMetadata".to_owned(),
        method: call.method.operation().to_owned(),
        target: None,
        effect: Effect::None,
        takes: call.project.settings.timings.operation,
        user: call.caller.to_owned(),
    }))
}

fn show_region(project: &Project, name: &str) -> Document {
    let zones: Vec<String> =
        places::zones_of(name).iter().map(|zone| format!("{BASE}projects/{}/zones/{zone}", project.id)).collect();
    document(json!({
        "kind": "compute#region",
        "id": number(name),
        "creationTimestamp": OPENED,
        "name": name,
        "description": name,
        "status": "UP",
        "zones": zones,
        "quotas": quotas(project, Some(name)),
        "selfLink": format!("{BASE}projects/{}/regions/{name}", project.id),
        "supportsPzs": false,
    }))
}

fn show_zone(project: &Project, name: &str) -> Document {
    let region = crate::gcp::scope::region_of(name);
    document(json!({
        "kind": "compute#zone",
        "id": number(name),
        "creationTimestamp": OPENED,
        "name": name,
        "description": name,
        "status": "UP",
        "region": format!("{BASE}projects/{}/regions/{region}", project.id),
        "selfLink": format!("{BASE}projects/{}/zones/{name}", project.id),
        "availableCpuPlatforms": ["Intel Broadwell", "Intel Cascade Lake", "AMD Rome"],
        "supportsPzs": false,
    }))
}

/// A number that stays the same.
pub(super) fn number(name: &str) -> String {
    (crate::chance::Chance::of(0, name).next() % 10_000).to_string()
}

fn region(call: &mut Call<'_>) -> Answer {
    let name = call.required("region");
    let missing = || ApiError::not_found(&format!("projects/{}/regions/{name}", call.project.id));
    if places::is_region(name) { Ok(Value::Object(show_region(call.project, name))) } else { Err(missing()) }
}

fn regions(call: &mut Call<'_>) -> Answer {
    let shown = places::regions().map(|name| show_region(call.project, name)).collect();
    let listed = lists::choose(call, shown)?;
    Ok(lists::envelope(call, "regions", listed))
}

fn zone(call: &mut Call<'_>) -> Answer {
    let name = call.required("zone");
    let missing = || ApiError::not_found(&format!("projects/{}/zones/{name}", call.project.id));
    if places::is_zone(name) { Ok(Value::Object(show_zone(call.project, name))) } else { Err(missing()) }
}

fn zones(call: &mut Call<'_>) -> Answer {
    let shown = places::zones().map(|name| show_zone(call.project, &name)).collect();
    let listed = lists::choose(call, shown)?;
    Ok(lists::envelope(call, "zones", listed))
}
