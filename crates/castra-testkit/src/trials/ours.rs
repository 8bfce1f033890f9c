//! What an apply does about what others did: it mends what is ours and leaves what isn't.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use castra_core::plan::Plan;
use castra_core::spec::Spec;
use castra_core::{Action, ErrorKind};
use castra_engine::engine::{Request, Session};

use crate::meddler::How;
use crate::play::{Play, same};
use crate::stage::Change;
use crate::suite::Lacks;

/// An address, or a kind, and a field of it.
type Field = (String, String);

pub(crate) async fn each_owned_field_changed_by_somebody_shows_and_is_mended(play: &Play) -> Result<()> {
    let drift = play.stage.drift().await?.ok_or(Lacks("changes behind our back"))?;
    let (mut owned, mut tested) = (BTreeSet::new(), BTreeSet::new());
    for (spec, changes) in drift.changes {
        owned.extend(kinds_and_fields(&created(&play.plan(&spec).await?)));
        play.apply(&spec).await?;
        play.settled(&spec).await?;
        tested.extend(make(play, &spec, changes).await?);
    }
    covers(&owned, &tested, drift.unchangeable)
}

/// Makes the changes in rounds: in each every resource is changed in one field at most, and the plan must show just
/// those. Returns the kinds and fields that were changed.
async fn make(play: &Play, spec: &Spec, changes: Vec<Change>) -> Result<BTreeSet<Field>> {
    let mut rounds: Vec<Vec<Change>> = Vec::new();
    let mut turns: BTreeMap<&str, usize> = BTreeMap::new();
    for change in changes {
        let turn = turns.entry(change.address).or_default();
        if rounds.len() <= *turn {
            rounds.push(Vec::new());
        }
        rounds[*turn].push(change);
        *turn += 1;
    }
    let mut tested = BTreeSet::new();
    for (number, round) in rounds.into_iter().enumerate() {
        let ids = Arc::new(play.ids().await?);
        let mut expected: BTreeSet<Field> = BTreeSet::new();
        for change in &round {
            ensure!(ids.contains_key(change.address), "there is no {}", change.address);
            let made = (change.make)(Arc::clone(&ids)).await;
            made.with_context(|| format!("changing {} of {}", change.field, change.address))?;
            expected.insert((change.address.to_owned(), change.field.to_owned()));
            expected.extend(change.also.iter().map(|(address, field)| ((*address).to_owned(), (*field).to_owned())));
        }
        let plan = play.plan(spec).await.with_context(|| format!("round {number}: {expected:?}"))?;
        let shown = shown(&plan);
        ensure!(
            shown == expected,
            "round {number}\nnot shown: {:?}\nshown though nobody changed it: {:?}\n{}",
            expected.difference(&shown).collect::<Vec<_>>(),
            shown.difference(&expected).collect::<Vec<_>>(),
            plan.to_text()
        );
        play.apply(spec).await.with_context(|| format!("round {number}: {expected:?}"))?;
        play.settled(spec).await.with_context(|| format!("after round {number}: {expected:?}"))?;
        tested.extend(kinds_and_fields(&expected));
    }
    Ok(tested)
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

/// Every owned field is tested or unchangeable, and none is both or neither owned nor there.
fn covers(
    owned: &BTreeSet<Field>,
    tested: &BTreeSet<Field>,
    unchangeable: &[(&'static str, &'static str, &'static str)],
) -> Result<()> {
    let pair = |(kind, field, _): &(&str, &str, &str)| ((*kind).to_owned(), (*field).to_owned());
    let unchangeable: BTreeSet<Field> = unchangeable.iter().map(pair).collect();
    let tested: BTreeSet<Field> = tested.iter().filter(|(_, field)| !field.is_empty()).cloned().collect();
    let untested: Vec<_> = owned.iter().filter(|one| !tested.contains(one) && !unchangeable.contains(one)).collect();
    ensure!(untested.is_empty(), "owned fields that nobody changed: {untested:?}");
    let both: Vec<_> = tested.intersection(&unchangeable).collect();
    ensure!(both.is_empty(), "said to be unchangeable, and changed: {both:?}");
    let unknown: Vec<_> = tested.union(&unchangeable).filter(|one| !owned.contains(one)).collect();
    ensure!(unknown.is_empty(), "fields that no resource has: {unknown:?}");
    Ok(())
}

pub(crate) async fn strangers_are_refused_and_stay(play: &Play) -> Result<()> {
    let strangers = play.stage.strangers().await?.ok_or(Lacks("strangers"))?;
    let spec = play.spec()?;
    let before = play.objects().await?;
    let session = Session::default();
    let (engine, meddler) = play.meddled(How::Watch).await?;
    let planned = engine.plan(Request::Apply(&spec), &session).await.err().context("a plan past strangers")?;
    let applied = engine.apply(Request::Apply(&spec), None, &session).await.err().context("an apply past strangers")?;
    for error in [planned, applied] {
        ensure!(error.kind() == ErrorKind::Conflict, "{error:?}");
        let missed: Vec<&str> =
            strangers.iter().map(|one| one.address).filter(|address| !error.to_string().contains(address)).collect();
        ensure!(missed.is_empty(), "it says nothing about {missed:?}: {error}");
    }
    let destroyed = engine.apply(Request::Destroy(&spec.name), None, &session).await?;
    ensure!(destroyed.plan.is_empty(), "a destroy would remove them:\n{}", destroyed.plan.to_text());
    ensure!(meddler.changes().is_empty(), "it calls {:?}", meddler.changes());
    let after = play.objects().await?;
    ensure!(after == before, "there was {before:?}, and now is {after:?}");
    for stranger in strangers {
        stranger.remove.await?;
    }
    play.apply(&spec).await?;
    play.settled(&spec).await
}

pub(crate) async fn a_protected_cluster_stays(play: &Play) -> Result<()> {
    let spec = play.spec()?;
    let mut protected = spec.clone();
    protected.protection.enabled = true;
    let before = play.census().await?;
    play.apply(&protected).await?;
    play.settled(&protected).await?;
    let stands = play.census().await?;
    for engine in [play.engine().await?, play.engine_without_journal().await?] {
        let meddler = crate::meddler::Meddler::new(How::Watch);
        let engine = engine.with_probe(Arc::<crate::meddler::Meddler>::clone(&meddler));
        let destroyed = engine.apply(Request::Destroy(&spec.name), None, &Session::default()).await;
        let error = destroyed.err().context("it is protected and was destroyed")?;
        ensure!(error.kind() == ErrorKind::Protected, "{error:?}");
        ensure!(meddler.changes().is_empty(), "it calls {:?}", meddler.changes());
    }
    same("after a refused destroy", &play.census().await?, &stands)?;
    play.apply(&spec).await?;
    play.destroy().await?;
    same("after a destroy", &play.census().await?, &before)
}
