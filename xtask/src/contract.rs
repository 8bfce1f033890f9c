//! `cargo xtask contract`: what the emulator knows of the clouds' published contracts, from PyPI packages that ship them.

use anyhow::Result;

use crate::python;
use crate::workspace::run;

/// Writes `crates/castra-emulator/contract/*/*.json` anew; or only checks that they are what would be written.
pub(crate) fn generate(check: bool) -> Result<()> {
    let mut script = python::script("contract/main.py")?;
    if check {
        script.arg("--check");
    }
    run(&mut script)
}
