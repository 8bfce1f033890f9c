//! Plays a life on a stage, and compares what is there with what should be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use castra_core::spec::Spec;
use castra_core::{Action, ErrorKind, Inventory, Item, Status};
use castra_engine::cancel::Cancel;
use castra_engine::engine::{Applied, OnFailure, Outcome, Request, Session};
use proptest_state_machine::ReferenceStateMachine as _;

use super::model::{Act, Fate, Life, MOST, Model, Standing, Wants, What};
use crate::meddler::How;
use crate::play::{Play, same};
use crate::stage::Change;
use crate::suite::Lacks;
use crate::walk::{End, meddled_with};

type Census = BTreeMap<String, usize>;

/// What a calm life of a spec's cluster shows.
struct Known {
    spec: Spec,
    changes: Vec<Change>,
    /// What there is before it.
    before: Census,
    /// What there is with so many secondaries more.
    stands: Vec<Census>,
    /// The resources whose ids the stage's own listing has.
    listed: BTreeSet<String>,
    /// State and health of a primary in service.
    service: BTreeSet<(String, String)>,
    /// How many changes make it.
    making: usize,
}

impl Known {
    async fn of(play: &Play, spec: Spec, changes: Vec<Change>) -> Result<Self> {
        let calm = play.rehearse(&spec).await.context("a calm life")?;
        let mut stands = Vec::new();
        let (mut listed, mut service) = (BTreeSet::new(), BTreeSet::new());
        for more in 0..=MOST {
            play.apply(&Wants { more, tagged: false }.of(&spec)).await?;
            stands.push(play.census().await?);
            if more == 0 {
                play.until_shown().await?;
                let (inventory, ids) = (play.inventory().await?, ids(play).await?);
                // Whatever has another address in another variant isn't there in each of them.
                let other = play.plan(&Wants { more, tagged: true }.of(&spec)).await?;
                let only_here = |item: &Item| {
                    let mut steps = other.steps.iter().filter(|step| step.address == item.address);
                    !other.replaces(&item.address) && steps.any(|step| step.action == Action::Delete)
                };
                let items = inventory.items.iter().filter(|item| ids.contains(&item.id) && !only_here(item));
                listed.extend(items.map(|item| item.address.to_string()));
                service.extend(primaries(&inventory));
            }
        }
        play.destroy().await?;
        ensure!(!listed.is_empty(), "the listing has no id that the survey has");
        Ok(Self { spec, changes, before: calm.before, stands, listed, service, making: calm.creating.len() })
    }

    /// The ids in this inventory that belong to what the listing has as well.
    fn claimed<'a>(&'a self, inventory: &'a Inventory) -> impl Iterator<Item = (String, &'a str)> {
        let there = inventory.items.iter().filter(|item| item.status != Status::Deleting);
        let claimed = there.map(|item| (item.address.to_string(), item.id.as_str()));
        claimed.filter(|(address, _)| self.listed.contains(address))
    }
}

/// Every id of the stage's own listing.
async fn ids(play: &Play) -> Result<BTreeSet<String>> {
    Ok(play.objects().await?.into_iter().map(|object| object.id).collect())
}

/// State and health of each primary.
fn primaries(inventory: &Inventory) -> impl Iterator<Item = (String, String)> {
    let primaries = inventory.nodes.iter().filter(|node| node.role == "primary");
    primaries.map(|node| (node.state.clone(), node.health.clone()))
}

/// Who plays.
pub(super) struct Cast<'a> {
    play: &'a Play,
    /// Nobody meddles.
    undisturbed: Option<Known>,
    /// Somebody does.
    disturbed: Option<Known>,
}

impl<'a> Cast<'a> {
    pub(super) fn new(play: &'a Play) -> Self {
        Self { play, undisturbed: None, disturbed: None }
    }

    /// Destroys what a life has left; false when something is left all the same, in whose way another would stand.
    pub(super) async fn clear(&self, life: Life) -> bool {
        let Some(known) = (if life.meddled { &self.disturbed } else { &self.undisturbed }) else { return false };
        self.play.destroy().await.is_ok() && self.play.census().await.is_ok_and(|left| left == known.before)
    }

    /// Lives a life from nothing to nothing. `begun` is called before each act.
    pub(super) async fn live(&mut self, mut life: Life, acts: &[Act], begun: impl Fn()) -> Result<()> {
        let play = self.play;
        let known = self.known(life.meddled).await?;
        let mut scene = Scene { play, known, wanted: Wants::default(), serving: None };
        same("before a life", &play.census().await?, &known.before)?;
        for (number, act) in acts.iter().enumerate() {
            begun();
            scene.act(life, *act).await.with_context(|| format!("act {}, {act:?}", number + 1))?;
            life = Model::apply(life, act);
        }
        if life.touched {
            play.apply(&scene.wanted.of(&known.spec)).await.context("mending what was changed")?;
        }
        play.destroy().await.context("the last destroy")?;
        same("after the last destroy", &play.census().await?, &known.before)
    }

    async fn known(&mut self, meddled: bool) -> Result<&Known> {
        let known = if meddled { &mut self.disturbed } else { &mut self.undisturbed };
        if let Some(known) = known {
            return Ok(known);
        }
        let (spec, changes) = if meddled {
            let drift = self.play.stage.drift().await?.ok_or(Lacks("changes behind our back"))?;
            drift.changes.into_iter().next().context("no change behind our back")?
        } else {
            (self.play.spec()?, Vec::new())
        };
        Ok(known.insert(Known::of(self.play, spec, changes).await?))
    }
}

