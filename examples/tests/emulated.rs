//! The example that needs no cloud does what it says.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::process::Command;

#[test]
fn a_cluster_lives_through_being_cut_off() {
    let run = Command::new(env!("CARGO_BIN_EXE_emulated")).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}\n{}", String::from_utf8_lossy(&run.stderr));
    for line in [
        "cut off in the middle of RunInstances",
        "finished, and no machine was made twice",
        "destroyed, and nothing is left",
    ] {
        assert!(said.contains(line), "{line:?} is missing in\n{said}");
    }
}
