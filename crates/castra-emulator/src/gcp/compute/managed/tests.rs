//! Managed groups as their callers see them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::gcp::settings::{Demand, Settings, Stockout};
use crate::gcp::testing::Lab;
use crate::{Listens, Seconds};

const MANAGERS: &str = "regions/europe-west1/instanceGroupManagers";
const MANAGER: &str = "regions/europe-west1/instanceGroupManagers/m";
const GROUP: &str = "regions/europe-west1/instanceGroups/m";
const AUTOSCALERS: &str = "regions/europe-west1/autoscalers";

fn template(lab: &mut Lab, name: &str, change: impl FnOnce(&mut Value)) {
    let mut properties = json!({
        "machineType": "e2-small",
        "disks": [{ "boot": true, "autoDelete": true, "initializeParams": {
            "sourceImage": "projects/debian-cloud/global/images/family/debian-12",
        } }],
        "networkInterfaces": [{ "subnetwork": "regions/europe-west1/subnetworks/n" }],
    });
    change(&mut properties);
    lab.done("POST", "global/instanceTemplates", json!({ "name": name, "properties": properties }));
}

fn lab_with(settings: Settings) -> Lab {
    let mut lab = Lab::with(settings);
    lab.network("n", "10.0.0.0/24");
    template(&mut lab, "t1", |_| {});
    template(&mut lab, "t2", |properties| properties["description"] = "another".into());
    template(&mut lab, "t3", |properties| properties["machineType"] = "e2-medium".into());
    lab
}

fn lab() -> Lab {
    lab_with(Settings::calm())
}

fn body(size: u32) -> Value {
    json!({
        "name": "m", "baseInstanceName": "web", "targetSize": size,
        "versions": [{ "instanceTemplate": "global/instanceTemplates/t1" }],
    })
}

/// A lab with a group of that size that is stable.
fn with_group(size: u32) -> Lab {
    let mut lab = lab();
    lab.done("POST", MANAGERS, body(size));
    settle(&mut lab);
    lab
}

#[track_caller]
fn settle(lab: &mut Lab) {
    for _ in 0..600 {
        lab.step(1.0);
        if lab.get(MANAGER)["status"]["isStable"] == true {
            return;
        }
    }
    panic!("never stable: {:#}\n{:#}", lab.get(MANAGER), members(lab));
}

fn members(lab: &mut Lab) -> Value {
    let path = format!("{MANAGER}/listManagedInstances");
    lab.compute("POST", &path, Value::Null).expect("members")["managedInstances"].take()
}

fn each(members: &Value, field: &str) -> Vec<String> {
    members.as_array().unwrap().iter().map(|member| Lab::text(member, field)).collect()
}

fn names(lab: &mut Lab) -> Vec<String> {
    each(&members(lab), "/name")
}

fn zones(lab: &mut Lab) -> Vec<usize> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for link in each(&members(lab), "/instance") {
        *counts.entry(link.split('/').nth(8).unwrap().to_owned()).or_default() += 1;
    }
    counts.into_values().collect()
}

/// `zones/z/instances/i` of a member.
fn path(member: &Value) -> String {
    Lab::text(member, "/instance").split_once("/projects/p1/").unwrap().1.to_owned()
}

