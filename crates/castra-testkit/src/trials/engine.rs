//! What an [`Engine`](castra_engine::engine::Engine) and a backend promise together, in peace.

use std::collections::BTreeSet;
use std::pin::pin;

use anyhow::{Result, bail, ensure};
use castra_core::{Action, Event};
use castra_engine::engine::{Request, Session};

use crate::meddler::How;
use crate::play::{Play, complete, record, same};

pub(crate) async fn planning_changes_nothing(play: &Play) -> Result<()> {
    let spec = play.spec()?;
    let before = play.census().await?;
    let (engine, meddler) = play.meddled(How::Watch).await?;
    let plan = engine.plan(Request::Apply(&spec), &Session::default()).await?;
    ensure!(!plan.is_empty(), "there is nothing, and nothing to do");
    ensure!(meddler.changes().is_empty(), "it calls {:?}", meddler.changes());
    same("after a plan", &play.census().await?, &before)?;
    let (holder, held) = play.meddled(How::HoldBefore(1)).await?;
    let session = Session::default();
    let mut run = pin!(holder.apply(Request::Apply(&spec), None, &session));
    tokio::select! {
        biased;
        () = held.until_held() => {}
        done = &mut run => bail!("the run ended before it was held: {:?}", done.map(|done| done.outcome)),
    }
    let plan = engine.plan(Request::Apply(&spec), &session).await?;
    ensure!(!plan.is_empty(), "a run is in its middle, and nothing is to be done");
    Ok(())
}

pub(crate) async fn after_an_apply_the_plan_is_empty(play: &Play) -> Result<()> {
    let spec = play.spec()?;
    let applied = play.apply(&spec).await?;
    ensure!(applied.done == applied.plan.steps.len(), "{} of {} steps", applied.done, applied.plan.steps.len());
    let plan = play.plan(&spec).await?;
    ensure!(plan.is_empty(), "something is to be done still:\n{}", plan.to_text());
    let (engine, meddler) = play.meddled(How::Watch).await?;
    complete(engine.apply(Request::Apply(&spec), None, &Session::default()).await?)?;
    ensure!(meddler.changes().is_empty(), "a second apply calls {:?}", meddler.changes());
    Ok(())
}

pub(crate) async fn scales_up_and_down(play: &Play) -> Result<()> {
    let spec = play.spec()?;
    play.apply(&spec).await?;
    let (ids, census) = (play.ids().await?, play.census().await?);
    let secondaries = async || -> Result<usize> {
        Ok(play.inventory().await?.nodes.iter().filter(|node| node.role == "secondary").count())
    };
    let few = secondaries().await?;
    for (to, count) in [(play.larger(2)?, few + 2), (spec, few)] {
        let applied = play.apply(&to).await?;
        let others: Vec<_> =
            applied.plan.steps.iter().filter(|step| !matches!(step.action, Action::Update | Action::Wait)).collect();
        ensure!(others.is_empty(), "more than the pool's size changes: {others:?}");
        play.settled(&to).await?;
        let is = secondaries().await?;
        ensure!(is == count, "{is} secondaries instead of {count}");
        ensure!(play.ids().await? == ids, "objects have changed their ids");
    }
    same("after scaling up and down", &play.census().await?, &census)
}

pub(crate) async fn a_destroy_needs_only_the_name(play: &Play) -> Result<()> {
    let before = play.census().await?;
    play.apply(&play.spec()?).await?;
    let engine = play.engine_without_journal().await?;
    let name = play.name()?;
    let destroyed = complete(engine.apply(Request::Destroy(&name), None, &Session::default()).await?)?;
    ensure!(!destroyed.plan.is_empty(), "nothing was found to be destroyed");
    same("after a destroy", &play.census().await?, &before)?;
    let left = play.inventory().await?.items;
    ensure!(left.is_empty(), "the survey still finds {left:?}");
    let again = complete(engine.apply(Request::Destroy(&name), None, &Session::default()).await?)?;
    ensure!(again.plan.is_empty(), "a second destroy finds something:\n{}", again.plan.to_text());
    Ok(())
}

pub(crate) async fn deletions_follow_use(play: &Play) -> Result<()> {
    play.apply(&play.spec()?).await?;
    let (engine, name) = (play.engine().await?, play.name()?);
    let (done, events) = record(async |session| engine.apply(Request::Destroy(&name), None, session).await).await;
    complete(done?)?;
    let in_the_way: BTreeSet<String> = events
        .iter()
        .filter_map(|event| match event {
            Event::Waiting { what, observed, .. } if what.ends_with("to be no longer in use") => {
                Some(format!("waiting for {what}: {observed}"))
            }
            _ => None,
        })
        .collect();
    ensure!(in_the_way.is_empty(), "{in_the_way:?}");
    Ok(())
}

pub(crate) async fn the_same_name_can_be_applied_again_at_once(play: &Play) -> Result<()> {
    let spec = play.spec()?;
    let calm = play.rehearse(&spec).await?;
    play.converges(&spec, &calm).await?;
    play.vanishes(&calm).await?;
    play.converges(&spec, &calm).await
}
