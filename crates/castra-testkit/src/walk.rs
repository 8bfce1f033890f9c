//! A piece of work that is ended early again and again, until it gets through.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use anyhow::{Result, bail, ensure};
use castra_engine::cancel::Cancel;
use castra_engine::engine::{Applied, Outcome, Request, Session};

use crate::meddler::{How, Meddler};
use crate::play::Play;

/// How a run ended.
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
pub(crate) enum End {
    /// Its future was dropped while it stood still.
    Dropped,
    /// By itself.
    Done(Applied),
}

/// A run that is meddled with; dropped as soon as it stands still.
pub(crate) async fn once(play: &Play, request: Request<'_>, how: How) -> Result<(End, Arc<Meddler>)> {
    let (end, meddler) = meddled_with(play, request, how, &Session::default(), None).await?;
    Ok((end?, meddler))
}

/// A run that is meddled with. Where it comes to what the meddler waits for, it is told what `held` tells it and goes
/// on; without that it is dropped.
pub(crate) async fn meddled_with(
    play: &Play,
    request: Request<'_>,
    how: How,
    session: &Session,
    held: Option<fn(&Cancel)>,
) -> Result<(castra_core::Result<End>, Arc<Meddler>)> {
    let (engine, meddler) = play.meddled(how).await?;
    let end = {
        let mut work = pin!(engine.apply(request, None, session));
        tokio::select! {
            biased;
            () = meddler.until_held() => match held {
                None => Ok(End::Dropped),
                Some(tell) => {
                    tell(&session.cancel);
                    work.await.map(End::Done)
                }
            },
            done = &mut work => done.map(End::Done),
        }
    };
    if let Ok(End::Done(Applied { outcome: Outcome::Complete, .. })) = &end {
        ensure!(!meddler.refused(), "changes were refused, and the run says that it is complete: {:?}", meddler.seen());
    }
    Ok((end, meddler))
}

/// How many changes a run may make at most, after others that got nowhere: more than begin at the same moment, since one
/// that is stopped before the last of these has sent none.
const MOST: usize = 32;

/// Runs until one gets through, each ended early after `how` many changes, which is one; `seen` is called after each
/// that didn't. Where runs get nowhere, because their first change is always the same one, the next may make more.
///
/// Every change that the work consists of is so the last one before an end, and the first one after it.
pub(crate) async fn in_pieces(
    play: &Play,
    request: Request<'_>,
    how: fn(usize) -> How,
    mut seen: impl AsyncFnMut(usize, &End, &Meddler) -> Result<()>,
) -> Result<usize> {
    // No run makes this change, so that the first one isn't taken for stuck.
    let (mut stuck, mut last, mut ended) = (0, vec!["none"], End::Dropped);
    for pieces in 0..1000 {
        let allowed = stuck.clamp(1, MOST);
        let (end, meddler) = once(play, request, how(allowed)).await?;
        if let End::Done(Applied { outcome: Outcome::Complete, .. }) = end {
            return Ok(pieces);
        }
        seen(pieces, &end, &meddler).await?;
        let changes = meddler.changes();
        stuck = if within(&last, &changes) { stuck + 1 } else { 0 };
        if stuck > 0 {
            // What was just made may not show yet, and what is on its way out may have to go first.
            play.until_shown().await?;
        }
        (last, ended) = (changes, end);
    }
    let ended = match ended {
        End::Dropped => "dropped".to_owned(),
        End::Done(applied) => format!("{:?}", applied.outcome),
    };
    bail!(
        "after a thousand runs that were ended early it still isn't done; the last changes were {last:?}; the last run: \
         {ended}"
    )
}

/// True when all of these are among the others, each as often. The order of what is made at once is a matter of luck.
fn within(these: &[&str], others: &[&str]) -> bool {
    let times = |list: &[&str], of: &str| list.iter().filter(|item| **item == of).count();
    these.iter().all(|item| times(these, item) <= times(others, item))
}

/// What a future gives, unless it takes more than so many polls: then it is dropped. With how many it took.
pub(crate) async fn polled<F: Future>(future: F, limit: usize) -> (Option<F::Output>, usize) {
    let mut future = pin!(future);
    let mut polls = 0;
    let output = poll_fn(|cx| {
        if polls >= limit {
            return Poll::Ready(None);
        }
        polls += 1;
        match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            // The last one: nothing is waited for any more.
            Poll::Pending if polls >= limit => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await;
    (output, polls)
}
