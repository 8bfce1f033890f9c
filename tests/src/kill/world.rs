//! An emulated account, and the moments of it at which operations begin.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use castra_emulator::{Emulator, Listens, Options, Pace, Settings, Snapshot, Timings};
use tempfile::TempDir;

use super::child::BUCKET;
use super::{Control, Listing, Operation, Process};
use crate::idle::is_process_idle;
use crate::lab::reference;
use crate::{Cloud, REGION};

/// The account of every world: a snapshot is only good under the number where it was taken.
const ACCOUNT: &str = "300000000001";

/// By how much what takes minutes on AWS is shorter here.
const HASTE: f64 = 4.0;

/// How operations find the account.
#[derive(Debug, Clone)]
pub struct Start {
    certificate: String,
    empty: Snapshot,
    standing: Snapshot,
}

/// An emulator of its own with that account, for one worker.
#[derive(Debug)]
pub struct World {
    /// The emulator.
    pub emulator: Emulator,
    certificate: String,
    folder: TempDir,
    numbered: AtomicU32,
    processes: Arc<Mutex<Vec<u32>>>,
}

impl Start {
    /// An account with a bucket for journals and a certificate; and with the reference cluster in it.
    ///
    /// # Errors
    /// When the cluster can't be made.
    pub async fn make() -> Result<Self> {
        let mut world = World::new(0)?;
        Control::of(&world.emulator.endpoint())?.make_bucket(ACCOUNT, REGION, BUCKET).await?;
        let cloud = Cloud::emulated(&world.emulator.endpoint(), REGION, ACCOUNT).await;
        let asked = cloud.acm.request_certificate().domain_name("camp.example.com").send().await?;
        world.certificate = asked.certificate_arn().context("the certificate has an ARN")?.to_owned();
        // Until it is issued, and shows everywhere.
        world.emulator.clock().advance(Duration::from_secs(3600));
        let empty = world.emulator.snapshot(ACCOUNT);
        let report = Process::start(&world, Operation::Create)?.ended().await?;
        world.stand_still();
        ensure!(report.is_settled(), "the reference cluster isn't made: {report:?}");
        let standing = world.emulator.snapshot(ACCOUNT);
        Ok(Self { certificate: world.certificate.clone(), empty, standing })
    }
}

/// Makes what takes minutes shorter: long enough still for leases to be renewed and for kills in between, and with fewer
/// looks at what isn't ready yet, which are most of a run's calls and no boundaries.
fn hasten(timings: &mut Timings) {
    for slow in [
        &mut timings.nat_gateway_pending,
        &mut timings.nat_gateway_deleting,
        &mut timings.instance_initializing,
        &mut timings.application_load_balancer_provisioning,
        &mut timings.network_load_balancer_provisioning,
        &mut timings.load_balancer_interface_linger,
        &mut timings.network_target_registration,
    ] {
        slow.0 /= HASTE;
    }
}

impl World {
    fn new(seed: u64) -> Result<Self> {
        let mut options = Options::default();
        options.pace = Pace::Scaled(1.0);
        options.seed = seed;
        options.settings = Settings::default();
        options.settings.workload.listens = vec![Listens::default()];
        options.settings.issue_unvalidated_certificates = true;
        hasten(&mut options.settings.timings);
        let emulator = Emulator::start(options)?;
        let processes: Arc<Mutex<Vec<u32>>> = Arc::default();
        let watched = Arc::clone(&processes);
        emulator.clock().jump_only_while(move || {
            watched.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().all(is_process_idle)
        });
        Ok(Self {
            emulator,
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
        Ok(Self { certificate: start.certificate.clone(), ..Self::new(seed)? })
    }

    /// The account's number, which is its access key id too.
    pub fn account(&self) -> &'static str {
        ACCOUNT
    }

    /// Brings account and journal back to where an operation begins. Nothing goes wrong any more, nothing is logged
    /// yet, and the clock goes as the machine's does until a child lets it jump.
    pub fn begin(&self, start: &Start, operation: Operation) {
        self.emulator.faults().clear();
        self.stand_still();
        let snapshot = match operation {
            Operation::Create => &start.empty,
            _ => &start.standing,
        };
        self.emulator.restore(ACCOUNT, snapshot);
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

    /// What the account holds.
    pub fn listing(&self) -> Listing {
        Listing::of(&self.emulator.objects(ACCOUNT))
    }

    /// The file with the spec of an operation.
    pub(super) fn spec(&self, operation: Operation) -> Result<PathBuf> {
        if operation == Operation::Destroy {
            bail!("destroying needs no spec");
        }
        let path = self.folder.path().join(format!("{operation}.toml"));
        std::fs::write(&path, reference(&self.certificate, operation.edits())?)?;
        Ok(path)
    }

    /// Where the next process writes its output and its errors.
    pub(super) fn files(&self) -> (PathBuf, PathBuf) {
        let number = self.numbered.fetch_add(1, Ordering::Relaxed);
        let file = |name: &str| self.folder.path().join(format!("{number}.{name}"));
        (file("output"), file("errors"))
    }
}
