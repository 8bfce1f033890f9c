//! What one of AWS's answers says about one object: the form that looking for it and listing it share.

use std::collections::BTreeMap;

use castra_core::resource::{At, Found, Output};
use castra_core::{Item, Kind, Status};
use serde_json::Value;

use crate::client::Clients;
use crate::survey::Look;
use crate::tags::OwnerTags;

/// A live object, read from the SDK's answer.
#[derive(Debug, Clone)]
pub(crate) struct Live<O> {
    /// What it gives to others.
    pub(crate) output: O,
    /// The live values of the kind's fields, with ids for references.
    pub(crate) fields: Value,
    /// Its tags, of which some say whose it is.
    pub(crate) tags: BTreeMap<String, String>,
    /// Its state.
    pub(crate) status: Status,
}

impl<O: Output> Live<O> {
    /// A live object in service.
    pub(crate) fn new(output: O, fields: Value, tags: BTreeMap<String, String>) -> Self {
        Self { output, fields, tags, status: Status::Ready }
    }

    /// Sets its state.
    #[must_use]
    pub(crate) fn status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    /// What [`Kind::find`] answers.
    pub(crate) fn found(self, at: &At<'_, Clients>) -> Found<O> {
        let ownership = OwnerTags::read(&self.tags).ownership(&at.owner.cluster, Some(at.owner.uid));
        Found { fields: self.fields, output: self.output, ownership }
    }

    /// The survey's item of an object that was listed by owner tag: the tags name the resource. None when they name
    /// another cluster or another kind, as the tags of an instance's root volume name the instance.
    pub(crate) fn item<K: Kind<Output = O>>(self, look: &Look<'_>) -> Option<Item> {
        let owner = OwnerTags::read(&self.tags);
        let ours = owner.cluster.as_deref() == Some(look.cluster.as_str());
        let other_kind = owner.address.as_ref().is_some_and(|address| address.kind() != K::KIND);
        (ours && !other_kind).then(|| owner.item::<K>(look.cluster, self.fields, self.output).status(self.status))
    }

    /// Whether its tags name exactly the resource at hand.
    pub(crate) fn is(&self, at: &At<'_, Clients>) -> bool {
        let owner = OwnerTags::read(&self.tags);
        owner.uid == Some(at.owner.uid) && owner.address.as_ref() == Some(at.address)
    }

    /// The survey's item of an object that was looked up where the resource `name` should stand, whatever its tags.
    pub(crate) fn item_at<K: Kind<Output = O>>(self, look: &Look<'_>, name: &str) -> Item {
        let owner = OwnerTags::read(&self.tags);
        Item::new::<K>(name, self.fields, self.output)
            .ownership(owner.ownership(look.cluster, None))
            .uid(owner.uid)
            .status(self.status)
    }
}
