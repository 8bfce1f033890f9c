#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use super::life::{begin_delete, running_since};
use super::of_template::from_template;
use super::testing::body;
use crate::gcp::scope::{Key, Scope};
use crate::gcp::testing::Lab;
use crate::gcp::{OperationFailure, OperationRule, Stockout};

const INSTANCES: &str = "zones/europe-west1-b/instances";
const VM: &str = "zones/europe-west1-b/instances/vm";
const DISKS: &str = "zones/europe-west1-b/disks";

fn lab() -> Lab {
    let mut lab = Lab::new();
    lab.network("n", "10.0.0.0/24");
    lab
}

fn with_vm() -> Lab {
    let mut lab = lab();
    lab.done("POST", INSTANCES, body("vm"));
    lab
}

fn key(name: &str) -> Key {
    Key::new("instances", Scope::Zone("europe-west1-b".to_owned()), name)
}

fn status(lab: &mut Lab) -> String {
    Lab::text(&lab.get(VM), "/status")
}

/// A body with one field changed.
fn but(field: &str, value: Value) -> Value {
    let mut body = body("vm");
    body[field] = value;
    body
}

#[test]
fn an_instance_comes_to_run() {
    let mut lab = lab();
    let operation = lab.compute("POST", INSTANCES, body("vm")).unwrap();
    let mut seen = vec![status(&mut lab)];
    for _ in 0..30 {
        lab.step(1.0);
        let now = status(&mut lab);
        if seen.last() != Some(&now) {
            seen.push(now);
        }
    }
    assert_eq!(seen, ["PROVISIONING", "STAGING", "RUNNING"]);
    lab.end(&operation);
    let vm = lab.get(VM);
    assert!(Lab::text(&vm, "/machineType").ends_with("/projects/p1/zones/europe-west1-b/machineTypes/e2-small"));
    let interface = &vm["networkInterfaces"][0];
    assert_eq!((&interface["name"], &interface["networkIP"]), (&json!("nic0"), &json!("10.0.0.2")));
    assert!(interface.get("accessConfigs").is_none());
    let disk = &vm["disks"][0];
    assert_eq!((&disk["index"], &disk["diskSizeGb"], &disk["boot"]), (&json!(0), &json!("10"), &json!(true)));
    assert!(disk.get("initializeParams").is_none());
    assert_eq!(lab.get(&format!("{DISKS}/vm"))["users"], json!([vm["selfLink"]]));
    assert_eq!(vm["shieldedInstanceConfig"]["enableVtpm"], true);
    let since = running_since(lab.project.resources.get(&key("vm")).unwrap()).unwrap();
    assert!(since < lab.project.now);
    lab.refused("POST", INSTANCES, body("vm"), 409, "alreadyExists");
}

