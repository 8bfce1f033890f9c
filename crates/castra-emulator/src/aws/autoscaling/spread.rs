//! Where instances go: zones and subnets
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-availability-zone-balanced.html>).

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::state::Group;
use crate::chance::Chance;

/// A subnet that a group may launch into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) zone: String,
    pub(super) subnet: String,
}

/// The zones of places, each once, in their order.
pub(super) fn zones(places: &[Place]) -> Vec<&str> {
    let mut zones: Vec<&str> = Vec::new();
    for place in places {
        if !zones.contains(&place.zone.as_str()) {
            zones.push(&place.zone);
        }
    }
    zones
}

/// How many instances serve or are going to, by zone: the group's zones, and those that it has left.
pub(super) fn counts(group: &Group) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<String, usize> =
        zones(&group.places).into_iter().map(|zone| (zone.to_owned(), 0)).collect();
    for member in group.members.iter().filter(|member| member.state.counts()) {
        *counts.entry(member.zone.clone()).or_default() += 1;
    }
    counts
}

/// Where the next instance goes: into the preferred zone, else the one with the fewest, there into a subnet at random. Zones that have lately
/// lacked capacity come last, the excluded ones not at all.
pub(super) fn choose(
    group: &Group,
    excluded: &[String],
    preferred: Option<&str>,
    now: Timestamp,
    chance: &mut Chance,
) -> Option<Place> {
    let counts = counts(group);
    let zone =
        zones(&group.places).into_iter().filter(|zone| !excluded.iter().any(|excluded| excluded == zone)).min_by_key(
            |zone| (troubled(group, zone, now), Some(*zone) != preferred, counts.get(*zone).copied().unwrap_or(0)),
        )?;
    let subnets: Vec<_> = group.places.iter().filter(|place| place.zone == zone).collect();
    let one = usize::try_from(chance.below(subnets.len() as u64)).unwrap_or(0);
    subnets.get(one).map(|place| (*place).clone())
}

/// Whether a zone has lately lacked capacity.
pub(super) fn troubled(group: &Group, zone: &str, now: Timestamp) -> bool {
    group.failures.zones.get(zone).is_some_and(|until| *until > now)
}

/// The zone that should get an instance and the one that should give one, if the group is out of balance: they differ
/// by two or more, or one isn't the group's any more.
pub(super) fn imbalance(group: &Group, now: Timestamp) -> Option<(String, String)> {
    let counts = counts(group);
    let own = zones(&group.places);
    let count = |zone: &str| counts.get(zone).copied().unwrap_or(0);
    let fewest = own.iter().copied().filter(|zone| !troubled(group, zone, now)).min_by_key(|zone| count(zone))?;
    let left = counts.iter().find(|(zone, count)| **count > 0 && !own.contains(&zone.as_str()));
    if let Some((zone, _)) = left {
        return Some((fewest.to_owned(), zone.clone()));
    }
    // Of equals the first.
    let most = own.iter().copied().rev().max_by_key(|zone| count(zone))?;
    (count(most) >= count(fewest) + 2).then(|| (fewest.to_owned(), most.to_owned()))
}

/// Whether the group is out of balance, were all its zones to be had.
pub(super) fn uneven(group: &Group) -> bool {
    let counts = counts(group);
    let own = zones(&group.places);
    let count = |zone: &&str| counts.get(*zone).copied().unwrap_or(0);
    let (most, fewest) = (own.iter().map(count).max().unwrap_or(0), own.iter().map(count).min().unwrap_or(0));
    most >= fewest + 2 || counts.iter().any(|(zone, count)| *count > 0 && !own.contains(&zone.as_str()))
}
