//! The disks of an instance, from its insertion to its end.

use serde_json::{Map, Value, json};

use super::insert::there;
use crate::gcp::compute::disk::{self, Names, Wrong};
use crate::gcp::compute::kind::New;
use crate::gcp::compute::{disk_type, insert, labels, reference};
use crate::gcp::error::ApiError;
use crate::gcp::project::{Project, rfc3339};
use crate::gcp::resource::{Document, Resource, list, text};
use crate::gcp::scope::{Key, Scope};

/// How many an instance may have (<https://cloud.google.com/compute/docs/disks#pdnumberlimits>).
const MOST: usize = 128;

/// Where an instance's hidden part holds the disks that are to be made with it, and links to those that were.
const TO_COME: &str = "newDisks";
const CREATED: &str = "createdDisks";

/// Completes the disks that an instance is to have, or refuses them. The first is its boot disk. Those to be made are
/// kept aside.
pub(super) fn complete(project: &Project, key: &Key, new: &mut New) -> Result<(), ApiError> {
    let disks = match new.document.remove("disks") {
        Some(Value::Array(disks)) if !disks.is_empty() => disks,
        _ => return Err(ApiError::field("disks", &Value::from(""), "No disks are specified.")),
    };
    if disks.len() > MOST {
        let why = format!("At most {MOST} disks can be attached to an instance.");
        return Err(ApiError::field("disks", &Value::from(""), why));
    }
    let (mut attached, mut to_come): (Vec<Document>, Vec<Document>) = (Vec::new(), Vec::new());
    for (place, disk) in disks.into_iter().enumerate() {
        let Value::Object(mut disk) = disk else { continue };
        let at = format!("disks[{place}]");
        let boot = disk.get("boot") == Some(&Value::Bool(true));
        if boot != (place == 0) {
            let why = "Boot disk must be the first disk attached to the instance.";
            return Err(ApiError::field(&at, &Value::from(""), why));
        }
        device_name(&mut disk, place, &attached, &at)?;
        let made = match (disk.remove("initializeParams"), text(&disk, "source")) {
            (Some(_), source) if !source.is_empty() => {
                let why = "Only one of source and initializeParams can be specified.";
                return Err(ApiError::field(&at, &Value::from(""), why));
            }
            (None, "") => {
                let why = "Either a source or initializeParams must be specified for a disk.";
                return Err(ApiError::field(&at, &Value::from(""), why));
            }
            (Some(params), _) if text(&disk, "type") == "SCRATCH" => {
                scratch(&mut disk, &params);
                attached.push(disk);
                continue;
            }
            (Some(params), _) => {
                let made = to_make(project, key, place, &disk, params, &at)?;
                if to_come.iter().any(|other| other.get("name") == made.get("name")) {
                    return Err(ApiError::exists(&disk_key(key, &made).path(&project.id)));
                }
                disk.insert("source".to_owned(), disk_key(key, &made).link(&project.id).into());
                to_come.push(made.clone());
                made
            }
            (None, source) => {
                if attached.iter().any(|other| text(other, "source") == source) {
                    let why = "The disk is attached more than once.";
                    return Err(ApiError::field(&format!("{at}.source"), &Value::from(source), why));
                }
                let Some(found) = reference::follow(project, source) else {
                    return Err(ApiError::required(&format!("{at}.source")));
                };
                free(project, found, text(&disk, "mode"), None)?;
                found.document.clone()
            }
        };
        describe(&mut disk, &made, place);
        attached.push(disk);
    }
    new.document.insert("disks".to_owned(), attached.into_iter().map(Value::Object).collect());
    new.hidden.insert(TO_COME.to_owned(), to_come.into_iter().map(Value::Object).collect());
    Ok(())
}

fn disk_key(instance: &Key, disk: &Document) -> Key {
    Key::new("disks", instance.scope.clone(), text(disk, "name"))
}