#[test]
fn instances_are_held_against_the_rules() {
    let mut lab = with_vm();
    let disk = body("vm")["disks"][0].clone();
    let image = "projects/debian-cloud/global/images/family/none";
    let wrong = [
        ("machineType", json!("zones/europe-west1-b/machineTypes/e2-enormous"), "invalid"),
        ("machineType", json!("zones/europe-west1-c/machineTypes/e2-small"), "invalid"),
        ("machineType", json!("e2-small"), "invalid"),
        ("machineType", Value::Null, "required"),
        ("labels", json!({ "Wrong": "" }), "invalid"),
        ("disks", json!([]), "invalid"),
        ("disks", json!([{ "boot": true }]), "invalid"),
        ("disks", json!([{ "initializeParams": {} }]), "invalid"),
        ("disks", json!([{ "boot": true, "initializeParams": {} }]), "required"),
        ("disks", json!([{ "boot": true, "initializeParams": { "sourceImage": image } }]), "invalid"),
        ("disks", json!([disk, disk]), "invalid"),
        ("networkInterfaces", json!([]), "invalid"),
        ("networkInterfaces", json!([{ "network": "global/networks/n" }]), "invalid"),
        (
            "networkInterfaces",
            json!([{ "subnetwork": "regions/europe-west1/subnetworks/n", "networkIP": "10.9.0.9" }]),
            "invalid",
        ),
        (
            "networkInterfaces",
            json!([{ "subnetwork": "regions/europe-west1/subnetworks/n", "networkIP": "10.0.0.2" }]),
            "ipInUseByAnotherResource",
        ),
        (
            "networkInterfaces",
            json!([{ "subnetwork": "regions/europe-west1/subnetworks/n",
            "accessConfigs": [{ "natIP": "198.18.0.1" }] }]),
            "invalid",
        ),
        ("shieldedInstanceConfig", json!({ "enableVtpm": false, "enableIntegrityMonitoring": true }), "invalid"),
        ("metadata", json!({ "items": [{ "key": "a", "value": "x".repeat(300_000) }] }), "invalid"),
    ];
    for (field, value, reason) in wrong {
        let mut body = but(field, value);
        body["name"] = json!("other");
        lab.refused("POST", INSTANCES, body, 400, reason);
    }
    let elsewhere = json!([{ "subnetwork": "regions/europe-west1/subnetworks/none" }]);
    lab.refused("POST", INSTANCES, but("networkInterfaces", elsewhere), 409, "alreadyExists");
    let mut other = body("other");
    other["networkInterfaces"] = json!([{ "subnetwork": "regions/europe-west1/subnetworks/none" }]);
    lab.refused("POST", INSTANCES, other, 404, "notFound");
    // The disk would be called as one that is there.
    lab.done("POST", DISKS, json!({ "name": "other", "sizeGb": "10" }));
    lab.refused("POST", INSTANCES, body("other"), 409, "alreadyExists");
    assert_eq!(lab.names(INSTANCES), ["vm"]);
}

#[test]
fn an_instance_stops_and_starts() {
    let mut lab = lab();
    let access = json!([{ "subnetwork": "regions/europe-west1/subnetworks/n", "accessConfigs": [{}] }]);
    lab.done("POST", INSTANCES, but("networkInterfaces", access));
    let before = lab.get(VM);
    let outside = Lab::text(&before, "/networkInterfaces/0/accessConfigs/0/natIP");
    let stop = lab.compute("POST", &format!("{VM}/stop"), Value::Null).unwrap();
    assert_eq!(status(&mut lab), "STOPPING");
    lab.refused("POST", &format!("{VM}/start"), Value::Null, 400, "resourceNotReady");
    lab.end(&stop);
    let stopped = lab.get(VM);
    assert_eq!((&stopped["status"], &stopped["disks"]), (&json!("TERMINATED"), &before["disks"]));
    assert!(stopped["networkInterfaces"][0]["accessConfigs"][0].get("natIP").is_none());
    lab.refused("POST", &format!("{VM}/reset"), Value::Null, 400, "resourceNotReady");
    lab.done("POST", &format!("{VM}/stop"), Value::Null);
    lab.done("POST", &format!("{VM}/start"), Value::Null);
    let again = lab.get(VM);
    assert_eq!(again["networkInterfaces"][0]["networkIP"], before["networkInterfaces"][0]["networkIP"]);
    assert_ne!(Lab::text(&again, "/networkInterfaces/0/accessConfigs/0/natIP"), outside);
    assert_eq!((&again["status"], &again["id"]), (&json!("RUNNING"), &before["id"]));
    lab.done("POST", &format!("{VM}/reset"), Value::Null);
    lab.done("POST", &format!("{VM}/simulateMaintenanceEvent"), Value::Null);
    assert_eq!(status(&mut lab), "RUNNING");
}

