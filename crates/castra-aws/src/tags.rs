//! Owner tags on EC2's objects: writing, filtering and reading them.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{Filter, ResourceType, Tag, TagSpecification};
use aws_sdk_iam::types::Tag as IamTag;
use castra_core::inventory::Ownership;
use castra_core::resource::At;
use castra_core::spec::ClusterName;
use castra_core::{Address, Call, Error, ErrorKind, FieldChange, Item, Kind, Owner, Result};

use crate::call::send;
use crate::client::Clients;

/// The tags of a resource, to be set in the call that creates it.
pub(crate) fn specification(resource: ResourceType, tags: &BTreeMap<String, String>) -> TagSpecification {
    TagSpecification::builder().resource_type(resource).set_tags(Some(to_ec2(tags))).build()
}

/// Tags as EC2 wants them.
pub(crate) fn to_ec2(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// Tags as EC2 gives them, without those that AWS itself sets.
pub(crate) fn from_ec2(tags: &[Tag]) -> BTreeMap<String, String> {
    tags.iter()
        .filter_map(|tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned())))
        .filter(|(key, _)| !key.starts_with("aws:"))
        .collect()
}

/// Tags as IAM wants them.
///
/// # Errors
/// When the SDK finds a part missing, which none is.
pub(crate) fn to_iam(tags: &BTreeMap<String, String>) -> Result<Vec<IamTag>> {
    tags.iter()
        .map(|(key, value)| {
            IamTag::builder().key(key).value(value).build().map_err(|error| {
                Error::new(ErrorKind::Unexpected, format!("the tag {key} cannot be written")).source(error)
            })
        })
        .collect()
}

/// Tags as IAM gives them.
pub(crate) fn from_iam(tags: &[IamTag]) -> BTreeMap<String, String> {
    tags.iter()
        .map(|tag| (tag.key().to_owned(), tag.value().to_owned()))
        .filter(|(key, _)| !key.starts_with("aws:"))
        .collect()
}

/// The keys of a `tags` field's live value that aren't wanted.
pub(crate) fn unwanted(change: &FieldChange, wanted: &BTreeMap<String, String>) -> Vec<String> {
    let live = change.from.as_object().into_iter().flat_map(|live| live.keys());
    live.filter(|key| !wanted.contains_key(*key)).cloned().collect()
}

/// The filter for objects of one resource of one cluster.
pub(crate) fn exactly(at: &At<'_, Clients>) -> Vec<Filter> {
    vec![
        filter(&format!("tag:{}", Owner::UID), &at.owner.uid.to_string()),
        filter(&format!("tag:{}", Owner::RESOURCE), &at.address.to_string()),
    ]
}

/// The filter for all objects of one name's clusters.
pub(crate) fn of_cluster(cluster: &ClusterName) -> Filter {
    filter(&format!("tag:{}", Owner::CLUSTER), cluster.as_str())
}

/// One filter with one value.
pub(crate) fn filter(name: &str, value: &str) -> Filter {
    Filter::builder().name(name).values(value).build()
}

/// What the owner tags of an object say.
#[derive(Debug, Clone)]
pub(crate) struct OwnerTags {
    pub(crate) address: Option<Address>,
    pub(crate) cluster: Option<String>,
    pub(crate) uid: Option<uuid::Uuid>,
}

impl OwnerTags {
    pub(crate) fn read(tags: &BTreeMap<String, String>) -> Self {
        Self {
            address: tags.get(Owner::RESOURCE).and_then(|text| text.parse().ok()),
            cluster: tags.get(Owner::CLUSTER).cloned(),
            uid: tags.get(Owner::UID).and_then(|text| text.parse().ok()),
        }
    }

    /// The item of kind `K` that an object with these tags is.
    pub(crate) fn item<K: Kind>(&self, cluster: &ClusterName, fields: serde_json::Value, output: K::Output) -> Item {
        let name = self.address.as_ref().map_or("unnamed", Address::name);
        Item::new::<K>(name, fields, output).ownership(self.ownership(cluster, None)).uid(self.uid)
    }

    /// Whether an object with these tags is the cluster's. `uid` is left out where only the name is known yet.
    pub(crate) fn ownership(&self, cluster: &ClusterName, uid: Option<uuid::Uuid>) -> Ownership {
        match &self.cluster {
            None => Ownership::Foreign("it carries no owner tags".into()),
            Some(name) if *name != cluster.to_string() => {
                Ownership::Foreign(format!("it belongs to the cluster {name}"))
            }
            Some(_) if self.uid.is_none() => {
                Ownership::Foreign(format!("it has the name of the cluster {cluster} and no uid, so it is nobody's"))
            }
            Some(_) if uid.is_some() && self.uid != uid => {
                Ownership::Foreign(format!("it belongs to another cluster named {cluster}"))
            }
            Some(_) => Ownership::Ours,
        }
    }
}

/// Brings an EC2 object's tags to the wanted ones: sets what is missing or differs, removes what isn't wanted.
/// Every tag but AWS's own is ours, as Terraform's users know it. Objects that are tagged alike are tagged in one call,
/// so that none of them is left behind.
pub(crate) async fn sync_ec2(
    at: &At<'_, Clients>,
    ids: &[&str],
    wanted: &BTreeMap<String, String>,
    change: &FieldChange,
) -> Result<()> {
    let extra: Vec<Tag> = unwanted(change, wanted).into_iter().map(|key| Tag::builder().key(key).build()).collect();
    let resources: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    let set = at.cloud.ec2.create_tags().set_resources(Some(resources.clone())).set_tags(Some(to_ec2(wanted)));
    send!(at.cx, Call::idempotent("ec2", "CreateTags"), set)?;
    if !extra.is_empty() {
        let remove = at.cloud.ec2.delete_tags().set_resources(Some(resources)).set_tags(Some(extra));
        send!(at.cx, Call::idempotent("ec2", "DeleteTags"), remove)?;
    }
    Ok(())
}
