//! Target proxies, certificates and forwarding rules.

use serde_json::json;

use super::*;

#[test]
fn a_proxy_changes_its_url_map() {
    let mut lab = Lab::new();
    let place = format!("regions/{REGION}");
    front(&mut lab, &place, "EXTERNAL_MANAGED");
    lab.refused("DELETE", &regional("urlMaps/map"), json!(null), 400, "resourceInUseByAnotherResource");
    let body = json!({ "name": "other", "defaultService": regional("backendServices/service") });
    lab.done("POST", &regional("urlMaps"), body);
    let body = json!({ "urlMap": regional("urlMaps/other") });
    lab.done("POST", &regional("targetHttpProxies/proxy/setUrlMap"), body);
    assert!(lab.get(&regional("targetHttpProxies/proxy"))["urlMap"].as_str().unwrap().ends_with("/urlMaps/other"));
    lab.done("DELETE", &regional("urlMaps/map"), json!(null));
    let body = json!({ "urlMap": regional("urlMaps/map") });
    lab.refused("POST", &regional("targetHttpProxies/proxy/setUrlMap"), body, 404, "notFound");
    let body = json!({ "name": "p" });
    lab.refused("POST", &regional("targetHttpProxies"), body, 400, "required");
    let body = json!({ "name": "p", "urlMap": regional("urlMaps/other") });
    lab.refused("POST", "global/targetHttpProxies", body, 400, "invalid");
}

#[test]
fn a_global_proxy_changes_its_url_map() {
    let mut lab = Lab::new();
    front(&mut lab, "global", "EXTERNAL_MANAGED");
    let body = json!({ "urlMap": "global/urlMaps/map" });
    lab.done("POST", "targetHttpProxies/proxy/setUrlMap", body);
}

#[test]
fn a_secure_proxy_has_certificates() {
    let mut lab = Lab::new();
    let place = format!("regions/{REGION}");
    front(&mut lab, &place, "EXTERNAL_MANAGED");
    let proxies = regional("targetHttpsProxies");
    let map = regional("urlMaps/map");
    lab.refused("POST", &proxies, json!({ "name": "tls", "urlMap": map }), 400, "required");
    lab.done("POST", &regional("sslCertificates"), certificate("one"));
    lab.done("POST", &regional("sslCertificates"), certificate("other"));
    lab.done("POST", "global/sslCertificates", certificate("one"));
    let body = json!({ "name": "tls", "urlMap": map, "sslCertificates": ["global/sslCertificates/one"] });
    let message = lab.refused("POST", &proxies, body, 400, "invalid");
    assert!(message.contains("sslCertificates[0]"), "{message}");
    let one = regional("sslCertificates/one");
    lab.done("POST", &proxies, json!({ "name": "tls", "urlMap": map, "sslCertificates": [one] }));
    let message = lab.refused("DELETE", &one, json!(null), 400, "resourceInUseByAnotherResource");
    assert!(message.starts_with("The ssl_certificate resource"), "{message}");
    let set = regional("targetHttpsProxies/tls/setSslCertificates");
    lab.refused("POST", &set, json!({ "sslCertificates": [] }), 400, "required");
    lab.done("POST", &set, json!({ "sslCertificates": [regional("sslCertificates/other")] }));
    lab.done("DELETE", &one, json!(null));
}

#[test]
fn a_certificate_is_read_and_its_key_is_not_shown() {
    let mut lab = Lab::new();
    for place in ["global", &format!("regions/{REGION}")] {
        let operation = lab.done("POST", &format!("{place}/sslCertificates"), certificate("c"));
        let made = lab.get(&format!("{place}/sslCertificates/c"));
        assert_eq!(made["type"], "SELF_MANAGED");
        assert!(made["expireTime"].as_str().unwrap().starts_with("2125-01-01T00:00:00"));
        assert_eq!(made["subjectAlternativeNames"], json!(["www.example.com", "example.com"]));
        let listed = lab.get(&format!("{place}/sslCertificates"));
        assert!(!format!("{operation}{made}{listed}").contains("PRIVATE KEY"));
    }
    let part = json!({ "certificate": GOOD, "privateKey": key() });
    lab.done("POST", "global/sslCertificates", json!({ "name": "d", "selfManaged": part }));
    assert!(!lab.get("global/sslCertificates/d").to_string().contains("PRIVATE KEY"));
}

