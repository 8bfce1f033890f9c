//! Service accounts (<https://cloud.google.com/iam/docs/service-account-overview>).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::gcp::policy::Policy;
use crate::gcp::project::Project;

/// The service accounts of a project, those that are gone included.
#[derive(Debug, Clone, Default)]
pub(crate) struct Accounts(pub(super) BTreeMap<String, Account>);

/// A service account.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(super) email: String,
    /// The number that no other account has had, not even one of the same name.
    pub(super) unique_id: String,
    pub(super) display_name: String,
    pub(super) description: String,
    pub(super) disabled: bool,
    pub(super) created: Timestamp,
    /// When it was deleted; it can be brought back for 30 days.
    pub(super) deleted: Option<Timestamp>,
    /// Changes with every change.
    pub(super) version: u64,
    pub(super) policy: Policy,
}

impl Accounts {
    /// The one that a name's last part means: an address or a number.
    pub(super) fn find(&self, which: &str) -> Option<&Account> {
        let there = |account: &&Account| account.deleted.is_none();
        let number = || self.0.values().find(|account| account.unique_id == which);
        self.0.get(which).or_else(number).filter(there)
    }

    pub(super) fn find_mut(&mut self, which: &str) -> Option<&mut Account> {
        let email = self.find(which)?.email.clone();
        self.0.get_mut(&email)
    }

    /// The policy of the one that a name means.
    pub(crate) fn policy(&self, name: &str) -> Option<&Policy> {
        self.find(name.rsplit('/').next()?).map(|account| &account.policy)
    }

    /// The addresses and the descriptions of those that are there.
    pub(crate) fn described(&self) -> impl Iterator<Item = (&str, &str)> {
        let there = self.0.values().filter(|account| account.deleted.is_none());
        there.map(|account| (account.email.as_str(), account.description.as_str()))
    }
}

impl Account {
    /// What is shown of it.
    pub(super) fn show(&self, project: &str) -> Value {
        let mut shown = json!({
            "name": format!("projects/{project}/serviceAccounts/{}", self.email),
            "projectId": project,
            "uniqueId": self.unique_id,
            "email": self.email,
            "oauth2ClientId": self.unique_id,
            "etag": crate::gcp::policy::etag(self.version),
        });
        for (field, value) in [("displayName", &self.display_name), ("description", &self.description)] {
            if !value.is_empty() {
                shown[field] = value.as_str().into();
            }
        }
        if self.disabled {
            shown["disabled"] = true.into();
        }
        shown
    }

    /// Whether it can be seen by now: new ones take a while (see [`crate::gcp::Consistency`]).
    pub(super) fn shows(&self, project: &Project) -> bool {
        let consistency = &project.settings.consistency;
        let age = project.now.duration_since(self.created);
        project.sight.sees(&self.unique_id, age, consistency.service_account_window.into(), consistency.flapping)
    }
}

/// Whether others can refer to a service account by now: it is one of the project's that shows, one of Google's own, or
/// of another project, of which nothing is known here.
pub(crate) fn is_known(project: &Project, email: &str) -> bool {
    let own = email.strip_suffix(".iam.gserviceaccount.com").and_then(|rest| rest.split_once('@'));
    match own {
        Some((_, of)) if of == project.id => project.accounts.find(email).is_some_and(|account| account.shows(project)),
        _ => true,
    }
}

/// The number of a service account that is gone.
pub(crate) fn deleted<'p>(project: &'p Project, email: &str) -> Option<&'p str> {
    let account = project.accounts.0.get(email)?;
    account.deleted.map(|_| account.unique_id.as_str())
}
