//! Names derived from the cluster's.

use sha2::{Digest, Sha256};

use crate::spec::ClusterName;

/// How many characters of a shortened name tell it from others.
const HASH: usize = 8;

/// The name of a part of a cluster: the cluster's name and the parts, joined by hyphens, within `max` characters.
///
/// A longer name is cut and ends in eight hexadecimal digits of the SHA-256 of the whole, so that two long names
/// that begin alike stay apart. The same arguments always give the same name. It never ends with a hyphen, as most
/// clouds refuse that. Empty parts are left out.
///
/// Each kind passes its own limit; the shortest is 32, for Elastic Load Balancing's balancers and target groups
/// (Elastic Load Balancing API reference, `CreateLoadBalancer`: "a maximum of 32 characters").
/// [`ClusterName::LONGEST`] is 20 so that one part of up to 11 characters, such as `application`, fits even there
/// without being cut.
///
/// ```
/// use castra_core::naming::derive;
///
/// let cluster = "demo".parse()?;
/// assert_eq!(derive(&cluster, &["primary", "0"], 63), "demo-primary-0");
///
/// let cluster = "a-name-of-20-letters".parse()?;
/// assert_eq!(derive(&cluster, &["application"], 32), "a-name-of-20-letters-application");
/// assert_eq!(derive(&cluster, &["application", "443"], 32).len(), 32);
/// # Ok::<(), castra_core::spec::Invalid>(())
/// ```
pub fn derive(cluster: &ClusterName, parts: &[&str], max: usize) -> String {
    let mut whole = cluster.as_str().to_owned();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        whole.push('-');
        whole.push_str(part);
    }
    let whole = whole.trim_end_matches('-');
    if whole.chars().count() <= max {
        return whole.to_owned();
    }
    let hash: String = Sha256::digest(whole).iter().take(HASH / 2).map(|byte| format!("{byte:02x}")).collect();
    let kept: String = whole.chars().take(max.saturating_sub(HASH + 1)).collect();
    let kept = kept.trim_end_matches('-');
    if kept.is_empty() { hash.chars().take(max).collect() } else { format!("{kept}-{hash}") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn short_names_stay_whole() {
        let cluster: ClusterName = "demo".parse().unwrap();
        assert_eq!(derive(&cluster, &[], 32), "demo");
        assert_eq!(derive(&cluster, &["", "nat", ""], 32), "demo-nat");
        assert_eq!(derive(&cluster, &["trailing-"], 32), "demo-trailing");
    }

    /// The names that a cluster whose own name is as long as may be has in the shortest limit there is.
    #[test]
    fn the_longest_cluster_name_fits_the_shortest_limit() {
        let cluster: ClusterName = "a".repeat(ClusterName::LONGEST).parse().unwrap();
        for part in ["application", "control"] {
            let name = derive(&cluster, &[part], 32);
            assert!(name.len() <= 32 && name.ends_with(part), "{name}");
        }
    }

    #[test]
    fn a_cut_name_is_fixed_for_ever() {
        let cluster: ClusterName = "castra-production".parse().unwrap();
        let names = ["6443", "23010"].map(|port| derive(&cluster, &["control", "target", port], 32));
        assert_eq!(names, GOLDEN);
    }

    const GOLDEN: [&str; 2] = ["castra-production-contr-ffc2849d", "castra-production-contr-bf0ee623"];

    proptest! {
        #[test]
        fn names_keep_their_limit_and_never_end_in_a_hyphen(
            cluster in "[a-z][a-z0-9]{2,19}",
            parts in prop::collection::vec("[a-z0-9-]{0,20}", 0..4),
            max in 1usize..80,
        ) {
            let cluster: ClusterName = cluster.parse().unwrap();
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            let name = derive(&cluster, &parts, max);
            prop_assert!(!name.is_empty() && name.chars().count() <= max && !name.ends_with('-'));
            prop_assert_eq!(&name, &derive(&cluster, &parts, max));
        }

        #[test]
        fn cut_names_stay_apart(tail in "[a-z]{1,8}", other in "[a-z]{1,8}") {
            prop_assume!(tail != other);
            let cluster: ClusterName = "castra-production".parse().unwrap();
            let long = |tail: &str| derive(&cluster, &["a-part-that-is-long-by-itself", tail], 32);
            prop_assert_ne!(long(&tail), long(&other));
        }
    }
}