#[test]
fn a_zone_may_have_no_room() {
    let mut lab = lab();
    lab.project.settings.stockouts =
        vec![Stockout { machine_type: Some("e2-*".to_owned()), left: 1, ..Stockout::default() }];
    lab.done("POST", INSTANCES, body("vm"));
    let (code, message) = lab.failed("POST", INSTANCES, body("second"));
    assert_eq!(code, "ZONE_RESOURCE_POOL_EXHAUSTED");
    assert!(message.contains("projects/p1/zones/europe-west1-b"), "{message}");
    assert_eq!((lab.names(INSTANCES), lab.names(DISKS)), (vec!["vm".to_owned()], vec!["vm".to_owned()]));
    lab.done("POST", &format!("{VM}/stop"), Value::Null);
    lab.project.settings.stockouts[0].left = 0;
    assert_eq!(lab.failed("POST", &format!("{VM}/start"), Value::Null).0, "ZONE_RESOURCE_POOL_EXHAUSTED");
    assert_eq!(status(&mut lab), "TERMINATED");
    lab.project.settings.stockouts.clear();
    lab.done("POST", &format!("{VM}/start"), Value::Null);
}

#[test]
fn quotas_are_told_by_operations() {
    for metric in ["INSTANCES", "CPUS"] {
        let mut lab = with_vm();
        lab.project.settings.quotas.regional.insert(metric.to_owned(), if metric == "CPUS" { 3.0 } else { 1.0 });
        let (code, message) = lab.failed("POST", INSTANCES, body("second"));
        assert_eq!(code, "QUOTA_EXCEEDED");
        assert!(message.starts_with(&format!("Quota '{metric}' exceeded.")), "{message}");
        assert_eq!(lab.names(INSTANCES), ["vm"]);
        let region = lab.get("regions/europe-west1");
        let quota =
            region["quotas"].as_array().unwrap().iter().find(|quota| quota["metric"] == metric).unwrap().clone();
        assert_eq!(quota["usage"], if metric == "CPUS" { 2.0 } else { 1.0 });
    }
}

#[test]
fn a_failed_operation_leaves_nothing_behind() {
    let mut lab = lab();
    let rule = |method: &str| OperationRule {
        method: Some(method.to_owned()),
        error: Some(OperationFailure { code: "INTERNAL_ERROR".to_owned(), message: "no".to_owned(), status: 500 }),
        ..OperationRule::default()
    };
    lab.project.settings.operations = vec![rule("instances.insert")];
    assert_eq!(lab.failed("POST", INSTANCES, body("vm")).0, "INTERNAL_ERROR");
    assert_eq!((lab.names(INSTANCES), lab.names(DISKS)), (Vec::new(), Vec::new()));
    lab.project.settings.operations = vec![rule("instances.stop"), rule("instances.delete")];
    lab.done("POST", INSTANCES, body("vm"));
    lab.failed("POST", &format!("{VM}/stop"), Value::Null);
    assert_eq!(status(&mut lab), "RUNNING");
    lab.failed("DELETE", VM, Value::Null);
    assert_eq!(status(&mut lab), "RUNNING");
    lab.project.settings.operations.clear();
    lab.done("DELETE", VM, Value::Null);
    assert_eq!((lab.names(INSTANCES), lab.names(DISKS)), (Vec::new(), Vec::new()));
}