/// A life as it is lived.
struct Scene<'a> {
    play: &'a Play,
    known: &'a Known,
    /// What was asked for last.
    wanted: Wants,
    /// How many primaries were in service when somebody looked, if nothing but applies came since.
    serving: Option<usize>,
}

impl Scene<'_> {
    async fn act(&mut self, life: Life, act: Act) -> Result<()> {
        match act.what {
            What::Apply(wants) => {
                self.wanted = wants;
                let spec = wants.of(&self.known.spec);
                if let Some(applied) = self.run(Request::Apply(&spec), act).await? {
                    let left = if applied.is_undone() { life.standing } else { Standing::Cluster(wants) };
                    self.stands(left, !(applied.is_undone() && life.touched)).await?;
                }
            }
            What::Destroy => {
                self.serving = None;
                let name = self.play.name()?;
                if self.run(Request::Destroy(&name), act).await?.is_some() {
                    self.stands(Standing::Nothing, true).await?;
                }
            }
            What::Meddle(number) => {
                self.serving = None;
                self.play.until_shown().await?;
                let change = &self.known.changes[number % self.known.changes.len()];
                let what = || format!("changing {} of {}", change.field, change.address);
                (change.make)(Arc::new(self.play.ids().await?)).await.with_context(what)?;
            }
        }
        if act.look { self.look().await } else { Ok(()) }
    }

    /// A run of that fate, which must end in a way of that fate. What it did where it is known what stands then.
    async fn run(&self, request: Request<'_>, act: Act) -> Result<Option<Applied>> {
        let at = self.known.making * act.at / 100;
        let (how, held): (How, Option<fn(&Cancel)>) = match act.fate {
            Fate::Calm => (How::Watch, None),
            Fate::Throttled => (How::Throttle, None),
            Fate::Lossy => (How::LoseMany, None),
            Fate::Stopped => (How::TellAt(at), Some(Cancel::graceful)),
            Fate::Hurried => (How::TellAt(at), Some(Cancel::stop_waiting)),
            Fate::KilledBefore => (How::HoldBefore(at), None),
            Fate::KilledAfter => (How::HoldAfter(at), None),
            Fate::Refused => (How::RefuseFrom(at), None),
            Fate::Expired => (How::ExpireFrom(at), None),
            Fate::Undone => (How::RefuseAt(at), None),
        };
        let on_failure = if act.fate == Fate::Undone { OnFailure::Undo } else { OnFailure::Keep };
        let session = Session::default().on_failure(on_failure);
        let (end, _) = meddled_with(self.play, request, how, &session, held).await?;
        let applied = match end {
            Ok(End::Done(applied)) => applied,
            Ok(End::Dropped) => return Ok(None),
            // What can't be undone isn't begun.
            Err(error) if act.fate == Fate::Undone && error.kind() == ErrorKind::Unsupported => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        match (&applied.outcome, act.fate) {
            (Outcome::Complete, _) => Ok(Some(applied)),
            (Outcome::Failed(_), Fate::Undone) if applied.is_undone() => Ok(Some(applied)),
            (Outcome::Failed(_), Fate::Refused | Fate::Expired)
            | (Outcome::Interrupted, Fate::Stopped | Fate::Hurried) => Ok(None),
            (outcome, _) => bail!("the run ended {}: {outcome:?}", outcome.name()),
        }
    }

    /// An error unless this is what stands, and nothing else. Whether it is `settled` too, or was changed by somebody.
    async fn stands(&mut self, standing: Standing, settled: bool) -> Result<()> {
        match standing {
            Standing::Open => Ok(()),
            _ if !settled => Ok(()),
            Standing::Nothing => same("after the run", &self.play.census().await?, &self.known.before),
            Standing::Cluster(wants) => {
                self.play.settled(&wants.of(&self.known.spec)).await?;
                let most = self.known.stands.get(wants.more as usize).context("a size that was rehearsed")?;
                same("after the run", &self.play.census().await?, most)
            }
        }
    }

    /// Looks, once all shows: whatever the survey and the plan say is there is there, and what was in service is.
    async fn look(&mut self) -> Result<()> {
        self.play.until_shown().await?;
        let plan = self.play.plan(&self.wanted.of(&self.known.spec)).await?;
        let (inventory, ids) = (self.play.inventory().await?, ids(self.play).await?);
        let claimed: Vec<_> = self.known.claimed(&inventory).collect();
        let phantoms: Vec<_> = claimed.iter().filter(|(_, id)| !ids.contains(*id)).collect();
        ensure!(phantoms.is_empty(), "the survey has what isn't there: {phantoms:?}");
        let made: BTreeSet<String> = plan
            .steps
            .iter()
            .filter(|step| step.action == Action::Create)
            .map(|step| step.address.to_string())
            .collect();
        let there = |address: &String| made.contains(address) || claimed.iter().any(|(one, _)| one == address);
        let missed: Vec<_> = self.known.listed.iter().filter(|address| !there(address)).collect();
        ensure!(missed.is_empty(), "the plan takes for there what isn't: {missed:?}\n{}", plan.to_text());
        let serving = primaries(&inventory).filter(|words| self.known.service.contains(words)).count();
        if let Some(before) = self.serving {
            ensure!(serving >= before, "{before} primaries were in service, and {serving} are: {:?}", inventory.nodes);
        }
        self.serving = Some(serving);
        Ok(())
    }
}
