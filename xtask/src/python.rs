//! The Python environment that moto and the independent checks run in.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::workspace::{root, run, target};

/// Tells tests which interpreter to use.
pub(crate) const VARIABLE: &str = "CASTRA_TEST_PYTHON";

/// The interpreter of an environment that holds everything in `tests/python/requirements.txt`.
///
/// Made on first use under `target/` with the registry's ordinary client, and again when the list changes: a copy of
/// the list, written last, is the stamp.
pub(crate) fn interpreter() -> Result<PathBuf> {
    let wanted = scripts().join("requirements.txt");
    let folder = target().join("moto-venv");
    let stamp = folder.join("requirements.txt");
    let python = folder.join("bin/python");
    let list = fs::read(&wanted).with_context(|| format!("cannot read {}", wanted.display()))?;
    if fs::read(&stamp).is_ok_and(|made| made == list) {
        return Ok(python);
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))
        .context("a Python 3 with venv is needed (on Debian: apt-get install python3-venv)")?;
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(&wanted))?;
    fs::write(&stamp, list)?;
    Ok(python)
}

/// Where the Python scripts are.
pub(crate) fn scripts() -> PathBuf {
    root().join("tests/python")
}

/// One of the scripts, to be run by that interpreter.
pub(crate) fn script(name: &str) -> Result<Command> {
    let mut command = Command::new(interpreter()?);
    // No bytecode beside the sources: the tree stays as it was checked out.
    command.arg("-B").arg(scripts().join(name));
    Ok(command)
}
