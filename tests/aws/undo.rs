//! Runs that fail and are undone: each call that can change something refused once, and the account is as before.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use castra_core::spec::Spec;
use castra_core::{Access, Event};
use castra_emulator::{Effect, Emulator, Fault, Matching, Settings, Shortage};
use castra_engine::engine::{Applied, OnFailure, Outcome, Request, Session};
use castra_tests::{Lab, Trace};

/// An operation, and how often a calm run calls it.
type Calls = BTreeMap<(String, String), u64>;

fn emulator(lab: &Lab) -> Result<&Emulator> {
    lab.emulator().context("it is emulated")
}

/// What is in the account: kind and id, with the tags. What AWS shows for a while after it is gone doesn't count, nor
/// does what was there before a cluster was and comes with AWS itself.
fn objects(lab: &Lab) -> Result<BTreeMap<String, BTreeMap<String, String>>> {
    let gone = |state: Option<&str>| matches!(state, Some("terminated" | "deleted" | "deleting" | "shutting-down"));
    let objects = emulator(lab)?.objects(&lab.account).into_iter();
    let left = objects.filter(|object| !gone(object.state.as_deref()));
    Ok(left.map(|object| (format!("{} {} {}", object.service, object.kind, object.id), object.tags)).collect())
}

/// What a run calls that can change something.
fn changes(trace: &Trace) -> Calls {
    let mut calls = Calls::new();
    for event in &trace.events {
        if let Event::Called { service, operation, access: Access::Mutate, error: None, .. } = event {
            *calls.entry(((*service).to_owned(), (*operation).to_owned())).or_default() += 1;
        }
    }
    calls
}

async fn apply_or_undo(lab: &Lab, spec: &Spec) -> Result<Applied> {
    let session = Session::default().on_failure(OnFailure::Undo);
    Ok(lab.engine.apply(Request::Apply(spec), None, &session).await?)
}

/// Refuses the last of a calm run's calls of each operation, and sees that everything is as before.
async fn undone_everywhere(lab: &Lab, spec: &Spec, calls: &Calls) -> Result<()> {
    let before = objects(lab)?;
    for ((service, operation), times) in calls {
        let at = format!("{service}:{operation}, call {times}");
        let mut when = Matching::any().in_account(&lab.account);
        when.operation = Some(operation.clone());
        emulator(lab)?.faults().inject(Fault::new(when, Effect::AccessDenied).skip(times - 1).times(1));
        let applied = apply_or_undo(lab, spec).await.with_context(|| at.clone())?;
        emulator(lab)?.faults().clear();
        match &applied.outcome {
            Outcome::Failed(_) => ensure!(applied.is_undone(), "{at}: it was not undone"),
            Outcome::Stuck { what, .. } => {
                bail!("{at}: it is stuck with {:?}", what.iter().map(ToString::to_string).collect::<Vec<_>>())
            }
            other => bail!("{at}: it ended {}", other.name()),
        }
        // A volume takes a moment to be gone.
        lab.settle().await;
        let after = objects(lab)?;
        ensure!(after == before, "{at}: {}", difference(&before, &after));
    }
    Ok(())
}

fn difference(
    before: &BTreeMap<String, BTreeMap<String, String>>,
    after: &BTreeMap<String, BTreeMap<String, String>>,
) -> String {
    let lost = before.iter().filter(|(id, tags)| after.get(*id) != Some(tags));
    let left = after.iter().filter(|(id, tags)| before.get(*id) != Some(tags));
    let (lost, left): (Vec<_>, Vec<_>) = (lost.collect(), left.collect());
    format!("gone or changed: {lost:#?}\nleft or changed: {left:#?}")
}

#[tokio::test]
async fn a_creation_refused_at_any_operation_leaves_nothing() -> Result<()> {
    let lab = Lab::emulated(Settings::default()).await?;
    let spec = lab.spec(&[])?;
    let fresh = emulator(&lab)?.snapshot(&lab.account);
    let (_, trace) = lab.apply(&spec).await?;
    let calls = changes(&trace);
    ensure!(calls.len() > 30, "{calls:?}");
    lab.destroy().await?;
    emulator(&lab)?.restore(&lab.account, &fresh);
    undone_everywhere(&lab, &spec, &calls).await?;
    lab.apply(&spec).await?;
    lab.settled(&spec).await
}

