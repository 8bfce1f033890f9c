//! What an [`Engine`](castra_engine::engine::Engine) and a backend promise together, when something goes wrong.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail, ensure};
use castra_core::spec::Spec;
use castra_core::{ErrorKind, Status};
use castra_engine::engine::{OnFailure, Outcome, Request, Session};

use crate::meddler::How;
use crate::play::{Play, complete, same};
use crate::storm::lives;
use crate::walk::{End, in_pieces, meddled_with, once, polled};

/// So many numbers below an end, evenly spread, the first and the last among them.
fn spread(end: usize, runs: usize) -> Vec<usize> {
    if end <= runs {
        return (0..end).collect();
    }
    let last = end - 1;
    let steps = runs.max(2) - 1;
    (0..=steps).map(|step| last * step / steps).collect()
}

/// A cluster's life in which every run is ended early after one change, until one gets through; and then once more
/// for some points of a run that has done all before: what is under way at the same time differs.
async fn in_spite_of(play: &Play, how: fn(usize) -> How, check: fn(&End) -> Result<()>) -> Result<()> {
    let spec = play.spec()?;
    let calm = play.rehearse(&spec).await?;
    let apply = in_pieces(play, Request::Apply(&spec), how, async |_, end, _| check(end)).await?;
    ensure!(apply > 1, "{apply} runs that were ended early prove little");
    play.converges(&spec, &calm).await?;
    let destroy = in_pieces(play, Request::Destroy(&spec.name), how, async |_, end, _| check(end)).await?;
    ensure!(destroy > 1, "{destroy} runs that were ended early prove little");
    play.vanishes(&calm).await?;
    for at in spread(calm.creating.len(), play.stage.runs()) {
        let (end, _) = once(play, Request::Apply(&spec), how(at)).await?;
        if !matches!(&end, End::Done(done) if matches!(done.outcome, Outcome::Complete)) {
            check(&end)?;
        }
        play.converges(&spec, &calm).await?;
        let at = at.min(calm.destroying.len().saturating_sub(1));
        let (end, _) = once(play, Request::Destroy(&spec.name), how(at)).await?;
        if !matches!(&end, End::Done(done) if matches!(done.outcome, Outcome::Complete)) {
            check(&end)?;
        }
        play.vanishes(&calm).await?;
    }
    Ok(())
}

fn dropped(end: &End) -> Result<()> {
    match end {
        End::Dropped => Ok(()),
        End::Done(done) => bail!("it ended {} by itself: {:?}", done.outcome.name(), done.outcome),
    }
}

/// The run says that it failed, where and why.
fn failed(end: &End, why: ErrorKind) -> Result<()> {
    let End::Done(done) = end else { bail!("it stood still") };
    let Outcome::Failed(errors) = &done.outcome else { bail!("it ended {}", done.outcome.name()) };
    for error in errors {
        ensure!(error.kind() == why, "{error:?}");
        ensure!(error.address().is_some(), "it doesn't say which resource: {error}");
    }
    Ok(())
}

pub(crate) async fn a_refused_call_fails_its_step_and_the_next_run_goes_on(play: &Play) -> Result<()> {
    in_spite_of(play, How::RefuseFrom, |end| failed(end, ErrorKind::Denied)).await?;
    // One operation alone, all others going well: nothing else says that something is missing.
    let spec = play.spec()?;
    let calm = play.rehearse(&spec).await?;
    for operation in some(&calm.creating, play.stage.runs()) {
        let (end, _) = once(play, Request::Apply(&spec), How::Refuse(operation)).await?;
        failed(&end, ErrorKind::Denied).with_context(|| format!("without {operation}"))?;
        play.converges(&spec, &calm).await?;
        play.vanishes(&calm).await?;
    }
    for operation in some(&calm.destroying, play.stage.runs()) {
        play.converges(&spec, &calm).await?;
        let (end, _) = once(play, Request::Destroy(&spec.name), How::Refuse(operation)).await?;
        failed(&end, ErrorKind::Denied).with_context(|| format!("without {operation}"))?;
        play.vanishes(&calm).await?;
    }
    Ok(())
}

/// Some of the operations, each once.
fn some<'a>(operations: &[&'a str], runs: usize) -> Vec<&'a str> {
    let each: Vec<&str> = operations.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    spread(each.len(), runs).into_iter().map(|index| each[index]).collect()
}

pub(crate) async fn credentials_that_end_leave_what_the_next_run_finishes(play: &Play) -> Result<()> {
    in_spite_of(play, How::ExpireFrom, |end| failed(end, ErrorKind::Credentials)).await
}

pub(crate) async fn a_run_dropped_before_any_change_is_finished_by_the_next(play: &Play) -> Result<()> {
    in_spite_of(play, |made| How::HoldBefore(made + 1), dropped).await
}

