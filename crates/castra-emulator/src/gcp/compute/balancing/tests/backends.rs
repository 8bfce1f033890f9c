//! The groups behind backend services, and their health.

use serde_json::json;

use super::*;
use crate::gcp::compute::instance::testing::body;
use crate::{Listens, Ports, Seconds, Workload};

const ZONE: &str = "zones/europe-west1-b";

/// A network, `check`, and a group `g` with an instance `vm`.
fn lab() -> Lab {
    let mut lab = place();
    check(&mut lab, &format!("regions/{REGION}"));
    lab.done("POST", &format!("{ZONE}/instances"), body("vm"));
    group(&mut lab, "g", &["vm"]);
    lab
}

fn group(lab: &mut Lab, name: &str, members: &[&str]) {
    let ports = json!([{ "name": "http", "port": 8080 }]);
    lab.done("POST", &format!("{ZONE}/instanceGroups"), json!({ "name": name, "namedPorts": ports }));
    if !members.is_empty() {
        let links: Vec<Value> =
            members.iter().map(|name| json!({ "instance": format!("{ZONE}/instances/{name}") })).collect();
        let add = format!("{ZONE}/instanceGroups/{name}/addInstances");
        lab.done("POST", &add, json!({ "instances": links }));
    }
}

fn link(group: &str) -> String {
    format!("{ZONE}/instanceGroups/{group}")
}

/// A service `name` of that scheme, with one backend.
fn with(name: &str, scheme: &str, backend: Value) -> Value {
    let mut body = service_body(&format!("regions/{REGION}"), scheme);
    body["name"] = json!(name);
    body["backends"] = json!([backend]);
    body
}

fn rate(group: &str) -> Value {
    json!({ "group": link(group), "balancingMode": "RATE", "maxRatePerInstance": 100 })
}

fn connection(group: &str) -> Value {
    json!({ "group": link(group), "balancingMode": "CONNECTION" })
}

#[test]
fn modes_are_those_of_the_scheme_and_the_protocol() {
    let mut lab = lab();
    let services = regional("backendServices");
    let g = link("g");
    for (scheme, backend, word) in [
        ("EXTERNAL_MANAGED", json!({ "group": g, "balancingMode": "RATE" }), "Either maxRate or maxRatePerInstance"),
        ("EXTERNAL_MANAGED", connection("g"), "balancingMode"),
        ("EXTERNAL_MANAGED", json!({ "group": g, "capacityScaler": 0.05 }), "capacityScaler"),
        ("EXTERNAL_MANAGED", json!({ "group": g, "maxUtilization": 1.5 }), "maxUtilization"),
        (
            "EXTERNAL_MANAGED",
            json!({ "group": g, "balancingMode": "RATE", "maxRate": 1, "maxRatePerInstance": 1 }),
            "Only one",
        ),
        ("EXTERNAL_MANAGED", json!({ "group": g, "maxRatePerEndpoint": 1 }), "maxRatePerEndpoint"),
        ("INTERNAL", rate("g"), "Balancing mode must be CONNECTION for an INTERNAL backend service."),
        ("INTERNAL", json!({ "group": g, "balancingMode": "UTILIZATION" }), "CONNECTION"),
        ("INTERNAL", json!({ "group": g, "balancingMode": "CONNECTION", "maxConnections": 3 }), "maxConnections"),
    ] {
        let message = lab.refused("POST", &services, with("s", scheme, backend), 400, "invalid");
        assert!(message.contains(word), "{scheme}: {message}");
    }
    let mut tcp = with("s", "EXTERNAL_MANAGED", connection("g"));
    tcp["protocol"] = json!("TCP");
    let message = lab.refused("POST", &services, tcp.clone(), 400, "invalid");
    assert!(message.contains("Either maxConnections or maxConnectionsPerInstance"), "{message}");
    tcp["backends"][0]["maxConnectionsPerInstance"] = json!(10);
    lab.done("POST", &services, tcp);
    lab.done("DELETE", &regional("backendServices/s"), json!(null));
    let twice = json!([rate("g"), rate("g")]);
    let mut body = with("s", "EXTERNAL_MANAGED", rate("g"));
    body["backends"] = twice;
    let message = lab.refused("POST", &services, body, 400, "invalid");
    assert!(message.contains("Duplicate instance groups in backend service"), "{message}");
    let mut body = with("s", "EXTERNAL_MANAGED", rate("g"));
    body["healthChecks"] = json!([]);
    lab.refused("POST", &services, body, 400, "required");
    lab.done("POST", &services, with("s", "EXTERNAL_MANAGED", json!({ "group": g })));
    let made = lab.get(&regional("backendServices/s"));
    let backend = &made["backends"][0];
    assert_eq!((&backend["balancingMode"], &backend["maxUtilization"]), (&json!("UTILIZATION"), &json!(0.8)));
    assert_eq!(backend["capacityScaler"], json!(1.0));
}

