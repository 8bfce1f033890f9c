//! What the service holds in a region, and what is due to happen to it.

use std::collections::BTreeMap;

use super::listener::Listener;
use super::load_balancer::LoadBalancer;
use super::rule::Rule;
use super::target_group::TargetGroup;
use super::{load_balancer, target};
use crate::aws::account::Account;
use crate::aws::ec2::Tags;

/// What the service holds in a region, each kind by ARN.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub(super) load_balancers: BTreeMap<String, LoadBalancer>,
    pub(super) listeners: BTreeMap<String, Listener>,
    /// The default rules too.
    pub(super) rules: BTreeMap<String, Rule>,
    pub(super) target_groups: BTreeMap<String, TargetGroup>,
    /// How many turns of targets have been numbered.
    pub(super) turns: u64,
}

/// What is due to happen.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    /// A load balancer has been set up.
    Active { load_balancer: String },
    /// Something about a target.
    Target(target::Due),
}

/// Lets it happen.
pub(crate) fn happen(account: &mut Account, region: &str, due: Due) {
    match due {
        Due::Active { load_balancer } => load_balancer::activate(account, region, &load_balancer),
        Due::Target(due) => target::happen(account, region, due),
    }
}

impl State {
    /// The target groups that a load balancer's actions name, each once.
    pub(super) fn target_groups_of<'a>(&'a self, load_balancer: &'a str) -> impl Iterator<Item = &'a str> {
        let rules = self.rules.values().filter(move |rule| rule.load_balancer == load_balancer);
        let mut groups: Vec<_> = rules.flat_map(|rule| rule.actions.target_groups()).collect();
        groups.sort_unstable();
        groups.dedup();
        groups.into_iter()
    }

    /// The load balancer whose actions name that target group. There is never more than one.
    pub(super) fn load_balancer_of(&self, target_group: &str) -> Option<&LoadBalancer> {
        let uses = |rule: &&Rule| rule.actions.target_groups().any(|it| it == target_group);
        self.load_balancers.get(&self.rules.values().find(uses)?.load_balancer)
    }

    /// The tags of the load balancer, target group, listener or rule of that ARN.
    pub(crate) fn tags(&self, arn: &str) -> Option<&Tags> {
        let load_balancer = self.load_balancers.get(arn).map(|it| &it.tags);
        let target_group = self.target_groups.get(arn).map(|it| &it.tags);
        let listener = self.listeners.get(arn).map(|it| &it.tags);
        let rule = self.rules.get(arn).map(|it| &it.tags);
        load_balancer.or(target_group).or(listener).or(rule)
    }

    /// ARNs of all load balancers.
    pub(crate) fn load_balancer_arns(&self) -> impl Iterator<Item = &str> {
        self.load_balancers.keys().map(String::as_str)
    }
}
