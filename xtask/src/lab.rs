//! One cloud account, one folder and the built `castra`: what a scenario plays in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::castra::{Run, Running};
use crate::moto::Moto;
use crate::python;

/// The region of every scenario.
pub(crate) const REGION: &str = "eu-central-1";

/// What most scenarios start from: the cluster of the README, with a comment for `castra scale` to keep.
const SPEC: &str = r#"# The camp by the river.
name = "NAME"

[provider]
name = "aws"
region = "REGION"
image = { ssm_parameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64" }

[network]
cidr = "10.20.0.0/16"

[primaries]
machine_type = "m7i.xlarge"

[secondaries]
count = 5 # as many as the work needs
machine_type = "m7i.xlarge"

[load_balancer]
exposure = "public"
allowed_cidrs = ["0.0.0.0/0"]
certificate = "CERTIFICATE"
"#;

/// An account of its own on a shared moto, and a folder that goes away with it.
pub(crate) struct Lab {
    endpoint: String,
    python: PathBuf,
    binary: PathBuf,
    account: String,
    folder: TempDir,
    /// The cluster's name.
    pub(crate) cluster: &'static str,
    /// The certificate that the account has.
    pub(crate) certificate: String,
}

impl Lab {
    /// A spec for `cluster` in account `account` (a twelve-digit number), whose holdings are noted for [`Lab::empty`].
    pub(crate) fn new(moto: &Moto, binary: &Path, account: u64, cluster: &'static str) -> Result<Self> {
        let mut lab = Self {
            endpoint: moto.endpoint().to_owned(),
            python: moto.python().to_owned(),
            binary: binary.to_owned(),
            account: account.to_string(),
            folder: tempfile::Builder::new().prefix("castra-").tempdir()?,
            cluster,
            certificate: String::new(),
        };
        let seeded = lab.script("seed.py", &["certificate", "--domain", "camp.example.com"])?;
        lab.certificate = seeded["certificate"].as_str().context("seed.py names a certificate")?.to_owned();
        let text = SPEC.replace("NAME", cluster).replace("REGION", REGION).replace("CERTIFICATE", &lab.certificate);
        fs::write(lab.spec(), text)?;
        lab.note_holdings()?;
        Ok(lab)
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The spec file.
    pub(crate) fn spec(&self) -> PathBuf {
        self.folder.path().join("cluster.toml")
    }

    /// The spec file's text.
    pub(crate) fn text(&self) -> Result<String> {
        Ok(fs::read_to_string(self.spec())?)
    }

    /// Replaces a passage of the spec, which must be there.
    pub(crate) fn edit(&self, from: &str, to: &str) -> Result<()> {
        let text = self.text()?;
        ensure!(text.contains(from), "the spec has no {from:?} to replace");
        Ok(fs::write(self.spec(), text.replacen(from, to, 1))?)
    }

    /// Notes what the account holds, to compare with later.
    pub(crate) fn note_holdings(&self) -> Result<()> {
        let holdings = self.script("leftovers.py", &["--snapshot"])?;
        Ok(fs::write(self.baseline(), holdings.to_string())?)
    }

    fn baseline(&self) -> PathBuf {
        self.folder.path().join("before.json")
    }

    /// The folder that holds every journal.
    pub(crate) fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// `castra` with the given words, through the account's own endpoint.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(words).current_dir(self.folder.path()).stdin(Stdio::null());
        self.environment(&mut command);
        command
    }

    /// Runs `castra` to its end.
    pub(crate) fn castra(&self, words: &[&str]) -> Result<Run> {
        Running::start(self.command(words))?.finish()
    }

    /// Runs `castra` to its end, through a proxy.
    pub(crate) fn castra_by(&self, endpoint: &str, words: &[&str]) -> Result<Run> {
        self.start_by(endpoint, words)?.finish()
    }

    /// Starts `castra` through a proxy.
    pub(crate) fn start_by(&self, endpoint: &str, words: &[&str]) -> Result<Running> {
        let mut command = self.command(words);
        command.env("AWS_ENDPOINT_URL", endpoint);
        Running::start(command)
    }

    /// The account's credentials and endpoint, and nothing of this machine's own.
    fn environment(&self, command: &mut Command) {
        for (key, _) in std::env::vars().filter(|(key, _)| key.starts_with("AWS_") || key.starts_with("CASTRA_")) {
            command.env_remove(key);
        }
        command
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_ACCESS_KEY_ID", &self.account)
            .env("AWS_SECRET_ACCESS_KEY", "unused")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .env("HOME", self.folder.path())
            .env("XDG_STATE_HOME", self.state());
    }

    fn python(&self, script: &str, words: &[&str]) -> Result<std::process::Output> {
        let mut command = python::script(&self.python, script);
        self.environment(&mut command);
        command.args(["--endpoint", &self.endpoint, "--region", REGION]).args(words).stdin(Stdio::null());
        command.output().with_context(|| format!("cannot run {script}"))
    }

    /// Runs one of the Python scripts, which must succeed, and returns what it printed.
    pub(crate) fn script(&self, script: &str, words: &[&str]) -> Result<Value> {
        let output = self.python(script, words)?;
        if !output.status.success() {
            bail!("{script} {}:\n{}", words.join(" "), String::from_utf8_lossy(&output.stderr).trim());
        }
        serde_json::from_slice(&output.stdout).with_context(|| format!("{script} prints JSON"))
    }

    /// Looks at the cluster with boto3; an error names every deviation from `expected`.
    pub(crate) fn verify(&self, expected: &Value) -> Result<Value> {
        self.script("verify.py", &["--cluster", self.cluster, "--expect", &expected.to_string()])
    }

    /// Looks for anything left with boto3; an error names it.
    pub(crate) fn empty(&self) -> Result<Value> {
        let baseline = self.baseline();
        let baseline = baseline.to_str().context("the folder's name is UTF-8")?;
        self.script("leftovers.py", &["--cluster", self.cluster, "--baseline", baseline])
    }
}
