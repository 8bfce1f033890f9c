//! Elastic Load Balancing's objects as a list.

use super::state::State;
use crate::aws::object::{Objects, texts};

impl State {
    /// Load balancers, listeners, rules, target groups.
    pub(crate) fn objects(&self, objects: &mut Objects<'_>) {
        for balancer in self.load_balancers.values() {
            objects.add("loadbalancer", &balancer.arn, None, texts(&balancer.tags));
        }
        for listener in self.listeners.values() {
            objects.add("listener", &listener.arn, None, texts(&listener.tags));
        }
        for rule in self.rules.values().filter(|rule| !rule.is_default()) {
            objects.add("listener-rule", &rule.arn, None, texts(&rule.tags));
        }
        for group in self.target_groups.values() {
            objects.add("targetgroup", &group.arn, None, texts(&group.tags));
        }
    }
}
