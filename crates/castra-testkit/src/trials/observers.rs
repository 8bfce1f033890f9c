//! What a backend's [`Observer`](castra_core::Observer) promises.

use anyhow::{Context as _, Result, ensure};
use castra_core::backend::Ask;
use castra_core::spec::{MachineType, Problems};
use castra_core::{Action, ErrorKind, Ownership};
use castra_engine::engine::{Request, Session};

use crate::meddler::How;
use crate::play::{Play, complete, same};
use crate::suite::Lacks;
use crate::walk::in_pieces;

pub(crate) async fn scope_is_one_call(play: &Play) -> Result<()> {
    let (backend, cx, meddler) = play.context(play.stage.clock(), How::Watch).await?;
    let scope = backend.observer().scope(&cx).await?;
    ensure!(meddler.calls() <= 1, "{} calls", meddler.calls());
    ensure!(scope.provider == backend.name(), "the scope is of {:?}, the backend {:?}", scope.provider, backend.name());
    let (backend, cx, _) = play.context(play.stage.clock(), How::Watch).await?;
    let again = backend.observer().scope(&cx).await?;
    ensure!(scope == again, "another process is elsewhere: {again} and not {scope}");
    Ok(())
}

/// The number of calls of a survey.
async fn calls(play: &Play) -> Result<usize> {
    let (backend, cx, meddler) = play.context(play.stage.clock(), How::Watch).await?;
    let spec = play.spec()?;
    backend.observer().survey(&cx, &Ask { cluster: &spec.name, spec: Some(&spec) }).await?;
    Ok(meddler.calls())
}

pub(crate) async fn survey_calls_depend_on_kinds_not_on_nodes(play: &Play) -> Result<()> {
    play.apply(&play.spec()?).await?;
    let few = calls(play).await?;
    play.apply(&play.larger(3)?).await?;
    let many = calls(play).await?;
    ensure!(few == many, "{few} calls, and {many} with three nodes more");
    Ok(())
}

pub(crate) async fn survey_finds_ours_without_a_journal(play: &Play) -> Result<()> {
    let spec = play.spec()?;
    let applied = play.apply(&spec).await?;
    let ids = play.ids().await?;
    let engine = play.engine_without_journal().await?;
    let plan = engine.plan(Request::Apply(&spec), &Session::default()).await?;
    let waits = plan.count(Action::Wait);
    ensure!(plan.steps.len() == waits, "without the journal something is to be done:\n{}", plan.to_text());
    ensure!(plan.uid == applied.plan.uid, "it is taken for another cluster: {} and not {}", plan.uid, applied.plan.uid);
    let created: Vec<String> = applied.plan.steps.iter().map(|step| step.address.to_string()).collect();
    let missing: Vec<&String> = created.iter().filter(|address| !ids.contains_key(*address)).collect();
    ensure!(missing.is_empty(), "made and not found: {missing:?}");
    Ok(())
}

pub(crate) async fn survey_reports_strangers(play: &Play) -> Result<()> {
    let strangers = play.stage.strangers().await?.ok_or(Lacks("strangers"))?;
    let spec = play.spec()?;
    let (backend, cx, _) = play.context(play.stage.clock(), How::Watch).await?;
    let ask = Ask { cluster: &spec.name, spec: Some(&spec) };
    let inventory = backend.observer().survey(&cx, &ask).await?;
    let foreign = |address: &str| {
        let mut items = inventory.items.iter();
        items.any(|item| item.address.to_string() == address && matches!(item.ownership, Ownership::Foreign(_)))
    };
    let missed: Vec<&str> = strangers.iter().map(|one| one.address).filter(|address| !foreign(address)).collect();
    for stranger in strangers {
        stranger.remove.await?;
    }
    ensure!(missed.is_empty(), "somebody else's and not reported: {missed:?}");
    let inventory = backend.observer().survey(&cx, &ask).await?;
    ensure!(inventory.items.is_empty(), "there though nothing is: {:?}", inventory.items);
    Ok(())
}

pub(crate) async fn survey_changes_nothing(play: &Play) -> Result<()> {
    let spec = play.spec()?;
    for applied in [false, true] {
        if applied {
            play.apply(&spec).await?;
        }
        let before = play.census().await?;
        let (backend, cx, meddler) = play.context(play.stage.clock(), How::Watch).await?;
        let observer = backend.observer();
        observer.survey(&cx, &Ask { cluster: &spec.name, spec: Some(&spec) }).await?;
        observer.survey(&cx, &Ask { cluster: &spec.name, spec: None }).await?;
        ensure!(meddler.changes().is_empty(), "it calls {:?}", meddler.changes());
        same("after a survey", &play.census().await?, &before)?;
    }
    Ok(())
}

