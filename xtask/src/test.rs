//! `cargo xtask test`: everything that must hold.

use anyhow::Result;

use crate::moto::Moto;
use crate::workspace::{cargo, run};
use crate::{behaviours, e2e, python};

/// `cargo test` over the workspace; then the emulator's behaviours; then the end-to-end scenarios; then, for an opinion
/// from outside, the integration tests of AWS once more on moto.
pub(crate) fn all() -> Result<()> {
    run(cargo("test --workspace --all-features").env(python::VARIABLE, python::interpreter()?))?;
    behaviours::check(None)?;
    e2e::aws(&[])?;
    let mut outside = cargo("test --workspace --all-features --test aws");
    let moto = Moto::start()?;
    moto.announce(&mut outside)?;
    run(&mut outside)
}