#[test]
fn disks_come_and_go() {
    let mut lab = lab();
    for name in ["data", "more"] {
        lab.done("POST", DISKS, json!({ "name": name, "sizeGb": "10" }));
    }
    let disk = body("vm")["disks"][0].clone();
    let data = json!({ "source": format!("{DISKS}/data") });
    lab.done("POST", INSTANCES, but("disks", json!([disk, data])));
    let mut other = body("other");
    other["disks"] = json!([disk, data]);
    let message = lab.refused("POST", INSTANCES, other, 400, "resourceInUseByAnotherResource");
    assert!(message.contains("disks/data' is already being used by"), "{message}");
    lab.refused("DELETE", &format!("{DISKS}/data"), Value::Null, 400, "resourceInUseByAnotherResource");
    let more = json!({ "source": format!("{DISKS}/more"), "deviceName": "extra" });
    lab.done("POST", &format!("{VM}/attachDisk"), more.clone());
    let devices = |lab: &mut Lab| {
        let vm = lab.get(VM);
        let disks = vm["disks"].as_array().unwrap().clone();
        disks.iter().map(|disk| Lab::text(disk, "/deviceName")).collect::<Vec<_>>()
    };
    assert_eq!(devices(&mut lab), ["persistent-disk-0", "persistent-disk-1", "extra"]);
    lab.refused("POST", &format!("{VM}/attachDisk"), more, 400, "resourceInUseByAnotherResource");
    lab.done("POST", &format!("{VM}/detachDisk?deviceName=persistent-disk-1"), Value::Null);
    assert_eq!(devices(&mut lab), ["persistent-disk-0", "extra"]);
    lab.refused("POST", &format!("{VM}/detachDisk?deviceName=none"), Value::Null, 400, "invalid");
    let boot = format!("{VM}/detachDisk?deviceName=persistent-disk-0");
    lab.refused("POST", &boot, Value::Null, 400, "invalidResourceUsage");
    let auto = format!("{VM}/setDiskAutoDelete?autoDelete=true&deviceName=extra");
    lab.done("POST", &auto, Value::Null);
    lab.done("DELETE", VM, Value::Null);
    assert_eq!(lab.names(DISKS), ["data"]);
    lab.done("DELETE", &format!("{DISKS}/data"), Value::Null);
}

#[test]
fn disks_have_sizes() {
    let mut lab = lab();
    lab.done("POST", DISKS, json!({ "name": "blank" }));
    assert_eq!(lab.get(&format!("{DISKS}/blank"))["sizeGb"], "500");
    let image = "projects/rhel-cloud/global/images/family/rhel-9";
    lab.done(
        "POST",
        DISKS,
        json!({ "name": "rhel", "sourceImage": image, "type": "zones/europe-west1-b/diskTypes/pd-ssd" }),
    );
    let rhel = lab.get(&format!("{DISKS}/rhel"));
    assert_eq!((&rhel["sizeGb"], &rhel["status"]), (&json!("20"), &json!("READY")));
    for (body, status, reason) in [
        (json!({ "name": "d", "sourceImage": image, "sizeGb": "10" }), 400, "invalid"),
        (json!({ "name": "d", "sizeGb": "1" }), 400, "invalid"),
        (json!({ "name": "d", "sizeGb": "-5" }), 400, "invalid"),
        (json!({ "name": "d", "sizeGb": "70000" }), 400, "invalid"),
        (json!({ "name": "d", "sourceImage": "global/images/none" }), 404, "notFound"),
        (json!({ "name": "d", "type": "zones/europe-west1-b/diskTypes/none" }), 404, "notFound"),
        (json!({ "name": "d", "type": "pd-ssd" }), 400, "invalid"),
        (json!({ "name": "rhel" }), 409, "alreadyExists"),
    ] {
        lab.refused("POST", DISKS, body, status, reason);
    }
    lab.done("POST", &format!("{DISKS}/rhel/resize"), json!({ "sizeGb": "30" }));
    assert_eq!(lab.get(&format!("{DISKS}/rhel"))["sizeGb"], "30");
    let message = lab.refused("POST", &format!("{DISKS}/rhel/resize"), json!({ "sizeGb": "30" }), 400, "invalid");
    assert!(message.contains("New disk size '30' must be larger than existing size '30'."), "{message}");
    lab.project.settings.quotas.regional.insert("SSD_TOTAL_GB".to_owned(), 40.0);
    let ssd = json!({ "name": "d", "type": "zones/europe-west1-b/diskTypes/pd-ssd" });
    assert_eq!(lab.failed("POST", DISKS, ssd).0, "QUOTA_EXCEEDED");
}