#[test]
fn a_group_creates_names_and_spreads_its_instances() {
    let mut lab = lab();
    let operation = lab.done("POST", MANAGERS, body(6));
    assert_eq!(operation["operationType"], "compute.instanceGroupManagers.insert");
    let manager = lab.get(MANAGER);
    assert_eq!(manager["status"]["isStable"], false, "the operation is done before the instances are there");
    assert_eq!(manager["currentActions"]["creating"], 6);
    assert_eq!(manager["instanceGroup"], lab.get(GROUP)["selfLink"]);
    assert_eq!(manager["distributionPolicy"]["zones"].as_array().unwrap().len(), 3);
    assert_eq!(manager["updatePolicy"]["maxSurge"], json!({ "fixed": 3, "calculated": 3 }));
    settle(&mut lab);
    assert_eq!(zones(&mut lab), [2, 2, 2]);
    let all = members(&mut lab);
    for member in all.as_array().unwrap() {
        let name = Lab::text(member, "/name");
        assert!(name.len() == 8 && name.starts_with("web-"), "{name}");
        assert_eq!((&member["instanceStatus"], &member["currentAction"]), (&json!("RUNNING"), &json!("NONE")));
        assert_eq!(member["version"]["instanceTemplate"], lab.get("global/instanceTemplates/t1")["selfLink"]);
        let instance = lab.get(&path(member));
        assert_eq!(instance["id"], member["id"]);
        let items = instance["metadata"]["items"].as_array().unwrap();
        assert!(items.iter().any(|item| item["key"] == "created-by"), "{items:?}");
    }
    let manager = lab.get(MANAGER);
    assert_eq!(manager["status"]["versionTarget"]["isReached"], true);
    assert_eq!(manager["currentActions"]["none"], 6);
    assert_eq!(lab.get(GROUP)["size"], 6);
    let listed = lab.compute("POST", &format!("{GROUP}/listInstances"), json!({ "instanceState": "RUNNING" })).unwrap();
    assert_eq!(listed["items"].as_array().unwrap().len(), 6);
    lab.done("POST", &format!("{GROUP}/setNamedPorts"), json!({ "namedPorts": [{ "name": "http", "port": 8080 }] }));
    assert_eq!(lab.get(GROUP)["namedPorts"][0]["port"], 8080);
    assert_eq!(lab.get(MANAGER)["namedPorts"], lab.get(GROUP)["namedPorts"]);
    lab.refused("POST", MANAGERS, body(1), 409, "alreadyExists");
}

#[test]
fn a_group_is_resized_evenly_and_deleted_with_its_instances() {
    let mut lab = with_group(6);
    for (size, expected) in [(4, vec![1, 1, 2]), (9, vec![3, 3, 3]), (2, vec![1, 1])] {
        lab.done("POST", &format!("{MANAGER}/resize?size={size}"), Value::Null);
        assert_eq!(lab.get(MANAGER)["targetSize"], size);
        settle(&mut lab);
        let mut zones = zones(&mut lab);
        zones.sort_unstable();
        assert_eq!(zones, expected, "{size}");
    }
    lab.refused("POST", &format!("{MANAGER}/resize?size=-1"), Value::Null, 400, "invalidParameter");
    lab.done("DELETE", MANAGER, Value::Null);
    lab.refused("GET", MANAGER, Value::Null, 404, "notFound");
    lab.refused("GET", GROUP, Value::Null, 404, "notFound");
    assert_eq!(lab.get("aggregated/instances")["items"].to_string().matches("\"web-").count(), 0);
    lab.done("DELETE", "global/instanceTemplates/t1", Value::Null);
}

#[test]
fn an_instance_that_goes_behind_the_groups_back_comes_again() {
    let mut lab = with_group(3);
    let before = names(&mut lab);
    let victim = members(&mut lab)[0].clone();
    lab.done("DELETE", &path(&victim), Value::Null);
    assert_eq!(lab.get(MANAGER)["currentActions"]["recreating"], 1);
    settle(&mut lab);
    assert_eq!(names(&mut lab), before, "it comes again under its name");
    let after = members(&mut lab)[0].clone();
    assert_ne!(after["id"], victim["id"]);
    lab.done("POST", &format!("{}/stop", path(&victim)), Value::Null);
    settle(&mut lab);
    assert_ne!(members(&mut lab)[0]["id"], after["id"], "and so does one that is stopped");
    let patch = json!({ "instanceLifecyclePolicy": { "defaultActionOnFailure": "DO_NOTHING" } });
    lab.done("PATCH", MANAGER, patch);
    lab.done("POST", &format!("{}/stop", path(&victim)), Value::Null);
    lab.step(300.0);
    assert_eq!(members(&mut lab)[0]["instanceStatus"], "TERMINATED", "unless the group isn't to repair");
}

fn roll(template: &str, policy: Value) -> Value {
    json!({ "versions": [{ "instanceTemplate": format!("global/instanceTemplates/{template}") }], "updatePolicy": policy })
}

