//! Machines: the primaries and the pool.

use std::future::Future;

use anyhow::{Context as _, Result};
use castra_tests::gcp::REGION;
use serde_json::{Value, json};

use super::world::{Case, World, called, case, labelled};

const PRIMARIES: [&str; 3] = ["instance/primary-0", "instance/primary-1", "instance/primary-2"];
/// A machine that is made again is another one to its group.
const ANOTHER: [&[(&str, &str)]; 3] = [
    &[("instance_group_membership/primary-0", "instance")],
    &[("instance_group_membership/primary-1", "instance")],
    &[("instance_group_membership/primary-2", "instance")],
];
/// Without a virtual TPM, boots aren't measured either.
const UNMEASURED: &[(&str, &str)] =
    &[("instance/primary-2", "integrity_monitoring"), ("instance_group_membership/primary-2", "instance")];
const POOL: &str = "instance_group_manager/secondaries";
const SCALER: &str = "autoscaler/secondaries";

pub(super) fn cases() -> Vec<Case> {
    [primaries(), replaced(), groups(), pool()].into_iter().flatten().collect()
}

/// What is mended on the machine as it is.
fn primaries() -> Vec<Case> {
    vec![
        labelled("disk/data-0"),
        machine(0, "labels", |w, vm| async move { w.label(&vm).await }),
        machine(0, "data_disk", |w, vm| async move {
            let verb = "setDiskAutoDelete?deviceName=castra-data&autoDelete=true";
            w.call(&vm, verb, Value::Null).await
        }),
        machine(0, "state", |w, vm| async move { w.call(&vm, "stop", Value::Null).await }),
        machine(0, "ssh_keys", |w, vm| async move { metadata(&w, &vm, "ssh-keys", "me:ssh-rsa AAAA").await }),
        machine(1, "block_project_ssh_keys", |w, vm| async move {
            metadata(&w, &vm, "block-project-ssh-keys", "FALSE").await
        }),
    ]
}

/// What takes another machine.
fn replaced() -> Vec<Case> {
    vec![
        machine(0, "startup_script", |w, vm| async move { metadata(&w, &vm, "startup-script", "#!/bin/sh\n").await })
            .also(ANOTHER[0]),
        stopped(0, "machine_type", |w, vm| async move {
            let zone = vm.split('/').nth(3).context("a zone")?;
            let other = json!({ "machineType": format!("zones/{zone}/machineTypes/n2-standard-8") });
            w.call(&vm, "setMachineType", other).await
        }),
        machine(0, "", |w, vm| async move { w.cloud.meddle("DELETE", &vm, Value::Null).await }).also(ANOTHER[0]),
        stopped(1, "service_account", |w, vm| async move {
            let scopes = ["https://www.googleapis.com/auth/cloud-platform"];
            let other = json!({ "email": w.id("service_account/secondary"), "scopes": scopes });
            w.call(&vm, "setServiceAccount", other).await
        }),
        machine(1, "root_disk_gb", |w, vm| async move {
            w.call(&vm.replace("instances", "disks"), "resize", json!({ "sizeGb": "120" })).await
        })
        .also(ANOTHER[1]),
        // A public address shows as another place in the network.
        machine(1, "subnetwork", |w, vm| async move {
            w.call(&vm, "addAccessConfig?networkInterface=nic0", json!({ "type": "ONE_TO_ONE_NAT" })).await
        })
        .also(ANOTHER[1]),
        shielded("secure_boot", json!({ "enableSecureBoot": false })),
        shielded("integrity_monitoring", json!({ "enableIntegrityMonitoring": false })),
        // There is nothing to compare boots with then.
        shielded("vtpm", json!({ "enableVtpm": false, "enableIntegrityMonitoring": false })).also(UNMEASURED),
    ]
}

fn groups() -> Vec<Case> {
    let ports = json!({ "namedPorts": [{ "name": "https", "port": 8443 }], "fingerprint": "" });
    vec![
        called("instance_group/primary-0", "named_ports", "setNamedPorts", ports),
        case("instance_group_membership/primary-1", "instance", |w| async move {
            let body = json!({ "instances": [{ "instance": path(&w, 1) }] });
            w.call(&w.me, "removeInstances", body).await
        }),
    ]
}

