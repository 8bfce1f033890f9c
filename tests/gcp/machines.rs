//! The machines of a cluster: primaries, which keep address and data, and the pool.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use castra_core::{Action, ErrorKind};
use castra_emulator::gcp;
use serde_json::{Value, json};

use castra_tests::gcp::{Lab, REGION};

/// A primary's machine by its path in the project.
async fn primary(lab: &Lab, index: usize) -> Result<String> {
    let zone = lab.live(&format!("instance/primary-{index}"), "zone").await?;
    Ok(format!("zones/{}/instances/camp-primary-{index}", zone.as_str().context("a zone")?))
}

#[tokio::test]
async fn a_machine_that_is_changed_is_mended_in_place() -> Result<()> {
    let lab = Lab::calm().await?;
    let spec = lab.spec(&[])?;
    lab.apply(&spec).await?;
    let (path, id) = (primary(&lab, 0).await?, lab.status(None).await?.nodes[0].machine.clone());
    lab.cloud.meddle("POST", &format!("{path}/stop"), Value::Null).await?;
    let machine = lab.cloud.read(&path).await?;
    let mut metadata = machine["metadata"].clone();
    let items = metadata["items"].as_array_mut().context("items")?;
    items.retain(|item| item["key"] != "block-project-ssh-keys");
    items.push(json!({ "key": "ssh-keys", "value": "me:ssh-rsa AAAA" }));
    items.push(json!({ "key": "theirs", "value": "stays" }));
    lab.cloud.meddle("POST", &format!("{path}/setMetadata"), metadata).await?;
    // Without all of its labels it would be nobody's.
    let mut labels = machine["labels"].clone();
    labels.as_object_mut().context("labels")?.remove("team");
    let labels = json!({ "labels": labels, "labelFingerprint": machine["labelFingerprint"] });
    lab.cloud.meddle("POST", &format!("{path}/setLabels"), labels).await?;
    lab.cloud
        .meddle("POST", &format!("{path}/setDiskAutoDelete?deviceName=castra-data&autoDelete=true"), Value::Null)
        .await?;
    let plan = lab.plan(&spec).await?;
    ensure!(plan.steps.len() == 1 && plan.steps[0].action == Action::Update, "{}", plan.to_text());
    let fields: Vec<&str> = plan.steps[0].changes.iter().map(|change| change.field.as_str()).collect();
    ensure!(fields == ["block_project_ssh_keys", "data_disk", "labels", "ssh_keys", "state"], "{fields:?}");
    lab.apply(&spec).await?;
    lab.settled(&spec).await?;
    let mended = lab.cloud.read(&path).await?;
    ensure!(mended["status"] == "RUNNING" && mended["id"] == machine["id"]);
    ensure!(mended["metadata"]["items"].as_array().is_some_and(|items| items.iter().any(|one| one["key"] == "theirs")));
    ensure!(lab.status(None).await?.nodes[0].machine == id, "the same machine");
    Ok(())
}

#[tokio::test]
async fn a_replaced_machine_keeps_address_and_data_and_is_in_its_group_again() -> Result<()> {
    let lab = Lab::calm().await?;
    lab.apply(&lab.spec(&[])?).await?;
    let path = primary(&lab, 0).await?;
    let before = lab.cloud.read(&path).await?;
    // One at a time, each with another machine type.
    let larger = lab
        .spec(&[("[primaries]\nmachine_type = \"n2-standard-4\"", "[primaries]\nmachine_type = \"n2-standard-8\"")])?;
    let plan = lab.plan(&larger).await?;
    let steps: Vec<String> = plan.steps.iter().map(|step| format!("{} {}", step.action, step.address)).collect();
    ensure!(steps.iter().filter(|step| step.contains("instance/")).count() == 6, "{}", plan.to_text());
    ensure!(steps.iter().filter(|step| step.contains("instance_group_membership/")).count() == 3, "{}", plan.to_text());
    lab.apply(&larger).await?;
    lab.settled(&larger).await?;
    let after = lab.cloud.read(&path).await?;
    ensure!(before["id"] != after["id"], "another machine");
    ensure!(before["networkInterfaces"][0]["networkIP"] == after["networkInterfaces"][0]["networkIP"]);
    ensure!(before["disks"][1]["source"] == after["disks"][1]["source"]);
    // A machine that is gone is made again.
    lab.cloud.meddle("DELETE", &path, Value::Null).await?;
    lab.apply(&larger).await?;
    lab.settled(&larger).await
}

