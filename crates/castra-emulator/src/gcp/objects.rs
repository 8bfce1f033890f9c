//! What a project holds, as one list: for tests that ask what is left.

use std::collections::BTreeMap;

use serde_json::Value;

use super::project::Project;
use super::resource::{Document, text};
use super::secrets;
use crate::Object;

/// Labels as objects show them.
fn labels(document: &Document) -> BTreeMap<String, String> {
    let labels = document.get("labels").and_then(Value::as_object);
    let shown = |(key, value): (&String, &Value)| Some((key.clone(), value.as_str()?.to_owned()));
    labels.map_or_else(BTreeMap::new, |labels| labels.iter().filter_map(shown).collect())
}

/// A description; none where it is empty.
fn described(description: &str) -> Option<String> {
    (!description.is_empty()).then(|| description.to_owned())
}

impl Project {
    /// Everything that it holds, by service and kind; what Google gives every project left out.
    pub(crate) fn objects(&self) -> Vec<Object> {
        let own = self.resources.iter().filter(|resource| !resource.hidden.contains_key("default"));
        let compute = own.map(|resource| Object {
            service: "compute".to_owned(),
            kind: resource.key.collection.to_owned(),
            id: resource.key.name.clone(),
            region: Some(resource.key.scope.name().to_owned()),
            state: resource.document.get("status").and_then(Value::as_str).map(str::to_owned),
            tags: labels(&resource.document),
            description: described(text(&resource.document, "description")),
            number: Some(resource.id),
        });
        let other = |service: &str, kind: &str, id: &str, tags: BTreeMap<String, String>| Object {
            service: service.to_owned(),
            kind: kind.to_owned(),
            id: id.to_owned(),
            region: None,
            state: None,
            tags,
            description: None,
            number: None,
        };
        let accounts = self.accounts.described().map(|(email, description)| Object {
            description: described(description),
            ..other("iam", "serviceAccounts", email, BTreeMap::new())
        });
        let granted = self.policy.granted(self).into_iter();
        let granted = granted.map(|title| other("cloudresourcemanager", "bindings", &title, BTreeMap::new()));
        let secrets = secrets::all(self).map(|(id, secret)| other("secretmanager", "secrets", id, labels(secret)));
        let zones = self.zones.iter().map(|(name, zone)| other("dns", "managedZones", name, labels(&zone.document)));
        let records = self.zones.values().flat_map(|zone| {
            let kept = zone.own_records().map(|title| other("dns", "resourceRecordSets", &title, BTreeMap::new()));
            kept.collect::<Vec<_>>()
        });
        compute.chain(accounts).chain(granted).chain(secrets).chain(zones).chain(records).collect()
    }
}
