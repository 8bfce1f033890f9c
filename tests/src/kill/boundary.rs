//! Where a run can be killed.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use anyhow::{Context as _, Result};
use castra_emulator::{Entry, Outcome, Phase, Subject};

use super::about::Names;
use super::append::{self, RENEWAL};

/// The service in which the journal is.
pub(super) const JOURNAL: &str = "s3";

/// How a sign of life is known: by what the journal said last before it.
pub(super) const RENEWAL_AFTER: &str = "renewal after ";

/// One side of one request of a run. It is known by what it is about, since the order of requests, how many are
/// refused and what shares an append depend on how quickly each is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boundary {
    pub(super) service: String,
    pub(super) operation: String,
    /// What the request is about; of an append, an entry in it.
    pub(super) about: String,
    /// Which of the requests for that, from 1, those that are refused not counted.
    pub(super) nth: u64,
    pub(super) phase: Phase,
}

impl Boundary {
    /// Both sides of each request of a calm run that did something. What was refused changed nothing. Signs of life in a
    /// row count once: the journal says the same after each, and how many there are is a matter of time.
    pub(super) fn of(log: &[Entry], names: &Names) -> Vec<Self> {
        let mut counts: BTreeMap<(&str, &str, String), u64> = BTreeMap::new();
        let mut boundaries = Vec::new();
        let mut last = String::new();
        for entry in log {
            let Subject { service, operation, changing, .. } = &entry.subject;
            if !matches!(entry.outcome, Outcome::Done { .. }) || !changing {
                continue;
            }
            let mut all = names.about(&entry.parameters);
            if all == [RENEWAL] {
                all = vec![format!("{RENEWAL_AFTER}{last}")];
            }
            let about = append::chief(&all).cloned().unwrap_or_default();
            for each in all {
                *counts.entry((service, operation, each)).or_default() += 1;
            }
            let nth = counts.get(&(service, operation, about.clone())).copied().unwrap_or_default();
            if about.starts_with(RENEWAL_AFTER) {
                if nth > 1 {
                    continue;
                }
            } else if service == JOURNAL {
                last.clone_from(&about);
            }
            boundaries.extend([Phase::Request, Phase::Reply].map(|phase| Self {
                service: service.clone(),
                operation: operation.clone(),
                about: about.clone(),
                nth,
                phase,
            }));
        }
        boundaries
    }

    /// What it has in common with others: the call and the phase; of an append, what the entry says but for the resource.
    pub fn class(&self) -> String {
        let about: Vec<&str> = self.about.split(' ').filter(|word| self.is_append() && !word.contains('/')).collect();
        format!("{}:{} {} {:?}", self.service, self.operation, about.join(" "), self.phase)
    }

    /// Whether it is a journal's append.
    pub fn is_append(&self) -> bool {
        self.service == JOURNAL
    }
}

/// `ec2:CreateVpc vpc/main 1 reply`: which is what to ask for to try it alone.
impl fmt::Display for Boundary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phase = match self.phase {
            Phase::Request => "request",
            Phase::Reply => "reply",
        };
        let Self { service, operation, about, nth, .. } = self;
        write!(f, "{service}:{operation} {about} {nth} {phase}")
    }
}

/// From what it is displayed as.
impl FromStr for Boundary {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let parsed = || {
            let (service, rest) = text.split_once(':')?;
            let (operation, rest) = rest.split_once(' ')?;
            let (rest, phase) = rest.rsplit_once(' ')?;
            let (about, nth) = rest.rsplit_once(' ')?;
            let phase = match phase {
                "request" => Phase::Request,
                "reply" => Phase::Reply,
                _ => return None,
            };
            let (service, operation, about) = (service.to_owned(), operation.to_owned(), about.to_owned());
            Some(Self { service, operation, about, nth: nth.parse().ok()?, phase })
        };
        parsed().with_context(|| format!("{text:?} is no boundary such as `ec2:CreateVpc vpc/main 1 reply`"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_boundary_is_read_as_it_is_written() {
        for text in ["ec2:CreateVpc vpc/main 1 reply", "s3:PutObject intent create vpc/main 2 request", "a:B  1 reply"]
        {
            assert_eq!(text.parse::<Boundary>().unwrap().to_string(), text);
        }
        for text in ["", "ec2:CreateVpc", "ec2:CreateVpc vpc/main 1", "ec2:CreateVpc vpc/main 1 later"] {
            assert!(text.parse::<Boundary>().is_err(), "{text}");
        }
    }
}