#[tokio::test]
async fn a_data_disk_grows_in_place_and_never_shrinks() -> Result<()> {
    let lab = Lab::calm().await?;
    lab.apply(&lab.spec(&[])?).await?;
    let sized =
        |size: &str| lab.spec(&[("[secondaries]", &format!("data_disk = {{ size = \"{size}\" }}\n\n[secondaries]"))]);
    let larger = sized("200GiB")?;
    lab.apply(&larger).await?;
    lab.settled(&larger).await?;
    ensure!(lab.live("disk/data-2", "size_gb").await? == 200);
    let refused = lab.plan(&sized("150GiB")?).await;
    ensure!(refused.is_err_and(|error| format!("{error:#}").contains("can only grow")));
    Ok(())
}

/// How many machines of the pool are in which zone.
async fn spread(lab: &Lab) -> Result<BTreeMap<String, usize>> {
    let mut zones = BTreeMap::new();
    for node in lab.status(None).await?.nodes.iter().filter(|node| node.role == "secondary") {
        *zones.entry(node.zone.clone()).or_default() += 1;
    }
    Ok(zones)
}

#[tokio::test]
async fn the_pool_is_spread_over_zones_and_scales_by_one_resize() -> Result<()> {
    let lab = Lab::calm().await?;
    lab.apply(&lab.spec(&[("count = 5", "count = 3")])?).await?;
    ensure!(spread(&lab).await?.into_values().collect::<Vec<_>>() == [1, 1, 1]);
    let nine = lab.spec(&[("count = 5", "count = 9")])?;
    ensure!(lab.plan(&nine).await?.notes.is_empty(), "no machine is replaced");
    lab.emulator.clear_log();
    lab.apply(&nine).await?;
    let changes = lab.changes();
    ensure!(changes == ["regionInstanceGroupManagers.resize"], "{changes:?}");
    ensure!(spread(&lab).await?.into_values().collect::<Vec<_>>() == [3, 3, 3]);
    lab.settled(&nine).await?;
    let one = lab.spec(&[("count = 5", "count = 1")])?;
    lab.apply(&one).await?;
    ensure!(spread(&lab).await?.values().sum::<usize>() == 1);
    lab.settled(&one).await
}

#[tokio::test]
async fn another_template_rolls_the_pool_and_the_old_one_goes() -> Result<()> {
    let lab = Lab::calm().await?;
    lab.apply(&lab.spec(&[])?).await?;
    let before = lab.status(None).await?;
    let larger =
        lab.spec(&[("count = 5\nmachine_type = \"n2-standard-4\"", "count = 5\nmachine_type = \"n2-standard-8\"")])?;
    let plan = lab.plan(&larger).await?;
    ensure!(plan.notes.iter().any(|note| note.contains("replaces its machines")), "{:?}", plan.notes);
    let actions: Vec<Action> = plan.steps.iter().map(|step| step.action).collect();
    ensure!(actions == [Action::Create, Action::Update, Action::Delete], "{}", plan.to_text());
    lab.apply(&larger).await?;
    lab.settled(&larger).await?;
    let after = lab.status(None).await?;
    let pool = |nodes: &[castra_core::inventory::Node]| -> Vec<(String, String)> {
        let pooled = nodes.iter().filter(|node| node.role == "secondary");
        pooled.map(|node| (node.name.clone(), node.machine_type.clone())).collect()
    };
    let (old, new) = (pool(&before.nodes), pool(&after.nodes));
    ensure!(
        new.len() == 5
            && new.iter().all(|(name, kind)| kind == "n2-standard-8" && !old.iter().any(|(other, _)| other == name))
    );
    let templates = lab.objects().into_iter().filter(|object| object.contains("instanceTemplates")).count();
    ensure!(templates == 1, "{templates} templates");
    Ok(())
}

