//! How much an update does to an instance
//! (<https://cloud.google.com/compute/docs/instance-groups/rolling-out-updates-to-managed-instance-groups#minimal_action_required>).

use serde_json::Value;

use crate::gcp::resource::{Document, list, text};

/// How much is done, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    None,
    /// Without a stop.
    Refresh,
    /// Stopped and started.
    Restart,
    /// Deleted, and created from the new template.
    Replace,
}

/// Properties that can change while an instance runs
/// (<https://cloud.google.com/compute/docs/instance-groups/updating-instance-properties>).
pub(super) const REFRESHED: &[&str] = &["labels", "metadata", "description"];

/// Properties that can change while an instance is stopped (as above).
pub(super) const RESTARTED: &[&str] =
    &["machineType", "minCpuPlatform", "serviceAccounts", "scheduling", "shieldedInstanceConfig", "guestAccelerators"];

impl Level {
    /// By the contract's name.
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "NONE" => Self::None,
            "REFRESH" => Self::Refresh,
            "RESTART" => Self::Restart,
            "REPLACE" => Self::Replace,
            _ => return None,
        })
    }

    /// The contract's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Refresh => "REFRESH",
            Self::Restart => "RESTART",
            Self::Replace => "REPLACE",
        }
    }

    /// What it takes at least to make an instance of one template one of the other.
    pub(super) fn between(before: &Document, after: &Document) -> Self {
        let changed = before.keys().chain(after.keys()).filter(|name| before.get(*name) != after.get(*name));
        let level = |name: &String| match name.as_str() {
            name if REFRESHED.contains(&name) => Self::Refresh,
            name if RESTARTED.contains(&name) => Self::Restart,
            _ => Self::Replace,
        };
        changed.map(level).max().unwrap_or(Self::None)
    }

    /// What is done if so much is needed, at least this and at most `most`: nothing, if more is needed than is allowed.
    pub(super) fn chosen(needed: Self, minimal: Self, most: Self) -> Self {
        let wanted = needed.max(minimal);
        if wanted > most { Self::None } else { wanted }
    }
}

/// The properties of a template's document.
pub(super) fn properties(template: &Document) -> Option<&Document> {
    template.get("properties").and_then(Value::as_object)
}

/// Gives an instance's document those of a template's properties that can change without its being replaced.
pub(super) fn apply(instance: &mut Document, properties: &Document, zone: &str) {
    for name in REFRESHED.iter().chain(RESTARTED) {
        let Some(value) = properties.get(*name) else {
            instance.remove(*name);
            continue;
        };
        let value = match (*name, value) {
            // A template names a type, an instance links to the one in its zone.
            ("machineType", Value::String(kind)) => {
                let zoned = text(instance, "zone").to_owned();
                let kind = kind.rsplit('/').next().unwrap_or_default();
                Value::from(if zoned.is_empty() {
                    format!("zones/{zone}/machineTypes/{kind}")
                } else {
                    format!("{zoned}/machineTypes/{kind}")
                })
            }
            ("metadata", Value::Object(metadata)) => {
                let own = instance.get("metadata").and_then(Value::as_object);
                Value::Object(with_own_metadata(metadata, own))
            }
            _ => value.clone(),
        };
        instance.insert((*name).to_owned(), value);
    }
}

/// A template's metadata, with what a group says in that of its instances.
fn with_own_metadata(metadata: &Document, own: Option<&Document>) -> Document {
    let key = |item: &Value| item.get("key").and_then(Value::as_str).unwrap_or_default().to_owned();
    let groups = |item: &&Value| ["created-by", "instance-template"].contains(&key(item).as_str());
    let kept = own.map_or(&[][..], |own| list(own, "items")).iter().filter(groups);
    let items = list(metadata, "items").iter().chain(kept).cloned().collect::<Vec<_>>();
    let mut metadata = metadata.clone();
    metadata.insert("items".to_owned(), Value::Array(items));
    metadata
}
