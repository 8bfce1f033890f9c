//! Taking the lease.

use std::time::Duration;

use castra_core::context::elapsed;
use castra_core::{Error, ErrorKind, Event, Result};
use uuid::Uuid;

use super::history::Lease;
use super::holder::Live;
use super::place::{Placed, place};
use super::record::{FORMAT, Record};
use super::{Entry, History, Holder};
use crate::clock::{Clock, Mark, later};
use crate::engine::Session;
use crate::limits::interrupted;
use crate::store::Store;

/// How long a lease is held without a sign of life, unless set otherwise.
pub(super) const TTL: Duration = Duration::from_secs(60);

/// How long the journal remembers what was made: far longer than any cloud takes to show it.
const RECENT: Duration = Duration::from_secs(600);

/// How the lease is taken and held.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeaseOptions {
    /// How long it is held without a sign of life. The holder gives one every third of it. 60 seconds unless set.
    pub ttl: Duration,
    /// How long a call to the cloud takes at most; less than `ttl`. A change begins only while the lease is good for
    /// that long. 30 seconds unless set, as [`RetryPolicy::attempt_timeout`](crate::context::RetryPolicy).
    pub call_timeout: Duration,
    /// How long to stand in line for a run that is alive; zero, unless set, fails at once. A run that shows no sign
    /// of life is watched for as long as it takes, which is its TTL.
    pub wait: Duration,
}

impl Default for LeaseOptions {
    fn default() -> Self {
        Self { ttl: TTL, call_timeout: Duration::from_secs(30), wait: Duration::ZERO }
    }
}

impl LeaseOptions {
    /// How long after the last record a change may begin.
    pub(super) fn limit(&self) -> Result<Duration> {
        self.ttl.checked_sub(self.call_timeout).filter(|limit| !limit.is_zero()).ok_or_else(|| {
            Error::new(
                ErrorKind::Invalid,
                format!(
                    "a lease of {} s is too short for calls that may take {} s",
                    self.ttl.as_secs_f64(),
                    self.call_timeout.as_secs_f64()
                ),
            )
            .remedy("hold the lease for at least twice as long as a call may take")
        })
    }
}

/// A lease that was taken from a run that didn't release it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takeover {
    /// Who held it.
    pub holder: Holder,
    /// Whether that run may still be running, cut off from the journal. Then
    /// [`History::settle_from`] says how long it may still be changing the cloud.
    pub possibly_running: bool,
}

/// A lease just taken.
pub(super) struct Acquired {
    pub(super) history: History,
    pub(super) nonce: Uuid,
    pub(super) sent: Mark,
    pub(super) live: Live,
    pub(super) takeover: Option<Takeover>,
}

/// How a lease that isn't free is to be met.
enum Standing {
    /// Nobody holds it.
    Free,
    /// Its holder is certainly gone.
    Gone(Lease),
    /// Its holder was silent for a TTL while we watched.
    Silent(Lease),
    /// Its holder may be alive.
    Held(Lease),
}

/// Takes the lease, or says who has it.
pub(super) async fn acquire(
    store: &Store,
    cluster: &str,
    clock: &dyn Clock,
    options: &LeaseOptions,
    session: &Session,
) -> Result<Acquired> {
    let began = clock.monotonic();
    let mut announced = false;
    loop {
        let history = History::read(store).await?;
        if let Some(other) = history.cluster.as_deref().filter(|other| *other != cluster) {
            return Err(Error::new(
                ErrorKind::Conflict,
                format!("{store} holds the journal of {other}, not of {cluster}"),
            )
            .remedy("give each cluster a place of its own for its state"));
        }
        let seen = clock.monotonic();
        let standing = loop {
            let standing = stand(&history, clock.monotonic().saturating_sub(seen));
            let Standing::Held(lease) = standing else { break Some(standing) };
            // A record from far in our future says that its clock is wrong, not that its writer is alive.
            let now = clock.now();
            let alive = lease.last <= later(now, lease.holder.ttl()) && elapsed(lease.last, now) < lease.holder.ttl();
            if alive && clock.monotonic().saturating_sub(began) >= options.wait {
                return Err(locked(cluster, &lease, clock));
            }
            if !announced {
                announced = true;
                session.events.emit(Event::Lease { message: waiting(&lease, alive) });
            }
            let nap = (lease.holder.ttl() / 12).clamp(Duration::from_millis(50), Duration::from_secs(5));
            tokio::select! {
                biased;
                () = session.cancel.until_graceful() => return Err(interrupted()),
                () = clock.sleep(nap) => {}
            }
            if store.list().await?.last().map(|last| last + 1) != Some(history.next) {
                // A sign of life, or a release.
                break None;
            }
        };
        let Some(standing) = standing else { continue };
        if let Some(acquired) = take(store, cluster, clock, options, history, standing).await? {
            if let Some(takeover) = &acquired.takeover {
                session.events.emit(Event::Lease { message: took_over(takeover) });
            }
            return Ok(acquired);
        }
        // Somebody else was faster; look again.
    }
}

