//! Objects that were just made, and that AWS doesn't know everywhere yet.

use anyhow::{Context as _, Result, ensure};
use castra_emulator::{Effect, Fault, Matching, Refusal, Settings};
use castra_tests::Lab;

/// How many revocations are.
const REFUSED: u64 = 4;

#[tokio::test]
async fn a_group_that_is_not_known_yet_keeps_no_rule_that_it_was_made_with() -> Result<()> {
    let lab = Lab::emulated(Settings::calm()).await?;
    let spec = lab.spec(&[])?;
    let emulator = lab.emulator().context("an emulator")?;
    let revoking = Matching::operation("ec2", "RevokeSecurityGroupEgress");
    let unknown =
        Refusal { code: "InvalidGroup.NotFound".into(), message: "The group does not exist".into(), status: None };
    emulator.faults().inject(Fault::new(revoking, Effect::Refuse(unknown)).times(REFUSED));
    lab.apply(&spec).await?;
    let refused = emulator.faults().in_force().iter().map(|fault| fault.befallen).sum::<u64>();
    ensure!(refused == REFUSED, "only {refused} were refused");
    lab.settled(&spec).await
}
