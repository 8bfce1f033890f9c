//! Waits that end, and say why: what keeps a cluster from coming into service, or from going, is told apart and named
//! in the error, within a bound; and once it is mended the next run goes on.

mod network;
mod pool;
mod primaries;

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use castra_core::context::elapsed;
use castra_core::spec::Spec;
use castra_core::{Error, ErrorKind};
use castra_emulator::{Settings, Shortage};
use castra_engine::engine::Request;
use castra_tests::Lab;
use futures::future::{Either, select};

/// The pool with machines of a type of its own, which only it lacks.
const POOL: (&str, &str) = ("count = 5\nmachine_type = \"m7i.xlarge\"", "count = 5\nmachine_type = \"m7i.2xlarge\"");

/// The type that only the pool has.
const POOL_TYPE: &str = "m7i.2xlarge";

/// A pool of two, of the usual type.
const SMALL: (&str, &str) = ("count = 5", "count = 2");

async fn lab() -> Result<Lab> {
    Lab::emulated(Settings::default()).await
}

/// A shortage that leaves nothing.
fn none_left(zone: &str, machine_type: &str) -> Shortage {
    Shortage::new(zone, machine_type, 0)
}

/// How an apply fails whose only failure is at that address, and how long it took.
async fn failure(lab: &Lab, spec: &Spec, address: &str) -> Result<(Error, Duration)> {
    let began = lab.clock().now();
    let (mut errors, _) = beside(lab, lab.failing(Request::Apply(spec))).await?;
    let took = elapsed(began, lab.clock().now());
    ensure!(errors.len() == 1, "one step fails: {errors:?}");
    let error = errors.pop().context("an error")?;
    ensure!(error.address().is_some_and(|at| at.to_string() == address), "at {address}: {error:?}");
    Ok((error, took))
}

/// An error unless the failure is of that kind and tells all of that, in one way or another.
fn tells(error: &Error, kind: ErrorKind, all: &[&str]) -> Result<()> {
    ensure!(error.kind() == kind, "{kind:?} is expected: {error:?}");
    ensure!(error.remedy_text().is_some(), "it says what to do: {error:?}");
    let text = error.to_string();
    for one in all {
        ensure!(text.contains(one), "it tells {one:?}: {text}");
    }
    Ok(())
}

/// An error unless it took at least and at most so many seconds of the cloud's time.
fn within(took: Duration, least: u64, most: u64) -> Result<()> {
    ensure!((least..=most).contains(&took.as_secs()), "it took {} s, not {least} to {most}", took.as_secs());
    Ok(())
}

/// Applies what failed before, and finds nothing left to do.
async fn goes_on(lab: &Lab, spec: &Spec) -> Result<()> {
    lab.apply(spec).await.context("once the cause is gone")?;
    lab.settled(spec).await
}

/// Passes in the cloud's time, second by second: the clock jumps to the next moment that somebody waits for, and a
/// program on a busy machine may take a while to say what that is.
async fn pass(lab: &Lab, seconds: u64) {
    for _ in 0..seconds {
        lab.clock().sleep(Duration::from_secs(1)).await;
    }
}

/// Does it while somebody waits for each second, so that the clock never jumps further at a time.
async fn beside<T>(lab: &Lab, work: impl Future<Output = T>) -> T {
    let ticking = std::pin::pin!(pass(lab, u64::MAX));
    match select(std::pin::pin!(work), ticking).await {
        Either::Left((done, _)) => done,
        Either::Right(((), work)) => work.await,
    }
}