fn stand(history: &History, silent: Duration) -> Standing {
    match &history.lease {
        None => Standing::Free,
        Some(lease) if lease.holder.is_gone(lease.writer) => Standing::Gone(lease.clone()),
        Some(lease) if silent >= lease.holder.ttl() => Standing::Silent(lease.clone()),
        Some(lease) => Standing::Held(lease.clone()),
    }
}

/// Writes the acquisition into the next slot; none when another one got it.
async fn take(
    store: &Store,
    cluster: &str,
    clock: &dyn Clock,
    options: &LeaseOptions,
    mut history: History,
    standing: Standing,
) -> Result<Option<Acquired>> {
    let nonce = Uuid::new_v4();
    // Before the record is there, so that no one in this process takes the run for a dropped one.
    let live = Live::new(nonce);
    let sent = Mark::now(clock);
    // An intent from a clock ahead of ours is from now at the latest: absence counts from our own time.
    let now = clock.now();
    history.open.iter_mut().for_each(|intent| intent.at = intent.at.min(now));
    history.made.values_mut().for_each(|at| *at = (*at).min(now));
    history.made.retain(|_, at| elapsed(*at, now) < RECENT);
    // What a gone run sent last may be on its way still; a silent one may still be sending. Neither is forgotten when
    // this run dies too.
    let settle = match &standing {
        Standing::Free | Standing::Held(_) => None,
        Standing::Gone(_) => Some(now),
        Standing::Silent(lease) => Some(later(now, lease.holder.ttl() + options.call_timeout)),
    };
    history.settle_from = history.settle_from.filter(|from| *from > now).max(settle);
    let acquire = Entry::Acquire {
        holder: Holder::here(options.ttl),
        uid: history.uid,
        open: history.open.clone(),
        made: history.made.clone(),
        settle_from: history.settle_from,
    };
    loop {
        let record = Record {
            format: FORMAT,
            seq: history.next,
            writer: nonce,
            time: clock.now(),
            cluster: cluster.to_owned(),
            entries: vec![acquire.clone()],
        };
        match place(store, history.next, &record.to_bytes()?, clock, options.ttl).await? {
            Placed::Ours => break,
            Placed::Torn => history.next += 1,
            Placed::Other => return Ok(None),
        }
    }
    history.next += 1;
    let takeover = match standing {
        Standing::Free | Standing::Held(_) => None,
        Standing::Gone(lease) => Some(Takeover { holder: lease.holder, possibly_running: false }),
        Standing::Silent(lease) => Some(Takeover { holder: lease.holder, possibly_running: true }),
    };
    history.cluster = Some(cluster.to_owned());
    history.lease = None;
    Ok(Some(Acquired { history, nonce, sent, live, takeover }))
}

fn locked(cluster: &str, lease: &Lease, clock: &dyn Clock) -> Error {
    let ago = elapsed(lease.last, clock.now());
    let ttl = lease.holder.ttl().as_secs();
    let rest = lease.holder.ttl().saturating_sub(ago).as_secs() + 1;
    Error::new(
        ErrorKind::Locked,
        format!(
            "another run works on {cluster}: {}, since {:.0}, last heard of {} s ago",
            lease.holder,
            lease.since,
            ago.as_secs()
        ),
    )
    .remedy(format!(
        "wait until it is done; if it was killed, run again in {rest} s, when nothing was heard of it for {ttl} s"
    ))
}

fn waiting(lease: &Lease, alive: bool) -> String {
    let ttl = lease.holder.ttl().as_secs();
    if alive {
        format!("waiting for another run to finish: {}", lease.holder)
    } else {
        format!("another run has left the lease and may be gone: {}; watching for {ttl} s", lease.holder)
    }
}

fn took_over(takeover: &Takeover) -> String {
    if takeover.possibly_running {
        format!("took the lease over from a run that was silent: {}", takeover.holder)
    } else {
        format!("took the lease over from a run that is gone: {}", takeover.holder)
    }
}
