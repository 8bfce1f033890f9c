//! What STS remembers.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Session;

/// The temporary credentials that have been issued.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    /// By access key id.
    sessions: BTreeMap<String, Session>,
}

/// How many sessions are remembered at most.
const MOST: usize = 10_000;

impl State {
    /// The session with that access key, expired or not.
    pub(crate) fn session(&self, access_key: &str) -> Option<&Session> {
        self.sessions.get(access_key)
    }

    /// Remembers a session; those that expired long ago, or are one too many, are forgotten.
    pub(super) fn insert(&mut self, access_key: &str, session: Session, now: Timestamp) {
        if self.sessions.len() >= MOST {
            let day_ago = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
            self.sessions.retain(|_, session| session.expires > day_ago);
            let oldest = self.sessions.iter().min_by_key(|(_, session)| session.issued).map(|(key, _)| key.clone());
            if let Some(oldest) = oldest.filter(|_| self.sessions.len() >= MOST) {
                self.sessions.remove(&oldest);
            }
        }
        self.sessions.insert(access_key.to_owned(), session);
    }
}
