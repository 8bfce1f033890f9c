//! What dead clusters have left behind is found by its marks alone and removed in the right order, and nothing else is.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use castra_core::spec::{ClusterName, Spec};
use castra_core::{Access, ErrorKind};
use castra_emulator::{Effect, Fault, Matching, Object, Phase};
use castra_engine::engine::{Clusters, Engine, Found, Life, Outcome, Request, Session};
use castra_engine::store::StateUrl;
use castra_tests::gcp::{Lab, REGION};
use castra_tests::record;
use serde_json::{Value, json};

/// A name of twenty characters, with which service accounts' ids are cut.
const LONG: &str = "a-name-of-20-letters";

/// The uid of a cluster that is dead.
const DEAD: &str = "11111111-2222-4333-8444-555555555555";

#[tokio::test]
async fn what_dead_clusters_left_is_swept_and_the_living_stay() -> Result<()> {
    let lab = Lab::calm().await?;
    let (spec, alive) = (small(&lab, "camp", 20)?, small(&lab, "alive", 22)?);
    for spec in [&spec, &small(&lab, LONG, 21)?, &alive] {
        lab.apply(spec).await?;
    }
    let foreign = foreign(&lab).await?;
    for dead in ["camp", LONG] {
        behead(&lab, dead).await?;
    }

    // Without the journals, too: by marks alone.
    let engine = forgetful(&lab, REGION).await?;
    let (clusters, trace) = record(async |session| engine.clusters(session).await).await;
    let clusters = clusters?;
    ensure!(trace.changes().is_empty(), "looking changes nothing");
    let states: Vec<(&str, bool)> =
        clusters.found.iter().map(|one| (one.cluster.as_str(), matches!(one.life, Life::LeftBehind(_)))).collect();
    assert_eq!(states, [(LONG, true), ("alive", false), ("camp", true)], "{:?}", clusters.notes);
    ensure!(clusters.found[2].data().count() == 3, "the primaries' disks hold data");

    for dead in ["camp", LONG] {
        let (swept, trace) = sweep(&engine, one(&clusters, dead)?).await;
        assert_eq!(swept?.name(), "complete");
        assert_eq!(trace.failures(Access::Mutate), Vec::<String>::new(), "nothing is tried in vain");
        assert_eq!(left(&lab, dead), theirs(dead, &foreign));
    }
    lab.settled(&alive).await.context("the living one is as it was")?;
    let left = engine.clusters(&Session::default()).await?;
    assert_eq!(left.found.len(), 1, "{left:?}");

    let error = sweep(&engine, &left.found[0]).await.0.err().context("it is alive")?;
    assert_eq!(error.downcast_ref::<castra_core::Error>().map(castra_core::Error::kind), Some(ErrorKind::Conflict));
    lab.settled(&alive).await?;

    // The name is free again, for the same journal too.
    lab.apply(&spec).await?;
    lab.settled(&spec).await
}

/// A run that is killed on its way, and whose cluster's anchor somebody removes then, leaves nothing that isn't found.
#[tokio::test]
async fn what_killed_runs_left_is_swept() -> Result<()> {
    let lab = Lab::open().await?;
    let (camp, other) = (small(&lab, "camp", 20)?, small(&lab, "other", 21)?);
    lab.apply(&other).await?;
    let foreign = foreign(&lab).await?;
    let before = lab.objects();
    let (creating, destroying) = (Request::Apply(&camp), Request::Destroy(&camp.name));
    let kills = [
        (creating, "firewalls.insert", Phase::Reply),
        (creating, "instances.insert", Phase::Reply),
        (creating, "forwardingRules.insert", Phase::Request),
        (destroying, "networks.delete", Phase::Request),
        (destroying, "disks.delete", Phase::Reply),
        (destroying, "regionBackendServices.delete", Phase::Request),
    ];
    for (request, operation, phase) in kills {
        let engine = forgetful(&lab, REGION).await?;
        if let Request::Destroy(_) = request {
            let applied = engine.apply(Request::Apply(&camp), None, &Session::default()).await?;
            ensure!(matches!(applied.outcome, Outcome::Complete), "{:?}", applied.outcome);
        }
        dropped(&lab, &engine, request, operation, phase).await?;
        behead(&lab, "camp").await?;
        let engine = forgetful(&lab, REGION).await?;
        let clusters = engine.clusters(&Session::default()).await?;
        let swept = sweep(&engine, one(&clusters, "camp")?).await.0?;
        ensure!(matches!(swept, Outcome::Complete), "after {operation}, {phase:?}: {swept:?}");
        ensure!(lab.objects() == before, "after {operation}, {phase:?}: {:#?}", left(&lab, "camp"));
    }
    assert_eq!(left(&lab, "camp"), theirs("camp", &foreign));
    lab.settled(&other).await
}

