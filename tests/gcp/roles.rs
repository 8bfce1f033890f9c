//! What whoever deploys must be allowed to do: the roles that the documentation names, all of them, and no others.

use anyhow::{Result, ensure};
use castra_core::ErrorKind;
use castra_engine::engine::{Outcome, Request, Session};
use castra_gcp::deployer;
use serde_json::json;

use castra_tests::gcp::Lab;

/// Who deploys.
const DEPLOYER: &str = "deployer@example.com";

/// Lets the deployer have these roles, and makes roles count.
async fn allow(lab: &Lab, roles: &[&str]) -> Result<()> {
    let bindings: Vec<_> =
        roles.iter().map(|role| json!({ "role": role, "members": [format!("user:{DEPLOYER}")] })).collect();
    let mut policy = lab.cloud.policy().await?;
    policy["bindings"] = json!(bindings);
    lab.cloud.set_policy(&policy).await?;
    let mut settings = lab.emulator.project_settings(&lab.project);
    settings.enforce_policies = true;
    lab.emulator.set_project_settings(&lab.project, settings);
    Ok(())
}

#[tokio::test]
async fn the_roles_that_are_named_are_enough() -> Result<()> {
    let lab = Lab::calm().await?;
    allow(&lab, &deployer::ROLES).await?;
    let lab = lab.by(DEPLOYER).await?;
    let before = lab.objects();
    for count in ["count = 5", "count = 7"] {
        let spec = lab.spec(&[("count = 5", count)])?;
        lab.apply(&spec).await?;
        lab.settled(&spec).await?;
    }
    lab.destroy().await?;
    ensure!(lab.objects() == before, "{:?}", lab.objects());
    Ok(())
}

#[tokio::test]
async fn none_of_them_can_be_spared() -> Result<()> {
    for spared in deployer::ROLES {
        let lab = Lab::calm().await?;
        let others: Vec<&str> = deployer::ROLES.into_iter().filter(|role| *role != spared).collect();
        allow(&lab, &others).await?;
        let lab = lab.by(DEPLOYER).await?;
        let spec = lab.spec(&[])?;
        let errors = match lab.engine.apply(Request::Apply(&spec), None, &Session::default()).await {
            Err(error) => vec![error],
            Ok(applied) => match applied.outcome {
                Outcome::Failed(errors) => errors,
                other => anyhow::bail!("without {spared} it ended {}", other.name()),
            },
        };
        // Beside it there may be what waited in vain for what it would have made.
        let denied = errors.iter().find(|error| error.kind() == ErrorKind::Denied);
        let Some(denied) = denied else { anyhow::bail!("without {spared}: {errors:?}") };
        let says = ["ermission", "iam.serviceAccountUser role"].iter().any(|word| denied.message().contains(word));
        ensure!(says, "without {spared} it doesn't say which: {denied}");
    }
    Ok(())
}

#[test]
fn the_readme_names_them() -> Result<()> {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md"))?;
    for name in deployer::ROLES.iter().chain(&deployer::SERVICES) {
        ensure!(readme.contains(name), "README.md doesn't name {name}");
    }
    Ok(())
}
