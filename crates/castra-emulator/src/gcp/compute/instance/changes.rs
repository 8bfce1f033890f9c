//! Changes of single parts of instances. Parts with a fingerprint of their own need the latest one; changes of other
//! parts may run at the same time.

use serde_json::{Value, json};

use super::life::edit;
use super::{interfaces, properties};
use crate::gcp::call::Call;
use crate::gcp::compute::{fingerprint, insert, labels, machine_type, target};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::operation::Effect;
use crate::gcp::resource::{Document, Phase, Resource, list, text};
use crate::gcp::scope::Key;

/// The instance of a call, if it can be changed: its insertion is over, and it isn't being deleted.
fn changeable(call: &Call<'_>) -> Result<Key, ApiError> {
    let key = target::key(call)?;
    match call.project.resources.get(&key).map(|resource| resource.phase) {
        Some(Phase::There) => Ok(key),
        _ => Err(ApiError::not_ready(&key.path(&call.project.id))),
    }
}

fn instance<'c>(call: &'c Call<'_>, key: &Key) -> Result<&'c Resource, ApiError> {
    call.project.resources.get(key).ok_or_else(|| ApiError::not_found(&key.path(&call.project.id)))
}

/// Starts an operation that ends with these fields being in the instance.
fn change(call: &mut Call<'_>, verb: &str, key: Key, fields: Value) -> Value {
    let scope = key.scope.clone();
    let effect = Effect::Then(key.clone(), fields, |project, key, fields| {
        edit(project, key, |_, document| {
            if let Value::Object(fields) = fields.clone() {
                document.extend(fields);
            }
        });
        Ok(())
    });
    insert::start(call, verb, key, scope, effect)
}

/// A part of an instance, which has a fingerprint.
fn part(instance: &Resource, name: &str) -> Document {
    instance.document.get(name).and_then(Value::as_object).cloned().unwrap_or_default()
}

/// Refuses a change of a part that was made from an older state of it.
fn latest(part: &Document, body: &Document, what: &str) -> Result<(), ApiError> {
    if fingerprint::same(text(body, "fingerprint"), text(part, "fingerprint")) {
        return Ok(());
    }
    Err(ApiError::condition_not_met(&format!("Supplied fingerprint does not match current {what} fingerprint.")))
}

/// <https://cloud.google.com/compute/docs/metadata/setting-custom-metadata#set-custom-metadata-existing-vm>.
pub(super) fn set_metadata(call: &mut Call<'_>) -> Answer {
    let key = changeable(call)?;
    latest(&part(instance(call, &key)?, "metadata"), call.body, "metadata")?;
    properties::rule_metadata(call.body, "metadata")?;
    let mut metadata = call.body.clone();
    properties::complete_metadata(&mut metadata);
    Ok(change(call, "setMetadata", key, json!({ "metadata": metadata })))
}

/// <https://cloud.google.com/vpc/docs/add-remove-network-tags>.
pub(super) fn set_tags(call: &mut Call<'_>) -> Answer {
    let key = changeable(call)?;
    latest(&part(instance(call, &key)?, "tags"), call.body, "tags")?;
    let mut with = Document::new();
    with.insert("tags".to_owned(), Value::Object(call.body.clone()));
    properties::tags(&mut with, "")?;
    Ok(change(call, "setTags", key, Value::Object(with)))
}

/// <https://cloud.google.com/compute/docs/labeling-resources>.
pub(super) fn set_labels(call: &mut Call<'_>) -> Answer {
    let key = changeable(call)?;
    if !fingerprint::same(text(call.body, "labelFingerprint"), instance(call, &key)?.text("labelFingerprint")) {
        let message = "Labels fingerprint either invalid or resource labels have changed";
        return Err(ApiError::condition_not_met(message));
    }
    labels::check(call.body, "labels")?;
    let labels = call.body.get("labels").cloned().unwrap_or_else(|| json!({}));
    Ok(change(call, "setLabels", key, json!({ "labels": labels })))
}

