//! What a running emulator consists of, and the way of a request through it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use http::HeaderValue;
use http::header::{AUTHORIZATION, DATE};
use jiff::Timestamp;

use crate::aws::{Account, Aws, Object};
use crate::chance::Chance;
use crate::clock::Clock;
use crate::cloud::{Cloud, Recognised as _};
use crate::control;
use crate::faults::{Done, Faults};
use crate::gcp::{self, Gcp, Project};
use crate::http::Request;
use crate::log::Log;
use crate::server::{Answerer, Delivery};

/// What a running emulator's parts share.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) aws: Aws,
    pub(crate) gcp: Gcp,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
    pub(crate) snapshots: control::Snapshots,
    pub(crate) seed: u64,
}

impl Answerer for World {
    /// Answers bear the emulated time, from which clients learn what time it is for the cloud.
    async fn answer(&self, request: Request) -> Delivery {
        let mut delivery = self.deliver(request).await;
        if let Delivery::Send(response) | Delivery::Truncate(response, _) = &mut delivery {
            // https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
            let date = self.clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            if let Ok(date) = HeaderValue::from_str(&date) {
                response.headers.insert(DATE, date);
            }
        }
        delivery
    }
}

impl World {
    async fn deliver(&self, request: Request) -> Delivery {
        if let Some(path) = request.path.strip_prefix("/_castra/") {
            return Delivery::Send(control::answer(self, path, &request).await);
        }
        match is_for_google(&request) {
            true => self.deliver_to(&self.gcp, &request).await,
            false => self.deliver_to(&self.aws, &request).await,
        }
    }

    /// What becomes of a request to that cloud. A handler that panics is answered for as for any defect of the cloud.
    async fn deliver_to<C: Cloud>(&self, cloud: &C, request: &Request) -> Delivery {
        let mut flight = self.clock.enter();
        let mut record = self.log.open();
        let request_id = Chance::new(self.seed.wrapping_add(record.number)).uuid();
        let mut recognised = match C::Recognised::recognise(request, &request_id) {
            Ok(recognised) => recognised,
            Err(refused) => {
                let (subject, done) = *refused;
                record.subject = subject;
                record.outcome = done.outcome;
                return Delivery::Send(done.response);
            }
        };
        record.subject = recognised.subject().clone();
        record.parameters = recognised.logged();
        let asked = match cloud.identify(recognised) {
            Ok(asked) => asked,
            Err(done) => {
                let Done { response, outcome } = *done;
                record.outcome = outcome;
                return Delivery::Send(response);
            }
        };
        record.subject.caller.clone_from(&asked.subject().caller);
        if let Some(wait) = cloud.awaits(&asked) {
            flight.pause(|_| wait).await;
        }
        let perform = || catch_unwind(AssertUnwindSafe(|| cloud.perform(&asked))).unwrap_or_else(|_| asked.defect());
        let work = async { Some(perform()) };
        self.faults.exchange(&mut record, &mut flight, work, |mishap| asked.mishap(mishap)).await
    }

    /// When the next thing is due in either cloud.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        self.aws.accounts.due().into_iter().chain(self.gcp.projects.due()).min()
    }

    pub(crate) fn objects(&self, id: &str) -> Vec<Object> {
        match gcp::is_project(id) {
            true => self.gcp.projects.with(id, |project| project.objects()),
            false => self.aws.accounts.with(id, |account| account.objects()),
        }
    }

    pub(crate) fn snapshot(&self, id: &str) -> Snapshot {
        Snapshot(match gcp::is_project(id) {
            true => Kept::Project(Box::new(self.gcp.projects.with(id, |project| project.clone()))),
            false => Kept::Account(Box::new(self.aws.accounts.with(id, |account| account.clone()))),
        })
    }

    pub(crate) fn restore(&self, id: &str, snapshot: &Snapshot) {
        let now = self.clock.now();
        match (&snapshot.0, gcp::is_project(id)) {
            (Kept::Project(kept), true) => self.gcp.projects.with(id, |project| *project = kept.restored(now)),
            (Kept::Account(kept), false) => self.aws.accounts.with(id, |account| *account = kept.restored(now)),
            _ => {}
        }
    }

    pub(crate) fn reseed(&self, id: &str, seed: u64) {
        match gcp::is_project(id) {
            true => self.gcp.projects.with(id, |project| project.reseed(seed)),
            false => self.aws.accounts.with(id, |account| account.reseed(seed)),
        }
    }

    pub(crate) fn forget(&self, id: &str) {
        match gcp::is_project(id) {
            true => self.gcp.projects.forget(id),
            false => self.aws.accounts.forget(id),
        }
    }
}

/// Whether a request is for Google Cloud: its path is one of Google's, and nothing signs it as AWS's clients do.
fn is_for_google(request: &Request) -> bool {
    let signed = request.header(AUTHORIZATION.as_str()).is_some_and(|value| value.starts_with("AWS4-"));
    !signed && !request.query.contains("X-Amz-") && gcp::is_googles(&request.path)
}

/// An account or a project as it was at some moment; see [`Emulator::snapshot`](crate::Emulator::snapshot).
#[derive(Debug, Clone)]
pub struct Snapshot(Kept);

#[derive(Debug, Clone)]
enum Kept {
    Account(Box<Account>),
    Project(Box<Project>),
}