#[test]
fn a_roll_replaces_all_within_its_rules() {
    let mut lab = with_group(6);
    let before = names(&mut lab);
    let policy = json!({ "type": "PROACTIVE", "maxSurge": { "fixed": 3 }, "maxUnavailable": { "fixed": 0 } });
    lab.done("PATCH", MANAGER, roll("t2", policy));
    let manager = lab.get(MANAGER);
    assert_eq!(
        (&manager["status"]["isStable"], &manager["status"]["versionTarget"]["isReached"]),
        (&json!(false), &json!(false))
    );
    let message =
        lab.refused("DELETE", "global/instanceTemplates/t1", Value::Null, 400, "resourceInUseByAnotherResource");
    assert!(message.contains("The instance_template resource 'projects/p1/global/instanceTemplates/t1'"), "{message}");
    let (mut most, mut least) = (0, 6);
    for _ in 0..900 {
        lab.step(1.0);
        let members = members(&mut lab);
        let members = members.as_array().unwrap();
        let available =
            members.iter().filter(|one| one["instanceStatus"] == "RUNNING" && one["currentAction"] == "NONE");
        (most, least) = (most.max(members.len()), least.min(available.count()));
        if lab.get(MANAGER)["status"]["isStable"] == true {
            break;
        }
    }
    assert_eq!((most, least), (9, 6));
    assert_eq!(lab.get(MANAGER)["status"]["versionTarget"]["isReached"], true);
    assert_eq!(zones(&mut lab), [2, 2, 2]);
    assert!(names(&mut lab).iter().all(|name| !before.contains(name)));
    lab.done("DELETE", "global/instanceTemplates/t1", Value::Null);
    lab.refused("DELETE", "global/instanceTemplates/t2", Value::Null, 400, "resourceInUseByAnotherResource");
}

#[test]
fn an_opportunistic_update_waits_until_it_is_asked_for() {
    let mut lab = with_group(3);
    let before = names(&mut lab);
    lab.done("PATCH", MANAGER, roll("t3", json!({ "type": "OPPORTUNISTIC" })));
    lab.step(300.0);
    let manager = lab.get(MANAGER);
    assert_eq!(
        (&manager["status"]["isStable"], &manager["status"]["versionTarget"]["isReached"]),
        (&json!(true), &json!(false))
    );
    let chosen = path(&members(&mut lab)[0]);
    let restart =
        json!({ "instances": [chosen], "minimalAction": "RESTART", "mostDisruptiveAllowedAction": "RESTART" });
    lab.done("POST", &format!("{MANAGER}/applyUpdatesToInstances"), restart);
    assert_eq!(members(&mut lab)[0]["currentAction"], "RESTARTING");
    settle(&mut lab);
    assert_eq!(names(&mut lab), before);
    assert!(Lab::text(&lab.get(&chosen), "/machineType").ends_with("/machineTypes/e2-medium"));
    // New ones are of the new template.
    lab.done("POST", &format!("{MANAGER}/resize?size=4"), Value::Null);
    settle(&mut lab);
    let of_new = |members: &Value| members.to_string().matches("instanceTemplates/t3").count();
    assert_eq!(of_new(&members(&mut lab)), 2);
    let all = json!({ "allInstances": true });
    lab.done("POST", &format!("{MANAGER}/applyUpdatesToInstances"), all);
    settle(&mut lab);
    assert_eq!(of_new(&members(&mut lab)), 4);
    assert_eq!(lab.get(MANAGER)["status"]["versionTarget"]["isReached"], true);
}

#[test]
fn a_canary_gets_its_share() {
    let mut lab = with_group(6);
    let versions = json!([
        { "name": "old", "instanceTemplate": "global/instanceTemplates/t1" },
        { "name": "new", "instanceTemplate": "global/instanceTemplates/t2", "targetSize": { "percent": 50 } },
    ]);
    lab.done("PATCH", MANAGER, json!({ "versions": versions, "updatePolicy": { "type": "PROACTIVE" } }));
    settle(&mut lab);
    let members = members(&mut lab);
    let of = |name: &str| each(&members, "/version/name").iter().filter(|version| *version == name).count();
    assert_eq!((of("old"), of("new")), (3, 3));
    assert_eq!(lab.get(MANAGER)["versions"][1]["targetSize"], json!({ "percent": 50, "calculated": 3 }));
}

