//! The outside suite that holds the emulator to account.

use anyhow::Result;

use crate::emulator::Emulator;
use crate::moto::Moto;
use crate::python;
use crate::workspace::{build, run};

/// How many behaviours are checked at once: each moves the clock of an emulator of its own.
const AT_ONCE: usize = 8;

/// `cargo xtask behaviours`: boto3 checks AWS's documented behaviours on the emulator, and on moto where moto is said
/// to have them.
pub(crate) fn check(only: Option<&str>) -> Result<()> {
    let [program] = build(["castra-emulator"])?;
    let emulators: Vec<Emulator> =
        (0..AT_ONCE).map(|_| Emulator::start(&program, &["--scale", "0"])).collect::<Result<_>>()?;
    // moto answers one call at a time, and takes half a second to make an account.
    let motos = [Moto::start()?, Moto::start()?];
    let mut suite = python::script("aws/suite.py")?;
    for emulator in &emulators {
        suite.args(["--emulator", emulator.endpoint()]);
    }
    for moto in &motos {
        suite.args(["--moto", moto.endpoint()]);
    }
    if let Some(only) = only {
        suite.args(["--only", only]);
    }
    run(&mut suite)
}
