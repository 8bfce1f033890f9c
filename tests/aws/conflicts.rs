//! What is somebody else's is never adopted, changed or deleted.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use aws_sdk_ec2::types::{ResourceType, Tag, TagSpecification};
use castra_core::spec::Spec;
use castra_core::{Error, ErrorKind};
use castra_engine::engine::{Engine, Request};
use castra_engine::store::StateUrl;
use castra_tests::{Lab, Network, REGION, record};

#[tokio::test]
async fn strangers_with_our_names_are_conflicts() -> Result<()> {
    let lab = Lab::calm().await?;
    let network = Network::make(&lab.cloud, REGION).await?;
    let spec = Spec::parse(&network.text(&lab)?, &[&castra_aws::AwsProvider])?;
    let before = network.described(&lab.cloud).await?;

    let request = lab.cloud.ec2.create_security_group().group_name("camp-primary").description("theirs");
    let group = request.vpc_id(&network.vpc).send().await?.group_id.context("a group")?;
    let error = conflict(&lab.engine, &spec).await?;
    assert!(error.to_string().contains("security_group/primary") && error.to_string().contains(&group), "{error}");
    lab.cloud.ec2.delete_security_group().group_id(group).send().await?;

    let request = lab.cloud.elb.create_load_balancer().name("camp-application");
    let made = request.set_subnets(Some(network.public.clone())).send().await?;
    let arn = made.load_balancers()[0].load_balancer_arn().context("a balancer")?.to_owned();
    let error = conflict(&lab.engine, &spec).await?;
    assert!(error.to_string().contains("lb/application") && error.to_string().contains(&arn), "{error}");
    lab.cloud.elb.delete_load_balancer().load_balancer_arn(arn).send().await?;

    let request = lab.cloud.ssm.put_parameter().name("/castra/camp").value("theirs");
    request.r#type(aws_sdk_ssm::types::ParameterType::String).send().await?;
    let error = conflict(&lab.engine, &spec).await?;
    assert!(error.to_string().contains("anchor/main"), "{error}");
    lab.cloud.ssm.delete_parameter().name("/castra/camp").send().await?;

    assert_eq!(network.described(&lab.cloud).await?, before);
    assert_eq!(lab.cloud.left("camp").await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn another_cluster_of_the_same_name_is_a_conflict() -> Result<()> {
    let lab = Lab::calm().await?;
    let spec = lab.spec(&[])?;
    lab.apply(&spec).await?;

    // One object of another one's, beside ours.
    let theirs = [("castra:cluster", "camp"), ("castra:resource", "eip/nat-a"), ("castra:uid", OTHER)]
        .map(|(key, value)| Tag::builder().key(key).value(value).build());
    let tags = TagSpecification::builder().resource_type(ResourceType::ElasticIp).set_tags(Some(theirs.into())).build();
    let request = lab.cloud.ec2.allocate_address().domain(aws_sdk_ec2::types::DomainType::Vpc);
    let address = request.tag_specifications(tags).send().await?.allocation_id.context("an address")?;
    let error = conflict(&lab.engine, &spec).await?;
    assert!(error.to_string().contains(&address), "{error}");

    // Ours is destroyed all the same; theirs stays.
    let (destroyed, _) = lab.destroy().await?;
    assert!(destroyed.plan.notes.iter().any(|note| note.contains("not this cluster's")), "{:?}", destroyed.plan.notes);
    assert_eq!(lab.cloud.left("camp").await?, [format!("address {address}")]);
    Ok(())
}

#[tokio::test]
async fn the_journal_of_another_cluster_is_a_conflict() -> Result<()> {
    let lab = Lab::calm().await?;
    let spec = lab.spec(&[])?;
    let (plan, _) = lab.plan(&spec).await?;
    lab.apply(&spec).await?;
    let elsewhere = lab.engine_at(StateUrl::memory()).await;
    let name = lab.name()?;
    let session = castra_engine::engine::Session::default();
    assert_eq!(elsewhere.apply(Request::Destroy(&name), None, &session).await?.outcome.name(), "complete");
    // Somebody else makes one of the same name, whose journal isn't ours.
    let again = lab.engine_at(StateUrl::memory()).await;
    let made = again.apply(Request::Apply(&spec), None, &session).await?;
    assert_ne!(made.plan.uid, plan.uid);
    let error = conflict(&lab.engine, &spec).await?;
    assert!(error.to_string().contains(&made.plan.uid.to_string()), "{error}");
    let error = lab.engine.apply(Request::Destroy(&name), None, &session).await.err().context("a conflict")?;
    assert_eq!(error.kind(), ErrorKind::Conflict);
    Ok(())
}

/// The uid of a cluster that isn't here.
const OTHER: &str = "00000000-0000-4000-8000-000000000001";

/// Neither plan nor apply does anything, and both say the same.
async fn conflict(engine: &Engine, spec: &Spec) -> Result<Error> {
    let (planned, _) = record(async |session| engine.plan(Request::Apply(spec), session).await).await;
    let planned = planned.err().context("a plan is a conflict")?;
    let (applied, trace) = record(async |session| engine.apply(Request::Apply(spec), None, session).await).await;
    let applied = applied.err().context("an apply is a conflict")?;
    assert_eq!((planned.kind(), applied.kind()), (ErrorKind::Conflict, ErrorKind::Conflict));
    assert_eq!(trace.changes(), BTreeMap::new());
    assert_eq!(planned.to_string(), applied.to_string());
    Ok(applied)
}
