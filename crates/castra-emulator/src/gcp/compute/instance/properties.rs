//! What instances and templates of instances have in common. `at` is where in the body the properties are: empty, or
//! `properties.`.

use serde_json::{Value, json};

use crate::gcp::compute::{fingerprint, insert};
use crate::gcp::error::ApiError;
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, list, text};

/// How an instance is scheduled, and restarted: what can be preempted neither moves nor restarts
/// (<https://cloud.google.com/compute/docs/instances/setting-vm-host-options>).
pub(in crate::gcp::compute) fn scheduling(document: &mut Document, at: &str) -> Result<(), ApiError> {
    let scheduling = document.entry("scheduling").or_insert_with(|| json!({}));
    let Value::Object(scheduling) = scheduling else { return Ok(()) };
    let spot = text(scheduling, "provisioningModel") == "SPOT" || scheduling.get("preemptible") == Some(&true.into());
    if spot && scheduling.get("automaticRestart") == Some(&true.into()) {
        let why = "Scheduling must have preemptible be false when AutomaticRestart is true.";
        return Err(ApiError::field(&format!("{at}scheduling"), &Value::Object(scheduling.clone()), why));
    }
    if spot && text(scheduling, "onHostMaintenance") == "MIGRATE" {
        let why = "Scheduling must have preemptible be false when OnHostMaintenance is MIGRATE.";
        return Err(ApiError::field(&format!("{at}scheduling"), &Value::Object(scheduling.clone()), why));
    }
    let model = if text(scheduling, "provisioningModel") == "SPOT" { "SPOT" } else { "STANDARD" };
    let mut put = |field: &str, value: Value| {
        scheduling.entry(field).or_insert(value);
    };
    put("provisioningModel", model.into());
    put("preemptible", spot.into());
    put("automaticRestart", (!spot).into());
    put("onHostMaintenance", if spot { "TERMINATE" } else { "MIGRATE" }.into());
    Ok(())
}

/// The account that an instance acts as: one at most, and `default` is Compute Engine's
/// (<https://cloud.google.com/compute/docs/access/service-accounts>).
pub(in crate::gcp::compute) fn service_accounts(
    project: &Project,
    document: &mut Document,
    at: &str,
) -> Result<(), ApiError> {
    let Some(Value::Array(accounts)) = document.get_mut("serviceAccounts") else { return Ok(()) };
    if accounts.len() > 1 {
        let why = "At most one service account can be specified for an instance.";
        return Err(ApiError::field(&format!("{at}serviceAccounts"), &Value::from(""), why));
    }
    let Some(Value::Object(account)) = accounts.first_mut() else { return Ok(()) };
    if text(account, "email").is_empty() || text(account, "email") == "default" {
        let email = format!("{}-compute@developer.gserviceaccount.com", project.number);
        account.insert("email".to_owned(), email.into());
    }
    account.entry("scopes").or_insert_with(|| json!([]));
    Ok(())
}

/// The most bytes that a value of metadata, and all metadata of an instance, may have
/// (<https://cloud.google.com/compute/docs/metadata/setting-custom-metadata#limitations>).
const LONGEST_VALUE: usize = 256 * 1024;
const LONGEST_METADATA: usize = 512 * 1024;

/// Holds metadata against the rules, and gives it its fingerprint.
pub(in crate::gcp::compute) fn metadata(document: &mut Document, at: &str) -> Result<(), ApiError> {
    let metadata = document.entry("metadata").or_insert_with(|| json!({}));
    let Value::Object(metadata) = metadata else { return Ok(()) };
    rule_metadata(metadata, &format!("{at}metadata"))?;
    complete_metadata(metadata);
    Ok(())
}

/// Gives metadata its kind and its fingerprint.
pub(super) fn complete_metadata(metadata: &mut Document) {
    metadata.insert("kind".to_owned(), "compute#metadata".into());
    fingerprint::put("Metadata", metadata);
}

/// Holds metadata in a field of a body against the rules.
pub(super) fn rule_metadata(metadata: &Document, at: &str) -> Result<(), ApiError> {
    let mut keys: Vec<&str> = Vec::new();
    let mut whole = 0;
    for (place, item) in list(metadata, "items").iter().enumerate() {
        let part = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
        let (key, value) = (part("key"), part("value"));
        if key.is_empty() {
            return Err(ApiError::required(&format!("{at}.items[{place}].key")));
        }
        if keys.contains(&key) {
            return Err(ApiError::field(
                at,
                &Value::from(key),
                format!("Metadata key '{key}' is given more than once."),
            ));
        }
        if value.len() > LONGEST_VALUE {
            return Err(ApiError::invalid(format!(
                "Value for field 'resource.{at}.items[{place}].value' is too large: maximum size {LONGEST_VALUE} \
                 character(s); actual size {}.",
                value.len()
            )));
        }
        whole += key.len() + value.len();
        keys.push(key);
    }
    if whole > LONGEST_METADATA {
        let why = format!("The total size of metadata must not exceed {LONGEST_METADATA} bytes; actual size {whole}.");
        return Err(ApiError::field(at, &Value::from(""), why));
    }
    Ok(())
}

/// Holds network tags against the rules, and gives them their fingerprint
/// (<https://cloud.google.com/vpc/docs/add-remove-network-tags#restrictions>).
pub(in crate::gcp::compute) fn tags(document: &mut Document, at: &str) -> Result<(), ApiError> {
    let tags = document.entry("tags").or_insert_with(|| json!({}));
    let Value::Object(tags) = tags else { return Ok(()) };
    rule_tags(tags, &format!("{at}tags"))?;
    fingerprint::put("Tags", tags);
    Ok(())
}

/// Holds tags in a field of a body against the rules.
pub(super) fn rule_tags(tags: &Document, at: &str) -> Result<(), ApiError> {
    let items = list(tags, "items");
    if items.len() > 64 {
        return Err(ApiError::field(&format!("{at}.items"), &Value::from(""), "At most 64 tags can be given."));
    }
    for (place, tag) in items.iter().enumerate() {
        if insert::named(tag.as_str().unwrap_or_default()).is_err() {
            let why = "Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'";
            return Err(ApiError::field(&format!("{at}.items[{place}]"), tag, why));
        }
    }
    Ok(())
}

/// Shielded VM: the virtual TPM and the monitoring are on unless something else is said, and the monitoring needs the TPM
/// (<https://cloud.google.com/compute/shielded-vm/docs/modifying-shielded-vm>).
pub(in crate::gcp::compute) fn shielded(document: &mut Document, at: &str) -> Result<(), ApiError> {
    let shielded = document.entry("shieldedInstanceConfig").or_insert_with(|| json!({}));
    let Value::Object(shielded) = shielded else { return Ok(()) };
    let tpm = shielded.get("enableVtpm").and_then(Value::as_bool).unwrap_or(true);
    let monitors = shielded.get("enableIntegrityMonitoring").and_then(Value::as_bool);
    if !tpm && monitors == Some(true) {
        let why = "Integrity monitoring requires a virtual trusted platform module (vTPM).";
        let field = format!("{at}shieldedInstanceConfig.enableIntegrityMonitoring");
        return Err(ApiError::field(&field, &Value::from(true), why));
    }
    shielded.entry("enableSecureBoot").or_insert(false.into());
    shielded.insert("enableVtpm".to_owned(), tpm.into());
    shielded.insert("enableIntegrityMonitoring".to_owned(), monitors.unwrap_or(tpm).into());
    Ok(())
}