/// What an earlier cluster of the same name left is told from the cluster that has the name now.
#[tokio::test]
async fn the_namesake_of_a_dead_cluster_stays() -> Result<()> {
    let lab = Lab::calm().await?;
    let spec = lab.settled_cluster().await?;
    let before = lab.objects();
    let labels = json!({ "castra-cluster": "camp", "castra-uid": DEAD, "castra-resource": "disk__old" });
    let id = disk(&lab, "camp-old", &labels).await?;
    let clusters = lab.engine.clusters(&Session::default()).await?;
    ensure!(clusters.found.len() == 2, "{clusters:?}");
    let left = clusters.found.iter().find(|one| one.uid.to_string() == DEAD).context("it is found")?;
    let ids: Vec<&str> = left.items.iter().map(|item| links(&item.id)).collect();
    assert_eq!(ids, [id.as_str()]);
    assert_eq!(sweep(&lab.engine, left).await.0?.name(), "complete");
    assert_eq!(lab.objects(), before, "the left-behind disk goes, and the namesake has everything that it had");
    lab.settled(&spec).await
}

/// What has a cluster's name and no uid is nobody's, by whatever name it goes: it is told, and neither a sweep nor the
/// cluster's own end touches it.
#[tokio::test]
async fn what_has_a_name_and_no_uid_is_told_and_left() -> Result<()> {
    let lab = Lab::calm().await?;
    let empty = lab.objects();
    let bare = bare(&lab).await?;
    let with_bare = lab.objects();
    assert_eq!(with_bare.len(), empty.len() + bare.len());
    let told = |clusters: &Clusters| -> Result<()> {
        let mut notes = clusters.notes.iter();
        let note = notes.find(|note| note.starts_with("tagged camp without a uid"));
        let note = note.with_context(|| format!("a note: {clusters:?}"))?;
        ensure!(bare.iter().all(|path| note.contains(path.as_str())), "{note}");
        Ok(())
    };
    let clusters = lab.engine.clusters(&Session::default()).await?;
    ensure!(clusters.found.is_empty(), "{clusters:?}");
    told(&clusters)?;

    // Beside a cluster that lives, and when that is destroyed.
    let spec = lab.settled_cluster().await?;
    let clusters = lab.engine.clusters(&Session::default()).await?;
    ensure!(clusters.found.len() == 1, "{clusters:?}");
    told(&clusters)?;
    lab.destroy().await?;
    assert_eq!(lab.objects(), with_bare);

    // Beside one that is dead.
    lab.apply(&spec).await?;
    behead(&lab, "camp").await?;
    let clusters = lab.engine.clusters(&Session::default()).await?;
    told(&clusters)?;
    assert_eq!(sweep(&lab.engine, one(&clusters, "camp")?).await.0?.name(), "complete");
    assert_eq!(lab.objects(), with_bare);
    Ok(())
}

