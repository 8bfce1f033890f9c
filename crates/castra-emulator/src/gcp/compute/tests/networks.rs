//! Networks and what is in them.

use serde_json::{Value, json};

use crate::gcp::testing::{Lab, REGION};

fn subnetworks() -> String {
    format!("regions/{REGION}/subnetworks")
}

fn subnetwork(name: &str, range: &str) -> Value {
    json!({ "name": name, "network": "global/networks/n", "ipCidrRange": range })
}

#[test]
fn a_network_in_use_is_not_deleted_and_says_so_at_the_end() {
    let mut lab = Lab::new();
    lab.network("n", "10.0.0.0/24");
    let (code, message) = lab.failed("DELETE", "global/networks/n", Value::Null);
    assert_eq!(code, "RESOURCE_IN_USE_BY_ANOTHER_RESOURCE");
    assert!(message.contains("'projects/p1/regions/europe-west1/subnetworks/n'"), "{message}");
    lab.done("DELETE", &format!("{}/n", subnetworks()), Value::Null);
    let rule = json!({ "name": "f", "network": "global/networks/n", "allowed": [{ "IPProtocol": "tcp" }] });
    lab.done("POST", "global/firewalls", rule);
    lab.failed("DELETE", "global/networks/n", Value::Null);
    lab.done("DELETE", "global/firewalls/f", Value::Null);
    lab.done("DELETE", "global/networks/n", Value::Null);
    assert_eq!(lab.names("global/routes"), Vec::<String>::new());
    assert!(lab.project.objects().is_empty());
}

#[test]
fn a_network_in_auto_mode_has_a_subnet_in_every_region_which_goes_with_it() {
    let mut lab = Lab::new();
    lab.done("POST", "global/networks", json!({ "name": "auto", "autoCreateSubnetworks": true }));
    let links = lab.get("global/networks/auto")["subnetworks"].as_array().unwrap().len();
    assert_eq!(links, lab.names("regions").len());
    assert_eq!(lab.get("regions/us-central1/subnetworks/auto")["ipCidrRange"], "10.128.0.0/20");
    lab.done("DELETE", "global/networks/auto", Value::Null);
    lab.refused("GET", "regions/us-central1/subnetworks/auto", Value::Null, 404, "notFound");
}

#[test]
fn subnetworks_lie_apart() {
    let mut lab = Lab::new();
    lab.network("n", "10.0.0.0/24");
    assert_eq!(lab.get(&format!("{}/n", subnetworks()))["gatewayAddress"], "10.0.0.1");
    let (_, message) = lab.failed("POST", &subnetworks(), subnetwork("m", "10.0.0.128/25"));
    assert!(message.contains("conflicts with existing subnetwork 'n' in region 'europe-west1'"), "{message}");
    for range in ["10.0.0.1/24", "10.0.0.0/30", "nonsense", "10.0.0.0"] {
        lab.refused("POST", &subnetworks(), subnetwork("m", range), 400, "invalid");
    }
    lab.done("POST", &subnetworks(), subnetwork("m", "10.0.4.0/24"));
    let expand = format!("{}/n/expandIpCidrRange", subnetworks());
    for range in ["10.0.0.0/24", "10.0.0.0/25", "10.2.0.0/16"] {
        lab.refused("POST", &expand, json!({ "ipCidrRange": range }), 400, "invalid");
    }
    lab.refused("POST", &expand, json!({ "ipCidrRange": "10.0.0.0/20" }), 400, "invalidUsage");
    lab.done("POST", &expand, json!({ "ipCidrRange": "10.0.0.0/22" }));
    assert_eq!(lab.get(&format!("{}/n", subnetworks()))["ipCidrRange"], "10.0.0.0/22");
}

#[test]
fn one_proxy_only_subnetwork_is_active() {
    let mut lab = Lab::new();
    lab.network("n", "10.0.0.0/24");
    let proxies = |name: &str, range: &str, role: &str| {
        let mut body = subnetwork(name, range);
        body["purpose"] = "REGIONAL_MANAGED_PROXY".into();
        body["role"] = role.into();
        body
    };
    lab.refused("POST", &subnetworks(), proxies("p", "10.1.0.0/27", "ACTIVE"), 400, "invalid");
    lab.done("POST", &subnetworks(), proxies("p", "10.1.0.0/24", "ACTIVE"));
    lab.failed("POST", &subnetworks(), proxies("q", "10.2.0.0/24", "ACTIVE"));
    lab.done("POST", &subnetworks(), proxies("q", "10.2.0.0/24", "BACKUP"));
    let path = format!("{}/q", subnetworks());
    let fingerprint = lab.get(&path)["fingerprint"].clone();
    lab.done("PATCH", &path, json!({ "role": "ACTIVE", "fingerprint": fingerprint }));
    assert_eq!(lab.get(&format!("{}/p", subnetworks()))["role"], "BACKUP");
    let mut plain = subnetwork("r", "10.3.0.0/24");
    plain["role"] = "ACTIVE".into();
    lab.refused("POST", &subnetworks(), plain, 400, "invalid");
}

