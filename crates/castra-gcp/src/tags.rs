//! Whose an object is: by its labels where it can have some, else by its description.
//!
//! Labels have small letters, digits, `_` and `-` alone
//! (<https://cloud.google.com/compute/docs/labeling-resources#requirements>), so the owner's tags are mapped into them and
//! back: `castra:resource = disk/data-0` is `castra-resource = disk__data-0`. A description holds the owner's three tags and
//! nothing else.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::str::FromStr;

use castra_core::inventory::Ownership;
use castra_core::spec::ClusterName;
use castra_core::{Address, Item, Kind, Owner};
use uuid::Uuid;

/// The owner's tags, each with its label.
const OWNERS: [(&str, &str); 3] =
    [(Owner::CLUSTER, "castra-cluster"), (Owner::UID, UID), (Owner::RESOURCE, "castra-resource")];

/// The label with the owner's uid.
pub(crate) const UID: &str = "castra-uid";

/// The beginning of labels that Google itself sets.
const GOOGLES: &str = "goog-";

/// The labels that stand for a resource's tags. It has a name of its own, so there is none for `Name`.
pub(crate) fn labels(tags: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let label = |(key, value): (&String, &String)| match OWNERS.iter().find(|(tag, _)| tag == key) {
        Some((_, label)) => Some(((*label).to_owned(), value.replace('/', "__"))),
        None if key == "Name" => None,
        None => Some((key.clone(), value.clone())),
    };
    tags.iter().filter_map(label).collect()
}

/// An object's labels as they compare with wanted ones: without those that Google itself sets.
pub(crate) fn live_labels(labels: &HashMap<String, String>) -> BTreeMap<&str, &str> {
    labels
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .filter(|(key, _)| !key.starts_with(GOOGLES))
        .collect()
}

/// All labels that an object is to have from now on: the wanted ones, and those of its own that Google set.
pub(crate) fn kept_labels(
    live: &HashMap<String, String>,
    wanted: &BTreeMap<String, String>,
) -> HashMap<String, String> {
    let googles = live.iter().filter(|(key, _)| key.starts_with(GOOGLES));
    googles.chain(wanted).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The filter of a list for labelled objects of any cluster.
pub(crate) const LABELLED: &str = "labels.castra-cluster:*";
/// The filter of a list for described objects of any cluster. The expression is matched against the whole description.
pub(crate) const DESCRIBED: &str = "description eq \"castra:cluster=.*\"";

/// What a description says by an owner's tag. It needn't be a [`Mark`].
pub(crate) fn value<'t>(description: &'t str, tag: &str) -> Option<&'t str> {
    description.split(' ').find_map(|word| word.strip_prefix(tag)?.strip_prefix('='))
}

/// What an object says of its owner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OwnerTags {
    pub(crate) cluster: Option<String>,
    pub(crate) address: Option<Address>,
    pub(crate) uid: Option<Uuid>,
}

impl OwnerTags {
    /// What labels say.
    pub(crate) fn of_labels(labels: &HashMap<String, String>) -> Self {
        let get = |tag: &str| OWNERS.iter().find(|(owner, _)| *owner == tag).and_then(|(_, label)| labels.get(*label));
        Self {
            cluster: get(Owner::CLUSTER).cloned(),
            // A kind's name has no two underscores in a row.
            address: get(Owner::RESOURCE).and_then(|text| text.replacen("__", "/", 1).parse().ok()),
            uid: get(Owner::UID).and_then(|text| text.parse().ok()),
        }
    }

    /// What a description says: nothing, unless it is a [`Mark`] to the letter.
    pub(crate) fn of_description(description: Option<&str>) -> Self {
        description.and_then(|text| text.parse::<Mark>().ok()).map(Self::from).unwrap_or_default()
    }

    /// Whether an object that says so is the cluster's. `uid` is left out where only the name is known yet.
    pub(crate) fn ownership(&self, cluster: &ClusterName, uid: Option<Uuid>) -> Ownership {
        match &self.cluster {
            None => Ownership::Foreign("it carries no owner's mark".into()),
            Some(name) if *name != cluster.as_str() => Ownership::Foreign(format!("it belongs to the cluster {name}")),
            Some(_) if self.uid.is_none() => {
                Ownership::Foreign(format!("it has the name of the cluster {cluster} and no uid, so it is nobody's"))
            }
            Some(_) if uid.is_some() && self.uid != uid => {
                Ownership::Foreign(format!("it belongs to another cluster named {cluster}"))
            }
            Some(_) => Ownership::Ours,
        }
    }

    /// The item of kind `K` that an object with this owner is.
    pub(crate) fn item<K: Kind>(&self, cluster: &ClusterName, fields: serde_json::Value, output: K::Output) -> Item {
        let name = self.address.as_ref().map_or("unnamed", Address::name);
        Item::new::<K>(name, fields, output).ownership(self.ownership(cluster, None)).uid(self.uid)
    }
}

impl From<Mark> for OwnerTags {
    fn from(mark: Mark) -> Self {
        Self { cluster: Some(mark.cluster), address: Some(mark.address), uid: Some(mark.uid) }
    }
}

