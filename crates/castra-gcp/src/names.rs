//! The names that follow from a cluster's name, so that everything is found without a spec.

use castra_core::naming::derive;
use castra_core::spec::ClusterName;

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
}

impl Names<'_> {
    /// That of the object of the resource with this name: `camp-main` for `network/main`.
    pub(crate) fn of(&self, resource: &str) -> String {
        derive(self.cluster, &[resource], LONGEST)
    }

    /// The id of a service account: `camp-primary`. The project is part of an account's address.
    pub(crate) fn account(&self, resource: &str) -> String {
        derive(self.cluster, &[resource], ACCOUNT)
    }

    /// The filter of a list for everything that may have such a name. `eq` matches the whole of a field with a regular
    /// expression (<https://cloud.google.com/compute/docs/reference/rest/v1/networks/list>, `filter`); a cluster's name
    /// has no character with a meaning there.
    pub(crate) fn filter(&self) -> String {
        format!("name eq \"{}-.*\"", self.cluster)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn every_name_fits_with_the_longest_cluster_name() {
        let cluster: ClusterName = "a".repeat(ClusterName::LONGEST).parse().unwrap();
        let names = Names { cluster: &cluster };
        assert!(names.of(&"b".repeat(80)).len() <= LONGEST);
        for role in ["primary", "secondary"] {
            assert!(
                names.account(role).len() <= ACCOUNT && names.account(role).ends_with(role),
                "{}",
                names.account(role)
            );
        }
        let short: ClusterName = "abc".parse().unwrap();
        assert!(Names { cluster: &short }.account("primary").len() >= 6);
    }

    #[test]
    fn names_are_fixed_for_ever() {
        let cluster: ClusterName = "demo".parse().unwrap();
        let names = Names { cluster: &cluster };
        assert_eq!((names.of("main"), names.account("primary")), ("demo-main".to_owned(), "demo-primary".to_owned()));
        assert_eq!(names.filter(), "name eq \"demo-.*\"");
    }
}
