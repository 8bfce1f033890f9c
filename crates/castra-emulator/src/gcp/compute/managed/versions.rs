//! Which template each member is to be made from: a group has one version, or two of which one is for some members
//! (<https://cloud.google.com/compute/docs/instance-groups/rolling-out-updates-to-managed-instance-groups#starting_a_canary_update>).

use std::collections::BTreeMap;

use serde_json::Value;

use super::member::Version;
use super::policy::FixedOrPercent;
use crate::gcp::resource::{Document, list, text};

/// The versions that a group's document names, each with its share; none = all members that no other wants.
pub(super) fn of(document: &Document) -> Vec<(Version, Option<FixedOrPercent>)> {
    let one = |version: &Value| {
        let version = version.as_object()?;
        let name = Some(text(version, "name")).filter(|name| !name.is_empty()).map(str::to_owned);
        let template = text(version, "instanceTemplate").to_owned();
        let share = version.get("targetSize").and_then(Value::as_object).and_then(FixedOrPercent::of);
        Some((Version { template, name }, share))
    };
    list(document, "versions").iter().filter_map(one).collect()
}

/// How many members each is to have, of so many.
pub(super) fn counts(versions: &[(Version, Option<FixedOrPercent>)], size: usize) -> Vec<usize> {
    let mut left = size;
    let mut counts: Vec<usize> = versions
        .iter()
        .map(|(_, share)| {
            let count = share.map_or(0, |share| share.rounded(size)).min(left);
            left -= count;
            count
        })
        .collect();
    for ((_, share), count) in versions.iter().zip(&mut counts) {
        if share.is_none() {
            *count += std::mem::take(&mut left);
        }
    }
    counts
}

/// The members that aren't of a version that wants them: of no version, or too many of one, the youngest first.
/// Members come in the order of their births.
pub(super) fn outdated<'m>(
    versions: &[(Version, Option<FixedOrPercent>)],
    counts: &[usize],
    members: impl Iterator<Item = (&'m str, &'m Version)>,
) -> BTreeMap<&'m str, bool> {
    let mut left = counts.to_vec();
    members
        .map(|(name, version)| {
            let place = versions.iter().position(|(other, _)| other == version);
            let room = place.and_then(|place| left.get_mut(place));
            let outdated = match room {
                Some(room) if *room > 0 => {
                    *room -= 1;
                    false
                }
                _ => true,
            };
            (name, outdated)
        })
        .collect()
}

/// The version that the next member is to have: the one that lacks most.
pub(super) fn next<'m>(
    versions: &[(Version, Option<FixedOrPercent>)],
    counts: &[usize],
    members: impl Iterator<Item = &'m Version>,
) -> Option<Version> {
    let mut lacks: Vec<i64> = counts.iter().map(|count| i64::try_from(*count).unwrap_or(i64::MAX)).collect();
    for version in members {
        if let Some(lack) = versions.iter().position(|(other, _)| other == version).and_then(|at| lacks.get_mut(at)) {
            *lack -= 1;
        }
    }
    let most = lacks.iter().max()?;
    let place = lacks.iter().position(|lack| lack == most)?;
    versions.get(place).map(|(version, _)| version.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(name: &str) -> Version {
        Version { template: name.to_owned(), name: None }
    }

    #[test]
    fn a_canary_takes_its_share() {
        let versions = |share| vec![(version("old"), None), (version("new"), Some(share))];
        for (share, size, expected) in [
            (FixedOrPercent::Fixed(2), 6, [4, 2]),
            (FixedOrPercent::Fixed(9), 6, [0, 6]),
            (FixedOrPercent::Percent(20), 6, [5, 1]),
            (FixedOrPercent::Percent(25), 6, [4, 2]),
            (FixedOrPercent::Percent(100), 6, [0, 6]),
            (FixedOrPercent::Fixed(0), 6, [6, 0]),
        ] {
            assert_eq!(counts(&versions(share), size), expected, "{share:?} of {size}");
        }
        let versions = versions(FixedOrPercent::Fixed(1));
        let (old, new, other) = (version("old"), version("new"), version("other"));
        let members = [("a", &old), ("b", &old), ("c", &other)];
        let found = outdated(&versions, &counts(&versions, 3), members.into_iter());
        assert_eq!(found, BTreeMap::from([("a", false), ("b", false), ("c", true)]));
        let next = |members: &[&Version]| next(&versions, &counts(&versions, 3), members.iter().copied());
        assert_eq!(next(&[]), Some(old.clone()));
        assert_eq!(next(&[&old, &old]), Some(new.clone()));
        assert_eq!(next(&[&old, &new]), Some(old.clone()));
    }
}
