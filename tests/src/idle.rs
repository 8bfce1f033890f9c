//! Whether a program has nothing to do but wait, as the system's table of processes tells.

use std::path::{Path, PathBuf};

/// Whether each thread of a process waits, is stopped, or is gone.
pub(crate) fn is_process_idle(id: u32) -> bool {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{id}/task")) else { return true };
    threads.flatten().all(|thread| is_idle(&thread.path().join("stat")))
}

/// A thread of this process.
pub(crate) struct Thread(PathBuf);

impl Thread {
    /// The one that asks. Where the system has no such table it is never busy.
    pub(crate) fn current() -> Self {
        Self(Path::new("/proc").join(std::fs::read_link("/proc/thread-self").unwrap_or_default()).join("stat"))
    }

    /// Whether it waits for something to do.
    pub(crate) fn is_idle(&self) -> bool {
        is_idle(&self.0)
    }
}

/// Whether the thread with this entry neither runs, nor waits for its turn to run or for a disk.
/// Source: proc_pid_stat(5), field 3, behind the command in parentheses.
fn is_idle(entry: &Path) -> bool {
    let Ok(stat) = std::fs::read_to_string(entry) else { return true };
    let state = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().next());
    !matches!(state, Some("R" | "D"))
}
