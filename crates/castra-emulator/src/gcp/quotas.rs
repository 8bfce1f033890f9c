//! How much a project may have.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::settings::Limits;

/// How much a project may have, by Google's names of what is counted. The defaults are those of new projects, as far as
/// they are published (<https://cloud.google.com/compute/resource-usage>,
/// <https://cloud.google.com/load-balancing/docs/quotas>, <https://cloud.google.com/vpc/docs/quota>).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Quotas {
    /// In the project as a whole.
    pub global: Limits,
    /// In each region.
    pub regional: Limits,
    /// In single regions, by their names: these count instead of what is the same everywhere.
    pub regions: BTreeMap<String, Limits>,
}

impl Default for Quotas {
    fn default() -> Self {
        let limits = |all: &[(&str, f64)]| all.iter().map(|(name, limit)| ((*name).to_owned(), *limit)).collect();
        Self {
            global: limits(&[
                ("BACKEND_SERVICES", 75.0),
                ("CPUS_ALL_REGIONS", 500.0),
                ("FIREWALLS", 500.0),
                ("FORWARDING_RULES", 150.0),
                ("GLOBAL_EXTERNAL_MANAGED_BACKEND_SERVICES", 75.0),
                ("HEALTH_CHECKS", 500.0),
                ("INSTANCE_TEMPLATES", 500.0),
                ("NETWORKS", 50.0),
                ("ROUTERS", 100.0),
                ("ROUTES", 1000.0),
                ("SECURITY_POLICIES", 50.0),
                ("SECURITY_POLICY_RULES", 200.0),
                ("SSL_CERTIFICATES", 100.0),
                ("STATIC_ADDRESSES", 100.0),
                ("SUBNETWORKS", 1000.0),
                ("TARGET_HTTPS_PROXIES", 100.0),
                ("TARGET_HTTP_PROXIES", 100.0),
                ("URL_MAPS", 100.0),
            ]),
            regional: limits(&[
                ("AUTOSCALERS", 500.0),
                ("CPUS", 500.0),
                ("DISKS_TOTAL_GB", 20_000.0),
                ("INSTANCES", 2000.0),
                ("INSTANCE_GROUPS", 1000.0),
                ("INSTANCE_GROUP_MANAGERS", 500.0),
                ("SSD_TOTAL_GB", 10_000.0),
                ("STATIC_ADDRESSES", 100.0),
            ]),
            regions: BTreeMap::new(),
        }
    }
}

impl Quotas {
    /// The limit of the project as a whole; none = no limit.
    pub(crate) fn globally(&self, metric: &str) -> Option<f64> {
        self.global.get(metric).copied()
    }

    /// The limit in a region; none = no limit.
    pub(crate) fn in_region(&self, region: &str, metric: &str) -> Option<f64> {
        let own = self.regions.get(region).and_then(|limits| limits.get(metric));
        own.or_else(|| self.regional.get(metric)).copied()
    }

    pub(crate) fn all_globally(&self) -> Limits {
        self.global.clone()
    }

    pub(crate) fn all_in_region(&self, region: &str) -> Limits {
        let mut all = self.regional.clone();
        all.extend(self.regions.get(region).cloned().unwrap_or_default());
        all
    }
}
