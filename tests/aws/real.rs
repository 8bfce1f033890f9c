//! A cluster on a real account.

use anyhow::{Context as _, Result, bail, ensure};
use castra_engine::engine::{Applied, Engine, Outcome, Request, Session};
use castra_tests::kill::Place;
use castra_tests::{Cloud, Real};

/// A cluster of 3 + 1 goes up, grows to 3 + 2 and comes down, on the account that the environment's credentials lead
/// to.
///
/// It takes about half an hour, most of it waiting for load balancers and the NAT gateway. By the list prices of
/// November 2026 in Frankfurt it costs less than 1 USD: an hour of five t3.small (0.12 USD), one NAT gateway and its
/// address (0.06), two load balancers (0.06) and 800 GiB of gp3 (0.11), each billed for what it is used, at most an
/// hour. A run that fails leaves the cluster for inspection; its name and the journal's folder are in the message, and
/// `castra destroy --name NAME --provider aws --region REGION` removes it.
///
/// Needs `CASTRA_REAL_AWS=yes-create-billable-resources`, credentials, and an issued certificate's ARN in
/// `CASTRA_REAL_CERTIFICATE`:
///
/// ```sh
/// cargo test --workspace --all-features --test aws -- --ignored real::
/// ```
#[tokio::test]
#[ignore = "creates billable resources; needs credentials and CASTRA_REAL_AWS=yes-create-billable-resources"]
async fn a_cluster_lives_on_a_real_account() -> Result<()> {
    let real = Real::open(Place::Aws)?;
    let Real { name, region, folder, .. } = &real;
    let lived = live(&real).await;
    lived.with_context(|| format!("the cluster {name} in {region}, whose journal is below {}", folder.display()))?;
    let left = Cloud::real(region).await.left(name).await?;
    ensure!(left.is_empty(), "left behind: {left:?}");
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

async fn live(real: &Real) -> Result<()> {
    let engine = Engine::new(real.backend().await?, real.state()?);
    let session = Session::default();
    for (secondaries, running) in [(1, 4), (2, 5)] {
        let spec = real.spec(secondaries)?;
        complete(engine.apply(Request::Apply(&spec), None, &session).await?)?;
        let plan = engine.plan(Request::Apply(&spec), &session).await?;
        ensure!(plan.is_empty(), "something is to be done still:\n{}", plan.to_text());
        let nodes = engine.status(&spec.name, Some(&spec), &session).await?.nodes;
        ensure!(nodes.iter().filter(|node| node.state == "running").count() == running, "{nodes:?}");
    }
    complete(engine.apply(Request::Destroy(&real.spec(2)?.name), None, &session).await?)
}

fn complete(applied: Applied) -> Result<()> {
    match applied.outcome {
        Outcome::Complete => Ok(()),
        Outcome::Failed(errors) => bail!("{errors:?}"),
        other => bail!("the run ended {}", other.name()),
    }
}
