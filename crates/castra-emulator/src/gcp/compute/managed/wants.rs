//! What a managed group's document wants, read once.

use serde_json::Value;

use super::health;
use super::plan::Aim;
use super::policy::{FixedOrPercent, Policy};
use super::spread::Shape;
use super::{member, versions};
use crate::gcp::compute::reference;
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, Phase, Resource, list, text};
use crate::gcp::scope::{Key, Scope};

/// What a group wants.
#[derive(Debug)]
pub(super) struct Wants {
    pub(super) aim: Aim,
    pub(super) base: String,
    pub(super) versions: Vec<(member::Version, Option<FixedOrPercent>)>,
    /// How many members each version is to have.
    pub(super) counts: Vec<usize>,
    pub(super) policy: Policy,
    /// Whether instances that stop or vanish come again.
    pub(super) repairs: bool,
    /// Whether unhealthy ones do.
    pub(super) heals: bool,
    /// Whether what comes again is of the latest version.
    pub(super) renews: bool,
    /// The health check to heal by, and for how long new instances may fail it, in seconds.
    pub(super) healing: Option<(Document, u64)>,
    pub(super) named_ports: Vec<Value>,
    /// Whether the group is being deleted.
    pub(super) ends: bool,
}

/// The instance group that a manager owns: of the same name.
pub(super) fn instance_group(manager: &Key) -> Key {
    Key::new("instanceGroups", manager.scope.clone(), &manager.name)
}

/// The size that a document wants.
pub(super) fn size(document: &Document) -> usize {
    document.get("targetSize").and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok()).unwrap_or(0)
}

impl Wants {
    pub(super) fn of(project: &Project, resource: &Resource) -> Self {
        let document = &resource.document;
        let (size, key) = (size(document), &resource.key);
        let versions = versions::of(document);
        let policy = Policy::of(document, size);
        let none = Document::new();
        let part = |name: &str| document.get(name).and_then(Value::as_object).unwrap_or(&none);
        let (spread, lifecycle) = (part("distributionPolicy"), part("instanceLifecyclePolicy"));
        let zones = match &key.scope {
            Scope::Zone(zone) => vec![zone.clone()],
            _ => list(spread, "zones").iter().filter_map(|zone| last(zone.get("zone")?.as_str()?)).collect(),
        };
        let repairs = text(lifecycle, "defaultActionOnFailure") != "DO_NOTHING";
        let heals = match text(lifecycle, "onFailedHealthCheck") {
            "REPAIR" => true,
            "DO_NOTHING" => false,
            _ => repairs,
        };
        let healing = health::healing(document)
            .and_then(|(check, delay)| reference::follow(project, check).map(|check| (check.document.clone(), delay)));
        let group = project.resources.get(&instance_group(key));
        Self {
            aim: Aim {
                size,
                zones,
                shape: Shape::parse(text(spread, "targetShape")),
                redistributes: policy.redistributes,
                surge: policy.surge,
                unavailable: policy.unavailable,
                keeps_names: policy.keeps_names,
                exhausted: Vec::new(),
            },
            base: text(document, "baseInstanceName").to_owned(),
            counts: versions::counts(&versions, size),
            versions,
            policy,
            repairs,
            heals,
            renews: text(lifecycle, "forceUpdateOnRepair") == "YES",
            healing,
            named_ports: group.map_or(&[][..], |group| list(&group.document, "namedPorts")).to_vec(),
            ends: resource.phase == Phase::Going,
        }
    }
}

/// The last part of a link.
fn last(link: &str) -> Option<String> {
    link.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned)
}
