//! An emulator, an account on it, a folder and the built `castra`: what a scenario plays in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::castra::{Run, Running, exit};
use crate::cloud::{BootSeconds, Cloud, Site};
use crate::emulator::{Call, Emulator, Fault, Object};
use crate::python;
use crate::workspace::build;

/// The programs that a scenario needs.
#[derive(Clone)]
pub(crate) struct Programs {
    castra: PathBuf,
    emulator: PathBuf,
}

impl Programs {
    /// Builds them.
    pub(crate) fn build() -> Result<Self> {
        let [castra, emulator] = build(["castra", "castra-emulator"])?;
        Ok(Self { castra, emulator })
    }
}

/// How time passes, for the emulator and for `castra` alike.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Time {
    /// As in the cloud, so many times faster, and what was written shows after a while. A run must give its journal a sign of
    /// life within half a minute of it, or stop changing things: more than 60 would leave it less than half a second.
    Faster(u32),
    /// As it passes here, in a cloud where everything happens at once.
    Real,
}

impl Time {
    fn scale(self) -> String {
        match self {
            Self::Faster(times) => times.to_string(),
            Self::Real => "1".to_owned(),
        }
    }

    fn boot(self) -> BootSeconds {
        match self {
            Self::Faster(_) => 30,
            Self::Real => 0,
        }
    }

    fn profile(self) -> &'static str {
        match self {
            Self::Faster(_) => "realistic",
            Self::Real => "instant",
        }
    }
}

/// An account on an emulator of its own, and a folder that goes away with it.
pub(crate) struct Lab {
    /// The cloud.
    pub(crate) site: &'static Site,
    emulator: Emulator,
    castra: PathBuf,
    time: Time,
    folder: TempDir,
    /// The cluster's name.
    pub(crate) cluster: &'static str,
    /// The certificate that the account has.
    pub(crate) certificate: String,
}

impl Lab {
    /// A spec for `cluster` in an empty account of a cloud, but for the certificate that the spec names.
    pub(crate) fn new(programs: &Programs, cloud: Cloud, cluster: &'static str, time: Time) -> Result<Self> {
        let site = cloud.site();
        let emulator =
            Emulator::start(&programs.emulator, cloud, &["--scale", &time.scale(), "--profile", time.profile()])?;
        emulator.set(site.account, &(site.settings)(time.boot()))?;
        let lab = Self {
            site,
            certificate: (site.certificate)(&emulator)?,
            emulator,
            castra: programs.castra.clone(),
            time,
            folder: tempfile::Builder::new().prefix("castra-").tempdir()?,
            cluster,
        };
        fs::write(lab.spec(), site.spec.replace("NAME", cluster).replace("CERTIFICATE", &lab.certificate))?;
        lab.take_calls()?;
        Ok(lab)
    }

    /// Where the emulator is.
    pub(crate) fn endpoint(&self) -> &str {
        self.emulator.endpoint()
    }