#[test]
fn single_instances_are_deleted_abandoned_and_recreated() {
    let mut lab = with_group(6);
    let before = members(&mut lab);
    let chosen = |place: usize| json!({ "instances": [path(&before[place])] });
    lab.done("POST", &format!("{MANAGER}/deleteInstances"), chosen(0));
    assert_eq!(lab.get(MANAGER)["targetSize"], 5);
    settle(&mut lab);
    lab.refused("GET", &path(&before[0]), Value::Null, 404, "notFound");
    lab.done("POST", &format!("{MANAGER}/abandonInstances"), chosen(1));
    assert_eq!(lab.get(MANAGER)["targetSize"], 4);
    let listed = lab.compute("POST", &format!("{GROUP}/listInstances"), json!({})).unwrap();
    assert!(!listed.to_string().contains(&Lab::text(&before[1], "/name")), "{listed:#}");
    assert_eq!(lab.get(&path(&before[1]))["status"], "RUNNING");
    settle(&mut lab);
    assert_eq!(lab.get(GROUP)["size"], 4);
    let old = members(&mut lab)[0].clone();
    lab.done("POST", &format!("{MANAGER}/recreateInstances"), json!({ "instances": [path(&old)] }));
    settle(&mut lab);
    assert_ne!(lab.get(&path(&old))["id"], old["id"]);
    lab.refused("POST", &format!("{MANAGER}/deleteInstances"), chosen(1), 400, "invalid");
    lab.refused("POST", &format!("{MANAGER}/deleteInstances"), json!({}), 400, "required");
    let mut skipping = chosen(1);
    skipping["skipInstancesOnValidationError"] = true.into();
    lab.done("POST", &format!("{MANAGER}/deleteInstances"), skipping);
    lab.done("POST", &format!("{MANAGER}/createInstances"), json!({ "instances": [{ "name": "own" }] }));
    settle(&mut lab);
    assert!(names(&mut lab).contains(&"own".to_owned()));
    assert_eq!(lab.get(MANAGER)["targetSize"], 5);
}

#[test]
fn what_a_group_may_be_has_rules() {
    let mut lab = lab();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut body = body(3);
        change(&mut body);
        body
    };
    for (change, reason) in [
        (
            &(|body: &mut Value| body["updatePolicy"] = json!({ "maxSurge": { "fixed": 1 } })) as &dyn Fn(&mut Value),
            "invalid",
        ),
        (
            &|body| body["updatePolicy"] = json!({ "maxSurge": { "fixed": 0 }, "maxUnavailable": { "fixed": 0 } }),
            "invalid",
        ),
        (&|body| body["baseInstanceName"] = "Web".into(), "invalid"),
        (&|body| body["baseInstanceName"] = "w".repeat(59).into(), "invalid"),
        (&|body| body["targetSize"] = (-1).into(), "invalid"),
        (&|body| body["versions"] = json!([]), "required"),
        (&|body| body["distributionPolicy"] = json!({ "zones": [{ "zone": "zones/us-east1-b" }] }), "invalid"),
        (&|body| body["distributionPolicy"] = json!({ "targetShape": "ANY" }), "ok"),
    ] {
        if reason == "ok" {
            lab.done("POST", MANAGERS, with(change));
        } else {
            lab.refused("POST", MANAGERS, with(change), 400, reason);
        }
    }
    let nowhere = with(&|body| {
        body["name"] = "other".into();
        body["versions"][0]["instanceTemplate"] = "global/instanceTemplates/none".into();
    });
    lab.refused("POST", MANAGERS, nowhere, 404, "notFound");
    let patch = json!({ "distributionPolicy": { "zones": [{ "zone": "zones/europe-west1-b" }] } });
    lab.refused("PATCH", MANAGER, patch, 400, "invalid");
    lab.refused("PATCH", MANAGER, json!({ "fingerprint": "AAAAAAAAAAA=", "targetSize": 1 }), 412, "conditionNotMet");
    lab.refused("PATCH", MANAGER, roll("t2", json!({ "maxUnavailable": { "fixed": 2 } })), 400, "invalid");
}

#[test]
fn a_zonal_group_is_in_its_zone() {
    let mut lab = lab();
    let zonal = "zones/europe-west1-c/instanceGroupManagers";
    lab.done("POST", zonal, body(2));
    let manager = lab.get(&format!("{zonal}/m"));
    assert_eq!(manager["updatePolicy"]["maxSurge"], json!({ "fixed": 1, "calculated": 1 }));
    lab.step(60.0);
    assert_eq!(lab.get(&format!("{zonal}/m"))["status"]["isStable"], true);
    assert_eq!(lab.get("zones/europe-west1-c/instances")["items"].as_array().unwrap().len(), 2);
    assert_eq!(lab.names("zones/europe-west1-c/instanceGroups"), ["m"]);
    lab.refused("DELETE", "zones/europe-west1-c/instanceGroups/m", Value::Null, 400, "resourceInUseByAnotherResource");
    let found = lab.get("aggregated/instanceGroupManagers");
    assert_eq!(found["items"]["zones/europe-west1-c"]["instanceGroupManagers"][0]["name"], "m");
}