#[test]
fn parts_change_by_their_latest_fingerprint() {
    let mut lab = with_vm();
    let vm = lab.get(VM);
    for (verb, part, change) in [
        ("setMetadata", "metadata", json!({ "items": [{ "key": "k", "value": "v" }] })),
        ("setTags", "tags", json!({ "items": ["t"] })),
    ] {
        let mut body = change.clone();
        body["fingerprint"] = vm[part]["fingerprint"].clone();
        lab.done("POST", &format!("{VM}/{verb}"), body.clone());
        assert_eq!(lab.get(VM)[part]["items"], change["items"]);
        lab.refused("POST", &format!("{VM}/{verb}"), body, 412, "conditionNotMet");
        lab.refused("POST", &format!("{VM}/{verb}"), change, 412, "conditionNotMet");
    }
    let labels = json!({ "labels": { "a": "1" }, "labelFingerprint": vm["labelFingerprint"] });
    lab.done("POST", &format!("{VM}/setLabels"), labels.clone());
    assert_eq!(lab.get(VM)["labels"], json!({ "a": "1" }));
    lab.refused("POST", &format!("{VM}/setLabels"), labels, 412, "conditionNotMet");
}

#[test]
fn some_changes_need_a_stopped_instance() {
    let mut lab = with_vm();
    let machine = json!({ "machineType": "zones/europe-west1-b/machineTypes/e2-medium" });
    let account = json!({ "email": "a@p1.iam.gserviceaccount.com", "scopes": [] });
    lab.refused("POST", &format!("{VM}/setMachineType"), machine.clone(), 400, "invalidResourceUsage");
    lab.refused("POST", &format!("{VM}/setServiceAccount"), account.clone(), 400, "invalidResourceUsage");
    lab.done("POST", &format!("{VM}/stop"), Value::Null);
    lab.done("POST", &format!("{VM}/setMachineType"), machine);
    lab.done("POST", &format!("{VM}/setServiceAccount"), account.clone());
    let vm = lab.get(VM);
    assert!(Lab::text(&vm, "/machineType").ends_with("/e2-medium"));
    assert_eq!(vm["serviceAccounts"], json!([account]));
    lab.done("POST", &format!("{VM}/setScheduling"), json!({ "automaticRestart": false }));
    assert_eq!(lab.get(VM)["scheduling"]["automaticRestart"], false);
}

#[test]
fn a_stopped_instance_can_get_other_shielded_options_and_any_a_public_address() {
    let mut lab = with_vm();
    let shielded = |options: Value| (format!("{VM}/updateShieldedInstanceConfig"), options);
    let (path, secure) = shielded(json!({ "enableSecureBoot": true }));
    lab.refused("PATCH", &path, secure.clone(), 400, "invalidResourceUsage");
    let access = format!("{VM}/addAccessConfig?networkInterface=nic0");
    lab.done("POST", &access, json!({ "type": "ONE_TO_ONE_NAT" }));
    let interface = lab.get(VM)["networkInterfaces"][0].clone();
    assert!(interface["accessConfigs"][0]["natIP"].is_string(), "{interface}");
    lab.refused("POST", &access, json!({}), 400, "invalid");
    lab.done("POST", &format!("{VM}/stop"), Value::Null);
    lab.done("PATCH", &path, secure);
    lab.refused("PATCH", &path, json!({ "enableVtpm": false }), 400, "invalid");
    let options = lab.get(VM)["shieldedInstanceConfig"].clone();
    assert_eq!((&options["enableSecureBoot"], &options["enableVtpm"]), (&json!(true), &json!(true)));
}

