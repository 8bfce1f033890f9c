//! Cloud Routers, and the NAT that they do (<https://cloud.google.com/nat/docs/overview>).

use serde_json::{Value, json};

use super::kind::{Kind, New, Reference};
use super::{subnetwork, target};
use crate::Seconds;
use crate::gcp::Timings;
use crate::gcp::call::{Call, Handler};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::resource::{Document, list, text};
use crate::gcp::scope::Key;

pub(super) struct Routers;

impl Kind for Routers {
    fn collection(&self) -> &'static str {
        "routers"
    }

    fn schema(&self) -> &'static str {
        "Router"
    }

    fn noun(&self) -> &'static str {
        "router"
    }

    fn references(&self) -> &'static [Reference] {
        const {
            &[
                Reference::to("network", &["networks"]),
                Reference::to("nats[].subnetworks[].name", &["subnetworks"]),
                Reference::to("nats[].natIps[]", &["addresses"]),
                Reference::to("nats[].drainNatIps[]", &["addresses"]),
            ]
        }
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["network"]
    }

    fn quota(&self) -> Option<&'static str> {
        None
    }

    fn takes(&self, timings: &Timings, _verb: &str) -> Seconds {
        timings.router
    }

    fn prepare(&self, _call: &mut Call<'_>, key: &Key, new: &mut New) -> Result<(), ApiError> {
        subnetwork::named_region(&mut new.document, key)?;
        if text(&new.document, "network").is_empty() {
            return Err(ApiError::required("network"));
        }
        new.document.remove("params");
        complete(&mut new.document)
    }

    fn amend(
        &self,
        _call: &mut Call<'_>,
        _key: &Key,
        _before: &Document,
        after: &mut Document,
    ) -> Result<(), ApiError> {
        complete(after)
    }

    fn methods(&self) -> &'static [(&'static str, Handler)] {
        &[("getRouterStatus", status)]
    }
}

/// Holds a router's NATs against the rules, and puts in what isn't said
/// (<https://cloud.google.com/nat/docs/nat-product-interactions>; the defaults are the discovery document's).
fn complete(document: &mut Document) -> Result<(), ApiError> {
    let Some(Value::Array(nats)) = document.get_mut("nats") else { return Ok(()) };
    let mut names: Vec<String> = Vec::new();
    let mut everything = false;
    for (place, nat) in nats.iter_mut().enumerate() {
        let Value::Object(nat) = nat else { continue };
        let at = |field: &str| format!("nats[{place}].{field}");
        let name = text(nat, "name").to_owned();
        if name.is_empty() {
            return Err(ApiError::required(&at("name")));
        }
        if names.contains(&name) {
            return Err(ApiError::field(&at("name"), &Value::from(name), "Names of NATs must be unique in a router."));
        }
        names.push(name);
        let sources = text(nat, "sourceSubnetworkIpRangesToNat").to_owned();
        let allocate = text(nat, "natIpAllocateOption").to_owned();
        if sources.is_empty() {
            return Err(ApiError::required(&at("sourceSubnetworkIpRangesToNat")));
        }
        if allocate.is_empty() {
            return Err(ApiError::required(&at("natIpAllocateOption")));
        }
        let has = |field: &str| !list(nat, field).is_empty();
        let listed = sources == "LIST_OF_SUBNETWORKS";
        if listed != has("subnetworks") {
            let why = "Subnetworks must be specified if, and only if, the value is LIST_OF_SUBNETWORKS.";
            return Err(ApiError::field(&at("sourceSubnetworkIpRangesToNat"), &Value::from(sources), why));
        }
        if (allocate == "MANUAL_ONLY") != has("natIps") {
            let why = "Addresses must be specified if, and only if, the value is MANUAL_ONLY.";
            return Err(ApiError::field(&at("natIpAllocateOption"), &Value::from(allocate), why));
        }
        // No other NAT of the router may exist beside one of all subnetworks.
        if everything || (!listed && place > 0) {
            let why = "Only one NAT of a network and region can serve all of its subnetworks.";
            return Err(ApiError::field(&at("sourceSubnetworkIpRangesToNat"), &Value::from(sources), why));
        }
        everything = !listed;
        let mut put = |field: &str, value: Value| {
            nat.entry(field).or_insert(value);
        };
        put("type", "PUBLIC".into());
        put("enableEndpointIndependentMapping", false.into());
        put("enableDynamicPortAllocation", false.into());
        put("endpointTypes", json!(["ENDPOINT_TYPE_VM"]));
    }
    Ok(())
}

/// What a router does: for each NAT, the addresses that it uses.
fn status(call: &mut Call<'_>) -> Answer {
    let router = target::visible(call)?;
    let show = |nat: &Value| {
        let Value::Object(nat) = nat else { return json!({}) };
        let manual: Vec<&str> = list(nat, "natIps").iter().filter_map(Value::as_str).collect();
        json!({ "name": text(nat, "name"), "userAllocatedNatIpResources": manual, "minExtraNatIpsNeeded": 0 })
    };
    let nats: Vec<Value> = list(&router.document, "nats").iter().map(show).collect();
    Ok(json!({
        "kind": "compute#routerStatusResponse",
        "result": { "network": router.text("network"), "natStatus": nats },
    }))
}
