//! What dead clusters have left behind is found by tag alone and removed in the right order, and nothing else is.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use aws_sdk_ec2::types::{ResourceType, Tag, TagSpecification};
use castra_aws::{Aws, Connection};
use castra_core::spec::ClusterName;
use castra_core::{Access, ErrorKind};
use castra_engine::engine::{Clusters, Engine, Found, Life, Request, Session};
use castra_engine::store::StateUrl;
use castra_tests::{Cloud, Lab, REGION, record};

/// A name of twenty characters, with which target groups' names are cut.
const LONG: &str = "a-name-of-20-letters";

#[tokio::test]
async fn what_dead_clusters_left_is_swept_and_the_living_stay() -> Result<()> {
    let lab = Lab::calm().await?;
    if lab.emulator().is_none() {
        return Ok(()); // The order is what it is about, and moto lets everything go in any order.
    }
    let (spec, alive) = (small(&lab, "camp", 20)?, small(&lab, "alive", 22)?);
    for spec in [&spec, &small(&lab, LONG, 21)?, &alive] {
        lab.apply(spec).await?;
    }
    let bare = lab.cloud.ec2.create_internet_gateway().tag_specifications(named("camp")).send().await?;
    let bare = bare.internet_gateway().and_then(|one| one.internet_gateway_id()).context("it has an id")?.to_owned();
    let foreign = foreign(&lab).await?;
    for dead in ["camp", LONG] {
        lab.cloud.ssm.delete_parameter().name(format!("/castra/{dead}")).send().await?;
    }

    // Without the journals, too: by tag alone.
    let engine = lab.engine_at(StateUrl::memory()).await;
    let (clusters, trace) = record(async |session| engine.clusters(session).await).await;
    let clusters = clusters?;
    ensure!(trace.changes().is_empty(), "looking changes nothing");
    let states: Vec<(&str, bool)> =
        clusters.found.iter().map(|one| (one.cluster.as_str(), matches!(one.life, Life::LeftBehind(_)))).collect();
    assert_eq!(states, [(LONG, true), ("alive", false), ("camp", true)], "{:?}", clusters.notes);
    ensure!(clusters.notes.iter().any(|note| note.contains(&bare)), "{:?}", clusters.notes);
    ensure!(clusters.found[2].data().count() == 3, "the primaries' disks hold data");

    for dead in ["camp", LONG] {
        let (swept, trace) = sweep(&engine, one(&clusters, dead)?).await;
        assert_eq!(swept?, "complete");
        assert_eq!(trace.failures(Access::Mutate), Vec::<String>::new(), "nothing is tried in vain");
        let left = lab.cloud.left(dead).await?;
        let theirs = |line: &String| foreign.iter().chain([&bare]).any(|id| line.ends_with(id.as_str()));
        ensure!(left.iter().all(theirs), "nothing of {dead} is left: {left:?}");
    }
    lab.settled(&alive).await.context("the living one is as it was")?;
    still_there(&lab, &foreign).await?;
    let left = engine.clusters(&Session::default()).await?;
    assert_eq!(left.found.len(), 1, "{left:?}");

    let living = &left.found[0];
    let error = sweep(&engine, living).await.0.err().context("it is alive")?;
    assert_eq!(error.downcast_ref::<castra_core::Error>().map(castra_core::Error::kind), Some(ErrorKind::Conflict));
    lab.settled(&alive).await?;

    // The name is free again, for the same journal too.
    lab.cloud.ec2.delete_internet_gateway().internet_gateway_id(&bare).send().await.context("it stayed")?;
    lab.apply(&spec).await?;
    lab.settled(&spec).await
}

