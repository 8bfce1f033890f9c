//! The versions of one key (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html>).

use std::sync::Arc;

use jiff::Timestamp;

use super::content::Content;
use super::error;
use crate::aws::ApiError;
use crate::aws::call::Call;

/// Whether a bucket keeps versions. It can't go back to never having done so
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Versioning {
    Never,
    Enabled,
    Suspended,
}

/// One version of an object.
#[derive(Debug, Clone)]
pub(super) struct Version {
    /// None: the version without an id, which there is one of at most; it is called `null`.
    pub(super) id: Option<String>,
    /// To the second, as S3 has it.
    pub(super) modified: Timestamp,
    /// None: a delete marker.
    pub(super) content: Option<Arc<Content>>,
}

/// All versions of a key, the latest last; never none.
#[derive(Debug, Clone, Default)]
pub(super) struct History(Vec<Version>);

impl Version {
    pub(super) fn new(id: Option<String>, now: Timestamp, content: Option<Arc<Content>>) -> Self {
        Self { id, modified: Timestamp::from_second(now.as_second()).unwrap_or(now), content }
    }

    /// Its id as requests and answers have it.
    pub(super) fn name(&self) -> &str {
        self.id.as_deref().unwrap_or("null")
    }
}

impl History {
    /// Latest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Version> {
        self.0.iter().rev()
    }

    pub(super) fn latest(&self) -> Option<&Version> {
        self.0.last()
    }

    pub(super) fn find(&self, name: &str) -> Option<&Version> {
        self.0.iter().find(|version| version.name() == name)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the latest. One without an id takes the place of the one without an id that is there.
    pub(super) fn push(&mut self, version: Version) {
        if version.id.is_none() {
            self.0.retain(|other| other.id.is_some());
        }
        self.0.push(version);
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<Version> {
        let at = self.0.iter().position(|version| version.name() == name)?;
        Some(self.0.remove(at))
    }

    /// How many versions there are, and their bytes.
    pub(super) fn stored(&self) -> (usize, usize) {
        let contents = self.0.iter().filter_map(|version| version.content.as_ref());
        (self.0.len(), contents.map(|content| content.body.len()).sum())
    }
}

/// The id of a new version: none unless the bucket keeps versions.
pub(super) fn new_id(call: &mut Call<'_>, versioning: Versioning) -> Option<String> {
    (versioning == Versioning::Enabled).then(|| call.account.chance.letters(32))
}

/// How a version id shows in the answer to a write: a bucket that never kept versions shows none.
pub(super) fn shown_id(versioning: Versioning, version: &Version) -> Option<&str> {
    (versioning != Versioning::Never).then(|| version.name())
}

/// Whether this can be a version's id.
pub(super) fn check_id(id: &str) -> Result<(), ApiError> {
    if id == "null" || (id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(&byte)))
    {
        Ok(())
    } else {
        Err(error::invalid_argument("Invalid version id specified", "versionId", id))
    }
}
