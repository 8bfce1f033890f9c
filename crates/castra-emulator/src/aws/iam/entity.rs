//! What roles, users, groups and their like have in common: a name, a path, an id of their own
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>).

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::State;
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::aws::call::Call;

/// How something is called.
#[derive(Debug, Clone)]
pub(crate) struct Entity {
    pub(crate) name: String,
    /// `/`, or `/names/with/slashes/`.
    pub(crate) path: String,
    /// The unique id, such as `AROA..`, which nothing else ever gets.
    pub(crate) id: String,
    pub(crate) arn: String,
    pub(crate) created: Timestamp,
}

/// Kinds of entities, each with AWS's words for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Role,
    User,
    Group,
    InstanceProfile,
    Policy,
    ServerCertificate,
}

impl Kind {
    /// What unique ids begin with
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes>).
    fn prefix(self) -> &'static str {
        match self {
            Self::Role => "AROA",
            Self::User => "AIDA",
            Self::Group => "AGPA",
            Self::InstanceProfile => "AIPA",
            Self::Policy => "ANPA",
            Self::ServerCertificate => "ASCA",
        }
    }

    /// The type in ARNs.
    fn in_arns(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::User => "user",
            Self::Group => "group",
            Self::InstanceProfile => "instance-profile",
            Self::Policy => "policy",
            Self::ServerCertificate => "server-certificate",
        }
    }

    /// The ARN of the entity of that name.
    pub(super) fn arn(self, account: &str, path: &str, name: &str) -> String {
        format!("arn:aws:iam::{account}:{}{path}{name}", self.in_arns())
    }

    /// The refusal of a name that nothing has.
    pub(super) fn not_found(self, name: &str) -> ApiError {
        let message = match self {
            Self::Role => format!("The role with name {name} cannot be found."),
            Self::User => format!("The user with name {name} cannot be found."),
            Self::Group => format!("The group with name {name} cannot be found."),
            Self::InstanceProfile => format!("Instance Profile {name} cannot be found."),
            Self::Policy => format!("Policy {name} was not found."),
            Self::ServerCertificate => format!("The Server Certificate with name {name} cannot be found."),
        };
        ApiError::new("NoSuchEntity", message)
    }

    /// The refusal of a name that is taken.
    pub(super) fn exists(self, name: &str) -> ApiError {
        let message = match self {
            Self::Role => format!("Role with name {name} already exists."),
            Self::User => format!("User with name {name} already exists."),
            Self::Group => format!("Group with name {name} already exists."),
            Self::InstanceProfile => format!("Instance Profile {name} already exists."),
            Self::Policy => format!("A policy called {name} already exists. Duplicate names are not allowed."),
            Self::ServerCertificate => format!("The Server Certificate with name {name} already exists."),
        };
        ApiError::new("EntityAlreadyExists", message)
    }
}

impl Entity {
    /// A new one of that kind.
    pub(super) fn new(account: &mut Account, kind: Kind, path: &str, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            path: path.to_owned(),
            id: format!("{}{}", kind.prefix(), account.chance.letters(17)),
            arn: kind.arn(&account.id, path, name),
            created: account.now,
        }
    }
}

/// Something that IAM holds by name.
pub(crate) trait Named: Sized {
    const KIND: Kind;

    fn entity(&self) -> &Entity;

    /// All of the kind.
    fn all(state: &State) -> &Entities<Self>;

    fn all_mut(state: &mut State) -> &mut Entities<Self>;
}

/// Entities of one kind. Names are unique whatever their case
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names>), and must
/// be written as they were when they are used.
#[derive(Debug, Clone)]
pub(crate) struct Entities<T>(BTreeMap<String, T>);

impl<T> Default for Entities<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Named> Entities<T> {
    /// The entity of exactly that name.
    pub(crate) fn get(&self, name: &str) -> Option<&T> {
        self.0.get(&name.to_ascii_lowercase()).filter(|found| found.entity().name == name)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        self.0.get_mut(&name.to_ascii_lowercase()).filter(|found| found.entity().name == name)
    }

    /// The entity of that ARN.
    pub(crate) fn by_arn(&self, arn: &str) -> Option<&T> {
        self.get(arn.rsplit('/').next().unwrap_or_default()).filter(|found| found.entity().arn == arn)
    }

    /// Whether the name is taken, in any case.
    pub(super) fn taken(&self, name: &str) -> bool {
        self.0.contains_key(&name.to_ascii_lowercase())
    }

    pub(super) fn insert(&mut self, entity: T) {
        self.0.insert(entity.entity().name.to_ascii_lowercase(), entity);
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<T> {
        self.0.remove(&name.to_ascii_lowercase())
    }

    /// By name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.values()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Whether IAM's reads see the entity yet: IAM is eventually consistent
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency>).
pub(super) fn shows(account: &Account, entity: &Entity) -> bool {
    account.shows(&entity.id, entity.created)
}

/// The entity of that name, if it is there and shows; refused as IAM does otherwise.
pub(super) fn find<'a, T: Named>(call: &'a mut Call<'_>, name: &str) -> Result<&'a mut T, ApiError> {
    let account = &*call.account;
    let shown = T::all(&account.iam).get(name).is_some_and(|found| shows(account, found.entity()));
    let found = if shown { T::all_mut(&mut call.account.iam).get_mut(name) } else { None };
    found.ok_or_else(|| T::KIND.not_found(name))
}
