//! Kills in bad weather.

use anyhow::{Result, bail, ensure};
use castra_emulator::{Effect, Fault, Matching};

use super::trial::{TRIES, converged, killed};
use super::{Boundary, Calm, Lookout, Operation, Process, Start, World};

/// The share of calls that are throttled.
const THROTTLED: f64 = 0.2;
/// The share of calls whose reply is lost.
const LOST: f64 = 0.05;
/// How many processes work in the storm, the killed one included, before the weather clears.
const ATTEMPTS: usize = 6;

/// What a storm is made from: operation, boundary and chance follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub u64);

impl Seed {
    /// Its operation and the number of its boundary, of any that there may be. Each second one creates.
    pub fn choice(self) -> (Operation, u64) {
        let drawn = mixed(self.0);
        let operation = if drawn.is_multiple_of(2) {
            Operation::Create
        } else {
            Operation::ALL[usize::try_from(drawn / 2 % 5).unwrap_or_default()]
        };
        (operation, mixed(drawn))
    }

    /// Which of these it is.
    pub fn boundary(self, calm: &Calm) -> Option<&Boundary> {
        let (_, drawn) = self.choice();
        let boundaries = u64::try_from(calm.boundaries.len()).ok().filter(|count| *count > 0)?;
        calm.boundaries.get(usize::try_from(drawn % boundaries).ok()?)
    }

    /// What chance is made from, another one each time that it is begun again. Never the calm runs' own.
    fn weather(self, again: u64) -> u64 {
        mixed(mixed(self.0).wrapping_add(again))
    }
}

/// A number that looks drawn by lot (SplitMix64, <https://prng.di.unimi.it/splitmix64.c>).
fn mixed(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Kills an operation at a boundary while a share of all calls is throttled and a share of all replies is lost, the
/// journal's among them, and what is written shows late; lets other processes go on in the same weather, each of which
/// must end; then, in peace, one must finish and leave what a calm run leaves. Tells how often nothing was held at the
/// boundary in all of that, and it was begun again in other weather.
///
/// # Errors
/// When it doesn't converge, and how; when nothing was ever held at the boundary.
pub async fn storm(start: &Start, seed: Seed, operation: Operation, calm: &Calm, boundary: &Boundary) -> Result<u64> {
    for passed in 0..TRIES {
        if weathered(start, seed.weather(passed), operation, calm, boundary).await? {
            return Ok(passed);
        }
    }
    bail!("nothing was held there in {TRIES} kinds of weather")
}

/// Whether a process was killed at the boundary in such weather.
async fn weathered(
    start: &Start,
    weather: u64,
    operation: Operation,
    calm: &Calm,
    boundary: &Boundary,
) -> Result<bool> {
    let world = World::open(start, weather)?;
    world.begin(start, operation);
    world.reseed(weather);
    let faults = world.emulator.faults();
    let mut lookout = Lookout::new(&world, boundary);
    faults.inject(Fault::new(Matching::any(), Effect::Throttle).probability(THROTTLED));
    faults.inject(Fault::new(Matching::any(), Effect::ResetAfter).probability(LOST));
    let mut held = false;
    for _ in 0..ATTEMPTS {
        match killed(&world, operation, &mut lookout).await? {
            None => held = true,
            Some(report) if report.is_settled() => break,
            Some(_) => {}
        }
    }
    faults.clear();
    let report = Process::start(&world, operation)?.ended().await?;
    world.stand_still();
    ensure!(report.is_settled(), "not finished in peace either: {report:?}");
    converged(&world, calm)?;
    Ok(held)
}
