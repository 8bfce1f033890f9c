//! The primaries' machines.

use anyhow::{Context as _, Result};
use castra_core::ErrorKind;
use castra_core::spec::Spec;
use castra_emulator::{Effect, Fault, Matching, Phase, Refusal};
use castra_tests::{Ids, Lab};

use super::{POOL, SMALL, failure, goes_on, lab, none_left, pass, tells, within};

const PRIMARY: &str = "instance/primary-1";

/// A cluster of which one primary's machine has been terminated, and what it had.
async fn without_one() -> Result<(Lab, Spec, Ids)> {
    let lab = lab().await?;
    let spec = lab.spec(&[SMALL])?;
    lab.apply(&spec).await?;
    let ids = lab.ids().await?;
    lab.cloud.ec2.terminate_instances().instance_ids(&ids[PRIMARY]).send().await?;
    pass(&lab, 120).await;
    Ok((lab, spec, ids))
}

#[tokio::test]
async fn a_shortage_is_waited_for_and_told() -> Result<()> {
    let lab = lab().await?;
    lab.behave(|account| account.shortages = vec![none_left("eu-central-1b", "m7i.xlarge")])?;
    let spec = lab.spec(&[POOL])?;
    let (error, took) = failure(&lab, &spec, PRIMARY).await?;
    tells(&error, ErrorKind::Capacity, &["m7i.xlarge", "eu-central-1b", "machine type", "Capacity Reservation"])?;
    within(took, 600, 1200)?;
    lab.behave(|account| account.shortages.clear())?;
    goes_on(&lab, &spec).await
}

#[tokio::test]
async fn a_shortage_that_ends_in_time_is_waited_out() -> Result<()> {
    let lab = lab().await?;
    lab.behave(|account| account.shortages = vec![none_left("eu-central-1b", "m7i.xlarge")])?;
    let spec = lab.spec(&[POOL])?;
    let ends = async {
        pass(&lab, 300).await;
        lab.behave(|account| account.shortages.clear())
    };
    let (applied, ended) = tokio::join!(lab.apply(&spec), ends);
    ended?;
    applied?;
    lab.settled(&spec).await
}

#[tokio::test]
async fn an_image_that_is_gone_is_no_reason_to_wait() -> Result<()> {
    let lab = lab().await?;
    let spec = lab.spec(&[SMALL])?;
    lab.apply(&spec).await?;
    let image = lab.live(PRIMARY, "image").await?;
    let image = image.as_str().context("its id")?;
    // What the plan finds out, it says; so it goes after the plan.
    let emulator = lab.emulator().context("an emulator")?;
    let ids = lab.ids().await?;
    lab.cloud.ec2.terminate_instances().instance_ids(&ids[PRIMARY]).send().await?;
    pass(&lab, 120).await;
    let held = Fault::new(Matching::operation("ec2", "RunInstances"), Effect::Hold(Phase::Request));
    emulator.faults().inject(held.times(1));
    let goes = async {
        emulator.faults().until_held(1).await;
        let gone = lab.behave(|account| account.withdrawn_images.insert(image.to_owned()));
        emulator.faults().clear();
        gone
    };
    let (failed, gone) = tokio::join!(failure(&lab, &spec, PRIMARY), goes);
    gone?;
    let (error, took) = failed?;
    tells(&error, ErrorKind::Invalid, &[image, "does not exist"])?;
    within(took, 0, 120)?;
    lab.behave(|account| account.withdrawn_images.clear())?;
    goes_on(&lab, &spec).await
}

#[tokio::test]
async fn a_machine_that_ends_while_starting_is_told_with_the_reason() -> Result<()> {
    let (lab, spec, _) = without_one().await?;
    for (code, kind, told) in [
        ("Client.InternalError", ErrorKind::Denied, "KMS key"),
        ("Client.VolumeLimitExceeded", ErrorKind::Quota, "Service Quotas"),
        ("Server.InternalError", ErrorKind::Unhealthy, "apply again"),
    ] {
        lab.behave(|account| account.stillborn.insert("m7i.xlarge".to_owned(), code.to_owned()))?;
        let (error, took) = failure(&lab, &spec, PRIMARY).await?;
        tells(&error, kind, &["i-", "ended while starting", code, told])?;
        within(took, 0, 180)?;
    }
    lab.behave(|account| account.stillborn.clear())?;
    goes_on(&lab, &spec).await
}

#[tokio::test]
async fn a_machine_that_fails_its_checks_is_told_with_them() -> Result<()> {
    let (lab, spec, ids) = without_one().await?;
    let fails = async {
        loop {
            pass(&lab, 5).await;
            let Some(id) = lab.ids().await?.remove(PRIMARY).filter(|id| *id != ids[PRIMARY]) else { continue };
            lab.behave(|account| account.impaired_instances.insert(id.clone()))?;
            return anyhow::Ok(id);
        }
    };
    let (failed, id) = tokio::join!(failure(&lab, &spec, PRIMARY), fails);
    let ((error, took), id) = (failed?, id?);
    tells(&error, ErrorKind::Unhealthy, &[&id, "eu-central-1b", "instance check impaired since", "console output"])?;
    within(took, 900, 1200)?;
    lab.behave(|account| account.impaired_instances.clear())?;
    goes_on(&lab, &spec).await
}

#[tokio::test]
async fn a_profile_that_stays_unknown_is_named() -> Result<()> {
    let (lab, spec, _) = without_one().await?;
    let message = "Value (camp-primary) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile";
    let refusal = Refusal { code: "InvalidParameterValue".to_owned(), message: message.to_owned(), status: Some(400) };
    let faults = lab.emulator().context("an emulator")?.faults();
    faults.inject(Fault::new(Matching::operation("ec2", "RunInstances"), Effect::Refuse(refusal)));
    let (error, took) = failure(&lab, &spec, PRIMARY).await?;
    tells(&error, ErrorKind::NotYetPropagated, &["camp-primary", "apply again"])?;
    within(took, 100, 600)?;
    faults.clear();
    goes_on(&lab, &spec).await
}
