//! The journal helps and is not needed; and what is protected stays.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use castra_core::{ErrorKind, Result as CoreResult};
use castra_engine::engine::{Applied, Engine, Request};
use castra_engine::store::StateUrl;
use castra_tests::{Lab, Trace, record};

#[tokio::test]
async fn without_a_journal_nothing_is_lost() -> Result<()> {
    let mut lab = Lab::open().await?;
    let spec = lab.spec(&[])?;
    let protected = lab.text(&[])? + "\n[protection]\nenabled = true\n";
    let protected = castra_core::spec::Spec::parse(&protected, &[&castra_aws::AwsProvider])?;
    lab.apply(&protected).await?;
    refused(destroy(&lab, &lab.engine).await?)?;

    // Without a journal nobody knows what may not show yet.
    lab.settle().await;
    lab.keep_journals(StateUrl::memory()).await;
    let (plan, _) = lab.plan(&protected).await?;
    assert!(plan.is_empty(), "{}", plan.to_text());
    assert!(plan.notes.iter().any(|note| note.contains("no journal")), "{:?}", plan.notes);
    refused(destroy(&lab, &lab.engine).await?)?;
    let elsewhere = lab.engine_at(StateUrl::memory()).await;
    refused(destroy(&lab, &elsewhere).await?)?;

    let (applied, _) = lab.apply(&spec).await?;
    let mut changed: Vec<String> = applied.plan.steps.iter().map(|step| step.address.to_string()).collect();
    changed.sort();
    assert_eq!(changed, ["anchor/main", "lb/application", "lb/control"], "protection is taken away");

    // Without a journal nobody knows what may not show yet.
    lab.settle().await;
    lab.keep_journals(StateUrl::memory()).await;
    let elsewhere = lab.engine_at(StateUrl::memory()).await;
    let (destroyed, _) = destroy(&lab, &elsewhere).await?;
    assert_eq!(destroyed?.outcome.name(), "complete");
    assert_eq!(lab.cloud.left("camp").await?, Vec::<String>::new());
    Ok(())
}

/// Destroys by name alone.
async fn destroy(lab: &Lab, engine: &Engine) -> Result<(CoreResult<Applied>, Trace)> {
    let name = lab.name()?;
    Ok(record(async |session| engine.apply(Request::Destroy(&name), None, session).await).await)
}

fn refused((answer, trace): (CoreResult<Applied>, Trace)) -> Result<()> {
    let error = answer.err().context("it is protected")?;
    assert_eq!(error.kind(), ErrorKind::Protected);
    assert!(error.to_string().contains("3 primaries with 3 data disks, 5 secondaries"), "{error}");
    assert_eq!(trace.changes(), BTreeMap::new());
    Ok(())
}
