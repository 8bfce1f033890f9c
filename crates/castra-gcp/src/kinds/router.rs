//! The way out of a network: a router with NAT.

use async_trait::async_trait;
use castra_core::resource::{At, Found, Kind, Recovery, Ref};
use castra_core::{Call, FieldChange, Item, Result};
use google_cloud_compute_v1::model::{
    Router as GceRouter, RouterNat, RouterNatLogConfig, RouterNatSubnetworkToNat as SubnetworkToNat,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::live::{Live, items};
use super::{Network, Subnetwork};
use crate::call::{Seam, gone, list, maybe, send};
use crate::client::Clients;
use crate::links;
use crate::operation::{USUAL, operate};
use crate::survey::Look;
use crate::tags::Mark;

/// A Cloud Router that does nothing but NAT.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Router {
    /// Its name.
    pub(crate) name: String,
    /// The network that it is of.
    pub(crate) network: Ref<Network>,
    /// What it translates: exactly these.
    pub(crate) nats: Vec<Nat>,
}

/// One NAT of a router, in Google's words.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Nat {
    /// Its name in the router.
    pub(crate) name: String,
    /// Where its public addresses come from: with `AUTO_ONLY` Google chooses them.
    pub(crate) addresses: String,
    /// Who leaves by it: with `LIST_OF_SUBNETWORKS` these.
    pub(crate) sources: String,
    /// The subnetworks that leave by it.
    pub(crate) subnetworks: Vec<NatSource>,
    /// Which connections are logged, such as `ERRORS_ONLY`; none if it is none.
    pub(crate) logging: Option<String>,
}

/// A subnetwork that leaves by a NAT.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct NatSource {
    /// The subnetwork.
    pub(crate) subnetwork: Ref<Subnetwork>,
    /// Which of its ranges: with `PRIMARY_IP_RANGE` its own.
    pub(crate) ranges: Vec<String>,
}

impl Nat {
    /// The NAT of one subnetwork's machines. Google chooses its addresses, and what it couldn't translate is logged.
    pub(crate) fn of(subnetwork: Ref<Subnetwork>) -> Self {
        Self {
            name: "nat".to_owned(),
            addresses: "AUTO_ONLY".to_owned(),
            sources: "LIST_OF_SUBNETWORKS".to_owned(),
            subnetworks: vec![NatSource { subnetwork, ranges: vec!["PRIMARY_IP_RANGE".to_owned()] }],
            logging: Some("ERRORS_ONLY".to_owned()),
        }
    }

    /// A NAT with the wanted values; what isn't ours in it, its timeouts and numbers of ports, stays.
    fn onto(&self, at: &At<'_, Clients>, nat: RouterNat) -> Result<RouterNat> {
        let sources = self.subnetworks.iter().map(|source| {
            let ranges = source.ranges.iter().map(String::as_str);
            Ok(SubnetworkToNat::new().set_name(at.get(&source.subnetwork)?.id).set_source_ip_ranges_to_nat(ranges))
        });
        let logging = RouterNatLogConfig::new().set_enable(self.logging.is_some());
        Ok(nat
            .set_name(&self.name)
            .set_nat_ip_allocate_option(self.addresses.as_str())
            .set_source_subnetwork_ip_ranges_to_nat(self.sources.as_str())
            .set_subnetworks(sources.collect::<Result<Vec<_>>>()?)
            .set_log_config(logging.set_or_clear_filter(self.logging.as_deref())))
    }
}

#[async_trait]
impl Kind for Router {
    const KIND: &'static str = "router";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name", "network"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let router = maybe(get(at, &self.name).await)?;
        Ok(router.as_ref().and_then(live).map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let router = GceRouter::new()
            .set_name(&self.name)
            .set_network(at.get(&self.network)?)
            .set_nats(self.onto(at, &[])?)
            .set_description(Mark::new(at.owner, at.address).to_string());
        let request =
            at.cloud.routers.insert().set_project(&at.cloud.project).set_region(&at.cloud.region).set_body(router);
        operate!(at, "routers.insert", USUAL, request)?;
        Ok(at.cloud.regional("routers", &self.name))
    }

    /// Sets the NATs as a whole, which is how a router has them.
    async fn update(&self, at: &At<'_, Clients>, live: &String, _: &[FieldChange]) -> Result<String> {
        let router = get(at, &self.name).await?;
        let request = at
            .cloud
            .routers
            .patch()
            .set_project(&at.cloud.project)
            .set_region(&at.cloud.region)
            .set_router(&self.name)
            .set_body(GceRouter::new().set_nats(self.onto(at, &router.nats)?));
        operate!(at, "routers.patch", USUAL, request)?;
        Ok(live.clone())
    }

    async fn delete(at: &At<'_, Clients>, live: &String) -> Result<()> {
        let request = at.cloud.routers.delete().set_project(&at.cloud.project).set_region(&at.cloud.region);
        gone(operate!(at, "routers.delete", USUAL, request.set_router(links::name(live))))
    }
}

impl Router {
    fn onto(&self, at: &At<'_, Clients>, live: &[RouterNat]) -> Result<Vec<RouterNat>> {
        let nat = |nat: &Nat| {
            let live = live.iter().find(|live| live.name.as_deref() == Some(&nat.name));
            nat.onto(at, live.cloned().unwrap_or_default())
        };
        self.nats.iter().map(nat).collect()
    }
}