#[test]
fn an_empty_group_without_a_network_is_no_backend() {
    let mut lab = lab();
    group(&mut lab, "empty", &[]);
    let services = regional("backendServices");
    for (scheme, backend) in [("INTERNAL", connection("empty")), ("EXTERNAL_MANAGED", rate("empty"))] {
        let message = lab.refused("POST", &services, with("s", scheme, backend), 400, "invalid");
        assert!(message.contains("Instance group must have a network"), "{message}");
    }
    check(&mut lab, "global");
    let mut body = service_body("global", "EXTERNAL_MANAGED");
    body["backends"] = json!([rate("empty")]);
    lab.done("POST", "global/backendServices", body);
    let message = lab.refused("POST", &services, with("s", "INTERNAL", connection("none")), 404, "notFound");
    assert!(message.contains("instanceGroups/none"), "{message}");
}

#[test]
fn an_instance_is_in_one_balanced_group() {
    let mut lab = lab();
    group(&mut lab, "other", &["vm"]);
    let services = regional("backendServices");
    lab.done("POST", &services, with("one", "INTERNAL", connection("g")));
    let (code, message) = lab.failed("POST", &services, with("two", "INTERNAL", connection("other")));
    assert_eq!(code, "INSTANCE_IN_MULTIPLE_LOAD_BALANCED_IGS");
    assert!(message.contains("instances/vm'"), "{message}");
    lab.refused("GET", &regional("backendServices/two"), json!(null), 404, "notFound");
    lab.done(
        "POST",
        &services,
        json!({ "name": "two", "loadBalancingScheme": "INTERNAL",
        "healthChecks": [regional("healthChecks/check")] }),
    );
    let body = json!({ "backends": [connection("other")] });
    let path = regional("backendServices/two");
    lab.refused("PATCH", &path, body.clone(), 400, "instanceInMultipleLoadBalancedIgs");
    lab.done("PATCH", &regional("backendServices/one"), json!({ "backends": [] }));
    lab.done("PATCH", &path, body);
}

#[test]
fn a_group_serves_two_balancers_whose_modes_go_together() {
    let mut lab = lab();
    let services = regional("backendServices");
    lab.done("POST", &services, with("inside", "INTERNAL", connection("g")));
    lab.done("POST", &services, with("outside", "EXTERNAL_MANAGED", rate("g")));
    let body = with("third", "EXTERNAL_MANAGED", json!({ "group": link("g"), "balancingMode": "UTILIZATION" }));
    let message = lab.refused("POST", &services, body, 400, "invalid");
    assert!(message.contains("incompatible balancing_mode"), "{message}");
    let message = lab.refused("DELETE", &link("g"), json!(null), 400, "resourceInUseByAnotherResource");
    assert!(message.contains("The instance_group resource") && message.contains("backendServices/"), "{message}");
    for service in ["inside", "outside"] {
        lab.done("DELETE", &regional(&format!("backendServices/{service}")), json!(null));
    }
    lab.done("DELETE", &link("g"), json!(null));
}

