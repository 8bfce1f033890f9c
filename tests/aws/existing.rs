//! A network that is only referred to.

use anyhow::Result;
use castra_core::spec::Spec;
use castra_tests::{Lab, Network, REGION};

#[tokio::test]
async fn an_existing_network_is_left_as_it_was() -> Result<()> {
    let lab = Lab::calm().await?;
    let network = Network::make(&lab.cloud, REGION).await?;
    let before = network.described(&lab.cloud).await?;
    let spec = Spec::parse(&network.text(&lab)?, &[&castra_aws::AwsProvider])?;

    lab.apply(&spec).await?;
    lab.settled(&spec).await?;
    let inventory = lab.status(Some(&spec)).await?;
    let zones: Vec<&str> =
        inventory.nodes.iter().filter(|node| node.role == "primary").map(|node| node.zone.as_str()).collect();
    assert_eq!(zones, ["a", "b", "c"].map(|letter| format!("{REGION}{letter}")));
    let own = ["vpc", "subnet", "internet_gateway", "nat_gateway", "eip", "route_table", "subnet_cidr_reservation"];
    for item in &inventory.items {
        assert!(!own.contains(&item.address.kind()), "{item:?}");
    }

    lab.destroy().await?;
    assert_eq!(lab.cloud.left("camp").await?, Vec::<String>::new());
    assert_eq!(network.described(&lab.cloud).await?, before, "it is as it was");
    Ok(())
}
