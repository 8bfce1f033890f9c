//! Which cluster this is: the uid behind the name.

use std::collections::BTreeSet;

use castra_core::spec::ClusterName;
use castra_core::{Error, ErrorKind, Inventory, Ownership, Result};
use uuid::Uuid;

/// The cluster's uid, and what the operator should know about how it was found.
///
/// The anchor decides; without one the tags of the objects that are left; without any the journal, so that a
/// creation that may have happened keeps its tokens; without that either the plan that is expected; else a new one.
///
/// # Errors
/// [`ErrorKind::Conflict`] when the journal or the objects are another cluster's.
pub(super) fn identify(
    cluster: &ClusterName,
    inventory: &Inventory,
    journal: Option<Uuid>,
    expected: Option<Uuid>,
) -> Result<(Uuid, Option<String>)> {
    let tagged: BTreeSet<Uuid> =
        inventory.items.iter().filter(|item| item.ownership == Ownership::Ours).filter_map(|item| item.uid).collect();
    let found = match &inventory.cluster {
        Some(record) => Some(record.uid),
        None if tagged.len() > 1 => {
            let uids: Vec<String> = tagged.iter().map(Uuid::to_string).collect();
            return Err(Error::new(
                ErrorKind::Conflict,
                format!("objects of {} clusters named {cluster} are here: {}", uids.len(), uids.join(", ")),
            )
            .remedy("give the cluster another name, or remove the objects of those that are not wanted"));
        }
        None => tagged.first().copied(),
    };
    match (found, journal) {
        (Some(found), Some(journal)) if found != journal => Err(Error::new(
            ErrorKind::Conflict,
            format!("the cluster named {cluster} here has uid {found}, and the journal is of another one, {journal}"),
        )
        .remedy(
            "give the cluster another name or --state; if the journal's cluster is gone for good, remove its journal",
        )),
        (Some(found), Some(_)) => Ok((found, None)),
        (Some(found), None) => {
            let created = inventory.cluster.as_ref().and_then(|record| record.created);
            let since = created.map_or_else(String::new, |created| format!(", created {created}"));
            Ok((found, Some(format!("no journal here knows this cluster; found {cluster} with uid {found}{since}"))))
        }
        (None, Some(journal)) => Ok((journal, None)),
        (None, None) => Ok((expected.unwrap_or_else(Uuid::new_v4), None)),
    }
}
