//! moto, the AWS that tests run against: a fresh one on a free loopback port, gone with whoever started it.
//!
//! An access key id that is a twelve-digit number selects the account of that number (`tests/python/serve_moto.py`
//! sees to it; moto itself knows a header, `x-moto-account-id`). So a test takes an account of its own by setting
//! `AWS_ACCESS_KEY_ID=100000000001`, and many tests share one server without seeing one another.
//!
//! Tests find the server by `CASTRA_TEST_MOTO`, its endpoint, and the interpreter that has boto3 by
//! `CASTRA_TEST_PYTHON`.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::python;
use crate::workspace::target;

/// What moto checks only when told to.
const STRICT: [(&str, &str); 5] = [
    ("MOTO_ENABLE_AMI_VALIDATION", "1"),
    ("MOTO_ENABLE_KEYPAIR_VALIDATION", "1"),
    ("MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION", "1"),
    ("MOTO_IAM_LOAD_MANAGED_POLICIES", "true"),
    // Seconds until a requested certificate is issued.
    ("MOTO_ACM_VALIDATION_WAIT", "1"),
];

/// A running moto; what it complains of is in `target/moto.log`. Dropping it stops it; so does the end of this process, however it comes: moto exits when the pipe
/// to its standard input closes.
pub(crate) struct Moto {
    server: Child,
    endpoint: String,
    python: PathBuf,
}

impl Moto {
    /// Starts one and returns when it accepts calls.
    pub(crate) fn start() -> Result<Self> {
        let python = python::interpreter()?;
        let log = target().join("moto.log");
        let mut server = python::script(&python, "serve_moto.py")
            .envs(STRICT)
            .env_remove("MOTO_ACCOUNT_ID")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&log)?)
            .spawn()
            .context("cannot start moto")?;
        let mut endpoint = String::new();
        if let Some(stdout) = server.stdout.take() {
            BufReader::new(stdout).read_line(&mut endpoint)?;
        }
        let moto = Self { server, endpoint: endpoint.trim().to_owned(), python };
        if !moto.endpoint.starts_with("http://127.0.0.1:") {
            bail!("moto did not start: {}", fs::read_to_string(log)?);
        }
        Ok(moto)
    }

    /// Its address, for `AWS_ENDPOINT_URL`.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The interpreter it runs in, which has boto3 too.
    pub(crate) fn python(&self) -> &Path {
        &self.python
    }

    /// Tells a test run where the server and the interpreter are.
    pub(crate) fn announce(&self, command: &mut Command) {
        command.env("CASTRA_TEST_MOTO", &self.endpoint).env("CASTRA_TEST_PYTHON", &self.python);
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.server.stdin.take());
        // It has nothing to save; and a server that ignored its input would otherwise hang us here.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// `cargo xtask moto`: one in the foreground, until this process is stopped.
pub(crate) fn serve() -> Result<()> {
    let mut moto = Moto::start()?;
    println!("export AWS_ENDPOINT_URL={}", moto.endpoint());
    println!("export AWS_REGION=eu-central-1 AWS_ACCESS_KEY_ID=100000000001 AWS_SECRET_ACCESS_KEY=unused");
    println!("export CASTRA_TEST_MOTO={} CASTRA_TEST_PYTHON={}", moto.endpoint(), moto.python().display());
    // Waiting for a child closes our end of its standard input, which is what keeps moto up: hold on to it.
    let leash = moto.server.stdin.take();
    let status = moto.server.wait()?;
    drop(leash);
    bail!("moto ended: {status}")
}