/// What has a name alone and stands where the cluster's should is in its way, and isn't removed with it.
#[tokio::test]
async fn a_namesake_without_a_uid_is_in_the_way_and_not_removed() -> Result<()> {
    let lab = Lab::calm().await?;
    disk(&lab, "camp-data-0", &json!({ "castra-cluster": "camp", "castra-resource": "disk__data-0" })).await?;
    let before = lab.objects();
    let error = lab.plan(&small(&lab, "camp", 20)?).await.err().context("it is in the way")?;
    ensure!(error.to_string().contains("camp-data-0") && error.to_string().contains("no uid"), "{error}");
    lab.destroy().await?;
    assert_eq!(lab.objects(), before);
    Ok(())
}

/// Machines that their group has let go are found by the cluster's name and uid, whatever else their labels say, and go
/// before what they use: whether the group is still there or gone too.
#[tokio::test]
async fn machines_without_their_group_are_left_behind_too() -> Result<()> {
    for group_goes in [false, true] {
        let lab = Lab::calm().await?;
        let before = lab.objects();
        lab.apply(&small(&lab, "camp", 20)?).await?;
        let nodes = lab.status(None).await?.nodes;
        let group = format!("regions/{REGION}/instanceGroupManagers/camp-secondaries");
        let pooled: Vec<_> = nodes.iter().filter(|node| node.role == "secondary").collect();
        let links: Vec<String> =
            pooled.iter().map(|node| format!("zones/{}/instances/{}", node.zone, node.name)).collect();
        let abandoned = if group_goes { &links[..] } else { &links[..1] };
        lab.cloud.meddle("POST", &format!("{group}/abandonInstances"), json!({ "instances": abandoned })).await?;
        if group_goes {
            let service = format!("regions/{REGION}/backendServices/camp-application-public");
            lab.cloud.meddle("PATCH", &service, json!({ "backends": [] })).await?;
            lab.cloud.meddle("DELETE", &group, Value::Null).await?;
        }
        if let Some(link) = abandoned.first() {
            let labels = lab.cloud.read(link).await?;
            let mut kept = labels["labels"].clone();
            kept.as_object_mut().and_then(|kept| kept.remove("castra-resource")).context("its group's labels")?;
            let body = json!({ "labels": kept, "labelFingerprint": labels["labelFingerprint"] });
            lab.cloud.meddle("POST", &format!("{link}/setLabels"), body).await?;
        }
        behead(&lab, "camp").await?;
        let clusters = forgetful(&lab, REGION).await?.clusters(&Session::default()).await?;
        let left = one(&clusters, "camp")?;
        let ids: Vec<&str> = left.items.iter().map(|item| item.address.name()).collect();
        for node in &pooled[..abandoned.len()] {
            ensure!(ids.contains(&node.name.as_str()), "{} is found: {ids:?}", node.name);
        }
        let (swept, trace) = sweep(&lab.engine, left).await;
        assert_eq!(swept?.name(), "complete");
        assert_eq!(trace.failures(Access::Mutate), Vec::<String>::new(), "nothing is tried in vain");
        assert_eq!(lab.objects(), before);
    }
    Ok(())
}

/// A region is swept by itself, and what is global goes with the region that it belongs to.
#[tokio::test]
async fn another_region_is_not_touched() -> Result<()> {
    const OTHER: &str = "europe-west4";
    let lab = Lab::calm().await?;
    lab.settled_cluster().await?;
    behead(&lab, "camp").await?;
    let here = lab.engine.clusters(&Session::default()).await?;
    let uid = one(&here, "camp")?.uid;
    let before = lab.objects();
    let elsewhere = forgetful(&lab, OTHER).await?;
    let clusters = elsewhere.clusters(&Session::default()).await?;
    ensure!(clusters.found.is_empty(), "{clusters:?}");

    // A network of there is that region's and no other's.
    let network = format!("camp-{OTHER}-main");
    let description = format!("castra:cluster=camp castra:resource=network/main castra:uid={uid}");
    let body = json!({ "name": network, "description": description, "autoCreateSubnetworks": false });
    lab.cloud.meddle("POST", "global/networks", body).await?;
    let clusters = elsewhere.clusters(&Session::default()).await?;
    let ids: Vec<&str> = one(&clusters, "camp")?.items.iter().map(|item| links(&item.id)).collect();
    assert_eq!(ids, [format!("global/networks/{network}")], "from there it is all there is");
    let here = lab.engine.clusters(&Session::default()).await?;
    assert_eq!(sweep(&lab.engine, one(&here, "camp")?).await.0?.name(), "complete");
    assert_eq!(left(&lab, "camp"), [format!("networks {network}")], "it stays");
    ensure!(before.len() > 50, "and the cluster went");
    Ok(())
}