/// What has a cluster's name and no uid is nobody's: it is told, and no run touches it.
#[tokio::test]
async fn what_has_a_name_and_no_uid_is_told_and_left() -> Result<()> {
    let lab = Lab::calm().await?;
    let bare = volume(&lab, &[("castra:cluster", "camp"), ("castra:resource", "ebs_volume/other")]).await?;
    let spec = lab.spec(&[])?;
    lab.apply(&spec).await?;
    lab.settled(&spec).await?;
    let clusters = lab.engine.clusters(&Session::default()).await?;
    ensure!(clusters.found.len() == 1 && clusters.notes.iter().any(|note| note.contains(&bare)), "{clusters:?}");
    lab.destroy().await?;
    still_there(&lab, &[bare]).await
}

/// What an earlier cluster of the same name left is told from the cluster that has the name now.
#[tokio::test]
async fn the_namesake_of_a_dead_cluster_stays() -> Result<()> {
    let lab = Lab::calm().await?;
    let spec = lab.spec(&[])?;
    lab.apply(&spec).await?;
    let before = lab.ids().await?;
    let dead = "11111111-2222-4333-8444-555555555555";
    let id = volume(&lab, &[("castra:cluster", "camp"), ("castra:uid", dead), ("castra:resource", "ebs_volume/old")])
        .await?;

    let clusters = lab.engine.clusters(&Session::default()).await?;
    ensure!(clusters.found.len() == 2, "{clusters:?}");
    let left = clusters.found.iter().find(|one| one.uid.to_string() == dead).context("it is found")?;
    let ids: Vec<&str> = left.items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids, [id.as_str()]);
    assert_eq!(sweep(&lab.engine, left).await.0?, "complete");
    lab.settle().await;
    ensure!(!volumes(&lab).await?.contains(&id), "the left-behind disk stays");
    assert_eq!(lab.ids().await?, before, "the namesake has everything it had");
    lab.settled(&spec).await
}

/// Machines that their group has let go are found by their tags, and go.
#[tokio::test]
async fn machines_without_their_group_are_left_behind_too() -> Result<()> {
    let lab = Lab::calm().await?;
    let spec = lab.spec(&[])?;
    lab.apply(&spec).await?;
    let groups = lab.cloud.autoscaling.describe_auto_scaling_groups().send().await?;
    let member = groups.auto_scaling_groups()[0].instances()[0].instance_id().context("it has an id")?.to_owned();
    let detach = lab.cloud.autoscaling.detach_instances().auto_scaling_group_name("camp-secondaries");
    detach.instance_ids(&member).should_decrement_desired_capacity(false).send().await?;
    lab.settle().await;
    lab.cloud.ssm.delete_parameter().name("/castra/camp").send().await?;
    let clusters = lab.engine.clusters(&Session::default()).await?;
    let left = one(&clusters, "camp")?;
    ensure!(left.items.iter().any(|item| item.id == member), "{member} is found: {:?}", left.items);
    assert_eq!(sweep(&lab.engine, left).await.0?, "complete");
    assert_eq!(lab.cloud.left("camp").await?, Vec::<String>::new());
    Ok(())
}

/// A region is swept by itself, and what is global goes with the region that it belongs to.
#[tokio::test]
async fn another_region_is_not_touched() -> Result<()> {
    const OTHER: &str = "eu-west-1";
    let lab = Lab::calm().await?;
    let spec = lab.spec(&[])?;
    lab.apply(&spec).await?;
    lab.cloud.ssm.delete_parameter().name("/castra/camp").send().await?;
    let before = lab.ids().await?;

    let connection = Connection::new(OTHER).endpoint(&lab.endpoint).credentials(&lab.account, "unused", None);
    let elsewhere = Engine::new(std::sync::Arc::new(Aws::through(&connection).await), StateUrl::memory());
    let elsewhere = elsewhere.with_clock(std::sync::Arc::clone(lab.clock()));
    let clusters = elsewhere.clusters(&Session::default()).await?;
    ensure!(clusters.found.is_empty(), "{clusters:?}");

    // A role there is that region's and no other's.
    let cloud = Cloud::emulated(&lab.endpoint, OTHER, &lab.account).await;
    let role = format!("camp-{OTHER}-primary");
    let tag = |key: &str, value: &str| aws_sdk_iam::types::Tag::builder().key(key).value(value).build();
    let tags = [
        tag("castra:cluster", "camp")?,
        tag("castra:uid", &one(&lab.engine.clusters(&Session::default()).await?, "camp")?.uid.to_string())?,
        tag("castra:resource", "iam_role/primary")?,
    ];
    let make = cloud.iam.create_role().role_name(&role).assume_role_policy_document(TRUST);
    make.set_tags(Some(tags.to_vec())).send().await?;
    let clusters = elsewhere.clusters(&Session::default()).await?;
    let ids: Vec<&str> = one(&clusters, "camp")?.items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids, [role.as_str()], "from there it is all there is");
    assert_eq!(lab.ids().await?, before, "from here it doesn't show");
    let here = lab.engine.clusters(&Session::default()).await?;
    assert_eq!(sweep(&lab.engine, one(&here, "camp")?).await.0?, "complete");
    assert_eq!(lab.cloud.left("camp").await?, [format!("role {role}")], "it stays");
    Ok(())
}