fn pool() -> Vec<Case> {
    let ports = json!({ "namedPorts": [{ "name": "https", "port": 8443 }], "fingerprint": "" });
    vec![
        called(POOL, "named_ports", "setNamedPorts", ports),
        case(POOL, "size", |w| async move { w.call(&manager(&w), "resize?size=7", Value::Null).await }),
        case(POOL, "update_policy", |w| async move {
            let body = json!({ "updatePolicy": { "type": "OPPORTUNISTIC" }, "fingerprint": "" });
            w.patch(&manager(&w), body).await
        }),
        case(POOL, "healing", |w| async move {
            let policy = json!({ "healthCheck": w.id("health_check/application"), "initialDelaySec": 300 });
            w.patch(&manager(&w), json!({ "autoHealingPolicies": [policy], "fingerprint": "" })).await
        }),
        case(POOL, "shape", |w| async move {
            let (shape, policy) = (json!({ "targetShape": "ANY" }), json!({ "instanceRedistributionType": "NONE" }));
            let body = json!({ "distributionPolicy": shape, "updatePolicy": policy, "fingerprint": "" });
            w.patch(&manager(&w), body).await
        })
        // Machines that may be anywhere aren't spread evenly again.
        .also(&[(POOL, "update_policy")]),
    ]
}

/// What leaves another template behind, and what only a pool that scales by itself has.
pub(super) fn last() -> Vec<Case> {
    let scaler = |field: &'static str, body: Value| {
        case(SCALER, field, move |w| {
            let body = json!({ "autoscalingPolicy": body });
            async move {
                let path = World::here("autoscalers?autoscaler=camp-secondaries");
                w.cloud.meddle("PATCH", &path, body).await
            }
        })
    };
    vec![
        case(POOL, "template", |w| async move {
            let live = w.cloud.read(&manager(&w)).await?;
            let link = live["versions"][0]["instanceTemplate"].as_str().context("a template")?;
            let (_, ours) = link.split_once("/projects/").context("a link")?;
            let mut properties = w.cloud.read(&format!("projects/{ours}")).await?["properties"].clone();
            properties["machineType"] = json!("n2-standard-8");
            let other = json!({ "name": "others", "properties": properties });
            w.cloud.meddle("POST", &World::here("instanceTemplates"), other).await?;
            let version = format!("projects/{}/{}", w.cloud.project, World::here("instanceTemplates/others"));
            let body = json!({ "versions": [{ "instanceTemplate": version }], "fingerprint": "" });
            w.patch(&manager(&w), body).await
        }),
        scaler("min", json!({ "minNumReplicas": 3 })),
        scaler("max", json!({ "maxNumReplicas": 8 })),
        scaler("target_cpu", json!({ "cpuUtilization": { "utilizationTarget": 0.33 } })),
        scaler("boot_seconds", json!({ "coolDownPeriodSec": 61 })),
    ]
}

/// The path of a primary's machine, which is beside its data disk.
fn path(w: &World, index: usize) -> String {
    let disk = w.id(&format!("disk/data-{index}"));
    disk.replace("/disks/camp-data-", "/instances/camp-primary-")
}

/// The path of the pool's group manager.
fn manager(w: &World) -> String {
    format!("projects/{}/regions/{REGION}/instanceGroupManagers/camp-secondaries", w.cloud.project)
}

/// A change of a primary's machine, given its path.
fn machine<F>(index: usize, field: &'static str, change: impl Fn(World, String) -> F + 'static) -> Case
where
    F: Future<Output = Result<()>> + 'static,
{
    case(PRIMARIES[index], field, move |w| {
        let vm = path(&w, index);
        change(w, vm)
    })
}

/// A change that only a stopped machine can have, and that takes another machine.
fn stopped<F>(index: usize, field: &'static str, change: impl Fn(World, String) -> F + Copy + 'static) -> Case
where
    F: Future<Output = Result<()>> + 'static,
{
    machine(index, field, move |w, vm| async move {
        w.call(&vm, "stop", Value::Null).await?;
        change(w.clone(), vm.clone()).await?;
        w.call(&vm, "start", Value::Null).await
    })
    .also(ANOTHER[index])
}

/// A change of the last primary's options as a Shielded VM.
fn shielded(field: &'static str, options: Value) -> Case {
    machine(2, field, move |w, vm| {
        let options = options.clone();
        async move {
            w.call(&vm, "stop", Value::Null).await?;
            w.cloud.meddle("PATCH", &format!("{vm}/updateShieldedInstanceConfig"), options).await?;
            w.call(&vm, "start", Value::Null).await
        }
    })
    .also(ANOTHER[2])
}

/// Sets an item of a machine's metadata.
async fn metadata(w: &World, vm: &str, key: &str, value: &str) -> Result<()> {
    let mut metadata = w.cloud.read(vm).await?["metadata"].clone();
    let items = metadata["items"].as_array_mut().context("items")?;
    items.retain(|item| item["key"] != key);
    items.push(json!({ "key": key, "value": value }));
    w.cloud.meddle("POST", &format!("{vm}/setMetadata"), metadata).await
}
