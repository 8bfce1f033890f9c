//! One death of a run, and the run after it.

use std::fmt;

use anyhow::{Context as _, Result, bail, ensure};
use castra_emulator::Held;

use super::about::Names;
use super::boundary::JOURNAL;
use super::process::{DROP, patience};
use super::{Boundary, Listing, Lookout, Operation, Process, Report, Start, World};

/// How often a run is begun again that got past its boundary.
pub(super) const TRIES: u64 = 3;

/// How a run dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Death {
    /// Its process is killed, as `kill -9` does, and another process goes on.
    Killed,
    /// Its runtime is dropped, and with that all that it is; the same process goes on in another runtime.
    Dropped,
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Killed => "killed",
            Self::Dropped => "dropped",
        })
    }
}

/// What an operation is when nothing happens to it.
#[derive(Debug, Clone)]
pub struct Calm {
    /// Where it can be killed, in order.
    pub boundaries: Vec<Boundary>,
    /// What is there when it is done.
    pub listing: Listing,
}

impl Calm {
    /// Carries out an operation in peace.
    ///
    /// # Errors
    /// When that doesn't work.
    pub async fn run(world: &World, start: &Start, operation: Operation) -> Result<Self> {
        world.begin(start, operation);
        let mut names = Names::of(&world.objects());
        let report = Process::start(world, operation)?.ended().await?;
        world.stand_still();
        ensure!(report.is_settled(), "{} {operation} doesn't work even in peace: {report:?}", world.place);
        let all = world.emulator.log(|_| true);
        // What the second plan read isn't the run's.
        let last = all.iter().rposition(|entry| entry.subject.service == JOURNAL).context("it has a journal")?;
        names.learn(&world.objects());
        Ok(Self { boundaries: Boundary::of(&all[..=last], &names), listing: world.listing() })
    }
}

/// Lets a run die at a boundary and the next one finish it, and compares what is there then with what the calm run left.
/// Tells how often the run got past its boundary, because it had fewer such requests, and was begun again.
///
/// # Errors
/// When it doesn't converge, and how; when it always got past its boundary.
pub async fn try_at(
    world: &World,
    start: &Start,
    operation: Operation,
    calm: &Calm,
    boundary: &Boundary,
    death: Death,
) -> Result<u64> {
    for passed in 0..TRIES {
        world.begin(start, operation);
        let (process, held) = match until_held(world, operation, &mut Lookout::new(world, boundary)).await? {
            Came::There(process, held) => (process, held),
            Came::Past(report) => {
                ensure!(report.is_settled(), "it was not held, and ended so: {report:?}");
                converged(world, calm)?;
                continue;
            }
        };
        let mut next = match death {
            Death::Killed => {
                kill(world, process, held).await?;
                Process::start(world, operation)?
            }
            Death::Dropped => {
                world.stand_still();
                process.signal(DROP).await?;
                gone(world, held).await?;
                process
            }
        };
        let report = next.ended().await?;
        world.stand_still();
        ensure!(report.is_settled(), "the next run doesn't finish it: {report:?}");
        converged(world, calm)?;
        return Ok(passed);
    }
    bail!("{TRIES} runs got past it without being held")
}

/// How far a process came.
#[derive(Debug)]
pub enum Came {
    /// To the boundary, where these calls are held.
    There(Process, Vec<Held>),
    /// To its end.
    Past(Report),
}

/// Starts a process and waits until one of its calls is held at the boundary, or it ends.
///
/// # Errors
/// As [`Process::start`] and [`Process::ended`].
pub async fn until_held(world: &World, operation: Operation, lookout: &mut Lookout<'_>) -> Result<Came> {
    let mut process = Process::start(world, operation)?;
    let held = tokio::select! {
        biased;
        held = lookout.until_there(world) => held,
        report = process.ended() => {
            world.stand_still();
            return report.map(Came::Past);
        }
    };
    Ok(Came::There(process, held))
}

/// Starts a process and kills it as soon as one of its calls is held at the boundary. What it came to if it ended before.
pub(super) async fn killed(world: &World, operation: Operation, lookout: &mut Lookout<'_>) -> Result<Option<Report>> {
    match until_held(world, operation, lookout).await? {
        Came::There(process, held) => kill(world, process, held).await.map(|()| None),
        Came::Past(report) => Ok(Some(report)),
    }
}

async fn kill(world: &World, process: Process, held: Vec<Held>) -> Result<()> {
    world.stand_still();
    process.kill().await?;
    gone(world, held).await
}

/// Waits until the emulator knows that nobody waits for these calls any more.
async fn gone(world: &World, held: Vec<Held>) -> Result<()> {
    for call in held {
        tokio::select! {
            () = world.emulator.faults().until_gone(call.id) => {}
            () = patience() => bail!("the emulator doesn't notice that its client is dead"),
        }
    }
    Ok(())
}

/// An error that shows what is there too often or not at all.
pub(super) fn converged(world: &World, calm: &Calm) -> Result<()> {
    let differences = world.listing().differences(&calm.listing);
    ensure!(differences.is_empty(), "an orphan, a duplicate or a loss:\n  {}", differences.join("\n  "));
    Ok(())
}
