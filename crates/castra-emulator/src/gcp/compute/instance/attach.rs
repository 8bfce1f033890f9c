//! Disks that instances get and lose while they are there
//! (<https://cloud.google.com/compute/docs/disks/add-persistent-disk>).

use serde_json::{Value, json};

use super::{disks, life};
use crate::gcp::call::Call;
use crate::gcp::compute::{insert, reference, target};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::operation::{Effect, OperationError};
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, Phase, list, text};
use crate::gcp::scope::Key;

/// The instance of a call, and its disks.
fn instance(call: &Call<'_>) -> Result<(Key, Vec<Document>), ApiError> {
    let key = target::key(call)?;
    match call.project.resources.get(&key) {
        Some(resource) if resource.phase == Phase::There => Ok((key, attached(&resource.document))),
        _ => Err(ApiError::not_ready(&key.path(&call.project.id))),
    }
}

fn attached(instance: &Document) -> Vec<Document> {
    list(instance, "disks").iter().filter_map(Value::as_object).cloned().collect()
}

pub(super) fn attach(call: &mut Call<'_>) -> Answer {
    let (key, others) = instance(call)?;
    let mut disk = call.body.clone();
    if disk.contains_key("initializeParams") || text(&disk, "source").is_empty() {
        return Err(ApiError::required("source"));
    }
    let found = reference::find(call.project, &key.scope, &["disks"], "source", text(&disk, "source"))?;
    disk.insert("source".to_owned(), found.link(&call.project.id).into());
    if disk.get("boot") == Some(&Value::Bool(true))
        && others.iter().any(|other| other.get("boot") == Some(&true.into()))
    {
        let why = "The instance has a boot disk.";
        return Err(ApiError::field("boot", &Value::from(true), why));
    }
    if let Some(found) = call.project.resources.get(&found) {
        let forced = call.flag("forceAttach").then_some(&key);
        let mine = others.iter().any(|other| text(other, "source") == found.link());
        if mine {
            let (path, by) = (found.key.path(&call.project.id), key.path(&call.project.id));
            return Err(ApiError::in_use("disk", &path, &by));
        }
        disks::free(call.project, found, text(&disk, "mode"), forced)?;
        disks::device_name(&mut disk, others.len(), &others, "disk")?;
        disks::describe(&mut disk, &found.document, others.len());
    }
    let scope = key.scope.clone();
    Ok(insert::start(call, "attachDisk", key.clone(), scope, Effect::Then(key, Value::Object(disk), attached_now)))
}

/// The disk is attached from now on, unless another instance has it by now.
fn attached_now(project: &mut Project, key: &Key, disk: &Value) -> Result<(), OperationError> {
    let Some(source) = disk.get("source").and_then(Value::as_str).and_then(reference::key_of) else { return Ok(()) };
    let missing = || ApiError::not_found(&source.path(&project.id));
    let found = project.resources.get(&source).ok_or_else(missing)?;
    let mode = disk.get("mode").and_then(Value::as_str).unwrap_or_default();
    disks::free(project, found, mode, None)?;
    life::edit(project, key, |_, document| {
        if let Some(Value::Array(attached)) = document.get_mut("disks") {
            attached.push(disk.clone());
            number(attached);
        }
    });
    disks::note(project, &source, "lastAttachTimestamp");
    Ok(())
}

/// Disks are numbered from the first.
fn number(attached: &mut [Value]) {
    for (place, disk) in attached.iter_mut().filter_map(Value::as_object_mut).enumerate() {
        disk.insert("index".to_owned(), place.into());
    }
}

/// The place of the disk of that device name; or the refusal, in the words of
/// <https://github.com/hashicorp/terraform-provider-google/issues/4210>.
fn place(disks: &[Document], device: &str) -> Result<usize, ApiError> {
    disks.iter().position(|disk| text(disk, "deviceName") == device).ok_or_else(|| {
        let why = format!("No attached disk found with device name '{device}'");
        ApiError::invalid(format!("Invalid value for field 'disk': ''. {why}"))
    })
}

pub(super) fn detach(call: &mut Call<'_>) -> Answer {
    let (key, disks) = instance(call)?;
    let device = call.required("deviceName");
    let place = place(&disks, device)?;
    let running = call.project.resources.get(&key).is_some_and(|instance| instance.text("status") != "TERMINATED");
    if running && disks.get(place).is_some_and(|disk| disk.get("boot") == Some(&Value::Bool(true))) {
        // https://cloud.google.com/compute/docs/disks/detach-reattach-boot-disk: the VM is stopped first.
        let message = "Invalid resource usage: 'The boot disk of an instance that isn't stopped cannot be detached.'.";
        return Err(ApiError::new(400, "invalidResourceUsage", message));
    }
    let effect = Effect::Then(key.clone(), Value::from(device), |project, key, device| {
        let mut source = None;
        life::edit(project, key, |_, document| {
            if let Some(Value::Array(attached)) = document.get_mut("disks")
                && let Some(at) = attached.iter().position(|disk| disk.get("deviceName") == Some(device))
            {
                let disk = attached.remove(at);
                source = disk.get("source").and_then(Value::as_str).and_then(reference::key_of);
                number(attached);
            }
        });
        if let Some(source) = source {
            disks::note(project, &source, "lastDetachTimestamp");
        }
        Ok(())
    });
    let scope = key.scope.clone();
    Ok(insert::start(call, "detachDisk", key, scope, effect))
}

pub(super) fn set_auto_delete(call: &mut Call<'_>) -> Answer {
    let (key, disks) = instance(call)?;
    let (device, auto_delete) = (call.required("deviceName"), call.flag("autoDelete"));
    place(&disks, device)?;
    let with = json!({ "device": device, "autoDelete": auto_delete });
    let effect = Effect::Then(key.clone(), with, |project, key, with| {
        life::edit(project, key, |_, document| {
            let attached = document.get_mut("disks").and_then(Value::as_array_mut);
            let disks = attached.into_iter().flatten().filter_map(Value::as_object_mut);
            for disk in disks.filter(|disk| disk.get("deviceName") == with.get("device")) {
                disk.insert("autoDelete".to_owned(), with.get("autoDelete").cloned().unwrap_or_default());
            }
        });
        Ok(())
    });
    let scope = key.scope.clone();
    Ok(insert::start(call, "setDiskAutoDelete", key, scope, effect))
}
