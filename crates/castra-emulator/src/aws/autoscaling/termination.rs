//! Which instance goes when a group scales in
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html>).

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::member::{Lifecycle, Member};
use super::spread;
use super::state::Group;
use crate::chance::Chance;

/// The policies that can be named.
pub(super) const POLICIES: [&str; 7] = [
    "AllocationStrategy",
    "ClosestToNextInstanceHour",
    "Default",
    "NewestInstance",
    "OldestInstance",
    "OldestLaunchConfiguration",
    "OldestLaunchTemplate",
];

/// The id of the instance to go, none if all that serve are protected. Whatever the policies, it comes from the zones
/// with the most instances, of those with any that may go.
pub(super) fn choose(group: &Group, now: Timestamp, chance: &mut Chance) -> Option<String> {
    let may_go = |member: &&Member| member.state == Lifecycle::InService && !member.protected && member.extra.is_none();
    let candidates: Vec<_> = group.members.iter().filter(may_go).collect();
    choose_from(group, fullest(group, candidates), now, chance)
}

/// As [`choose`], in one zone: the instance that a newly balanced one stands for.
pub(super) fn choose_in(group: &Group, zone: &str, now: Timestamp, chance: &mut Chance) -> Option<String> {
    let may_go = |member: &&Member| {
        member.state == Lifecycle::InService && !member.protected && member.extra.is_none() && member.zone == zone
    };
    choose_from(group, group.members.iter().filter(may_go).collect(), now, chance)
}

fn fullest<'a>(group: &Group, candidates: Vec<&'a Member>) -> Vec<&'a Member> {
    let own = spread::zones(&group.places);
    let counts: BTreeMap<String, usize> = spread::counts(group);
    // Instances in zones that aren't the group's any more go first.
    let weight = |member: &Member| {
        if own.contains(&member.zone.as_str()) { counts.get(&member.zone).copied().unwrap_or(0) } else { usize::MAX }
    };
    let most = candidates.iter().map(|member| weight(member)).max().unwrap_or(0);
    candidates.into_iter().filter(|member| weight(member) == most).collect()
}

fn choose_from(group: &Group, mut candidates: Vec<&Member>, now: Timestamp, chance: &mut Chance) -> Option<String> {
    for policy in &group.options.termination_policies {
        candidates = narrow(group, policy, candidates, now);
    }
    let one = usize::try_from(chance.below(candidates.len() as u64)).unwrap_or(0);
    candidates.get(one).map(|member| member.id.clone())
}

/// Those that a policy prefers.
fn narrow<'a>(group: &Group, policy: &str, candidates: Vec<&'a Member>, now: Timestamp) -> Vec<&'a Member> {
    match policy {
        "OldestInstance" => least(candidates, |member| member.joined),
        "NewestInstance" => least(candidates, |member| std::cmp::Reverse(member.joined)),
        "ClosestToNextInstanceHour" => {
            least(candidates, |member| 3600 - now.duration_since(member.joined).as_secs().rem_euclid(3600))
        }
        "OldestLaunchTemplate" => least(candidates, |member| age_of_template(group, member)),
        "AllocationStrategy" => least(candidates, |member| std::cmp::Reverse(priority(group, member))),
        // There are no launch configurations.
        "OldestLaunchConfiguration" => candidates,
        _ => ["AllocationStrategy", "OldestLaunchTemplate", "ClosestToNextInstanceHour"]
            .into_iter()
            .fold(candidates, |candidates, policy| narrow(group, policy, candidates, now)),
    }
}

/// Templates that aren't the group's current one first, then by version.
fn age_of_template(group: &Group, member: &Member) -> (bool, u64) {
    match &member.launched_from {
        None => (false, 0),
        Some(from) => {
            let current = group.source.template.id.as_deref() == Some(&from.id);
            (current, if current { from.version } else { 0 })
        }
    }
}

/// Where the member's type stands in the policy's order; the last of those that aren't in it.
fn priority(group: &Group, member: &Member) -> usize {
    let overrides = &group.source.overrides;
    let is_its_type = |instance_type: &Option<String>| instance_type.as_deref() == Some(&member.instance_type);
    overrides.iter().position(|entry| is_its_type(&entry.instance_type)).unwrap_or(overrides.len())
}

fn least<K: Ord>(candidates: Vec<&Member>, key: impl Fn(&Member) -> K) -> Vec<&Member> {
    let Some(least) = candidates.iter().map(|member| key(member)).min() else { return candidates };
    candidates.into_iter().filter(|member| key(member) == least).collect()
}
