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
    /// another cluster, or a cluster without its uid, or another kind, as the tags of an instance's root volume name the
    /// instance.
    pub(crate) fn item<K: Kind<Output = O>>(self, look: &Look<'_>) -> Option<Item> {
        let owner = OwnerTags::read(&self.tags);
        let ours = owner.cluster.as_deref() == Some(look.cluster.as_str()) && owner.uid.is_some();
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
            .uid(owner.uid.filter(|_| owner.cluster.as_deref() == Some(look.cluster.as_str())))
            .status(self.status)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use castra_core::{Owner, Ownership};
    use serde_json::json;

    use super::*;
    use crate::call::direct::{Direct, clients};
    use crate::kinds::Vpc;

    fn tagged(tags: &[(&str, &str)]) -> Live<String> {
        let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Live::new("vpc-1".to_owned(), json!({}), tags)
    }

    const UID: (&str, &str) = (Owner::UID, "11111111-2222-4333-8444-555555555555");
    const OURS: [(&str, &str); 3] = [(Owner::CLUSTER, "demo"), (Owner::RESOURCE, "vpc/main"), UID];

    #[test]
    fn what_is_listed_by_tag_is_named_by_its_tags() {
        let (clients, cluster) = (clients(0, true), "demo".parse().unwrap());
        let look = Look { cx: &Direct, clients: &clients, cluster: &cluster };
        let item = tagged(&OURS).status(Status::Deleting).item::<Vpc>(&look).unwrap();
        assert_eq!(item.address.to_string(), "vpc/main");
        assert_eq!((item.ownership, item.status), (Ownership::Ours, Status::Deleting));
        // Another cluster's, nobody's, and an object that carries another kind's tags.
        assert!(tagged(&[(Owner::CLUSTER, "other"), OURS[1], UID]).item::<Vpc>(&look).is_none());
        assert!(tagged(&OURS[..2]).item::<Vpc>(&look).is_none(), "a name alone is nobody's");
        assert!(tagged(&[]).item::<Vpc>(&look).is_none());
        assert!(tagged(&[OURS[0], (Owner::RESOURCE, "eip/a"), UID]).item::<Vpc>(&look).is_none());
    }

    #[test]
    fn what_is_looked_up_by_name_stands_where_it_was_looked_for() {
        let (clients, cluster) = (clients(0, true), "demo".parse().unwrap());
        let look = Look { cx: &Direct, clients: &clients, cluster: &cluster };
        let stranger = tagged(&[]).item_at::<Vpc>(&look, "main");
        assert_eq!(stranger.address.to_string(), "vpc/main");
        assert!(matches!(stranger.ownership, Ownership::Foreign(_)));
        let other = tagged(&[(Owner::CLUSTER, "other")]).item_at::<Vpc>(&look, "main");
        assert_eq!(other.ownership, Ownership::Foreign("it belongs to the cluster other".into()));
        let of = |cluster| tagged(&[(Owner::CLUSTER, cluster), UID]).item_at::<Vpc>(&look, "main").uid;
        assert_eq!((of("other"), of("demo")), (None, UID.1.parse().ok()), "a uid goes with its name");
        let nobodys = tagged(&OURS[..2]).item_at::<Vpc>(&look, "main");
        assert!(matches!(nobodys.ownership, Ownership::Foreign(_)), "a name alone is nobody's");
        assert_eq!(tagged(&OURS).item_at::<Vpc>(&look, "main").ownership, Ownership::Ours);
    }
}