#[tokio::test]
async fn with_a_range_the_size_is_the_autoscalers() -> Result<()> {
    let mut settings = gcp::Settings::calm();
    settings.demand = serde_json::from_value(json!([{ "cpu": 2.8 }]))?;
    let lab = Lab::behaving(settings).await?;
    let ranged = lab.spec(&[("count = 5", "min = 2\nmax = 6\ntarget_cpu = \"70%\"")])?;
    lab.apply(&ranged).await?;
    lab.settled(&ranged).await?;
    ensure!(lab.live("autoscaler/secondaries", "target_cpu").await? == 70);
    // It has scaled to 2.8 / 0.7 machines by itself, or will.
    lab.clock.sleep(std::time::Duration::from_secs(600)).await;
    ensure!(lab.live("instance_group_manager/secondaries", "size").await? == 4);
    lab.settled(&ranged).await?;
    // The bounds change, and the autoscaler goes.
    lab.apply(&lab.spec(&[("count = 5", "min = 5\nmax = 8\ntarget_cpu = \"70%\"")])?).await?;
    ensure!(lab.live("autoscaler/secondaries", "min").await? == 5);
    let fixed = lab.spec(&[("count = 5", "count = 3")])?;
    lab.apply(&fixed).await?;
    lab.settled(&fixed).await?;
    ensure!(spread(&lab).await?.values().sum::<usize>() == 3);
    Ok(())
}

#[tokio::test]
async fn a_pool_that_is_late_says_why() -> Result<()> {
    let zone = format!("{REGION}-b");
    let mut short = gcp::Settings::calm();
    short.stockouts = serde_json::from_value(json!([{ "zone": zone, "machine_type": "e2-standard-2" }]))?;
    let mut poor = gcp::Settings::calm();
    poor.quotas.regional.insert("N2_CPUS".into(), 16.0);
    for (settings, kind, told) in [(short, ErrorKind::Capacity, zone.as_str()), (poor, ErrorKind::Quota, "N2_CPUS")] {
        let lab = Lab::behaving(settings).await?;
        let edit = match kind {
            ErrorKind::Capacity => {
                ("count = 5\nmachine_type = \"n2-standard-4\"", "count = 5\nmachine_type = \"e2-standard-2\"")
            }
            _ => ("count = 5", "count = 5"),
        };
        let errors = lab.failing(&lab.spec(&[edit])?).await?;
        let error = errors.iter().find(|error| error.address().is_some_and(|at| at.kind() == "instance_group_manager"));
        let error = error.with_context(|| format!("{errors:?}"))?;
        ensure!(error.kind() == kind && error.to_string().contains(told), "{error:?}");
    }
    Ok(())
}

#[tokio::test]
async fn machines_that_lost_their_group_go_with_the_cluster() -> Result<()> {
    let lab = Lab::calm().await?;
    let before = lab.objects();
    lab.apply(&lab.spec(&[])?).await?;
    let nodes = lab.status(None).await?.nodes;
    let stray = nodes.iter().find(|node| node.role == "secondary").context("a secondary")?;
    let member = format!("zones/{}/instances/{}", stray.zone, stray.name);
    let group = format!("regions/{REGION}/instanceGroupManagers/camp-secondaries");
    lab.cloud.meddle("POST", &format!("{group}/abandonInstances"), json!({ "instances": [member] })).await?;
    lab.destroy().await?;
    ensure!(lab.objects() == before, "{:?}", lab.objects());
    Ok(())
}

#[tokio::test]
async fn a_pool_for_work_is_sized_by_the_memory_that_machines_really_have() -> Result<()> {
    let lab = Lab::calm().await?;
    // 64 GiB of work: four machines of 16 GiB, and five of n1-standard-4, which has 15.
    let spec = lab.spec(&[
        ("count = 5\nmachine_type = \"n2-standard-4\"", "memory = \"16GiB\"\nmachine_type = \"n1-standard-4\""),
        ("[load_balancer]", "[capacity]\nconcurrent_runs = 96\n\n[load_balancer]"),
    ])?;
    let plan = lab.plan(&spec).await?;
    let pool = plan.steps.iter().find(|step| step.address.kind() == "instance_group_manager").context("a pool")?;
    let size = pool.changes.iter().find(|change| change.field == "size").context("a size")?;
    ensure!(size.to == 5, "{size:?}");
    let said = plan.notes.iter().any(|note| note.contains("15GiB") && note.contains("not by the 16GiB"));
    ensure!(said, "{:?}", plan.notes);
    Ok(())
}
