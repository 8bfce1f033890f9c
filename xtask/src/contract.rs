//! `cargo xtask contract`: what the emulator knows of AWS's published contract, from botocore's service models.

use anyhow::Result;

use crate::python;
use crate::workspace::run;

/// Writes `crates/castra-emulator/contract/aws/*.json` anew; or only checks that they are what would be written.
pub(crate) fn generate(check: bool) -> Result<()> {
    let mut script = python::script("contract.py")?;
    if check {
        script.arg("--check");
    }
    run(&mut script)
}
