//! The address of a store, as an operator writes it.

use std::fmt::{self, Write as _};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use castra_core::{Error, ErrorKind, Result};
use object_store::memory::InMemory;

use super::Store;

/// The address of a store.
///
/// ```
/// use castra_engine::store::StateUrl;
///
/// let url: StateUrl = "s3://acme-state/castra".parse().unwrap();
/// assert_eq!(url.join("prod").to_string(), "s3://acme-state/castra/prod");
/// assert_eq!("/var/lib/castra".parse::<StateUrl>().unwrap().to_string(), "file:///var/lib/castra");
/// assert!("ftp://example.com".parse::<StateUrl>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateUrl {
    /// `memory:`, gone with the process. Each value parsed is a memory of its own, and its clones share it.
    Memory(Memory),
    /// A directory: `file:///var/lib/castra`, or a plain path.
    File(PathBuf),
    /// `s3://bucket/prefix`. Needs the feature `s3`.
    S3 {
        /// The bucket.
        bucket: String,
        /// The prefix, without slashes around it; may be empty.
        prefix: String,
    },
    /// `gs://bucket/prefix`. Needs the feature `gs`.
    Gs {
        /// The bucket.
        bucket: String,
        /// The prefix, without slashes around it; may be empty.
        prefix: String,
    },
    /// `az://account/container/prefix`. Needs the feature `az`.
    Az {
        /// The storage account.
        account: String,
        /// The container.
        container: String,
        /// The prefix, without slashes around it; may be empty.
        prefix: String,
    },
}

/// A memory that stores share.
#[derive(Debug, Clone)]
pub struct Memory(pub(super) Arc<InMemory>);

impl Default for Memory {
    fn default() -> Self {
        Self(Arc::new(InMemory::new()))
    }
}

impl PartialEq for Memory {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Memory {}

impl StateUrl {
    /// A new memory.
    pub fn memory() -> Self {
        Self::Memory(Memory::default())
    }

    /// Opens the store of one journal for reading, as [`StateUrl::open`] does; none where there is no directory, which
    /// this doesn't make.
    ///
    /// # Errors
    /// As for [`Store::open`].
    pub async fn peek(&self, names: &[&str]) -> Result<Option<Store>> {
        let place = names.iter().fold(self.clone(), |url, name| url.join(&level(name)));
        match place {
            Self::File(path) if !path.exists() => Ok(None),
            _ => self.open(names).await.map(Some),
        }
    }

    /// Opens the store of one journal below this address, each name a level further down.
    ///
    /// # Errors
    /// As for [`Store::open`].
    pub async fn open(&self, names: &[&str]) -> Result<Store> {
        let mut url = self.clone();
        let mut path = String::new();
        for name in names {
            let level = level(name);
            url = url.join(&level);
            path = format!("{path}/{level}");
        }
        match url {
            Self::Memory(memory) => Ok(Store::in_memory(&memory, &path)),
            url => Store::open(&url).await,
        }
    }

    /// The address of a place within this one. Memory stays what it is.
    #[must_use]
    pub fn join(&self, name: &str) -> Self {
        let under = |prefix: &str| if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
        match self {
            Self::Memory(memory) => Self::Memory(memory.clone()),
            Self::File(path) => Self::File(path.join(name)),
            Self::S3 { bucket, prefix } => Self::S3 { bucket: bucket.clone(), prefix: under(prefix) },
            Self::Gs { bucket, prefix } => Self::Gs { bucket: bucket.clone(), prefix: under(prefix) },
            Self::Az { account, container, prefix } => {
                Self::Az { account: account.clone(), container: container.clone(), prefix: under(prefix) }
            }
        }
    }
}

/// A name as one level of a path: whatever could mean more than itself somewhere is written as its code.
fn level(name: &str) -> String {
    let mut level = String::new();
    for (index, byte) in name.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => level.push(char::from(byte)),
            b'.' if index > 0 => level.push('.'),
            other => {
                let _ = write!(level, "_{other:02x}");
            }
        }
    }
    if level.is_empty() { "_".into() } else { level }
}

impl fmt::Display for StateUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slash = |prefix: &str| if prefix.is_empty() { String::new() } else { format!("/{prefix}") };
        match self {
            Self::Memory(_) => f.write_str("memory:"),
            Self::File(path) => match ::url::Url::from_file_path(path) {
                Ok(url) => url.fmt(f),
                Err(()) => path.display().fmt(f),
            },
            Self::S3 { bucket, prefix } => write!(f, "s3://{bucket}{}", slash(prefix)),
            Self::Gs { bucket, prefix } => write!(f, "gs://{bucket}{}", slash(prefix)),
            Self::Az { account, container, prefix } => write!(f, "az://{account}/{container}{}", slash(prefix)),
        }
    }
}

fn wrong(text: &str, what: &str) -> Error {
    Error::new(ErrorKind::Invalid, format!("`{text}` is not a place for state: {what}")).remedy(
        "give a directory, file:///path, s3://bucket/prefix, gs://bucket/prefix, az://account/container/prefix or memory:",
    )
}

