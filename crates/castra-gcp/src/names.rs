//! The names that follow from a cluster's name and its region, so that everything is found without a spec.

use castra_core::naming::derive;
use castra_core::spec::ClusterName;

use crate::links;

/// The longest name of a resource (<https://cloud.google.com/compute/docs/naming-resources>): a small letter, then small
/// letters, digits and hyphens, as a cluster's own name.
const LONGEST: usize = 63;
/// The longest id of a service account, which has the same characters
/// (<https://cloud.google.com/iam/docs/service-accounts-create>: 6 to 30).
const ACCOUNT: usize = 30;

/// Derives the names of one cluster's objects.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) cluster: &'a ClusterName,
    pub(crate) region: &'a str,
}

impl Names<'_> {
    /// That of the object of a region or a zone of the resource with this name: `camp-main` for `router/main`.
    pub(crate) fn of(&self, resource: &str) -> String {
        derive(self.cluster, &[resource], LONGEST)
    }

    /// That of a global object: `camp-europe-west1-main` for `network/main`. The project has it once for all regions, in
    /// each of which there may be a cluster of the name.
    pub(crate) fn global(&self, resource: &str) -> String {
        derive(self.cluster, &[self.region, resource], LONGEST)
    }

    /// That of the object of the resource with this name, global or not as the object with this path.
    pub(crate) fn like(&self, path: &str, resource: &str) -> String {
        if links::is_global(path) { self.global(resource) } else { self.of(resource) }
    }

    /// The id of a service account, which is the project's too: `camp-europe-west1-primary`.
    pub(crate) fn account(&self, resource: &str) -> String {
        derive(self.cluster, &[self.region, resource], ACCOUNT)
    }

    /// The filter of a list for everything that may have such a name. `eq` matches the whole of a field with a regular
    /// expression (<https://cloud.google.com/compute/docs/reference/rest/v1/networks/list>, `filter`); a cluster's name
    /// has no character with a meaning there.
    pub(crate) fn filter(&self) -> String {
        format!("name eq \"{}-.*\"", self.cluster)
    }

    /// The same for global objects.
    pub(crate) fn global_filter(&self) -> String {
        format!("name eq \"{}-{}-.*\"", self.cluster, self.region)
    }

    /// Whether this may be the name of a global object of the cluster.
    pub(crate) fn is_global(&self, name: &str) -> bool {
        let rest = name.strip_prefix(self.cluster.as_str()).and_then(|rest| rest.strip_prefix('-'));
        rest.and_then(|rest| rest.strip_prefix(self.region)).is_some_and(|rest| rest.starts_with('-'))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn every_name_fits_with_the_longest_cluster_name_and_region() {
        let cluster: ClusterName = "a".repeat(ClusterName::LONGEST).parse().unwrap();
        let names = Names { cluster: &cluster, region: "northamerica-northeast1" };
        assert!(names.of(&"b".repeat(80)).len() <= LONGEST);
        assert!(names.global(&"b".repeat(80)).len() <= LONGEST);
        assert!(["primary", "secondary"].iter().all(|role| names.account(role).len() <= ACCOUNT));
        assert_ne!(names.account("primary"), names.account("secondary"));
        let elsewhere = Names { cluster: &cluster, region: "northamerica-northeast2" };
        assert_ne!(names.account("primary"), elsewhere.account("primary"));
        let short: ClusterName = "abc".parse().unwrap();
        assert!(Names { cluster: &short, region: "us-east1" }.account("primary").len() >= 6);
    }

    #[test]
    fn names_are_fixed_for_ever() {
        let cluster: ClusterName = "demo".parse().unwrap();
        let names = Names { cluster: &cluster, region: "us-east1" };
        assert_eq!((names.of("main"), names.global("main")), ("demo-main".to_owned(), "demo-us-east1-main".to_owned()));
        assert_eq!(names.account("primary"), "demo-us-east1-primary");
        assert_eq!(names.filter(), "name eq \"demo-.*\"");
        assert_eq!(names.global_filter(), "name eq \"demo-us-east1-.*\"");
        let own = ["demo-us-east1-main", "demo-us-east10-main", "demo-us-east1", "demo-main", "other-us-east1-main"];
        assert_eq!(own.map(|name| names.is_global(name)), [true, false, false, false, false]);
        assert_eq!(names.like("projects/p1/global/networks/x", "main"), "demo-us-east1-main");
        assert_eq!(names.like("projects/p1/regions/us-east1/routers/x", "main"), "demo-main");
    }
}
