//! Drift: each owned field with a change that somebody can make to it behind Castra's back, or a reason why nobody can.

mod balancers;
mod identities;
mod network;
mod nodes;
mod unchangeable;
mod world;

use anyhow::Result;
use castra_testkit::Drift;
use castra_tests::gcp::Lab;
use world::changes;

/// Everything that can be changed. What leaves something behind comes last, with a pool that scales by itself.
pub(super) fn of(lab: &Lab) -> Result<Drift> {
    lab.calm_down();
    let everything = ("[tags]", "[access]\nsession_service = true\n\n[tags]");
    let fixed = lab.spec(&[everything])?;
    let ranged = lab.spec(&[everything, ("count = 5", "min = 2\nmax = 9\ntarget_cpu = \"70%\"")])?;
    let cases = [network::cases(), identities::cases(), nodes::cases(), balancers::cases()];
    let last = [network::last(), nodes::last(), balancers::last()];
    let changes =
        vec![(fixed, changes(cases.into_iter().flatten(), lab)), (ranged, changes(last.into_iter().flatten(), lab))];
    Ok(Drift { changes, unchangeable: unchangeable::UNCHANGEABLE })
}