/// A disk's name within its instance: the one that is given, or one by its place.
pub(super) fn device_name(disk: &mut Document, place: usize, others: &[Document], at: &str) -> Result<(), ApiError> {
    if text(disk, "deviceName").is_empty() {
        let mut free = place;
        while others.iter().any(|other| text(other, "deviceName") == format!("persistent-disk-{free}")) {
            free += 1;
        }
        disk.insert("deviceName".to_owned(), format!("persistent-disk-{free}").into());
    }
    let name = text(disk, "deviceName");
    if others.iter().any(|other| text(other, "deviceName") == name) {
        let why = "The device name is used by another disk of the instance.";
        return Err(ApiError::field(&format!("{at}.deviceName"), &Value::from(name), why));
    }
    Ok(())
}

/// A local disk, which is no resource of its own (<https://cloud.google.com/compute/docs/disks/local-ssd>).
fn scratch(disk: &mut Document, params: &Value) {
    let size = params.get("diskSizeGb").and_then(Value::as_str).unwrap_or("375").to_owned();
    disk.insert("kind".to_owned(), "compute#attachedDisk".into());
    disk.insert("diskSizeGb".to_owned(), size.into());
    disk.entry("autoDelete").or_insert(true.into());
    disk.entry("mode").or_insert("READ_WRITE".into());
    disk.entry("interface").or_insert("SCSI".into());
    disk.entry("boot").or_insert(false.into());
}

/// The disk that an instance's is to be made from its parameters. It is called as the instance unless something else is
/// said; a disk of that name must not be there yet
/// (<https://cloud.google.com/compute/docs/troubleshooting/troubleshooting-migs#boot_disk_already_exists>).
fn to_make(
    project: &Project,
    instance: &Key,
    place: usize,
    disk: &Document,
    params: Value,
    at: &str,
) -> Result<Document, ApiError> {
    let Value::Object(mut params) = params else { return Ok(Map::new()) };
    let at = format!("{at}.initializeParams");
    for source in ["sourceSnapshot", "storagePool"] {
        if let Some(value) = params.get(source) {
            return Err(ApiError::field(&format!("{at}.{source}"), value, "This is not served by this emulator."));
        }
    }
    labels::check(&params, &format!("{at}.labels"))?;
    if place == 0 && text(&params, "sourceImage").is_empty() {
        return Err(ApiError::required(&format!("{at}.sourceImage")));
    }
    let name = match params.remove("diskName") {
        Some(Value::String(name)) if !name.is_empty() => name,
        _ if place == 0 => instance.name.clone(),
        _ => format!("{}-{place}", instance.name),
    };
    let key = Key::new("disks", instance.scope.clone(), &name);
    insert::free(project, &key)?;
    // Here the parameters' names are those of disks.
    let mut made = Document::new();
    made.insert("name".to_owned(), name.into());
    let size = disk.get("diskSizeGb").cloned();
    for (ours, theirs) in [("sizeGb", "diskSizeGb"), ("type", "diskType")] {
        if let Some(value) = params.remove(theirs) {
            made.insert(ours.to_owned(), value);
        }
    }
    if let Some(size) = size {
        made.entry("sizeGb").or_insert(size);
    }
    for kept in ["sourceImage", "description", "labels", "licenses", "provisionedIops", "provisionedThroughput"] {
        if let Some(value) = params.remove(kept) {
            made.insert(kept.to_owned(), value);
        }
    }
    let (image, size, kind) = (format!("{at}.sourceImage"), format!("{at}.diskSizeGb"), format!("{at}.diskType"));
    let given = text(&made, "sourceImage").to_owned();
    let names = Names { image: &image, size: &size, disk_type: &kind };
    disk::complete(project, instance.scope.name(), &mut made, &names).map_err(|wrong| match wrong {
        // https://github.com/hashicorp/terraform-provider-google/issues/3287 shows the text.
        Wrong::Image(_) => {
            ApiError::field(&image, &Value::from(given), "The referenced image resource cannot be found.")
        }
        Wrong::Other(error) => error,
    })?;
    Ok(made)
}

