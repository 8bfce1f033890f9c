//! What may be asked for, and what stands then.

use castra_core::sizing::PoolSize;
use castra_core::spec::{Pool, Spec};
use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;

/// How many secondaries more than the stage's spec has are asked for at most.
pub(super) const MOST: u32 = 2;

/// A variant of the stage's spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Wants {
    /// So many secondaries more.
    pub(super) more: u32,
    /// With a tag more, on everything.
    pub(super) tagged: bool,
}

impl Wants {
    /// The spec, made from another one.
    pub(super) fn of(self, spec: &Spec) -> Spec {
        let mut spec = spec.clone();
        if let Pool::Sized(PoolSize::Fixed { count }) = &mut spec.secondaries.pool {
            *count += self.more;
        }
        if self.tagged {
            spec.tags.insert("weather".into(), "storm".into());
        }
        spec
    }
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// The cluster is applied.
    Apply(Wants),
    /// It is destroyed.
    Destroy,
    /// Somebody makes one of the stage's changes behind our back.
    Meddle(usize),
}

/// What becomes of the run that does it. Where it says a change, that is one at a part of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing stands in its way.
    Calm,
    /// Every other call is throttled.
    Throttled,
    /// Every other change loses its reply.
    Lossy,
    /// It is asked to stop at a change.
    Stopped,
    /// It is told at a change to wait for nothing.
    Hurried,
    /// It is killed before a change.
    KilledBefore,
    /// It is killed after a change.
    KilledAfter,
    /// It is refused every change from one on.
    Refused,
    /// Its credentials end at a change.
    Expired,
    /// It is refused one change, and takes back what it did.
    Undone,
}

impl Fate {
    /// Whether a run of this fate does all that it is asked for, whatever there is.
    pub(super) fn is_sure(self) -> bool {
        matches!(self, Self::Calm | Self::Throttled | Self::Lossy)
    }
}

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Act {
    pub(super) what: What,
    pub(super) fate: Fate,
    /// Where on its way that happens: in hundredths of the changes that make a cluster.
    pub(super) at: usize,
    /// Whether somebody looks, once all shows; else what is next follows at once.
    pub(super) look: bool,
}

/// What stands, as far as it can be known without a cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// No cluster.
    Nothing,
    /// One that is as it was asked for.
    Cluster(Wants),
    /// Something in between.
    Open,
}

/// A cluster's life up to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Life {
    pub(super) standing: Standing,
    /// Whether somebody changed it, and no run has mended that for sure.
    pub(super) touched: bool,
    /// Whether somebody may.
    pub(super) meddled: bool,
}

/// The rules.
pub(super) struct Model;

impl ReferenceStateMachine for Model {
    type State = Life;
    type Transition = Act;

    fn init_state() -> BoxedStrategy<Life> {
        any::<bool>().prop_map(|meddled| Life { standing: Standing::Nothing, touched: false, meddled }).boxed()
    }

    fn transitions(life: &Life) -> BoxedStrategy<Act> {
        let wants = (0..=MOST, any::<bool>()).prop_map(|(more, tagged)| What::Apply(Wants { more, tagged }));
        let what = prop_oneof![
            4 => wants,
            u32::from(!life.touched) => Just(What::Destroy),
            2 * u32::from(can_be_meddled_with(life)) => any::<prop::sample::Index>().prop_map(|any| What::Meddle(any.index(1000))),
        ];
        let fate = prop_oneof![
            4 => Just(Fate::Calm),
            1 => Just(Fate::Throttled),
            1 => Just(Fate::Lossy),
            1 => Just(Fate::Stopped),
            1 => Just(Fate::Hurried),
            2 => Just(Fate::KilledBefore),
            2 => Just(Fate::KilledAfter),
            1 => Just(Fate::Refused),
            1 => Just(Fate::Expired),
            1 => Just(Fate::Undone),
        ];
        // Most runs change less than one that makes a cluster, so that the first of them are the more telling.
        let at = (0..100usize).prop_map(|at| at * at / 100);
        (what, fate, at, any::<bool>()).prop_map(|(what, fate, at, look)| Act { what, fate, at, look }).boxed()
    }

    fn preconditions(life: &Life, act: &Act) -> bool {
        match act.what {
            What::Apply(_) => true,
            // What was changed may stand in its way, such as a protection.
            What::Destroy => !life.touched && act.fate != Fate::Undone,
            What::Meddle(_) => can_be_meddled_with(life),
        }
    }

    fn apply(mut life: Life, act: &Act) -> Life {
        let done = match act.what {
            What::Apply(wants) => Standing::Cluster(wants),
            What::Destroy => Standing::Nothing,
            What::Meddle(_) => return Life { touched: true, ..life },
        };
        if act.fate.is_sure() {
            life.touched = false;
            life.standing = done;
        } else {
            life.standing = Standing::Open;
        }
        life
    }
}

/// One change at a time: the second might be to what the first one removed.
fn can_be_meddled_with(life: &Life) -> bool {
    life.meddled && !life.touched && matches!(life.standing, Standing::Cluster(_))
}