#[test]
fn stockouts_are_told_and_tried_again() {
    let mut settings = Settings::calm();
    settings.stockouts.push(Stockout { zone: Some("europe-west1-b".to_owned()), ..Stockout::default() });
    let mut lab = lab_with(settings);
    lab.done("POST", MANAGERS, body(3));
    lab.step(120.0);
    let manager = lab.get(MANAGER);
    assert_eq!((&manager["status"]["isStable"], &manager["currentActions"]["none"]), (&json!(false), &json!(2)));
    let errors = lab.get(&format!("{MANAGER}/listErrors"));
    assert_eq!(errors["items"][0]["error"]["code"], "ZONE_RESOURCE_POOL_EXHAUSTED");
    assert_eq!(errors["items"][0]["instanceActionDetails"]["action"], "CREATING");
    let members = members(&mut lab);
    let waits = members.as_array().unwrap().iter().find(|member| member["currentAction"] == "CREATING").unwrap();
    assert_eq!(waits["lastAttempt"]["errors"]["errors"][0]["code"], "ZONE_RESOURCE_POOL_EXHAUSTED");
    lab.project.settings.stockouts.clear();
    settle(&mut lab);
    assert_eq!(zones(&mut lab), [1, 1, 1]);
}

#[test]
fn a_group_of_any_shape_goes_where_there_are_machines() {
    let mut settings = Settings::calm();
    settings.stockouts.push(Stockout { zone: Some("europe-west1-b".to_owned()), ..Stockout::default() });
    let mut lab = lab_with(settings);
    let mut body = body(4);
    body["distributionPolicy"] = json!({ "targetShape": "ANY" });
    lab.done("POST", MANAGERS, body);
    settle(&mut lab);
    assert_eq!(zones(&mut lab), [2, 2]);
}

#[test]
fn instances_heal_by_their_health_check_after_their_initial_delay() {
    let mut settings = Settings::calm();
    settings.workload.listens.push(Listens { after: Seconds(30.0), ..Listens::default() });
    let mut lab = lab_with(settings);
    let check = json!({ "name": "h", "type": "HTTP", "httpHealthCheck": { "port": 80 }, "checkIntervalSec": 5 });
    lab.done("POST", "global/healthChecks", check);
    let mut body = body(3);
    body["autoHealingPolicies"] = json!([{ "healthCheck": "global/healthChecks/h", "initialDelaySec": 100 }]);
    lab.done("POST", MANAGERS, body);
    lab.refused("DELETE", "global/healthChecks/h", Value::Null, 400, "resourceInUseByAnotherResource");
    lab.step(20.0);
    assert_eq!(each(&members(&mut lab), "/currentAction"), ["VERIFYING"; 3]);
    settle(&mut lab);
    let before = members(&mut lab);
    assert_eq!(before[0]["instanceHealth"][0]["detailedHealthState"], "HEALTHY");
    lab.step(100.0);
    lab.project.settings.workload.listens.clear();
    lab.project.settle();
    lab.step(15.0);
    let repaired = each(&members(&mut lab), "/currentAction");
    assert_eq!(repaired, ["RECREATING"; 3], "once the delay is over, illness counts");
    lab.project.settings.workload.listens.push(Listens::default());
    settle(&mut lab);
    assert_ne!(members(&mut lab)[0]["id"], before[0]["id"]);
    let patch = json!({ "autoHealingPolicies": [{ "healthCheck": "global/healthChecks/h", "initialDelaySec": 3601 }] });
    lab.refused("PATCH", MANAGER, patch, 400, "invalid");
}

fn autoscaler(least: u32, most: u32) -> Value {
    json!({ "name": "a", "target": MANAGER, "autoscalingPolicy": {
        "minNumReplicas": least, "maxNumReplicas": most, "cpuUtilization": { "utilizationTarget": 0.5 },
    } })
}