/// Refuses a disk that another instance has attached, unless both only read it
/// (<https://cloud.google.com/compute/docs/disks/sharing-disks-between-vms>).
pub(super) fn free(project: &Project, disk: &Resource, mode: &str, for_: Option<&Key>) -> Result<(), ApiError> {
    let others = disk::users(project, disk).filter(|(user, _)| Some(&user.key) != for_);
    for (user, theirs) in others {
        if mode != "READ_ONLY" || theirs != "READ_ONLY" {
            return Err(ApiError::in_use("disk", &disk.key.path(&project.id), &user.key.path(&project.id)));
        }
    }
    Ok(())
}

/// What is shown of an attached disk.
pub(super) fn describe(attached: &mut Document, disk: &Document, place: usize) {
    attached.insert("kind".to_owned(), "compute#attachedDisk".into());
    attached.insert("index".to_owned(), place.into());
    for (field, value) in [
        ("type", json!("PERSISTENT")),
        ("mode", json!("READ_WRITE")),
        ("boot", json!(false)),
        ("autoDelete", json!(false)),
        ("interface", json!("SCSI")),
    ] {
        attached.entry(field).or_insert(value);
    }
    if let Some(size) = disk.get("sizeGb") {
        attached.insert("diskSizeGb".to_owned(), size.clone());
    }
    for field in ["architecture", "guestOsFeatures", "licenses"] {
        if let Some(value) = disk.get(field) {
            attached.insert(field.to_owned(), value.clone());
        }
    }
}

/// Makes the disks that come with an instance, and tells those that are attached to it.
pub(super) fn create(project: &mut Project, scope: &Scope, new: &mut New) {
    let Some(Value::Array(to_come)) = new.hidden.remove(TO_COME) else { return };
    let mut created = Vec::new();
    for disk in to_come {
        let Value::Object(disk) = disk else { continue };
        let key = Key::new("disks", scope.clone(), text(&disk, "name"));
        insert::add(project, &key, New { document: disk, ..New::default() });
        there(project, &key);
        created.push(Value::from(key.link(&project.id)));
    }
    new.hidden.insert(CREATED.to_owned(), Value::Array(created));
    let sources: Vec<Key> = sources(&new.document).collect();
    for key in sources {
        note(project, &key, "lastAttachTimestamp");
    }
}

/// The disks that an instance's document says are attached.
fn sources(instance: &Document) -> impl Iterator<Item = Key> {
    let attached = list(instance, "disks").iter().filter_map(|disk| disk.get("source")?.as_str());
    attached.filter_map(reference::key_of)
}

/// Puts the moment into a field of a disk.
pub(super) fn note(project: &mut Project, disk: &Key, field: &str) {
    let now = rfc3339(project.now);
    if let Some(disk) = project.resources.get_mut(disk) {
        disk.document.insert(field.to_owned(), now.into());
    }
}

/// Lets go of the disks of an instance that is gone: those that are to be deleted with it go too, and so do those that
/// were made for an instance that didn't come to be.
pub(super) fn release(project: &mut Project, instance: &Resource) {
    let failed = text(&instance.document, "lastStartTimestamp").is_empty();
    for attached in list(&instance.document, "disks") {
        let Some(source) = attached.get("source").and_then(Value::as_str) else { continue };
        let Some(key) = reference::key_of(source) else { continue };
        let made = list(&instance.hidden, CREATED).iter().any(|link| link == source);
        let goes = attached.get("autoDelete") == Some(&Value::Bool(true)) || (failed && made);
        let used = project.resources.get(&key).is_some_and(|disk| disk::users(project, disk).next().is_some());
        if goes && !used {
            project.resources.remove(&key);
        } else {
            note(project, &key, "lastDetachTimestamp");
        }
    }
}

/// The links of disk types that parameters name as templates do: by the bare name.
pub(super) fn link_type(project: &Project, zone: &str, params: &mut Document) {
    let name = text(params, "diskType").to_owned();
    if !name.is_empty() && !name.contains('/') {
        params.insert("diskType".to_owned(), disk_type::link(&project.id, zone, &name).into());
    }
}