/// What somebody else uses stays, and is named with who uses it; all else goes.
#[tokio::test]
async fn a_network_with_somebody_elses_machine_stays_and_is_named() -> Result<()> {
    let lab = Lab::calm().await?;
    lab.settled_cluster().await?;
    machine(&lab, "theirs").await?;
    behead(&lab, "camp").await?;
    let clusters = lab.engine.clusters(&Session::default()).await?;
    let Outcome::Failed(errors) = sweep(&lab.engine, one(&clusters, "camp")?).await.0? else {
        anyhow::bail!("the network can't go")
    };
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    ensure!(told.iter().any(|error| error.contains("subnetwork/nodes") && error.contains("theirs")), "{told:?}");
    ensure!(errors.iter().any(|error| error.kind() == ErrorKind::InUse), "{errors:?}");
    let network = format!("networks camp-{REGION}-main");
    assert_eq!(left(&lab, "camp"), [network, "subnetworks camp-nodes".to_owned()], "what it uses, and nothing more");
    ensure!(lab.objects().iter().any(|object| object.contains("\"theirs\"")));

    // Once it is gone, the rest goes.
    lab.cloud.meddle("DELETE", &format!("zones/{REGION}-b/instances/theirs"), Value::Null).await?;
    let clusters = lab.engine.clusters(&Session::default()).await?;
    assert_eq!(sweep(&lab.engine, one(&clusters, "camp")?).await.0?.name(), "complete");
    assert_eq!(left(&lab, "camp"), Vec::<String>::new());
    Ok(())
}

/// A cluster with two secondaries.
fn small(lab: &Lab, name: &str, network: u8) -> Result<Spec> {
    lab.spec(&[
        ("name = \"camp\"", &format!("name = \"{name}\"")),
        ("10.20.0.0", &format!("10.{network}.0.0")),
        ("count = 5", "count = 2"),
    ])
}

/// An engine of a process that knows no journal.
async fn forgetful(lab: &Lab, region: &str) -> Result<Engine> {
    let engine = Engine::new(Arc::new(lab.gcp(region).await?), StateUrl::memory());
    Ok(engine.with_clock(Arc::clone(&lab.clock)))
}

/// Removes a cluster's anchor behind Castra's back. It may not be there.
async fn behead(lab: &Lab, cluster: &str) -> Result<()> {
    lab.cloud.meddle("DELETE", &format!("regions/{REGION}/healthChecks/{cluster}-anchor"), Value::Null).await
}

/// Does a piece of work that is dropped when the cloud gets a request, or has answered it.
async fn dropped(lab: &Lab, engine: &Engine, request: Request<'_>, operation: &str, phase: Phase) -> Result<()> {
    let faults = lab.emulator.faults();
    faults.inject(Fault::new(Matching::operation("compute", operation), Effect::Hold(phase)));
    let session = Session::default();
    tokio::select! {
        applied = engine.apply(request, None, &session) => anyhow::bail!("nothing was held: {:?}", applied?.outcome),
        _ = faults.until_held(1) => {}
    }
    faults.clear();
    Ok(())
}

fn one<'a>(clusters: &'a Clusters, name: &str) -> Result<&'a Found> {
    let name: ClusterName = name.parse()?;
    clusters.found.iter().find(|one| one.cluster == name).with_context(|| format!("nothing shows of {name}"))
}

