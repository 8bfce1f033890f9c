//! What a project holds.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::scope::{Key, Scope};

/// A resource's document, in the contract's names.
pub(crate) type Document = Map<String, Value>;

/// A resource.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    pub(crate) key: Key,
    /// Its number, which no other has had.
    pub(crate) id: u64,
    /// What is shown of it.
    pub(crate) document: Document,
    /// What its kind keeps of it and doesn't show: a certificate's private key.
    pub(crate) hidden: Document,
    /// When it could be used first.
    pub(crate) since: Timestamp,
    pub(crate) phase: Phase,
    /// How many operations are changing it.
    pub(crate) busy: u32,
}

/// How far a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Its insertion runs.
    Coming,
    /// It can be used.
    There,
    /// Its deletion runs.
    Going,
}

/// The resources of a project.
#[derive(Debug, Clone, Default)]
pub(crate) struct Resources(BTreeMap<Key, Resource>);

impl Resources {
    pub(crate) fn get(&self, key: &Key) -> Option<&Resource> {
        self.0.get(key)
    }

    pub(crate) fn get_mut(&mut self, key: &Key) -> Option<&mut Resource> {
        self.0.get_mut(key)
    }

    pub(crate) fn contains(&self, key: &Key) -> bool {
        self.0.contains_key(key)
    }

    pub(crate) fn insert(&mut self, resource: Resource) {
        self.0.insert(resource.key.clone(), resource);
    }

    pub(crate) fn remove(&mut self, key: &Key) -> Option<Resource> {
        self.0.remove(key)
    }

    /// Every one, by collection, place and name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Resource> {
        self.0.values()
    }

    /// Those of a collection, wherever they are, by place and name.
    pub(crate) fn of(&self, collection: &'static str) -> impl Iterator<Item = &Resource> {
        let first = Key::new(collection, Scope::Global, "");
        self.0.range(first..).map(|(_, resource)| resource).take_while(move |one| one.key.collection == collection)
    }

    /// Those of a collection in one place, by name.
    pub(crate) fn at<'r>(&'r self, collection: &'static str, scope: &'r Scope) -> impl Iterator<Item = &'r Resource> {
        let first = Key::new(collection, scope.clone(), "");
        let here = move |one: &&Resource| one.key.collection == collection && one.key.scope == *scope;
        self.0.range(first..).map(|(_, resource)| resource).take_while(here)
    }
}

impl Resource {
    /// A text of its document; empty if there is none.
    pub(crate) fn text(&self, field: &str) -> &str {
        text(&self.document, field)
    }

    /// Its link.
    pub(crate) fn link(&self) -> &str {
        self.text("selfLink")
    }
}

/// A text in a document; empty if there is none.
pub(crate) fn text<'d>(document: &'d Document, field: &str) -> &'d str {
    document.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// A list in a document; empty if there is none.
pub(crate) fn list<'d>(document: &'d Document, field: &str) -> &'d [Value] {
    document.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