pub(crate) async fn survey_collects_every_contradiction(play: &Play) -> Result<()> {
    let contradiction = play.stage.contradiction()?.ok_or(Lacks("spec that the cloud contradicts"))?;
    let before = play.census().await?;
    let (engine, meddler) = play.meddled(How::Watch).await?;
    let applied = engine.apply(Request::Apply(&contradiction.spec), None, &Session::default()).await;
    let error = applied.err().context("a spec that the cloud contradicts was applied")?;
    ensure!(error.kind() == ErrorKind::InvalidSpec, "{error:?}");
    let problems = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<Problems>());
    let problems = problems.context("the error has no problems for its source")?;
    let missed: Vec<_> = contradiction.paths.iter().filter(|path| !problems.concern(path)).collect();
    ensure!(missed.is_empty(), "nothing is said about {missed:?}: {problems}");
    ensure!(meddler.changes().is_empty(), "it calls {:?}", meddler.changes());
    same("after a refused apply", &play.census().await?, &before)
}

pub(crate) async fn catalogue_leaves_unknown_types_out(play: &Play) -> Result<()> {
    let spec = play.spec()?;
    let (backend, cx, _) = play.context(play.stage.clock(), How::Watch).await?;
    let known = [spec.primaries.machine_type, spec.secondaries.machine_type];
    let alone = backend.observer().catalogue(&cx, &known).await?;
    let unknown: MachineType = "no-such-type".parse()?;
    let [first, second] = known;
    let with = backend.observer().catalogue(&cx, &[first, unknown, second]).await?;
    ensure!(with == alone, "with an unknown type the catalogue is {with:?}, without {alone:?}");
    Ok(())
}

pub(crate) async fn clusters_calls_depend_on_kinds_not_on_clusters(play: &Play) -> Result<()> {
    let mut calls = Vec::new();
    let first = play.spec()?;
    let mut second = first.clone();
    second.name = "other".parse()?;
    for spec in [&first, &second] {
        play.apply(spec).await?;
        let (backend, cx, meddler) = play.context(play.stage.clock(), How::Watch).await?;
        backend.observer().clusters(&cx).await?;
        ensure!(meddler.changes().is_empty(), "it calls {:?}", meddler.changes());
        calls.push(meddler.calls());
    }
    ensure!(calls[0] == calls[1], "{} calls, and {} with a cluster more", calls[0], calls[1]);
    let engine = play.engine_without_journal().await?;
    complete(engine.apply(Request::Destroy(&second.name), None, &Session::default()).await?)?;
    Ok(())
}

pub(crate) async fn clusters_names_whatever_the_survey_finds(play: &Play) -> Result<()> {
    let (spec, window) = (play.spec()?, play.stage.backend().await?.capabilities().visibility_window);
    let pieces = in_pieces(
        play,
        Request::Apply(&spec),
        |made| How::HoldAfter(made - 1),
        async |_, _, meddler| {
            play.stage.clock().sleep(window).await;
            let (backend, cx, _) = play.context(play.stage.clock(), How::Watch).await?;
            let named = backend.observer().clusters(&cx).await?.remove(&spec.name);
            let named = named.with_context(|| {
                format!("after {:?} there is something of {}, which isn't named", meddler.changes(), spec.name)
            })?;
            ensure!(named.is_empty(), "the cluster's own is told as nobody's: {named:?}");
            Ok(())
        },
    )
    .await?;
    ensure!(pieces > 1, "{pieces} changes prove little");
    Ok(())
}

pub(crate) async fn clusters_names_none_of_another_region(play: &Play) -> Result<()> {
    let elsewhere = play.stage.elsewhere().await?.ok_or(Lacks("other region"))?;
    let spec = play.spec()?;
    play.apply(&spec).await?;
    let (_, cx, _) = play.context(play.stage.clock(), How::Watch).await?;
    let named = elsewhere.observer().clusters(&cx).await?;
    ensure!(!named.contains_key(&spec.name), "it is in another region, and named all the same: {named:?}");
    Ok(())
}
