//! What somebody changed and isn't mended: it would cost data, or isn't ours any more. All the rest is tried by the
//! conformance suite.

use anyhow::{Context as _, Result};
use aws_sdk_route53::types::{
    AliasTarget, Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType,
};
use castra_core::ErrorKind;
use castra_core::spec::Spec;
use castra_engine::engine::{Request, Session};
use castra_tests::Lab;

/// A volume that somebody made larger is left as it is: what to write in the spec is said.
#[tokio::test]
async fn a_volume_never_shrinks() -> Result<()> {
    let lab = Lab::calm().await?;
    let spec = lab.spec(&[])?;
    lab.apply(&spec).await?;
    let ids = lab.ids().await?;
    let id = &ids["ebs_volume/primary-0"];
    lab.cloud.ec2.modify_volume().volume_id(id).size(150).send().await?;
    lab.settle().await;
    let error = lab.engine.plan(Request::Apply(&spec), &Session::default()).await.err().context("a smaller disk")?;
    assert_eq!(error.kind(), ErrorKind::InvalidSpec);
    let text = error.to_string();
    assert!(text.contains("primaries.data_disk.size") && text.contains("150GiB"), "{text}");
    let volume = lab.cloud.ec2.describe_volumes().volume_ids(id).send().await?;
    assert_eq!(volume.volumes()[0].size(), Some(150));
    Ok(())
}

/// A record carries no tags: one that points elsewhere is somebody else's, and is left alone.
#[tokio::test]
async fn a_record_that_points_elsewhere_is_not_ours() -> Result<()> {
    let lab = Lab::calm().await?;
    let zone = lab.cloud.route53.create_hosted_zone().name("example.com").caller_reference("drift").send().await?;
    let zone = zone.hosted_zone().context("a zone")?.id().trim_start_matches("/hostedzone/").to_owned();
    let alias = format!("hosted_zone_id = \"{zone}\"\nrecord_name = \"camp.example.com\"\n\n[network]");
    let spec = Spec::parse(&lab.text(&[("[network]", &alias)])?, &[&castra_aws::AwsProvider])?;
    lab.apply(&spec).await?;
    let before = point(&lab, &zone, None).await?;
    let error = lab.engine.plan(Request::Apply(&spec), &Session::default()).await.err().context("a conflict")?;
    assert_eq!(error.kind(), ErrorKind::Conflict);
    point(&lab, &zone, Some(before)).await?;
    lab.settled(&spec).await
}

/// Points the alias record to that, or to another record of its zone; returns where it pointed to.
async fn point(lab: &Lab, zone: &str, target: Option<AliasTarget>) -> Result<AliasTarget> {
    let records = lab.cloud.route53.list_resource_record_sets().hosted_zone_id(zone).send().await?;
    let record = records.resource_record_sets().iter().find(|one| one.alias_target().is_some()).context("the alias")?;
    let before = record.alias_target().context("the alias")?.clone();
    let target = match target {
        Some(target) => target,
        None => {
            let address = ResourceRecord::builder().value("192.0.2.1").build()?;
            let name = "elsewhere.example.com";
            let other = ResourceRecordSet::builder().name(name).r#type(RrType::A).ttl(60).resource_records(address);
            change(lab, zone, other.build()?).await?;
            AliasTarget::builder().hosted_zone_id(zone).dns_name(name).evaluate_target_health(false).build()?
        }
    };
    let mut record = record.clone();
    record.alias_target = Some(target);
    change(lab, zone, record).await?;
    Ok(before)
}

async fn change(lab: &Lab, zone: &str, record: ResourceRecordSet) -> Result<()> {
    let change = Change::builder().action(ChangeAction::Upsert).resource_record_set(record).build()?;
    let batch = ChangeBatch::builder().changes(change).build()?;
    lab.cloud.route53.change_resource_record_sets().hosted_zone_id(zone).change_batch(batch).send().await?;
    Ok(())
}
