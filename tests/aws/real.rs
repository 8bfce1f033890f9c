//! A cluster on a real account.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use castra_aws::{Aws, AwsProvider};
use castra_core::spec::Spec;
use castra_engine::engine::{Applied, Engine, Outcome, Request, Session};
use castra_engine::store::StateUrl;
use castra_tests::Cloud;

/// What must be said for this to run.
const FLAG: &str = "CASTRA_REAL_AWS";
const YES: &str = "yes-create-billable-resources";
/// The ARN of an issued certificate, which also names the region.
const CERTIFICATE: &str = "CASTRA_REAL_CERTIFICATE";

const SPEC: &str = r#"name = "NAME"

[provider]
name = "aws"
region = "REGION"
image = { ssm_parameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64" }
nat_gateways = "one"

[network]
cidr = "10.20.0.0/16"

[primaries]
machine_type = "t3.small"

[secondaries]
count = 1
machine_type = "t3.small"

[load_balancer]
exposure = "internal"
certificate = "CERTIFICATE"

[tags]
purpose = "castra smoke test"
"#;

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
    if std::env::var(FLAG).as_deref() != Ok(YES) {
        bail!("this costs money: set {FLAG}={YES} to say that you want that");
    }
    let certificate = std::env::var(CERTIFICATE).with_context(|| format!("{CERTIFICATE} names no certificate"))?;
    let region = certificate.split(':').nth(3).filter(|region| !region.is_empty()).context("the ARN names a region")?;
    let name = format!("smoke-{}", std::process::id());
    let text = SPEC.replace("NAME", &name).replace("REGION", region).replace("CERTIFICATE", &certificate);
    let folder = tempfile::Builder::new().prefix("castra-smoke-").tempdir()?.keep();
    let state: StateUrl = folder.to_str().context("the folder's name is UTF-8")?.parse()?;
    let engine = Engine::new(Arc::new(Aws::connect(region).await), state);
    let lived = live(&engine, &text).await;
    lived.with_context(|| format!("the cluster {name} in {region}, whose journal is below {}", folder.display()))?;
    let left = Cloud::real(region).await.left(&name).await?;
    ensure!(left.is_empty(), "left behind: {left:?}");
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

async fn live(engine: &Engine, text: &str) -> Result<()> {
    let session = Session::default();
    for (count, running) in [("count = 1", 4), ("count = 2", 5)] {
        let spec = Spec::parse(&text.replace("count = 1", count), &[&AwsProvider])?;
        complete(engine.apply(Request::Apply(&spec), None, &session).await?)?;
        let plan = engine.plan(Request::Apply(&spec), &session).await?;
        ensure!(plan.is_empty(), "something is to be done still:\n{}", plan.to_text());
        let nodes = engine.status(&spec.name, Some(&spec), &session).await?.nodes;
        ensure!(nodes.iter().filter(|node| node.state == "running").count() == running, "{nodes:?}");
    }
    let spec = Spec::parse(text, &[&AwsProvider])?;
    complete(engine.apply(Request::Destroy(&spec.name), None, &session).await?)
}

fn complete(applied: Applied) -> Result<()> {
    match applied.outcome {
        Outcome::Complete => Ok(()),
        Outcome::Failed(errors) => bail!("{errors:?}"),
        other => bail!("the run ended {}", other.name()),
    }
}
