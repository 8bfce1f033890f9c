//! How targets come to another phase.
//!
//! Checks aren't simulated one by one: while they find what they found before, nothing happens. Whenever something that
//! they depend on may have changed, every target is looked at, and what its checks will have found by when is worked
//! out.

use std::time::Duration;

use jiff::Timestamp;

use super::sight::{Interfaces, View};
use super::step::Step;
use super::{Outcome, Phase, TargetKey};
use crate::aws::account::{Account, What};
use crate::aws::elb;

/// What is due to happen to targets.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    /// A target's phase moves on.
    Turn { group: String, key: TargetKey, turn: u64 },
    /// What runs on instances has changed.
    Look,
}

/// Looks at every target again.
pub(crate) fn look_again(account: &mut Account) {
    let watched =
        |here: &&crate::aws::account::Region| here.elb.target_groups.values().any(|it| !it.targets.is_empty());
    let regions: Vec<String> = account.regions.values().filter(watched).map(|here| here.name.clone()).collect();
    for region in regions {
        look(account, &region);
    }
}

fn look(account: &mut Account, region: &str) {
    let now = account.now;
    let mut steps: Vec<(String, TargetKey, Step)> = Vec::new();
    let mut wakes: Vec<(String, TargetKey, Timestamp)> = Vec::new();
    if let Some(here) = account.regions.get(region) {
        let interfaces = Interfaces::of(here);
        for group in here.elb.target_groups.values().filter(|it| !it.targets.is_empty()) {
            let view = View::new(here, &interfaces, &account.settings, now, group);
            for (key, target) in &group.targets {
                let seen = view.see(key, target);
                if let Some(step) = target.step(&seen, group, &account.settings.timings) {
                    steps.push((group.arn.clone(), key.clone(), step));
                }
                if let Some(next) = seen.next.filter(|next| target.wake != Some(*next)) {
                    wakes.push((group.arn.clone(), key.clone(), next));
                }
            }
        }
    }
    for (group, key, step) in steps {
        take(account, region, group, key, step);
    }
    for (group, key, next) in wakes {
        let groups = &mut account.region(region).elb.target_groups;
        if let Some(target) = groups.get_mut(&group).and_then(|it| it.targets.get_mut(&key)) {
            target.wake = Some(next);
            let after = Duration::try_from(next.duration_since(now)).unwrap_or(Duration::ZERO);
            account.schedule(region, after, What::Elb(elb::Due::Target(Due::Look)));
        }
    }
}

/// Lets a target take a step.
pub(super) fn take(account: &mut Account, region: &str, group: String, key: TargetKey, step: Step) {
    let elb = &mut account.region(region).elb;
    elb.turns += 1;
    let turn = elb.turns;
    let target = elb.target_groups.get_mut(&group).and_then(|it| it.targets.get_mut(&key));
    let Some(target) = target else { return };
    target.turn = turn;
    let after = match step {
        Step::Become(phase, after) => {
            target.phase = phase;
            target.finding = None;
            after
        }
        Step::Find(outcome, after) => {
            target.finding = Some(outcome);
            Some(after)
        }
        Step::Agree => {
            target.finding = None;
            None
        }
    };
    if let Some(after) = after {
        account.schedule(region, after, What::Elb(elb::Due::Target(Due::Turn { group, key, turn })));
    }
}

/// Lets it happen.
pub(crate) fn happen(account: &mut Account, region: &str, due: Due) {
    // What happens in the cloud is followed by a look at every target.
    let Due::Turn { group, key, turn } = due else { return };
    let groups = &mut account.region(region).elb.target_groups;
    let Some(targets) = groups.get_mut(&group).map(|it| &mut it.targets) else { return };
    let Some(target) = targets.get_mut(&key).filter(|it| it.turn == turn) else { return };
    match (target.phase, target.finding.take()) {
        (Phase::Registering, _) => target.phase = Phase::Initial,
        (Phase::Draining | Phase::Unused(_), _) => {
            targets.remove(&key);
        }
        (_, Some(Outcome::Pass)) => target.phase = Phase::Healthy,
        (_, Some(Outcome::Fail(failure))) => target.phase = Phase::Unhealthy(failure),
        (_, None) => {}
    }
}