#[test]
fn an_autoscaler_owns_the_size() {
    let mut lab = with_group(3);
    lab.done("POST", AUTOSCALERS, autoscaler(4, 8));
    let manager = lab.get(MANAGER);
    assert_eq!(manager["targetSize"], 4);
    let shown = lab.get(&format!("{AUTOSCALERS}/a"));
    assert_eq!(manager["status"]["autoscaler"], shown["selfLink"]);
    assert_eq!((&shown["status"], &shown["recommendedSize"]), (&json!("ACTIVE"), &json!(4)));
    assert_eq!(shown["autoscalingPolicy"]["coolDownPeriodSec"], 60);
    let message = lab.refused("POST", &format!("{MANAGER}/resize?size=5"), Value::Null, 412, "conditionNotMet");
    assert!(
        message.starts_with("Resizing of autoscaled regional managed instance groups is not allowed."),
        "{message}"
    );
    lab.refused("DELETE", MANAGER, Value::Null, 400, "resourceInUseByAnotherResource");
    let mut other = autoscaler(1, 2);
    other["name"] = "b".into();
    lab.refused("POST", AUTOSCALERS, other, 400, "resourceInUseByAnotherResource");

    lab.project.settings.demand.push(Demand { group: None, cpu: 2.6 });
    lab.project.settle();
    assert_eq!(lab.get(MANAGER)["targetSize"], 6);
    lab.project.settings.demand[0].cpu = 9.0;
    lab.project.settle();
    assert_eq!(lab.get(MANAGER)["targetSize"], 8);
    assert_eq!(lab.get(&format!("{AUTOSCALERS}/a"))["statusDetails"][0]["type"], "CAPPED_AT_MAX_NUM_REPLICAS");
    lab.project.settings.demand[0].cpu = 0.1;
    lab.project.settle();
    lab.step(500.0);
    assert_eq!(lab.get(MANAGER)["targetSize"], 8, "it shrinks after ten minutes");
    lab.step(101.0);
    assert_eq!(lab.get(MANAGER)["targetSize"], 4);

    let patch = json!({ "name": "a", "autoscalingPolicy": { "maxNumReplicas": 3, "minNumReplicas": 1 } });
    lab.done("PATCH", AUTOSCALERS, patch);
    assert_eq!(lab.get(MANAGER)["targetSize"], 3);
    let off = json!({ "autoscalingPolicy": { "mode": "OFF" } });
    lab.done("PATCH", &format!("{AUTOSCALERS}?autoscaler=a"), off);
    lab.done("POST", &format!("{MANAGER}/resize?size=5"), Value::Null);
    settle(&mut lab);
    assert_eq!(zones(&mut lab), [2, 2, 1]);
    lab.done("DELETE", &format!("{AUTOSCALERS}/a"), Value::Null);
    assert_eq!(lab.get(MANAGER)["status"].get("autoscaler"), None);
    lab.done("DELETE", MANAGER, Value::Null);
}

#[test]
fn what_an_autoscaler_may_be_has_rules() {
    let mut lab = with_group(1);
    lab.refused("POST", AUTOSCALERS, autoscaler(4, 3), 400, "invalid");
    for (field, value, reason) in [
        ("/autoscalingPolicy/cpuUtilization/utilizationTarget", json!(1.5), "invalid"),
        ("/autoscalingPolicy/cpuUtilization/utilizationTarget", json!(0.0), "invalid"),
        ("/autoscalingPolicy/minNumReplicas", json!(-1), "invalid"),
    ] {
        let mut body = autoscaler(1, 3);
        *body.pointer_mut(field).unwrap() = value;
        lab.refused("POST", AUTOSCALERS, body, 400, reason);
    }
    lab.refused("POST", AUTOSCALERS, json!({ "name": "a", "target": MANAGER }), 400, "required");
    lab.refused("POST", "zones/europe-west1-b/autoscalers", autoscaler(1, 3), 400, "invalid");
    let bare = json!({ "name": "a", "target": MANAGER, "autoscalingPolicy": { "maxNumReplicas": 3 } });
    lab.done("POST", AUTOSCALERS, bare);
    let policy = lab.get(&format!("{AUTOSCALERS}/a"))["autoscalingPolicy"].clone();
    assert_eq!(policy["cpuUtilization"]["utilizationTarget"], 0.6);
    assert_eq!((&policy["mode"], &policy["minNumReplicas"]), (&json!("ON"), &json!(2)));
}

#[test]
fn everything_happens_at_once_where_nothing_takes_time() {
    let mut lab = lab_with(Settings::instant());
    lab.done("POST", MANAGERS, body(6));
    settle(&mut lab);
    lab.done("PATCH", MANAGER, roll("t2", json!({ "type": "PROACTIVE" })));
    settle(&mut lab);
    assert_eq!(lab.get(MANAGER)["status"]["versionTarget"]["isReached"], true);
    lab.done("DELETE", MANAGER, Value::Null);
}
