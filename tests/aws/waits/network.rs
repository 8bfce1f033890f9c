//! NAT gateways, load balancers, and deletions that don't end.

use anyhow::{Context as _, Result, ensure};
use castra_core::ErrorKind;
use castra_core::context::elapsed;
use castra_emulator::{Effect, Fault, Matching, Phase, Settings};
use castra_engine::engine::Request;
use castra_tests::Lab;

use super::{SMALL, failure, goes_on, lab, tells, within};

#[tokio::test]
async fn a_nat_gateway_that_fails_ends_the_wait_with_its_words() -> Result<()> {
    let lab = Lab::emulated(Settings::calm()).await?;
    let spec = lab.spec(&[SMALL])?;
    let emulator = lab.emulator().context("an emulator")?;
    let create = Matching::operation("ec2", "CreateNatGateway");
    emulator.faults().inject(Fault::new(create, Effect::Hold(Phase::Request)));
    // Somebody takes the address before the gateway does.
    let ec2 = &lab.cloud.ec2;
    let take = async {
        emulator.faults().until_held(1).await;
        let ids = lab.ids().await?;
        let made = ec2.create_network_interface().subnet_id(&ids["subnet/public-a"]).send().await?;
        let interface = made.network_interface().and_then(|one| one.network_interface_id()).context("an interface")?;
        let request = ec2.associate_address().allocation_id(&ids["eip/nat-a"]).network_interface_id(interface);
        let taken = request.send().await?;
        emulator.faults().clear();
        anyhow::Ok((interface.to_owned(), taken.association_id().context("an association")?.to_owned()))
    };
    let began = lab.clock().now();
    let (failed, taken) = tokio::join!(lab.failing(Request::Apply(&spec)), take);
    let ((errors, _), (interface, association)) = (failed?, taken?);
    within(elapsed(began, lab.clock().now()), 0, 1800)?;
    let error = errors.iter().find(|error| error.address().is_some_and(|at| at.to_string() == "nat_gateway/a"));
    let error = error.with_context(|| format!("{errors:?}"))?;
    tells(
        error,
        ErrorKind::Conflict,
        &["nat-", "(Resource.AlreadyAssociated)", "release its elastic IP", "apply again"],
    )?;
    ec2.disassociate_address().association_id(association).send().await?;
    ec2.delete_network_interface().network_interface_id(interface).send().await?;
    goes_on(&lab, &spec).await
}

#[tokio::test]
async fn a_load_balancer_that_fails_ends_the_wait_with_its_words() -> Result<()> {
    let lab = lab().await?;
    let spec = lab.spec(&[SMALL])?;
    lab.behave(|account| account.failed_load_balancers.insert("camp-control".to_owned()))?;
    let (error, took) = failure(&lab, &spec, "lb/control").await?;
    tells(&error, ErrorKind::Unhealthy, &["camp-control failed", "could not be set up", "apply again"])?;
    within(took, 0, 900)?;
    lab.behave(|account| account.failed_load_balancers.clear())?;
    goes_on(&lab, &spec).await
}

#[tokio::test]
async fn a_deletion_that_does_not_end_names_what_uses_the_object() -> Result<()> {
    let lab = lab().await?;
    lab.apply(&lab.spec(&[SMALL])?).await?;
    let ids = lab.ids().await?;
    let (subnet, group) = (&ids["subnet/private-a"], &ids["security_group/primary"]);
    let request = lab.cloud.ec2.create_network_interface().subnet_id(subnet).groups(group).description("somebody's");
    let made = request.send().await?;
    let stranger = made.network_interface().and_then(|one| one.network_interface_id()).context("an interface")?;
    let name = lab.name()?;
    let began = lab.clock().now();
    let (errors, _) = lab.failing(Request::Destroy(&name)).await?;
    within(elapsed(began, lab.clock().now()), 900, 5400)?;
    for (address, id) in [("subnet/private-a", subnet), ("security_group/primary", group)] {
        let error = errors.iter().find(|error| error.address().is_some_and(|at| at.to_string() == address));
        let error = error.with_context(|| format!("{address} stays: {errors:?}"))?;
        tells(error, ErrorKind::InUse, &[id, stranger, "somebody's", "remove what still uses it"])?;
    }
    lab.cloud.ec2.delete_network_interface().network_interface_id(stranger).send().await?;
    lab.destroy().await?;
    let left = lab.cloud.left("camp").await?;
    ensure!(left.is_empty(), "{left:?}");
    Ok(())
}
