//! Whose the size of the pool is.

use std::collections::BTreeMap;

use anyhow::Result;
use castra_tests::Lab;

#[tokio::test]
async fn a_pool_that_scales_by_itself_has_a_desired_size_of_its_own() -> Result<()> {
    let lab = Lab::open().await?;
    let spec = lab.spec(&[("count = 5", "min = 2\nmax = 6\ntarget_cpu = \"70%\"")])?;
    lab.apply(&spec).await?;
    lab.settled(&spec).await?;
    assert_eq!(members(&lab).await?, 2, "a new pool starts with the fewest");

    for desired in [4, 3] {
        let request = lab.cloud.autoscaling.set_desired_capacity().auto_scaling_group_name("camp-secondaries");
        request.desired_capacity(desired).send().await?;
        lab.settled(&spec).await?;
        let (_, trace) = lab.apply(&spec).await?;
        assert_eq!(trace.changes(), BTreeMap::new());
    }

    // The limits are ours; changing them leaves the size alone.
    let spec = lab.spec(&[("count = 5", "min = 1\nmax = 9\ntarget_cpu = \"70%\"")])?;
    let (plan, _) = lab.plan(&spec).await?;
    let fields: Vec<&str> =
        plan.steps.iter().flat_map(|step| &step.changes).map(|change| change.field.as_str()).collect();
    assert_eq!(fields, ["max", "min"], "{}", plan.to_text());
    lab.apply(&spec).await?;
    assert_eq!(members(&lab).await?, 3);

    // A fixed count takes it back, and the policy with it.
    let fixed = lab.spec(&[])?;
    lab.apply(&fixed).await?;
    lab.settled(&fixed).await?;
    assert_eq!(members(&lab).await?, 5);
    let policies = lab.cloud.autoscaling.describe_policies().send().await?;
    assert_eq!(policies.scaling_policies().len(), 0);
    Ok(())
}

async fn members(lab: &Lab) -> Result<usize> {
    lab.settle().await;
    Ok(lab.cloud.members("camp").await?.len())
}
