//! Every boundary of every operation.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use anyhow::{Context as _, Result, anyhow, ensure};
use castra_engine::clock::{Clock as _, SystemClock};
use castra_tests::kill::{Boundary, Calm, Death, Operation, Place, Start, Tally, World, each, try_at};
use libtest_mimic::{Failed, Trial};
use tokio::runtime::{Builder, Runtime};

/// The boundary to try alone, as failures name it.
pub(crate) const BOUNDARY: &str = "CASTRA_KILL_BOUNDARY";

/// How many seeds, each with every boundary; `cargo xtask kill --all` sets it.
pub(crate) const SEEDS: &str = "CASTRA_KILL_SEEDS";

/// A trial for each operation on each cloud.
pub(crate) fn trials() -> Vec<Trial> {
    let trial = |(place, operation): (Place, Operation)| {
        Trial::test(format!("{place}_{operation}"), move || every(place, operation).map_err(failed))
    };
    everything().map(trial).collect()
}

/// Each operation on each cloud.
pub(crate) fn everything() -> impl Iterator<Item = (Place, Operation)> {
    Place::ALL.into_iter().flat_map(|place| Operation::ALL.map(|operation| (place, operation)))
}

pub(crate) fn failed(error: anyhow::Error) -> Failed {
    format!("{error:#}").into()
}

pub(crate) fn runtime() -> Result<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

/// Where operations begin on a cloud: made once.
pub(crate) fn start(place: Place) -> Result<&'static Start> {
    static STARTS: [OnceLock<Result<Start, String>>; 2] = [const { OnceLock::new() }; 2];
    let make = || -> Result<Start> { runtime()?.block_on(Start::make(place)) };
    let start = STARTS.get(place as usize).context("each cloud has its own")?;
    start.get_or_init(|| make().map_err(|error| format!("{error:#}"))).as_ref().map_err(|error| anyhow!("{error}"))
}

/// An operation in peace.
pub(crate) fn calm(place: Place, operation: Operation) -> Result<Calm> {
    let start = start(place)?;
    let world = World::open(start, 0)?;
    runtime()?.block_on(Calm::run(&world, start, operation))
}

/// The boundaries that are to be tried.
pub(crate) fn asked(calm: &Calm) -> Result<Vec<Boundary>> {
    match std::env::var(BOUNDARY) {
        Ok(only) => Ok(vec![only.parse()?]),
        Err(_) => Ok(calm.boundaries.clone()),
    }
}

/// An error with all that went wrong.
pub(crate) fn done(tally: &Tally) -> Result<()> {
    match tally.failures.as_slice() {
        [] => Ok(()),
        failures => Err(anyhow!("{} of {} don't converge:\n{}", failures.len(), tally.tried, failures.join("\n"))),
    }
}

/// How runs die at these boundaries. On AWS each is killed. On Google Cloud each is dropped, which takes half the time, and
/// one of each class of boundaries is killed as well; each, where there is the time of `cargo xtask kill --all`.
fn deaths(place: Place, boundaries: &[Boundary]) -> Vec<(Death, &Boundary)> {
    let thorough = std::env::var_os(SEEDS).is_some();
    let killed = |boundary| (Death::Killed, boundary);
    if place == Place::Aws || thorough {
        return boundaries.iter().map(killed).collect();
    }
    let dropped = boundaries.iter().map(|boundary| (Death::Dropped, boundary));
    let mut classes = BTreeSet::new();
    dropped.chain(boundaries.iter().filter(|boundary| classes.insert(boundary.class())).map(killed)).collect()
}

fn every(place: Place, operation: Operation) -> Result<()> {
    let start = start(place)?;
    let calm = calm(place, operation)?;
    let boundaries = asked(&calm)?;
    let deaths = deaths(place, &boundaries);
    let began = SystemClock::new();
    let tally = each(start, &deaths, async |world, (death, boundary): &(Death, &Boundary), tally: &mut Tally| {
        match try_at(world, start, operation, &calm, boundary, *death).await {
            Ok(passed) => tally.again += passed,
            Err(error) => tally.failures.push(format!(
                "{death} at {boundary}: {error:#}\n  try it alone: {BOUNDARY}='{boundary}' cargo test --workspace \
                 --all-features --test kill -- --exact {place}_{operation}"
            )),
        }
    })?;
    let appends = calm.boundaries.iter().filter(|boundary| boundary.is_append()).count();
    let died = |how| deaths.iter().filter(|(death, _)| *death == how).count();
    println!(
        "{place} {operation}: {} boundaries ({appends} of the journal's), {} killed, {} dropped, {} converged; {} begun again; \
         {} objects; {:.1} s",
        calm.boundaries.len(),
        died(Death::Killed),
        died(Death::Dropped),
        tally.tried - tally.failures.len(),
        tally.again,
        calm.listing.len(),
        began.monotonic().as_secs_f32()
    );
    ensure!(tally.tried == deaths.len(), "not all were tried");
    done(&tally)
}