impl FromStr for StateUrl {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.is_empty() {
            return Err(wrong(text, "it is empty"));
        }
        if matches!(text, "memory:" | "memory://") {
            return Ok(Self::memory());
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            let Some((scheme, _)) = text.split_once(':').filter(|(scheme, _)| scheme.len() > 1) else {
                return Ok(Self::File(PathBuf::from(text)));
            };
            // A plain path may hold a colon, but not in front of what looks like a scheme.
            if scheme.contains(['/', '.', '\\']) {
                return Ok(Self::File(PathBuf::from(text)));
            }
            return Err(wrong(text, "no such scheme"));
        };
        if scheme == "file" {
            let url = ::url::Url::parse(text).map_err(|error| wrong(text, &error.to_string()))?;
            let path =
                url.to_file_path().map_err(|()| wrong(text, "its path must be absolute, after three slashes"))?;
            return Ok(Self::File(path));
        }
        if rest.contains(['?', '#', '@']) {
            // Credentials come from the cloud's own chain and never from here, so a text with some isn't shown.
            return Err(Error::new(ErrorKind::Invalid, format!("the {scheme}:// URL for state has more than a path"))
                .remedy("leave out credentials, queries and fragments: credentials come from the environment"));
        }
        let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
        if parts.iter().any(|part| matches!(*part, "." | "..")) {
            return Err(wrong(text, "`.` and `..` mean nothing there"));
        }
        let prefix = |skip: usize| parts.get(skip..).map(|parts| parts.join("/")).unwrap_or_default();
        match (scheme, parts.as_slice()) {
            ("s3", [bucket, ..]) => Ok(Self::S3 { bucket: (*bucket).to_owned(), prefix: prefix(1) }),
            ("gs", [bucket, ..]) => Ok(Self::Gs { bucket: (*bucket).to_owned(), prefix: prefix(1) }),
            ("az", [account, container, ..]) => {
                Ok(Self::Az { account: (*account).to_owned(), container: (*container).to_owned(), prefix: prefix(2) })
            }
            ("s3" | "gs", []) => Err(wrong(text, "the bucket is missing")),
            ("az", _) => Err(wrong(text, "it needs an account and a container")),
            _ => Err(wrong(text, "no such scheme")),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for text in [
            "memory:",
            "file:///var/lib/castra",
            "file:///with%20space",
            "s3://bucket",
            "s3://bucket/a/b",
            "gs://bucket/a",
            "az://account/container",
            "az://account/container/a/b",
        ] {
            let url: StateUrl = text.parse().unwrap();
            assert_eq!(url.to_string(), text);
            assert!(matches!(url, StateUrl::Memory(_)) || url.to_string().parse::<StateUrl>().unwrap() == url);
        }
    }

    #[test]
    fn plain_paths_are_directories() {
        for text in ["/var/lib/castra", "state", "./a:b/c", "../x"] {
            assert_eq!(text.parse::<StateUrl>().unwrap(), StateUrl::File(PathBuf::from(text)));
        }
    }

    #[test]
    fn slashes_around_a_prefix_do_not_count() {
        let url: StateUrl = "s3://bucket//a/b/".parse().unwrap();
        assert_eq!(url.to_string(), "s3://bucket/a/b");
        assert_eq!("gs://bucket/".parse::<StateUrl>().unwrap().join("x").to_string(), "gs://bucket/x");
    }

    #[tokio::test]
    async fn clones_share_their_memory_and_names_keep_apart() {
        let url: StateUrl = "memory:".parse().unwrap();
        assert_ne!(url, StateUrl::memory());
        assert_eq!(url.clone().join("x"), url);
        let (one, again, other) = (["aws", "one"], ["aws", "one"], ["aws", "other"]);
        url.open(&one).await.unwrap().create(1, b"x").await;
        assert_eq!(url.clone().open(&again).await.unwrap().list().await.unwrap(), [1]);
        assert!(url.open(&other).await.unwrap().list().await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn names_stay_below_their_directory() {
        let directory = tempfile::tempdir().unwrap();
        let url = StateUrl::File(directory.path().into());
        let store = url.open(&["aws", "..", "a/b", "example.com:project"]).await.unwrap();
        store.create(1, b"x").await;
        assert!(directory.path().join("aws/_2e./a_2fb/example.com_3aproject/00000001.json").is_file());
    }

    #[test]
    fn what_is_wrong_is_said_with_a_remedy() {
        for text in ["", "s3://", "gs:///", "az://account", "ftp://host/x", "s3:bucket", "s3://b/../c", "file://host/x"]
        {
            let error = text.parse::<StateUrl>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Invalid, "{text}");
            assert!(error.remedy_text().is_some(), "{text}");
        }
    }

    #[test]
    fn credentials_in_a_url_are_refused_and_not_shown() {
        let error = "s3://AKIA:hunter2@bucket/x".parse::<StateUrl>().unwrap_err();
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}
