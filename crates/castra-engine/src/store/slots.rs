//! Numbered slots, each written once.

use std::fmt;
use std::iter::Take;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use backon::ExponentialBackoff;
use castra_core::{Error, ErrorKind, Result};

use super::object::Objects;
use super::url::{Memory, StateUrl};
use crate::clock::{pass, within};
use crate::retry::delays;

/// How long one access to a store may take, in real time.
const ACCESS: Duration = Duration::from_secs(10);

/// How often a store that is busy is asked the same: of 20 % throttled and 5 % lost answers in a row one in 4000 runs of
/// questions fails.
const QUESTIONS: usize = 6;

/// How a creation ended, as far as the store's answer tells.
#[derive(Debug, Clone)]
pub(crate) enum Put {
    /// It is written.
    Created,
    /// The store says that something is there already. That may be our own earlier attempt, and S3 says so of a
    /// conflict after which nothing is there at all.
    Taken,
    /// It may be written or not.
    Unknown(Error),
}

/// Numbered slots, each written once.
///
/// *Behaviour*
/// - Of any number of creations of one slot at most one takes effect.
/// - What was created is read whole, at once and by everyone.
#[async_trait]
pub(crate) trait Slots: Send + Sync {
    /// Writes a slot unless there is something in it.
    async fn create(&self, seq: u64, bytes: &[u8]) -> Put;
    /// What is in a slot, if anything.
    async fn read(&self, seq: u64) -> Result<Option<Vec<u8>>>;
    /// The slots in use, in ascending order.
    async fn list(&self) -> Result<Vec<u64>>;
}

/// A store of one cluster's journal. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Store {
    slots: Arc<dyn Slots>,
    place: Arc<str>,
}

impl Store {
    /// A new store in memory.
    pub fn memory() -> Self {
        Self::in_memory(&Memory::default(), "")
    }

    /// The store under a prefix of a memory.
    pub(super) fn in_memory(memory: &Memory, prefix: &str) -> Self {
        Self::new(Objects::memory(memory, prefix), "memory:")
    }

    /// Opens the store at an address, which belongs to one cluster. A directory is made unless it is there, for its
    /// owner only; a bucket must exist.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] when this build has no support for that kind of store, naming the feature;
    /// [`ErrorKind::Invalid`] or [`ErrorKind::Denied`] when the place can't be used.
    pub async fn open(url: &StateUrl) -> Result<Self> {
        let objects = match url {
            StateUrl::Memory(memory) => return Ok(Self::in_memory(memory, "")),
            StateUrl::File(path) => Objects::directory(path)?,
            #[cfg(feature = "s3")]
            StateUrl::S3 { bucket, prefix } => super::s3::open(bucket, prefix).await?,
            #[cfg(feature = "gs")]
            StateUrl::Gs { bucket, prefix } => super::gs::open(bucket, prefix)?,
            #[cfg(feature = "az")]
            StateUrl::Az { account, container, prefix } => super::az::open(account, container, prefix)?,
            #[allow(unreachable_patterns, reason = "with every feature each kind of store has its own arm")]
            other => return Err(not_compiled(other)),
        };
        Ok(Self::new(objects, &url.to_string()))
    }

    /// A store over any slots.
    pub(crate) fn new(slots: impl Slots + 'static, place: &str) -> Self {
        Self { slots: Arc::new(slots), place: place.into() }
    }

    /// Writes a slot unless there is something in it.
    pub(crate) async fn create(&self, seq: u64, bytes: &[u8]) -> Put {
        within(ACCESS, self.slots.create(seq, bytes)).await.unwrap_or_else(|| Put::Unknown(self.timeout("written")))
    }

    /// What is in a slot, if anything, as far as the store says when it is asked once.
    pub(crate) async fn look(&self, seq: u64) -> Result<Option<Vec<u8>>> {
        within(ACCESS, self.slots.read(seq)).await.unwrap_or_else(|| Err(self.timeout("read")))
    }

    /// What is in a slot, if anything; a store that is busy is asked again.
    pub(crate) async fn read(&self, seq: u64) -> Result<Option<Vec<u8>>> {
        let mut questions = Questions::new();
        loop {
            match self.look(seq).await {
                Err(error) => questions.again(error).await?,
                read => return read,
            }
        }
    }

    /// The slots in use, in ascending order; a store that is busy is asked again.
    pub(crate) async fn list(&self) -> Result<Vec<u64>> {
        let mut questions = Questions::new();
        loop {
            match within(ACCESS, self.slots.list()).await.unwrap_or_else(|| Err(self.timeout("listed"))) {
                Err(error) => questions.again(error).await?,
                list => return list,
            }
        }
    }

    fn timeout(&self, what: &str) -> Error {
        Error::new(
            ErrorKind::Timeout,
            format!("the journal at {self} could not be {what} within {} s", ACCESS.as_secs()),
        )
        .ambiguous()
    }
}

/// The waits between questions to a store that is busy: in real time, as the accesses themselves.
struct Questions(Take<ExponentialBackoff>);

impl Questions {
    fn new() -> Self {
        Self(delays(Duration::from_millis(100), Duration::from_secs(2)).take(QUESTIONS - 1))
    }

    /// Waits for the next question; the error, where none is left or none would help.
    async fn again(&mut self, error: Error) -> Result<()> {
        match self.0.next().filter(|_| error.is_temporary()) {
            Some(wait) => pass(wait).await,
            None => return Err(error),
        }
        Ok(())
    }
}

/// Where it is.
impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.place)
    }
}

fn not_compiled(url: &StateUrl) -> Error {
    let feature = match url {
        StateUrl::S3 { .. } => "s3",
        StateUrl::Gs { .. } => "gs",
        StateUrl::Az { .. } => "az",
        StateUrl::Memory(_) | StateUrl::File(_) => "fs",
    };
    Error::new(ErrorKind::Unsupported, format!("this build keeps no state at {url}"))
        .remedy(format!("build castra-engine with the feature `{feature}`, or keep the state in a directory"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Fails so often before it answers.
    struct Busy(AtomicUsize, ErrorKind);

    impl Busy {
        fn answer<T: Default>(&self) -> Result<T> {
            let left = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
            if left.is_ok() { Err(Error::new(self.1, "try later")) } else { Ok(T::default()) }
        }
    }

    #[async_trait]
    impl Slots for Busy {
        async fn create(&self, _: u64, _: &[u8]) -> Put {
            Put::Created
        }

        async fn read(&self, _: u64) -> Result<Option<Vec<u8>>> {
            self.answer()
        }

        async fn list(&self) -> Result<Vec<u64>> {
            self.answer()
        }
    }

    #[tokio::test]
    async fn a_busy_store_is_asked_again_and_one_that_refuses_is_not() {
        let store = |failures, kind| Store::new(Busy(AtomicUsize::new(failures), kind), "busy:");
        store(2, ErrorKind::Unavailable).list().await.unwrap();
        store(2, ErrorKind::Unavailable).read(1).await.unwrap();
        store(1, ErrorKind::Unavailable).look(1).await.unwrap_err();
        assert_eq!(store(1, ErrorKind::Denied).list().await.unwrap_err().kind(), ErrorKind::Denied);
    }
}