/// The owner's mark in a description: `castra:cluster=camp castra:resource=network/main castra:uid=...`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) cluster: String,
    pub(crate) address: Address,
    pub(crate) uid: Uuid,
}

impl Mark {
    /// The mark of a resource.
    pub(crate) fn new(owner: &Owner, address: &Address) -> Self {
        Self { cluster: owner.cluster.to_string(), address: address.clone(), uid: owner.uid }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cluster, address, uid } = self;
        write!(f, "{}={cluster} {}={address} {}={uid}", Owner::CLUSTER, Owner::RESOURCE, Owner::UID)
    }
}

impl FromStr for Mark {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut words = text.split(' ');
        let mut value = |key: &str| words.next()?.strip_prefix(key)?.strip_prefix('=').map(str::to_owned);
        let mark = (|| {
            Some(Self {
                cluster: value(Owner::CLUSTER)?.parse::<ClusterName>().ok()?.to_string(),
                address: value(Owner::RESOURCE)?.parse().ok()?,
                uid: value(Owner::UID)?.parse().ok()?,
            })
        })();
        // Written again it is the same, or somebody else wrote it.
        mark.filter(|mark| mark.to_string() == text).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    const UID: &str = "11111111-2222-4333-8444-555555555555";

    fn owner() -> Owner {
        let tags = BTreeMap::from([("team".to_owned(), "platform".to_owned())]);
        Owner { cluster: "camp".parse().unwrap(), uid: UID.parse().unwrap(), tags }
    }

    #[test]
    fn labels_hold_an_address_and_give_it_back() {
        for address in ["disk/data-0", "instance_template/secondaries", "address/application-v4"] {
            let address: Address = address.parse().unwrap();
            let wanted = labels(&owner().tags(&address));
            let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
            assert!(
                wanted.iter().all(|(key, value)| key.len() <= 63 && value.len() <= 63 && value.chars().all(allowed))
            );
            assert_eq!(wanted.keys().collect::<Vec<_>>(), ["castra-cluster", "castra-resource", "castra-uid", "team"]);
            let live: HashMap<String, String> = wanted.into_iter().collect();
            let read = OwnerTags::of_labels(&live);
            assert_eq!(
                (read.address, read.cluster.as_deref(), read.uid),
                (Some(address), Some("camp"), UID.parse().ok())
            );
        }
        assert_eq!(OwnerTags::of_labels(&HashMap::new()), OwnerTags::default());
    }

    #[test]
    fn googles_own_labels_are_no_difference_and_are_kept() {
        let live = HashMap::from([("goog-managed".to_owned(), "x".to_owned()), ("old".to_owned(), "y".to_owned())]);
        assert_eq!(live_labels(&live), BTreeMap::from([("old", "y")]));
        let wanted = BTreeMap::from([("team".to_owned(), "platform".to_owned())]);
        let kept = kept_labels(&live, &wanted);
        assert_eq!(kept.keys().collect::<std::collections::BTreeSet<_>>().len(), 2);
        assert!(kept.contains_key("goog-managed") && kept.contains_key("team"));
    }

    #[test]
    fn a_description_is_a_mark_to_the_letter_or_none() {
        let mark = Mark::new(&owner(), &"network/main".parse().unwrap());
        let text = mark.to_string();
        assert_eq!(text, format!("castra:cluster=camp castra:resource=network/main castra:uid={UID}"));
        assert_eq!(text.parse(), Ok(mark.clone()));
        assert_eq!(OwnerTags::of_description(Some(&text)), mark.into());
        let others = [
            String::new(),
            "the network".to_owned(),
            format!("{text} "),
            format!(" {text}"),
            format!("{text} team=platform"),
            text.replace("camp", "Camp"),
            text.replace("network/main", "network"),
            text.replace(UID, "1"),
            text.replace("castra:uid", "castra-uid"),
            format!("castra:uid={UID} castra:cluster=camp castra:resource=network/main"),
        ];
        for other in others {
            assert_eq!(OwnerTags::of_description(Some(&other)), OwnerTags::default(), "{other:?}");
        }
        assert_eq!(OwnerTags::of_description(None), OwnerTags::default());
    }

    #[test]
    fn what_is_ours_has_our_name_and_uid() {
        let cluster: ClusterName = "camp".parse().unwrap();
        let ours = OwnerTags::from(Mark::new(&owner(), &"network/main".parse().unwrap()));
        assert_eq!(ours.ownership(&cluster, None), Ownership::Ours);
        assert_eq!(ours.ownership(&cluster, UID.parse().ok()), Ownership::Ours);
        let foreign = |tags: &OwnerTags, name: &str, uid| {
            matches!(tags.ownership(&name.parse().unwrap(), uid), Ownership::Foreign(_))
        };
        assert!(foreign(&ours, "camp", Some(Uuid::nil())));
        assert!(foreign(&ours, "other", None));
        assert!(foreign(&OwnerTags::default(), "camp", None));
        assert!(foreign(&OwnerTags { uid: None, ..ours }, "camp", None), "a name alone is nobody's");
    }
}