pub(crate) async fn a_run_dropped_after_any_change_is_finished_by_the_next(play: &Play) -> Result<()> {
    in_spite_of(play, |made| How::HoldAfter(made.saturating_sub(1)), dropped).await
}

pub(crate) async fn a_lost_reply_makes_neither_orphan_nor_duplicate(play: &Play) -> Result<()> {
    let spec = play.spec()?;
    let calm = play.rehearse(&spec).await?;
    let all = spread(calm.creating.len().max(calm.destroying.len()), play.stage.runs()).into_iter().map(How::Lose);
    for how in std::iter::once(How::LoseMany).chain(all) {
        let (engine, _) = play.meddled(how).await?;
        complete(engine.apply(Request::Apply(&spec), None, &Session::default()).await?)?;
        play.converges(&spec, &calm).await?;
        let (engine, _) = play.meddled(how).await?;
        complete(engine.apply(Request::Destroy(&spec.name), None, &Session::default()).await?)?;
        play.vanishes(&calm).await?;
    }
    Ok(())
}

pub(crate) async fn a_run_dropped_at_any_await_is_finished_by_the_next(play: &Play) -> Result<()> {
    let spec = play.spec()?;
    let calm = play.rehearse(&spec).await?;
    let (engine, session) = (play.engine().await?, Session::default());
    let (_, create) = polled(engine.apply(Request::Apply(&spec), None, &session), usize::MAX).await;
    let (_, destroy) = polled(engine.apply(Request::Destroy(&spec.name), None, &session), usize::MAX).await;
    let (creating, destroying) = (spread(create, play.stage.runs()), spread(destroy, play.stage.runs()));
    let rounds = creating.len().max(destroying.len());
    for (at, destroyed_at) in creating.into_iter().cycle().zip(destroying.into_iter().cycle()).take(rounds) {
        let (engine, session) = (play.engine().await?, Session::default());
        polled(engine.apply(Request::Apply(&spec), None, &session), at).await;
        play.converges(&spec, &calm).await?;
        polled(engine.apply(Request::Destroy(&spec.name), None, &session), destroyed_at).await;
        play.vanishes(&calm).await?;
    }
    Ok(())
}

/// What there is, as the survey has it: each object's address and id, with its fields.
async fn fields(play: &Play) -> Result<BTreeSet<String>> {
    play.until_shown().await?;
    let inventory = play.inventory().await?;
    let there = inventory.items.iter().filter(|item| item.status != Status::Deleting);
    Ok(there.map(|item| format!("{} {} {}", item.address, item.id, item.fields)).collect())
}

/// Refuses one change of a run that is to be undone, and sees that all is as before: a cluster of another spec, or none.
async fn undone(play: &Play, from: Option<&Spec>, spec: &Spec, changes: usize) -> Result<()> {
    let (census, before) = (play.census().await?, fields(play).await?);
    for at in spread(changes, play.stage.runs()) {
        let session = Session::default().on_failure(OnFailure::Undo);
        let (end, meddler) = meddled_with(play, Request::Apply(spec), How::RefuseAt(at), &session, None).await?;
        let End::Done(applied) = end? else { bail!("it stood still") };
        if meddler.changes().len() <= at {
            // It took fewer attempts than the calm one.
            complete(applied)?;
            match from {
                Some(spec) => play.apply(spec).await?,
                None => play.destroy().await?,
            };
            continue;
        }
        ensure!(applied.is_undone(), "without {:?} it ended {:?}", meddler.changes().get(at), applied.outcome);
        let after = fields(play).await?;
        let (lost, left): (Vec<_>, Vec<_>) = (before.difference(&after).collect(), after.difference(&before).collect());
        ensure!(after == before, "undone without {:?}: gone {lost:#?}, new {left:#?}", meddler.changes().get(at));
        same("after it was undone", &play.census().await?, &census)?;
    }
    Ok(())
}

pub(crate) async fn a_change_that_is_undone_leaves_all_as_before(play: &Play) -> Result<()> {
    let spec = play.spec()?;
    let calm = play.rehearse(&spec).await?;
    undone(play, None, &spec, calm.creating.len()).await.context("a creation")?;
    let mut other = play.larger(1)?;
    other.tags.insert("undo".into(), "this".into());
    play.converges(&spec, &calm).await?;
    let (end, meddler) = once(play, Request::Apply(&other), How::Watch).await?;
    let End::Done(applied) = end else { bail!("it stood still") };
    complete(applied)?;
    let changes = meddler.changes().len();
    play.apply(&spec).await?;
    undone(play, Some(&spec), &other, changes).await.context("a change")?;
    play.settled(&spec).await?;
    play.vanishes(&calm).await
}

pub(crate) async fn lives_drawn_by_lot_leave_no_phantom_and_no_orphan(play: &Play) -> Result<()> {
    // Only a listing of its own tells what is left; without one there is nothing to try.
    play.objects().await?;
    lives(play, play.stage.lives()).await
}
