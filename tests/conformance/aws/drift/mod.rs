//! Drift: each owned field with a change that somebody can make to it behind Castra's back, or a reason why nobody can.

mod balancers;
mod identities;
mod network;
mod nodes;
mod unchangeable;
mod world;

use anyhow::{Context as _, Result};
use castra_core::spec::Spec;
use castra_testkit::Drift;
use castra_tests::Lab;
use world::changes;

/// Everything that can be changed.
pub(super) async fn of(lab: &Lab) -> Result<Drift> {
    lab.calm_down();
    let text = everything(lab).await?;
    let ranged = text.replacen("count = 5", "min = 2\nmax = 9\ntarget_cpu = \"70%\"", 1);
    let fixed = [network::cases(), identities::cases(), nodes::cases(), balancers::cases(lab.emulator().is_some())];
    let fixed = changes(fixed.into_iter().flatten(), lab);
    let changes = vec![(parse(&text)?, fixed), (parse(&ranged)?, changes(nodes::ranged(), lab))];
    Ok(Drift { changes, unchangeable: unchangeable::UNCHANGEABLE })
}

/// A spec in which everything optional is asked for, so that all kinds and fields are there.
async fn everything(lab: &Lab) -> Result<String> {
    let zone = lab.cloud.route53.create_hosted_zone().name("example.com").caller_reference("drift").send().await?;
    let zone = zone.hosted_zone().context("a zone")?.id().trim_start_matches("/hostedzone/").to_owned();
    let parameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
    let image = lab.cloud.ssm.get_parameter().name(parameter).send().await?;
    let image = image.parameter().and_then(|one| one.value()).context("the parameter names an image")?.to_owned();
    let alias = format!("hosted_zone_id = \"{zone}\"\nrecord_name = \"camp.example.com\"\n\n[network]");
    let text = lab
        .text(&[(&format!("ssm_parameter = \"{parameter}\""), &format!("id = \"{image}\"")), ("[network]", &alias)])?;
    Ok(format!("{text}\n[access]\nsession_service = true\n"))
}

fn parse(text: &str) -> Result<Spec> {
    Ok(Spec::parse(text, &[&castra_aws::AwsProvider])?)
}
