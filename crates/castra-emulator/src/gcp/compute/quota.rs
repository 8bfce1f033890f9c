//! How much a project may have.

use super::kind::Kind;
use super::kinds;
use crate::gcp::error::ApiError;
use crate::gcp::project::Project;
use crate::gcp::scope::Key;

/// Refuses what would be one more than the quota of its kind.
pub(crate) fn allows(project: &Project, kind: &dyn Kind, key: &Key) -> Result<(), ApiError> {
    let Some(metric) = kind.quota() else { return Ok(()) };
    check(project, metric, key.scope.region(), used(project, metric, key.scope.region()) + 1.0)
}

/// Refuses so much of a metric, in a region or in the project as a whole
/// (<https://cloud.google.com/compute/resource-usage>).
pub(crate) fn check(project: &Project, metric: &str, region: Option<&str>, wanted: f64) -> Result<(), ApiError> {
    let quotas = &project.settings.quotas;
    let (limit, place) = match region {
        Some(region) => (quotas.in_region(region, metric), format!("in region {region}")),
        None => (quotas.globally(metric), "globally".to_owned()),
    };
    match limit {
        Some(limit) if wanted > limit => Err(ApiError::quota(metric, limit, &place)),
        _ => Ok(()),
    }
}

/// How much of a metric is used by resources that count one each.
pub(crate) fn used(project: &Project, metric: &str, region: Option<&str>) -> f64 {
    let counts = kinds::KINDS.iter().filter(|kind| kind.quota() == Some(metric));
    let resources = counts.flat_map(|kind| project.resources.of(kind.collection()));
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    let used = resources.filter(|resource| resource.key.scope.region() == region).count() as f64;
    used
}
