//! One kill, and the process after it.

use anyhow::{Context as _, Result, bail, ensure};

use super::process::patience;
use super::{Boundary, Listing, Operation, Process, Report, Start, World};

/// What an operation is when nothing happens to it.
#[derive(Debug, Clone)]
pub struct Calm {
    /// Where it can be killed, in order.
    pub boundaries: Vec<Boundary>,
    /// What is there when it is done.
    pub listing: Listing,
}

impl Calm {
    /// Carries out an operation in peace; `reads` are boundaries too, if asked for.
    ///
    /// # Errors
    /// When that doesn't work.
    pub async fn run(world: &World, start: &Start, operation: Operation, reads: bool) -> Result<Self> {
        world.begin(start, operation);
        let report = Process::start(world, operation)?.ended().await?;
        world.stand_still();
        ensure!(report.is_settled(), "{operation} doesn't work even in peace: {report:?}");
        let all = world.emulator.log(|entry| entry.subject.account == world.account());
        // What the second plan read isn't the run's.
        let last = all.iter().rposition(|entry| entry.subject.operation == "PutObject").context("it has a journal")?;
        Ok(Self { boundaries: Boundary::of(&all[..=last], reads), listing: world.listing() })
    }
}

/// What became of a trial that didn't fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried {
    /// The process was killed there and another finished its work.
    Killed,
    /// The process had fewer such requests this time and got through.
    Passed,
}

/// Kills an operation at a boundary, lets another process finish it, and compares what is there then with what the
/// calm run left.
///
/// # Errors
/// When it doesn't converge, and how.
pub async fn try_at(
    world: &World,
    start: &Start,
    operation: Operation,
    calm: &Calm,
    boundary: &Boundary,
) -> Result<Tried> {
    world.begin(start, operation);
    world.emulator.faults().inject(boundary.hold(world.account()));
    if let Some(report) = killed(world, operation).await? {
        ensure!(report.is_settled(), "it was not held, and ended so: {report:?}");
        converged(world, calm)?;
        return Ok(Tried::Passed);
    }
    world.emulator.faults().clear();
    let report = Process::start(world, operation)?.ended().await?;
    world.stand_still();
    ensure!(report.is_settled(), "the next process doesn't finish it: {report:?}");
    converged(world, calm)?;
    Ok(Tried::Killed)
}

/// Starts a process and kills it as soon as one of its calls is held. What it came to if it
/// ended before.
pub(super) async fn killed(world: &World, operation: Operation) -> Result<Option<Report>> {
    let mut process = Process::start(world, operation)?;
    let held = tokio::select! {
        biased;
        held = world.emulator.faults().until_held(1) => held,
        report = process.ended() => {
            world.stand_still();
            return report.map(Some);
        }
    };
    world.stand_still();
    process.kill().await?;
    for call in held {
        tokio::select! {
            () = world.emulator.faults().until_gone(call.id) => {}
            () = patience() => bail!("the emulator doesn't notice that its client is dead"),
        }
    }
    Ok(None)
}

/// An error that shows what is there too often or not at all.
pub(super) fn converged(world: &World, calm: &Calm) -> Result<()> {
    let differences = world.listing().differences(&calm.listing);
    ensure!(differences.is_empty(), "an orphan, a duplicate or a loss:\n  {}", differences.join("\n  "));
    Ok(())
}
