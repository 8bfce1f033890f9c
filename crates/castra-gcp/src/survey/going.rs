//! What is being deleted: Compute Engine lists it as it was until that is done, and of a machine merely says that it stops,
//! as of one that was told to.

use std::collections::BTreeSet;

use castra_core::inventory::Status;
use castra_core::{Item, Result};
use google_cloud_compute_v1::model::{Operation, OperationsScopedList};

use super::{Look, output_of};
use crate::call::list;
use crate::kinds::{InstanceOutput, ManagerOutput};
use crate::links;

/// The paths of what deletions that haven't ended are about. One call.
pub(super) async fn list(look: &Look<'_>) -> Result<BTreeSet<String>> {
    let request = look.clients.global_operations.aggregated_list().set_project(&look.clients.project);
    let request = request.set_filter("status != \"DONE\"");
    let places: Vec<(String, OperationsScopedList)> = list!(look, "globalOperations.aggregatedList", request)?;
    let running = places.iter().flat_map(|(_, place)| &place.operations);
    Ok(running.filter_map(deleted).map(str::to_owned).collect())
}

/// What an operation deletes. Those of managed groups have the service in their name: `compute.instanceGroupManagers.delete`.
fn deleted(operation: &Operation) -> Option<&str> {
    let kind = operation.operation_type.as_deref()?;
    let deletes = kind.rsplit('.').next() == Some("delete");
    operation.target_link.as_deref().filter(|_| deletes).map(links::relative)
}

/// Says of the items that are on their way out that they are.
pub(super) fn mark(items: &mut [Item], going: &BTreeSet<String>) {
    for item in items.iter_mut().filter(|item| going.contains(path(item))) {
        item.status = Status::Deleting;
    }
}

/// The path by which operations know an item's object.
fn path(item: &Item) -> &str {
    let machine = output_of::<InstanceOutput>(item).map(|output| output.link.as_str());
    let manager = || output_of::<ManagerOutput>(item).map(|output| output.manager.as_str());
    machine.or_else(manager).unwrap_or(&item.id)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_deletion_is_known_whichever_service_names_it() {
        let of = |kind: &str| {
            let link = "https://www.googleapis.com/compute/v1/projects/p1/zones/z/instances/i";
            deleted(&Operation::new().set_operation_type(kind).set_target_link(link)).map(str::to_owned)
        };
        for kind in ["delete", "compute.instanceGroupManagers.delete"] {
            assert_eq!(of(kind).as_deref(), Some("projects/p1/zones/z/instances/i"));
        }
        assert_eq!((of("insert"), of("compute.instanceGroupManagers.deleteInstances")), (None, None));
    }
}
