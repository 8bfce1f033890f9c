//! The pool of secondaries.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use castra_core::{ErrorKind, Event};
use castra_tests::{Lab, REGION};
use futures::future::{Either, select};

use super::{POOL, POOL_TYPE, SMALL, beside, failure, goes_on, lab, none_left, pass, tells, within};

const GROUP: &str = "autoscaling_group/secondaries";

#[tokio::test]
async fn a_zone_without_machines_is_passed_over() -> Result<()> {
    let lab = lab().await?;
    lab.behave(|account| account.shortages = vec![none_left("eu-central-1a", POOL_TYPE)])?;
    let spec = lab.spec(&[POOL])?;
    lab.apply(&spec).await?;
    assert_eq!(zones_of_members(&lab).await?, BTreeSet::from(["eu-central-1b".to_owned(), "eu-central-1c".to_owned()]));
    lab.settled(&spec).await
}

#[tokio::test]
async fn a_shortage_everywhere_is_waited_for_and_told() -> Result<()> {
    let lab = lab().await?;
    let zones = ["a", "b", "c"].map(|zone| format!("{REGION}{zone}"));
    let short = || zones.iter().map(|zone| none_left(zone, POOL_TYPE)).collect();
    lab.behave(|account| account.shortages = short())?;
    let spec = lab.spec(&[POOL])?;
    let (error, took) = failure(&lab, &spec, GROUP).await?;
    let zones = "eu-central-1a, eu-central-1b, eu-central-1c";
    tells(
        &error,
        ErrorKind::Capacity,
        &["0 of 0 in service", zones, POOL_TYPE, "machine type", "Capacity Reservation"],
    )?;
    within(took, 1800, 2400)?;
    lab.behave(|account| account.shortages.clear())?;
    goes_on(&lab, &spec).await
}

#[tokio::test]
async fn a_shortage_that_ends_in_time_is_waited_out() -> Result<()> {
    let lab = lab().await?;
    let short = ["a", "b", "c"].map(|zone| none_left(&format!("{REGION}{zone}"), POOL_TYPE));
    lab.behave(|account| account.shortages = short.to_vec())?;
    let spec = lab.spec(&[POOL])?;
    let ends = async {
        pass(&lab, 900).await;
        lab.behave(|account| account.shortages.clear())
    };
    let (applied, ended) = tokio::join!(beside(&lab, lab.apply(&spec)), ends);
    ended?;
    let (_, trace) = applied?;
    let told = observed(&trace.events).any(|seen| seen.contains("cannot launch machines") && seen.contains(POOL_TYPE));
    ensure!(told, "it was told meanwhile what was missing");
    lab.settled(&spec).await
}

#[tokio::test]
async fn a_quota_ends_the_wait_at_once() -> Result<()> {
    let lab = lab().await?;
    lab.apply(&lab.spec(&[SMALL])?).await?;
    // Five machines of four vCPUs run, and one more may.
    lab.behave(|account| account.compute_limits.standard_vcpus = 24)?;
    let spec = lab.spec(&[])?;
    let (error, took) = failure(&lab, &spec, GROUP).await?;
    tells(&error, ErrorKind::Quota, &["of 3 in service", "vCPU limit of 24", "Service Quotas"])?;
    within(took, 0, 180)?;
    lab.behave(|account| account.compute_limits.standard_vcpus = 64)?;
    goes_on(&lab, &spec).await
}

#[tokio::test]
async fn an_image_that_is_gone_ends_the_wait_at_once() -> Result<()> {
    let lab = lab().await?;
    lab.apply(&lab.spec(&[SMALL])?).await?;
    let image = lab.live("launch_template/secondaries", "image").await?;
    let image = image.as_str().context("its id")?;
    lab.behave(|account| account.withdrawn_images.insert(image.to_owned()))?;
    let spec = lab.spec(&[])?;
    let (error, took) = failure(&lab, &spec, GROUP).await?;
    tells(&error, ErrorKind::Invalid, &[image, "does not exist"])?;
    within(took, 0, 180)?;
    lab.behave(|account| account.withdrawn_images.clear())?;
    goes_on(&lab, &spec).await
}

#[tokio::test]
async fn machines_that_end_while_starting_are_told_with_the_reason() -> Result<()> {
    let lab = lab().await?;
    lab.behave(|account| account.stillborn.insert(POOL_TYPE.to_owned(), "Client.InternalError".to_owned()))?;
    let spec = lab.spec(&[POOL])?;
    let (error, took) = failure(&lab, &spec, GROUP).await?;
    tells(&error, ErrorKind::Denied, &["Client.InternalError", "KMS key"])?;
    within(took, 0, 600)?;
    lab.behave(|account| account.stillborn.clear())?;
    goes_on(&lab, &spec).await
}

