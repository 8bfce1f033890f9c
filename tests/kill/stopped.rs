//! Processes that are stopped and go on later, and several at once. On AWS: leases know nothing of the cloud.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use castra_emulator::Pace;
use castra_tests::kill::{Boundary, Calm, Came, Lookout, Operation, Place, Process, World, until_held};
use libtest_mimic::Trial;

use crate::boundaries::{calm, failed, runtime, start};

/// How long a lease is held without a sign of life.
const TTL: Duration = Duration::from_secs(60);

/// One trial for each way.
pub(crate) fn trials() -> Vec<Trial> {
    fn trial(name: &str, work: impl AsyncFnOnce(&World, &Calm) -> Result<()> + Send + 'static) -> Trial {
        Trial::test(name, move || creating(work).map_err(failed))
    }
    vec![
        trial("a_second_run_is_told_who_holds_the_lease", told),
        trial("a_dead_holder_is_taken_over_at_once", dead),
        trial("a_run_stopped_before_it_sends_is_fenced_when_it_goes_on", stopped_before),
        trial("a_call_that_arrives_after_a_takeover_is_named_and_removed", arriving_late),
    ]
}

/// A world in which a cluster is about to be created, and what that leaves in peace.
fn creating(work: impl AsyncFnOnce(&World, &Calm) -> Result<()>) -> Result<()> {
    let (start, calm) = (start(Place::Aws)?, calm(Place::Aws, Operation::Create)?);
    let world = World::open(start, 0)?;
    world.begin(start, Operation::Create);
    runtime()?.block_on(work(&world, &calm))
}

/// A process that is held at this boundary, as [`Boundary`] writes it, and the call that is held.
async fn held_at(world: &World, boundary: &str) -> Result<(Process, u64)> {
    let boundary: Boundary = boundary.parse()?;
    let mut lookout = Lookout::new(world, &boundary);
    match until_held(world, Operation::Create, &mut lookout).await? {
        Came::There(process, held) => {
            let [held] = held.as_slice() else { bail!("one call is held: {held:?}") };
            Ok((process, held.id))
        }
        Came::Past(report) => bail!("it ended before it was held: {report:?}"),
    }
}

fn settled(world: &World, calm: &Calm) -> Result<()> {
    let differences = world.listing().differences(&calm.listing);
    ensure!(differences.is_empty(), "an orphan, a duplicate or a loss:\n  {}", differences.join("\n  "));
    Ok(())
}

async fn told(world: &World, calm: &Calm) -> Result<()> {
    let (mut first, held) = held_at(world, "ec2:CreateVpc vpc/main 1 request").await?;
    let second = Process::start(world, Operation::Create)?.ended().await?;
    let error = second.errors.first().context("the second run is refused")?;
    let holder = format!("process {}", first.id()?);
    for part in ["Locked", "castra-tests on ", holder.as_str(), "since ", "last heard of "] {
        ensure!(error.contains(part), "{part:?} isn't in {error:?}");
    }
    ensure!(second.outcome == "refused", "{second:?}");
    world.emulator.faults().release(held);
    let first = first.ended().await?;
    ensure!(first.is_settled(), "the first run wasn't let finish: {first:?}");
    settled(world, calm)
}

async fn dead(world: &World, calm: &Calm) -> Result<()> {
    let (first, _) = held_at(world, "ec2:CreateVpc vpc/main 1 reply").await?;
    world.stand_still();
    first.kill().await?;
    world.emulator.faults().clear();
    let report = Process::start(world, Operation::Create)?.ended().await?;
    ensure!(report.is_settled(), "{report:?}");
    let [message] = report.lease.as_slice() else { bail!("one takeover: {:?}", report.lease) };
    ensure!(message.starts_with("took the lease over from a run that is gone"), "{message}");
    settled(world, calm)
}

/// The append that goes before the first change is answered, and the process stopped before it reads that: when it
/// goes on it believes that it may send.
async fn stopped_before(world: &World, calm: &Calm) -> Result<()> {
    let (mut first, held) = held_at(world, "s3:PutObject intent create vpc/main 1 reply").await?;
    first.signal("STOP").await?;
    world.emulator.faults().release(held);
    world.emulator.clock().advance(TTL);
    let second = Process::start(world, Operation::Create)?.ended().await?;
    ensure!(second.is_settled(), "the takeover doesn't finish: {second:?}");
    let took = second.lease.iter().any(|message| message.starts_with("took the lease over from a run that was silent"));
    ensure!(took, "{:?}", second.lease);
    let changes = |world: &World| {
        let made = |operation: &str| ["Create", "Run", "Allocate"].iter().any(|verb| operation.starts_with(verb));
        world.emulator.log(|entry| made(&entry.subject.operation)).len()
    };
    let made = changes(world);
    first.signal("CONT").await?;
    let first = first.ended().await?;
    ensure!(first.errors.iter().any(|error| error.starts_with("Fenced")), "{first:?}");
    ensure!(changes(world) == made, "the displaced run made something");
    settled(world, calm)
}

/// A call is on its way for minutes, which no cloud does, and takes effect when another run has finished the work.
async fn arriving_late(world: &World, calm: &Calm) -> Result<()> {
    let (mut first, held) = held_at(world, "ec2:CreateVpc vpc/main 1 request").await?;
    first.signal("STOP").await?;
    world.emulator.clock().advance(TTL);
    // A clock doesn't jump while a call is held.
    world.emulator.clock().set_pace(Pace::Scaled(30.0));
    let second = Process::start_at_pace(world, Operation::Create)?.ended().await?;
    ensure!(second.is_settled(), "the takeover doesn't finish: {second:?}");
    world.stand_still();
    world.emulator.faults().release(held);
    first.signal("CONT").await?;
    let first = first.ended().await?;
    ensure!(first.errors.iter().any(|error| error.starts_with("Fenced")), "{first:?}");
    let twice = world.listing().differences(&calm.listing);
    ensure!(twice.len() == 1 && twice[0].contains("vpc/main"), "the late call made a second network: {twice:?}");
    // What was just made shows after a while.
    world.emulator.clock().advance(TTL);
    let third = Process::start(world, Operation::Create)?.ended().await?;
    ensure!(third.steps == ["delete vpc/main"], "the next plan removes exactly what came late: {third:?}");
    ensure!(third.is_settled(), "{third:?}");
    settled(world, calm)
}