#[test]
fn a_certificate_keeps_its_rules() {
    let mut lab = Lab::new();
    let path = "global/sslCertificates";
    let body = json!({ "name": "c", "certificate": "nonsense", "privateKey": key() });
    lab.refused("POST", path, body, 400, "sslCertificateCouldNotParseCert");
    let body = json!({ "name": "c", "certificate": GOOD, "privateKey": "nonsense" });
    lab.refused("POST", path, body, 400, "sslCertificateCouldNotParseKey");
    lab.refused("POST", path, json!({ "name": "c", "certificate": GOOD }), 400, "required");
    let body = json!({ "name": "c", "managed": { "domains": ["www.example.com"] } });
    lab.refused("POST", &regional("sslCertificates"), body.clone(), 400, "invalid");
    lab.done("POST", path, body);
    assert_eq!(lab.get("global/sslCertificates/c")["managed"]["status"], "PROVISIONING");
}

#[test]
fn a_regional_rule_needs_proxies() {
    let mut lab = Lab::new();
    lab.network("n", "10.0.0.0/24");
    let place = format!("regions/{REGION}");
    front(&mut lab, &place, "EXTERNAL_MANAGED");
    let body = rule("EXTERNAL_MANAGED", &json!({}));
    let rules = regional("forwardingRules");
    let message = lab.refused("POST", &rules, body.clone(), 400, "invalid");
    assert!(message.contains("proxy-only subnetwork"), "{message}");
    lab.done("POST", &regional("subnetworks"), proxies());
    lab.done("POST", &rules, body);
    let made = lab.get(&regional("forwardingRules/rule"));
    assert_eq!((&made["portRange"], &made["IPProtocol"]), (&json!("80-80"), &json!("TCP")));
    assert!(made["IPAddress"].is_string() && made["labelFingerprint"].is_string());
    let in_use = "resourceInUseByAnotherResource";
    lab.refused("DELETE", &regional("targetHttpProxies/proxy"), json!(null), 400, in_use);
    lab.refused("DELETE", &regional("subnetworks/proxies"), json!(null), 400, in_use);
    lab.done("DELETE", &regional("forwardingRules/rule"), json!(null));
    lab.done("DELETE", &regional("subnetworks/proxies"), json!(null));
}

#[test]
fn rules_share_an_address_and_not_its_ports() {
    let mut lab = place();
    let region = format!("regions/{REGION}");
    front(&mut lab, &region, "EXTERNAL_MANAGED");
    let rules = regional("forwardingRules");
    lab.done("POST", &regional("addresses"), json!({ "name": "a", "networkTier": "STANDARD" }));
    let address = lab.get(&regional("addresses/a"))["address"].clone();
    let with = |name: &str, port: &str, address: &Value| {
        let more = json!({ "name": name, "IPAddress": address, "networkTier": "STANDARD", "portRange": port });
        rule("EXTERNAL_MANAGED", &more)
    };
    lab.done("POST", &rules, with("one", "80", &json!(regional("addresses/a"))));
    assert_eq!(lab.get(&regional("forwardingRules/one"))["IPAddress"], address);
    assert_eq!(lab.get(&regional("addresses/a"))["status"], "IN_USE");
    lab.done("POST", &rules, with("two", "8080", &address));
    let message = lab.refused("POST", &rules, with("three", "80", &address), 400, "invalid");
    assert!(message.contains("in-use and would result in a conflict"), "{message}");
    let message = lab.refused("POST", &rules, with("three", "80", &json!("192.0.2.7")), 400, "invalid");
    assert!(message.contains("Invalid IP address specified."), "{message}");
    let in_use = "resourceInUseByAnotherResource";
    lab.refused("DELETE", &regional("addresses/a"), json!(null), 400, in_use);
}

#[test]
fn a_rule_keeps_its_rules() {
    let mut lab = place();
    let region = format!("regions/{REGION}");
    front(&mut lab, &region, "EXTERNAL_MANAGED");
    let rules = regional("forwardingRules");
    for (scheme, more, reason, word) in [
        ("EXTERNAL_MANAGED", json!({ "portRange": null }), "required", "portRange"),
        ("EXTERNAL_MANAGED", json!({ "portRange": "80-81" }), "invalid", "exactly one port"),
        ("EXTERNAL_MANAGED", json!({ "portRange": null, "ports": ["80"] }), "invalid", "ports"),
        ("EXTERNAL_MANAGED", json!({ "ports": ["80"] }), "invalid", "Only one of"),
        ("EXTERNAL_MANAGED", json!({ "IPProtocol": "UDP" }), "invalid", "IPProtocol"),
        ("EXTERNAL_MANAGED", json!({ "target": null }), "required", "target"),
        ("INTERNAL_MANAGED", json!({}), "invalid", "must match"),
        ("EXTERNAL", json!({}), "invalid", "backendService"),
        ("INTERNAL_SELF_MANAGED", json!({}), "invalid", "loadBalancingScheme"),
    ] {
        let message = lab.refused("POST", &rules, rule(scheme, &more), 400, reason);
        assert!(message.contains(word), "{scheme} {more}: {message}");
    }
    let gone = rule("EXTERNAL_MANAGED", &json!({ "target": regional("targetHttpProxies/none") }));
    lab.refused("POST", &rules, gone, 404, "notFound");
}

