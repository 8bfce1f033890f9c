//! `cargo xtask test`: everything that must hold.

use anyhow::Result;

use crate::moto::Moto;
use crate::workspace::{cargo, run};
use crate::{behaviours, e2e, python};

/// The integration tests that moto can't be asked: it has no faults, shortages, quotas or broken machines to wait for or
/// to undo after, throttles nobody, ends no session, takes no time over what it detaches, leaves a volume its second
/// change, and keeps the address of a gateway that is gone associated.
const NOT_ON_MOTO: [&str; 7] =
    ["waits::", "undo::", "sweep::", "drift::", "throttled::", "session::", "half_done_destroy"];

/// `cargo test` over the workspace; then the emulators' behaviours; then the end-to-end scenarios; then, for an opinion
/// from outside, the integration tests and the conformance suite of AWS once more on moto.
pub(crate) fn all() -> Result<()> {
    run(cargo("test --workspace --all-features").env(python::VARIABLE, python::interpreter()?))?;
    behaviours::check(None, None)?;
    e2e::run(None, &[])?;
    let mut outside = cargo("test --workspace --all-features --test aws --test conformance-aws");
    outside.arg("--");
    for module in NOT_ON_MOTO {
        outside.args(["--skip", module]);
    }
    // Each answers one call at a time.
    let motos = [Moto::start()?, Moto::start()?];
    Moto::announce(&motos, &mut outside)?;
    run(&mut outside)
}
