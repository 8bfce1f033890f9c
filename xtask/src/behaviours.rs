//! The outside suites that hold the emulator to account.

use anyhow::Result;

use crate::cloud::Cloud;
use crate::emulator::Emulator;
use crate::moto::Moto;
use crate::python;
use crate::workspace::{build, run};

/// How many behaviours are checked at once: each moves the clock of an emulator of its own.
const AT_ONCE: usize = 8;

/// `cargo xtask behaviours`: a cloud's own clients check what it documents on the emulator, and on moto where moto is
/// said to have it. Both clouds unless one is named.
pub(crate) fn check(cloud: Option<Cloud>, only: Option<&str>) -> Result<()> {
    let clouds = cloud.map_or_else(|| Cloud::ALL.to_vec(), |cloud| vec![cloud]);
    let [program] = build(["castra-emulator"])?;
    for cloud in clouds {
        let emulators: Vec<Emulator> =
            (0..AT_ONCE).map(|_| Emulator::start(&program, cloud, &["--scale", "0"])).collect::<Result<_>>()?;
        // moto answers one call at a time, and takes half a second to make an account.
        let motos = match cloud {
            Cloud::Aws => vec![Moto::start()?, Moto::start()?],
            Cloud::Gcp => Vec::new(),
        };
        let mut suite = python::script("suite.py")?;
        suite.arg(cloud.name());
        for emulator in &emulators {
            suite.args(["--emulator", emulator.endpoint()]);
        }
        for moto in &motos {
            suite.args(["--moto", moto.endpoint()]);
        }
        if let Some(only) = only {
            suite.args(["--only", only]);
        }
        run(&mut suite)?;
    }
    Ok(())
}