#[test]
fn a_rule_changes_its_target_and_labels() {
    let mut lab = place();
    let region = format!("regions/{REGION}");
    front(&mut lab, &region, "EXTERNAL_MANAGED");
    let more = json!({ "labels": { "a": "1" } });
    lab.done("POST", &regional("forwardingRules"), rule("EXTERNAL_MANAGED", &more));
    let before = lab.get(&regional("forwardingRules/rule"));
    let body = json!({ "name": "next", "urlMap": regional("urlMaps/map") });
    lab.done("POST", &regional("targetHttpProxies"), body);
    let body = json!({ "target": regional("targetHttpProxies/next") });
    lab.done("POST", &regional("forwardingRules/rule/setTarget"), body);
    let body = json!({ "labels": { "a": "2" }, "labelFingerprint": before["labelFingerprint"] });
    lab.done("POST", &regional("forwardingRules/rule/setLabels"), body);
    let after = lab.get(&regional("forwardingRules/rule"));
    assert!(after["target"].as_str().unwrap().ends_with("/next"));
    assert_eq!((&after["IPAddress"], &after["labels"]), (&before["IPAddress"], &json!({ "a": "2" })));
    lab.done("DELETE", &regional("targetHttpProxies/proxy"), json!(null));
}

#[test]
fn a_passthrough_rule_is_in_a_subnetwork() {
    let mut lab = place();
    let region = format!("regions/{REGION}");
    service(&mut lab, &region, "INTERNAL");
    let body = |name: &str, ports: Value, more: &Value| {
        let mut body = json!({
            "name": name, "loadBalancingScheme": "INTERNAL", "ports": ports, "network": "global/networks/n",
            "backendService": regional("backendServices/service"), "subnetwork": regional("subnetworks/n"),
        });
        crate::merge::merge(&mut body, more.clone());
        body
    };
    let rules = regional("forwardingRules");
    lab.done("POST", &rules, body("rule", json!(["6443", "23010"]), &json!({})));
    let made = lab.get(&regional("forwardingRules/rule"));
    let address = made["IPAddress"].as_str().unwrap().to_owned();
    assert!(address.starts_with("10.0.0."), "{address}");
    assert!(made.get("target").is_none());
    let six = json!(["1", "2", "3", "4", "5", "6"]);
    for (ports, more, reason) in [
        (six, json!({}), "invalid"),
        (json!(null), json!({}), "required"),
        (json!(["80", "80"]), json!({}), "invalid"),
        (json!(["80"]), json!({ "IPProtocol": "UDP" }), "invalid"),
        (json!(["80"]), json!({ "subnetwork": regional("subnetworks/proxies") }), "invalid"),
        (json!(["80"]), json!({ "subnetwork": null }), "required"),
        (json!(["80"]), json!({ "IPAddress": "10.9.0.5" }), "invalid"),
        (json!(["80"]), json!({ "networkTier": "STANDARD" }), "invalid"),
    ] {
        lab.refused("POST", &rules, body("x", ports, &more), 400, reason);
    }
    let (code, _) = lab.failed("POST", &rules, body("x", json!(["80"]), &json!({ "IPAddress": address })));
    assert_eq!(code, "IP_IN_USE_BY_ANOTHER_RESOURCE");
    lab.refused("DELETE", &regional("backendServices/service"), json!(null), 400, "resourceInUseByAnotherResource");
}

#[test]
fn a_global_rule_needs_no_network() {
    let mut lab = Lab::new();
    front(&mut lab, "global", "EXTERNAL_MANAGED");
    let body = json!({
        "name": "rule", "loadBalancingScheme": "EXTERNAL_MANAGED", "portRange": "8443",
        "target": "global/targetHttpProxies/proxy",
    });
    lab.done("POST", "global/forwardingRules", body);
    assert!(lab.get("global/forwardingRules/rule")["IPAddress"].is_string());
    let aggregated = lab.get("aggregated/forwardingRules");
    assert_eq!(aggregated["items"]["global"]["forwardingRules"][0]["name"], "rule");
}
