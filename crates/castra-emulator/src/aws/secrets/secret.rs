//! A secret and its versions
//! (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html>).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::aws::ApiError;
use crate::aws::call::{Call, epoch};
use crate::aws::ec2::Tags;
use crate::chance::Chance;
use crate::clock::later;

/// A secret.
#[derive(Debug, Clone)]
pub(super) struct Secret {
    pub(super) name: String,
    pub(super) arn: String,
    pub(super) description: Option<String>,
    /// What encrypts it; none = `aws/secretsmanager`.
    pub(super) key: Option<String>,
    /// By id.
    pub(super) versions: BTreeMap<String, Version>,
    pub(super) tags: Tags,
    pub(super) policy: Option<String>,
    pub(super) created: Timestamp,
    pub(super) changed: Timestamp,
    pub(super) accessed: Option<Timestamp>,
    pub(super) deletion: Option<Deletion>,
}

/// A secret's end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deletion {
    /// When it was asked for.
    pub(super) asked: Timestamp,
    /// From when on the secret is gone, and its name free.
    pub(super) at: Timestamp,
}

/// One version.
#[derive(Debug, Clone)]
pub(super) struct Version {
    pub(super) content: Content,
    /// `AWSCURRENT`, `AWSPREVIOUS`, and whatever else labels it.
    pub(super) stages: BTreeSet<String>,
    pub(super) created: Timestamp,
    /// Its number among the versions: moments may be the same.
    pub(super) number: usize,
}

/// What is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    Text(String),
    /// As base64.
    Binary(String),
}

pub(super) const CURRENT: &str = "AWSCURRENT";
pub(super) const PREVIOUS: &str = "AWSPREVIOUS";

/// How many versions a secret has about at most: "Secrets Manager removes deprecated versions when there are more than
/// 100", but none that is younger than a day
/// (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html#term_version>).
const MOST_VERSIONS: usize = 100;

/// The end of an ARN: six characters, so that a secret that is made anew is another one.
pub(super) fn suffix(chance: &mut Chance) -> String {
    const CHARACTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    (0..6).map(|_| char::from(CHARACTERS[(chance.next() % 62) as usize])).collect()
}

impl Content {
    /// What a call gives, if anything.
    pub(super) fn given(call: &Call<'_>) -> Result<Option<Self>, ApiError> {
        match (call.text("SecretString"), call.text("SecretBinary")) {
            (Some(_), Some(_)) => {
                let message = "You can't specify both a SecretString and a SecretBinary value.";
                Err(ApiError::new("InvalidParameterException", message))
            }
            (Some(text), None) => Ok(Some(Self::Text(text.to_owned()))),
            (None, Some(binary)) => Ok(Some(Self::Binary(binary.to_owned()))),
            (None, None) => Ok(None),
        }
    }
}

/// The id of the version that a call makes: its token, which the SDKs fill in.
pub(super) fn version_id(call: &mut Call<'_>) -> String {
    call.text("ClientRequestToken").map_or_else(|| call.account.chance.uuid(), str::to_owned)
}

impl Secret {
    /// The version that has a label.
    pub(super) fn staged(&self, stage: &str) -> Option<(&String, &Version)> {
        self.versions.iter().find(|(_, version)| version.stages.contains(stage))
    }

    /// Adds a version with these labels, which move to it from wherever they are. A version that is already there
    /// under this id must be the same.
    pub(super) fn add(&mut self, id: &str, content: Content, stages: &[&str], now: Timestamp) -> Result<(), ApiError> {
        if let Some(there) = self.versions.get(id) {
            if there.content == content {
                return Ok(());
            }
            let message = format!(
                "You can't use ClientRequestToken {id} because that value is already in use for a version of secret \
                 {}.",
                self.arn
            );
            return Err(ApiError::new("ResourceExistsException", message));
        }
        self.make_room(now)?;
        let number = self.versions.values().map(|version| version.number + 1).max().unwrap_or(0);
        let version = Version { content, stages: BTreeSet::new(), created: now, number };
        self.versions.insert(id.to_owned(), version);
        for stage in stages {
            self.label(stage, id);
        }
        self.changed = now;
        Ok(())
    }

    /// Forgets the oldest version without labels, if there are many.
    fn make_room(&mut self, now: Timestamp) -> Result<(), ApiError> {
        if self.versions.len() < MOST_VERSIONS {
            return Ok(());
        }
        let day = std::time::Duration::from_secs(86_400);
        let old = |version: &&Version| version.stages.is_empty() && later(version.created, day) <= now;
        let oldest = self.versions.iter().filter(|(_, version)| old(version)).min_by_key(|(_, version)| version.number);
        let Some(oldest) = oldest.map(|(id, _)| id.clone()) else {
            let message = "You've exceeded the quota of versions per secret.";
            return Err(ApiError::new("LimitExceededException", message));
        };
        self.versions.remove(&oldest);
        Ok(())
    }

    /// Moves a label to a version. Who was current is then previous
    /// (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html>).
    pub(super) fn label(&mut self, stage: &str, to: &str) {
        let from = self.staged(stage).map(|(id, _)| id.clone());
        if from.as_deref() == Some(to) {
            return;
        }
        self.unlabel(stage);
        if let Some(version) = self.versions.get_mut(to) {
            version.stages.insert(stage.to_owned());
        }
        if stage == CURRENT {
            self.unlabel(PREVIOUS);
            if let Some(version) = from.and_then(|from| self.versions.get_mut(&from)) {
                version.stages.insert(PREVIOUS.to_owned());
            }
        }
    }

    /// Takes a label from whatever version has it.
    pub(super) fn unlabel(&mut self, stage: &str) {
        for version in self.versions.values_mut() {
            version.stages.remove(stage);
        }
    }

    /// ARN and name, which all answers begin with.
    pub(super) fn named(&self) -> Map<String, Value> {
        let mut shown = Map::new();
        shown.insert("ARN".to_owned(), self.arn.as_str().into());
        shown.insert("Name".to_owned(), self.name.as_str().into());
        shown
    }

    /// As describes and lists show it; `stages` is what the versions are called there.
    pub(super) fn described(&self, stages: &str) -> Map<String, Value> {
        let mut shown = self.named();
        let mut set = |member: &str, value: Option<Value>| {
            if let Some(value) = value {
                shown.insert(member.to_owned(), value);
            }
        };
        set("Description", self.description.as_deref().map(Value::from));
        set("KmsKeyId", self.key.as_deref().map(Value::from));
        set("LastChangedDate", Some(epoch(self.changed)));
        // "The date that the secret was last accessed": the day only
        // (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html).
        set("LastAccessedDate", self.accessed.map(|accessed| (accessed.as_second() / 86_400 * 86_400).into()));
        set("DeletedDate", self.deletion.map(|deletion| epoch(deletion.asked)));
        set("Tags", Some(self.tags.shown()));
        let labelled = self.versions.iter().filter(|(_, version)| !version.stages.is_empty());
        let versions: Map<String, Value> = labelled.map(|(id, version)| (id.clone(), version.shown_stages())).collect();
        set(stages, (!versions.is_empty()).then(|| versions.into()));
        set("CreatedDate", Some(epoch(self.created)));
        shown
    }
}

impl Version {
    pub(super) fn shown_stages(&self) -> Value {
        self.stages.iter().map(|stage| Value::from(stage.as_str())).collect()
    }
}
