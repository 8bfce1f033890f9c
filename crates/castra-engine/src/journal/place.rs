//! Writing one slot, whatever the store answers.

use std::time::Duration;

use castra_core::{Error, ErrorKind, Result, Retry};

use crate::clock::Clock;
use crate::retry::delays;
use crate::store::{Put, Store};

/// What a slot holds once it is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placed {
    /// What we wrote.
    Ours,
    /// A torn piece of what we wrote, which nobody can read: the next slot is to be used.
    Torn,
    /// What somebody else wrote.
    Other,
}

/// Writes a slot unless there is something in it, and finds out which.
///
/// The store's answer decides only when it says "created". After anything else the slot is read: a store may say
/// "exists" of what we wrote ourselves in an attempt whose answer was lost, or where nothing is. Every attempt
/// writes the same bytes, so that one that arrives late does no harm.
///
/// # Errors
/// The store's own, when it refuses for good or couldn't be made to answer within `budget`.
pub(super) async fn place(
    store: &Store,
    seq: u64,
    bytes: &[u8],
    clock: &dyn Clock,
    budget: Duration,
) -> Result<Placed> {
    let began = clock.monotonic();
    let mut waits = delays(Duration::from_millis(100), Duration::from_secs(5));
    loop {
        let error = match store.create(seq, bytes).await {
            Put::Created => return Ok(Placed::Ours),
            Put::Taken => Error::new(
                ErrorKind::Unavailable,
                format!("{store} says that record {seq} exists, and doesn't give it"),
            ),
            Put::Unknown(error) => error,
        };
        let error = match store.look(seq).await {
            Ok(Some(found)) if found == bytes => return Ok(Placed::Ours),
            Ok(Some(found)) if bytes.starts_with(&found) => return Ok(Placed::Torn),
            Ok(Some(_)) => return Ok(Placed::Other),
            Ok(None) => error,
            // A store that may be written but not read can't hold a journal.
            Err(unreadable) if !unreadable.is_temporary() => unreadable,
            Err(_) => error,
        };
        if !error.is_temporary() {
            return Err(error);
        }
        let wait = waits.next().unwrap_or(Duration::from_secs(5));
        if clock.monotonic().saturating_sub(began) + wait > budget {
            return Err(error.retry(Retry::Exhausted));
        }
        clock.sleep(wait).await;
    }
}
