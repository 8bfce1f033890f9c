//! The built `castra`, as an operator runs it.

use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::process::{cpu_ticks, memory_kib};
use crate::workspace::show;

/// The command's exit codes.
pub(crate) mod exit {
    pub(crate) const DONE: i32 = 0;
    pub(crate) const FAILED: i32 = 1;
    pub(crate) const CHANGES: i32 = 2;
    pub(crate) const INVALID: i32 = 3;
    pub(crate) const LOCKED: i32 = 4;
    pub(crate) const INTERRUPTED: i32 = 5;
    pub(crate) const STALE: i32 = 6;
    pub(crate) const REFUSED: i32 = 7;
}

/// No command against a local cloud takes longer.
const DEADLINE: Duration = Duration::from_secs(240);

/// A `castra` that was started. Dropping it kills it.
pub(crate) struct Running {
    child: Child,
    line: String,
    started: Instant,
    stdout: Option<JoinHandle<String>>,
    stderr: Option<JoinHandle<String>>,
    usage: Usage,
}

/// What a process has used, by the system's own count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// The most memory it held at once, in KiB.
    pub(crate) memory_kib: u64,
    /// Processor time, in hundredths of a second.
    pub(crate) cpu_ticks: u64,
}

/// A `castra` that has ended.
#[derive(Debug)]
pub(crate) struct Run {
    line: String,
    /// The exit code; none if a signal ended it.
    pub(crate) code: Option<i32>,
    /// What it printed.
    pub(crate) stdout: String,
    /// What it said beside.
    pub(crate) stderr: String,
    /// How long it took.
    pub(crate) took: Duration,
    /// What it used.
    pub(crate) usage: Usage,
}

impl Running {
    /// Starts a command with its output collected.
    pub(crate) fn start(mut command: Command) -> Result<Self> {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self::shown(command)
    }

    /// Starts a command with its output as the command has it: passed through, unless said otherwise.
    pub(crate) fn shown(mut command: Command) -> Result<Self> {
        let line = show(&command);
        let mut child = command.spawn().with_context(|| format!("cannot run {line}"))?;
        let stdout = child.stdout.take().map(collect);
        let stderr = child.stderr.take().map(collect);
        Ok(Self { child, line, started: Instant::now(), stdout, stderr, usage: Usage::default() })
    }

    /// Sends a signal by its name, as `kill -NAME` does.
    pub(crate) fn signal(&self, name: &str) -> Result<()> {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status()?;
        ensure!(status.success(), "kill -{name} failed: {status}");
        Ok(())
    }

    /// Whether it has ended.
    pub(crate) fn ended(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Waits for its end.
    pub(crate) fn finish(mut self) -> Result<Run> {
        let status = loop {
            if let Some(usage) = Usage::of(self.child.id()) {
                self.usage = usage;
            }
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            if self.started.elapsed() > DEADLINE {
                let _ = self.child.kill();
                let _ = self.child.wait();
                bail!(
                    "{} did not end within {DEADLINE:?}; its last words:\n{}",
                    self.line,
                    tail(&text(self.stderr.take()))
                );
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        Ok(Run {
            took: self.started.elapsed(),
            line: self.line.clone(),
            code: status.code(),
            stdout: text(self.stdout.take()),
            stderr: text(self.stderr.take()),
            usage: self.usage,
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail, harmlessly, once it has been waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Usage {
    /// What a living process has used so far; nothing on systems that don't say.
    fn of(pid: u32) -> Option<Self> {
        Some(Self { memory_kib: memory_kib(pid, "VmHWM")?, cpu_ticks: cpu_ticks(pid)? })
    }
}

impl Run {
    /// An error, with what the command said, unless it ended with this code.
    pub(crate) fn exits(self, code: i32) -> Result<Self> {
        if self.code != Some(code) {
            let ended = self.code.map_or("a signal".to_owned(), |code| format!("code {code}"));
            bail!("{} ended with {ended}, not {code}\n{}\n{}", self.line, tail(&self.stdout), tail(&self.stderr));
        }
        Ok(self)
    }

    /// An error unless everything of `parts` was said, on either stream.
    pub(crate) fn says(self, parts: &[&str]) -> Result<Self> {
        let said = format!("{}\n{}", self.stdout, self.stderr);
        match parts.iter().find(|part| !said.contains(*part)) {
            Some(missing) => bail!("{} doesn't say {missing:?}:\n{}", self.line, tail(&said)),
            None => Ok(self),
        }
    }

    /// The result object: the last line that `--json` printed.
    pub(crate) fn result(&self) -> Result<Value> {
        let last = self.stdout.trim_end().lines().last().unwrap_or_default();
        serde_json::from_str(last).with_context(|| format!("{} ends with one JSON object, not {last:?}", self.line))
    }

    /// The events of one name: every line but the last that `--json` printed.
    pub(crate) fn events(&self, name: &str) -> Result<Vec<Value>> {
        let lines = self.stdout.lines().map(serde_json::from_str::<Value>).collect::<Result<Vec<_>, _>>();
        let lines = lines.with_context(|| format!("{} prints JSON lines", self.line))?;
        Ok(lines.into_iter().filter(|line| line["event"] == name).collect())
    }
}

fn collect(mut from: impl std::io::Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error still counts.
        let _ = from.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn text(from: Option<JoinHandle<String>>) -> String {
    from.and_then(|thread| thread.join().ok()).unwrap_or_default()
}

/// The end of a long text.
fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(25)..].join("\n")
}
