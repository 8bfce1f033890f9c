//! A managed group's state besides its document: who its members are, and what is being done to them.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;

use super::health::Probe;
use super::level::Level;
use crate::gcp::operation::OperationError;
use crate::gcp::scope::{Key, Scope};

/// A managed group.
#[derive(Debug, Clone, Default)]
pub(crate) struct Managed {
    /// By their names.
    pub(super) members: BTreeMap<String, Member>,
    /// What went wrong, the latest last.
    pub(super) errors: VecDeque<Failure>,
    /// Until when zones are taken to have no machines.
    pub(super) exhausted: BTreeMap<String, Timestamp>,
    /// How many members there have been.
    pub(super) born: u64,
    /// When the group is looked at next without anything else happening.
    pub(super) wake: Option<Timestamp>,
    /// Whether something is left to update.
    pub(super) pending: bool,
}

/// How many errors a group keeps.
const ERRORS: usize = 200;

/// An instance of a group: there, to come or to go.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) zone: String,
    pub(super) version: Version,
    pub(super) action: Action,
    pub(super) stage: Stage,
    /// Its place in the order in which members were made.
    pub(super) born: u64,
    /// How often its creation has failed in a row.
    pub(super) failures: u32,
    /// What went wrong last, until its creation succeeds.
    pub(super) error: Option<OperationError>,
    /// What `applyUpdatesToInstances` wants done to it: at least, at most.
    pub(super) asked: Option<(Level, Level)>,
    pub(super) probe: Probe,
}

/// Which of a group's versions: a template, and the name that the group gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) template: String,
    pub(super) name: Option<String>,
}

/// What a group does to a member (the discovery document's `ManagedInstance.currentAction`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Action {
    None,
    Creating,
    Recreating,
    Deleting,
    Verifying,
    Refreshing,
    Restarting,
}

/// How far what a group does to a member is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stage {
    /// Its instance is to be made, at that time.
    Due(Timestamp),
    /// An operation of that name makes it.
    Coming(String),
    /// It is there.
    Here,
    /// It is being changed, until then.
    Changing(Timestamp),
    /// It is being deleted; then the member goes, or comes again.
    Leaving { again: bool, for_update: bool },
}

/// Something that went wrong.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) at: Timestamp,
    pub(super) error: OperationError,
    pub(super) action: Action,
    pub(super) instance: Key,
    pub(super) version: Version,
}

impl Action {
    /// The contract's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Creating => "CREATING",
            Self::Recreating => "RECREATING",
            Self::Deleting => "DELETING",
            Self::Verifying => "VERIFYING",
            Self::Refreshing => "REFRESHING",
            Self::Restarting => "RESTARTING",
        }
    }
}

/// The instance of that name.
pub(super) fn instance(zone: &str, name: &str) -> Key {
    Key::new("instances", Scope::Zone(zone.to_owned()), name)
}

impl Managed {
    /// A new member, whose instance is to be made now.
    pub(super) fn add(&mut self, name: String, zone: String, version: Version, now: Timestamp) {
        self.born += 1;
        let member = Member {
            zone,
            version,
            action: Action::Creating,
            stage: Stage::Due(now),
            born: self.born,
            failures: 0,
            error: None,
            asked: None,
            probe: Probe::default(),
        };
        self.members.insert(name, member);
    }

    /// Keeps an error for `listErrors`.
    pub(super) fn failed(&mut self, failure: Failure) {
        if self.errors.len() == ERRORS {
            self.errors.pop_front();
        }
        self.errors.push_back(failure);
    }

    /// Whether nothing is being done and nothing is to come.
    pub(super) fn is_idle(&self, size: usize) -> bool {
        let idle = |member: &Member| member.action == Action::None && member.stage == Stage::Here;
        !self.pending && self.members.len() == size && self.members.values().all(idle)
    }
}