/// <https://cloud.google.com/compute/docs/instances/setting-vm-host-options>.
pub(super) fn set_scheduling(call: &mut Call<'_>) -> Answer {
    let key = changeable(call)?;
    let mut scheduling = part(instance(call, &key)?, "scheduling");
    for fixed in ["preemptible", "provisioningModel"] {
        if let Some(value) = call.body.get(fixed).filter(|value| scheduling.get(fixed) != Some(value)) {
            let why = "The field cannot be changed after creation.";
            return Err(ApiError::field(&format!("scheduling.{fixed}"), value, why));
        }
    }
    scheduling.extend(call.body.clone());
    let mut with = Document::new();
    with.insert("scheduling".to_owned(), Value::Object(scheduling));
    properties::scheduling(&mut with, "")?;
    Ok(change(call, "setScheduling", key, Value::Object(with)))
}

/// Refuses a change that only a stopped instance can have.
fn stopped(call: &Call<'_>, key: &Key, what: &str) -> Result<(), ApiError> {
    if instance(call, key)?.text("status") == "TERMINATED" {
        return Ok(());
    }
    // https://cloud.google.com/compute/docs/instances/changing-machine-type-of-stopped-instance
    let message = format!("Invalid resource usage: 'The instance must be stopped to change its {what}.'.");
    Err(ApiError::new(400, "invalidResourceUsage", message))
}

/// <https://cloud.google.com/compute/docs/access/change-service-account>: "the VM must be stopped".
pub(super) fn set_service_account(call: &mut Call<'_>) -> Answer {
    let key = changeable(call)?;
    stopped(call, &key, "service account")?;
    let mut with = Document::new();
    let accounts = if call.body.is_empty() { json!([]) } else { json!([call.body]) };
    with.insert("serviceAccounts".to_owned(), accounts);
    properties::service_accounts(call.project, &mut with, "")?;
    Ok(change(call, "setServiceAccount", key, Value::Object(with)))
}

/// <https://cloud.google.com/compute/docs/instances/changing-machine-type-of-stopped-instance>.
pub(super) fn set_machine_type(call: &mut Call<'_>) -> Answer {
    let key = changeable(call)?;
    let zone = key.scope.name();
    let machine = machine_type::in_body("machineType", text(call.body, "machineType"), zone)?;
    stopped(call, &key, "machine type")?;
    let link = machine_type::link(&call.project.id, zone, &machine.name);
    Ok(change(call, "setMachineType", key, json!({ "machineType": link })))
}

/// What isn't said stays. <https://cloud.google.com/compute/shielded-vm/docs/modifying-shielded-vm>: "stop the VM".
pub(super) fn update_shielded(call: &mut Call<'_>) -> Answer {
    let key = changeable(call)?;
    stopped(call, &key, "Shielded VM options")?;
    let mut shielded = part(instance(call, &key)?, "shieldedInstanceConfig");
    shielded.extend(call.body.clone());
    let mut with = Document::new();
    with.insert("shieldedInstanceConfig".to_owned(), Value::Object(shielded));
    properties::shielded(&mut with, "")?;
    Ok(change(call, "updateShieldedInstanceConfig", key, Value::Object(with)))
}

/// <https://cloud.google.com/compute/docs/ip-addresses/configure-static-external-ip-address#existing_vm>.
pub(super) fn add_access_config(call: &mut Call<'_>) -> Answer {
    let key = changeable(call)?;
    let (name, config) = (call.required("networkInterface").to_owned(), Value::Object(call.body.clone()));
    let machine = instance(call, &key)?;
    let runs = machine.text("status") == "RUNNING";
    let mut interfaces = list(&machine.document, "networkInterfaces").to_vec();
    let mut objects = interfaces.iter_mut().filter_map(Value::as_object_mut);
    let Some(interface) = objects.find(|interface| text(interface, "name") == name) else {
        let why = "The network interface does not exist.";
        return Err(ApiError::field("networkInterface", &Value::from(name), why));
    };
    let configs = list(interface, "accessConfigs").iter().cloned().chain([config]).collect();
    interface.insert("accessConfigs".to_owned(), configs);
    interfaces::reached(call.project, &key, interface)?;
    let mut with = Document::new();
    with.insert("networkInterfaces".to_owned(), Value::Array(interfaces));
    if runs {
        interfaces::open(call.project, &mut with);
    }
    Ok(change(call, "addAccessConfig", key, Value::Object(with)))
}

/// On unless the parameter says otherwise (the discovery document's default).
pub(super) fn set_deletion_protection(call: &mut Call<'_>) -> Answer {
    let key = changeable(call)?;
    let protected = call.parameters.get("deletionProtection").and_then(Value::as_bool).unwrap_or(true);
    Ok(change(call, "setDeletionProtection", key, json!({ "deletionProtection": protected })))
}
