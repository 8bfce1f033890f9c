//! The emulator: one struct to start and stop.

use std::fs::File;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::aws::{Aws, Object, Settings};
use crate::clock::{Clock, Pace};
use crate::control;
use crate::faults::Faults;
use crate::gcp::{self, Gcp};
use crate::log::{Entry, Log};
use crate::registry::Registry;
use crate::running::{Running, about};
use crate::world::{Snapshot, World};

/// How an emulator is to be; [`Options::default`] is a cloud as it is: in real time, eventually consistent, on a free
/// loopback port.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub address: SocketAddr,
    /// How emulated time passes.
    pub pace: Pace,
    /// How AWS accounts behave until told otherwise.
    pub settings: Settings,
    /// How Google Cloud projects behave until told otherwise.
    pub project_settings: gcp::Settings,
    /// What chance is made from: the same seed and requests give the same ids and faults.
    pub seed: u64,
    /// How many requests the log holds before it forgets the oldest.
    pub log_capacity: usize,
    /// How many accounts there may be, and how many projects: any twelve digits are an account and any legal id is a
    /// project, and each takes memory.
    pub max_accounts: usize,
    /// A file to which each [`Entry`] is appended as a line of JSON, when its outcome is known.
    pub log_file: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            pace: Pace::Scaled(1.0),
            settings: Settings::default(),
            project_settings: gcp::Settings::default(),
            seed: 0,
            log_capacity: 20_000,
            max_accounts: 10_000,
            log_file: None,
        }
    }
}

/// A running emulator of AWS and Google Cloud, on a thread of its own. Dropping it stops it and closes its connections.
///
/// For Google Cloud, point any client's endpoint of a service at it, without credentials or with any; the project in a
/// request's path selects the project, and any legal id is one. A bearer token that is an e-mail address makes the
/// caller that service account; anyone else is the project's owner.
///
/// For AWS, point any client at [`Emulator::endpoint`] (`AWS_ENDPOINT_URL`), with any secret key. An access key id of twelve
/// digits selects the account of that number and makes the caller its root user; so each test has an account of its
/// own for the asking. Keys that IAM and STS issue here are their users and sessions, as long as they are good; any
/// other that looks like one of AWS's is refused.
///
/// ```
/// use castra_emulator::{Emulator, Options};
///
/// let emulator = Emulator::start(Options::default())?;
/// assert!(emulator.endpoint().starts_with("http://127.0.0.1:"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Emulator {
    running: Running,
    world: Arc<World>,
}

fn append_to(path: &Path) -> io::Result<File> {
    let opened = File::options().create(true).append(true).open(path);
    opened.map_err(|error| about(&error, "cannot write to", &path.display()))
}

impl Emulator {
    /// Starts one; it listens when this returns.
    ///
    /// # Errors
    ///
    /// If the address can't be listened on, the log's file can't be written to, or no thread be started.
    pub fn start(options: Options) -> io::Result<Self> {
        let log_file = options.log_file.as_deref().map(append_to).transpose()?;
        let clock = Clock::new(options.pace);
        let world = Arc::new(World {
            aws: Aws { accounts: Registry::new(clock.clone(), options.seed, options.max_accounts, options.settings) },
            gcp: Gcp {
                projects: Registry::new(clock.clone(), options.seed, options.max_accounts, options.project_settings),
            },
            faults: Faults::new(clock.clone(), options.seed),
            log: Log::new(clock.clone(), options.log_capacity, log_file),
            snapshots: control::Snapshots::default(),
            seed: options.seed,
            clock,
        });
        let clocked = Arc::clone(&world);
        let beside = async move { clocked.clock.jump(|| clocked.due()).await };
        let running = Running::start(options.address, Arc::clone(&world), beside)?;
        Ok(Self { running, world })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.running.address()
    }

    /// Its address as clients want it: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        self.running.endpoint()
    }

    /// Its clock.
    pub fn clock(&self) -> &Clock {
        &self.world.clock
    }

    /// The faults in force, and the calls that are held.
    pub fn faults(&self) -> &Faults {
        &self.world.faults
    }

    /// The request log: the entries that `wanted` picks, in the order in which requests came in.
    pub fn log(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<Entry> {
        self.world.log.entries(wanted)
    }

    /// Forgets the request log; its numbers go on.
    pub fn clear_log(&self) {
        self.world.log.clear();
    }

    /// How a Google Cloud project behaves.
    pub fn project_settings(&self, project: &str) -> gcp::Settings {
        self.world.gcp.projects.settings(project)
    }

    /// Changes how a Google Cloud project behaves, from now on.
    pub fn set_project_settings(&self, project: &str, settings: gcp::Settings) {
        self.world.gcp.projects.set(project, settings);
    }

    /// How an AWS account behaves.
    pub fn settings(&self, account: &str) -> Settings {
        self.world.aws.accounts.settings(account)
    }

    /// Changes how an AWS account behaves, from now on.
    pub fn set_settings(&self, account: &str, settings: Settings) {
        self.world.aws.accounts.set(account, settings);
    }

    /// Everything that an account or a project holds, what the cloud puts into every one left out.
    pub fn objects(&self, account: &str) -> Vec<Object> {
        self.world.objects(account)
    }

    /// An account or a project as it is now: all that it holds, and all that is on its way.
    pub fn snapshot(&self, account: &str) -> Snapshot {
        self.world.snapshot(account)
    }

    /// Brings an account or a project back to what it was; its own time goes on where it stopped then. The snapshot
    /// keeps its account's number in its ARNs, and its project's id in its links: restore it where it was taken.
    /// A snapshot of the other cloud changes nothing.
    pub fn restore(&self, account: &str, snapshot: &Snapshot) {
        self.world.restore(account, snapshot);
    }

    /// Makes chance in an account or a project from that seed from now on: the ids of what is made, and which reads see
    /// it when. A snapshot repeats itself however often it is restored; with another seed each time it goes on otherwise. With
    /// the seed that made what is there, ids would come twice.
    pub fn reseed(&self, account: &str, seed: u64) {
        self.world.reseed(account, seed);
    }

    /// Forgets an account or a project and all that it held; the next call finds it new.
    pub fn forget(&self, account: &str) {
        self.world.forget(account);
    }

    /// Waits until it stops, which is for ever unless its thread fails.
    pub fn wait(self) {
        self.running.wait();
    }
}
