//! The emulator's own program, and the outside suite that holds it to account.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::moto::Moto;
use crate::python;
use crate::workspace::{build, run};

/// How many behaviours are checked at once: each moves the clock of an emulator of its own.
const AT_ONCE: usize = 8;

/// A running `castra-emulator aws`. Dropping it stops it; so does the end of this process, however it comes: it exits
/// when the pipe to its standard input closes.
pub(crate) struct Emulator {
    server: Child,
    endpoint: String,
}

impl Emulator {
    /// Starts one on a free loopback port and returns when it accepts calls.
    pub(crate) fn start(program: &Path, arguments: &[&str]) -> Result<Self> {
        let mut server = Command::new(program)
            .args(["aws", "--port", "0", "--leash"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start castra-emulator")?;
        let mut endpoint = String::new();
        if let Some(stdout) = server.stdout.take() {
            BufReader::new(stdout).read_line(&mut endpoint)?;
        }
        let emulator = Self { server, endpoint: endpoint.trim().to_owned() };
        if !emulator.endpoint.starts_with("http://127.0.0.1:") {
            bail!("castra-emulator did not start");
        }
        Ok(emulator)
    }

    /// Its address, for `AWS_ENDPOINT_URL`.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.server.id()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.server.stdin.take());
        // It has nothing to save.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// `cargo xtask behaviours`: boto3 checks AWS's documented behaviours on the emulator, and on moto where moto is said
/// to have them.
pub(crate) fn behaviours(only: Option<&str>) -> Result<()> {
    let program = build("castra-emulator")?;
    let emulators: Vec<Emulator> =
        (0..AT_ONCE).map(|_| Emulator::start(&program, &["--scale", "0"])).collect::<Result<_>>()?;
    // moto answers one call at a time, and takes half a second to make an account.
    let motos = [Moto::start()?, Moto::start()?];
    let mut suite = python::script(motos[0].python(), "aws/suite.py");
    for emulator in &emulators {
        suite.args(["--emulator", emulator.endpoint()]);
    }
    for moto in &motos {
        suite.args(["--moto", moto.endpoint()]);
    }
    if let Some(only) = only {
        suite.args(["--only", only]);
    }
    run(&mut suite)
}
