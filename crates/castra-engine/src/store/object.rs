//! Slots as the objects `00000042.json` of an object store.

use std::path::Path as FilePath;
use std::sync::Arc;

use async_trait::async_trait;
use castra_core::{Error, ErrorKind, Result};
use futures::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutPayload};

use super::slots::{Put, Slots};
use super::url::Memory;

const SUFFIX: &str = ".json";

/// An object store and the prefix of one journal in it.
pub(super) struct Objects {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
}

impl Objects {
    /// The objects under a prefix.
    #[cfg(any(feature = "s3", feature = "gs", feature = "az"))]
    pub(super) fn under(store: impl ObjectStore, prefix: &str) -> Self {
        Self { store: Arc::new(store), prefix: Path::from(prefix) }
    }

    /// The objects under a prefix of a memory.
    pub(super) fn memory(memory: &Memory, prefix: &str) -> Self {
        let store: Arc<InMemory> = Arc::clone(&memory.0);
        Self { store, prefix: Path::from(prefix) }
    }

    /// The files of a directory, which is made unless it is there. Every file is on the disk before it counts.
    pub(super) fn directory(path: &FilePath) -> Result<Self> {
        make(path).map_err(|error| unusable(path, &error.to_string()))?;
        let store = LocalFileSystem::new_with_prefix(path)
            .map_err(|error| unusable(path, &error.to_string()))?
            .with_fsync(true);
        Ok(Self { store: Arc::new(store), prefix: Path::default() })
    }

    fn slot(&self, seq: u64) -> Path {
        self.prefix.clone().join(format!("{seq:08}{SUFFIX}"))
    }
}

#[cfg(unix)]
fn make(path: &FilePath) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn make(path: &FilePath) -> std::io::Result<()> {
    std::fs::create_dir_all(path)
}

fn unusable(path: &FilePath, why: &str) -> Error {
    Error::new(ErrorKind::Invalid, format!("the directory {} can't hold state: {why}", path.display()))
        .remedy("name a directory that you may write, with --state")
}

#[async_trait]
impl Slots for Objects {
    async fn create(&self, seq: u64, bytes: &[u8]) -> Put {
        let payload = PutPayload::from(bytes.to_vec());
        match self.store.put_opts(&self.slot(seq), payload, PutMode::Create.into()).await {
            Ok(_) => Put::Created,
            Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => Put::Taken,
            Err(error) => Put::Unknown(failed("written", error)),
        }
    }

    async fn read(&self, seq: u64) -> Result<Option<Vec<u8>>> {
        let answer = async { self.store.get(&self.slot(seq)).await?.bytes().await };
        match answer.await {
            Ok(bytes) => Ok(Some(bytes.to_vec())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed("read", error)),
        }
    }

    async fn list(&self) -> Result<Vec<u64>> {
        let objects: Vec<_> =
            self.store.list(Some(&self.prefix)).try_collect().await.map_err(|error| failed("listed", error))?;
        let mut slots: Vec<u64> = objects.iter().filter_map(|object| self.number(&object.location)).collect();
        slots.sort_unstable();
        Ok(slots)
    }
}

impl Objects {
    /// The slot that an object is; none for one of another name or further down.
    fn number(&self, location: &Path) -> Option<u64> {
        let mut below = location.prefix_match(&self.prefix)?;
        let name = below.next()?;
        let digits = name.as_ref().strip_suffix(SUFFIX)?;
        let is_slot = digits.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if below.next().is_some() || !is_slot {
            return None;
        }
        // The last number has none after it, so it can't be a slot's.
        digits.parse().ok().filter(|seq| *seq < u64::MAX)
    }
}

/// What a store's error means. Only refusals are permanent, and only they say that nothing was written.
fn failed(what: &str, error: object_store::Error) -> Error {
    use object_store::Error as Store;
    let (kind, remedy) = match &error {
        Store::PermissionDenied { .. } => (ErrorKind::Denied, "get the right to list, read and create objects there"),
        Store::Unauthenticated { .. } => (ErrorKind::Credentials, "log in to the cloud that keeps the state"),
        Store::NotImplemented { .. } | Store::NotSupported { .. } => {
            (ErrorKind::Unsupported, "keep the state in a store that can create an object only if it is absent")
        }
        Store::NotFound { .. } | Store::InvalidPath { .. } | Store::UnknownConfigurationKey { .. } => {
            (ErrorKind::Invalid, "check the name of the bucket or container, which must exist")
        }
        _ => (ErrorKind::Unavailable, "check that the store can be reached"),
    };
    let message = format!("the journal could not be {what}: {}", first_line(&error.to_string()));
    let failure = Error::new(kind, message).remedy(remedy).source(error);
    if kind == ErrorKind::Unavailable { failure.ambiguous() } else { failure }
}

/// A store's error may go on with the whole of the cloud's answer.
fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// What every store must do.
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
pub(super) async fn contract(slots: &dyn Slots) {
    assert!(slots.list().await.unwrap().is_empty());
    assert_eq!(slots.read(1).await.unwrap(), None);
    assert!(matches!(slots.create(1, b"one").await, Put::Created));
    assert!(matches!(slots.create(1, b"other").await, Put::Taken));
    assert!(matches!(slots.create(12, b"").await, Put::Created));
    assert!(matches!(slots.create(123_456_789, b"far").await, Put::Created));
    assert_eq!(slots.read(1).await.unwrap().unwrap(), b"one");
    assert_eq!(slots.read(12).await.unwrap().unwrap(), b"");
    assert_eq!(slots.list().await.unwrap(), [1, 12, 123_456_789]);
    // However many ask for one slot at once, one gets it.
    let writers: Vec<u8> = (0..8).collect();
    let puts =
        futures::future::join_all(writers.iter().map(|writer| slots.create(2, std::slice::from_ref(writer)))).await;
    let created: Vec<u8> =
        writers.iter().zip(&puts).filter(|(_, put)| matches!(put, Put::Created)).map(|(w, _)| *w).collect();
    assert_eq!(created, slots.read(2).await.unwrap().unwrap());
    assert_eq!(slots.list().await.unwrap(), [1, 2, 12, 123_456_789]);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[tokio::test]
    async fn memory_keeps_the_contract() {
        contract(&Objects::memory(&Memory::default(), "a")).await;
    }

    #[tokio::test]
    async fn a_directory_keeps_the_contract_and_is_made_private() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a").join("b");
        contract(&Objects::directory(&path).unwrap()).await;
        assert!(path.join("00000012.json").is_file());
        contract_with_strangers(&path).await;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            for made in [&path, &parent.path().join("a")] {
                assert_eq!(std::fs::metadata(made).unwrap().permissions().mode() & 0o777, 0o700);
            }
        }
    }

    async fn contract_with_strangers(path: &FilePath) {
        for name in ["notes.txt", "1.json", "0000000x.json", "00000005.json#1"] {
            std::fs::write(path.join(name), "x").unwrap();
        }
        std::fs::create_dir(path.join("sub")).unwrap();
        std::fs::write(path.join("sub").join("00000003.json"), "x").unwrap();
        assert_eq!(Objects::directory(path).unwrap().list().await.unwrap(), [1, 2, 12, 123_456_789]);
    }

    #[tokio::test]
    async fn a_prefix_sees_only_its_own() {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let under = |prefix: &str| Objects { store: Arc::clone(&store), prefix: Path::from(prefix) };
        contract(&under("a/one")).await;
        contract(&under("a/two")).await;
        contract(&under("a")).await;
    }

    #[test]
    fn a_place_that_cannot_hold_state_is_said() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = Objects::directory(file.path()).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
}
