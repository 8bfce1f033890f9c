//! What Route 53 holds; it is the same from every region.

use std::collections::{BTreeMap, BTreeSet};

use super::change_info::Changes;
use super::error;
use super::health_check::HealthCheck;
use super::name::Name;
use super::record::Content;
use super::zone::Zone;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::object::{Objects, texts};

/// The account's zones and health checks.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    /// By id, without the `/hostedzone/` before it.
    pub(super) zones: BTreeMap<String, Zone>,
    /// Caller references of all zones that there have been.
    pub(super) references: BTreeSet<String>,
    pub(super) changes: Changes,
    /// By id.
    pub(super) health_checks: BTreeMap<String, HealthCheck>,
}

impl State {
    /// The value of the CNAME record of that name in the account's public zones, which is how other services see what
    /// is in DNS: the most specific zone answers.
    pub(crate) fn cname(&self, name: &str) -> Option<String> {
        let name = Name::read(name).ok()?;
        let zones = self.zones.values().filter(|zone| !zone.is_private() && name.is_within(&zone.name));
        let zone = zones.max_by_key(|zone| zone.name.depth())?;
        let record = zone.records.values().find(|record| record.key.name == name && record.key.kind == "CNAME")?;
        match &record.content {
            Content::Values { values, .. } => values.first().cloned(),
            Content::Alias { target, .. } => Some(target.to_string()),
        }
    }

    /// The zones, their records and the health checks.
    pub(crate) fn objects(&self, objects: &mut Objects<'_>) {
        for zone in self.zones.values() {
            objects.add("hostedzone", &zone.id, None, texts(&zone.tags));
            for key in zone.records.keys().filter(|key| !zone.is_own(key)) {
                let id = format!("{} {}", key.name, key.kind);
                objects.add("record", &id, None, BTreeMap::new());
            }
        }
        for check in self.health_checks.values() {
            objects.add("healthcheck", &check.id, None, texts(&check.tags));
        }
    }
}

/// A zone by its id, which may come as `/hostedzone/Z..`.
pub(super) fn find<'a>(call: &'a Call<'_>, id: &str) -> Result<&'a Zone, ApiError> {
    let id = bare(id);
    call.account.route53.zones.get(id).ok_or_else(|| error::no_such_zone(id))
}

/// As [`find`], to change it.
pub(super) fn find_mut<'a>(call: &'a mut Call<'_>, id: &str) -> Result<&'a mut Zone, ApiError> {
    let id = bare(id);
    call.account.route53.zones.get_mut(id).ok_or_else(|| error::no_such_zone(id))
}

pub(super) fn bare(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or_default()
}
