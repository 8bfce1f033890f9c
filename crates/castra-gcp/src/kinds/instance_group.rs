//! Groups of machines that load balancers know, one for each primary.

use std::collections::BTreeMap;

use async_trait::async_trait;
use castra_core::resource::{At, Found, Kind, Recovery, Ref};
use castra_core::{Call, Error, ErrorKind, FieldChange, Item, Result};
use google_cloud_compute_v1::model::{
    InstanceGroup as Model, InstanceGroupsScopedList, InstanceGroupsSetNamedPortsRequest, NamedPort,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Network;
use super::live::{Live, items};
use crate::call::{gone, list, maybe, send};
use crate::client::Clients;
use crate::links;
use crate::operation::{USUAL, from_latest, operate};
use crate::survey::Look;
use crate::tags::Mark;

/// An unmanaged instance group of a zone. Which machine is in it is a resource of its own.
///
/// It has its network from the beginning: one without a network can't be behind a load balancer before a machine is in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct InstanceGroup {
    /// Its name, which one group in a zone has.
    pub(crate) name: String,
    /// Its zone, which is its machine's.
    pub(crate) zone: String,
    /// Its network, which is its machine's.
    pub(crate) network: Ref<Network>,
    /// The ports by which load balancers ask its machine, by name.
    pub(crate) named_ports: BTreeMap<String, u16>,
}

#[async_trait]
impl Kind for InstanceGroup {
    const KIND: &'static str = "instance_group";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name", "zone", "network"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        Ok(self.get(at).await?.as_ref().and_then(live).map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let group = Model::new()
            .set_name(&self.name)
            .set_description(Mark::new(at.owner, at.address).to_string())
            .set_network(at.get(&self.network)?)
            .set_named_ports(to_ports(&self.named_ports));
        let groups = &at.cloud.instance_groups;
        let request = groups.insert().set_project(&at.cloud.project).set_zone(&self.zone).set_body(group);
        operate!(at, "instanceGroups.insert", USUAL, request)?;
        Ok(at.cloud.zonal(&self.zone, "instanceGroups", &self.name))
    }

    async fn update(&self, at: &At<'_, Clients>, live: &String, _: &[FieldChange]) -> Result<String> {
        from_latest(at, &self.name, || async {
            let Some(now) = self.get(at).await? else {
                return Err(Error::new(ErrorKind::NotFound, format!("{} is gone", self.name)));
            };
            let ports = InstanceGroupsSetNamedPortsRequest::new()
                .set_named_ports(to_ports(&self.named_ports))
                .set_or_clear_fingerprint(now.fingerprint);
            let request = at.cloud.instance_groups.set_named_ports().set_project(&at.cloud.project);
            let request = request.set_zone(&self.zone).set_instance_group(&self.name).set_body(ports);
            operate!(at, "instanceGroups.setNamedPorts", USUAL, request)
        })
        .await?;
        Ok(live.clone())
    }

    async fn delete(at: &At<'_, Clients>, live: &String) -> Result<()> {
        let (zone, name) = (links::after(live, "zones").unwrap_or_default(), links::name(live));
        let request = at.cloud.instance_groups.delete().set_project(&at.cloud.project).set_zone(zone);
        gone(operate!(at, "instanceGroups.delete", USUAL, request.set_instance_group(name)))
    }
}

impl InstanceGroup {
    async fn get(&self, at: &At<'_, Clients>) -> Result<Option<Model>> {
        let request = at.cloud.instance_groups.get().set_project(&at.cloud.project).set_zone(&self.zone);
        maybe(send!(at, Call::read("compute", "instanceGroups.get"), request.set_instance_group(&self.name)))
    }
}

/// Named ports as Compute Engine wants them.
pub(super) fn to_ports(ports: &BTreeMap<String, u16>) -> Vec<NamedPort> {
    ports.iter().map(|(name, port)| NamedPort::new().set_name(name).set_port(*port)).collect()
}

/// Named ports as Compute Engine gives them. A name may stand for several.
pub(super) fn from_ports(ports: &[NamedPort]) -> serde_json::Value {
    let mut named: BTreeMap<&str, Vec<i32>> = BTreeMap::new();
    for port in ports {
        named.entry(port.name.as_deref().unwrap_or_default()).or_default().push(port.port.unwrap_or_default());
    }
    let value = |ports: Vec<i32>| match ports.as_slice() {
        [one] => json!(one),
        several => json!(several),
    };
    named.into_iter().map(|(name, ports)| (name.to_owned(), value(ports))).collect()
}

/// Reads a group of a zone; none of a region's, which is its manager's.
fn live(group: &Model) -> Option<Live<String>> {
    let id = links::relative(group.self_link.as_deref()?).to_owned();
    let fields = json!({
        "name": group.name,
        "zone": links::after(&id, "zones")?,
        "network": group.network.as_deref().map(links::relative),
        "named_ports": from_ports(&group.named_ports),
    });
    Some(Live::described(id, fields, group.description.as_deref()))
}

/// The groups of a cluster's primaries.
pub(crate) async fn list(look: &Look<'_>, wanted: &[&str]) -> Result<Vec<Item>> {
    let request = look.clients.instance_groups.aggregated_list().set_project(&look.clients.project);
    let request = request.set_filter(look.names().filter());
    let places: Vec<(String, InstanceGroupsScopedList)> = list!(look, "instanceGroups.aggregatedList", request)?;
    let here = places.iter().filter(|(place, _)| look.clients.is_here(place));
    let groups = here.flat_map(|(_, place)| &place.instance_groups);
    Ok(items::<InstanceGroup>(look, groups.filter_map(live), wanted))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_live_group_has_the_wanted_shape() {
        let ports = BTreeMap::from([("https".to_owned(), 443), ("join".to_owned(), 23010)]);
        let host = "https://www.googleapis.com/compute/v1/projects/p1";
        let model = Model::new()
            .set_name("camp-primary-0")
            .set_self_link(format!("{host}/zones/z/instanceGroups/camp-primary-0"))
            .set_network(format!("{host}/global/networks/camp-main"))
            .set_named_ports(to_ports(&ports));
        let live = live(&model).unwrap();
        let wanted = InstanceGroup {
            name: "camp-primary-0".into(),
            zone: "z".into(),
            network: Ref::existing("projects/p1/global/networks/camp-main".into()),
            named_ports: ports,
        };
        assert_eq!(live.fields, serde_json::to_value(&wanted).unwrap());
        let regional = model.set_self_link(format!("{host}/regions/r/instanceGroups/camp-secondaries"));
        assert!(super::live(&regional).is_none());
    }

    #[test]
    fn a_name_for_several_ports_differs_from_one_for_one() {
        let port = |number: i32| NamedPort::new().set_name("https").set_port(number);
        assert_eq!(from_ports(&[port(443)]), json!({"https": 443}));
        assert_eq!(from_ports(&[port(443), port(8443)]), json!({"https": [443, 8443]}));
        assert_eq!(from_ports(&[]), json!({}));
    }
}