/// What `getHealth` says of the only member of `g`.
fn health(lab: &mut Lab) -> String {
    let asked = json!({ "group": link("g") });
    let told = lab.compute("POST", &regional("backendServices/s/getHealth"), asked).unwrap();
    assert_eq!(told["healthStatus"].as_array().map(Vec::len), Some(1), "{told}");
    Lab::text(&told, "/healthStatus/0/healthState")
}

/// Has instances answer so on that port from now on.
fn listen(lab: &mut Lab, port: u16, status: u16) {
    let mut rule = Listens { ports: Ports::These(vec![port]), status, ..Listens::default() };
    rule.after = Seconds(0.0);
    lab.project.settings.workload = Workload::default();
    lab.project.settings.workload.listens = vec![rule];
    lab.project.settle();
}

#[test]
fn health_is_what_probes_find_over_time() {
    let mut lab = lab();
    lab.done("POST", &regional("backendServices"), with("s", "EXTERNAL_MANAGED", rate("g")));
    lab.step(100.0);
    assert_eq!(health(&mut lab), "UNHEALTHY");
    // Every 5 seconds, and twice.
    listen(&mut lab, 8080, 200);
    lab.step(9.0);
    assert_eq!(health(&mut lab), "UNHEALTHY");
    lab.step(1.5);
    assert_eq!(health(&mut lab), "HEALTHY");
    listen(&mut lab, 8080, 503);
    lab.step(5.0);
    listen(&mut lab, 8080, 200);
    lab.step(20.0);
    assert_eq!(health(&mut lab), "HEALTHY");
    listen(&mut lab, 8081, 200);
    lab.step(11.0);
    assert_eq!(health(&mut lab), "UNHEALTHY");
    // Probes go to the group's port for what is served.
    lab.done("PATCH", &regional("healthChecks/check"), json!({ "httpHealthCheck": { "port": 8081 } }));
    lab.step(11.0);
    assert_eq!(health(&mut lab), "HEALTHY");
    let part = json!({ "port": null, "portSpecification": "USE_SERVING_PORT" });
    lab.done("PATCH", &regional("healthChecks/check"), json!({ "httpHealthCheck": part }));
    lab.step(11.0);
    assert_eq!(health(&mut lab), "UNHEALTHY");
    listen(&mut lab, 8080, 200);
    lab.step(11.0);
    assert_eq!(health(&mut lab), "HEALTHY");
    lab.done("POST", &format!("{ZONE}/instances/vm/stop"), json!(null));
    lab.step(11.0);
    assert_eq!(health(&mut lab), "UNHEALTHY");
}

#[test]
fn health_comes_when_the_workload_has_started() {
    let mut lab = place();
    check(&mut lab, &format!("regions/{REGION}"));
    lab.project.settings.workload.listens = vec![Listens { after: Seconds(300.0), ..Listens::default() }];
    lab.done("POST", &format!("{ZONE}/instances"), body("vm"));
    group(&mut lab, "g", &["vm"]);
    lab.done("POST", &regional("backendServices"), with("s", "EXTERNAL_MANAGED", rate("g")));
    lab.step(200.0);
    assert_eq!(health(&mut lab), "UNHEALTHY");
    lab.step(120.0);
    assert_eq!(health(&mut lab), "HEALTHY");
}

#[test]
fn health_is_told_of_groups_that_serve() {
    let mut lab = lab();
    lab.done("POST", &regional("backendServices"), with("s", "INTERNAL", connection("g")));
    group(&mut lab, "other", &[]);
    let path = regional("backendServices/s/getHealth");
    lab.refused("POST", &path, json!({ "group": link("other") }), 400, "invalid");
    lab.refused("POST", &path, json!({ "group": link("none") }), 404, "notFound");
    lab.refused("POST", &path, json!({}), 400, "required");
    let told = lab.compute("POST", &path, json!({ "group": link("g") })).unwrap();
    assert!(told["healthStatus"][0]["ipAddress"].is_string(), "{told}");
}