#[tokio::test]
async fn an_impaired_machine_is_named_and_replaced() -> Result<()> {
    let lab = lab().await?;
    lab.apply(&lab.spec(&[SMALL])?).await?;
    let ill = lab.cloud.members("camp").await?.into_iter().next().context("a member")?;
    lab.behave(|account| account.impaired_instances.insert(ill.clone()))?;
    let spec = lab.spec(&[("count = 5", "count = 3")])?;
    let (_, trace) = lab.apply(&spec).await?;
    let named = observed(&trace.events).any(|seen| seen.contains(&ill));
    ensure!(named, "{:?}", observed(&trace.events).collect::<Vec<_>>());
    ensure!(!lab.cloud.members("camp").await?.contains(&ill), "its group has replaced it");
    lab.settled(&spec).await
}

#[tokio::test]
async fn machines_that_fail_again_and_again_are_told() -> Result<()> {
    let lab = lab().await?;
    lab.apply(&lab.spec(&[SMALL])?).await?;
    let spec = lab.spec(&[("count = 5", "count = 3")])?;
    let fail_all = async {
        loop {
            for id in lab.cloud.members("camp").await? {
                lab.behave(|account| account.impaired_instances.insert(id))?;
            }
            pass(&lab, 5).await;
        }
    };
    let (failed, _) = {
        let applied = std::pin::pin!(failure(&lab, &spec, GROUP));
        match select(applied, std::pin::pin!(fail_all)).await {
            Either::Left((failed, _)) => failed?,
            Either::Right((stopped, _)) => return stopped,
        }
    };
    let members = lab.cloud.members("camp").await?;
    tells(&failed, ErrorKind::Unhealthy, &["in service", "check", "console output"])?;
    let text = failed.to_string();
    ensure!(text.contains("i-"), "it names machines: {text}; there are {members:?}");
    lab.behave(|account| account.impaired_instances.clear())?;
    lab.apply(&spec).await?;
    lab.settled(&spec).await
}

#[tokio::test]
async fn a_group_that_may_not_launch_says_so_at_once() -> Result<()> {
    let lab = lab().await?;
    lab.apply(&lab.spec(&[SMALL])?).await?;
    let processes = &lab.cloud.autoscaling;
    let group = "camp-secondaries";
    processes.suspend_processes().auto_scaling_group_name(group).scaling_processes("Launch").send().await?;
    let spec = lab.spec(&[])?;
    let (error, took) = failure(&lab, &spec, GROUP).await?;
    tells(&error, ErrorKind::Conflict, &["2 of 2 in service", "launches no more", "resume the process Launch"])?;
    within(took, 0, 60)?;
    processes.resume_processes().auto_scaling_group_name(group).scaling_processes("Launch").send().await?;
    goes_on(&lab, &spec).await
}

#[tokio::test]
async fn what_is_drained_is_named() -> Result<()> {
    let lab = lab().await?;
    lab.apply(&lab.spec(&[])?).await?;
    let before = lab.cloud.members("camp").await?;
    let (_, trace) = lab.apply(&lab.spec(&[("count = 5", "count = 4")])?).await?;
    let after = lab.cloud.members("camp").await?;
    let gone = before.iter().find(|id| !after.contains(id)).context("one is gone")?;
    let named = format!("leaving: {gone}");
    ensure!(observed(&trace.events).any(|seen| seen.contains(&named)), "{named} is told");
    Ok(())
}

/// What runs on machines is installed later: nobody waits for a target group that finds them ill.
#[tokio::test]
async fn nobody_waits_for_what_is_not_there_yet() -> Result<()> {
    let lab = lab().await?;
    lab.behave(|account| account.workload.listens.clear())?;
    let spec = lab.spec(&[])?;
    lab.apply(&spec).await?;
    lab.settled(&spec).await
}

#[tokio::test]
async fn a_profile_that_is_not_known_yet_is_waited_for() -> Result<()> {
    let lab = lab().await?;
    lab.behave(|account| account.consistency.instance_profile_window = castra_emulator::Seconds(90.0))?;
    let spec = lab.spec(&[])?;
    lab.apply(&spec).await?;
    lab.settled(&spec).await
}

/// What was seen while something was waited for.
fn observed(events: &[Event]) -> impl Iterator<Item = &str> {
    events.iter().filter_map(|event| match event {
        Event::Waiting { observed, .. } => Some(observed.as_str()),
        _ => None,
    })
}

async fn zones_of_members(lab: &Lab) -> Result<BTreeSet<String>> {
    let groups = lab.cloud.autoscaling.describe_auto_scaling_groups().send().await?;
    let members = groups.auto_scaling_groups().iter().flat_map(|group| group.instances());
    Ok(members.filter_map(|member| member.availability_zone().map(str::to_owned)).collect())
}
