//! Whose an object is, and what its owner's marks keep others from.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use castra_core::ErrorKind;
use google_cloud_auth::credentials::anonymous;
use google_cloud_compute_v1::client::Addresses;
use google_cloud_compute_v1::model::{Address, RegionSetLabelsRequest};

use castra_tests::gcp::{Lab, REGION};

/// A client that isn't Castra's.
async fn addresses(lab: &Lab) -> Result<Addresses> {
    let builder = Addresses::builder().with_endpoint(lab.emulator.endpoint());
    Ok(builder.with_credentials(anonymous::Builder::new().build()).build().await?)
}

/// What was asked for a minute ago is done.
async fn a_minute(lab: &Lab) {
    lab.clock.sleep(Duration::from_secs(60)).await;
}

#[tokio::test]
async fn a_stranger_in_the_way_is_a_conflict_and_stays_as_it_is() -> Result<()> {
    let lab = Lab::calm().await?;
    let client = addresses(&lab).await?;
    let theirs = Address::new().set_name("camp-control").set_description("ours, says the billing team");
    client.insert().set_project(&lab.project).set_region(REGION).set_body(theirs).send().await?;
    a_minute(&lab).await;
    let before = lab.objects();
    let error = lab.apply(&lab.spec(&[])?).await.expect_err("it is in the way");
    let error: &castra_core::Error = error.downcast_ref().context("it says why")?;
    ensure!(error.kind() == ErrorKind::Conflict && error.message().contains("address/control"), "{error:?}");
    ensure!(lab.objects() == before, "nothing was made or changed");
    // Nor is it deleted with the cluster's.
    lab.destroy().await?;
    ensure!(lab.objects() == before);
    Ok(())
}

#[tokio::test]
async fn labels_that_somebody_changed_are_mended() -> Result<()> {
    let lab = Lab::calm().await?;
    let spec = lab.spec(&[])?;
    lab.apply(&spec).await?;
    let client = addresses(&lab).await?;
    let request = client.get().set_project(&lab.project).set_region(REGION).set_address("camp-control");
    let live = request.send().await?;
    ensure!(live.labels.get("team").map(String::as_str) == Some("platform"), "{:?}", live.labels);
    let others = live.labels.into_iter().filter(|(key, _)| key != "team");
    let body = RegionSetLabelsRequest::new()
        .set_labels(others.chain([("stray".to_owned(), "x".to_owned())]).collect::<HashMap<_, _>>())
        .set_or_clear_label_fingerprint(live.label_fingerprint);
    let request = client.set_labels().set_project(&lab.project).set_region(REGION).set_resource("camp-control");
    request.set_body(body).send().await?;
    a_minute(&lab).await;
    let plan = lab.plan(&spec).await?.to_text();
    ensure!(plan.contains("address/control") && plan.contains("labels"), "{plan}");
    lab.apply(&spec).await?;
    let labels = lab.live("address/control", "labels").await?;
    ensure!(labels["team"] == "platform" && labels["stray"].is_null(), "{labels}");
    lab.settled(&spec).await
}
