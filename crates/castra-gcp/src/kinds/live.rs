//! What one of Google's answers says about one object: the form that looking for it and listing it share.

use std::collections::HashMap;

use castra_core::resource::{At, Found, Output};
use castra_core::{Item, Kind, Status};
use serde_json::Value;

use crate::client::Clients;
use crate::links;
use crate::survey::Look;
use crate::tags::OwnerTags;

/// A live object, read from the SDK's answer.
#[derive(Debug, Clone)]
pub(crate) struct Live<O> {
    /// What it gives to others. Its id is the object's path, which ends with its name.
    pub(crate) output: O,
    /// The live values of the kind's fields, with paths for references.
    pub(crate) fields: Value,
    /// What it says of its owner.
    pub(crate) owner: OwnerTags,
    /// Its state.
    pub(crate) status: Status,
}

impl<O: Output> Live<O> {
    /// A live object in service whose labels say whose it is.
    pub(crate) fn labelled(output: O, fields: Value, labels: &HashMap<String, String>) -> Self {
        Self { output, fields, owner: OwnerTags::of_labels(labels), status: Status::Ready }
    }

    /// A live object in service whose description says whose it is.
    pub(crate) fn described(output: O, fields: Value, description: Option<&str>) -> Self {
        Self { output, fields, owner: OwnerTags::of_description(description), status: Status::Ready }
    }

    /// Sets its state.
    #[must_use]
    pub(crate) fn status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    /// What [`Kind::find`] answers.
    pub(crate) fn found(self, at: &At<'_, Clients>) -> Found<O> {
        let ownership = self.owner.ownership(&at.owner.cluster, Some(at.owner.uid));
        Found { fields: self.fields, output: self.output, ownership }
    }

    /// The survey's item of an object that says whose it is. None when it names another cluster or another kind, or
    /// nobody, or a cluster without its uid.
    pub(crate) fn item<K: Kind<Output = O>>(self, look: &Look<'_>) -> Option<Item> {
        let ours = self.owner.cluster.as_deref() == Some(look.cluster.as_str()) && self.owner.uid.is_some();
        let this_kind = self.owner.address.as_ref().is_some_and(|address| address.kind() == K::KIND);
        (ours && this_kind).then(|| self.owner.item::<K>(look.cluster, self.fields, self.output).status(self.status))
    }

    /// The survey's item of an object that stands where the resource `name` should, whoever made it.
    pub(crate) fn item_at<K: Kind<Output = O>>(self, look: &Look<'_>, name: &str) -> Item {
        Item::new::<K>(name, self.fields, self.output)
            .ownership(self.owner.ownership(look.cluster, None))
            .uid(self.owner.uid.filter(|_| self.owner.cluster.as_deref() == Some(look.cluster.as_str())))
            .status(self.status)
    }
}

/// The survey's items of objects that were listed by [name](crate::names::Names::filter): those that are the cluster's,
/// and those of others that stand where one of the resources `wanted` should.
pub(crate) fn items<K: Kind>(
    look: &Look<'_>,
    listed: impl IntoIterator<Item = Live<K::Output>>,
    wanted: &[&str],
) -> Vec<Item> {
    let item = |live: Live<K::Output>| {
        let path = live.output.id();
        let taken = wanted.iter().find(|name| links::name(path) == look.names().like(path, name)).copied();
        match live.clone().item::<K>(look) {
            Some(item) => Some(item),
            None => taken.map(|name| live.item_at::<K>(look, name)),
        }
    };
    listed.into_iter().filter_map(item).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use castra_core::Ownership;
    use serde_json::json;

    use super::*;
    use crate::call::direct::Direct;
    use crate::kinds::Network;

    const UID: &str = "11111111-2222-4333-8444-555555555555";

    fn network(name: &str, description: &str) -> Live<String> {
        Live::described(format!("projects/p1/global/networks/{name}"), json!({}), Some(description))
    }

    #[tokio::test]
    async fn what_is_listed_by_name_is_ours_by_its_mark_or_in_the_way_by_its_name() {
        let (direct, cluster) = (Direct::to(9, true).await, "camp".parse().unwrap());
        let look = Look { cx: &direct, clients: &direct.0, cluster: &cluster };
        let mark = |cluster: &str, resource: &str| {
            format!("castra:cluster={cluster} castra:resource={resource} castra:uid={UID}")
        };
        let of = |name: &str, description: &str| {
            let found = items::<Network>(&look, [network(name, description)], &["main"]);
            found.into_iter().next().map(|item| (item.address.to_string(), item.ownership == Ownership::Ours))
        };
        let ours = Some(("network/main".to_owned(), true));
        let theirs = Some(("network/main".to_owned(), false));
        assert_eq!(of("camp-europe-west1-main", &mark("camp", "network/main")), ours);
        assert_eq!(of("camp-renamed", &mark("camp", "network/main")), ours, "its mark counts");
        assert_eq!(of("camp-europe-west1-main", ""), theirs);
        assert_eq!(of("camp-europe-west1-main", &mark("other", "network/main")), theirs);
        assert_eq!(
            of("camp-europe-west1-main", &mark("camp", "firewall/main")),
            ours,
            "where ours stands, and the cluster's"
        );
        assert_eq!(of("camp-else", ""), None, "nothing of ours would stand there");
        assert_eq!(of("camp-2-main", &mark("camp-2", "network/main")), None);
        let stranger = network("camp-main", &mark("other", "network/main")).item_at::<Network>(&look, "main");
        assert_eq!(stranger.uid, None, "a uid goes with its name");
    }
}
