//! Being asked to stop, by a cloud that never answers.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader};
use std::process::Command;

use crate::lab::{GOOD, Lab};

#[test]
fn the_third_signal_ends_at_once() {
    let lab = Lab::with(GOOD);
    // Connections wait in the listener's queue: the call is sent and never answered.
    let mut child = lab.command("plan").spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(|line| line.unwrap());
    let mut hear = |part: &str| said.by_ref().any(|line| line.contains(part));
    let signal = |name: &str| {
        let status = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
        assert!(status.success());
    };
    // Signals are listened to before anything is said.
    assert!(hear("looking at demo"));
    signal("-INT");
    assert!(hear("stopping: "));
    signal("-TERM");
    assert!(hear("no longer waiting"));
    signal("-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
