//! What a [`Kind`](castra_core::Kind) promises.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use castra_core::resource::Recovery;
use castra_core::{Address, BoxFuture, Context as _, ErrorKind, Item, Owner, Status};
use castra_engine::clock::Clock;
use castra_engine::engine::Request;
use jiff::Timestamp;
use uuid::Uuid;

use crate::hand::Hand;
use crate::meddler::How;
use crate::play::{Play, same};
use crate::suite::Lacks;
use crate::walk::in_pieces;

pub(crate) async fn find_sees_what_another_process_made(play: &Play) -> Result<()> {
    let (spec, uid) = (play.spec()?, Uuid::new_v4());
    let maker = Hand::new(play, &spec, uid, How::Watch).await?;
    let finder = Hand::new(play, &spec, uid, How::Watch).await?;
    maker.make_all().await?;
    maker.serve_all().await?;
    maker.cx.sleep(maker.window()).await?;
    for (resource, output) in maker.made() {
        let (address, made) = (resource.address(), output.object_id());
        let found = finder.ensure(&resource, Some(finder.settle())).await?;
        ensure!(made == found, "{address} is {made} and was found as {found}");
        ensure!(finder.meddler.changes().is_empty(), "{address}: {:?} changes it", finder.meddler.changes());
    }
    Ok(())
}

pub(crate) async fn a_name_taken_by_a_stranger_is_a_conflict(play: &Play) -> Result<()> {
    let spec = play.spec()?;
    let hand = Hand::new(play, &spec, Uuid::new_v4(), How::Watch).await?;
    // After the survey, so that only the step itself can see them.
    let strangers = play.stage.strangers().await?.ok_or(Lacks("strangers"))?;
    let mut failed: BTreeSet<Address> = BTreeSet::new();
    let mut met = BTreeSet::new();
    for resource in hand.order()? {
        let address = resource.address();
        let text = address.to_string();
        if !strangers.iter().any(|one| one.address == text) {
            if let Err(error) = hand.ensure(&resource, None).await {
                ensure!(resource.after().iter().any(|need| failed.contains(need)), "making {address}: {error:?}");
                failed.insert(address.clone());
            }
            continue;
        }
        failed.insert(address.clone());
        if resource.after().iter().any(|need| failed.contains(need)) {
            continue;
        }
        for settle in [None, Some(hand.settle())] {
            let error = hand.ensure(&resource, settle).await.err();
            let error = error.with_context(|| format!("{address} was made though its name is taken"))?;
            ensure!(error.kind() == ErrorKind::Conflict, "{address}: {error:?}");
        }
        met.insert(text);
    }
    if met.is_empty() {
        bail!("no stranger stands where a step could meet it");
    }
    let listing = play.stage.objects().await?;
    for stranger in strangers {
        if let Some(listing) = &listing {
            ensure!(listing.iter().any(|object| object.id == stranger.id), "{} is gone", stranger.id);
        }
        stranger.remove.await?;
    }
    Ok(())
}

pub(crate) async fn what_is_created_carries_its_owner(play: &Play) -> Result<()> {
    let before: BTreeSet<String> = play.objects().await?.into_iter().map(|object| object.id).collect();
    let spec = play.spec()?;
    let mut pieces = 0;
    in_pieces(
        play,
        Request::Apply(&spec),
        |allowed| How::HoldAfter(allowed - 1),
        async |_, _, meddler| {
            pieces += 1;
            for object in play.objects().await? {
                let Some(tags) = object.tags.filter(|_| !before.contains(&object.id)) else { continue };
                let missing: Vec<&str> =
                    [Owner::CLUSTER, Owner::UID].into_iter().filter(|key| !tags.contains_key(*key)).collect();
                ensure!(
                    missing.is_empty(),
                    "after {:?} there is {} ({}) without {missing:?}",
                    meddler.changes(),
                    object.id,
                    object.what
                );
            }
            Ok(())
        },
    )
    .await?;
    ensure!(pieces > 1, "{pieces} changes prove little");
    Ok(())
}

pub(crate) async fn the_same_parameters_lead_to_the_same_object(play: &Play) -> Result<()> {
    let (spec, uid) = (play.spec()?, Uuid::new_v4());
    let calm = play.rehearse(&spec).await?;
    let first = Hand::new(play, &spec, uid, How::Watch).await?;
    let second = Hand::new(play, &spec, uid, How::Watch).await?;
    for resource in first.order()? {
        let one = first.ensure(&resource, None).await?;
        // What has neither name nor token of its own can only be looked for.
        let settle = (resource.kind().recovery() == Recovery::Tagged).then(|| second.settle());
        let other = second.ensure(&resource, settle).await?;
        ensure!(one == other, "{} is {one} in one process and {other} in another", resource.address());
    }
    first.serve_all().await?;
    same("after two processes made the same", &play.census().await?, &calm.stands)
}

