//! Versions of secrets, which hold the payloads
//! (<https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions>).

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};
use serde_json::{Value, json};

use super::checksum::crc32c;
use super::secret::{missing, named};
use super::{Secret, State, Version, name, page, parts, precondition};
use crate::gcp::call::Call;
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::filter::Filter;
use crate::gcp::handlers::Handlers;
use crate::gcp::project::{Project, utc};
use crate::gcp::resource::text;

pub(crate) static HANDLERS: Handlers = &[
    ("projects.secrets.addVersion", add),
    ("projects.secrets.versions.access", access),
    ("projects.secrets.versions.destroy", |call| change(call, State::Destroyed)),
    ("projects.secrets.versions.disable", |call| change(call, State::Disabled)),
    ("projects.secrets.versions.enable", |call| change(call, State::Enabled)),
    ("projects.secrets.versions.get", get),
    ("projects.secrets.versions.list", list),
];

/// The most that a payload may hold, in bytes (<https://cloud.google.com/secret-manager/quotas>).
const LARGEST: usize = 64 << 10;

fn version_name(project: &Project, id: &str, number: usize) -> String {
    format!("{}/versions/{number}", name(project, id))
}

fn show(project: &Project, id: &str, number: usize, version: &Version) -> Value {
    let mut shown = json!({
        "name": version_name(project, id, number),
        "createTime": utc(version.created),
        "state": version.state.name(),
        "replicationStatus": { "automatic": {} },
        "etag": format!("\"{:x}\"", version.revision),
    });
    if let Some(destroyed) = version.destroyed {
        shown["destroyTime"] = utc(destroyed).into();
    }
    if version.checked {
        shown["clientSpecifiedPayloadChecksum"] = true.into();
    }
    shown
}

/// The number of the version that a name means: by its number, by an alias, or `latest`, which is the one that was
/// added last, whatever its state
/// (<https://cloud.google.com/secret-manager/docs/access-secret-version>).
fn number(secret: &Secret, which: &str) -> Option<usize> {
    let number = match which {
        "latest" => secret.versions.len(),
        which => match which.parse() {
            Ok(number) => number,
            Err(_) => {
                let aliases = secret.document.get("versionAliases")?;
                aliases.get(which)?.as_str()?.parse().ok()?
            }
        },
    };
    (1..=secret.versions.len()).contains(&number).then_some(number)
}

/// The version of a call's path, and its number.
fn found<'c>(call: &'c Call<'_>) -> Result<(usize, &'c Version), ApiError> {
    let (id, which) = parts(call.required("name"));
    let which = which.unwrap_or_default();
    let secret = named(call, "name")?;
    let unknown = || {
        let path = format!("{}/versions/{which}", name(call.project, id));
        ApiError::new(404, "notFound", format!("Secret Version [{path}] not found."))
    };
    let number = number(secret, which).ok_or_else(unknown)?;
    Ok((number, secret.versions.get(number - 1).ok_or_else(unknown)?))
}

fn add(call: &mut Call<'_>) -> Answer {
    named(call, "parent")?;
    let id = parts(call.required("parent")).0;
    let payload = call.body.get("payload").and_then(Value::as_object).cloned().unwrap_or_default();
    let data = text(&payload, "data");
    let bytes = BASE64_STANDARD.decode(data).or_else(|_| BASE64_URL_SAFE.decode(data));
    let bytes = bytes.map_err(|_| ApiError::invalid("Invalid payload."))?;
    if bytes.is_empty() || bytes.len() > LARGEST {
        return Err(ApiError::invalid(format!("Secret Payload must be between 1 and {LARGEST} bytes.")));
    }
    let given = text(&payload, "dataCrc32c");
    if !given.is_empty() && given != crc32c(&bytes).to_string() {
        return Err(ApiError::invalid("The provided checksum doesn't match the payload's."));
    }
    let version = Version {
        state: State::Enabled,
        created: call.project.now,
        destroyed: None,
        payload: BASE64_STANDARD.encode(&bytes),
        checked: !given.is_empty(),
        revision: call.project.new_id(),
    };
    let unknown = missing(call.project, id);
    let secret = call.project.secrets.get_mut(id).ok_or(unknown)?;
    secret.versions.push(version.clone());
    let number = secret.versions.len();
    Ok(show(call.project, id, number, &version))
}

fn access(call: &mut Call<'_>) -> Answer {
    let (number, version) = found(call)?;
    let name = version_name(call.project, parts(call.required("name")).0, number);
    if version.state != State::Enabled {
        return Err(precondition(format!("Secret Version [{name}] is in {} state.", version.state.name())));
    }
    let bytes = BASE64_STANDARD.decode(&version.payload).unwrap_or_default();
    Ok(json!({ "name": name, "payload": { "data": version.payload, "dataCrc32c": crc32c(&bytes).to_string() } }))
}

fn get(call: &mut Call<'_>) -> Answer {
    let (number, version) = found(call)?;
    Ok(show(call.project, parts(call.required("name")).0, number, version))
}

/// The newest come first.
fn list(call: &mut Call<'_>) -> Answer {
    let id = parts(call.required("parent")).0;
    let filter = Filter::parse(call.text("filter").unwrap_or_default())?;
    let versions = named(call, "parent")?.versions.iter().enumerate().rev();
    let mut shown: Vec<Value> = versions.map(|(place, version)| show(call.project, id, place + 1, version)).collect();
    shown.retain(|one| one.as_object().is_some_and(|one| filter.passes(one)));
    page(call, "versions", shown)
}

/// Enables, disables or destroys one; what is destroyed stays so.
fn change(call: &mut Call<'_>, state: State) -> Answer {
    let (number, version) = found(call)?;
    let id = parts(call.required("name")).0;
    let etag = text(call.body, "etag");
    if !etag.is_empty() && etag != format!("\"{:x}\"", version.revision) {
        return Err(precondition("The etag provided in the request doesn't match the version's."));
    }
    if version.state == State::Destroyed {
        let name = version_name(call.project, id, number);
        return Err(precondition(format!("Secret Version [{name}] is in DESTROYED state.")));
    }
    let (now, revision) = (call.project.now, call.project.new_id());
    let unknown = missing(call.project, id);
    let secret = call.project.secrets.get_mut(id).ok_or_else(|| unknown.clone())?;
    let version = secret.versions.get_mut(number - 1).ok_or(unknown)?;
    (version.state, version.revision) = (state, revision);
    if state == State::Destroyed {
        version.destroyed = Some(now);
        version.payload.clear();
    }
    let version = version.clone();
    Ok(show(call.project, id, number, &version))
}