    /// Lets something go wrong, as [`Emulator::fault`].
    pub(crate) fn fault(&self, fault: &Value) -> Result<Fault<'_>> {
        self.emulator.fault(fault)
    }

    /// Whether what runs on machines answers, as it does unless set.
    pub(crate) fn answers(&self, whether: bool) -> Result<()> {
        let mut settings = (self.site.settings)(self.time.boot());
        if !whether {
            settings["workload"] = json!({ "listens": [] });
        }
        self.emulator.set(self.site.account, &settings)
    }

    /// Lets the cloud finish what it has begun while no command is there to wait for it.
    pub(crate) fn settle(&self) -> Result<()> {
        self.emulator.pass(600)
    }

    /// The calls since the last time this was asked, those of the Python scripts among them.
    pub(crate) fn take_calls(&self) -> Result<Vec<Call>> {
        self.emulator.take_calls()
    }

    /// Everything that the account holds, by the emulator's own listing, but for the certificate.
    pub(crate) fn objects(&self) -> Result<Vec<Object>> {
        let objects = self.emulator.objects(self.site.account)?;
        // Its id is all of how the spec calls it, or the end.
        Ok(objects.into_iter().filter(|object| !self.certificate.ends_with(&object.id)).collect())
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

    /// Notes what the account holds by the cloud's own client, for [`Lab::empty`] to compare with.
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

    /// `castra` with the given words.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.castra);
        command.args(words).current_dir(self.folder.path()).stdin(Stdio::null());
        self.environment(&mut command);
        command
    }

    /// Runs `castra` to its end.
    pub(crate) fn castra(&self, words: &[&str]) -> Result<Run> {
        self.start(words)?.finish()
    }

    /// Starts `castra`.
    pub(crate) fn start(&self, words: &[&str]) -> Result<Running> {
        Running::start(self.command(words))
    }

    /// Waits until one of a command's calls is held: true; or until the command ended without: false.
    pub(crate) fn until_held(&self, running: &mut Running) -> Result<bool> {
        loop {
            if self.emulator.holds()? {
                return Ok(true);
            }
            if running.ended()? {
                return Ok(false);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The account's credentials and endpoint, and nothing of this machine's own.
    fn environment(&self, command: &mut Command) {
        let own =
            |key: &str| key.starts_with("CASTRA_") || self.site.variables.iter().any(|part| key.starts_with(part));
        for (key, _) in std::env::vars().filter(|(key, _)| own(key)) {
            command.env_remove(key);
        }
        command
            .envs((self.site.environment)(self.endpoint()))
            .env("CASTRA_CLOCK_SCALE", self.time.scale())
            .env("HOME", self.folder.path())
            .env("XDG_STATE_HOME", self.state());
    }

    fn python(&self, script: &str, words: &[&str]) -> Result<std::process::Output> {
        let mut command = python::script(script)?;
        self.environment(&mut command);
        command.args(["--endpoint", self.endpoint(), "--region", self.site.region]).stdin(Stdio::null());
        if self.site.cloud == Cloud::Gcp {
            command.args(["--project", self.site.account]);
        }
        command.args(words);
        command.output().with_context(|| format!("cannot run {script}"))
    }

    /// Runs one of the Python scripts, which must succeed, and returns what it printed.
    fn script(&self, script: &str, words: &[&str]) -> Result<Value> {
        let output = self.python(script, words)?;
        if !output.status.success() {
            bail!("{script} {}:\n{}", words.join(" "), String::from_utf8_lossy(&output.stderr).trim());
        }
        serde_json::from_slice(&output.stdout).with_context(|| format!("{script} prints JSON"))
    }

    /// Makes what the cluster only refers to, or must not touch, with `seed.py`, which reads what it has just written:
    /// meanwhile that shows at once.
    pub(crate) fn seed(&self, words: &[&str]) -> Result<Value> {
        self.emulator.set(self.site.account, &json!({ "consistency": (self.site.at_once)() }))?;
        let seeded = self.script("seed.py", words);
        // As it is unless set.
        self.emulator.set(self.site.account, &json!({ "consistency": null }))?;
        seeded
    }

    /// Looks at the cluster with the cloud's own client; an error names every deviation from `expected`, and on Google
    /// Cloud from what `castra status` says.
    pub(crate) fn verify(&self, expected: &Value) -> Result<Value> {
        let expected = expected.to_string();
        let mut words = vec!["--cluster", self.cluster, "--expect", &expected];
        let told = self.folder.path().join("status.json");
        let told = told.to_str().context("the folder's name is UTF-8")?;
        if self.site.cloud == Cloud::Gcp {
            let region = self.site.region;
            let by_name =
                ["status", "--json", "--name", self.cluster, "--provider", self.site.cloud.name(), "--region", region];
            fs::write(told, self.castra(&by_name)?.exits(exit::DONE)?.result()?.to_string())?;
            words.extend(["--status", told]);
        }
        self.script("verify.py", &words)
    }

    /// Looks for anything left with the cloud's own client; an error names it.
    pub(crate) fn empty(&self) -> Result<Value> {
        let baseline = self.baseline();
        let baseline = baseline.to_str().context("the folder's name is UTF-8")?;
        self.script("leftovers.py", &["--cluster", self.cluster, "--baseline", baseline])
    }
}
