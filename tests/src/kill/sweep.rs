//! Many trials, side by side.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use tokio::runtime::Builder;

use super::{Start, World};

/// How many trials go on at once for each processor: they mostly wait, for the clock to see that nobody does anything.
const PER_PROCESSOR: usize = 3;

/// What became of some trials.
#[derive(Debug, Default)]
pub struct Tally {
    /// How many there were.
    pub tried: usize,
    /// How many runs got past their boundary, and were begun again.
    pub again: u64,
    /// What went wrong.
    pub failures: Vec<String>,
}

/// Does each job, several at once for each of the machine's processors, each worker in a world of its own.
///
/// # Errors
/// When a worker has no world.
pub fn each<J: Sync>(start: &Start, jobs: &[J], work: impl AsyncFn(&World, &J, &mut Tally) + Sync) -> Result<Tally> {
    let next = AtomicUsize::new(0);
    let tally = Mutex::new(Tally::default());
    let worker = || -> Result<()> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let world = World::open(start, 0)?;
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut own = Tally::default();
            runtime.block_on(work(&world, job, &mut own));
            let mut all = tally.lock().unwrap_or_else(PoisonError::into_inner);
            all.tried += 1;
            all.again += own.again;
            all.failures.append(&mut own.failures);
        }
        Ok(())
    };
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get) * PER_PROCESSOR;
    let workers = workers.min(jobs.len());
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })?;
    Ok(tally.into_inner().unwrap_or_else(PoisonError::into_inner))
}
