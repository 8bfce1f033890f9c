//! A program that serves on a free loopback port for as long as somebody holds its standard input.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::workspace::show;

/// A running server. Dropping it stops it; so does the end of this process, however it comes: it exits when the pipe to
/// its standard input closes.
pub(crate) struct Server {
    child: Child,
    endpoint: String,
}

impl Server {
    /// Starts one and returns when it has printed its endpoint, which it does when it accepts calls.
    pub(crate) fn start(mut command: Command) -> Result<Self> {
        let line = show(&command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("cannot run {line}"))?;
        let mut endpoint = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut endpoint)?;
        }
        let server = Self { child, endpoint: endpoint.trim().to_owned() };
        if !server.endpoint.starts_with("http://127.0.0.1:") {
            bail!("{line} did not start");
        }
        Ok(server)
    }

    /// Its address, for `AWS_ENDPOINT_URL`.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it ends by itself, which is an error.
    pub(crate) fn wait(mut self) -> Result<()> {
        // Waiting for a child closes our end of its standard input, which is what keeps it up: hold on to it.
        let leash = self.child.stdin.take();
        let status = self.child.wait()?;
        drop(leash);
        bail!("the server at {} ended: {status}", self.endpoint)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It has nothing to save; and one that ignored its input would otherwise hang us here.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
