//! How much a project may have.

use super::kind::Kind;
use super::kinds;
use crate::gcp::error::ApiError;
use crate::gcp::project::Project;
use crate::gcp::resource::{Phase, Resource};
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

/// Refuses what is there by now if it is more than the quotas that its kind uses by what it is.
pub(crate) fn settled(project: &Project, kind: &dyn Kind, resource: &Resource) -> Result<(), ApiError> {
    kind.metrics().iter().filter(|metric| kind.amount(resource, metric) > 0.0).try_for_each(|metric| {
        let region = resource.key.scope.region().filter(|_| !is_everywhere(metric));
        check(project, metric, region, sum(project, metric, region, |one| one.phase != Phase::Coming))
    })
}

/// How much of a metric is used.
pub(crate) fn used(project: &Project, metric: &str, region: Option<&str>) -> f64 {
    sum(project, metric, region, |_| true)
}

/// Whether a metric counts what all regions have.
fn is_everywhere(metric: &str) -> bool {
    metric.ends_with("_ALL_REGIONS")
}

fn sum(project: &Project, metric: &str, region: Option<&str>, counts: fn(&Resource) -> bool) -> f64 {
    let kinds = kinds::KINDS.iter().filter(|kind| kind.quota() == Some(metric) || kind.metrics().contains(&metric));
    let of_kind = |kind: &&dyn Kind| -> f64 {
        let here = |one: &&Resource| is_everywhere(metric) || one.key.scope.region() == region;
        let resources = project.resources.of(kind.collection()).filter(here).filter(|one| counts(one));
        resources.map(|one| kind.amount(one, metric)).sum()
    };
    kinds.map(of_kind).sum()
}
