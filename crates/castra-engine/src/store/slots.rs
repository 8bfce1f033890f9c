//! Numbered slots, each written once.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use castra_core::{Error, ErrorKind, Result};

use super::object::Objects;
use super::url::{Memory, StateUrl};
use crate::clock::within;

/// How long one access to a store may take, in real time.
const ACCESS: Duration = Duration::from_secs(10);

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

    /// What is in a slot, if anything.
    pub(crate) async fn read(&self, seq: u64) -> Result<Option<Vec<u8>>> {
        within(ACCESS, self.slots.read(seq)).await.unwrap_or_else(|| Err(self.timeout("read")))
    }

    /// The slots in use, in ascending order.
    pub(crate) async fn list(&self) -> Result<Vec<u64>> {
        within(ACCESS, self.slots.list()).await.unwrap_or_else(|| Err(self.timeout("listed")))
    }

    fn timeout(&self, what: &str) -> Error {
        Error::new(
            ErrorKind::Timeout,
            format!("the journal at {self} could not be {what} within {} s", ACCESS.as_secs()),
        )
        .ambiguous()
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