#[test]
fn a_protected_instance_is_not_deleted() {
    let mut lab = lab();
    lab.done("POST", INSTANCES, but("deletionProtection", json!(true)));
    let message = lab.refused("DELETE", VM, Value::Null, 400, "invalidResourceUsage");
    assert_eq!(message, "Invalid resource usage: 'Resource cannot be deleted if it's protected against deletion.'.");
    lab.done("POST", &format!("{VM}/setDeletionProtection?deletionProtection=false"), Value::Null);
    lab.done("DELETE", VM, Value::Null);
    lab.refused("GET", VM, Value::Null, 404, "notFound");
}

#[test]
fn addresses_may_be_reserved() {
    let mut lab = lab();
    let inside = json!({ "name": "in", "addressType": "INTERNAL", "subnetwork": "regions/europe-west1/subnetworks/n" });
    lab.done("POST", "regions/europe-west1/addresses", inside);
    lab.done("POST", "regions/europe-west1/addresses", json!({ "name": "out" }));
    let text = |lab: &mut Lab, name: &str, field: &str| {
        Lab::text(&lab.get(&format!("regions/europe-west1/addresses/{name}")), field)
    };
    let (inside, outside) = (text(&mut lab, "in", "/address"), text(&mut lab, "out", "/address"));
    // What is reserved isn't given to others.
    let mut other = body("other");
    lab.done("POST", INSTANCES, other.clone());
    let given = Lab::text(&lab.get(&format!("{INSTANCES}/other")), "/networkInterfaces/0/networkIP");
    assert_ne!(given, inside);
    let interface = json!([{ "subnetwork": "regions/europe-west1/subnetworks/n", "networkIP": inside,
        "accessConfigs": [{ "natIP": outside }] }]);
    lab.done("POST", INSTANCES, but("networkInterfaces", interface.clone()));
    for name in ["in", "out"] {
        assert_eq!(text(&mut lab, name, "/status"), "IN_USE");
        let path = format!("regions/europe-west1/addresses/{name}");
        lab.refused("DELETE", &path, Value::Null, 400, "resourceInUseByAnotherResource");
    }
    other["name"] = json!("third");
    other["networkInterfaces"] = interface;
    lab.refused("POST", INSTANCES, other, 400, "ipInUseByAnotherResource");
    lab.done("POST", &format!("{VM}/stop"), Value::Null);
    assert_eq!(lab.get(VM)["networkInterfaces"][0]["accessConfigs"][0]["natIP"], json!(outside));
}

fn template(lab: &mut Lab) {
    let mut properties = body("");
    properties.as_object_mut().unwrap().remove("name");
    properties["machineType"] = json!("e2-medium");
    properties["labels"] = json!({ "a": "1" });
    properties["disks"][0]["initializeParams"]["diskType"] = json!("pd-ssd");
    lab.done("POST", "global/instanceTemplates", json!({ "name": "t", "properties": properties }));
}

#[test]
fn an_instance_is_made_of_a_template() {
    let mut lab = lab();
    template(&mut lab);
    let path = format!("{INSTANCES}?sourceInstanceTemplate=global/instanceTemplates/t");
    lab.done("POST", &path, json!({ "name": "vm", "description": "mine" }));
    let vm = lab.get(VM);
    assert!(Lab::text(&vm, "/machineType").ends_with("/zones/europe-west1-b/machineTypes/e2-medium"));
    assert_eq!((&vm["labels"], &vm["description"]), (&json!({ "a": "1" }), &json!("mine")));
    let disk = lab.get(&format!("{DISKS}/vm"));
    assert!(Lab::text(&disk, "/type").ends_with("/zones/europe-west1-b/diskTypes/pd-ssd"));
    let none = format!("{INSTANCES}?sourceInstanceTemplate=global/instanceTemplates/none");
    lab.refused("POST", &none, json!({ "name": "vm" }), 404, "notFound");
    let changed = json!({ "name": "small", "machineType": "zones/europe-west1-b/machineTypes/e2-small" });
    lab.done("POST", &path, changed);
    assert!(Lab::text(&lab.get(&format!("{INSTANCES}/small")), "/machineType").ends_with("/e2-small"));
}