/// A cluster with one NAT gateway, so that three fit into an account's five addresses.
fn small(lab: &Lab, name: &str, network: u8) -> Result<castra_core::spec::Spec> {
    lab.spec(&[
        ("name = \"camp\"", &format!("name = \"{name}\"")),
        ("[network]", "nat_gateways = \"one\"\n\n[network]"),
        ("10.20.0.0", &format!("10.{network}.0.0")),
        ("count = 5", "count = 2"),
    ])
}

/// The tag with a cluster's name, and none with a uid.
fn named(cluster: &str) -> TagSpecification {
    let tag = Tag::builder().key("castra:cluster").value(cluster).build();
    TagSpecification::builder().resource_type(ResourceType::InternetGateway).tags(tag).build()
}

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

fn one<'a>(clusters: &'a Clusters, name: &str) -> Result<&'a Found> {
    let name: ClusterName = name.parse()?;
    clusters.found.iter().find(|one| one.cluster == name).with_context(|| format!("nothing shows of {name}"))
}

async fn sweep(engine: &Engine, found: &Found) -> (Result<&'static str>, castra_tests::Trace) {
    let request = Request::Sweep { cluster: &found.cluster, uid: found.uid };
    let (applied, trace) = record(async |session| engine.apply(request, None, session).await).await;
    (applied.map(|applied| applied.outcome.name()).map_err(anyhow::Error::from), trace)
}

/// Volumes of others: without tags, with a cluster's name alone, and with tags of another tool.
async fn foreign(lab: &Lab) -> Result<Vec<String>> {
    let mut made = Vec::new();
    for tags in [&[][..], &[("castra:cluster", "camp")], &[("Name", "camp-primary-0"), ("terraform", "yes")]] {
        made.push(volume(lab, tags).await?);
    }
    Ok(made)
}

async fn volume(lab: &Lab, tags: &[(&str, &str)]) -> Result<String> {
    let request = lab.cloud.ec2.create_volume().availability_zone(format!("{REGION}a")).size(1);
    let tags: Vec<Tag> = tags.iter().map(|(key, value)| Tag::builder().key(*key).value(*value).build()).collect();
    let specification = TagSpecification::builder().resource_type(ResourceType::Volume).set_tags(Some(tags.clone()));
    let request = if tags.is_empty() { request } else { request.tag_specifications(specification.build()) };
    Ok(request.send().await?.volume_id().context("it has an id")?.to_owned())
}

async fn volumes(lab: &Lab) -> Result<BTreeSet<String>> {
    let answer = lab.cloud.ec2.describe_volumes().send().await?;
    Ok(answer.volumes().iter().filter_map(|one| one.volume_id()).map(str::to_owned).collect())
}

async fn still_there(lab: &Lab, ids: &[String]) -> Result<()> {
    let there = volumes(lab).await?;
    ensure!(ids.iter().all(|id| there.contains(id)), "{ids:?} stay: {there:?}");
    Ok(())
}
