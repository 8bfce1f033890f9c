//! Operations: what a change of Compute Engine takes, from its request to its end.
//!
//! A request that changes something answers with an operation, which runs on and may fail. It is polled here, by the
//! engine's clock and under its rate limits, because the SDK's own poller does neither and takes a failed operation for
//! one that is done.

use std::future::Future;
use std::time::Duration;

use castra_core::context::{ContextExt as _, elapsed};
use castra_core::{Call, Result, Seen, Wait};
use google_cloud_compute_v1::model::Operation;
use google_cloud_compute_v1::model::operation::Status;
use uuid::Uuid;

use crate::call::{Seam, maybe, send};
use crate::error::{changed_meanwhile, of_operation};
use crate::links;

/// How often an operation is looked at. The shortest take some seconds.
const EVERY: Duration = Duration::from_secs(2);
/// How long most operations may take. Google's own clients wait for as long as it takes.
pub(crate) const USUAL: Duration = Duration::from_secs(300);
/// How long those of networks, machines and managed groups may take.
pub(crate) const LONG: Duration = Duration::from_secs(900);

/// Sends a request that changes something of Compute Engine, and waits until its operation has ended. `$request` is an
/// SDK request builder; its `requestId` is set here, a new one each time this is run and the same for all attempts, so that
/// Google takes an attempt after a lost reply for the same request.
///
/// ```ignore
/// operate!(at, "networks.insert", LONG, at.cloud.networks.insert().set_project(project).set_body(network))?;
/// ```
macro_rules! operate {
    ($seam:expr, $operation:literal, $deadline:expr, $request:expr) => {{
        let (seam, request) = ($seam, $request);
        let call = ::castra_core::Call::idempotent("compute", $operation);
        $crate::operation::carry_out(seam, &call, $deadline, |id: String| {
            let (request, call) = (request.clone().set_request_id(id), call.clone());
            async move { $crate::call::send!(seam, call, request) }
        })
        .await
    }};
}
pub(crate) use operate;

/// The function behind [`operate!`]. An operation that failed for a reason that passes is begun again, as a new one, until
/// the deadline.
///
/// # Errors
/// The request's, the operation's own, or that it hasn't ended in time.
pub(crate) async fn carry_out<S, F, Fut>(seam: &S, call: &Call, deadline: Duration, request: F) -> Result<()>
where
    S: Seam + ?Sized,
    F: Fn(String) -> Fut + Send + Sync,
    Fut: Future<Output = Result<Operation>> + Send,
{
    let began = seam.cx().now();
    loop {
        let begun = request(Uuid::new_v4().to_string()).await?;
        match outcome(seam, call, deadline, begun).await {
            Err(error) if error.is_temporary() && elapsed(began, seam.cx().now()) < deadline => {
                seam.cx().sleep(EVERY).await?;
            }
            ended => return ended,
        }
    }
}

/// Waits for an operation that was begun by `call`, and tells how it ended.
async fn outcome<S: Seam + ?Sized>(seam: &S, call: &Call, deadline: Duration, begun: Operation) -> Result<()> {
    let ended = match Running::of(&begun) {
        Some(running) => running.wait(seam, call, deadline).await?,
        None => Some(begun),
    };
    ended.and_then(|operation| of_operation(call, &operation)).map_or(Ok(()), Err)
}

/// Makes a change that says from which state it was made, by that state's fingerprint: `change` reads and changes, again
/// and again as long as others change the object in between.
///
/// # Errors
/// The change's, or that others didn't stop in time.
pub(crate) async fn from_latest<S, F, Fut>(seam: &S, name: &str, change: F) -> Result<()>
where
    S: Seam + ?Sized,
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = Result<()>> + Send,
{
    let wait = Wait::new(format!("{name} to be changed")).every(EVERY).deadline(USUAL);
    let change = &change;
    seam.cx()
        .wait(&wait, || async move {
            match change().await {
                Err(error) if changed_meanwhile(&error) => Ok(Seen::Hindered(error)),
                answer => answer.map(Seen::Done),
            }
        })
        .await
}

/// Where an operation is asked for: in the place of the request that began it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// One of the project's global resources.
    Global,
    /// One of a region.
    Region(String),
    /// One of a zone.
    Zone(String),
}

/// An operation that hasn't ended, by its name: enough to go on waiting for it from any process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Running {
    pub(crate) name: String,
    pub(crate) place: Place,
}

impl Running {
    /// The operation by its name; none if it has ended.
    pub(crate) fn of(operation: &Operation) -> Option<Self> {
        let name = operation.name.clone().filter(|_| operation.status != Some(Status::Done))?;
        let place = match (&operation.zone, &operation.region) {
            (Some(zone), _) => Place::Zone(links::name(zone).to_owned()),
            (None, Some(region)) => Place::Region(links::name(region).to_owned()),
            (None, None) => Place::Global,
        };
        Some(Self { name, place })
    }

    /// Waits until it has ended. None if nobody remembers it: they are kept for some days at most
    /// (<https://cloud.google.com/compute/docs/reference/rest/v1/globalOperations>), so that what it was to do has to be
    /// looked for.
    ///
    /// # Errors
    /// That it hasn't ended in time, with what was seen last.
    pub(crate) async fn wait<S>(&self, seam: &S, call: &Call, deadline: Duration) -> Result<Option<Operation>>
    where
        S: Seam + ?Sized,
    {
        // It was begun a moment ago.
        seam.cx().sleep(EVERY).await?;
        let wait = Wait::new(format!("{} to be done", call.operation)).every(EVERY).deadline(deadline);
        seam.cx()
            .wait(&wait, || async {
                Ok(match self.look(seam).await? {
                    Some(operation) if Self::of(&operation).is_some() => Seen::Not(progress(&operation)),
                    ended => Seen::Done(ended),
                })
            })
            .await
    }

    async fn look<S: Seam + ?Sized>(&self, seam: &S) -> Result<Option<Operation>> {
        let (clients, name) = (seam.clients(), &self.name);
        // Every client of a place can ask for all of that place's operations.
        maybe(match &self.place {
            Place::Global => {
                let request = clients.networks.get_operation().set_project(&clients.project).set_operation(name);
                send!(seam, Call::read("compute", "globalOperations.get"), request)
            }
            Place::Region(region) => {
                let request = clients.addresses.get_operation().set_project(&clients.project).set_operation(name);
                send!(seam, Call::read("compute", "regionOperations.get"), request.set_region(region))
            }
            Place::Zone(zone) => {
                let request = clients.disks.get_operation().set_project(&clients.project).set_operation(name);
                send!(seam, Call::read("compute", "zoneOperations.get"), request.set_zone(zone))
            }
        })
    }
}

fn progress(operation: &Operation) -> String {
    let status = operation.status.as_ref().and_then(Status::name).unwrap_or("without a status");
    format!("the operation is {status}, {} % done", operation.progress.unwrap_or_default())
}
