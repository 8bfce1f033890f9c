//! How much of load balancing an account may have.

use serde::{Deserialize, Serialize};

/// Quotas of Elastic Load Balancing, in each region. The defaults are a new account's
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html>,
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html>).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct LoadBalancingLimits {
    /// Application load balancers.
    pub application_load_balancers: usize,
    /// Network load balancers.
    pub network_load_balancers: usize,
    /// Target groups, whatever kind of load balancer they serve.
    pub target_groups: usize,
    /// Targets in a target group.
    pub targets_per_target_group: usize,
    /// Listeners of a load balancer.
    pub listeners_per_load_balancer: usize,
    /// Rules of an application load balancer, the default rules left out.
    pub rules_per_load_balancer: usize,
    /// Certificates of a load balancer, the default certificates left out.
    pub certificates_per_load_balancer: usize,
    /// Target groups in one action.
    pub target_groups_per_action: usize,
    /// Target groups of an application load balancer.
    pub target_groups_per_load_balancer: usize,
    /// Values in all the conditions of a rule.
    pub condition_values_per_rule: usize,
}

impl Default for LoadBalancingLimits {
    fn default() -> Self {
        Self {
            application_load_balancers: 50,
            network_load_balancers: 50,
            target_groups: 3000,
            targets_per_target_group: 1000,
            listeners_per_load_balancer: 50,
            rules_per_load_balancer: 100,
            certificates_per_load_balancer: 25,
            target_groups_per_action: 5,
            target_groups_per_load_balancer: 100,
            condition_values_per_rule: 5,
        }
    }
}
