//! Somebody else's objects, with names that ours would have.

use anyhow::{Context as _, Result};
use aws_sdk_ssm::types::ParameterType;
use castra_testkit::Stranger;
use castra_tests::{Cloud, Lab};
use futures::FutureExt as _;

/// Makes them: all that is found by a name that is the account's. On moto two balancers can have one name.
pub(super) async fn make(cloud: &Cloud) -> Result<Vec<Stranger>> {
    let mut strangers = vec![parameter(cloud).await?, role(cloud).await?];
    if !Lab::is_moto() {
        strangers.push(balancer(cloud).await?);
    }
    Ok(strangers)
}

async fn parameter(cloud: &Cloud) -> Result<Stranger> {
    let (ssm, name) = (cloud.ssm.clone(), "/castra/camp");
    ssm.put_parameter().name(name).value("theirs").r#type(ParameterType::String).send().await?;
    let remove = async move {
        ssm.delete_parameter().name(name).send().await?;
        Ok(())
    };
    Ok(Stranger { address: "anchor/main", id: name.into(), remove: remove.boxed_local() })
}

async fn role(cloud: &Cloud) -> Result<Stranger> {
    let iam = cloud.iam.clone();
    let name = format!("camp-{}-primary", castra_tests::REGION);
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    iam.create_role().role_name(&name).assume_role_policy_document(trust).send().await?;
    let theirs = name.clone();
    let remove = async move {
        iam.delete_role().role_name(theirs).send().await?;
        Ok(())
    };
    Ok(Stranger { address: "iam_role/primary", id: name, remove: remove.boxed_local() })
}

async fn balancer(cloud: &Cloud) -> Result<Stranger> {
    let elb = cloud.elb.clone();
    let subnets = cloud.ec2.describe_subnets().send().await?;
    let subnets: Vec<String> = subnets.subnets().iter().filter_map(|one| one.subnet_id.clone()).collect();
    let made = elb.create_load_balancer().name("camp-application").set_subnets(Some(subnets)).send().await?;
    let arn = made.load_balancers()[0].load_balancer_arn().context("a balancer")?.to_owned();
    let theirs = arn.clone();
    let remove = async move {
        elb.delete_load_balancer().load_balancer_arn(theirs).send().await?;
        Ok(())
    };
    Ok(Stranger { address: "lb/application", id: arn, remove: remove.boxed_local() })
}
