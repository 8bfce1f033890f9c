//! A child process at work.

use std::fs::File;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use castra_engine::clock::{Clock as _, SystemClock};
use tokio::process::{Child, Command};

use super::child::Report;
use super::place::{KEEPER, KEEPERS_REGION};
use super::{Operation, World};

/// What keeps the child from letting the emulator's clock jump.
pub(super) const PACE: &str = "CASTRA_KILL_PACE";

/// The signal at which it drops its runtime, and begins its work again in another.
pub(super) const DROP: &str = "USR1";

/// How long, in real time, a process may take until it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(180);

/// A run in a process of its own. Dropping it kills it.
#[derive(Debug)]
pub struct Process {
    child: Child,
    output: PathBuf,
    errors: PathBuf,
}

impl Process {
    /// Begins a piece of work.
    ///
    /// # Errors
    /// When no process can be started.
    pub fn start(world: &World, operation: Operation) -> Result<Self> {
        Self::begin(world, operation, "jumping")
    }

    /// Begins a piece of work that leaves the emulator's clock at the pace that it has.
    ///
    /// # Errors
    /// As [`Process::start`].
    pub fn start_at_pace(world: &World, operation: Operation) -> Result<Self> {
        Self::begin(world, operation, "as-it-is")
    }

    fn begin(world: &World, operation: Operation, pace: &str) -> Result<Self> {
        let (output, errors) = world.files();
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["child", world.place.name()]);
        match operation {
            Operation::Destroy => command.args(["destroy", "camp"]),
            other => command.arg("apply").arg(world.spec(other)?),
        };
        let child = command
            .env_clear()
            .envs([
                ("AWS_ENDPOINT_URL", world.emulator.endpoint().as_str()),
                ("AWS_ACCESS_KEY_ID", KEEPER),
                ("AWS_SECRET_ACCESS_KEY", "unused"),
                ("AWS_REGION", KEEPERS_REGION),
                ("AWS_EC2_METADATA_DISABLED", "true"),
                ("USER", "castra-tests"),
                (PACE, pace),
            ])
            .envs(world.place.environment(&world.emulator.endpoint()))
            .stdin(Stdio::null())
            .stdout(File::create(&output)?)
            .stderr(File::create(&errors)?)
            .kill_on_drop(true)
            .spawn()
            .context("cannot start the child process")?;
        child.id().into_iter().for_each(|id| world.watch(id));
        Ok(Self { child, output, errors })
    }

    /// Its id.
    ///
    /// # Errors
    /// When it has ended.
    pub fn id(&self) -> Result<u32> {
        self.child.id().context("the child process has ended")
    }

    /// What it came to, once it has ended.
    ///
    /// # Errors
    /// When it hangs, or ended without a report.
    pub async fn ended(&mut self) -> Result<Report> {
        tokio::select! {
            status = self.child.wait() => {
                let status = status?;
                let output = std::fs::read_to_string(&self.output)?;
                if !status.success() {
                    bail!("the child process ended with {status}: {}", std::fs::read_to_string(&self.errors)?);
                }
                serde_json::from_str(&output).with_context(|| format!("the child's report: {output:?}"))
            }
            () = patience() => bail!("the child process hangs"),
        }
    }

    /// Kills it as `kill -9` does, and takes what is left of it off the table of processes.
    ///
    /// # Errors
    /// When that isn't possible.
    pub async fn kill(mut self) -> Result<()> {
        self.child.kill().await.context("cannot kill the child process")
    }

    /// Sends it a signal by name, such as `STOP`.
    ///
    /// # Errors
    /// When it has ended.
    pub async fn signal(&self, name: &str) -> Result<()> {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.id()?.to_string()).status().await?;
        ensure!(status.success(), "the child process didn't get the signal {name}");
        Ok(())
    }
}

/// Ends when whoever is waited for has taken too long.
pub(super) async fn patience() {
    SystemClock::new().sleep(PATIENCE).await;
}