async fn sweep(engine: &Engine, found: &Found) -> (Result<Outcome>, castra_tests::Trace) {
    let request = Request::Sweep { cluster: &found.cluster, uid: found.uid };
    let (applied, trace) = record(async |session| engine.apply(request, None, session).await).await;
    (applied.map(|applied| applied.outcome).map_err(anyhow::Error::from), trace)
}

/// A path below the project.
fn links(id: &str) -> &str {
    id.splitn(3, '/').nth(2).unwrap_or(id)
}

/// What has a cluster's name in its own, by the emulator's own list: accounts and their roles among it.
fn left(lab: &Lab, cluster: &str) -> Vec<String> {
    let prefix = format!("{cluster}-");
    let objects = lab.emulator.objects(&lab.project);
    let named = |object: &&Object| match object.kind.as_str() {
        "bindings" => object.id.contains(&format!("serviceAccount:{prefix}")),
        // The operator's.
        "sslCertificates" => false,
        _ => object.id.starts_with(&prefix),
    };
    let theirs = objects.iter().filter(named);
    let mut left: Vec<String> = theirs.map(|object| format!("{} {}", object.kind, object.id)).collect();
    left.sort();
    left
}

/// Those of some disks that have a cluster's name in theirs, as [`left`] tells them.
fn theirs(cluster: &str, disks: &[String]) -> Vec<String> {
    let prefix = format!("disks {cluster}-");
    let named = disks.iter().filter_map(|id| Some(format!("disks {}", id.rsplit('/').next()?)));
    let mut theirs: Vec<String> = named.filter(|disk| disk.starts_with(&prefix)).collect();
    theirs.sort();
    theirs
}

/// Disks of others: without labels, and with labels of another tool.
async fn foreign(lab: &Lab) -> Result<Vec<String>> {
    Ok(vec![
        disk(lab, "camp-scratch", &json!({})).await?,
        disk(lab, "camp-terraform", &json!({ "cluster": "camp", "terraform": "yes" })).await?,
        disk(lab, "others", &json!({ "castra": "camp" })).await?,
    ])
}

/// What names the cluster and no uid, as paths below the project: by labels and by descriptions, with names like the
/// cluster's and without.
async fn bare(lab: &Lab) -> Result<Vec<String>> {
    let mark = "castra:cluster=camp";
    let network = |name: &str| json!({ "name": name, "description": mark, "autoCreateSubnetworks": false });
    let (global, address) = (format!("camp-{REGION}-bare"), json!({ "name": "bare", "description": mark }));
    lab.cloud.meddle("POST", "global/networks", network(&global)).await?;
    lab.cloud.meddle("POST", &format!("regions/{REGION}/addresses"), address).await?;
    Ok(vec![
        disk(lab, "camp-bare", &json!({ "castra-cluster": "camp" })).await?,
        disk(lab, "bare", &json!({ "castra-cluster": "camp", "castra-resource": "disk__data-7" })).await?,
        format!("global/networks/{global}"),
        format!("regions/{REGION}/addresses/bare"),
    ])
}

/// A disk, as a path below the project.
async fn disk(lab: &Lab, name: &str, labels: &Value) -> Result<String> {
    let place = format!("zones/{REGION}-b/disks");
    lab.cloud.meddle("POST", &place, json!({ "name": name, "sizeGb": "10", "labels": labels })).await?;
    Ok(format!("{place}/{name}"))
}

/// A machine in the cluster's network that isn't the cluster's.
async fn machine(lab: &Lab, name: &str) -> Result<()> {
    let (zone, image) = (format!("{REGION}-b"), "projects/debian-cloud/global/images/family/debian-12");
    let body = json!({
        "name": name,
        "machineType": format!("zones/{zone}/machineTypes/e2-small"),
        "disks": [{ "boot": true, "autoDelete": true, "initializeParams": { "sourceImage": image } }],
        "networkInterfaces": [{ "subnetwork": format!("regions/{REGION}/subnetworks/camp-nodes") }],
    });
    lab.cloud.meddle("POST", &format!("zones/{zone}/instances"), body).await
}
