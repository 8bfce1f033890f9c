//! moto, the AWS that others wrote and that ours is compared with: a fresh one on a free loopback port, gone with
//! whoever started it.
//!
//! An access key id that is a twelve-digit number selects the account of that number (`tests/python/serve_moto.py`
//! sees to it; moto itself knows a header, `x-moto-account-id`). So a test takes an account of its own by setting
//! `AWS_ACCESS_KEY_ID=100000000001`, and many tests share one server without seeing one another.
//!
//! Tests play on it instead of the emulator where `CASTRA_TEST_MOTO` has its endpoint, or those of several, and find the
//! interpreter that has boto3 by `CASTRA_TEST_PYTHON`.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::python;
use crate::server::Server;
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

/// A running moto; dropping it stops it. What it complains of is in `target/moto.log`.
pub(crate) struct Moto(Server);

impl Moto {
    /// Starts one and returns when it accepts calls.
    pub(crate) fn start() -> Result<Self> {
        let mut command = python::script("serve_moto.py")?;
        let log = target().join("moto.log");
        command.envs(STRICT).env_remove("MOTO_ACCOUNT_ID").stderr(fs::File::create(&log)?);
        let server = Server::start(command);
        server.map(Self).with_context(|| format!("moto says: {}", fs::read_to_string(log).unwrap_or_default()))
    }

    /// Its address, for `AWS_ENDPOINT_URL`.
    pub(crate) fn endpoint(&self) -> &str {
        self.0.endpoint()
    }

    /// Tells a test run where the servers and the interpreter are.
    pub(crate) fn announce(motos: &[Self], command: &mut Command) -> Result<()> {
        let endpoints: Vec<&str> = motos.iter().map(Self::endpoint).collect();
        command.env("CASTRA_TEST_MOTO", endpoints.join(" ")).env(python::VARIABLE, python::interpreter()?);
        Ok(())
    }
}

/// `cargo xtask moto`: one in the foreground, until this process is stopped.
pub(crate) fn serve() -> Result<()> {
    let moto = Moto::start()?;
    println!("export AWS_ENDPOINT_URL={}", moto.endpoint());
    println!("export AWS_REGION=eu-central-1 AWS_ACCESS_KEY_ID=100000000001 AWS_SECRET_ACCESS_KEY=unused");
    println!("export CASTRA_TEST_MOTO={} CASTRA_TEST_PYTHON={}", moto.endpoint(), python::interpreter()?.display());
    moto.0.wait()
}