#[test]
fn references_must_exist_and_be_links() {
    let mut lab = Lab::new();
    let with = |network: &str| json!({ "name": "s", "network": network, "ipCidrRange": "10.0.0.0/24" });
    let message = lab.refused("POST", &subnetworks(), with("global/networks/gone"), 404, "notFound");
    assert_eq!(message, "The resource 'projects/p1/global/networks/gone' was not found");
    lab.refused("POST", &subnetworks(), with("gone"), 400, "invalid");
    lab.refused("POST", &subnetworks(), with("projects/other/global/networks/n"), 404, "notFound");
    lab.network("n", "10.0.0.0/24");
    let mut other = subnetwork("s", "10.9.0.0/24");
    other["network"] = "http://127.0.0.1:1/compute/v1/projects/p1/global/networks/n".into();
    lab.done("POST", &subnetworks(), other);
    let link = Lab::text(&lab.get(&format!("{}/s", subnetworks())), "/network");
    assert_eq!(link, "https://www.googleapis.com/compute/v1/projects/p1/global/networks/n");
}

#[test]
fn firewall_rules_make_sense() {
    let mut lab = Lab::new();
    lab.network("n", "10.0.0.0/24");
    let rule = |more: Value| {
        let mut rule = json!({ "name": "f", "network": "global/networks/n" });
        rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        rule
    };
    let tcp = json!([{ "IPProtocol": "tcp", "ports": ["80", "8000-9000"] }]);
    for (more, reason) in [
        (json!({}), "required"),
        (json!({ "allowed": tcp, "denied": tcp }), "invalid"),
        (json!({ "allowed": [{ "ports": ["80"] }] }), "required"),
        (json!({ "allowed": [{ "IPProtocol": "tcp", "ports": ["90-80"] }] }), "invalid"),
        (json!({ "allowed": [{ "IPProtocol": "icmp", "ports": ["80"] }] }), "invalid"),
        (json!({ "allowed": tcp, "priority": 70000 }), "invalid"),
        (json!({ "allowed": tcp, "direction": "EGRESS", "sourceRanges": ["10.0.0.0/8"] }), "invalid"),
        (json!({ "allowed": tcp, "sourceTags": ["a"], "targetServiceAccounts": ["b@c.d"] }), "invalid"),
        (json!({ "allowed": tcp, "sourceRanges": ["10.0.0.1/8"] }), "invalid"),
    ] {
        lab.refused("POST", "global/firewalls", rule(more), 400, reason);
    }
    lab.done("POST", "global/firewalls", rule(json!({ "allowed": tcp })));
    let found = lab.get("global/firewalls/f");
    assert_eq!((&found["priority"], &found["direction"]), (&json!(1000), &json!("INGRESS")));
    assert_eq!(found["sourceRanges"], json!(["0.0.0.0/0"]));
    lab.done("PATCH", "global/firewalls/f", json!({ "sourceRanges": ["35.191.0.0/16"], "disabled": true }));
    let found = lab.get("global/firewalls/f");
    assert_eq!((&found["sourceRanges"], &found["disabled"]), (&json!(["35.191.0.0/16"]), &json!(true)));
    lab.refused("PATCH", "global/firewalls/f", json!({ "direction": "EGRESS" }), 400, "invalid");
    lab.done("PUT", "global/firewalls/f", rule(json!({ "denied": [{ "IPProtocol": "all" }] })));
    assert!(lab.get("global/firewalls/f").get("allowed").is_none());
}

#[test]
fn routers_do_nat() {
    let mut lab = Lab::new();
    lab.network("n", "10.0.0.0/24");
    let routers = format!("regions/{REGION}/routers");
    lab.done("POST", &routers, json!({ "name": "r", "network": "global/networks/n" }));
    let router = format!("{routers}/r");
    let nat = |more: Value| {
        let mut nat = json!({ "name": "nat", "natIpAllocateOption": "AUTO_ONLY" });
        nat["sourceSubnetworkIpRangesToNat"] = "ALL_SUBNETWORKS_ALL_IP_RANGES".into();
        nat.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "nats": [nat] })
    };
    lab.refused("PATCH", &router, nat(json!({ "natIpAllocateOption": "MANUAL_ONLY" })), 400, "invalid");
    lab.refused(
        "PATCH",
        &router,
        nat(json!({ "sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS" })),
        400,
        "invalid",
    );
    lab.done("POST", &format!("regions/{REGION}/addresses"), json!({ "name": "a" }));
    let manual = json!({ "natIpAllocateOption": "MANUAL_ONLY", "natIps": [format!("regions/{REGION}/addresses/a")] });
    lab.done("PATCH", &router, nat(manual));
    let address = format!("regions/{REGION}/addresses/a");
    assert_eq!(lab.get(&address)["status"], "IN_USE");
    lab.refused("DELETE", &address, Value::Null, 400, "resourceInUseByAnotherResource");
    let status = lab.get(&format!("{router}/getRouterStatus"));
    assert_eq!(status["result"]["natStatus"][0]["name"], "nat");
    lab.done("PATCH", &router, json!({ "nats": [] }));
    lab.done("DELETE", &address, Value::Null);
    lab.failed("DELETE", "global/networks/n", Value::Null);
    lab.done("DELETE", &router, Value::Null);
}

