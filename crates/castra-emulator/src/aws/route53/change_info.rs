//! How far changes have got (<https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html>).

use std::collections::VecDeque;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::Seconds;
use crate::aws::ApiError;
use crate::aws::account::{Account, What};
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;

/// A change that was accepted.
#[derive(Debug, Clone)]
struct Change {
    id: String,
    submitted: Timestamp,
    comment: Option<String>,
    in_sync: bool,
}

/// The latest changes, the newest last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes(VecDeque<Change>);

/// What is due to happen.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    /// A change has reached all servers.
    InSync { change: String },
}

pub(super) const OPERATIONS: Operations = &[("GetChange", get)];

/// How many changes are remembered. AWS remembers them for 30 days.
const REMEMBERED: usize = 10_000;

impl Change {
    fn shown(&self) -> Value {
        json!({
            "Id": format!("/change/{}", self.id),
            "Status": if self.in_sync { "INSYNC" } else { "PENDING" },
            "SubmittedAt": epoch(self.submitted),
            "Comment": self.comment,
        })
    }
}

/// Notes a change and lets it get to the servers; its `ChangeInfo`.
pub(super) fn submit(call: &mut Call<'_>, comment: Option<&str>) -> Value {
    let id = format!("C{}", call.account.chance.letters(20));
    let change = Change { id: id.clone(), submitted: call.now(), comment: comment.map(str::to_owned), in_sync: false };
    let shown = change.shown();
    let Changes(changes) = &mut call.account.route53.changes;
    changes.push_back(change);
    if changes.len() > REMEMBERED {
        changes.pop_front();
    }
    let whole = call.account.settings.timings.dns_change.0;
    let after = Seconds(whole * (0.5 + call.account.chance.share() / 2.0));
    call.schedule(after, What::Route53(Due::InSync { change: id }));
    shown
}

pub(crate) fn happen(account: &mut Account, due: Due) {
    let Due::InSync { change: id } = due;
    if let Some(change) = account.route53.changes.0.iter_mut().rev().find(|change| change.id == id) {
        change.in_sync = true;
    }
}

fn get(call: &mut Call<'_>) -> Answer {
    let id = call.required("Id").rsplit('/').next().unwrap_or_default();
    let change = call.account.route53.changes.0.iter().rev().find(|change| change.id == id);
    let missing = || ApiError::new("NoSuchChange", format!("Could not find resource with ID: {id}")).status(404);
    Ok(json!({ "ChangeInfo": change.ok_or_else(missing)?.shown() }))
}