#[test]
fn managers_make_and_delete_instances() {
    let mut lab = lab();
    template(&mut lab);
    let owner = Key::new("instanceGroupManagers", Scope::Region("europe-west1".to_owned()), "g");
    let link = Lab::text(&lab.get("global/instanceTemplates/t"), "/selfLink");
    let operation = from_template(&mut lab.project, &link, "europe-west1-b", "vm", &owner).unwrap();
    assert!(lab.end(&operation).get("error").is_none());
    let vm = lab.get(VM);
    let number = lab.project.number;
    let expected = json!([
        { "key": "created-by",
          "value": format!("projects/{number}/regions/europe-west1/instanceGroupManagers/g") },
        { "key": "instance-template", "value": format!("projects/{number}/global/instanceTemplates/t") },
    ]);
    assert_eq!((&vm["status"], &vm["metadata"]["items"]), (&json!("RUNNING"), &expected));
    assert!(from_template(&mut lab.project, &link, "europe-west1-b", "vm", &owner).is_err());
    let operation = begin_delete(&mut lab.project, &key("vm"), "someone").unwrap();
    assert_eq!(status(&mut lab), "STOPPING");
    assert!(begin_delete(&mut lab.project, &key("vm"), "someone").is_err());
    lab.end(&operation);
    assert_eq!(lab.names(INSTANCES), Vec::<String>::new());
}

#[test]
fn an_instance_may_be_deleted_before_it_runs() {
    let mut lab = lab();
    let insert = lab.compute("POST", INSTANCES, body("vm")).unwrap();
    lab.refused("POST", &format!("{VM}/stop"), Value::Null, 400, "resourceNotReady");
    lab.done("DELETE", VM, Value::Null);
    lab.end(&insert);
    assert_eq!((lab.names(INSTANCES), lab.names(DISKS)), (Vec::new(), Vec::new()));
}

#[test]
fn instances_hold_their_networks() {
    let mut lab = with_vm();
    let subnetwork = "regions/europe-west1/subnetworks/n";
    let message = lab.refused("DELETE", subnetwork, Value::Null, 400, "resourceInUseByAnotherResource");
    assert!(message.ends_with("is already being used by 'projects/p1/zones/europe-west1-b/instances/vm'"), "{message}");
    lab.done("DELETE", VM, Value::Null);
    lab.done("DELETE", subnetwork, Value::Null);
}

#[test]
fn an_instance_acts_as_an_account_that_is_known_and_may_be_used() {
    let mut lab = lab();
    let account = "worker@p1.iam.gserviceaccount.com";
    let with_account = || but("serviceAccounts", json!([{ "email": account, "scopes": [] }]));
    let (code, message) = lab.failed("POST", INSTANCES, with_account());
    assert_eq!(code, "EXTERNAL_RESOURCE_NOT_FOUND");
    assert_eq!(message, format!("The resource 'One of [{account}]' of type 'serviceAccount' was not found."));
    lab.send("POST", "/v1/projects/p1/serviceAccounts", json!({ "accountId": "worker" })).unwrap();
    lab.done("POST", INSTANCES, with_account());
    lab.done("DELETE", VM, Value::Null);
    // Who may do everything with instances may not use accounts for that.
    let policy = json!({ "policy": { "bindings": [
        { "role": "roles/compute.admin", "members": ["user:someone@example.com"] },
    ] } });
    lab.send("POST", "/v3/projects/p1:setIamPolicy", policy).unwrap();
    lab.step(600.0);
    lab.project.settings.enforce_policies = true;
    lab.caller = "someone@example.com".to_owned();
    let (code, message) = lab.failed("POST", INSTANCES, with_account());
    assert_eq!(code, "SERVICE_ACCOUNT_ACCESS_DENIED");
    assert!(message.contains(account) && message.contains("User: 'someone@example.com'"), "{message}");
    lab.done("POST", INSTANCES, body("vm"));
}
