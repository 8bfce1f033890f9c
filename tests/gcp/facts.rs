//! What the cloud contradicts in a spec is said before anything is made, all of it at once.

use anyhow::{Context as _, Result, ensure};
use castra_core::{Error, ErrorKind};

use castra_tests::gcp::Lab;

/// The message of the problems that planning ends with.
async fn problems(lab: &Lab, edits: &[(&str, &str)]) -> Result<String> {
    let error = lab.plan(&lab.spec(edits)?).await.expect_err("the cloud contradicts it");
    let error: &Error = error.downcast_ref().context("it says what")?;
    ensure!(error.kind() == ErrorKind::InvalidSpec, "{error:?}");
    Ok(error.message().to_owned())
}

#[tokio::test]
async fn machine_types_and_images_that_are_not_there_are_problems() -> Result<()> {
    let lab = Lab::open().await?;
    let before = lab.objects();
    let edits = [("n2-standard-4", "n2-gigantic-4"), ("ubuntu-2404-lts-amd64", "no-such-family")];
    let said = problems(&lab, &edits).await?;
    for part in ["primaries.machine_type", "n2-gigantic-4", "provider.image.family", "no-such-family"] {
        ensure!(said.contains(part), "{said} should say {part}");
    }
    ensure!(lab.objects() == before, "nothing was made");
    Ok(())
}

#[tokio::test]
async fn zones_that_are_not_there_are_a_problem() -> Result<()> {
    let lab = Lab::open().await?;
    let zones = "region = \"europe-west1\"\nzones = [\"europe-west1-b\", \"europe-west1-c\", \"europe-west1-z\"]";
    let said = problems(&lab, &[("region = \"europe-west1\"", zones)]).await?;
    ensure!(said.contains("provider.zones") && said.contains("europe-west1-z"), "{said}");
    ensure!(!said.contains("europe-west1-b"), "{said}");
    Ok(())
}

#[tokio::test]
async fn an_existing_network_that_is_not_there_is_a_problem() -> Result<()> {
    let lab = Lab::open().await?;
    let region = "region = \"europe-west1\"";
    let provider = format!("{region}\nnetwork = \"nowhere\"\nsubnetwork = \"nothing\"");
    let edits = [(region, provider.as_str()), ("cidr = \"10.20.0.0/16\"", "existing = true")];
    let said = problems(&lab, &edits).await?;
    ensure!(said.contains("provider.network") && said.contains("nowhere"), "{said}");
    Ok(())
}
