//! `cargo xtask test`: everything that must hold, on one moto.

use anyhow::Result;

use crate::moto::Moto;
use crate::workspace::{cargo, run};
use crate::{e2e, emulator};

/// `cargo test` over the workspace with a moto for the integration tests, then the emulator's behaviours, then the
/// end-to-end scenarios.
pub(crate) fn all() -> Result<()> {
    let moto = Moto::start()?;
    let mut tests = cargo("test --workspace --all-features");
    moto.announce(&mut tests);
    run(&mut tests)?;
    // A fresh one: the tests left their objects in theirs.
    drop(moto);
    emulator::behaviours(None)?;
    e2e::aws(&[])
}
