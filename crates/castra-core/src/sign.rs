//! What tells that there is a cluster.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::spec::ClusterName;

/// An object that names a cluster as its owner, as a list of all clusters' objects has it.
///
/// ```
/// use castra_core::Sign;
/// use uuid::Uuid;
///
/// let signs = [
///     Sign::new("camp", Some(Uuid::nil()), Some("disk-1".to_owned())),
///     Sign::new("camp", None, Some("disk-2".to_owned())),
///     Sign::new("No cluster's name", None, Some("disk-3".to_owned())),
/// ];
/// let clusters = Sign::clusters(signs);
/// assert_eq!(clusters.len(), 1);
/// assert_eq!(clusters[&"camp".parse().unwrap()], ["disk-2"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sign {
    cluster: String,
    /// Its id, where it has no uid: so it is nobody's.
    nobodys: Option<String>,
}

impl Sign {
    /// What an object names as its cluster, the uid that it bears, and its id; none where a list doesn't tell what it bears.
    pub fn new(cluster: impl Into<String>, uid: Option<Uuid>, id: Option<String>) -> Self {
        Self { cluster: cluster.into(), nobodys: id.filter(|_| uid.is_none()) }
    }

    /// The clusters that are named, each with the ids of what names it and has no uid: what
    /// [`Observer::clusters`](crate::Observer::clusters) answers. A text that is no cluster's name is somebody else's.
    pub fn clusters(signs: impl IntoIterator<Item = Self>) -> BTreeMap<ClusterName, Vec<String>> {
        let mut clusters = BTreeMap::<ClusterName, Vec<String>>::new();
        for Self { cluster, nobodys } in signs {
            if let Ok(name) = cluster.parse() {
                clusters.entry(name).or_default().extend(nobodys);
            }
        }
        clusters
    }
}
