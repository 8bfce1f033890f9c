//! A folder with a spec, and a listener in the place of the cloud.

use std::fs;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A good spec.
pub(crate) const GOOD: &str = include_str!("../cluster.toml");

/// A folder with a spec, and a listener in the place of the cloud.
pub(crate) struct Lab {
    folder: TempDir,
    cloud: TcpListener,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Lab {
    /// A lab with this spec.
    pub(crate) fn with(spec: &str) -> Self {
        let cloud = TcpListener::bind("127.0.0.1:0").unwrap();
        cloud.set_nonblocking(true).unwrap();
        let lab = Self { folder: tempfile::tempdir().unwrap(), cloud };
        lab.write(spec);
        lab
    }

    /// A lab with the good spec, one text of it replaced.
    pub(crate) fn edited(from: &str, to: &str) -> Self {
        assert!(GOOD.contains(from), "{from:?} stands in the good spec");
        Self::with(&GOOD.replacen(from, to, 1))
    }

    pub(crate) fn write(&self, spec: &str) {
        fs::write(self.path("cluster.toml"), spec).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The spec as it is now.
    pub(crate) fn spec(&self) -> String {
        fs::read_to_string(self.path("cluster.toml")).unwrap()
    }

    /// The files there are now.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The command, whose cloud is the listener.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_castra"));
        for (name, _) in std::env::vars() {
            if ["AWS_", "CASTRA_", "RUST_LOG"].iter().any(|prefix| name.starts_with(prefix)) {
                command.env_remove(name);
            }
        }
        let endpoint = format!("http://{}", self.cloud.local_addr().unwrap());
        command
            .args(line.split_whitespace())
            .current_dir(self.folder.path())
            .env("AWS_ENDPOINT_URL", endpoint)
            .env("AWS_ACCESS_KEY_ID", "123456789012")
            .env("AWS_SECRET_ACCESS_KEY", "unused")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .env("HOME", self.folder.path())
            .env("XDG_STATE_HOME", self.path("state"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the command to its end.
    pub(crate) fn castra(&self, line: &str) -> Ended {
        let Output { status, stdout, stderr } = self.command(line).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ended { code: status.code().unwrap(), stdout: text(stdout), stderr: text(stderr) }
    }

    /// Whether anybody has tried to reach the cloud.
    pub(crate) fn was_called(&self) -> bool {
        match self.cloud.accept() {
            Ok(_) => true,
            Err(error) if error.kind() == ErrorKind::WouldBlock => false,
            Err(error) => panic!("the listener failed: {error}"),
        }
    }
}

impl Ended {
    /// Everything that was said.
    pub(crate) fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// The result object, which is the last line.
    pub(crate) fn result(&self) -> Value {
        serde_json::from_str(self.stdout.lines().last().expect("there is a last line")).expect("it is JSON")
    }
}