#[test]
fn addresses_are_of_their_subnetwork() {
    let mut lab = Lab::new();
    lab.network("n", "10.0.0.0/29");
    let addresses = format!("regions/{REGION}/addresses");
    let internal = |name: &str, address: Option<&str>| {
        let mut body =
            json!({ "name": name, "addressType": "INTERNAL", "subnetwork": format!("regions/{REGION}/subnetworks/n") });
        if let Some(address) = address {
            body["address"] = address.into();
        }
        body
    };
    lab.done("POST", &addresses, internal("a", None));
    assert_eq!(lab.get(&format!("{addresses}/a"))["address"], "10.0.0.2");
    lab.refused("POST", &addresses, internal("b", Some("10.0.0.2")), 400, "invalid");
    lab.refused("POST", &addresses, internal("b", Some("10.0.0.1")), 400, "invalid");
    lab.refused("POST", &addresses, internal("b", Some("10.0.1.2")), 400, "invalid");
    for name in ["b", "c", "d"] {
        lab.done("POST", &addresses, internal(name, None));
    }
    lab.refused("POST", &addresses, internal("e", None), 400, "ipSpaceExhausted");
    lab.refused("POST", "global/addresses", json!({ "name": "g", "addressType": "INTERNAL" }), 400, "invalid");
    lab.done("POST", "global/addresses", json!({ "name": "g" }));
    let found = lab.get("global/addresses/g");
    assert_eq!((&found["status"], &found["networkTier"]), (&json!("RESERVED"), &json!("PREMIUM")));
    lab.refused("DELETE", &format!("{}/n", subnetworks()), Value::Null, 400, "resourceInUseByAnotherResource");
}

#[test]
fn routes_lead_somewhere() {
    let mut lab = Lab::new();
    lab.network("n", "10.0.0.0/24");
    let came: Vec<String> = lab.names("global/routes");
    assert!(came.len() == 1 && came[0].starts_with("default-route-"), "{came:?}");
    let route = json!({ "name": "r", "network": "global/networks/n", "destRange": "192.168.0.0/16", "priority": 900 });
    lab.refused("POST", "global/routes", route.clone(), 400, "invalid");
    let mut route = route;
    route["nextHopGateway"] = "global/gateways/default-internet-gateway".into();
    lab.done("POST", "global/routes", route);
    lab.done("DELETE", &format!("{}/n", subnetworks()), Value::Null);
    let (_, message) = lab.failed("DELETE", "global/networks/n", Value::Null);
    assert!(message.contains("global/routes/r"), "{message}");
    lab.done("DELETE", "global/routes/r", Value::Null);
    lab.done("DELETE", "global/networks/n", Value::Null);
}

#[test]
fn a_network_goes_from_auto_to_custom_mode_and_not_back() {
    let mut lab = Lab::new();
    lab.done("POST", "global/networks", json!({ "name": "auto", "autoCreateSubnetworks": true }));
    lab.done("POST", "global/networks/auto/switchToCustomMode", Value::Null);
    assert_eq!(lab.get("global/networks/auto")["autoCreateSubnetworks"], false);
    lab.refused("POST", "global/networks/auto/switchToCustomMode", Value::Null, 400, "invalid");
    lab.refused("POST", "global/networks", json!({ "name": "legacy" }), 400, "invalid");
}

/// Networks have the same ranges, and so the same numbers, without knowing of each other.
#[test]
fn a_number_is_taken_in_its_own_subnetwork_only() {
    let mut lab = Lab::new();
    lab.network("n", "10.0.0.0/24");
    lab.network("m", "10.0.0.0/24");
    let addresses = format!("regions/{REGION}/addresses");
    let address = |name: &str, network: &str| {
        let subnetwork = format!("regions/{REGION}/subnetworks/{network}");
        json!({ "name": name, "addressType": "INTERNAL", "subnetwork": subnetwork, "address": "10.0.0.20" })
    };
    lab.done("POST", &addresses, address("one", "n"));
    lab.refused("POST", &addresses, address("again", "n"), 400, "invalid");
    lab.done("POST", &addresses, address("other", "m"));
}