async fn get(seam: &impl Seam, name: &str) -> Result<GceRouter> {
    let clients = seam.clients();
    let request = clients.routers.get().set_project(&clients.project).set_region(&clients.region).set_router(name);
    send!(seam, Call::read("compute", "routers.get"), request)
}

fn live(router: &GceRouter) -> Option<Live<String>> {
    let fields = json!({
        "name": router.name,
        "network": router.network.as_deref().map(links::relative),
        "nats": router.nats.iter().map(nat).collect::<Vec<_>>(),
    });
    let id = links::relative(router.self_link.as_deref()?).to_owned();
    Some(Live::described(id, fields, router.description.as_deref()))
}

fn nat(nat: &RouterNat) -> Value {
    let source = |source: &SubnetworkToNat| {
        let ranges: Vec<_> = source.source_ip_ranges_to_nat.iter().filter_map(|ranges| ranges.name()).collect();
        json!({ "subnetwork": source.name.as_deref().map(links::relative), "ranges": ranges })
    };
    let logged = nat.log_config.as_ref().filter(|logging| logging.enable.unwrap_or_default());
    json!({
        "name": nat.name,
        "addresses": nat.nat_ip_allocate_option.as_ref().and_then(|option| option.name()),
        "sources": nat.source_subnetwork_ip_ranges_to_nat.as_ref().and_then(|sources| sources.name()),
        "subnetworks": nat.subnetworks.iter().map(source).collect::<Vec<_>>(),
        "logging": logged.and_then(|logging| logging.filter.as_ref()?.name()),
    })
}

/// The routers of a cluster. One call.
pub(crate) async fn list(look: &Look<'_>, wanted: &[&str]) -> Result<Vec<Item>> {
    let clients = look.clients;
    let request = clients.routers.list().set_project(&clients.project).set_region(&clients.region);
    let listed = list!(look, "routers.list", request.set_filter(look.names().filter()))?;
    Ok(items::<Router>(look, listed.iter().filter_map(live), wanted))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use castra_core::plan::differences;

    use super::*;

    /// As Google answers it.
    fn answered() -> Value {
        let region = "https://www.googleapis.com/compute/v1/projects/p1/regions/europe-west1";
        json!({
            "id": "1234",
            "name": "camp-main",
            "network": "https://www.googleapis.com/compute/v1/projects/p1/global/networks/camp-main",
            "region": region,
            "selfLink": format!("{region}/routers/camp-main"),
            "nats": [{
                "name": "nat",
                "type": "PUBLIC",
                "sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS",
                "subnetworks": [{
                    "name": format!("{region}/subnetworks/camp-nodes"),
                    "sourceIpRangesToNat": ["PRIMARY_IP_RANGE"],
                }],
                "natIpAllocateOption": "AUTO_ONLY",
                "logConfig": { "enable": true, "filter": "ERRORS_ONLY" },
                "enableEndpointIndependentMapping": false,
                "minPortsPerVm": 128,
            }],
        })
    }

    fn differing(answered: Value) -> Vec<String> {
        let live = live(&serde_json::from_value(answered).unwrap()).unwrap();
        assert_eq!(live.output, "projects/p1/regions/europe-west1/routers/camp-main");
        let wanted =
            Router { name: "camp-main".into(), network: Ref::to("main"), nats: vec![Nat::of(Ref::to("nodes"))] };
        let wanted = serde_json::to_value(wanted).unwrap();
        let resolve = |address: &castra_core::Address| match address.kind() {
            "network" => Some("projects/p1/global/networks/camp-main".to_owned()),
            _ => Some("projects/p1/regions/europe-west1/subnetworks/camp-nodes".to_owned()),
        };
        differences(&wanted, &live.fields, &resolve).into_iter().map(|change| change.field).collect()
    }

    #[test]
    fn a_nat_is_read_as_it_is_wanted_whatever_else_it_is_set_to() {
        assert!(differing(answered()).is_empty(), "{:?}", differing(answered()));
    }

    #[test]
    fn whatever_changes_who_leaves_and_how_shows() {
        let mut missing = answered();
        missing["nats"] = json!([]);
        assert_eq!(differing(missing), ["nats"]);
        let changes = [
            ("/nats/0/natIpAllocateOption", json!("MANUAL_ONLY")),
            ("/nats/0/sourceSubnetworkIpRangesToNat", json!("ALL_SUBNETWORKS_ALL_IP_RANGES")),
            ("/nats/0/subnetworks/0/sourceIpRangesToNat", json!(["ALL_IP_RANGES"])),
            ("/nats/0/subnetworks", json!([])),
            ("/nats/0/logConfig/enable", json!(false)),
            ("/nats/0/logConfig/filter", json!("ALL")),
        ];
        for (place, value) in changes {
            let mut changed = answered();
            *changed.pointer_mut(place).unwrap() = value;
            assert_eq!(differing(changed), ["nats"], "{place}");
        }
        let mut second = answered();
        second["nats"].as_array_mut().unwrap().push(json!({ "name": "other", "natIpAllocateOption": "AUTO_ONLY" }));
        assert_eq!(differing(second), ["nats"]);
    }
}
