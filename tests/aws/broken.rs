//! Specs that are right in themselves and wrong for this cloud and account.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use castra_core::ErrorKind;
use castra_core::spec::{Problems, Spec};
use castra_engine::engine::Request;
use castra_tests::{Lab, Network, REGION, record};

const IMAGE: &str = "ssm_parameter = \"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64\"";
const MACHINE: &str = "[primaries]\nmachine_type = \"m7i.xlarge\"";

#[tokio::test]
async fn what_the_cloud_contradicts_is_said_before_anything_is_made() -> Result<()> {
    let lab = Lab::calm().await?;
    let network = Network::make(&lab.cloud, REGION).await?;
    let before = network.described(&lab.cloud).await?;
    let missing = format!("{}0", lab.certificate.trim_end_matches(|c: char| c.is_ascii_hexdigit()));
    let existing = network.text(&lab)?;
    let cases: Vec<(String, &str, &str)> = vec![
        (lab.text(&[(MACHINE, "[primaries]\nmachine_type = \"m7i.huge\"")])?, "primaries.machine_type", "m7i.huge"),
        (lab.text(&[(IMAGE, "id = \"ami-00000000000000000\"")])?, "provider.image.id", "ami-00000000000000000"),
        (lab.text(&[(IMAGE, "ssm_parameter = \"/no/such\"")])?, "provider.image.ssm_parameter", "/no/such"),
        (lab.text(&[(&lab.certificate, &missing)])?, "load_balancer.certificate", &missing),
        (
            existing.replace(&network.private[1], "subnet-0123456789abcdef0"),
            "provider.private_subnet_ids[1]",
            "subnet-0123456789abcdef0",
        ),
        (existing.replace(&network.vpc, "vpc-0123456789abcdef0"), "provider.vpc_id", "vpc-0123456789abcdef0"),
        (
            lab.text(&[(
                "[network]",
                "hosted_zone_id = \"Z0123456789ABCDEFGHIJ\"\nrecord_name = \"camp.example.com\"\n\n[network]",
            )])?,
            "provider.hosted_zone_id",
            "Z0123456789ABCDEFGHIJ",
        ),
    ];
    for (text, path, value) in &cases {
        let problems = refused(&lab, text).await.with_context(|| (*path).to_owned())?;
        let found = problems.0.iter().find(|problem| problem.path == *path);
        let problem = found.with_context(|| format!("nothing about {path}: {problems}"))?;
        assert!(problem.message.contains(value), "{path}: {problem:?}");
        assert!(!problem.remedy.is_empty(), "{path}: {problem:?}");
    }
    // All at once.
    let text = lab.text(&[
        (MACHINE, "[primaries]\nmachine_type = \"m7i.huge\""),
        (IMAGE, "ssm_parameter = \"/no/such\""),
        (&lab.certificate, &missing),
    ])?;
    let problems = refused(&lab, &text).await?;
    for path in ["primaries.machine_type", "provider.image.ssm_parameter", "load_balancer.certificate"] {
        assert!(problems.concern(path), "{path}: {problems}");
    }
    assert_eq!(network.described(&lab.cloud).await?, before);
    assert_eq!(lab.cloud.left("camp").await?, Vec::<String>::new());
    Ok(())
}

async fn refused(lab: &Lab, text: &str) -> Result<Problems> {
    let spec = Spec::parse(text, &[&castra_aws::AwsProvider])?;
    let (applied, trace) = record(async |session| lab.engine.apply(Request::Apply(&spec), None, session).await).await;
    let error = applied.err().context("the spec is wrong")?;
    assert_eq!(error.kind(), ErrorKind::InvalidSpec, "{error}");
    assert_eq!(trace.changes(), BTreeMap::new());
    let problems = std::error::Error::source(&error)
        .and_then(|source| source.downcast_ref::<Problems>())
        .context("its problems")?;
    Ok(problems.clone())
}
