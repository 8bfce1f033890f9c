//! Who holds a lease, and whether that process is still there.

use std::collections::HashSet;
use std::fmt;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// This process, among all that ever were.
static PROCESS: LazyLock<Uuid> = LazyLock::new(Uuid::new_v4);
/// The nonces of the leases that this process holds.
static LIVE: LazyLock<Mutex<HashSet<Uuid>>> = LazyLock::new(Mutex::default);

/// A process that holds a lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The host's name.
    pub host: String,
    /// The host's boot, where the system has an id for it.
    pub boot: Option<String>,
    /// The space in which `pid` has its meaning: containers of one host each have their own.
    pub pid_space: Option<String>,
    /// The process id.
    pub pid: u32,
    /// When the process started, in the system's own count since boot: process ids are used again.
    pub started: Option<u64>,
    /// The process among all that ever were.
    pub process: Uuid,
    /// The user.
    pub user: String,
    /// How long, in milliseconds, the lease is held without a sign of life.
    pub ttl_ms: u64,
}

impl Holder {
    /// This process.
    pub(super) fn here(ttl: Duration) -> Self {
        let pid = std::process::id();
        Self {
            host: read("/proc/sys/kernel/hostname")
                .or_else(|| variable(&["HOSTNAME", "COMPUTERNAME"]))
                .unwrap_or_else(|| "unknown host".into()),
            boot: read("/proc/sys/kernel/random/boot_id"),
            pid_space: std::fs::read_link("/proc/self/ns/pid").ok().map(|link| link.display().to_string()),
            pid,
            started: started(pid),
            process: *PROCESS,
            user: variable(&["USER", "LOGNAME", "USERNAME"]).unwrap_or_else(|| "unknown user".into()),
            ttl_ms: u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX),
        }
    }

    /// One that nothing is known of: what wrote a record of a newer version.
    pub(super) fn unknown() -> Self {
        Self {
            host: "unknown host".into(),
            boot: None,
            pid_space: None,
            pid: 0,
            started: None,
            process: Uuid::nil(),
            user: "unknown user".into(),
            ttl_ms: u64::try_from(super::lease::TTL.as_millis()).unwrap_or(u64::MAX),
        }
    }

    /// How long the lease is held without a sign of life.
    pub fn ttl(&self) -> Duration {
        Duration::from_millis(self.ttl_ms)
    }

    /// True when the lease that this holder took with `writer` certainly has nobody any more: its run was dropped
    /// in this very process, or its process on this host is gone. False when that can't be told.
    pub(super) fn is_gone(&self, writer: Uuid) -> bool {
        if self.process == *PROCESS {
            return !live().contains(&writer);
        }
        let here = Self::here(Duration::ZERO);
        let same_place = self.host == here.host
            && self.boot.is_some()
            && self.boot == here.boot
            && self.pid_space.is_some()
            && self.pid_space == here.pid_space;
        same_place && self.started.is_some() && started(self.pid) != self.started
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}, process {}", self.user, self.host, self.pid)
    }
}

/// A lease that this process holds, for as long as the value lives: a run that is dropped can't tell anyone else.
#[derive(Debug)]
pub(super) struct Live(Uuid);

impl Live {
    /// Remembers that this process holds the lease taken with `writer`.
    pub(super) fn new(writer: Uuid) -> Self {
        live().insert(writer);
        Self(writer)
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        live().remove(&self.0);
    }
}

fn live() -> MutexGuard<'static, HashSet<Uuid>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// When a process started; none when there is no such process, or only what is left of one that ended.
/// Source: proc_pid_stat(5), fields 3 (state) and 22 (starttime), counted from behind the command in parentheses.
fn started(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") { None } else { fields.nth(18)?.parse().ok() }
}

fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn variable(names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn this_process_holds_what_it_did_not_drop() {
        let writer = Uuid::new_v4();
        let holder = Holder::here(Duration::from_secs(60));
        assert!(holder.is_gone(writer));
        let live = Live::new(writer);
        assert!(!holder.is_gone(writer));
        drop(live);
        assert!(holder.is_gone(writer));
    }

    #[test]
    fn a_variable_is_the_first_that_says_something() {
        let path = std::env::var("PATH").unwrap();
        assert!(!path.is_empty());
        assert_eq!(variable(&["CASTRA_NOBODY_SETS_THIS", "PATH"]), Some(path));
        assert_eq!(variable(&["CASTRA_NOBODY_SETS_THIS"]), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_holder_is_named_as_the_system_names_it() {
        let holder = Holder::here(Duration::from_secs(60));
        let hostname = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
        assert_eq!(holder.host, hostname.trim_end());
        // Source: random(4), boot_id.
        assert!(holder.boot.unwrap().parse::<Uuid>().is_ok());
        assert_eq!(read("/proc/self/comm/nothing"), None);
        assert_eq!(read("/dev/null"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_of_this_host_is_gone_when_it_ended() {
        let mut child = std::process::Command::new("sleep").arg("600").spawn().unwrap();
        let holder = Holder {
            pid: child.id(),
            started: started(child.id()),
            process: Uuid::new_v4(),
            ..Holder::here(Duration::from_secs(60))
        };
        let writer = Uuid::new_v4();
        assert!(holder.started.is_some());
        assert!(!holder.is_gone(writer));
        let elsewhere = [
            Holder { host: "other".into(), ..holder.clone() },
            Holder { boot: Some("other".into()), ..holder.clone() },
            Holder { pid_space: Some("pid:[1]".into()), ..holder.clone() },
            Holder { pid_space: None, ..holder.clone() },
            Holder { started: None, ..holder.clone() },
        ];
        let again = Holder { started: holder.started.map(|started| started + 1), ..holder.clone() };
        assert!(again.is_gone(writer), "another process has its id now");
        child.kill().unwrap();
        // Killed and not waited for: what is left of it is in the table of processes, and doesn't count.
        let gone = (0..100_000).any(|_| holder.is_gone(writer));
        assert!(gone && std::path::Path::new(&format!("/proc/{}/stat", child.id())).exists());
        child.wait().unwrap();
        assert!(holder.is_gone(writer));
        for holder in elsewhere {
            assert!(!holder.is_gone(writer), "{holder:?} can't be told from here");
        }
    }
}
