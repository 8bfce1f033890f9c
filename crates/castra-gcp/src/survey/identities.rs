//! Service accounts and what they may do.

use castra_core::{Item, Result};
use futures::future::try_join;

use super::Look;
use crate::kinds::{project_iam_member, service_account};

/// The accounts of a cluster and their roles in the project. One call for each hundred accounts of the project, and one.
pub(super) async fn list(look: &Look<'_>) -> Result<Vec<Item>> {
    let (accounts, policy) = try_join(service_account::all(look), project_iam_member::get(look)).await?;
    let mut items = service_account::items(look, &accounts);
    items.extend(project_iam_member::item(look, &policy, &items));
    Ok(items)
}