#[tokio::test]
async fn what_the_run_itself_protects_goes_too() -> Result<()> {
    let lab = Lab::emulated(Settings::default()).await?;
    let before = objects(&lab)?;
    let spec = lab.spec(&[("[tags]", "[protection]\nenabled = true\n\n[tags]")])?;
    let when = Matching::operation("autoscaling", "CreateAutoScalingGroup");
    emulator(&lab)?.faults().inject(Fault::new(when, Effect::AccessDenied).times(1));
    let applied = apply_or_undo(&lab, &spec).await?;
    ensure!(applied.is_undone(), "{:?}", applied.outcome);
    let after = objects(&lab)?;
    ensure!(after == before, "{}", difference(&before, &after));
    Ok(())
}

#[tokio::test]
async fn a_change_refused_at_any_operation_leaves_what_was_there() -> Result<()> {
    let lab = Lab::emulated(Settings::default()).await?;
    let old = lab.spec(&[])?;
    // More secondaries, another tag everywhere, another way in.
    let new = lab.spec(&[
        ("count = 5", "count = 7"),
        ("team = \"platform\"", "team = \"infra\"\ncost = \"7\""),
        ("allowed_cidrs = [\"0.0.0.0/0\"]", "allowed_cidrs = [\"10.0.0.0/8\"]"),
    ])?;
    lab.apply(&old).await?;
    let built = emulator(&lab)?.snapshot(&lab.account);
    let (_, trace) = lab.apply(&new).await?;
    emulator(&lab)?.restore(&lab.account, &built);
    lab.settled(&old).await?;
    undone_everywhere(&lab, &new, &changes(&trace)).await?;
    lab.settled(&old).await?;
    lab.apply(&new).await?;
    lab.settled(&new).await
}

#[tokio::test]
async fn machines_that_do_not_come_are_taken_back_and_the_others_stay() -> Result<()> {
    let lab = Lab::emulated(Settings::default()).await?;
    let old = lab.spec(&[])?;
    lab.apply(&old).await?;
    let before = objects(&lab)?;
    // One of two more machines comes, and there is no other to be had.
    let mut settings = emulator(&lab)?.settings(&lab.account);
    let mut shortage = Shortage::default();
    shortage.left = 1;
    settings.shortages.push(shortage);
    emulator(&lab)?.set_settings(&lab.account, settings);
    let new = lab.spec(&[("count = 5", "count = 7")])?;
    let applied = apply_or_undo(&lab, &new).await?;
    ensure!(applied.is_undone(), "{:?}", applied.outcome);
    let after = objects(&lab)?;
    ensure!(after == before, "{}", difference(&before, &after));
    lab.settled(&old).await
}

#[tokio::test]
async fn what_cannot_be_taken_back_is_refused_before_it_begins() -> Result<()> {
    let lab = Lab::emulated(Settings::default()).await?;
    lab.apply(&lab.spec(&[])?).await?;
    let before = objects(&lab)?;
    let session = Session::default().on_failure(OnFailure::Undo);
    let spec = lab.spec(&[("[secondaries]", "data_disk = { size = \"300GiB\" }\n\n[secondaries]")])?;
    let error = lab.engine.apply(Request::Apply(&spec), None, &session).await.unwrap_err();
    ensure!(error.message().contains("ebs_volume/primary-0") && error.message().contains("size_gib"), "{error}");
    let spec = lab.spec(&[("m7i.xlarge", "m7i.2xlarge")])?;
    let error = lab.engine.apply(Request::Apply(&spec), None, &session).await.unwrap_err();
    ensure!(error.message().contains("instance/primary-0") && error.message().contains("machine_type"), "{error}");
    assert_eq!(objects(&lab)?, before);
    Ok(())
}