pub(crate) async fn ready_means_in_service(play: &Play) -> Result<()> {
    let applied = play.apply(&play.spec()?).await?;
    // A cloud may need that long to show what it made; that is no part of the service.
    play.until_shown().await?;
    let inventory = play.inventory().await?;
    let missing: Vec<_> = applied.plan.steps.iter().filter(|step| inventory.get(&step.address).is_none()).collect();
    ensure!(missing.is_empty(), "the run is complete, and these don't show: {missing:?}");
    let late: Vec<&Item> = inventory.items.iter().filter(|item| item.status != Status::Ready).collect();
    ensure!(late.is_empty(), "the run is complete, and these aren't in service: {late:?}");
    Ok(())
}

/// A clock of a process in a hurry: its sleeps take no time of the cloud's.
#[derive(Debug)]
struct Hasty {
    inner: Arc<dyn Clock>,
    ahead: std::sync::Mutex<Duration>,
}

impl Hasty {
    fn ahead(&self) -> Duration {
        *self.ahead.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for Hasty {
    fn now(&self) -> Timestamp {
        self.inner.now().checked_add(self.ahead()).unwrap_or(Timestamp::MAX)
    }

    fn monotonic(&self) -> Duration {
        self.inner.monotonic() + self.ahead()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            *self.ahead.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += duration;
            tokio::task::yield_now().await;
        })
    }
}

pub(crate) async fn ready_gives_up_and_says_what_it_saw(play: &Play) -> Result<()> {
    let hand = Hand::new(play, &play.spec()?, Uuid::new_v4(), How::Watch).await?;
    let clock: Arc<dyn Clock> = Arc::new(Hasty { inner: play.stage.clock(), ahead: std::sync::Mutex::default() });
    let (_, hasty, _) = play.context(clock, How::Watch).await?;
    let mut gave_up = 0;
    for resource in hand.order()? {
        hand.ensure(&resource, None).await.with_context(|| format!("making {}", resource.address()))?;
        let made = hand.made();
        let (resource, output) = made.last().context("it was made just now")?;
        let step = castra_core::resource::StepContext { cx: &hasty, ..hand.step() };
        let Err(error) = resource.ready(&step, output.as_ref()).await else { continue };
        gave_up += 1;
        let seen = error.last_seen().unwrap_or_default();
        ensure!(!seen.trim().is_empty(), "it doesn't say what it saw: {error:?}");
        ensure!(error.address() == Some(resource.address()), "it doesn't say whose wait it was: {error}");
    }
    if gave_up == 0 {
        return Err(Lacks("object that takes its time").into());
    }
    hand.serve_all().await
}

pub(crate) async fn deleting_what_is_gone_is_no_error(play: &Play) -> Result<()> {
    let spec = play.spec()?;
    let before = play.census().await?;
    let applied = play.apply(&spec).await?;
    let hand = Hand::new(play, &spec, applied.plan.uid, How::Watch).await?;
    play.destroy().await?;
    for item in &hand.inventory.items {
        item.kind.delete(&hand.step(), item).await.with_context(|| format!("deleting {} again", item.address))?;
    }
    same("after deletions of what is gone", &play.census().await?, &before)
}

/// True when a live field of one object names another.
fn uses(user: &Item, used: &Item) -> bool {
    user.id != used.id && user.names(used)
}

pub(crate) async fn deleting_what_is_in_use_is_refused(play: &Play) -> Result<()> {
    let spec = play.spec()?;
    let before = play.census().await?;
    let applied = play.apply(&spec).await?;
    let hand = Hand::new(play, &spec, applied.plan.uid, How::Watch).await?;
    let mut refused = 0;
    for item in &hand.inventory.items {
        let mut items = hand.inventory.items.iter();
        let used = item.kind.recovery() != Recovery::Part && items.any(|other| uses(other, item));
        if !used {
            continue;
        }
        // A cloud may let an object go though another one names it.
        if let Err(error) = item.kind.delete(&hand.step(), item).await {
            ensure!(error.kind() == ErrorKind::InUse, "deleting {} while it is in use: {error:?}", item.address);
            refused += 1;
        }
    }
    ensure!(refused > 0, "nothing was in use");
    hand.cx.sleep(hand.window()).await?;
    play.destroy().await?;
    same("after a destroy", &play.census().await?, &before)
}
