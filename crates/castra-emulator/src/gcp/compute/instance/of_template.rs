//! Instances that templates describe (<https://cloud.google.com/compute/docs/instances/create-vm-from-instance-template>).

use serde_json::{Value, json};

use super::{disks, insert, properties};
use crate::gcp::compute::{machine_type, reference};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::operation::OperationError;
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, Resource, text};
use crate::gcp::scope::{Key, Scope};
use crate::merge::merge;

/// What an instance is to be by a template and by a body, whose fields override the template's by the rules of JSON merge
/// patches, as the page above says.
pub(super) fn overridden(project: &Project, key: &Key, template: &str, body: &Document) -> Result<Document, ApiError> {
    let found = reference::find(project, &key.scope, &["instanceTemplates"], "sourceInstanceTemplate", template)?;
    let Some(found) = project.resources.get(&found) else { return Err(ApiError::not_found(&found.path(&project.id))) };
    let mut document = Value::Object(described(project, found, key.scope.name()));
    merge(&mut document, Value::Object(body.clone()));
    match document {
        Value::Object(document) => Ok(document),
        _ => Err(ApiError::required("name")),
    }
}

/// What a template says of an instance in a zone: its bare names of machine and disk types are links there.
fn described(project: &Project, template: &Resource, zone: &str) -> Document {
    let mut document = template.document.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let machine = text(&document, "machineType");
    if !machine.contains('/') {
        let link = machine_type::link(&project.id, zone, machine);
        document.insert("machineType".to_owned(), link.into());
    }
    // What is an instance's own is made anew, and tags of the resource manager are not its fields.
    document.remove("resourceManagerTags");
    let each = document.get_mut("disks").and_then(Value::as_array_mut);
    for disk in each.into_iter().flatten().filter_map(Value::as_object_mut) {
        disk.remove("kind");
        disk.remove("index");
        if let Some(Value::Object(params)) = disk.get_mut("initializeParams") {
            disks::link_type(project, zone, params);
        }
    }
    document
}

/// Starts the insertion of an instance that a group of a manager, `owner`, is to have: it says in its metadata whose it is
/// and what it is made of (<https://cloud.google.com/compute/docs/instance-groups/getting-info-about-migs>).
///
/// # Errors
///
/// What `instances.insert` would refuse. That there is no room or no quota is told by the operation when it ends.
pub(crate) fn from_template(
    project: &mut Project,
    template: &str,
    zone: &str,
    name: &str,
    owner: &Key,
) -> Result<Value, OperationError> {
    Ok(begin(project, template, zone, name, owner)?)
}

fn begin(project: &mut Project, template: &str, zone: &str, name: &str, owner: &Key) -> Answer {
    let key = Key::new("instances", Scope::Zone(zone.to_owned()), name);
    let mut document = overridden(project, &key, template, &Document::new())?;
    let made_of = reference::key_of(template);
    let number = project.number.to_string();
    let mut of_group = vec![("created-by", owner.path(&number))];
    of_group.extend(made_of.map(|template| ("instance-template", template.path(&number))));
    let metadata = document.entry("metadata").or_insert_with(|| json!({}));
    if let Value::Object(metadata) = metadata
        && let Value::Array(items) = metadata.entry("items").or_insert_with(|| json!([]))
    {
        for (name, value) in of_group {
            items.retain(|item| item.get("key").and_then(Value::as_str) != Some(name));
            items.push(json!({ "key": name, "value": value }));
        }
        properties::complete_metadata(metadata);
    }
    document.insert("name".to_owned(), name.into());
    insert::begin(project, &key, document, &format!("{number}@cloudservices.gserviceaccount.com"))
}
