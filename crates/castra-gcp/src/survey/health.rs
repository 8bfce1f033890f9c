//! How the application's load balancer sees the machines.

use std::collections::BTreeMap;

use castra_core::inventory::Ownership;
use castra_core::topology::BalancerRole;
use castra_core::{Item, Kind, Result};
use futures::future::try_join_all;
use serde_json::Value;

use super::Look;
use crate::kinds::BackendService;
use crate::kinds::backend_service::health;
use crate::links;

/// The load balancer's word for each machine, by its name: one call for each group.
pub(super) async fn look(look: &Look<'_>, items: &[Item]) -> Result<BTreeMap<String, String>> {
    let role = BalancerRole::Application.as_str();
    let kind = <BackendService as Kind>::KIND;
    let of_application = |item: &&Item| item.address.kind() == kind && item.address.name().starts_with(role);
    let ours = items.iter().filter(|item| item.ownership == Ownership::Ours).filter(of_application);
    let groups = ours.flat_map(|service| {
        let backends = service.fields.get("backends").and_then(Value::as_array).into_iter().flatten();
        backends.filter_map(|backend| Some((links::name(&service.id), backend.get("group")?.as_str()?)))
    });
    let states = groups.map(|(service, group)| health::states(look, service, group));
    let states: Vec<_> = try_join_all(states).await?.into_iter().flatten().collect();
    Ok(health::machines(&states))
}
