//! Every field that Castra owns, changed behind its back: it shows as exactly that, and is mended.

mod balancers;
mod identities;
mod network;
mod nodes;
mod unchangeable;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use castra_core::spec::Spec;
use castra_core::{Action, ErrorKind, Plan};
use castra_engine::engine::{Request, Session};
use castra_tests::Lab;

use world::{Case, World};

/// A field of a resource: `(address, field)`. An object that is gone has no field.
type Field = (String, String);

/// The spec of this test: everything optional is asked for, so that all kinds and fields are there.
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

#[tokio::test]
async fn every_owned_field_shows_and_is_mended() -> Result<()> {
    let lab = Lab::calm().await?;
    let text = everything(&lab).await?;
    let spec = parse(&text)?;
    let (plan, _) = lab.plan(&spec).await?;
    let mut owned = kinds_and_fields(&created(&plan));
    lab.apply(&spec).await?;
    lab.settled(&spec).await?;

    let cases: Vec<Case> =
        [network::cases(), identities::cases(), nodes::cases(), balancers::cases(lab.emulator().is_some())]
            .into_iter()
            .flatten()
            .collect();
    let mut tested = play(&lab, &spec, cases).await?;
    a_record_that_points_elsewhere_is_not_ours(&lab, &spec).await?;

    let ranged = parse(&text.replacen("count = 5", "min = 2\nmax = 9\ntarget_cpu = \"70%\"", 1))?;
    let (plan, _) = lab.plan(&ranged).await?;
    owned.extend(kinds_and_fields(&created(&plan)));
    lab.apply(&ranged).await?;
    tested.extend(play(&lab, &ranged, nodes::ranged()).await?);
    a_volume_never_shrinks(&lab, &ranged).await?;

    unchangeable::cover(&owned, &tested)
}

/// Plays the cases in rounds: in each every resource is changed in one field at most, and the plan must show just
/// those. Returns the kinds and fields that were changed.
async fn play(lab: &Lab, spec: &Spec, cases: Vec<Case>) -> Result<BTreeSet<Field>> {
    let mut rounds: Vec<Vec<Case>> = Vec::new();
    let mut turns: BTreeMap<&str, usize> = BTreeMap::new();
    for case in cases {
        let turn = turns.entry(case.address).or_default();
        if rounds.len() <= *turn {
            rounds.push(Vec::new());
        }
        rounds[*turn].push(case);
        *turn += 1;
    }
    let mut tested = BTreeSet::new();
    for (number, round) in rounds.into_iter().enumerate() {
        let ids = lab.ids().await?;
        let mut expected: BTreeSet<Field> = BTreeSet::new();
        for case in &round {
            let world = World::new(lab, &ids, case.address)?;
            (case.change)(world).await.with_context(|| format!("changing {} of {}", case.field, case.address))?;
            let also = case.also.iter().copied();
            expected.extend([(case.address, case.field)].into_iter().chain(also).map(owned_pair));
        }
        lab.settle().await;
        let (plan, _) = lab.plan(spec).await.with_context(|| format!("round {number}: {expected:?}"))?;
        let shown = shown(&plan);
        ensure!(
            shown == expected,
            "round {number}\nnot shown: {:?}\nshown though nobody changed it: {:?}\n{}",
            expected.difference(&shown).collect::<Vec<_>>(),
            shown.difference(&expected).collect::<Vec<_>>(),
            plan.to_text()
        );
        lab.apply(spec).await.with_context(|| format!("round {number}: {expected:?}"))?;
        lab.settled(spec).await.with_context(|| format!("after round {number}: {expected:?}"))?;
        tested.extend(kinds_and_fields(&expected));
    }
    Ok(tested)
}

fn owned_pair((address, field): (&str, &str)) -> Field {
    (address.to_owned(), field.to_owned())
}

/// What a plan says differs. Of an object that is replaced the reason counts, and not that all its fields are set
/// anew; one that is only made again is gone.
fn shown(plan: &Plan) -> BTreeSet<Field> {
    let mut shown = BTreeSet::new();
    for step in &plan.steps {
        let address = step.address.to_string();
        match step.action {
            Action::Create if plan.replaces(&step.address) => {}
            Action::Create => {
                shown.insert((address, String::new()));
            }
            _ => shown.extend(step.changes.iter().map(|change| (address.clone(), change.field.clone()))),
        }
    }
    shown
}

/// All fields of what a plan makes.
fn created(plan: &Plan) -> BTreeSet<Field> {
    let made = plan.steps.iter().filter(|step| step.action == Action::Create);
    made.flat_map(|step| step.changes.iter().map(|change| (step.address.to_string(), change.field.clone()))).collect()
}

fn kinds_and_fields(fields: &BTreeSet<Field>) -> BTreeSet<Field> {
    let kind = |address: &str| address.split('/').next().unwrap_or_default().to_owned();
    fields.iter().map(|(address, field)| (kind(address), field.clone())).collect()
}

/// A volume that somebody made larger is left as it is: what to write in the spec is said.
async fn a_volume_never_shrinks(lab: &Lab, spec: &Spec) -> Result<()> {
    let ids = lab.ids().await?;
    // Not the one that was changed before: it takes no second change for hours.
    let id = &ids["ebs_volume/primary-1"];
    lab.cloud.ec2.modify_volume().volume_id(id).size(150).send().await?;
    lab.settle().await;
    let error = lab.engine.plan(Request::Apply(spec), &Session::default()).await.err().context("a smaller disk")?;
    assert_eq!(error.kind(), ErrorKind::InvalidSpec);
    let text = error.to_string();
    assert!(text.contains("primaries.data_disk.size") && text.contains("150GiB"), "{text}");
    let volume = lab.cloud.ec2.describe_volumes().volume_ids(id).send().await?;
    assert_eq!(volume.volumes()[0].size(), Some(150));
    Ok(())
}

/// A record carries no tags: one that points elsewhere is somebody else's, and is left alone.
async fn a_record_that_points_elsewhere_is_not_ours(lab: &Lab, spec: &Spec) -> Result<()> {
    let ids = lab.ids().await?;
    let world = World::new(lab, &ids, "route53_record/application")?;
    let before = balancers::point(&world, None).await?;
    let error = lab.engine.plan(Request::Apply(spec), &Session::default()).await.err().context("a conflict")?;
    assert_eq!(error.kind(), ErrorKind::Conflict);
    balancers::point(&world, Some(before)).await?;
    lab.settled(spec).await
}
