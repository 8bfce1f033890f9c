//! What the system says of a process.

use std::fs;

/// What a living process holds in memory, in KiB, by a name of `proc(5)`: `VmRSS` now, `VmHWM` at most so far. Nothing
/// on systems without `/proc`.
pub(crate) fn memory_kib(pid: u32, name: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The processor time that a living process has used, in ticks of a hundredth of a second (Linux, `proc(5)`:
/// `sysconf(_SC_CLK_TCK)`). Nothing on systems without `/proc`.
pub(crate) fn cpu_ticks(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in brackets and may hold spaces; utime and stime are the 14th and 15th.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some(ticks()? + ticks()?)
}
