//! An emulated account or project, and the moments of it at which operations begin.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use castra_emulator::{Emulator, Object, Options, Pace, Snapshot};
use tempfile::TempDir;

use super::child::BUCKET;
use super::place::{KEEPER, KEEPERS_REGION};
use super::{Control, Listing, Operation, Place, Process};
use crate::idle::is_process_idle;

/// How operations find the account or project.
#[derive(Debug, Clone)]
pub struct Start {
    /// The cloud.
    pub place: Place,
    certificate: String,
    empty: Moment,
    standing: Moment,
}

/// A moment of all that a world holds, each by its id.
type Moment = Vec<(&'static str, Snapshot)>;

/// An emulator of its own, for one worker.
#[derive(Debug)]
pub struct World {
    /// The emulator.
    pub emulator: Emulator,
    /// The cloud in which it is.
    pub place: Place,
    certificate: String,
    folder: TempDir,
    numbered: AtomicU32,
    processes: Arc<Mutex<Vec<u32>>>,
}

impl Start {
    /// An account or project with a certificate, and a bucket for journals; and with the reference cluster in it.
    ///
    /// # Errors
    /// When the cluster can't be made.
    pub async fn make(place: Place) -> Result<Self> {
        let mut world = World::new(place, 0)?;
        Control::of(&world.emulator.endpoint())?.make_bucket(KEEPER, KEEPERS_REGION, BUCKET).await?;
        world.certificate = place.furnish(&world.emulator).await?;
        // Until it is there, and shows everywhere.
        world.emulator.clock().advance(Duration::from_secs(3600));
        let empty = world.moment();
        let report = Process::start(&world, Operation::Create)?.ended().await?;
        world.stand_still();
        ensure!(report.is_settled(), "the reference cluster isn't made: {report:?}");
        let standing = world.moment();
        Ok(Self { place, certificate: world.certificate.clone(), empty, standing })
    }
}

impl World {
    fn new(place: Place, seed: u64) -> Result<Self> {
        let mut options = Options::default();
        options.pace = Pace::Scaled(1.0);
        options.seed = seed;
        place.prepare(&mut options);
        let emulator = Emulator::start(options)?;
        let processes: Arc<Mutex<Vec<u32>>> = Arc::default();
        let watched = Arc::clone(&processes);
        emulator.clock().jump_only_while(move || {
            watched.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().all(is_process_idle)
        });
        Ok(Self {
            emulator,
            place,
            certificate: String::new(),
            folder: tempfile::Builder::new().prefix("castra-kill-").tempdir()?,
            numbered: AtomicU32::new(0),
            processes,
        })
    }

    /// A world whose chance is made from a seed.
    ///
    /// # Errors
    /// When no emulator can be started.
    pub fn open(start: &Start, seed: u64) -> Result<Self> {
        Ok(Self { certificate: start.certificate.clone(), ..Self::new(start.place, seed)? })
    }

    fn moment(&self) -> Moment {
        self.place.holdings().into_iter().map(|id| (id, self.emulator.snapshot(id))).collect()
    }

    /// Makes chance from that seed from now on.
    pub(super) fn reseed(&self, seed: u64) {
        self.place.holdings().into_iter().for_each(|id| self.emulator.reseed(id, seed));
    }

    /// Brings cloud and journal back to where an operation begins. Nothing goes wrong any more, nothing is logged
    /// yet, and the clock goes as the machine's does until a child lets it jump.
    pub fn begin(&self, start: &Start, operation: Operation) {
        self.emulator.faults().clear();
        self.stand_still();
        let moment = match operation {
            Operation::Create => &start.empty,
            _ => &start.standing,
        };
        moment.iter().for_each(|(id, snapshot)| self.emulator.restore(id, snapshot));
        self.processes.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.emulator.clear_log();
    }

    /// Lets time pass as it does: while no child is there to be woken, a jumping clock would run away.
    pub fn stand_still(&self) {
        self.emulator.clock().set_pace(Pace::Scaled(1.0));
    }

    /// Keeps the clock from jumping while that process works.
    pub(super) fn watch(&self, process: u32) {
        self.processes.lock().unwrap_or_else(PoisonError::into_inner).push(process);
    }

    /// What the account or project holds, by the emulator's own list.
    pub fn objects(&self) -> Vec<Object> {
        self.emulator.objects(self.place.holding())
    }

    /// The same, so that it can be compared.
    pub fn listing(&self) -> Listing {
        Listing::of(self.place, &self.objects())
    }

    /// The file with the spec of an operation.
    pub(super) fn spec(&self, operation: Operation) -> Result<PathBuf> {
        if operation == Operation::Destroy {
            bail!("destroying needs no spec");
        }
        let path = self.folder.path().join(format!("{operation}.toml"));
        std::fs::write(&path, self.place.spec(&self.certificate, operation)?)?;
        Ok(path)
    }

    /// Where the next process writes its output and its errors.
    pub(super) fn files(&self) -> (PathBuf, PathBuf) {
        let number = self.numbered.fetch_add(1, Ordering::Relaxed);
        let file = |name: &str| self.folder.path().join(format!("{number}.{name}"));
        (file("output"), file("errors"))
    }
}
