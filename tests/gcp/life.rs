//! A cluster comes, stays as it is, and goes.

use anyhow::{Result, ensure};

use castra_tests::gcp::Lab;

#[tokio::test]
async fn apply_then_nothing_to_do_then_destroy() -> Result<()> {
    let lab = Lab::open().await?;
    let before = lab.objects();
    let spec = lab.spec(&[])?;
    lab.apply(&spec).await?;
    lab.settled(&spec).await?;
    ensure!(lab.objects().len() > before.len(), "something is there");
    lab.destroy().await?;
    ensure!(lab.objects() == before, "{:?}", lab.objects());
    // The same name again, at once.
    lab.apply(&spec).await?;
    lab.settled(&spec).await
}

#[tokio::test]
async fn protection_is_the_anchors() -> Result<()> {
    let lab = Lab::open().await?;
    lab.apply(&lab.spec(&[("[tags]", "[protection]\nenabled = true\n\n[tags]")])?).await?;
    ensure!(lab.destroy().await.is_err(), "it is protected");
    ensure!(lab.live("anchor/main", "protected").await? == true);
    let record = lab.status(None).await?.cluster;
    lab.apply(&lab.spec(&[])?).await?;
    ensure!(lab.live("anchor/main", "protected").await? == false);
    let unprotected = lab.status(None).await?.cluster;
    ensure!(record.map(|record| record.created) == unprotected.map(|record| record.created), "made when it was made");
    lab.destroy().await?;
    Ok(())
}
