//! What the engine's [`Context`](castra_core::Context) promises to a backend, and what a backend makes of it.

use std::collections::BTreeSet;
use std::pin::pin;

use anyhow::{Context as _, Result, bail, ensure};
use castra_core::{Access, ErrorKind, Event};
use castra_engine::engine::{Outcome, Request, Session};
use castra_engine::events::Events;
use futures::StreamExt as _;
use uuid::Uuid;

use crate::hand::Hand;
use crate::meddler::How;
use crate::play::{Play, complete};
use crate::suite::Lacks;

pub(crate) async fn a_run_without_the_lease_changes_nothing(play: &Play) -> Result<()> {
    let spec = play.spec()?;
    {
        let (engine, meddler) = play.meddled(How::HoldBefore(1)).await?;
        let session = Session::default();
        let mut first = pin!(engine.apply(Request::Apply(&spec), None, &session));
        tokio::select! {
            biased;
            () = meddler.until_held() => {}
            done = &mut first => bail!("the first run ended before it was held: {:?}", done.map(|done| done.outcome)),
        }
        for request in [Request::Apply(&spec), Request::Destroy(&spec.name)] {
            let (engine, meddler) = play.meddled(How::Watch).await?;
            let error = engine.apply(request, None, &session).await.err().context("two runs at once")?;
            ensure!(error.kind() == ErrorKind::Locked, "{error:?}");
            let holder = format!("process {}", std::process::id());
            ensure!(error.to_string().contains(&holder), "it doesn't say that {holder} holds the lease: {error}");
            ensure!(meddler.changes().is_empty(), "it calls {:?}", meddler.changes());
        }
    }
    play.apply(&spec).await?;
    play.settled(&spec).await
}

pub(crate) async fn a_throttled_call_is_made_again(play: &Play) -> Result<()> {
    let spec = play.spec()?;
    let (engine, meddler) = play.meddled(How::Throttle).await?;
    complete(engine.apply(Request::Apply(&spec), None, &Session::default()).await?)?;
    let throttled = meddler.seen().iter().filter(|(_, error)| *error == Some(ErrorKind::Throttled)).count();
    ensure!(throttled > 0, "nothing was throttled");
    play.settled(&spec).await
}

pub(crate) async fn what_may_have_taken_effect_is_looked_for_before_it_is_asked_again(play: &Play) -> Result<()> {
    let spec = play.spec()?;
    let calm = play.rehearse(&spec).await?;
    let hand = Hand::new(play, &spec, Uuid::new_v4(), How::LoseMany).await?;
    hand.make_all().await?;
    let mut lost: BTreeSet<&str> = BTreeSet::new();
    let mut any = false;
    for (call, error) in hand.meddler.seen().iter() {
        match (call.access, error) {
            // That there is nothing is an answer too.
            (Access::Read, None | Some(ErrorKind::NotFound)) => lost.clear(),
            (Access::Mutate, error) => {
                ensure!(
                    !lost.contains(call.operation),
                    "{} is asked again though its reply was lost and nobody looked since",
                    call.operation
                );
                // What is refused because it isn't known yet was not done.
                if *error == Some(ErrorKind::Unavailable) {
                    any = true;
                    // One that is repeatable may be asked again: the cloud tells that it is the same.
                    if !call.repeatable {
                        lost.insert(call.operation);
                    }
                }
            }
            _ => {}
        }
    }
    ensure!(any, "no reply was lost");
    hand.serve_all().await?;
    // By hand, so that no journal knows of it: what there is must do.
    let engine = play.engine_without_journal().await?;
    complete(engine.apply(Request::Apply(&spec), None, &Session::default()).await?)?;
    crate::play::same("after lost replies", &play.census().await?, &calm.stands)?;
    let name = play.name()?;
    complete(engine.apply(Request::Destroy(&name), None, &Session::default()).await?)?;
    crate::play::same("after a destroy", &play.census().await?, &calm.before)
}

pub(crate) async fn a_second_request_to_stop_ends_every_wait(play: &Play) -> Result<()> {
    let spec = play.spec()?;
    let (events, mut stream) = Events::channel();
    let session = Session::default().events(events);
    let engine = play.engine().await?;
    let mut waited = None;
    let applied = {
        let mut work = pin!(engine.apply(Request::Apply(&spec), None, &session));
        loop {
            tokio::select! {
                biased;
                Some(event) = stream.next() => match event {
                    Event::Waiting { what, .. } if waited.is_none() => {
                        waited = Some(what);
                        session.cancel.stop_waiting();
                    }
                    _ => {}
                },
                done = &mut work => break done?,
            }
        }
    };
    if waited.is_none() {
        return Err(Lacks("object that is waited for").into());
    }
    ensure!(
        matches!(applied.outcome, Outcome::Interrupted),
        "it ended {}: {:?}",
        applied.outcome.name(),
        applied.outcome
    );
    play.apply(&spec).await?;
    play.settled(&spec).await
}
