//! A resource as it was before a plan changes it: what an undo brings it back to.

use serde_json::{Map, Value};

use super::kind::output;
use super::{Address, Kind, REFERENCE};
use crate::error::{Error, ErrorKind, Result};
use crate::inventory::{Inventory, Item};
use crate::plan::{FieldChange, differences, normalise};

/// The resource of kind `K` at `address` before `changes`, and the fields of it that they change. `wanted` are its
/// fields after them.
///
/// # Errors
/// [`ErrorKind::Unsupported`], naming the fields, when they can't be brought back: they change one way only, or
/// their live values are none that the kind can want.
pub(super) fn before<K: Kind>(
    address: &Address,
    wanted: &Value,
    changes: &[FieldChange],
    inventory: &Inventory,
) -> Result<(K, Value)> {
    let one_way: Vec<&FieldChange> =
        changes.iter().filter(|change| K::ONE_WAY.contains(&change.field.as_str())).collect();
    if !one_way.is_empty() {
        return Err(lost(address, &one_way, "the cloud takes this change one way only"));
    }
    found::<K>(address, wanted, changes, inventory)
}

/// The resource with the values that these fields were found with, and those fields of it.
fn found<K: Kind>(
    address: &Address,
    wanted: &Value,
    changes: &[FieldChange],
    inventory: &Inventory,
) -> Result<(K, Value)> {
    let all: Vec<&FieldChange> = changes.iter().collect();
    let item = inventory.get(address).ok_or_else(|| lost(address, &all, "it wasn't found"))?;
    let live = output::<K>(item)?;
    let mut fields = wanted.as_object().cloned().unwrap_or_default();
    for change in changes {
        fields.insert(change.field.clone(), referring(&change.field, &change.from, inventory));
    }
    let before = K::restored(Value::Object(fields), live)
        .map_err(|error| lost(address, &all, "its live value can't be wanted").source(error))?;
    let mut fields = serde_json::to_value(&before).unwrap_or(Value::Null);
    if let Some(fields) = fields.as_object_mut() {
        fields.retain(|field, _| changes.iter().any(|change| change.field == *field));
    }
    // What doesn't come back as it was read would be changed to something else.
    let resolve = |address: &Address| inventory.get(address).map(|item| item.id.clone());
    let found = Value::Object(changes.iter().map(|change| (change.field.clone(), change.from.clone())).collect());
    let differing = differences(&fields, &found, &resolve);
    let unsaid = |change: &&FieldChange| {
        fields.get(&change.field).is_none() || differing.iter().any(|other| other.field == change.field)
    };
    let unsaid: Vec<&FieldChange> = changes.iter().filter(unsaid).collect();
    if unsaid.is_empty() { Ok((before, fields)) } else { Err(lost(address, &unsaid, "its live value can't be wanted")) }
}

/// The resource of kind `K` that a survey's item is.
///
/// # Errors
/// [`ErrorKind::Unsupported`], naming the fields, when their live values are none that the kind can want.
pub(super) fn again<K: Kind>(item: &Item, inventory: &Inventory) -> Result<K> {
    let fields = item.fields.as_object().into_iter().flatten();
    let all: Vec<FieldChange> =
        fields.map(|(field, from)| FieldChange { field: field.clone(), from: from.clone(), to: Value::Null }).collect();
    found::<K>(&item.address, &Value::Null, &all, inventory).map(|(again, _)| again)
}

fn lost(address: &Address, changes: &[&FieldChange], why: &str) -> Error {
    let fields: Vec<String> =
        changes.iter().map(|change| format!("`{}` = {}", change.field, normalise(&change.from))).collect();
    Error::new(ErrorKind::Unsupported, format!("{address} can't be brought back to {}: {why}", fields.join(", ")))
}

/// A live value with references in place of the ids of objects that are this cluster's. An id that several kinds'
/// objects have becomes a reference to any of them, of which a [`Ref`](super::Ref) takes the one of its kind. `name`
/// and `tags` say who an object is, and hold none.
fn referring(field: &str, value: &Value, inventory: &Inventory) -> Value {
    match value {
        _ if field == "name" || field == "tags" => value.clone(),
        Value::String(id) => {
            let addresses: Vec<Value> = inventory
                .items
                .iter()
                .filter(|item| item.id == *id && inventory.get(&item.address).is_some_and(|kept| kept.id == *id))
                .map(|item| Value::String(item.address.to_string()))
                .collect();
            if addresses.is_empty() {
                return value.clone();
            }
            Value::Object(Map::from_iter([(REFERENCE.to_owned(), Value::Array(addresses))]))
        }
        Value::Array(list) => Value::Array(list.iter().map(|value| referring("", value, inventory)).collect()),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| (key.clone(), referring("", value, inventory))).collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests;
